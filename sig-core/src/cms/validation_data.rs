//! Whether a signature carries the revocation data of its paths (EN 319 122-1 §6.3, RFC 5126 §4.4.3).

use std::collections::BTreeSet;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::x509::certificate::{Certificate, significant};
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::OcspResponse;

use super::attribute::Attributes;
use super::coverage::Token;
use super::signed_data::SignedData;
use super::signer_info::{SignerIdentifier, SignerInfo};
use super::values::Values;

/// Whether there is a CRL or an OCSP answer for each certificate that is not self-signed on the path of the signer, as far
/// as the certificates at hand lead, and for the certificates of the authorities of its time-stamps (EN 319 122-1 §6.3):
/// who issued those is itself an anchor in trusted lists (ETSI TS 119 612 §5.5.3), so that nothing need be said of it.
/// The last archive time-stamp is left out: what shows it to be valid is added with the next.
///
/// # Errors
/// A limit.
///
/// # Limits
/// Each object is read once, each certificate stands in one path.
pub fn is_complete(
    message: &SignedData,
    signer: &SignerInfo,
    certificate: Option<&Certificate>,
    budget: &mut Budget,
) -> Result<bool, Error> {
    let mut tokens = read_tokens(signer, budget)?;
    let mut octets = Values::default();
    add_sets(&mut octets, message);
    add_values(&mut octets, &signer.unsigned_attributes, budget)?;
    for token in &tokens {
        add_sets(&mut octets, &token.message);
        for signer in token.message.signers.iter().flatten() {
            add_values(&mut octets, &signer.unsigned_attributes, budget)?;
        }
    }
    if octets.crls.is_empty() && octets.ocsp.is_empty() {
        return Ok(false);
    }
    leave_last_archive(&mut tokens);
    let data = ValidationData::read(&octets, budget)?;
    let start = match certificate {
        Some(certificate) => Some(certificate.clone()),
        None => data.named(&signer.identifier, budget)?,
    };
    let Some(start) = start else {
        return Ok(false);
    };
    if !data.covers_path(&start, budget)? {
        return Ok(false);
    }
    let messages = tokens.iter().map(|token| &token.message);
    for signer in messages.flat_map(|message| message.signers.iter().flatten()) {
        let authority = data.named(&signer.identifier, budget)?;
        if authority.is_some_and(|authority| !data.covers(&authority)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn read_tokens(signer: &SignerInfo, budget: &mut Budget) -> Result<Vec<Token>, Error> {
    let mut tokens = Vec::new();
    let signed = signer.signed_attributes.as_ref();
    let signed = signed.into_iter().flat_map(|it| &it.attributes.all);
    for attribute in signed.chain(&signer.unsigned_attributes.all) {
        if !Token::is_in(attribute.id) {
            continue;
        }
        for value in &attribute.values {
            tokens.extend(Token::read(attribute.id, value, budget)?.ok());
        }
    }
    Ok(tokens)
}

fn leave_last_archive(tokens: &mut Vec<Token>) {
    let archive = tokens.iter().enumerate();
    let archive = archive.filter(|(_, token)| Token::is_archive(token.attribute));
    let time = |token: &Token| token.info.as_ref().map(|info| info.gen_time.seconds);
    let last = archive.max_by_key(|(_, token)| time(token));
    if let Some(place) = last.map(|(place, _)| place) {
        tokens.remove(place);
    }
}

fn add_sets(values: &mut Values, message: &SignedData) {
    values.certificates.extend(message.certificates.clone());
    values.crls.extend(message.crls.clone());
    values.ocsp.extend(message.ocsp.clone());
}

fn add_values(
    values: &mut Values,
    attributes: &Attributes,
    budget: &mut Budget,
) -> Result<(), Error> {
    for attribute in &attributes.all {
        for value in &attribute.values {
            let read = if attribute.id == oids::CERTIFICATE_VALUES {
                Values::read_certificates(value, budget)
            } else if attribute.id == oids::REVOCATION_VALUES {
                Values::read_revocation(value, budget)
            } else {
                continue;
            };
            match read {
                Ok(read) => {
                    values.certificates.extend(read.certificates);
                    values.crls.extend(read.crls);
                    values.ocsp.extend(read.ocsp);
                }
                Err(Error::Malformed(_)) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(())
}

/// Objects that could be read.
struct ValidationData {
    certificates: Vec<Certificate>,
    /// The encoded names of issuers that have a CRL.
    crl_issuers: BTreeSet<Vec<u8>>,
    /// Serial numbers that OCSP answers are about.
    answered: BTreeSet<Vec<u8>>,
}

impl ValidationData {
    fn read(octets: &Values, budget: &mut Budget) -> Result<Self, Error> {
        let mut data = Self {
            certificates: Vec::new(),
            crl_issuers: BTreeSet::new(),
            answered: BTreeSet::new(),
        };
        for octets in distinct(&octets.certificates) {
            match Certificate::from_der(octets, budget) {
                Ok(certificate) => data.certificates.push(certificate),
                Err(Error::Malformed(_)) => {}
                Err(other) => return Err(other),
            }
        }
        for octets in distinct(&octets.crls) {
            match CertificateList::from_der(octets, budget) {
                Ok(crl) => {
                    data.crl_issuers.insert(crl.issuer.octets.to_vec());
                }
                Err(Error::Malformed(_)) => {}
                Err(other) => return Err(other),
            }
        }
        for octets in distinct(&octets.ocsp) {
            let response = match OcspResponse::from_der(octets, budget) {
                Ok(response) => response,
                Err(Error::Malformed(_)) => continue,
                Err(other) => return Err(other),
            };
            let answers = response.basic().map(|basic| &basic.responses);
            for answer in answers.into_iter().flatten() {
                data.answered
                    .insert(significant(&answer.id.serial).to_vec());
            }
        }
        Ok(data)
    }

    fn named(
        &self,
        identifier: &SignerIdentifier,
        budget: &mut Budget,
    ) -> Result<Option<Certificate>, Error> {
        for certificate in &self.certificates {
            if identifier.names(certificate, budget)? {
                return Ok(Some(certificate.clone()));
            }
        }
        Ok(None)
    }

    /// Whether there is data about a certificate, or it needs none.
    fn covers(&self, certificate: &Certificate) -> bool {
        let issuer = &certificate.issuer.octets;
        *issuer == certificate.subject.octets
            || self.crl_issuers.contains(&**issuer)
            || self.answered.contains(significant(&certificate.serial))
    }

    /// Whether some path from a certificate has data for each certificate in it.
    fn covers_path(&self, start: &Certificate, budget: &mut Budget) -> Result<bool, Error> {
        let mut open = vec![start];
        let mut seen = BTreeSet::new();
        while let Some(current) = open.pop() {
            if current.issuer.octets == current.subject.octets {
                return Ok(true);
            }
            if !self.covers(current) {
                continue;
            }
            budget.spend_name_comparisons(self.certificates.len() as u64)?;
            let certificates = self.certificates.iter().enumerate();
            let above =
                certificates.filter(|(_, above)| above.subject.octets == current.issuer.octets);
            let above: Vec<_> = above.collect();
            if above.is_empty() {
                // What is above is a trust anchor that need not be sent.
                return Ok(true);
            }
            let fresh = above.into_iter().filter(|(place, _)| seen.insert(*place));
            open.extend(fresh.map(|(_, above)| above));
        }
        Ok(false)
    }
}

fn distinct(all: &[Octets]) -> impl Iterator<Item = &Octets> {
    let mut seen = BTreeSet::new();
    all.iter()
        .filter(move |octets| seen.insert(octets.to_vec()))
}
