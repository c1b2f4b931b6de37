//! Verification of evidence records (RFC 4998 §5.3, EN 319 102-1 §5.6.3.4 step 1).

mod chains;
mod message;
mod subjects;

use crate::alg::digest::Digest;
use crate::base::error::{Error, Malformed};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::evidence_record::EvidenceRecord;
use crate::cms::signed_data::SignedData;
use crate::der::octets::Octets;
use crate::finding::code::{evidence as codes, policy as policy_codes};
use crate::finding::{Conclusion, Finding, Indication, Subject};
use crate::report::{
    DocumentReport, EvidenceRecordKind, EvidenceRecordReport, Judged, NotChecked, TimeStampKind,
    TimeStampReport,
};
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::sha256_hex;

use super::Validator;
use super::conclude::conclude;
use super::crypto::Content;
use super::evidence::Material;
use super::ledger::{Ledger, Obligation};
use super::time_stamp;

pub(super) use message::{OfMessage, of_message};

/// What must be shown of a record beside its time-stamps.
const RECORD: [Obligation; 2] = [Obligation::Format, Obligation::ContentDigest];

/// A data object in the forms in which it may have been archived: one of them is covered.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    pub(super) about: Subject,
    pub(super) forms: Vec<Content<'a>>,
}

/// A record and what it should be of (RFC 4998 §5.3).
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    pub(super) validator: &'a Validator,
    /// The whole encoded record.
    pub(super) octets: &'a Octets,
    pub(super) kind: EvidenceRecordKind,
    /// The group of data objects.
    pub(super) objects: &'a [Object<'a>],
    /// What exists if they do.
    pub(super) covers: &'a [Subject],
    pub(super) material: &'a Material,
    pub(super) at: UnixTime,
}

/// A time-stamp of a record, judged at the time of the check or by its past, and what it is of (EN 319 102-1 §5.6.2.3).
#[derive(Clone, Debug)]
pub(super) struct TimeStamped {
    pub(super) message: SignedData,
    /// The root of the hash tree, when it can be computed: what the time-stamp must be of.
    pub(super) root: Option<Digest>,
    pub(super) report: TimeStampReport,
    /// How many of [`Outcome::covered`] existed when it was made: the data, and what the time-stamps before it hold.
    pub(super) covers: usize,
}

impl TimeStamped {
    /// It passed at the time of the check, or by what is proven of the past.
    fn is_valid(&self) -> bool {
        self.report.conclusion.indication == Indication::TotalPassed
    }

    /// The latest time at which what it is of came to be, if the time-stamp is valid.
    pub(super) fn not_later_than(&self) -> Option<UnixTime> {
        self.report.token.as_ref().map(|token| token.not_later_than)
    }
}

/// A judged record with its time-stamps in the order of time.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) report: EvidenceRecordReport,
    pub(super) time_stamps: Vec<TimeStamped>,
    /// All that they cover, in the order in which they do.
    pub(super) covered: Vec<Subject>,
}

/// Judges a record (RFC 4998 §5.3).
///
/// # Limits
/// Its time-stamps are at most 64; each is judged within the budget.
pub(super) fn judge(inputs: Inputs<'_>, budget: &mut Budget) -> Result<Outcome, Error> {
    let policy = &inputs.validator.policy;
    let id = sha256_hex(inputs.octets);
    let about = Subject::EvidenceRecord(id.clone());
    let mut ledger = Ledger::new(policy);
    if policy.is_for_testing() {
        ledger.add(Finding::new(&policy_codes::TESTING, about.clone()));
    }
    let record = match EvidenceRecord::from_ber(inputs.octets, budget) {
        Ok(record) => Some(record),
        Err(Error::Malformed(Malformed { offset, reason, .. })) => {
            let finding = Finding::new(&codes::BROKEN, about.clone());
            let finding = finding.with_count("offset", offset as u64);
            ledger.add(finding.with_word("reason", format!("{reason:?}")));
            None
        }
        Err(other) => return Err(other),
    };
    let (mut time_stamps, mut covered) = (Vec::new(), Vec::new());
    let mut not_checked = Vec::new();
    let mut chains = 0;
    if let Some(record) = &record {
        chains = record.chains.len();
        if record.is_of_encrypted {
            ledger.add(Finding::new(&codes::ENCRYPTED, about.clone()));
        }
        if record.has_crypto_infos {
            not_checked.push(NotChecked {
                what: "crypto-infos",
                why: "not-supported",
            });
        }
        (time_stamps, covered) = chains::check(inputs, record, &about, &mut ledger, budget)?;
    }
    let own = conclude(&ledger, &RECORD);
    // A tree that does not hold what it must proves nothing of the time-stamps before it.
    if own.conclusion == Conclusion::PASSED {
        judge_in_past(inputs, &mut time_stamps, &covered, budget)?;
    }
    let refused = refused(&time_stamps);
    for (number, conclusion) in &refused {
        let finding = Finding::new(&codes::STAMP_NOT_VALID, about.clone());
        let finding = finding.with_count("number", *number as u64);
        ledger.add(finding.with_word("reason", name(*conclusion)));
    }
    let (mut conclusion, mut decided_by) = (own.conclusion, own.by);
    if conclusion == Conclusion::PASSED
        && let Some((number, refused)) = refused.first()
    {
        conclusion = *refused;
        let stamp = time_stamps.get(number.saturating_sub(1));
        decided_by = stamp.and_then(|stamp| stamp.report.decided_by);
    }
    let has_passed = conclusion == Conclusion::PASSED;
    let initial = time_stamps.first().and_then(TimeStamped::not_later_than);
    let (findings, _) = ledger.into_parts();
    let report = EvidenceRecordReport {
        id,
        kind: inputs.kind,
        conclusion,
        decided_by,
        proven_not_later_than: initial.filter(|time| has_passed && *time <= inputs.at),
        covers: inputs.covers.to_vec(),
        chains,
        time_stamps: time_stamps.iter().map(|it| it.report.clone()).collect(),
        findings,
        not_checked,
    };
    Ok(Outcome {
        report,
        time_stamps,
        covered,
    })
}

