//! Rows {algorithm, parameters or size, use, from, until, source}, and how they judge.

use std::fmt;

use super::super::digest::DigestId;
use super::super::signature::SignatureScheme;
use super::{KeyDescription, KeyFamily};
use crate::base::time::UnixTime;
use crate::der::oid::Oid;

/// What a row is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Subject {
    /// A digest.
    Digest(DigestId),
    /// Keys of a family.
    Key {
        /// The family.
        family: KeyFamily,
        /// From this many bits on, up to the next row of the family.
        bits: u32,
        /// With one of these named parameters; empty: whatever they are.
        parameters: Vec<Oid>,
        /// Used with this scheme; none: with any.
        scheme: Option<SignatureScheme>,
    },
}

/// What something is used for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Use {
    /// To make signatures: judged at the time by which the signature is proven to exist, else at the time of checking.
    Creation,
    /// To check signatures that are proven to have been made in time: judged at the time of checking.
    Checking,
}

/// How long something is acceptable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StrengthRow {
    /// What the row is about.
    pub subject: Subject,
    /// What for; at least one.
    pub uses: Vec<Use>,
    /// The first instant at which it is; none means always.
    pub from: Option<UnixTime>,
    /// The first instant at which it no longer is; none means without a known end.
    pub until: Option<UnixTime>,
    /// Where that is written.
    pub source: String,
}

/// When a signature was made and when it is checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moments {
    /// It existed at this time; what its signer claims proves nothing.
    pub created: UnixTime,
    /// The time of checking.
    pub checked: UnixTime,
}

impl Moments {
    /// Nothing proves when it was made: all that is certain is that it exists when it is checked.
    #[must_use]
    pub const fn unproven(at: UnixTime) -> Self {
        Self {
            created: at,
            checked: at,
        }
    }

    /// By a proof of existence, when there is one.
    #[must_use]
    pub fn proven(not_later_than: Option<UnixTime>, at: UnixTime) -> Self {
        Self {
            created: not_later_than.unwrap_or(at).min(at),
            checked: at,
        }
    }

    const fn of(self, usage: Use) -> UnixTime {
        match usage {
            Use::Creation => self.created,
            Use::Checking => self.checked,
        }
    }
}

/// A judgement about strength, the worse the greater.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Strength {
    /// Acceptable at that time.
    Acceptable,
    /// Not acceptable before this instant.
    NotAcceptableBefore(UnixTime),
    /// Not acceptable since this instant.
    NotAcceptableSince(UnixTime),
    /// No row is about it, so it is not acceptable.
    Unknown,
}

/// The rows of one policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StrengthTable {
    rows: Vec<StrengthRow>,
}

/// What is wrong with rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TableRejected {
    /// The row, from 0.
    pub row: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

impl fmt::Display for TableRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "strength row {}: {}", self.row + 1, self.why)
    }
}

