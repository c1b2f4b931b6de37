//! The four conditions of 63-FZ art. 11, each with its evidence.

use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::code::qualified as codes;
use crate::finding::{Conclusion, Finding, Level, Stage, Subject};
use crate::path::build::CertificationPath;
use crate::report::{Condition, ConditionStatus, QualifiedReport, QualifiedVerdict};
use crate::trust::service::{Service, Status};
use crate::trust::snapshot::TrustSnapshot;
use crate::x509::certificate::Certificate;

use super::ledger::{Ledger, Obligation};

/// What the conditions are judged on (63-FZ art. 11).
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The signer's certificate.
    pub certificate: &'a Certificate,
    /// Its path, when one was found.
    pub path: Option<&'a CertificationPath>,
    /// The accredited authorities.
    pub trust: Option<&'a TrustSnapshot>,
    /// The day of the check.
    pub at: UnixTime,
    /// The trusted moment of signing: the signature existed then.
    pub proven: Option<UnixTime>,
    /// The verdict on the signature: one that does not pass is never called qualified.
    pub conclusion: Conclusion,
}

/// Judges the four conditions (63-FZ art. 11). The indication of the signature is not changed by them.
#[must_use]
pub fn judge(inputs: Inputs<'_>, about: &Subject, ledger: &mut Ledger<'_>) -> QualifiedReport {
    let conditions = vec![
        accredited(inputs, ledger),
        valid(inputs, ledger),
        belongs_and_unchanged(inputs, about, ledger),
        within_limits(inputs, ledger),
    ];
    QualifiedReport {
        verdict: verdict(&conditions, inputs.conclusion),
        conditions,
    }
}

