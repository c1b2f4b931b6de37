//! `inline`: objects cut out of the test sources of other projects.

use anyhow::Result;

use super::super::case::{Case, Expected, Object, Task};
use super::super::table::Row;
use super::Folder;

/// The cases of the folder.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "feature",
        "time",
        "split",
        "bc_oracle",
        "openssl35",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let path = row.get("path");
        let source = folder.source(path);
        let message = || Task::Message(Box::new(folder.message(path)));
        let (task, expected) = match (row.get("kind"), row.get("expected")) {
            ("cert", "parses") => (Task::Parse(Object::Certificate, source), Expected::Parses),
            ("crl", "parses") => (Task::Parse(Object::Crl, source), Expected::Parses),
            ("cms-degenerate", "parses, no signers") => (message(), Expected::NoSigners),
            ("cms-other", "parses (not SignedData)") => (message(), Expected::NotSignedData),
            ("cms-signed", text) if text.starts_with("intact") => (message(), Expected::Intact),
            ("cms-signed", "needs detached content") => {
                (message(), Expected::Because("SIGNED_DATA_NOT_FOUND"))
            }
            ("cms-signed", text) if text.starts_with("broken or unsupported") => {
                (message(), Expected::Broken)
            }
            ("ocsp-resp", "parses") => (Task::Parse(Object::Ocsp, source), Expected::Parses),
            ("tst" | "tsr", text) if text.starts_with("intact") => (message(), Expected::Intact),
            // Where only one of the two readers refused it, the other's word stands.
            ("tsr", text) if text.contains("error: ") && row.get("openssl35") == "ok" => {
                (message(), Expected::Intact)
            }
            ("tst" | "tsr", text) if text.starts_with("broken or unsupported") => {
                (message(), Expected::Broken)
            }
            _ => return folder.unknown(row, "expected"),
        };
        Ok(folder.case(&row.id, task, expected))
    };
    rows.iter().map(case).collect()
}
