//! What the signed attributes say of the document and of the signer. Texts are as the signer wrote them: escaped
//! wherever they are shown.

/// The informative attributes of one signature. Claims prove nothing beyond that the signer made them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AttributesReport {
    /// What the content is.
    pub content_hints: Option<ContentHintsReport>,
    /// The media type of the content.
    pub mime_type: Option<String>,
    /// The identifier of the content, hexadecimal digits.
    pub content_identifier: Option<String>,
    /// The message that this one answers.
    pub content_reference: Option<ContentReferenceReport>,
    /// What the signer takes upon himself.
    pub commitments: Vec<CommitmentReport>,
    /// Where the signer says he signed.
    pub location: Option<LocationReport>,
    /// What the signer says he is.
    pub claimed: Vec<ClaimedReport>,
    /// What others say the signer is; their signatures are not checked.
    pub certified: Vec<CertifiedReport>,
    /// The rules that the signer says he signed by.
    pub signature_policy: Option<SignaturePolicyReport>,
}

/// What the content is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentHintsReport {
    /// A description for people.
    pub description: Option<String>,
    /// The type of the innermost content, dotted.
    pub content_type: String,
}

/// A reference to another signed message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentReferenceReport {
    /// The type of its content, dotted.
    pub content_type: String,
    /// The identifier of its content, hexadecimal digits.
    pub identifier: String,
    /// SHA-256 of its signature value, hexadecimal digits: the id of that signature in reports.
    pub signature: String,
}

/// A commitment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommitmentReport {
    /// Its object identifier, dotted.
    pub id: String,
    /// Its name, when it is one of RFC 5126 §5.11.1.
    pub name: Option<&'static str>,
    /// Object identifiers of what narrows it, dotted; not interpreted.
    pub qualifiers: Vec<String>,
}

/// A place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LocationReport {
    /// The country.
    pub country: Option<String>,
    /// The locality.
    pub locality: Option<String>,
    /// The lines of the address.
    pub postal_address: Vec<String>,
}

/// A claimed attribute of the signer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimedReport {
    /// The type of the attribute, dotted.
    pub id: String,
    /// Its values: text, or `sha256:` and hexadecimal digits of what is not text.
    pub values: Vec<String>,
}

/// Attributes that somebody certifies or asserts; not checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertifiedReport {
    /// `attribute-certificate`, or the object identifier of another form, dotted.
    pub form: String,
    /// SHA-256 of the encoded value, hexadecimal digits.
    pub sha256: String,
}

/// The signature policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignaturePolicyReport {
    /// Its object identifier, dotted; none when it is implied.
    pub id: Option<String>,
    /// The digest of its document that the signer signed.
    pub digest: Option<PolicyDigestReport>,
    /// Where the signer says the document is; nothing is fetched.
    pub uris: Vec<String>,
    /// What the signer wants a reader to be shown.
    pub notices: Vec<String>,
    /// What was found about the document.
    pub status: PolicyStatus,
}

/// A digest of a policy's document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyDigestReport {
    /// The name of the algorithm, or its object identifier.
    pub algorithm: String,
    /// Hexadecimal digits.
    pub hex: String,
}

/// What was found about the document of a signature policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyStatus {
    /// Both sides know the policy from elsewhere.
    Implied,
    /// A document with the digest that was signed is at hand; the digest is by this rule.
    Matched(&'static str),
    /// The signer gave no digest, and the caller gave the document.
    Unbound,
    /// The document is not at hand.
    NotAvailable,
    /// The document at hand is another one, or the attribute cannot be processed.
    NotProcessed,
}

impl PolicyStatus {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Implied => "implied",
            Self::Matched(_) => "matched",
            Self::Unbound => "unbound",
            Self::NotAvailable => "not-available",
            Self::NotProcessed => "not-processed",
        }
    }
}

impl AttributesReport {
    /// Whether the signer says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