/// Judges the conditions that need no signature (63-FZ art. 11 (1), (2) and (4)): whether the certificate is a
/// qualified one and in force, and what it may be used for. Item 3 is left out, since nothing is signed.
#[must_use]
pub fn judge_certificate(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> QualifiedReport {
    let mut conditions = vec![accredited(inputs, ledger), valid(inputs, ledger)];
    let mut limits = within_limits(inputs, ledger);
    limits.evidence.extend(stated_limits(inputs.certificate));
    conditions.push(limits);
    QualifiedReport {
        verdict: verdict(&conditions, inputs.conclusion),
        conditions,
    }
}

pub(super) fn verdict(conditions: &[Condition], conclusion: Conclusion) -> QualifiedVerdict {
    let any = |status| {
        conditions
            .iter()
            .any(|condition| condition.status == status)
    };
    if any(ConditionStatus::NotMet) {
        QualifiedVerdict::NotQualified
    } else if any(ConditionStatus::NotProvable) || conclusion != Conclusion::PASSED {
        QualifiedVerdict::NotProvable
    } else {
        QualifiedVerdict::Qualified
    }
}

fn about(certificate: &Certificate) -> Subject {
    Subject::Certificate(certificate.sha256())
}

fn condition(
    id: &'static str,
    status: ConditionStatus,
    evidence: Vec<String>,
    missing: &[&str],
) -> Condition {
    let missing = missing.iter().map(|&text| text.to_owned()).collect();
    Condition {
        id,
        status,
        evidence,
        missing,
    }
}

/// Item 1: issued by an authority whose accreditation was in force on the day of issue, counted in
/// Europe/Moscow.
fn accredited(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> Condition {
    const ID: &str = "63fz.11.1";
    let issued = inputs.certificate.not_before;
    let open = |code, ledger: &mut Ledger<'_>, missing: &str| {
        ledger.add(Finding::new(code, about(inputs.certificate)));
        condition(ID, ConditionStatus::NotProvable, Vec::new(), &[missing])
    };
    let Some(path) = inputs.path else {
        return condition(
            ID,
            ConditionStatus::NotProvable,
            Vec::new(),
            &["certification-path"],
        );
    };
    let Some(trust) = inputs.trust else {
        return open(&codes::NO_LIST, ledger, "accredited-ca-list");
    };
    let issuer = path.issuer_of(0);
    let services = trust.accreditation(&issuer.spki.octets);
    if services.is_empty() {
        return open(&codes::NOT_LISTED, ledger, "list-version-with-this-key");
    }
    let evidence = vec![format!("trust:{}", trust.id()), about(issuer).to_string()];
    // One key may stand in the list more than once: any entry in force on the day is enough.
    let day = services
        .iter()
        .map(|service| (*service, status_on_day(service, issued)));
    let best = day.max_by_key(|(_, status)| match status {
        DayStatus::InForce(_) => 2,
        DayStatus::Not(..) => 1,
        DayStatus::Unknown => 0,
    });
    let Some((service, status)) = best else {
        return open(&codes::NOT_LISTED, ledger, "list-version-with-this-key");
    };
    let finding = |code| {
        Finding::new(code, about(inputs.certificate))
            .with_text(
                "authority",
                service.authority.name.as_deref().unwrap_or("?"),
            )
            .with_time("issued", issued)
    };
    match status {
        DayStatus::InForce(from) => {
            ledger.add(finding(&codes::ACCREDITED).with_time("from", from));
            condition(ID, ConditionStatus::Met, evidence, &[])
        }
        DayStatus::Not(status, from) => {
            let finding = finding(&codes::NOT_ACCREDITED).with_text("status", status);
            ledger.add(finding.with_time("from", from));
            condition(ID, ConditionStatus::NotMet, evidence, &[])
        }
        DayStatus::Unknown => {
            ledger.add(finding(&codes::NO_STATUS));
            let missing = ["status-on-the-day-of-issue"];
            condition(ID, ConditionStatus::NotProvable, evidence, &missing)
        }
    }
}

/// Whether the authority right above a certificate was accredited on the day the certificate was issued and on the day
/// it was used: a trusted time is stated by an accredited authority (63-FZ art. 2 (19), art. 11 (2)).
pub(super) fn is_by_accredited(
    path: &CertificationPath,
    certificate: &Certificate,
    used: UnixTime,
    trust: &TrustSnapshot,
) -> bool {
    let services = trust.accreditation(&path.issuer_of(0).spki.octets);
    let in_force =
        |service: &Service, day| matches!(status_on_day(service, day), DayStatus::InForce(_));
    services
        .into_iter()
        .any(|service| in_force(service, certificate.not_before) && in_force(service, used))
}

enum DayStatus {
    InForce(UnixTime),
    Not(String, UnixTime),
    Unknown,
}

/// The status on the calendar day of issue: a change during the day counts for the whole day only when it takes
/// accreditation away before the moment of issue.
fn status_on_day(service: &Service, issued: UnixTime) -> DayStatus {
    let at_issue = service.status_at(issued);
    let in_day = at_issue.or_else(|| service.status_at(issued.end_of_moscow_day()));
    match in_day {
        None => DayStatus::Unknown,
        Some(change) if change.status == Status::InForce => DayStatus::InForce(change.from),
        Some(change) => DayStatus::Not(change.status.word().to_owned(), change.from),
    }
}

/// Item 2: valid at the trusted moment of signing, else on the day of the check.
fn valid(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> Condition {
    const ID: &str = "63fz.11.2";
    let (code, at) = match inputs.proven {
        Some(proven) => (&codes::TRUSTED_TIME, proven),
        None => (&codes::NO_TRUSTED_TIME, inputs.at),
    };
    ledger.add(Finding::new(code, about(inputs.certificate)).with_time("at", at));
    let evidence = vec![about(inputs.certificate).to_string()];
    let refuting = |finding: &&Finding| finding.level == Level::Fail && refutes_validity(finding);
    let refuted: Vec<String> = ledger
        .findings()
        .iter()
        .filter(refuting)
        .map(|finding| finding.code.id.to_owned())
        .collect();
    if refuted.is_empty() && ledger.has_shown(Obligation::Path) {
        return condition(ID, ConditionStatus::Met, evidence, &[]);
    }
    if refuted.is_empty() {
        let missing = open_codes(ledger, Stage::Chain);
        return Condition {
            id: ID,
            status: ConditionStatus::NotProvable,
            evidence,
            missing,
        };
    }
    condition(ID, ConditionStatus::NotMet, refuted, &[])
}

/// Findings that show the certificate to be invalid, as opposed to leaving it open.
fn refutes_validity(finding: &Finding) -> bool {
    use crate::finding::code::{path, revocation, time};
    let refuting = [
        &path::EXPIRED,
        &path::EXPIRED_NOT_REVOKED,
        &path::NOT_YET_VALID,
        &path::SIGNATURE_INVALID,
        &revocation::REVOKED,
        &revocation::CA_REVOKED,
        &time::SIGNED_BEFORE_VALIDITY,
        &time::SIGNED_AFTER_REVOCATION,
        &time::SIGNED_AFTER_EXPIRY,
    ];
    refuting.contains(&finding.code)
}

fn open_codes(ledger: &Ledger<'_>, stage: Stage) -> Vec<String> {
    let open = |finding: &&Finding| finding.level == Level::Fail && finding.code.stage == stage;
    ledger
        .findings()
        .iter()
        .filter(open)
        .map(|finding| finding.code.id.to_owned())
        .collect()
}

/// Item 3: made with the key of this certificate over this document.
fn belongs_and_unchanged(
    inputs: Inputs<'_>,
    subject: &Subject,
    ledger: &mut Ledger<'_>,
) -> Condition {
    const ID: &str = "63fz.11.3";
    ledger.add(Finding::new(&codes::TOOL_CAVEAT, subject.clone()));
    let evidence = vec![subject.to_string(), about(inputs.certificate).to_string()];
    let needed = [
        Obligation::Format,
        Obligation::Signer,
        Obligation::ContentDigest,
        Obligation::SignatureValue,
        Obligation::Acceptance,
    ];
    if needed
        .iter()
        .all(|obligation| ledger.has_shown(*obligation))
    {
        return condition(ID, ConditionStatus::Met, evidence, &[]);
    }
    use crate::finding::Indication;
    let proven_bad: Vec<String> = ledger
        .findings()
        .iter()
        .filter(|finding| finding.level == Level::Fail && finding.code.stage != Stage::Chain)
        .filter(|finding| {
            let sub = finding.code.sub_indication;
            sub.is_some_and(|sub| sub.indication() == Indication::TotalFailed)
        })
        .map(|finding| finding.code.id.to_owned())
        .collect();
    if proven_bad.is_empty() {
        let missing = [
            Stage::Format,
            Stage::Signer,
            Stage::Crypto,
            Stage::Acceptance,
        ]
        .into_iter()
        .flat_map(|stage| open_codes(ledger, stage))
        .collect();
        return Condition {
            id: ID,
            status: ConditionStatus::NotProvable,
            evidence,
            missing,
        };
    }
    condition(ID, ConditionStatus::NotMet, proven_bad, &[])
}

/// Item 4: used within the limits that the certificate states.
fn within_limits(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> Condition {
    use crate::finding::code::path;
    const ID: &str = "63fz.11.4";
    let evidence = vec![about(inputs.certificate).to_string()];
    let breaking = [&path::SIGNER_KEY_USAGE, &path::SIGNER_EXTENDED_KEY_USAGE];
    let broken: Vec<String> = ledger
        .findings()
        .iter()
        .filter(|finding| breaking.contains(&finding.code))
        .map(|finding| finding.code.id.to_owned())
        .collect();
    if !broken.is_empty() {
        return condition(ID, ConditionStatus::NotMet, broken, &[]);
    }
    let unknown = unknown_restrictions(inputs.certificate);
    if unknown.is_empty() {
        return condition(ID, ConditionStatus::Met, evidence, &[]);
    }
    for id in &unknown {
        let finding = Finding::new(&codes::RESTRICTION_UNKNOWN, about(inputs.certificate));
        ledger.add(finding.with_oid("restriction", *id));
    }
    let missing = unknown.iter().map(ToString::to_string).collect();
    Condition {
        id: ID,
        status: ConditionStatus::NotProvable,
        evidence,
        missing,
    }
}

/// The limits that a certificate states (FSB order 795): uses of the key, purposes, policies, and the highest
/// class of signature tool among them.
fn stated_limits(certificate: &Certificate) -> Vec<String> {
    const CLASSES: [Oid; 6] = [
        oids::SIGN_TOOL_CLASS_KC1,
        oids::SIGN_TOOL_CLASS_KC2,
        oids::SIGN_TOOL_CLASS_KC3,
        oids::SIGN_TOOL_CLASS_KB1,
        oids::SIGN_TOOL_CLASS_KB2,
        oids::SIGN_TOOL_CLASS_KA1,
    ];
    let extensions = &certificate.extensions;
    let mut stated = Vec::new();
    if let Some(usage) = extensions.key_usage {
        let uses = usage.names().map(|name| format!("key_usage:{name}"));
        stated.extend(uses);
    }
    if let Some(usage) = &extensions.extended_key_usage {
        let purposes = usage.purposes.iter();
        stated.extend(purposes.map(|id| format!("key_purpose:{}", oids::name(id))));
    }
    if let Some(policies) = &extensions.certificate_policies {
        let policies = &policies.policies;
        stated.extend(policies.iter().map(|id| format!("policy:{id}")));
        let highest = CLASSES.iter().rfind(|class| policies.contains(class));
        stated.extend(highest.map(|class| format!("class:{}", oids::name(class))));
    }
    stated
}

/// Critical extensions of the certificate that may limit its use and are not understood here.
fn unknown_restrictions(certificate: &Certificate) -> Vec<Oid> {
    const UNDERSTOOD: [Oid; 7] = [
        oids::BASIC_CONSTRAINTS,
        oids::KEY_USAGE,
        oids::EXTENDED_KEY_USAGE,
        oids::CERTIFICATE_POLICIES,
        oids::SUBJECT_SIGN_TOOL,
        oids::ISSUER_SIGN_TOOL,
        oids::IDENTIFICATION_KIND,
    ];
    let extensions = certificate.extensions.all.iter();
    extensions
        .filter(|extension| extension.critical && !UNDERSTOOD.contains(&extension.id))
        .map(|extension| extension.id)
        .collect()
}
