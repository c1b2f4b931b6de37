//! Messages that are damaged or strangely encoded: the same verdict, the same place, the same reason.

use sig_core::base::error::Error;
use sig_core::cms::signed_data::NotSignedData;
use sig_core::finding::Indication;
use sig_core::report::Judged;
use sig_core::{Evidence, Limits, Policy, UnixTime, Validator};

use super::{LIMITS, RUSTCRYPTO, octets_of, read};

const AT: UnixTime = UnixTime::from_seconds(1_795_219_200);

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut octets = vec![tag];
    match contents.len() {
        size @ 0..0x80 => octets.push(size as u8),
        size => octets.extend([0x82, (size >> 8) as u8, size as u8]),
    }
    octets.extend_from_slice(contents);
    octets
}

fn endless(tag: u8, contents: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], contents, &[0, 0]].concat()
}

/// A message without signers around the encoding of a content, each wrapper of definite length or not.
fn around(string: &[u8], wrappers: u8) -> Vec<u8> {
    let wrap = |number: u8, tag: u8, contents: &[u8]| match wrappers >> number & 1 {
        0 => element(tag, contents),
        _ => endless(tag, contents),
    };
    let data = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1];
    let signed = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2];
    let sha256 = [0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    let inside = [&data[..], &wrap(0, 0xa0, string)].concat();
    let fields = [
        vec![2, 1, 1],
        element(0x31, &sha256),
        wrap(1, 0x30, &inside),
        vec![0x31, 0],
    ];
    let message = wrap(2, 0x30, &fields.concat());
    wrap(4, 0x30, &[&signed[..], &wrap(3, 0xa0, &message)].concat())
}

/// The same report and the same error, but for the counted elements of a message that is broken, of which a reader that
/// has all octets sees some twice.
fn assert_same(file: &[u8], limits: Limits) {
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("cms-basic").unwrap(),
        limits,
    };
    let at_hand = Evidence::parse(file, &limits);
    let broken = matches!(
        at_hand.as_ref().map(|evidence| evidence.not_signed_data()),
        Ok(Some(NotSignedData::Broken(_) | NotSignedData::Other(_)))
    );
    for part in [1, 2, 5, 64, file.len().max(1)] {
        let passed = read(file, part, 0, limits);
        let (at_hand, passed) = match (&at_hand, passed) {
            (Ok(at_hand), Ok(passed)) => (at_hand.clone(), passed),
            (Err(at_hand), Err(passed)) => {
                assert_eq!(*at_hand, passed);
                continue;
            }
            (at_hand, passed) => panic!(
                "{file:02x?}: {:?} and {:?}",
                at_hand.as_ref().err(),
                passed.err()
            ),
        };
        let [mut passed, at_hand] = [passed, at_hand].map(|evidence| {
            let report = validator.validate(evidence, AT);
            report.unwrap()
        });
        if broken {
            passed.work.nodes = at_hand.work.nodes;
        }
        assert_eq!(
            octets_of(&passed),
            octets_of(&at_hand),
            "{file:02x?} by {part}"
        );
    }
}

#[test]
fn strings_in_every_encoding_are_read_alike() {
    let leaf = element(4, b"content");
    let long = element(4, &[0x55; 300]);
    let nested = endless(
        0x24,
        &[leaf.clone(), endless(0x24, &leaf), vec![4, 0]].concat(),
    );
    let definite = element(0x24, &[endless(0x24, &leaf), element(0x24, &leaf)].concat());
    let strings = [
        leaf.clone(),
        vec![4, 0],
        vec![0x24, 0],
        vec![0x24, 0x80, 0, 0],
        vec![0x24, 0x80, 0, 0x81, 0, 0, 0],
        vec![4, 0x83, 0, 0, 3, 1, 2, 3],
        vec![0x24, 0x80, 4, 0x84, 0, 0, 0, 1, 7, 0, 0],
        long,
        nested.clone(),
        definite.clone(),
        endless(0x24, &[nested.clone(), definite.clone(), nested].concat()),
        endless(0x24, &definite),
    ];
    for string in &strings {
        for wrappers in 0..32 {
            assert_same(&around(string, wrappers), LIMITS);
        }
    }
}

