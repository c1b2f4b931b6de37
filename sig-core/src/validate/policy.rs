//! Policies: what is required, as data (EN 319 102-1 §5.1.4). There is no default: every choice is written.
//!
//! Each built-in policy is a TOML file in `policy/`; [`Policy::read`] takes others. [`Policy::text`] writes any of
//! them in one form, and its SHA-256 stands in every report.

use std::sync::{Arc, LazyLock};

use crate::alg::strength::StrengthTable;
use crate::base::error::{Error, Misuse};
use crate::der::oid::Oid;
use crate::finding::{Code, Level};
use crate::path::inputs::PathInputs;

pub use choice::{
    AttributesRule, KeyRule, QualifiedRule, RevocationRule, SaltRule, SignaturePolicyRule,
    SigningTimeRule, StaleListRule, TestParameters, TimeStampRule, ValidityModel, WeakRule,
};
pub use digest::KnownDigests;
pub use list_age::TrustListAge;
pub use read::PolicyRejected;

mod choice;
mod digest;
mod list_age;
mod path;
mod read;
mod write;

/// What is required of a signature (EN 319 102-1 §5.1.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// The name in reports.
    pub id: String,
    /// The day on which it was written, such as `2026-11-22`.
    pub dated: String,
    /// Whether the attributes of CAdES must be there.
    pub attributes: AttributesRule,
    /// Whether the signer must claim a signing time.
    pub signing_time: SigningTimeRule,
    /// Whether a time-stamp must prove the time of the signature.
    pub time_stamp: TimeStampRule,
    /// The longest time from the claimed signing time to the proven one, in seconds (EN 319 102-1 §5.5.4 step 5); none
    /// does not limit it.
    pub time_stamp_delay_seconds: Option<u32>,
    /// What a signature policy asks for that the signer names.
    pub signature_policy: SignaturePolicyRule,
    /// The signature policies that may be named; empty for any.
    pub allowed_signature_policies: Vec<Oid>,
    /// Whether revocation must be known.
    pub revocation: RevocationRule,
    /// The oldest revocation information that is fresh, in days (EN 319 102-1 §5.2.5); none leaves it to
    /// `nextUpdate`.
    pub max_revocation_age_days: Option<u32>,
    /// Revocation information that is no older is fresh whatever its `nextUpdate` says, in days (EN 319 102-1 §5.2.5.4
    /// step 1); none leaves it to `nextUpdate`. No built-in policy states it.
    pub fresh_revocation_age_days: Option<u32>,
    /// What an algorithm past its end does.
    pub weak_algorithms: WeakRule,
    /// When the certificates of authorities must be valid.
    pub validity_model: ValidityModel,
    /// What the end entity's key must be meant for.
    pub key: KeyRule,
    /// Whether the conditions of 63-FZ art. 11 are judged.
    pub qualified: QualifiedRule,
    /// How old the list of accredited authorities may be; none does not look at its age.
    pub trust_list_age: Option<TrustListAge>,
    /// Rules with dates that are only assumed and are taken as certain, by the ids of
    /// [`crate::validate::qualified::dates`].
    pub assumed_rules: Vec<String>,
    /// Whether keys on the parameters of published examples are taken.
    pub test_parameters: TestParameters,
    /// Which salts of RSASSA-PSS are taken.
    pub pss_salt: SaltRule,
    /// Which algorithms are strong enough when.
    pub strength: Arc<StrengthTable>,
    /// What is asked of certification paths.
    pub path: PathInputs,
    /// Digests that were computed before; `KnownDigests::default()` in a policy written as a value.
    pub known_digests: KnownDigests,
}

/// The files, each under its id.
const FILES: [(&str, &str); 6] = [
    ("ru-qes", include_str!("policy/ru-qes.toml")),
    ("etsi-ades", include_str!("policy/etsi-ades.toml")),
    ("cms-basic", include_str!("policy/cms-basic.toml")),
    ("pkix", include_str!("policy/pkix.toml")),
    ("archive", include_str!("policy/archive.toml")),
    ("ru-test", include_str!("policy/ru-test.toml")),
];

/// Read once: the files are constants.
static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let policies = FILES.iter().map(|(_, text)| Policy::read(text));
    policies.filter_map(Result::ok).collect()
});

impl Policy {
    /// The ids of the built-in policies (EN 319 102-1 §5.1.4).
    pub const BUILTIN: [&str; 5] = ["ru-qes", "etsi-ades", "cms-basic", "pkix", "archive"];

    /// The ids of the policies for tests, which [`Policy::builtin`] does not know (EN 319 102-1 §5.1.4).
    pub const TESTING: [&str; 1] = ["ru-test"];

    /// A built-in policy (EN 319 102-1 §5.1.4).
    ///
    /// # Errors
    /// There is none with this id.
    pub fn builtin(id: &str) -> Result<Self, Error> {
        Self::among(&Self::BUILTIN, id)
    }

    /// A policy for tests, under which keys that anybody may know are taken (EN 319 102-1 §5.1.4). Every report by
    /// it says so, and none calls a signature qualified.
    ///
    /// # Errors
    /// There is none with this id.
    pub fn testing(id: &str) -> Result<Self, Error> {
        Self::among(&Self::TESTING, id)
    }

    fn among(ids: &[&str], id: &str) -> Result<Self, Error> {
        let mut policies = POLICIES.iter();
        policies
            .find(|policy| policy.id == id && ids.contains(&id))
            .cloned()
            .ok_or(Error::Misuse(Misuse::UnknownPolicy))
    }

    /// SHA-256 of [`Policy::text`], hexadecimal digits (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn digest(&self) -> String {
        self.known_digests.of(self)
    }

    /// Whether a verdict by this policy proves nothing, since test keys are taken (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn is_for_testing(&self) -> bool {
        self.test_parameters == TestParameters::Accepted
    }

    /// Whether the conditions of 63-FZ art. 11 are judged: never where test keys are taken.
    #[must_use]
    pub(super) fn judges_qualified(&self) -> bool {
        self.qualified == QualifiedRule::Judge && !self.is_for_testing()
    }

    /// Whether the conditions of Regulation (EU) No 910/2014 are judged, where a trusted list is given.
    #[must_use]
    pub fn judges_eidas(&self) -> bool {
        self.qualified == QualifiedRule::Eidas && !self.is_for_testing()
    }

    /// The level of a code under this policy.
    pub(super) fn level_of(&self, code: &'static Code) -> Level {
        use crate::finding::code::{attribute, crypto, policy};
        let weak = [
            &crypto::ALGORITHM_NOT_ACCEPTABLE,
            &crypto::CHAIN_ALGORITHM_NOT_ACCEPTABLE,
            &crypto::REFERENCE_DIGEST_NOT_ACCEPTABLE,
        ];
        let informative = [
            &attribute::INFORMATIVE_MALFORMED,
            &attribute::INFORMATIVE_NOT_SINGLE,
        ];
        let is_lowered = (self.weak_algorithms == WeakRule::Warn && weak.contains(&code))
            // Plain CMS knows neither these attributes nor the policy.
            || (self.attributes != AttributesRule::Cades && informative.contains(&code))
            || (self.signature_policy == SignaturePolicyRule::IgnoredWithWarning
                && code == &policy::SIGNATURE_DOCUMENT_MISSING);
        if is_lowered { Level::Warn } else { code.level }
    }
}

#[cfg(test)]
mod tests;
