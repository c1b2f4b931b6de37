//! What the transport refuses by itself.

use std::task::{Context, Poll};

use tonic::{Code, Status, codegen::http};
use tower::{Layer, Service};

use super::status::with_details;
use crate::{domain::reason::Reason, service::refusal::Refusal};

/// Largest message that is read or written, in octets.
pub const MESSAGE_OCTETS: usize = 5 << 20;

/// Gives the transport's own refusals (a large message, one that cannot be
/// read, a method that is not there) the stable reason and the texts of every
/// other refusal.
#[derive(Clone, Copy, Debug)]
pub struct NameTransportRefusals;

/// The service of [`NameTransportRefusals`].
#[derive(Clone, Debug)]
pub struct NamedTransportRefusals<S>(S);

impl<S> Layer<S> for NameTransportRefusals {
    type Service = NamedTransportRefusals<S>;

    fn layer(&self, inner: S) -> Self::Service {
        NamedTransportRefusals(inner)
    }
}

impl<S, Request, Body> Service<Request> for NamedTransportRefusals<S>
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
            let status = Status::from_header_map(response.headers());
            let Some((code, refusal)) = status.as_ref().and_then(named) else {
                return Ok(response);
            };
            tracing::info!(reason = refusal.reason.code(), "refused");
            Ok(with_details(code, refusal).into_http())
        })
    }
}

/// The same for a refusal in the middle of a stream.
pub(super) fn told(status: Status) -> Status {
    match named(&status) {
        Some((code, refusal)) => with_details(code, refusal),
        None => status,
    }
}

/// What a refusal without details is: those of the daemon have some.
fn named(status: &Status) -> Option<(Code, Refusal)> {
    if !status.details().is_empty() {
        return None;
    }
    let large = || Refusal::from(Reason::MessageTooLarge).with_fact("limit", MESSAGE_OCTETS);
    match status.code() {
        Code::OutOfRange => Some((Code::ResourceExhausted, large())),
        Code::Internal => Some((Code::InvalidArgument, Reason::MessageMalformed.into())),
        Code::Unimplemented => Some((Code::Unimplemented, Reason::MethodUnknown.into())),
        _ => None,
    }
}
