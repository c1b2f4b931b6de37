use super::super::gost3410::reference::{Curve, Point, inverse};
use super::super::parameters::{ALL, KeySize, ParameterSet, by_oid, tests::reference};
use super::lanes::Routine;
use super::verify::Equations;
use super::*;
use crate::alg::identifier::GOST94_CRYPTOPRO;
use crate::alg::signature::SignatureScheme;
use crate::alg::testing::{sequence_of, spki};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::tag::Tag;
use crate::der::writer::element;
use num_bigint::BigUint;
use proptest::prelude::*;
use std::sync::LazyLock;

mod arithmetic;

fn cpa() -> (&'static ParameterSet, Curve) {
    let set = by_oid(&Oid::new(&[1, 2, 643, 2, 2, 35, 1])).unwrap();
    (set, reference(set))
}

/// An item with what it refers to.
#[derive(Clone)]
struct Signed {
    algorithm: &'static Gost3410,
    parameters: Vec<Oid>,
    point: Vec<u8>,
    digest: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    fn key(&self) -> SubjectPublicKeyInfo {
        let algorithm = match self.algorithm.id().scheme {
            SignatureScheme::Gost2001 => oids::GOST2001,
            SignatureScheme::Gost2012_256 => oids::GOST2012_256,
            _ => oids::GOST2012_512,
        };
        let key = element(Tag::OCTET_STRING, &self.point);
        spki(algorithm, &sequence_of(&self.parameters), &key)
    }

    fn item<'a>(&'a self, key: &'a SubjectPublicKeyInfo) -> BatchItem<'a> {
        BatchItem {
            algorithm: self.algorithm.id(),
            key,
            message: Message::Digest(&self.digest),
            signature: &self.signature,
        }
    }
}

/// The verdicts of a batch, which must be those of the signatures alone.
fn verdicts(all: &[Signed]) -> Vec<Result<(), Refused>> {
    let keys: Vec<_> = all.iter().map(Signed::key).collect();
    let items: Vec<_> = all
        .iter()
        .zip(&keys)
        .map(|(signed, key)| signed.item(key))
        .collect();
    let verdicts = verify_batch(&items);
    let alone: Vec<_> = items.iter().map(verify_alone).collect();
    assert_eq!(verdicts, alone);
    verdicts
}

/// What the vectors say, whether or not the processor has the instructions; none of signatures not for lanes.
fn outcomes(all: &[Signed]) -> Vec<Option<Outcome>> {
    let keys: Vec<_> = all.iter().map(Signed::key).collect();
    let items: Vec<_> = all
        .iter()
        .zip(&keys)
        .map(|(signed, key)| signed.item(key))
        .collect();
    let candidates = candidates(&items);
    let lanes = lanes(&candidates);
    let mut all = vec![None; all.len()];
    for (candidates, lanes) in candidates.chunks(LANES).zip(lanes.chunks(LANES)) {
        let outcomes = Equations { lanes }.run::<portable::Portable>();
        if let Some(vector) = verify_vector(lanes) {
            assert_eq!(vector, outcomes);
        }
        for (candidate, outcome) in candidates.iter().zip(outcomes) {
            all[candidate.item] = Some(outcome);
        }
    }
    all
}

const WRONG: Result<(), Refused> = Err(Refused::Signature(NotVerified::BadSignature));

fn refused(why: KeyRejected) -> Result<(), Refused> {
    Err(Refused::Key(why))
}

/// A genuine signature by a key that depends on the seed.
fn signed(set: &ParameterSet, algorithm: &'static Gost3410, seed: u64) -> Signed {
    let curve = reference(set);
    let scalar = |seed: u64| BigUint::from(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 40);
    let (d, k) = (scalar(seed), scalar(seed + 1));
    let digest: Vec<u8> = (0..curve.octets as u64)
        .map(|index| (index * 37 + seed * 11) as u8)
        .collect();
    let signature = curve.sign(&d, &k, &digest).unwrap();
    let public = curve.multiply(&d, &curve.base());
    let mut parameters = vec![set.oid];
    if algorithm.id() == GOST2001.id() {
        parameters.push(GOST94_CRYPTOPRO);
    }
    Signed {
        algorithm,
        parameters,
        point: curve.encode_point(&public),
        digest,
        signature: curve.encode_signature(&signature),
    }
}

