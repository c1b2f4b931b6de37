//! Between messages and domain values; the only place that sees both.

use audit_log::Receipt;
use prost_types::Timestamp;
use proto::v1;

use crate::{
    domain::{
        account::{
            Account, Assurance, CheckState, Confirmation, Level, RawAnswer, Registry,
            RegistryAnswer, RegistryCheck, Status,
        },
        application::{Channel, OutcomeReason, State},
        claims::{DocumentKind, FieldViolation, RawClaims, RawDocument, Rule, Sex},
        time::UnixSeconds,
    },
    service::{
        change::{Receipt as Place, StoredOutcome},
        confirm::Standing,
        judge::content_digests,
        ports::{
            SignedContent, VerifyRequest,
            events::Told,
            lists::{self, AccountFilter},
        },
        stream::Header,
    },
};

pub(super) fn timestamp(at: UnixSeconds) -> Timestamp {
    Timestamp {
        seconds: at.seconds(),
        nanos: 0,
    }
}

/// Reads request field `at`; fractions of a second are dropped.
pub(super) fn time_field(at: &Timestamp) -> Result<UnixSeconds, FieldViolation> {
    let read = UnixSeconds::new(at.seconds);
    match read.seconds() == at.seconds && (0..1_000_000_000).contains(&at.nanos) {
        true => Ok(read),
        false => Err(FieldViolation {
            field: "at",
            rule: Rule::Time,
        }),
    }
}

pub(super) fn account(account: &Account) -> v1::Account {
    let (status, block) = match &account.status {
        Status::Active => (v1::AccountStatus::Active, None),
        Status::Blocked { reason, by, at } => (
            v1::AccountStatus::Blocked,
            Some(v1::Block {
                reason: reason.clone(),
                blocked_by: by.clone(),
                blocked_at: Some(timestamp(*at)),
            }),
        ),
    };
    v1::Account {
        account_id: account.id.to_string(),
        level: level(account.level).into(),
        status: status.into(),
        block,
        registered_at: Some(timestamp(account.registered_at)),
        registry_check: account.check.as_ref().map(registry_check),
        confirmation: account.confirmation.as_ref().map(confirmation),
    }
}

/// A value of an enumeration as it came: a number that is none of its values is not taken for "unspecified".
pub(super) fn known<E: TryFrom<i32>>(
    field: &'static str,
    number: i32,
) -> Result<E, FieldViolation> {
    E::try_from(number).map_err(|_| FieldViolation {
        field,
        rule: Rule::Listed,
    })
}

pub(super) fn account_filter(
    request: &v1::ListAccountsRequest,
) -> Result<AccountFilter, FieldViolation> {
    Ok(AccountFilter {
        level: match known("level", request.level)? {
            v1::AccountLevel::Unspecified => None,
            v1::AccountLevel::Simplified => Some(Level::Simplified),
            v1::AccountLevel::Standard => Some(Level::Standard),
            v1::AccountLevel::Confirmed => Some(Level::Confirmed),
        },
        standing: match known("status", request.status)? {
            v1::AccountStatus::Unspecified => None,
            v1::AccountStatus::Active => Some(lists::Standing::Active),
            v1::AccountStatus::Blocked => Some(lists::Standing::Blocked),
        },
    })
}

fn level(level: Level) -> v1::AccountLevel {
    match level {
        Level::Simplified => v1::AccountLevel::Simplified,
        Level::Standard => v1::AccountLevel::Standard,
        Level::Confirmed => v1::AccountLevel::Confirmed,
    }
}

fn registry_check(check: &RegistryCheck) -> v1::RegistryCheck {
    let state = match check.state {
        CheckState::Pending => v1::RegistryCheckState::Pending,
        CheckState::Passed => v1::RegistryCheckState::Passed,
        CheckState::Failed => v1::RegistryCheckState::Failed,
    };
    v1::RegistryCheck {
        check_id: check.id.to_string(),
        state: state.into(),
        requested_at: Some(timestamp(check.requested_at)),
        decided_at: check.decided_at.map(timestamp),
        answers: check.answers.iter().map(registry_answer).collect(),
    }
}

