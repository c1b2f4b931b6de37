//! What a message carries beside its signatures (RFC 5652 §5.1, RFC 5126 §6.3.3, §6.3.4).

use std::sync::Arc;

use crate::base::error::{Error, Malformed};
use crate::base::limits::Budget;
use crate::cms::attribute::Attributes;
use crate::cms::coverage::Token;
use crate::cms::signed_data::SignedData;
use crate::cms::values::Values;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::finding::code::{archive, cms as codes, ocsp as ocsp_codes};
use crate::finding::{Code, Finding, Subject};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::OcspResponse;

use super::evidence::Material;

/// How deep time-stamps of time-stamps are opened.
const MOST_NESTED: u32 = 3;

/// Certificates, CRLs and OCSP responses inside a message, its attributes and the time-stamps in them are hints beside
/// the material of the caller. What is wrong inside a time-stamp is told where that is judged.
pub(super) fn take(
    message: &SignedData,
    about: &Subject,
    material: &mut Material,
    findings: &mut Vec<Finding>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let mut taking = Taking {
        about,
        material,
        findings: Some(findings),
    };
    taking.add_sets(message, budget)?;
    taking.add_signers(message, 0, budget)
}

struct Taking<'a> {
    about: &'a Subject,
    material: &'a mut Material,
    /// Nothing is told inside time-stamps.
    findings: Option<&'a mut Vec<Finding>>,
}

impl Taking<'_> {
    fn add_sets(&mut self, message: &SignedData, budget: &mut Budget) -> Result<(), Error> {
        for octets in &message.certificates {
            let read = self.add_certificate(octets, budget);
            self.tell(&codes::OFFERED_CERTIFICATE_MALFORMED, read)?;
        }
        for octets in &message.crls {
            let read = self.add_crl(octets, budget);
            self.tell(&codes::OFFERED_CRL_MALFORMED, read)?;
        }
        for octets in &message.ocsp {
            let read = self.add_ocsp(octets, budget);
            self.tell(&ocsp_codes::OFFERED_MALFORMED, read)?;
        }
        Ok(())
    }

    fn add_signers(
        &mut self,
        message: &SignedData,
        depth: u32,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        for signer in message.signers.iter().flatten() {
            if let Some(signed) = &signer.signed_attributes {
                self.add_tokens(&signed.attributes, depth, budget)?;
            }
            self.add_values(&signer.unsigned_attributes, budget)?;
            self.add_tokens(&signer.unsigned_attributes, depth, budget)?;
        }
        Ok(())
    }

    fn add_values(&mut self, attributes: &Attributes, budget: &mut Budget) -> Result<(), Error> {
        for attribute in &attributes.all {
            let read = if attribute.id == oids::CERTIFICATE_VALUES {
                Values::read_certificates
            } else if attribute.id == oids::REVOCATION_VALUES {
                Values::read_revocation
            } else {
                continue;
            };
            let malformed = |why: Malformed, about: &Subject| {
                Finding::new(&archive::VALUES_MALFORMED, about.clone())
                    .with_oid("attribute", attribute.id)
                    .with_count("offset", why.offset as u64)
            };
            for value in &attribute.values {
                let values = match read(value, budget) {
                    Ok(values) => values,
                    Err(Error::Malformed(why)) => {
                        self.add(malformed(why, self.about));
                        continue;
                    }
                    Err(other) => return Err(other),
                };
                let certificates = values.certificates.iter();
                let certificates = certificates.map(|it| (it, Kind::Certificate));
                let crls = values.crls.iter().map(|it| (it, Kind::Crl));
                let ocsp = values.ocsp.iter().map(|it| (it, Kind::Ocsp));
                for (octets, kind) in certificates.chain(crls).chain(ocsp) {
                    let read = match kind {
                        Kind::Certificate => self.add_certificate(octets, budget),
                        Kind::Crl => self.add_crl(octets, budget),
                        Kind::Ocsp => self.add_ocsp(octets, budget),
                    };
                    match read {
                        Ok(()) => {}
                        Err(Error::Malformed(why)) => self.add(malformed(why, self.about)),
                        Err(other) => return Err(other),
                    }
                }
                if values.has_other {
                    let finding = Finding::new(&archive::VALUES_OTHER, self.about.clone());
                    self.add(finding.with_oid("attribute", attribute.id));
                }
            }
        }
        Ok(())
    }

    /// What time-stamps among the attributes carry.
    fn add_tokens(
        &mut self,
        attributes: &Attributes,
        depth: u32,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        if depth == MOST_NESTED {
            return Ok(());
        }
        let all = attributes.all.iter();
        for attribute in all.filter(|attribute| Token::is_in(attribute.id)) {
            for value in &attribute.values {
                if let Ok(token) = Token::read(attribute.id, value, budget)? {
                    let mut inside = Taking {
                        about: self.about,
                        material: self.material,
                        findings: None,
                    };
                    inside.add_sets(&token.message, budget)?;
                    inside.add_signers(&token.message, depth + 1, budget)?;
                }
            }
        }
        Ok(())
    }

    fn add_certificate(&mut self, octets: &Octets, budget: &mut Budget) -> Result<(), Error> {
        let mut known = self.material.certificates.iter();
        if known.any(|known| known.octets == *octets) {
            return Ok(());
        }
        // The same octets read the same.
        let read = self.material.known();
        let read = read.and_then(|known| known.known_certificate(octets));
        let certificate = match (read, &self.material.cache) {
            (Some(read), _) => Arc::clone(read),
            (None, Some(cache)) => cache.read(octets, budget)?,
            (None, None) => Arc::new(Certificate::from_der(octets, budget)?),
        };
        self.material.certificates.push(certificate);
        Ok(())
    }

    fn add_crl(&mut self, octets: &Octets, budget: &mut Budget) -> Result<(), Error> {
        let known = &mut self.material.crls;
        if known.iter().all(|known| known.octets != *octets) {
            known.push(Arc::new(CertificateList::from_der(octets, budget)?));
        }
        Ok(())
    }

    fn add_ocsp(&mut self, octets: &Octets, budget: &mut Budget) -> Result<(), Error> {
        let known = &mut self.material.ocsp;
        if known.iter().all(|known| known.octets != *octets) {
            known.push(Arc::new(OcspResponse::from_der(octets, budget)?));
        }
        Ok(())
    }

    fn tell(&mut self, code: &'static Code, read: Result<(), Error>) -> Result<(), Error> {
        match read {
            Err(Error::Malformed(malformed)) => {
                let finding = Finding::new(code, self.about.clone());
                self.add(finding.with_count("offset", malformed.offset as u64));
                Ok(())
            }
            other => other,
        }
    }

    fn add(&mut self, finding: Finding) {
        if let Some(findings) = &mut self.findings {
            findings.push(finding);
        }
    }
}

/// Kinds of values.
#[derive(Clone, Copy)]
enum Kind {
    Certificate,
    Crl,
    Ocsp,
}
