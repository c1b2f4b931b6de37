//! `cms-adversarial`: attacks on attributes, signer identification and encoding.

use anyhow::Result;

use super::super::case::{Case, Expected, Message, Task};
use super::super::table::Row;
use super::messages::detached;
use super::{Folder, instant};

/// The cases of the folder. Rows that ask for a documented decision are decided here, as the
/// documentation of `sig_core::cms` states them.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "case",
        "expected",
        "feature",
        "detached",
        "trust",
        "time",
        "split",
        "openssl30",
        "openssl35",
        "openssl35_path",
        "bc_oracle",
        "evidence",
    ])?;
    let case = |row: &Row| {
        if row.get("kind") != "cms-signed" {
            return folder.unknown(row, "kind");
        }
        let expected = match (row.get("path"), row.get("expected")) {
            (_, "valid" | "both valid") => Expected::Valid,
            (_, "invalid") => Expected::Invalid,
            (_, "indeterminate: SIGNED_DATA_NOT_FOUND") => {
                Expected::Because("SIGNED_DATA_NOT_FOUND")
            }
            (_, "indeterminate: NO_SIGNING_CERTIFICATE_FOUND") => {
                Expected::Because("NO_SIGNING_CERTIFICATE_FOUND")
            }
            ("signer-untrusted.der", _) => Expected::Because("NO_CERTIFICATE_CHAIN_FOUND"),
            // A reference that does not fit names another signer; its absence is no fault in CMS.
            ("ess-wrong-cert.der", _) => Expected::Because("NO_SIGNING_CERTIFICATE_FOUND"),
            ("ess-absent.der", _) => Expected::Valid,
            ("signer-is-ca.der", _) => Expected::IntactNotValid,
            // Real signers sign the sorted and the sent form: both pass with a warning.
            ("ok-sent-unsorted-signed-der.der", _) => Expected::Valid,
            // The set is a hint: a warning, the signature stands.
            ("bad-digestalgs-empty.der", _) => Expected::Valid,
            // Zero octets behind the message hide nothing: a warning.
            ("trailing-bytes.der", _) => Expected::Valid,
            // Signed attributes shown as content: never valid.
            ("eufcma-attrs-as-content.der", _) => Expected::Invalid,
            _ => return folder.unknown(row, "expected"),
        };
        let message = Message {
            content: detached(folder, row),
            anchors: vec![folder.source(row.get("trust"))],
            material: Vec::new(),
            at: instant(row.get("time"))?,
            ..folder.message(row.get("path"))
        };
        Ok(folder.case(&row.id, Task::Message(Box::new(message)), expected))
    };
    rows.iter().map(case).collect()
}
