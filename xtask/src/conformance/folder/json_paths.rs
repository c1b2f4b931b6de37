//! Path cases in the form of x509-limbo: `x509-limbo` and `unlabelled/paths.json`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::super::case::{Case, Expected, Path, Revocation, Source, Task};
use super::super::table::Row;
use super::{Folder, NOW, instant};

#[derive(Deserialize)]
struct File {
    testcases: Vec<Test>,
}

/// The inputs of one case; names of servers and purposes play no part in signatures.
#[derive(Deserialize)]
struct Test {
    id: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    max_chain_depth: Option<u32>,
    crls: Vec<String>,
}

/// `x509-limbo`.
pub fn limbo(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path",
        "kind",
        "expected",
        "feature",
        "scope",
        "time",
        "has_crl",
        "split",
        "openssl30",
        "openssl35",
        "certval",
        "webpki",
        "evidence",
        "note",
    ])?;
    let tests = load(folder, "limbo.json")?;
    let case = |row: &Row| {
        if row.get("kind") != "x509-path" {
            return folder.unknown(row, "kind");
        }
        if row.get("scope").starts_with("tls-only") {
            return Ok(folder.later(row, "names of TLS servers"));
        }
        let expected = match row.get("expected") {
            "SUCCESS" => Expected::Valid,
            "FAILURE" => Expected::Invalid,
            _ => return folder.unknown(row, "expected"),
        };
        let (_, id) = row.get("path").split_once('#').context("limbo.json#id")?;
        let test = tests
            .get(id)
            .with_context(|| format!("limbo.json has no case {id}"))?;
        if test.names_decide() {
            return Ok(folder.later(row, "names of TLS servers"));
        }
        Ok(folder.case(id, Task::Path(Box::new(test.path(folder)?)), expected))
    };
    rows.iter().map(case).collect()
}

/// `unlabelled/paths.json`: no expectations.
pub fn unlabelled(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let tests = load(folder, "paths.json")?;
    let case = |test: &Test| {
        let task = Task::Path(Box::new(test.path(folder)?));
        Ok(folder.case(format!("paths.json#{}", test.id), task, Expected::Answers))
    };
    tests.values().map(case).collect()
}

fn load(folder: &Folder<'_>, name: &str) -> Result<BTreeMap<String, Test>> {
    let text = folder
        .corpus
        .read_text(&format!("{}/{name}", folder.name))?;
    let file: File = serde_json::from_str(&text).with_context(|| name.to_owned())?;
    let tests = file.testcases.into_iter();
    Ok(tests.map(|test| (test.id.clone(), test)).collect())
}

impl Test {
    /// Cases in scope whose verdict still hangs on the name of the server.
    fn names_decide(&self) -> bool {
        self.id == "rfc5280::ca-as-leaf-wrong-san"
    }

    fn path(&self, folder: &Folder<'_>) -> Result<Path> {
        let objects = |texts: &[String]| -> Result<Vec<Source>> {
            let mut sources = Vec::new();
            for text in texts {
                let found = crate::pem::objects(text)?.into_iter();
                sources.extend(found.map(|octets| Source::Octets(octets.into())));
            }
            Ok(sources)
        };
        let target = objects(std::slice::from_ref(&self.peer_certificate))?;
        let target = target.into_iter().next().context("no peer certificate")?;
        let mut material = objects(&self.untrusted_intermediates)?;
        material.extend(objects(&self.crls)?);
        let at = self.validation_time.as_deref();
        Ok(Path {
            material,
            anchors: objects(&self.trusted_certs)?,
            at: at.map_or(Ok(NOW), instant)?,
            revocation: if self.crls.is_empty() {
                Revocation::Off
            } else {
                Revocation::Required
            },
            max_depth: self.max_chain_depth,
            ..folder.path(target)
        })
    }
}
