//! A policy from its file (EN 319 102-1 §5.1.4). Unknown keys and words are refused: a misspelt rule must not be no rule.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use toml::value::Datetime;

use super::super::qualified::dates;
use super::choice::{
    AttributesRule, KeyRule, QualifiedRule, RevocationRule, SaltRule, SignaturePolicyRule,
    SigningTimeRule, TestParameters, TimeStampRule, ValidityModel, WeakRule,
};
use super::{KnownDigests, Policy};
use crate::alg::identifier::digest_by_name;
use crate::alg::strength::{
    KeyFamily, StrengthRow, StrengthTable, Subject, TableRejected, Use, scheme_by_name,
};
use crate::base::time::UnixTime;
use crate::der::oid::Oid;

/// Why a text is not a policy (EN 319 102-1 §5.1.4).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PolicyRejected {
    /// It is not TOML of the right keys and types.
    Syntax(String),
    /// A key has a value that means nothing.
    Value {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
    },
    /// A row of `strength` is incomplete or contradicts another.
    Row(TableRejected),
    /// A policy that takes test keys must say `test` in its id and judge nothing qualified.
    TestingInDisguise,
}

impl fmt::Display for PolicyRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text) => write!(f, "the policy is not readable: {text}"),
            Self::Value { key, value } => {
                write!(f, "the policy says {key} = {value}, which means nothing")
            }
            Self::Row(rejected) => rejected.fmt(f),
            Self::TestingInDisguise => f.write_str(
                "test_parameters = \"accepted\" needs `test` as a part of the id and qualified = \"skip\"",
            ),
        }
    }
}

impl std::error::Error for PolicyRejected {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    dated: Datetime,
    attributes: String,
    signing_time: String,
    time_stamp: String,
    time_stamp_delay_seconds: Option<u32>,
    signature_policy: String,
    allowed_signature_policies: Option<Vec<String>>,
    revocation: String,
    max_revocation_age_days: Option<u32>,
    fresh_revocation_age_days: Option<u32>,
    weak_algorithms: String,
    validity_model: String,
    key: String,
    qualified: String,
    test_parameters: String,
    pss_salt: String,
    assumed_rules: Option<Vec<String>>,
    trust_list_age: Option<super::list_age::Table>,
    path: super::path::Table,
    strength: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    digest: Option<String>,
    key: Option<String>,
    bits: Option<u32>,
    parameters: Option<Vec<String>>,
    scheme: Option<String>,
    r#use: Vec<String>,
    from: Option<Datetime>,
    until: Option<Datetime>,
    source: String,
}

impl Policy {
    /// Reads a policy (EN 319 102-1 §5.1.4).
    ///
    /// # Errors
    /// What is wrong with it: an unknown key, a missing one, a word that means nothing, rows that contradict each
    /// other, a policy for tests that looks like a real one.
    pub fn read(text: &str) -> Result<Self, PolicyRejected> {
        let file: File =
            toml::from_str(text).map_err(|error| PolicyRejected::Syntax(error.to_string()))?;
        let rows = file.strength.into_iter().enumerate();
        let rows: Result<Vec<StrengthRow>, PolicyRejected> =
            rows.map(|(index, row)| row.read(index)).collect();
        let strength = StrengthTable::new(rows?).map_err(PolicyRejected::Row)?;
        let policy = Self {
            attributes: word("attributes", &file.attributes, AttributesRule::of_word)?,
            signing_time: word("signing_time", &file.signing_time, SigningTimeRule::of_word)?,
            time_stamp: word("time_stamp", &file.time_stamp, TimeStampRule::of_word)?,
            time_stamp_delay_seconds: file.time_stamp_delay_seconds,
            signature_policy: word(
                "signature_policy",
                &file.signature_policy,
                SignaturePolicyRule::of_word,
            )?,
            allowed_signature_policies: allowed(file.allowed_signature_policies)?,
            revocation: word("revocation", &file.revocation, RevocationRule::of_word)?,
            max_revocation_age_days: file.max_revocation_age_days,
            fresh_revocation_age_days: file.fresh_revocation_age_days,
            weak_algorithms: word("weak_algorithms", &file.weak_algorithms, WeakRule::of_word)?,
            validity_model: word(
                "validity_model",
                &file.validity_model,
                ValidityModel::of_word,
            )?,
            key: word("key", &file.key, KeyRule::of_word)?,
            qualified: word("qualified", &file.qualified, QualifiedRule::of_word)?,
            test_parameters: word(
                "test_parameters",
                &file.test_parameters,
                TestParameters::of_word,
            )?,
            pss_salt: word("pss_salt", &file.pss_salt, SaltRule::of_word)?,
            trust_list_age: file.trust_list_age.map(|it| it.read()).transpose()?,
            assumed_rules: assumed(file.assumed_rules)?,
            path: file.path.read()?,
            dated: day(&file.dated)?,
            id: word("id", &file.id, id)?,
            strength: Arc::new(strength),
            known_digests: KnownDigests::default(),
        };
        let says_test = policy.id.split('-').any(|part| part == "test");
        if policy.is_for_testing() && (!says_test || policy.qualified != QualifiedRule::Skip) {
            return Err(PolicyRejected::TestingInDisguise);
        }
        Ok(policy)
    }
}

