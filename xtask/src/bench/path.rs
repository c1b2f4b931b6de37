//! A path of three certificates with two CRLs, against OpenSSL with a store that is kept.

use anyhow::{Context, Result, bail, ensure};
use sig_core::alg::openssl::OPENSSL;
use sig_core::alg::provider::Algorithms;
use sig_core::trust::authorities::Authorities;
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::validate::policy::RevocationRule;
use sig_core::{Limits, Material, Policy, UnixTime, Validator};

use std::sync::Arc;

use sig_core::alg::keyring::Importance;
use sig_core::finding::Indication;
use sig_core::report::Judged;
use testdata::pki::Pki;

use super::measure::{Measure, Side, Work};
use super::peer;

mod openssl;

/// Entries of each CRL.
const ENTRIES: usize = 100;
const COLD: f64 = 3.0;
const WARM: f64 = 10.0;
/// 2026-11-22.
const AT: UnixTime = UnixTime::from_seconds(1_795_302_000);

/// Every comparison of the area.
pub fn measures() -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for (name, algorithm) in [("RSA-2048", "rsa-2048"), ("GOST 256", "gost-2012-256")] {
        let pki = Chain::new(algorithm)?;
        let is_gost = name.starts_with("GOST");
        let peer = || {
            if is_gost && !peer::has_engine() {
                return Ok(Side::Missing(peer::ENGINE));
            }
            Ok::<_, anyhow::Error>(Side::Here(openssl::verify(&pki)?))
        };
        measures.push(Measure {
            area: "path",
            what: format!("{name}, three certificates and two CRLs, nothing seen before"),
            unit: "1/s",
            units: 1.0,
            ours: Side::Here(cold(&pki)),
            peer: peer()?,
            goal: COLD,
        });
        measures.push(Measure {
            area: "path",
            what: format!("{name}, three certificates and two CRLs, warm snapshot"),
            unit: "1/s",
            units: 1.0,
            ours: Side::Here(warm(&pki)?),
            peer: peer()?,
            goal: WARM,
        });
    }
    Ok(measures)
}

/// The octets of a path and its CRLs.
struct Chain {
    root: Vec<u8>,
    ca: Vec<u8>,
    person: Vec<u8>,
    crls: [Vec<u8>; 2],
}

impl Chain {
    fn new(algorithm: &str) -> Result<Self> {
        let pki = Pki::from_toml("bench", &declaration(algorithm))?;
        let certificate = |id: &str| Ok::<_, anyhow::Error>(pki.certificate(id)?.der.clone());
        Ok(Self {
            root: certificate("root")?,
            ca: certificate("ca")?,
            person: certificate("person")?,
            crls: [pki.crl("root")?.to_vec(), pki.crl("ca")?.to_vec()],
        })
    }
}

/// Root, authority and person with keys of one algorithm, and two CRLs.
pub(super) fn declaration(algorithm: &str) -> String {
    let mut text = format!(
        r#"
description = "A path of three."
seed = "verifier bench: {algorithm}"
[profile.ca]
basic_constraints = {{ ca = "authority" }}
key_usage = ["keyCertSign", "cRLSign"]
subject_key_identifier = "present"
authority_key_identifier = "key-identifier"
[profile.person]
basic_constraints = {{ ca = "end-entity" }}
key_usage = ["digitalSignature", "nonRepudiation"]
subject_key_identifier = "present"
authority_key_identifier = "key-identifier"
[[key]]
id = "other"
algorithm = "ed25519"
"#
    );
    let key = match algorithm {
        "gost-2012-256" => "algorithm = \"gost-2012-256\"\nparameter_set = \"cryptopro-a\"",
        "gost-2012-512" => "algorithm = \"gost-2012-512\"\nparameter_set = \"tc26-512-a\"",
        "rsa-2048" => "algorithm = \"rsa-2048\"",
        "p-256" => "algorithm = \"p-256\"",
        _ => "algorithm = \"ed25519\"",
    };
    for (id, issuer, profile) in [
        ("root", "root", "ca"),
        ("ca", "root", "ca"),
        ("person", "ca", "person"),
    ] {
        text += &format!(
            r#"
[[key]]
id = "{id}"
{key}
[[certificate]]
id = "{id}"
key = "{id}"
issuer = "{issuer}"
profile = "{profile}"
not_before = "2024-01-01T00:00:00Z"
not_after = "2044-01-01T00:00:00Z"
subject = ["C=RU", "O=Удостоверяющий центр", "CN=Measured {id}"]
"#
        );
    }
    let mut revoked = String::new();
    for number in 0..ENTRIES {
        text += &format!(
            r#"
[[certificate]]
id = "revoked-{number}"
key = "other"
issuer = "ca"
signed_with = "other"
profile = "person"
not_before = "2024-01-01T00:00:00Z"
not_after = "2044-01-01T00:00:00Z"
subject = ["CN=Revoked"]
"#
        );
        revoked += &format!(
            "{{ certificate = \"revoked-{number}\", at = \"2025-01-01T00:00:00Z\", reason = \"superseded\" }},"
        );
    }
    for id in ["root", "ca"] {
        text += &format!(
            r#"
[[crl]]
id = "{id}"
issuer = "{id}"
number = 1
this_update = "2026-11-01T00:00:00Z"
next_update = "2027-01-01T00:00:00Z"
revoked = [{revoked}]
"#
        );
    }
    text
}

