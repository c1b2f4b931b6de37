//! Character strings (RFC 5280 §4.1.2.4, X.690 §8.23).

use super::element::Element;
use super::tag::Tag;

impl Element<'_> {
    /// The text of a character string type; nothing when the type is not a string or its octets are
    /// not in its repertoire.
    ///
    /// # Deviation
    /// `TeletexString` is read as Latin-1, as issuers use it.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let octets = self.content_bytes();
        match self.tag {
            Tag::UTF8_STRING => std::str::from_utf8(octets).ok().map(str::to_owned),
            Tag::NUMERIC_STRING => ascii(octets, |c| c.is_ascii_digit() || c == b' '),
            // Issuers put '@', '&', '*' and '_' into PrintableString; the octets are still plain ASCII.
            Tag::PRINTABLE_STRING | Tag::IA5_STRING | Tag::VISIBLE_STRING => {
                ascii(octets, |c| c.is_ascii())
            }
            Tag::TELETEX_STRING => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
            Tag::BMP_STRING => {
                if !octets.len().is_multiple_of(2) {
                    return None;
                }
                let units = octets.chunks_exact(2).map(|pair| {
                    pair.iter()
                        .fold(0, |unit, octet| unit << 8 | u16::from(*octet))
                });
                char::decode_utf16(units).collect::<Result<_, _>>().ok()
            }
            Tag::UNIVERSAL_STRING => {
                if !octets.len().is_multiple_of(4) {
                    return None;
                }
                let points = octets.chunks_exact(4).map(|four| {
                    four.iter()
                        .fold(0, |point, octet| point << 8 | u32::from(*octet))
                });
                points.map(char::from_u32).collect()
            }
            _ => None,
        }
    }
}

fn ascii(octets: &[u8], allowed: impl Fn(u8) -> bool) -> Option<String> {
    octets
        .iter()
        .all(|octet| allowed(*octet))
        .then(|| octets.iter().map(|octet| char::from(*octet)).collect())
}
