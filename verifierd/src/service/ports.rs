//! What the services need of the world: time, identifiers, a judge of
//! signatures and a store.

pub mod audit_log;
pub mod bases;
pub mod challenges;
pub mod deadlines;
pub mod deferrals;
pub mod enrolments;
pub mod events;
pub mod kept_head;
pub mod lists;
pub mod organisations;
pub mod postal_codes;
pub mod trust;

use std::{sync::Arc, time::UNIX_EPOCH};

use async_trait::async_trait;
use sig_core::{alg::digest::Digest, report::Report};
use uuid::Uuid;

use super::{change::*, refusal::Refusal};
use crate::domain::{
    account::Account,
    ids::{AccountId, ApplicationId},
    reason::Reason,
    time::UnixSeconds,
};

/// The time of day.
pub trait Clock: Send + Sync {
    /// Seconds since the epoch, UTC.
    fn now(&self) -> UnixSeconds;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the daemon reads the clock"
    )]
    fn now(&self) -> UnixSeconds {
        let since = std::time::SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        UnixSeconds::new(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }
}

/// Fresh identifiers and challenges.
pub trait Ids: Send + Sync {
    /// A UUID of version 7 for time `now`.
    ///
    /// # Errors
    /// [`Reason::Internal`] without randomness.
    fn uuid(&self, now: UnixSeconds) -> Result<Uuid, Reason>;

    /// 32 unpredictable bytes.
    ///
    /// # Errors
    /// [`Reason::Internal`] without randomness.
    fn challenge(&self) -> Result<[u8; 32], Reason>;
}

/// Identifiers from the randomness of the operating system.
#[derive(Clone, Copy, Debug)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn uuid(&self, now: UnixSeconds) -> Result<Uuid, Reason> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|_| Reason::Internal)?;
        let millis = u64::try_from(now.seconds())
            .unwrap_or(0)
            .saturating_mul(1000);
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    fn challenge(&self) -> Result<[u8; 32], Reason> {
        let mut challenge = [0; 32];
        getrandom::fill(&mut challenge).map_err(|_| Reason::Internal)?;
        Ok(challenge)
    }
}

/// Judges signatures. Heavy on the processor; called on the worker pool only.
pub trait Verify: Send + Sync {
    /// Reads the outermost structure.
    ///
    /// # Errors
    /// Why the octets are no signature.
    fn check_format(&self, signature: &[u8]) -> Result<(), NotJudged>;

    /// Validates every signature of a file at time `at`.
    ///
    /// # Errors
    /// Why the octets could not be judged; a bad signature is a [`Verdict`],
    /// and so is a file without one.
    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged>;

    /// Judges again what was recorded, and makes a bundle of it when the
    /// report is the same.
    ///
    /// # Errors
    /// Why there is no bundle.
    fn bundle(&self, recorded: bases::Recorded) -> Result<Vec<u8>, bases::NotBundled> {
        drop(recorded);
        Err(bases::NotBundled::NotJudged(NotJudged::Unavailable))
    }

    /// Begins to judge a file, or the document beside one, that arrives in
    /// parts.
    ///
    /// # Errors
    /// Why nothing can be judged so.
    fn begin(
        &self,
        request: StreamRequest,
        at: UnixSeconds,
    ) -> Result<Box<dyn Arriving>, NotJudged>;
}

/// A file or a document of which a part has arrived.
pub trait Arriving: Send {
    /// Takes the next octets.
    ///
    /// # Errors
    /// Why the rest is of no use.
    fn push(&mut self, octets: &[u8]) -> Result<(), NotJudged>;

    /// Judges what has arrived whole.
    ///
    /// # Errors
    /// As for [`Verify::verify`].
    fn finish(self: Box<Self>) -> Result<Verdict, NotJudged>;
}

/// What arrives, and how it is to be judged.
#[derive(Clone)]
pub struct StreamRequest {
    /// The detached signature over the document that arrives; none when a
    /// signature with its content inside arrives.
    pub detached_signature: Option<Vec<u8>>,
    /// Octets that may be held of a signature with its content inside.
    pub held_octets: usize,
    /// Policy id, such as `ru-qes`.
    pub policy: String,
}

