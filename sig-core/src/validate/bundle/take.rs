//! The evidence in a bundle.

use std::sync::Arc;

use crate::alg::digest::Digest;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::stream::StreamedFile;
use crate::cms::stream::content::StreamedContent;
use crate::der::hole::{Hole, Holed};
use crate::der::octets::Octets;
use crate::report::bundle::{
    Bundle, BundleRejected, ContentForm, DigestForm, HoleForm, Role, SignatureForm,
};

use super::super::Validator;
use super::super::evidence::{Document, Evidence, Material};
use super::object::Taken;
use super::{Trusting, material, trust, trusted_lists};
use crate::trust::snapshot::ListSignature;
use crate::x509::certificate::Certificate;

/// What was judged, with what was offered, and who signed the lists of its trust.
pub(super) fn object(
    bundle: &Bundle,
    trusting: Trusting<'_>,
    validator: &Validator,
) -> Result<(Taken, Vec<ListSignature>), BundleRejected> {
    check_roles(bundle)?;
    let mut signatures = Vec::new();
    let trust = trust::take(bundle, trusting, validator, &mut signatures)?;
    let lists = trusted_lists::take(bundle, trusting, validator, &mut signatures)?;
    let material = material::take(bundle, trust, lists, validator)?;
    if !is_of_certificate(bundle) {
        let evidence = evidence(bundle, material, validator)?;
        return Ok((Taken::Signature(Box::new(evidence)), signatures));
    }
    let octets = one(bundle, Role::TargetCertificate)?;
    let certificate = Certificate::from_der(octets, &mut Budget::new(validator.limits));
    let certificate = certificate.map_err(|why| match why {
        Error::Malformed(_) => BundleRejected::Unusable(Role::TargetCertificate.word()),
        other => other.into(),
    })?;
    let taken = Taken::Certificate(Arc::new(certificate), Box::new(material));
    Ok((taken, signatures))
}

fn is_of_certificate(bundle: &Bundle) -> bool {
    bundle.of_role(Role::TargetCertificate).next().is_some()
}

fn evidence(
    bundle: &Bundle,
    material: Material,
    validator: &Validator,
) -> Result<Evidence, BundleRejected> {
    let judgement = bundle.judgement();
    let mut evidence = match &judgement.signature {
        None => Evidence::parse(one(bundle, Role::Signature)?, &validator.limits)?,
        Some(form) => Evidence::from_stream(streamed(bundle, form, validator)?)?,
    };
    let beside = bundle.of_role(Role::EvidenceRecord);
    evidence.records.beside = beside.map(|part| part.octets.clone()).collect();
    let group = bundle.of_role(Role::GroupDocument);
    evidence.records.group = group.map(|part| part.octets.clone()).collect();
    evidence.content = match &judgement.document {
        Some(form) => Some(Document::Streamed(passed(form)?)),
        None => bundle.one(Role::Document).cloned().map(Document::Octets),
    };
    evidence.digests = digests(&judgement.digests)?;
    evidence.material = material;
    Ok(evidence)
}

/// Whether nothing stands in the bundle that has no place beside what was taken.
fn check_roles(bundle: &Bundle) -> Result<(), BundleRejected> {
    let judgement = bundle.judgement();
    let form = judgement.signature.as_ref();
    let hole = form.and_then(|form| form.hole.as_ref());
    let is_of_certificate = is_of_certificate(bundle);
    let is_of_file = form.is_some() || judgement.document.is_some();
    if is_of_certificate && (is_of_file || !judgement.digests.is_empty()) {
        return Err(BundleRejected::Manifest);
    }
    let has_place = |role| match role {
        Role::Signature | Role::Document | Role::GroupDocument | Role::EvidenceRecord
            if is_of_certificate =>
        {
            false
        }
        Role::Signature => form.is_none(),
        Role::SignatureObject => form.is_some() && hole.is_none(),
        Role::SignatureHead | Role::SignatureTail => hole.is_some(),
        Role::SignatureContent => form.is_some_and(|form| form.content.is_some()),
        Role::Document => judgement.document.is_none(),
        Role::TrustExtract | Role::TrustCrl | Role::TrustCrlIssuers => judgement.trust.is_some(),
        Role::TrustedListsExtract | Role::TrustedLists => judgement.trusted_lists.is_some(),
        _ => true,
    };
    let mut parts = bundle.parts().iter();
    match parts.find(|part| !has_place(part.role)) {
        Some(part) => Err(BundleRejected::Unusable(part.role.word())),
        None => Ok(()),
    }
}

pub(super) fn one(bundle: &Bundle, role: Role) -> Result<&Octets, BundleRejected> {
    let unusable = BundleRejected::Unusable(role.word());
    bundle.one(role).ok_or(unusable)
}

fn streamed(
    bundle: &Bundle,
    form: &SignatureForm,
    validator: &Validator,
) -> Result<StreamedFile, BundleRejected> {
    let object = match &form.hole {
        None => one(bundle, Role::SignatureObject)?.clone(),
        Some(form) => holed(bundle, form)?,
    };
    let content = form.content.as_ref().map(passed).transpose()?;
    let whole = bundle.one(Role::SignatureContent).cloned();
    let content = content.map(|content| match whole {
        Some(whole) => content.at_hand(whole),
        None => content,
    });
    Ok(StreamedFile {
        object: Ok(object),
        content,
        form: None,
        size: form.size,
        limits: validator.limits,
    })
}

fn holed(bundle: &Bundle, form: &HoleForm) -> Result<Octets, BundleRejected> {
    let head = one(bundle, Role::SignatureHead)?.to_vec();
    let tail = one(bundle, Role::SignatureTail)?.to_vec();
    let place = |number: u64| usize::try_from(number).ok();
    let places = place(form.start).zip(place(form.end)).zip(place(form.size));
    let ((start, end), size) = places.ok_or(BundleRejected::Manifest)?;
    let is_between =
        start == head.len() && start <= end && end.checked_add(tail.len()) == Some(size);
    if !is_between {
        return Err(BundleRejected::Manifest);
    }
    Ok(Octets::with_hole(Holed {
        head,
        hole: Hole {
            place: start..end,
            walked: form.walked,
            walk: Ok(()),
            joined: form.joined,
            join: Ok(()),
        },
        tail,
        size,
    }))
}

fn passed(form: &ContentForm) -> Result<StreamedContent, BundleRejected> {
    let digests = digests(&form.digests)?;
    Ok(StreamedContent::passed(form.size, digests, form.is_set))
}

fn digests(forms: &[DigestForm]) -> Result<Vec<Digest>, BundleRejected> {
    let digests = forms.iter().map(DigestForm::digest);
    let digests: Option<Vec<Digest>> = digests.collect();
    digests.ok_or(BundleRejected::Manifest)
}
