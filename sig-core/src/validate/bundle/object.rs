//! What was judged: a signature file, or one certificate.

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::time::UnixTime;
use crate::report::Report;
use crate::x509::certificate::Certificate;

use super::super::Validator;
use super::super::evidence::{Evidence, Material};
use super::JudgedCertificate;

/// What was judged, with what was offered.
#[derive(Clone, Copy)]
pub(super) enum Object<'a> {
    Signature(&'a Evidence),
    Certificate(JudgedCertificate<'a>),
}

impl<'a> Object<'a> {
    pub(super) const fn material(self) -> &'a Material {
        match self {
            Self::Signature(evidence) => &evidence.material,
            Self::Certificate(judged) => judged.material,
        }
    }

    pub(super) const fn has_document_at_hand(self) -> bool {
        match self {
            Self::Signature(evidence) => evidence.has_document_at_hand(),
            Self::Certificate(_) => false,
        }
    }

    /// The same with other material.
    pub(super) fn with_material(self, material: Material) -> Taken {
        match self {
            Self::Signature(evidence) => {
                let mut evidence = evidence.clone();
                evidence.material = material;
                Taken::Signature(Box::new(evidence))
            }
            Self::Certificate(judged) => {
                Taken::Certificate(Arc::clone(judged.certificate), Box::new(material))
            }
        }
    }
}

/// What is to be judged, taken out of a bundle or made for one.
pub(super) enum Taken {
    Signature(Box<Evidence>),
    Certificate(Arc<Certificate>, Box<Material>),
}

impl Taken {
    pub(super) const fn material(&self) -> &Material {
        match self {
            Self::Signature(evidence) => &evidence.material,
            Self::Certificate(_, material) => material,
        }
    }

    pub(super) fn judge(self, validator: &Validator, at: UnixTime) -> Result<Report, Error> {
        match self {
            Self::Signature(evidence) => validator.validate(*evidence, at),
            Self::Certificate(certificate, material) => {
                validator.validate_certificate(&certificate, &material, at)
            }
        }
    }
}
