//! Validation of basic signatures (EN 319 102-1 §5.3).

use crate::alg::digest::DigestsDisagree;
use crate::alg::identifier::resolve_digest;
use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::signed_data::{NotSignedData, SignedData};
use crate::cms::time_stamp::TstInfo;
use crate::cms::time_stamp_response::TimeStampResponse;
use crate::finding::code::{cms as codes, time as time_codes};
use crate::finding::{Conclusion, Finding, SubIndication, Subject};
use crate::report::{DocumentReport, Judged, Report, TimeStampKind};

use super::conclude::fold;
use super::countersignature::CounterSignatures;
use super::crypto::Content;
use super::evidence::{Evidence, Material, Records};
use super::{Validator, document, embedded, evidence_record, format, signature, time_stamp};

pub(super) fn validate(
    validator: &Validator,
    evidence: Evidence,
    at: UnixTime,
) -> Result<Report, Error> {
    let Evidence {
        source: _,
        message,
        response,
        content,
        digests,
        records,
        material,
        mut budget,
    } = evidence;
    let [trust, trusted_lists] = super::trust_references(&material);
    let algorithms = validator.algorithms;
    let mut common = None;
    let judged = match message {
        Err(_) if let Some(octets) = &records.alone => {
            let mut group = vec![document::offered(
                content.as_ref(),
                &digests,
                algorithms,
                &mut common,
            )?];
            group.extend(records.group.iter().map(Content::Octets));
            evidence_record::judge_alone(validator, octets, &group, &material, at, &mut budget)?
        }
        Ok(message) if TstInfo::is_in(&message) => {
            let token = time_stamp::Inputs {
                validator,
                message: &message,
                kind: TimeStampKind::Document,
                stamped: &document::offered(content.as_ref(), &digests, algorithms, &mut common)?,
                of_coverage: &[],
                material: &material,
                at,
            };
            time_stamp::judge_alone(token, &mut budget)?
        }
        // Whoever answers with a message of another content has stamped nothing.
        Ok(message) if response.is_some() => {
            let malformed = Malformed {
                structure: Structure::TimeStampResponse,
                offset: 0,
                reason: Reason::UnsupportedContent,
            };
            drop(message);
            no_signature(NotSignedData::Broken(malformed), response.as_ref())
        }
        Ok(message) => {
            let beside = content.as_ref();
            let mut kept = document::Kept::default();
            let document = document::of_message(&message, beside, &digests, algorithms, &mut kept)?;
            let hashed = document::digests(&message, &document.content, algorithms)?;
            let case = Case {
                validator,
                message: &message,
                content: document::with_digests(document.content, &hashed),
                is_beside_nothing: document.is_beside_nothing,
                records: &records,
                at,
            };
            case.judge(material, &mut budget)?
        }
        Err(not_signed_data) => no_signature(not_signed_data, response.as_ref()),
    };
    Ok(Report {
        at,
        back_end: validator.algorithms.name,
        policy: validator.policy.reference(),
        trust,
        trusted_lists,
        judged,
        work: budget.used(),
    })
}

/// Broken signed data is a failed signature; anything else is none.
fn no_signature(why: NotSignedData, response: Option<&TimeStampResponse>) -> Judged {
    let (conclusion, code, malformed) = match why {
        NotSignedData::Other(malformed) if malformed.reason == Reason::Empty => {
            (Conclusion::NO_SIGNATURE, &codes::EMPTY, malformed)
        }
        NotSignedData::Other(malformed) => {
            (Conclusion::NO_SIGNATURE, &codes::NOT_A_SIGNATURE, malformed)
        }
        NotSignedData::Broken(malformed) => {
            let code = match malformed.reason {
                Reason::Truncated => &codes::ENVELOPE_TRUNCATED,
                _ => &codes::ENVELOPE_MALFORMED,
            };
            (
                Conclusion::because(SubIndication::FormatFailure),
                code,
                malformed,
            )
        }
    };
    let finding = match response {
        Some(response) if response.token.is_none() => refused(response),
        _ => broken(code, malformed),
    };
    let findings = vec![finding];
    let document = DocumentReport {
        size: None,
        digest: None,
        detached: false,
        findings,
        evidence_records: Vec::new(),
    };
    Judged::Signatures {
        document,
        conclusion,
        signatures: Vec::new(),
    }
}

fn broken(code: &'static crate::finding::Code, malformed: Malformed) -> Finding {
    Finding::new(code, Subject::Document)
        .with_count("offset", malformed.offset as u64)
        .with_word("structure", format!("{:?}", malformed.structure))
        .with_word("reason", malformed.reason.word())
}

/// What a time-stamping authority answered in place of a token.
fn refused(response: &TimeStampResponse) -> Finding {
    Finding::new(&time_codes::RESPONSE_REFUSED, Subject::Document)
        .with_word("status", response.status.name())
        .with_word("failures", response.failures.join(", "))
        .with_text("text", response.text.join(" "))
}

struct Case<'a> {
    validator: &'a Validator,
    message: &'a SignedData,
    content: Content<'a>,
    /// An empty document stands inside all the same.
    is_beside_nothing: bool,
    records: &'a Records,
    at: UnixTime,
}

impl Case<'_> {
    fn judge(&self, mut material: Material, budget: &mut Budget) -> Result<Judged, Error> {
        let mut findings = format::check_message(self.message);
        let about = Subject::Document;
        if self.is_beside_nothing {
            findings.push(Finding::new(&codes::CONTENT_EMPTY_INSIDE, about.clone()));
        }
        embedded::take(self.message, &about, &mut material, &mut findings, budget)?;
        let records = evidence_record::OfMessage {
            validator: self.validator,
            message: self.message,
            content: &self.content,
            records: self.records,
            material: &material,
            at: self.at,
        };
        let records = evidence_record::of_message(records, budget)?;
        findings.extend(records.findings);
        let judged = |index, signer| signature::Inputs {
            validator: self.validator,
            message: self.message,
            signer,
            index,
            parent: None,
            content: &self.content,
            material: &material,
            of_message: &findings,
            proofs: &records.proofs,
            at: self.at,
        };
        let mut signatures = Vec::new();
        for (index, signer) in self.message.signers.iter().enumerate() {
            signatures.push(match signer {
                Ok(signer) => signature::judge(judged(index, signer), budget)?,
                Err(malformed) => signature::malformed(index, *malformed, self.at),
            });
        }
        let mut counter = CounterSignatures::new(budget);
        let signers = self.message.signers.iter().zip(&mut signatures).enumerate();
        for (index, (signer, report)) in signers {
            if let Ok(signer) = signer {
                counter.judge(judged(index, signer), report, budget)?;
            }
        }
        let conclusion = fold(signatures.iter().map(|signature| signature.conclusion));
        let mut document = self.document(findings)?;
        document.evidence_records = records.reports;
        Ok(Judged::Signatures {
            document,
            conclusion,
            signatures,
        })
    }

    fn document(&self, findings: Vec<Finding>) -> Result<DocumentReport, DigestsDisagree> {
        let first = self.message.signers.iter().flatten().next();
        let id = first.and_then(|signer| resolve_digest(&signer.digest_algorithm).ok());
        let algorithm = id.and_then(|id| self.validator.algorithms.digest(id));
        let digest = match algorithm {
            Some(algorithm) => self.content.digest(algorithm)?,
            None => None,
        };
        Ok(DocumentReport {
            size: self.content.size(),
            digest,
            detached: self.message.content.is_absent(),
            findings,
            evidence_records: Vec::new(),
        })
    }
}
