//! BER-TLV data objects of cards (ISO/IEC 7816-4 §5.2.2), read in place and under limits.

use std::fmt;

use thiserror::Error;

/// Deepest nesting that [`Tlv::find`] follows.
pub const MOST_DEPTH: usize = 8;

/// Most data objects of one level.
pub const MOST_OBJECTS: usize = 256;

/// Tag of a data object: its octets as a number, such as `0x5F24` (ISO/IEC 7816-4 §5.2.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(pub u32);

impl Tag {
    /// Its value holds data objects (bit 6 of the first octet).
    #[must_use]
    pub fn is_constructed(self) -> bool {
        let first = match self.0 {
            0..=0xFF => self.0,
            0x100..=0xFFFF => self.0 >> 8,
            0x1_0000..=0xFF_FFFF => self.0 >> 16,
            _ => self.0 >> 24,
        };
        first & 0x20 != 0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

/// One data object. `Debug` shows its tag and length only: the value may be personal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Its tag.
    pub tag: Tag,
    /// Its value.
    pub value: &'a [u8],
    /// Tag, length and value.
    pub octets: &'a [u8],
}

/// Why octets are no data objects.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("data object at octet {offset}: {reason}")]
pub struct TlvError {
    /// Offset of the data object in the octets read.
    pub offset: usize,
    /// What is wrong there.
    pub reason: TlvReason,
}

/// What is wrong with a data object.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlvReason {
    /// It ends before what its length announces.
    #[error("it ends before what it announces")]
    Truncated,
    /// The tag has more than four octets, or a first number octet of 80.
    #[error("the tag is too long")]
    Tag,
    /// The length is indefinite or has more than four octets.
    #[error("the length is indefinite or too long")]
    Length,
    /// More objects than a card may have here.
    #[error("there are more than 256 objects")]
    TooMany,
}

impl<'a> Tlv<'a> {
    /// The first data object and what follows it.
    ///
    /// # Errors
    /// [`TlvError`] at offset 0.
    pub fn first(octets: &'a [u8]) -> Result<(Self, &'a [u8]), TlvError> {
        let fail = |reason| TlvError { offset: 0, reason };
        let (tag, at) = tag(octets).map_err(fail)?;
        let (length, at) = length(octets, at).map_err(fail)?;
        let end = at.checked_add(length).ok_or(fail(TlvReason::Length))?;
        let value = octets.get(at..end).ok_or(fail(TlvReason::Truncated))?;
        let (own, rest) = octets.split_at(end);
        let tlv = Tlv {
            tag,
            value,
            octets: own,
        };
        Ok((tlv, rest))
    }

    /// All data objects of one level. Fill octets 00 and FF before, between and after them are left out
    /// (ISO/IEC 7816-4 §5.2.2.1, and files that are longer than what they hold).
    ///
    /// # Errors
    /// [`TlvError`] at the first object that cannot be read.
    ///
    /// # Limits
    /// [`MOST_OBJECTS`].
    pub fn all(octets: &'a [u8]) -> Result<Vec<Self>, TlvError> {
        let mut objects = Vec::new();
        let mut offset = 0;
        while let Some(rest) = octets.get(offset..)
            && let Some(&next) = rest.first()
        {
            if matches!(next, 0x00 | 0xFF) {
                offset += 1;
                continue;
            }
            let (tlv, _) = Tlv::first(rest).map_err(|error| TlvError { offset, ..error })?;
            if objects.len() == MOST_OBJECTS {
                let reason = TlvReason::TooMany;
                return Err(TlvError { offset, reason });
            }
            objects.push(tlv);
            offset += tlv.octets.len();
        }
        Ok(objects)
    }

    /// The value under a path of tags, the first of each; none where one is missing or cannot be read.
    ///
    /// # Limits
    /// [`MOST_DEPTH`] tags.
    #[must_use]
    pub fn find(octets: &'a [u8], path: &[Tag]) -> Option<&'a [u8]> {
        if path.len() > MOST_DEPTH {
            return None;
        }
        path.iter().try_fold(octets, |level, wanted| {
            let objects = Tlv::all(level).ok()?;
            let found = objects.into_iter().find(|tlv| tlv.tag == *wanted)?;
            Some(found.value)
        })
    }

    /// Octets of the whole first data object, from its beginning: what a file that is read in pieces needs to know.
    ///
    /// # Errors
    /// [`TlvReason::Truncated`] while tag and length are not complete.
    pub fn announced(octets: &[u8]) -> Result<usize, TlvError> {
        let fail = |reason| TlvError { offset: 0, reason };
        let (_, at) = tag(octets).map_err(fail)?;
        let (length, at) = length(octets, at).map_err(fail)?;
        at.checked_add(length).ok_or(fail(TlvReason::Length))
    }
}

impl fmt::Debug for Tlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tlv({:?}, {} octets)", self.tag, self.value.len())
    }
}