#[test]
fn what_is_wrong_in_a_string_is_named_alike() {
    let leaf = element(4, b"content");
    let wrong = [
        vec![5, 0],
        vec![0x25, 0x80, 0, 0],
        vec![0x30, 0],
        vec![4, 0x80],
        vec![4, 0x7f],
        vec![0, 1, 0],
        vec![0, 0x80],
        vec![0x20, 0x80, 0, 0],
        vec![0x1f, 0x80],
        vec![0x1f, 0xff, 0xff, 0xff, 0xff, 0xff],
        vec![4, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        endless(0x24, &[5, 0]),
        endless(0x24, &[5, 0, 4, 0x7f]),
        endless(0x25, &[4, 0x7f]),
        element(0x24, &[5, 0]),
        element(0x24, &[4, 0x7f]),
        element(0x24, &endless(0x24, &[5, 0, 4, 0x80])),
        element(0x24, &endless(0x25, &[4, 0])),
        endless(0x24, &element(0x24, &endless(0x24, &[5, 0]))),
        [endless(0x24, &element(0x24, &[5, 0])), vec![4, 0x7f]].concat(),
        vec![0x24, 0x80],
        vec![0x24, 0x80, 4, 1],
    ];
    for wrong in &wrong {
        let inside = [&leaf[..], wrong, &leaf].concat();
        for string in [endless(0x24, &inside), element(0x24, &inside)] {
            for wrappers in 0..32 {
                assert_same(&around(&string, wrappers), LIMITS);
            }
        }
    }
}

#[test]
fn a_message_may_end_anywhere() {
    let leaf = element(4, b"content");
    let definite = element(0x24, &[endless(0x24, &leaf), leaf.clone()].concat());
    let string = endless(0x24, &[leaf, definite.clone()].concat());
    for string in [string, definite] {
        for wrappers in [0, 7, 21, 31] {
            let whole = around(&string, wrappers);
            for end in 0..=whole.len() {
                assert_same(&whole[..end], LIMITS);
            }
            for (more, at) in [(0, 1), (7, 3)] {
                assert_same(&[&whole[..], &vec![more; at]].concat(), LIMITS);
            }
        }
    }
}

#[test]
fn any_octet_may_be_another() {
    let leaf = element(4, b"it");
    let definite = element(0x24, &[endless(0x24, &leaf), leaf.clone()].concat());
    let string = endless(0x24, &[leaf, definite].concat());
    for wrappers in [0, 9, 31] {
        let whole = around(&string, wrappers);
        for at in 0..whole.len() {
            for other in [0, 1, 4, 5, 0x24, 0x30, 0x7f, 0x80, 0x81, 0x84, 0xff] {
                let mut changed = whole.clone();
                changed[at] = other;
                assert_same(&changed, LIMITS);
            }
        }
    }
}

#[test]
fn depth_has_the_same_limit() {
    for levels in 0..8 {
        let mut string = element(4, b"content");
        for level in 0..levels {
            string = match level % 3 {
                0 => endless(0x24, &string),
                _ => element(0x24, &string),
            };
        }
        let string = endless(0x24, &string);
        let limits = Limits { depth: 9, ..LIMITS };
        for wrappers in [0, 31] {
            assert_same(&around(&string, wrappers), limits);
        }
    }
}

#[test]
fn what_is_held_is_bounded_and_the_content_is_not() {
    let limits = Limits {
        bytes: 1000,
        ..LIMITS
    };
    let large = around(&element(4, &[7; 3000]), 0);
    let evidence = read(&large, 100, 0, limits).unwrap();
    assert_eq!(evidence.message().unwrap().content.size(), Some(3000));
    assert!(matches!(
        Evidence::parse(&large, &limits),
        Err(Error::Limit(_))
    ));
    let small = around(&element(4, &[7; 30]), 0);
    let behind = [&small[..], &[0; 3000]].concat();
    assert!(matches!(
        read(&behind, 100, 0, limits),
        Err(Error::Limit(_))
    ));
    let other = element(0x30, &[5; 3000]);
    assert!(matches!(read(&other, 100, 0, limits), Err(Error::Limit(_))));
}

#[test]
fn a_message_without_signers_is_no_signature() {
    let file = around(&element(4, b"content"), 0);
    let evidence = read(&file, 3, 0, LIMITS).unwrap();
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("cms-basic").unwrap(),
        limits: LIMITS,
    };
    let report = validator.validate(evidence, AT).unwrap();
    let Judged::Signatures { conclusion, .. } = report.judged else {
        panic!("not judged as a message");
    };
    assert_ne!(conclusion.indication, Indication::TotalPassed);
}
