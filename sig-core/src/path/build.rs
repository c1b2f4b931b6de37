//! Finding paths from a certificate to a trust anchor (RFC 4158, EN 319 102-1 §5.2.6.4 step 2).

use std::sync::Arc;

use crate::base::error::{Error, Limit};
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;
use crate::x509::signed::SignedRejected;

mod candidates;
mod dead_end;
mod liveness;
mod sources;
mod verdicts;
mod working_key;

use candidates::{Candidate, Index, Role};
use liveness::Live;
use verdicts::Verdicts;

pub use sources::Sources;

/// A path in which every signature was verified (RFC 5280 §6.1).
#[derive(Clone, Debug)]
pub struct CertificationPath {
    /// End entity first; the last one was issued by the anchor. Empty when the end entity is the anchor. A key
    /// without parameters has those of the key above it (RFC 5280 §6.1.4 (e)).
    pub certificates: Vec<Arc<Certificate>>,
    /// The trust anchor.
    pub anchor: Arc<Certificate>,
}

impl CertificationPath {
    /// The certificate whose key signed the one at a place, by RFC 5280 §6.1 its issuer.
    #[must_use]
    pub fn issuer_of(&self, place: usize) -> &Arc<Certificate> {
        self.certificates.get(place + 1).unwrap_or(&self.anchor)
    }

    /// The path of the issuer of the certificate at a place (RFC 5280 §6.1).
    #[must_use]
    pub fn above(&self, place: usize) -> Self {
        Self {
            certificates: self
                .certificates
                .get(place + 1..)
                .unwrap_or_default()
                .to_vec(),
            anchor: Arc::clone(&self.anchor),
        }
    }
}

/// What the search says of a path it found (RFC 4158 §3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Search {
    /// This path is good enough.
    Stop,
    /// Look for another.
    Continue,
}

/// Why no path was found (EN 319 102-1 §5.2.6.4 step 2).
#[derive(Clone, Debug)]
pub struct DeadEnd {
    /// The certificate whose issuer was not found.
    pub certificate: Arc<Certificate>,
    /// A candidate had the right name, but the signature did not verify with its key.
    pub rejected: Option<SignedRejected>,
}

/// To judge one certificate of a path that was found costs as much as to try so many candidates.
const CANDIDATES_A_CERTIFICATE: u64 = 10;

/// Visits paths from the end entity to an anchor, the likeliest first, until one is good enough (RFC 4158 §3.5).
///
/// Every certificate of the issuer's name is a candidate: key identifiers and validity only order them. No path holds
/// two certificates of one name and key (RFC 4158 §2.4.2). A signature is checked once for each distinct key,
/// whatever the number of certificates that hold the key, and certificates from which no names lead to an anchor
/// are left aside once a first attempt failed.
///
/// When no path was visited, gives the dead end that is furthest from the end entity; among those equally far, one
/// at which a signature was refused.
///
/// # Errors
/// A limit, or two implementations disagree: that is not "there is no path". A path that would be too long is
/// [`Limit::PathLength`] only if no other was good enough.
///
/// # Limits
/// One name comparison for each certificate of the request and each candidate that is ranked, one path candidate for
/// each that is tried, ten for each certificate of a path that is visited, one signature check for each pair of a
/// certificate and a key.
pub fn search<'a>(
    end_entity: &'a Arc<Certificate>,
    sources: Sources<'a>,
    budget: &mut Budget,
    visit: &mut dyn FnMut(CertificationPath, &mut Budget) -> Result<Search, Error>,
) -> Result<Option<DeadEnd>, Error> {
    let mut walk = Walk {
        index: Index::new(sources, budget)?,
        verdicts: Verdicts::new(sources.verification),
        live: Live::new(end_entity),
        visit,
        found: false,
        is_cut: false,
    };
    let is_end_entity = |anchor: &&Arc<Certificate>| anchor.octets == end_entity.octets;
    if let Some(anchor) = sources.anchors.iter().find(is_end_entity)
        && walk.arrive(&[], anchor, budget)? == Search::Stop
    {
        return Ok(None);
    }
    let bound = u64::from(budget.limits().path_length);
    Budget::at_most(1, bound, Limit::PathLength)?;
    if walk.extend(&mut vec![end_entity], budget)? == Search::Stop {
        return Ok(None);
    }
    if walk.is_cut {
        Budget::at_most(bound.saturating_add(1), bound, Limit::PathLength)?;
    }
    if walk.found {
        return Ok(None);
    }
    dead_end::furthest(end_entity, &mut walk.index, &mut walk.verdicts, budget).map(Some)
}

