//! GOST R 34.10-2012 against gost-engine: the digest is given to both.

use anyhow::{Context, Result, ensure};
use openssl::pkey::{PKey, Private};
use sig_core::alg::digest::DigestId;
use sig_core::alg::gost::batch::{BatchItem, verify_batch};
use sig_core::alg::gost::parameters::{KeySize, ParameterSet, by_oid};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::{Message, SignatureId, SignatureScheme};
use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;

use super::ours::{Ours, read, verify_with_kept_key, verify_with_new_key};
use crate::bench::cpu;
use crate::bench::measure::{Measure, Side, Work};
use crate::bench::peer::{self, ENGINE, Scheme, Signed};

/// Whether a key is read for every signature.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Key {
    /// It is: an unknown signer.
    New,
    /// It was prepared before: an authority.
    Prepared,
}

struct Row {
    what: &'static str,
    set: &'static str,
    key: Key,
    goal: f64,
}

const fn row(what: &'static str, set: &'static str, key: Key, goal: f64) -> Row {
    Row {
        what,
        set,
        key,
        goal,
    }
}

const CRYPTOPRO_A: &str = "1.2.643.2.2.35.1";
const CRYPTOPRO_B: &str = "1.2.643.2.2.35.2";
const CRYPTOPRO_C: &str = "1.2.643.2.2.35.3";
const TC26_256_A: &str = "1.2.643.7.1.2.1.1.1";
const TC26_512_A: &str = "1.2.643.7.1.2.1.2.1";
const TC26_512_B: &str = "1.2.643.7.1.2.1.2.2";
const TC26_512_C: &str = "1.2.643.7.1.2.1.2.3";

/// Signatures that are verified together.
const BATCH: u8 = 64;

const ROWS: &[Row] = &[
    row("gost 256 CryptoPro-A, new key", CRYPTOPRO_A, Key::New, 4.0),
    row(
        "gost 256 CryptoPro-A, prepared key",
        CRYPTOPRO_A,
        Key::Prepared,
        10.0,
    ),
    row("gost 256 TC26-A, new key", TC26_256_A, Key::New, 2.0),
    row(
        "gost 256 TC26-A, prepared key",
        TC26_256_A,
        Key::Prepared,
        6.0,
    ),
    row("gost 512-A, new key", TC26_512_A, Key::New, 2.5),
    row("gost 512-A, prepared key", TC26_512_A, Key::Prepared, 6.0),
    row("gost 512-B, new key", TC26_512_B, Key::New, 4.0),
    row("gost 256 CryptoPro-B, new key", CRYPTOPRO_B, Key::New, 4.0),
    row("gost 256 CryptoPro-C, new key", CRYPTOPRO_C, Key::New, 3.0),
    row("gost 512-C, new key", TC26_512_C, Key::New, 1.6),
];

/// Every comparison.
pub fn measures() -> Result<Vec<Measure>> {
    let missing = || (Side::Missing(ENGINE), Side::Missing(ENGINE));
    let has_engine = peer::has_engine();
    let mut measures = Vec::new();
    for row in ROWS {
        let sides = if has_engine { sides(row)? } else { missing() };
        measures.push(measure(row.what, 1.0, sides, row.goal));
    }
    let sides = if has_engine {
        batch_sides()?
    } else {
        missing()
    };
    let what = "many of gost 256 CryptoPro-A at once, new keys";
    measures.push(measure(what, f64::from(BATCH), sides, 12.0));
    Ok(measures)
}

fn measure(what: &str, units: f64, (ours, peer): (Side, Side), goal: f64) -> Measure {
    Measure {
        area: "alg",
        what: what.to_owned(),
        unit: "1/s",
        units,
        ours,
        peer,
        goal,
    }
}

