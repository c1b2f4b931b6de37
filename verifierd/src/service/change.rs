//! What a transaction reads and writes.

use sha2::{Digest as _, Sha256};

use crate::domain::{
    account::{Account, Assurance, Level, codes},
    application::{Application, Channel, Outcome},
    enrolment::Enrolment,
    ids::{AccountId, ApplicationId, EvidenceId},
    organisation::Link,
    reason::Reason,
    time::UnixSeconds,
};

/// What a transaction is about.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Subject {
    pub account: AccountId,
    pub application: Option<ApplicationId>,
    pub counted: Counted,
}

/// What of an account is counted for a decision, in the same transaction.
#[derive(Clone, Copy, Default)]
pub enum Counted {
    /// Nothing.
    #[default]
    Nothing,
    /// Its failed tries after this time.
    FailedTries(UnixSeconds),
    /// Its applications that are open at this time.
    OpenApplications(UnixSeconds),
}

/// The subject as it stands.
#[derive(Clone, Default)]
#[allow(missing_docs)]
pub struct Snapshot {
    pub account: Option<Account>,
    pub filed: Option<Filed>,
    /// Those that decide whether the attestor of the filed application may
    /// attest.
    pub enrolments: Vec<Enrolment>,
    /// Times of failed tries, oldest first, where they are counted.
    pub failed_tries: Vec<UnixSeconds>,
    /// How many applications are open, where they are counted.
    pub open_applications: usize,
}

/// An application with what was decided about it.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Filed {
    pub application: Application,
    pub outcome: Option<StoredOutcome>,
}

/// An outcome with its report and its place in the audit log.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct StoredOutcome {
    pub outcome: Outcome,
    pub report_json: String,
    pub receipt: Receipt,
}

/// One leaf of the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Zero-based position.
    pub sequence: u64,
    /// RFC 6962 leaf hash.
    pub leaf_hash: [u8; 32],
}

/// Size and root hash of the audit log (RFC 6962 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct TreeHead {
    pub size: u64,
    pub root: [u8; 32],
}

/// Everything that one transaction writes; the default writes nothing.
#[derive(Clone, Default)]
pub struct Change {
    /// The account as it shall be: inserted when the snapshot has none.
    pub account: Option<Account>,
    /// A new application.
    pub application: Option<Application>,
    /// What happens to the account's open applications.
    pub open_applications: OpenApplications,
    /// The outcome of the snapshot's application.
    pub outcome: Option<Decided>,
    /// An organisation that the outcome links.
    pub organisation: Option<Link>,
    /// A try that counts against the account's limit.
    pub failed_try: Option<FailedTry>,
    /// What is told to subscribers and bound into the audit log, in this
    /// order; an outcome belongs to the first.
    pub events: Vec<Event>,
}

impl Change {
    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.account.is_none()
            && self.application.is_none()
            && self.outcome.is_none()
            && self.failed_try.is_none()
            && self.events.is_empty()
    }
}

/// What happens to applications that wait for a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenApplications {
    /// They stay open.
    #[default]
    Keep,
    /// They are cancelled at this time, each with an event.
    Cancel(UnixSeconds),
}

/// An outcome with the evidence it rests on.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Decided {
    pub outcome: Outcome,
    pub evidence: Evidence,
}

/// Everything needed to judge a submission again.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Evidence {
    pub id: EvidenceId,
    pub application_id: ApplicationId,
    pub at: UnixSeconds,
    pub signature: Vec<u8>,
    pub content: Vec<u8>,
    pub report_json: String,
    pub policy_digest: String,
    pub trust_digest: String,
    /// SHA-256 of the index of what it was judged by; none where nothing was.
    pub basis: Option<[u8; 32]>,
}

impl Evidence {
    /// SHA-256 over the digests of every part, each part once, in the order
    /// of the fields; this binds the evidence into the audit log.
    pub fn digest(&self) -> [u8; 32] {
        let parts = [
            sha256(self.application_id.to_string().as_bytes()),
            sha256(self.at.rfc3339().as_bytes()),
            sha256(&self.signature),
            sha256(&self.content),
            sha256(self.report_json.as_bytes()),
            sha256(self.policy_digest.as_bytes()),
            sha256(self.trust_digest.as_bytes()),
            sha256(self.basis.map(hex::encode).unwrap_or_default().as_bytes()),
        ];
        sha256(&parts.concat())
    }
}

/// A failed try to submit a signature.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct FailedTry {
    pub application_id: ApplicationId,
    pub at: UnixSeconds,
    pub reason: Reason,
    pub signature_sha256: [u8; 32],
}

