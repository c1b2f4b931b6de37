//! Options shared by the commands that judge, and the files they name.

use std::{
    fs,
    io::{IsTerminal as _, Read as _},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use clap::{Args, ValueEnum};
use sig_core::{
    Limits, Material, Policy, UnixTime,
    alg::provider::Algorithms,
    finding::{Language, displayable},
    report::{Report, json, text},
    validate::{
        evidence::Read,
        policy::{RevocationRule, WeakRule},
    },
};

use super::Exit;
use super::crl_files::CrlOptions;
use super::output::answer;
use super::path_options::PathOptions;
use super::trust_options::{Purpose, TrustOptions};
use crate::{back_end::BackEnd, shown};

/// What to judge by / По чему судить
#[derive(Args, Debug)]
pub(super) struct Options {
    /// ru-qes, etsi-ades, cms-basic, pkix, archive or a file / политика или её файл
    #[arg(long, value_name = "ID|FILE", default_value = "ru-qes")]
    policy: String,
    /// Judge at this time, RFC 3339 (default: now) / время проверки
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<UnixTime>,
    /// Trust anchors, a file or a folder / доверенные корни
    #[arg(long, value_name = "PATH")]
    anchors: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustOptions,
    /// Certificates that may help / сертификаты в помощь
    #[arg(long, value_name = "PATH")]
    certs: Vec<PathBuf>,
    #[command(flatten)]
    crls: CrlOptions,
    /// OCSP responses / ответы OCSP
    #[arg(long, value_name = "PATH")]
    ocsp: Vec<PathBuf>,
    /// Every certificate must be proven not revoked / требовать данных об отзыве
    #[arg(long, conflicts_with = "no_revocation")]
    require_revocation: bool,
    /// Revocation is not checked / не проверять отзыв
    #[arg(long)]
    no_revocation: bool,
    /// Algorithms past their end become warnings / слабые алгоритмы — предупреждение
    #[arg(long)]
    allow_weak: bool,
    #[command(flatten)]
    path: PathOptions,
    /// Implementation of the algorithms / реализация алгоритмов
    #[arg(long, value_enum, default_value = "openssl")]
    algorithms: BackEnd,
    /// Text, JSON, or one paragraph a signature (default: text on a terminal) /
    /// вид ответа
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Language of the text / язык текста
    #[arg(long, value_enum, default_value = "ru")]
    lang: Lang,
    /// Print nothing, answer by the exit code / ничего не печатать
    #[arg(long)]
    quiet: bool,
    /// List every check in order, with its clause and how it ended / все проверки по порядку
    #[arg(long)]
    explain: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Short,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Lang {
    Ru,
    En,
}

impl Lang {
    pub(super) const fn language(self) -> Language {
        match self {
            Self::Ru => Language::Ru,
            Self::En => Language::En,
        }
    }
}

/// The form that was asked for; text on a terminal.
pub(super) fn format_of(asked: Option<Format>) -> Format {
    let is_terminal = std::io::stdout().is_terminal();
    let default = if is_terminal {
        Format::Text
    } else {
        Format::Json
    };
    asked.unwrap_or(default)
}

/// Options that were read, with the files they name.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) algorithms: &'static Algorithms,
    pub(super) policy: Policy,
    pub(super) at: UnixTime,
    pub(super) material: Material,
    pub(super) limits: Limits,
    language: Language,
    format: Format,
    pub(super) detail: text::Detail,
    quiet: bool,
}

/// Why a command ends before it judges, in both languages.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The command line or a file it names is wrong.
    Usage(String),
    /// Two implementations of an algorithm disagree.
    Disagreement(String),
}

impl Stopped {
    /// Says why on standard error.
    pub(super) fn tell(&self) -> Exit {
        let (Self::Usage(text) | Self::Disagreement(text)) = self;
        super::say(text);
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Disagreement(_) => Exit::Internal,
        }
    }
}

/// Read whole, it has no bound of its own, so the limit on a signature file is used.
pub(super) const STANDARD_INPUT: &str = "-";

