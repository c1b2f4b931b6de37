//! §6.1.4 (d) to (f), §6.1.5 (c) to (e): DSA keys without parameters take those of the key above (RFC 3279 §2.3.2).

use std::sync::{Arc, LazyLock};

use openssl::bn::{BigNum, BigNumContext};
use openssl::dsa::Dsa;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::strength::describe_key;
use sig_core::path::build::{CertificationPath, Search, Sources, search};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

use crate::certificates::*;

const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
const DSA_SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2];

/// The parameters of RFC 6979 §A.2.1.
const P: &str = "86f5ca03dcfeb225063ff830a0c769b9dd9d6153ad91d7ce27f787c43278b447e6533b86b18bed6e8a48b784a14c252c5be0dbf60b86d6385bd2f12fb763ed8873abfd3f5ba2e0a8c0a59082eac056935e529daf7c610467899c77adedfc846c881870b7b19b2b58f9be0521a17002e3bdd6b86685ee90b3d9a1b02b782b1779";
const Q: &str = "996f967f6c8e388d9e28d01e205fba957a5698b1";
const G: &str = "07b0f92546150b62514bb771e2a0c0ce387f03bda6c56b505209ff25fd3c133d89bbcd97e904e09114d9a7defdeadfc9078ea544d2e401aeecc40bb9fbbf78fd87995a10a1c27cb7789b594ba7efb5c4326a9fe59a070e136db77175464adca417be5dce2f40d10a46a3a3943f26ab7fd9c0398ff8c76ee0a56826a8a88f1dbd";

static PARAMETERS: LazyLock<[BigNum; 3]> =
    LazyLock::new(|| [P, Q, G].map(|digits| BigNum::from_hex_str(digits).unwrap()));

fn integer(value: &BigNum) -> Vec<u8> {
    let mut octets = value.to_vec();
    if octets.first().is_some_and(|first| *first >= 0x80) {
        octets.insert(0, 0);
    }
    tlv(2, &octets)
}

/// A key by its secret number.
struct Key(u32);

impl Key {
    fn public(&self) -> BigNum {
        let [p, _, g] = &*PARAMETERS;
        let mut public = BigNum::new().unwrap();
        let mut context = BigNumContext::new().unwrap();
        let secret = BigNum::from_u32(self.0).unwrap();
        public.mod_exp(g, &secret, p, &mut context).unwrap();
        public
    }

    fn spki(&self, parameters: &[Vec<u8>]) -> Vec<u8> {
        let algorithm = [&[oid(DSA)], parameters].concat();
        spki(&algorithm, &integer(&self.public()))
    }

    fn inheriting(&self) -> Vec<u8> {
        self.spki(&[])
    }

    fn with_parameters(&self) -> Vec<u8> {
        let parameters: Vec<_> = PARAMETERS.iter().map(integer).collect();
        self.spki(&[sequence(&parameters)])
    }

    fn sign(&self, octets: &[u8]) -> Vec<u8> {
        let copy = |number: &BigNum| BigNum::from_slice(&number.to_vec()).unwrap();
        let [p, q, g] = &*PARAMETERS;
        let secret = BigNum::from_u32(self.0).unwrap();
        let dsa = Dsa::from_private_components(copy(p), copy(q), copy(g), secret, self.public());
        let key = PKey::from_dsa(dsa.unwrap()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.sign_oneshot_to_vec(octets).unwrap()
    }
}

const ROOT: Key = Key(1_000_003);
const CA: Key = Key(2_000_003);
const SUB: Key = Key(3_000_017);
const PERSON: Key = Key(4_000_037);

fn certified(draft: Draft, key: Vec<u8>, by: &Key) -> Arc<Certificate> {
    let draft = draft.algorithm(DSA_SHA256);
    draft.make_with(key, |signed| by.sign(signed))
}

fn root() -> Arc<Certificate> {
    certified(anchor(), ROOT.with_parameters(), &ROOT)
}

fn paths(
    end_entity: &Arc<Certificate>,
    between: &[Arc<Certificate>],
    anchor: Arc<Certificate>,
) -> Vec<CertificationPath> {
    let anchors = [anchor];
    let sources = Sources::new(&anchors, between, &RUSTCRYPTO);
    let mut found = Vec::new();
    let mut budget = Budget::new(Limits::STANDARD);
    search(end_entity, sources, &mut budget, &mut |path, _| {
        found.push(path);
        Ok(Search::Continue)
    })
    .unwrap();
    found
}

#[test]
fn rfc5280_6_1_4_d_e_parameters_come_from_the_key_above() {
    let ca = certified(authority("CA", "Root"), CA.inheriting(), &ROOT);
    let sub = certified(authority("Sub", "CA"), SUB.inheriting(), &CA);
    let person = certified(leaf("A", "Sub"), PERSON.inheriting(), &SUB);
    let [path] = paths(&person, &[ca, sub], root()).try_into().unwrap();
    assert_eq!(path.certificates.len(), 3);
    for (certificate, key) in path.certificates.iter().zip([&PERSON, &SUB, &CA]) {
        assert_eq!(&*certificate.spki.octets, key.with_parameters());
        assert_eq!(describe_key(&certificate.spki).bits, 1024);
    }
    // What was signed is what it was.
    assert_eq!(path.certificates[0].octets, person.octets);
}

#[test]
fn rfc5280_6_1_4_e_what_a_key_without_parameters_signed_is_verified() {
    let ca = certified(authority("CA", "Root"), CA.inheriting(), &ROOT);
    let forged = certified(leaf("A", "CA"), PERSON.inheriting(), &SUB);
    assert!(paths(&forged, std::slice::from_ref(&ca), root()).is_empty());
    // The authority itself is forged.
    let stranger = certified(authority("CA", "Root"), CA.inheriting(), &SUB);
    let person = certified(leaf("A", "CA"), PERSON.with_parameters(), &CA);
    assert!(paths(&person, &[stranger], root()).is_empty());
    assert_eq!(paths(&person, &[ca], root()).len(), 1);
}

#[test]
fn rfc5280_6_1_4_f_a_key_of_another_algorithm_gives_no_parameters() {
    let ed25519 = anchor().make();
    let ca = authority("CA", "Root").make_with(CA.inheriting(), |_| vec![0; 64]);
    let person = certified(leaf("A", "CA"), PERSON.inheriting(), &CA);
    assert!(paths(&person, &[ca], ed25519).is_empty());
    // Nor does an anchor that has none itself.
    let bare = certified(anchor(), ROOT.inheriting(), &ROOT);
    let person = certified(leaf("A", "Root"), PERSON.inheriting(), &ROOT);
    assert!(paths(&person, &[], bare).is_empty());
    assert_eq!(paths(&person, &[], root()).len(), 1);
}
