//! Extensions whose number multiplies.

use anyhow::Result;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::path::build::CertificationPath;

use super::checked;
use super::draft::{Draft, sequence};
use crate::bench::deadline::Work;

const AUTHORITIES: usize = 10;
/// More policies and mappings do not fit the limit on elements.
const POLICIES: u16 = 100;
const NAMES: u32 = 4_000;

fn policy(number: u16) -> Vec<u8> {
    let digits = [0x2a, 0x81, (number >> 7) as u8 | 0x80, number as u8 & 0x7f];
    element(Tag::OID, &digits)
}

/// Every authority knows every policy, and maps each to each (RFC 9618 §1).
pub fn policies() -> Result<Work> {
    let policies: Vec<_> = (0..POLICIES)
        .map(|number| sequence(&[policy(number)]))
        .collect();
    let mappings: Vec<_> = (0..POLICIES)
        .flat_map(|from| (0..POLICIES).map(move |to| sequence(&[policy(from), policy(to)])))
        .collect();
    let authority = |number: usize| {
        Draft::authority(&format!("CA {number}"), &format!("CA {}", number + 1))
            .with(32, &sequence(&policies))
            .with(33, &sequence(&mappings))
    };
    let certificates = (0..AUTHORITIES)
        .map(|number| authority(number).make())
        .collect::<Result<_>>()?;
    Ok(checked(CertificationPath {
        certificates,
        anchor: Draft::authority(&format!("CA {AUTHORITIES}"), "Root").make()?,
    }))
}

/// An end entity of many names below an authority that permits many others.
pub fn name_constraints() -> Result<Work> {
    let dns = |text: String| element(Tag::context(2), text.as_bytes());
    let names: Vec<_> = (0..NAMES)
        .map(|number| dns(format!("{number}.people.example")))
        .collect();
    let permitted: Vec<_> = (0..NAMES)
        .map(|number| sequence(&[dns(format!("{number}.others.example"))]))
        .collect();
    let permitted = element(Tag::context(0).constructed(), &permitted.concat());
    let person = Draft::authority("Person", "CA").with(17, &sequence(&names));
    let authority = Draft::authority("CA", "Root").with(30, &sequence(&[permitted]));
    Ok(checked(CertificationPath {
        certificates: vec![person.make()?, authority.make()?],
        anchor: Draft::authority("Root", "Root").make()?,
    }))
}
