//! The card that a command works with.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pcsc_reader::{
    CardError, CardErrorKind, CardSession, Language, PcscService, Pkcs11Module, Pkcs11Token,
    ReaderService, ReaderStatus, Slot, Steps,
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

/// Reads the card of the one reader that fits, or the one token that the module has.
pub(crate) fn open(
    wanted: &ReaderOptions,
    language: Language,
) -> Result<(Box<dyn ReaderService>, CardSession), Failure> {
    if let Some(path) = &wanted.module {
        let (module, tokens) = tokens(path, wanted)?;
        return match tokens.as_slice() {
            [one] => Ok((Box::new(NoReaders), CardSession::of_module(&module, one)?)),
            several => Err(several_names(
                "desk.token.several",
                several.iter().map(|token| token.label.as_str()),
                ["Подходит несколько токенов", "Several tokens fit"],
            )),
        };
    }
    let registry = wanted.profiles.registry()?;
    let mut service = PcscService::establish()?;
    let status = only(&mut service, wanted)?;
    let mut progress = Line::new(language);
    let session = CardSession::open(&mut service, &registry, &status, &mut progress)?;
    Ok((Box::new(service), session))
}

/// The tokens of a module whose label begins as was asked; at least one.
pub(crate) fn tokens(
    path: &Path,
    wanted: &ReaderOptions,
) -> Result<(Arc<Pkcs11Module>, Vec<Pkcs11Token>), Failure> {
    let module = Arc::new(Pkcs11Module::load(path)?);
    let mut tokens = module.tokens()?;
    let label = wanted.reader.as_deref().unwrap_or_default();
    tokens.retain(|token| token.label.starts_with(label));
    if tokens.is_empty() {
        return Err(CardError::new(CardErrorKind::NoCard).into());
    }
    Ok((module, tokens))
}

/// The readers of a program that asks a module only.
struct NoReaders;

impl ReaderService for NoReaders {
    fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError> {
        Err(CardError::new(CardErrorKind::NoReader))
    }

    fn wait(&mut self, _limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        self.readers()
    }

    fn transaction(&mut self, _reader: &str, _steps: Steps<'_>) -> Result<(), CardError> {
        Err(CardError::new(CardErrorKind::NoReader))
    }
}

/// The time of this machine, which a signature claims.
#[expect(clippy::disallowed_methods, reason = "the program's one clock")]
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    UnixTime::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn several<'s>(
    code: &'static str,
    readers: impl IntoIterator<Item = &'s ReaderStatus>,
    labels: [&str; 2],
) -> Failure {
    let names = readers.into_iter().map(|it| it.name.as_str());
    several_names(code, names, labels)
}

fn several_names<'s>(
    code: &'static str,
    names: impl IntoIterator<Item = &'s str>,
    [ru, en]: [&str; 2],
) -> Failure {
    let names: Vec<String> = names.into_iter().map(printable).collect();
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
