use super::*;
use crate::alg::digest::{DigestAlgorithm, DigestId};
use crate::alg::provider::RUSTCRYPTO;
use crate::base::error::Malformed;
use crate::base::limits::Limits;

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        Ok(long) => out.extend([0x81, long]),
        Err(_) => {
            out.push(0x82);
            out.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    out.extend(content);
    out
}

const SHA256: &[u8] = &[0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const TOKEN: &[u8] = &[0x30, 3, 6, 1, 0x2a];

fn sha256() -> &'static dyn DigestAlgorithm {
    RUSTCRYPTO.digest(DigestId::Sha256).unwrap()
}

fn digest(octets: &[u8]) -> Vec<u8> {
    sha256().digest(octets).unwrap().value
}

fn tree(lists: &[&[&[u8]]]) -> Vec<u8> {
    let lists: Vec<Vec<u8>> = lists
        .iter()
        .map(|list| {
            let values: Vec<Vec<u8>> = list.iter().map(|value| tlv(4, &[value])).collect();
            tlv(0x30, &[&values.concat()])
        })
        .collect();
    tlv(0xa2, &[&lists.concat()])
}

fn record(version: u8, optional: &[u8], sequence: &[u8]) -> Vec<u8> {
    let algorithms = tlv(0x30, &[SHA256]);
    tlv(0x30, &[&[2, 1, version], &algorithms, optional, sequence])
}

fn one(stamp: &[&[u8]]) -> Vec<u8> {
    let chain = tlv(0x30, &[&tlv(0x30, stamp)]);
    record(1, &[], &tlv(0x30, &[&chain]))
}

fn read(octets: &[u8]) -> Result<EvidenceRecord, Reason> {
    let octets = Octets::from(octets);
    let mut budget = Budget::new(Limits::STANDARD);
    match EvidenceRecord::from_ber(&octets, &mut budget) {
        Ok(record) => {
            assert!(EvidenceRecord::is_likely(&octets, &budget));
            Ok(record)
        }
        Err(Error::Malformed(Malformed { reason, .. })) => Err(reason),
        Err(other) => unreachable!("{other}"),
    }
}

fn root(lists: &[&[&[u8]]]) -> Result<Vec<u8>, Malsized> {
    let record = read(&one(&[&tree(lists), TOKEN])).unwrap();
    let stamp = &record.chains[0].time_stamps[0];
    stamp.tree.as_ref().unwrap().root(sha256()).unwrap()
}

#[test]
fn a_record_is_read_with_all_its_fields() {
    let stamp = read(&one(&[TOKEN])).unwrap().chains[0].time_stamps[0].clone();
    assert!(stamp.tree.is_none() && stamp.digest_algorithm.is_none());
    assert_eq!(&*stamp.time_stamp, TOKEN);
    let leaf = digest(b"a");
    let mut algorithm = SHA256.to_vec();
    algorithm[0] = 0xa0;
    let octets = one(&[&algorithm, &[0xa1, 0], &tree(&[&[&leaf]]), TOKEN]);
    let stamp = read(&octets).unwrap().chains[0].time_stamps[0].clone();
    assert!(stamp.digest_algorithm.is_some());
    let tree = stamp.tree.unwrap();
    assert!(tree.holds(&leaf) && !tree.holds(&digest(b"b")));
    let chain = tlv(0x30, &[&tlv(0x30, &[TOKEN])]);
    let plain = read(&record(1, &[], &tlv(0x30, &[&chain]))).unwrap();
    assert!(!plain.has_crypto_infos && !plain.is_of_encrypted);
    let both = record(1, &[0xa0, 0, 0xa1, 0], &tlv(0x30, &[&chain]));
    let both = read(&both).unwrap();
    assert!(both.has_crypto_infos && both.is_of_encrypted);
}

