//! Digests and signatures by themselves.

use anyhow::{Context, Result, anyhow, ensure};
use sig_core::alg::digest::DigestId;
use sig_core::alg::identifier::resolve_signature;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::Message;
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

use super::Measure;
use super::peer::Speed;

const MIB: usize = 1 << 20;
const BATCH: u32 = 16;

/// Whether a key is read for every signature.
#[derive(Clone, Copy)]
enum Key {
    /// It is: an unknown signer.
    New,
    /// It was prepared before: an authority.
    Kept,
}

/// Every comparison of the area. The goals are those for the portable table.
pub fn measures() -> Result<Vec<Measure>> {
    let rsa = || Speed {
        arguments: &["rsa2048"],
        prefix: "+F2:",
        divisor: 1.0,
    };
    let p256 = || Speed {
        arguments: &["ecdsap256"],
        prefix: "+F4:",
        divisor: 1.0,
    };
    let sha256 = Speed {
        arguments: &["-bytes", "1048576", "-evp", "sha256"],
        prefix: "+F:",
        divisor: 1_000_000.0,
    };
    // OpenSSL's own timing does not reach the algorithms of an engine: gost-engine is measured in
    // process with the issue on algorithms.
    Ok(vec![
        verify(
            "gost2012-256, unknown key",
            "ru-demo",
            "root",
            Key::New,
            None,
            4.0,
        )?,
        verify(
            "gost2012-256, kept key",
            "ru-demo",
            "root",
            Key::Kept,
            None,
            10.0,
        )?,
        verify(
            "gost2012-512, unknown key",
            "gost512",
            "root",
            Key::New,
            None,
            2.5,
        )?,
        verify(
            "gost2012-512, kept key",
            "gost512",
            "root",
            Key::Kept,
            None,
            6.0,
        )?,
        verify(
            "rsa-2048, kept key",
            "rsa",
            "root",
            Key::Kept,
            Some(rsa()),
            0.35,
        )?,
        verify(
            "ecdsa-p256, kept key",
            "p256",
            "root",
            Key::Kept,
            Some(p256()),
            0.35,
        )?,
        digest("streebog256, 1 MiB", DigestId::Streebog256, None, 1.0)?,
        digest("sha256, 1 MiB", DigestId::Sha256, Some(sha256), 0.9)?,
    ])
}

/// The signature of a self-signed certificate of the test PKIs.
fn verify(
    what: &'static str,
    pki: &str,
    name: &str,
    key: Key,
    peer: Option<Speed>,
    goal: f64,
) -> Result<Measure> {
    let certificate = testdata::pki::named(pki)?.certificate(name)?;
    let octets = Octets::from(certificate.der.as_slice());
    let certificate = Certificate::from_der(&octets, &mut Budget::new(Limits::STANDARD))?;
    let signed = certificate.signed;
    let spki = certificate.spki;
    let id = resolve_signature(&signed.algorithm, None, &spki.algorithm)
        .map_err(|why| anyhow!("{why:?}"))?;
    let algorithm = RUSTCRYPTO
        .signature(id)
        .context("the algorithm is not offered")?;
    let prepare = move || algorithm.prepare(&spki).map_err(|why| anyhow!("{why:?}"));
    let kept = prepare()?;
    let ours = move || {
        for _ in 0..BATCH {
            let new;
            let key = match key {
                Key::Kept => &kept,
                Key::New => {
                    new = prepare()?;
                    &new
                }
            };
            let verified = key.verify(Message::Octets(&signed.octets), &signed.signature);
            ensure!(
                verified.is_ok(),
                "the signature of the test certificate does not verify"
            );
        }
        Ok(f64::from(BATCH))
    };
    Ok(Measure {
        area: "alg",
        what,
        unit: "1/s",
        ours: Box::new(ours),
        peer,
        goal,
    })
}

fn digest(what: &'static str, id: DigestId, peer: Option<Speed>, goal: f64) -> Result<Measure> {
    let algorithm = RUSTCRYPTO.digest(id).context("the digest is not offered")?;
    let content = vec![0x5a; MIB];
    let ours = move || {
        let digest = algorithm.digest(&content).map_err(sig_core::Error::from)?;
        ensure!(digest.value.len() == id.size(), "a digest of another size");
        Ok(1.048_576)
    };
    Ok(Measure {
        area: "alg",
        what,
        unit: "MB/s",
        ours: Box::new(ours),
        peer,
        goal,
    })
}
