use proptest::prelude::*;

use super::*;
use crate::alg::digest::DigestId;
use crate::alg::gost::gost94::GOST94;
use crate::alg::gost::streebog::{STREEBOG256, STREEBOG512};
use crate::alg::provider::RUSTCRYPTO;
use crate::alg::sha::{SHA3_256, SHA256, SHA512};

fn hmac(algorithm: &dyn DigestAlgorithm, key: &[u8], message: &[u8]) -> Digest {
    let mut hmac = Hmac::new(algorithm, key).unwrap();
    hmac.update(message);
    hmac.finish().unwrap()
}

/// RFC 7836, appendix B.
#[test]
fn streebog() {
    let key: Vec<u8> = (0..32).collect();
    let message = hex::decode("0126bdb87800af214341456563780100").unwrap();
    assert_eq!(
        hmac(&STREEBOG256, &key, &message).hex(),
        "a1aa5f7de402d7b3d323f2991c8d4534013137010a83754fd0af6d7cd4922ed9"
    );
    assert_eq!(
        hmac(&STREEBOG512, &key, &message).hex(),
        "a59bab22ecae19c65fbde6e5f4e9f5d8549d31f037f9df9b905500e171923a77\
         3d5f1530f2ed7e964cb2eedc29e9ad2f3afe93b2814f79f5000ffc0366c251e6"
    );
}

/// One iteration of PBKDF2 is one HMAC of the salt and the number of the block: R 50.1.111-2016, appendix A, and the
/// examples of the recommendations before it, with GOST R 34.11-94.
#[test]
fn first_iteration_of_pbkdf2() {
    let message = b"salt\0\0\0\x01";
    assert_eq!(
        hmac(&GOST94, b"password", message).hex(),
        "7314e7c04fb2e662c543674253f68bd0b73445d07f241bed872882da21662d58"
    );
    assert_eq!(
        hmac(&STREEBOG512, b"password", message).hex(),
        "64770af7f748c3b1c9ac831dbcfd85c26111b30a8a657ddc3056b80ca73e040d\
         2854fd36811f6d825cc4ab66ec0a68a490a9e5cf5156b3a2b7eecddbf9a16b47"
    );
}

/// RFC 4231 §4.7, and the same with SHA-3 as OpenSSL computes it: its block is longer than the key, then shorter.
#[test]
fn keys_longer_than_a_block() {
    let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
    let key = [0xaa; 137];
    assert_eq!(
        hmac(&SHA256, &key[..131], message).hex(),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
    assert_eq!(
        hmac(&SHA512, &key[..131], message).hex(),
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
         6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
    );
    assert_eq!(
        hmac(&SHA3_256, &key[..131], message).hex(),
        "ed73a374b96c005235f948032f09674a58c0ce555cfc1f223b02356560312c3b"
    );
    assert_eq!(
        hmac(&SHA3_256, &key, message).hex(),
        "5fe2b7d30d2579f9081aad680db4975e48ccf54ad7c296cabcc4f831010c60fd"
    );
}

#[test]
fn a_code_is_compared_whole() {
    let code = hmac(&STREEBOG256, b"key", b"message").value;
    let verify = |code: &[u8]| {
        let mut hmac = Hmac::new(&STREEBOG256, b"key").unwrap();
        hmac.update(b"message");
        hmac.verify(code).unwrap()
    };
    assert!(verify(&code));
    assert!(!verify(&code[..31]));
    assert!(!verify(&[]));
    assert!(!verify(&[code.as_slice(), &[0]].concat()));
    for index in 0..code.len() {
        let mut other = code.clone();
        other[index] ^= 0x80;
        assert!(!verify(&other));
    }
}

proptest! {
    /// RFC 2104 §2, written out.
    #[test]
    fn every_digest_follows_the_definition(
        key in proptest::collection::vec(any::<u8>(), 0..300),
        message in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        for algorithm in RUSTCRYPTO.digests {
            let size = algorithm.id().block_size();
            prop_assert!(size <= LONGEST_BLOCK);
            let hash = |octets: &[u8]| algorithm.digest(octets).unwrap().value;
            let mut padded = if key.len() > size { hash(&key) } else { key.clone() };
            padded.resize(size, 0);
            let pad = |with: u8| padded.iter().map(|octet| octet ^ with).collect::<Vec<_>>();
            let inner = hash(&[pad(0x36), message.clone()].concat());
            let expected = hash(&[pad(0x5c), inner].concat());
            let found = hmac(*algorithm, &key, &message);
            prop_assert_eq!(found.value, expected);
            prop_assert_eq!(found.algorithm, algorithm.id());
        }
    }
}

#[test]
fn no_block_is_longer() {
    let all = [DigestId::Gost94, DigestId::Sha384, DigestId::Sha3_224];
    assert_eq!(all.map(DigestId::block_size), [32, 128, LONGEST_BLOCK]);
}
