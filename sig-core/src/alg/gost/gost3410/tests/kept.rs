//! Keys with tables of every size give the verdicts of the plain ones.

use super::*;

/// Room for the plain form, and for combs of each width with entries of two or three coordinates.
const ROOM: [usize; 8] = [
    0, 20_000, 40_000, 60_000, 120_000, 240_000, 500_000, 2_500_000,
];

fn prepare_within(
    set: &ParameterSet,
    coordinates: &[u8],
    memory: usize,
) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    let algorithm = algorithm(set);
    let key = element(Tag::OCTET_STRING, coordinates);
    algorithm.prepare_within(&spki(algorithm.key, &sequence_of(&[set.oid]), &key), memory)
}

/// The signature for which C = z1·P + z2·Q is k·P, and the digest it is of: none if r or e is zero.
fn crafted(curve: &Curve, d: &BigUint, z2: &BigUint, k: &BigUint) -> Option<(Vec<u8>, Vec<u8>)> {
    let q = &curve.q;
    let (x, _) = curve.multiply(k, &curve.base())?;
    let r = x % q;
    let e = (q - &r) * inverse(z2, q) % q;
    let s = (&r * d + k * &e) % q;
    let mut digest = curve.big_endian(&e);
    digest.reverse();
    let is_usable = [&r, &e, &s].iter().all(|value| **value != BigUint::ZERO);
    is_usable.then(|| (digest, curve.encode_signature(&(r, s))))
}

/// (d, z1, z2) for which sums meet equal points, opposite points or the identity on the way.
fn meetings(q: &BigUint) -> Vec<[BigUint; 3]> {
    let big = BigUint::from;
    let bit = |position: u32| big(1_u8) << position;
    let negative = |value: BigUint| q - value;
    vec![
        // P + P, 3P + 3P, −P − P: an addition that is a doubling.
        [big(1_u8), big(1_u8), big(1_u8)],
        [big(1_u8), big(3_u8), big(3_u8)],
        [big(3_u8), big(3_u8), big(1_u8)],
        [big(1_u8), negative(big(1_u8)), negative(big(1_u8))],
        [negative(big(1_u8)), negative(big(1_u8)), big(1_u8)],
        [big(2_u8), big(2_u8), big(1_u8)],
        [bit(8), bit(8), big(1_u8)],
        [bit(16), bit(16), big(1_u8)],
        // The identity on the way, then more.
        [big(1_u8), bit(100) + 5_u8, negative(bit(100)) + 7_u8],
        [big(1_u8), negative(big(1_u8)), bit(60) + 1_u8],
        [big(1_u8), negative(big(1_u8)), bit(64) + 1_u8],
        [big(5_u8), negative(big(5_u8)), bit(72) + 1_u8],
        [bit(8), negative(bit(8)), bit(120) + 1_u8],
        // The ends of the scalars.
        [big(1_u8), negative(big(1_u8)), negative(big(2_u8))],
        [big(9_u8), q >> 1, q >> 1],
        [big(9_u8), (q >> 1) + 1_u8, (q >> 1) + 1_u8],
        [negative(big(2_u8)), negative(big(1_u8)), (q >> 1) + 3_u8],
    ]
}

#[test]
fn sums_that_meet_themselves() {
    for set in ALL {
        let curve = reference(set);
        let q = &curve.q;
        for [d, z1, z2] in meetings(q) {
            let public = curve.encode_point(&curve.multiply(&d, &curve.base()));
            let k = (&z1 + &z2 * &d) % q;
            let (digest, signature) = crafted(&curve, &d, &z2, &k).unwrap();
            for memory in [0, 60_000, 240_000] {
                let key = prepare_within(set, &public, memory).unwrap();
                let verify = |digest: &[u8]| key.verify(Message::Digest(digest), &signature);
                let case = format!("{} in {memory}: {d} {z1} {z2}", set.name);
                assert_eq!(verify(&digest), Ok(()), "{case}");
                let mut other = digest.clone();
                other[0] ^= 1;
                assert_eq!(verify(&other), Err(NotVerified::BadSignature), "{case}");
            }
        }
    }
}

/// C = O is refused at the end of every form, whatever r says.
#[test]
fn the_identity_is_never_a_signature_of_a_kept_key() {
    for set in ALL {
        let curve = reference(set);
        let q = &curve.q;
        for d in [BigUint::from(1_u8), q / 5_u8] {
            let public = curve.encode_point(&curve.multiply(&d, &curve.base()));
            for memory in [0, 60_000, 240_000] {
                let key = prepare_within(set, &public, memory).unwrap();
                for r in [&curve.x % q, BigUint::from(3_u8), q - 1_u8] {
                    if r == BigUint::ZERO {
                        continue;
                    }
                    let s = &r * &d % q;
                    let signature = curve.encode_signature(&(r, s));
                    let digest = vec![9; curve.octets];
                    let verified = key.verify(Message::Digest(&digest), &signature);
                    assert_eq!(
                        verified,
                        Err(NotVerified::BadSignature),
                        "{} in {memory}",
                        set.name
                    );
                }
            }
        }
    }
}

#[test]
fn a_key_holds_no_more_than_it_may_and_uses_it() {
    for set in ALL {
        let curve = reference(set);
        let public = curve.encode_point(&curve.multiply(&BigUint::from(11_u8), &curve.base()));
        let plain = prepare_within(set, &public, 0).unwrap().memory();
        assert_eq!(prepare(set, &public).unwrap().memory(), plain);
        let mut before = plain;
        for memory in ROOM {
            let held = prepare_within(set, &public, memory).unwrap().memory();
            assert!(held <= memory.max(plain), "{} in {memory}", set.name);
            assert!(held >= before, "{} in {memory}", set.name);
            // Exactly as much as it says is enough, and one octet less is not.
            let exact = |memory| prepare_within(set, &public, memory).unwrap().memory();
            if held > plain {
                assert_eq!(exact(held), held, "{}", set.name);
                assert!(exact(held - 1) < held, "{}", set.name);
            }
            before = held;
        }
        assert!(before > 100 * plain, "{}", set.name);
    }
}

#[test]
fn a_kept_key_is_checked_like_any_other() {
    for set in ALL {
        let curve = reference(set);
        let outside = curve.encode_point(&Some((curve.x.clone(), &curve.y + 1_u8)));
        let key = prepare_within(set, &outside, 1 << 20);
        assert_eq!(
            refused(key),
            Some(KeyRejected::InvalidPoint),
            "{}",
            set.name
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn signatures_of_random_kept_keys(
        index in 0..ALL.len(),
        room in 0..ROOM.len(),
        secret in any::<[u8; 60]>(),
        nonce in any::<[u8; 60]>(),
        digest in any::<[u8; 64]>(),
        flipped in 0..1024_usize,
    ) {
        let set = &ALL[index];
        let curve = reference(set);
        let d = BigUint::from_bytes_be(&secret) % &curve.q;
        let k = BigUint::from_bytes_be(&nonce) % &curve.q;
        prop_assume!(d != BigUint::ZERO && k != BigUint::ZERO);
        let digest = &digest[..curve.octets];
        let Some(signature) = curve.sign(&d, &k, digest) else { return Ok(()) };
        let mut signature = curve.encode_signature(&signature);
        let public = curve.multiply(&d, &curve.base());
        let key = prepare_within(set, &curve.encode_point(&public), ROOM[room]).unwrap();
        prop_assert_eq!(key.verify(Message::Digest(digest), &signature), Ok(()));
        let bit = flipped % (8 * signature.len());
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(key.verify(Message::Digest(digest), &signature), Err(NotVerified::BadSignature));
    }
}
