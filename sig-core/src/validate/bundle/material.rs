//! What was offered beside the signature.

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::report::bundle::{Bundle, BundleRejected, Part, Role, SunsetForm};
use crate::trust::authorities::Authorities;
use crate::trust::etsi_list::EtsiSnapshot;
use crate::trust::snapshot::TrustSnapshot;
use crate::x509::certificate::Certificate;
use crate::x509::ocsp::OcspResponse;

use super::super::Validator;
use super::super::context::SignaturePolicyDocument;
use super::super::evidence::Material;
use super::crls::{self, Kept};
use super::{part, time, trusted_lists};

pub(super) fn put(material: &Material, kept: &Kept, limits: Limits, parts: &mut Vec<Part>) {
    let anchors = trusted_lists::own_anchors(material).iter();
    let anchors = anchors.map(|it| (Role::Anchor, &it.octets));
    let certificates = material.certificates.iter();
    let certificates = certificates.map(|it| (Role::Certificate, &it.octets));
    let ocsp = material.ocsp.iter().map(|it| (Role::Ocsp, &it.octets));
    let all = anchors.chain(certificates).chain(ocsp);
    parts.extend(all.map(|(role, octets)| part(role, octets.clone())));
    crls::put(material.crls.iter(), kept, limits, crls::OFFERED, parts);
    let policies = material.signature_policies.iter();
    parts.extend(policies.map(|document| Part {
        role: Role::SignaturePolicy,
        id: document.id.map(|id| id.to_string()),
        octets: document.octets.clone(),
    }));
}

pub(super) fn sunsets(material: &Material) -> Vec<SunsetForm> {
    let sunsets = material.sunsets.iter();
    let sunsets = sunsets.map(|(anchor, end)| SunsetForm {
        anchor: anchor.clone(),
        end: end.to_string(),
    });
    sunsets.collect()
}

/// Whether signatures of what was offered were checked before, without a list of authorities.
pub(super) const fn is_of_run(material: &Material) -> bool {
    material.authorities.is_some() && material.trust.is_none()
}

pub(super) fn take(
    bundle: &Bundle,
    trust: Option<TrustSnapshot>,
    lists: Option<EtsiSnapshot>,
    validator: &Validator,
) -> Result<Material, BundleRejected> {
    let judgement = bundle.judgement();
    let all = Reading { bundle, validator };
    let mut material = Material {
        anchors: all.of(Role::Anchor, Certificate::from_der)?,
        certificates: all.of(Role::Certificate, Certificate::from_der)?,
        crls: crls::take(&all, crls::OFFERED)?,
        ocsp: all.of(Role::Ocsp, OcspResponse::from_der)?,
        sunsets: Vec::new(),
        trust: trust.map(Arc::new),
        trusted_lists: None,
        signature_policies: Vec::new(),
        authorities: None,
        cache: None,
    };
    if let Some(lists) = lists {
        material.trust_lists(Arc::new(lists));
    }
    for sunset in &judgement.sunsets {
        let end = time(&sunset.end).ok_or(BundleRejected::Manifest)?;
        material.sunsets.push((sunset.anchor.clone(), end));
    }
    for policy in bundle.of_role(Role::SignaturePolicy) {
        let id = policy.id.as_deref().map(|id| {
            let known = Oid::parse(id).filter(|oid| oid.to_string() == id);
            known.ok_or(BundleRejected::Manifest)
        });
        material.signature_policies.push(SignaturePolicyDocument {
            id: id.transpose()?,
            octets: policy.octets.clone(),
        });
    }
    if judgement.is_of_run {
        let authorities = Authorities::of_run(
            &material.anchors,
            &material.certificates,
            &material.crls,
            validator.algorithms,
            validator.limits,
        )?;
        material.authorities = Some(Arc::new(authorities));
    }
    Ok(material)
}

/// Reads the parts of a role.
pub(super) struct Reading<'a> {
    pub(super) bundle: &'a Bundle,
    pub(super) validator: &'a Validator,
}

impl Reading<'_> {
    pub(super) fn of<T>(
        &self,
        role: Role,
        read: impl Fn(&Octets, &mut Budget) -> Result<T, Error>,
    ) -> Result<Vec<Arc<T>>, BundleRejected> {
        let parts = self.bundle.of_role(role);
        let objects = parts.map(|part| {
            let mut budget = Budget::new(self.validator.limits);
            match read(&part.octets, &mut budget) {
                Ok(object) => Ok(Arc::new(object)),
                Err(Error::Malformed(_)) => Err(BundleRejected::Unusable(role.word())),
                Err(other) => Err(other.into()),
            }
        });
        objects.collect()
    }
}
