//! The validation report as a message.

use std::collections::HashMap;

use prost_types::Timestamp;
use proto::v1;
use sig_core::{
    UnixTime,
    finding::{Conclusion, Fact, Finding, Indication, Language, Level, Value, render},
    report::{
        AlgorithmNames, Condition, ConditionStatus, DocumentReport, Integrity, Judged, NotChecked,
        PathElement, QualifiedReport, QualifiedVerdict, Report, RevocationReport, RevocationStatus,
        SignatureReport, TimeStampReport, Times, TrustReference, json::ENGINE,
    },
};

mod attributes;
mod evidence_record;
mod signer;
#[cfg(test)]
mod tests;

use attributes::attributes;
use evidence_record::evidence_record;
use signer::signer;

fn timestamp(at: UnixTime) -> Timestamp {
    Timestamp {
        seconds: at.seconds(),
        nanos: 0,
    }
}

/// Hexadecimal digits of the report as octets.
fn octets(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal).unwrap_or_default()
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn trust(trust: &TrustReference) -> v1::Identified {
    v1::Identified {
        id: trust.id.clone(),
        digest: trust.digest.clone(),
    }
}

/// A report on a file, field for field as in `qes.report/1`.
pub(super) fn report(report: &Report) -> v1::Report {
    let mut message = v1::Report {
        engine: ENGINE.to_owned(),
        back_end: report.back_end.to_owned(),
        at: Some(timestamp(report.at)),
        policy: Some(v1::Identified {
            id: report.policy.id.clone(),
            digest: report.policy.digest.clone(),
        }),
        trust: report.trust.as_ref().map(trust),
        trusted_lists: report.trusted_lists.as_ref().map(trust),
        work: Some(v1::Work {
            bytes: report.work.bytes,
            nodes: report.work.nodes,
            signature_checks: report.work.signature_checks,
            fetches: 0,
            path_candidates: report.work.path_candidates,
            name_comparisons: report.work.name_comparisons,
            name_constraint_checks: report.work.name_constraint_checks,
            policy_nodes: report.work.policy_nodes,
        }),
        ..v1::Report::default()
    };
    match &report.judged {
        Judged::Signatures {
            document: of_document,
            conclusion: folded,
            signatures,
        } => {
            message.document = Some(document(of_document));
            message.conclusion = Some(conclusion(*folded));
            message.signatures = signatures.iter().map(signature).collect();
        }
        // A time-stamp is a statement of an authority, never the signature of a person.
        Judged::TimeStamp {
            document: of_document,
            time_stamp: alone,
        } => {
            message.document = Some(document(of_document));
            message.conclusion = Some(conclusion(Conclusion::NO_SIGNATURE));
            message.time_stamp = Some(time_stamp(alone));
        }
        Judged::EvidenceRecord {
            document: of_document,
            evidence_record: alone,
        } => {
            message.document = Some(document(of_document));
            message.conclusion = Some(conclusion(Conclusion::NO_SIGNATURE));
            message.evidence_record = Some(evidence_record(alone));
        }
        Judged::Certificate(_) => {}
    }
    message
}

fn document(document: &DocumentReport) -> v1::Document {
    v1::Document {
        size: document.size,
        digest: document.digest.as_ref().map(|digest| v1::Digest {
            algorithm: digest.algorithm.name().to_owned(),
            value: digest.value.clone(),
        }),
        detached: document.detached,
        findings: document.findings.iter().map(finding).collect(),
        evidence_records: document
            .evidence_records
            .iter()
            .map(evidence_record)
            .collect(),
    }
}

fn conclusion(conclusion: Conclusion) -> v1::Conclusion {
    let indication = match conclusion.indication {
        Indication::TotalPassed => v1::Indication::TotalPassed,
        Indication::TotalFailed => v1::Indication::TotalFailed,
        Indication::Indeterminate => v1::Indication::Indeterminate,
        Indication::NoSignature => v1::Indication::NoSignature,
    };
    v1::Conclusion {
        indication: indication.into(),
        sub_indication: conclusion
            .sub_indication
            .map_or(String::new(), |sub| sub.name().to_owned()),
    }
}

fn signature(signature: &SignatureReport) -> v1::Signature {
    let counter = signature.counter_signatures.iter();
    v1::Signature {
        id: signature.id.clone(),
        parent: text(signature.parent.as_ref()),
        conclusion: Some(conclusion(signature.conclusion)),
        level: signature.level.name().to_owned(),
        algorithms: Some(algorithms(&signature.algorithms)),
        signer: signature.signer.as_ref().map(signer),
        times: Some(times(signature.times)),
        path: signature.path.iter().map(path_certificate).collect(),
        qualified: signature.qualified.as_ref().map(qualified),
        findings: signature.findings.iter().map(finding).collect(),
        not_checked: signature.not_checked.iter().map(not_checked).collect(),
        time_stamps: signature.time_stamps.iter().map(time_stamp).collect(),
        integrity: integrity(signature.integrity).into(),
        attributes: attributes(&signature.attributes),
        counter_signatures: counter.map(self::signature).collect(),
    }
}

