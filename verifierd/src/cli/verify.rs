//! `verifierd verify`.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use indicatif::ProgressBar;
use sig_core::{
    Error, Evidence, Validator,
    alg::digest::{Digest, DigestId},
    finding::Indication,
    report::{Judged, QualifiedVerdict, Report},
};

use super::{
    Exit, containers, evidence_records,
    material::{Options, Setting, Stopped, read_file},
};

/// Judge signature files (CMS, CAdES), time-stamps (RFC 3161), evidence
/// records (RFC 4998) and ASiC-S containers
///
/// Attached, or detached with --content or --content-digest. Exit: 0 passed,
/// 1 failed, 2 not proven or not qualified, 64 usage, 65 no signature,
/// 75 a limit.
///
/// A time-stamp, a token or the answer of its authority, is of --content, and so is an evidence record alone.
/// A container holds its document.
///
/// Проверить файлы подписи, присоединённой или отсоединённой, и штампы времени.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    options: Options,
    /// The signed document of a detached signature, - for standard input / документ
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
    /// A digest of the document, ALG:HEX / хэш документа
    #[arg(long, value_name = "ALG:HEX", value_parser = parse_digest, conflicts_with = "content")]
    content_digest: Vec<Digest>,
    #[command(flatten)]
    records: evidence_records::RecordOptions,
    /// Signature files / файлы подписи
    #[arg(required = true, value_name = "SIGNATURE")]
    signatures: Vec<PathBuf>,
}

fn parse_digest(text: &str) -> Result<Digest, String> {
    const KNOWN: [DigestId; 7] = [
        DigestId::Sha1,
        DigestId::Sha224,
        DigestId::Sha256,
        DigestId::Sha384,
        DigestId::Sha512,
        DigestId::Streebog256,
        DigestId::Streebog512,
    ];
    let names = || KNOWN.map(DigestId::name).join(", ");
    let (name, digits) = text.split_once(':').ok_or_else(|| "ALG:HEX".to_owned())?;
    let algorithm = KNOWN
        .into_iter()
        .find(|id| id.name() == name)
        .ok_or_else(names)?;
    match hex::decode(digits) {
        Ok(value) if value.len() == algorithm.size() => Ok(Digest { algorithm, value }),
        _ => Err(format!(
            "{name}: {} hexadecimal digits / шестнадцатеричных цифр",
            algorithm.size() * 2
        )),
    }
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match judge_all(arguments) {
        Ok(exit) => exit,
        Err(stopped) => stopped.tell(),
    }
}

fn judge_all(arguments: &Arguments) -> Result<Exit, Stopped> {
    let setting = arguments.options.read()?;
    let content = arguments.content.as_deref().map(read_file).transpose()?;
    let records = arguments.records.read()?;
    let several = arguments.signatures.len() > 1;
    let progress = if several && std::io::stderr().is_terminal() {
        ProgressBar::new(arguments.signatures.len() as u64)
    } else {
        ProgressBar::hidden()
    };
    let mut worst = Exit::Done;
    for path in &arguments.signatures {
        let file = read_file(path)?;
        let opened = containers::open(path, &file, content.as_deref(), &setting.limits);
        let opened = match opened {
            Ok(opened) => opened,
            Err(exit) => {
                worst = worst.worse(exit);
                continue;
            }
        };
        let judged = judge(
            &setting,
            arguments,
            &records,
            opened.file(),
            opened.content(),
        );
        let exit = match judged {
            Ok(report) => {
                progress.suspend(|| setting.print(path, &report, several));
                exit_of(&report)
            }
            Err(error) => progress.suspend(|| refused(path, &error)),
        };
        worst = worst.worse(exit);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(worst)
}

fn judge(
    setting: &Setting,
    arguments: &Arguments,
    records: &evidence_records::Given,
    file: &[u8],
    content: Option<&[u8]>,
) -> Result<Report, Error> {
    let validator = Validator {
        algorithms: setting.algorithms,
        policy: setting.policy.clone(),
        limits: setting.limits,
    };
    let mut evidence =
        Evidence::parse(file, &setting.limits)?.with_material(setting.material.clone());
    if let Some(content) = content {
        evidence = evidence.with_content(content);
    }
    for digest in &arguments.content_digest {
        evidence = evidence.with_content_digest(digest.clone());
    }
    validator.validate(records.offer(evidence)?, setting.at)
}

/// What could not be judged is said on standard error and is no verdict.
pub(super) fn refused(path: &Path, error: &Error) -> Exit {
    super::say(&format_args!(
        "{}: {error} / проверка не выполнена",
        path.display()
    ));
    match error {
        Error::Limit(_) => Exit::Limit,
        Error::Malformed(_) => Exit::NoSignature,
        _ => Exit::Internal,
    }
}

fn exit_of(report: &Report) -> Exit {
    let (conclusion, signatures) = match &report.judged {
        Judged::Signatures {
            conclusion,
            signatures,
            ..
        } => (conclusion, signatures.as_slice()),
        Judged::TimeStamp { time_stamp, .. } => (&time_stamp.conclusion, &[][..]),
        Judged::EvidenceRecord {
            evidence_record, ..
        } => (&evidence_record.conclusion, &[][..]),
        Judged::Certificate(_) => return Exit::Internal,
    };
    match conclusion.indication {
        Indication::TotalPassed => {
            let qualified = signatures.iter().all(|signature| {
                let report = signature.qualified.as_ref();
                report.is_none_or(|report| report.verdict == QualifiedVerdict::Qualified)
            });
            if qualified {
                Exit::Done
            } else {
                Exit::Indeterminate
            }
        }
        Indication::TotalFailed => Exit::Failed,
        Indication::Indeterminate => Exit::Indeterminate,
        Indication::NoSignature => Exit::NoSignature,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_with_their_length() {
        let digest = parse_digest(&format!("streebog256:{}", "0a".repeat(32))).unwrap();
        assert_eq!(
            (digest.algorithm, digest.value.len()),
            (DigestId::Streebog256, 32)
        );
        for text in ["sha256", "sha256:00", "sha3:00", "sha256:zz"] {
            assert!(parse_digest(text).is_err(), "{text}");
        }
    }
}
