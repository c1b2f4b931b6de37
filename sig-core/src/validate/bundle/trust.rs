//! The trust that a judgement rested on.

use crate::base::error::Error;
use crate::base::limits::Limits;
use crate::base::time::UnixTime;
use crate::report::bundle::{Bundle, BundleRejected, ListForm, Part, Role, TrustForm};
use crate::trust::mintsifry_list::ListLimits;
use crate::trust::snapshot::{StoredRefused, TrustSnapshot};

use super::super::Validator;
use super::super::evidence::Evidence;
use super::crls::{self, Kept};
use super::material::Reading;
use super::take::one;
use super::{Trusting, part};

/// The extract of a snapshot: what of it is met when the evidence is judged.
pub(super) fn extract(
    trust: &TrustSnapshot,
    validator: &Validator,
    evidence: &Evidence,
    at: UnixTime,
) -> Result<TrustSnapshot, Error> {
    let (recording, met) = trust.recording();
    let mut again = evidence.clone();
    again.material.trust = Some(recording.into());
    again.material.authorities = None;
    validator.validate(again, at)?;
    trust.extract(&met, validator.algorithms)
}

/// The extract, and the revocation lists that were offered with the snapshot.
pub(super) fn put(
    trust: &TrustSnapshot,
    extract: &TrustSnapshot,
    kept: &Kept,
    limits: Limits,
    parts: &mut Vec<Part>,
) -> TrustForm {
    parts.push(part(Role::TrustExtract, extract.to_extract()));
    crls::put(trust.offered_crls(), kept, limits, crls::WITH_TRUST, parts);
    form(trust)
}

fn form(trust: &TrustSnapshot) -> TrustForm {
    let lists = trust.editions().iter().map(|edition| ListForm {
        version: edition.version(),
        issued_at: edition.issued_at().to_string(),
        sha256: edition.digest().to_owned(),
        signer: edition.signer().sha256(),
    });
    TrustForm {
        id: trust.id().to_owned(),
        digest: trust.digest().to_owned(),
        lists: lists.collect(),
    }
}

/// The snapshot that the extract makes; every signature in it is checked anew.
pub(super) fn take(
    bundle: &Bundle,
    trusting: Trusting<'_>,
    validator: &Validator,
) -> Result<Option<TrustSnapshot>, BundleRejected> {
    let Some(stated) = &bundle.judgement().trust else {
        return Ok(None);
    };
    let octets = one(bundle, Role::TrustExtract)?;
    let unusable = || BundleRejected::Unusable(Role::TrustExtract.word());
    let limits = ListLimits {
        certificate: validator.limits,
        ..ListLimits::STANDARD
    };
    let snapshot = TrustSnapshot::from_extract(octets, validator.algorithms, limits).map_err(
        |why| match why {
            StoredRefused::TooLarge => BundleRejected::TooMuch(Role::TrustExtract.word()),
            StoredRefused::BackEndsDisagree(disagreement) => Error::from(disagreement).into(),
            _ => unusable(),
        },
    )?;
    if form(&snapshot) != *stated {
        return Err(unusable());
    }
    let snapshot = match trusting {
        Trusting::Extract => snapshot,
        Trusting::Lists(lists) => snapshot
            .whole(lists, validator.algorithms, limits)
            .map_err(BundleRejected::Extract)?,
    };
    let reading = Reading { bundle, validator };
    let crls = crls::take(&reading, crls::WITH_TRUST)?;
    let snapshot = snapshot.with_crls(crls, validator.algorithms)?;
    Ok(Some(snapshot))
}
