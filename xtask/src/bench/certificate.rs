//! Reading a certificate with every extension that path validation uses, against x509-parser, which decodes them as
//! eagerly.

use std::fs;

use anyhow::{Result, anyhow, ensure};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};
use x509_parser::prelude::{FromDer as _, ParsedExtension, X509Certificate};

use super::measure::{Measure, Side};
use crate::workspace;

const GOAL: f64 = 1.5;

/// Names and files below `testdata/generated`.
const ROWS: &[(&str, &str)] = &[
    ("rsa-2048 authority", "rsa/certificates/ca.der"),
    ("rsa-2048 person", "rsa/certificates/person.der"),
    ("gost 256 authority", "ru-demo/certificates/ca.der"),
    ("gost 256 person", "ru-demo/certificates/citizen.der"),
];

/// A measure for each certificate.
pub fn measures() -> Result<Vec<Measure>> {
    ROWS.iter()
        .map(|(name, file)| measure(name, file))
        .collect()
}

fn measure(name: &str, file: &str) -> Result<Measure> {
    let der = fs::read(workspace::root().join("testdata/generated").join(file))?;
    let octets = Octets::from(&*der);
    let size = der.len();
    let ours = move || {
        let mut budget = Budget::new(Limits::STANDARD);
        let certificate =
            Certificate::from_der(&octets, &mut budget).map_err(|error| anyhow!("{error}"))?;
        ensure!(certificate.extensions.malformed.is_empty());
        Ok(())
    };
    let peer = move || {
        let (_, certificate) = X509Certificate::from_der(&der)?;
        let decoded =
            |parsed: &ParsedExtension<'_>| !matches!(parsed, ParsedExtension::ParseError { .. });
        let extensions = certificate.extensions();
        ensure!(extensions.iter().all(|one| decoded(one.parsed_extension())));
        Ok(())
    };
    Ok(Measure {
        area: "certificate",
        what: format!("{name}, {size} octets, x509-parser"),
        unit: "1/s",
        units: 1.0,
        ours: Side::Here(Box::new(ours)),
        peer: Side::Here(Box::new(peer)),
        goal: GOAL,
    })
}
