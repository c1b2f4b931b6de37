//! `verifierd verify`.

use std::path::{Path, PathBuf};

use sig_core::{
    Error, Evidence, Validator,
    alg::digest::{Digest, DigestId},
    der::oid::Oid,
    finding::{Indication, Language},
    report::{Judged, QualifiedVerdict, Report},
    validate::context::SignaturePolicyDocument,
};

use super::{
    Exit,
    batch::Met,
    containers,
    evidence::{EvidenceOptions, Writing},
    evidence_records,
    material::{Options, Setting, Stopped, read_file},
    stream::{Document, Files, Signature, Trouble, is_standard_input},
};
use crate::shown;

/// Judge signature files (CMS, CAdES), time-stamps (RFC 3161), evidence
/// records (RFC 4998) and ASiC-S containers
///
/// Attached, or detached with --content or --content-digest. Exit: 0 passed,
/// 1 failed, 2 not proven or not qualified, 64 usage, 65 no signature,
/// 75 a limit.
///
/// A time-stamp, a token or the answer of its authority, is of --content, and so is an evidence record alone.
/// A container holds its document.
/// Files may be of any size: what is signed passes by and is only hashed.
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
    /// The document of a signature policy, found by its digest, or said to be a
    /// policy / документ политики подписи
    #[arg(long, value_name = "FILE|OID=FILE")]
    signature_policy: Vec<PathBuf>,
    #[command(flatten)]
    records: evidence_records::RecordOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    /// Signature files, - for standard input / файлы подписи
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

/// The file of a signature policy, and the policy that it is said to be.
fn policy_file(named: &Path) -> (Option<Oid>, &Path) {
    let split = named.to_str().and_then(|text| text.split_once('='));
    match split.and_then(|(id, path)| Some((Oid::parse(id)?, path))) {
        Some((id, path)) => (Some(id), Path::new(path)),
        None => (None, named),
    }
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match judge_all(arguments) {
        Ok(exit) => exit,
        Err(stopped) => stopped.tell(),
    }
}

fn judge_all(arguments: &Arguments) -> Result<Exit, Stopped> {
    let writing = arguments.evidence.begin(&arguments.signatures)?;
    let mut setting = arguments.options.read()?;
    for named in &arguments.signature_policy {
        let (id, path) = policy_file(named);
        let octets = read_file(path)?.into();
        let document = SignaturePolicyDocument { id, octets };
        setting.material.signature_policies.push(document);
    }
    let paths = &arguments.signatures;
    let mut inputs = paths.iter().chain(&arguments.content);
    if inputs
        .by_ref()
        .filter(|path| is_standard_input(path))
        .count()
        > 1
    {
        return Err(Stopped::Usage(
            "standard input is one file / стандартный ввод — это один файл".to_owned(),
        ));
    }
    setting.prepare_for(paths.len())?;
    let validator = Validator {
        algorithms: setting.algorithms,
        policy: setting.policy.clone(),
        limits: setting.limits,
    };
    let records = arguments.records.read()?;
    let files = Files::new(setting.algorithms, setting.limits);
    let several = paths.len() > 1;
    let progress = files.count(paths.len());
    let mut met = Met::default();
    let mut worst = Exit::Done;
    let mut judge = |path: &Path, evidence: Result<Evidence, Exit>| {
        let exit = match evidence {
            Ok(evidence) => {
                let carried = evidence.message().map(|it| it.certificates.clone());
                let carried = carried.unwrap_or_default();
                let judged = records.offer(evidence).and_then(|evidence| {
                    let evidence = complete(&setting, arguments, evidence);
                    judge(&validator, &setting, evidence, writing.as_ref())
                });
                if judged.is_ok() {
                    setting.remember(&carried, &mut met);
                }
                files.quietly(|| match judged {
                    Ok(Judgement { report, written }) => {
                        setting.print(path, &report, several);
                        exit_of(&report).worse(written)
                    }
                    Err(error) => refused(path, &error),
                })
            }
            Err(exit) => exit,
        };
        worst = worst.worse(exit);
        progress.inc(1);
    };
    let Some(content) = &arguments.content else {
        for path in paths {
            let read = read(&files, path)?;
            judge(path, read.map(|signature| offered(signature, None)));
        }
        progress.finish_and_clear();
        return Ok(worst);
    };
    // The document is read once, for all signatures.
    let mut signatures = Vec::with_capacity(paths.len());
    for path in paths {
        let read = read(&files, path)?;
        signatures.push(read.and_then(|signature| same_document(path, signature, content)));
    }
    match files.document(content, &wanted(&signatures)) {
        Ok(document) => {
            for (path, signature) in paths.iter().zip(signatures) {
                judge(path, signature.map(|it| offered(it, Some(&document))));
            }
        }
        Err(Trouble::Stopped(stopped)) => return Err(stopped),
        Err(Trouble::Said(exit)) => worst = exit,
        Err(Trouble::Error(error)) => worst = refused(content, &error),
    }
    progress.finish_and_clear();
    Ok(worst)
}

