//! From a client certificate to a role, and from a role to what it may call.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tonic::{
    Extensions,
    codegen::http::{Request, Response},
};
use tower::{Layer, Service};

use super::{
    permissions::allowed,
    status::{code, with_details},
};
use crate::{
    domain::{caller::Caller, reason::Reason},
    service::refusal::Refusal,
};

/// Who calls. A request that came over no connection of the daemon's own is a stranger's.
pub(super) fn caller(extensions: &Extensions) -> Caller {
    let caller = extensions.get::<Caller>();
    caller.cloned().unwrap_or(Caller::Stranger)
}

/// Lets those through whom the table of permissions names.
#[derive(Clone, Copy, Debug)]
pub struct Permissions;

/// The service of [`Permissions`].
#[derive(Clone, Debug)]
pub struct Permitted<S>(S);

impl<S> Layer<S> for Permissions {
    type Service = Permitted<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Permitted(inner)
    }
}

impl<S, Asked, Answered> Service<Request<Asked>> for Permitted<S>
where
    S: Service<Request<Asked>, Response = Response<Answered>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    Answered: Default + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        let caller = request.extensions().get::<Caller>();
        let caller = caller.unwrap_or(&Caller::Stranger);
        match why_not(caller, request.uri().path()) {
            None => Box::pin(self.0.call(request)),
            Some(reason) => {
                tracing::info!(caller = caller.name(), reason = reason.code(), "refused");
                let status = with_details(code(reason.kind()), Refusal::from(reason));
                Box::pin(std::future::ready(Ok(status.into_http())))
            }
        }
    }
}

/// Why a caller may not call a method.
fn why_not(caller: &Caller, path: &str) -> Option<Reason> {
    if *caller == Caller::Stranger {
        return Some(Reason::CallerUnknown);
    }
    match allowed(path) {
        None => Some(Reason::MethodUnknown),
        Some(roles) if caller.is_one_of(roles) => None,
        Some(_) => Some(Reason::MethodNotAllowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::caller::Role;

    #[test]
    fn each_refusal_has_its_reason() {
        let auditor = Caller::Known {
            name: "a".into(),
            role: Role::Auditor,
        };
        let (leaves, block) = (
            "/verifier.v1.AuditService/ListLeaves",
            "/verifier.v1.AccountService/BlockAccount",
        );
        let table = [
            (&auditor, leaves, None),
            (&auditor, block, Some(Reason::MethodNotAllowed)),
            (&auditor, "/x", Some(Reason::MethodUnknown)),
            (&Caller::Local, block, None),
            (&Caller::Local, "/x", Some(Reason::MethodUnknown)),
            (&Caller::Stranger, leaves, Some(Reason::CallerUnknown)),
            (&Caller::Stranger, "/x", Some(Reason::CallerUnknown)),
        ];
        for (caller, path, reason) in table {
            assert_eq!(why_not(caller, path), reason, "{caller:?} {path}");
        }
    }

    #[test]
    fn a_request_of_no_connection_is_a_strangers() {
        assert_eq!(caller(&Extensions::new()), Caller::Stranger);
    }
}
