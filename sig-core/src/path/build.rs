//! Finding paths from a certificate to a trust anchor (RFC 4158, EN 319 102-1 §5.2.6.4 step 2).

use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::base::error::{Error, Limit};
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;
use crate::x509::name_match;
use crate::x509::signed::SignedRejected;

/// A path in which every signature was verified (RFC 5280 §6.1).
#[derive(Clone, Debug)]
pub struct CertificationPath {
    /// End entity first; the last one was issued by the anchor. Empty when the end entity is the anchor.
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

/// Where paths are looked for (RFC 4158 §2.4).
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// Certificates that are trusted because the caller says so.
    pub anchors: &'a [Arc<Certificate>],
    /// Certificates that may stand between.
    pub intermediates: &'a [Arc<Certificate>],
    /// What verifies signatures.
    pub verification: Verification<'a>,
}

impl<'a> Sources<'a> {
    /// The same, with other anchors: those who sign revocation information must lead to the anchor of the
    /// certificate (RFC 5280 §6.3.3 (f)).
    #[must_use]
    pub const fn with_anchors(self, anchors: &'a [Arc<Certificate>]) -> Self {
        Self { anchors, ..self }
    }

    /// Every certificate of this subject, anchors first (RFC 5280 §6.1.3 (a)(4)).
    ///
    /// # Errors
    /// The limit on name comparisons.
    ///
    /// # Limits
    /// One name comparison for each certificate looked at.
    pub fn named(
        &self,
        subject: &Name,
        budget: &mut Budget,
    ) -> Result<Vec<Arc<Certificate>>, Error> {
        let mut named = Vec::new();
        for certificate in self.anchors.iter().chain(self.intermediates) {
            if name_match::matches(&certificate.subject, subject, budget)? {
                named.push(Arc::clone(certificate));
            }
        }
        Ok(named)
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

/// Visits paths from the end entity to an anchor, anchors before intermediates, candidates whose key
/// identifier fits before the others (RFC 4158 §3.5).
///
/// Gives the furthest dead end when no path was visited.
///
/// # Errors
/// A limit, or two implementations disagree: that is not "there is no path".
///
/// # Limits
/// One name comparison for each certificate looked at, one path candidate and one signature check for each
/// whose name fits.
pub fn search(
    end_entity: &Arc<Certificate>,
    sources: Sources<'_>,
    budget: &mut Budget,
    visit: &mut dyn FnMut(CertificationPath, &mut Budget) -> Result<Search, Error>,
) -> Result<Option<DeadEnd>, Error> {
    if let Some(anchor) = sources
        .anchors
        .iter()
        .find(|a| a.octets == end_entity.octets)
    {
        visit(
            CertificationPath {
                certificates: Vec::new(),
                anchor: Arc::clone(anchor),
            },
            budget,
        )?;
        return Ok(None);
    }
    let mut walk = Walk {
        sources,
        visit,
        dead_end: None,
        found: false,
    };
    let mut path = vec![Arc::clone(end_entity)];
    walk.extend(&mut path, budget)?;
    Ok(if walk.found {
        None
    } else {
        walk.dead_end.map(|(_, dead_end)| dead_end)
    })
}

struct Walk<'a, 'v> {
    sources: Sources<'a>,
    visit: &'v mut dyn FnMut(CertificationPath, &mut Budget) -> Result<Search, Error>,
    dead_end: Option<(usize, DeadEnd)>,
    found: bool,
}

impl Walk<'_, '_> {
    fn extend(
        &mut self,
        path: &mut Vec<Arc<Certificate>>,
        budget: &mut Budget,
    ) -> Result<Search, Error> {
        let Some(last) = path.last().map(Arc::clone) else {
            return Ok(Search::Continue);
        };
        let bound = u64::from(budget.limits().path_length);
        Budget::at_most(path.len() as u64, bound, Limit::PathLength)?;
        let mut rejected = None;
        let mut extended = false;
        let anchors = self.candidates(self.sources.anchors, &last, budget)?;
        for anchor in anchors {
            if let Err(why) = last
                .signed
                .verify(&anchor.spki, self.sources.verification, budget)?
            {
                note_rejected(&mut rejected, why, &anchor, &last);
                continue;
            }
            extended = true;
            self.found = true;
            let found = CertificationPath {
                certificates: path.clone(),
                anchor,
            };
            if (self.visit)(found, budget)? == Search::Stop {
                return Ok(Search::Stop);
            }
        }
        let intermediates = self.candidates(self.sources.intermediates, &last, budget)?;
        for issuer in intermediates {
            if path.iter().any(|seen| is_same_entity(seen, &issuer)) {
                continue;
            }
            if let Err(why) = last
                .signed
                .verify(&issuer.spki, self.sources.verification, budget)?
            {
                note_rejected(&mut rejected, why, &issuer, &last);
                continue;
            }
            extended = true;
            path.push(issuer);
            let search = self.extend(path, budget)?;
            path.pop();
            if search == Search::Stop {
                return Ok(Search::Stop);
            }
        }
        let depth = path.len();
        if !extended
            && self
                .dead_end
                .as_ref()
                .is_none_or(|(known, _)| *known < depth)
        {
            self.dead_end = Some((
                depth,
                DeadEnd {
                    certificate: last,
                    rejected,
                },
            ));
        }
        Ok(Search::Continue)
    }

    /// Certificates that carry the issuer's name, those whose key identifier fits first.
    fn candidates(
        &self,
        pool: &[Arc<Certificate>],
        subject: &Certificate,
        budget: &mut Budget,
    ) -> Result<Vec<Arc<Certificate>>, Error> {
        let mut named = Vec::new();
        for candidate in pool {
            if name_match::matches(&candidate.subject, &subject.issuer, budget)? {
                budget.spend_path_candidate()?;
                named.push(Arc::clone(candidate));
            }
        }
        named.sort_by_key(|candidate| !key_identifier_fits(candidate, subject));
        Ok(named)
    }
}

/// A certificate with the same name and key adds nothing to a path but length (RFC 4158 §2.4.2).
fn is_same_entity(left: &Certificate, right: &Certificate) -> bool {
    left.subject.octets == right.subject.octets && left.spki.octets == right.spki.octets
}

/// A candidate of the same name whose key identifier is another one says nothing about the certificate: the
/// right key is just not at hand.
fn note_rejected(
    rejected: &mut Option<SignedRejected>,
    why: SignedRejected,
    issuer: &Certificate,
    subject: &Certificate,
) {
    let wanted = subject.extensions.authority_key_identifier.as_ref();
    let wanted = wanted.and_then(|identifier| identifier.key_identifier.as_ref());
    let other_key = match (wanted, &issuer.extensions.subject_key_identifier) {
        (Some(wanted), Some(identifier)) => wanted != identifier,
        _ => false,
    };
    if !other_key {
        *rejected = Some(why);
    }
}

fn key_identifier_fits(issuer: &Certificate, subject: &Certificate) -> bool {
    let wanted = subject.extensions.authority_key_identifier.as_ref();
    match (
        wanted.and_then(|aki| aki.key_identifier.as_ref()),
        &issuer.extensions.subject_key_identifier,
    ) {
        (Some(wanted), Some(identifier)) => wanted == identifier,
        _ => false,
    }
}
