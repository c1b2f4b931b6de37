//! What each sub-indication becomes at each level (EN 319 102-1 §5.3, §5.5, §5.6): the same signature as CAdES-B-B, with
//! a time-stamp, with validation data, with an archive time-stamp, for each algorithm. The table is walked in full.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod table;

use std::collections::BTreeSet;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::SubIndication;
use sig_core::report::{Judged, Report};
use sig_core::x509::certificate::sha256_hex;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use table::{Content, LEVELS, PLAIN, ROWS, Row};
use testdata::{Form, Pki, Timestamp, Variant};
use toml::{Table, Value};

const PKIS: [&str; 4] = ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"];
/// The time of the check, where a row has none of its own.
const AT: &str = "2026-11-21T12:00:00Z";
const DOCUMENT: &str = "Содержание документа\nвторая строка\n";
/// Rows of etsi-ades that end every digest but those of the second root on 2025-06-01.
const ENDED: &str = include_str!("../../../testdata/policies/digests-ended.toml");

fn time(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

/// etsi-ades with the changes of a row.
fn policy(row: &Row) -> Policy {
    let mut whole: Table = Policy::builtin("etsi-ades")
        .unwrap()
        .text()
        .parse()
        .unwrap();
    let changes: Table = match row.policy {
        table::Rules::AsBuilt => Table::new(),
        table::Rules::DigestsEnded => ENDED.parse().unwrap(),
        table::Rules::StampRequired => "time_stamp = \"required\"".parse().unwrap(),
    };
    let rows = |table: &Table| {
        let rows = table.get("strength").and_then(Value::as_array);
        rows.cloned().unwrap_or_default()
    };
    let changed = rows(&changes);
    let about = |row: &Value| ["digest", "key", "bits"].map(|key| row.get(key).cloned());
    let mut kept = rows(&whole);
    kept.retain(|row| changed.iter().all(|it| about(it) != about(row)));
    kept.extend(changed);
    whole.extend(changes);
    whole.insert("strength".to_owned(), Value::Array(kept));
    Policy::read(&whole.to_string()).unwrap()
}

/// The declaration of the signature at a level: each has what those before it have.
fn declaration(row: &Row, level: usize) -> Variant {
    let list = |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
        format!("[{}]", ids.join(", "))
    };
    let mut text = row.variant.to_owned();
    let stamped = |at| {
        format!(
            "{{ authority = \"{}\", gen_time = \"{at}\" }}",
            row.authority
        )
    };
    if level >= 1
        && let Some(at) = row.stamped
    {
        text += &format!("\ntime_stamp = {}", stamped(at));
    }
    if level >= 2 {
        text += &format!("\ncrls = {}\nocsp = {}", list(row.crls), list(row.ocsp));
    }
    if level >= 3 {
        text += &format!("\narchive = [{}]", stamped(row.archived));
    }
    toml::from_str(&text).unwrap()
}

fn material(pki: &Pki, row: &Row) -> Material {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for id in row.anchors {
        let anchor = pki.certificate(id).unwrap();
        material.add_anchors(&anchor.der, &limits).unwrap();
    }
    for id in row.given {
        material.add(pki.crl(id).unwrap(), &limits).unwrap();
    }
    for id in row.given_ocsp {
        material.add(pki.ocsp(id).unwrap(), &limits).unwrap();
    }
    if let Some(end) = row.sunset {
        let anchor = sha256_hex(&pki.certificate("root").unwrap().der);
        material.sunsets.push((anchor, time(end)));
    }
    material
}

fn judge(pki: &Pki, row: &Row, level: usize) -> Report {
    let form = match row.content {
        Content::Inside => Form::Attached,
        Content::Missing => Form::Detached,
    };
    let token = pki.token(row.signer).unwrap();
    let signing_time = Timestamp(time(row.signed).seconds());
    let variant = declaration(row, level);
    let file = token.sign(DOCUMENT.as_bytes(), form, signing_time, &variant);
    let limits = Limits::STANDARD;
    let evidence = Evidence::parse(&file.unwrap(), &limits).unwrap();
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: policy(row),
        limits,
    };
    let evidence = evidence.with_material(material(pki, row));
    validator.validate(evidence, time(AT)).unwrap()
}

/// The sub-indication, or the indication without one, and the level of the signature.
fn outcome(report: &Report) -> (&'static str, &'static str) {
    let Judged::Signatures {
        conclusion,
        signatures,
        ..
    } = &report.judged
    else {
        unreachable!("a signature was judged")
    };
    let name = match conclusion.sub_indication {
        Some(sub) => sub.name(),
        None => conclusion.indication.name(),
    };
    let level = signatures.first().map_or("", |it| it.level.name());
    (name, level)
}

#[test]
fn every_cell_comes_out_as_stated_for_every_algorithm() {
    let mut wrong = Vec::new();
    for row in ROWS {
        for name in PKIS {
            let pki = testdata::pki::named(name).unwrap();
            let reports: Vec<Report> = (0..LEVELS.len()).map(|at| judge(pki, row, at)).collect();
            let found: Vec<&str> = reports.iter().map(|report| outcome(report).0).collect();
            if found != row.expected {
                wrong.push(format!("{} {name}: {found:?}", row.what));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The columns are what they are called.
#[test]
fn what_passes_is_of_the_level_of_its_column() {
    for name in PKIS {
        let pki = testdata::pki::named(name).unwrap();
        for (at, level) in LEVELS.iter().enumerate() {
            let found = outcome(&judge(pki, &PLAIN, at));
            assert_eq!(found, ("TOTAL_PASSED", *level), "{name}");
        }
    }
}

/// No row of the table is left out, and each sub-indication stands at the level at which it can first arise.
#[test]
fn every_sub_indication_has_its_row() {
    let rows = ROWS.iter().flat_map(|row| row.expected);
    let reached: BTreeSet<&str> = rows.copied().collect();
    let missing = SubIndication::ALL
        .iter()
        .filter(|sub| !reached.contains(sub.name()));
    let missing: Vec<&str> = missing.map(|sub| sub.name()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let names: BTreeSet<&str> = ROWS.iter().map(|row| row.what).collect();
    assert_eq!(names.len(), ROWS.len());
}

/// What is proven bad stays so whatever is added, and what passed does not fail by more evidence.
#[test]
fn levels_mend_what_is_not_provable_and_nothing_else() {
    let failed = |name: &str| {
        let sub = SubIndication::ALL.iter().find(|sub| sub.name() == name);
        let indication = sub.map(|sub| sub.indication());
        indication == Some(sig_core::finding::Indication::TotalFailed)
    };
    for row in ROWS {
        for pair in row.expected.windows(2) {
            if failed(pair[0]) {
                assert_eq!(pair[0], pair[1], "{}", row.what);
            }
            if pair[0] == "TOTAL_PASSED" && !row.is_against_itself {
                assert_eq!(pair[1], "TOTAL_PASSED", "{}", row.what);
            }
        }
    }
}