codes!(
    /// What happened.
    EventKind {
        /// An account was created.
        AccountRegistered = "ACCOUNT_REGISTERED",
        /// New personal data opened a registry check.
        PersonalDataSubmitted = "PERSONAL_DATA_SUBMITTED",
        /// The registries confirmed the personal data.
        RegistryPassed = "REGISTRY_PASSED",
        /// A registry did not confirm it.
        RegistryFailed = "REGISTRY_FAILED",
        /// A registry has not answered for days; the object is the check.
        RegistryCheckOverdue = "REGISTRY_CHECK_OVERDUE",
        /// The certificate behind the confirmation expires soon; the object is a keyed digest of it.
        CertificateExpiring = "CERTIFICATE_EXPIRING",
        /// An administrator blocked the account; the object says who.
        AccountBlocked = "ACCOUNT_BLOCKED",
        /// An administrator let the account act again; the object says who.
        AccountUnblocked = "ACCOUNT_UNBLOCKED",
        /// The account has another phone or e-mail.
        ContactChanged = "CONTACT_CHANGED",
        /// The account is not confirmed any more; a new confirmation is needed.
        ConfirmationEnded = "CONFIRMATION_ENDED",
        /// An application was issued.
        ApplicationPrepared = "APPLICATION_PREPARED",
        /// An application confirmed its account.
        ApplicationAccepted = "APPLICATION_ACCEPTED",
        /// An application was refused.
        ApplicationRejected = "APPLICATION_REJECTED",
        /// An application waits for revocation data.
        ApplicationDeferred = "APPLICATION_DEFERRED",
        /// A service centre may attest.
        CentreEnrolled = "CENTRE_ENROLLED",
        /// An operator of a service centre may attest.
        OperatorEnrolled = "OPERATOR_ENROLLED",
        /// A bank may attest.
        BankEnrolled = "BANK_ENROLLED",
        /// An enrolment ends.
        EnrolmentEnded = "ENROLMENT_ENDED",
        /// An application lapsed: the personal data changed after it was issued.
        ApplicationCancelled = "APPLICATION_CANCELLED",
        /// A code was issued for a letter.
        PostalCodeIssued = "POSTAL_CODE_ISSUED",
        /// Wrong codes spent a letter.
        PostalCodeSpent = "POSTAL_CODE_SPENT",
        /// An organisation was linked by an application.
        OrganisationLinked = "ORGANISATION_LINKED",
        /// A link to an organisation ended.
        OrganisationUnlinked = "ORGANISATION_UNLINKED",
        /// A person signed in; the object is the challenge.
        SignedIn = "SIGNED_IN",
        /// A signature of a challenge was refused.
        SignInRefused = "SIGN_IN_REFUSED",
    }
);

/// One change of state: identifiers, codes and digests only.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Event {
    pub kind: EventKind,
    pub at: UnixSeconds,
    /// Absent when the event is of no account.
    pub account: Option<EventAccount>,
    pub application_id: Option<ApplicationId>,
    /// An identifier of what else it is about, such as an enrolment, or of
    /// the member of staff who acted; never personal.
    pub object: Option<String>,
    pub evidence: Option<EventEvidence>,
    /// SHA-256 of a judged signature that no evidence is kept of.
    pub signature_sha256: Option<[u8; 32]>,
    /// The confirmation that the account has by it.
    pub confirmation: Option<EventConfirmation>,
    /// SHA-256 of what it leaves of a row of which the leaf says nothing else, in hexadecimal.
    pub row: Option<String>,
    pub reasons: Vec<Reason>,
}

impl Event {
    /// An event of no account, with nothing else.
    pub fn of_nobody(kind: EventKind, at: UnixSeconds) -> Self {
        Self {
            kind,
            at,
            account: None,
            application_id: None,
            object: None,
            evidence: None,
            signature_sha256: None,
            confirmation: None,
            row: None,
            reasons: Vec::new(),
        }
    }

    /// An event of no account, about `object` of the daemon.
    pub fn of_object(kind: EventKind, object: &impl ToString, at: UnixSeconds) -> Self {
        Self {
            object: Some(object.to_string()),
            ..Self::of_nobody(kind, at)
        }
    }

    /// An event of `account` as it stands after it, with nothing else.
    pub fn of_account(kind: EventKind, account: &Account, at: UnixSeconds) -> Self {
        Self {
            account: Some(EventAccount {
                id: account.id.clone(),
                level: account.level,
            }),
            ..Self::of_nobody(kind, at)
        }
    }
}

/// What an event says of a confirmation.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct EventConfirmation {
    pub channel: Channel,
    pub assurance: Assurance,
}

impl EventConfirmation {
    /// That of `account`, if it rests on `evidence`.
    pub fn of(account: &Account, evidence: EvidenceId) -> Option<Self> {
        let confirmation = account.confirmation.as_ref();
        let confirmation = confirmation.filter(|it| it.evidence_id == evidence)?;
        Some(Self {
            channel: confirmation.channel,
            assurance: confirmation.assurance,
        })
    }
}

/// The account of an event.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct EventAccount {
    pub id: AccountId,
    /// Its level after the event.
    pub level: Level,
}

/// Which evidence an event rests on.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct EventEvidence {
    pub id: EvidenceId,
    pub digest: [u8; 32],
    pub signature_sha256: [u8; 32],
}

/// SHA-256 of `octets`.
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}
