//! The trust that a judgement rested on.

use crate::base::error::Error;
use crate::base::limits::Limits;
use crate::base::time::UnixTime;
use crate::report::bundle::{Bundle, BundleRejected, ListForm, Part, Role, TrustForm};
use crate::trust::etsi_list::EtsiSnapshot;
use crate::trust::mintsifry_list::{ListLimits, ListRejected};
use crate::trust::snapshot::{ListSignature, SnapshotRejected, StoredRefused, TrustSnapshot};

use super::super::Validator;
use super::crls::{self, Kept};
use super::material::Reading;
use super::object::Object;
use super::take::one;
use super::{Trusting, part, trusted_lists};

/// What of the snapshots is met when the object is judged.
#[derive(Default)]
pub(super) struct Extracts {
    pub(super) trust: Option<TrustSnapshot>,
    pub(super) lists: Option<EtsiSnapshot>,
}

pub(super) fn extracts(
    validator: &Validator,
    object: Object<'_>,
    at: UnixTime,
) -> Result<Extracts, Error> {
    let offered = object.material();
    let (trust, lists) = (offered.trust.as_ref(), offered.trusted_lists.as_ref());
    if trust.is_none() && lists.is_none() {
        return Ok(Extracts::default());
    }
    let mut material = offered.clone();
    let met = trust.map(|trust| {
        let (recording, met) = trust.recording();
        // Nobody looks the target up, whose signature the snapshot may know.
        if let Object::Certificate(judged) = object {
            let pool = recording.authorities().pool();
            let _ = pool.of_octets(&judged.certificate.octets);
        }
        material.trust = Some(recording.into());
        material.authorities = None;
        met
    });
    let met_lists = lists.map(|lists| {
        let (recording, met) = lists.recording();
        material.trusted_lists = Some(recording.into());
        met
    });
    object.with_material(material).judge(validator, at)?;
    let extract = trust.zip(met);
    let extract = extract.map(|(trust, met)| trust.extract(&met, validator.algorithms));
    let trust = extract.transpose()?;
    let extract = lists.zip(met_lists).and_then(|(lists, met)| {
        let named = trusted_lists::named(object, trust.as_ref(), lists);
        let extract = lists.extract(&met, |name| named.contains(name));
        // What a signature names by an identifier takes the list to be seen.
        extract.filter(|extract| {
            let mut editions = extract.editions().iter();
            editions.all(|edition| edition.proof().is_of_whole_document())
        })
    });
    Ok(Extracts {
        trust,
        lists: extract,
    })
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
    signatures: &mut Vec<ListSignature>,
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
            StoredRefused::TooLarge | StoredRefused::TooMuch(_) => {
                BundleRejected::TooMuch(Role::TrustExtract.word())
            }
            StoredRefused::BackEndsDisagree(disagreement) => Error::from(disagreement).into(),
            _ => unusable(),
        },
    )?;
    if form(&snapshot) != *stated {
        return Err(unusable());
    }
    let signed = snapshot.signatures(validator.algorithms, &limits);
    signatures.extend(signed.map_err(|why| match why {
        SnapshotRejected::List(ListRejected::BackEndsDisagree(disagreement)) => {
            Error::from(disagreement).into()
        }
        _ => unusable(),
    })?);
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
