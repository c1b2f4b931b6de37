//! From refusals to `google.rpc` errors.

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{
    BadRequest, ErrorDetail, ErrorInfo, FieldViolation, LocalizedMessage, RetryInfo, StatusExt as _,
};

use crate::{
    domain::reason::{Kind, Reason},
    service::{Context, refusal::Refusal},
};

/// `google.rpc.ErrorInfo.domain` of every error.
pub const DOMAIN: &str = "verifier";

pub(super) fn code(kind: Kind) -> Code {
    match kind {
        Kind::InvalidArgument => Code::InvalidArgument,
        Kind::NotFound => Code::NotFound,
        Kind::AlreadyExists => Code::AlreadyExists,
        Kind::PermissionDenied => Code::PermissionDenied,
        Kind::FailedPrecondition => Code::FailedPrecondition,
        Kind::ResourceExhausted => Code::ResourceExhausted,
        Kind::Unimplemented => Code::Unimplemented,
        Kind::Unavailable => Code::Unavailable,
        Kind::Internal | Kind::Outcome => Code::Internal,
    }
}

/// The error that `rpc` answers; what went wrong inside stands in the log
/// under the request id, which `request_id` adds, and nowhere else.
pub(super) fn refused(_: &Context, rpc: &'static str, refusal: Refusal) -> Status {
    let reason = refusal.reason;
    match code(reason.kind()) {
        Code::Internal => {
            tracing::error!(rpc, reason = reason.code(), "failed");
            internal()
        }
        code => {
            tracing::info!(rpc, reason = reason.code(), "refused");
            with_details(code, refusal)
        }
    }
}

fn internal() -> Status {
    let mut details = texts(Reason::Internal);
    details.insert(0, info(Reason::Internal, HashMap::new()));
    Status::with_error_details_vec(Code::Internal, Reason::Internal.en(), details)
}

pub(super) fn with_details(code: Code, refusal: Refusal) -> Status {
    let facts = refusal.facts.into_iter();
    let facts = facts
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let mut details = vec![info(refusal.reason, facts)];
    if !refusal.violations.is_empty() {
        let violations = refusal.violations.iter().map(violation).collect::<Vec<_>>();
        details.push(BadRequest::new(violations).into());
    }
    if let Some(seconds) = refusal.retry_after {
        let delay = Duration::from_secs(u64::try_from(seconds).unwrap_or(1));
        details.push(RetryInfo::new(Some(delay)).into());
    }
    details.extend(texts(refusal.reason));
    Status::with_error_details_vec(code, refusal.reason.en(), details)
}

fn info(reason: Reason, facts: HashMap<String, String>) -> ErrorDetail {
    ErrorInfo::new(reason.code(), DOMAIN, facts).into()
}

fn texts(reason: Reason) -> Vec<ErrorDetail> {
    vec![
        LocalizedMessage::new("ru", reason.ru()).into(),
        LocalizedMessage::new("en", reason.en()).into(),
    ]
}

fn violation(violation: &crate::domain::claims::FieldViolation) -> FieldViolation {
    FieldViolation {
        reason: violation.rule.code(),
        localized_message: Some(LocalizedMessage::new("ru", violation.rule.ru())),
        ..FieldViolation::new(violation.field, violation.rule.en())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_fits_into_response_headers() {
        for reason in Reason::ALL {
            let status = with_details(Code::InvalidArgument, Refusal::from(*reason));
            assert!(status.details().len() < 4096, "{reason:?}");
        }
    }

    #[test]
    fn details_name_reason_fields_wait_and_texts() {
        let refusal = Refusal::from(Reason::TooManyFailedTries)
            .with_retry_after(60)
            .with_fact("limit", 5);
        let status = with_details(Code::ResourceExhausted, refusal);
        let details = status.get_error_details_vec();
        let [
            ErrorDetail::ErrorInfo(info),
            ErrorDetail::RetryInfo(retry),
            ErrorDetail::LocalizedMessage(ru),
            ErrorDetail::LocalizedMessage(en),
        ] = details.as_slice()
        else {
            panic!("{} details", details.len());
        };
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            ("TOO_MANY_FAILED_TRIES", DOMAIN)
        );
        assert_eq!(info.metadata["limit"], "5");
        assert_eq!(retry.retry_delay, Some(Duration::from_secs(60)));
        assert_eq!((ru.locale.as_str(), en.locale.as_str()), ("ru", "en"));
    }

    #[test]
    fn an_internal_error_says_nothing_of_what_went_wrong() {
        let status = internal();
        assert_eq!(status.message(), Reason::Internal.en());
        assert_eq!(status.get_error_details_vec().len(), 3);
    }
}