/// What is to be judged.
#[derive(Clone)]
pub struct VerifyRequest {
    /// The signature file as it was sent.
    pub signature: Vec<u8>,
    /// What a detached signature covers; an attached one covers its own
    /// content, which the verdict gives back.
    pub content: SignedContent,
    /// Policy id, such as `ru-qes`.
    pub policy: String,
}

/// Content that a detached signature covers.
#[derive(Clone)]
pub enum SignedContent {
    /// Nothing was given.
    Absent,
    /// The octets.
    Octets(Vec<u8>),
    /// Digests of the octets.
    Digests(Vec<Digest>),
}

/// Why octets could not be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotJudged {
    /// Not CMS SignedData.
    NotASignature,
    /// The octets end before the structure does.
    Truncated {
        /// Where, in octets from the start.
        offset: usize,
    },
    /// The structure is broken.
    Malformed {
        /// Name of the structure.
        structure: String,
        /// Where, in octets from the start.
        offset: usize,
    },
    /// A limit was reached.
    Limit {
        /// Name of the limit.
        which: String,
        /// Its value.
        bound: u64,
    },
    /// No policy has this id.
    UnknownPolicy,
    /// There is no trust snapshot to judge under.
    Unavailable,
    /// Two implementations of an algorithm disagree.
    BackEndsDisagree {
        /// Name of the algorithm.
        algorithm: String,
    },
}

/// The conclusion about one file.
#[derive(Clone)]
pub struct Verdict {
    /// The report on every signature of the file.
    pub report: Report,
    /// The content that the file carries.
    pub attached_content: Option<Vec<u8>>,
    /// What it rests on besides; none where that is not kept.
    pub basis: Option<Arc<dyn bases::Basis>>,
}

/// Keeps accounts, applications, evidence and the audit log.
#[async_trait]
pub trait Store:
    audit_log::AuditLog
    + challenges::Challenges
    + deadlines::Deadlines
    + deferrals::Deferrals
    + enrolments::Enrolments
    + events::Events
    + bases::Bases
    + lists::Lists
    + organisations::Organisations
    + postal_codes::PostalCodes
    + Send
    + Sync
{
    /// One account.
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError>;

    /// One application with its outcome.
    async fn application(&self, id: &ApplicationId) -> Result<Option<Filed>, StoreError>;

    /// Times of failed tries of an account after `since`, oldest first.
    async fn failed_tries(
        &self,
        account: &AccountId,
        since: UnixSeconds,
    ) -> Result<Vec<UnixSeconds>, StoreError>;

    /// Whether another application of the account was decided by these very
    /// signature bytes.
    async fn decided_another(
        &self,
        account: &AccountId,
        application: &ApplicationId,
        signature_sha256: &[u8; 32],
    ) -> Result<bool, StoreError>;

    /// Reads `subject` for change, asks `decide`, and writes everything it
    /// answers in one transaction, or nothing.
    ///
    /// `decide` is pure: it may be asked again when another writer was faster.
    async fn transact(&self, subject: &Subject, decide: Decide) -> Result<Snapshot, TransactError>;

    /// Size and root of the audit log.
    async fn tree_head(&self) -> Result<TreeHead, StoreError>;

    /// The installation's id.
    async fn instance(&self) -> Result<String, StoreError>;
}

/// Answers a snapshot with the change to write. Writes nothing itself.
pub type Decide = Arc<dyn Fn(&Snapshot) -> Result<Change, Refusal> + Send + Sync>;

/// Why the store could not answer. Holds no stored value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or did not commit.
    #[error("the database is not available / база данных недоступна: {0}")]
    Unavailable(String),
    /// The store was not opened: its keys, its schema or its lock. In both languages.
    #[error("{0}")]
    NotOpened(String),
    /// A stored row cannot be read.
    #[error("a stored {0} cannot be read / сохранённая запись не читается: {0}")]
    Corrupt(&'static str),
}

/// A rule of the database that a change would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The phone or e-mail of another account.
    Contact,
    /// The SNILS of another STANDARD or CONFIRMED account.
    Snils,
}

/// Why a transaction wrote nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactError {
    /// The decision was to refuse.
    Refused(Refusal),
    /// The database refused.
    Conflict(Conflict),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for TransactError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
