//! The choices a policy makes, and the words for them in its file (EN 319 102-1 §5.1.4).

use crate::base::choice::choice;

choice! {
    /// Whether the attributes of CAdES are required (EN 319 122-1 §5).
    AttributesRule {
        /// Signed attributes and a signing-certificate attribute.
        Cades = "cades",
        /// Signed attributes: without them a document and a set of attributes cannot be told apart (RFC 5652 §5.4,
        /// draft-ietf-lamps-cms-euf-cma-signeddata).
        Signed = "signed",
        /// Plain CMS is enough.
        Cms = "cms",
    }
}

choice! {
    /// Whether the signer must claim a signing time (EN 319 122-1 §6.3).
    SigningTimeRule {
        /// As in the baseline levels.
        Required = "required",
        /// As in CAdES-BES of RFC 5126; order 472 could not be read.
        Optional = "optional",
    }
}

choice! {
    /// Whether a time-stamp must prove the time of the signature (EN 319 102-1 §5.5.4 step 3).
    TimeStampRule {
        /// It helps when it is there.
        Optional = "optional",
        /// Without a valid one the signature does not pass.
        Required = "required",
    }
}

choice! {
    /// What a signature policy asks for that the signer names (EN 319 102-1 §5.2.4).
    SignaturePolicyRule {
        /// Its document, with the digest that was signed.
        RequiredDocument = "required-document",
        /// Nothing: without the document it is left aside, which is told.
        IgnoredWithWarning = "ignored-with-warning",
    }
}

choice! {
    /// Whether revocation must be known (EN 319 102-1 §5.2.6.4).
    RevocationRule {
        /// For every certificate but the anchor.
        Required = "required",
        /// Where data is at hand.
        WhenAvailable = "when-available",
        /// Not at all.
        Off = "off",
    }
}

choice! {
    /// What an algorithm past its end does (EN 319 102-1 §5.2.8.4). One without a row is always refused.
    WeakRule {
        /// It stops the signature from passing.
        Fail = "fail",
        /// It is a warning: archives and test suites.
        Warn = "warn",
    }
}

choice! {
    /// When the certificates of authorities must be valid (EN 319 102-1 §5.2.6, annex on validity models).
    ValidityModel {
        /// At the time of judging, as the end entity.
        Shell = "shell",
        /// When the end entity was certified: 63-FZ asks for the day of issue.
        Hybrid = "hybrid",
    }
}

choice! {
    /// What the end entity's key must be meant for (RFC 5280 §4.2.1.3).
    KeyRule {
        /// Documents; a certificate without keyUsage is taken.
        Document = "document",
        /// Documents; keyUsage must be there (FSB order 795).
        DocumentStated = "document-stated",
        /// Anything.
        Any = "any",
    }
}

choice! {
    /// Which conditions of a qualified signature are judged (63-FZ art. 11, Regulation (EU) No 910/2014 art. 3).
    QualifiedRule {
        /// All four of 63-FZ art. 11.
        Judge = "judge",
        /// Those of Regulation (EU) No 910/2014, where a trusted list is given.
        Eidas = "eidas",
        /// None.
        Skip = "skip",
    }
}

choice! {
    /// What a list of accredited authorities does that is older than its bound (63-FZ art. 11 (1)).
    StaleListRule {
        /// It is told.
        Warn = "warn",
        /// It is told, and says nothing of certificates that were issued after it.
        NotProvable = "not-provable",
    }
}

choice! {
    /// Whether keys on the parameters of published examples are taken (RFC 9215 §4.2).
    TestParameters {
        /// They are refused.
        Refused = "refused",
        /// They are taken, for tests.
        Accepted = "accepted",
    }
}

/// Which salts of RSASSA-PSS are taken (RFC 4055 §3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SaltRule {
    /// Those as long as the digest, as the clause recommends.
    DigestLength,
    /// Those of at most this many octets.
    AtMost(u16),
}

impl SaltRule {
    const AT_MOST: &str = "at-most-";

    /// The word in the file of a policy.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::DigestLength => "digest-length".to_owned(),
            Self::AtMost(octets) => format!("{}{octets}", Self::AT_MOST),
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        let rule = match word.strip_prefix(Self::AT_MOST) {
            Some(octets) => Self::AtMost(octets.parse().ok()?),
            None => Self::DigestLength,
        };
        // One way to write each rule.
        (rule.word() == word).then_some(rule)
    }
}