/// Genuine signatures for lanes, of both editions and under each name of the curve.
static GENUINE: LazyLock<Vec<Signed>> = LazyLock::new(|| {
    let (cpa, _) = cpa();
    let named = |number: &[u32]| by_oid(&Oid::new(number)).unwrap();
    let names = [
        (cpa, &GOST2012_256),
        (named(&[1, 2, 643, 2, 2, 36, 0]), &GOST2012_256),
        (named(&[1, 2, 643, 7, 1, 2, 1, 1, 2]), &GOST2012_256),
        (cpa, &GOST2001),
        (named(&[1, 2, 643, 2, 2, 36, 0]), &GOST2001),
    ];
    let seeded = names.iter().cycle().zip(1..=19);
    seeded
        .map(|((set, algorithm), seed)| signed(set, algorithm, seed))
        .collect()
});

#[test]
fn an_empty_batch_has_no_verdicts() {
    assert_eq!(verify_batch(&[]), []);
}

#[test]
fn batches_of_every_size_verify() {
    assert_eq!(
        outcomes(&GENUINE),
        vec![Some(Outcome::Holds); GENUINE.len()]
    );
    for size in 1..=GENUINE.len() {
        assert_eq!(verdicts(&GENUINE[..size]), vec![Ok(()); size]);
    }
}

#[test]
fn a_wrong_signature_does_not_touch_its_neighbours() {
    for wrong in 0..LANES {
        let mut all = GENUINE[..LANES].to_vec();
        all[wrong].digest[0] ^= 1;
        let expected: Vec<_> = (0..LANES)
            .map(|lane| if lane == wrong { WRONG } else { Ok(()) })
            .collect();
        assert_eq!(verdicts(&all), expected);
        assert_eq!(outcomes(&all)[wrong], Some(Outcome::Fails));
    }
}

#[test]
fn a_point_off_the_curve_does_not_touch_its_neighbours() {
    for wrong in 0..LANES {
        let mut all = GENUINE[..LANES].to_vec();
        all[wrong].point[5] ^= 1;
        let verdicts = verdicts(&all);
        assert_eq!(verdicts[wrong], refused(KeyRejected::InvalidPoint));
        assert_eq!(verdicts.iter().filter(|verdict| verdict.is_ok()).count(), 7);
        assert_eq!(outcomes(&all)[wrong], Some(Outcome::InvalidPoint));
    }
}

#[test]
fn sizes_and_ranges() {
    let (_, curve) = cpa();
    let genuine = GENUINE[0].clone();
    let (s, r) = genuine.signature.split_at(32);
    let zero = [0; 32];
    let octets = |value: &BigUint| curve.big_endian(value);
    let (q, p) = (octets(&curve.q), octets(&curve.p));
    let above = |half: &[u8]| {
        octets(&((BigUint::from_bytes_be(half) + &curve.q) % (BigUint::from(1_u8) << 256)))
    };
    let signatures = [
        [s, r].concat(),
        [r, s].concat(),
        [s, &zero].concat(),
        [&zero, r].concat(),
        [s, &q].concat(),
        [&q[..], r].concat(),
        [s, &p].concat(),
        [&p[..], r].concat(),
        [&above(s)[..], r].concat(),
        [s, &above(r)].concat(),
        [s, &r[1..]].concat(),
        [s, r, &[0]].concat(),
        vec![],
        vec![0; 128],
    ];
    let with = |signature: &Vec<u8>| Signed {
        signature: signature.clone(),
        ..genuine.clone()
    };
    let all: Vec<_> = signatures.iter().map(with).collect();
    let mut expected = vec![WRONG; signatures.len()];
    expected[0] = Ok(());
    assert_eq!(verdicts(&all), expected);

    let digests = [vec![], vec![1; 31], vec![1; 33], vec![1; 64]];
    let with = |digest: &Vec<u8>| Signed {
        digest: digest.clone(),
        ..genuine.clone()
    };
    let all: Vec<_> = digests.iter().map(with).collect();
    assert_eq!(verdicts(&all), [WRONG; 4]);
}

#[test]
fn keys_are_refused_as_when_they_are_prepared() {
    let (_, curve) = cpa();
    let genuine = GENUINE[0].clone();
    let (x, y) = genuine.point.split_at(32);
    let mut p = curve.big_endian(&curve.p);
    p.reverse();
    let points = [
        genuine.point.clone(),
        [y, x].concat(),
        vec![0; 64],
        [&p[..], y].concat(),
        [x, &p].concat(),
        vec![0xff; 64],
        [x, &y[1..]].concat(),
        [x, y, &[0]].concat(),
        vec![],
    ];
    let with = |point: &Vec<u8>| Signed {
        point: point.clone(),
        ..genuine.clone()
    };
    let mut all: Vec<_> = points.iter().map(with).collect();
    let mut expected = vec![Ok(())];
    expected.extend([refused(KeyRejected::InvalidPoint); 5]);
    expected.extend([refused(KeyRejected::ParametersMismatch); 3]);

    // An unknown key stands before a bad signature.
    let mut both = all[1].clone();
    both.signature.clear();
    all.push(both);
    expected.push(refused(KeyRejected::InvalidPoint));

    let mut unknown = genuine.clone();
    unknown.parameters = vec![Oid::new(&[1, 2, 643, 2, 2, 35, 9])];
    all.push(unknown);
    expected.push(refused(KeyRejected::UnknownParameters));

    let mut mismatch = genuine.clone();
    mismatch.parameters.push(GOST94_CRYPTOPRO);
    all.push(mismatch);
    expected.push(refused(KeyRejected::ParametersMismatch));
    assert_eq!(verdicts(&all), expected);
}

