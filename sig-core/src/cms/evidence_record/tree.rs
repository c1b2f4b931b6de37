//! Reduced hash trees (RFC 4998 §4.2, §4.3).

use crate::alg::digest::{DigestAlgorithm, DigestsDisagree};
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::tag::Tag;

/// The hash values on the way from data to the root of a hash tree (RFC 4998 §4.1).
///
/// ```text
/// reducedHashtree [2] SEQUENCE OF PartialHashtree
/// PartialHashtree ::= SEQUENCE OF OCTET STRING
/// ```
#[derive(Clone, Debug)]
pub struct PartialHashTrees {
    /// At least one list, and no empty ones.
    lists: Vec<Vec<Octets>>,
}

/// A value in a hash tree has not the length of its digest algorithm (RFC 4998 §4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Malsized;

impl PartialHashTrees {
    pub(super) fn from_element(element: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut outer = element.reader(Structure::EvidenceRecord, budget)?;
        let mut lists = Vec::new();
        while !outer.is_empty() {
            let list = outer.expect(Tag::SEQUENCE, budget)?;
            let mut inner = list.reader(Structure::EvidenceRecord, budget)?;
            let mut values = Vec::new();
            while !inner.is_empty() {
                let value = inner.expect(Tag::OCTET_STRING, budget)?;
                values.push(value.content());
            }
            if values.is_empty() {
                return Err(list.malformed(Reason::Missing));
            }
            lists.push(values);
        }
        if lists.is_empty() {
            return Err(element.malformed(Reason::Missing));
        }
        Ok(Self { lists })
    }

    /// Whether a digest stands in the first list, where those of the data stand (RFC 4998 §4.3 step 2).
    #[must_use]
    pub fn holds(&self, digest: &[u8]) -> bool {
        let first = self.lists.first();
        first.is_some_and(|values| values.iter().any(|value| **value == *digest))
    }

    /// The root: each list with the digest of the list before it, in ascending order, one after the other, digested;
    /// a value that is alone stands for itself (RFC 4998 §4.2.1, §4.3 step 3).
    ///
    /// # Errors
    /// A value has not the length of the algorithm; two implementations disagree.
    ///
    /// # Limits
    /// The values are nodes that were read within the budget.
    pub fn root(
        &self,
        algorithm: &dyn DigestAlgorithm,
    ) -> Result<Result<Vec<u8>, Malsized>, DigestsDisagree> {
        let size = algorithm.id().size();
        let mut node: Option<Vec<u8>> = None;
        for list in &self.lists {
            if list.iter().any(|value| value.len() != size) {
                return Ok(Err(Malsized));
            }
            let mut values: Vec<&[u8]> = list.iter().map(|value| &**value).collect();
            values.extend(node.as_deref());
            values.sort_unstable();
            let next = match values.as_slice() {
                [single] => single.to_vec(),
                several => {
                    let mut context = algorithm.start();
                    several.iter().for_each(|value| context.update(value));
                    context.finish()?.value
                }
            };
            node = Some(next);
        }
        Ok(node.ok_or(Malsized))
    }
}
