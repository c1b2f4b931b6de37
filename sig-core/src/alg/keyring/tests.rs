use super::*;
use crate::alg::digest::DigestId;
use crate::alg::gost::gost3410::GOST2012_256;
use crate::alg::signature::{Message, NotVerified, SignatureAlgorithm, SignatureScheme};
use crate::alg::testing::spki;
use crate::der::oids;

/// An algorithm whose keys hold what they are offered, up to a whole table, and at least the small form.
#[derive(Debug)]
struct Hungry;

#[derive(Debug)]
struct Held(usize);

const TABLE: usize = 100 << 10;
const SMALL: usize = 1 << 10;

impl SignatureAlgorithm for Hungry {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::Ecdsa,
            digest: DigestId::Sha256,
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        self.prepare_within(key, 0)
    }

    fn prepare_within(
        &self,
        key: &SubjectPublicKeyInfo,
        memory: usize,
    ) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        if key.public_key.first() == Some(&0xff) {
            return Err(KeyRejected::Malformed);
        }
        Ok(Box::new(Held(if memory >= TABLE { TABLE } else { SMALL })))
    }
}

impl VerifyingKey for Held {
    fn verify(&self, _: Message<'_>, _: &[u8]) -> Result<(), NotVerified> {
        Err(NotVerified::BadSignature)
    }

    fn memory(&self) -> usize {
        self.0
    }
}

static HUNGRY: Algorithms = Algorithms {
    name: "hungry",
    digests: &[],
    signatures: &[&Hungry],
};

fn ec_key(number: u16) -> SubjectPublicKeyInfo {
    spki(oids::EC, &[], &number.to_be_bytes())
}

fn memory_of(ring: &Keyring, key: &SubjectPublicKeyInfo) -> Option<usize> {
    ring.get(Hungry.id(), key).map(VerifyingKey::memory)
}

#[test]
fn busy_keys_get_tables_and_every_key_its_place() {
    let keys: Vec<_> = (0..100).map(ec_key).collect();
    // The busy one stands last: importance decides, not the order.
    let named: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(place, key)| {
            let importance = if place == 99 {
                Importance::Busy
            } else {
                Importance::Seldom
            };
            (importance, key)
        })
        .collect();
    let ring = Keyring::within(1 << 20, &named, &HUNGRY);
    assert_eq!(ring.len(), 100);
    assert_eq!(memory_of(&ring, &keys[99]), Some(TABLE));
    assert_eq!(memory_of(&ring, &keys[0]), Some(SMALL));
}

#[test]
fn tables_end_where_the_bound_would_be_passed() {
    let keys: Vec<_> = (0..300).map(ec_key).collect();
    let named: Vec<_> = keys.iter().map(|key| (Importance::Busy, key)).collect();
    for bound in [0, SMALL, 64 << 10, 1 << 20, 4 << 20] {
        let ring = Keyring::within(bound, &named, &HUNGRY);
        assert!(ring.memory() <= bound, "{} of {bound}", ring.memory());
        let held: usize = keys.iter().filter_map(|key| memory_of(&ring, key)).sum();
        assert!(held <= ring.memory());
    }
    let ring = Keyring::within(4 << 20, &named, &HUNGRY);
    assert_eq!(ring.len(), 300);
    assert_eq!(memory_of(&ring, &keys[0]), Some(TABLE));
    assert_eq!(memory_of(&ring, &keys[299]), Some(SMALL));
}

#[test]
fn keys_that_cannot_be_used_are_left_out() {
    let (broken, foreign) = (ec_key(0xff00), spki(oids::GOST2012_256, &[], &[1]));
    let ring = Keyring::within(
        1 << 20,
        &[(Importance::Busy, &broken), (Importance::Busy, &foreign)],
        &HUNGRY,
    );
    assert!(ring.is_empty());
    assert_eq!(ring.memory(), 0);
}

#[test]
fn a_ring_serves_only_the_back_end_that_prepared_it() {
    static OTHER: Algorithms = Algorithms {
        name: "other",
        digests: &[],
        signatures: &[&Hungry],
    };
    let key = ec_key(1);
    let ring = Keyring::within(1 << 20, &[(Importance::Busy, &key)], &HUNGRY);
    let is_kept = |algorithms| {
        let prepared = Verification::new(algorithms, Some(&ring)).key(Hungry.id(), &key);
        matches!(prepared, Some(Ok(Prepared::Kept(_))))
    };
    assert!(is_kept(&HUNGRY));
    assert!(!is_kept(&OTHER));
}

#[test]
fn an_algorithm_that_is_not_offered_gives_no_key() {
    let key = ec_key(1);
    let verification = Verification::from(&HUNGRY);
    assert!(verification.key(GOST2012_256.id(), &key).is_none());
    assert!(matches!(
        verification.key(Hungry.id(), &ec_key(0xff00)),
        Some(Err(KeyRejected::Malformed))
    ));
}
