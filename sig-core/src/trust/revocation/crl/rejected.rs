//! Reasons not to use a CRL.

/// Reasons not to use a CRL (RFC 5280 §6.3.3).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum RejectedReason {
    /// No certificate of its issuer is at hand, other than those it would have to vouch for itself.
    NoSigner,
    /// The signature does not verify with a key of the issuer.
    BadSignature,
    /// The issuer's key is not meant for signing CRLs.
    NoCrlSign,
    /// The certificate of its signer leads by no valid path to the anchor.
    SignerPath,
    /// The certificate of its signer has expired.
    SignerExpired,
    /// It is not known whether the certificate of its signer is revoked.
    SignerUnknown,
    /// The certificate of its signer is revoked.
    SignerRevoked,
    /// The certificate of its signer is on hold.
    SignerOnHold,
    /// The algorithm inside differs from the one outside.
    AlgorithmsDiffer,
    /// A critical extension of the list or of the entry is not understood.
    UnknownCriticalExtension,
    /// Extensions are duplicated or malformed.
    MalformedExtension,
    /// Its scope states nothing, or contradicts itself.
    MalformedScope,
    /// A delta CRL that fits no complete CRL at hand.
    NoBase,
    /// A delta CRL without a number of its own or of its base.
    NoNumber,
    /// Its issuer is not the one that answers for the certificate.
    Issuer,
    /// Its distribution point is none of the certificate's.
    DistributionPoint,
    /// It is about certificates of another kind.
    OtherKind,
    /// It answers for no reason.
    NoReason,
    /// Issued before the certificate.
    BeforeIssue,
    /// Issued after the certificate expired, when authorities drop entries.
    AfterExpiry,
    /// Issued after the time of judging.
    NotYetIssued,
    /// The entry for the certificate is malformed.
    MalformedEntry,
}

impl RejectedReason {
    /// The word used in findings (RFC 5280 §6.3.3).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoSigner => "no certificate of its signer",
            Self::BadSignature => "bad signature",
            Self::NoCrlSign => "no cRLSign",
            Self::SignerPath => "signer without a path to the anchor",
            Self::SignerExpired => "signer expired",
            Self::SignerUnknown => "status of its signer unknown",
            Self::SignerRevoked => "signer revoked",
            Self::SignerOnHold => "signer on hold",
            Self::AlgorithmsDiffer => "signature algorithms differ",
            Self::UnknownCriticalExtension => "unknown critical extension",
            Self::MalformedExtension => "malformed extension",
            Self::MalformedScope => "malformed issuingDistributionPoint",
            Self::NoBase => "delta CRL without its base",
            Self::NoNumber => "delta CRL without cRLNumber",
            Self::Issuer => "cRLIssuer",
            Self::DistributionPoint => "distributionPoint",
            Self::OtherKind => "certificates of another kind",
            Self::NoReason => "onlySomeReasons",
            Self::BeforeIssue => "thisUpdate < notBefore",
            Self::AfterExpiry => "thisUpdate > notAfter",
            Self::NotYetIssued => "thisUpdate in the future",
            Self::MalformedEntry => "malformed entry",
        }
    }
}
