//! The report: everything needed to read a verdict and to repeat it.

use crate::alg::digest::Digest;
use crate::base::limits::Work;
use crate::base::time::UnixTime;
use crate::cms::cades::Level;
use crate::finding::{Code, Conclusion, Finding, Steps};
use crate::profile::{Identity, RuleResult};

use super::attributes::AttributesReport;
use super::evidence_record::EvidenceRecordReport;
use super::holder::HolderReport;

/// The result of judging one input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// When it was judged: an argument of the caller.
    pub at: UnixTime,
    /// The back end whose algorithms were used, by the name of its table.
    pub back_end: &'static str,
    /// The policy that was applied.
    pub policy: PolicyReference,
    /// The snapshot of accredited authorities that was used.
    pub trust: Option<TrustReference>,
    /// The snapshot of European trusted lists that was used.
    pub trusted_lists: Option<TrustReference>,
    /// What was judged.
    pub judged: Judged,
    /// The work it took.
    pub work: Work,
}

/// A policy by name and content.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyReference {
    /// Its id, such as `ru-qes`.
    pub id: String,
    /// SHA-256 of its canonical text, hexadecimal digits.
    pub digest: String,
}

/// A trust snapshot by name and content.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrustReference {
    /// Its id.
    pub id: String,
    /// SHA-256 of its content, hexadecimal digits.
    pub digest: String,
}

/// What was judged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Judged {
    /// A document with its signatures.
    Signatures {
        /// The document.
        document: DocumentReport,
        /// The fold over its signatures.
        conclusion: Conclusion,
        /// One report a `SignerInfo`, in the order of the message.
        signatures: Vec<SignatureReport>,
    },
    /// One certificate.
    Certificate(Box<CertificateReport>),
    /// A time-stamp token that stands alone: a statement about a document, not a signature of a person.
    TimeStamp {
        /// What was stamped.
        document: DocumentReport,
        /// The token.
        time_stamp: Box<TimeStampReport>,
    },
    /// An evidence record that stands alone: a statement about a document, not a signature of a person.
    EvidenceRecord {
        /// What it is of.
        document: DocumentReport,
        /// The record.
        evidence_record: Box<EvidenceRecordReport>,
    },
}

/// The signed document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentReport {
    /// Octets of the signed content, when it was at hand.
    pub size: Option<u64>,
    /// Digest of the content by the first signer's algorithm.
    pub digest: Option<Digest>,
    /// Whether the content stands outside the signature.
    pub detached: bool,
    /// Findings about the input as a whole; they also stand with each signature they bear on.
    pub findings: Vec<Finding>,
    /// Evidence records of the input as a whole, in the order of their times.
    pub evidence_records: Vec<EvidenceRecordReport>,
}

/// One signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignatureReport {
    /// SHA-256 of the signature value, hexadecimal digits.
    pub id: String,
    /// The signature that this one countersigns.
    pub parent: Option<String>,
    /// The verdict.
    pub conclusion: Conclusion,
    /// The finding that decided, unless everything passed.
    pub decided_by: Option<&'static Code>,
    /// Whether document, signature value and certificate belong together.
    pub integrity: Integrity,
    /// The CAdES level.
    pub level: Level,
    /// The algorithms.
    pub algorithms: AlgorithmNames,
    /// Who signed, when the certificate was found.
    pub signer: Option<SignerReport>,
    /// The instants.
    pub times: Times,
    /// End entity first, trust anchor last.
    pub path: Vec<PathElement>,
    /// The four conditions of 63-FZ art. 11, when the policy asks for them.
    pub qualified: Option<QualifiedReport>,
    /// Findings, in the order in which they were made.
    pub findings: Vec<Finding>,
    /// Steps of the standards, in their order; a place is one of `path`. Written only where they are asked for.
    pub steps: Steps,
    /// What was not checked and why.
    pub not_checked: Vec<NotChecked>,
    /// Time-stamps of the content and of the signature, in the order of their attributes.
    pub time_stamps: Vec<TimeStampReport>,
    /// What the signer says of the document and of himself.
    pub attributes: AttributesReport,
    /// Signatures over the value of this one, in the order of their attributes. Their verdicts bear neither on this
    /// one nor on that of the document.
    pub counter_signatures: Vec<SignatureReport>,
}