pub(super) fn parse_time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_rfc3339(text)
        .ok_or_else(|| "RFC 3339, for example 2026-01-31T12:00:00Z / например".to_owned())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the command line reads the clock"
)]
pub(super) fn now() -> UnixTime {
    let since = std::time::SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixTime::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

impl Options {
    pub(super) fn read(&self) -> Result<Setting, Stopped> {
        let mut policy = read_policy(&self.policy)?;
        self.path.apply(&mut policy);
        if self.require_revocation {
            policy.revocation = RevocationRule::Required;
        }
        if self.no_revocation {
            policy.revocation = RevocationRule::Off;
        }
        if self.allow_weak {
            policy.weak_algorithms = WeakRule::Warn;
        }
        let limits = Limits::STANDARD;
        let at = self.at.unwrap_or_else(now);
        Ok(Setting {
            algorithms: self.algorithms.algorithms(),
            material: self.material(at, &policy, &limits)?,
            policy,
            at,
            limits,
            language: self.lang.language(),
            format: format_of(self.format),
            detail: if self.explain {
                text::Detail::Explain
            } else {
                text::Detail::Normal
            },
            quiet: self.quiet,
        })
    }

    fn material(
        &self,
        at: UnixTime,
        policy: &Policy,
        limits: &Limits,
    ) -> Result<Material, Stopped> {
        let mut material = Material::default();
        read_anchors(&self.anchors, &mut material, limits)?;
        for_each_file(&self.certs, |file, octets| {
            taken(file, material.add(octets, limits))
        })?;
        self.crls.read(&mut material, limits)?;
        for_each_file(&self.ocsp, |file, octets| {
            taken(file, material.add(octets, limits))
        })?;
        let purpose = Purpose {
            at,
            is_eidas: policy.judges_eidas(),
            days: policy.trust_list_age.map(|age| i64::from(age.days)),
            algorithms: self.algorithms.algorithms(),
        };
        self.trust.read(&mut material, purpose)?;
        Ok(material)
    }
}

/// Takes every certificate of the files as a trust anchor.
pub(super) fn read_anchors(
    paths: &[PathBuf],
    material: &mut Material,
    limits: &Limits,
) -> Result<(), Stopped> {
    for_each_file(paths, |file, octets| {
        let read = material.add_anchors(octets, limits);
        taken(file, read)
    })
}

/// A built-in policy by its id, or one from a file.
fn read_policy(named: &str) -> Result<Policy, Stopped> {
    if let Ok(policy) = Policy::builtin(named) {
        return Ok(policy);
    }
    let path = Path::new(named);
    if !path.exists() {
        let known = Policy::BUILTIN.join(", ");
        return Err(Stopped::Usage(format!(
            "unknown policy {0}, known are {known}, or the file of one / неизвестная политика {0}, известны {known} или файл политики",
            displayable(named)
        )));
    }
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Policy::read(&text).map_err(|why| {
        Stopped::Usage(format!(
            "{}: {} / политика не читается",
            super::named(path),
            shown::lines(&why.to_string())
        ))
    })
}

impl Setting {
    /// Prints one report; several JSON reports stand one a line.
    pub(super) fn print(&self, name: &Path, report: &Report, several: bool) {
        if self.quiet {
            return;
        }
        match self.format {
            Format::Json => answer!("{}", json::write_in(report, self.detail)),
            Format::Text | Format::Short => {
                if several {
                    answer!("== {}", super::named(name));
                }
                let written = match self.format {
                    Format::Short => text::short::write(report, self.language),
                    Format::Text | Format::Json => text::write(report, self.language, self.detail),
                };
                super::tell(&written);
            }
        }
    }
}

pub(super) fn taken(file: &Path, read: Result<Read, sig_core::Error>) -> Result<(), Stopped> {
    match read {
        Ok(read) if read.taken > 0 && read.unknown.is_empty() => Ok(()),
        Ok(Read { unknown, .. }) if !unknown.is_empty() => Err(Stopped::Usage(format!(
            "{}: {} object(s) are neither certificates nor CRLs nor OCSP responses / есть посторонние объекты",
            super::named(file),
            unknown.len()
        ))),
        Ok(_) => Err(Stopped::Usage(format!(
            "{}: no certificate, CRL or OCSP response inside / нет ни сертификата, ни списка отзыва, ни ответа OCSP",
            super::named(file)
        ))),
        Err(error) => Err(Stopped::Usage(format!(
            "{}: {en} / ни сертификаты, ни списки отзыва не читаются: {ru}",
            super::named(file),
            en = shown::why(&error, Language::En),
            ru = shown::why(&error, Language::Ru),
        ))),
    }
}

/// Reads the files of [`files`], one after another.
fn for_each_file(
    paths: &[PathBuf],
    mut take: impl FnMut(&Path, &[u8]) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
    for file in files(paths)? {
        take(&file, &read_file(&file)?)?;
    }
    Ok(())
}

/// Files named directly and the files of folders, in the order of their names.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Stopped> {
    let mut all = Vec::new();
    for path in paths {
        if path.is_dir() {
            let listed = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
            let mut files: Vec<PathBuf> = listed
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|p| p.is_file())
                .collect();
            files.sort();
            all.append(&mut files);
        } else {
            all.push(path.clone());
        }
    }
    Ok(all)
}

/// A file, or standard input for `-`.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Stopped> {
    if path.as_os_str() == STANDARD_INPUT {
        let mut octets = Vec::new();
        let bound = Limits::STANDARD.bytes + 1;
        let read = std::io::stdin().take(bound).read_to_end(&mut octets);
        return read
            .map(|_| octets)
            .map_err(|error| unreadable(path, &error));
    }
    fs::read(path).map_err(|error| unreadable(path, &error))
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Stopped {
    let fault = shown::both(error);
    Stopped::Usage(format!("{}: {fault}", super::named(path)))
}
