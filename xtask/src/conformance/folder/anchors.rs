//! `eu-tl-anchors`: certificates of European trusted lists and real signatures that chain to them.

use anyhow::Result;
use sig_core::cms::attribute::{Single, signing_time};
use sig_core::cms::time_stamp::TstInfo;
use sig_core::der::oids;
use sig_core::{Budget, Evidence, Limits, UnixTime};

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
            at: time_of_signing(folder, row)?,
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

/// When the object was signed, as it states: the time of a token, or what the signer claims. Where that is outside the
/// validity of the signer's certificate, or there is none: a day after that begins.
fn time_of_signing(folder: &Folder<'_>, row: &Row) -> Result<UnixTime> {
    let begins = instant(row.get("not_before"))?;
    let ends = instant(row.get("not_after"))?;
    let stated = stated(&folder.corpus.read(row.get("path"))?);
    let stated = stated.filter(|at| begins <= *at && *at <= ends);
    Ok(stated.unwrap_or(begins.plus_seconds(DAY)))
}

fn stated(octets: &[u8]) -> Option<UnixTime> {
    let mut budget = Budget::new(Limits::STANDARD);
    let evidence = Evidence::parse(octets, &Limits::STANDARD).ok()?;
    let message = evidence.message()?;
    if let Ok(Some(Ok(info))) = TstInfo::of(message, &mut budget) {
        return Some(info.gen_time.seconds);
    }
    let signed = message.signers.iter().flatten().next()?;
    let signed = signed.signed_attributes.as_ref()?;
    match signed.attributes.single(oids::SIGNING_TIME) {
        Single::Value(value) => signing_time(value, &mut budget).ok(),
        _ => None,
    }
}
