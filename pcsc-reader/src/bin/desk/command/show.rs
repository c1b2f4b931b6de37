//! `desk show`: what is on a card.

use std::io;

use pcsc_reader::{CardError, CardSession, CertificateCache, PcscService};
use serde::Serialize;

use super::readers::card_view;
use crate::args::{Format, ShowOptions};
use crate::card;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{DiagnosisView, Screen};
use crate::progress::Line;
use crate::view::contents::ContentsView;

const SCHEMA: &str = "desk.show/1";

pub(crate) fn run(options: &ShowOptions) -> Exit {
    match show(options) {
        Ok(exit) => exit,
        Err(failure) => failure.conclude(SCHEMA, options.card.output),
    }
}

fn show(options: &ShowOptions) -> Result<Exit, Failure> {
    let language = options.card.output.lang.into();
    if let Some(path) = &options.card.reader.module {
        let (module, tokens) = card::tokens(path, &options.card.reader)?;
        let mut cache = CertificateCache::default();
        let mut cards = Vec::new();
        for token in &tokens {
            let session = CardSession::of_module(&module, token)?;
            cards.push(ContentsView::new(&session, None, &mut cache, card::now()));
        }
        print(options, &cards, Vec::new())?;
        return Ok(Exit::Done);
    }
    let registry = options.card.reader.profiles.registry()?;
    let mut service = PcscService::establish()?;
    let mut cache = CertificateCache::default();
    let mut cards = Vec::new();
    let mut problems: Vec<CardError> = Vec::new();
    let mut is_read = false;
    let mut unread: Option<CardError> = None;
    for status in card::occupied(&mut service, &options.card.reader)? {
        let (known, problem) = card_view(&mut service, &registry, &status);
        let mut progress = Line::new(language);
        match CardSession::open(&mut service, &registry, &status, &mut progress) {
            Ok(session) => {
                problems.extend(problem);
                is_read = true;
                let view = ContentsView::new(&session, known, &mut cache, card::now());
                cards.push(view);
            }
            Err(error) => {
                cards.push(ContentsView::unread(&status.name, known, &error));
                unread.get_or_insert(error);
            }
        }
    }
    let diagnosis = problems.iter().map(DiagnosisView::from).collect();
    print(options, &cards, diagnosis)?;
    Ok(match unread {
        Some(error) if !is_read => Exit::of(&error),
        _ => Exit::Done,
    })
}

fn print(
    options: &ShowOptions,
    cards: &[ContentsView],
    diagnosis: Vec<DiagnosisView>,
) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        cards: &'a [ContentsView],
        diagnosis: Vec<DiagnosisView>,
    }
    let mut screen = Screen {
        format: options.card.output.format(),
        language: options.card.output.lang.into(),
        out: io::stdout(),
        err: io::stderr(),
    };
    if screen.format == Format::Json {
        screen.json(&Document {
            schema: SCHEMA,
            cards,
            diagnosis,
        })?;
    } else {
        for card in cards {
            screen.contents(card)?;
        }
        for diagnosis in &diagnosis {
            screen.diagnosis(diagnosis)?;
        }
    }
    Ok(())
}
