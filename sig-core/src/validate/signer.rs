//! Identification of the signing certificate (EN 319 102-1 §5.2.3).

use std::sync::Arc;

use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::signer_info::{SignerIdentifier, SignerInfo};
use crate::cms::signing_certificate::{CertificateReference, SigningCertificate};
use crate::finding::code::cms as codes;
use crate::finding::{Finding, Subject};
use crate::path::pool::Pool;
use crate::x509::certificate::Certificate;

use super::evidence::Material;
use super::ledger::{Ledger, Obligation};

/// Whether a certificate is the one a reference means (EN 319 102-1 §5.2.3.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fit {
    Yes,
    OtherDigest,
    OtherIssuerSerial,
    UnknownDigest,
}

/// The certificates of a pool that a signer identifier may name (RFC 5652 §5.3).
fn known(identifier: &SignerIdentifier, pool: &Pool) -> Vec<Arc<Certificate>> {
    match identifier {
        SignerIdentifier::IssuerAndSerialNumber { serial, .. } => {
            pool.of_serial(serial).cloned().collect()
        }
        SignerIdentifier::SubjectKeyIdentifier(identifier) => {
            pool.of_key_identifier(identifier).cloned().collect()
        }
    }
}

/// The certificates that may be a signer's: those of the request, and those known before it that the identifier may
/// name (RFC 5652 §5.3).
pub(super) fn candidates(
    identifier: &SignerIdentifier,
    material: &Material,
) -> Vec<Arc<Certificate>> {
    let known = material
        .known()
        .map(|authorities| known(identifier, authorities.pool()));
    let own = material.certificates.iter().chain(&material.anchors);
    own.cloned().chain(known.into_iter().flatten()).collect()
}

/// The only certificate that a signer identifier names, whether or not the signer refers to it otherwise
/// (RFC 5652 §5.3). It is not known to be the signer's.
///
/// # Errors
/// A limit.
pub(super) fn named_alone(
    identifier: &SignerIdentifier,
    candidates: &[Arc<Certificate>],
    budget: &mut Budget,
) -> Result<Option<Arc<Certificate>>, Error> {
    let mut named: Option<&Arc<Certificate>> = None;
    for candidate in candidates {
        if named.is_some_and(|known| known.octets == candidate.octets)
            || !identifier.names(candidate, budget)?
        {
            continue;
        }
        if named.is_some() {
            return Ok(None);
        }
        named = Some(candidate);
    }
    Ok(named.cloned())
}

/// Finds the one certificate that the signer identifier names and every signing-certificate reference fits
/// (EN 319 102-1 §5.2.3.4).
///
/// # Errors
/// A limit; two implementations disagree.
pub fn identify(
    signer: &SignerInfo,
    candidates: &[Arc<Certificate>],
    algorithms: &Algorithms,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<Option<Arc<Certificate>>, Error> {
    let mut named: Vec<&Arc<Certificate>> = Vec::new();
    for candidate in candidates {
        let known = named.iter().any(|known| known.octets == candidate.octets);
        if !known && signer.identifier.names(candidate, budget)? {
            named.push(candidate);
        }
    }
    if named.is_empty() {
        ledger.add(Finding::new(&codes::SIGNER_NOT_FOUND, about.clone()));
        return Ok(None);
    }
    let references = match &signer.signed_attributes {
        Some(signed) => signed.signing_certificate(budget)?,
        None => &SigningCertificate::Absent,
    };
    let references = match references {
        SigningCertificate::References(references) => references.as_slice(),
        // The acceptance block says that the attribute is absent or not single.
        SigningCertificate::Absent | SigningCertificate::NotSingle => &[],
        SigningCertificate::Malformed => {
            ledger.add(Finding::new(
                &codes::SIGNING_CERTIFICATE_MALFORMED,
                about.clone(),
            ));
            return Ok(None);
        }
    };
    let mut fitting = Vec::new();
    let mut misfit = None;
    for candidate in named {
        match fits_all(candidate, references, algorithms, budget)? {
            Fit::Yes => fitting.push(candidate),
            other => misfit = Some(other),
        }
    }
    match fitting.as_slice() {
        [certificate] => {
            ledger.show(Obligation::Signer);
            Ok(Some(Arc::clone(certificate)))
        }
        [] => {
            let finding = misfit_finding(misfit, references, about);
            ledger.add(finding);
            Ok(None)
        }
        several => {
            let finding = Finding::new(&codes::SIGNER_AMBIGUOUS, about.clone());
            ledger.add(finding.with_count("count", several.len() as u64));
            Ok(None)
        }
    }
}

fn misfit_finding(
    misfit: Option<Fit>,
    references: &[CertificateReference],
    about: &Subject,
) -> Finding {
    match misfit {
        Some(Fit::OtherIssuerSerial) => Finding::new(&codes::ISSUER_SERIAL_MISMATCH, about.clone()),
        Some(Fit::UnknownDigest) => {
            let unknown = references
                .iter()
                .find_map(|reference| reference.algorithm.err());
            let finding = Finding::new(&codes::SIGNING_CERTIFICATE_UNKNOWN_DIGEST, about.clone());
            match unknown {
                Some(oid) => finding.with_oid("algorithm", oid),
                None => finding.with_word("algorithm", "?"),
            }
        }
        _ => Finding::new(&codes::SIGNING_CERTIFICATE_MISMATCH, about.clone()),
    }
}

fn fits_all(
    certificate: &Certificate,
    references: &[CertificateReference],
    algorithms: &Algorithms,
    budget: &mut Budget,
) -> Result<Fit, Error> {
    for reference in references {
        let fit = fits(certificate, reference, algorithms, budget)?;
        if fit != Fit::Yes {
            return Ok(fit);
        }
    }
    Ok(Fit::Yes)
}

fn fits(
    certificate: &Certificate,
    reference: &CertificateReference,
    algorithms: &Algorithms,
    budget: &mut Budget,
) -> Result<Fit, Error> {
    let digest = match reference.algorithm {
        Ok(id) => certificate.digest(id, algorithms)?,
        Err(_) => None,
    };
    let Some(digest) = digest else {
        return Ok(Fit::UnknownDigest);
    };
    if digest.value != *reference.digest {
        return Ok(Fit::OtherDigest);
    }
    match &reference.issuer_serial {
        Some(issuer_serial) if !issuer_serial.names(certificate, budget)? => {
            Ok(Fit::OtherIssuerSerial)
        }
        _ => Ok(Fit::Yes),
    }
}