#[test]
fn the_algorithm_asked_for_is_that_of_the_key() {
    let key = GENUINE[0].key();
    let ids = [
        GOST2001.id(),
        GOST2012_512.id(),
        SignatureId {
            scheme: SignatureScheme::Ecdsa,
            digest: GOST2012_256.id().digest,
        },
        SignatureId {
            scheme: SignatureScheme::Gost2012_256,
            digest: GOST2001.id().digest,
        },
    ];
    for algorithm in ids {
        let item = BatchItem {
            algorithm,
            key: &key,
            message: Message::Digest(&GENUINE[0].digest),
            signature: &GENUINE[0].signature,
        };
        assert_eq!(
            verify_batch(&[item; 4]),
            [refused(KeyRejected::OtherAlgorithm); 4]
        );
    }
}

#[test]
fn every_parameter_set_goes_into_one_batch() {
    let mut all = GENUINE.clone();
    for (set, seed) in ALL.iter().zip(100..) {
        let algorithm = match set.size {
            KeySize::Bits256 => &GOST2012_256,
            KeySize::Bits512 => &GOST2012_512,
        };
        let genuine = signed(set, algorithm, seed);
        let mut wrong = genuine.clone();
        wrong.digest[3] ^= 0x10;
        all.splice(3..3, [genuine, wrong]);
    }
    let verdicts = verdicts(&all);
    let wrong = verdicts.iter().filter(|verdict| **verdict == WRONG).count();
    assert_eq!(wrong, ALL.len());
    let good = verdicts.iter().filter(|verdict| verdict.is_ok()).count();
    assert_eq!(good, GENUINE.len() + ALL.len());
}

#[test]
fn messages_are_hashed_by_the_algorithm() {
    let mut all = Vec::new();
    let (set, curve) = cpa();
    for algorithm in [&GOST2012_256, &GOST2001] {
        let (d, k) = (BigUint::from(1_234_567_u32), BigUint::from(7_654_321_u32));
        let digest = algorithm.digest.digest(b"message").unwrap().value;
        let signature = curve.sign(&d, &k, &digest).unwrap();
        all.push(Signed {
            signature: curve.encode_signature(&signature),
            point: curve.encode_point(&curve.multiply(&d, &curve.base())),
            ..signed(set, algorithm, 1)
        });
    }
    let keys: Vec<_> = all.iter().map(Signed::key).collect();
    for (message, expected) in [(&b"message"[..], Ok(())), (b"Message", WRONG)] {
        let items: Vec<_> = all
            .iter()
            .zip(&keys)
            .cycle()
            .take(4)
            .map(|(signed, key)| BatchItem {
                algorithm: signed.algorithm.id(),
                key,
                message: Message::Octets(message),
                signature: &signed.signature,
            })
            .collect();
        assert_eq!(verify_batch(&items), [expected; 4]);
    }
}

/// A signature whose scalars are z1 and z2. It is genuine unless the sum of the points is the identity.
fn with_scalars(curve: &Curve, key: &Point, z1: &BigUint, z2: &BigUint) -> Signed {
    let q = &curve.q;
    let sum = curve.add(&curve.multiply(z1, &curve.base()), &curve.multiply(z2, key));
    let r = sum.map_or(q / 2_u8, |(x, _)| x % q);
    // z2 = −r·v and z1 = s·v for v = 1/e.
    let v = z2 * inverse(&(q - &r), q) % q;
    let e = inverse(&v, q);
    let s = z1 * &e % q;
    let mut digest = curve.big_endian(&e);
    digest.reverse();
    Signed {
        algorithm: &GOST2012_256,
        parameters: vec![cpa().0.oid],
        point: curve.encode_point(key),
        digest,
        signature: curve.encode_signature(&(r, s)),
    }
}

