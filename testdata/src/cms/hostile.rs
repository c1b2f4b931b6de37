//! Encodings that are meant to cost a reader more than they cost to write.

use serde::Deserialize;

use super::attribute::attribute;
use crate::oid::Oid;

/// An object identifier of nobody's.
const UNKNOWN: Oid = Oid::constant(&[2, 999, 4]);

/// SEQUENCEs inside one another in an unsigned attribute that nobody knows.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nesting {
    pub depth: usize,
    /// Of indefinite length: whoever looks for the end of one walks them all.
    #[serde(default)]
    pub indefinite: bool,
}

impl Nesting {
    pub fn to_attribute(self) -> Vec<u8> {
        let mut value = Vec::new();
        if self.indefinite {
            value = [0x30, 0x80].repeat(self.depth);
            value.extend([0, 0].repeat(self.depth));
        } else {
            for _ in 0..self.depth {
                value = crate::der::sequence(&[value]);
            }
        }
        attribute(&UNKNOWN, &[value])
    }
}
