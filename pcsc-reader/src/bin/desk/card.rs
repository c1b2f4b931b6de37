//! The card that a command works with.

use std::time::{SystemTime, UNIX_EPOCH};

use pcsc_reader::{
    CardError, CardErrorKind, CardRegistry, CardSession, Language, ReaderService, ReaderStatus,
    Slot,
};
use sig_core::base::time::UnixTime;

use crate::args::ReaderOptions;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Line;
use crate::text::printable;

/// The readers with something in them, or the one that was asked for.
pub(crate) fn occupied(
    service: &mut dyn ReaderService,
    wanted: &ReaderOptions,
) -> Result<Vec<ReaderStatus>, Failure> {
    let readers = service.readers()?;
    if readers.is_empty() {
        return Err(CardError::new(CardErrorKind::NoReader).into());
    }
    let Some(name) = &wanted.reader else {
        let mut readers = readers;
        readers.retain(|status| status.slot != Slot::Empty);
        if readers.is_empty() {
            return Err(CardError::new(CardErrorKind::NoCard).into());
        }
        return Ok(readers);
    };
    let exact = readers.iter().find(|status| status.name == *name);
    let fits: Vec<&ReaderStatus> = match exact {
        Some(exact) => vec![exact],
        None => readers
            .iter()
            .filter(|it| it.name.starts_with(name.as_str()))
            .collect(),
    };
    match fits.as_slice() {
        [one] => Ok(vec![(*one).clone()]),
        [] => Err(several(
            "desk.reader.none_such",
            &readers,
            [
                "Такого считывателя нет. Есть",
                "There is no such reader. There are",
            ],
        )),
        several_fit => Err(several(
            "desk.reader.several",
            several_fit.iter().copied(),
            ["Подходит несколько считывателей", "Several readers fit"],
        )),
    }
}

/// The one reader with a card.
pub(crate) fn only(
    service: &mut dyn ReaderService,
    wanted: &ReaderOptions,
) -> Result<ReaderStatus, Failure> {
    let readers = occupied(service, wanted)?;
    match readers.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(several(
            "desk.reader.several",
            &readers,
            [
                "Карты есть в нескольких считывателях",
                "Several readers hold cards",
            ],
        )),
    }
}

/// Reads the card of the one reader that fits.
pub(crate) fn open(
    service: &mut dyn ReaderService,
    registry: &CardRegistry,
    wanted: &ReaderOptions,
    language: Language,
) -> Result<CardSession, Failure> {
    let status = only(service, wanted)?;
    let mut progress = Line::new(language);
    Ok(CardSession::open(
        service,
        registry,
        &status,
        &mut progress,
    )?)
}

/// The time of this machine.
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    UnixTime::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn several<'s>(
    code: &'static str,
    readers: impl IntoIterator<Item = &'s ReaderStatus>,
    [ru, en]: [&str; 2],
) -> Failure {
    let names: Vec<String> = readers.into_iter().map(|it| printable(&it.name)).collect();
    let names = names.join("; ");
    Failure::told(
        Exit::Usage,
        code,
        [format!("{ru}: {names}"), format!("{en}: {names}")],
        [
            "Выберите один ключом --reader.",
            "Choose one with --reader.",
        ],
    )
}
