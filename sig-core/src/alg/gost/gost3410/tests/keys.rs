use super::*;

const CIPHER: Oid = Oid::new(&[1, 2, 643, 2, 2, 31, 1]);

#[test]
fn coordinates_are_below_the_prime() {
    let (set, curve) = cpa();
    let octets = |x: &BigUint, y: &BigUint| curve.encode_point(&Some((x.clone(), y.clone())));
    assert!(prepare(set, &octets(&curve.x, &curve.y)).is_ok());
    let above = prepare(set, &octets(&(&curve.x + &curve.p), &curve.y));
    assert_eq!(refused(above), Some(KeyRejected::InvalidPoint));

    let set = super::set(KeySize::Bits256, "cpb");
    let curve = reference(set);
    let octets = |x: &BigUint, y: &BigUint| curve.encode_point(&Some((x.clone(), y.clone())));
    assert!(prepare(set, &octets(&curve.x, &curve.y)).is_ok());
    let above = prepare(set, &octets(&curve.x, &(&curve.y + &curve.p)));
    assert_eq!(refused(above), Some(KeyRejected::InvalidPoint));
}

#[test]
fn a_point_off_the_curve_is_refused() {
    for set in ALL {
        let curve = reference(set);
        let point = (curve.x.clone(), &curve.y + 1_u8);
        assert!(!curve.contains(&point));
        let key = prepare(set, &curve.encode_point(&Some(point)));
        assert_eq!(
            refused(key),
            Some(KeyRejected::InvalidPoint),
            "{}",
            set.name
        );
        let origin = prepare(set, &vec![0; 2 * curve.octets]);
        assert_eq!(
            refused(origin),
            Some(KeyRejected::InvalidPoint),
            "{}",
            set.name
        );
    }
}

/// The points of order two and four, and sums of them with a genuine key.
#[test]
fn points_outside_the_subgroup_are_refused() {
    for set in [
        set(KeySize::Bits256, "tc26a"),
        set(KeySize::Bits512, "tc26c"),
    ] {
        let curve = reference(set);
        // With order 4·q, q times a point falls into the part of order four.
        let small: Point = (2_u32..40)
            .filter_map(|x| point_at(&curve, x))
            .map(|point| curve.multiply(&curve.q, &Some(point)))
            .find(|small| curve.add(small, small).is_some())
            .expect("half of all points have a part of order four");
        let two = curve.add(&small, &small);
        assert_eq!(curve.multiply(&BigUint::from(4_u8), &small), None);
        let genuine = curve.multiply(&BigUint::from(1_000_003_u32), &curve.base());
        assert!(prepare(set, &curve.encode_point(&genuine)).is_ok());
        for outside in [
            small.clone(),
            two.clone(),
            curve.add(&genuine, &small),
            curve.add(&genuine, &two),
        ] {
            let point = outside.clone().unwrap();
            assert!(curve.contains(&point));
            let key = prepare(set, &curve.encode_point(&outside));
            assert_eq!(
                refused(key),
                Some(KeyRejected::InvalidPoint),
                "{}",
                set.name
            );
        }
    }
}

