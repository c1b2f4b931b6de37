//! Signatures and digests by themselves.

use anyhow::Result;
use sig_core::alg::gost::gost94::Gost94TestSBox;
use sig_core::alg::identifier::AlgorithmIdentifier;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::signature::KeyRejected;
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::cms::bundle::unwrap_text;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::x509::certificate::Certificate;
use sig_core::x509::crl::CertificateList;
use sig_core::x509::signed::{Signed, SignedRejected};
use sig_core::{Budget, Error};

use super::super::case::{
    DigestVector, Expected, GOST94_TEST_S_BOX, GostSignature, Object, Outcome, SignedOctets,
};
use super::{limits, load};
use crate::corpus::Corpus;

/// Checks the signature of a certificate or CRL with an issuer's key, and that the issuer may sign.
pub fn signed_by(
    object: Object,
    signed: &[u8],
    issuer: &[u8],
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Outcome {
    let checked = check(object, signed, issuer, algorithms);
    match checked {
        Ok(outcome) => outcome.against(expected),
        Err(error) => Outcome::of(
            matches!(expected, Expected::Invalid),
            "cannot be read",
            error.to_string(),
        ),
    }
}

enum Checked {
    Good,
    Bad(String),
    Unsupported(String),
}

impl Checked {
    fn against(self, expected: &Expected) -> Outcome {
        match (self, expected) {
            (Self::Unsupported(_), Expected::Unsupported) => Outcome::Agreed,
            (Self::Unsupported(why), _) => Outcome::Skipped(why),
            (Self::Good, _) => Outcome::of(*expected == Expected::Valid, "valid", "verified"),
            (Self::Bad(why), _) => Outcome::of(*expected == Expected::Invalid, "invalid", why),
        }
    }

    fn of(result: Result<sig_core::alg::signature::SignatureId, SignedRejected>) -> Self {
        match result {
            Ok(_) => Self::Good,
            Err(SignedRejected::Key(KeyRejected::UnknownParameters)) => {
                Self::Unsupported("parameters of the key".to_owned())
            }
            Err(why @ (SignedRejected::Unresolved(_) | SignedRejected::NotOffered(_))) => {
                unresolved(why)
            }
            Err(why) => Self::Bad(format!("{why:?}")),
        }
    }
}

/// An algorithm that is not known is not judged; identifiers that contradict each other are.
fn unresolved(why: SignedRejected) -> Checked {
    use sig_core::alg::identifier::Unresolved;
    match why {
        SignedRejected::Unresolved(Unresolved::Unknown(oid)) => {
            Checked::Unsupported(format!("algorithm {oid}"))
        }
        SignedRejected::NotOffered(id) => Checked::Unsupported(format!("algorithm {id}")),
        other => Checked::Bad(format!("{other:?}")),
    }
}

fn check(
    object: Object,
    signed: &[u8],
    issuer: &[u8],
    algorithms: &'static Algorithms,
) -> Result<Checked, Error> {
    let mut budget = Budget::new(limits());
    let first = |octets: &[u8]| -> Result<Octets, Error> {
        let objects = unwrap_text(octets)?;
        Ok(objects
            .into_iter()
            .next()
            .unwrap_or_else(|| Octets::from(octets)))
    };
    let issuer = Certificate::from_der(&first(issuer)?, &mut budget)?;
    let (signed, issuer_name, lists) = match object {
        Object::Crl => {
            let crl = CertificateList::from_der(&first(signed)?, &mut budget)?;
            (crl.signed, crl.issuer, true)
        }
        _ => {
            let certificate = Certificate::from_der(&first(signed)?, &mut budget)?;
            (certificate.signed, certificate.issuer, false)
        }
    };
    let result = signed.verify(&issuer.spki, algorithms, &mut budget)?;
    let checked = Checked::of(result);
    if !lists || !matches!(checked, Checked::Good) {
        return Ok(checked);
    }
    if issuer_name.octets != issuer.subject.octets {
        return Ok(Checked::Bad("another issuer".to_owned()));
    }
    let usage = issuer.extensions.key_usage.as_ref();
    Ok(match usage {
        Some(usage) if !usage.crl_sign() => {
            Checked::Bad("the issuer may not sign lists".to_owned())
        }
        _ => checked,
    })
}

/// Checks a GOST R 34.10 vector through the same door as a certificate's signature.
pub fn gost(
    vector: &GostSignature,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Outcome {
    use sig_core::alg::signature::{Message, SignatureId, SignatureScheme};
    let Some((key, bits)) = gost_key(vector) else {
        return Outcome::of(
            false,
            "not judged",
            "the key of the vector cannot be encoded",
        );
    };
    let (scheme, digest) = match bits {
        256 => (SignatureScheme::Gost2012_256, "1.2.643.7.1.1.2.2"),
        _ => (SignatureScheme::Gost2012_512, "1.2.643.7.1.1.2.3"),
    };
    let digest = super::messages::digest_id(digest);
    let Some(algorithm) = digest
        .ok()
        .and_then(|digest| algorithms.signature(SignatureId { scheme, digest }))
    else {
        return Outcome::Skipped("the algorithm is not offered".to_owned());
    };
    let (actual, because) = match algorithm.prepare(&key) {
        Err(why) => (Expected::Invalid, format!("{why:?}")),
        Ok(key) => match key.verify(Message::Digest(&vector.digest), &vector.signature) {
            Ok(()) => (Expected::Valid, "verified".to_owned()),
            Err(_) => (Expected::Invalid, "BadSignature".to_owned()),
        },
    };
    Outcome::of(actual == *expected, actual.to_string(), because)
}

/// `SubjectPublicKeyInfo` of a vector, and the size of its digest in bits.
fn gost_key(vector: &GostSignature) -> Option<(SubjectPublicKeyInfo, usize)> {
    let bits = vector.digest.len() * 8;
    let algorithm = match bits {
        256 => "1.2.643.7.1.1.1.1",
        512 => "1.2.643.7.1.1.1.2",
        _ => return None,
    };
    let digest = match bits {
        256 => "1.2.643.7.1.1.2.2",
        _ => "1.2.643.7.1.1.2.3",
    };
    // RFC 9215 §4.2: the parameters of TC26 sets carry no digest.
    let mut parameters = vec![der_oid(&vector.curve)?];
    if vector.curve.starts_with("1.2.643.2.2.") {
        parameters.push(der_oid(digest)?);
    }
    let identifier = tlv(
        0x30,
        &[der_oid(algorithm)?, tlv(0x30, &parameters.concat())].concat(),
    );
    let octets = tlv(0x04, &vector.key);
    let bit_string = tlv(0x03, &[vec![0], octets].concat());
    let encoded = Octets::from(tlv(0x30, &[identifier, bit_string].concat()));
    let mut reader = Reader::new(&encoded, Encoding::Der, Structure::SubjectPublicKeyInfo);
    let key = SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(limits())).ok()?;
    Some((key, bits))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut encoded = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => encoded.push(short),
        Ok(one) => encoded.extend([0x81, one]),
        Err(_) => {
            let [.., high, low] = length.to_be_bytes();
            encoded.extend([0x82, high, low]);
        }
    }
    encoded.extend(content);
    encoded
}