impl StrengthTable {
    /// A table of rows that do not contradict each other.
    ///
    /// # Errors
    /// A row has no use, no source or no time in which it accepts, or two rows are about the same.
    pub fn new(rows: Vec<StrengthRow>) -> Result<Self, TableRejected> {
        for (index, row) in rows.iter().enumerate() {
            let refuse = |why| Err(TableRejected { row: index, why });
            let earlier = rows.get(..index).unwrap_or_default();
            if row.uses.is_empty() || !row.uses.is_sorted_by(|left, right| left < right) {
                return refuse("needs its uses, each once: creation, then checking");
            }
            if row.source.trim().is_empty() {
                return refuse("needs a source");
            }
            if let (Some(from), Some(until)) = (row.from, row.until)
                && from >= until
            {
                return refuse("ends before it begins");
            }
            if earlier.iter().any(|other| other.overlaps(row)) {
                return refuse("an earlier row is about the same");
            }
        }
        Ok(Self { rows })
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[StrengthRow] {
        &self.rows
    }

    /// Judges a digest.
    #[must_use]
    pub fn digest(&self, id: DigestId, when: Moments) -> Strength {
        judge(when, |usage| {
            let mut rows = self.rows.iter();
            rows.find(|row| row.is_for(usage) && row.subject == Subject::Digest(id))
        })
    }

    /// Judges signatures by a key with a scheme.
    #[must_use]
    pub fn signature(
        &self,
        key: &KeyDescription,
        scheme: SignatureScheme,
        when: Moments,
    ) -> Strength {
        if key.scheme.is_some_and(|own| own != scheme) {
            return Strength::Unknown;
        }
        judge(when, |usage| self.key_row(key, Some(scheme), usage))
    }

    /// Judges a key by itself: by the best of the schemes that it may be used with.
    ///
    /// Whether test parameters are allowed is for the policy to say.
    #[must_use]
    pub fn key(&self, key: &KeyDescription, when: Moments) -> Strength {
        if let Some(scheme) = key.scheme {
            return self.signature(key, scheme, when);
        }
        let mut seen = Vec::with_capacity(4);
        let mut best = Strength::Unknown;
        for row in &self.rows {
            if let Subject::Key { family, scheme, .. } = &row.subject
                && *family == key.family
                && !seen.contains(scheme)
            {
                seen.push(*scheme);
                best = best.min(judge(when, |usage| self.key_row(key, *scheme, usage)));
                if best == Strength::Acceptable {
                    break;
                }
            }
        }
        best
    }

    /// The row about a key in a use: one that names the scheme before one that does not, then one that names the
    /// parameters, then the one with the most bits that the key still has.
    fn key_row(
        &self,
        key: &KeyDescription,
        used: Option<SignatureScheme>,
        usage: Use,
    ) -> Option<&StrengthRow> {
        let rank = |row: &&StrengthRow| match &row.subject {
            Subject::Key {
                family,
                bits,
                parameters,
                scheme,
            } if *family == key.family
                && *bits <= key.bits
                && (scheme.is_none() || *scheme == used)
                && (parameters.is_empty()
                    || key.parameters.is_some_and(|oid| parameters.contains(&oid))) =>
            {
                Some((scheme.is_some(), !parameters.is_empty(), *bits))
            }
            Subject::Key { .. } | Subject::Digest(_) => None,
        };
        let rows = self.rows.iter();
        let ranked = rows.filter_map(|row| {
            let rank = rank(&row).filter(|_| row.is_for(usage))?;
            Some((rank, row))
        });
        ranked.max_by_key(|(rank, _)| *rank).map(|(_, row)| row)
    }
}

/// Both uses must be acceptable, each at its time.
fn judge<'a>(when: Moments, row: impl Fn(Use) -> Option<&'a StrengthRow>) -> Strength {
    let judged = |usage| row(usage).map_or(Strength::Unknown, |row| row.judge(when.of(usage)));
    judged(Use::Creation).max(judged(Use::Checking))
}

impl StrengthRow {
    /// Judges what the row is about at a time.
    #[must_use]
    pub fn judge(&self, at: UnixTime) -> Strength {
        match (self.from, self.until) {
            (Some(from), _) if at < from => Strength::NotAcceptableBefore(from),
            (_, Some(until)) if at >= until => Strength::NotAcceptableSince(until),
            _ => Strength::Acceptable,
        }
    }

    fn is_for(&self, usage: Use) -> bool {
        self.uses.contains(&usage)
    }

    /// Whether two rows could both be the one to judge by.
    fn overlaps(&self, other: &Self) -> bool {
        let same = match (&self.subject, &other.subject) {
            (Subject::Digest(left), Subject::Digest(right)) => left == right,
            (
                Subject::Key {
                    family,
                    bits,
                    parameters,
                    scheme,
                },
                Subject::Key {
                    family: other_family,
                    bits: other_bits,
                    parameters: others,
                    scheme: other_scheme,
                },
            ) => {
                let both_any = parameters.is_empty() && others.is_empty();
                (family, bits, scheme) == (other_family, other_bits, other_scheme)
                    && (both_any || parameters.iter().any(|oid| others.contains(oid)))
            }
            _ => false,
        };
        same && self.uses.iter().any(|usage| other.is_for(*usage))
    }
}

#[cfg(test)]
mod tests;
