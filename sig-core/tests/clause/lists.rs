//! CRLs with any extension, signed, and questions about certificates under them.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::path::build::{CertificationPath, Sources};
use sig_core::trust::revocation::{
    Answer, Determination, Offered, Question, Status, UnknownSigner, status,
};
use sig_core::x509::certificate::Certificate;
use sig_core::x509::crl::CertificateList;
use sig_core::{Budget, Error, Limits, UnixTime};
use testdata::Pki;

use crate::certificates::*;

/// The serial number of the certificate asked about.
pub const SERIAL: &[u8] = &[5];
/// Bits of keyUsage: keyCertSign and cRLSign, cRLSign alone, keyCertSign alone.
pub const CERT_AND_CRL_SIGN: (u8, u8) = (1, 6);
pub const CRL_SIGN: (u8, u8) = (1, 2);
pub const CERT_SIGN: (u8, u8) = (2, 4);

/// Keys by their ids.
fn keys() -> &'static Pki {
    static KEYS: OnceLock<Pki> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut text = "description = \"keys\"\nseed = \"keys of the clause tests\"\n".to_owned();
        for id in ["root", "ca", "new", "signer", "sub", "person", "stranger"] {
            write!(text, "[[key]]\nid = \"{id}\"\nalgorithm = \"ed25519\"\n").unwrap();
        }
        Pki::from_toml("keys", &text).unwrap()
    })
}

fn sign(key: &str, octets: &[u8]) -> Vec<u8> {
    let key = keys().key(key).unwrap();
    key.sign(key.digest(), octets).unwrap()
}

impl Draft {
    /// With one of the keys, signed with another.
    pub fn signed(&self, key: &str, by: &str) -> Arc<Certificate> {
        let key = keys().key(key).unwrap();
        self.make_with(key.subject_public_key_info(), |octets| sign(by, octets))
    }

    /// cRLDistributionPoints.
    pub fn points(self, points: &[Vec<u8>]) -> Self {
        self.plain(0x1f, &sequence(points))
    }

    pub fn usage(self, (unused, octet): (u8, u8)) -> Self {
        self.key_usage(unused, octet)
    }
}

/// A CRL to be written.
#[derive(Clone)]
pub struct List {
    version: u8,
    issuer: Vec<u8>,
    this_update: &'static str,
    next_update: Option<&'static str>,
    entries: Vec<Vec<u8>>,
    extensions: Vec<Vec<u8>>,
}

/// A CRL of November 2026 without a number.
pub fn list(issuer: &str) -> List {
    List {
        version: 2,
        issuer: name(issuer),
        this_update: "261101000000Z",
        next_update: Some("261201000000Z"),
        entries: Vec::new(),
        extensions: Vec::new(),
    }
}

/// One extension of `id-ce`.
pub fn extension(number: u8, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if is_critical {
        tlv(1, &[0xff])
    } else {
        Vec::new()
    };
    sequence(&[oid(&[0x55, 0x1d, number]), critical, tlv(4, value)])
}

impl List {
    pub fn version_1(mut self) -> Self {
        self.version = 1;
        self
    }

    pub fn times(mut self, this_update: &'static str, next_update: Option<&'static str>) -> Self {
        self.this_update = this_update;
        self.next_update = next_update;
        self
    }

    pub fn extension(mut self, number: u8, is_critical: bool, value: &[u8]) -> Self {
        self.extensions.push(extension(number, is_critical, value));
        self
    }

    pub fn number(self, number: u8) -> Self {
        self.extension(0x14, false, &tlv(2, &[number]))
    }

    /// deltaCRLIndicator.
    pub fn delta_of(self, base: u8) -> Self {
        self.extension(0x1b, true, &tlv(2, &[base]))
    }

    pub fn key_identifier(self, octet: u8) -> Self {
        self.extension(0x23, false, &sequence(&[tlv(0x80, &[octet])]))
    }

    /// issuingDistributionPoint.
    pub fn scope(self, fields: &[Vec<u8>]) -> Self {
        self.extension(0x1c, true, &sequence(fields))
    }

    /// An entry of the year 2026 for a serial number.
    pub fn revoking(self, serial: &[u8], reason: Option<u8>) -> Self {
        let reason = reason.map(|reason| extension(0x15, false, &tlv(0x0a, &[reason])));
        self.entry(serial, "260601000000Z", reason.as_slice())
    }

    pub fn entry(mut self, serial: &[u8], date: &str, extensions: &[Vec<u8>]) -> Self {
        let mut fields = vec![tlv(2, serial), tlv(0x17, date.as_bytes())];
        if !extensions.is_empty() {
            fields.push(sequence(extensions));
        }
        self.entries.push(sequence(&fields));
        self
    }

    pub fn signed(&self, by: &str) -> Arc<CertificateList> {
        let algorithm = sequence(&[oid(&[0x2b, 0x65, 0x70])]);
        let time = |text: &str| tlv(0x17, text.as_bytes());
        let mut fields = Vec::new();
        if self.version > 1 {
            fields.push(tlv(2, &[1]));
        }
        fields.extend([
            algorithm.clone(),
            self.issuer.clone(),
            time(self.this_update),
        ]);
        fields.extend(self.next_update.map(time));
        if !self.entries.is_empty() {
            fields.push(sequence(&self.entries));
        }
        if !self.extensions.is_empty() {
            fields.push(tlv(0xa0, &sequence(&self.extensions)));
        }
        let signed = sequence(&fields);
        let signature = tlv(3, &[vec![0], sign(by, &signed)].concat());
        let whole = Octets::from(sequence(&[signed, algorithm, signature]));
        let mut budget = Budget::new(Limits::STANDARD);
        Arc::new(CertificateList::from_der(&whole, &mut budget).unwrap())
    }
}

