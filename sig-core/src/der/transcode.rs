//! BER written again as DER (X.690 §10, §11), for the one place where RFC 5652 §5.4 asks for it.

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;

use super::element::{Element, LengthForm};
use super::octets::Octets;
use super::reader::{Encoding, Reader};
use super::tag::Tag;
use super::writer::element as write;

/// What is changed.
#[derive(Clone, Copy, PartialEq)]
enum Rules {
    /// Lengths and segmented strings.
    Definite,
    /// The same, and the order of sets.
    Der,
}

/// The element with definite, minimal lengths and whole strings; the order of sets is kept.
///
/// # Errors
/// The octets are not one BER element, or a limit.
pub fn to_definite(octets: &Octets, budget: &mut Budget) -> Result<Vec<u8>, Error> {
    transcode(octets, Rules::Definite, budget)
}

/// The element in DER as far as structure goes: definite minimal lengths, whole strings, sorted sets.
///
/// # Errors
/// The octets are not one BER element, or a limit.
pub fn to_der(octets: &Octets, budget: &mut Budget) -> Result<Vec<u8>, Error> {
    transcode(octets, Rules::Der, budget)
}

fn transcode(octets: &Octets, rules: Rules, budget: &mut Budget) -> Result<Vec<u8>, Error> {
    let mut reader = Reader::new(octets, Encoding::Ber, Structure::Object);
    let element = reader.element(budget)?;
    reader.finish()?;
    let mut trial = budget.clone();
    match is_written_so(&element, rules, &mut trial) {
        Ok(false) => rewrite(&element, rules, budget),
        known => {
            // What was read up to an error is paid for too.
            *budget = trial;
            known.map(|_| octets.to_vec())
        }
    }
}

/// Whether writing the element again would change nothing: so it is of nearly all senders. Costs what that would.
fn is_written_so(element: &Element<'_>, rules: Rules, budget: &mut Budget) -> Result<bool, Error> {
    if !element.tag.fits_one_octet() || element.length_form() != LengthForm::Minimal {
        return Ok(false);
    }
    if !element.tag.is_constructed() {
        return Ok(true);
    }
    if element.tag.primitive() == Tag::OCTET_STRING {
        return Ok(false);
    }
    let is_sorted = rules == Rules::Der && element.tag == Tag::SET;
    let mut reader = element.reader(Structure::Object, budget)?;
    let mut before: Option<Octets> = None;
    while !reader.is_empty() {
        let member = reader.element(budget)?;
        if !is_written_so(&member, rules, budget)? {
            return Ok(false);
        }
        if is_sorted {
            let octets = member.octets();
            if before.is_some_and(|before| *before > *octets) {
                return Ok(false);
            }
            before = Some(octets);
        }
    }
    Ok(true)
}

