//! `desk show`: what is on a card.

use std::io;

use pcsc_reader::{CardError, CardRegistry, CardSession, CertificateCache, PcscService};
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
        Err(failure) => failure.conclude(SCHEMA, options.output),
    }
}

fn show(options: &ShowOptions) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        cards: &'a [ContentsView],
        diagnosis: Vec<DiagnosisView>,
    }
    let language = options.output.lang.into();
    let registry = CardRegistry::builtin()?;
    let mut service = PcscService::establish()?;
    let mut cache = CertificateCache::default();
    let mut cards = Vec::new();
    let mut problems: Vec<CardError> = Vec::new();
    for status in card::occupied(&mut service, &options.reader)? {
        let (known, problem) = card_view(&mut service, &registry, &status);
        let mut progress = Line::new(language);
        match CardSession::open(&mut service, &registry, &status, &mut progress) {
            Ok(session) => {
                problems.extend(problem);
                let view = ContentsView::new(&session, known, &mut cache, card::now());
                cards.push(view);
            }
            Err(error) => problems.push(error),
        }
    }
    let mut screen = Screen {
        format: options.output.format(),
        language,
        out: io::stdout(),
        err: io::stderr(),
    };
    let diagnosis: Vec<DiagnosisView> = problems.iter().map(DiagnosisView::from).collect();
    if screen.format == Format::Json {
        screen.json(&Document {
            schema: SCHEMA,
            cards: &cards,
            diagnosis,
        })?;
    } else {
        for card in &cards {
            screen.contents(card)?;
        }
        for diagnosis in &diagnosis {
            screen.diagnosis(diagnosis)?;
        }
    }
    Ok(match (cards.is_empty(), problems.first()) {
        (true, Some(problem)) => Exit::of(problem),
        (true, None) => Exit::Unavailable,
        (false, _) => Exit::Done,
    })
}
