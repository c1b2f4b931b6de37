//! The evidence records of a message: in its attributes, and beside it (RFC 4998 app. A).

use crate::base::error::{Error, Malformed};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::attribute::Attribute;
use crate::cms::evidence_record::{EvidenceRecord, without};
use crate::cms::signed_data::SignedData;
use crate::cms::time_stamp::TstInfo;
use crate::der::octets::Octets;
use crate::der::{oids, transcode};
use crate::finding::code::evidence as codes;
use crate::finding::{Finding, Indication, SubIndication, Subject};
use crate::report::{EvidenceRecordKind, EvidenceRecordReport};
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::sha256_hex;

use super::super::Validator;
use super::super::crypto::Content;
use super::super::evidence::{Material, Records};
use super::{Inputs, Object, Outcome, TimeStamped, judge, name, subjects};

/// No message is proven better by more.
const MOST_RECORDS: usize = 16;

/// A message with its records (RFC 4998 app. A).
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct OfMessage<'a> {
    pub(in super::super) validator: &'a Validator,
    pub(in super::super) message: &'a SignedData,
    /// The signed document.
    pub(in super::super) content: &'a Content<'a>,
    pub(in super::super) records: &'a Records,
    /// What the message carries is among it.
    pub(in super::super) material: &'a Material,
    pub(in super::super) at: UnixTime,
}

/// What the records of a message say.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Found {
    /// Every one that was judged, in the order of time.
    pub(in super::super) reports: Vec<EvidenceRecordReport>,
    /// The time-stamps of each of them, in the order of time, with what each is of.
    #[allow(
        dead_code,
        reason = "read by the process for signatures with archival data"
    )]
    pub(in super::super) time_stamps: Vec<Vec<TimeStamped>>,
    /// What those that passed prove.
    pub(in super::super) proofs: ProofsOfExistence,
    /// About the document as a whole.
    pub(in super::super) findings: Vec<Finding>,
}

/// A record in an attribute.
struct Embedded<'a> {
    kind: EvidenceRecordKind,
    attribute: &'a Attribute,
    octets: &'a Octets,
    /// The time of its first time-stamp: later records are of the message with the earlier ones.
    made: Option<UnixTime>,
}

/// Judges the records in the attributes of a message and those given for its file.
///
/// # Limits
/// 16 records in the attributes; those that the caller gives.
pub(in super::super) fn of_message(
    inputs: OfMessage<'_>,
    budget: &mut Budget,
) -> Result<Found, Error> {
    let mut found = Found::default();
    let embedded = inputs.embedded(&mut found, budget)?;
    if embedded.is_empty() && inputs.records.beside.is_empty() {
        return Ok(found);
    }
    let covers = subjects::of_message(inputs.message, budget)?;
    for (place, record) in embedded.iter().enumerate() {
        let Some(whole) = &inputs.records.message else {
            let about = Subject::EvidenceRecord(sha256_hex(record.octets));
            let finding = Finding::new(&codes::NOT_USED, about);
            let reason = SubIndication::SignedDataNotFound.name();
            found.findings.push(finding.with_word("reason", reason));
            continue;
        };
        let gone = gone(embedded.get(place..).unwrap_or_default());
        let forms = forms(whole, &gone, budget)?;
        let mut objects = vec![Object {
            about: Subject::Document,
            forms: forms.iter().map(Content::Octets).collect(),
        }];
        if record.kind == EvidenceRecordKind::External {
            objects.push(Object {
                about: Subject::Document,
                forms: vec![inputs.content.clone()],
            });
        }
        let outcome = inputs.judge(record.octets, record.kind, &objects, &covers, budget)?;
        found.take(outcome, &covers);
    }
    let file = inputs.records.file.iter();
    let forms: Vec<&Octets> = file.chain(&inputs.records.message).collect();
    let objects = [Object {
        about: Subject::Document,
        forms: forms.into_iter().map(Content::Octets).collect(),
    }];
    for octets in &inputs.records.beside {
        let outcome = inputs.judge(
            octets,
            EvidenceRecordKind::Beside,
            &objects,
            &covers,
            budget,
        )?;
        found.take(outcome, &covers);
    }
    Ok(found)
}

