//! Evidence bundles: `verify --evidence` and `verifierd evidence`.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use sig_core::{
    Error, Evidence, Validator,
    der::octets::Octets,
    finding::Language,
    report::{
        Report,
        bundle::{Bundle, BundleLimits, BundleRejected},
        text::Detail,
    },
    validate::bundle::{JudgedCertificate, Keeping, KeptDocument, NotBundled},
};

use super::{
    Exit,
    material::{Format, Lang, STANDARD_INPUT, Stopped, format_of, unreadable},
};
use crate::{back_end::BackEnd, shown};
use print::Outcome;

mod account;
pub(super) mod binding;
mod print;

/// Evidence / Доказательства
#[derive(Args)]
pub(super) struct EvidenceFile {
    /// Write everything that the verdict on one file rests on into a new
    /// file / записать в новый файл всё, на чём основан вывод об одном файле
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
}

/// Evidence / Доказательства
#[derive(Args)]
pub(super) struct EvidenceOptions {
    #[command(flatten)]
    file: EvidenceFile,
    /// Keep the document in it, too, not only its digests / сохранить и сам документ
    #[arg(long, requires = "evidence")]
    evidence_document: bool,
}

/// A bundle that is to be written.
pub(super) struct Writing {
    path: PathBuf,
    document: KeptDocument,
}

impl EvidenceOptions {
    /// As [`EvidenceFile::begin`], for the signature files of one command.
    pub(super) fn begin(&self, signatures: &[PathBuf]) -> Result<Option<Writing>, Stopped> {
        if self.file.evidence.is_some() && signatures.len() != 1 {
            return Err(Stopped::Usage(
                "--evidence: one signature file, one bundle / один файл подписи — один пакет доказательств"
                    .to_owned(),
            ));
        }
        let mut writing = self.file.begin()?;
        if let Some(writing) = writing.as_mut().filter(|_| self.evidence_document) {
            writing.document = KeptDocument::Whole;
        }
        Ok(writing)
    }
}

impl EvidenceFile {
    /// Makes sure, before anything is judged, that the bundle can have its place.
    pub(super) fn begin(&self) -> Result<Option<Writing>, Stopped> {
        let Some(path) = &self.evidence else {
            return Ok(None);
        };
        if path.as_os_str() == STANDARD_INPUT || path.symlink_metadata().is_ok() {
            return Err(taken(path));
        }
        Ok(Some(Writing {
            path: path.clone(),
            document: KeptDocument::Digests,
        }))
    }
}

fn taken(path: &Path) -> Stopped {
    let path = super::named(path);
    Stopped::Usage(format!(
        "{path}: a bundle is written into a new file only, name another / нужен новый файл, назовите другой"
    ))
}

impl Writing {
    /// Writes the bundle of a judgement; what went wrong is said, and the verdict stands.
    pub(super) fn write(
        &self,
        validator: &Validator,
        evidence: &Evidence,
        report: &Report,
        detail: Detail,
    ) -> Exit {
        let keeping = Keeping {
            document: self.document,
            detail,
        };
        self.put(Bundle::of(validator, evidence, report, keeping))
    }

    /// The same of one certificate.
    pub(super) fn write_certificate(
        &self,
        validator: &Validator,
        judged: JudgedCertificate<'_>,
        report: &Report,
        detail: Detail,
    ) -> Exit {
        self.put(Bundle::of_certificate(validator, judged, report, detail))
    }

    fn put(&self, bundle: Result<Vec<u8>, NotBundled>) -> Exit {
        let bundle = match bundle {
            Ok(bundle) => bundle,
            Err(why) => return self.refused(&why),
        };
        match create(&self.path, &bundle) {
            Ok(()) => Exit::Done,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken(&self.path).tell(),
            Err(error) => {
                let path = super::named(&self.path);
                let fault = shown::both(&error);
                super::say(&format_args!("{path}: {fault}"));
                Exit::Usage
            }
        }
    }

    fn refused(&self, why: &NotBundled) -> Exit {
        let path = super::named(&self.path);
        let (en, ru) = (why.text(Language::En), why.text(Language::Ru));
        super::say(&format_args!("{path}: {en} / {ru}"));
        match why {
            NotBundled::DocumentNeeded => {
                super::say(&"use --evidence-document / укажите --evidence-document");
                Exit::Usage
            }
            NotBundled::Rejected(
                BundleRejected::TooMuch(_) | BundleRejected::NotJudged(Error::Limit(_)),
            ) => Exit::Limit,
            _ => Exit::Internal,
        }
    }
}

/// A new file that only its owner may read, since it holds data of a person; whole, or not there.
///
/// It is written beside its place under another name, which takes its own when it is on the disk and never that of a file
/// that is there: what a crash leaves behind has no name of a bundle.
fn create(path: &Path, octets: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut named = tempfile::Builder::new();
    // Its owner alone may read and write it from the first octet on.
    let mut file = named
        .prefix(".evidence-")
        .suffix(".unfinished")
        .tempfile_in(folder)?;
    file.write_all(octets)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)
        .map_err(|refused| refused.error)?;
    // The name, too, is to outlive a crash.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Judge again from evidence bundles
///
/// verify needs nothing but the bundle. Exit: 0 the same report, 1 another one or
/// the bundle was changed, 64 usage, 65 not a bundle, 70 internal, 75 a limit.
///
/// Повторить проверку по пакету доказательств: нужен только он сам.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge again and compare the reports / проверить ещё раз и сравнить отчёты
    Verify(Verify),
    Account(account::Account),
}

