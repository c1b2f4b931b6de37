//! A DER writer (ITU-T X.690 §8, §10, §11). Every function returns one complete element.
//!
//! It is written apart from the reader under test on purpose: a shared mistake would hide itself.

use crate::oid::Oid;
use crate::timestamp::Timestamp;

/// One element: identifier octet, definite length, contents.
pub fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    tlv(&[tag], contents)
}

/// One data object of these identifier octets (ISO/IEC 7816-4 §5.2.2.1 has tags of several).
pub fn tlv(tag: &[u8], contents: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(tag.len() + contents.len() + 5);
    out.extend_from_slice(tag);
    push_length(&mut out, contents.len());
    out.extend_from_slice(contents);
    out
}

fn push_length(out: &mut Vec<u8>, length: usize) {
    if length < 0x80 {
        out.push(length as u8);
        return;
    }
    let octets = length.to_be_bytes();
    let skip = octets.iter().take_while(|octet| **octet == 0).count();
    out.push(0x80 | (octets.len() - skip) as u8);
    out.extend_from_slice(&octets[skip..]);
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// SET OF with the elements in DER order (X.690 §11.6).
pub fn set_of(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x31, &sorted(parts).concat())
}

/// SET with the elements in the order given.
pub fn set_as_given(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x31, &parts.concat())
}

pub fn sorted(parts: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut parts = parts.to_vec();
    parts.sort();
    parts
}

/// `[number]` constructed: EXPLICIT around complete elements, or IMPLICIT over a constructed type.
pub fn context(number: u8, contents: &[u8]) -> Vec<u8> {
    element(0xA0 | number, contents)
}

/// `[number] IMPLICIT` over a primitive type.
pub fn context_primitive(number: u8, contents: &[u8]) -> Vec<u8> {
    element(0x80 | number, contents)
}

pub fn boolean_true() -> Vec<u8> {
    vec![0x01, 0x01, 0xFF]
}

pub fn null() -> Vec<u8> {
    vec![0x05, 0x00]
}

/// INTEGER from an unsigned big-endian number.
pub fn integer(big_endian: &[u8]) -> Vec<u8> {
    let skip = big_endian.iter().take_while(|octet| **octet == 0).count();
    let mut contents = Vec::with_capacity(big_endian.len() + 1);
    if big_endian.get(skip).is_none_or(|first| first & 0x80 != 0) {
        contents.push(0);
    }
    contents.extend_from_slice(&big_endian[skip..]);
    element(0x02, &contents)
}

pub fn small_integer(value: u64) -> Vec<u8> {
    integer(&value.to_be_bytes())
}

pub fn enumerated(value: u8) -> Vec<u8> {
    element(0x0A, &[value])
}

pub fn octet_string(octets: &[u8]) -> Vec<u8> {
    element(0x04, octets)
}

pub fn bit_string(octets: &[u8]) -> Vec<u8> {
    let mut contents = vec![0];
    contents.extend_from_slice(octets);
    element(0x03, &contents)
}

/// BIT STRING of named bits (X.690 §11.2.2: no trailing zero bits); bit 0 is the most significant.
pub fn named_bits(bits: &[u8]) -> Vec<u8> {
    let Some(last) = bits.iter().max() else {
        return element(0x03, &[0]);
    };
    let mut contents = vec![0u8; 2 + usize::from(last / 8)];
    contents[0] = 7 - last % 8;
    for bit in bits {
        contents[1 + usize::from(bit / 8)] |= 0x80 >> (bit % 8);
    }
    element(0x03, &contents)
}

pub fn object_identifier(oid: &Oid) -> Vec<u8> {
    let arcs = oid.arcs();
    let mut contents = Vec::new();
    let first = arcs.first().copied().unwrap_or(0) * 40 + arcs.get(1).copied().unwrap_or(0);
    for arc in std::iter::once(first).chain(arcs.iter().skip(2).copied()) {
        let groups = (64 - u64::from(arc.leading_zeros())).div_ceil(7).max(1);
        for group in (0..groups).rev() {
            let continues = if group == 0 { 0 } else { 0x80 };
            contents.push(((arc >> (7 * group)) & 0x7F) as u8 | continues);
        }
    }
    element(0x06, &contents)
}

pub fn utf8_string(text: &str) -> Vec<u8> {
    element(0x0C, text.as_bytes())
}

pub fn ia5_string(text: &str) -> Vec<u8> {
    element(0x16, text.as_bytes())
}

/// `Time` of RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime after.
pub fn time(at: Timestamp) -> Vec<u8> {
    let text = at.generalized();
    if ("1950".."2050").contains(&&text[..4]) {
        element(0x17, &text.as_bytes()[2..])
    } else {
        element(0x18, text.as_bytes())
    }
}

pub fn generalized_time(at: Timestamp) -> Vec<u8> {
    element(0x18, at.generalized().as_bytes())
}

/// `AlgorithmIdentifier ::= SEQUENCE { algorithm, parameters OPTIONAL }`.
pub fn algorithm(oid: &Oid, parameters: Option<Vec<u8>>) -> Vec<u8> {
    sequence(&[object_identifier(oid), parameters.unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_short_form_up_to_127_and_the_shortest_long_form_after() {
        assert_eq!(element(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(element(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(element(4, &[0; 256])[..4], [4, 0x82, 1, 0]);
    }

    #[test]
    fn integers_are_minimal_and_never_negative() {
        assert_eq!(integer(&[0, 0, 0x7F]), [2, 1, 0x7F]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(small_integer(0), [2, 1, 0]);
    }

    #[test]
    fn object_identifiers_use_base_128_arcs() {
        // X.690 §8.19.5 example is 2.999.3; 1.2.643.100.111 has an arc over 127.
        assert_eq!(
            object_identifier(&Oid::constant(&[2, 999, 3])),
            [6, 3, 0x88, 0x37, 3]
        );
        assert_eq!(
            object_identifier(&Oid::constant(&[1, 2, 643, 100, 111])),
            [6, 5, 0x2A, 0x85, 0x03, 0x64, 0x6F]
        );
    }

    #[test]
    fn named_bits_drop_trailing_zeros() {
        assert_eq!(named_bits(&[5, 6]), [3, 2, 1, 0x06]);
        assert_eq!(named_bits(&[0, 8]), [3, 3, 7, 0x80, 0x80]);
        assert_eq!(named_bits(&[]), [3, 1, 0]);
    }
}