fn rewrite(element: &Element<'_>, rules: Rules, budget: &mut Budget) -> Result<Vec<u8>, Error> {
    if !element.tag.fits_one_octet() {
        return Err(element.malformed(Reason::UnexpectedTag));
    }
    if !element.tag.is_constructed() {
        return Ok(write(element.tag, element.content_bytes()));
    }
    if element.tag.primitive() == Tag::OCTET_STRING {
        return Ok(write(Tag::OCTET_STRING, &element.string_octets(budget)?));
    }
    let mut reader = element.reader(Structure::Object, budget)?;
    let mut members = Vec::new();
    while !reader.is_empty() {
        members.push(rewrite(&reader.element(budget)?, rules, budget)?);
    }
    if rules == Rules::Der && element.tag == Tag::SET {
        members.sort();
    }
    Ok(write(element.tag, &members.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;

    fn both(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let octets = Octets::from(bytes);
        let mut budget = Budget::new(Limits::STANDARD);
        (
            to_definite(&octets, &mut budget).unwrap(),
            to_der(&octets, &mut budget).unwrap(),
        )
    }

    #[test]
    fn lengths_strings_and_sets() {
        let ber = [
            0x31, 0x80, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 2, 0x81, 1, 5, 0, 0,
        ];
        let (definite, der) = both(&ber);
        assert_eq!(definite, [0x31, 7, 4, 2, 7, 8, 2, 1, 5]);
        assert_eq!(der, [0x31, 7, 2, 1, 5, 4, 2, 7, 8]);
    }

    #[test]
    fn der_stays_as_it_is() {
        let bytes = [0x30, 6, 2, 1, 5, 2, 1, 3];
        assert_eq!(both(&bytes), (bytes.to_vec(), bytes.to_vec()));
    }

    #[test]
    fn what_need_not_be_written_again_costs_as_much_and_is_the_same() {
        let sorted: &[u8] = &[0x31, 8, 0x31, 6, 2, 1, 3, 2, 1, 5];
        let cases: [(&[u8], bool); 7] = [
            (sorted, true),
            (&[0x31, 8, 0x31, 6, 2, 1, 5, 2, 1, 3], false),
            (&[0x31, 6, 2, 1, 5, 2, 1, 5], true),
            (&[0x30, 0x81, 3, 2, 1, 5], false),
            (&[0x30, 0x80, 2, 1, 5, 0, 0], false),
            (&[0x30, 4, 2, 0x81, 1, 5], false),
            (&[0x30, 5, 0x24, 3, 4, 1, 5], false),
        ];
        for (bytes, expected) in cases {
            let octets = Octets::from(bytes);
            let mut budget = Budget::new(Limits::STANDARD);
            let mut reader = Reader::new(&octets, Encoding::Ber, Structure::Object);
            let element = reader.element(&mut budget).unwrap();
            let mut again = budget.clone();
            let written = rewrite(&element, Rules::Der, &mut again).unwrap();
            let is_so = is_written_so(&element, Rules::Der, &mut budget).unwrap();
            assert_eq!(is_so, expected, "{bytes:x?}");
            assert_eq!(written == bytes, expected, "{bytes:x?}");
            if is_so {
                assert_eq!(budget.used(), again.used(), "{bytes:x?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_written_again_costs_what_was_read_of_it() {
        let cases: [&[u8]; 3] = [
            &[0x30, 6, 2, 1, 5, 0x1f, 0x20, 0],
            &[0x30, 5, 2, 1, 5, 4, 9],
            &[0x31, 8, 2, 1, 5, 2, 1, 3, 4, 9],
        ];
        for bytes in cases {
            let octets = Octets::from(bytes);
            let mut budget = Budget::new(Limits::STANDARD);
            let failed = to_der(&octets, &mut budget).unwrap_err();
            let mut again = Budget::new(Limits::STANDARD);
            let mut reader = Reader::new(&octets, Encoding::Ber, Structure::Object);
            let element = reader.element(&mut again).unwrap();
            let expected = rewrite(&element, Rules::Der, &mut again).unwrap_err();
            assert_eq!(failed, expected, "{bytes:x?}");
            assert_eq!(budget.used(), again.used(), "{bytes:x?}");
        }
    }

    /// Elements of all forms, well and badly ordered, whole and broken.
    fn any_element(depth: u32) -> proptest::prelude::BoxedStrategy<Vec<u8>> {
        use proptest::prelude::*;
        let length = |content: &[u8], form: u8| match form {
            0..=7 => vec![content.len() as u8],
            8 => vec![0x81, content.len() as u8],
            _ => vec![0x82, 0, content.len() as u8],
        };
        let tag = proptest::sample::select(vec![2_u8, 4, 4, 3, 0x80, 0x9f]);
        let leaf = (tag, proptest::collection::vec(0_u8..3, 0..3), 0_u8..10);
        let leaf = leaf.prop_map(move |(tag, content, form)| {
            [vec![tag], length(&content, form), content].concat()
        });
        if depth == 0 {
            return leaf.boxed();
        }
        let tag = proptest::sample::select(vec![0x30_u8, 0x31, 0x31, 0x31, 0x24, 0xa0, 0x23]);
        let members = proptest::collection::vec(any_element(depth - 1), 0..4);
        let nested = (tag, members, 0_u8..12, any::<bool>());
        let nested = nested.prop_map(move |(tag, mut members, form, is_sorted)| {
            if is_sorted {
                members.sort();
            }
            let content = members.concat();
            match form {
                11 => [&[tag, 0x80], &*content, &[0, 0]].concat(),
                _ if content.len() > 0x7f => {
                    [vec![tag, 0x81, content.len() as u8], content].concat()
                }
                _ => [vec![tag], length(&content, form), content].concat(),
            }
        });
        prop_oneof![leaf, nested].boxed()
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_says_what_the_long_one_does(bytes in any_element(3)) {
            let octets = Octets::from(bytes);
            for rules in [Rules::Definite, Rules::Der] {
                let mut budget = Budget::new(Limits::STANDARD);
                let short = transcode(&octets, rules, &mut budget);
                let mut again = Budget::new(Limits::STANDARD);
                let mut reader = Reader::new(&octets, Encoding::Ber, Structure::Object);
                let long = reader
                    .element(&mut again)
                    .and_then(|element| reader.finish().map(|()| element))
                    .and_then(|element| rewrite(&element, rules, &mut again));
                proptest::prop_assert_eq!(short, long);
                proptest::prop_assert_eq!(budget.used(), again.used());
            }
        }
    }
}
