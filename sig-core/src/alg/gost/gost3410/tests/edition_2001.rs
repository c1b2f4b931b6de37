use super::*;

const TEST_S_BOX: Oid = Oid::new(&[1, 2, 643, 2, 2, 30, 0]);
const CIPHER: Oid = Oid::new(&[1, 2, 643, 2, 2, 31, 1]);

fn prepare_2001(
    parameters: &[u8],
    coordinates: &[u8],
) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
    let key = element(Tag::OCTET_STRING, coordinates);
    GOST2001.prepare(&spki(oids::GOST2001, parameters, &key))
}

#[test]
fn every_set_of_2001_verifies_messages_hashed_with_gost94() {
    let mut count = 0;
    for set in ALL.iter().filter(|set| set.is_of_rfc_4357()) {
        let curve = reference(set);
        let (d, k) = (BigUint::from(555_u32), BigUint::from(777_u32));
        let public = curve.encode_point(&curve.multiply(&d, &curve.base()));
        let parameters = sequence_of(&[set.oid, GOST94_CRYPTOPRO]);
        let key = prepare_2001(&parameters, &public).unwrap();
        let sign = |digest: &[u8]| curve.encode_signature(&curve.sign(&d, &k, digest).unwrap());
        let verify = |message, signature: &[u8]| key.verify(message, signature);

        let digest = GOST94.digest(b"message").unwrap().value;
        let signature = sign(&digest);
        let message = Message::Octets(b"message");
        assert_eq!(verify(message, &signature), Ok(()), "{}", set.name);
        assert_eq!(verify(Message::Digest(&digest), &signature), Ok(()));
        let other = Message::Octets(b"Message");
        assert_eq!(verify(other, &signature), Err(NotVerified::BadSignature));
        let newer = sign(&STREEBOG256.digest(b"message").unwrap().value);
        assert_eq!(
            verify(message, &newer),
            Err(NotVerified::BadSignature),
            "{}",
            set.name
        );
        // The digest is a number with its last octet first.
        let reversed: Vec<u8> = digest.iter().rev().copied().collect();
        assert_eq!(
            verify(message, &sign(&reversed)),
            Err(NotVerified::BadSignature)
        );
        count += 1;
    }
    assert_eq!(count, 6);
}

#[test]
fn a_signature_of_2001_is_none_of_2012() {
    let (set, curve) = cpa();
    let (d, k) = (BigUint::from(555_u32), BigUint::from(777_u32));
    let public = curve.encode_point(&curve.multiply(&d, &curve.base()));
    let digest = GOST94.digest(b"message").unwrap().value;
    let signature = curve.encode_signature(&curve.sign(&d, &k, &digest).unwrap());
    let message = Message::Octets(b"message");
    let old = prepare_2001(&sequence_of(&[set.oid, GOST94_CRYPTOPRO]), &public).unwrap();
    assert_eq!(old.verify(message, &signature), Ok(()));
    let new = prepare(set, &public).unwrap();
    assert_eq!(
        new.verify(message, &signature),
        Err(NotVerified::BadSignature)
    );
}

#[test]
fn parameters_of_keys_of_2001() {
    let (cpa, curve) = cpa();
    let point = curve.encode_point(&curve.base());
    let with = |parameters: &[u8]| refused(prepare_2001(parameters, &point));
    let accepted: [&[Oid]; 2] = [
        &[cpa.oid, GOST94_CRYPTOPRO],
        &[cpa.oid, GOST94_CRYPTOPRO, CIPHER],
    ];
    for oids in accepted {
        assert_eq!(with(&sequence_of(oids)), None, "{oids:?}");
    }
    let same_curve = set(KeySize::Bits256, "tc26b");
    let mismatched: [&[Oid]; 6] = [
        &[cpa.oid],
        &[cpa.oid, TEST_S_BOX],
        &[cpa.oid, oids::GOST94],
        &[cpa.oid, oids::STREEBOG256],
        &[same_curve.oid, GOST94_CRYPTOPRO],
        &[set(KeySize::Bits512, "tc26a").oid, GOST94_CRYPTOPRO],
    ];
    for oids in mismatched {
        let reason = Some(KeyRejected::ParametersMismatch);
        assert_eq!(with(&sequence_of(oids)), reason, "{oids:?}");
    }
    let too_many = sequence_of(&[cpa.oid, GOST94_CRYPTOPRO, CIPHER, CIPHER]);
    let not_known = sequence_of(&[Oid::new(&[1, 2, 643, 2, 2, 35, 9]), GOST94_CRYPTOPRO]);
    let explicit = element(Tag::SEQUENCE, &element(Tag::INTEGER, &[1]));
    for parameters in [&[][..], &[5, 0], &explicit, &too_many, &not_known] {
        assert_eq!(with(parameters), Some(KeyRejected::UnknownParameters));
    }
}

#[test]
fn algorithm_and_form_of_keys_of_2001() {
    let (cpa, curve) = cpa();
    let parameters = sequence_of(&[cpa.oid, GOST94_CRYPTOPRO]);
    let point = curve.encode_point(&curve.base());
    let key = element(Tag::OCTET_STRING, &point);
    let prepare =
        |algorithm, key: &[u8]| refused(GOST2001.prepare(&spki(algorithm, &parameters, key)));
    assert_eq!(prepare(oids::GOST2001, &key), None);
    for other in [
        oids::GOST2012_256,
        oids::GOST2012_512,
        oids::GOST2001_GOST94,
    ] {
        let reason = Some(KeyRejected::OtherAlgorithm);
        assert_eq!(prepare(other, &key), reason, "{other}");
    }
    let bare = prepare(oids::GOST2001, &point);
    assert_eq!(bare, Some(KeyRejected::Malformed));
    let short = element(Tag::OCTET_STRING, &point[..63]);
    let reason = Some(KeyRejected::ParametersMismatch);
    assert_eq!(prepare(oids::GOST2001, &short), reason);
    let mut outside = point;
    outside[32] ^= 1;
    let outside = element(Tag::OCTET_STRING, &outside);
    let reason = Some(KeyRejected::InvalidPoint);
    assert_eq!(prepare(oids::GOST2001, &outside), reason);
}
