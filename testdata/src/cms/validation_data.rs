//! Certificates and revocation data beside a signature: by reference and by value
//! (ETSI EN 319 122-1 §5.4, annex A.1; RFC 5126 §6.2, §6.3).

use serde::Deserialize;

use super::attribute::attribute;
use crate::certificate::Certificate;
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid;
use crate::pki::Pki;

/// Objects of the PKI by id.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Objects {
    pub certificates: Vec<String>,
    pub crls: Vec<String>,
    /// OCSP responses.
    pub ocsp: Vec<String>,
}

/// References to certificates and revocation data.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct References {
    /// Those above the signer's, which its own attribute names.
    pub certificates: Vec<String>,
    pub crls: Vec<String>,
    pub ocsp: Vec<String>,
    /// Of the hashes, when not that of the signature.
    pub digest: Option<Digest>,
    pub identifiers: Identifiers,
    pub ocsp_hash: OcspHash,
    /// The kind whose first hash is of no object.
    pub wrong_hash: Option<Referenced>,
}

/// Whether the names beside the hashes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identifiers {
    #[default]
    Present,
    /// Hashes alone, where the syntax allows it.
    Absent,
}

/// What `ocspRepHash` is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OcspHash {
    /// The BasicOCSPResponse, which is what revocation-values hold.
    #[default]
    OfBasic,
    /// The OCSPResponse around it.
    OfResponse,
    Absent,
}

/// A kind of object that references name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Referenced {
    Certificate,
    Crl,
    Ocsp,
}

/// What `SignedData.certificates` and `SignedData.crls` hold.
#[derive(Debug, Clone, Default)]
pub struct Store {
    pub certificates: Vec<Vec<u8>>,
    pub crls: Vec<Vec<u8>>,
}

impl Store {
    pub fn add(&mut self, pki: &Pki, objects: &Objects) -> Result<(), Error> {
        for id in &objects.certificates {
            self.certificates.push(pki.certificate(id)?.der.clone());
        }
        self.add_revocation(pki, &objects.crls, &objects.ocsp)
    }

    pub fn add_revocation(
        &mut self,
        pki: &Pki,
        crls: &[String],
        ocsp: &[String],
    ) -> Result<(), Error> {
        for id in crls {
            self.crls.push(pki.crl(id)?.to_vec());
        }
        for id in ocsp {
            // RFC 5940 §2.1: OtherRevocationInfoFormat with the whole OCSPResponse.
            let contents = [
                der::object_identifier(&oid::OCSP_RESPONSE),
                pki.ocsp(id)?.to_vec(),
            ];
            self.crls.push(der::context(1, &contents.concat()));
        }
        Ok(())
    }
}

impl Objects {
    /// The attributes certificate-values and revocation-values, each when it has something to hold.
    pub fn attributes(&self, pki: &Pki) -> Result<Vec<Vec<u8>>, Error> {
        let mut attributes = Vec::new();
        if !self.certificates.is_empty() {
            let certificates = self
                .certificates
                .iter()
                .map(|id| Ok(pki.certificate(id)?.der.clone()));
            let value = der::sequence(&certificates.collect::<Result<Vec<_>, Error>>()?);
            attributes.push(attribute(&oid::CERTIFICATE_VALUES, &[value]));
        }
        if !self.crls.is_empty() || !self.ocsp.is_empty() {
            let crls = self.crls.iter().map(|id| Ok(pki.crl(id)?.to_vec()));
            let responses = self
                .ocsp
                .iter()
                .map(|id| Ok(basic_response(pki.ocsp(id)?).to_vec()));
            let lists = [
                crls.collect::<Result<Vec<_>, Error>>()?,
                responses.collect::<Result<Vec<_>, Error>>()?,
            ];
            let fields = (0..).zip(&lists).filter(|(_, list)| !list.is_empty());
            let fields = fields.map(|(number, list)| der::context(number, &der::sequence(list)));
            let value = der::sequence(&fields.collect::<Vec<_>>());
            attributes.push(attribute(&oid::REVOCATION_VALUES, &[value]));
        }
        Ok(attributes)
    }
}

impl References {
    /// The attributes complete-certificate-references and complete-revocation-references.
    pub fn attributes(
        &self,
        pki: &Pki,
        signer: &Certificate,
        digest: Digest,
    ) -> Result<[Vec<u8>; 2], Error> {
        let digest = self.digest.unwrap_or(digest);
        let mut certificates = Vec::new();
        let mut revocation = vec![self.revocation_of(pki, signer, digest)?];
        for (index, id) in self.certificates.iter().enumerate() {
            let certificate = pki.certificate(id)?;
            let wrong = index == 0 && self.wrong_hash == Some(Referenced::Certificate);
            let mut fields = vec![other_hash(digest, &certificate.der, wrong)];
            if self.identifiers == Identifiers::Present {
                let names = der::sequence(&[der::context(4, &certificate.issuer_name)]);
                fields.push(der::sequence(&[names, der::integer(&certificate.serial)]));
            }
            certificates.push(der::sequence(&fields));
            revocation.push(self.revocation_of(pki, certificate, digest)?);
        }
        Ok([
            attribute(
                &oid::CERTIFICATE_REFERENCES,
                &[der::sequence(&certificates)],
            ),
            attribute(&oid::REVOCATION_REFERENCES, &[der::sequence(&revocation)]),
        ])
    }

