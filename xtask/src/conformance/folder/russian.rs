//! `russian-ca` and `russian-samples`: certificates of accredited authorities and real signatures.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;

use super::super::case::{
    Case, Content, Expected, Message, Object, Path, Revocation, Source, Task,
};
use super::super::table::Row;
use super::Folder;

/// `russian-ca`: every certificate parses, and every signature whose issuer is in the set verifies.
pub fn authorities(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.table(
        "accredited-cas.tsv",
        &[
            "sha1",
            "subject_CN",
            "issuer_CN",
            "notBefore",
            "notAfter",
            "sigAlg",
            "keyAlg",
            "paramSet",
            "serial",
            "issuer_sha1_verified",
        ],
    )?;
    let sha1 = RUSTCRYPTO
        .digest(DigestId::Sha1)
        .context("SHA-1 is needed")?;
    let mut by_sha1 = BTreeMap::new();
    for source in folder.pem("accredited-cas.pem")? {
        if let Source::Octets(octets) = &source {
            let digest = sha1.digest(octets).map_err(sig_core::Error::from)?;
            by_sha1.insert(digest.hex(), source);
        }
    }
    if by_sha1.len() != rows.len() {
        bail!("{} certificates, {} rows", by_sha1.len(), rows.len());
    }
    let find = |row: &Row, column: &str| -> Result<Source> {
        let found = by_sha1.get(row.get(column)).cloned();
        found.with_context(|| format!("line {}: {column} is not in the set", row.line))
    };
    let certificate = |row: &Row| {
        let certificate = find(row, "sha1")?;
        let issuer = find(row, "issuer_sha1_verified");
        Ok(match issuer {
            Ok(issuer) => {
                let task = Task::SignedBy(Object::Certificate, certificate, issuer);
                folder.case(&row.id, task, Expected::Valid)
            }
            Err(_) => {
                let task = Task::Parse(Object::Certificate, certificate);
                folder.case(&row.id, task, Expected::Parses)
            }
        })
    };
    let mut cases = rows.iter().map(certificate).collect::<Result<Vec<_>>>()?;
    for path in folder.corpus.files_under(folder.name)? {
        if path.ends_with(".der") {
            let id = path.trim_start_matches("russian-ca/").to_owned();
            let task = Task::Parse(Object::Certificate, Source::Path(path));
            cases.push(folder.case(id, task, Expected::Parses));
        }
    }
    Ok(cases)
}

/// `russian-samples`: the last column is prose, so each message is named here.
pub fn samples(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "file",
        "kind",
        "algorithm",
        "bytes",
        "source",
        "licence",
        "expected result and why",
    ])?;
    rows.iter().map(|row| sample(folder, row)).collect()
}

