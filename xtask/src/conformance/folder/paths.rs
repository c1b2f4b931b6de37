//! Certification paths given as files: `openssl-verify`, `gnutls-chains`, `pyhanko-ades`.

use anyhow::{Context, Result};

use super::super::case::{Case, Expected, Path, Revocation, Task};
use super::super::table::Row;
use super::{Folder, instant};

/// When `gnutls-chains` is judged by default, as its README says.
const GNUTLS_TIME: &str = "1256803113";
/// When `openssl-verify` is judged.
const OPENSSL_TIME: &str = "2026-01-01T00:00:00Z";

/// `openssl-verify`.
pub fn openssl(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "trusted",
        "untrusted",
        "purpose",
        "options",
        "time",
        "expected",
        "feature",
        "scope",
        "split",
        "reason",
        "openssl30",
        "openssl35",
        "evidence",
    ])?;
    let case = |row: &Row| {
        if row.get("kind") != "x509-path" {
            return folder.unknown(row, "kind");
        }
        if row.get("scope") == "openssl-trust-semantics" {
            return Ok(folder.later(row, "trust semantics of OpenSSL"));
        }
        if !row.get("purpose").is_empty() {
            return Ok(folder.later(row, "key purposes"));
        }
        for file in row.list("trusted") {
            let text = folder
                .corpus
                .read_text(&format!("{}/{file}", folder.name))?;
            if text.contains("BEGIN TRUSTED CERTIFICATE") {
                return Ok(folder.later(row, "trust semantics of OpenSSL"));
            }
        }
        let mut path = Path {
            material: folder.sources(row.list("untrusted")),
            anchors: folder.sources(row.list("trusted")),
            at: instant(OPENSSL_TIME)?,
            allow_weak: false,
            ..folder.path(folder.source(row.get("path")))
        };
        match row.get("options") {
            "" | "-partial_chain" | "-auth_level 1" => {}
            "-auth_level 0" => path.allow_weak = true,
            "-verify_depth 0" => path.max_depth = Some(0),
            "-auth_level 2" | "-auth_level 3" => {
                return Ok(folder.later(row, "security levels of OpenSSL"));
            }
            "-allow_proxy_certs" => return Ok(folder.later(row, "proxy certificates")),
            text if text.contains("distid") => return Ok(folder.later(row, "SM2")),
            text if text.starts_with("-policy_check") => {
                return Ok(folder.later(row, "certificate policies"));
            }
            _ => return folder.unknown(row, "options"),
        }
        Ok(folder.case(&row.id, Task::Path(Box::new(path)), verdict(folder, row)?))
    };
    rows.iter().map(case).collect()
}

/// `gnutls-chains`: the first certificate of a file is the target.
pub fn gnutls(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "trusted",
        "expected",
        "reason",
        "flags",
        "purpose",
        "time",
        "scope",
        "split",
        "openssl35",
        "evidence",
    ])?;
    let case = |row: &Row| {
        if row.get("kind") != "x509-chain" {
            return folder.unknown(row, "kind");
        }
        let flags = row.get("flags");
        let special = [
            ("GNUTLS_PROFILE", "security levels of GnuTLS"),
            ("DISABLE_TIME_CHECKS", "judging without a time"),
            ("IGNORE_UNKNOWN_CRIT", "ignoring critical extensions"),
            ("ALLOW_ANY_X509_V1_CA_CRT", "version 1 authorities"),
            ("DO_NOT_ALLOW_SAME", "options of GnuTLS"),
        ];
        let special = special.iter().find(|(flag, _)| flags.contains(flag));
        if let Some((_, why)) = special {
            return Ok(folder.later(row, why));
        }
        if !matches!(row.get("purpose"), "" | "0") {
            return Ok(folder.later(row, "key purposes"));
        }
        if row.get("case").starts_with("tls features") {
            return Ok(folder.later(row, "TLS features"));
        }
        if row.get("scope") != "generic" {
            return Ok(folder.later(row, "security levels of GnuTLS"));
        }
        let at = match row.get("time") {
            "test default (see README)" => GNUTLS_TIME,
            text => text,
        };
        let mut certificates = folder.pem(row.get("path"))?.into_iter();
        let target = certificates.next().context("an empty chain")?;
        let task = Task::Path(Box::new(Path {
            material: certificates.collect(),
            anchors: folder.pem(row.get("trusted"))?,
            at: instant(at)?,
            allow_weak: flags.contains("ALLOW_BROKEN"),
            ..folder.path(target)
        }));
        Ok(folder.case(&row.id, task, verdict(folder, row)?))
    };
    rows.iter().map(case).collect()
}

/// `pyhanko-ades`: plain paths now; the rest needs proofs of existence or OCSP.
pub fn pyhanko(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path", "kind", "case", "chain", "crls", "ocsps", "time", "settings", "expected",
        "feature", "split", "evidence",
    ])?;
    let case = |row: &Row| {
        match row.get("kind") {
            "time-slide" | "past-validation" | "freshness" => {
                return Ok(folder.later(row, "proofs of existence"));
            }
            "path+ocsp" => return Ok(folder.later(row, "OCSP")),
            "path" => {}
            _ => return folder.unknown(row, "kind"),
        }
        if row.get("settings") != "no revocation" {
            return folder.unknown(row, "settings");
        }
        let mut chain = folder.sources(row.list("chain")).into_iter();
        let anchor = chain.next().context("a chain without an anchor")?;
        let task = Task::Path(Box::new(Path {
            material: chain.collect(),
            anchors: vec![anchor],
            at: instant(row.get("time"))?,
            revocation: Revocation::Off,
            ..folder.path(folder.source(row.get("path")))
        }));
        Ok(folder.case(&row.id, task, verdict(folder, row)?))
    };
    rows.iter().map(case).collect()
}

fn verdict(folder: &Folder<'_>, row: &Row) -> Result<Expected> {
    match row.get("expected") {
        "valid" => Ok(Expected::Valid),
        "invalid" => Ok(Expected::Invalid),
        _ => folder.unknown(row, "expected"),
    }
}