fn time_stamp(stamp: &TimeStampReport) -> v1::TimeStamp {
    v1::TimeStamp {
        id: stamp.id.clone(),
        kind: stamp.kind.name().to_owned(),
        conclusion: Some(conclusion(stamp.conclusion)),
        token: stamp.token.as_ref().map(|token| v1::TimeStampToken {
            gen_time: Some(timestamp(token.gen_time)),
            not_earlier_than: Some(timestamp(token.not_earlier_than)),
            not_later_than: Some(timestamp(token.not_later_than)),
            ordering: token.ordering,
            serial: token.serial.clone(),
            policy: token.policy.clone(),
            digest: token.digest.clone(),
        }),
        algorithms: Some(algorithms(&stamp.algorithms)),
        authority: stamp.authority.as_ref().map(signer),
        path: stamp.path.iter().map(path_certificate).collect(),
        findings: stamp.findings.iter().map(finding).collect(),
        not_checked: stamp.not_checked.iter().map(not_checked).collect(),
        token_integrity: integrity(stamp.integrity).into(),
    }
}

const fn integrity(told: Integrity) -> v1::Integrity {
    match told {
        Integrity::Intact => v1::Integrity::Intact,
        Integrity::Broken => v1::Integrity::Broken,
        Integrity::NotKnown => v1::Integrity::NotKnown,
    }
}

fn algorithms(names: &AlgorithmNames) -> v1::Algorithms {
    v1::Algorithms {
        digest: text(names.digest.as_ref()),
        signature: text(names.signature.as_ref()),
        key: text(names.key.as_ref()),
    }
}

fn not_checked(item: &NotChecked) -> v1::NotChecked {
    v1::NotChecked {
        what: item.what.to_owned(),
        why: item.why.to_owned(),
    }
}

fn times(times: Times) -> v1::Times {
    v1::Times {
        claimed: times.claimed.map(timestamp),
        proven_not_later_than: times.proven_not_later_than.map(timestamp),
        checked_at: Some(timestamp(times.checked_at)),
    }
}

fn path_certificate(element: &PathElement) -> v1::PathCertificate {
    v1::PathCertificate {
        sha256: octets(&element.sha256),
        subject: element.subject.clone(),
        revocation: element.revocation.as_ref().map(revocation),
    }
}

fn revocation(revocation: &RevocationReport) -> v1::Revocation {
    let status = match revocation.status {
        RevocationStatus::Good => v1::RevocationStatus::Good,
        RevocationStatus::Revoked => v1::RevocationStatus::Revoked,
        RevocationStatus::Unknown => v1::RevocationStatus::Unknown,
    };
    v1::Revocation {
        status: status.into(),
        source: text(revocation.source.as_ref()),
        this_update: revocation.this_update.map(timestamp),
    }
}

fn qualified(qualified: &QualifiedReport) -> v1::Qualified {
    let verdict = match qualified.verdict {
        QualifiedVerdict::Qualified => v1::QualifiedVerdict::Qualified,
        QualifiedVerdict::NotQualified => v1::QualifiedVerdict::NotQualified,
        QualifiedVerdict::NotProvable => v1::QualifiedVerdict::NotProvable,
    };
    v1::Qualified {
        verdict: verdict.into(),
        conditions: qualified.conditions.iter().map(condition).collect(),
    }
}

fn condition(condition: &Condition) -> v1::QualifiedCondition {
    let status = match condition.status {
        ConditionStatus::Met => v1::ConditionStatus::Met,
        ConditionStatus::NotMet => v1::ConditionStatus::NotMet,
        ConditionStatus::NotProvable => v1::ConditionStatus::NotProvable,
    };
    v1::QualifiedCondition {
        id: condition.id.to_owned(),
        status: status.into(),
        evidence: condition.evidence.clone(),
        missing: condition.missing.clone(),
    }
}

fn finding(finding: &Finding) -> v1::Finding {
    v1::Finding {
        code: finding.code.id.to_owned(),
        level: level(finding.level).into(),
        subject: finding.subject.to_string(),
        clause: finding.code.clause.to_owned(),
        facts: facts(&finding.facts),
        text: Some(v1::LocalizedText {
            ru: render(finding, Language::Ru),
            en: render(finding, Language::En),
        }),
    }
}

const fn level(level: Level) -> v1::FindingLevel {
    match level {
        Level::Fail => v1::FindingLevel::Fail,
        Level::Warn => v1::FindingLevel::Warn,
        Level::Info => v1::FindingLevel::Info,
    }
}

fn facts(facts: &[Fact]) -> HashMap<String, String> {
    let facts = facts.iter();
    facts
        .map(|fact| (fact.name.to_owned(), fact_text(&fact.value)))
        .collect()
}

fn fact_text(value: &Value) -> String {
    match value {
        Value::Time(time) => time.to_string(),
        Value::Oid(oid) => oid.to_string(),
        Value::Count(count) => count.to_string(),
        Value::Word(text) | Value::Text(text) => text.clone(),
        // A kind of value that this interface does not know yet.
        _ => String::new(),
    }
}