/// Fields of distribution points.
pub fn full_name(names: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xa0, &tlv(0xa0, &names.concat()))
}

pub fn relative_name(last: &str) -> Vec<u8> {
    let attribute = [oid(&[0x55, 4, 3]), tlv(0x0c, last.as_bytes())];
    tlv(0xa0, &tlv(0xa1, &sequence(&attribute)))
}

pub fn uri(text: &str) -> Vec<u8> {
    tlv(0x86, text.as_bytes())
}

pub fn directory(text: &str) -> Vec<u8> {
    tlv(0xa4, &name(text))
}

pub fn crl_issuer(text: &str) -> Vec<u8> {
    tlv(0xa2, &directory(text))
}

/// Bits of ReasonFlags under a context tag.
pub fn reasons(tag: u8, bits: &[u8]) -> Vec<u8> {
    let mask = bits.iter().fold(0_u16, |mask, bit| mask | 0x8000 >> bit);
    let [first, second] = mask.to_be_bytes();
    let content = if second == 0 {
        vec![first.trailing_zeros().min(7) as u8, first]
    } else {
        vec![7, first, second]
    };
    tlv(tag, &content)
}

/// A boolean field of issuingDistributionPoint.
pub fn flag(number: u8) -> Vec<u8> {
    tlv(0x80 | number, &[0xff])
}

pub const ONLY_USERS: u8 = 1;
pub const ONLY_AUTHORITIES: u8 = 2;
pub const INDIRECT: u8 = 4;
pub const ONLY_ATTRIBUTES: u8 = 5;

/// A root, an authority, and a certificate that is asked about; certificates beside.
pub struct World {
    path: CertificationPath,
    others: Vec<Arc<Certificate>>,
    unknown_signer: UnknownSigner,
}

/// The certificate asked about.
pub fn person() -> Draft {
    leaf("A", "CA").serial(SERIAL)
}

pub fn ca() -> Draft {
    authority("CA", "Root")
}

impl World {
    pub fn new(person: &Draft) -> Self {
        Self::under(&ca(), person)
    }

    pub fn under(ca: &Draft, person: &Draft) -> Self {
        Self {
            path: CertificationPath {
                certificates: vec![person.signed("person", "ca"), ca.signed("ca", "root")],
                anchor: authority("Root", "Root").signed("root", "root"),
            },
            others: Vec::new(),
            unknown_signer: UnknownSigner::Refused,
        }
    }

    pub fn with(mut self, other: Arc<Certificate>) -> Self {
        self.others.push(other);
        self
    }

    pub fn taking_unknown_signers(mut self) -> Self {
        self.unknown_signer = UnknownSigner::Taken;
        self
    }

    pub fn ask(&self, crls: &[&Arc<CertificateList>]) -> Determination {
        self.ask_at(AT, crls)
    }

    pub fn ask_at(&self, at: UnixTime, crls: &[&Arc<CertificateList>]) -> Determination {
        self.try_ask(at, crls).unwrap()
    }

    pub fn try_ask(
        &self,
        at: UnixTime,
        crls: &[&Arc<CertificateList>],
    ) -> Result<Determination, Error> {
        let crls: Vec<_> = crls.iter().map(|crl| Arc::clone(crl)).collect();
        let question = Question {
            path: &self.path,
            place: 0,
            certificate: &self.path.certificates[0],
            at,
            unknown_signer: self.unknown_signer,
        };
        let stranger = authority("Stranger", "Stranger").signed("stranger", "stranger");
        let others = self.path.certificates.iter().skip(1).chain(&self.others);
        let others: Vec<_> = others.cloned().collect();
        let anchors = [Arc::clone(&self.path.anchor), stranger];
        let offered = Offered {
            ocsp: &[],
            max_age_days: None,
            fresh_age_days: None,
            crls: &crls,
            sources: Sources::new(&anchors, &others, &RUSTCRYPTO),
        };
        status(question, offered, &mut Budget::new(Limits::STANDARD))
    }
}

/// The answer in one word, or the reasons why nothing counts.
pub fn word(determination: &Determination) -> String {
    match &determination.answer {
        Some(Answer { status, .. }) => match status {
            Status::Good => "good",
            Status::Revoked(_) => "revoked",
            Status::OnHold(_) => "on hold",
            Status::RevokedLater(_) => "revoked later",
        }
        .to_owned(),
        None if !determination.uncovered.is_empty() => "reasons uncovered".to_owned(),
        None => {
            let reasons = determination.rejected.iter().map(|r| r.reason);
            reasons.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The word for a certificate under CRLs signed by its authority.
pub fn judged(person: &Draft, lists: &[List]) -> String {
    let crls: Vec<_> = lists.iter().map(|list| list.signed("ca")).collect();
    let crls: Vec<_> = crls.iter().collect();
    word(&World::new(person).ask(&crls))
}
