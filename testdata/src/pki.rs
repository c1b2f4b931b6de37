//! Declared PKIs and what is made of them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::certificate::{self, Certificate, CertificateDeclaration};
use crate::crl::{self, CrlDeclaration};
use crate::digest::Digest;
use crate::error::Error;
use crate::extension::Extensions;
use crate::key::{Key, KeyDeclaration};
use crate::list::trusted::{self, TrustedListDeclaration};
use crate::list::{self, AccreditedCa, TrustListDeclaration};
use crate::ocsp::{self, OcspDeclaration};
use crate::person::Person;
use crate::token::Token;
use crate::tsp::{self, Stamping, TimeStampTokenDeclaration};

/// The declared PKIs: name, text, and the PKI once it is made.
struct Declared {
    name: &'static str,
    text: &'static str,
    made: OnceLock<Result<Pki, Error>>,
}

macro_rules! declared {
    ($($name:literal),* $(,)?) => {
        [$(Declared { name: $name, text: include_str!(concat!("../pki/", $name, ".toml")), made: OnceLock::new() }),*]
    };
}

static DECLARED: [Declared; 17] = declared![
    "ru-demo",
    "rsa",
    "names",
    "p256",
    "eu",
    "eddsa",
    "gost512",
    "faults",
    "algorithms",
    "stamps-rsa",
    "stamps-gost",
    "stamps-p256",
    "stamps-gost512",
    "long-term-rsa",
    "long-term-gost",
    "long-term-p256",
    "long-term-gost512"
];

/// Names of the declared PKIs.
pub fn names() -> impl Iterator<Item = &'static str> {
    DECLARED.iter().map(|declared| declared.name)
}

/// A declared PKI, made once in a process.
///
/// # Errors
/// When no PKI has this name, or its declaration cannot be made.
pub fn named(name: &str) -> Result<&'static Pki, Error> {
    let unknown = || Error::Unknown {
        pki: "testdata".to_owned(),
        kind: "PKI",
        id: name.to_owned(),
    };
    let declared = DECLARED
        .iter()
        .find(|declared| declared.name == name)
        .ok_or_else(unknown)?;
    declared
        .made
        .get_or_init(|| Pki::from_toml(declared.name, declared.text))
        .as_ref()
        .map_err(Clone::clone)
}

/// The whole declaration: one file of `testdata/pki`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    /// What the PKI is for.
    #[allow(
        dead_code,
        reason = "read by people; required so that no PKI is without it"
    )]
    description: String,
    /// All keys and serial numbers follow from this text.
    seed: String,
    #[serde(default)]
    profile: BTreeMap<String, Extensions>,
    #[serde(default)]
    key: Vec<KeyDeclaration>,
    #[serde(default)]
    person: Vec<Person>,
    #[serde(default)]
    certificate: Vec<CertificateDeclaration>,
    #[serde(default)]
    crl: Vec<CrlDeclaration>,
    #[serde(default)]
    ocsp: Vec<OcspDeclaration>,
    #[serde(default)]
    time_stamp: Vec<TimeStampTokenDeclaration>,
    #[serde(default)]
    accredited_ca: Vec<AccreditedCa>,
    #[serde(default)]
    trust_list: Vec<TrustListDeclaration>,
    #[serde(default)]
    trusted_list: Vec<TrustedListDeclaration>,
}

/// A made PKI. Items are found by their declared id.
pub struct Pki {
    name: String,
    seed: String,
    keys: BTreeMap<String, Key>,
    persons: BTreeMap<String, Person>,
    certificates: BTreeMap<String, Certificate>,
    crls: BTreeMap<String, Vec<u8>>,
    ocsp: BTreeMap<String, Vec<u8>>,
    time_stamps: BTreeMap<String, Vec<u8>>,
    trust_lists: BTreeMap<String, Vec<u8>>,
}

