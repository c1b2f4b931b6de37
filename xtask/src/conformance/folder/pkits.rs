//! `pkits`: the NIST path validation test suite.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::super::case::{Case, Expected, Message, Path, Revocation, Source, Task};
use super::super::table::Row;
use super::{Folder, instant};

const ANY_POLICY: &str = "2.5.29.32.0";
const ANCHOR: &str = "certs/TrustAnchorRootCertificate.crt";

#[derive(Deserialize)]
struct File {
    tests: Vec<Test>,
}

/// The inputs of one sub-test; its other members repeat the manifest.
#[derive(Deserialize)]
struct Test {
    id: String,
    target: String,
    trust_anchor: String,
    intermediates: Vec<String>,
    crl_issuer_certs: Vec<String>,
    crls: Vec<String>,
    initial_policy_set: Vec<String>,
    initial_explicit_policy: bool,
    initial_policy_mapping_inhibit: bool,
    initial_inhibit_any_policy: bool,
}

impl Test {
    fn asks_for_policies(&self) -> bool {
        self.initial_policy_set != [ANY_POLICY]
            || self.initial_explicit_policy
            || self.initial_policy_mapping_inhibit
            || self.initial_inhibit_any_policy
    }
}

/// The cases of the folder.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "test_id",
        "expected",
        "expected_no_revocation",
        "feature",
        "time",
        "split",
        "evidence",
        "note",
    ])?;
    let text = folder.corpus.read_text("pkits/pkits.json")?;
    let file: File = serde_json::from_str(&text).context("pkits.json")?;
    let tests: BTreeMap<&str, &Test> = file.tests.iter().map(|test| (&*test.id, test)).collect();
    rows.iter().map(|row| case(folder, row, &tests)).collect()
}

fn case(folder: &Folder<'_>, row: &Row, tests: &BTreeMap<&str, &Test>) -> Result<Case> {
    let test_id = row.get("test_id");
    let id = format!("{}@{test_id}", row.get("path"));
    let id = match row.get("kind") {
        "x509-path" => id,
        kind => format!("{id}:{kind}"),
    };
    let test = tests.get(test_id).copied();
    let test = test.with_context(|| format!("pkits.json has no test {test_id}"))?;
    if test.asks_for_policies() {
        return Ok(folder.case(
            id,
            Task::Later("certificate policies".to_owned()),
            Expected::Survives,
        ));
    }
    let expected = match row.get("expected") {
        "valid" | "cms-intact; path valid" => Expected::Valid,
        "invalid" | "cms-intact; path invalid" => Expected::Invalid,
        _ => return folder.unknown(row, "expected"),
    };
    let at = instant(row.get("time"))?;
    let from = |base: &str, names: &[String]| -> Vec<Source> {
        let names = names
            .iter()
            .map(|name| folder.source(&format!("{base}/{name}")));
        names.collect()
    };
    let target = folder.source(row.get("path"));
    let task = match row.get("kind") {
        "x509-path" => Task::Path(Box::new(Path {
            material: [
                from("certs", &test.intermediates),
                from("certs", &test.crl_issuer_certs),
                from("crls", &test.crls),
            ]
            .concat(),
            anchors: vec![folder.source(&format!("certs/{}", test.trust_anchor))],
            at,
            revocation: Revocation::Required,
            ..folder.path(target)
        })),
        "x509-path-p256-norev" => {
            let expected = match row.get("expected_no_revocation") {
                "valid" => Expected::Valid,
                "invalid" => Expected::Invalid,
                _ => return folder.unknown(row, "expected_no_revocation"),
            };
            let task = Task::Path(Box::new(Path {
                material: from("certs_p256", &test.intermediates),
                anchors: vec![folder.source(&format!("certs_p256/{}", test.trust_anchor))],
                at,
                ..folder.path(folder.source(&format!("certs_p256/{}", test.target)))
            }));
            return Ok(folder.case(id, task, expected));
        }
        "cms-signed+path" => Task::Message(Box::new(Message {
            anchors: vec![folder.source(ANCHOR)],
            at,
            revocation: Revocation::Required,
            ..folder.message(row.get("path"))
        })),
        _ => return folder.unknown(row, "kind"),
    };
    Ok(folder.case(id, task, expected))
}
