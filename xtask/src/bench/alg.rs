//! Digests and signatures by themselves.

use anyhow::{Context, Result, anyhow, ensure};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};
use sig_core::alg::signature::{
    Message, SignatureAlgorithm, SignatureId, SignatureScheme, VerifyingKey,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::{Budget, Limits};

use super::gost;
use super::measure::{Measure, Side, Work};
use super::peer::{self, Scheme, Signed};

const MIB: usize = 1 << 20;

/// Every comparison of the area.
pub fn measures() -> Result<Vec<Measure>> {
    let mut measures = gost::measures()?;
    measures.extend([
        digest(
            "streebog256, 1 MiB",
            DigestId::Streebog256,
            "md_gost12_256",
            1.0,
        )?,
        digest("gost 34.11-94, 1 MiB", DigestId::Gost94, "md_gost94", 1.2)?,
        digest("sha256, 1 MiB", DigestId::Sha256, "sha256", 0.9)?,
    ]);
    for back_end in BACK_ENDS {
        for (name, pair, scheme, digest) in FOREIGN {
            if let Some(goal) = (back_end.goal)(name) {
                let id = SignatureId {
                    scheme: *scheme,
                    digest: *digest,
                };
                measures.push(foreign(back_end.algorithms, name, (*pair)()?, id, goal)?);
            }
        }
    }
    Ok(measures)
}

/// A back end and its goals against OpenSSL with a kept key; none for an algorithm that is not compared.
struct BackEnd {
    algorithms: &'static Algorithms,
    goal: fn(&str) -> Option<f64>,
}

const BACK_ENDS: &[BackEnd] = &[BackEnd {
    algorithms: &RUSTCRYPTO,
    goal: |name| ["rsa-2048", "ecdsa-p256"].contains(&name).then_some(0.35),
}];

type Pair = fn() -> Result<PKey<Private>>;

const FOREIGN: &[(&str, Pair, SignatureScheme, DigestId)] = &[
    (
        "rsa-2048",
        || rsa(2048),
        SignatureScheme::RsaPkcs1,
        DigestId::Sha256,
    ),
    (
        "rsa-3072",
        || rsa(3072),
        SignatureScheme::RsaPkcs1,
        DigestId::Sha256,
    ),
    (
        "rsa-4096",
        || rsa(4096),
        SignatureScheme::RsaPkcs1,
        DigestId::Sha256,
    ),
    (
        "ecdsa-p256",
        || ec(Nid::X9_62_PRIME256V1),
        SignatureScheme::Ecdsa,
        DigestId::Sha256,
    ),
    (
        "ecdsa-p384",
        || ec(Nid::SECP384R1),
        SignatureScheme::Ecdsa,
        DigestId::Sha384,
    ),
];

fn rsa(bits: u32) -> Result<PKey<Private>> {
    Ok(PKey::from_rsa(Rsa::generate(bits)?)?)
}

fn ec(curve: Nid) -> Result<PKey<Private>> {
    let group = EcGroup::from_curve_name(curve)?;
    Ok(PKey::from_ec_key(EcKey::generate(&group)?)?)
}

/// A kept key of a foreign algorithm on a back end.
fn foreign(
    back_end: &'static Algorithms,
    name: &str,
    key: PKey<Private>,
    id: SignatureId,
    goal: f64,
) -> Result<Measure> {
    let scheme = match id.scheme {
        SignatureScheme::RsaPkcs1 => Scheme::RsaPkcs1Sha256,
        _ => Scheme::Ecdsa,
    };
    let signed = peer::sign(&key, scheme, &vec![0xa5; id.digest.size()])?;
    Ok(Measure {
        area: "alg",
        what: format!("{name}, kept key, {}", back_end.name),
        unit: "1/s",
        units: 1.0,
        ours: Side::Here(verify_with_kept_key(Ours::new(back_end, id, &signed)?)?),
        peer: Side::Here(peer::verify_with_kept_key(signed)?),
        goal,
    })
}

/// A digest of a long message.
fn digest(what: &str, id: DigestId, peer: &str, goal: f64) -> Result<Measure> {
    let algorithm = RUSTCRYPTO.digest(id).context("the digest is not offered")?;
    let content = vec![0x5a; MIB];
    let peer = match peer::digest_algorithm(peer) {
        None => Side::Missing(peer::ENGINE),
        Some(peer) => {
            let own = algorithm.digest(&content).map_err(sig_core::Error::from)?;
            let same = peer::digest(peer, &content)? == own.value;
            ensure!(same, "{what}: the peer computes another digest");
            let content = content.clone();
            Side::Here(Box::new(move || peer::digest(peer, &content).map(drop)))
        }
    };
    let ours = move || {
        let digest = algorithm.digest(&content).map_err(sig_core::Error::from)?;
        ensure!(digest.value.len() == id.size(), "a digest of another size");
        Ok(())
    };
    Ok(Measure {
        area: "alg",
        what: what.to_owned(),
        unit: "MB/s",
        units: 1.048_576,
        ours: Side::Here(Box::new(ours)),
        peer,
        goal,
    })
}

/// A signature and what verifies it.
pub struct Ours {
    algorithm: &'static dyn SignatureAlgorithm,
    spki: Octets,
    digest: Vec<u8>,
    signature: Vec<u8>,
}

impl Ours {
    pub fn new(back_end: &Algorithms, id: SignatureId, signed: &Signed) -> Result<Self> {
        Ok(Self {
            algorithm: back_end
                .signature(id)
                .context("the algorithm is not offered")?,
            spki: Octets::from(signed.spki.as_slice()),
            digest: signed.digest.clone(),
            signature: signed.signature.clone(),
        })
    }

    fn prepare(&self) -> Result<Box<dyn VerifyingKey>> {
        let mut reader = Reader::new(&self.spki, Encoding::Der, Structure::SubjectPublicKeyInfo);
        let spki = SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD))?;
        self.algorithm
            .prepare(&spki)
            .map_err(|why| anyhow!("the key is refused: {why:?}"))
    }

    fn verify(&self, key: &dyn VerifyingKey) -> Result<()> {
        key.verify(Message::Digest(&self.digest), &self.signature)
            .map_err(|_| anyhow!("the signature is refused"))
    }
}

/// Verifies with a key that is decoded each time.
pub fn verify_with_new_key(ours: Ours) -> Work {
    Box::new(move || ours.verify(ours.prepare()?.as_ref()))
}

/// Verifies with a key that is kept.
pub fn verify_with_kept_key(ours: Ours) -> Result<Work> {
    let key = ours.prepare()?;
    Ok(Box::new(move || ours.verify(key.as_ref())))
}
