//! Certificates with any extension, and paths of them. They are not signed: §6.1.3 (a)(1) has its own test.

use std::sync::Arc;

use sig_core::der::octets::Octets;
use sig_core::finding::{Finding, Level, StepOutcome};
use sig_core::path::build::CertificationPath;
use sig_core::path::inputs::PathInputs;
use sig_core::path::validate::{CheckedPath, ValidityTimes, check};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, UnixTime};

pub const ANY: &[u8] = &[0x55, 0x1d, 0x20, 0];
pub const P1: &[u8] = &[0x2a, 3, 1];
pub const P2: &[u8] = &[0x2a, 3, 2];
pub const P3: &[u8] = &[0x2a, 3, 3];

/// 2026-11-22.
pub const AT: UnixTime = UnixTime::from_seconds(1_795_302_000);

/// One element with its length.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=0x7f => out.push(short as u8),
        long => {
            let octets = long.to_be_bytes();
            let skip = octets.iter().take_while(|octet| **octet == 0).count();
            out.push(0x80 | (octets.len() - skip) as u8);
            out.extend_from_slice(&octets[skip..]);
        }
    }
    out.extend_from_slice(content);
    out
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub fn oid(content: &[u8]) -> Vec<u8> {
    tlv(6, content)
}

/// A `SubjectPublicKeyInfo` of the parts of its algorithm and the octets of its key.
pub fn spki(algorithm: &[Vec<u8>], key: &[u8]) -> Vec<u8> {
    let key = tlv(3, &[&[0][..], key].concat());
    sequence(&[sequence(algorithm), key])
}

/// A name of one common name.
pub fn name(text: &str) -> Vec<u8> {
    names(&[text])
}

/// A name of common names, one after another.
pub fn names(texts: &[&str]) -> Vec<u8> {
    let relative: Vec<Vec<u8>> = texts
        .iter()
        .map(|text| {
            let attribute = [oid(&[0x55, 4, 3]), tlv(0x0c, text.as_bytes())];
            tlv(0x31, &sequence(&attribute))
        })
        .collect();
    sequence(&relative)
}

/// A certificate to be written.
#[derive(Clone)]
pub struct Draft {
    version: u8,
    serial: Vec<u8>,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    validity: [&'static str; 2],
    outer_algorithm: u8,
    /// Another algorithm than Ed25519, inside and outside.
    algorithm: Option<Vec<u8>>,
    key: Vec<u8>,
    extensions: Vec<Vec<u8>>,
}

/// An end entity named by `subject` under `issuer`.
pub fn leaf(subject: &str, issuer: &str) -> Draft {
    Draft {
        version: 3,
        serial: vec![1],
        subject: name(subject),
        issuer: name(issuer),
        validity: ["200101000000Z", "400101000000Z"],
        outer_algorithm: 0x70,
        algorithm: None,
        key: spki(&[oid(&[0x2b, 0x65, 0x70])], &[7; 32]),
        extensions: Vec::new(),
    }
}

/// An authority, as [`leaf`] otherwise.
pub fn authority(subject: &str, issuer: &str) -> Draft {
    leaf(subject, issuer).critical(0x13, &sequence(&[tlv(1, &[0xff])]))
}

impl Draft {
    pub fn version(mut self, version: u8) -> Self {
        self.version = version;
        self
    }

    /// Contents of the serial number.
    pub fn serial(mut self, serial: &[u8]) -> Self {
        self.serial = serial.to_vec();
        self
    }

    pub fn subject(mut self, name: Vec<u8>) -> Self {
        self.subject = name;
        self
    }

    pub fn issuer(mut self, name: Vec<u8>) -> Self {
        self.issuer = name;
        self
    }

    /// Another `SubjectPublicKeyInfo`.
    pub fn key(mut self, key: Vec<u8>) -> Self {
        self.key = key;
        self
    }

    pub fn validity(mut self, from: &'static str, to: &'static str) -> Self {
        self.validity = [from, to];
        self
    }

    /// Another algorithm outside than inside.
    pub fn other_outer_algorithm(mut self) -> Self {
        self.outer_algorithm = 0x71;
        self
    }

    /// `id-ce` and a number.
    pub fn plain(self, number: u8, value: &[u8]) -> Self {
        self.extension(&[0x55, 0x1d, number], false, value)
    }

    /// `id-ce` and a number, critical.
    pub fn critical(self, number: u8, value: &[u8]) -> Self {
        self.extension(&[0x55, 0x1d, number], true, value)
    }

    pub fn extension(mut self, id: &[u8], is_critical: bool, value: &[u8]) -> Self {
        let critical = if is_critical {
            tlv(1, &[0xff])
        } else {
            Vec::new()
        };
        let parts = [oid(id), critical, tlv(4, value)];
        self.extensions.push(sequence(&parts));
        self
    }

    /// Without the extensions so far.
    pub fn bare(mut self) -> Self {
        self.extensions.clear();
        self
    }

    pub fn path_length(self, length: u8) -> Self {
        self.bare()
            .critical(0x13, &sequence(&[tlv(1, &[0xff]), tlv(2, &[length])]))
    }

    pub fn policies(self, policies: &[&[u8]]) -> Self {
        let policies: Vec<Vec<u8>> = policies.iter().map(|id| sequence(&[oid(id)])).collect();
        self.plain(0x20, &sequence(&policies))
    }

