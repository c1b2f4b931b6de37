//! This side of a comparison.

use anyhow::{Context, Result, anyhow};
use sig_core::alg::provider::Algorithms;
use sig_core::alg::signature::{Message, SignatureAlgorithm, SignatureId, VerifyingKey};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::{Budget, Limits};

use crate::bench::measure::Work;
use crate::bench::peer::Signed;

/// What a kept key may hold: the most that a trust snapshot gives to the key of one authority.
const KEPT_KEY_MEMORY: usize = 160 << 10;

/// A signature and what verifies it.
pub struct Ours {
    algorithm: &'static dyn SignatureAlgorithm,
    signed: Signed,
}

impl Ours {
    pub fn new(back_end: &Algorithms, id: SignatureId, signed: &Signed) -> Result<Self> {
        let algorithm = back_end.signature(id);
        Ok(Self {
            algorithm: algorithm.context("the algorithm is not offered")?,
            signed: signed.clone(),
        })
    }

    fn verify(&self, key: &dyn VerifyingKey) -> Result<()> {
        key.verify(Message::Digest(&self.signed.digest), &self.signed.signature)
            .map_err(|why| anyhow!("the signature is refused: {why:?}"))
    }
}

/// Verifies with a key that is decoded each time.
pub fn verify_with_new_key(ours: Ours) -> Work {
    let spki = Octets::from(ours.signed.spki.as_slice());
    Box::new(move || {
        let key = ours.algorithm.prepare(&read(&spki)?);
        ours.verify(
            key.map_err(|why| anyhow!("the key is refused: {why:?}"))?
                .as_ref(),
        )
    })
}

/// Verifies with a key that is kept.
pub fn verify_with_kept_key(ours: Ours) -> Result<Work> {
    let spki = read(&Octets::from(ours.signed.spki.as_slice()))?;
    let key = ours
        .algorithm
        .prepare_within(&spki, KEPT_KEY_MEMORY)
        .map_err(|why| anyhow!("the key is refused: {why:?}"))?;
    Ok(Box::new(move || ours.verify(key.as_ref())))
}

/// Reads an encoded public key.
pub fn read(spki: &Octets) -> Result<SubjectPublicKeyInfo> {
    let mut reader = Reader::new(spki, Encoding::Der, Structure::SubjectPublicKeyInfo);
    let mut budget = Budget::new(Limits::STANDARD);
    Ok(SubjectPublicKeyInfo::read(&mut reader, &mut budget)?)
}
