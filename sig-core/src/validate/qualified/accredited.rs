//! Item 1: issued by an authority whose accreditation was in force on the day of issue (63-FZ art. 11 (1)).

use std::sync::Arc;

use crate::base::hex::hex;
use crate::base::time::UnixTime;
use crate::finding::Finding;
use crate::finding::code::{path as path_codes, qualified as codes};
use crate::path::build::CertificationPath;
use crate::report::Condition;
use crate::trust::service::{Service, Status};
use crate::trust::snapshot::{Accreditation, TrustSnapshot};
use crate::x509::certificate::Certificate;

use super::super::ledger::Ledger;
use super::super::policy::{Policy, StaleListRule};
use super::{Inputs, Weighed, about};

const ID: &str = "63fz.11.1";

/// Findings that the authorities' own certificates were not valid, which is a matter of this condition.
pub(super) const OF_AUTHORITIES: [&crate::finding::Code; 2] =
    [&path_codes::CA_EXPIRED, &path_codes::CA_NOT_YET_VALID];

/// The condition, and since when the accreditation was in force.
pub(super) struct Outcome {
    pub(super) condition: Condition,
    pub(super) since: Option<UnixTime>,
}

impl From<Condition> for Outcome {
    fn from(condition: Condition) -> Self {
        Self {
            condition,
            since: None,
        }
    }
}

/// Judged from every version of the list that is kept, by the calendar day in Europe/Moscow. What became of the
/// accreditation later does not matter.
pub(super) fn judge(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> Outcome {
    let issued = inputs.certificate.not_before;
    let Some(path) = inputs.path else {
        let weighed = Weighed::default().lacks("certification-path");
        return weighed.decide(ID).into();
    };
    let mut weighed = Weighed::default();
    check_authorities(path, issued, &mut weighed, ledger);
    let subject = about(inputs.certificate);
    let Some(trust) = inputs.trust else {
        ledger.add(Finding::new(&codes::NO_LIST, subject));
        return weighed.lacks("accredited-ca-list").decide(ID).into();
    };
    let issuer = path.issuer_of(0);
    let key = &issuer.spki.octets;
    weighed.evidence.insert(0, format!("trust:{}", trust.id()));
    report_age(inputs, trust, ledger);
    let Some(listed) = trust.accreditation(key).first().copied() else {
        ledger.add(Finding::new(&codes::NOT_LISTED, subject));
        return weighed
            .lacks("list-version-with-this-key")
            .decide(ID)
            .into();
    };
    let named = |code, service: &Service| {
        let name = service.authority.name.as_deref().unwrap_or("?");
        let finding = Finding::new(code, subject.clone());
        finding
            .with_text("authority", name)
            .with_time("issued", issued)
    };
    let Some(answer) = on_day(trust, key, issued) else {
        ledger.add(named(&codes::NO_STATUS, listed));
        return weighed
            .lacks("status-on-the-day-of-issue")
            .decide(ID)
            .into();
    };
    weighed.evidence.splice(1..1, evidence_of(&answer));
    let day = if answer.from > issued {
        answer.from
    } else {
        issued
    };
    for disagreement in trust.disagreements(key, day) {
        let finding = named(&codes::VERSIONS_CONTRADICT, answer.service)
            .with_count("older", disagreement.older)
            .with_text("before", disagreement.before.word())
            .with_count("newer", disagreement.newer)
            .with_text("after", disagreement.after.word());
        ledger.add(finding);
    }
    if is_beyond(inputs.policy, inputs.at, trust, issued) {
        let finding = named(&codes::LIST_OLDER_THAN_CERTIFICATE, answer.service);
        ledger.add(finding.with_time("list", trust.newest().issued_at()));
        return weighed
            .lacks("list-not-older-than-certificate")
            .decide(ID)
            .into();
    }
    let stated = |code| {
        named(code, answer.service)
            .with_time("from", answer.from)
            .with_count("version", answer.version)
    };
    let since = match answer.status {
        Status::InForce => {
            ledger.add(stated(&codes::ACCREDITED));
            Some(answer.from)
        }
        Status::Unknown(word) => {
            ledger.add(stated(&codes::STATUS_UNKNOWN).with_text("status", word));
            weighed = weighed.lacks("status-on-the-day-of-issue");
            None
        }
        other => {
            ledger.add(stated(&codes::NOT_ACCREDITED).with_text("status", other.word()));
            weighed.refuted.push(codes::NOT_ACCREDITED.id.to_owned());
            None
        }
    };
    Outcome {
        condition: weighed.decide(ID),
        since,
    }
}

/// Version, number in the register and key, by which the statement can be looked up in the list.
fn evidence_of(answer: &Accreditation<'_>) -> Vec<String> {
    let mut evidence = vec![format!("list-version:{}", answer.version)];
    let number = answer.service.authority.registry_number.as_ref();
    evidence.extend(number.map(|number| format!("registry-number:{number}")));
    let key = &answer.service.key_identifier;
    if !key.is_empty() {
        evidence.push(format!("key-identifier:{}", hex(key)));
    }
    evidence
}

/// The certificates of the authorities were valid when the certificate was issued. The anchor is trusted by the
/// caller's word, unless it issued the certificate itself.
fn check_authorities(
    path: &CertificationPath,
    issued: UnixTime,
    weighed: &mut Weighed,
    ledger: &mut Ledger<'_>,
) {
    let above = path.certificates.get(1..).unwrap_or_default();
    let mut authorities: Vec<&Arc<Certificate>> = above.iter().collect();
    if authorities.is_empty() {
        authorities.push(&path.anchor);
    }
    for authority in &authorities {
        weighed.evidence.push(about(authority).to_string());
        if (authority.not_before..=authority.not_after).contains(&issued) {
            continue;
        }
        let finding = Finding::new(&codes::AUTHORITY_NOT_VALID, about(authority))
            .with_text("authority", authority.subject_text())
            .with_time("issued", issued)
            .with_time("not_before", authority.not_before)
            .with_time("not_after", authority.not_after);
        ledger.add(finding);
        let id = codes::AUTHORITY_NOT_VALID.id.to_owned();
        if !weighed.refuted.contains(&id) {
            weighed.refuted.push(id);
        }
    }
    if weighed.refuted.is_empty()
        && let Some(end_entity) = path.certificates.first()
    {
        let finding = Finding::new(&codes::AUTHORITIES_VALID, about(end_entity))
            .with_count("count", authorities.len() as u64)
            .with_time("issued", issued);
        ledger.add(finding);
    }
}

/// The status on the calendar day of an instant: that at the instant, and before the first status the one that begins
/// on the same day. A change later on the day takes nothing away from what was issued before it.
fn on_day<'a>(trust: &'a TrustSnapshot, key: &[u8], at: UnixTime) -> Option<Accreditation<'a>> {
    trust
        .accreditation_at(key, at)
        .or_else(|| trust.accreditation_at(key, at.end_of_moscow_day()))
}

