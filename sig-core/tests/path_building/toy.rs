//! A back end whose signatures name the key that made them, and certificates signed so.

use std::sync::Arc;

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, SignatureScheme,
    VerifyingKey,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Error;
use sig_core::base::limits::Work;
use sig_core::der::octets::Octets;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::path::build::{CertificationPath, DeadEnd, Search, Sources, search};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

/// Verifies what [`Draft::signed_by`] writes.
#[derive(Debug)]
pub struct Toy;

#[derive(Debug)]
struct ToyKey(Vec<u8>);

impl SignatureAlgorithm for Toy {
    fn id(&self) -> SignatureId {
        SignatureId {
            scheme: SignatureScheme::Ed25519,
            digest: DigestId::Sha512,
        }
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        Ok(Box::new(ToyKey(key.public_key.to_vec())))
    }
}

impl VerifyingKey for ToyKey {
    fn verify(&self, _: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        if signature == self.0 {
            Ok(())
        } else {
            Err(NotVerified::BadSignature)
        }
    }

    fn memory(&self) -> usize {
        self.0.len()
    }
}

pub static TOY: Algorithms = Algorithms {
    name: "toy",
    digests: &[],
    signatures: &[&Toy],
};

/// A certificate to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    pub serial: u32,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    key: u32,
    signed_by: u32,
    not_after: &'static str,
    is_authority: bool,
    own_identifier: Option<u8>,
    wanted_identifier: Option<u8>,
    wanted_serial: Option<u32>,
}

/// A certificate of a name and key, under another name and key.
pub fn issued(subject: &str, key: u32, issuer: &str, signed_by: u32) -> Draft {
    Draft {
        serial: 1,
        subject: name(subject, Tag::UTF8_STRING),
        issuer: name(issuer, Tag::UTF8_STRING),
        key,
        signed_by,
        not_after: "400101000000Z",
        is_authority: true,
        own_identifier: None,
        wanted_identifier: None,
        wanted_serial: None,
    }
}

/// A name and key that vouch for themselves.
pub fn root(name: &str, key: u32) -> Draft {
    issued(name, key, name, key)
}

impl Draft {
    pub fn serial(self, serial: u32) -> Self {
        Self { serial, ..self }
    }

    /// The same issuer, written as another string type in other letters.
    pub fn issuer_in_capitals(self, issuer: &str) -> Self {
        let issuer = name(&issuer.to_uppercase(), Tag::PRINTABLE_STRING);
        Self { issuer, ..self }
    }

    pub fn identifier(self, own: u8) -> Self {
        let own_identifier = Some(own);
        Self {
            own_identifier,
            ..self
        }
    }

    pub fn wants(self, identifier: u8) -> Self {
        let wanted_identifier = Some(identifier);
        Self {
            wanted_identifier,
            ..self
        }
    }

    pub fn wants_serial(self, serial: u32) -> Self {
        let wanted_serial = Some(serial);
        Self {
            wanted_serial,
            ..self
        }
    }

    pub fn until(self, not_after: &'static str) -> Self {
        Self { not_after, ..self }
    }

    pub fn no_authority(self) -> Self {
        Self {
            is_authority: false,
            ..self
        }
    }

    pub fn make(&self) -> Arc<Certificate> {
        let algorithm = sequence(&[element(Tag::OID, &[0x2b, 0x65, 0x70])]);
        let bits = |number: u32| {
            let octets = [&[0][..], &number.to_be_bytes()].concat();
            element(Tag::BIT_STRING, &octets)
        };
        let integer = |number: u32| [&[1][..], &number.to_be_bytes()].concat();
        let time = |text: &str| element(Tag::UTC_TIME, text.as_bytes());
        let mut extensions = Vec::new();
        if self.is_authority {
            let value = sequence(&[element(Tag::BOOLEAN, &[0xff])]);
            extensions.push(extension(19, &value));
        }
        if let Some(own) = self.own_identifier {
            extensions.push(extension(14, &element(Tag::OCTET_STRING, &[own])));
        }
        let mut wanted = Vec::new();
        if let Some(identifier) = self.wanted_identifier {
            wanted.push(element(Tag::context(0), &[identifier]));
        }
        if let Some(serial) = self.wanted_serial {
            wanted.push(element(Tag::context(2), &integer(serial)));
        }
        if !wanted.is_empty() {
            extensions.push(extension(35, &sequence(&wanted)));
        }
        let mut fields = vec![
            element(Tag::context(0).constructed(), &element(Tag::INTEGER, &[2])),
            element(Tag::INTEGER, &integer(self.serial)),
            algorithm.clone(),
            self.issuer.clone(),
            sequence(&[time("200101000000Z"), time(self.not_after)]),
            self.subject.clone(),
            sequence(&[algorithm.clone(), bits(self.key)]),
        ];
        if !extensions.is_empty() {
            let wrapper = Tag::context(3).constructed();
            fields.push(element(wrapper, &sequence(&extensions)));
        }
        let whole = sequence(&[sequence(&fields), algorithm, bits(self.signed_by)]);
        let mut budget = Budget::new(Limits::STANDARD);
        Arc::new(Certificate::from_der(&Octets::from(whole), &mut budget).unwrap())
    }
}

pub fn made(drafts: &[Draft]) -> Vec<Arc<Certificate>> {
    drafts.iter().map(Draft::make).collect()
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

fn extension(number: u8, value: &[u8]) -> Vec<u8> {
    let id = element(Tag::OID, &[0x55, 0x1d, number]);
    sequence(&[id, element(Tag::OCTET_STRING, value)])
}

pub fn name(text: &str, string: Tag) -> Vec<u8> {
    let common_name = element(Tag::OID, &[0x55, 4, 3]);
    let attribute = sequence(&[common_name, element(string, text.as_bytes())]);
    sequence(&[element(Tag::SET, &attribute)])
}

/// What a search that looks at every path came to.
#[derive(Debug)]
pub struct Found {
    pub paths: Vec<CertificationPath>,
    pub end: Result<Option<DeadEnd>, Error>,
    pub work: Work,
}

impl Found {
    /// Serial numbers of each path, the anchor's last.
    pub fn serials(&self) -> Vec<Vec<u32>> {
        self.paths.iter().map(serials).collect()
    }
}

pub fn serial(certificate: &Certificate) -> u32 {
    let digits = certificate.serial.get(1..).unwrap();
    u32::from_be_bytes(digits.try_into().unwrap())
}

pub fn serials(path: &CertificationPath) -> Vec<u32> {
    let anchor = std::iter::once(&path.anchor);
    let certificates = path.certificates.iter().chain(anchor);
    certificates
        .map(|certificate| serial(certificate))
        .collect()
}

/// Looks at every path.
pub fn all(end_entity: &Draft, sources: Sources<'_>, limits: Limits) -> Found {
    until(end_entity, sources, limits, |_| Search::Continue)
}

/// Looks at the first path.
pub fn first(end_entity: &Draft, sources: Sources<'_>, limits: Limits) -> Found {
    until(end_entity, sources, limits, |_| Search::Stop)
}

pub fn until(
    end_entity: &Draft,
    sources: Sources<'_>,
    limits: Limits,
    mut judge: impl FnMut(&CertificationPath) -> Search,
) -> Found {
    let mut budget = Budget::new(limits);
    let mut paths = Vec::new();
    let end_entity = end_entity.make();
    let end = search(&end_entity, sources, &mut budget, &mut |path, _| {
        let search = judge(&path);
        paths.push(path);
        Ok(search)
    });
    Found {
        paths,
        end,
        work: budget.used(),
    }
}
