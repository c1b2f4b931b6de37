//! CMS messages.

use std::borrow::Cow;

use anyhow::{Result, bail};
use sig_core::alg::digest::{Digest, DigestId};
use sig_core::alg::provider::Algorithms;
use sig_core::cms::signed_data::SignedData;
use sig_core::cms::time_stamp::TstInfo;
use sig_core::finding::{Conclusion, Finding, Indication, Level, Stage};
use sig_core::report::{Integrity, Judged, Report, SignatureReport};
use sig_core::validate::policy::{RevocationRule, SaltRule, WeakRule};
use sig_core::{Evidence, Limits, Material, Policy, Validator};

use super::super::case::{Content, Expected, Message, Outcome, Revocation, Signatures};
use super::{because, limits, load, not_judged, smime, time_stamps, unsupported};
use crate::corpus::Corpus;

/// A message as it is given to the library.
pub struct Parts<'a> {
    /// The message.
    pub message: Cow<'a, [u8]>,
    /// Content that stands beside it in a multipart.
    pub content: Option<Vec<u8>>,
}

/// Takes a message out of S/MIME, or as it is.
pub fn open(octets: &[u8]) -> Result<Parts<'_>> {
    if smime::looks_like_mime(octets) {
        let (message, content) = smime::open(octets)?;
        return Ok(Parts {
            message: Cow::Owned(message),
            content,
        });
    }
    Ok(Parts {
        message: Cow::Borrowed(octets),
        content: None,
    })
}

/// Judges by RFC 5652 and RFC 5280; weak algorithms are warnings, since most of the material is old.
pub fn validator(revocation: Revocation, algorithms: &'static Algorithms) -> Result<Validator> {
    let policy = Policy::builtin("cms-basic")?;
    Ok(Validator {
        algorithms,
        policy: Policy {
            weak_algorithms: WeakRule::Warn,
            // Neither document says how long a salt is.
            pss_salt: SaltRule::AtMost(u16::MAX),
            revocation: rule(revocation),
            ..policy
        },
        limits: limits(),
    })
}

/// The policy's word for what is asked about revocation.
pub const fn rule(revocation: Revocation) -> RevocationRule {
    match revocation {
        Revocation::Required => RevocationRule::Required,
        Revocation::Off => RevocationRule::Off,
        Revocation::WhenPresent => RevocationRule::WhenAvailable,
    }
}

/// Judges a message.
pub fn judge(
    message: &Message,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let octets = load(corpus, &message.message)?;
    let parts = open(&octets)?;
    let mut validator = validator(message.revocation, algorithms)?;
    validator.policy.path.clone_from(&message.inputs);
    let evidence = match Evidence::parse(&parts.message, &validator.limits) {
        Ok(evidence) => evidence,
        Err(error) => return Ok(not_judged(&error, expected)),
    };
    let evidence = match (&message.content, parts.content) {
        (Content::Octets(source), _) => evidence.with_content(load(corpus, source)?.to_vec()),
        (Content::Digests(digests), _) => with_digests(evidence, digests)?,
        (Content::Inside, Some(content)) => evidence.with_content(content),
        (Content::Inside, None) => evidence,
    };
    let mut material = Material::default();
    offer(&mut material, message, corpus, &validator.limits)?;
    let report = validator.validate(evidence.with_material(material), message.at);
    Ok(match report {
        Ok(report) => match compare(&report, expected, message.anchors.is_empty()) {
            Outcome::Agreed => compare_signatures(&report, &message.signatures),
            other => other,
        },
        Err(error) => not_judged(&error, expected),
    })
}

fn offer(
    material: &mut Material,
    message: &Message,
    corpus: &Corpus,
    limits: &Limits,
) -> Result<()> {
    for source in &message.anchors {
        super::add_anchor(material, &load(corpus, source)?, limits)?;
    }
    for source in &message.material {
        material.add(&load(corpus, source)?, limits)?;
    }
    Ok(())
}

fn with_digests(mut evidence: Evidence, digests: &[(String, Vec<u8>)]) -> Result<Evidence> {
    // The digests are of the document around; the expected verdict is over what stands inside, if anything does.
    let is_attached =
        |it: &SignedData| it.content.size().is_some_and(|it| it > 0) && !TstInfo::is_in(it);
    if evidence.message().is_some_and(is_attached) {
        return Ok(evidence);
    }
    for (oid, value) in digests {
        let algorithm = digest_id(oid)?;
        let value = value.clone();
        evidence = evidence.with_content_digest(Digest { algorithm, value });
    }
    Ok(evidence)
}

/// The digest with this OID.
pub fn digest_id(oid: &str) -> Result<DigestId> {
    Ok(match oid {
        "1.3.14.3.2.26" => DigestId::Sha1,
        "2.16.840.1.101.3.4.2.1" => DigestId::Sha256,
        "2.16.840.1.101.3.4.2.2" => DigestId::Sha384,
        "2.16.840.1.101.3.4.2.3" => DigestId::Sha512,
        "1.2.643.2.2.9" => DigestId::Gost94,
        "1.2.643.7.1.1.2.2" => DigestId::Streebog256,
        "1.2.643.7.1.1.2.3" => DigestId::Streebog512,
        _ => bail!("the digest {oid} is not known"),
    })
}

