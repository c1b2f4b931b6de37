//! Whether a signature is a qualified one in the European Union, each condition with its evidence
//! (Regulation (EU) No 910/2014 art. 3 (12), 3 (15), Annex I; ETSI TS 119 615 §4.4).

use crate::base::error::Error;
use crate::base::error::Structure;
use crate::base::limits::{Budget, Limits};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::finding::code::qualified_eu as codes;
use crate::finding::{Conclusion, Finding, Subject};
use crate::path::build::CertificationPath;
use crate::report::{Condition, ConditionStatus, QualifiedReport};
use crate::trust::etsi_list::{
    EIDAS_APPLIES, EtsiSnapshot, Listed, Qualifier, ServicePeriod, ServiceType, ServiceUse,
};
use crate::x509::certificate::Certificate;

use super::ledger::Ledger;
use super::qualified::verdict;

/// Issued by a provider that the list has as a qualified one.
pub const ISSUER: &str = "eidas.3.15.issuer";
/// A qualified certificate.
pub const CERTIFICATE: &str = "eidas.3.15.certificate";
/// For signatures.
pub const PURPOSE: &str = "eidas.3.14.purpose";
/// Made with a qualified device.
pub const DEVICE: &str = "eidas.3.12.device";

/// id-etsi-qcs-QcCompliance (EN 319 412-5 §4.2.1).
const QC_COMPLIANCE: Oid = Oid::new(&[0, 4, 0, 1862, 1, 1]);
/// id-etsi-qcs-QcSSCD (EN 319 412-5 §4.2.2).
const QC_SSCD: Oid = Oid::new(&[0, 4, 0, 1862, 1, 4]);
/// id-etsi-qcs-QcType (EN 319 412-5 §4.2.3).
const QC_TYPE: Oid = Oid::new(&[0, 4, 0, 1862, 1, 6]);
/// id-etsi-qct-esign (EN 319 412-5 §4.2.3).
const QCT_ESIGN: Oid = Oid::new(&[0, 4, 0, 1862, 1, 6, 1]);
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
    /// The verdict on the signature: one that does not pass is never called qualified.
    pub conclusion: Conclusion,
}

