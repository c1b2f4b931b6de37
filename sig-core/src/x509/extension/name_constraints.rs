//! nameConstraints (RFC 5280 §4.2.1.10).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::general_name::GeneralName;

/// Where the names of all certificates below must lie (RFC 5280 §4.2.1.10).
///
/// ```text
/// NameConstraints ::= SEQUENCE { permittedSubtrees [0] GeneralSubtrees OPTIONAL,
///                                excludedSubtrees  [1] GeneralSubtrees OPTIONAL }
/// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] INTEGER DEFAULT 0, maximum [1] INTEGER OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameConstraints {
    /// The whole encoded value.
    pub octets: Octets,
    /// Bases of the permitted subtrees.
    pub permitted: Vec<GeneralName>,
    /// Bases of the excluded subtrees.
    pub excluded: Vec<GeneralName>,
}

impl NameConstraints {
    /// Reads the next element as name constraints.
    ///
    /// # Errors
    /// It is not one, holds no subtree, or states a minimum or maximum: RFC 5280 gives those no meaning.
    pub fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let whole = reader.expect(Tag::SEQUENCE, budget)?;
        let mut fields = whole.reader(Structure::Extension, budget)?;
        let permitted = fields.optional(Tag::context(0).constructed(), budget)?;
        let excluded = fields.optional(Tag::context(1).constructed(), budget)?;
        fields.finish()?;
        if permitted.is_none() && excluded.is_none() {
            return Err(whole.malformed(Reason::Missing));
        }
        let mut bases = |subtrees: Option<Element<'_>>| match subtrees {
            Some(subtrees) => read_bases(&subtrees, budget),
            None => Ok(Vec::new()),
        };
        Ok(Self {
            octets: whole.octets(),
            permitted: bases(permitted)?,
            excluded: bases(excluded)?,
        })
    }
}

fn read_bases(subtrees: &Element<'_>, budget: &mut Budget) -> Result<Vec<GeneralName>, Error> {
    let mut list = subtrees.reader(Structure::Extension, budget)?;
    let mut bases = Vec::new();
    while !list.is_empty() {
        let mut subtree = list.enter(Tag::SEQUENCE, budget)?;
        let base = subtree.element(budget)?;
        subtree.finish()?;
        bases.push(GeneralName::from_element(&base, budget)?);
    }
    if bases.is_empty() {
        return Err(subtrees.malformed(Reason::Missing));
    }
    Ok(bases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;
    use crate::der::reader::Encoding;

    fn read(value: &[u8]) -> Option<(usize, usize)> {
        let source = Octets::from(value);
        let mut reader = Reader::new(&source, Encoding::Der, Structure::Extension);
        let read = NameConstraints::read(&mut reader, &mut Budget::new(Limits::STANDARD)).ok()?;
        Some((read.permitted.len(), read.excluded.len()))
    }

    #[test]
    fn subtrees_are_read() {
        assert_eq!(
            read(&[0x30, 7, 0xa0, 5, 0x30, 3, 0x82, 1, b'a']),
            Some((1, 0))
        );
        assert_eq!(
            read(&[0x30, 7, 0xa1, 5, 0x30, 3, 0x82, 1, b'a']),
            Some((0, 1))
        );
    }

    #[test]
    fn empty_lists_and_bounds_are_refused() {
        for value in [
            &[0x30, 0][..],
            &[0x30, 2, 0xa0, 0],
            &[0x30, 4, 0xa0, 2, 0x30, 0],
            &[0x30, 10, 0xa0, 8, 0x30, 6, 0x82, 1, b'a', 0x80, 1, 0],
            &[0x30, 10, 0xa0, 8, 0x30, 6, 0x82, 1, b'a', 0x81, 1, 5],
            &[0x30, 9, 0xa0, 5, 0x30, 3, 0x82, 1, b'a', 5, 0],
        ] {
            assert_eq!(read(value), None, "{value:?}");
        }
    }
}
