//! What is said when no path was found.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;
use crate::x509::signed::SignedRejected;

use super::candidates::{Candidate, Hint, Index, key_identifier};
use super::verdicts::Verdicts;
use super::{DeadEnd, is_same_entity};

/// That there is no path is certain before the reason is looked for, so not the whole budget is spent on it.
const CHECKS: u64 = 16;

/// The dead end that is furthest from the end entity, each certificate looked at once; among those equally far, one
/// at which a signature was refused.
///
/// # Limits
/// 16 signature checks; where they or the budget do not suffice, nothing is said against a signature.
pub(super) fn furthest<'a>(
    end_entity: &'a Arc<Certificate>,
    index: &mut Index<'a>,
    verdicts: &mut Verdicts<'a>,
    budget: &mut Budget,
) -> Result<DeadEnd, Error> {
    let mut explained = Explained {
        index,
        verdicts,
        spent_before: budget.used().signature_checks,
        seen: BTreeSet::from([Arc::as_ptr(end_entity).addr()]),
        pending: VecDeque::from([(0, end_entity)]),
    };
    let mut best: Option<(usize, DeadEnd)> = None;
    let mut last = end_entity;
    while let Some((depth, certificate)) = explained.pending.pop_front() {
        last = certificate;
        let dead_end = |rejected| DeadEnd {
            certificate: Arc::clone(certificate),
            rejected,
        };
        let issuers = match explained.issuers(depth, certificate, budget) {
            Ok(Some(issuers)) => issuers,
            Ok(None) | Err(Error::Limit(_)) => {
                return Ok(best.map_or_else(|| dead_end(None), |(_, best)| best));
            }
            Err(other) => return Err(other),
        };
        if issuers.are_found {
            continue;
        }
        let is_better = best.as_ref().is_none_or(|(known, best)| {
            *known < depth || best.rejected.is_none() && issuers.rejected.is_some()
        });
        if is_better {
            best = Some((depth, dead_end(issuers.rejected)));
        }
    }
    // All vouch for each other in a circle.
    let circle = || DeadEnd {
        certificate: Arc::clone(last),
        rejected: None,
    };
    Ok(best.map_or_else(circle, |(_, best)| best))
}

struct Explained<'a, 's> {
    index: &'s mut Index<'a>,
    verdicts: &'s mut Verdicts<'a>,
    spent_before: u64,
    seen: BTreeSet<usize>,
    /// Nearest first.
    pending: VecDeque<(usize, &'a Arc<Certificate>)>,
}

struct Issuers {
    are_found: bool,
    rejected: Option<SignedRejected>,
}

impl<'a> Explained<'a, '_> {
    /// None when the checks are used up.
    fn issuers(
        &mut self,
        depth: usize,
        certificate: &'a Arc<Certificate>,
        budget: &mut Budget,
    ) -> Result<Option<Issuers>, Error> {
        let mut candidates = self.index.exact(&certificate.issuer);
        candidates.extend_from_slice(&self.index.others(&certificate.issuer, budget)?);
        self.index.rank(&mut candidates, certificate, budget)?;
        let mut issuers = Issuers {
            are_found: false,
            rejected: None,
        };
        for Candidate {
            certificate: issuer,
            ..
        } in candidates
        {
            if is_same_entity(certificate, issuer) {
                continue;
            }
            if budget.used().signature_checks - self.spent_before >= CHECKS {
                return Ok(None);
            }
            budget.spend_path_candidate()?;
            match self.verdicts.verify(certificate, issuer, budget)? {
                Ok(()) => {
                    issuers.are_found = true;
                    if self.seen.insert(Arc::as_ptr(issuer).addr()) {
                        self.pending.push_back((depth + 1, issuer));
                    }
                }
                // A candidate of the same name whose key identifier is another one says nothing about the
                // certificate: the right key is just not at hand.
                Err(why) if key_identifier(issuer, certificate) != Hint::Differs => {
                    issuers.rejected = issuers.rejected.or(Some(why));
                }
                Err(_) => {}
            }
        }
        Ok(Some(issuers))
    }
}
