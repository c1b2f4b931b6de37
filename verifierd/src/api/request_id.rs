//! An id for each call: what a caller, an answer and the log name it by.
//!
//! The caller may choose one in metadata `x-request-id`; one that breaks the rule is replaced, since a call is never refused
//! for what only names it. Every answer carries the id in the same header, every error in `google.rpc.RequestInfo` besides,
//! every line that the call writes to the log in the span `call`.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http_body::{Body, Frame, SizeHint};
use tonic::{
    Code, Status,
    codegen::http::{HeaderMap, HeaderName, HeaderValue, Request, Response},
};
use tonic_types::{ErrorDetail, RequestInfo, StatusExt as _};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span};

use crate::{
    domain::caller::Caller,
    service::ports::{Clock, Ids},
};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every call an id.
#[derive(Clone)]
pub struct RequestIds {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl RequestIds {
    /// Ids of version 7 for calls that bring none.
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { clock, ids }
    }

    fn id(&self, headers: &HeaderMap) -> HeaderValue {
        let mut given = headers.get_all(HEADER).iter();
        match (given.next(), given.next()) {
            (Some(id), None) if is_id(id.as_bytes()) => id.clone(),
            _ => {
                let fresh = self.ids.uuid(self.clock.now()).ok();
                let fresh = fresh.and_then(|id| HeaderValue::from_str(&id.to_string()).ok());
                fresh.unwrap_or(HeaderValue::from_static("-"))
            }
        }
    }
}

/// 1 to 64 of `A-Z a-z 0-9 . _ -`.
fn is_id(id: &[u8]) -> bool {
    let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
    (1..=64).contains(&id.len()) && id.iter().all(allowed)
}

/// The service of [`RequestIds`].
#[derive(Clone)]
pub struct WithRequestIds<S> {
    inner: S,
    of: RequestIds,
}

impl<S> Layer<S> for RequestIds {
    type Service = WithRequestIds<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let of = self.clone();
        WithRequestIds { inner, of }
    }
}

impl<S, Asked, Answered> Service<Request<Asked>> for WithRequestIds<S>
where
    S: Service<Request<Asked>, Response = Response<Answered>>,
    S::Future: Send + 'static,
{
    type Response = Response<Named<Answered>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        let id = self.of.id(request.headers());
        let caller = request.extensions().get::<Caller>();
        let span = tracing::info_span!(
            "call",
            request = id.to_str().unwrap_or("-"),
            caller = caller.map_or("-", Caller::name)
        );
        let answer = span.in_scope(|| self.inner.call(request));
        let of_body = span.clone();
        let named = async move {
            let mut response = answer.await?;
            name_error(response.headers_mut(), &id);
            response.headers_mut().insert(HEADER, id.clone());
            Ok(response.map(|body| Named {
                body,
                id,
                span: of_body,
            }))
        };
        Box::pin(named.instrument(span))
    }
}

/// The body of an answer: what it does belongs to the call, and an error at its end has the id.
pub struct Named<B> {
    body: B,
    id: HeaderValue,
    span: Span,
}

impl<B: Body + Unpin> Body for Named<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        let _inside = this.span.enter();
        let mut polled = Pin::new(&mut this.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &mut polled
            && let Some(trailers) = frame.trailers_mut()
        {
            name_error(trailers, &this.id);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Adds the id to the details of an error, if these are headers of one.
fn name_error(headers: &mut HeaderMap, id: &HeaderValue) {
    let status = Status::from_header_map(headers).filter(|it| it.code() != Code::Ok);
    let Some(status) = status else { return };
    let Ok(mut details) = status.check_error_details_vec() else {
        return;
    };
    details.retain(|detail| !matches!(detail, ErrorDetail::RequestInfo(_)));
    details.push(RequestInfo::new(id.to_str().unwrap_or("-"), "").into());
    let named = Status::with_error_details_vec(status.code(), status.message(), details);
    // What it cannot write it leaves as it is: the header names the call all the same.
    let _ = named.add_header(headers);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_word() {
        for good in ["a", "A.b_c-9", &"x".repeat(64)] {
            assert!(is_id(good.as_bytes()), "{good}");
        }
        for bad in ["", "a b", "a/b", "я", "a\n", &"x".repeat(65)] {
            assert!(!is_id(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn only_errors_are_named() {
        let id = HeaderValue::from_static("r-1");
        let mut fine = HeaderMap::new();
        Status::ok("").add_header(&mut fine).unwrap();
        let before = fine.clone();
        name_error(&mut fine, &id);
        assert_eq!(fine, before);

        let mut headers = HeaderMap::new();
        let details: Vec<ErrorDetail> = vec![RequestInfo::new("other", "").into()];
        let status = Status::with_error_details_vec(Code::NotFound, "none", details);
        status.add_header(&mut headers).unwrap();
        name_error(&mut headers, &id);
        let named = Status::from_header_map(&headers).unwrap();
        assert_eq!((named.code(), named.message()), (Code::NotFound, "none"));
        let ids = named.get_error_details_vec();
        assert_eq!(ids.len(), 1);
        let found = named.get_details_request_info().unwrap();
        assert_eq!(found.request_id, "r-1");
    }
}
