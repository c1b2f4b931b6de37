//! What a message carries beside its signatures (RFC 5652 §5.1).

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::signed_data::SignedData;
use crate::finding::code::{cms as codes, ocsp as ocsp_codes};
use crate::finding::{Finding, Subject};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::OcspResponse;

use super::evidence::Material;

/// Certificates, CRLs and OCSP responses inside a message are hints beside the material of the caller.
pub(super) fn take(
    message: &SignedData,
    about: &Subject,
    material: &mut Material,
    findings: &mut Vec<Finding>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let malformed = |code, error| match error {
        Error::Malformed(malformed) => {
            let finding = Finding::new(code, about.clone());
            Ok(finding.with_count("offset", malformed.offset as u64))
        }
        other => Err(other),
    };
    for octets in &message.certificates {
        match Certificate::from_der(octets, budget) {
            Ok(certificate) => material.certificates.push(Arc::new(certificate)),
            Err(error) => findings.push(malformed(&codes::OFFERED_CERTIFICATE_MALFORMED, error)?),
        }
    }
    for octets in &message.crls {
        match CertificateList::from_der(octets, budget) {
            Ok(crl) => material.crls.push(Arc::new(crl)),
            Err(error) => findings.push(malformed(&codes::OFFERED_CRL_MALFORMED, error)?),
        }
    }
    for octets in &message.ocsp {
        match OcspResponse::from_der(octets, budget) {
            Ok(response) => material.ocsp.push(Arc::new(response)),
            Err(error) => findings.push(malformed(&ocsp_codes::OFFERED_MALFORMED, error)?),
        }
    }
    Ok(())
}
