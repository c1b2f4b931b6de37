use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::*;
use crate::alg::provider::RUSTCRYPTO;
use crate::base::error::{Limit, LimitExceeded};
use crate::der::oids;
use crate::x509::testing::{List, entry, extension, issuer, reason};

const KEY: IndexKey = IndexKey::from_octets([7; 16]);

fn budget() -> Budget {
    Budget::new(Limits::STANDARD)
}

/// A list that was signed, with the key that signed it.
fn signed(list: &List) -> (Octets, SubjectPublicKeyInfo) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    let signature = signer.sign_oneshot_to_vec(&list.tbs()).unwrap();
    let spki = Octets::from(key.public_key_to_der().unwrap());
    let structure = Structure::SubjectPublicKeyInfo;
    let mut reader = Reader::new(&spki, Encoding::Der, structure);
    let spki = SubjectPublicKeyInfo::read(&mut reader, &mut budget()).unwrap();
    (list.signed(&signature), spki)
}

fn serial(number: u16) -> Vec<u8> {
    [&[1][..], &number.to_be_bytes()].concat()
}

/// An indirect list of version 2 in which every fifth entry names an issuer.
fn indirect(count: u16) -> List {
    let point = element(Tag::SEQUENCE, &element(Tag::context(4), &[0xff]));
    let revoked = |number: u16| match number % 5 {
        0 => entry(&serial(number), "25", &[issuer("a.example"), reason(1)]),
        1 => entry(&serial(number - 1), "24", &[]),
        _ => entry(&serial(number), "25", &[reason(4)]),
    };
    List {
        version_1: false,
        entries: Some((0..count).map(revoked).collect()),
        extensions: vec![extension(oids::ISSUING_DISTRIBUTION_POINT, true, &point)],
    }
}

fn stream(octets: &[u8], chunk: usize, limits: Limits) -> Result<StreamedCrl<'static>, Error> {
    let mut stream = CrlStream::new(&RUSTCRYPTO, KEY, limits);
    for octets in octets.chunks(chunk) {
        stream.update(octets)?;
    }
    stream.finish()
}

/// The list at hand, indexed under the key of the stream.
fn at_hand(octets: &Octets) -> Result<CertificateList, Error> {
    let fingerprint = Fingerprint::default();
    CertificateList::read(octets, fingerprint, &mut budget(), |list, hopper| {
        let version = hopper.version();
        CrlIndex::read(
            list,
            Hopper::new(KEY, version, Limits::STANDARD.crl_entries),
        )
    })
}

#[test]
fn chunks_of_any_size_give_the_index_and_the_answers_of_the_list_at_hand() {
    let (octets, key) = signed(&indirect(1_000));
    let expected = at_hand(&octets).unwrap();
    for chunk in [1, 7, 4096, octets.len()] {
        let streamed = stream(&octets, chunk, Limits::STANDARD).unwrap();
        assert_eq!(streamed.len(), 1_000);
        assert_eq!(*streamed.issuer(), expected.issuer);
        let updates = (expected.this_update, expected.next_update);
        assert_eq!(streamed.updates(), updates);
        let verified = streamed.verify(&key, None, &mut budget()).unwrap();
        assert!(verified.is_ok(), "{chunk}");
        let again = stream(&octets, chunk, Limits::STANDARD).unwrap();
        assert_eq!(again.index_to_bytes(), expected.index_to_bytes());
        let list = streamed.over(&octets, &mut budget()).unwrap().unwrap();
        for number in 0..1_000 {
            let find = |crl: &CertificateList| crl.entries.find(&serial(number), &mut budget());
            let found = find(&list).unwrap();
            assert_eq!(found, find(&expected).unwrap());
            assert_eq!(found.len(), [2, 0, 1, 1, 1][usize::from(number % 5)]);
            assert!(found.iter().all(|entry| entry.certificate_issuer.is_some()));
        }
        assert_eq!(list.sha256(), expected.sha256());
    }
}

#[test]
fn a_list_may_have_no_entries_at_all() {
    for (version_1, entries) in [(true, None), (false, None), (false, Some(Vec::new()))] {
        let list = List {
            version_1,
            entries,
            extensions: Vec::new(),
        };
        let (octets, key) = signed(&list);
        let streamed = stream(&octets, 1, Limits::STANDARD).unwrap();
        assert!(streamed.is_empty());
        assert!(streamed.verify(&key, None, &mut budget()).unwrap().is_ok());
        let list = streamed.over(&octets, &mut budget()).unwrap().unwrap();
        assert!(list.entries.is_empty());
    }
}

