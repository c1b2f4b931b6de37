use super::*;
use crate::base::limits::Limits;

fn read(bytes: &[u8], encoding: Encoding) -> Result<Vec<u8>, Error> {
    let source = Octets::from(bytes);
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(&source, encoding, Structure::Object);
    let element = reader.element(&mut budget)?;
    reader.finish()?;
    Ok(element.content().to_vec())
}

fn malformed(offset: usize, reason: Reason) -> Error {
    Error::Malformed(Malformed {
        structure: Structure::Object,
        offset,
        reason,
    })
}

#[test]
fn definite_lengths() {
    assert_eq!(read(&[4, 1, 7], Encoding::Der), Ok(vec![7]));
    let mut long = vec![4, 0x82, 1, 0];
    long.extend([9; 256]);
    assert_eq!(
        read(&long, Encoding::Der).map(|content| content.len()),
        Ok(256)
    );
}

#[test]
fn a_length_with_octets_to_spare_is_ber_only() {
    for bytes in [&[4, 0x81, 1, 7][..], &[4, 0x82, 0, 1, 7]] {
        assert_eq!(
            read(bytes, Encoding::Der),
            Err(malformed(0, Reason::InvalidLength))
        );
        assert_eq!(read(bytes, Encoding::Ber), Ok(vec![7]));
    }
}

#[test]
fn indefinite_lengths_are_ber_only_and_constructed_only() {
    let bytes = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 0, 0, 0, 0];
    assert_eq!(
        read(&bytes, Encoding::Ber),
        Ok(vec![0x24, 0x80, 4, 1, 7, 0, 0])
    );
    assert_eq!(
        read(&bytes, Encoding::Der),
        Err(malformed(1, Reason::InvalidLength))
    );
    assert_eq!(
        read(&[4, 0x80, 0, 0], Encoding::Ber),
        Err(malformed(1, Reason::InvalidLength))
    );
}

#[test]
fn what_ends_early_is_truncated() {
    for bytes in [
        &[][..],
        &[4],
        &[4, 2, 7],
        &[4, 0x82, 1],
        &[0x30, 0x80, 4, 0],
    ] {
        let error = read(bytes, Encoding::Ber).unwrap_err();
        assert!(
            matches!(
                error,
                Error::Malformed(Malformed {
                    reason: Reason::Truncated,
                    ..
                })
            ),
            "{error:?}"
        );
    }
}

#[test]
fn huge_lengths_cost_nothing() {
    let bytes = [4, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(
        read(&bytes, Encoding::Ber),
        Err(malformed(10, Reason::Truncated))
    );
    let mut bytes = vec![4, 0xfe];
    bytes.extend([0xff; 126]);
    assert_eq!(
        read(&bytes, Encoding::Ber),
        Err(malformed(1, Reason::InvalidLength))
    );
}

#[test]
fn nested_indefinite_lengths_end_at_the_depth_limit() {
    let bytes = [0x30, 0x80].repeat(1_000_000);
    let expected = LimitExceeded {
        which: Limit::Depth,
        bound: u64::from(Limits::STANDARD.depth),
    };
    assert_eq!(read(&bytes, Encoding::Ber), Err(Error::Limit(expected)));
}

#[test]
fn octets_after_the_object_are_reported() {
    assert_eq!(
        read(&[5, 0, 0], Encoding::Der),
        Err(malformed(2, Reason::TrailingOctets))
    );
}

#[test]
fn segments_are_joined_at_any_nesting() {
    let source = Octets::from(&[0x24, 0x80, 4, 1, 1, 0x24, 4, 4, 2, 2, 3, 4, 0, 0, 0][..]);
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(&source, Encoding::Ber, Structure::Object);
    let element = reader
        .expect_string(Tag::OCTET_STRING, &mut budget)
        .unwrap();
    assert_eq!(
        element.string_octets(&mut budget).unwrap().as_ref(),
        [1, 2, 3]
    );
}

#[test]
fn a_segment_of_another_type_is_refused() {
    let source = Octets::from(&[0x24, 3, 5, 1, 1][..]);
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(&source, Encoding::Ber, Structure::Object);
    let element = reader
        .expect_string(Tag::OCTET_STRING, &mut budget)
        .unwrap();
    assert_eq!(
        element.string_octets(&mut budget),
        Err(malformed(2, Reason::UnexpectedTag))
    );
}

#[test]
fn tag_numbers_over_thirty_are_read() {
    assert_eq!(read(&[0x9f, 0x21, 1, 7], Encoding::Der), Ok(vec![7]));
    assert_eq!(
        read(&[0x9f, 0x01, 1, 7], Encoding::Der),
        Err(malformed(1, Reason::InvalidValue))
    );
}