fn validator() -> Result<Validator> {
    let mut policy = Policy::builtin("pkix")?;
    policy.revocation = RevocationRule::Required;
    let algorithms: &'static Algorithms = &OPENSSL;
    Ok(Validator {
        algorithms,
        policy,
        limits: Limits::STANDARD,
    })
}

fn judge(validator: &Validator, person: &[u8], material: &Material) -> Result<()> {
    let mut offered = Material::default();
    offered.add(person, &Limits::STANDARD)?;
    let person = offered.certificates.first().context("a certificate")?;
    let report = validator.validate_certificate(person, material, AT)?;
    let Judged::Certificate(report) = report.judged else {
        bail!("a certificate was judged");
    };
    let indication = report.conclusion.indication;
    ensure!(
        indication == Indication::TotalPassed,
        "the path is refused: {:?}",
        report.findings
    );
    Ok(())
}

fn anchors(chain: &Chain) -> Result<Material> {
    let mut material = Material::default();
    material.add_anchors(&chain.root, &Limits::STANDARD)?;
    Ok(material)
}

/// Everything but the anchor is read, and every signature checked, each time.
fn cold(chain: &Chain) -> Work {
    let (root, ca, person, crls) = (
        anchors(chain),
        chain.ca.clone(),
        chain.person.clone(),
        chain.crls.clone(),
    );
    let (mut root, mut validator) = (root.ok(), validator().ok());
    Box::new(move || {
        let (root, validator) = (root.as_mut(), validator.as_mut());
        let mut material = root.context("an anchor")?.clone();
        material.add(&ca, &Limits::STANDARD)?;
        for crl in &crls {
            material.add(crl, &Limits::STANDARD)?;
        }
        judge(validator.context("a policy")?, &person, &material)
    })
}

/// Authority and CRLs are known; the end entity is read and its signature checked each time.
fn warm(chain: &Chain) -> Result<Work> {
    let validator = validator()?;
    let mut material = anchors(chain)?;
    let mut known = Material::default();
    known.add(&chain.ca, &Limits::STANDARD)?;
    for crl in &chain.crls {
        known.add(crl, &Limits::STANDARD)?;
    }
    let listed = known.certificates.into_iter();
    let authorities = Authorities::build(
        &material.anchors,
        listed.map(|certificate| (Importance::Busy, certificate)),
        validator.algorithms,
        ListLimits::STANDARD,
    )?
    .with_crls(known.crls, validator.algorithms)?;
    ensure!(
        authorities.authentic_crls().len() == 2,
        "both CRLs are known"
    );
    material.authorities = Some(Arc::new(authorities));
    let person = chain.person.clone();
    Ok(Box::new(move || judge(&validator, &person, &material)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_paths_are_valid() {
        let chain = Chain::new("ed25519").unwrap();
        cold(&chain)().unwrap();
        warm(&chain).unwrap()().unwrap();
    }
}
