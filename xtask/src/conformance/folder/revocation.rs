//! CRLs beside their issuers, and what waits for OCSP and time-stamps.

use anyhow::Result;

use super::super::case::{Case, Expected, Object, Task};
use super::super::table::Row;
use super::Folder;

/// `dss-crl`: signature and issuer only; time plays no part.
pub fn dss_crl(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "issuer",
        "case",
        "expected",
        "crl_sign_ku",
        "unknown_critical",
        "openssl30",
        "present",
        "split",
        "evidence",
    ])?;
    let case = |row: &Row| {
        if row.get("present") != "yes" {
            return Ok(folder.later(row, "the file is not in the folder"));
        }
        let crl = folder.source(row.get("path"));
        let issuer = row.get("issuer");
        let signed = || Task::SignedBy(Object::Crl, crl.clone(), folder.source(issuer));
        let (task, expected) = match (row.get("kind"), row.get("expected")) {
            ("crl-or-cert", "valid=? sig=? issuer_match=?") => {
                (Task::Survive(Some(Object::Crl), crl), Expected::Survives)
            }
            // DSS asks here for fields of the list, not for a verdict: OpenSSL's own result stands.
            ("crl+issuer", "valid=? sig=? issuer_match=?") => match row.get("openssl30") {
                "sig-ok" => (signed(), Expected::Valid),
                "sig-bad" | "issuer-mismatch" => (signed(), Expected::Invalid),
                _ => (Task::Survive(Some(Object::Crl), crl), Expected::Survives),
            },
            ("crl+issuer", text) if text.starts_with("valid=yes") => (signed(), Expected::Valid),
            // The signature is right, the issuer may not sign lists.
            ("crl+issuer", "valid=no sig=yes issuer_match=?") => (signed(), Expected::Invalid),
            ("crl+issuer", text) if text.starts_with("valid=no") => (signed(), Expected::Invalid),
            _ => return folder.unknown(row, "expected"),
        };
        Ok(folder.case(&row.id, task, expected))
    };
    rows.iter().map(case).collect()
}

/// `ocsp-openssl`.
pub fn ocsp(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "trust",
        "other",
        "ocsps",
        "settings",
        "time",
        "expected",
        "feature",
        "split",
        "openssl30",
        "openssl35",
        "pyhanko",
        "evidence",
    ])?;
    let case = |row: &Row| match row.get("kind") {
        "ocsp-response-signature" | "x509-path+ocsp" => Ok(folder.later(row, "OCSP")),
        _ => folder.unknown(row, "kind"),
    };
    rows.iter().map(case).collect()
}

/// `openssl-tsa`.
pub fn time_stamps(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "trust",
        "other",
        "data",
        "time",
        "expected",
        "feature",
        "split",
        "openssl30",
        "openssl35",
        "bc_crypto",
        "evidence",
    ])?;
    let case = |row: &Row| match row.get("kind") {
        "rfc3161-response" => Ok(folder.later(row, "time-stamps")),
        _ => folder.unknown(row, "kind"),
    };
    rows.iter().map(case).collect()
}
