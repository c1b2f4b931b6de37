//! Certificates, CRLs and OCSP responses with signatures that verify, each part open to change.

use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::path::build::{CertificationPath, Sources};
use sig_core::trust::revocation::{Determination, Offered, Question, UnknownSigner, status};
use sig_core::x509::certificate::Certificate;
use sig_core::x509::crl::CertificateList;
use sig_core::x509::ocsp::OcspResponse;
use sig_core::{Budget, Limits};
use testdata::{Digest, Pki, pki};

use crate::certificates::{AT, name, oid, purpose, sequence, tlv};

pub const NOCHECK: [u8; 9] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5];
pub const NONCE: [u8; 9] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
pub const ARCHIVE_CUTOFF: [u8; 9] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 6];
pub const EXTENDED_REVOKE: [u8; 9] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 9];
pub const CERT_HASH: [u8; 5] = [0x2b, 0x24, 8, 3, 13];
pub const OCSP_SIGNING: u8 = 9;

pub const GOOD: &[u8] = &[0x80, 0];
pub const UNKNOWN: &[u8] = &[0x82, 0];

/// A key of the declared PKIs.
#[derive(Clone, Copy)]
pub struct Key {
    pki: &'static Pki,
    id: &'static str,
}

/// Who takes part: keys of one algorithm.
#[derive(Clone, Copy)]
pub struct Keys {
    pub root: Key,
    pub ca: Key,
    pub person: Key,
    pub responder: Key,
    pub other: Key,
}

fn keys(name: &str, ids: [&'static str; 5]) -> Keys {
    let pki = pki::named(name).unwrap();
    let [root, ca, person, responder, other] = ids.map(|id| Key { pki, id });
    Keys {
        root,
        ca,
        person,
        responder,
        other,
    }
}

/// GOST R 34.10-2012 with 256 bits.
pub fn gost() -> Keys {
    keys(
        "ru-demo",
        ["root", "ca", "citizen", "ocsp-responder", "tsa"],
    )
}

pub fn rsa() -> Keys {
    keys("rsa", ["root", "ca", "person", "tsa", "person-2"])
}

impl Key {
    pub fn octets(self) -> Vec<u8> {
        self.pki.key(self.id).unwrap().public_key_octets()
    }

    /// The signed structure with its algorithm and signature, and what follows.
    fn sign(self, tbs: &[u8], rest: &[Vec<u8>]) -> Vec<u8> {
        let key = self.pki.key(self.id).unwrap();
        let signature = key.sign(key.digest(), tbs).unwrap();
        let mut parts = vec![
            tbs.to_vec(),
            self.algorithm(),
            tlv(3, &[&[0][..], &signature].concat()),
        ];
        parts.extend_from_slice(rest);
        sequence(&parts)
    }

    fn algorithm(self) -> Vec<u8> {
        let key = self.pki.key(self.id).unwrap();
        key.signature_algorithm(key.digest())
    }
}

/// One extension, not critical.
pub fn extension(id: &[u8], value: &[u8]) -> Vec<u8> {
    sequence(&[oid(id), tlv(4, value)])
}

pub fn critical(id: &[u8], value: &[u8]) -> Vec<u8> {
    sequence(&[oid(id), tlv(1, &[0xff]), tlv(4, value)])
}

/// A certificate to be written.
#[derive(Clone)]
pub struct Draft {
    pub serial: u8,
    pub subject: Vec<u8>,
    pub issuer: Vec<u8>,
    pub key: Key,
    pub signed_by: Key,
    pub validity: [&'static str; 2],
    pub extensions: Vec<Vec<u8>>,
}

impl Draft {
    pub fn make(&self) -> Arc<Certificate> {
        let key = self.key.pki.key(self.key.id).unwrap();
        let mut fields = vec![
            tlv(0xa0, &tlv(2, &[2])),
            tlv(2, &[self.serial]),
            self.signed_by.algorithm(),
            self.issuer.clone(),
            sequence(&self.validity.map(|time| tlv(0x17, time.as_bytes()))),
            self.subject.clone(),
            key.subject_public_key_info(),
        ];
        if !self.extensions.is_empty() {
            fields.push(tlv(0xa3, &sequence(&self.extensions)));
        }
        let whole = self.signed_by.sign(&sequence(&fields), &[]);
        let mut budget = Budget::new(Limits::STANDARD);
        Arc::new(Certificate::from_der(&Octets::from(whole), &mut budget).unwrap())
    }
}

/// A CRL of the authority that lists these serial numbers.
pub fn crl(keys: &Keys, listed: &[u8]) -> Arc<CertificateList> {
    let time = |text: &str| tlv(0x17, text.as_bytes());
    let listed: Vec<Vec<u8>> = listed
        .iter()
        .map(|serial| sequence(&[tlv(2, &[*serial]), time("261001000000Z")]))
        .collect();
    let mut fields = vec![
        tlv(2, &[1]),
        keys.ca.algorithm(),
        name("CA"),
        time("261101000000Z"),
        time("270101000000Z"),
    ];
    if !listed.is_empty() {
        fields.push(sequence(&listed));
    }
    let whole = keys.ca.sign(&sequence(&fields), &[]);
    let mut budget = Budget::new(Limits::STANDARD);
    Arc::new(CertificateList::from_der(&Octets::from(whole), &mut budget).unwrap())
}

/// A `CertID` to be written.
#[derive(Clone)]
pub struct CertId {
    /// The whole `AlgorithmIdentifier`.
    pub algorithm: Vec<u8>,
    pub name_hash: Vec<u8>,
    pub key_hash: Vec<u8>,
    pub serial: u8,
}

/// A `SingleResponse` to be written.
#[derive(Clone)]
pub struct Single {
    pub id: CertId,
    pub status: Vec<u8>,
    pub this_update: &'static str,
    pub next_update: Option<&'static str>,
    pub extensions: Vec<Vec<u8>>,
}

/// An `OCSPResponse` to be written.
#[derive(Clone)]
pub struct Response {
    pub version: Option<u8>,
    /// The whole `ResponderID`.
    pub responder: Vec<u8>,
    pub produced_at: &'static str,
    pub singles: Vec<Single>,
    pub extensions: Vec<Vec<u8>>,
    pub certificates: Vec<Arc<Certificate>>,
    pub signed_by: Key,
    pub change_after_signing: bool,
}

pub fn by_name(text: &str) -> Vec<u8> {
    tlv(0xa1, &name(text))
}

pub fn by_key(key: Key) -> Vec<u8> {
    tlv(0xa2, &tlv(4, &Digest::Sha1.of(&key.octets())))
}

/// The contents octets of the identifiers of digests.
pub fn digest_oid(digest: Digest) -> &'static [u8] {
    match digest {
        Digest::Sha1 => &[0x2b, 0x0e, 3, 2, 0x1a],
        Digest::Sha256 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1],
        Digest::Sha512 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3],
        Digest::Gost94 => &[0x2a, 0x85, 3, 2, 2, 9],
        Digest::Streebog256 => &[0x2a, 0x85, 3, 7, 1, 1, 2, 2],
        Digest::Streebog512 => &[0x2a, 0x85, 3, 7, 1, 1, 2, 3],
        Digest::Md5 => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5],
        Digest::Shake256 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 12],
    }
}