#[test]
fn a_changed_entry_is_a_bad_signature() {
    let (octets, key) = signed(&indirect(50));
    let at = octets
        .windows(3)
        .position(|window| window == serial(7))
        .unwrap();
    let mut changed = octets.to_vec();
    changed[at + 2] ^= 1;
    let streamed = stream(&changed, 7, Limits::STANDARD).unwrap();
    let verified = streamed.verify(&key, None, &mut budget()).unwrap();
    assert_eq!(verified, Err(SignedRejected::BadSignature));
}

#[test]
fn a_scheme_that_signs_octets_is_not_offered() {
    let (octets, key) = signed(&indirect(1));
    let mut streamed = stream(&octets, 7, Limits::STANDARD).unwrap();
    streamed.digest = None;
    let verified = streamed.verify(&key, None, &mut budget()).unwrap();
    assert!(matches!(verified, Err(SignedRejected::NotOffered(_))));
}

#[test]
fn other_octets_are_not_the_list_that_passed() {
    let (octets, _) = signed(&indirect(50));
    let streamed = stream(&octets, 4096, Limits::STANDARD).unwrap();
    let mut changed = octets.to_vec();
    *changed.last_mut().unwrap() ^= 1;
    let over = streamed.over(&Octets::from(changed), &mut budget());
    assert_eq!(over.unwrap().unwrap_err(), OtherOctets);
}

#[test]
fn a_list_that_is_cut_or_goes_on_is_refused() {
    let (octets, _) = signed(&indirect(6));
    for end in 0..octets.len() {
        let cut = stream(octets.get(..end).unwrap(), 7, Limits::STANDARD);
        assert!(matches!(cut, Err(Error::Malformed(_))), "{end}");
    }
    let longer = [&octets[..], &[0]].concat();
    assert!(stream(&longer, 7, Limits::STANDARD).is_err());
}

/// Whatever is changed in a list, both ways of reading agree whether it is one.
#[test]
fn the_stream_takes_what_the_list_at_hand_takes() {
    for list in [
        indirect(6),
        List {
            version_1: true,
            entries: Some(vec![entry(&[1], "25", &[])]),
            extensions: Vec::new(),
        },
    ] {
        let octets = list.signed(b"signature");
        let mut taken = 0;
        for at in 0..octets.len() {
            for change in [0x01, 0x02, 0x10, 0x80, 0xff] {
                let mut changed = octets.to_vec();
                changed[at] ^= change;
                let streamed = stream(&changed, 7, Limits::STANDARD).is_ok();
                let expected = at_hand(&Octets::from(changed)).is_ok();
                assert_eq!(streamed, expected, "{at} {change:02x}");
                taken += usize::from(streamed);
            }
        }
        assert!(taken > 100);
    }
}

#[test]
fn what_is_kept_beside_the_rows_is_bounded() {
    let endless = [
        &[0x30, 0x84, 0x7f, 0, 0, 0][..],
        &[0x30, 0x84, 0x70, 0, 0, 0],
    ]
    .concat();
    let mut stream = CrlStream::new(&RUSTCRYPTO, KEY, Limits::STANDARD);
    stream.update(&endless).unwrap();
    // The signature algorithm begins, and does not end.
    stream.update(&[0x30, 0x84, 0x60, 0, 0, 0]).unwrap();
    let chunk = vec![0; KEPT / 4];
    let refused = (0..6).find_map(|_| stream.update(&chunk).err());
    assert!(matches!(refused, Some(Error::Malformed(_))));
    assert!(stream.pending.len() <= 2 * KEPT);

    let (octets, _) = signed(&indirect(5_000));
    let mut stream = CrlStream::new(&RUSTCRYPTO, KEY, Limits::STANDARD);
    for octets in octets.chunks(4096) {
        stream.update(octets).unwrap();
        assert!(stream.pending.capacity() <= 3 * 4096);
    }
}

#[test]
fn entries_have_a_limit() {
    let (octets, _) = signed(&indirect(11));
    let limits = Limits {
        crl_entries: 10,
        ..Limits::STANDARD
    };
    let expected = LimitExceeded {
        which: Limit::CrlEntries,
        bound: 10,
    };
    let error = stream(&octets, 7, limits).unwrap_err();
    assert_eq!(error, Error::Limit(expected));
}

/// Each would move all the octets behind it once more.
#[test]
fn more_fields_before_the_entries_than_there_are_end_the_stream_at_once() {
    use crate::der::writer::element;
    let with = |count: usize| {
        let tbs = element(Tag::SEQUENCE, &[5, 0].repeat(count));
        let octets = element(Tag::SEQUENCE, &tbs);
        CrlStream::new(&RUSTCRYPTO, KEY, Limits::STANDARD).update(&octets)
    };
    assert_ne!(with(5), with(6));
    let Err(Error::Malformed(why)) = with(300_000) else {
        panic!("too many fields");
    };
    assert_eq!(why.reason, Reason::UnexpectedTag);
    assert!(why.offset < 32);
}