fn sample(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let file = row.get("file");
    let source = match file.strip_prefix("ru-ca/") {
        Some(name) => Source::in_folder("russian-ca", name),
        None => folder.source(file),
    };
    let signed_by = |issuer: &str| {
        let task = Task::SignedBy(Object::Crl, source.clone(), folder.source(issuer));
        Ok(folder.case(&row.id, task, Expected::Valid))
    };
    match (row.get("kind"), file) {
        ("certificate", _) => {
            let task = Task::Parse(Object::Certificate, source);
            Ok(folder.case(&row.id, task, Expected::Parses))
        }
        ("CRL", "crl/pycades-root.crl") => signed_by("certs/pycades-root.der"),
        ("CRL", "crl/phpcades-root.crl") => signed_by("certs/phpcades-root.der"),
        ("CRL", "synthetic/ca.crl") => signed_by("synthetic/ca.pem"),
        ("CRL", "synthetic/root.crl") => signed_by("synthetic/root.pem"),
        ("content", _) => Ok(folder.later(row, "content of another row")),
        ("OCSP response", "synthetic/ee.ocsp.resp") => {
            Ok(status(folder, row, "ee", Expected::Good))
        }
        ("OCSP response", "synthetic/ee2.ocsp.resp") => {
            Ok(status(folder, row, "ee2", Expected::Revoked))
        }
        // What was stamped is inside another file: the token's own signature comes first.
        ("RFC 3161 response", _) => {
            let own = ["synthetic/tsa.pem", "synthetic/ca.pem"];
            let message = Message {
                anchors: vec![folder.source("synthetic/root.pem")],
                material: folder.sources(own.into_iter()),
                ..folder.message(file)
            };
            let expected = Expected::Because("SIGNED_DATA_NOT_FOUND");
            Ok(folder.case(&row.id, Task::Message(Box::new(message)), expected))
        }
        ("RFC 3161 request", _) => Ok(folder.later(row, "requests for time-stamps")),
        ("SYNTHETIC list in the e-trust element schema with 7 real CA certificates", _) => {
            let task = Task::Parse(Object::TrustList, source);
            Ok(folder.case(&row.id, task, Expected::Parses))
        }
        (kind, _) if kind.starts_with("TSL XML") || kind.starts_with("EU trusted list") => {
            Ok(folder.later(row, "European and historic lists"))
        }
        (_, "cms/esia_fdoc.p7s") => {
            let content = Content::Octets(folder.source("cms/esia_fdoc.content"));
            let message = Message {
                content,
                ..folder.message(file)
            };
            Ok(folder.case(&row.id, Task::Message(Box::new(message)), Expected::Intact))
        }
        (_, "cms/diadoc_utd_bes_detached.p7s") => {
            let task = Task::Message(Box::new(folder.message(file)));
            Ok(folder.case(&row.id, task, Expected::Because("SIGNED_DATA_NOT_FOUND")))
        }
        _ => synthetic(folder, row),
    }
}

/// What an OCSP response says of a certificate, the responder's beside it.
fn status(folder: &Folder<'_>, row: &Row, target: &str, expected: Expected) -> Case {
    let response = row.get("file");
    let material = ["synthetic/ca.pem", "synthetic/ocsp.pem", response];
    let task = Task::Status(Box::new(Path {
        material: folder.sources(material.into_iter()),
        anchors: vec![folder.source("synthetic/root.pem")],
        revocation: Revocation::Required,
        ..folder.path(folder.source(&format!("synthetic/{target}.pem")))
    }));
    folder.case(&row.id, task, expected)
}

fn synthetic(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let file = row.get("file");
    let expected = match file {
        "synthetic/bes_detached.p7s"
        | "synthetic/bes_attached.p7s"
        | "synthetic/bes_attached_ber_indefinite.p7s"
        | "synthetic/noattr_nocerts_detached.p7s"
        | "synthetic/bes_detached_ski.p7s"
        | "synthetic/cades_t_detached.p7s"
        | "synthetic/cades_t_attached.p7s"
        | "synthetic/cades_xlt1_detached.p7s"
        | "synthetic/cades_xlt1_attached.p7s"
        // Both forms are signed in practice: both pass with a warning.
        | "synthetic/quirk_signedattrs_unsorted_signed_as_is.p7s"
        | "synthetic/quirk_signedattrs_unsorted_signed_over_der.p7s" => Expected::Valid,
        // The second signer's certificate is revoked, and no time-stamp proves an earlier time.
        "synthetic/bes_detached_two_signers.p7s" => Expected::Because("REVOKED_NO_POE"),
        "synthetic/bad_signed_over_A0_tag.p7s" => Expected::Because("SIG_CRYPTO_FAILURE"),
        _ => return folder.unknown(row, "file"),
    };
    let content = if file.contains("attached") && !file.contains("detached") {
        Content::Inside
    } else {
        Content::Octets(folder.source("synthetic/content.txt"))
    };
    let task = Task::Message(Box::new(Message {
        content,
        anchors: vec![folder.source("synthetic/root.pem")],
        material: folder.sources(
            [
                "synthetic/ca.pem",
                "synthetic/ee.pem",
                "synthetic/ee2.pem",
                "synthetic/ca.crl",
                "synthetic/root.crl",
            ]
            .into_iter(),
        ),
        ..folder.message(file)
    }));
    Ok(folder.case(&row.id, task, expected))
}
