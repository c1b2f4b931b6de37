//! `verifier.v1.AuditService`.

use proto::v1::{
    AuditLeaf, GetCheckpointRequest, GetCheckpointResponse, GetConsistencyProofRequest,
    GetConsistencyProofResponse, GetInclusionProofRequest, GetInclusionProofResponse,
    GetKeyRequest, GetKeyResponse, ListLeavesRequest, ListLeavesResponse,
    audit_service_server::AuditService, get_inclusion_proof_request as inclusion,
};
use tonic::{Request, Response, Status};

use super::status::refused;
use crate::service::{
    Context,
    audit::{self, Entry},
};

/// The service over its use cases.
#[derive(Clone)]
pub struct Audit(pub Context);

#[tonic::async_trait]
impl AuditService for Audit {
    async fn get_key(&self, _: Request<GetKeyRequest>) -> Result<Response<GetKeyResponse>, Status> {
        Ok(Response::new(GetKeyResponse {
            verifier_key: self.0.log.key().to_string(),
        }))
    }

    async fn get_checkpoint(
        &self,
        _: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        let (checkpoint, tree_size) = audit::checkpoint(&self.0)
            .await
            .map_err(|refusal| refused(&self.0, "GetCheckpoint", refusal))?;
        Ok(Response::new(GetCheckpointResponse {
            checkpoint,
            tree_size,
        }))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<GetInclusionProofRequest>,
    ) -> Result<Response<GetInclusionProofResponse>, Status> {
        let request = request.into_inner();
        let entry = request.entry.map(|entry| match entry {
            inclusion::Entry::LeafIndex(index) => Entry::Index(index),
            inclusion::Entry::LeafHash(hash) => Entry::Hash(hash),
            inclusion::Entry::ApplicationId(id) => Entry::Application(id),
        });
        let shown = audit::inclusion(&self.0, entry, request.tree_size)
            .await
            .map_err(|refusal| refused(&self.0, "GetInclusionProof", refusal))?;
        let receipt = shown.receipt.as_ref();
        Ok(Response::new(GetInclusionProofResponse {
            leaf_index: shown.index,
            leaf_hash: shown.leaf_hash.to_vec(),
            tree_size: shown.size,
            hashes: shown.proof.iter().map(|hash| hash.to_vec()).collect(),
            receipt_json: receipt.map_or_else(String::new, audit_log::Receipt::to_text),
        }))
    }

    async fn get_consistency_proof(
        &self,
        request: Request<GetConsistencyProofRequest>,
    ) -> Result<Response<GetConsistencyProofResponse>, Status> {
        let request = request.into_inner();
        let (proof, second_size) =
            audit::consistency(&self.0, request.first_size, request.second_size)
                .await
                .map_err(|refusal| refused(&self.0, "GetConsistencyProof", refusal))?;
        Ok(Response::new(GetConsistencyProofResponse {
            hashes: proof.iter().map(|hash| hash.to_vec()).collect(),
            second_size,
        }))
    }

    async fn list_leaves(
        &self,
        request: Request<ListLeavesRequest>,
    ) -> Result<Response<ListLeavesResponse>, Status> {
        let request = request.into_inner();
        let page = audit::leaves(&self.0, request.page_size, &request.page_token)
            .await
            .map_err(|refusal| refused(&self.0, "ListLeaves", refusal))?;
        let leaves = (page.first..).zip(page.leaves);
        Ok(Response::new(ListLeavesResponse {
            leaves: leaves
                .map(|(leaf_index, leaf_json)| AuditLeaf {
                    leaf_index,
                    leaf_json,
                })
                .collect(),
            next_page_token: page.next,
        }))
    }
}
