//! The few encodings that are written: tags, lengths and sorted sets (X.690 §8.1.3, §11.6).

use super::tag::Tag;

/// One definite-length element around the given contents.
#[must_use]
pub fn element(tag: Tag, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag.octet());
    put_length(&mut out, content.len() as u64);
    out.extend_from_slice(content);
    out
}

/// Identifier and length octets of an element whose contents, of so many octets, are written elsewhere.
#[must_use]
pub fn header(tag: Tag, length: u64) -> Vec<u8> {
    let mut out = vec![tag.octet()];
    put_length(&mut out, length);
    out
}

/// A DER SET OF: the encoded members in ascending order (X.690 §11.6).
#[must_use]
pub fn set_of(mut members: Vec<Vec<u8>>) -> Vec<u8> {
    members.sort();
    element(Tag::SET, &members.concat())
}

fn put_length(out: &mut Vec<u8>, length: u64) {
    let octets = length.to_be_bytes();
    let significant = octets
        .iter()
        .position(|octet| *octet != 0)
        .map_or(&octets[..0], |at| octets.get(at..).unwrap_or_default());
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(element(Tag::NULL, &[]), [5, 0]);
        assert_eq!(
            element(Tag::OCTET_STRING, &[0; 127]).get(..2),
            Some(&[4, 127][..])
        );
        assert_eq!(
            element(Tag::OCTET_STRING, &[0; 128]).get(..3),
            Some(&[4, 0x81, 128][..])
        );
        assert_eq!(
            element(Tag::OCTET_STRING, &[0; 256]).get(..4),
            Some(&[4, 0x82, 1, 0][..])
        );
    }

    #[test]
    fn sets_are_sorted() {
        assert_eq!(
            set_of(vec![vec![2, 1, 9], vec![2, 1, 3]]),
            [0x31, 6, 2, 1, 3, 2, 1, 9]
        );
    }
}