/// What the arithmetic says of a signature, whoever made it and whenever (EN 319 102-1 §5.2.7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Integrity {
    /// The document has the digest that was signed, and the value verifies with the certificate's key.
    Intact,
    /// One of them does not fit.
    Broken,
    /// It could not be computed: something is missing or unknown.
    NotKnown,
}

impl Integrity {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Broken => "broken",
            Self::NotKnown => "not-known",
        }
    }
}

/// One time-stamp token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimeStampReport {
    /// SHA-256 of the signature value, hexadecimal digits.
    pub id: String,
    /// What it stamps.
    pub kind: TimeStampKind,
    /// The verdict.
    pub conclusion: Conclusion,
    /// The finding that decided, unless everything passed.
    pub decided_by: Option<&'static Code>,
    /// Whether what it states is as it was signed; that the document is the one stamped is another question.
    pub integrity: Integrity,
    /// What the authority states, when it can be read.
    pub token: Option<TokenReport>,
    /// The algorithms of its signature.
    pub algorithms: AlgorithmNames,
    /// The authority, when its certificate was found.
    pub authority: Option<SignerReport>,
    /// End entity first, trust anchor last.
    pub path: Vec<PathElement>,
    /// Findings, in the order in which they were made.
    pub findings: Vec<Finding>,
    /// Steps of the standards, in their order; a place is one of `path`. Written only where they are asked for.
    pub steps: Steps,
    /// What was not checked and why.
    pub not_checked: Vec<NotChecked>,
}

/// What a time-stamp stamps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TimeStampKind {
    /// A document; the token stands alone.
    Document,
    /// The content, before it was signed (EN 319 122-1 §5.2.8).
    Content,
    /// The signature value (EN 319 122-1 §5.3).
    Signature,
    /// The signature, its time-stamps and the references to validation data (RFC 5126 §6.3.5): CAdES-X type 1.
    SignatureAndReferences,
    /// The references to validation data alone (RFC 5126 §6.3.6): CAdES-X type 2.
    References,
    /// The signature with its validation data, by the rules of RFC 5126 §6.4.1.
    ArchiveV2,
    /// The same by those of EN 319 122-1 §5.5.3.
    ArchiveV3,
    /// The root of the hash tree of an evidence record (RFC 4998 §4).
    EvidenceRecord,
}

impl TimeStampKind {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "time-stamp",
            Self::Content => "content-time-stamp",
            Self::Signature => "signature-time-stamp",
            Self::SignatureAndReferences => "cades-c-time-stamp",
            Self::References => "references-time-stamp",
            Self::ArchiveV2 => "archive-time-stamp-v2",
            Self::ArchiveV3 => "archive-time-stamp-v3",
            Self::EvidenceRecord => "evidence-record-time-stamp",
        }
    }
}

/// What a time-stamping authority states.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenReport {
    /// The time of the token, its fraction cut off.
    pub gen_time: UnixTime,
    /// It was not made earlier: the time less the accuracy, rounded down.
    pub not_earlier_than: UnixTime,
    /// It was not made later: the time and the accuracy, rounded up.
    pub not_later_than: UnixTime,
    /// Whether tokens of the authority are in the order of their times.
    pub ordering: bool,
    /// The serial number, hexadecimal digits.
    pub serial: String,
    /// The policy of the authority.
    pub policy: String,
    /// The digest algorithm of what was stamped.
    pub digest: String,
}

/// Names of algorithms.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AlgorithmNames {
    /// The digest.
    pub digest: Option<String>,
    /// The signature.
    pub signature: Option<String>,
    /// The key.
    pub key: Option<String>,
}

/// Who signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignerReport {
    /// Attributes of the subject.
    pub subject: SubjectReport,
    /// The certificate.
    pub certificate: CertificateSummary,
    /// Who the subject says he is, and which rules the certificate breaks.
    pub holder: HolderReport,
}

/// Attributes of a subject, as they stand in the certificate. One that it holds with several different values is not
/// stated but stands in `repeated`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(
    missing_docs,
    reason = "the names are those of RFC 5280 and FSB order 795"
)]
pub struct SubjectReport {
    pub cn: Option<String>,
    pub surname: Option<String>,
    pub given_name: Option<String>,
    pub snils: Option<String>,
    pub inn: Option<String>,
    pub ogrn: Option<String>,
    pub repeated: Vec<RepeatedAttribute>,
}

