//! What prevents judging: not a verdict, not a finding.

use std::fmt;

/// Why something could not be judged at all.
///
/// A bad signature is never an `Error`; it is a report with findings.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The outermost structure is not what it should be.
    Malformed(Malformed),
    /// A limit of [`crate::Limits`] was reached.
    Limit(LimitExceeded),
    /// The caller asked for something impossible.
    Misuse(Misuse),
    /// Two implementations of an algorithm gave different results: one of them is wrong, so there is no verdict.
    BackEndsDisagree(Disagreement),
}

/// What two implementations do not agree about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Disagreement {
    /// The computation.
    pub what: Computation,
    /// The name of the algorithm.
    pub algorithm: String,
}

/// What an implementation computes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Computation {
    /// The value of a digest.
    Digest,
    /// Whether a public key is a valid one.
    Key,
    /// Whether a signature verifies.
    Signature,
}

/// Where and why octets are not the structure they should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Malformed {
    /// The structure being read.
    pub structure: Structure,
    /// Offset in octets from the start of the object that was given.
    pub offset: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// The structures this library reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are those of the standards")]
pub enum Structure {
    AlgorithmIdentifier,
    Attribute,
    Certificate,
    CertificateList,
    ContentInfo,
    EncapsulatedContentInfo,
    EvidenceRecord,
    Extension,
    GeneralName,
    Name,
    Object,
    OcspResponse,
    Pem,
    SignedAttributes,
    SignedData,
    SignerInfo,
    SigningCertificate,
    SubjectPublicKeyInfo,
    Time,
    TimeStampResponse,
    TrustList,
    TstInfo,
}

/// What is wrong with an encoding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The input ends before the element does.
    Truncated,
    /// Octets follow the end of the object.
    TrailingOctets,
    /// Another tag was required here.
    UnexpectedTag,
    /// The length form is indefinite, not minimal or too large for this place.
    InvalidLength,
    /// The value breaks the rules of its type.
    InvalidValue,
    /// The encoding is not DER where DER is required.
    NotDer,
    /// The version number is unknown or does not fit the content.
    UnsupportedVersion,
    /// A field that must be there is absent.
    Missing,
    /// An element that may occur once occurs again.
    Duplicate,
    /// The content type or format is not the one that is read here.
    UnsupportedContent,
    /// Nothing was given.
    Empty,
    /// The text encoding (PEM, base64, XML) is broken.
    InvalidText,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Truncated,
        Self::TrailingOctets,
        Self::UnexpectedTag,
        Self::InvalidLength,
        Self::InvalidValue,
        Self::NotDer,
        Self::UnsupportedVersion,
        Self::Missing,
        Self::Duplicate,
        Self::UnsupportedContent,
        Self::Empty,
        Self::InvalidText,
    ];

    /// The word used in findings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::TrailingOctets => "trailing-octets",
            Self::UnexpectedTag => "unexpected-tag",
            Self::InvalidLength => "invalid-length",
            Self::InvalidValue => "invalid-value",
            Self::NotDer => "not-der",
            Self::UnsupportedVersion => "unsupported-version",
            Self::Missing => "missing",
            Self::Duplicate => "duplicate",
            Self::UnsupportedContent => "unsupported-content",
            Self::Empty => "empty",
            Self::InvalidText => "invalid-text",
        }
    }
}

/// A limit was reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LimitExceeded {
    /// Which limit.
    pub which: Limit,
    /// Its value.
    pub bound: u64,
}

/// The limits of [`crate::Limits`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// Octets of one input.
    Bytes,
    /// Nesting of ASN.1 elements.
    Depth,
    /// Number of ASN.1 elements.
    Nodes,
    /// `SignerInfo`s in one message.
    Signers,
    /// Certificates in one message.
    Certificates,
    /// Entries of one CRL.
    CrlEntries,
    /// Octets of one OCSP response.
    OcspBytes,
    /// `SingleResponse`s in one OCSP response.
    OcspSingleResponses,
    /// Signatures checked for one input.
    SignatureChecks,
    /// Issuer candidates tried while paths are built.
    PathCandidates,
    /// Certificates in one path.
    PathLength,
    /// Comparisons of names.
    NameComparisons,
    /// Pairs of a name and a name constraint.
    NameConstraintChecks,
    /// Nodes of the policy graph.
    PolicyNodes,
    /// Nodes or attributes of one XML document.
    XmlNodes,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 15] = [
        Self::Bytes,
        Self::Depth,
        Self::Nodes,
        Self::Signers,
        Self::Certificates,
        Self::CrlEntries,
        Self::OcspBytes,
        Self::OcspSingleResponses,
        Self::SignatureChecks,
        Self::PathCandidates,
        Self::PathLength,
        Self::NameComparisons,
        Self::NameConstraintChecks,
        Self::PolicyNodes,
        Self::XmlNodes,
    ];
}

/// A mistake of the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// The policy id is not a built-in one.
    UnknownPolicy,
    /// Content was given both as octets and as digests, or twice.
    AmbiguousContent,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Limit(LimitExceeded { which, bound }) => {
                write!(f, "limit reached: {which:?} is at most {bound}")
            }
            Self::Misuse(misuse) => write!(f, "misuse: {misuse:?}"),
            Self::BackEndsDisagree(disagreement) => disagreement.fmt(f),
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            Computation::Digest => "digest",
            Computation::Key => "public key",
            Computation::Signature => "signature",
        };
        write!(
            f,
            "two implementations disagree about this {what} ({}), no verdict; report it with the input",
            self.algorithm
        )
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            structure,
            offset,
            reason,
        } = self;
        write!(f, "malformed {structure:?} at byte {offset}: {reason:?}")
    }
}

impl std::error::Error for Error {}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<Disagreement> for Error {
    fn from(disagreement: Disagreement) -> Self {
        Self::BackEndsDisagree(disagreement)
    }
}

impl From<LimitExceeded> for Error {
    fn from(limit: LimitExceeded) -> Self {
        Self::Limit(limit)
    }
}
