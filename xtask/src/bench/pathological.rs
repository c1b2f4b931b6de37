//! Inputs that are made to cost much: each is answered, or ends by its budget, in time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use sig_core::alg::openssl::OPENSSL;
use sig_core::base::limits::Work as Counters;
use sig_core::path::build::{CertificationPath, Search, Sources, search};
use sig_core::path::inputs::PathInputs;
use sig_core::path::validate::{ValidityTimes, check};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, Material, Policy, UnixTime, Validator};
use testdata::pki;

use super::deadline::{Deadline, Work};
use crate::corpus::Corpus;
use draft::{Draft, name, rsa_key};

mod draft;
mod explosions;

const GOAL: Duration = Duration::from_millis(100);
/// Cross certificates of one name.
const CROSS: u32 = 10_000;
/// 2026-11-22.
const AT: UnixTime = UnixTime::from_seconds(1_795_302_000);

/// Every piece of work of the area.
pub fn deadlines() -> Result<Vec<Deadline>> {
    let mut deadlines = limbo()?;
    let mut add = |what: String, work: Work| {
        deadlines.push(Deadline {
            area: "pathological",
            what,
            goal: GOAL,
            work: Ok(work),
        });
    };
    for bits in [2_048, 8_192] {
        let what = format!("{CROSS} cross certificates of one name, each with a key: RSA-{bits}");
        add(what, keys(bits / 8)?);
    }
    for (pki, key) in [("rsa", "RSA-2048"), ("gost512", "GOST-512")] {
        let what = format!("{CROSS} cross certificates of one name and one key: {key}");
        add(what, one_key(pki)?);
    }
    add(
        format!("{CROSS} certificates of names as long as they are many"),
        long_names()?,
    );
    add(
        "policies that are mapped to each other in ten authorities".to_owned(),
        explosions::policies()?,
    );
    add(
        "names and constraints on them, thousands of each".to_owned(),
        explosions::name_constraints()?,
    );
    Ok(deadlines)
}

fn limbo() -> Result<Vec<Deadline>> {
    let Some(corpus) = Corpus::open(None) else {
        return Ok(vec![Deadline {
            area: "pathological",
            what: "x509-limbo".to_owned(),
            goal: GOAL,
            work: Err("../shared/corpus"),
        }]);
    };
    let cases: Limbo = serde_json::from_str(&corpus.read_text("x509-limbo/limbo.json")?)?;
    let cases = cases.testcases.into_iter();
    cases
        .filter(|case| case.id.starts_with("pathological::"))
        .map(|case| {
            Ok(Deadline {
                area: "pathological",
                what: format!("x509-limbo {}", case.id),
                goal: GOAL,
                work: Ok(case.work()?),
            })
        })
        .collect()
}

#[derive(serde::Deserialize)]
struct Limbo {
    testcases: Vec<LimboCase>,
}

#[derive(serde::Deserialize)]
struct LimboCase {
    id: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
}

impl LimboCase {
    fn work(self) -> Result<Work> {
        let mut material = Material::default();
        for anchor in &self.trusted_certs {
            material.add_anchors(anchor.as_bytes(), &Limits::STANDARD)?;
        }
        for certificate in &self.untrusted_intermediates {
            material.add(certificate.as_bytes(), &Limits::STANDARD)?;
        }
        let mut peer = Material::default();
        peer.add(self.peer_certificate.as_bytes(), &Limits::STANDARD)?;
        let peer = peer.certificates.pop().context("a certificate")?;
        let validator = Validator {
            algorithms: &OPENSSL,
            policy: Policy::builtin("pkix")?,
            limits: Limits::STANDARD,
        };
        Ok(Box::new(move || {
            Ok(match validator.validate_certificate(&peer, &material, AT) {
                Ok(report) => format!("answered: {}", counters(report.work)),
                Err(limit) => limit.to_string(),
            })
        }))
    }
}

fn counters(work: Counters) -> String {
    format!(
        "{} signatures, {} candidates, {} names, {} constraints, {} policies",
        work.signature_checks,
        work.path_candidates,
        work.name_comparisons,
        work.name_constraint_checks,
        work.policy_nodes
    )
}

/// What came out, and what it cost.
fn ended<T>(result: Result<T, sig_core::Error>, budget: &Budget) -> String {
    let how = match result {
        Ok(_) => "answered".to_owned(),
        Err(error) => error.to_string(),
    };
    format!("{how}: {}", counters(budget.used()))
}

fn searched(
    end_entity: Arc<Certificate>,
    anchors: Vec<Arc<Certificate>>,
    intermediates: Vec<Arc<Certificate>>,
) -> Work {
    Box::new(move || {
        let sources = Sources::new(&anchors, &intermediates, &OPENSSL).at(AT);
        let mut budget = Budget::new(Limits::STANDARD);
        let result = search(&end_entity, sources, &mut budget, &mut |_, _| {
            Ok(Search::Continue)
        });
        Ok(ended(result, &budget))
    })
}

fn keys(octets: usize) -> Result<Work> {
    let authority = Draft {
        signature: octets,
        ..Draft::authority("Cross", "Root")
    };
    let intermediates = (0..CROSS)
        .map(|number| {
            let cross = Draft {
                serial: number,
                key: rsa_key(octets, number),
                ..authority.clone()
            };
            cross.make()
        })
        .collect::<Result<_>>()?;
    let end_entity = Draft {
        subject: name(&["Person"]),
        issuer: name(&["Cross"]),
        ..authority
    };
    let anchors = vec![Draft::authority("Root", "Root").make()?];
    Ok(searched(end_entity.make()?, anchors, intermediates))
}

/// The end entity is signed by the key that all of them hold, and none of them by the root.
fn one_key(name: &str) -> Result<Work> {
    let pki = pki::named(name)?;
    let read = |id: &str| {
        let mut material = Material::default();
        material.add(&pki.certificate(id)?.der, &Limits::STANDARD)?;
        material.certificates.pop().context("a certificate")
    };
    let ca = read("ca")?;
    let intermediates = (0..CROSS)
        .map(|number| {
            let cross = Draft {
                serial: number,
                subject: ca.subject.octets.to_vec(),
                issuer: ca.issuer.octets.to_vec(),
                key: ca.spki.octets.to_vec(),
                algorithm: ca.signed.algorithm.octets.to_vec(),
                signature: ca.signed.signature.len(),
                ..Draft::authority("", "")
            };
            cross.make()
        })
        .collect::<Result<_>>()?;
    Ok(searched(
        read("person")?,
        vec![read("root")?],
        intermediates,
    ))
}

fn long_names() -> Result<Work> {
    let long = "Ж".repeat(200);
    let intermediates = (0..CROSS)
        .map(|number| {
            let subject = format!("{long}{number}");
            let issuer = format!("{long}{}", number + 1);
            Draft::authority(&subject, &issuer).make()
        })
        .collect::<Result<_>>()?;
    // In another case, so that no name is found by its octets.
    let end_entity = Draft::authority("Person", &format!("{}0", "ж".repeat(200)));
    let anchors = vec![Draft::authority("Root", "Root").make()?];
    Ok(searched(end_entity.make()?, anchors, intermediates))
}

/// Validates a path as it is: its signatures are not looked at.
fn checked(path: CertificationPath) -> Work {
    Box::new(move || {
        let mut budget = Budget::new(Limits::STANDARD);
        let times = ValidityTimes { authorities: AT };
        let result = check(&path, &PathInputs::UNCONSTRAINED, times, &mut budget);
        Ok(ended(result.map_err(Into::into), &budget))
    })
}
