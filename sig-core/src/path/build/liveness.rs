//! From which names others lead to an anchor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;

use super::candidates::{Index, Role};

/// The names from which a chain of names ends at an anchor. Signatures are not looked at, so the others lead nowhere
/// for certain.
///
/// It is found out when something failed: a search whose first attempt succeeds never needs it.
pub(super) struct Live<'a> {
    end_entity: &'a Arc<Certificate>,
    is_wanted: bool,
    names: Option<BTreeSet<&'a [u8]>>,
}

impl<'a> Live<'a> {
    pub(super) const fn new(end_entity: &'a Arc<Certificate>) -> Self {
        Self {
            end_entity,
            is_wanted: false,
            names: None,
        }
    }

    pub(super) const fn note_failure(&mut self) {
        self.is_wanted = true;
    }

    /// Whether names lead from the issuer of a certificate to an anchor, as far as is known.
    ///
    /// # Limits
    /// Once in a search, one name comparison for each certificate that names lead to.
    pub(super) fn leads_on(
        &mut self,
        certificate: &'a Arc<Certificate>,
        index: &mut Index<'a>,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        if !self.is_wanted {
            return Ok(true);
        }
        let names = match self.names.take() {
            Some(names) => names,
            None => live_names(&self.end_entity.issuer, index, budget)?,
        };
        let leads_on = names.contains(&*certificate.issuer.octets);
        self.names = Some(names);
        Ok(leads_on)
    }
}

fn live_names<'a>(
    start: &'a Name,
    index: &mut Index<'a>,
    budget: &mut Budget,
) -> Result<BTreeSet<&'a [u8]>, Error> {
    let mut reached = BTreeSet::from([&*start.octets]);
    let mut pending = vec![start];
    // From a name to those whose candidates it issued.
    let mut issued: BTreeMap<&[u8], Vec<&'a [u8]>> = BTreeMap::new();
    let mut live = BTreeSet::new();
    while let Some(name) = pending.pop() {
        let exact = index.exact(name);
        let others = index.others(name, budget)?;
        budget.spend_name_comparisons((exact.len() + others.len()) as u64)?;
        for candidate in exact.iter().chain(others.iter()) {
            if candidate.role == Role::Anchor {
                live.insert(&*name.octets);
                continue;
            }
            let issuer = &candidate.certificate.issuer;
            let below = issued.entry(&issuer.octets).or_default();
            if below.last() != Some(&&*name.octets) {
                below.push(&name.octets);
            }
            if reached.insert(&issuer.octets) {
                pending.push(issuer);
            }
        }
    }
    let mut pending: Vec<&[u8]> = live.iter().copied().collect();
    while let Some(name) = pending.pop() {
        for below in issued.get(name).into_iter().flatten() {
            if live.insert(*below) {
                pending.push(below);
            }
        }
    }
    Ok(live)
}