/// The tag and the offset after it.
fn tag(octets: &[u8]) -> Result<(Tag, usize), TlvReason> {
    let octet = |at: usize| octets.get(at).copied().ok_or(TlvReason::Truncated);
    let first = octet(0)?;
    let mut number = u32::from(first);
    if first & 0x1F != 0x1F {
        return Ok((Tag(number), 1));
    }
    for at in 1..4 {
        let next = octet(at)?;
        if at == 1 && next == 0x80 {
            return Err(TlvReason::Tag);
        }
        number = number << 8 | u32::from(next);
        if next & 0x80 == 0 {
            return Ok((Tag(number), at + 1));
        }
    }
    Err(TlvReason::Tag)
}

/// The length and the offset after it.
fn length(octets: &[u8], at: usize) -> Result<(usize, usize), TlvReason> {
    let octet = |at: usize| octets.get(at).copied().ok_or(TlvReason::Truncated);
    let first = octet(at)?;
    if first < 0x80 {
        return Ok((usize::from(first), at + 1));
    }
    let count = usize::from(first & 0x7F);
    if !(1..=4).contains(&count) {
        return Err(TlvReason::Length);
    }
    let mut length = 0;
    for step in 1..=count {
        length = length << 8 | usize::from(octet(at + step)?);
    }
    Ok((length, at + 1 + count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        hex::decode(hex.replace(' ', "")).unwrap()
    }

    #[test]
    fn objects_are_found_by_path() {
        let fmd = octets(
            "6435 9F080111 5F2403180314 5F2503130315 C2028000 8F0101 E01C E10CDF20010151020001DF210111 E10CDF20010351020003DF210111",
        );
        let find = |path: &[u32]| {
            let path: Vec<_> = path.iter().map(|tag| Tag(*tag)).collect();
            Tlv::find(&fmd, &path).map(hex::encode_upper)
        };
        assert_eq!(find(&[0x64, 0x9F08]).as_deref(), Some("11"));
        assert_eq!(find(&[0x64, 0x5F24]).as_deref(), Some("180314"));
        assert_eq!(find(&[0x64, 0xE0, 0xE1, 0xDF20]).as_deref(), Some("01"));
        assert_eq!(find(&[0x6F, 0x9F08]), None);
        assert_eq!(find(&[0x64; MOST_DEPTH + 1]), None);
    }

    #[test]
    fn fill_between_objects_is_no_object() {
        let file = octets("00FF 810155 0000 820166 FFFF");
        let tags: Vec<_> = Tlv::all(&file)
            .unwrap()
            .iter()
            .map(|tlv| tlv.tag.0)
            .collect();
        assert_eq!(tags, [0x81, 0x82]);
    }

    #[test]
    fn what_cannot_be_read_names_its_place() {
        let error = |hex: &str| Tlv::all(&octets(hex)).unwrap_err();
        let at = |offset, reason| TlvError { offset, reason };
        assert_eq!(error("810155 8202AA"), at(3, TlvReason::Truncated));
        assert_eq!(error("81"), at(0, TlvReason::Truncated));
        assert_eq!(error("3080 0000"), at(0, TlvReason::Length));
        assert_eq!(error("8185 0000000001AA"), at(0, TlvReason::Length));
        assert_eq!(error("1F80 0100"), at(0, TlvReason::Tag));
        assert_eq!(error("9F81828301 00"), at(0, TlvReason::Tag));
        assert_eq!(error("8184FFFFFFFF AA"), at(0, TlvReason::Truncated));
        let many = "8100".repeat(MOST_OBJECTS + 1);
        assert_eq!(error(&many), at(2 * MOST_OBJECTS, TlvReason::TooMany));
        assert_eq!(
            Tlv::all(&octets(&"8100".repeat(MOST_OBJECTS)))
                .unwrap()
                .len(),
            MOST_OBJECTS
        );
    }

    #[test]
    fn constructed_is_told_by_the_first_octet() {
        for (tag, expected) in [
            (0x64, true),
            (0x81, false),
            (0x7F21, true),
            (0x5F24, false),
            (0xDF20, false),
        ] {
            assert_eq!(Tag(tag).is_constructed(), expected, "{tag:X}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let (tlv, _) = Tlv::first(&[0x81, 1, 0x55]).unwrap();
        assert_eq!(format!("{tlv:?}"), "Tlv(81, 1 octets)");
    }

    proptest! {
        #[test]
        fn any_octets_are_objects_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Ok(objects) = Tlv::all(&bytes) {
                let total: usize = objects.iter().map(|tlv| tlv.octets.len()).sum();
                prop_assert!(total <= bytes.len());
            }
            let _ = Tlv::announced(&bytes);
        }
    }
}
