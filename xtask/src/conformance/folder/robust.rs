//! Inputs for parsers: `cert-parse`, `fuzz`, `der-bombs`, `unlabelled`.

use anyhow::Result;

use super::super::case::{Case, Expected, Object, Task};
use super::super::table::Row;
use super::{Folder, json_paths};

/// `cert-parse`.
pub fn cert_parse(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "lint",
        "openssl35",
        "pyca",
        "split",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let object = match row.get("kind") {
            "cert" => Object::Certificate,
            "crl" => Object::Crl,
            _ => return folder.unknown(row, "kind"),
        };
        let source = folder.source(row.get("path"));
        let (task, expected) = match row.get("expected") {
            "parses" => (Task::Parse(object, source), Expected::Parses),
            "must not panic; strict parsers differ" => {
                (Task::Survive(Some(object), source), Expected::Survives)
            }
            _ => return folder.unknown(row, "expected"),
        };
        Ok(folder.case(&row.id, task, expected))
    };
    rows.iter().map(case).collect()
}

/// `fuzz`.
pub fn fuzz(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "size",
        "expected",
        "openssl35",
        "split",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let Some(kind) = row.get("kind").strip_prefix("fuzz-input:") else {
            return folder.unknown(row, "kind");
        };
        if row.get("expected") != "no panic, bounded time and memory; any verdict" {
            return folder.unknown(row, "expected");
        }
        let object = match kind {
            "cms" | "smime" => Some(Object::Message),
            "crl" | "crl_parse_crl_certificatelist_fuzzer_corpus" => Some(Object::Crl),
            "x509" | "cert_corpus" | "parse_certificate_fuzzer_corpus" => Some(Object::Certificate),
            _ => None,
        };
        let task = Task::Survive(object, folder.source(row.get("path")));
        Ok(folder.case(&row.id, task, Expected::Survives))
    };
    rows.iter().map(case).collect()
}

/// `der-bombs`.
pub fn bombs(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "size",
        "expected",
        "openssl35",
        "split",
        "evidence",
    ])?;
    let case = |row: &Row| {
        let object = match row.get("kind") {
            "bomb:cms" => Some(Object::Message),
            "bomb:cert" => Some(Object::Certificate),
            "bomb:crl" => Some(Object::Crl),
            "bomb:ocsp" => Some(Object::Ocsp),
            "bomb:any" => None,
            _ => return folder.unknown(row, "kind"),
        };
        let expected = match row.get("expected") {
            text if text.starts_with("parse must fail; ") => Expected::ParseFails,
            text if text.starts_with("no panic") => Expected::Survives,
            _ => return folder.unknown(row, "expected"),
        };
        let task = Task::Survive(object, folder.source(row.get("path")));
        Ok(folder.case(&row.id, task, expected))
    };
    rows.iter().map(case).collect()
}

/// `unlabelled`: files of any kind, and paths.
pub fn unlabelled(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let mut cases = json_paths::unlabelled(folder)?;
    for path in folder.corpus.files_under(folder.name)? {
        let Some((_, id)) = path.split_once('/') else {
            continue;
        };
        if id != "paths.json" {
            let task = Task::Survive(None, folder.source(id));
            cases.push(folder.case(id, task, Expected::Survives));
        }
    }
    Ok(cases)
}
