//! `dss`: CAdES and its relatives with the verdicts of EU DSS.

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::super::case::{Case, Content, Expected, Message, Signatures, Source, Task};
use super::super::table::Row;
use super::Folder;

/// The cases of the folder. Only statements about the signatures themselves are judged: DSS ran
/// most of them without trust anchors.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "detached",
        "expected",
        "level",
        "indication",
        "subindication",
        "n_sig",
        "n_tst",
        "signing_cert_ref",
        "bc_oracle",
        "feature",
        "signing_time",
        "split",
        "evidence",
        "openssl35",
        "note",
    ])?;
    rows.iter().map(|row| case(folder, row)).collect()
}

fn case(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    match row.get("kind") {
        "cades" | "cms" => {}
        "evidence-record" if row.get("expected") == "see evidence" => {
            return Ok(folder.later(row, "the row states no verdict"));
        }
        "asic-cades" | "asic-evidence-record" | "asic-container" => return archive(folder, row),
        _ => return folder.unknown(row, "kind"),
    }
    let path = row.get("path");
    let expected = match (row.get("expected"), row.get("subindication")) {
        _ if !path.ends_with_known_form() => return archive(folder, row),
        (_, "SIGNED_DATA_NOT_FOUND") => Expected::Because("SIGNED_DATA_NOT_FOUND"),
        (_, NO_SIGNER) if is_about_stamp(row) => Expected::Intact,
        (_, NO_SIGNER) => Expected::Because(NO_SIGNER),
        ("intact" | "intact (BC oracle)", _) => Expected::Intact,
        ("INVALID", _) => Expected::Broken,
        // DSS states no verdict there, and two others state the same one.
        ("not-checked" | "see bc_oracle", _) => {
            match (row.get("bc_oracle"), row.get("openssl35")) {
                ("ok", "ok") => Expected::Intact,
                (_, "no content") => Expected::Because("SIGNED_DATA_NOT_FOUND"),
                _ => return folder.unknown(row, "bc_oracle"),
            }
        }
        _ => return folder.unknown(row, "expected"),
    };
    let message = Message {
        content: content(folder, row)?,
        signatures: signatures(folder, row)?,
        ..folder.message(path)
    };
    Ok(folder.case(&row.id, Task::Message(Box::new(message)), expected))
}

/// The certificate of the authority of this time-stamp stands nowhere in the material.
const WITHOUT_AUTHORITY: &str = "certificate must be supplied";

/// What an archive holds, each by itself: the archive and its manifests are not judged.
fn archive(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let file = folder.source(row.get("path"));
    let (task, expected) = match (row.get("expected"), row.get("subindication")) {
        _ if row.get("note") == WITHOUT_AUTHORITY => {
            return Ok(folder.later(row, "no certificate of the authority"));
        }
        ("see evidence", _) => return Ok(folder.later(row, "the row states no verdict")),
        ("no-CMS-signature", "") => (Task::Record(file), Expected::Intact),
        ("no-CMS-signature", "SIGNED_DATA_NOT_FOUND") => (Task::Record(file), Expected::Broken),
        ("no-CMS-signature", "HASH_FAILURE") => {
            return Ok(folder.later(row, "what fails is the manifest, which is ASiC-E"));
        }
        ("intact" | "intact (BC oracle)", _) => (archived(file, row)?, Expected::Intact),
        ("INVALID", _) => (archived(file, row)?, Expected::Broken),
        _ => return folder.unknown(row, "expected"),
    };
    Ok(folder.case(&row.id, task, expected))
}

fn archived(file: Source, row: &Row) -> Result<Task> {
    // Who counted could not open that one.
    let was_counted = row.get("bc_oracle") != "parse-error";
    Ok(Task::Archive(file, count(row)?.filter(|_| was_counted)))
}

/// The number of signatures, when the row states it.
fn count(row: &Row) -> Result<Option<usize>> {
    match row.get("n_sig") {
        "" => Ok(None),
        count => Ok(Some(count.parse().context("a number of signatures")?)),
    }
}

trait KnownForm {
    fn ends_with_known_form(&self) -> bool;
}

impl KnownForm for str {
    /// Files that are one CMS message.
    fn ends_with_known_form(&self) -> bool {
        [".tst", ".p7m", ".p7s", ".pkcs7", ".cms", ".cades", ".csig"]
            .iter()
            .any(|ending| self.ends_with(ending))
    }
}

/// The number of signatures and their levels, where the row states them.
fn signatures(folder: &Folder<'_>, row: &Row) -> Result<Signatures> {
    let count = count(row)?;
    let mut levels = Vec::new();
    for level in row.list("level") {
        levels.push(match level {
            "CMS_NOT_ETSI" => "CMS",
            "CAdES_BES" => "BES",
            "CAdES_EPES" => "EPES",
            "CAdES_BASELINE_B" => "B-B",
            "CAdES_T" => "T",
            "CAdES_BASELINE_T" => "B-T",
            "CAdES_C" => "C",
            "CAdES_A" => "A",
            "CAdES_BASELINE_LT" => "B-LT",
            "CAdES_BASELINE_LTA" => "B-LTA",
            // Evidence records are no level of EN 319 122-1.
            "CAdES_ERS" => continue,
            _ => return folder.unknown(row, "level"),
        });
    }
    let stamp = is_about_stamp(row).then_some(NO_SIGNER);
    Ok(Signatures {
        count,
        levels,
        stamp,
    })
}

const NO_SIGNER: &str = "NO_SIGNING_CERTIFICATE_FOUND";

/// Whether the sub-indication is that of the time-stamp: another library verified the signature, and not the token.
fn is_about_stamp(row: &Row) -> bool {
    row.get("subindication") == NO_SIGNER && row.get("bc_oracle") == "ok+tst:BAD"
}

/// A file, `digest:OID:base64`, or nothing.
fn content(folder: &Folder<'_>, row: &Row) -> Result<Content> {
    let text = row.get("detached");
    let Some(digest) = text.strip_prefix("digest:") else {
        return Ok(super::messages::detached(folder, row));
    };
    let (oid, value) = digest.split_once(':').context("digest:OID:base64")?;
    let value = BASE64_STANDARD.decode(value).context("digest value")?;
    Ok(Content::Digests(vec![(oid.to_owned(), value)]))
}
