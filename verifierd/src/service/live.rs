//! The trust that new requests are judged by, a material for each kind of verdict.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::basis::{LiveBasis, Parts};
use sig_core::{
    Material, Policy,
    trust::{etsi_list::EtsiSnapshot, snapshot::TrustSnapshot},
};

/// Replaced as a whole: a request that has begun ends with what it began with.
#[derive(Debug)]
pub(super) struct Live {
    /// Without European lists: their services are anchors, and no policy but that of the Regulation knows how much they
    /// count for. Accounts are confirmed by this one.
    accredited: Arc<Material>,
    /// The same as objects, for what accounts are confirmed by.
    parts: Arc<Parts>,
    /// By the id of the policy, of which there are few.
    bases: Mutex<BTreeMap<String, Arc<LiveBasis>>>,
    /// The same and European lists.
    european: Arc<Material>,
}

impl Live {
    /// One pass of SHA-256 over the material.
    pub(super) fn new(accredited: Material, lists: Option<Arc<EtsiSnapshot>>) -> Self {
        Self::of_parts(Arc::new(Parts::of(Arc::new(accredited))), lists)
    }

    fn of_parts(parts: Arc<Parts>, lists: Option<Arc<EtsiSnapshot>>) -> Self {
        let accredited = Arc::clone(parts.material());
        let european = match lists {
            None => Arc::clone(&accredited),
            Some(lists) => {
                let mut european = Material::clone(&accredited);
                european.trust_lists(lists);
                Arc::new(european)
            }
        };
        Self {
            accredited,
            parts,
            bases: Mutex::default(),
            european,
        }
    }

    /// The same with other European lists.
    pub(super) fn with_lists(&self, lists: Option<Arc<EtsiSnapshot>>) -> Self {
        Self::of_parts(Arc::clone(&self.parts), lists)
    }

    /// The same with the European lists of another.
    pub(super) fn with_lists_of(&self, other: &Self) -> Self {
        self.with_lists(other.lists().cloned())
    }

    /// What a verdict under a policy rests on, if it is kept; made once for each.
    pub(super) fn basis(&self, policy: &Policy) -> Option<Arc<LiveBasis>> {
        if policy.judges_eidas() {
            return None;
        }
        let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(basis) = bases.get(&policy.id) {
            return Some(Arc::clone(basis));
        }
        let basis = Arc::new(LiveBasis::new(Arc::clone(&self.parts), policy)?);
        bases.insert(policy.id.clone(), Arc::clone(&basis));
        Some(basis)
    }

    pub(super) fn of_snapshot(snapshot: TrustSnapshot, lists: Option<Arc<EtsiSnapshot>>) -> Self {
        let accredited = Material {
            anchors: snapshot.authorities().roots().to_vec(),
            trust: Some(Arc::new(snapshot)),
            ..Material::default()
        };
        Self::new(accredited, lists)
    }

    /// What a policy is for.
    pub(super) fn material(&self, policy: &Policy) -> &Arc<Material> {
        if policy.judges_eidas() {
            &self.european
        } else {
            &self.accredited
        }
    }

    pub(super) fn accredited(&self) -> &Material {
        &self.accredited
    }

    pub(super) fn lists(&self) -> Option<&Arc<EtsiSnapshot>> {
        self.european.trusted_lists.as_ref()
    }
}
