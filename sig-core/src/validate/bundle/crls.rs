//! Revocation lists: those of somebody who matters are kept whole. Of the others, which are passed over by their issuer's
//! name alone, that name is kept: whoever has the lists of a whole country offers hundreds for each signature.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::error::{Error, Structure};
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;
use crate::finding::Subject;
use crate::report::bundle::{BundleRejected, Part, Role};
use crate::trust::snapshot::TrustSnapshot;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::name::Name;
use crate::x509::name_match::PreparedName;

use super::super::embedded;
use super::material::Reading;
use super::object::Object;
use super::trust::Extracts;
use super::{part, trusted_lists};

/// Whose revocation lists are kept.
pub(super) enum Kept {
    /// Everybody's.
    All,
    /// Those of these names.
    Of(BTreeSet<PreparedName>),
}

impl Kept {
    /// Those of subjects and issuers of the certificates that were offered, that the message carries, or that were met in
    /// the trust snapshot. Where that cannot be told, all.
    pub(super) fn of(object: Object<'_>, extracts: &Extracts, limits: Limits) -> Self {
        names(object, extracts, limits).map_or(Self::All, Self::Of)
    }

    fn has(&self, crl: &CertificateList, limits: Limits) -> bool {
        let Self::Of(names) = self else {
            return true;
        };
        let name = PreparedName::new(&crl.issuer, &mut Budget::new(limits));
        name.map_or(true, |name| names.contains(&name))
    }
}

fn names(
    object: Object<'_>,
    extracts: &Extracts,
    limits: Limits,
) -> Result<BTreeSet<PreparedName>, Error> {
    let mut material = object.material().clone();
    match object {
        Object::Signature(evidence) => {
            if let Ok(message) = &evidence.message {
                let mut budget = Budget::new(limits);
                let about = Subject::Document;
                embedded::take(message, &about, &mut material, &mut Vec::new(), &mut budget)?;
            }
        }
        Object::Certificate(judged) => {
            material.certificates.push(Arc::clone(judged.certificate));
        }
    }
    let trust = extracts.trust.as_ref();
    let met = trust.map(TrustSnapshot::certificates).unwrap_or_default();
    let anchors = trusted_lists::met_anchors(object.material(), extracts.lists.as_ref());
    let own = anchors.iter().chain(&material.certificates);
    let mut names = BTreeSet::new();
    let both = |certificate: &Arc<Certificate>| {
        [&certificate.subject, &certificate.issuer]
            .map(|name| PreparedName::new(name, &mut Budget::new(limits)))
    };
    for name in own.chain(met).flat_map(both) {
        names.insert(name?);
    }
    Ok(names)
}

/// Names of issuers, at most, whose lists were left out.
const MOST_ISSUERS: usize = 4_096;

/// Where revocation lists stand in a bundle: whole, and by their issuers' names.
#[derive(Clone, Copy)]
pub(super) struct Roles {
    whole: Role,
    issuers: Role,
}

pub(super) const OFFERED: Roles = Roles {
    whole: Role::Crl,
    issuers: Role::CrlIssuers,
};
pub(super) const WITH_TRUST: Roles = Roles {
    whole: Role::TrustCrl,
    issuers: Role::TrustCrlIssuers,
};

pub(super) fn put<'a>(
    crls: impl Iterator<Item = &'a Arc<CertificateList>>,
    kept: &Kept,
    limits: Limits,
    roles: Roles,
    parts: &mut Vec<Part>,
) {
    let mut issuers = Vec::new();
    for crl in crls {
        if kept.has(crl, limits) {
            parts.push(part(roles.whole, crl.octets.clone()));
        } else {
            issuers.extend_from_slice(&crl.issuer.octets);
        }
    }
    if !issuers.is_empty() {
        parts.push(part(roles.issuers, issuers));
    }
}

pub(super) fn take(
    reading: &Reading<'_>,
    roles: Roles,
) -> Result<Vec<Arc<CertificateList>>, BundleRejected> {
    let mut crls = reading.of(roles.whole, CertificateList::from_der)?;
    let limits = reading.validator.limits;
    let unusable = |error| match error {
        Error::Malformed(_) => BundleRejected::Unusable(roles.issuers.word()),
        other => other.into(),
    };
    for part in reading.bundle.of_role(roles.issuers) {
        let mut budget = Budget::new(limits);
        let mut names = Reader::new(&part.octets, Encoding::Der, Structure::Name);
        let mut count = 0_u16;
        while !names.is_empty() {
            count += 1;
            if usize::from(count) > MOST_ISSUERS {
                return Err(BundleRejected::TooMuch(roles.issuers.word()));
            }
            let name = Name::read(&mut names, &mut budget).map_err(unusable)?;
            let list = CertificateList::from_der(&stand_in(&name, count), &mut Budget::new(limits));
            crls.push(Arc::new(list.map_err(unusable)?));
        }
    }
    Ok(crls)
}

/// A list of an issuer that states nothing and that nobody signed, in place of one that was passed over. Its number
/// tells it from others of that issuer, since equal lists count once.
fn stand_in(issuer: &Name, number: u16) -> Octets {
    // 2.999: an example (ITU-T X.660).
    let algorithm = element(Tag::SEQUENCE, &element(Tag::OID, &[0x88, 0x37]));
    let this_update = element(Tag::UTC_TIME, b"700101000000Z");
    let list = [&algorithm[..], &issuer.octets, &this_update].concat();
    let signature = element(Tag::BIT_STRING, &[&[0], &number.to_be_bytes()[..]].concat());
    let whole = [element(Tag::SEQUENCE, &list), algorithm, signature].concat();
    Octets::from(element(Tag::SEQUENCE, &whole))
}