pub fn cert_id(digest: Digest, issuer_name: &[u8], issuer_key: Key) -> CertId {
    CertId {
        algorithm: sequence(&[oid(digest_oid(digest))]),
        name_hash: digest.of(issuer_name),
        key_hash: digest.of(&issuer_key.octets()),
        serial: PERSON,
    }
}

pub const PERSON: u8 = 77;
pub const RESPONDER: u8 = 78;

/// Revoked at a time, for a reason.
pub fn revoked(time: &str, reason: Option<u8>) -> Vec<u8> {
    let mut fields = tlv(0x18, time.as_bytes());
    if let Some(reason) = reason {
        fields.extend(tlv(0xa0, &tlv(10, &[reason])));
    }
    tlv(0xa1, &fields)
}

impl Single {
    fn write(&self) -> Vec<u8> {
        let id = sequence(&[
            self.id.algorithm.clone(),
            tlv(4, &self.id.name_hash),
            tlv(4, &self.id.key_hash),
            tlv(2, &[self.id.serial]),
        ]);
        let time = |text: &str| tlv(0x18, text.as_bytes());
        let mut fields = vec![id, self.status.clone(), time(self.this_update)];
        fields.extend(self.next_update.map(|text| tlv(0xa0, &time(text))));
        if !self.extensions.is_empty() {
            fields.push(tlv(0xa1, &sequence(&self.extensions)));
        }
        sequence(&fields)
    }
}

impl Response {
    /// DER `BasicOCSPResponse`.
    pub fn basic(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        fields.extend(self.version.map(|number| tlv(0xa0, &tlv(2, &[number]))));
        let singles: Vec<Vec<u8>> = self.singles.iter().map(Single::write).collect();
        fields.extend([
            self.responder.clone(),
            tlv(0x18, self.produced_at.as_bytes()),
            sequence(&singles),
        ]);
        if !self.extensions.is_empty() {
            fields.push(tlv(0xa1, &sequence(&self.extensions)));
        }
        let certificates: Vec<Vec<u8>> = self
            .certificates
            .iter()
            .map(|it| it.octets.to_vec())
            .collect();
        let rest = match certificates.as_slice() {
            [] => Vec::new(),
            _ => vec![tlv(0xa0, &sequence(&certificates))],
        };
        let data = sequence(&fields);
        let mut signed = self.signed_by.sign(&data, &rest);
        if self.change_after_signing {
            // The last digit of the time of signing.
            let time = tlv(0x18, self.produced_at.as_bytes());
            let found = signed.windows(time.len()).position(|part| part == time);
            signed[found.unwrap() + time.len() - 2] ^= 1;
        }
        signed
    }

