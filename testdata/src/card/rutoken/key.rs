//! Keys on Rutoken ECP: numbers come and go with the low octet first.

use super::{Rutoken, USER};
use crate::card::Identity;

/// A key and its certificate.
#[derive(Clone, Copy)]
pub struct RutokenKey {
    pub(super) reference: u8,
    pub(super) identity: Identity,
    pub(super) kind: Kind,
    pub(super) halves: Halves,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// With octets of the modulus.
    Rsa(usize),
    /// With octets of the digest.
    Gost(usize),
}

/// Which half of a GOST signature comes first, once the order of octets is turned round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Halves {
    /// s, then r, as signatures of CMS have it.
    #[default]
    SThenR,
    /// r, then s.
    RThenS,
}

impl RutokenKey {
    /// An RSA key of 2048 bits.
    pub fn rsa(reference: u8, identity: Identity) -> Self {
        Self::new(reference, identity, Kind::Rsa(256))
    }

    /// A GOST key of 256 bits.
    pub fn gost_256(reference: u8, identity: Identity) -> Self {
        Self::new(reference, identity, Kind::Gost(32))
    }

    /// A GOST key of 512 bits.
    pub fn gost_512(reference: u8, identity: Identity) -> Self {
        Self::new(reference, identity, Kind::Gost(64))
    }

    /// The same with signatures in another order.
    pub fn with_halves(mut self, halves: Halves) -> Self {
        self.halves = halves;
        self
    }

    fn new(reference: u8, identity: Identity, kind: Kind) -> Self {
        Self {
            reference,
            identity,
            kind,
            halves: Halves::default(),
        }
    }
}

impl Rutoken {
    /// MANAGE SECURITY ENVIRONMENT: `80 01 algorithm` and `81 L file` may stand there, `84 01 reference` must.
    pub(super) fn set_environment(&mut self, data: &[u8]) -> u16 {
        let mut reference = None;
        let mut rest = data;
        while let [tag, length, value @ ..] = rest {
            let Some((value, next)) = value.split_at_checked(usize::from(*length)) else {
                return 0x6A80;
            };
            match (tag, value) {
                (0x80 | 0x81, _) => {}
                (0x83 | 0x84, [octet]) => reference = Some(*octet),
                _ => return 0x6A80,
            }
            rest = next;
        }
        let known = |reference: &u8| self.keys.iter().any(|key| key.reference == *reference);
        self.environment = reference.filter(known);
        match (rest, self.environment) {
            ([], Some(_)) => 0x9000,
            ([], None) => 0x6A88,
            _ => 0x6A80,
        }
    }

    /// COMPUTE DIGITAL SIGNATURE.
    pub(super) fn sign(&mut self, data: &[u8]) -> (Vec<u8>, u16) {
        let of = |reference| self.keys.iter().find(|key| key.reference == reference);
        let Some(key) = self.environment.and_then(of) else {
            return (Vec::new(), 0x6985);
        };
        if !self.pins.is_verified(USER) {
            return (Vec::new(), 0x6982);
        }
        let (Kind::Rsa(length) | Kind::Gost(length)) = key.kind;
        if data.len() != length {
            return (Vec::new(), 0x6700);
        }
        let input: Vec<u8> = match key.kind {
            Kind::Rsa(_) => data.iter().rev().copied().collect(),
            // A digest of GOST is a number with the low octet first as it is written.
            Kind::Gost(_) => data.to_vec(),
        };
        let Ok(mut signature) = key.identity.sign_raw(&input) else {
            return (Vec::new(), 0x6A80);
        };
        if key.halves == Halves::RThenS && matches!(key.kind, Kind::Gost(_)) {
            let middle = signature.len() / 2;
            signature.rotate_left(middle);
        }
        signature.reverse();
        (signature, 0x9000)
    }
}
