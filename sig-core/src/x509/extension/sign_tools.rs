//! subjectSignTool and issuerSignTool (FSB order 795).

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

/// A name of a tool, and whether it stands in the string type of the order (FSB order 795).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ToolName {
    /// The text; none for a string that cannot be read.
    pub text: Option<String>,
    /// It is a UTF8String.
    pub is_utf8: bool,
}

impl ToolName {
    fn of(element: &Element<'_>) -> Self {
        Self {
            text: element.text(),
            is_utf8: element.tag == Tag::UTF8_STRING,
        }
    }

    /// subjectSignTool: the signature tool of the holder (FSB order 795).
    ///
    /// # Errors
    /// There is no element, or octets follow it.
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        Ok(Self::of(&reader.element(budget)?))
    }
}

/// The tools of the issuing authority and the documents that confirm their conformity (FSB order 795).
///
/// ```text
/// IssuerSignTool ::= SEQUENCE { signTool UTF8String, cATool UTF8String, signToolCert UTF8String, cAToolCert UTF8String }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IssuerSignTool {
    /// The names, in the order of the encoding: four where the order is kept.
    pub names: Vec<ToolName>,
}

impl IssuerSignTool {
    /// issuerSignTool (FSB order 795).
    ///
    /// # Errors
    /// It is not a SEQUENCE.
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let sequence = reader.expect(Tag::SEQUENCE, budget)?;
        let mut fields = sequence.reader(Structure::Extension, budget)?;
        let mut names = Vec::with_capacity(4);
        while !fields.is_empty() {
            names.push(ToolName::of(&fields.element(budget)?));
        }
        Ok(Self { names })
    }
}
