//! European trusted lists: of each that was met, what it says of the services that matter, and who signed it; or the lists
//! as they were signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::error::Error;
use crate::cms::bundle::unwrap_text;
use crate::der::octets::Octets;
use crate::report::bundle::{
    Bundle, BundleRejected, Part, Role, TrustedListForm, TrustedListsForm,
};
use crate::trust::etsi_list::EtsiSnapshot;
use crate::trust::mintsifry_list::ListLimits;
use crate::trust::snapshot::{ListSignature, OwnFile, StoredRefused, TrustSnapshot};
use crate::x509::certificate::{Certificate, sha256_hex};

use super::super::Validator;
use super::super::evidence::{Evidence, Material, Source};
use super::object::Object;
use super::{Trusting, part};

/// What becomes of the lists.
#[derive(Clone, Copy)]
pub(super) enum Lists {
    /// What was met of them is kept.
    Extract,
    /// They are kept as they were signed.
    Whole,
}

/// The anchors without those that the lists give again, in the same place; else all.
pub(super) fn own_anchors(material: &Material) -> &[Arc<Certificate>] {
    let all = material.anchors.as_slice();
    let Some(lists) = &material.trusted_lists else {
        return all;
    };
    let listed: BTreeSet<&[u8]> = lists.anchors().iter().map(|it| &*it.octets).collect();
    // Of the listed ones those follow that do not stand before.
    let mut before: BTreeSet<&[u8]> = BTreeSet::new();
    for count in 0..=all.len() {
        let (own, given) = all.split_at_checked(count).unwrap_or((all, &[]));
        if given.len() + before.len() == listed.len() {
            let new = lists.anchors().iter().map(|it| &it.octets);
            let new = new.filter(|it| !before.contains(&***it));
            if given.iter().map(|anchor| &anchor.octets).eq(new) {
                return own;
            }
        }
        let next = given.first().map(|anchor| &*anchor.octets);
        before.extend(next.filter(|it| listed.contains(it)));
    }
    all
}

/// The anchors, of those that lists give the ones that an extract has.
pub(super) fn met_anchors(
    material: &Material,
    extract: Option<&EtsiSnapshot>,
) -> Vec<Arc<Certificate>> {
    let (Some(extract), Some(whole)) = (extract, &material.trusted_lists) else {
        return material.anchors.clone();
    };
    let listed: BTreeSet<&[u8]> = whole.anchors().iter().map(|it| &*it.octets).collect();
    let met = extract.anchors().iter();
    let met = met.filter(|anchor| listed.contains(&*anchor.octets));
    own_anchors(material).iter().chain(met).cloned().collect()
}

/// Which names of subjects and issuers of listed anchors stand in what was judged or offered, octet for octet.
///
/// # Limits
/// One look-up for each SEQUENCE that is no longer than the longest name.
pub(super) fn named(
    object: Object<'_>,
    trust: Option<&TrustSnapshot>,
    lists: &EtsiSnapshot,
) -> BTreeSet<Vec<u8>> {
    let names = lists.anchors().iter();
    let names = names.flat_map(|anchor| [&*anchor.subject.octets, &*anchor.issuer.octets]);
    let names: BTreeSet<&[u8]> = names.collect();
    let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let mut found = BTreeSet::new();
    let mut scan = |octets: &[u8]| {
        for (at, _) in octets.iter().enumerate().filter(|(_, it)| **it == 0x30) {
            let element = octets.get(at..).and_then(|rest| element(rest, longest));
            if let Some(name) = element.filter(|name| names.contains(name)) {
                found.insert(name.to_vec());
            }
        }
    };
    match object {
        Object::Signature(evidence) => {
            for octets in judged(evidence) {
                scan(&octets);
            }
        }
        Object::Certificate(judged) => scan(&judged.certificate.octets),
    }
    let material = object.material();
    let met = trust.map(TrustSnapshot::certificates).unwrap_or_default();
    let certificates = own_anchors(material).iter().chain(&material.certificates);
    for certificate in certificates.chain(met) {
        scan(&certificate.octets);
    }
    for answer in &material.ocsp {
        scan(&answer.octets);
    }
    for crl in &material.crls {
        scan(&crl.issuer.octets);
    }
    found
}

