//! The message holds what `qes.report/1` holds: every member of the one has its field in the other.

use std::{collections::BTreeSet, sync::Arc};

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _,
};
use serde_json::{Map, Value};
use sig_core::{
    Evidence, Limits, Material, Policy, UnixTime, Validator,
    alg::provider::Algorithms,
    der::oid::Oid,
    finding::{Fact, Value as FactValue},
    profile::{
        self, Identity, Outcome, RuleResult,
        identifiers::CheckDigits,
        identity::{Identifier, IdentityKind, OrganisationIdentity, PersonIdentity},
    },
    report::{CommitmentReport, HolderReport, json},
    trust::{
        etsi_list::{EtsiAssembly, EtsiSnapshot},
        mintsifry_list::ListLimits,
        snapshot::{ListSigner, TrustSnapshot},
    },
    validate::context::SignaturePolicyDocument,
};
use testdata::{
    Digest, Timestamp as Instant,
    cases::{self, Case},
    evidence_record::{Archiving, Embedding, EvidenceRecord, embed},
};

use super::*;
use crate::back_end::BackEnd;

/// Members of JSON whose field has another name.
const RENAMED: [(&str, &str); 3] = [
    ("cn", "common_name"),
    ("alg", "algorithm"),
    ("hex", "value"),
];

/// Fields that no report fills: nothing fetches, and no attribute certificate is checked.
const NEVER_FILLED: [&str; 2] = ["CertifiedAttribute.checked", "Work.fetches"];

/// Compares reports, and remembers which fields were filled.
struct Comparison {
    of_report: MessageDescriptor,
    filled: BTreeSet<String>,
}

impl Comparison {
    fn new() -> Self {
        let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
        Self {
            of_report: pool.get_message_by_name("verifier.v1.Report").unwrap(),
            filled: BTreeSet::new(),
        }
    }

    fn report(&mut self, name: &str, judged: &Report) {
        let mut expected: Value = serde_json::from_str(&json::write(judged)).unwrap();
        let members = expected.as_object_mut().unwrap();
        assert_eq!(members.remove("schema").unwrap(), "qes.report/1");
        // The statement of an authority is no signature of a person.
        for alone in ["time_stamp", "evidence_record"] {
            if let Some(statement) = members.get(alone) {
                assert_eq!(statement["conclusion"], members["conclusion"], "{name}");
                members["conclusion"]["indication"] = "NO_SIGNATURE".into();
                members["conclusion"]["sub_indication"] = Value::Null;
            }
        }
        let octets = report(judged).encode_to_vec();
        let message = DynamicMessage::decode(self.of_report.clone(), &*octets).unwrap();
        self.message(name, expected.as_object().unwrap(), &message);
    }

    fn message(&mut self, place: &str, expected: &Map<String, Value>, message: &DynamicMessage) {
        let descriptor = message.descriptor();
        let mut named = BTreeSet::new();
        for (key, value) in expected {
            let renamed = RENAMED.iter().find(|(from, _)| from == key);
            let name = renamed.map_or(key.as_str(), |(_, to)| to);
            let place = format!("{place}.{key}");
            let field = descriptor.get_field_by_name(name);
            let field = field.unwrap_or_else(|| panic!("{place}: no such field"));
            if message.has_field(&field) {
                self.filled.insert(full_name(&field));
            }
            if value.is_null() {
                assert!(!message.has_field(&field), "{place}");
            } else {
                self.value(&place, value, &field, &message.get_field(&field));
            }
            named.insert(name);
        }
        for field in descriptor.fields() {
            let is_named = named.contains(field.name());
            assert!(
                is_named || !message.has_field(&field),
                "{place}: {} is not in JSON",
                full_name(&field)
            );
        }
    }

    fn value(
        &mut self,
        place: &str,
        expected: &Value,
        field: &FieldDescriptor,
        actual: &prost_reflect::Value,
    ) {
        use prost_reflect::Value as Is;
        match (expected, actual) {
            (Value::Array(expected), Is::List(items)) => {
                assert_eq!(items.len(), expected.len(), "{place}");
                for (index, (expected, item)) in expected.iter().zip(items).enumerate() {
                    self.value(&format!("{place}[{index}]"), expected, field, item);
                }
            }
            (Value::Object(expected), Is::Map(items)) => {
                assert_eq!(items.len(), expected.len(), "{place}");
                for (key, expected) in expected {
                    let item = &items[&prost_reflect::MapKey::String(key.clone())];
                    let expected = expected
                        .as_str()
                        .map_or_else(|| expected.to_string(), str::to_owned);
                    assert_eq!(item.as_str().unwrap(), expected, "{place}.{key}");
                }
            }
            (Value::Object(expected), Is::Message(message)) => {
                self.message(place, expected, message);
            }
            (Value::String(expected), actual) => {
                assert_eq!(*expected, said(field, expected, actual), "{place}");
            }
            (Value::Number(expected), Is::U64(actual)) => {
                assert_eq!(expected.as_u64(), Some(*actual), "{place}");
            }
            (Value::Bool(expected), Is::Bool(actual)) => assert_eq!(expected, actual, "{place}"),
            (expected, actual) => panic!("{place}: {expected} against {actual:?}"),
        }
    }

