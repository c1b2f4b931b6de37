//! Digests of long messages.

use anyhow::{Context, Result, ensure};
use openssl::hash::MessageDigest;
use sig_core::alg::digest::{DigestAlgorithm, DigestId};
use sig_core::alg::gost::streebog::{STREEBOG256, STREEBOG256_BY_TABLES};
use sig_core::alg::provider::RUSTCRYPTO;

use crate::bench::cpu;
use crate::bench::measure::{Measure, Side, Work};
use crate::bench::peer;

const MIB: usize = 1 << 20;

/// Every comparison.
pub fn measures() -> Result<Vec<Measure>> {
    Ok(vec![
        Measure {
            ours: match cpu::lacks_vbmi_and_gfni() {
                Some(missing) => Side::Missing(missing),
                None => Side::Here(work(&STREEBOG256)),
            },
            ..single(
                "streebog256 in AVX-512, 1 MiB",
                &STREEBOG256,
                "md_gost12_256",
                2.2,
            )?
        },
        single(
            "streebog256 by tables, 1 MiB",
            &STREEBOG256_BY_TABLES,
            "md_gost12_256",
            1.0,
        )?,
        pair("two of streebog256 at once, 512 KiB each", 3.0)?,
        single(
            "gost 34.11-94, 1 MiB",
            algorithm(DigestId::Gost94)?,
            "md_gost94",
            1.2,
        )?,
        single("sha256, 1 MiB", algorithm(DigestId::Sha256)?, "sha256", 0.9)?,
    ])
}

/// One message.
fn single(
    what: &str,
    algorithm: &'static dyn DigestAlgorithm,
    peer: &str,
    goal: f64,
) -> Result<Measure> {
    let peer = peer_side(what, algorithm, peer, content(MIB, 1))?;
    Ok(measure(what, Side::Here(work(algorithm)), peer, goal))
}

fn work(algorithm: &'static dyn DigestAlgorithm) -> Work {
    let content = content(MIB, 1);
    Box::new(move || {
        let digest = algorithm.digest(&content).map_err(sig_core::Error::from)?;
        ensure!(
            digest.value.len() == algorithm.id().size(),
            "a digest of another size"
        );
        Ok(())
    })
}

/// Two messages of Streebog together; the peer takes one after the other.
fn pair(what: &str, goal: f64) -> Result<Measure> {
    let algorithm = algorithm(DigestId::Streebog256)?;
    let contents = [content(MIB / 2, 1), content(MIB / 2, 2)];
    let peer = peer_side(what, algorithm, "md_gost12_256", content(MIB, 1))?;
    let both = move || -> Result<_> {
        let pair = algorithm.digest_pair(contents.each_ref().map(Vec::as_slice));
        Ok(pair.map_err(sig_core::Error::from)?)
    };
    for (digest, seed) in both()?.iter().zip([1, 2]) {
        let alone = algorithm
            .digest(&content(MIB / 2, seed))
            .map_err(sig_core::Error::from)?;
        ensure!(*digest == alone, "{what}: another digest than alone");
    }
    let ours = match cpu::lacks_vbmi_and_gfni() {
        Some(missing) => Side::Missing(missing),
        None => Side::Here(Box::new(move || both().map(drop))),
    };
    Ok(measure(what, ours, peer, goal))
}

/// Octets without a period that a block could share.
fn content(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    (0..length)
        .map(|_| {
            // The generator of Numerical Recipes.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect()
}

fn algorithm(id: DigestId) -> Result<&'static dyn DigestAlgorithm> {
    RUSTCRYPTO.digest(id).context("the digest is not offered")
}

/// The peer's side, once it is known to compute the same.
fn peer_side(
    what: &str,
    algorithm: &dyn DigestAlgorithm,
    peer: &str,
    content: Vec<u8>,
) -> Result<Side> {
    let Some(peer): Option<MessageDigest> = peer::digest_algorithm(peer) else {
        return Ok(Side::Missing(peer::ENGINE));
    };
    let own = algorithm.digest(&content).map_err(sig_core::Error::from)?;
    let same = peer::digest(peer, &content)? == own.value;
    ensure!(same, "{what}: the peer computes another digest");
    let work: Work = Box::new(move || peer::digest(peer, &content).map(drop));
    Ok(Side::Here(work))
}

fn measure(what: &str, ours: Side, peer: Side, goal: f64) -> Measure {
    Measure {
        area: "alg",
        what: what.to_owned(),
        unit: "MB/s",
        units: 1.048_576,
        ours,
        peer,
        goal,
    }
}
