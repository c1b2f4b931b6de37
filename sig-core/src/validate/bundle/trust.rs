//! The trust that a judgement rested on.

use crate::base::time::UnixTime;
use crate::report::bundle::{Bundle, BundleRejected, ListForm, Part, Role, TrustForm};
use crate::trust::mintsifry_list::ListLimits;
use crate::trust::snapshot::TrustSnapshot;
use crate::x509::crl::CertificateList;

use super::super::Validator;
use super::super::evidence::Evidence;
use super::material::Reading;
use super::take::one;
use super::{NotBundled, Trusting, part};

/// The extract of a snapshot: what of it is met when the evidence is judged, and the revocation lists that were offered
/// with it.
pub(super) fn put(
    validator: &Validator,
    evidence: &Evidence,
    at: UnixTime,
    parts: &mut Vec<Part>,
) -> Result<Option<TrustForm>, NotBundled> {
    let Some(trust) = &evidence.material.trust else {
        return Ok(None);
    };
    let (recording, met) = trust.recording();
    let mut again = evidence.clone();
    again.material.trust = Some(recording.into());
    again.material.authorities = None;
    validator.validate(again, at)?;
    let extract = trust.extract(&met, validator.algorithms)?;
    parts.push(part(Role::TrustExtract, extract.to_stored()));
    let offered = trust.offered_crls();
    parts.extend(offered.map(|crl| part(Role::TrustCrl, crl.octets.clone())));
    Ok(Some(form(trust)))
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
    let snapshot = TrustSnapshot::from_extract(octets, validator.algorithms, limits)
        .map_err(|_| unusable())?;
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
    let crls = reading.of(Role::TrustCrl, CertificateList::from_der)?;
    let snapshot = snapshot.with_crls(crls, validator.algorithms)?;
    Ok(Some(snapshot))
}