    /// The fields that no report filled.
    fn left_out(&self) -> Vec<String> {
        let mut messages = vec![self.of_report.clone()];
        let mut left_out = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(message) = messages.pop() {
            if message.is_map_entry()
                || message.package_name() != "verifier.v1"
                || !seen.insert(message.name().to_owned())
            {
                continue;
            }
            for field in message.fields() {
                let name = full_name(&field);
                if !self.filled.contains(&name) {
                    left_out.push(name);
                }
                if let Kind::Message(inner) = field.kind() {
                    messages.push(inner);
                }
            }
        }
        left_out.sort();
        left_out
    }
}

/// A value as JSON says it.
fn said(field: &FieldDescriptor, expected: &str, value: &prost_reflect::Value) -> String {
    use prost_reflect::Value as Is;
    match value {
        Is::String(text) => text.clone(),
        Is::Bytes(octets) => hex::encode(octets),
        Is::Message(time) => {
            let seconds = time.get_field_by_name("seconds").unwrap();
            UnixTime::from_seconds(seconds.as_i64().unwrap()).to_string()
        }
        Is::EnumNumber(number) => {
            let kind = field.kind();
            let kind = kind.as_enum().unwrap();
            let name = kind.get_value(*number).unwrap().name().to_owned();
            let word = expected.to_uppercase().replace('-', "_");
            let prefix = name.strip_suffix(&word).unwrap_or_default();
            // INDICATION_TOTAL_PASSED of Indication.
            let of_kind = prefix.replace('_', "").to_lowercase() == kind.name().to_lowercase();
            if of_kind { expected.to_owned() } else { name }
        }
        other => format!("{other:?}"),
    }
}

fn full_name(field: &FieldDescriptor) -> String {
    format!("{}.{}", field.parent_message().name(), field.name())
}

fn judge(
    material: Material,
    policy: &str,
    file: &[u8],
    content: Option<&[u8]>,
    at: i64,
) -> Option<Report> {
    let limits = Limits::STANDARD;
    let validator = Validator {
        algorithms: algorithms(),
        policy: Policy::builtin(policy).ok()?,
        limits,
    };
    let mut evidence = Evidence::parse(file, &limits).ok()?.with_material(material);
    if let Some(content) = content {
        evidence = evidence.with_content(content);
    }
    validator
        .validate(evidence, UnixTime::from_seconds(at))
        .ok()
}

fn algorithms() -> &'static Algorithms {
    BackEnd::default().algorithms()
}

/// The report on a case; none where a limit was reached.
fn judge_case(case: &Case) -> Option<Report> {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &limits).unwrap();
    }
    for object in case.certificates.iter().chain(&case.crls).chain(&case.ocsp) {
        material.add(object, &limits).unwrap();
    }
    for (id, octets) in &case.signature_policies {
        material.signature_policies.push(SignaturePolicyDocument {
            id: id.as_deref().map(|id| Oid::parse(id).unwrap()),
            octets: octets.clone().into(),
        });
    }
    if let Some(xml) = &case.trust_list {
        let pin = ListSigner {
            anchors: material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: UnixTime::from_seconds(case.at),
        };
        let built = TrustSnapshot::build(xml, &pin, algorithms(), ListLimits::STANDARD);
        material.trust = built.ok().map(Arc::new);
    }
    if !case.trusted_lists.is_empty() {
        let assembly = EtsiAssembly {
            previous: None,
            lists: case.trusted_lists.iter().cloned().map(Into::into).collect(),
            signers: case.list_signers.iter().cloned().map(Into::into).collect(),
            taken_at: UnixTime::from_seconds(case.at),
            refuses_outdated: false,
        };
        let lists = EtsiSnapshot::assemble(assembly, algorithms(), &ListLimits::STANDARD);
        material.trust_lists(Arc::new(lists.unwrap()));
    }
    let content = case.content.as_deref();
    judge(material, &case.policy, &case.signature, content, case.at)
}

