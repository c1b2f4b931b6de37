//! `verifier.v1.VerificationService`.

use std::pin::Pin;

use proto::v1::{
    VerifyBatchRequest, VerifyBatchResponse, VerifyRequest, VerifyResponse, VerifyStreamRequest,
    verification_service_server::VerificationService, verify_stream_request::Part,
};
use sig_core::report::json;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use super::{batch, convert, limits::told, report, status::refused};
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

type Answers = Pin<Box<dyn Stream<Item = Result<VerifyBatchResponse, Status>> + Send>>;

#[tonic::async_trait]
impl VerificationService for Verification {
    type VerifyBatchStream = Answers;

    async fn verify_batch(
        &self,
        request: Request<Streaming<VerifyBatchRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let refused = |refusal| refused(&self.0, "VerifyBatch", refusal);
        // Kept by what judges, until the last item is answered or the client has left.
        let place = self.0.workers.admit_stream().map_err(refused)?;
        let context = self.0.clone();
        let judge = move |item| {
            let _ = &place;
            batch::judge_item(context.clone(), item)
        };
        let context = self.0.clone();
        let stalled = move || {
            let stalled = Refusal::from(Reason::StreamStalled);
            let stalled = stalled.with_fact("seconds", PAUSE.as_secs());
            super::status::refused(&context, "VerifyBatch", stalled)
        };
        let items = request.into_inner().map(|item| item.map_err(told));
        let answers = batch::answers(items, judge, PAUSE, stalled);
        Ok(Response::new(Box::pin(answers)))
    }

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
        Ok(Response::new(answer(&verdict)))
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
        Ok(Response::new(answer(&verdict)))
    }
}

pub(super) fn answer(verdict: &Verdict) -> VerifyResponse {
    VerifyResponse {
        report: Some(report::report(&verdict.report)),
        report_json: json::write(&verdict.report),
    }
}
