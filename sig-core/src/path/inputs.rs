//! Inputs of path validation (RFC 5280 §6.1.1), as data.

use std::collections::BTreeSet;
use std::fmt;

use crate::der::oid::Oid;
use crate::der::oids;
use crate::x509::certificate::sha256_hex;
use crate::x509::extension::name_constraints::NameConstraints;

use super::host::Host;

/// What is asked of a path beyond its certificates and a time (RFC 5280 §6.1.1).
///
/// Start from [`PathInputs::UNCONSTRAINED`] and state what is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathInputs {
    /// user-initial-policy-set, §6.1.1 (c).
    pub policies: PolicySet,
    /// initial-policy-mapping-inhibit, §6.1.1 (e).
    pub policy_mapping: PolicyMappingRule,
    /// initial-explicit-policy, §6.1.1 (f).
    pub explicit_policy: ExplicitPolicyRule,
    /// initial-any-policy-inhibit, §6.1.1 (g).
    pub any_policy: AnyPolicyRule,
    /// initial-permitted-subtrees and initial-excluded-subtrees, §6.1.1 (h) and (i).
    pub subtrees: Option<NameConstraints>,
    /// Which extensions of the anchor constrain the path (RFC 5937).
    pub anchor: AnchorRule,
    /// Whether the anchor must be in its validity period.
    pub anchor_validity: AnchorValidity,
    /// Intermediate certificates that the path may have, self-issued ones not counted: the initial
    /// max_path_length of §6.1.2 (k) when it is less than the length of the path.
    pub max_depth: Option<u32>,
    /// The extended key usage that the end entity must allow (§4.2.1.12).
    pub key_purpose: Option<Oid>,
    /// Whose extended key usage is asked.
    pub key_purpose_scope: KeyPurposeScope,
    /// The server that the end entity must name (RFC 9525).
    pub host: Option<Host>,
    /// What a certificate that breaks a rule for issuers does (§4.1, §4.2).
    pub profile: ProfileRule,
}

/// A set of certificate policies (RFC 5280 §6.1.1 (c)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicySet {
    /// Every policy: the set that holds anyPolicy.
    Any,
    /// These.
    Only(BTreeSet<Oid>),
}

/// Whether policy mappings count (RFC 5280 §6.1.1 (e)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyMappingRule {
    /// Until a certificate inhibits them.
    Allowed,
    /// Never.
    Inhibited,
}

/// Whether the path must be valid for a policy (RFC 5280 §6.1.1 (f)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExplicitPolicyRule {
    /// When a certificate asks for it.
    WhenAsked,
    /// Always.
    Required,
}

/// Whether anyPolicy counts (RFC 5280 §6.1.1 (g)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnyPolicyRule {
    /// Until a certificate inhibits it.
    Allowed,
    /// Only in self-issued certificates that are not the last.
    Inhibited,
}

/// Which extensions of the anchor constrain the path. RFC 5280 §6.1.1 (d) takes a name and a key from the
/// anchor; RFC 5937 describes the use of more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnchorRule {
    /// None.
    NameAndKey,
    /// Its name constraints.
    NameConstraints,
    /// All: names, policies, basic constraints, key usage, extended key usage.
    AllConstraints,
}

/// Whether the anchor must be in its validity period (RFC 5280 §6.1.1 (d) does not ask).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnchorValidity {
    /// Not asked.
    Ignored,
    /// As that of any authority.
    Checked,
}

/// Whose extended key usage is asked (RFC 5280 §4.2.1.12 knows the end entity only).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyPurposeScope {
    /// The end entity's.
    EndEntity,
    /// That of the authorities too, where they state one.
    WholePath,
}

/// What a certificate that breaks a rule for issuers does (RFC 5280 §4.1, §4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProfileRule {
    /// It is not looked at.
    Ignored,
    /// The path fails.
    Required,
}

impl PathInputs {
    /// Any policy, nothing inhibited, no purpose or host asked (RFC 5280 §6.1.1).
    pub const UNCONSTRAINED: Self = Self {
        policies: PolicySet::Any,
        policy_mapping: PolicyMappingRule::Allowed,
        explicit_policy: ExplicitPolicyRule::WhenAsked,
        any_policy: AnyPolicyRule::Allowed,
        subtrees: None,
        anchor: AnchorRule::NameConstraints,
        anchor_validity: AnchorValidity::Ignored,
        max_depth: None,
        key_purpose: None,
        key_purpose_scope: KeyPurposeScope::EndEntity,
        host: None,
        profile: ProfileRule::Ignored,
    };