/// Reports on a token alone, and on an evidence record inside a signature and alone, proven and not.
fn of_archives() -> [Report; 4] {
    const CONTENT: &[u8] = b"content";
    /// 2024-06-02.
    const STAMPED: Instant = Instant(1_717_300_000);
    /// 2026-11-21.
    const AT: i64 = 1_795_262_400;
    /// Before the CRLs were issued.
    const EARLY: i64 = 1_717_400_000;
    let pki = testdata::pki::named("stamps-gost").unwrap();
    let material = || {
        let mut material = Material::default();
        let limits = Limits::STANDARD;
        let root = &pki.certificate("root").unwrap().der;
        material.add_anchors(root, &limits).unwrap();
        for crl in ["root", "ca", "ca-2024"] {
            material.add(pki.crl(crl).unwrap(), &limits).unwrap();
        }
        material
    };
    let archiving = Archiving {
        pki,
        authority: "tsa",
        digest: Digest::Streebog256,
        gen_time: STAMPED,
    };
    let token = archiving.token(CONTENT).unwrap();
    let record = EvidenceRecord::over(&archiving, &[&[CONTENT]]).unwrap();
    let signer = pki.token("person-expired").unwrap();
    let signature = signer.sign_detached(CONTENT, STAMPED).unwrap();
    let of_message = EvidenceRecord::over(&archiving, &[&[&signature, CONTENT]]).unwrap();
    let embedded = embed(&signature, Embedding::External, &of_message.der());
    let judge = |file: &[u8], at| judge(material(), "etsi-ades", file, Some(CONTENT), at).unwrap();
    [
        judge(&token, AT),
        judge(&embedded, AT),
        judge(&record.der(), AT),
        judge(&record.der(), EARLY),
    ]
}

/// A holder with everything that a certificate may say of him.
fn everybody() -> Identity {
    let text = |text: &str| Some(text.to_owned());
    let number = |check| {
        let value = "1".to_owned();
        Some(Identifier { value, check })
    };
    Identity {
        kind: IdentityKind::SoleTrader,
        person: Some(PersonIdentity {
            surname: text("surname"),
            name: text("name"),
            patronymic: text("patronymic"),
            pseudonym: text("pseudonym"),
            snils: number(CheckDigits::NotChecked),
            inn: number(CheckDigits::Fit),
            ogrnip: number(CheckDigits::DoNotFit),
        }),
        organisation: Some(OrganisationIdentity {
            name: text("organisation"),
            ogrn: number(CheckDigits::OtherForm),
            inn: number(CheckDigits::Fit),
        }),
    }
}

fn every_outcome() -> Vec<RuleResult> {
    let outcomes = [
        Outcome::Pass,
        Outcome::Fail,
        Outcome::NotApplicable,
        Outcome::NotInForce,
    ];
    let rules = profile::all().zip(outcomes);
    let results = rules.map(|(rule, outcome)| RuleResult {
        rule,
        outcome,
        facts: vec![Fact {
            name: "seen",
            value: FactValue::Count(7),
        }],
    });
    results.collect()
}

/// Fills what no file of the cases has.
fn fill(report: &mut Report) {
    report.work.name_constraint_checks = 7;
    match &mut report.judged {
        Judged::TimeStamp { time_stamp, .. } => {
            time_stamp.token.as_mut().unwrap().ordering = true;
        }
        Judged::EvidenceRecord {
            evidence_record, ..
        } => evidence_record.not_checked.push(NotChecked {
            what: "what",
            why: "why",
        }),
        Judged::Signatures { signatures, .. } => {
            let signer = signatures[0].signer.as_mut().unwrap();
            signer.holder = HolderReport::stated(everybody(), every_outcome());
            let commitments = &mut signatures[0].attributes.commitments;
            commitments.push(CommitmentReport {
                id: "2.999.1".to_owned(),
                name: None,
                qualifiers: vec!["2.999.2".to_owned(), "2.999.3".to_owned()],
            });
        }
        Judged::Certificate(_) => unreachable!("files"),
    }
}

#[test]
fn the_message_holds_every_member_of_the_report_in_json() {
    let mut comparison = Comparison::new();
    let cases = cases::all().unwrap();
    let mut folders = BTreeSet::new();
    let mut compared = 0;
    for case in &cases {
        // One PKI of each case: the others differ in algorithms only.
        if !folders.insert((&case.area, &case.folder)) {
            continue;
        }
        if let Some(report) = judge_case(case) {
            comparison.report(&format!("{}/{}", case.area, case.id), &report);
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
    for (index, mut report) in of_archives().into_iter().enumerate() {
        fill(&mut report);
        comparison.report(&format!("archive {index}"), &report);
    }
    assert_eq!(comparison.left_out(), NEVER_FILLED);
}