/// Keys are accepted exactly when q times the point is the identity: points of every kind, and each with every
/// point of small order added.
#[test]
fn the_subgroup_is_the_multiples_of_the_base_point() {
    for (set, count) in [
        (set(KeySize::Bits256, "tc26a"), 24),
        (set(KeySize::Bits512, "tc26c"), 6),
    ] {
        let curve = reference(set);
        let points: Vec<Point> = (2_u32..)
            .filter_map(|x| point_at(&curve, x))
            .take(count)
            .map(Some)
            .collect();
        let small = points
            .iter()
            .map(|point| curve.multiply(&curve.q, point))
            .find(|small| curve.add(small, small).is_some())
            .unwrap();
        let mut verdicts = [0; 2];
        for mut point in points {
            for _ in 0..4 {
                let expected = curve.multiply(&curve.q, &point).is_none();
                let key = prepare(set, &curve.encode_point(&point));
                assert_eq!(key.is_ok(), expected, "{}: {point:?}", set.name);
                verdicts[usize::from(expected)] += 1;
                point = curve.add(&point, &small);
            }
        }
        assert_eq!(verdicts, [3 * count, count]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn random_points_in_and_outside_the_subgroup(x in any::<u64>(), doublings in 0..3) {
        let set = set(KeySize::Bits256, "tc26a");
        let curve = reference(set);
        let Some(point) = point_at(&curve, x) else { return Ok(()) };
        let point = curve.multiply(&(BigUint::from(1_u8) << doublings), &Some(point));
        let expected = curve.multiply(&curve.q, &point).is_none();
        prop_assert!(expected || doublings < 2);
        prop_assert_eq!(prepare(set, &curve.encode_point(&point)).is_ok(), expected);
    }
}

/// A point with this x, for primes that are 3 modulo 4.
fn point_at(curve: &Curve, x: impl Into<BigUint>) -> Option<(BigUint, BigUint)> {
    let x = x.into();
    let square = (&x * &x * &x + &curve.a * &x + &curve.b) % &curve.p;
    let y = square.modpow(&((&curve.p + 1_u8) / 4_u8), &curve.p);
    Some((x, y)).filter(|point| curve.contains(point))
}

#[test]
fn parameters_of_keys() {
    let (cpa, curve) = cpa();
    let key = element(Tag::OCTET_STRING, &curve.encode_point(&curve.base()));
    let with = |parameters: &[u8]| {
        refused(GOST2012_256.prepare(&spki(oids::GOST2012_256, parameters, &key)))
    };
    let accepted: [&[Oid]; 3] = [
        &[cpa.oid],
        &[cpa.oid, oids::STREEBOG256],
        &[cpa.oid, oids::STREEBOG256, CIPHER],
    ];
    for oids in accepted {
        assert_eq!(with(&sequence_of(oids)), None, "{oids:?}");
    }
    let mismatched: [&[Oid]; 3] = [
        &[cpa.oid, oids::STREEBOG512],
        &[cpa.oid, GOST94_CRYPTOPRO],
        &[set(KeySize::Bits512, "tc26a").oid],
    ];
    for oids in mismatched {
        let reason = Some(KeyRejected::ParametersMismatch);
        assert_eq!(with(&sequence_of(oids)), reason, "{oids:?}");
    }
    let too_many = sequence_of(&[cpa.oid, oids::STREEBOG256, CIPHER, CIPHER]);
    let not_known = sequence_of(&[Oid::new(&[1, 2, 643, 2, 2, 35, 9])]);
    let explicit = element(Tag::SEQUENCE, &element(Tag::INTEGER, &[1]));
    for parameters in [
        &[][..],
        &[5, 0],
        &explicit,
        &sequence_of(&[]),
        &too_many,
        &not_known,
    ] {
        assert_eq!(with(parameters), Some(KeyRejected::UnknownParameters));
    }
}

#[test]
fn algorithm_and_form_of_keys() {
    let (cpa, curve) = cpa();
    let parameters = sequence_of(&[cpa.oid]);
    let point = curve.encode_point(&curve.base());
    let key = element(Tag::OCTET_STRING, &point);
    let prepare =
        |algorithm, key: &[u8]| refused(GOST2012_256.prepare(&spki(algorithm, &parameters, key)));
    assert_eq!(prepare(oids::GOST2012_256, &key), None);
    for other in [
        oids::GOST2012_512,
        oids::GOST2001,
        oids::GOST2012_256_STREEBOG,
        oids::EC,
    ] {
        let reason = Some(KeyRejected::OtherAlgorithm);
        assert_eq!(prepare(other, &key), reason, "{other}");
    }
    let malformed: [&[u8]; 4] = [
        &point,
        &[&key[..], &[0]].concat(),
        &element(Tag::BIT_STRING, &point),
        &[],
    ];
    for key in malformed {
        let reason = Some(KeyRejected::Malformed);
        assert_eq!(prepare(oids::GOST2012_256, key), reason);
    }
    for wrong_size in [&point[..63], &[&point[..], &[0]].concat(), &[0; 128], &[]] {
        let key = element(Tag::OCTET_STRING, wrong_size);
        let reason = Some(KeyRejected::ParametersMismatch);
        assert_eq!(prepare(oids::GOST2012_256, &key), reason);
    }
}
