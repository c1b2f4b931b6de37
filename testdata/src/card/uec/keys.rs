//! Keys, certificates and the terminal of the test system: own keys on the curve
//! id-GostR3410-2001-CryptoPro-A-ParamSet, digest GOST R 34.11-94 (CryptoPro), coordinates and numbers big-endian, signatures
//! `s || r`. How the real system did it is not published.

use num_bigint::BigUint;

use super::cipher::Magma;
use crate::der::tlv;
use crate::digest::Digest;
use crate::key::ParameterSet;

/// Numbers of roles in certificates.
pub(super) const CHANNEL_OPERATOR: u8 = 4;
pub(super) const TERMINAL: u8 = 7;

/// Name of the channel operator, long enough that certificates do not fit a short command.
const OPERATOR: [u8; 64] = [b'O'; 64];

const TAG_SIGNATURE: &[u8] = &[0x5F, 0x37];

/// A private key: a number that its name stands for.
pub(super) struct PrivateKey(BigUint);

impl PrivateKey {
    pub(super) fn named(name: &str) -> Self {
        let q = &ParameterSet::CryptoproA.curve().q;
        let digest = Digest::Gost94.of(format!("uec key {name}").as_bytes());
        Self(BigUint::from_bytes_be(&digest) % (q - 1u8) + 1u8)
    }

    pub(super) fn public(&self) -> Vec<u8> {
        let curve = ParameterSet::CryptoproA.curve();
        curve
            .multiply_base(&self.0)
            .map_or(Vec::new(), |point| octets(&point))
    }

    /// The nonce is made of key and message, so that a signature is a function of both.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let curve = ParameterSet::CryptoproA.curve();
        let q = &curve.q;
        let e = number(message);
        for attempt in 0u8..=255 {
            let seed = [&self.0.to_bytes_be(), message, &[attempt]].concat();
            let k = BigUint::from_bytes_be(&Digest::Gost94.of(&seed)) % q;
            let Some((x, _)) = curve.multiply_base(&k) else {
                continue;
            };
            let r = x % q;
            let s = (&r * &self.0 + k * &e) % q;
            if r != BigUint::ZERO && s != BigUint::ZERO {
                return [fixed(&s), fixed(&r)].concat();
            }
        }
        Vec::new()
    }

    /// 32 octets that both sides have: the common point, both random numbers.
    pub(super) fn agree(&self, public: &[u8], random: &[u8], challenge: &[u8]) -> Option<Vec<u8>> {
        let curve = ParameterSet::CryptoproA.curve();
        let common = curve.multiply(&self.0, &point(public)?)?;
        Some(Digest::Gost94.of(&[&octets(&common), random, challenge].concat()))
    }
}

/// Whether the signature is one of the key.
pub(super) fn verify(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let curve = ParameterSet::CryptoproA.curve();
    let q = &curve.q;
    let check = || {
        let (s, r) = signature.split_at_checked(32)?;
        let (s, r) = (BigUint::from_bytes_be(s), BigUint::from_bytes_be(r));
        if r == BigUint::ZERO || s == BigUint::ZERO || &r >= q || &s >= q {
            return None;
        }
        let v = number(message).modinv(q)?;
        let first = curve.multiply_base(&(&s * &v % q))?;
        let second = curve.multiply(&((q - &r) * &v % q), &point(public)?)?;
        let (x, _) = curve.sum(&first, &second)?;
        Some(x % q == r)
    };
    check().unwrap_or(false)
}

fn number(message: &[u8]) -> BigUint {
    let q = &ParameterSet::CryptoproA.curve().q;
    let e = BigUint::from_bytes_be(&Digest::Gost94.of(message)) % q;
    if e == BigUint::ZERO { 1u8.into() } else { e }
}

fn fixed(value: &BigUint) -> Vec<u8> {
    let octets = value.to_bytes_be();
    [vec![0; 32 - octets.len()], octets].concat()
}

fn octets((x, y): &(BigUint, BigUint)) -> Vec<u8> {
    [fixed(x), fixed(y)].concat()
}

fn point(public: &[u8]) -> Option<(BigUint, BigUint)> {
    let (x, y) = public.split_at_checked(32)?;
    Some((BigUint::from_bytes_be(x), BigUint::from_bytes_be(y)))
}

/// A card verifiable certificate (7F21) of a public key, whose objects `81` and, for RSA, `82` are given.
pub(super) fn certificate(
    signer: &PrivateKey,
    issuer: &[u8],
    subject: &[u8],
    role: u8,
    key: &[u8],
) -> Vec<u8> {
    let body = [
        tlv(&[0x5F, 0x29], &[0x01]),
        tlv(&[0x42], issuer),
        tlv(&[0x65], &[tlv(&[0x80], &[1]), tlv(&[0x81], &[1])].concat()),
        tlv(&[0x5F, 0x20], subject),
        tlv(&[0x7F, 0x49], key),
        tlv(
            &[0x7F, 0x4C],
            &[
                tlv(&[0x80], &[role]),
                tlv(&[0x81], &[0xFF, 0x00]),
                tlv(&[0x82], &[1]),
                tlv(&[0x83], &[1]),
            ]
            .concat(),
        ),
        tlv(&[0x5F, 0x25], &[0x13, 0x03, 0x15]),
        tlv(&[0x5F, 0x24], &[0x18, 0x03, 0x14]),
    ];
    let body = tlv(&[0x7F, 0x4E], &body.concat());
    let signature = tlv(TAG_SIGNATURE, &signer.sign(&body));
    tlv(&[0x7F, 0x21], &[body, signature].concat())
}