struct Walk<'a, 'v> {
    index: Index<'a>,
    verdicts: Verdicts<'a>,
    live: Live<'a>,
    visit: &'v mut dyn FnMut(CertificationPath, &mut Budget) -> Result<Search, Error>,
    found: bool,
    /// A path that may have led to an anchor was given up because of its length.
    is_cut: bool,
}

impl<'a> Walk<'a, '_> {
    /// Tries every issuer of the last certificate: those named octet for octet, then those named in another encoding.
    fn extend(
        &mut self,
        path: &mut Vec<&'a Arc<Certificate>>,
        budget: &mut Budget,
    ) -> Result<Search, Error> {
        let Some(last) = path.last().copied() else {
            return Ok(Search::Continue);
        };
        let mut candidates = self.index.exact(&last.issuer);
        for is_last_turn in [false, true] {
            self.index.rank(&mut candidates, last, budget)?;
            for candidate in candidates {
                if self.attempt(path, last, candidate, budget)? == Search::Stop {
                    return Ok(Search::Stop);
                }
            }
            if is_last_turn {
                break;
            }
            candidates = self.index.others(&last.issuer, budget)?.to_vec();
        }
        self.live.note_failure();
        Ok(Search::Continue)
    }

    fn attempt(
        &mut self,
        path: &mut Vec<&'a Arc<Certificate>>,
        last: &'a Arc<Certificate>,
        candidate: Candidate<'a>,
        budget: &mut Budget,
    ) -> Result<Search, Error> {
        let Candidate { certificate, role } = candidate;
        if is_loop(path, candidate)
            || role == Role::Intermediate
                && !self.live.leads_on(certificate, &mut self.index, budget)?
        {
            return Ok(Search::Continue);
        }
        budget.spend_path_candidate()?;
        // What a key without parameters signed is checked on arrival, when they are known.
        let is_open = role == Role::Intermediate && certificate.spki.inherits_parameters();
        if !is_open && self.verdicts.verify(last, certificate, budget)?.is_err() {
            self.live.note_failure();
            return Ok(Search::Continue);
        }
        if role == Role::Anchor {
            return self.arrive(path, certificate, budget);
        }
        if path.len() as u64 >= u64::from(budget.limits().path_length) {
            self.live.note_failure();
            self.is_cut |= self.live.leads_on(certificate, &mut self.index, budget)?;
            return Ok(Search::Continue);
        }
        path.push(certificate);
        let search = self.extend(path, budget)?;
        path.pop();
        Ok(search)
    }

    fn arrive(
        &mut self,
        path: &[&Arc<Certificate>],
        anchor: &Arc<Certificate>,
        budget: &mut Budget,
    ) -> Result<Search, Error> {
        let verification = self.verdicts.verification();
        let Some(certificates) = working_key::resolve(path, anchor, verification, budget)? else {
            self.live.note_failure();
            return Ok(Search::Continue);
        };
        self.found = true;
        budget.spend_path_candidates(CANDIDATES_A_CERTIFICATE * (path.len() as u64).max(1))?;
        let found = CertificationPath {
            certificates,
            anchor: Arc::clone(anchor),
        };
        let search = (self.visit)(found, budget)?;
        if search == Search::Continue {
            self.live.note_failure();
        }
        Ok(search)
    }
}

/// A certificate with the name and key of one before it adds nothing to a path but length (RFC 4158 §2.4.2). An
/// anchor may share them with an end entity that is another certificate of the anchor.
fn is_loop(path: &[&Arc<Certificate>], candidate: Candidate<'_>) -> bool {
    let issuer = candidate.certificate;
    let mut before = path.iter();
    if candidate.role == Role::Anchor
        && before
            .next()
            .is_some_and(|first| first.octets == issuer.octets)
    {
        return true;
    }
    before.any(|seen| is_same_entity(seen, issuer))
}

fn is_same_entity(left: &Certificate, right: &Certificate) -> bool {
    left.subject.octets == right.subject.octets && left.spki.octets == right.spki.octets
}
