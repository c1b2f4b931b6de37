//! The trust that new requests are judged by, a material for each kind of verdict.

use std::sync::Arc;

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
    /// The same and European lists.
    european: Arc<Material>,
}

impl Live {
    pub(super) fn new(accredited: Material, lists: Option<Arc<EtsiSnapshot>>) -> Self {
        let accredited = Arc::new(accredited);
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
            european,
        }
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