#[test]
fn what_is_no_record_is_refused() {
    let chain = tlv(0x30, &[&tlv(0x30, &[TOKEN])]);
    let sequence = tlv(0x30, &[&chain]);
    let reason = |octets: &[u8]| read(octets).map(|_| ()).unwrap_err();
    assert_eq!(
        reason(&record(2, &[], &sequence)),
        Reason::UnsupportedVersion
    );
    assert_eq!(reason(&record(1, &[], &[0x30, 0])), Reason::Missing);
    assert_eq!(
        reason(&record(1, &[], &tlv(0x30, &[&[0x30, 0]]))),
        Reason::Missing
    );
    assert_eq!(reason(&one(&[&tree(&[]), TOKEN])), Reason::Missing);
    assert_eq!(reason(&one(&[&tree(&[&[]]), TOKEN])), Reason::Missing);
    assert_eq!(reason(&one(&[])), Reason::Missing);
    assert_eq!(reason(&one(&[TOKEN, TOKEN])), Reason::TrailingOctets);
    let longer = [record(1, &[], &sequence), vec![0]].concat();
    assert_eq!(reason(&longer), Reason::TrailingOctets);
    let stamps: Vec<u8> = tlv(0x30, &[TOKEN]).repeat(MOST_TIME_STAMPS);
    let sequence = |stamps: &[u8]| tlv(0x30, &[&tlv(0x30, &[stamps])]);
    assert!(read(&record(1, &[], &sequence(&stamps))).is_ok());
    let more = [stamps, tlv(0x30, &[TOKEN])].concat();
    let octets = record(1, &[], &sequence(&more));
    assert_eq!(reason(&octets), Reason::InvalidLength);
}

#[test]
fn other_objects_do_not_begin_like_a_record() {
    let budget = Budget::new(Limits::STANDARD);
    let private_key = tlv(0x30, &[&[2, 1, 0], &[0x30, 3, 6, 1, 0x2a], &[4, 0]]);
    for octets in [TOKEN, &[0x30, 0], &[], &private_key] {
        assert!(!EvidenceRecord::is_likely(&Octets::from(octets), &budget));
    }
}

#[test]
fn the_root_is_that_of_the_standard() {
    let [a, b, c] = [b"a", b"b", b"c"].map(|octets| digest(octets));
    let ordered = |first: &[u8], second: &[u8]| {
        let (low, high) = if first < second {
            (first, second)
        } else {
            (second, first)
        };
        digest(&[low, high].concat())
    };
    assert_eq!(root(&[&[&a]]), Ok(a.clone()));
    // The order in which siblings are written does not matter.
    assert_eq!(root(&[&[&a, &b]]), Ok(ordered(&a, &b)));
    assert_eq!(root(&[&[&b, &a]]), Ok(ordered(&a, &b)));
    assert_eq!(root(&[&[&a], &[&b]]), Ok(ordered(&a, &b)));
    let inner = ordered(&a, &b);
    assert_eq!(root(&[&[&a, &b], &[&c]]), Ok(ordered(&inner, &c)));
    assert_ne!(root(&[&[&a, &b], &[&c]]), root(&[&[&a, &c], &[&b]]));
    assert_eq!(root(&[&[&a, &b[1..]]]), Err(Malsized));
    assert_eq!(root(&[&[&a], &[&[]]]), Err(Malsized));
}

#[test]
fn the_chains_before_one_stand_in_a_sequence() {
    let chain = tlv(0x30, &[&tlv(0x30, &[TOKEN])]);
    let octets = record(1, &[], &tlv(0x30, &[&chain, &chain, &chain]));
    let record = read(&octets).unwrap();
    assert_eq!(record.sequence_before(0), [0x30, 0]);
    assert_eq!(record.sequence_before(2), tlv(0x30, &[&chain, &chain]));
}

#[test]
fn elements_go_and_lengths_follow() {
    let mut budget = Budget::new(Limits::STANDARD);
    let string = tlv(4, &[&[7; 120]]);
    let attribute = tlv(0x30, &[&[6, 1, 0x2a], &[0x31, 2, 5, 0]]);
    let whole = |attributes: &[&[u8]]| {
        let set = if attributes.is_empty() {
            Vec::new()
        } else {
            tlv(0xa1, attributes)
        };
        tlv(0x30, &[&string, &set])
    };
    let both = Octets::from(whole(&[&attribute, &attribute]));
    let start = both.len() - attribute.len();
    let second = both.part(start..both.len());
    let first = both.part(start - attribute.len()..start);
    let mut kept = |gone: &[Octets]| without(&both, gone, &mut budget).unwrap();
    assert_eq!(kept(&[]), *both);
    assert_eq!(kept(std::slice::from_ref(&second)), whole(&[&attribute]));
    // A set that loses all its members goes, and the length takes one octet again.
    assert_eq!(kept(&[first, second]), whole(&[]));
    assert!(whole(&[]).get(1).is_some_and(|length| *length < 0x80));
}

#[test]
fn indefinite_lengths_stay_so() {
    let mut budget = Budget::new(Limits::STANDARD);
    let object = Octets::from(&[0x30, 0x80, 4, 1, 7, 0x31, 2, 5, 0, 0, 0, 9][..]);
    let gone = object.part(7..9);
    let kept = without(&object, &[gone], &mut budget).unwrap();
    assert_eq!(kept, [0x30, 0x80, 4, 1, 7, 0, 0, 9]);
}