/// A signature file, or the exit code of one that cannot be judged, once it was said why.
fn read(files: &Files, path: &Path) -> Result<Result<Signature, Exit>, Stopped> {
    match files.signature(path) {
        Ok(signature) => Ok(Ok(signature)),
        Err(Trouble::Said(exit)) => Ok(Err(exit)),
        Err(Trouble::Error(error)) => Ok(Err(files.quietly(|| refused(path, &error)))),
        Err(Trouble::Stopped(stopped)) => Err(stopped),
    }
}

fn same_document(path: &Path, signature: Signature, content: &Path) -> Result<Signature, Exit> {
    if let Some(container) = &signature.container {
        containers::check_given(path, container, content)?;
    }
    Ok(signature)
}

/// A signature with its document: that of its container, or the one beside it.
fn offered(signature: Signature, beside: Option<&Document>) -> Evidence {
    let Signature {
        evidence,
        container,
    } = signature;
    match (container, beside) {
        (Some(container), _) => evidence.with_content(container.content()),
        (None, Some(document)) => document.beside(evidence),
        (None, None) => evidence,
    }
}

/// The digests of the document that the signatures ask for. Those of a signature over a limit are not known: it tells
/// so when it is judged.
fn wanted(signatures: &[Result<Signature, Exit>]) -> Vec<DigestId> {
    let evidence = signatures.iter().flatten().map(|it| &it.evidence);
    let wanted = evidence.filter_map(|evidence| evidence.wanted_digests().ok());
    wanted.flatten().collect()
}

/// The evidence with everything that was given beside it.
fn complete(setting: &Setting, arguments: &Arguments, evidence: Evidence) -> Evidence {
    let evidence = evidence.with_material(setting.material.clone());
    let digests = arguments.content_digest.iter().cloned();
    digests.fold(evidence, Evidence::with_content_digest)
}

/// A report, and how the writing of its bundle ended.
struct Judgement {
    report: Report,
    written: Exit,
}

fn judge(
    validator: &Validator,
    setting: &Setting,
    evidence: Evidence,
    writing: Option<&Writing>,
) -> Result<Judgement, Error> {
    let Some(writing) = writing else {
        let report = validator.validate(evidence, setting.at)?;
        return Ok(Judgement {
            report,
            written: Exit::Done,
        });
    };
    let report = validator.validate(evidence.clone(), setting.at)?;
    let written = writing.write(validator, &evidence, &report, setting.detail);
    Ok(Judgement { report, written })
}

/// What could not be judged is said on standard error and is no verdict.
pub(super) fn refused(path: &Path, error: &Error) -> Exit {
    let [en, ru] = [Language::En, Language::Ru].map(|language| shown::why(error, language));
    super::say(&format_args!(
        "{}: {en}, not judged / {ru}, проверка не выполнена",
        super::named(path)
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
    fn a_policy_may_be_named_before_its_file() {
        let named = |text: &'static str| {
            let (id, path) = policy_file(Path::new(text));
            (id.map(|id| id.to_string()), path.to_str())
        };
        let expected = (Some("2.999.10".to_owned()), Some("a.pdf"));
        assert_eq!(named("2.999.10=a.pdf"), expected);
        for text in ["a.pdf", "a=b.pdf", "-"] {
            assert_eq!(named(text), (None, Some(text)));
        }
    }

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