    /// `CrlOcspRef` of one certificate; empty for a root, which nothing revokes.
    fn revocation_of(
        &self,
        pki: &Pki,
        certificate: &Certificate,
        digest: Digest,
    ) -> Result<Vec<u8>, Error> {
        if certificate.is_self_signed() {
            return Ok(der::sequence(&[]));
        }
        let mut crls = Vec::new();
        for (index, id) in self.crls.iter().enumerate() {
            let crl = pki.crl(id)?;
            let wrong = index == 0 && self.wrong_hash == Some(Referenced::Crl);
            let listed = CrlFields::read(crl);
            if listed.issuer == certificate.issuer_name {
                let mut fields = vec![other_hash(digest, crl, wrong)];
                if self.identifiers == Identifiers::Present {
                    fields.push(listed.identifier());
                }
                crls.push(der::sequence(&fields));
            }
        }
        let mut responses = Vec::new();
        for (index, id) in self.ocsp.iter().enumerate() {
            let response = pki.ocsp(id)?;
            let basic = basic_response(response);
            let data = elements(contents_of_first(basic));
            let serial = der::integer(&certificate.serial);
            if !data[2].windows(serial.len()).any(|window| window == serial) {
                continue;
            }
            let wrong = index == 0 && self.wrong_hash == Some(Referenced::Ocsp);
            let mut fields = vec![der::sequence(&[data[0].to_vec(), data[1].to_vec()])];
            fields.extend(match self.ocsp_hash {
                OcspHash::OfBasic => Some(other_hash(digest, basic, wrong)),
                OcspHash::OfResponse => Some(other_hash(digest, response, wrong)),
                OcspHash::Absent => None,
            });
            responses.push(der::sequence(&fields));
        }
        let lists = [crls, responses];
        let fields = (0..).zip(&lists).filter(|(_, list)| !list.is_empty());
        // CRLListID and OcspListID: each a SEQUENCE of one SEQUENCE OF.
        let fields = fields
            .map(|(number, list)| der::context(number, &der::sequence(&[der::sequence(list)])));
        Ok(der::sequence(&fields.collect::<Vec<_>>()))
    }
}

/// `OtherHash`: a bare OCTET STRING for SHA-1, else with the algorithm.
fn other_hash(digest: Digest, octets: &[u8], wrong: bool) -> Vec<u8> {
    let mut hash = digest.of(octets);
    if wrong {
        hash[0] ^= 0x01;
    }
    let hash = der::octet_string(&hash);
    if digest == Digest::Sha1 {
        hash
    } else {
        der::sequence(&[der::algorithm(&digest.oid(), None), hash])
    }
}

/// What a reference says of a CRL.
struct CrlFields<'a> {
    issuer: &'a [u8],
    this_update: &'a [u8],
    /// DER INTEGER of the extension cRLNumber.
    number: &'a [u8],
}

impl<'a> CrlFields<'a> {
    /// Reads a CRL that this generator wrote.
    fn read(crl: &'a [u8]) -> Self {
        let fields = elements(contents_of_first(crl));
        let extensions = fields.last().copied().unwrap_or_default();
        let id = der::object_identifier(&oid::CRL_NUMBER);
        let number = elements(contents(contents(extensions)))
            .into_iter()
            .map(|extension| elements(contents(extension)))
            .find(|parts| parts[0] == id)
            .map_or(&[][..], |parts| contents(parts[parts.len() - 1]));
        Self {
            issuer: fields[2],
            this_update: fields[3],
            number,
        }
    }

    /// `CrlIdentifier`.
    fn identifier(&self) -> Vec<u8> {
        let fields = [self.issuer, self.this_update, self.number];
        der::sequence(&fields.map(<[u8]>::to_vec))
    }
}

/// The `BasicOCSPResponse` in an `OCSPResponse` that this generator wrote.
fn basic_response(response: &[u8]) -> &[u8] {
    // OCSPResponse { status, [0] { SEQUENCE { type, OCTET STRING { basic } } } }
    let fields = elements(contents(response));
    let bytes = elements(contents(contents(fields[1])));
    contents(bytes[1])
}

/// Contents of the first element inside `element`.
fn contents_of_first(element: &[u8]) -> &[u8] {
    contents(elements(contents(element))[0])
}

/// Contents octets of one element of the generator's own DER.
pub(super) fn contents(element: &[u8]) -> &[u8] {
    &element[header(element)..]
}

fn header(element: &[u8]) -> usize {
    if element[1] < 0x80 {
        2
    } else {
        2 + usize::from(element[1] & 0x7F)
    }
}

/// The elements that follow one another in `octets` of the generator's own DER.
pub(super) fn elements(mut octets: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !octets.is_empty() {
        let header = header(octets);
        let length = match octets[1] {
            short @ 0..0x80 => usize::from(short),
            _ => octets[2..header]
                .iter()
                .fold(0, |length, octet| length << 8 | usize::from(*octet)),
        };
        let (element, rest) = octets.split_at(header + length);
        found.push(element);
        octets = rest;
    }
    found
}
