//! Whether a signature is a qualified one in the European Union, each condition with its evidence
//! (Regulation (EU) No 910/2014 art. 3 (12), 3 (15), Annex I; ETSI TS 119 615 §4.4).

use crate::base::time::UnixTime;
use crate::der::oid::Oid;
use crate::finding::code::qualified_eu as codes;
use crate::finding::{Code, Conclusion, Finding, Subject};
use crate::path::build::CertificationPath;
use crate::report::{Condition, ConditionStatus, QualifiedReport};
use crate::trust::etsi_list::{
    EIDAS_APPLIES, EtsiEdition, EtsiSnapshot, ListKind, Listed, Qualifier, ServicePeriod,
    ServiceType,
};
use crate::x509::certificate::Certificate;

use super::ledger::Ledger;
use super::qualified::verdict;

mod alone;
mod purpose;
mod statements;

pub use alone::{SEAL_PURPOSE, WEB_SITE_PURPOSE, judge_certificate};

use purpose::Purpose;
use statements::Statements;

/// Issued by a provider that the list has as a qualified one.
pub const ISSUER: &str = "eidas.3.15.issuer";
/// A qualified certificate.
pub const CERTIFICATE: &str = "eidas.3.15.certificate";
/// For signatures.
pub const PURPOSE: &str = "eidas.3.14.purpose";
/// Made with a qualified device.
pub const DEVICE: &str = "eidas.3.12.device";

/// Policies of qualified certificates before the Regulation: with a secure device, and any (TS 101 456).
const QCP_PUBLIC_WITH_SSCD: Oid = Oid::new(&[0, 4, 0, 1456, 1, 1]);
const QCP_PUBLIC: Oid = Oid::new(&[0, 4, 0, 1456, 1, 2]);

/// What the conditions are judged on (ETSI TS 119 615 §4.4).
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The signer's certificate.
    pub certificate: &'a Certificate,
    /// Its path, when one was found.
    pub path: Option<&'a CertificationPath>,
    /// The trusted lists.
    pub trust: &'a EtsiSnapshot,
    /// The time of judging.
    pub at: UnixTime,
    /// The earliest time at which the signature is proven to have existed.
    pub proven: Option<UnixTime>,
    /// The verdict on the signature: one that does not pass is never called qualified.
    pub conclusion: Conclusion,
}

/// Judges the conditions (ETSI TS 119 615 §4.4). The indication of the signature is not changed by them.
///
/// What the list says is asked at two instants, the issue of the certificate and the signature, and the weaker answer
/// counts. The instant of a signature that nothing proves is the time of judging.
#[must_use]
pub fn judge(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> QualifiedReport {
    let signed = inputs.proven.unwrap_or(inputs.at);
    let mut judging = Judging::new(inputs, &codes::NOT_IN_FORCE_AT_SIGNING, ledger);
    let listed = judging.services();
    let views = judging.views(&listed, signed);
    let issuer = judging.issuer(&listed, &views);
    let speaking = speaking(&views);
    let conditions = vec![
        issuer,
        judging.weakest(CERTIFICATE, &speaking, Judging::certificate),
        judging.weakest(PURPOSE, &speaking, |it, view| {
            it.purpose(view, Purpose::Signatures)
        }),
        judging.weakest(DEVICE, &speaking, Judging::device),
    ];
    QualifiedReport {
        verdict: verdict(&conditions, inputs.conclusion),
        conditions,
    }
}

/// The instants at which the list says something. Where no service is in force it says nothing: that is told of the
/// issuer, and once.
fn speaking<'v, 'a>(views: &'v [View<'a>; 2]) -> Vec<&'v View<'a>> {
    let mut speaking: Vec<_> = views.iter().filter(|it| !it.in_force.is_empty()).collect();
    if speaking.is_empty() {
        speaking.extend(views.first());
    }
    speaking
}

/// What the list says at an instant.
struct View<'a> {
    at: UnixTime,
    /// The services for qualified certificates that are in force.
    in_force: Vec<&'a ServicePeriod>,
    said: Said,
}