fn sides(row: &Row) -> Result<(Side, Side)> {
    let set = set(row.set)?;
    let signed = signed(set, 1)?;
    let ours = Ours::new(&RUSTCRYPTO, id(set.size), &signed)?;
    Ok(match row.key {
        Key::New => (
            Side::Here(verify_with_new_key(ours)),
            Side::Here(peer::verify_with_new_key(signed)),
        ),
        Key::Prepared => (
            Side::Here(verify_with_kept_key(ours)?),
            Side::Here(peer::verify_with_kept_key(signed)?),
        ),
    })
}

/// Signatures that are verified together, each by a key of its own; the peer takes them one by one.
fn batch_sides() -> Result<(Side, Side)> {
    let set = set(CRYPTOPRO_A)?;
    let signed = (1..=BATCH)
        .map(|number| signed(set, number))
        .collect::<Result<Vec<_>>>()?;
    let keys = signed
        .iter()
        .map(|signed| Octets::from(signed.spki.as_slice()));
    let keys: Vec<Octets> = keys.collect();
    let mut one_by_one: Vec<Work> = signed
        .iter()
        .cloned()
        .map(peer::verify_with_new_key)
        .collect();
    let peer = Side::Here(Box::new(move || {
        one_by_one.iter_mut().try_for_each(|verify| verify())
    }));
    if let Some(missing) = cpu::lacks_ifma() {
        return Ok((Side::Missing(missing), peer));
    }
    let ours = Side::Here(Box::new(move || {
        let keys = keys.iter().map(read).collect::<Result<Vec<_>>>()?;
        let items: Vec<BatchItem<'_>> = signed
            .iter()
            .zip(&keys)
            .map(|(signed, key)| BatchItem {
                algorithm: id(set.size),
                key,
                message: Message::Digest(&signed.digest),
                signature: &signed.signature,
            })
            .collect();
        ensure!(
            verify_batch(&items).iter().all(Result::is_ok),
            "a signature of the batch is refused"
        );
        Ok(())
    }));
    Ok((ours, peer))
}

fn set(oid: &str) -> Result<&'static ParameterSet> {
    Oid::parse(oid)
        .and_then(|oid| by_oid(&oid))
        .context("an unknown parameter set")
}

const fn id(size: KeySize) -> SignatureId {
    match size {
        KeySize::Bits256 => SignatureId {
            scheme: SignatureScheme::Gost2012_256,
            digest: DigestId::Streebog256,
        },
        KeySize::Bits512 => SignatureId {
            scheme: SignatureScheme::Gost2012_512,
            digest: DigestId::Streebog512,
        },
    }
}

/// A signature that the engine made with a key of the set.
fn signed(set: &ParameterSet, number: u8) -> Result<Signed> {
    let key = private_key(set, number)?;
    peer::sign(&key, Scheme::Gost, &vec![0xa5; set.size.octets()])
}

/// A private key in PKCS #8; its digits are of no importance.
fn private_key(set: &ParameterSet, number: u8) -> Result<PKey<Private>> {
    let (algorithm, digest) = match set.size {
        KeySize::Bits256 => (oids::GOST2012_256, oids::STREEBOG256),
        KeySize::Bits512 => (oids::GOST2012_512, oids::STREEBOG512),
    };
    let oid = |oid: &Oid| element(Tag::OID, oid.content());
    let parameters = element(Tag::SEQUENCE, &[oid(&set.oid), oid(&digest)].concat());
    let identifier = element(Tag::SEQUENCE, &[oid(&algorithm), parameters].concat());
    let version = element(Tag::INTEGER, &[0]);
    let mut scalar = vec![0x35; set.size.octets()];
    if let Some(first) = scalar.first_mut() {
        *first = number;
    }
    let scalar = element(Tag::OCTET_STRING, &scalar);
    let key = element(Tag::OCTET_STRING, &scalar);
    let encoded = element(Tag::SEQUENCE, &[version, identifier, key].concat());
    PKey::private_key_from_der(&encoded).with_context(|| format!("read a key of {}", set.name))
}
