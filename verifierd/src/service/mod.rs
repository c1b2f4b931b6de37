//! What the daemon does, one file a use case, over the ports.

pub mod accounts;
pub mod audit;
mod basis;
pub mod change;
pub mod chores;
pub mod confirm;
pub mod deferral;
pub mod enrolment;
pub mod events;
pub mod evidence;
pub mod follow;
pub mod judge;
pub mod lists;
mod live;
pub mod organisation;
pub mod page;
pub mod ports;
pub mod postal_code;
pub mod reader;
pub mod refusal;
pub mod sign;
pub mod sign_in;
mod signatory;
pub mod stream;
pub mod sweep;
pub mod to_end;
pub mod tries;
pub mod trust;
pub mod verify;
pub mod workers;

use std::sync::Arc;

use evidence::KnownBases;
use ports::{Clock, Conflict, Ids, Store, StoreError, TransactError, Verify, trust::Trust};
use refusal::Refusal;
use tokio::sync::watch;
use workers::Workers;

use crate::domain::{
    claims::{FieldViolation, Rule},
    deferral::Pauses,
    ids::AccountId,
    reason::Reason,
};

/// What every use case needs.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Context {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub store: Arc<dyn Store>,
    pub verify: Arc<dyn Verify>,
    pub trust: Arc<dyn Trust>,
    pub workers: Workers,
    pub log: Arc<sign::Signer>,
    /// Becomes true when the daemon is told to stop.
    pub stopping: watch::Receiver<bool>,
    pub submissions: to_end::InProgress,
    pub subscribers: events::Subscribers,
    pub bases: KnownBases,
    pub tries: tries::Tries,
    pub settings: Settings,
}

/// The rules that configuration may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Id of this installation; part of every application's bytes.
    pub audience: String,
    /// Policy under which applications are judged.
    pub policy: String,
    /// Seconds from issue to expiry of an application.
    pub application_lifetime: i64,
    /// Seconds from issue after which a bank's attestation is too old.
    pub attestation_max_age: i64,
    /// Largest signature, in octets.
    pub signature_octets: usize,
    /// Applications of an account that may be open at once, letters aside.
    pub open_applications: usize,
    /// Failed tries of an account that are free within the window.
    pub failed_tries: usize,
    /// Failed tries of a caller, for all accounts together, that are free within the window.
    pub failed_tries_of_caller: usize,
    /// Seconds over which failed tries are counted.
    pub failed_tries_window: i64,
    /// When a deferred application is judged again.
    pub pauses: Pauses,
    /// Seconds after which an unanswered registry check is overdue.
    pub registry_check_deadline: i64,
    /// Seconds before a certificate's end in which its account is told.
    pub certificate_expiry_notice: i64,
}

/// Reads an account id from request field `account_id`.
fn account_id(text: &str) -> Result<AccountId, FieldViolation> {
    AccountId::parse(text).ok_or(FieldViolation {
        field: "account_id",
        rule: match text.is_empty() {
            true => Rule::Required,
            false => Rule::AccountId,
        },
    })
}

/// Reads an identifier of the daemon from request field `field`.
fn uuid_field<T>(
    field: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, FieldViolation> {
    parse(text).ok_or(FieldViolation {
        field,
        rule: match text.is_empty() {
            true => Rule::Required,
            false => Rule::Uuid,
        },
    })
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        match error {
            StoreError::Unavailable(_) | StoreError::NotOpened(_) => {
                Self::from(Reason::StoreUnavailable).with_retry_after(1)
            }
            StoreError::Corrupt(_) => Reason::Internal.into(),
        }
    }
}

impl From<TransactError> for Refusal {
    fn from(error: TransactError) -> Self {
        match error {
            TransactError::Refused(refusal) => refusal,
            TransactError::Conflict(Conflict::Contact) => Reason::ContactAlreadyUsed.into(),
            TransactError::Conflict(Conflict::Snils) => Reason::SnilsAlreadyUsed.into(),
            TransactError::Store(error) => error.into(),
        }
    }
}
