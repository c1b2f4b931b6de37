//! `pades-cms` and `asics-tst`: signatures and tokens cut out of documents and containers.

use anyhow::{Context, Result};

use super::super::case::{Case, Content, Expected, Message, Task};
use super::super::table::Row;
use super::Folder;

const DIGESTS: &[(&str, &str)] = &[
    ("sha1", "1.3.14.3.2.26"),
    ("sha256", "2.16.840.1.101.3.4.2.1"),
    ("sha384", "2.16.840.1.101.3.4.2.2"),
    ("sha512", "2.16.840.1.101.3.4.2.3"),
];

/// `pades-cms`: the content is given by its digests.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "detached",
        "sha1",
        "sha256",
        "sha384",
        "sha512",
        "covers",
        "feature",
        "time",
        "split",
        "bc_oracle",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let expected = match (row.get("kind"), row.get("expected")) {
            ("rfc3161-doc-timestamp", "intact") => Expected::Intact,
            ("cms-detached", "intact" | "intact (raw attribute order)") => Expected::Intact,
            ("cms-detached", text) if text.starts_with("BROKEN: ") => Expected::Broken,
            ("cms-detached" | "rfc3161-doc-timestamp", _) => {
                return folder.unknown(row, "expected");
            }
            _ => return folder.unknown(row, "kind"),
        };
        let digests = DIGESTS.iter().map(|(column, oid)| {
            let value = hex::decode(row.get(column)).context("a digest in hexadecimal digits")?;
            Ok(((*oid).to_owned(), value))
        });
        let content = match super::messages::detached(folder, row) {
            Content::Inside => Content::Digests(digests.collect::<Result<_>>()?),
            octets => octets,
        };
        let message = Message {
            content,
            ..folder.message(row.get("path"))
        };
        Ok(folder.case(&row.id, Task::Message(Box::new(message)), expected))
    };
    rows.iter().map(case).collect()
}

/// Containers that DigiDoc4j does not take although what they hold is right: the time-stamp is of an authority that
/// expired, and CAdES is not among its forms.
const INTACT_NOT_TAKEN: &[&str] = &[
    "digidoc4j/1xTST-text-data-file-expired-tst.asics",
    "digidoc4j/CAdES-baseline-lt.asics",
];

/// `asics-tst`.
pub fn asics(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "data",
        "container",
        "container_expected",
        "time",
        "feature",
        "split",
        "bc_oracle",
        "evidence",
    ])?;
    // A container of which the material is not sure is what its own row says of the token in it.
    let broken: Vec<&str> = rows
        .iter()
        .filter(|row| row.get("expected").starts_with("token-sig BAD"))
        .map(|row| row.get("container"))
        .collect();
    let case = |row: &Row| {
        let expected = match (row.get("kind"), row.get("expected")) {
            ("rfc3161-token", "token-sig ok, imprint match") => Expected::Intact,
            ("rfc3161-token", "token-sig ok, imprint MISMATCH") => {
                Expected::Because("HASH_FAILURE")
            }
            ("rfc3161-token", "token-sig ok, imprint ?") => {
                Expected::Because("SIGNED_DATA_NOT_FOUND")
            }
            ("rfc3161-token", text) if text.starts_with("token-sig BAD") => Expected::Broken,
            ("asic-s container", text) => {
                let expected = match text {
                    _ if INTACT_NOT_TAKEN.contains(&row.get("path")) => Expected::IntactNotValid,
                    "valid?" if broken.contains(&row.get("path")) => Expected::Broken,
                    "valid" | "valid?" => Expected::Intact,
                    "invalid" => Expected::Broken,
                    _ => return folder.unknown(row, "expected"),
                };
                let task = Task::Container(folder.source(row.get("path")));
                return Ok(folder.case(&row.id, task, expected));
            }
            ("cades-detached", "token-sig ok") => Expected::Intact,
            ("cades-detached", "token-sig BAD") => Expected::Broken,
            ("cades-detached" | "rfc3161-token", _) => return folder.unknown(row, "expected"),
            _ => return folder.unknown(row, "kind"),
        };
        let message = Message {
            content: match row.get("data") {
                "" => Content::Inside,
                path => Content::Octets(folder.source(path)),
            },
            ..folder.message(row.get("path"))
        };
        Ok(folder.case(&row.id, Task::Message(Box::new(message)), expected))
    };
    rows.iter().map(case).collect()
}