fn registry_answer(answer: &RegistryAnswer) -> v1::RegistryAnswer {
    let registry = match answer.registry {
        Registry::PensionFund => v1::Registry::PensionFund,
        Registry::Passport => v1::Registry::Passport,
    };
    let outcome = match answer.mismatches.is_empty() {
        true => v1::RegistryOutcome::Passed,
        false => v1::RegistryOutcome::Failed,
    };
    let mismatches = answer.mismatches.iter();
    v1::RegistryAnswer {
        registry: registry.into(),
        outcome: outcome.into(),
        mismatches: mismatches
            .map(|mismatch| v1::FieldMismatch {
                field: mismatch.field.to_owned(),
                code: mismatch.code.clone(),
            })
            .collect(),
    }
}

fn confirmation(confirmation: &Confirmation) -> v1::Confirmation {
    let assurance = match confirmation.assurance {
        Assurance::Limited => v1::Assurance::Limited,
        Assurance::Full => v1::Assurance::Full,
    };
    let certificate = confirmation.certificate.as_ref();
    v1::Confirmation {
        channel: channel_code(confirmation.channel).into(),
        confirmed_at: Some(timestamp(confirmation.at)),
        evidence_id: confirmation.evidence_id.to_string(),
        assurance: assurance.into(),
        certificate: certificate.map(|certificate| v1::ConfirmationCertificate {
            serial: certificate.serial.clone(),
            issuer: certificate.issuer.clone(),
            not_after: Some(timestamp(certificate.not_after)),
            sha256: certificate.sha256.to_vec(),
        }),
    }
}

fn channel_code(channel: Channel) -> v1::Channel {
    match channel {
        Channel::OwnSignature => v1::Channel::OwnSignature,
        Channel::UecCard => v1::Channel::UecCard,
        Channel::ServiceCentre => v1::Channel::ServiceCentre,
        Channel::Bank => v1::Channel::Bank,
        Channel::PostalCode => v1::Channel::PostalCode,
        Channel::Organisation => v1::Channel::Organisation,
    }
}

pub(super) fn channel(channel: v1::Channel) -> Option<Channel> {
    match channel {
        v1::Channel::Unspecified => None,
        v1::Channel::OwnSignature => Some(Channel::OwnSignature),
        v1::Channel::UecCard => Some(Channel::UecCard),
        v1::Channel::ServiceCentre => Some(Channel::ServiceCentre),
        v1::Channel::Bank => Some(Channel::Bank),
        v1::Channel::PostalCode => Some(Channel::PostalCode),
        v1::Channel::Organisation => Some(Channel::Organisation),
    }
}

/// An enum that is not specified becomes the empty text, which no field takes.
pub(super) fn raw_claims(data: v1::PersonalData) -> RawClaims {
    let sex = match data.sex() {
        v1::Sex::Unspecified => "",
        v1::Sex::Female => Sex::Female.code(),
        v1::Sex::Male => Sex::Male.code(),
    };
    RawClaims {
        surname: data.surname,
        given_name: data.given_name,
        patronymic: data.patronymic,
        sex: sex.to_owned(),
        birth_date: data.birth_date,
        birth_place: data.birth_place,
        citizenship: data.citizenship,
        snils: data.snils,
        inn: data.inn,
        document: data.document.map(raw_document).unwrap_or_default(),
    }
}

fn raw_document(document: v1::IdentityDocument) -> RawDocument {
    let kind = match document.kind() {
        v1::IdentityDocumentKind::Unspecified => "",
        v1::IdentityDocumentKind::RfPassport => DocumentKind::RfPassport.code(),
        v1::IdentityDocumentKind::Other => DocumentKind::Other.code(),
    };
    RawDocument {
        kind: kind.to_owned(),
        series: document.series,
        number: document.number,
        issued_on: document.issued_on,
        issued_by: document.issued_by,
        department_code: document.department_code,
    }
}

pub(super) fn raw_answer(answer: v1::RegistryAnswer) -> RawAnswer {
    let mismatches = answer.mismatches.iter();
    RawAnswer {
        registry: match answer.registry() {
            v1::Registry::Unspecified => None,
            v1::Registry::PensionFund => Some(Registry::PensionFund),
            v1::Registry::Passport => Some(Registry::Passport),
        },
        passed: match answer.outcome() {
            v1::RegistryOutcome::Unspecified => None,
            v1::RegistryOutcome::Passed => Some(true),
            v1::RegistryOutcome::Failed => Some(false),
        },
        mismatches: mismatches
            .map(|mismatch| (mismatch.field.clone(), mismatch.code.clone()))
            .collect(),
    }
}

