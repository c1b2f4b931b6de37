//! CRLs beside their issuers, OCSP responses and time-stamps.

use anyhow::{Context, Result};

use super::super::case::{
    Answer, Case, Content, Expected, Message, Object, Path, Revocation, Task,
};
use super::super::table::Row;
use super::{Folder, instant};

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
        "ocsp-response-signature" => response(folder, row),
        "x509-path+ocsp" => path(folder, row),
        _ => folder.unknown(row, "kind"),
    };
    rows.iter().map(case).collect()
}

/// OpenSSL asks whether the response is signed by whom its issuer authorised, and takes any time. The certificate
/// it is about stands beside it: `WRID_ND1.ors` is about `ND1_Cert_EE.pem`.
fn response(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let path = row.get("path");
    let stem = path.strip_suffix(".ors").context("a path with .ors")?;
    let (place, name) = stem.rsplit_once('/').context("a path with a folder")?;
    let about = name.rsplit('_').next().unwrap_or(name);
    let kind = if about.ends_with('2') { "ICA" } else { "EE" };
    if row.get("trust") != row.get("other") {
        return folder.unknown(row, "other");
    }
    let task = Task::Answer(Box::new(Answer {
        response: folder.source(path),
        target: folder.source(&format!("{place}/{about}_Cert_{kind}.pem")),
        issuer: folder.source(row.get("trust")),
        at: instant(row.get("time"))?,
    }));
    Ok(folder.case(&row.id, task, verdict(folder, row)?))
}

/// pyHanko asks for revocation where a certificate declares it. Where the row has fewer responses than certificates,
/// the one that declares none stands above: there the status of the end entity is what is stated.
fn path(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let between = row.list("other").count();
    let responses = row.list("ocsps").count();
    let verdict = verdict(folder, row)?;
    let path = Box::new(Path {
        material: folder.sources(row.list("other").chain(row.list("ocsps"))),
        anchors: folder.sources(row.list("trust")),
        at: instant(row.get("time"))?,
        revocation: Revocation::WhenPresent,
        ..folder.path(folder.source(row.get("path")))
    });
    if responses > between {
        let path = Box::new(Path {
            revocation: Revocation::Required,
            ..*path
        });
        return Ok(folder.case(&row.id, Task::Path(path), verdict));
    }
    let expected = match verdict {
        Expected::Valid => Expected::Good,
        _ => Expected::Unknown,
    };
    Ok(folder.case(&row.id, Task::Status(path), expected))
}

fn verdict(folder: &Folder<'_>, row: &Row) -> Result<Expected> {
    match row.get("expected") {
        "valid" => Ok(Expected::Valid),
        text if text == "invalid" || text.starts_with("invalid:") => Ok(Expected::Invalid),
        _ => folder.unknown(row, "expected"),
    }
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
        "rfc3161-response" => {
            // The queries were made of the same data.
            let data = match row.get("data") {
                path if path.ends_with(" (query)") => "data.bin",
                path => path,
            };
            let apart = (row.get("feature") == "no-cert").then_some("rsa.pem");
            let message = Message {
                content: Content::Octets(folder.source(data)),
                anchors: vec![folder.source(row.get("trust"))],
                material: folder.sources(row.list("other").chain(apart)),
                ..folder.message(row.get("path"))
            };
            let expected = verdict(folder, row)?;
            Ok(folder.case(&row.id, Task::Message(Box::new(message)), expected))
        }
        _ => folder.unknown(row, "kind"),
    };
    rows.iter().map(case).collect()
}
