//! The one form in which a policy is written, and digested (EN 319 102-1 §5.1.4).

use std::fmt::Write as _;

use super::Policy;
use super::read::USES;
use crate::alg::strength::{StrengthRow, Subject};

impl Policy {
    /// The whole policy as TOML, the same octets for the same choices (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn text(&self) -> String {
        let Self {
            id,
            dated,
            attributes,
            signing_time,
            time_stamp,
            time_stamp_delay_seconds,
            signature_policy,
            allowed_signature_policies,
            revocation,
            max_revocation_age_days,
            fresh_revocation_age_days,
            weak_algorithms,
            validity_model,
            key,
            qualified,
            trust_list_age,
            assumed_rules,
            test_parameters,
            pss_salt,
            path,
            strength,
            known_digests: _,
        } = self;
        let mut out = String::with_capacity(512 + 256 * strength.rows().len());
        line(&mut out, "id", id);
        let _ = writeln!(out, "dated = {dated}");
        line(&mut out, "attributes", attributes.word());
        line(&mut out, "signing_time", signing_time.word());
        line(&mut out, "time_stamp", time_stamp.word());
        if let Some(seconds) = time_stamp_delay_seconds {
            let _ = writeln!(out, "time_stamp_delay_seconds = {seconds}");
        }
        line(&mut out, "signature_policy", signature_policy.word());
        if !allowed_signature_policies.is_empty() {
            let names = allowed_signature_policies.iter();
            let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
            let _ = writeln!(out, "allowed_signature_policies = [{}]", names.join(", "));
        }
        line(&mut out, "revocation", revocation.word());
        if let Some(days) = max_revocation_age_days {
            let _ = writeln!(out, "max_revocation_age_days = {days}");
        }
        if let Some(days) = fresh_revocation_age_days {
            let _ = writeln!(out, "fresh_revocation_age_days = {days}");
        }
        line(&mut out, "weak_algorithms", weak_algorithms.word());
        line(&mut out, "validity_model", validity_model.word());
        line(&mut out, "key", key.word());
        line(&mut out, "qualified", qualified.word());
        line(&mut out, "test_parameters", test_parameters.word());
        line(&mut out, "pss_salt", &pss_salt.word());
        if !assumed_rules.is_empty() {
            let ids = assumed_rules.iter();
            let ids: Vec<String> = ids.map(|id| format!("\"{id}\"")).collect();
            let _ = writeln!(out, "assumed_rules = [{}]", ids.join(", "));
        }
        if let Some(age) = trust_list_age {
            super::list_age::write(&mut out, *age);
        }
        super::path::write(&mut out, path);
        for row in strength.rows() {
            write_row(&mut out, row);
        }
        out
    }
}

fn write_row(out: &mut String, row: &StrengthRow) {
    out.push_str("\n[[strength]]\n");
    match &row.subject {
        Subject::Digest(id) => line(out, "digest", id.name()),
        Subject::Key {
            family,
            bits,
            parameters,
            scheme,
        } => {
            // A family without a word cannot be read from a file, so this text is not one that could be read.
            line(out, "key", family.word().unwrap_or_default());
            let _ = writeln!(out, "bits = {bits}");
            if !parameters.is_empty() {
                out.push_str("parameters = [\n");
                for oid in parameters {
                    let _ = writeln!(out, "    \"{oid}\",");
                }
                out.push_str("]\n");
            }
            if let Some(scheme) = scheme {
                line(out, "scheme", scheme.name());
            }
        }
    }
    let uses = USES.iter().filter(|(usage, _)| row.uses.contains(usage));
    let uses: Vec<String> = uses.map(|(_, word)| format!("\"{word}\"")).collect();
    let _ = writeln!(out, "use = [{}]", uses.join(", "));
    for (key, time) in [("from", row.from), ("until", row.until)] {
        if let Some(time) = time {
            let _ = writeln!(out, "{key} = {time}");
        }
    }
    line(out, "source", &row.source);
}

/// A key with a basic string (TOML 1.0 §String).
pub(super) fn line(out: &mut String, key: &str, value: &str) {
    let _ = write!(out, "{key} = \"");
    for character in value.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            control if control.is_control() => {
                let _ = write!(out, "\\U{:08X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push_str("\"\n");
}