/// The octets of a signature file, without its text form and without what of it passed by.
fn judged(evidence: &Evidence) -> Vec<Octets> {
    let mut all = evidence.records.beside.clone();
    match &evidence.source {
        Source::File(file) => all.extend(unwrap_text(file).unwrap_or_default()),
        Source::Stream { object, .. } => {
            if let Ok(object) = object {
                match object.holed() {
                    None => all.push(object.clone()),
                    Some(holed) => {
                        all.extend(
                            [&holed.head, &holed.tail].map(|it| Octets::from(it.as_slice())),
                        );
                    }
                }
            }
        }
    }
    all
}

/// The element of definite length that octets begin with, if it is no longer than `longest`.
fn element(octets: &[u8], longest: usize) -> Option<&[u8]> {
    let (head, length) = match *octets {
        [_, length @ ..=0x7f, ..] => (2, usize::from(length)),
        [_, 0x81, length, ..] => (3, usize::from(length)),
        [_, 0x82, high, low, ..] => (4, usize::from(high) << 8 | usize::from(low)),
        _ => return None,
    };
    let total = head + length;
    octets.get(..total).filter(|_| total <= longest)
}

pub(super) fn put(
    whole: &EtsiSnapshot,
    extract: Option<&EtsiSnapshot>,
    lists: Lists,
    parts: &mut Vec<Part>,
) -> TrustedListsForm {
    parts.push(match (lists, extract) {
        (Lists::Extract, Some(extract)) => part(Role::TrustedListsExtract, extract.to_extract()),
        _ => part(Role::TrustedLists, whole.to_stored()),
    });
    form(whole)
}

fn form(lists: &EtsiSnapshot) -> TrustedListsForm {
    let editions = lists.editions().iter().map(|edition| {
        let header = &edition.list().header;
        TrustedListForm {
            territory: header.territory.clone(),
            number: header.sequence_number,
            issued_at: header.issued_at.to_string(),
            sha256: edition.digest().to_owned(),
            signer: sha256_hex(edition.signer()),
        }
    });
    TrustedListsForm {
        id: lists.id().to_owned(),
        digest: lists.digest().to_owned(),
        lists: editions.collect(),
    }
}

/// The lists, or what is kept of them; the signatures are verified again.
pub(super) fn take(
    bundle: &Bundle,
    trusting: Trusting<'_>,
    validator: &Validator,
    signatures: &mut Vec<ListSignature>,
) -> Result<Option<EtsiSnapshot>, BundleRejected> {
    let Some(stated) = &bundle.judgement().trusted_lists else {
        return Ok(None);
    };
    let limits = ListLimits {
        certificate: validator.limits,
        ..ListLimits::STANDARD
    };
    let algorithms = validator.algorithms;
    let (role, read) = match (
        bundle.one(Role::TrustedListsExtract),
        bundle.one(Role::TrustedLists),
    ) {
        (Some(octets), None) => (
            Role::TrustedListsExtract,
            EtsiSnapshot::from_extract(octets, algorithms, limits.certificate),
        ),
        // Nothing in this form is believed but who may sign, which is said by the bundle as its anchors are.
        (None, Some(octets)) => (
            Role::TrustedLists,
            EtsiSnapshot::from_stored(&OwnFile::vouched(octets.clone()), algorithms, &limits),
        ),
        _ => return Err(BundleRejected::Unusable(Role::TrustedLists.word())),
    };
    let lists = read.map_err(|why| match why {
        StoredRefused::TooLarge | StoredRefused::TooMuch(_) => BundleRejected::TooMuch(role.word()),
        StoredRefused::BackEndsDisagree(disagreement) => Error::from(disagreement).into(),
        _ => BundleRejected::Unusable(role.word()),
    })?;
    if form(&lists) != *stated {
        return Err(BundleRejected::Unusable(role.word()));
    }
    signatures.extend(lists.signatures());
    match trusting {
        Trusting::Extract => Ok(Some(lists)),
        Trusting::Lists(given) => {
            let whole = lists.whole(given, algorithms, &limits);
            whole.map(Some).map_err(BundleRejected::TrustedLists)
        }
    }
}