impl<'a> View<'a> {
    fn of(listed: &[Listed<'a>], at: UnixTime, certificate: &Certificate) -> Self {
        let periods = listed.iter().filter_map(|listed| listed.service.at(at));
        let in_force = periods
            .filter(|period| period.service_type == ServiceType::CaQc && period.is_in_force(at));
        let in_force: Vec<_> = in_force.collect();
        Self {
            at,
            said: Said::of(&in_force, certificate),
            in_force,
        }
    }
}

/// The answer to a condition, and why it is not a yes. The weakest comes last.
#[derive(Clone, Copy)]
enum Answer {
    Met,
    Open(&'static str),
    NotMet(&'static Code),
}

impl Answer {
    const fn weakness(&self) -> u8 {
        match self {
            Self::Met => 0,
            Self::Open(_) => 1,
            Self::NotMet(_) => 2,
        }
    }
}

/// What a list says of a certificate (ETSI TS 119 612 §5.5.9.2).
#[derive(Default)]
struct Said {
    qualifiers: Vec<Qualifier>,
    /// Qualifiers of which it cannot be told whether they are about the certificate.
    open: Vec<Qualifier>,
}

impl Said {
    fn of(periods: &[&ServicePeriod], certificate: &Certificate) -> Self {
        let mut said = Self::default();
        let qualifications = periods.iter().flat_map(|period| &period.qualifications);
        for qualification in qualifications {
            let qualifiers = qualification.qualifiers.iter().cloned();
            match qualification.criteria.hold_for(certificate) {
                Some(true) => said.qualifiers.extend(qualifiers),
                Some(false) => {}
                None => said.open.extend(qualifiers),
            }
        }
        said
    }

    fn says(&self, any: &[Qualifier]) -> bool {
        self.qualifiers.iter().any(|it| any.contains(it))
    }

    fn may_say(&self, any: &[Qualifier]) -> bool {
        self.open.iter().any(|it| any.contains(it))
    }
}

struct Judging<'a, 'l, 'p> {
    inputs: Inputs<'a>,
    statements: Statements,
    /// The list and the authority, once they are found.
    evidence: Vec<String>,
    /// That the service is not in force at the second instant.
    not_in_force: &'static Code,
    ledger: &'l mut Ledger<'p>,
}

impl<'a, 'l, 'p> Judging<'a, 'l, 'p> {
    fn new(inputs: Inputs<'a>, not_in_force: &'static Code, ledger: &'l mut Ledger<'p>) -> Self {
        Self {
            inputs,
            statements: Statements::of(inputs.certificate),
            evidence: Vec::new(),
            not_in_force,
            ledger,
        }
    }

    /// What the list says at the issue of the certificate and at another instant.
    fn views(&self, listed: &[Listed<'a>], then: UnixTime) -> [View<'a>; 2] {
        let certificate = self.inputs.certificate;
        [certificate.not_before, then].map(|at| View::of(listed, at, certificate))
    }

    fn about(&self) -> Subject {
        Subject::Certificate(self.inputs.certificate.sha256())
    }

    fn add(&mut self, code: &'static Code) {
        let finding = Finding::new(code, self.about());
        self.ledger.add(finding);
    }

    fn condition(&self, id: &'static str, status: ConditionStatus, missing: &[&str]) -> Condition {
        let mut evidence = self.evidence.clone();
        evidence.push(self.about().to_string());
        Condition {
            id,
            status,
            evidence,
            missing: missing.iter().map(|&text| text.to_owned()).collect(),
        }
    }

    /// The services of the nearest authority above the certificate that the list has as one for qualified certificates;
    /// when there is none, of the nearest that is listed.
    fn services(&mut self) -> Vec<Listed<'a>> {
        let Some(path) = self.inputs.path else {
            return Vec::new();
        };
        let trust = self.inputs.trust;
        let above = path.certificates.iter().skip(1).chain([&path.anchor]);
        let all = above.map(|authority| (authority, trust.services_of(authority)));
        let all: Vec<_> = all.filter(|(_, services)| !services.is_empty()).collect();
        let issues_qualified = |listed: &Listed<'_>| {
            let mut periods = listed.service.periods.iter();
            periods.any(|period| period.service_type == ServiceType::CaQc)
        };
        let nearest = all
            .iter()
            .find(|(_, services)| services.iter().any(issues_qualified))
            .or(all.first());
        let Some((authority, services)) = nearest else {
            return Vec::new();
        };
        self.evidence = vec![
            format!("trust:{}", trust.id()),
            Subject::Certificate(authority.sha256()).to_string(),
        ];
        services.clone()
    }