#[derive(Args)]
struct Verify {
    /// The bundle, - for standard input / пакет доказательств
    bundle: PathBuf,
    /// A trust list that the bundle has an extract of, each version, European ones too; the extract
    /// must be a part of it / полный список доверия, с которым сверяется выписка
    #[arg(long, value_name = "FILE")]
    list: Vec<PathBuf>,
    /// Implementation of the algorithms (default: the one that judged first) / реализация алгоритмов
    #[arg(long, value_enum)]
    algorithms: Option<BackEnd>,
    /// Text or JSON (default: text on a terminal) / вид ответа
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Language of the text / язык текста
    #[arg(long, value_enum, default_value = "ru")]
    lang: Lang,
    /// Print nothing, answer by the exit code / ничего не печатать
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Verify(verify) => verify.run().unwrap_or_else(|stopped| stopped.tell()),
        Command::Account(account) => account.run(),
    }
}

impl Verify {
    fn run(&self) -> Result<Exit, Stopped> {
        let outcome = self.judge()?;
        if !self.quiet {
            super::tell(&match format_of(self.format) {
                Format::Json => outcome.json(),
                Format::Text | Format::Short => outcome.text(self.lang.language()),
            });
        }
        Ok(exit_of(&outcome))
    }

    fn judge(&self) -> Result<Outcome, Stopped> {
        let limits = BundleLimits::STANDARD;
        let file = read_within(&self.bundle, limits.octets)?;
        let bundle = match Bundle::read(&file, &limits) {
            Ok(bundle) => bundle,
            Err(why) => return Ok(Outcome::Rejected(why)),
        };
        drop(file);
        let back_end = match self.algorithms {
            Some(back_end) => back_end,
            None => match BackEnd::of_name(bundle.back_end()) {
                Some(back_end) => back_end,
                None => return Ok(Outcome::Rejected(BundleRejected::Manifest)),
            },
        };
        let algorithms = back_end.algorithms();
        if self.list.is_empty() {
            let replay = bundle.judge(algorithms);
            return Ok(Outcome::of(bundle, replay, false));
        }
        if !bundle.has_trust() && !bundle.has_trusted_lists() {
            return Err(Stopped::Usage(
                "--list: no trust list stood behind this judgement / список доверия здесь не участвовал"
                    .to_owned(),
            ));
        }
        let lists = self.list.iter().map(|path| {
            let octets = fs::read(path).map_err(|error| unreadable(path, &error))?;
            Ok(Octets::from(octets))
        });
        let lists: Vec<Octets> = lists.collect::<Result<_, Stopped>>()?;
        let replay = bundle.judge_with_lists(&lists, algorithms);
        Ok(Outcome::of(bundle, replay, true))
    }
}

/// A file, of which one octet more than the bound is read, so that it is refused.
fn read_within(path: &Path, bound: u64) -> Result<Vec<u8>, Stopped> {
    let mut octets = Vec::new();
    let bound = bound.saturating_add(1);
    let read = if path.as_os_str() == STANDARD_INPUT {
        io::stdin().take(bound).read_to_end(&mut octets)
    } else {
        File::open(path).and_then(|file| file.take(bound).read_to_end(&mut octets))
    };
    read.map_err(|error| unreadable(path, &error))?;
    Ok(octets)
}

fn exit_of(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Judged { replay, .. } if replay.differences.is_empty() => Exit::Done,
        Outcome::Judged { .. } => Exit::Failed,
        Outcome::Rejected(why) => match why {
            BundleRejected::NotABundle | BundleRejected::OtherVersion(_) => Exit::NoSignature,
            BundleRejected::TooMuch(_) | BundleRejected::NotJudged(Error::Limit(_)) => Exit::Limit,
            BundleRejected::NotJudged(Error::BackEndsDisagree(_)) => Exit::Internal,
            _ => Exit::Failed,
        },
    }
}

#[cfg(test)]
mod tests {
    use sig_core::{Budget, Limits, Policy, x509::crl::CertificateList};

    use super::*;

    #[test]
    fn a_bundle_takes_a_free_name_once_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle");
        let write = |number: u8| create(&path, &vec![number; 100_000]);
        let outcomes = std::thread::scope(|scope| {
            let running = (0..8).map(|number| scope.spawn(move || write(number)));
            let running: Vec<_> = running.collect();
            running
                .into_iter()
                .map(|it| it.join().unwrap())
                .collect::<Vec<_>>()
        });
        let first = outcomes.iter().position(Result::is_ok).unwrap();
        for (number, outcome) in outcomes.iter().enumerate() {
            let kind = outcome.as_ref().err().map(io::Error::kind);
            let expected = (number != first).then_some(io::ErrorKind::AlreadyExists);
            assert_eq!(kind, expected, "{number}");
        }
        let first = u8::try_from(first).unwrap();
        assert_eq!(fs::read(&path).unwrap(), vec![first; 100_000]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// A link that leads nowhere is a name that is taken.
    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle");
        std::os::unix::fs::symlink("elsewhere", &path).unwrap();
        let refused = create(&path, b"octets").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert!(!folder.path().join("elsewhere").exists());
    }

    /// What a bundle holds is no fault of this program.
    #[test]
    fn what_cannot_be_judged_in_a_bundle_is_a_bundle_that_fails() {
        let octets = Octets::from(b"octets".to_vec());
        let malformed = CertificateList::from_der(&octets, &mut Budget::new(Limits::STANDARD));
        let misuse = Policy::builtin("none").unwrap_err();
        for error in [malformed.unwrap_err(), misuse] {
            let outcome = Outcome::Rejected(BundleRejected::NotJudged(error));
            assert!(matches!(exit_of(&outcome), Exit::Failed));
        }
    }
}
