//! Inputs of path validation (RFC 5280 §6.1.1), as data.

use std::collections::BTreeSet;
use std::fmt;

use crate::base::choice::choice;
use crate::der::oid::Oid;
use crate::der::oids;
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

choice! {
    /// Whether policy mappings count (RFC 5280 §6.1.1 (e)).
    PolicyMappingRule {
        /// Until a certificate inhibits them.
        Allowed = "allowed",
        /// Never.
        Inhibited = "inhibited",
    }
}

choice! {
    /// Whether the path must be valid for a policy (RFC 5280 §6.1.1 (f)).
    ExplicitPolicyRule {
        /// When a certificate asks for it.
        WhenAsked = "when-asked",
        /// Always.
        Required = "required",
    }
}

choice! {
    /// Whether anyPolicy counts (RFC 5280 §6.1.1 (g)).
    AnyPolicyRule {
        /// Until a certificate inhibits it.
        Allowed = "allowed",
        /// Only in self-issued certificates that are not the last.
        Inhibited = "inhibited",
    }
}

choice! {
    /// Which extensions of the anchor constrain the path. RFC 5280 §6.1.1 (d) takes a name and a key from the
    /// anchor; RFC 5937 describes the use of more.
    AnchorRule {
        /// None.
        NameAndKey = "name-and-key",
        /// Its name constraints; a key usage without keyCertSign and a critical extension that is not known
        /// refuse.
        NameConstraints = "name-constraints",
        /// All: names, policies, basic constraints, key usage, extended key usage.
        AllConstraints = "all-constraints",
    }
}

choice! {
    /// Whether the anchor must be in its validity period (RFC 5280 §6.1.1 (d) does not ask).
    AnchorValidity {
        /// Not asked.
        Ignored = "ignored",
        /// As that of any authority.
        Checked = "checked",
    }
}

choice! {
    /// Whose extended key usage is asked (RFC 5280 §4.2.1.12 knows the end entity only).
    KeyPurposeScope {
        /// The end entity's.
        EndEntity = "end-entity",
        /// That of the authorities too, where they state one.
        WholePath = "whole-path",
    }
}

choice! {
    /// What a certificate that breaks a rule for issuers does (RFC 5280 §4.1, §4.2).
    ProfileRule {
        /// It is not looked at.
        Ignored = "ignored",
        /// The path fails.
        Required = "required",
    }
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
}