    pub fn mappings(self, pairs: &[(&[u8], &[u8])]) -> Self {
        let pairs: Vec<Vec<u8>> = pairs
            .iter()
            .map(|(issuer, subject)| sequence(&[oid(issuer), oid(subject)]))
            .collect();
        self.critical(0x21, &sequence(&pairs))
    }

    pub fn require_explicit_policy(self, skip: u8) -> Self {
        self.critical(0x24, &sequence(&[tlv(0x80, &[skip])]))
    }

    pub fn inhibit_policy_mapping(self, skip: u8) -> Self {
        self.critical(0x24, &sequence(&[tlv(0x81, &[skip])]))
    }

    pub fn inhibit_any_policy(self, skip: u8) -> Self {
        self.critical(0x36, &tlv(2, &[skip]))
    }

    /// Named bits of keyUsage: their octet and how many are unused.
    pub fn key_usage(self, unused: u8, octet: u8) -> Self {
        self.critical(0x0f, &tlv(3, &[unused, octet]))
    }

    pub fn purposes(self, purposes: &[u8]) -> Self {
        let purposes: Vec<Vec<u8>> = purposes.iter().map(|last| oid(&purpose(*last))).collect();
        self.plain(0x25, &sequence(&purposes))
    }

    pub fn alternative_names(self, names: &[Vec<u8>]) -> Self {
        self.plain(0x11, &sequence(names))
    }

    pub fn permitted(self, base: Vec<u8>) -> Self {
        self.critical(0x1e, &sequence(&[tlv(0xa0, &sequence(&[base]))]))
    }

    pub fn excluded(self, base: Vec<u8>) -> Self {
        self.critical(0x1e, &sequence(&[tlv(0xa1, &sequence(&[base]))]))
    }

    pub fn make(&self) -> Arc<Certificate> {
        self.make_with(self.key.clone(), |_| vec![0; 64])
    }

    /// Signed by this algorithm, which has no parameters.
    pub fn algorithm(mut self, content: &[u8]) -> Self {
        self.algorithm = Some(sequence(&[oid(content)]));
        self
    }

    /// With this public key, signed by that function.
    pub fn make_with(&self, spki: Vec<u8>, sign: impl Fn(&[u8]) -> Vec<u8>) -> Arc<Certificate> {
        let algorithm = |last| {
            let other = self.algorithm.clone();
            other.unwrap_or_else(|| sequence(&[oid(&[0x2b, 0x65, last])]))
        };
        let mut fields = Vec::new();
        if self.version > 1 {
            fields.push(tlv(0xa0, &tlv(2, &[self.version - 1])));
        }
        fields.extend([
            tlv(2, &self.serial),
            algorithm(0x70),
            self.issuer.clone(),
            sequence(&self.validity.map(|time| tlv(0x17, time.as_bytes()))),
            self.subject.clone(),
            spki,
        ]);
        if !self.extensions.is_empty() {
            fields.push(tlv(0xa3, &sequence(&self.extensions)));
        }
        let signed = sequence(&fields);
        let signature = tlv(3, &[vec![0], sign(&signed)].concat());
        let whole = sequence(&[signed, algorithm(self.outer_algorithm), signature]);
        let mut budget = Budget::new(Limits::STANDARD);
        Arc::new(Certificate::from_der(&Octets::from(whole), &mut budget).unwrap())
    }
}

/// `id-kp` and a number.
pub fn purpose(last: u8) -> [u8; 8] {
    [0x2b, 6, 1, 5, 5, 7, 3, last]
}

pub fn dns(text: &str) -> Vec<u8> {
    tlv(0x82, text.as_bytes())
}

pub fn anchor() -> Draft {
    authority("Root", "Root")
}

/// Certificates from the one below the anchor to the end entity.
pub fn path(anchor: &Draft, certificates: &[Draft]) -> CertificationPath {
    CertificationPath {
        certificates: certificates.iter().rev().map(Draft::make).collect(),
        anchor: anchor.make(),
    }
}

pub fn checked(anchor: &Draft, certificates: &[Draft], inputs: &PathInputs) -> CheckedPath {
    let path = path(anchor, certificates);
    let mut budget = Budget::new(Limits::STANDARD);
    let times = ValidityTimes { authorities: AT };
    let checked = check(&path, inputs, times, &mut budget).unwrap();
    // Whatever is judged: a step fails by the findings that its row names, and they are there.
    for step in checked.steps.as_slice() {
        if let StepOutcome::Failed(failed) = &step.outcome {
            for code in failed {
                let made = checked.findings.iter().any(|found| found.code == *code);
                assert!(made, "{} without {}", step.row.id, code.id);
                assert!(
                    step.row.findings.contains(code),
                    "{} {}",
                    step.row.id,
                    code.id
                );
            }
        }
    }
    checked
}

pub fn codes(findings: &[Finding]) -> Vec<&'static str> {
    let failed = findings.iter().filter(|f| f.level == Level::Fail);
    failed.map(|finding| finding.code.id).collect()
}

/// The codes that fail a path under an ordinary anchor.
pub fn failures(certificates: &[Draft], inputs: &PathInputs) -> Vec<&'static str> {
    codes(&checked(&anchor(), certificates, inputs).findings)
}

/// The same when nothing is asked.
pub fn plain_failures(certificates: &[Draft]) -> Vec<&'static str> {
    failures(certificates, &PathInputs::UNCONSTRAINED)
}
