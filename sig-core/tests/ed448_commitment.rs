//! A commitment of Ed448 with a part of small order: OpenSSL alone would take it (RFC 8032 §5.2.7 leaves it open), so
//! that two verifiers would differ about one signature. Here it is refused on every back end.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod back_ends;

use back_ends::back_ends;
use sig_core::alg::digest::DigestId;
use sig_core::alg::signature::{Message, NotVerified, SignatureId, SignatureScheme};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::{Budget, Limits};

/// The `SubjectPublicKeyInfo` of Ed448 up to the key (RFC 8410 §4).
const HEADER: &str = "3043300506032b6571033a00";
const KEY: &str = concat!(
    "3151df93c1fb426e40027b8056228fce2afde8762102ad5884094eed64b99b810be188fede387913c66ddc51b68fa8f9c36f",
    "2cc368c01b4400",
);
/// R = r·B + T and s = r + k·a over `message`, with T of order 2 and of order 4.
const SIGNATURES: [&str; 2] = [
    concat!(
        "3ff0a0d6ca16affa3417a21f4cb5b2a3bcab5d33b25740d1bab7e237599aa8aba1ddb5fce1f2475550ef5c5ffbaba499bbc4",
        "d4a4a8ef854280a887ab1249c3b3e06cff5b212f423f9b86ecc6ab14604bdd8a81ec3e83f7de3d8eaec9e73f156a6debbb42",
        "1e9e1b28b762a6900cf5885b3300",
    ),
    concat!(
        "05cfede1f814c089227a845ab166449c15985a62d065d44ebe4b5c293c5c89fd2af38d903514f0bd0bcef9bb9f4fabbb158f",
        "c39e5369042a00bc21ba61879adcc2332c153ca26966ce06ca013ad0d0a21b18a6d1f605edf3a74ef04fd114666f09bfa06b",
        "cf611007d4b795ed8180a0572e00",
    ),
];

#[test]
fn a_commitment_outside_the_group_is_refused_everywhere() {
    let spki = Octets::from(hex::decode([HEADER, KEY].concat()).unwrap());
    let mut reader = Reader::new(&spki, Encoding::Der, Structure::SubjectPublicKeyInfo);
    let key = SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap();
    let id = SignatureId {
        scheme: SignatureScheme::Ed448,
        digest: DigestId::Shake256,
    };
    for table in back_ends() {
        let key = table.signature(id).unwrap().prepare(&key).unwrap();
        for signature in SIGNATURES {
            let signature = hex::decode(signature).unwrap();
            let result = key.verify(Message::Octets(b"message"), &signature);
            assert_eq!(result, Err(NotVerified::BadSignature), "{}", table.name);
        }
    }
}
