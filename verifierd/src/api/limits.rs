//! Limits of the transport.

use std::task::{Context, Poll};

use tonic::{Code, Status, codegen::http};
use tower::{Layer, Service};

use super::status::with_details;
use crate::domain::reason::Reason;

/// Largest message that is read or written, in octets.
pub const MESSAGE_OCTETS: usize = 5 << 20;

/// Gives the transport's refusal of a large message the stable reason and the
/// texts of every other refusal.
#[derive(Clone, Copy, Debug)]
pub struct NameLargeMessages;

/// The service of [`NameLargeMessages`].
#[derive(Clone, Debug)]
pub struct NamedLargeMessages<S>(S);

impl<S> Layer<S> for NameLargeMessages {
    type Service = NamedLargeMessages<S>;

    fn layer(&self, inner: S) -> Self::Service {
        NamedLargeMessages(inner)
    }
}

impl<S, Request, Body> Service<Request> for NamedLargeMessages<S>
where
    S: Service<Request, Response = http::Response<Body>>,
    S::Future: Send + 'static,
    Body: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            let response = answer.await?;
            // tonic alone answers OUT_OF_RANGE here, and only for this.
            let large = Status::from_header_map(response.headers())
                .is_some_and(|status| status.code() == Code::OutOfRange);
            if !large {
                return Ok(response);
            }
            tracing::info!(reason = Reason::MessageTooLarge.code(), "refused");
            let refusal = crate::service::refusal::Refusal::from(Reason::MessageTooLarge)
                .with_fact("limit", MESSAGE_OCTETS);
            Ok(with_details(Code::ResourceExhausted, refusal).into_http())
        })
    }
}
