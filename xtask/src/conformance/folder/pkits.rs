//! `pkits`: the NIST path validation test suite.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use sig_core::der::oid::Oid;
use sig_core::path::inputs::{
    AnyPolicyRule, ExplicitPolicyRule, PathInputs, PolicyMappingRule, PolicySet,
};

use super::super::case::{Case, Expected, Message, Path, Revocation, Source, Task};
use super::super::table::Row;
use super::{Folder, instant, pkix_inputs};

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
    expected_user_constrained_policy_set: Vec<String>,
}

impl Test {
    fn inputs(&self) -> Result<PathInputs> {
        let (mut explicit_policy, mut policy_mapping, mut any_policy) = (
            ExplicitPolicyRule::WhenAsked,
            PolicyMappingRule::Allowed,
            AnyPolicyRule::Allowed,
        );
        if self.initial_explicit_policy {
            explicit_policy = ExplicitPolicyRule::Required;
        }
        if self.initial_policy_mapping_inhibit {
            policy_mapping = PolicyMappingRule::Inhibited;
        }
        if self.initial_inhibit_any_policy {
            any_policy = AnyPolicyRule::Inhibited;
        }
        Ok(PathInputs {
            policies: policies(&self.initial_policy_set)?,
            policy_mapping,
            explicit_policy,
            any_policy,
            ..pkix_inputs()
        })
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

fn policies(dotted: &[String]) -> Result<PolicySet> {
    let policies = dotted
        .iter()
        .map(|text| Oid::parse(text).with_context(|| format!("`{text}` is no policy")));
    Ok(PolicySet::of(policies.collect::<Result<Vec<_>>>()?))
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
    let inputs = test.inputs()?;
    let expected_policies = Some(policies(&test.expected_user_constrained_policy_set)?);
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
            inputs,
            policies: expected_policies,
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
                inputs,
                policies: expected_policies,
                ..folder.path(folder.source(&format!("certs_p256/{}", test.target)))
            }));
            return Ok(folder.case(id, task, expected));
        }
        "cms-signed+path" => Task::Message(Box::new(Message {
            anchors: vec![folder.source(ANCHOR)],
            at,
            revocation: Revocation::Required,
            inputs,
            ..folder.message(row.get("path"))
        })),
        _ => return folder.unknown(row, "kind"),
    };
    Ok(folder.case(id, task, expected))
}
