//! Indications and sub-indications (EN 319 102-1 §5.1.3, tables 5 and 6).

use std::fmt;

/// The outcome for one signature or one document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Indication {
    /// Every obligation is proven.
    TotalPassed,
    /// Proven bad.
    TotalFailed,
    /// Neither is proven; the sub-indication says what is missing.
    Indeterminate,
    /// There is no signature in the input.
    NoSignature,
}

macro_rules! sub_indications {
    ($($variant:ident = $name:literal, $parent:ident;)+) => {
        /// Why an indication was given.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[allow(missing_docs, reason = "the names are those of EN 319 102-1")]
        pub enum SubIndication { $($variant),+ }

        impl SubIndication {
            /// Every sub-indication, in the order of the standard.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name of EN 319 102-1.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The indication it belongs to.
            #[must_use]
            pub const fn indication(self) -> Indication {
                match self { $(Self::$variant => Indication::$parent),+ }
            }
        }
    };
}

sub_indications! {
    FormatFailure = "FORMAT_FAILURE", TotalFailed;
    HashFailure = "HASH_FAILURE", TotalFailed;
    SigCryptoFailure = "SIG_CRYPTO_FAILURE", TotalFailed;
    Revoked = "REVOKED", TotalFailed;
    Expired = "EXPIRED", TotalFailed;
    NotYetValid = "NOT_YET_VALID", TotalFailed;
    SigConstraintsFailure = "SIG_CONSTRAINTS_FAILURE", Indeterminate;
    ChainConstraintsFailure = "CHAIN_CONSTRAINTS_FAILURE", Indeterminate;
    CertificateChainGeneralFailure = "CERTIFICATE_CHAIN_GENERAL_FAILURE", Indeterminate;
    CryptoConstraintsFailure = "CRYPTO_CONSTRAINTS_FAILURE", Indeterminate;
    PolicyProcessingError = "POLICY_PROCESSING_ERROR", Indeterminate;
    SignaturePolicyNotAvailable = "SIGNATURE_POLICY_NOT_AVAILABLE", Indeterminate;
    TimestampOrderFailure = "TIMESTAMP_ORDER_FAILURE", Indeterminate;
    NoSigningCertificateFound = "NO_SIGNING_CERTIFICATE_FOUND", Indeterminate;
    NoCertificateChainFound = "NO_CERTIFICATE_CHAIN_FOUND", Indeterminate;
    NoCertificateChainFoundNoPoe = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", Indeterminate;
    RevokedNoPoe = "REVOKED_NO_POE", Indeterminate;
    RevokedCaNoPoe = "REVOKED_CA_NO_POE", Indeterminate;
    OutOfBoundsNotRevoked = "OUT_OF_BOUNDS_NOT_REVOKED", Indeterminate;
    OutOfBoundsNoPoe = "OUT_OF_BOUNDS_NO_POE", Indeterminate;
    RevocationOutOfBoundsNoPoe = "REVOCATION_OUT_OF_BOUNDS_NO_POE", Indeterminate;
    CryptoConstraintsFailureNoPoe = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", Indeterminate;
    NoPoe = "NO_POE", Indeterminate;
    TryLater = "TRY_LATER", Indeterminate;
    SignedDataNotFound = "SIGNED_DATA_NOT_FOUND", Indeterminate;
}

impl Indication {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TotalPassed => "TOTAL_PASSED",
            Self::TotalFailed => "TOTAL_FAILED",
            Self::Indeterminate => "INDETERMINATE",
            Self::NoSignature => "NO_SIGNATURE",
        }
    }
}

impl fmt::Display for Indication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for SubIndication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An indication with its reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conclusion {
    /// The outcome.
    pub indication: Indication,
    /// The reason; absent for `TOTAL_PASSED` and `NO_SIGNATURE`.
    pub sub_indication: Option<SubIndication>,
}

impl Conclusion {
    /// Everything is proven.
    pub const PASSED: Self = Self {
        indication: Indication::TotalPassed,
        sub_indication: None,
    };
    /// The input holds no signature.
    pub const NO_SIGNATURE: Self = Self {
        indication: Indication::NoSignature,
        sub_indication: None,
    };

    /// The conclusion that a sub-indication stands for.
    #[must_use]
    pub const fn because(sub_indication: SubIndication) -> Self {
        Self {
            indication: sub_indication.indication(),
            sub_indication: Some(sub_indication),
        }
    }
}
