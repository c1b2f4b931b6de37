//! The only place that decides which octets of a message are hashed (RFC 5652 §5.4).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::transcode;

use super::signer_info::SignedAttributes;

/// The two forms in which real signers sign their attributes (RFC 5652 §5.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AttributesForm {
    /// The octets as they were sent, with the tag of a SET instead of `[0]`.
    AsSent,
    /// The same attributes in DER, the set sorted.
    Sorted,
}

/// The signed attributes as they are hashed (RFC 5652 §5.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttributesInput {
    /// As they were sent. An indefinite length is written as a definite one: end-of-contents octets are never
    /// hashed.
    pub as_sent: Vec<u8>,
    /// In DER, when that differs.
    pub sorted: Option<Vec<u8>>,
}

impl AttributesInput {
    /// The forms of some signed attributes (RFC 5652 §5.4).
    ///
    /// # Errors
    /// A limit; the attributes themselves were read before.
    pub fn of(attributes: &SignedAttributes, budget: &mut Budget) -> Result<Self, Error> {
        /// SET OF, constructed.
        const SET: u8 = 0x31;
        /// The length octet of an indefinite length.
        const INDEFINITE: u8 = 0x80;
        let set = |octets: &[u8]| {
            let mut octets = octets.to_vec();
            if let Some(tag) = octets.first_mut() {
                *tag = SET;
            }
            octets
        };
        let as_sent = if attributes.octets.get(1) == Some(&INDEFINITE) {
            set(&transcode::to_definite(&attributes.octets, budget)?)
        } else {
            set(&attributes.octets)
        };
        let sorted = match transcode::to_der(&as_sent.as_slice().into(), budget) {
            Ok(sorted) => (sorted != as_sent).then_some(sorted),
            // An attribute that cannot be written in DER has one form only.
            Err(Error::Malformed(_)) => None,
            Err(other) => return Err(other),
        };
        Ok(Self { as_sent, sorted })
    }
}
