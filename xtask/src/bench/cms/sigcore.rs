//! Our side: from the octets of a message to its report.

use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use sig_core::alg::keyring::Importance;
use sig_core::alg::openssl::OPENSSL;
use sig_core::der::octets::Octets;
use sig_core::finding::Indication;
use sig_core::report::Judged;
use sig_core::trust::authorities::Authorities;
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::{Evidence, Limits, Material, Policy, Validator};

use super::message::{AT, Message};
use crate::bench::measure::Work;

/// What was seen before the message came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seen {
    /// The anchor: everything else is read, and every signature checked, each time.
    Nothing,
    /// The authority's certificate and the CRLs are in the snapshot.
    Authorities,
    /// The signer's certificate is, too.
    Signer,
}

impl Seen {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Nothing => "nothing seen before",
            Self::Authorities => "warm snapshot",
            Self::Signer => "same signer again",
        }
    }
}

/// Judges the message, every check on.
pub fn judge(message: &Message, seen: Seen) -> Result<Work> {
    let judge = Judge::new(message, seen)?;
    Ok(Box::new(move || judge.once()))
}

/// A validator with a message for it.
pub struct Judge {
    validator: Validator,
    material: Material,
    /// Read each time.
    crls: Vec<Vec<u8>>,
    signature: Vec<u8>,
    content: Octets,
}

impl Judge {
    pub fn new(message: &Message, seen: Seen) -> Result<Self> {
        let validator = Validator {
            algorithms: &OPENSSL,
            policy: Policy::builtin("etsi-ades")?,
            limits: Limits::STANDARD,
        };
        let mut material = Material::default();
        material.add_anchors(&message.root, &Limits::STANDARD)?;
        if seen != Seen::Nothing {
            material.authorities = Some(Arc::new(snapshot(message, seen, &material)?));
        }
        Ok(Self {
            validator,
            material,
            crls: match seen {
                Seen::Nothing => message.crls.to_vec(),
                Seen::Authorities | Seen::Signer => Vec::new(),
            },
            signature: message.signature.clone(),
            content: Octets::from(message.content.as_slice()),
        })
    }

    /// Reads and judges the message; an error unless it passes.
    pub fn once(&self) -> Result<()> {
        let mut material = self.material.clone();
        for crl in &self.crls {
            material.add(crl, &Limits::STANDARD)?;
        }
        let evidence = Evidence::parse(&self.signature, &Limits::STANDARD)?
            .with_content(self.content.clone())
            .with_material(material);
        let report = self.validator.validate(evidence, AT)?;
        let Judged::Signatures {
            conclusion,
            signatures,
            ..
        } = report.judged
        else {
            bail!("a signature was judged");
        };
        ensure!(
            conclusion.indication == Indication::TotalPassed,
            "the signature is refused: {:?}",
            signatures.first().map(|signature| &signature.findings)
        );
        Ok(())
    }
}

fn snapshot(message: &Message, seen: Seen, material: &Material) -> Result<Authorities> {
    let mut known = Material::default();
    known.add(&message.ca, &Limits::STANDARD)?;
    if seen == Seen::Signer {
        known.add(&message.person, &Limits::STANDARD)?;
    }
    for crl in &message.crls {
        known.add(crl, &Limits::STANDARD)?;
    }
    let listed = known.certificates.into_iter();
    let authorities = Authorities::build(
        &material.anchors,
        listed.map(|certificate| (Importance::Busy, certificate)),
        &OPENSSL,
        ListLimits::STANDARD,
    )?
    .with_crls(known.crls, &OPENSSL)?;
    ensure!(
        authorities.authentic_crls().len() == 2,
        "both CRLs are known"
    );
    Ok(authorities)
}
