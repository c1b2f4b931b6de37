//! RSA and ECDSA on each back end against OpenSSL with a kept key: the digest is given to both.

use anyhow::Result;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use sig_core::alg::digest::DigestId;
use sig_core::alg::openssl::OPENSSL;
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};
use sig_core::alg::signature::{SignatureId, SignatureScheme};

use super::ours::{self, Ours};
use crate::bench::measure::{Measure, Side};
use crate::bench::peer::{self, Scheme};

/// An algorithm with a key.
struct Row {
    name: &'static str,
    pair: fn() -> Result<PKey<Private>>,
    scheme: Scheme,
    id: SignatureId,
    /// The goal of the portable back end; none where it is not compared.
    portable: Option<f64>,
}

/// What the back end of OpenSSL must keep of OpenSSL's own rate.
const OPENSSL_GOAL: f64 = 0.95;

const RSA_SHA256: SignatureId = SignatureId {
    scheme: SignatureScheme::RsaPkcs1,
    digest: DigestId::Sha256,
};

const ROWS: &[Row] = &[
    Row {
        name: "rsa-2048",
        pair: || rsa(2048),
        scheme: Scheme::RsaPkcs1Sha256,
        id: RSA_SHA256,
        portable: Some(0.35),
    },
    Row {
        name: "rsa-3072",
        pair: || rsa(3072),
        scheme: Scheme::RsaPkcs1Sha256,
        id: RSA_SHA256,
        portable: None,
    },
    Row {
        name: "rsa-4096",
        pair: || rsa(4096),
        scheme: Scheme::RsaPkcs1Sha256,
        id: RSA_SHA256,
        portable: None,
    },
    Row {
        name: "ecdsa-p256",
        pair: || ec(Nid::X9_62_PRIME256V1),
        scheme: Scheme::Ecdsa,
        id: SignatureId {
            scheme: SignatureScheme::Ecdsa,
            digest: DigestId::Sha256,
        },
        portable: Some(0.35),
    },
    Row {
        name: "ecdsa-p384",
        pair: || ec(Nid::SECP384R1),
        scheme: Scheme::Ecdsa,
        id: SignatureId {
            scheme: SignatureScheme::Ecdsa,
            digest: DigestId::Sha384,
        },
        portable: None,
    },
];

/// Every comparison.
pub fn measures() -> Result<Vec<Measure>> {
    let openssl = ROWS.iter().map(|row| measure(row, &OPENSSL, OPENSSL_GOAL));
    let portable = ROWS
        .iter()
        .filter_map(|row| Some(measure(row, &RUSTCRYPTO, row.portable?)));
    openssl.chain(portable).collect()
}

fn measure(row: &Row, back_end: &'static Algorithms, goal: f64) -> Result<Measure> {
    let signed = peer::sign(
        &(row.pair)()?,
        row.scheme,
        &vec![0xa5; row.id.digest.size()],
    )?;
    let ours = Ours::new(back_end, row.id, &signed)?;
    Ok(Measure {
        area: "alg",
        what: format!("{}, kept key, {}", row.name, back_end.name),
        unit: "1/s",
        units: 1.0,
        ours: Side::Here(ours::verify_with_kept_key(ours)?),
        peer: Side::Here(peer::verify_with_kept_key(signed)?),
        goal,
    })
}

fn rsa(bits: u32) -> Result<PKey<Private>> {
    Ok(PKey::from_rsa(Rsa::generate(bits)?)?)
}

fn ec(curve: Nid) -> Result<PKey<Private>> {
    let group = EcGroup::from_curve_name(curve)?;
    Ok(PKey::from_ec_key(EcKey::generate(&group)?)?)
}
