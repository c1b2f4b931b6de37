//! Who may have issued a certificate, and in which order they are tried (RFC 4158 §3.5).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::x509::certificate::{Certificate, significant};
use crate::x509::extension::general_name::GeneralName;
use crate::x509::name::Name;
use crate::x509::name_match::PreparedName;

use super::sources::Sources;

/// A certificate of the right name.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) certificate: &'a Arc<Certificate>,
    pub(super) role: Role,
}

/// The order is that in which roles are tried.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Role {
    /// A trust anchor: the path ends.
    Anchor,
    /// The path goes on.
    Intermediate,
}

/// The sources of one search, each certificate once in each role.
///
/// Certificates of the request are indexed by the octets of their subject at once. Their names are prepared when
/// somebody first asks for a name that may be encoded in another way: most searches never do.
pub(super) struct Index<'a> {
    sources: Sources<'a>,
    candidates: Vec<Candidate<'a>>,
    by_subject: BTreeMap<&'a [u8], Vec<usize>>,
    prepared: Option<BTreeMap<PreparedName, Vec<usize>>>,
    /// By the octets of a name, those whose subject is that name in another encoding.
    others: BTreeMap<&'a [u8], Rc<[Candidate<'a>]>>,
    /// Of the roles that a certificate has, to take none twice from the pool.
    seen: BTreeSet<(Role, &'a [u8])>,
}

impl<'a> Index<'a> {
    pub(super) fn new(sources: Sources<'a>, budget: &mut Budget) -> Result<Self, Error> {
        let mut index = Self {
            sources,
            candidates: Vec::new(),
            by_subject: BTreeMap::new(),
            prepared: None,
            others: BTreeMap::new(),
            seen: BTreeSet::new(),
        };
        budget.spend_name_comparisons(
            (sources.anchors.len() as u64).saturating_add(sources.intermediates.len() as u64),
        )?;
        let roles = [
            (Role::Anchor, sources.anchors),
            (Role::Intermediate, sources.intermediates),
        ];
        for (role, certificates) in roles {
            for certificate in certificates {
                if index.seen.insert((role, &certificate.octets)) {
                    let place = index.candidates.len();
                    let of_subject = index.by_subject.entry(&certificate.subject.octets);
                    of_subject.or_default().push(place);
                    index.candidates.push(Candidate { certificate, role });
                }
            }
        }
        Ok(index)
    }