    /// The service is in force when the certificate is issued and when the signature is made (ETSI TS 119 615 §4.4).
    fn issuer(&mut self, listed: &[Listed<'_>], [issue, signature]: &[View<'_>; 2]) -> Condition {
        if self.inputs.path.is_none() {
            let missing = ["certification-path"];
            return self.condition(ISSUER, ConditionStatus::NotProvable, &missing);
        }
        let Some(first) = listed.first() else {
            self.add(&codes::NOT_LISTED);
            let missing = ["list-with-this-authority"];
            return self.condition(ISSUER, ConditionStatus::NotProvable, &missing);
        };
        let provider = first.service.provider.name.as_deref().unwrap_or("?");
        let at_issue = AtIssue {
            provider,
            issued: issue.at,
        };
        let Some(period) = issue.in_force.first() else {
            return self.not_at_issue(listed, at_issue);
        };
        let finding = at_issue.finding(&codes::IN_FORCE, self.about());
        let finding = finding.with_text("status", period.status.word());
        self.ledger.add(finding.with_time("from", period.from));
        if !signature.in_force.is_empty() {
            for view in [issue, signature] {
                if let Some(stale) = self.stale(listed, view.at) {
                    self.ledger.add(stale);
                    let missing = ["newer-list"];
                    return self.condition(ISSUER, ConditionStatus::NotProvable, &missing);
                }
            }
            return self.condition(ISSUER, ConditionStatus::Met, &[]);
        }
        match deciding(listed, signature.at) {
            Some(period) if !period.unknown_critical.is_empty() => self.entry_unknown(),
            Some(period) => {
                let finding = Finding::new(self.not_in_force, self.about())
                    .with_text("authority", provider)
                    .with_time("then", signature.at)
                    .with_text("status", period.status.word())
                    .with_time("from", period.from);
                self.ledger.add(finding);
                self.condition(ISSUER, ConditionStatus::NotMet, &[])
            }
            None => {
                self.add(&codes::CANNOT_TELL);
                let missing = ["status-at-the-time-of-signing"];
                self.condition(ISSUER, ConditionStatus::NotProvable, &missing)
            }
        }
    }