/// The newest time-stamp must be valid at the time of the check; each other that is not must have been so when the next
/// one was made, by past signature validation and what the later ones prove (RFC 4998 §5.3, EN 319 102-1 §5.6.3.4
/// step 1). Behind one that is not valid nothing is proven, so that those before it are left as they are.
fn judge_in_past(
    inputs: Inputs<'_>,
    time_stamps: &mut [TimeStamped],
    covered: &[Subject],
    budget: &mut Budget,
) -> Result<(), Error> {
    let mut proofs = ProofsOfExistence::default();
    for stamp in time_stamps.iter_mut().rev() {
        if !stamp.is_valid() && !proofs.is_empty() {
            let root = stamp.root.as_slice();
            let token = time_stamp::Inputs {
                validator: inputs.validator,
                message: &stamp.message,
                kind: TimeStampKind::EvidenceRecord,
                stamped: &Content::Digests(root),
                of_coverage: &[],
                material: inputs.material,
                at: inputs.at,
            };
            stamp.report = time_stamp::judge_in_past(token, &proofs, budget)?;
        }
        let Some(time) = stamp.not_later_than().filter(|_| stamp.is_valid()) else {
            return Ok(());
        };
        for object in covered.iter().take(stamp.covers) {
            proofs.add(object.clone(), time);
        }
    }
    Ok(())
}

/// The time-stamps, by their number from 1, that are not valid.
fn refused(time_stamps: &[TimeStamped]) -> Vec<(usize, Conclusion)> {
    let stamps = time_stamps.iter().enumerate();
    let invalid = stamps.filter(|(_, stamp)| !stamp.is_valid());
    let refused = invalid.map(|(index, stamp)| (index + 1, stamp.report.conclusion));
    refused.collect()
}

/// The words for a conclusion.
fn name(conclusion: Conclusion) -> &'static str {
    match conclusion.sub_indication {
        Some(sub_indication) => sub_indication.name(),
        None => conclusion.indication.name(),
    }
}

/// A record that stands alone, over a document or a group of them.
pub(super) fn judge_alone(
    validator: &Validator,
    octets: &Octets,
    group: &[Content<'_>],
    material: &Material,
    at: UnixTime,
    budget: &mut Budget,
) -> Result<Judged, Error> {
    let objects: Vec<Object<'_>> = group
        .iter()
        .map(|content| Object {
            about: Subject::Document,
            forms: vec![content.clone()],
        })
        .collect();
    let inputs = Inputs {
        validator,
        octets,
        kind: EvidenceRecordKind::Document,
        objects: &objects,
        covers: &[Subject::Document],
        material,
        at,
    };
    let outcome = judge(inputs, budget)?;
    let first = group.first();
    let digest = first_digest(validator, octets, first, budget)?;
    Ok(Judged::EvidenceRecord {
        document: DocumentReport {
            size: first.and_then(Content::size),
            digest,
            detached: true,
            findings: Vec::new(),
            evidence_records: Vec::new(),
        },
        evidence_record: Box::new(outcome.report),
    })
}

/// The digest of the document by the algorithm of the first hash tree.
fn first_digest(
    validator: &Validator,
    octets: &Octets,
    content: Option<&Content<'_>>,
    budget: &mut Budget,
) -> Result<Option<Digest>, Error> {
    let (Some(content), Ok(record)) = (content, EvidenceRecord::from_ber(octets, budget)) else {
        return Ok(None);
    };
    let listed = record.digest_algorithms.first();
    let id = listed.and_then(|it| crate::alg::identifier::resolve_digest(it).ok());
    match id.and_then(|id| validator.algorithms.digest(id)) {
        Some(algorithm) => Ok(content.digest(algorithm)?),
        None => Ok(None),
    }
}
