//! Object identifiers (X.690 §8.19).

use std::fmt;

/// Octets of the longest object identifier that is read.
const MAX: usize = 63;

/// An object identifier in its encoded form.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Oid {
    length: u8,
    octets: [u8; MAX],
}

impl Oid {
    /// From arcs, for constants.
    ///
    /// # Panics
    /// At compile time, when there are fewer than two arcs or the encoding is longer than 63 octets.
    #[must_use]
    pub const fn new(arcs: &[u32]) -> Self {
        let mut octets = [0; MAX];
        let mut length = put(&mut octets, 0, arcs[0] * 40 + arcs[1]);
        let mut index = 2;
        while index < arcs.len() {
            length = put(&mut octets, length, arcs[index]);
            index += 1;
        }
        Self {
            length: length as u8,
            octets,
        }
    }

    /// From the contents of an OBJECT IDENTIFIER; refuses empty, padded, unfinished and over-long ones.
    #[must_use]
    #[inline]
    pub fn from_content(content: &[u8]) -> Option<Self> {
        if content.is_empty() || content.len() > MAX || content.last()? & 0x80 != 0 {
            return None;
        }
        let mut starts = true;
        for octet in content {
            if starts && *octet == 0x80 {
                return None;
            }
            starts = octet & 0x80 == 0;
        }
        let mut octets = [0; MAX];
        octets.get_mut(..content.len())?.copy_from_slice(content);
        Some(Self {
            length: u8::try_from(content.len()).ok()?,
            octets,
        })
    }

    /// From dotted text, such as `1.2.643.100.3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let arcs = text
            .split('.')
            .map(|arc| arc.parse().ok())
            .collect::<Option<Vec<u32>>>()?;
        let (first, second) = (*arcs.first()?, *arcs.get(1)?);
        let fits = first < 3 && (second < 40 || (first == 2 && second < u32::MAX - 80));
        // Five octets an arc at most.
        (fits && arcs.len() <= 12).then(|| Self::new(&arcs))
    }

    /// Whether both are the same; most of those that are not are told apart by one comparison of words.
    #[inline]
    pub(crate) fn is(&self, other: &Self) -> bool {
        let first = |oid: &Self| oid.octets.first_chunk::<8>().copied();
        self.length == other.length && first(self) == first(other) && self == other
    }

    /// The encoded contents.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        self.octets
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

const fn put(octets: &mut [u8; MAX], mut at: usize, arc: u32) -> usize {
    let mut groups = 1;
    while groups < 5 && arc >> (7 * groups) != 0 {
        groups += 1;
    }
    while groups > 0 {
        groups -= 1;
        let more = if groups > 0 { 0x80 } else { 0 };
        octets[at] = (arc >> (7 * groups)) as u8 & 0x7f | more;
        at += 1;
    }
    at
}

impl fmt::Display for Oid {
    /// Dotted decimal; an arc over 128 bits is shown as `…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = Some(0_u128);
        let mut first = true;
        for octet in self.content() {
            value = value
                .and_then(|value| value.checked_mul(128))
                .map(|value| value | u128::from(octet & 0x7f));
            if octet & 0x80 != 0 {
                continue;
            }
            match (value, first) {
                (Some(arc), true) => {
                    write!(f, "{}.{}", (arc / 40).min(2), arc - (arc / 40).min(2) * 40)?
                }
                (Some(arc), false) => write!(f, ".{arc}")?,
                (None, _) => f.write_str(".…")?,
            }
            first = false;
            value = Some(0);
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_octets_agree() {
        for (text, content) in [
            ("1.2.643.100.3", &[0x2a, 0x85, 0x03, 0x64, 0x03][..]),
            ("2.5.4.3", &[0x55, 0x04, 0x03]),
            ("2.999.1", &[0x88, 0x37, 0x01]),
            (
                "1.2.840.113549.1.7.2",
                &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02],
            ),
        ] {
            let oid = Oid::parse(text).unwrap();
            assert_eq!(oid.content(), content);
            assert_eq!(oid.to_string(), text);
            assert_eq!(Oid::from_content(content), Some(oid));
        }
    }

    #[test]
    fn broken_encodings_are_refused() {
        for content in [
            &[][..],
            &[0x80, 0x01],
            &[0x2a, 0x80, 0x01],
            &[0x2a, 0x85],
            &[1; 64],
        ] {
            assert_eq!(Oid::from_content(content), None);
        }
        for text in ["", "1", "3.1", "1.40", "1.2.x", "1..2", "1.2.4294967296"] {
            assert_eq!(Oid::parse(text), None, "{text}");
        }
    }
}
