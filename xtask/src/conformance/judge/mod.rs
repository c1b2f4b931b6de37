//! From a case to its outcome: the only part that calls the product.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use sig_core::alg::provider::Algorithms;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::finding::{Code, Finding, Level, Value};
use sig_core::{Error, Limits, Material};

use super::case::{Case, Expected, Outcome, Source, Task};
use crate::clock::ThreadClock;
use crate::corpus::Corpus;

mod archives;
mod containers;
mod messages;
mod parsers;
mod paths;
mod signatures;
mod smime;
mod time_stamps;

/// No single input may cost more processor time.
const MOST_TIME: Duration = Duration::from_secs(1);

/// Findings that say "this is not supported": the case is not judged, whatever is concluded.
const UNSUPPORTED: &[&str] = &[
    "crypto.digest.unknown_algorithm",
    "crypto.key.rejected",
    "crypto.signature.unknown_algorithm",
    "path.signature.unsupported",
];

/// Identifiers of signatures and curves that stand where a digest or a signature should.
const OF_OTHER_PLACES: [Oid; 3] = [oids::RSA_SHA1, oids::RSA_SHA256, oids::P256];

/// Judges one case.
pub fn judge(case: &Case, corpus: &Corpus, algorithms: &'static Algorithms) -> Result<Outcome> {
    if let Some(why) = unreadable(case, corpus) {
        return Ok(Outcome::Skipped(why));
    }
    let clock = ThreadClock::start();
    let expected = &case.expected;
    let outcome = match &case.task {
        Task::Later(why) => Outcome::Skipped(why.clone()),
        Task::Parse(object, source) => {
            parsers::parse(*object, &load(corpus, source)?, algorithms, expected)
        }
        Task::Survive(object, source) => {
            parsers::survive(*object, &load(corpus, source)?, algorithms, expected)
        }
        Task::Message(message) => messages::judge(message, corpus, algorithms, expected)?,
        Task::Container(source) => containers::judge(&load(corpus, source)?, algorithms, expected)?,
        Task::Archive(source, count) => {
            let file = load(corpus, source)?;
            archives::signatures(&file, *count, corpus, algorithms, expected)?
        }
        Task::Record(source) => archives::record(&load(corpus, source)?, algorithms, expected)?,
        Task::Path(path) => paths::judge(path, corpus, algorithms, expected)?,
        Task::Past(path, proofs) => paths::past(path, proofs, corpus, algorithms, expected)?,
        Task::Answer(answer) => paths::answer(answer, corpus, algorithms, expected)?,
        Task::Status(path) => paths::status(path, corpus, algorithms, expected)?,
        Task::SignedBy(object, signed, issuer) => {
            let signed = load(corpus, signed)?;
            signatures::signed_by(
                *object,
                &signed,
                &load(corpus, issuer)?,
                algorithms,
                expected,
            )
        }
        Task::GostSignature(vector) => signatures::gost(vector, algorithms, expected),
        Task::Digest(vector) => signatures::digest(vector, algorithms),
        Task::SignedData(vector) => signatures::signed_data(vector, corpus, algorithms, expected)?,
    };
    let spent = clock.elapsed();
    if spent > MOST_TIME {
        let actual = format!("took more than {} s", MOST_TIME.as_secs());
        return Ok(Outcome::of(false, actual, format!("{spent:.1?}")));
    }
    Ok(outcome)
}

/// Why the octets of a case cannot be had: an archive of the corpus that is damaged.
fn unreadable(case: &Case, corpus: &Corpus) -> Option<String> {
    let (Task::Parse(_, Source::Path(path)) | Task::Survive(_, Source::Path(path))) = &case.task
    else {
        return None;
    };
    let (archive, _) = path.split_once('!')?;
    let error = corpus.archive(archive).err()?;
    Some(format!("{error:#}"))
}

fn load(corpus: &Corpus, source: &Source) -> Result<Arc<[u8]>> {
    match source {
        Source::Path(path) => corpus.read(path),
        Source::Octets(octets) => Ok(Arc::clone(octets)),
    }
}

/// Takes an anchor; a file without one is a mistake of the case, not a verdict.
fn add_anchor(material: &mut Material, octets: &[u8], limits: &Limits) -> Result<()> {
    let read = material.add_anchors(octets, limits)?;
    ensure!(read.taken > 0, "a file of anchors holds no certificate");
    Ok(())
}

fn limits() -> Limits {
    Limits::STANDARD
}

/// An error of the library: the words of an outcome.
fn not_judged(error: &Error, expected: &Expected) -> Outcome {
    if let Error::BackEndsDisagree(_) = error {
        return Outcome::of(false, "back ends disagree", error.to_string());
    }
    let agrees = matches!(
        expected,
        Expected::Invalid
            | Expected::Broken
            | Expected::Survives
            | Expected::Answers
            | Expected::ParseFails
            | Expected::NotSignedData
    );
    Outcome::of(agrees, "not judged", error.to_string())
}

/// The first finding that says that something is not supported.
fn unsupported<'a>(mut findings: impl Iterator<Item = &'a Finding>) -> Option<Outcome> {
    let found = findings.find(|finding| is_unsupported(finding))?;
    Some(Outcome::Skipped(format!(
        "not supported: {}",
        found.code.id
    )))
}

/// Whether a finding says so, as its reason tells where the code alone does not.
fn is_unsupported(finding: &Finding) -> bool {
    if !UNSUPPORTED.contains(&finding.code.id) {
        return false;
    }
    // A known identifier in the place of another is wrong, not unsupported.
    let algorithm = finding.facts.iter().find(|fact| fact.name == "algorithm");
    if let Some(Value::Oid(oid)) = algorithm.map(|fact| &fact.value)
        && OF_OTHER_PLACES.contains(oid)
    {
        return false;
    }
    let reason = finding.facts.iter().find(|fact| fact.name == "reason");
    match reason.map(|fact| &fact.value) {
        Some(Value::Word(reason)) => ["Unknown", "NotOffered"]
            .iter()
            .any(|word| reason.contains(word)),
        _ => finding.code.id != "crypto.key.rejected",
    }
}

/// The code that decided, or those that failed.
fn because(decided_by: Option<&'static Code>, findings: &[Finding]) -> String {
    if let Some(code) = decided_by {
        return code.id.to_owned();
    }
    let failed = findings
        .iter()
        .filter(|finding| finding.level == Level::Fail);
    let ids: Vec<&str> = failed.map(|finding| finding.code.id).collect();
    if ids.is_empty() {
        return "no finding".to_owned();
    }
    ids.join(", ")
}
