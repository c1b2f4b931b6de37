//! The authorities of a whole country to a ready snapshot.

use std::time::Duration;

use anyhow::{Context, Result};
use sig_core::alg::keyring::Importance;
use sig_core::alg::openssl::OPENSSL;
use sig_core::trust::authorities::Authorities;
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::{Limits, Material};
use testdata::pki::Pki;

use super::deadline::{Deadline, Work};
use crate::corpus::Corpus;

const GOAL: Duration = Duration::from_secs(2);
/// Authorities of a country.
const AUTHORITIES: usize = 2_370;
const COUNTRY: &str = "russian-ca/accredited-cas.pem";

/// Every piece of work of the area.
pub fn deadlines() -> Result<Vec<Deadline>> {
    let country = country()?;
    let (what, work) = match country {
        Some(work) => ("accredited authorities", work),
        None => ("generated authorities", generated()?),
    };
    Ok(vec![Deadline {
        area: "snapshot",
        what: format!("{AUTHORITIES} {what}: parsed, linked, signatures checked, keys prepared"),
        goal: GOAL,
        work: Ok(work),
    }])
}

/// Those of the list beside the repository, where it is.
fn country() -> Result<Option<Work>> {
    let Some(corpus) = Corpus::open(None) else {
        return Ok(None);
    };
    let list = corpus.read(COUNTRY)?.to_vec();
    let roots = corpus.files_under("russian-ca")?;
    let mut octets = Vec::new();
    for root in roots.iter().filter(|name| name.contains("/root-")) {
        octets.push(corpus.read(root)?.to_vec());
    }
    Ok(Some(build(octets, list)))
}

/// Authorities of one root with GOST keys; few keys, since each of them takes long to make.
fn generated() -> Result<Work> {
    const KEYS: usize = 24;
    let mut text = r#"
description = "Many authorities."
seed = "verifier bench: authorities"
[profile.ca]
basic_constraints = { ca = "authority" }
key_usage = ["keyCertSign", "cRLSign"]
subject_key_identifier = "present"
authority_key_identifier = "key-identifier"
"#
    .to_owned();
    for number in 0..KEYS {
        text += &format!(
            "[[key]]\nid = \"{number}\"\nalgorithm = \"gost-2012-256\"\nparameter_set = \"cryptopro-a\"\n"
        );
    }
    let mut ids = Vec::new();
    for number in 0..=AUTHORITIES {
        let id = format!("ca-{number}");
        let issuer = if number < KEYS { 0 } else { number % KEYS };
        text += &format!(
            r#"
[[certificate]]
id = "{id}"
key = "{}"
issuer = "ca-{issuer}"
profile = "ca"
not_before = "2024-01-01T00:00:00Z"
not_after = "2044-01-01T00:00:00Z"
subject = ["C=RU", "ST=77 г. Москва", "O=Удостоверяющий центр", "CN=Authority {number}"]
"#,
            number % KEYS
        );
        ids.push(id);
    }
    let pki = Pki::from_toml("bench", &text)?;
    let mut certificates = Vec::new();
    for id in &ids {
        certificates.push(pki.certificate(id)?.der.clone());
    }
    let list: Vec<String> = certificates
        .iter()
        .map(|der| testdata::pem("CERTIFICATE", der))
        .collect();
    let root = certificates.into_iter().next().context("a root")?;
    Ok(build(vec![root], list.concat().into_bytes()))
}

fn build(roots: Vec<Vec<u8>>, list: Vec<u8>) -> Work {
    Box::new(move || {
        let mut material = Material::default();
        for root in &roots {
            material.add_anchors(root, &Limits::STANDARD)?;
        }
        material.add(&list, &Limits::STANDARD)?;
        let listed = material.certificates.into_iter();
        let authorities = Authorities::build(
            &material.anchors,
            listed.map(|certificate| (Importance::Busy, certificate)),
            &OPENSSL,
            ListLimits::STANDARD,
        )?;
        Ok(format!(
            "{} certificates, {} signatures verified, {} keys kept in {} MiB",
            authorities.pool().certificates().len(),
            authorities.authentic().len(),
            authorities.keyring().len(),
            authorities.keyring().memory() >> 20
        ))
    })
}
