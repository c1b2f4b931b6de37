//! European trusted lists: they are kept whole, as they were signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::error::Error;
use crate::report::bundle::{Bundle, BundleRejected, Role};
use crate::trust::etsi_list::EtsiSnapshot;
use crate::trust::mintsifry_list::ListLimits;
use crate::trust::snapshot::{OwnFile, StoredRefused};
use crate::x509::certificate::Certificate;

use super::super::Validator;
use super::super::evidence::Material;

/// The anchors without those that the lists give again, in the same place; else all.
pub(super) fn own_anchors(material: &Material) -> &[Arc<Certificate>] {
    let all = material.anchors.as_slice();
    let Some(lists) = &material.trusted_lists else {
        return all;
    };
    let listed: BTreeSet<&[u8]> = lists.anchors().iter().map(|it| &*it.octets).collect();
    let is_listed = |anchor: &Arc<Certificate>| listed.contains(&*anchor.octets);
    let count = all.iter().take_while(|anchor| !is_listed(anchor)).count();
    let (own, given) = all.split_at_checked(count).unwrap_or((all, &[]));
    let given = given.iter().map(|anchor| &anchor.octets);
    if given.eq(lists.anchors().iter().map(|anchor| &anchor.octets)) {
        own
    } else {
        all
    }
}

/// The lists, whose signatures are verified again.
pub(super) fn take(
    bundle: &Bundle,
    validator: &Validator,
) -> Result<Option<EtsiSnapshot>, BundleRejected> {
    if bundle.of_role(Role::TrustedLists).next().is_none() {
        return Ok(None);
    }
    let unusable = BundleRejected::Unusable(Role::TrustedLists.word());
    let octets = bundle.one(Role::TrustedLists).ok_or(unusable.clone())?;
    let limits = ListLimits {
        certificate: validator.limits,
        ..ListLimits::STANDARD
    };
    // Nothing in this form is believed but who may sign, which is said by the bundle as its anchors are.
    let file = OwnFile::vouched(octets.clone());
    match EtsiSnapshot::from_stored(&file, validator.algorithms, &limits) {
        Ok(lists) => Ok(Some(lists)),
        Err(StoredRefused::BackEndsDisagree(disagreement)) => Err(Error::from(disagreement).into()),
        Err(_) => Err(unusable),
    }
}
