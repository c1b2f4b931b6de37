//! What a declared case is judged by.
#![allow(dead_code, reason = "shared by several tests")]

use std::sync::Arc;

use sig_core::alg::provider::Algorithms;
use sig_core::der::oid::Oid;
use sig_core::trust::etsi_list::{EtsiAssembly, EtsiSnapshot};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, TrustSnapshot};
use sig_core::validate::context::SignaturePolicyDocument;
use sig_core::x509::certificate::sha256_hex;
use sig_core::{Error, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::Case;
use toml::{Table, Value};

pub const LIMITS: Limits = Limits::STANDARD;

/// The built-in policy that a case names, with its changes: other values, and other rows about a digest or key.
fn policy(case: &Case) -> Policy {
    let policy = Policy::builtin(&case.policy)
        .or_else(|_| Policy::testing(&case.policy))
        .unwrap();
    let Some(changes) = &case.policy_changes else {
        return policy;
    };
    let mut whole: Table = policy.text().parse().unwrap();
    let rows = |table: &Table| {
        let rows = table.get("strength").and_then(Value::as_array);
        rows.cloned().unwrap_or_default()
    };
    let changes: Table = changes.parse().unwrap();
    let changed = rows(&changes);
    let about = |row: &Value| ["digest", "key", "bits"].map(|key| row.get(key).cloned());
    let mut kept = rows(&whole);
    kept.retain(|row| changed.iter().all(|it| about(it) != about(row)));
    kept.extend(changed);
    whole.extend(changes);
    whole.insert("strength".to_owned(), Value::Array(kept));
    Policy::read(&whole.to_string()).unwrap()
}

pub fn validator(case: &Case, algorithms: &'static Algorithms) -> Validator {
    Validator {
        algorithms,
        policy: policy(case),
        limits: LIMITS,
    }
}

pub fn material(case: &Case, algorithms: &Algorithms) -> Material {
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &LIMITS).unwrap();
    }
    for object in case.certificates.iter().chain(&case.crls).chain(&case.ocsp) {
        material.add(object, &LIMITS).unwrap();
    }
    for (id, octets) in &case.signature_policies {
        material.signature_policies.push(SignaturePolicyDocument {
            id: id.as_deref().map(|id| Oid::parse(id).unwrap()),
            octets: octets.clone().into(),
        });
    }
    for (anchor, end) in &case.sunsets {
        let end = UnixTime::from_seconds(*end);
        material.sunsets.push((sha256_hex(anchor), end));
    }
    if let Some(xml) = &case.trust_list {
        let pin = ListSigner {
            anchors: material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: at(case),
        };
        let built = TrustSnapshot::build(xml, &pin, algorithms, ListLimits::STANDARD);
        material.trust = built.ok().map(Arc::new);
    }
    if !case.trusted_lists.is_empty() {
        let assembly = EtsiAssembly {
            previous: None,
            lists: case.trusted_lists.iter().cloned().map(Into::into).collect(),
            signers: case.list_signers.iter().cloned().map(Into::into).collect(),
            taken_at: at(case),
            refuses_outdated: false,
        };
        let lists = EtsiSnapshot::assemble(assembly, algorithms, &ListLimits::STANDARD);
        material.trust_lists(Arc::new(lists.unwrap()));
    }
    material
}

pub fn evidence(case: &Case, algorithms: &Algorithms) -> Result<Evidence, Error> {
    evidence_with(case, material(case, algorithms))
}

pub fn evidence_with(case: &Case, material: Material) -> Result<Evidence, Error> {
    let evidence = Evidence::parse(&case.signature, &LIMITS)?;
    let evidence = evidence.with_material(material);
    Ok(match &case.content {
        Some(content) => evidence.with_content(content.clone()),
        None => evidence,
    })
}

pub fn at(case: &Case) -> UnixTime {
    UnixTime::from_seconds(case.at)
}
