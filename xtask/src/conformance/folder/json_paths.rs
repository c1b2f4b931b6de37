//! Path cases in the form of x509-limbo: `x509-limbo` and `unlabelled/paths.json`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sig_core::der::oids;
use sig_core::path::host::Host;
use sig_core::path::inputs::PathInputs;

use super::super::case::{Case, Expected, Path, Revocation, Source, Task};
use super::super::table::Row;
use super::{Folder, NOW, instant, pkix_inputs};

#[derive(Deserialize)]
struct File {
    testcases: Vec<Test>,
}

/// The inputs of one case.
#[derive(Deserialize)]
struct Test {
    id: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    max_chain_depth: Option<u32>,
    extended_key_usage: Vec<String>,
    expected_peer_name: Option<Peer>,
    crls: Vec<String>,
}

/// The name a server must have.
#[derive(Deserialize)]
struct Peer {
    kind: String,
    value: String,
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
        let expected = match row.get("expected") {
            "SUCCESS" => Expected::Valid,
            "FAILURE" => Expected::Invalid,
            _ => return folder.unknown(row, "expected"),
        };
        let (_, id) = row.get("path").split_once('#').context("limbo.json#id")?;
        let test = tests
            .get(id)
            .with_context(|| format!("limbo.json has no case {id}"))?;
        if test.is_browser_rule() {
            return Ok(folder.later(row, "rules of browsers for public TLS authorities"));
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
    /// Cases about the baseline requirements of the CA/Browser Forum, which bind public TLS authorities
    /// only; names of servers are not among them.
    fn is_browser_rule(&self) -> bool {
        self.id.starts_with("webpki::")
            && !self.id.starts_with("webpki::san::")
            && self.id != "webpki::cryptographydotio-chain"
    }

    fn inputs(&self) -> Result<PathInputs> {
        let host = match &self.expected_peer_name {
            Some(peer) if matches!(&*peer.kind, "DNS" | "IP") => {
                let host = Host::parse(&peer.value);
                Some(host.with_context(|| format!("`{}` is no host", peer.value))?)
            }
            Some(peer) => bail!("a peer name of kind {} is not known", peer.kind),
            None => None,
        };
        let key_purpose = match self.extended_key_usage.as_slice() {
            [] => None,
            [purpose] => match &**purpose {
                "serverAuth" => Some(oids::SERVER_AUTH),
                "clientAuth" => Some(oids::CLIENT_AUTH),
                other => bail!("purpose {other} is not known"),
            },
            _ => bail!("more than one purpose"),
        };
        Ok(PathInputs {
            max_depth: self.max_chain_depth,
            key_purpose,
            host,
            ..pkix_inputs()
        })
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
            inputs: self.inputs()?,
            ..folder.path(target)
        })
    }
}