pub(super) fn application(standing: &Standing, receipt: Option<&Receipt>) -> v1::Application {
    let application = &standing.filed.application;
    let state = match standing.state {
        State::Prepared => v1::ApplicationState::Prepared,
        State::Accepted => v1::ApplicationState::Accepted,
        State::Rejected => v1::ApplicationState::Rejected,
        State::Deferred => v1::ApplicationState::Deferred,
        State::Expired => v1::ApplicationState::Expired,
        State::Cancelled => v1::ApplicationState::Cancelled,
    };
    v1::Application {
        application_id: application.id.to_string(),
        account_id: application.account_id.to_string(),
        channel: channel_code(application.channel).into(),
        state: state.into(),
        issued_at: Some(timestamp(application.issued_at)),
        expires_at: Some(timestamp(application.expires_at)),
        outcome: standing
            .filed
            .outcome
            .as_ref()
            .map(|stored| outcome(stored, receipt)),
    }
}

pub(super) fn event(told: &Told) -> v1::Event {
    let account = told.account.as_ref();
    let level = account.map_or(v1::AccountLevel::Unspecified, |it| level(it.level));
    let reasons = told.reasons.iter().map(|it| {
        reason(&OutcomeReason {
            reason: *it,
            fields: Vec::new(),
        })
    });
    v1::Event {
        sequence: told.sequence,
        kind: told.kind.code().to_owned(),
        at: Some(timestamp(told.at)),
        account_id: account.map_or(String::new(), |it| it.id.to_string()),
        level: level.into(),
        application_id: told
            .application_id
            .map_or(String::new(), |id| id.to_string()),
        object: told.object.clone().unwrap_or_default(),
        reasons: reasons.collect(),
    }
}

fn outcome(stored: &StoredOutcome, receipt: Option<&Receipt>) -> v1::Outcome {
    v1::Outcome {
        reasons: stored.outcome.reasons.iter().map(reason).collect(),
        evidence_id: stored.outcome.evidence_id.to_string(),
        decided_at: Some(timestamp(stored.outcome.decided_at)),
        retry_at: stored.outcome.retry_at.map(timestamp),
        report_json: stored.report_json.clone(),
        audit: Some(self::receipt(stored.receipt, receipt)),
    }
}

/// A place of the log with what shows it.
pub(super) fn receipt(place: Place, shown: Option<&Receipt>) -> v1::AuditReceipt {
    v1::AuditReceipt {
        sequence: place.sequence,
        leaf_hash: place.leaf_hash.to_vec(),
        receipt_json: shown.map_or_else(String::new, Receipt::to_text),
    }
}

pub(super) fn reason(reason: &OutcomeReason) -> v1::Reason {
    v1::Reason {
        code: reason.reason.code().to_owned(),
        fields: reason.fields.iter().map(|f| (*f).to_owned()).collect(),
        text: Some(v1::LocalizedText {
            ru: reason.reason.ru().to_owned(),
            en: reason.reason.en().to_owned(),
        }),
    }
}

pub(super) fn stream_header(header: v1::VerifyStreamHeader) -> Result<Header, FieldViolation> {
    use v1::verify_stream_header::Chunks;
    Ok(Header {
        detached_signature: match header.chunks {
            Some(Chunks::AttachedSignature(v1::AttachedSignature {})) => None,
            Some(Chunks::DetachedSignature(signature)) => Some(signature),
            None => {
                return Err(FieldViolation {
                    field: "header.chunks",
                    rule: Rule::Required,
                });
            }
        },
        policy: header.policy_id,
        at: header.at.as_ref().map(time_field).transpose()?,
    })
}

pub(super) fn verify_request(request: v1::VerifyRequest) -> Result<VerifyRequest, FieldViolation> {
    use v1::verify_request::SignedContent as Given;
    Ok(VerifyRequest {
        signature: request.signature,
        content: match request.signed_content {
            None => SignedContent::Absent,
            Some(Given::Content(octets)) => SignedContent::Octets(octets),
            Some(Given::ContentDigests(given)) => {
                let digests = given.digests.into_iter();
                content_digests(digests.map(|d| (d.algorithm, d.value)).collect())?
            }
        },
        policy: request.policy_id,
    })
}
