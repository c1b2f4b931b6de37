//! A bundle of evidence as a stream.

use std::pin::Pin;

use proto::v1::{EvidenceHeader, GetEvidenceResponse, get_evidence_response::Part};
use tokio_stream::{Stream, iter};
use tonic::Status;

use super::convert::timestamp;
use crate::service::{change::sha256, evidence::Exported};

/// Octets of a part of the bundle.
const CHUNK: usize = 256 << 10;

/// What `GetEvidence` answers.
pub type Parts = Pin<Box<dyn Stream<Item = Result<GetEvidenceResponse, Status>> + Send>>;

/// The header, then the bundle in parts.
pub(super) fn parts(exported: Exported) -> Parts {
    let Exported {
        bound,
        bundle,
        place,
    } = exported;
    let evidence = &bound.evidence;
    let header = EvidenceHeader {
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
        leaf: bound.leaf,
        bundle_size: bundle.len() as u64,
        bundle_sha256: sha256(&bundle).to_vec(),
    };
    let places = (0..bundle.len()).step_by(CHUNK);
    let chunks = places.map(move |start| {
        // It goes when the bundle does.
        let _ = &place;
        let rest = bundle.get(start..).unwrap_or_default();
        let chunk = rest.get(..CHUNK).unwrap_or(rest);
        Part::Chunk(chunk.to_vec())
    });
    let all = std::iter::once(Part::Header(header)).chain(chunks);
    Box::pin(iter(
        all.map(|part| Ok(GetEvidenceResponse { part: Some(part) })),
    ))
}