/// Keys and scalars that let equal and opposite points meet, at the start, at the end and between.
#[test]
fn points_that_meet_are_verified_alone() {
    let (_, curve) = cpa();
    let q = &curve.q;
    let one = BigUint::from(1_u8);
    let (mut all, mut expected) = (Vec::new(), Vec::new());
    for d in [1_u32, 2, 3, 31, 32, 1023] {
        let d = BigUint::from(d);
        for d in [d.clone(), q - &d] {
            let key = curve.multiply(&d, &curve.base());
            for z2 in [one.clone(), &one + 1_u8, q / 3_u8, &one << 231_u32] {
                let same = &z2 * &d % q;
                let opposite = q - &same;
                for z1 in [same, opposite.clone(), opposite + 5_u8, &one + 2_u8] {
                    let z1 = z1 % q;
                    if z1 == BigUint::ZERO {
                        continue;
                    }
                    let is_identity = (&z1 + &z2 * &d) % q == BigUint::ZERO;
                    // The first sum is of the key and the base point, the last is the identity.
                    let meets = d == one || d == q - 1_u8 || is_identity;
                    expected.push((if is_identity { WRONG } else { Ok(()) }, meets));
                    all.push(with_scalars(&curve, &key, &z1, &z2));
                }
            }
        }
    }
    let decided: Vec<_> = expected.iter().map(|(verdict, _)| *verdict).collect();
    assert_eq!(verdicts(&all), decided);
    let (mut met, mut held) = (0, 0);
    for (outcome, (expected, meets)) in outcomes(&all).into_iter().zip(expected) {
        match outcome {
            Some(Outcome::Holds) => {
                assert_eq!((expected, meets), (Ok(()), false));
                held += 1;
            }
            Some(Outcome::Fails) => assert_eq!((expected, meets), (WRONG, false)),
            Some(Outcome::InvalidPoint) => panic!("every key is on the curve"),
            Some(Outcome::Exception) => met += 1,
            // The x of 2P is p − 2, which is above the order.
            None => assert_eq!(expected, Ok(())),
        }
    }
    assert!(met > 0 && held > 0, "{met} {held}");
}

/// The x of the sum is r + q: such signatures never go into a lane.
#[test]
fn an_x_above_the_order() {
    let (_, curve) = cpa();
    let (p, q) = (&curve.p, &curve.q);
    let (mut x, mut sum) = (q + 1_u8, None);
    while sum.is_none() {
        x += 1_u8;
        let square = (&x * &x * &x + &curve.a * &x + &curve.b) % p;
        let y = square.modpow(&((p + 1_u8) / 4_u8), p);
        sum = Some((x.clone(), y)).filter(|point| curve.contains(point));
    }
    // The key for which z1·P + z2·Q is this point.
    let (z1, z2) = (q / 5_u8, q / 9_u8);
    let rest = curve.add(&sum, &curve.multiply(&(q - &z1), &curve.base()));
    let key = curve.multiply(&inverse(&z2, q), &rest);
    let genuine = with_scalars(&curve, &key, &z1, &z2);
    let mut wrong = genuine.clone();
    wrong.digest[9] ^= 1;
    let all = [genuine.clone(), wrong, genuine.clone(), genuine];
    assert_eq!(outcomes(&all), [None; 4]);
    assert_eq!(verdicts(&all), [Ok(()), WRONG, Ok(()), Ok(())]);
}

/// What may be done to a genuine signature.
fn change(signed: &mut Signed, kind: u8, bit: usize) {
    let flip = |octets: &mut Vec<u8>| {
        let length = octets.len();
        octets[bit / 8 % length] ^= 1 << (bit % 8);
    };
    match kind {
        0 => flip(&mut signed.digest),
        1 => flip(&mut signed.signature),
        2 => flip(&mut signed.point),
        3 => signed.signature.truncate(bit % 64),
        4 => signed.signature[..32].fill(0xff),
        5 => signed.signature[32..].fill(0),
        6 => signed.digest.truncate(bit % 32),
        7 => signed.digest.fill(0),
        8 => signed.point.truncate(bit % 64),
        9 => signed.point.reverse(),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_batch_says_what_each_signature_alone_says(
        choices in prop::collection::vec((0..19_usize, 0..30_u8, 0..512_usize), 0..40),
    ) {
        let mut all: Vec<_> = choices.iter().map(|(index, ..)| GENUINE[*index].clone()).collect();
        for (signed, (_, kind, bit)) in all.iter_mut().zip(&choices) {
            change(signed, *kind, *bit);
        }
        for (verdict, (_, kind, _)) in verdicts(&all).iter().zip(&choices) {
            prop_assert_eq!(verdict.is_ok(), *kind >= 10);
        }
    }
}
