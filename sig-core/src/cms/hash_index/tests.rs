use super::*;
use crate::base::limits::Limits;
use crate::der::writer;

const SHA512: Oid = oids::SHA512;

fn digests(values: &[&[u8]]) -> Vec<u8> {
    let values = values.iter();
    let values = values.map(|value| writer::element(Tag::OCTET_STRING, value));
    writer::element(Tag::SEQUENCE, &values.collect::<Vec<_>>().concat())
}

fn algorithm(id: Oid) -> Vec<u8> {
    let id = writer::element(Tag::OID, id.content());
    writer::element(Tag::SEQUENCE, &id)
}

fn read(version: HashIndexVersion, fields: &[Vec<u8>]) -> Result<HashIndex, Error> {
    let value = Octets::from(writer::element(Tag::SEQUENCE, &fields.concat()));
    HashIndex::read(version, &value, &mut Budget::new(Limits::STANDARD))
}

fn lists() -> [Vec<u8>; 3] {
    [digests(&[b"a", b"b"]), digests(&[]), digests(&[b"c"])]
}

#[test]
fn the_lists_are_read_in_their_order() {
    let fields = [vec![algorithm(SHA512)], lists().to_vec()].concat();
    for (version, _) in HashIndexVersion::ALL {
        let index = read(version, &fields).unwrap();
        assert_eq!(
            (index.algorithm, index.digest),
            (SHA512, Some(DigestId::Sha512))
        );
        let list = |all: &[Octets]| all.iter().map(|it| it.to_vec()).collect::<Vec<_>>();
        assert_eq!(list(&index.certificates), [b"a", b"b"]);
        assert!(index.crls.is_empty());
        assert_eq!(list(&index.attributes), [b"c"]);
    }
}

#[test]
fn only_the_first_version_need_not_name_its_algorithm() {
    let index = read(HashIndexVersion::V1, &lists()).unwrap();
    assert_eq!(index.digest, Some(DigestId::Sha256));
    for version in [HashIndexVersion::V2, HashIndexVersion::V3] {
        assert!(matches!(read(version, &lists()), Err(Error::Malformed(_))));
    }
    // An empty first list is a list, too.
    let empty = [digests(&[]), digests(&[]), digests(&[])];
    assert_eq!(
        read(HashIndexVersion::V1, &empty).unwrap().digest,
        Some(DigestId::Sha256)
    );
}

#[test]
fn an_unknown_algorithm_is_told_by_its_name() {
    let fields = [vec![algorithm(oids::DATA)], lists().to_vec()].concat();
    let index = read(HashIndexVersion::V3, &fields).unwrap();
    assert_eq!((index.algorithm, index.digest), (oids::DATA, None));
}

#[test]
fn other_shapes_are_refused() {
    let right = [vec![algorithm(SHA512)], lists().to_vec()].concat();
    let mut more = right.clone();
    more.push(digests(&[]));
    let fewer = &right[..3];
    for fields in [&more[..], fewer, &[]] {
        let read = read(HashIndexVersion::V3, fields);
        assert!(matches!(read, Err(Error::Malformed(_))));
    }
    // It is hashed as it stands, so it must be DER.
    let value = Octets::from([&[0x30, 0x80][..], &right.concat(), &[0, 0]].concat());
    let mut budget = Budget::new(Limits::STANDARD);
    assert!(HashIndex::read(HashIndexVersion::V3, &value, &mut budget).is_err());
}