    fn not_at_issue(&mut self, listed: &[Listed<'_>], at_issue: AtIssue<'_>) -> Condition {
        match deciding(listed, at_issue.issued) {
            Some(period) if !period.unknown_critical.is_empty() => self.entry_unknown(),
            Some(period) => {
                let code = if period.service_type == ServiceType::CaQc {
                    &codes::NOT_IN_FORCE
                } else {
                    &codes::OTHER_SERVICE
                };
                let finding = at_issue.finding(code, self.about());
                let finding = finding.with_text("status", period.status.word());
                self.ledger.add(finding.with_time("from", period.from));
                self.condition(ISSUER, ConditionStatus::NotMet, &[])
            }
            None => {
                let finding = at_issue.finding(&codes::NO_STATUS, self.about());
                self.ledger.add(finding);
                let missing = ["status-on-the-day-of-issue"];
                self.condition(ISSUER, ConditionStatus::NotProvable, &missing)
            }
        }
    }

    /// That a list whose successor should be out does not know what a service was at an instant after its issue: the one
    /// that the service stands in, or the list of lists, which says who may sign the other (ETSI TS 119 612 §5.3.15).
    fn stale(&self, listed: &[Listed<'_>], then: UnixTime) -> Option<Finding> {
        let at = self.inputs.at;
        let is_stale = |edition: &&EtsiEdition| {
            edition.list().is_past_next_update(at) && then > edition.list().header.issued_at
        };
        let in_force = listed.iter().filter(|listed| {
            let period = listed.service.at(then);
            period.is_some_and(|it| it.service_type == ServiceType::CaQc && it.is_in_force(then))
        });
        let deciding: Vec<_> = in_force.map(|listed| listed.edition).collect();
        let is_fresh = deciding.iter().any(|edition| !is_stale(edition));
        let mut of_lists = self.inputs.trust.editions().iter().map(AsRef::as_ref);
        let of_lists = of_lists.find(|edition: &&EtsiEdition| {
            edition.list().header.kind == ListKind::ListOfLists && is_stale(edition)
        });
        let of_services = deciding.first().filter(|_| !is_fresh).copied();
        let header = &of_services.or(of_lists)?.list().header;
        let finding = Finding::new(&codes::STALE, self.about())
            .with_text("territory", header.territory.as_str())
            .with_time("published", header.issued_at);
        Some(finding.with_time("checked", at))
    }

    fn entry_unknown(&mut self) -> Condition {
        self.add(&codes::ENTRY_UNKNOWN);
        let missing = ["meaning-of-list-extension"];
        self.condition(ISSUER, ConditionStatus::NotProvable, &missing)
    }

    fn answer(
        &self,
        views: &[&View<'_>],
        answer: impl Fn(&Self, &View<'_>) -> Answer,
    ) -> Option<Answer> {
        let answers = views.iter().map(|view| answer(self, view));
        answers.max_by_key(Answer::weakness)
    }

    /// The weakest of the answers at each instant.
    fn weakest(
        &mut self,
        id: &'static str,
        views: &[&View<'_>],
        answer: impl Fn(&Self, &View<'_>) -> Answer,
    ) -> Condition {
        match self.answer(views, answer) {
            Some(Answer::Met) => self.condition(id, ConditionStatus::Met, &[]),
            Some(Answer::NotMet(code)) => {
                self.add(code);
                self.condition(id, ConditionStatus::NotMet, &[])
            }
            // Contradictory qualifiers, criteria that are not known, statements that cannot be read.
            Some(Answer::Open(missing)) => {
                self.add(&codes::CANNOT_TELL);
                self.condition(id, ConditionStatus::NotProvable, &[missing])
            }
            None => self.condition(id, ConditionStatus::NotProvable, &[]),
        }
    }

    /// The list has the last word, then the certificate.
    fn certificate(&self, View { said, .. }: &View<'_>) -> Answer {
        let (yes, no) = ([Qualifier::Qualified], [Qualifier::NotQualified]);
        if said.may_say(&no) || (said.says(&yes) && said.says(&no)) {
            return Answer::Open("list-qualifiers");
        }
        if said.says(&no) {
            return Answer::NotMet(&codes::NOT_QUALIFIED_BY_LIST);
        }
        let before = self.is_of_before()
            && (self.has_policy(QCP_PUBLIC) || self.has_policy(QCP_PUBLIC_WITH_SSCD));
        if said.says(&yes) || self.statements.complies || before {
            return Answer::Met;
        }
        if said.may_say(&yes) || self.statements.is_malformed {
            return Answer::Open("qc-statements");
        }
        Answer::NotMet(&codes::NO_COMPLIANCE)
    }

    fn device(&self, View { said, .. }: &View<'_>) -> Answer {
        let yes = [Qualifier::InDevice, Qualifier::DeviceOnBehalf];
        let no = [Qualifier::NotInDevice];
        if said.may_say(&no) || (said.says(&yes) && said.says(&no)) {
            return Answer::Open("list-qualifiers");
        }
        let before = self.is_of_before() && self.has_policy(QCP_PUBLIC_WITH_SSCD);
        let is_stated = said.says(&yes) || self.statements.in_device || before;
        if is_stated && !said.says(&no) {
            return Answer::Met;
        }
        if !said.says(&no) && (said.may_say(&yes) || self.statements.is_malformed) {
            return Answer::Open("qc-statements");
        }
        Answer::NotMet(&codes::NO_DEVICE)
    }

    fn is_of_before(&self) -> bool {
        self.inputs.certificate.not_before < EIDAS_APPLIES
    }

    fn has_policy(&self, id: Oid) -> bool {
        let policies = &self.inputs.certificate.extensions.certificate_policies;
        let mut stated = policies.iter().flat_map(|it| &it.policies);
        stated.any(|it| *it == id)
    }
}

/// What a finding about the day of issue names.
#[derive(Clone, Copy)]
struct AtIssue<'a> {
    provider: &'a str,
    issued: UnixTime,
}

impl AtIssue<'_> {
    fn finding(self, code: &'static Code, about: Subject) -> Finding {
        Finding::new(code, about)
            .with_text("authority", self.provider)
            .with_time("issued", self.issued)
    }
}

/// What a list says at an instant of a service that is not in force: of one for qualified certificates, else of the first.
fn deciding<'a>(listed: &[Listed<'a>], at: UnixTime) -> Option<&'a ServicePeriod> {
    let then: Vec<_> = listed.iter().filter_map(|it| it.service.at(at)).collect();
    let qualified = |it: &&&ServicePeriod| it.service_type == ServiceType::CaQc;
    then.iter().find(qualified).or(then.first()).copied()
}
