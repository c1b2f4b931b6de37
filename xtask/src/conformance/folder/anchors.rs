//! `eu-tl-anchors`: certificates of European trusted lists and real signatures that chain to them.

use anyhow::Result;

use super::super::case::{Case, Expected, Message, Object, Revocation, Source, Task};
use super::super::table::Row;
use super::{Folder, instant};

const DAY: i64 = 86_400;

/// The cases of the folder.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "country",
        "service",
        "status",
        "status_from",
        "for_",
        "qualifiers",
        "name",
        "list_issued",
        "expected",
        "split",
    ])?;
    let anchor = |row: &Row| match row.get("kind") {
        "trust-anchor" => {
            let task = Task::Parse(Object::Certificate, folder.source(row.get("path")));
            Ok(folder.case(&row.id, task, Expected::Parses))
        }
        _ => folder.unknown(row, "kind"),
    };
    let chains = folder.table(
        "real_chains.tsv",
        &[
            "path",
            "kind",
            "signer",
            "not_before",
            "not_after",
            "intermediates",
            "anchor",
            "tl_service",
            "expected",
            "split",
            "evidence",
        ],
    )?;
    let chain = |row: &Row| {
        if row.get("kind") != "real-chain" {
            return folder.unknown(row, "kind");
        }
        let task = Task::Message(Box::new(Message {
            message: Source::Path(row.get("path").to_owned()),
            anchors: vec![Source::Path(row.get("anchor").to_owned())],
            at: instant(row.get("not_before"))?.plus_seconds(DAY),
            revocation: Revocation::Off,
            ..folder.message("")
        }));
        Ok(folder.case(format!("real-chain:{}", row.id), task, Expected::Chains))
    };
    rows.iter()
        .map(anchor)
        .chain(chains.iter().map(chain))
        .collect()
}
