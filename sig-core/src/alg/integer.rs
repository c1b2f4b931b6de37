//! Positive integers in keys and signatures.

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// The magnitude of the next element, an INTEGER above zero in its shortest form: most significant octet
/// first, without leading zeros.
pub(super) fn positive<'a>(
    reader: &mut Reader<'a>,
    budget: &mut Budget,
) -> Result<&'a [u8], Error> {
    let element = reader.expect(Tag::INTEGER, budget)?;
    element.integer()?;
    match element.content_bytes() {
        [0] => Err(element.malformed(Reason::InvalidValue)),
        [first, ..] if *first >= 0x80 => Err(element.malformed(Reason::InvalidValue)),
        [0, magnitude @ ..] | magnitude => Ok(magnitude),
    }
}

/// The octets of the next element, an INTEGER in its shortest form that is not zero, without leading zeros; and whether
/// it is negative, as where a writer forgot the zero before a high bit.
pub(super) fn octets<'a>(
    reader: &mut Reader<'a>,
    budget: &mut Budget,
) -> Result<(&'a [u8], bool), Error> {
    let element = reader.expect(Tag::INTEGER, budget)?;
    element.integer()?;
    match element.content_bytes() {
        [0] => Err(element.malformed(Reason::InvalidValue)),
        [0, magnitude @ ..] => Ok((magnitude, false)),
        magnitude => Ok((magnitude, magnitude.first().is_some_and(|it| *it >= 0x80))),
    }
}
