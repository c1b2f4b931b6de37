//! A file that arrives in parts is judged like the same file at hand, octet for octet of the report.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::stream::CmsStream;
use sig_core::cms::stream::content::ContentDigests;
use sig_core::cms::stream::wanted::{missing_digests, wanted_digests};
use sig_core::report::{Report, json, text};
use sig_core::{Error, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

mod case_inputs;

#[path = "stream/broken.rs"]
mod broken;
#[path = "stream/forms.rs"]
mod forms;
#[path = "stream/given.rs"]
mod given;

use case_inputs::material;

const LIMITS: Limits = Limits::STANDARD;

/// Reads a file in parts, and again when digests are missing that no list named.
fn read(file: &[u8], part: usize, kept: usize, limits: Limits) -> Result<Evidence, Error> {
    let once = |digests: &[DigestId]| {
        let stream = CmsStream::new(&RUSTCRYPTO, limits);
        let mut stream = stream.keeping(kept).with_digests(digests);
        file.chunks(part).try_for_each(|part| stream.push(part))?;
        Evidence::from_stream(stream.finish()?)
    };
    let evidence = once(&[])?;
    let missing = match evidence.message() {
        Some(message) => missing_digests(message, &RUSTCRYPTO, &limits)?,
        None => Vec::new(),
    };
    if missing.is_empty() {
        Ok(evidence)
    } else {
        once(&missing)
    }
}

fn validator(case: &Case) -> Validator {
    let policy = Policy::builtin(&case.policy).or_else(|_| Policy::testing(&case.policy));
    Validator {
        algorithms: &RUSTCRYPTO,
        policy: policy.unwrap(),
        limits: LIMITS,
    }
}

fn octets_of(report: &Report) -> [String; 3] {
    use sig_core::finding::Language::{En, Ru};
    [
        json::write(report),
        text::write(report, Ru, text::Detail::Explain),
        text::write(report, En, text::Detail::Explain),
    ]
}

/// The report on a case whose content is at hand, and on one whose content passed by.
fn reports(
    case: &Case,
    material: &Material,
    part: usize,
    kept: usize,
) -> [Result<Report, Error>; 2] {
    let at = UnixTime::from_seconds(case.at);
    let validator = validator(case);
    let at_hand = Evidence::parse(&case.signature, &LIMITS);
    let passed = read(&case.signature, part, kept, LIMITS);
    let (at_hand, passed) = match (at_hand, passed) {
        (Ok(at_hand), Ok(passed)) => (at_hand, passed),
        (at_hand, passed) => {
            return [at_hand.map(drop), passed.map(drop)].map(|it| Err(it.unwrap_err()));
        }
    };
    let (at_hand, passed) = match &case.content {
        None => (at_hand, passed),
        Some(content) => {
            let wanted = at_hand.message();
            let wanted = wanted.map(|message| wanted_digests(message, &LIMITS).unwrap());
            let digests = ContentDigests::new(&RUSTCRYPTO, wanted.unwrap_or_default());
            let mut digests = digests.keeping(kept);
            content.chunks(part).for_each(|part| digests.update(part));
            let document = digests.finish().unwrap();
            (
                at_hand.with_content(content.clone()),
                passed.with_streamed_content(document),
            )
        }
    };
    [at_hand, passed].map(|evidence| {
        let evidence = evidence.with_material(material.clone());
        validator.validate(evidence, at)
    })
}

/// A signature or an archive time-stamp over the document itself, of which no digest is enough.
fn needs_octets(report: &Result<Report, Error>) -> bool {
    let report = report.as_ref();
    report.is_ok_and(|report| json::write(report).contains(".content.octets_needed"))
}

#[test]
fn every_case_has_the_same_report_when_its_file_arrives_in_parts() {
    let cases = all().unwrap();
    let mut without_octets = 0;
    for (number, case) in cases.iter().enumerate() {
        let material = material(case, &RUSTCRYPTO);
        // Each case in each way takes long, and ways and cases do not depend on each other.
        let part = [1, 7, 4096][number % 3];
        for kept in [0, 1 << 20] {
            let [at_hand, passed] = reports(case, &material, part, kept);
            if kept == 0 && needs_octets(&passed) {
                without_octets += 1;
                continue;
            }
            let name = format!("{}/{} by {part}, {kept} kept", case.area, case.id);
            let [passed, at_hand] =
                [passed, at_hand].map(|it| it.as_ref().map(octets_of).map_err(Error::clone));
            assert_eq!(passed, at_hand, "{name}");
        }
    }
    assert!(cases.len() >= 1200);
    assert!(without_octets < 100, "{without_octets}");
}

#[test]
fn the_size_of_the_parts_changes_nothing() {
    let cases = all().unwrap();
    for case in cases.iter().step_by(9) {
        let material = material(case, &RUSTCRYPTO);
        for part in [1, 7, 4096] {
            let [at_hand, passed] = reports(case, &material, part, 1 << 20);
            assert_eq!(passed, at_hand, "{}/{} by {part}", case.area, case.id);
        }
    }
}
