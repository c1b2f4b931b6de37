//! `verifier.v1.VerificationService`.

use proto::v1::{VerifyRequest, VerifyResponse, verification_service_server::VerificationService};
use sig_core::report::json;
use tonic::{Request, Response, Status};

use super::{convert, report, status::refused};
use crate::service::{Context, judge::judge, refusal::Refusal};

/// The service over its use case.
#[derive(Clone)]
pub struct Verification(pub Context);

#[tonic::async_trait]
impl VerificationService for Verification {
    async fn verify(
        &self,
        request: Request<VerifyRequest>,
    ) -> Result<Response<VerifyResponse>, Status> {
        let request = request.into_inner();
        let refused = |refusal| refused(&self.0, "Verify", refusal);
        let at = request.at.as_ref().map(convert::time_field);
        let at = at.transpose().map_err(|v| refused(Refusal::from(v)))?;
        let request = convert::verify_request(request).map_err(|v| refused(Refusal::from(v)))?;
        let verdict = judge(&self.0, request, at).await.map_err(refused)?;
        Ok(Response::new(VerifyResponse {
            report: Some(report::report(&verdict.report)),
            report_json: json::write(&verdict.report),
        }))
    }
}