impl<'a> OfMessage<'a> {
    fn judge(
        &self,
        octets: &Octets,
        kind: EvidenceRecordKind,
        objects: &[Object<'_>],
        covers: &[Subject],
        budget: &mut Budget,
    ) -> Result<Outcome, Error> {
        let inputs = Inputs {
            validator: self.validator,
            octets,
            kind,
            objects,
            covers,
            material: self.material,
            at: self.at,
        };
        judge(inputs, budget)
    }

    /// The records in unsigned attributes, in the order of time.
    fn embedded(&self, found: &mut Found, budget: &mut Budget) -> Result<Vec<Embedded<'a>>, Error> {
        let mut embedded = Vec::new();
        let signers = self.message.signers.iter().flatten();
        for attribute in signers.flat_map(|signer| &signer.unsigned_attributes.all) {
            let kind = if attribute.id == oids::EVIDENCE_RECORD_INTERNAL {
                EvidenceRecordKind::Internal
            } else if attribute.id == oids::EVIDENCE_RECORD_EXTERNAL {
                EvidenceRecordKind::External
            } else {
                continue;
            };
            for octets in &attribute.values {
                if embedded.len() == MOST_RECORDS {
                    let finding = Finding::new(&codes::TOO_MANY, Subject::Document);
                    let finding = finding.with_count("count", MOST_RECORDS as u64);
                    found.findings.push(finding);
                    return Ok(embedded);
                }
                match EvidenceRecord::from_ber(octets, budget) {
                    Ok(record) => embedded.push(Embedded {
                        kind,
                        attribute,
                        octets,
                        made: made(&record, budget)?,
                    }),
                    Err(Error::Malformed(Malformed { offset, reason, .. })) => {
                        let finding = Finding::new(&codes::MALFORMED, Subject::Document);
                        let finding = finding.with_count("offset", offset as u64);
                        let finding = finding.with_word("reason", format!("{reason:?}"));
                        found.findings.push(finding);
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        embedded.sort_by_key(|record| (record.made.is_none(), record.made));
        Ok(embedded)
    }
}

/// The time of the first time-stamp of a record.
fn made(record: &EvidenceRecord, budget: &mut Budget) -> Result<Option<UnixTime>, Error> {
    let first = record.chains.first();
    let Some(stamp) = first.and_then(|chain| chain.time_stamps.first()) else {
        return Ok(None);
    };
    let Ok(message) = SignedData::from_ber(&stamp.time_stamp, budget)? else {
        return Ok(None);
    };
    let info = TstInfo::of(&message, budget)?.and_then(Result::ok);
    Ok(info.map(|info| info.gen_time.seconds))
}

/// What is not part of the message that a record is of: itself and those after it, an attribute as a whole when all
/// its values go (RFC 4998 app. A).
fn gone(records: &[Embedded<'_>]) -> Vec<Octets> {
    let goes = |value: &Octets| {
        let is_it = |record: &&Embedded<'_>| record.octets.offset() == value.offset();
        records.iter().any(|record| is_it(&record))
    };
    records
        .iter()
        .map(|record| {
            if record.attribute.values.iter().all(goes) {
                record.attribute.octets.clone()
            } else {
                record.octets.clone()
            }
        })
        .collect()
}

/// The message without some elements, as it was sent otherwise, and in DER when that differs (TS 119 122-3 §5.3).
fn forms(whole: &Octets, gone: &[Octets], budget: &mut Budget) -> Result<Vec<Octets>, Error> {
    budget.spend_bytes(whole.len() as u64)?;
    let as_sent = Octets::from(without(whole, gone, budget)?);
    let in_der = match transcode::to_der(&as_sent, budget) {
        Ok(octets) => Some(Octets::from(octets)),
        Err(Error::Malformed(_)) => None,
        Err(other) => return Err(other),
    };
    let differs = in_der.filter(|octets| *octets != as_sent);
    Ok(std::iter::once(as_sent).chain(differs).collect())
}

impl Found {
    /// Uses a record that passed; tells one that did not.
    fn take(&mut self, outcome: Outcome, covers: &[Subject]) {
        let Outcome {
            report,
            time_stamps,
            covered,
        } = outcome;
        let about = Subject::EvidenceRecord(report.id.clone());
        let has_passed = report.conclusion.indication == Indication::TotalPassed;
        match report.proven_not_later_than.filter(|_| has_passed) {
            Some(proven) => {
                let finding = Finding::new(&codes::VALID, about);
                self.findings.push(finding.with_time("proven", proven));
                for subject in covers {
                    self.proofs.add(subject.clone(), proven);
                }
                for stamp in &time_stamps {
                    let Some(time) = stamp.not_later_than() else {
                        continue;
                    };
                    for subject in covered.iter().take(stamp.covers) {
                        self.proofs.add(subject.clone(), time);
                    }
                }
            }
            None => {
                let finding = Finding::new(&codes::NOT_USED, about);
                let reason = name(report.conclusion);
                self.findings.push(finding.with_word("reason", reason));
            }
        }
        self.reports.push(report);
        self.time_stamps.push(time_stamps);
    }
}