/// The public key of a certificate whose body and signature the signer has signed; and its role.
pub(super) fn checked(signer: &[u8], body: &[u8], signature: &[u8]) -> Option<(u8, Vec<u8>)> {
    let [0x5F, 0x37, 0x40, signature @ ..] = signature else {
        return None;
    };
    let place = |tag: &[u8]| body.windows(tag.len()).position(|window| window == tag);
    let key = place(&[0x7F, 0x49, 0x42, 0x81, 0x40])? + 5;
    let role = body.get(place(&[0x7F, 0x4C])? + 5)?;
    let key = body.get(key..key + 64)?;
    verify(signer, body, signature).then(|| (*role, key.to_vec()))
}

/// Keys of one session: for encryption and for the codes.
#[derive(Clone)]
pub(super) struct SessionKeys {
    pub(super) encryption: Magma,
    pub(super) codes: Magma,
}

impl SessionKeys {
    pub(super) fn of(secret: &[u8]) -> Self {
        let key =
            |number: u8| Magma::new(&Digest::Gost94.of(&[secret, &[0, 0, 0, number]].concat()));
        Self {
            encryption: key(1),
            codes: key(2),
        }
    }

    /// The initial vector of a counter.
    pub(super) fn vector(&self, counter: u64) -> u64 {
        self.encryption.encrypt(counter)
    }
}

/// The terminal of the test system: "Test (emulator, own key set, own stated curve)".
pub struct TestTerminal {
    key: PrivateKey,
    certificates: Vec<Vec<u8>>,
    random: u32,
    sent: Vec<u8>,
    session: Option<SessionKeys>,
}

/// What the test terminal can do: the suite of GOST, with both versions.
pub const INFORMATION: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x80, 11, 12, 13, 0x84, 15];

impl Default for TestTerminal {
    fn default() -> Self {
        Self::new()
    }
}

impl TestTerminal {
    /// A terminal whose certificates lead to the root that the emulated cards trust.
    #[must_use]
    pub fn new() -> Self {
        Self::under(&PrivateKey::named("root"))
    }

    /// A terminal whose certificates lead to another root.
    #[must_use]
    pub fn of_another_system() -> Self {
        Self::under(&PrivateKey::named("another root"))
    }

    fn under(root: &PrivateKey) -> Self {
        let operator = PrivateKey::named("operator");
        let key = PrivateKey::named("terminal");
        let point = |key: &PrivateKey| tlv(&[0x81], &key.public());
        Self {
            certificates: vec![
                certificate(
                    root,
                    b"ROOT01",
                    &OPERATOR,
                    CHANNEL_OPERATOR,
                    &point(&operator),
                ),
                certificate(&operator, &OPERATOR, &INFORMATION, TERMINAL, &point(&key)),
            ],
            key,
            random: 0,
            sent: Vec::new(),
            session: None,
        }
    }

    /// That of the channel operator, that of the terminal.
    #[must_use]
    pub fn certificates(&self) -> Vec<Vec<u8>> {
        self.certificates.clone()
    }

    /// Signature and random number for the card's challenge and public key.
    pub fn begin(&mut self, challenge: &[u8], card: &[u8]) -> Option<Vec<u8>> {
        self.random += 1;
        let seed = format!("uec terminal random {}", self.random);
        let random = Digest::Gost94.of(seed.as_bytes())[..16].to_vec();
        let signature = self.key.sign(&[&random, challenge].concat());
        let secret = self.key.agree(card, &random, challenge)?;
        self.session = Some(SessionKeys::of(&secret));
        self.sent = random;
        Some([signature, self.sent.clone()].concat())
    }

    /// Whether the card's answer proves that it has the key.
    pub fn complete(&mut self, answer: &[u8]) -> bool {
        let expected = self.mac(&self.sent.clone());
        expected.is_some_and(|code| code == answer)
    }

    /// The counter, encrypted.
    #[must_use]
    pub fn vector(&self, counter: [u8; 8]) -> Option<[u8; 8]> {
        let keys = self.session.as_ref()?;
        Some(keys.vector(u64::from_be_bytes(counter)).to_be_bytes())
    }

    /// Whole blocks, after this initial vector.
    #[must_use]
    pub fn encrypt(&self, vector: [u8; 8], plain: &[u8]) -> Option<Vec<u8>> {
        let keys = self.session.as_ref()?;
        Some(
            keys.encryption
                .encrypt_blocks(u64::from_be_bytes(vector), plain),
        )
    }

    /// Whole blocks, after this initial vector.
    #[must_use]
    pub fn decrypt(&self, vector: [u8; 8], cipher: &[u8]) -> Option<Vec<u8>> {
        let keys = self.session.as_ref()?;
        Some(
            keys.encryption
                .decrypt_blocks(u64::from_be_bytes(vector), cipher),
        )
    }

    /// Code over these octets.
    #[must_use]
    pub fn mac(&self, input: &[u8]) -> Option<[u8; 4]> {
        Some(self.session.as_ref()?.codes.imitation(input))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_one_of_its_key_and_message_only() {
        let key = PrivateKey::named("a");
        let signature = key.sign(b"message");
        assert!(verify(&key.public(), b"message", &signature));
        assert!(!verify(&key.public(), b"massage", &signature));
        assert!(!verify(
            &PrivateKey::named("b").public(),
            b"message",
            &signature
        ));
    }

    #[test]
    fn both_sides_agree() {
        let (card, terminal) = (PrivateKey::named("card"), PrivateKey::named("terminal"));
        let of = |own: &PrivateKey, other: &PrivateKey| own.agree(&other.public(), b"r", b"c");
        assert_eq!(of(&card, &terminal), of(&terminal, &card));
        assert!(of(&card, &terminal).is_some());
    }
}
