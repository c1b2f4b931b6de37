//! Signers of every algorithm, with keys of declared PKIs and of OpenSSL.

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer as OpensslSigner};
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509NameBuilder};
use sig_core::alg::digest::DigestId;
use sig_core::alg::signature::{SignatureId, SignatureScheme};
use sig_core::cms::build::{Signer, ToBeSigned, customary};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, UnixTime};
use testdata::Pki;

pub fn at() -> UnixTime {
    UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap()
}

pub fn read(der: &[u8]) -> Certificate {
    let mut budget = Budget::new(Limits::STANDARD);
    Certificate::from_der(&Octets::from(der), &mut budget).unwrap()
}

/// A signer, and what verifies it.
pub struct TestSigner {
    pub certificate: Certificate,
    pub chain: Vec<Certificate>,
    pub root: Vec<u8>,
    pub crls: Vec<Vec<u8>>,
    pub algorithm: SignatureId,
    pub key: TestKey,
}

pub enum TestKey {
    /// Of a declared PKI.
    Declared(&'static Pki, &'static str),
    OpenSsl(PKey<Private>),
}

#[derive(Debug, PartialEq)]
pub struct CardRemoved;

impl Signer for TestSigner {
    type Error = CardRemoved;

    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn algorithm(&self) -> SignatureId {
        self.algorithm
    }

    fn sign(&self, asked: ToBeSigned<'_>) -> Result<Vec<u8>, CardRemoved> {
        Ok(match &self.key {
            TestKey::Declared(pki, id) => {
                let key = pki.key(id).unwrap();
                key.sign(key.digest(), asked.octets).unwrap()
            }
            TestKey::OpenSsl(key) => by_openssl(key, &asked),
        })
    }
}

fn by_openssl(key: &PKey<Private>, asked: &ToBeSigned<'_>) -> Vec<u8> {
    let digest = match asked.algorithm.digest {
        DigestId::Sha256 => MessageDigest::sha256(),
        DigestId::Sha384 => MessageDigest::sha384(),
        _ => MessageDigest::sha512(),
    };
    if !asked.algorithm.scheme.verifies_digests() {
        let mut signer = OpensslSigner::new_without_digest(key).unwrap();
        return signer.sign_oneshot_to_vec(asked.octets).unwrap();
    }
    let mut signer = OpensslSigner::new(digest, key).unwrap();
    if let Some(salt) = asked.salt {
        signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        let salt = RsaPssSaltlen::custom(i32::try_from(salt).unwrap());
        signer.set_rsa_pss_saltlen(salt).unwrap();
    }
    signer.sign_oneshot_to_vec(asked.octets).unwrap()
}

/// The person of a declared PKI.
pub fn declared(name: &str) -> TestSigner {
    let pki = testdata::pki::named(name).unwrap();
    let certificate = |id| read(&pki.certificate(id).unwrap().der);
    let person = certificate("person");
    TestSigner {
        algorithm: customary(&person).unwrap(),
        certificate: person,
        chain: vec![certificate("ca")],
        root: pki.certificate("root").unwrap().der.clone(),
        crls: vec![
            pki.crl("root").unwrap().to_vec(),
            pki.crl("ca").unwrap().to_vec(),
        ],
        key: TestKey::Declared(pki, "person"),
    }
}

/// A signer with a key of OpenSSL under a root with the same key.
fn of_openssl(key: PKey<Private>) -> TestSigner {
    let root = certificate(&key, "Root", None);
    let person = read(&certificate(&key, "Person", Some(&root)).to_der().unwrap());
    TestSigner {
        algorithm: customary(&person).unwrap(),
        certificate: person,
        chain: Vec::new(),
        root: root.to_der().unwrap(),
        crls: Vec::new(),
        key: TestKey::OpenSsl(key),
    }
}

fn certificate(key: &PKey<Private>, name: &str, issuer: Option<&X509>) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(if issuer.is_some() { 0x80 } else { 1 }).unwrap();
    builder
        .set_serial_number(&serial.to_asn1_integer().unwrap())
        .unwrap();
    builder.set_subject_name(&subject).unwrap();
    let issuer_name = issuer.map_or(&*subject, |issuer| issuer.subject_name());
    builder.set_issuer_name(issuer_name).unwrap();
    let time = |text| Asn1Time::from_str(text).unwrap();
    builder.set_not_before(&time("20200101000000Z")).unwrap();
    builder.set_not_after(&time("20480101000000Z")).unwrap();
    builder.set_pubkey(key).unwrap();
    let (constraints, usage) = if issuer.is_none() {
        let constraints = BasicConstraints::new().critical().ca().build();
        (
            constraints,
            KeyUsage::new().critical().key_cert_sign().build(),
        )
    } else {
        let usage = KeyUsage::new().critical().digital_signature().build();
        (BasicConstraints::new().build(), usage)
    };
    builder.append_extension(constraints.unwrap()).unwrap();
    builder.append_extension(usage.unwrap()).unwrap();
    let digest = match key.id() {
        Id::ED25519 | Id::ED448 => MessageDigest::null(),
        _ => MessageDigest::sha256(),
    };
    builder.sign(key, digest).unwrap();
    builder.build()
}

/// A key on a curve with a private number of its own.
fn on_curve(curve: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let number = BigNum::from_u32(0x1234_5679).unwrap();
    let mut context = BigNumContext::new().unwrap();
    let mut point = EcPoint::new(&group).unwrap();
    point.mul_generator2(&group, &number, &mut context).unwrap();
    let key = EcKey::from_private_components(&group, &number, &point).unwrap();
    PKey::from_ec_key(key).unwrap()
}

/// One of each algorithm that signs, with what OpenSSL reads beside its own: the engine.
pub fn signers() -> Vec<(&'static str, TestSigner)> {
    let rsa = || PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut pss = of_openssl(rsa());
    pss.algorithm.scheme = SignatureScheme::RsaPss;
    let mut long = of_openssl(rsa());
    long.algorithm.digest = DigestId::Sha512;
    let ed25519 = PKey::private_key_from_raw_bytes(&[7; 32], Id::ED25519).unwrap();
    vec![
        ("RSA", declared("stamps-rsa")),
        ("RSA with SHA-512", long),
        ("RSASSA-PSS", pss),
        ("P-256", declared("stamps-p256")),
        ("P-384", of_openssl(on_curve(Nid::SECP384R1))),
        ("P-521", of_openssl(on_curve(Nid::SECP521R1))),
        ("Ed25519", of_openssl(ed25519)),
        ("GOST-256", declared("stamps-gost")),
        ("GOST-512", declared("stamps-gost512")),
    ]
}
