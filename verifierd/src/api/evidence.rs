//! A bundle of evidence as a stream.

use std::pin::Pin;

use proto::v1::{EvidenceHeader, GetEvidenceResponse, get_evidence_response::Part};
use tokio::sync::OwnedSemaphorePermit;
use tokio_stream::{Stream, StreamExt as _};
use tonic::Status;

use super::{convert::timestamp, status::refused};
use crate::service::{
    Context,
    change::sha256,
    evidence::Exported,
    ports::bases::Bound,
    reader::{self, Giver},
};

/// Octets of a part of the bundle.
const CHUNK: usize = 256 << 10;

/// What `GetEvidence` answers.
pub type Parts = Pin<Box<dyn Stream<Item = Result<GetEvidenceResponse, Status>> + Send>>;

/// The header, then the bundle in parts, for as long as they are read.
pub(super) fn parts(context: &Context, exported: Exported) -> Parts {
    let Exported {
        bound,
        bundle,
        place,
    } = exported;
    let (giver, parts) = reader::stream(1, reader::PAUSE);
    tokio::spawn(give(header(&bound, &bundle), bundle, place, giver));
    let context = context.clone();
    Box::pin(parts.map(move |part| match part {
        Ok(part) => Ok(GetEvidenceResponse { part: Some(part) }),
        Err(refusal) => Err(refused(&context, "GetEvidence", refusal)),
    }))
}

fn header(bound: &Bound, bundle: &[u8]) -> EvidenceHeader {
    let evidence = &bound.evidence;
    EvidenceHeader {
        evidence_id: evidence.id.to_string(),
        application_id: evidence.application_id.to_string(),
        judged_at: Some(timestamp(evidence.at)),
        digest: bound.digest.to_vec(),
        signature_sha256: sha256(&evidence.signature).to_vec(),
        content_sha256: sha256(&evidence.content).to_vec(),
        report_sha256: sha256(evidence.report_json.as_bytes()).to_vec(),
        policy_digest: evidence.policy_digest.clone(),
        trust_digest: evidence.trust_digest.clone(),
        basis_sha256: evidence.basis.map(Vec::from).unwrap_or_default(),
        sequence: bound.receipt.sequence,
        leaf: bound.leaf.clone(),
        bundle_size: bundle.len() as u64,
        bundle_sha256: sha256(bundle).to_vec(),
    }
}

/// Gives the parts; the bundle and its place go when the last is given or the reader is given up.
async fn give(
    header: EvidenceHeader,
    bundle: Vec<u8>,
    _place: OwnedSemaphorePermit,
    to: Giver<Part>,
) {
    if to.give(Part::Header(header)).await.is_err() {
        return;
    }
    for chunk in bundle.chunks(CHUNK) {
        if to.give(Part::Chunk(chunk.to_vec())).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use tokio::sync::Semaphore;

    use super::*;
    use crate::{domain::reason::Reason, service::refusal::Refusal};

    async fn given(pause: Duration, is_read: bool) -> Vec<Result<usize, Reason>> {
        let places = Arc::new(Semaphore::new(1));
        let place = places.clone().try_acquire_owned().unwrap();
        let (giver, parts) = reader::stream(1, pause);
        let bundle = vec![7; 2 * CHUNK + 5];
        let giving = give(EvidenceHeader::default(), bundle, place, giver);
        let reading = async {
            if !is_read {
                // Until it was given up.
                drop(places.acquire().await);
            }
            parts.collect::<Vec<_>>().await
        };
        let ((), parts) = tokio::join!(giving, reading);
        assert_eq!(places.available_permits(), 1);
        let size = |part| match part {
            Part::Header(_) => 0,
            Part::Chunk(chunk) => chunk.len(),
        };
        let told = |part: Result<Part, Refusal>| part.map(size).map_err(|why| why.reason);
        parts.into_iter().map(told).collect()
    }

    #[tokio::test]
    async fn a_reader_gets_the_whole_bundle() {
        let whole = [0, CHUNK, CHUNK, 5].map(Ok);
        assert_eq!(given(reader::PAUSE, true).await, whole);
    }

    #[tokio::test]
    async fn one_who_does_not_read_frees_the_place_and_is_told() {
        let stalled = [Ok(0), Err(Reason::ReaderStalled)];
        assert_eq!(given(Duration::ZERO, false).await, stalled);
    }
}
