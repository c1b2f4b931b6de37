//! Which document is signed: what stands inside the signature, beside it, or both (EN 319 102-1 §5.2.7).

use crate::alg::digest::{Digest, DigestsDisagree};
use crate::alg::identifier::resolve_digest;
use crate::alg::provider::Algorithms;
use crate::cms::signed_data::{EncapsulatedContent, SignedData};
use crate::cms::stream::content::{ContentDigests, StreamedContent};
use crate::der::octets::Octets;

use super::crypto::Content;
use super::evidence::Document;

/// The document beside a signature: octets, of which digests that are given too must be, or digests alone.
pub(super) fn offered<'a>(
    beside: Option<&'a Document>,
    digests: &'a [Digest],
    algorithms: &Algorithms,
    common: &'a mut Option<StreamedContent>,
) -> Result<Content<'a>, DigestsDisagree> {
    match beside {
        Some(Document::Octets(octets)) => {
            confirmed(Content::Octets(octets), digests, algorithms, common)
        }
        Some(Document::Streamed(content)) => {
            confirmed(Content::Streamed(content), digests, algorithms, common)
        }
        None if digests.is_empty() => Ok(Content::Absent),
        None if contradict(digests) => Ok(Content::Conflict),
        None => Ok(Content::Digests(digests)),
    }
}

/// The document of a message. One that stands inside and beside must be the same; where the octets passed by, it is by
/// each digest that both have, and only those digests are used: they stand in `common`. The same goes for digests that are
/// given of a document at hand.
fn of<'a>(
    message: &'a SignedData,
    beside: Option<&'a Document>,
    digests: &'a [Digest],
    algorithms: &Algorithms,
    common: &'a mut Option<StreamedContent>,
) -> Result<Content<'a>, DigestsDisagree> {
    let same = match (&message.content, beside) {
        (EncapsulatedContent::Absent, beside) => {
            return offered(beside, digests, algorithms, common);
        }
        (EncapsulatedContent::Octets(inside), None) => {
            return confirmed(Content::Octets(inside), digests, algorithms, common);
        }
        (EncapsulatedContent::Streamed(inside), None) => {
            return confirmed(Content::Streamed(inside), digests, algorithms, common);
        }
        (EncapsulatedContent::Octets(inside), Some(Document::Octets(beside))) => {
            if inside != beside {
                return Ok(Content::Conflict);
            }
            return confirmed(Content::Octets(inside), digests, algorithms, common);
        }
        (EncapsulatedContent::Octets(octets), Some(Document::Streamed(passed)))
        | (EncapsulatedContent::Streamed(passed), Some(Document::Octets(octets))) => {
            passed.confirmed_by(octets.len() as u64, &again(octets, passed, algorithms)?)
        }
        (EncapsulatedContent::Streamed(inside), Some(Document::Streamed(beside))) => {
            inside.confirmed_by(beside.size, &beside.digests)
        }
    };
    let same = same.and_then(|same| match digests {
        [] => Some(same),
        given => same.confirmed_by(same.size, given),
    });
    Ok(match same.filter(|_| !contradict(digests)) {
        Some(content) => Content::Streamed(common.insert(content)),
        None => Content::Conflict,
    })
}

/// Where what is known of a document from several sources stands while it is used.
#[derive(Default)]
pub(super) struct Kept {
    common: Option<StreamedContent>,
    alone: Option<StreamedContent>,
}

/// The document of a message, and how it was found.
pub(super) struct OfMessage<'a> {
    pub(super) content: Content<'a>,
    /// An empty document stands inside all the same.
    pub(super) is_beside_nothing: bool,
}

/// The document of a message as in [`of`]. An empty one inside is what programs write that sign a file beside: then it is
/// the file that is judged, and it is told.
pub(super) fn of_message<'a>(
    message: &'a SignedData,
    beside: Option<&'a Document>,
    digests: &'a [Digest],
    algorithms: &Algorithms,
    kept: &'a mut Kept,
) -> Result<OfMessage<'a>, DigestsDisagree> {
    let content = of(message, beside, digests, algorithms, &mut kept.common)?;
    let is_empty = message.content.size() == Some(0);
    let is_beside_nothing = is_empty && matches!(content, Content::Conflict);
    Ok(OfMessage {
        content: match is_beside_nothing {
            true => offered(beside, digests, algorithms, &mut kept.alone)?,
            false => content,
        },
        is_beside_nothing,
    })
}

/// A document with those of its digests only that are given, unless one of them is of another document.
fn confirmed<'a>(
    content: Content<'a>,
    given: &[Digest],
    algorithms: &Algorithms,
    common: &'a mut Option<StreamedContent>,
) -> Result<Content<'a>, DigestsDisagree> {
    if given.is_empty() {
        return Ok(content);
    }
    let passed = match &content {
        Content::Octets(octets) => {
            let wanted = given.iter().map(|digest| digest.algorithm);
            let mut digests = ContentDigests::new(algorithms, wanted).keeping(0);
            digests.update(octets);
            digests.finish()?
        }
        Content::Streamed(passed) => (*passed).clone(),
        _ => return Ok(content),
    };
    let same = passed.confirmed_by(passed.size, given);
    Ok(match same.filter(|_| !contradict(given)) {
        Some(content) => Content::Streamed(common.insert(content)),
        None => Content::Conflict,
    })
}

/// Whether two digests by one algorithm differ: they are not of one document.
fn contradict(given: &[Digest]) -> bool {
    let mut all = given.iter().enumerate();
    all.any(|(at, digest)| {
        let mut before = given.iter().take(at);
        before.any(|other| other.algorithm == digest.algorithm && other != digest)
    })
}

/// Digests of a document at hand by the algorithms of the signers, each once: whoever asks for one of them finds it.
pub(super) fn digests(
    message: &SignedData,
    content: &Content<'_>,
    algorithms: &Algorithms,
) -> Result<Vec<Digest>, DigestsDisagree> {
    let mut digests: Vec<Digest> = Vec::new();
    let Content::Octets(octets) = content else {
        return Ok(digests);
    };
    for signer in message.signers.iter().flatten() {
        let id = resolve_digest(&signer.digest_algorithm).ok();
        let algorithm = id.and_then(|id| algorithms.digest(id));
        if let Some(algorithm) = algorithm
            && digests.iter().all(|it| it.algorithm != algorithm.id())
        {
            digests.push(algorithm.digest(octets)?);
        }
    }
    Ok(digests)
}

/// The same document, with what is known of it.
pub(super) const fn with_digests<'a>(content: Content<'a>, digests: &'a [Digest]) -> Content<'a> {
    match content {
        Content::Octets(octets) => Content::Hashed(octets, digests),
        other => other,
    }
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