/// The report on a message against what a row says.
pub fn compare(report: &Report, expected: &Expected, without_anchors: bool) -> Outcome {
    let (document, conclusion, signatures) = match &report.judged {
        Judged::Signatures {
            document,
            conclusion,
            signatures,
        } => (document, conclusion, signatures),
        Judged::TimeStamp { time_stamp, .. } => {
            return time_stamps::compare(time_stamp, expected, without_anchors);
        }
        Judged::EvidenceRecord { .. } => {
            return Outcome::of(false, "an evidence record", "not a message");
        }
        Judged::Certificate(_) => return Outcome::of(false, "a certificate", "not a message"),
    };
    let passed = conclusion.indication == Indication::TotalPassed;
    if passed && without_anchors {
        return Outcome::of(false, "TOTAL_PASSED", "without any trust anchor");
    }
    let all = || signatures.iter().flat_map(|signature| &signature.findings);
    let crypto = || all().filter(|finding| finding.code.stage == Stage::Crypto);
    let decided = deciding(signatures, *conclusion);
    let reason = match decided {
        Some(signature) => because(signature.decided_by, &signature.findings),
        None => because(None, &document.findings),
    };
    let undecided = decided.and_then(|signature| {
        let by = signature.decided_by;
        unsupported(
            signature
                .findings
                .iter()
                .filter(|finding| Some(finding.code) == by),
        )
    });
    let intact = !signatures.is_empty() && signatures.iter().all(is_intact);
    let agrees = match expected {
        Expected::Valid => {
            if let Some(skipped) = unsupported(all()) {
                return skipped;
            }
            passed
        }
        Expected::Intact | Expected::IntactNotValid => {
            if let Some(skipped) = unsupported(crypto()) {
                return skipped;
            }
            intact && (*expected == Expected::Intact || !passed)
        }
        Expected::Broken => {
            if let Some(skipped) = unsupported(crypto()) {
                return skipped;
            }
            !intact
        }
        Expected::Invalid => {
            if let Some(skipped) = undecided {
                return skipped;
            }
            !passed
        }
        Expected::Because(sub_indication) => {
            if let Some(skipped) = undecided {
                return skipped;
            }
            conclusion
                .sub_indication
                .is_some_and(|sub| sub.name() == *sub_indication)
        }
        Expected::Chains => {
            let chained = signatures.iter().any(chains);
            if !chained && let Some(skipped) = unsupported(all()) {
                return skipped;
            }
            chained
        }
        Expected::NoSigners => {
            conclusion.indication == Indication::NoSignature && signatures.is_empty()
        }
        Expected::NotSignedData => conclusion.indication == Indication::NoSignature,
        Expected::Survives => !passed,
        _ => true,
    };
    let actual = match expected {
        Expected::Intact | Expected::Broken if intact => Expected::Intact.to_string(),
        Expected::Intact | Expected::Broken => Expected::Broken.to_string(),
        _ => word(*conclusion),
    };
    Outcome::of(agrees, actual, reason)
}

/// Whether there are as many signatures, of these levels.
fn compare_signatures(report: &Report, expected: &Signatures) -> Outcome {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        return Outcome::Agreed;
    };
    let stamps = signatures.iter().flat_map(|it| &it.time_stamps);
    let mut found = stamps.map(|it| word(it.conclusion));
    if let Some(stamp) = expected.stamp
        && !found.any(|found| found == stamp)
    {
        return Outcome::of(false, "no such time-stamp", stamp);
    }
    let count = signatures.len();
    if expected.count.is_some_and(|expected| expected != count) {
        return Outcome::of(false, format!("{count} signatures"), "no finding");
    }
    let names = |of: &mut dyn Iterator<Item = &SignatureReport>| {
        let mut levels: Vec<&str> = of.map(|it| it.level.name()).collect();
        levels.sort_unstable();
        levels
    };
    // Some rows state the levels of counter-signatures, some do not.
    let mut with_counter: Vec<&SignatureReport> = signatures.iter().collect();
    let mut next = 0;
    while let Some(signature) = with_counter.get(next) {
        with_counter.extend(&signature.counter_signatures);
        next += 1;
    }
    let all = names(&mut with_counter.into_iter());
    let mut wanted = expected.levels.clone();
    wanted.sort_unstable();
    let agrees = wanted.is_empty() || wanted == all || wanted == names(&mut signatures.iter());
    let because = format!("level {}", wanted.join(", "));
    Outcome::of(agrees, format!("level {}", all.join(", ")), because)
}

/// The signature whose verdict is the document's.
fn deciding(signatures: &[SignatureReport], conclusion: Conclusion) -> Option<&SignatureReport> {
    let mut same = signatures.iter().filter(|s| s.conclusion == conclusion);
    same.next().or_else(|| signatures.first())
}

/// The content has the signed digest, the equation of the signature holds with the key of a certificate that was found,
/// and its structure allows to say so; whether the signature counts is another question.
fn is_intact(signature: &SignatureReport) -> bool {
    signature.signer.is_some()
        && signature.integrity == Integrity::Intact
        && !has_failed_format(&signature.findings)
}

/// Whether a finding speaks against the structure.
pub fn has_failed_format(findings: &[Finding]) -> bool {
    let fails = |it: &Finding| it.level == Level::Fail && it.code.stage == Stage::Format;
    findings.iter().any(fails)
}

fn chains(signature: &SignatureReport) -> bool {
    ends_at_anchor(signature.path.len(), &signature.findings)
}

/// A path of so many certificates was found, and no finding speaks against its signatures.
pub fn ends_at_anchor(length: usize, findings: &[Finding]) -> bool {
    let broken = [
        "path.build.no_chain",
        "path.signature.invalid",
        "path.name.chaining",
    ];
    let fails = |finding: &Finding| broken.contains(&finding.code.id);
    length > 1 && !findings.iter().any(fails)
}

/// A conclusion in one word: the sub-indication, else the indication.
pub fn word(conclusion: Conclusion) -> String {
    match conclusion.sub_indication {
        Some(sub_indication) => sub_indication.name().to_owned(),
        None => conclusion.indication.name().to_owned(),
    }
}
