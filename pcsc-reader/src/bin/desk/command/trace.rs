//! `desk trace`: the exchange with a card, for support.

use std::io::{self, Write};

use pcsc_reader::{CardSession, Language, PcscService, Recorder};
use serde::Serialize;

use crate::args::{Format, TraceOptions};
use crate::card;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Line;
use crate::reserved::Reserved;

const SCHEMA: &str = "desk.trace/1";

pub(crate) fn run(options: &TraceOptions) -> Exit {
    match trace(options) {
        Ok(exit) => exit,
        Err(failure) => failure.conclude(SCHEMA, options.card.output),
    }
}

fn trace(options: &TraceOptions) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        out: &'a std::path::Path,
        commands: usize,
    }
    let language: Language = options.card.output.lang.into();
    if options.card.reader.module.is_some() {
        return Err(Failure::told(
            Exit::Usage,
            "desk.trace.module",
            [
                "Через модуль PKCS#11 обмен с картой не виден".into(),
                "Behind a PKCS #11 module the exchange with the card is not seen".into(),
            ],
            ["Запустите без --module.", "Run it without --module."],
        ));
    }
    let registry = options.card.reader.profiles.registry()?;
    let mut service = Recorder::new(PcscService::establish()?);
    let status = card::only(&mut service, &options.card.reader)?;
    let mut out = Reserved::new(&options.file.out)?;
    let mut progress = Line::new(language);
    let outcome = CardSession::open(&mut service, &registry, &status, &mut progress);
    drop(progress);
    let path = out.path().to_owned();
    let text = service.text();
    out.write_all(text.as_bytes())
        .map_err(|error| Failure::file(&path, &error))?;
    out.finish()?;
    let commands = text.lines().filter(|line| line.starts_with('>')).count();
    let mut screen = io::stdout().lock();
    if options.card.output.format() == Format::Json {
        let document = Document {
            schema: SCHEMA,
            out: &path,
            commands,
        };
        serde_json::to_writer(&mut screen, &document).map_err(io::Error::from)?;
        writeln!(screen)?;
    } else {
        let [label, count] = match language {
            Language::Ru => ["Обмен записан", "команд"],
            _ => ["The exchange is written", "commands"],
        };
        writeln!(screen, "{label}: {} ({count}: {commands})", path.display())?;
    }
    screen.flush()?;
    // A card that cannot be read is what a trace is for.
    if let Err(error) = outcome {
        let line = error.render(language);
        let _ = writeln!(io::stderr(), "{}", crate::text::printable(&line));
    }
    Ok(Exit::Done)
}
