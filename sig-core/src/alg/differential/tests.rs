//! Each disagreement is named, whichever side is wrong, and a verdict comes only from agreement.

use super::*;
use crate::alg::provider::RUSTCRYPTO;
use crate::alg::sha::SHA256;
use crate::alg::testing::spki;
use crate::der::oids;

/// The value of SHA-256 with its last bit turned.
#[derive(Debug)]
struct WrongDigest;

struct WrongContext(Box<dyn DigestContext>);

impl DigestAlgorithm for WrongDigest {
    fn id(&self) -> DigestId {
        DigestId::Sha256
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::new(WrongContext(SHA256.start()))
    }
}

impl DigestContext for WrongContext {
    fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        let mut digest = self.0.finish()?;
        if let Some(last) = digest.value.last_mut() {
            *last ^= 1;
        }
        Ok(digest)
    }
}

/// Answers the same whatever is asked.
#[derive(Clone, Copy, Debug)]
struct Fixed {
    key: Result<(), KeyRejected>,
    signature: Result<(), NotVerified>,
}

impl SignatureAlgorithm for Fixed {
    fn id(&self) -> SignatureId {
        rsa::RSA_SHA256.id()
    }

    fn prepare(&self, _: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        self.key.map(|()| Box::new(*self) as Box<dyn VerifyingKey>)
    }
}

impl VerifyingKey for Fixed {
    fn verify(&self, _: Message<'_>, _: &[u8]) -> Result<(), NotVerified> {
        self.signature
    }

    fn memory(&self) -> usize {
        7
    }
}

static ACCEPTS: Fixed = Fixed {
    key: Ok(()),
    signature: Ok(()),
};
static REJECTS: Fixed = Fixed {
    key: Ok(()),
    signature: Err(NotVerified::BadSignature),
};
static REFUSES_KEY: Fixed = Fixed {
    key: Err(KeyRejected::OutOfBounds),
    signature: Ok(()),
};
static REFUSES_KEY_OTHERWISE: Fixed = Fixed {
    key: Err(KeyRejected::Malformed),
    signature: Ok(()),
};

fn prepare(
    first: &'static Fixed,
    second: &'static Fixed,
) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    SignaturePair::new(first, second).prepare(&spki(oids::RSA, &[5, 0], &[]))
}

#[test]
fn digests_that_differ_have_no_value() {
    let agree = DigestPair::new(&SHA256, &openssl::SHA256);
    assert_eq!(agree.digest(b"abc"), SHA256.digest(b"abc"));
    for pair in [
        DigestPair::new(&SHA256, &WrongDigest),
        DigestPair::new(&WrongDigest, &SHA256),
    ] {
        let disagree = Err(DigestsDisagree(DigestId::Sha256));
        assert_eq!(pair.digest(b"abc"), disagree);
        let mut context = pair.start();
        context.update(b"a");
        context.update(b"bc");
        assert_eq!(context.finish(), disagree);
    }
}

#[test]
fn keys_are_taken_and_refused_together() {
    assert!(prepare(&ACCEPTS, &REJECTS).is_ok());
    assert_eq!(
        prepare(&REFUSES_KEY, &REFUSES_KEY).err(),
        Some(KeyRejected::OutOfBounds)
    );
    for (first, second) in [
        (&ACCEPTS, &REFUSES_KEY),
        (&REFUSES_KEY, &ACCEPTS),
        (&REFUSES_KEY, &REFUSES_KEY_OTHERWISE),
    ] {
        assert_eq!(
            prepare(first, second).err(),
            Some(KeyRejected::BackEndsDisagree)
        );
    }
}

#[test]
fn signatures_are_accepted_and_rejected_together() {
    let verify = |first, second| {
        let key = prepare(first, second).unwrap();
        assert!(key.memory() > 14);
        key.verify(Message::Octets(b"message"), b"signature")
    };
    assert_eq!(verify(&ACCEPTS, &ACCEPTS), Ok(()));
    assert_eq!(verify(&REJECTS, &REJECTS), Err(NotVerified::BadSignature));
    let disagree = Err(NotVerified::BackEndsDisagree);
    assert_eq!(verify(&ACCEPTS, &REJECTS), disagree);
    assert_eq!(verify(&REJECTS, &ACCEPTS), disagree);
}

#[test]
fn every_table_offers_the_same() {
    for table in [&openssl::OPENSSL, &DIFFERENTIAL] {
        let digests =
            |table: &Algorithms| -> Vec<_> { table.digests.iter().map(|row| row.id()).collect() };
        let signatures = |table: &Algorithms| -> Vec<_> {
            table.signatures.iter().map(|row| row.id()).collect()
        };
        assert_eq!(digests(table), digests(&RUSTCRYPTO), "{}", table.name);
        assert_eq!(signatures(table), signatures(&RUSTCRYPTO), "{}", table.name);
    }
}
