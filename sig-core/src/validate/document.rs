//! Which document is signed: what stands inside the signature, beside it, or both (EN 319 102-1 §5.2.7).

use crate::alg::digest::{Digest, DigestsDisagree};
use crate::alg::provider::Algorithms;
use crate::cms::signed_data::{EncapsulatedContent, SignedData};
use crate::cms::stream::content::StreamedContent;
use crate::der::octets::Octets;

use super::crypto::Content;
use super::evidence::Document;

/// The document beside a signature.
pub(super) fn offered<'a>(beside: Option<&'a Document>, digests: &'a [Digest]) -> Content<'a> {
    match beside {
        Some(Document::Octets(octets)) => Content::Octets(octets),
        Some(Document::Streamed(content)) => Content::Streamed(content),
        None if digests.is_empty() => Content::Absent,
        None => Content::Digests(digests),
    }
}

/// The document of a message. One that stands inside and beside must be the same; where the octets passed by, it is by
/// each digest that both have, and only those digests are used: they stand in `common`.
pub(super) fn of<'a>(
    message: &'a SignedData,
    beside: Option<&'a Document>,
    digests: &'a [Digest],
    algorithms: &Algorithms,
    common: &'a mut Option<StreamedContent>,
) -> Result<Content<'a>, DigestsDisagree> {
    let same = match (&message.content, beside) {
        (EncapsulatedContent::Absent, beside) => return Ok(offered(beside, digests)),
        (EncapsulatedContent::Octets(inside), None) => return Ok(Content::Octets(inside)),
        (EncapsulatedContent::Streamed(inside), None) => return Ok(Content::Streamed(inside)),
        (EncapsulatedContent::Octets(inside), Some(Document::Octets(beside))) => {
            return Ok(if inside == beside {
                Content::Octets(inside)
            } else {
                Content::Conflict
            });
        }
        (EncapsulatedContent::Octets(octets), Some(Document::Streamed(passed)))
        | (EncapsulatedContent::Streamed(passed), Some(Document::Octets(octets))) => {
            passed.confirmed_by(octets.len() as u64, &again(octets, passed, algorithms)?)
        }
        (EncapsulatedContent::Streamed(inside), Some(Document::Streamed(beside))) => {
            inside.confirmed_by(beside.size, &beside.digests)
        }
    };
    Ok(match same {
        Some(content) => Content::Streamed(common.insert(content)),
        None => Content::Conflict,
    })
}

/// The digests that a document which passed by has, of one at hand.
fn again(
    octets: &Octets,
    passed: &StreamedContent,
    algorithms: &Algorithms,
) -> Result<Vec<Digest>, DigestsDisagree> {
    let known = passed.digests.iter();
    let known = known.filter_map(|digest| algorithms.digest(digest.algorithm));
    known.map(|algorithm| algorithm.digest(octets)).collect()
}
