//! The equation of ECDSA by OpenSSL.

use std::sync::OnceLock;

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::Public;

use crate::alg::ecdsa::{NamedCurve, Point};

/// Takes in a point; it lies on the curve, and every curve has the cofactor 1.
pub(super) fn point(curve: &NamedCurve, octets: &[u8]) -> Option<Box<dyn Point>> {
    let place = NIDS
        .iter()
        .position(|(name, _)| *name == curve.short_name)?;
    let group = GROUPS.get(place)?.get_or_init(|| {
        let (_, nid) = NIDS.get(place)?;
        Group::of(*nid).ok()
    });
    read(group.as_ref()?, octets)
        .ok()
        .map(|key| Box::new(key) as Box<dyn Point>)
}

const NIDS: [(&str, Nid); 6] = [
    ("p256", Nid::X9_62_PRIME256V1),
    ("p384", Nid::SECP384R1),
    ("p521", Nid::SECP521R1),
    ("brainpool-p256r1", Nid::BRAINPOOL_P256R1),
    ("brainpool-p384r1", Nid::BRAINPOOL_P384R1),
    ("brainpool-p512r1", Nid::BRAINPOOL_P512R1),
];

/// The groups of [`NIDS`], each made once: to make one takes longer than to take in a point.
static GROUPS: [OnceLock<Option<Group>>; NIDS.len()] = [const { OnceLock::new() }; NIDS.len()];

struct Group {
    group: EcGroup,
    /// Most significant octet first.
    order: Vec<u8>,
}

impl Group {
    fn of(nid: Nid) -> Result<Self, ErrorStack> {
        let group = EcGroup::from_curve_name(nid)?;
        let mut context = BigNumContext::new()?;
        let mut order = BigNum::new()?;
        group.order(&mut order, &mut context)?;
        let order = order.to_vec_padded(order.num_bytes())?;
        Ok(Self { group, order })
    }
}

fn read(Group { group, order }: &'static Group, octets: &[u8]) -> Result<OpenSslPoint, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let point = EcPoint::from_bytes(group, octets, &mut context)?;
    Ok(OpenSslPoint {
        key: EcKey::from_public_key(group, &point)?,
        order,
    })
}

struct OpenSslPoint {
    key: EcKey<Public>,
    /// Most significant octet first.
    order: &'static [u8],
}

impl OpenSslPoint {
    /// FIPS 186-5 §6.4.2 step 1.
    fn in_range(&self, scalar: &[u8]) -> bool {
        scalar.len() == self.order.len()
            && *scalar < *self.order
            && scalar.iter().any(|octet| *octet != 0)
    }
}

impl Point for OpenSslPoint {
    fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        if !self.in_range(r) || !self.in_range(s) {
            return false;
        }
        // An error is the answer to signatures whose point is the identity, too.
        let verified = BigNum::from_slice(r)
            .and_then(|r| EcdsaSig::from_private_components(r, BigNum::from_slice(s)?))
            .and_then(|signature| signature.verify(digest, &self.key));
        super::verdict(verified).is_ok()
    }

    fn memory(&self) -> usize {
        // The structures of OpenSSL: a copy of the group and the point.
        size_of::<Self>() + 1792 + 4 * self.order.len()
    }
}