/// Names of signature policies; none is any, and a list of nothing would be a mistake.
fn allowed(names: Option<Vec<String>>) -> Result<Vec<Oid>, PolicyRejected> {
    const KEY: &str = "allowed_signature_policies";
    match names {
        Some(names) if names.is_empty() => Err(meaningless(KEY, "[]")),
        names => {
            let names = names.iter().flatten();
            names.map(|name| word(KEY, name, Oid::parse)).collect()
        }
    }
}

/// Ids of rules that are only assumed, each once.
fn assumed(ids: Option<Vec<String>>) -> Result<Vec<String>, PolicyRejected> {
    const KEY: &str = "assumed_rules";
    let mut known: Vec<String> = Vec::new();
    for id in ids.unwrap_or_default() {
        if !dates::is_assumed(&id) || known.contains(&id) {
            return Err(meaningless(KEY, &id));
        }
        known.push(id);
    }
    Ok(known)
}

pub(super) fn word<T>(
    key: &'static str,
    value: &str,
    of: impl Fn(&str) -> Option<T>,
) -> Result<T, PolicyRejected> {
    of(value).ok_or_else(|| meaningless(key, value))
}

fn meaningless(key: &'static str, value: &str) -> PolicyRejected {
    PolicyRejected::Value {
        key,
        value: value.to_owned(),
    }
}

/// Letters, digits and single hyphens between them.
fn id(text: &str) -> Option<String> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit())
    };
    text.split('-').all(is_part).then(|| text.to_owned())
}

fn day(date: &Datetime) -> Result<String, PolicyRejected> {
    let text = date.to_string();
    match UnixTime::parse_rfc3339(&format!("{text}T00:00:00Z")) {
        Some(_) => Ok(text),
        None => Err(meaningless("dated", &text)),
    }
}

fn instant(key: &'static str, time: Option<Datetime>) -> Result<Option<UnixTime>, PolicyRejected> {
    let Some(time) = time else { return Ok(None) };
    let text = time.to_string();
    match UnixTime::parse_rfc3339(&text) {
        Some(time) => Ok(Some(time)),
        None => Err(meaningless(key, &text)),
    }
}

impl Row {
    fn read(self, index: usize) -> Result<StrengthRow, PolicyRejected> {
        let uses = self
            .r#use
            .iter()
            .map(|usage| word("use", usage, use_of_word));
        Ok(StrengthRow {
            subject: self.subject(index)?,
            uses: uses.collect::<Result<_, _>>()?,
            from: instant("from", self.from)?,
            until: instant("until", self.until)?,
            source: self.source,
        })
    }

    fn subject(&self, index: usize) -> Result<Subject, PolicyRejected> {
        let refuse = |why| Err(PolicyRejected::Row(TableRejected { row: index, why }));
        match self {
            Self {
                digest: Some(name),
                key: None,
                bits: None,
                parameters: None,
                scheme: None,
                ..
            } => Ok(Subject::Digest(word("digest", name, digest_by_name)?)),
            Self {
                digest: None,
                key: Some(family),
                bits: Some(bits),
                parameters,
                scheme,
                ..
            } => {
                let oids = parameters.iter().flatten();
                let oids = oids.map(|oid| word("parameters", oid, Oid::parse));
                let oids = oids.collect::<Result<Vec<Oid>, _>>()?;
                if parameters.is_some() && oids.is_empty() {
                    return refuse("names no parameters; leave the key out for any");
                }
                let scheme = scheme
                    .as_deref()
                    .map(|name| word("scheme", name, scheme_by_name));
                Ok(Subject::Key {
                    family: word("key", family, KeyFamily::of_word)?,
                    bits: *bits,
                    parameters: oids,
                    scheme: scheme.transpose()?,
                })
            }
            _ => refuse("is about a digest, or about a key with its bits"),
        }
    }
}

/// The words for uses.
pub(super) const USES: [(Use, &str); 2] =
    [(Use::Creation, "creation"), (Use::Checking, "checking")];

fn use_of_word(word: &str) -> Option<Use> {
    let mut uses = USES.iter();
    uses.find(|(_, known)| *known == word)
        .map(|(usage, _)| *usage)
}