/// Judges the conditions (ETSI TS 119 615 §4.4). The indication of the signature is not changed by them.
#[must_use]
pub fn judge(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> QualifiedReport {
    let mut judging = Judging {
        inputs,
        statements: Statements::of(inputs.certificate),
        evidence: Vec::new(),
        ledger,
    };
    let issued = inputs.certificate.not_before;
    let listed = judging.services();
    let in_force: Vec<&ServicePeriod> = listed
        .iter()
        .filter_map(|listed| listed.service.at(issued))
        .filter(|period| period.service_type == ServiceType::CaQc && period.is_in_force(issued))
        .collect();
    let issuer = judging.issuer(&listed, &in_force);
    let said = Said::of(&in_force, inputs.certificate);
    let conditions = vec![
        issuer,
        judging.certificate(&said),
        judging.purpose(&said, &in_force),
        judging.device(&said),
    ];
    QualifiedReport {
        verdict: verdict(&conditions, inputs.conclusion),
        conditions,
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

/// The statements of a certificate (EN 319 412-5 §4).
#[derive(Default)]
struct Statements {
    is_malformed: bool,
    complies: bool,
    in_device: bool,
    /// Of QcType, when it is there.
    types: Option<Vec<Oid>>,
}

impl Statements {
    fn of(certificate: &Certificate) -> Self {
        let mut statements = Self::default();
        let Some(extension) = certificate.extensions.find(oids::QC_STATEMENTS) else {
            return statements;
        };
        let mut budget = Budget::new(Limits::STANDARD);
        let mut reader = Reader::new(&extension.value, Encoding::Der, Structure::Extension);
        if statements.read(&mut reader, &mut budget).is_err() {
            // Half of what is said is not what was said.
            return Self {
                is_malformed: true,
                ..Self::default()
            };
        }
        statements
    }

    fn read(&mut self, reader: &mut Reader<'_>, budget: &mut Budget) -> Result<(), Error> {
        let mut list = reader.enter(Tag::SEQUENCE, budget)?;
        while !list.is_empty() {
            let mut statement = list.enter(Tag::SEQUENCE, budget)?;
            match statement.oid(budget)? {
                QC_COMPLIANCE => self.complies = true,
                QC_SSCD => self.in_device = true,
                QC_TYPE => {
                    let mut types = statement.enter(Tag::SEQUENCE, budget)?;
                    let known = self.types.get_or_insert_default();
                    while !types.is_empty() {
                        known.push(types.oid(budget)?);
                    }
                }
                _ => {
                    if !statement.is_empty() {
                        statement.element(budget)?;
                    }
                }
            }
            statement.finish()?;
        }
        reader.finish()
    }
}

struct Judging<'a, 'l, 'p> {
    inputs: Inputs<'a>,
    statements: Statements,
    /// The list and the authority, once they are found.
    evidence: Vec<String>,
    ledger: &'l mut Ledger<'p>,
}

impl<'a> Judging<'a, '_, '_> {
    fn about(&self) -> Subject {
        Subject::Certificate(self.inputs.certificate.sha256())
    }

    fn add(&mut self, code: &'static crate::finding::Code) {
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

    fn issuer(&mut self, listed: &[Listed<'_>], in_force: &[&ServicePeriod]) -> Condition {
        let issued = self.inputs.certificate.not_before;
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
        let finding = |code, about| {
            Finding::new(code, about)
                .with_text("authority", provider)
                .with_time("issued", issued)
        };
        if let Some(period) = in_force.first() {
            let finding = finding(&codes::IN_FORCE, self.about())
                .with_text("status", period.status.word())
                .with_time("from", period.from);
            self.ledger.add(finding);
            return self.condition(ISSUER, ConditionStatus::Met, &[]);
        }
        let then = listed.iter().filter_map(|it| it.service.at(issued));
        let then: Vec<_> = then.collect();
        let qualified = then.iter().find(|it| it.service_type == ServiceType::CaQc);
        match qualified.or(then.first()) {
            Some(period) if !period.unknown_critical.is_empty() => {
                self.add(&codes::ENTRY_UNKNOWN);
                let missing = ["meaning-of-list-extension"];
                self.condition(ISSUER, ConditionStatus::NotProvable, &missing)
            }
            Some(period) => {
                let code = if period.service_type == ServiceType::CaQc {
                    &codes::NOT_IN_FORCE
                } else {
                    &codes::OTHER_SERVICE
                };
                let finding = finding(code, self.about())
                    .with_text("status", period.status.word())
                    .with_time("from", period.from);
                self.ledger.add(finding);
                self.condition(ISSUER, ConditionStatus::NotMet, &[])
            }
            None => {
                self.ledger.add(finding(&codes::NO_STATUS, self.about()));
                let missing = ["status-on-the-day-of-issue"];
                self.condition(ISSUER, ConditionStatus::NotProvable, &missing)
            }
        }
    }

    /// What cannot be told: contradictory qualifiers, criteria that are not known, statements that cannot be read.
    fn open(&mut self, id: &'static str, missing: &str) -> Condition {
        self.add(&codes::CANNOT_TELL);
        self.condition(id, ConditionStatus::NotProvable, &[missing])
    }

    /// The list has the last word, then the certificate.
    fn certificate(&mut self, said: &Said) -> Condition {
        let (yes, no) = ([Qualifier::Qualified], [Qualifier::NotQualified]);
        if said.may_say(&no) || (said.says(&yes) && said.says(&no)) {
            return self.open(CERTIFICATE, "list-qualifiers");
        }
        if said.says(&no) {
            self.add(&codes::NOT_QUALIFIED_BY_LIST);
            return self.condition(CERTIFICATE, ConditionStatus::NotMet, &[]);
        }
        let before = self.is_of_before()
            && (self.has_policy(QCP_PUBLIC) || self.has_policy(QCP_PUBLIC_WITH_SSCD));
        if said.says(&yes) || self.statements.complies || before {
            return self.condition(CERTIFICATE, ConditionStatus::Met, &[]);
        }
        if said.may_say(&yes) || self.statements.is_malformed {
            return self.open(CERTIFICATE, "qc-statements");
        }
        self.add(&codes::NO_COMPLIANCE);
        self.condition(CERTIFICATE, ConditionStatus::NotMet, &[])
    }

    fn purpose(&mut self, said: &Said, in_force: &[&ServicePeriod]) -> Condition {
        let yes = [Qualifier::ForSignatures];
        let no = [
            Qualifier::ForSeals,
            Qualifier::ForWebSites,
            Qualifier::ForLegalPerson,
        ];
        if self.statements.is_malformed
            || said.may_say(&yes)
            || said.may_say(&no)
            || (said.says(&yes) && said.says(&no))
        {
            return self.open(PURPOSE, "qc-statements");
        }
        let uses: Vec<&ServiceUse> = in_force.iter().flat_map(|period| &period.uses).collect();
        let by_list = said.says(&yes) || uses.contains(&&ServiceUse::Signatures);
        let by_other = said.says(&no)
            || uses
                .iter()
                .any(|it| matches!(it, ServiceUse::Seals | ServiceUse::WebSites));
        let types = self.statements.types.as_ref();
        let by_certificate = types.is_none_or(|types| types.contains(&QCT_ESIGN));
        // Without a service there is only what the certificate says itself: that the service is not there is told once.
        let stands_alone = in_force.is_empty() && types.is_some();
        if by_certificate && (by_list || stands_alone) && !said.says(&no) {
            return self.condition(PURPOSE, ConditionStatus::Met, &[]);
        }
        if by_certificate && !by_other {
            // A list of before the Regulation does not say what its certificates are for: signatures.
            if self.is_of_before() && !in_force.is_empty() {
                return self.condition(PURPOSE, ConditionStatus::Met, &[]);
            }
            return self.open(PURPOSE, "use-stated-in-the-list");
        }
        self.add(&codes::NOT_FOR_SIGNATURES);
        self.condition(PURPOSE, ConditionStatus::NotMet, &[])
    }

    fn device(&mut self, said: &Said) -> Condition {
        let yes = [Qualifier::InDevice, Qualifier::DeviceOnBehalf];
        let no = [Qualifier::NotInDevice];
        if said.may_say(&no) || (said.says(&yes) && said.says(&no)) {
            return self.open(DEVICE, "list-qualifiers");
        }
        if said.says(&no) {
            self.add(&codes::NO_DEVICE);
            return self.condition(DEVICE, ConditionStatus::NotMet, &[]);
        }
        let before = self.is_of_before() && self.has_policy(QCP_PUBLIC_WITH_SSCD);
        if said.says(&yes) || self.statements.in_device || before {
            return self.condition(DEVICE, ConditionStatus::Met, &[]);
        }
        if said.may_say(&yes) || self.statements.is_malformed {
            return self.open(DEVICE, "qc-statements");
        }
        self.add(&codes::NO_DEVICE);
        self.condition(DEVICE, ConditionStatus::NotMet, &[])
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