/// Whether the authority right above a certificate was accredited on the day the certificate was issued and on the day
/// it was used: a trusted time is stated by an accredited authority (63-FZ art. 2 (19), art. 11 (2)). A list that is too
/// old says it of neither day.
pub(in crate::validate) fn is_by_accredited(
    path: &CertificationPath,
    certificate: &Certificate,
    used: UnixTime,
    trust: &TrustSnapshot,
    (policy, at): (&Policy, UnixTime),
) -> bool {
    let key = &path.issuer_of(0).spki.octets;
    let in_force = |day| {
        !is_beyond(policy, at, trust, day)
            && on_day(trust, key, day).is_some_and(|it| *it.status == Status::InForce)
    };
    in_force(certificate.not_before) && in_force(used)
}

/// Tells that the newest version of the list is older than the policy wants it.
fn report_age(inputs: Inputs<'_>, trust: &TrustSnapshot, ledger: &mut Ledger<'_>) {
    if let Some(days) = stale_by(inputs.policy, inputs.at, trust) {
        let finding = Finding::new(&codes::LIST_STALE, about(inputs.certificate))
            .with_time("list", trust.newest().issued_at())
            .with_time("at", inputs.at)
            .with_count("days", days.into());
        ledger.add(finding);
    }
}

/// The bound that the newest version of the list is over.
fn stale_by(policy: &Policy, at: UnixTime, trust: &TrustSnapshot) -> Option<u32> {
    let age = policy.trust_list_age?;
    let last = trust
        .newest()
        .issued_at()
        .plus_seconds(i64::from(age.days) * 86_400);
    (at > last).then_some(age.days)
}

/// Whether the list is too old to say anything of a day: a status that was the last one when a fresh list was made is
/// taken to hold on, one of a list that nobody renewed is not.
fn is_beyond(policy: &Policy, at: UnixTime, trust: &TrustSnapshot, day: UnixTime) -> bool {
    let decides_nothing = policy
        .trust_list_age
        .is_some_and(|age| age.stale == StaleListRule::NotProvable);
    decides_nothing
        && stale_by(policy, at, trust).is_some()
        && day.start_of_moscow_day() > trust.newest().issued_at()
}
