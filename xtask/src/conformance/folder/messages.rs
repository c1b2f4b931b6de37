//! CMS messages of many makers.

use anyhow::Result;

use super::super::case::{Case, Content, Expected, Message, Object, Task};
use super::super::table::Row;
use super::{Folder, instant};

/// `openssl-cms`.
pub fn openssl(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "form",
        "detached",
        "trust",
        "expected",
        "feature",
        "time",
        "split",
        "openssl30",
        "openssl35",
        "verify_args",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let expected = match row.get("expected") {
            "valid" => Expected::Valid,
            "invalid" | "invalid (must fail cleanly)" => Expected::Invalid,
            "parse-only" => Expected::Parses,
            _ => return folder.unknown(row, "expected"),
        };
        let path = row.get("path");
        let task = match row.get("kind") {
            "cms-signed" => Task::Message(Box::new(Message {
                content: detached(folder, row),
                anchors: vec![folder.source(row.get("trust"))],
                at: time_or_now(row)?,
                ..folder.message(path)
            })),
            "pkcs7" => Task::Parse(Object::Message, folder.source(path)),
            _ => return folder.unknown(row, "kind"),
        };
        Ok(folder.case(&row.id, task, expected))
    };
    rows.iter().map(case).collect()
}

/// `rfc4134`.
pub fn rfc4134(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "detached",
        "feature",
        "split",
        "bc_oracle",
        "openssl30",
        "openssl35",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let expected = match row.get("expected") {
            "certs-only" => Expected::NoSigners,
            "parse-only, not SignedData" => Expected::NotSignedData,
            text if text.starts_with("cms-intact") => Expected::Intact,
            _ => return folder.unknown(row, "expected"),
        };
        let message = Message {
            content: detached(folder, row),
            material: folder.sources(
                [
                    "AliceDSSSignByCarlNoInherit.cer",
                    "AliceRSASignByCarl.cer",
                    "DianeDSSSignByCarlInherit.cer",
                    "DianeRSASignByCarl.cer",
                ]
                .into_iter(),
            ),
            // A key without parameters has those of the key above it.
            anchors: match row
                .get("expected")
                .contains("inherited DSA parameters of CarlDSS")
            {
                true => vec![folder.source("CarlDSSSelf.cer")],
                false => Vec::new(),
            },
            ..folder.message(row.get("path"))
        };
        match row.get("kind") {
            "cms" => Ok(folder.case(&row.id, Task::Message(Box::new(message)), expected)),
            _ => folder.unknown(row, "kind"),
        }
    };
    rows.iter().map(case).collect()
}

/// `gost-cms`.
pub fn gost(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "issuer",
        "feature",
        "not_before",
        "not_after",
        "time",
        "split",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let path = row.get("path");
        let (task, expected) = match (row.get("kind"), row.get("expected")) {
            ("x509", "cert-signature valid") => {
                let issuer = folder.source(row.get("issuer"));
                let task = Task::SignedBy(Object::Certificate, folder.source(path), issuer);
                (task, Expected::Valid)
            }
            // The content of the detached requests is not in the folder when the row says so.
            ("cms-signed", text) if text.starts_with("intact") => {
                let message = folder.message(path);
                (Task::Message(Box::new(message)), Expected::Intact)
            }
            ("x509", _) => return folder.unknown(row, "expected"),
            _ => return folder.unknown(row, "kind"),
        };
        Ok(folder.case(&row.id, task, expected))
    };
    rows.iter().map(case).collect()
}

/// `cms-misc`.
pub fn misc(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "detached",
        "feature",
        "split",
        "bc_oracle",
        "openssl35",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let path = row.get("path");
        let source = folder.source(path);
        let message = || {
            let content = detached(folder, row);
            Task::Message(Box::new(Message {
                content,
                ..folder.message(path)
            }))
        };
        let (task, expected) = match (row.get("kind"), row.get("expected")) {
            ("cert", "parses") => (Task::Parse(Object::Certificate, source), Expected::Parses),
            ("crl", "parses") => (Task::Parse(Object::Crl, source), Expected::Parses),
            ("cms-degenerate", "parses, no signers") => (message(), Expected::NoSigners),
            ("cms-other", "parses (not SignedData)") => (message(), Expected::NotSignedData),
            ("cms-signed", "intact") => (message(), Expected::Intact),
            ("cms-signed", text) if text.starts_with("invalid") => (message(), Expected::Broken),
            ("cms-signed", "detached content not in corpus") => {
                (message(), Expected::Because("SIGNED_DATA_NOT_FOUND"))
            }
            ("cms-signed", text) if text.starts_with("see oracles: ") => (
                Task::Survive(Some(Object::Message), source),
                Expected::Survives,
            ),
            ("der-other" | "ocsp-req-or-bad", "parse attempt: no crash") => {
                (Task::Survive(None, source), Expected::Survives)
            }
            ("ocsp-resp", "parses") => (Task::Parse(Object::Ocsp, source), Expected::Parses),
            ("tst", "intact") => (message(), Expected::Intact),
            ("content", "(content file)") => return Ok(folder.later(row, "content of another row")),
            _ => return folder.unknown(row, "expected"),
        };
        Ok(folder.case(&row.id, task, expected))
    };
    rows.iter().map(case).collect()
}

/// The content named in column `detached`.
pub fn detached(folder: &Folder<'_>, row: &Row) -> Content {
    match row.get("detached") {
        "" => Content::Inside,
        path => Content::Octets(folder.source(path)),
    }
}

fn time_or_now(row: &Row) -> Result<sig_core::UnixTime> {
    match row.get("time") {
        "" => Ok(super::NOW),
        text => instant(text),
    }
}