fn der_oid(text: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u64> = text
        .split('.')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let [first, second, rest @ ..] = arcs.as_slice() else {
        return None;
    };
    let mut content = Vec::new();
    for arc in std::iter::once(&(first * 40 + second)).chain(rest) {
        let groups = (1..10).find(|groups| arc >> (7 * groups) == 0)?;
        for group in (0..groups).rev() {
            let more = if group > 0 { 0x80 } else { 0 };
            content.push(u8::try_from(arc >> (7 * group) & 0x7f).ok()? | more);
        }
    }
    Some(tlv(0x06, &content))
}

/// Checks a digest.
pub fn digest(vector: &DigestVector, algorithms: &'static Algorithms) -> Outcome {
    let value = match vector.algorithm {
        GOST94_TEST_S_BOX => Some(Gost94TestSBox.digest(&vector.message)),
        oid => super::messages::digest_id(oid)
            .ok()
            .and_then(|id| algorithms.digest(id))
            .and_then(|algorithm| algorithm.digest(&vector.message).ok())
            .map(|digest| digest.value),
    };
    match value {
        Some(value) => Outcome::of(value == vector.digest, hex::encode(value), "computed"),
        None => Outcome::Skipped("the digest is not offered".to_owned()),
    }
}

/// Checks octets signed under a key and an algorithm identifier.
pub fn signed_data(
    vector: &SignedOctets,
    corpus: &Corpus,
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Result<Outcome> {
    let read = |source| -> Result<Octets> { Ok(Octets::from(&*load(corpus, source)?)) };
    let (key, algorithm) = (read(&vector.key)?, read(&vector.algorithm)?);
    let (data, signature) = (read(&vector.data)?, read(&vector.signature)?);
    let checked = (|| {
        let mut budget = Budget::new(limits());
        let mut reader = Reader::new(&key, Encoding::Der, Structure::SubjectPublicKeyInfo);
        let key = SubjectPublicKeyInfo::read(&mut reader, &mut budget)?;
        let mut reader = Reader::new(&algorithm, Encoding::Der, Structure::AlgorithmIdentifier);
        let algorithm = AlgorithmIdentifier::read(&mut reader, &mut budget)?;
        let mut reader = Reader::new(&signature, Encoding::Der, Structure::Object);
        let signature = reader
            .expect(Tag::BIT_STRING, &mut budget)?
            .bit_string_octets()?;
        let signed = Signed {
            octets: data.clone(),
            algorithm,
            signature,
        };
        Ok::<_, Error>(Checked::of(signed.verify(&key, algorithms, &mut budget)?))
    })();
    Ok(match checked {
        Ok(checked) => checked.against(expected),
        Err(error) => Outcome::of(*expected == Expected::Invalid, "invalid", error.to_string()),
    })
}
