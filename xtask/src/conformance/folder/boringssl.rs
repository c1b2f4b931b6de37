//! `boringssl-pki`: chains, CRLs, signatures and parsing.

use anyhow::{Context, Result};

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
        "ocsp-response" => Ok(folder.later(row, "OCSP")),
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

/// Cases about the outer structure alone, or about extensions that are not read yet.
fn is_part(case: &str) -> bool {
    const OUTER: &[&str] = &["cert_skeleton", "signature_algorithm_null"];
    const EXTENSIONS: &[&str] = &[
        "bad_policy_qualifiers",
        "crldp_",
        "inhibit_any_policy",
        "policy_constraints_",
        "policy_qualifiers_",
        "subject_alt_name",
        "subjectaltname_",
    ];
    OUTER.contains(&case) || EXTENSIONS.iter().any(|name| case.starts_with(name))
}

fn crl(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let crl = folder.source(row.get("path"));
    // The policies state no age in days: a list is stale when its nextUpdate has passed.
    if row.get("case") == "bad_thisupdate_too_old" {
        return Ok(folder.later(row, "an age limit of revocation data"));
    }
    let expected = match row.get("expected") {
        "GOOD" => Expected::Good,
        "REVOKED" => Expected::Revoked,
        "UNKNOWN" | "UNKNOWN (parse must fail)" => Expected::Unknown,
        _ => return folder.unknown(row, "expected"),
    };
    let task = Task::Status(Box::new(Path {
        material: vec![crl],
        anchors: folder.sources(row.list("issuer")),
        at: instant(row.get("time"))?,
        revocation: Revocation::Required,
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
    let mut trusted = true;
    for (name, value) in settings {
        match (name, value) {
            ("last_cert_trust", "TRUSTED_ANCHOR") => {}
            ("last_cert_trust", "DISTRUSTED") => trusted = false,
            ("last_cert_trust", _) => return Ok(folder.later(row, "constraints of trust anchors")),
            ("key_purpose", _) => {}
            ("user_constrained", _) => {
                return Ok(folder.later(row, "certificate policies"));
            }
            ("digest_policy", "STRONG") => return Ok(folder.later(row, "digest policies")),
            _ => return folder.unknown(row, "settings"),
        }
    }
    let mut certificates = folder.pem(row.get("path"))?;
    let anchor = certificates.pop().context("a chain without certificates")?;
    if certificates.is_empty() {
        return Ok(folder.later(row, "a trust anchor judged by itself"));
    }
    let target = certificates.remove(0);
    let task = Task::Path(Box::new(Path {
        material: certificates,
        anchors: if trusted { vec![anchor] } else { Vec::new() },
        at: instant(row.get("time"))?,
        ..folder.path(target)
    }));
    Ok(folder.case(&row.id, task, verdict(folder, row)?))
}

fn verdict(folder: &Folder<'_>, row: &Row) -> Result<Expected> {
    match row.get("expected") {
        "valid" => Ok(Expected::Valid),
        "invalid" => Ok(Expected::Invalid),
        _ => folder.unknown(row, "expected"),
    }
}