    /// Those whose subject has the very octets of the name.
    pub(super) fn exact(&self, name: &Name) -> Vec<Candidate<'a>> {
        let places = self.by_subject.get(&*name.octets);
        let pool = self.sources.pool.map(|pool| pool.of_subject_octets(name));
        self.list(places, pool.into_iter().flatten())
    }

    /// Those whose subject is the name in another encoding.
    pub(super) fn others(
        &mut self,
        name: &'a Name,
        budget: &mut Budget,
    ) -> Result<Rc<[Candidate<'a>]>, Error> {
        if let Some(known) = self.others.get(&*name.octets) {
            return Ok(Rc::clone(known));
        }
        let prepared = PreparedName::new(name, budget)?;
        let places = self.prepared(budget)?.get(&prepared).cloned();
        let pool = self.sources.pool.map(|pool| pool.of_subject(&prepared));
        let mut list = self.list(places.as_ref(), pool.into_iter().flatten());
        list.retain(|candidate| candidate.certificate.subject.octets != name.octets);
        let list = Rc::from(list);
        self.others.insert(&name.octets, Rc::clone(&list));
        Ok(list)
    }

    fn list(
        &self,
        places: Option<&Vec<usize>>,
        pool: impl Iterator<Item = &'a Arc<Certificate>>,
    ) -> Vec<Candidate<'a>> {
        let places = places.map(Vec::as_slice).unwrap_or_default();
        let own = places
            .iter()
            .filter_map(|place| self.candidates.get(*place).copied());
        let role = Role::Intermediate;
        let pooled = pool
            .filter(|certificate| !self.seen.contains(&(role, &*certificate.octets)))
            .map(|certificate| Candidate { certificate, role });
        own.chain(pooled).collect()
    }

    fn prepared(
        &mut self,
        budget: &mut Budget,
    ) -> Result<&BTreeMap<PreparedName, Vec<usize>>, Error> {
        if self.prepared.is_none() {
            let mut prepared: BTreeMap<PreparedName, Vec<usize>> = BTreeMap::new();
            for places in self.by_subject.values() {
                let first = places.first().and_then(|place| self.candidates.get(*place));
                if let Some(first) = first {
                    let name = first.certificate.prepared_subject(budget)?.clone();
                    prepared.entry(name).or_default().extend(places);
                }
            }
            self.prepared = Some(prepared);
        }
        Ok(self.prepared.get_or_insert_default())
    }

    /// Puts those first that are likely to be the right ones. Nothing here excludes one: identifiers may be wrong,
    /// and what makes a candidate useless is found by validation.
    ///
    /// In this order: the stored key identifier is the one asked for (it is never computed: authorities compute it
    /// in three ways); issuer and serial number are those asked for; anchors; it is an authority that may sign
    /// certificates; it is valid at the time asked for; it was issued last.
    ///
    /// # Limits
    /// One name comparison for each.
    pub(super) fn rank(
        &self,
        candidates: &mut [Candidate<'a>],
        subject: &Certificate,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        if candidates.len() < 2 {
            return Ok(());
        }
        budget.spend_name_comparisons(candidates.len() as u64)?;
        let at = self.sources.at;
        candidates.sort_by_cached_key(|Candidate { certificate, role }| {
            (
                key_identifier(certificate, subject),
                issuer_and_serial(certificate, subject),
                *role,
                !may_sign(certificate),
                at.is_some_and(|at| !is_valid_at(certificate, at)),
                std::cmp::Reverse(certificate.not_before),
            )
        });
        Ok(())
    }
}

/// How well a hint fits.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Hint {
    Fits,
    /// One of both does not say.
    Silent,
    Differs,
}

impl Hint {
    fn of(fits: Option<bool>) -> Self {
        match fits {
            Some(true) => Self::Fits,
            None => Self::Silent,
            Some(false) => Self::Differs,
        }
    }
}

/// The stored key identifiers (RFC 5280 §4.2.1.1, §4.2.1.2).
pub(super) fn key_identifier(issuer: &Certificate, subject: &Certificate) -> Hint {
    let wanted = subject.extensions.authority_key_identifier.as_ref();
    let wanted = wanted.and_then(|identifier| identifier.key_identifier.as_ref());
    let stored = issuer.extensions.subject_key_identifier.as_ref();
    Hint::of(
        wanted
            .zip(stored)
            .map(|(wanted, stored)| **wanted == **stored),
    )
}

/// authorityCertIssuer and authorityCertSerialNumber (RFC 5280 §4.2.1.1). Names are compared by octets: it is a hint.
fn issuer_and_serial(issuer: &Certificate, subject: &Certificate) -> Hint {
    let Some(wanted) = &subject.extensions.authority_key_identifier else {
        return Hint::Silent;
    };
    let Some(serial) = &wanted.serial else {
        return Hint::Silent;
    };
    if significant(serial) != significant(&issuer.serial) {
        return Hint::Differs;
    }
    let mut names = wanted.issuer.iter().filter_map(|name| match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    });
    let named = names.any(|name| name.octets == issuer.issuer.octets);
    Hint::of((named || wanted.issuer.is_empty()).then_some(true))
}

fn may_sign(certificate: &Certificate) -> bool {
    let extensions = &certificate.extensions;
    let is_authority = match extensions.basic_constraints {
        Some(basic) => basic.ca,
        None => certificate.version < 3,
    };
    is_authority
        && extensions
            .key_usage
            .is_none_or(|usage| usage.key_cert_sign())
}

fn is_valid_at(certificate: &Certificate, at: UnixTime) -> bool {
    (certificate.not_before..=certificate.not_after).contains(&at)
}
