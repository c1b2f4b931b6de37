//! A message without its evidence records, which was what they are of (RFC 4998 app. A).

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::element::{Element, LengthForm};
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::writer;

/// The octets of an object without some elements in it: lengths around them are written anew, and an element that
/// loses all it held goes, too; all else stays as it was sent (RFC 4998 app. A). Each element is named by itself, a
/// part of the same input.
///
/// # Errors
/// The octets are not an element; a limit.
///
/// # Limits
/// One node for each element around those that go, and for each beside them.
pub fn without(object: &Octets, gone: &[Octets], budget: &mut Budget) -> Result<Vec<u8>, Error> {
    let mut reader = Reader::new(object, Encoding::Ber, Structure::Object);
    let mut out = Vec::with_capacity(object.len());
    let outermost = reader.element(budget)?;
    if let Some(kept) = keep(&outermost, gone, budget)? {
        out.extend_from_slice(&kept);
    }
    out.extend_from_slice(&object.part(reader.offset()..usize::MAX));
    Ok(out)
}

/// What is left of an element.
fn keep(
    element: &Element<'_>,
    gone: &[Octets],
    budget: &mut Budget,
) -> Result<Option<Vec<u8>>, Error> {
    let whole = element.octets();
    let range = |octets: &Octets| (octets.offset(), octets.offset() + octets.len());
    let own = range(&whole);
    if gone.iter().any(|gone| range(gone) == own) {
        return Ok(None);
    }
    let is_inside = |gone: &Octets| {
        let (start, end) = range(gone);
        own.0 <= start && end <= own.1 && start < end
    };
    if !element.tag.is_constructed() || !gone.iter().any(is_inside) {
        return Ok(Some(whole.to_vec()));
    }
    let mut members = element.reader(Structure::Object, budget)?;
    let mut content = Vec::new();
    while !members.is_empty() {
        let member = members.element(budget)?;
        content.extend(keep(&member, gone, budget)?.into_iter().flatten());
    }
    if content.is_empty() {
        return Ok(None);
    }
    if element.length_form() == LengthForm::Indefinite {
        /// The length octet, and what ends the contents.
        const INDEFINITE: u8 = 0x80;
        const END: [u8; 2] = [0, 0];
        let tag = element.header_size() - 1;
        let mut out = whole.get(..tag).unwrap_or_default().to_vec();
        out.push(INDEFINITE);
        out.extend(content);
        out.extend(END);
        return Ok(Some(out));
    }
    Ok(Some(writer::element(element.tag, &content)))
}
