//! What a policy asks of certification paths: the table `path` of its file (RFC 5280 §6.1.1).

use std::fmt::Write as _;

use serde::Deserialize;

use super::read::{PolicyRejected, word};
use super::write::line;
use crate::base::error::Structure;
use crate::base::hex::hex;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::reader::{Encoding, Reader};
use crate::path::host::Host;
use crate::path::inputs::{
    AnchorRule, AnchorValidity, AnyPolicyRule, ExplicitPolicyRule, KeyPurposeScope, PathInputs,
    PolicyMappingRule, PolicySet, ProfileRule,
};
use crate::x509::extension::name_constraints::NameConstraints;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    policies: Vec<String>,
    policy_mapping: String,
    explicit_policy: String,
    any_policy: String,
    subtrees: Option<String>,
    anchor: String,
    anchor_validity: String,
    max_depth: Option<u32>,
    key_purpose: Option<String>,
    key_purpose_scope: String,
    host: Option<String>,
    profile: String,
}

impl Table {
    pub(super) fn read(&self) -> Result<PathInputs, PolicyRejected> {
        let policies = self.policies.iter();
        let policies = policies.map(|oid| word("path.policies", oid, Oid::parse));
        let optional = |key, text: &Option<String>| {
            let purpose = text.as_deref().map(|text| word(key, text, Oid::parse));
            purpose.transpose()
        };
        let host = self.host.as_deref();
        let host = host.map(|host| word("path.host", host, Host::parse));
        let subtrees = self.subtrees.as_deref();
        let subtrees = subtrees.map(|subtrees| word("path.subtrees", subtrees, subtrees_of_hex));
        Ok(PathInputs {
            policies: PolicySet::of(policies.collect::<Result<Vec<_>, _>>()?),
            policy_mapping: word(
                "path.policy_mapping",
                &self.policy_mapping,
                PolicyMappingRule::of_word,
            )?,
            explicit_policy: word(
                "path.explicit_policy",
                &self.explicit_policy,
                ExplicitPolicyRule::of_word,
            )?,
            any_policy: word("path.any_policy", &self.any_policy, AnyPolicyRule::of_word)?,
            subtrees: subtrees.transpose()?,
            anchor: word("path.anchor", &self.anchor, AnchorRule::of_word)?,
            anchor_validity: word(
                "path.anchor_validity",
                &self.anchor_validity,
                AnchorValidity::of_word,
            )?,
            max_depth: self.max_depth,
            key_purpose: optional("path.key_purpose", &self.key_purpose)?,
            key_purpose_scope: word(
                "path.key_purpose_scope",
                &self.key_purpose_scope,
                KeyPurposeScope::of_word,
            )?,
            host: host.transpose()?,
            profile: word("path.profile", &self.profile, ProfileRule::of_word)?,
        })
    }
}

pub(super) fn write(out: &mut String, inputs: &PathInputs) {
    let PathInputs {
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
    } = inputs;
    out.push_str("\n[path]\n");
    let policies: Vec<String> = policies
        .to_strings()
        .iter()
        .map(|oid| format!("\"{oid}\""))
        .collect();
    let _ = writeln!(out, "policies = [{}]", policies.join(", "));
    line(out, "policy_mapping", policy_mapping.word());
    line(out, "explicit_policy", explicit_policy.word());
    line(out, "any_policy", any_policy.word());
    if let Some(subtrees) = subtrees {
        line(out, "subtrees", &hex(&subtrees.octets));
    }
    line(out, "anchor", anchor.word());
    line(out, "anchor_validity", anchor_validity.word());
    if let Some(depth) = max_depth {
        let _ = writeln!(out, "max_depth = {depth}");
    }
    if let Some(purpose) = key_purpose {
        line(out, "key_purpose", &purpose.to_string());
    }
    line(out, "key_purpose_scope", key_purpose_scope.word());
    if let Some(host) = host {
        line(out, "host", &host.to_string());
    }
    line(out, "profile", profile.word());
}

/// The DER of `NameConstraints` in hexadecimal digits.
fn subtrees_of_hex(text: &str) -> Option<NameConstraints> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let octets: Option<Vec<u8>> = digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high << 4 | low).ok(),
            _ => None,
        })
        .collect();
    let source = Octets::from(octets?);
    let mut reader = Reader::new(&source, Encoding::Der, Structure::Extension);
    let subtrees = NameConstraints::read(&mut reader, &mut Budget::new(Limits::STANDARD)).ok()?;
    reader.finish().ok()?;
    Some(subtrees)
}