    /// DER `OCSPResponse`.
    pub fn write(&self) -> Vec<u8> {
        let bytes = sequence(&[
            oid(&[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]),
            tlv(4, &self.basic()),
        ]);
        sequence(&[tlv(10, &[0]), tlv(0xa0, &bytes)])
    }

    pub fn make(&self) -> Arc<OcspResponse> {
        read(self.write())
    }
}

pub fn read(octets: Vec<u8>) -> Arc<OcspResponse> {
    let mut budget = Budget::new(Limits::STANDARD);
    Arc::new(OcspResponse::from_der(&Octets::from(octets), &mut budget).unwrap())
}

/// Root, CA, person, and a responder that the CA certified; each response starts from one that counts.
#[derive(Clone)]
pub struct World {
    pub keys: Keys,
    pub ca: Draft,
    pub person: Draft,
    pub responder: Draft,
    pub rule: UnknownSigner,
    pub crls: Vec<Arc<CertificateList>>,
    pub offered: Vec<Arc<Certificate>>,
    pub max_age_days: Option<u32>,
}

const VALIDITY: [&str; 2] = ["200101000000Z", "400101000000Z"];

impl World {
    pub fn of(keys: Keys) -> Self {
        let authority = || critical(&[0x55, 0x1d, 0x13], &sequence(&[tlv(1, &[0xff])]));
        let ca = Draft {
            serial: 2,
            subject: name("CA"),
            issuer: name("Root"),
            key: keys.ca,
            signed_by: keys.root,
            validity: VALIDITY,
            extensions: vec![authority()],
        };
        let person = Draft {
            serial: PERSON,
            subject: name("Person"),
            issuer: name("CA"),
            key: keys.person,
            signed_by: keys.ca,
            validity: VALIDITY,
            extensions: Vec::new(),
        };
        let responder = Draft {
            serial: RESPONDER,
            subject: name("Responder"),
            key: keys.responder,
            extensions: vec![purposes(&[OCSP_SIGNING]), extension(&NOCHECK, &[5, 0])],
            ..person.clone()
        };
        Self {
            keys,
            ca,
            person,
            responder,
            rule: UnknownSigner::Refused,
            crls: Vec::new(),
            offered: Vec::new(),
            max_age_days: None,
        }
    }

    /// "Good" until 2027, signed by the delegate, which stands inside.
    pub fn delegated(&self) -> Response {
        Response {
            version: None,
            responder: by_name("Responder"),
            produced_at: "20261101000000Z",
            singles: vec![Single {
                id: cert_id(Digest::Sha1, &name("CA"), self.keys.ca),
                status: GOOD.to_vec(),
                this_update: "20261101000000Z",
                next_update: Some("20270101000000Z"),
                extensions: Vec::new(),
            }],
            extensions: Vec::new(),
            certificates: vec![self.responder.make()],
            signed_by: self.keys.responder,
            change_after_signing: false,
        }
    }

    /// The same by the authority itself.
    pub fn direct(&self) -> Response {
        Response {
            responder: by_name("CA"),
            certificates: Vec::new(),
            signed_by: self.keys.ca,
            ..self.delegated()
        }
    }

    pub fn path(&self) -> CertificationPath {
        let root = Draft {
            serial: 1,
            subject: name("Root"),
            key: self.keys.root,
            ..self.ca.clone()
        };
        CertificationPath {
            certificates: vec![self.person.make(), self.ca.make()],
            anchor: root.make(),
        }
    }

    /// What is known about the person.
    pub fn ask(&self, responses: &[Arc<OcspResponse>]) -> Determination {
        let path = self.path();
        let question = Question {
            path: &path,
            place: 0,
            certificate: &path.certificates[0],
            at: AT,
            unknown_signer: self.rule,
        };
        let offered = Offered {
            crls: &self.crls,
            ocsp: responses,
            max_age_days: self.max_age_days,
            fresh_age_days: None,
            sources: Sources::new(
                std::slice::from_ref(&path.anchor),
                &self.offered,
                &RUSTCRYPTO,
            ),
        };
        status(question, offered, &mut Budget::new(Limits::STANDARD)).unwrap()
    }
}

/// extKeyUsage, not critical.
pub fn purposes(purposes: &[u8]) -> Vec<u8> {
    let purposes: Vec<Vec<u8>> = purposes.iter().map(|last| oid(&purpose(*last))).collect();
    extension(&[0x55, 0x1d, 0x25], &sequence(&purposes))
}

/// keyUsage of one octet.
pub fn key_usage(unused: u8, octet: u8) -> Vec<u8> {
    critical(&[0x55, 0x1d, 0x0f], &tlv(3, &[unused, octet]))
}