    /// Every input on a line of its own, in a fixed order, for the digest of a policy (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn canonical(&self) -> String {
        let Self {
            policies,
            policy_mapping,
            explicit_policy,
            any_policy,
            subtrees,
            anchor,
            anchor_validity,
            max_depth,
            key_purpose,
            key_purpose_scope,
            host,
            profile,
        } = self;
        let subtrees = subtrees
            .as_ref()
            .map(|subtrees| sha256_hex(&subtrees.octets));
        format!(
            "policies={policies}\npolicy_mapping={policy_mapping:?}\n\
             explicit_policy={explicit_policy:?}\nany_policy={any_policy:?}\n\
             subtrees={subtrees:?}\nanchor={anchor:?}\nanchor_validity={anchor_validity:?}\n\
             max_depth={max_depth:?}\nkey_purpose={key_purpose:?}\n\
             key_purpose_scope={key_purpose_scope:?}\nhost={host:?}\nprofile={profile:?}\n"
        )
    }
}

impl PolicySet {
    /// A set of these policies; anyPolicy among them makes it every policy (RFC 5280 §6.1.1 (c)).
    #[must_use]
    pub fn of(policies: impl IntoIterator<Item = Oid>) -> Self {
        let policies: BTreeSet<Oid> = policies.into_iter().collect();
        if policies.contains(&oids::ANY_POLICY) {
            Self::Any
        } else {
            Self::Only(policies)
        }
    }

    /// What is in both (RFC 5280 §6.1.5 (g)).
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Any, set) | (set, Self::Any) => set.clone(),
            (Self::Only(left), Self::Only(right)) => {
                Self::Only(left.intersection(right).copied().collect())
            }
        }
    }

    /// Whether no policy is in it (RFC 5280 §6.1.5).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(policies) if policies.is_empty())
    }

    /// Dotted identifiers in order, as reports write them (RFC 5280 §6.1.6).
    #[must_use]
    pub fn to_strings(&self) -> Vec<String> {
        match self {
            Self::Any => vec![oids::ANY_POLICY.to_string()],
            Self::Only(policies) => policies.iter().map(Oid::to_string).collect(),
        }
    }
}

impl fmt::Display for PolicySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_strings().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P1: Oid = Oid::new(&[1, 2, 1]);
    const P2: Oid = Oid::new(&[1, 2, 2]);

    #[test]
    fn any_policy_makes_every_policy() {
        assert_eq!(PolicySet::of([P1, oids::ANY_POLICY]), PolicySet::Any);
        assert_ne!(PolicySet::of([P1]), PolicySet::Any);
        assert!(PolicySet::of([]).is_empty());
        assert!(!PolicySet::Any.is_empty());
    }

    #[test]
    fn intersections_keep_what_is_in_both() {
        let both = PolicySet::of([P1, P2]);
        assert_eq!(both.intersection(&PolicySet::of([P2])), PolicySet::of([P2]));
        assert_eq!(both.intersection(&PolicySet::Any), both);
        assert_eq!(PolicySet::Any.intersection(&PolicySet::Any), PolicySet::Any);
        assert!(
            PolicySet::of([P1])
                .intersection(&PolicySet::of([P2]))
                .is_empty()
        );
    }

    #[test]
    fn every_input_changes_the_canonical_text() {
        let base = PathInputs::UNCONSTRAINED;
        let changed = [
            PathInputs {
                policies: PolicySet::of([P1]),
                ..base.clone()
            },
            PathInputs {
                policy_mapping: PolicyMappingRule::Inhibited,
                ..base.clone()
            },
            PathInputs {
                explicit_policy: ExplicitPolicyRule::Required,
                ..base.clone()
            },
            PathInputs {
                any_policy: AnyPolicyRule::Inhibited,
                ..base.clone()
            },
            PathInputs {
                anchor: AnchorRule::AllConstraints,
                ..base.clone()
            },
            PathInputs {
                anchor_validity: AnchorValidity::Checked,
                ..base.clone()
            },
            PathInputs {
                max_depth: Some(1),
                ..base.clone()
            },
            PathInputs {
                key_purpose: Some(P1),
                ..base.clone()
            },
            PathInputs {
                key_purpose_scope: KeyPurposeScope::WholePath,
                ..base.clone()
            },
            PathInputs {
                host: Host::parse("a.example"),
                ..base.clone()
            },
            PathInputs {
                profile: ProfileRule::Required,
                ..base.clone()
            },
            base,
        ];
        let texts: BTreeSet<String> = changed.iter().map(PathInputs::canonical).collect();
        assert_eq!(texts.len(), changed.len());
    }
}