impl Pki {
    /// Reads a declaration and makes everything in it.
    ///
    /// # Errors
    /// When the text is not a declaration, or names what is not declared before it.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        let declaration: Declaration =
            toml::from_str(text).map_err(|error| Error::Declaration {
                file: format!("pki/{name}.toml"),
                reason: error.to_string(),
            })?;
        let mut pki = Self {
            name: name.to_owned(),
            seed: declaration.seed,
            keys: BTreeMap::new(),
            persons: BTreeMap::new(),
            certificates: BTreeMap::new(),
            crls: BTreeMap::new(),
            ocsp: BTreeMap::new(),
            time_stamps: BTreeMap::new(),
            trust_lists: BTreeMap::new(),
        };
        for key in &declaration.key {
            let made = Key::derive(&pki.seed, key)?;
            pki.declare_once("key", &key.id, |pki| {
                pki.keys.insert(key.id.clone(), made).is_some()
            })?;
        }
        for person in declaration.person {
            person.check()?;
            let id = person.id.clone();
            pki.declare_once("person", &id, |pki| {
                pki.persons.insert(person.id.clone(), person).is_some()
            })?;
        }
        for certificate in &declaration.certificate {
            let made = pki.make_certificate(certificate, &declaration.profile)?;
            let id = &certificate.id;
            pki.declare_once("certificate", id, |pki| {
                pki.certificates.insert(id.clone(), made).is_some()
            })?;
        }
        for crl in &declaration.crl {
            let made = pki.make_crl(crl)?;
            pki.declare_once("crl", &crl.id, |pki| {
                pki.crls.insert(crl.id.clone(), made).is_some()
            })?;
        }
        for ocsp in &declaration.ocsp {
            let made = pki.make_ocsp(ocsp)?;
            pki.declare_once("ocsp", &ocsp.id, |pki| {
                pki.ocsp.insert(ocsp.id.clone(), made).is_some()
            })?;
        }
        for stamp in &declaration.time_stamp {
            let stamping = Stamping {
                authority: &stamp.authority,
                message: stamp.message.as_bytes(),
                gen_time: stamp.gen_time,
            };
            let made = tsp::token(&pki, &stamping, &stamp.token)?;
            pki.declare_once("time_stamp", &stamp.id, |pki| {
                pki.time_stamps.insert(stamp.id.clone(), made).is_some()
            })?;
        }
        for declared in &declaration.trust_list {
            let made = pki.make_trust_list(declared, &declaration.accredited_ca)?;
            pki.declare_once("trust_list", &declared.id, |pki| {
                pki.trust_lists.insert(declared.id.clone(), made).is_some()
            })?;
        }
        for declared in &declaration.trusted_list {
            let made = trusted::make(&pki, declared)?;
            pki.declare_once("trust_list", &declared.id, |pki| {
                pki.trust_lists.insert(declared.id.clone(), made).is_some()
            })?;
        }
        Ok(pki)
    }

    fn declare_once(
        &mut self,
        kind: &str,
        id: &str,
        insert: impl FnOnce(&mut Self) -> bool,
    ) -> Result<(), Error> {
        let what = format!("{}: {kind} \"{id}\"", self.name);
        if insert(self) {
            Err(Error::value(what, "declared twice"))
        } else {
            Ok(())
        }
    }

    fn found<'a, T>(
        &self,
        map: &'a BTreeMap<String, T>,
        kind: &'static str,
        id: &str,
    ) -> Result<&'a T, Error> {
        map.get(id).ok_or_else(|| Error::Unknown {
            pki: self.name.clone(),
            kind,
            id: id.to_owned(),
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// # Errors
    /// When no key has this id.
    pub fn key(&self, id: &str) -> Result<&Key, Error> {
        self.found(&self.keys, "key", id)
    }

    /// # Errors
    /// When no person has this id.
    pub fn person(&self, id: &str) -> Result<&Person, Error> {
        self.found(&self.persons, "person", id)
    }

    /// # Errors
    /// When no certificate has this id.
    pub fn certificate(&self, id: &str) -> Result<&Certificate, Error> {
        self.found(&self.certificates, "certificate", id)
    }

    /// DER of a CRL.
    ///
    /// # Errors
    /// When no CRL has this id.
    pub fn crl(&self, id: &str) -> Result<&[u8], Error> {
        self.found(&self.crls, "crl", id).map(Vec::as_slice)
    }

    /// DER of an OCSP response.
    ///
    /// # Errors
    /// When no response has this id.
    pub fn ocsp(&self, id: &str) -> Result<&[u8], Error> {
        self.found(&self.ocsp, "ocsp", id).map(Vec::as_slice)
    }

    /// DER of a time-stamp token.
    ///
    /// # Errors
    /// When no token has this id.
    pub fn time_stamp(&self, id: &str) -> Result<&[u8], Error> {
        self.found(&self.time_stamps, "time_stamp", id)
            .map(Vec::as_slice)
    }

    /// XML of a list of accredited CAs.
    ///
    /// # Errors
    /// When no list has this id.
    pub fn trust_list(&self, id: &str) -> Result<&[u8], Error> {
        self.found(&self.trust_lists, "trust_list", id)
            .map(Vec::as_slice)
    }

    /// The token that holds a certificate and its key.
    ///
    /// # Errors
    /// When no certificate has this id.
    pub fn token(&self, certificate: &str) -> Result<Token<'_>, Error> {
        Ok(Token::new(self, self.certificate(certificate)?))
    }

    /// Every certificate, by id.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.values()
    }

    /// Every CRL with its id.
    pub fn crls(&self) -> impl Iterator<Item = (&str, &[u8])> {
        entries(&self.crls)
    }

    /// Every OCSP response with its id.
    pub fn ocsp_responses(&self) -> impl Iterator<Item = (&str, &[u8])> {
        entries(&self.ocsp)
    }

    /// Every time-stamp token with its id.
    pub fn time_stamps(&self) -> impl Iterator<Item = (&str, &[u8])> {
        entries(&self.time_stamps)
    }

    /// Every list of accredited CAs and every European trusted list with its id.
    pub fn trust_lists(&self) -> impl Iterator<Item = (&str, &[u8])> {
        entries(&self.trust_lists)
    }

    fn make_certificate(
        &self,
        declared: &CertificateDeclaration,
        profiles: &BTreeMap<String, Extensions>,
    ) -> Result<Certificate, Error> {
        let mut subject = Vec::new();
        if let Some(person) = &declared.person {
            subject.extend(self.person(person)?.subject()?);
        }
        subject.extend(declared.subject.iter().cloned());
        let extensions = match &declared.profile {
            Some(profile) => {
                let profile = self.found(profiles, "profile", profile)?;
                declared.extensions.clone().over(profile)
            }
            None => declared.extensions.clone(),
        };
        let issuer = (declared.issuer != declared.id)
            .then(|| self.certificate(&declared.issuer))
            .transpose()?;
        let issuer_key = issuer.map_or(&declared.key, |issuer| &issuer.key);
        let parts = certificate::Parts {
            declaration: declared,
            subject,
            extensions,
            key: self.key(&declared.key)?,
            issuer,
            signing_key: self.key(declared.signed_with.as_ref().unwrap_or(issuer_key))?,
            serial: self.serial(declared)?,
        };
        certificate::make(parts)
    }

    fn serial(&self, declared: &CertificateDeclaration) -> Result<Vec<u8>, Error> {
        if let Some(serial) = &declared.serial {
            return hex::decode(serial).map_err(|error| {
                Error::value(
                    format!("certificate {}: serial", declared.id),
                    error.to_string(),
                )
            });
        }
        let mut serial =
            Digest::Sha256.of(format!("serial {} {}", self.seed, declared.id).as_bytes());
        serial.truncate(16);
        serial[0] = (serial[0] & 0x7F) | 0x01;
        Ok(serial)
    }

    fn make_crl(&self, declared: &CrlDeclaration) -> Result<Vec<u8>, Error> {
        let issuer = self.certificate(&declared.issuer)?;
        let signing_key = self.key(declared.signed_with.as_ref().unwrap_or(&issuer.key))?;
        let mut entries = Vec::new();
        for revoked in &declared.revoked {
            let serial = &self.certificate(&revoked.certificate)?.serial;
            entries.push(crl::Entry {
                serial,
                declaration: revoked,
            });
        }
        crl::make(declared, issuer, signing_key, &entries)
    }

    fn make_trust_list(
        &self,
        declared: &TrustListDeclaration,
        cas: &[AccreditedCa],
    ) -> Result<Vec<u8>, Error> {
        let mut listed = Vec::new();
        for id in &declared.cas {
            let unknown = || Error::Unknown {
                pki: self.name.clone(),
                kind: "accredited_ca",
                id: id.clone(),
            };
            listed.push(cas.iter().find(|ca| ca.id == *id).ok_or_else(unknown)?);
        }
        list::make(self, declared, &listed)
    }

    fn make_ocsp(&self, declared: &OcspDeclaration) -> Result<Vec<u8>, Error> {
        let certificate = self.certificate(&declared.certificate)?;
        let issuer = self.certificate(&certificate.issuer)?;
        let responder = self.certificate(&declared.responder)?;
        let parties = ocsp::Parties {
            certificate,
            issuer,
            issuer_key: self.key(&issuer.key)?,
            responder,
            responder_key: self.key(&responder.key)?,
        };
        ocsp::make(declared, &parties)
    }
}

fn entries(map: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = (&str, &[u8])> {
    map.iter()
        .map(|(id, octets)| (id.as_str(), octets.as_slice()))
}

#[cfg(test)]
mod tests;
