//! What a daemon that refuses says, for people and for programs.

use serde_json::{Map, Value, json};
use sig_core::finding::displayable;
use tonic::{Code, Status};
use tonic_types::{ErrorDetail, FieldViolation, StatusExt as _};

use crate::cli::Exit;

/// A refusal taken apart.
#[derive(Default)]
pub(super) struct Refused {
    code: String,
    reason: String,
    ru: String,
    en: String,
    fields: Vec<FieldViolation>,
    facts: Map<String, Value>,
    retry_after_s: Option<u64>,
    request_id: String,
}

impl Refused {
    pub(super) fn read(status: &Status) -> Self {
        let mut refused = Self {
            code: code_name(status.code()).to_owned(),
            ..Self::default()
        };
        for detail in status.get_error_details_vec() {
            match detail {
                ErrorDetail::ErrorInfo(info) => {
                    refused.reason = info.reason;
                    let facts = info.metadata.into_iter();
                    refused.facts = facts.map(|(name, value)| (name, value.into())).collect();
                }
                ErrorDetail::BadRequest(request) => refused.fields = request.field_violations,
                ErrorDetail::RetryInfo(retry) => {
                    refused.retry_after_s = retry.retry_delay.map(|it| it.as_secs());
                }
                ErrorDetail::RequestInfo(request) => refused.request_id = request.request_id,
                ErrorDetail::LocalizedMessage(text) if text.locale == "ru" => {
                    refused.ru = text.message;
                }
                ErrorDetail::LocalizedMessage(text) => refused.en = text.message,
                _ => {}
            }
        }
        if refused.en.is_empty() {
            refused.en = status.message().to_owned();
        }
        refused
    }

    /// Lines for standard error.
    pub(super) fn text(&self) -> String {
        let mut text = match self.ru.is_empty() {
            true => displayable(&self.en),
            false => format!("{} / {}", displayable(&self.en), displayable(&self.ru)),
        };
        for field in &self.fields {
            let ru = field.localized_message.as_ref();
            let ru = ru.map_or("", |text| text.message.as_str());
            let said = [&field.field, &field.description, ru].map(displayable);
            let [name, en, ru] = said;
            text += &format!("\n  {name}: {en} / {ru}");
        }
        if let Some(seconds) = self.retry_after_s {
            text += &format!("\n  try again in {seconds} s / повторите через {seconds} с");
        }
        let named = [&self.code, &self.reason, &self.request_id];
        let named = named.into_iter().filter(|it| !it.is_empty());
        let named: Vec<_> = named.map(|it| displayable(it)).collect();
        text + "\n  " + &named.join(" ")
    }

    /// The same as one object.
    pub(super) fn json(&self) -> Value {
        let fields = self.fields.iter().map(|field| {
            let ru = field.localized_message.as_ref();
            json!({
                "field": field.field,
                "rule": field.reason,
                "text": {"ru": ru.map(|it| &it.message), "en": field.description},
            })
        });
        json!({"error": {
            "code": self.code,
            "reason": self.reason,
            "text": {"ru": self.ru, "en": self.en},
            "fields": fields.collect::<Vec<_>>(),
            "facts": self.facts,
            "retry_after_s": self.retry_after_s,
            "request_id": self.request_id,
        }})
    }
}

/// How a command ends that a status ended.
pub(super) fn exit_of(status: &Status) -> Exit {
    match status.code() {
        Code::Ok => Exit::Done,
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Exit::Unreachable,
        Code::Internal | Code::Unknown | Code::DataLoss => Exit::Internal,
        _ => Exit::Failed,
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::{BadRequest, ErrorInfo, LocalizedMessage, RequestInfo};

    use super::*;

    fn status() -> Status {
        let violation = FieldViolation {
            reason: "SNILS".into(),
            localized_message: Some(LocalizedMessage::new("ru", "11 цифр")),
            ..FieldViolation::new("snils", "11 digits")
        };
        let details: Vec<ErrorDetail> = vec![
            ErrorInfo::new("FIELD_INVALID", "verifier", [("limit".into(), "5".into())]).into(),
            BadRequest::new(vec![violation]).into(),
            LocalizedMessage::new("ru", "Ошибка в полях.").into(),
            LocalizedMessage::new("en", "Fields are wrong.").into(),
            RequestInfo::new("r-1", "").into(),
        ];
        Status::with_error_details_vec(Code::InvalidArgument, "Fields are wrong.", details)
    }

    #[test]
    fn people_read_both_languages_and_every_field() {
        assert_eq!(
            Refused::read(&status()).text(),
            "Fields are wrong. / Ошибка в полях.\n  snils: 11 digits / 11 цифр\n  \
             INVALID_ARGUMENT FIELD_INVALID r-1"
        );
        let foreign = Refused::read(&Status::unknown("a\u{7}b"));
        assert!(!foreign.text().contains('\u{7}'));
    }

    #[test]
    fn programs_read_the_same() {
        let json = Refused::read(&status()).json();
        let error = &json["error"];
        assert_eq!(error["reason"], "FIELD_INVALID");
        assert_eq!(error["fields"][0]["field"], "snils");
        assert_eq!(error["fields"][0]["text"]["ru"], "11 цифр");
        assert_eq!(error["facts"]["limit"], "5");
        assert_eq!(error["request_id"], "r-1");
        assert!(error["retry_after_s"].is_null());
    }

    #[test]
    fn exits_tell_refused_from_not_reached() {
        assert_eq!(exit_of(&Status::not_found("")), Exit::Failed);
        assert_eq!(exit_of(&Status::unavailable("")), Exit::Unreachable);
        assert_eq!(exit_of(&Status::deadline_exceeded("")), Exit::Unreachable);
        assert_eq!(exit_of(&Status::internal("")), Exit::Internal);
    }
}