/// What a subject states in several different ways, though its holder has one of it (X.520 §6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RepeatedAttribute {
    /// What: `common-name`, `surname`, `given-name`, `pseudonym`, `organisation`, `snils`, `inn`, `organisation-inn`,
    /// `ogrn` or `ogrnip`.
    pub attribute: &'static str,
    /// At least two values, in the order of the subject; after eight an ellipsis stands for the others. What is no
    /// text is `#` with its octets.
    pub values: Vec<String>,
}

/// A certificate in short.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateSummary {
    /// SHA-256 of the certificate, hexadecimal digits.
    pub sha256: String,
    /// Serial number, hexadecimal digits.
    pub serial: String,
    /// Subject name.
    pub subject: String,
    /// Issuer name.
    pub issuer: String,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
}

/// The instants of a signature; each kind of time is a different thing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Times {
    /// What the signer claims; proves nothing.
    pub claimed: Option<UnixTime>,
    /// The signature existed at this time, by a trusted time-stamp.
    pub proven_not_later_than: Option<UnixTime>,
    /// The time it was checked at.
    pub checked_at: UnixTime,
}

/// One certificate of a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathElement {
    /// SHA-256 of the certificate, hexadecimal digits.
    pub sha256: String,
    /// Subject name.
    pub subject: String,
    /// Its revocation status; absent for the trust anchor.
    pub revocation: Option<RevocationReport>,
}

/// What is known about revocation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RevocationReport {
    /// The status at the time of checking.
    pub status: RevocationStatus,
    /// Which object says so, such as `crl:<sha256>`.
    pub source: Option<String>,
    /// When that object was issued.
    pub this_update: Option<UnixTime>,
}

/// Revocation status.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RevocationStatus {
    /// Not revoked.
    Good,
    /// Revoked or on hold.
    Revoked,
    /// Not known.
    Unknown,
}

/// The four conditions of 63-FZ art. 11, or those of Regulation (EU) No 910/2014.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QualifiedReport {
    /// All together.
    pub verdict: QualifiedVerdict,
    /// One by one.
    pub conditions: Vec<Condition>,
}

impl QualifiedReport {
    /// Whether the conditions are those of Regulation (EU) No 910/2014.
    #[must_use]
    pub fn is_eidas(&self) -> bool {
        let mut ids = self.conditions.iter().map(|it| it.id);
        ids.any(|id| id.starts_with("eidas."))
    }
}

/// Whether a signature is a qualified one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QualifiedVerdict {
    /// All conditions are met.
    Qualified,
    /// A condition is not met.
    NotQualified,
    /// A condition can be neither shown nor refuted.
    NotProvable,
}

/// One condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    /// Its id, such as `63fz.11.1`.
    pub id: &'static str,
    /// Whether it is met.
    pub status: ConditionStatus,
    /// What shows it: subjects and codes.
    pub evidence: Vec<String>,
    /// What would be needed, when it is not provable.
    pub missing: Vec<String>,
}

/// Whether a condition is met.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ConditionStatus {
    /// Shown.
    Met,
    /// Refuted.
    NotMet,
    /// Neither.
    NotProvable,
}

impl ConditionStatus {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::NotProvable => "not_provable",
        }
    }
}

/// Something that was not checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotChecked {
    /// What.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
}

/// One certificate, judged by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateReport {
    /// The certificate in short.
    pub certificate: CertificateSummary,
    /// Attributes of the subject.
    pub subject: SubjectReport,
    /// Name of the key's algorithm.
    pub key: String,
    /// The verdict.
    pub conclusion: Conclusion,
    /// The finding that decided, unless everything passed.
    pub decided_by: Option<&'static Code>,
    /// End entity first, trust anchor last.
    pub path: Vec<PathElement>,
    /// What 63-FZ art. 11 says of the certificate without a signature, when the policy asks for it.
    pub qualified: Option<QualifiedReport>,
    /// Findings, in the order in which they were made.
    pub findings: Vec<Finding>,
    /// Steps of the standards, in their order; a place is one of `path`. Written only where they are asked for.
    pub steps: Steps,
    /// What was not checked and why.
    pub not_checked: Vec<NotChecked>,
    /// Policies the path is valid for (RFC 5280 §6.1.6), when they were processed.
    pub valid_policy_set: Vec<String>,
    /// Who the subject says he is.
    pub identity: Identity,
    /// What each rule of a profile says of the certificate; it bears on no verdict.
    pub profile: Vec<RuleResult>,
}
