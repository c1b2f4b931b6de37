//! `boringssl-pki`: chains, CRLs, OCSP responses, signatures and parsing.

use anyhow::{Context, Result};

use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::path::inputs::{AnchorRule, AnchorValidity, PolicySet};

use super::super::case::{Case, Expected, Object, Path, Revocation, SignedOctets, Task};
use super::super::table::Row;
use super::{Folder, instant};

/// The cases of the folder.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "issuer",
        "target",
        "time",
        "settings",
        "expected",
        "feature",
        "scope",
        "split",
        "openssl30",
        "openssl35",
        "note",
        "evidence",
    ])?;
    let case = |row: &Row| match row.get("kind") {
        "ocsp-response" => ocsp(folder, row),
        "crl-check" => crl(folder, row),
        "signature-verify" => signature(folder, row),
        "parse:certificate" if is_part(row.get("case")) => {
            Ok(folder.later(row, "parts of certificates"))
        }
        "parse:certificate" => {
            let expected = match row.get("expected") {
                "parse-ok" => Expected::Parses,
                "parse-fails" => Expected::ParseFails,
                "see source" => return Ok(folder.later(row, "the row states no verdict")),
                _ => return folder.unknown(row, "expected"),
            };
            let task = Task::Parse(Object::Certificate, folder.source(row.get("path")));
            Ok(folder.case(&row.id, task, expected))
        }
        kind if kind.starts_with("parse:") => Ok(folder.later(row, "parts of certificates")),
        "x509-chain" => chain(folder, row),
        _ => folder.unknown(row, "kind"),
    };
    rows.iter().map(case).collect()
}

/// Cases about the outer structure alone.
fn is_part(case: &str) -> bool {
    const OUTER: &[&str] = &["cert_skeleton", "signature_algorithm_null"];
    OUTER.contains(&case) || case.starts_with("crldp_")
}

fn crl(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let crl = folder.source(row.get("path"));
    let expected = match row.get("expected") {
        "GOOD" => Expected::Good,
        "REVOKED" => Expected::Revoked,
        "UNKNOWN" | "UNKNOWN (parse must fail)" => Expected::Unknown,
        _ => return folder.unknown(row, "expected"),
    };
    // The issuers are a chain: the last one is trusted.
    let mut material = folder.sources(row.list("issuer"));
    let anchor = material.pop().context("an issuer")?;
    material.push(crl);
    let task = Task::Status(Box::new(Path {
        material,
        anchors: vec![anchor],
        at: instant(row.get("time"))?,
        revocation: Revocation::Required,
        // The age limit of one week that the rows state.
        max_revocation_age_days: Some(7),
        ..folder.path(folder.source(row.get("target")))
    }));
    Ok(folder.case(&row.id, task, expected))
}

/// The responder's own revocation is not asked there.
fn ocsp(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let expected = match row.get("expected").split_once(" / ") {
        Some(("GOOD", "PROVIDED")) => Expected::Good,
        Some(("REVOKED", "PROVIDED")) => Expected::Revoked,
        Some(("UNKNOWN", _)) => Expected::Unknown,
        _ => return folder.unknown(row, "expected"),
    };
    if row.get("settings") != "max age one week" {
        return folder.unknown(row, "settings");
    }
    let task = Task::Status(Box::new(Path {
        material: vec![folder.source(row.get("path"))],
        anchors: vec![folder.source(row.get("issuer"))],
        at: instant(row.get("time"))?,
        revocation: Revocation::WhenPresent,
        max_revocation_age_days: Some(7),
        ..folder.path(folder.source(row.get("target")))
    }));
    Ok(folder.case(&row.id, task, expected))
}

fn signature(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let path = row.get("path");
    let (base, _) = path.rsplit_once('/').context("a path with a folder")?;
    let part = |name: &str| folder.source(&format!("{base}/{name}.der"));
    let expected = verdict(folder, row)?;
    let task = Task::SignedData(Box::new(SignedOctets {
        key: part("public_key"),
        algorithm: part("algorithm"),
        data: part("data"),
        signature: part("signature"),
    }));
    Ok(folder.case(&row.id, task, expected))
}

fn chain(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    if row.get("scope") == "eku-policy-specific" {
        return Ok(folder.later(row, "key purposes"));
    }
    let settings: Vec<(&str, &str)> = row
        .get("settings")
        .split(';')
        .filter_map(|setting| setting.trim().split_once('='))
        .collect();
    let mut certificates = folder.pem(row.get("path"))?;
    let last = certificates
        .last()
        .context("a chain without certificates")?
        .clone();
    let target = certificates.remove(0);
    let is_alone = certificates.is_empty();
    let mut path = Path {
        anchors: vec![last],
        at: instant(row.get("time"))?,
        ..folder.path(target)
    };
    certificates.pop();
    path.material = certificates;
    path.inputs.key_purpose = Some(oids::SERVER_AUTH);
    path.inputs.anchor = AnchorRule::NameAndKey;
    for (name, value) in settings {
        match (name, value) {
            ("last_cert_trust", "TRUSTED_ANCHOR" | "TRUSTED_ANCHOR_OR_LEAF") => {}
            ("last_cert_trust", "DISTRUSTED") => path.anchors.clear(),
            // Trusted for itself alone: no anchor for what lies below.
            ("last_cert_trust", "TRUSTED_LEAF") if is_alone => {}
            ("last_cert_trust", "TRUSTED_LEAF") => path.anchors.clear(),
            ("last_cert_trust", "TRUSTED_ANCHOR_WITH_EXPIRATION") => {
                path.inputs.anchor_validity = AnchorValidity::Checked;
            }
            ("last_cert_trust", "TRUSTED_ANCHOR_WITH_CONSTRAINTS") => {
                path.inputs.anchor = AnchorRule::AllConstraints;
            }
            ("last_cert_trust", _) => {
                return Ok(folder.later(row, "settings of a browser's trust store"));
            }
            ("key_purpose", "SERVER_AUTH") => {}
            ("user_constrained", policies) => {
                let policies = policies
                    .split(", ")
                    .map(|text| Oid::parse(text).with_context(|| format!("`{text}` is no policy")));
                let policies = PolicySet::of(policies.collect::<Result<Vec<_>>>()?);
                path.policies = Some(policies);
            }
            ("digest_policy", "STRONG") => path.allow_weak = false,
            _ => return folder.unknown(row, "settings"),
        }
    }
    let task = Task::Path(Box::new(path));
    Ok(folder.case(&row.id, task, verdict(folder, row)?))
}

fn verdict(folder: &Folder<'_>, row: &Row) -> Result<Expected> {
    match row.get("expected") {
        "valid" => Ok(Expected::Valid),
        "invalid" => Ok(Expected::Invalid),
        _ => folder.unknown(row, "expected"),
    }
}
