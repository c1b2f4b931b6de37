//! `verifier.v1.VerificationService`.

use proto::v1::{
    VerifyRequest, VerifyResponse, VerifyStreamRequest,
    verification_service_server::VerificationService, verify_stream_request::Part,
};
use sig_core::report::json;
use tonic::{Request, Response, Status, Streaming};

use super::{convert, report, status::refused};
use crate::{
    domain::reason::Reason,
    service::{
        Context,
        judge::judge,
        ports::Verdict,
        refusal::Refusal,
        stream::{Arrival, PAUSE, in_time},
    },
};

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
        Ok(answer(&verdict))
    }

    async fn verify_stream(
        &self,
        request: Request<Streaming<VerifyStreamRequest>>,
    ) -> Result<Response<VerifyResponse>, Status> {
        let refused = |refusal| refused(&self.0, "VerifyStream", refusal);
        let order = || refused(Refusal::from(Reason::StreamOrder));
        let mut messages = request.into_inner();
        let first = in_time(messages.message(), PAUSE).await;
        let header = match first.map_err(refused)?? {
            Some(message) => message.part,
            None => return Err(refused(Reason::StreamEmpty.into())),
        };
        let Some(Part::Header(header)) = header else {
            return Err(order());
        };
        let header = convert::stream_header(header).map_err(|v| refused(Refusal::from(v)))?;
        let begun = Arrival::begin(&self.0, header).await;
        let mut arrival = begun.map_err(refused)?;
        loop {
            let next = in_time(messages.message(), PAUSE).await;
            let Some(message) = next.map_err(refused)?? else {
                break;
            };
            let Some(Part::Chunk(chunk)) = message.part else {
                return Err(order());
            };
            arrival.push(chunk).await.map_err(refused)?;
        }
        let verdict = arrival.finish().await.map_err(refused)?;
        Ok(answer(&verdict))
    }
}

fn answer(verdict: &Verdict) -> Response<VerifyResponse> {
    Response::new(VerifyResponse {
        report: Some(report::report(&verdict.report)),
        report_json: json::write(&verdict.report),
    })
}
