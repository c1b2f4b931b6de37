//! Policies: what is required, as data (EN 319 102-1 §5.1.4). There is no default: every choice is written.

use crate::base::error::{Error, Misuse};
use crate::finding::{Code, Level};
use crate::path::inputs::{KeyPurposeScope, PathInputs, ProfileRule};
use crate::x509::certificate::sha256_hex;

/// What is required of a signature (EN 319 102-1 §5.1.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// The name in reports.
    pub id: String,
    /// Whether the attributes of CAdES must be there.
    pub attributes: AttributesRule,
    /// Whether the signer must claim a signing time.
    pub signing_time: SigningTimeRule,
    /// Whether revocation must be known.
    pub revocation: RevocationRule,
    /// What an algorithm past its end does.
    pub weak_algorithms: WeakRule,
    /// When the certificates of authorities must be valid.
    pub validity_model: ValidityModel,
    /// What the end entity's key must be meant for.
    pub key: KeyRule,
    /// Whether the conditions of 63-FZ art. 11 are judged.
    pub qualified: QualifiedRule,
    /// What is asked of certification paths.
    pub path: PathInputs,
}

/// Whether the attributes of CAdES are required (EN 319 122-1 §5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AttributesRule {
    /// Signed attributes and a signing-certificate attribute.
    Cades,
    /// Plain CMS is enough.
    Cms,
}

/// Whether the signer must claim a signing time (EN 319 122-1 §6.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SigningTimeRule {
    /// As in the baseline levels.
    Required,
    /// As in CAdES-BES of RFC 5126; order 472 could not be read.
    Optional,
}

/// Whether revocation must be known (EN 319 102-1 §5.2.6.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RevocationRule {
    /// For every certificate but the anchor.
    Required,
    /// Where data is at hand.
    WhenAvailable,
    /// Not at all.
    Off,
}

/// What an algorithm past its end does (EN 319 102-1 §5.2.8.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WeakRule {
    /// It stops the signature from passing.
    Fail,
    /// It is a warning: archives and test suites.
    Warn,
}

/// When the certificates of authorities must be valid (EN 319 102-1 §5.2.6, annex on validity models).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ValidityModel {
    /// At the time of judging, as the end entity.
    Shell,
    /// When the end entity was certified: 63-FZ asks for the day of issue.
    Hybrid,
}

/// What the end entity's key must be meant for (RFC 5280 §4.2.1.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyRule {
    /// Documents; a certificate without keyUsage is taken.
    Document,
    /// Documents; keyUsage must be there (FSB order 795).
    DocumentStated,
    /// Anything.
    Any,
}

/// Whether the conditions of 63-FZ art. 11 are judged (63-FZ art. 11).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QualifiedRule {
    /// All four.
    Judge,
    /// None.
    Skip,
}

impl Policy {
    /// The ids of the built-in policies (EN 319 102-1 §5.1.4).
    pub const BUILTIN: [&str; 4] = ["ru-qes", "etsi-ades", "cms-basic", "pkix"];

    /// A built-in policy (EN 319 102-1 §5.1.4).
    ///
    /// # Errors
    /// There is none with this id.
    pub fn builtin(id: &str) -> Result<Self, Error> {
        let base = Self {
            id: id.to_owned(),
            attributes: AttributesRule::Cades,
            signing_time: SigningTimeRule::Required,
            revocation: RevocationRule::Required,
            weak_algorithms: WeakRule::Fail,
            validity_model: ValidityModel::Shell,
            key: KeyRule::Document,
            qualified: QualifiedRule::Skip,
            path: PathInputs::UNCONSTRAINED,
        };
        Ok(match id {
            "ru-qes" => Self {
                signing_time: SigningTimeRule::Optional,
                validity_model: ValidityModel::Hybrid,
                key: KeyRule::DocumentStated,
                qualified: QualifiedRule::Judge,
                ..base
            },
            "etsi-ades" => base,
            "cms-basic" => Self {
                attributes: AttributesRule::Cms,
                signing_time: SigningTimeRule::Optional,
                revocation: RevocationRule::WhenAvailable,
                ..base
            },
            "pkix" => Self {
                attributes: AttributesRule::Cms,
                signing_time: SigningTimeRule::Optional,
                revocation: RevocationRule::WhenAvailable,
                key: KeyRule::Any,
                path: PathInputs {
                    key_purpose_scope: KeyPurposeScope::WholePath,
                    profile: ProfileRule::Required,
                    ..PathInputs::UNCONSTRAINED
                },
                ..base
            },
            _ => return Err(Error::Misuse(Misuse::UnknownPolicy)),
        })
    }

    /// SHA-256 of the canonical text, hexadecimal digits (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn digest(&self) -> String {
        sha256_hex(self.canonical().as_bytes())
    }

    /// Every choice on a line of its own, in a fixed order.
    fn canonical(&self) -> String {
        let Self {
            id,
            attributes,
            signing_time,
            revocation,
            weak_algorithms,
            validity_model,
            key,
            qualified,
            path,
        } = self;
        let path = path.canonical();
        format!(
            "id={id}\nattributes={attributes:?}\nsigning_time={signing_time:?}\n\
             revocation={revocation:?}\nweak_algorithms={weak_algorithms:?}\n\
             validity_model={validity_model:?}\nkey={key:?}\nqualified={qualified:?}\n{path}"
        )
    }

    /// The level of a code under this policy.
    pub(super) fn level_of(&self, code: &'static Code) -> Level {
        use crate::finding::code::crypto;
        let weak = [
            &crypto::ALGORITHM_NOT_ACCEPTABLE,
            &crypto::CHAIN_ALGORITHM_NOT_ACCEPTABLE,
            &crypto::REFERENCE_DIGEST_NOT_ACCEPTABLE,
        ];
        if self.weak_algorithms == WeakRule::Warn && weak.contains(&code) {
            Level::Warn
        } else {
            code.level
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtin_policies_exist_and_differ() {
        let digests: std::collections::BTreeSet<_> = Policy::BUILTIN
            .iter()
            .map(|id| Policy::builtin(id).unwrap().digest())
            .collect();
        assert_eq!(digests.len(), Policy::BUILTIN.len());
        assert_eq!(
            Policy::builtin("x"),
            Err(Error::Misuse(Misuse::UnknownPolicy))
        );
    }

    #[test]
    fn a_choice_changes_the_digest() {
        let policy = Policy::builtin("ru-qes").unwrap();
        let weak = Policy {
            weak_algorithms: WeakRule::Warn,
            ..policy.clone()
        };
        assert_ne!(policy.digest(), weak.digest());
    }
}
