//! Signatures that are made here: OpenSSL (with gost-engine for GOST) and the validator accept each, and no answer of a
//! wrong signer leaves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer as OpensslSigner};
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509NameBuilder};
use sig_core::alg::digest::{Digest, DigestId};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::{SignatureId, SignatureScheme};
use sig_core::cms::build::{
    BuildError, Commitment, Content, Refused, Request, Signer, ToBeSigned, customary, ecdsa_value,
};
use sig_core::cms::signed_data::SignedData;
use sig_core::der::octets::Octets;
use sig_core::der::oids;
use sig_core::report::{Judged, QualifiedVerdict, Report};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, TrustSnapshot};
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::Pki;

const CONTENT: &[u8] = "Заявление\nвторая строка\n".as_bytes();
/// Relative to this crate.
const GOST_ENGINE: &str = "../xtask/setup/gost-engine.cnf";

fn at() -> UnixTime {
    UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap()
}

fn read(der: &[u8]) -> Certificate {
    let mut budget = Budget::new(Limits::STANDARD);
    Certificate::from_der(&Octets::from(der), &mut budget).unwrap()
}

/// A signer, and what verifies it.
struct TestSigner {
    certificate: Certificate,
    chain: Vec<Certificate>,
    root: Vec<u8>,
    crls: Vec<Vec<u8>>,
    algorithm: SignatureId,
    key: TestKey,
}

enum TestKey {
    /// Of a declared PKI.
    Declared(&'static Pki, &'static str),
    OpenSsl(PKey<Private>),
}

#[derive(Debug, PartialEq)]
struct CardRemoved;

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
fn declared(name: &str) -> TestSigner {
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
        openssl::pkey::Id::ED25519 | openssl::pkey::Id::ED448 => MessageDigest::null(),
        _ => MessageDigest::sha256(),
    };
    builder.sign(key, digest).unwrap();
    builder.build()
}

/// A key on a curve with a private number of its own.
fn on_curve(curve: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let number = BigNum::from_u32(0x1234_5679).unwrap();
    let mut context = openssl::bn::BigNumContext::new().unwrap();
    let mut point = EcPoint::new(&group).unwrap();
    point.mul_generator2(&group, &number, &mut context).unwrap();
    let key = EcKey::from_private_components(&group, &number, &point).unwrap();
    PKey::from_ec_key(key).unwrap()
}

/// One of each algorithm that signs, with what OpenSSL reads beside its own: the engine.
fn signers() -> Vec<(&'static str, TestSigner)> {
    let rsa = || PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut pss = of_openssl(rsa());
    pss.algorithm.scheme = SignatureScheme::RsaPss;
    let mut long = of_openssl(rsa());
    long.algorithm.digest = DigestId::Sha512;
    let ed25519 = PKey::private_key_from_raw_bytes(&[7; 32], openssl::pkey::Id::ED25519).unwrap();
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

fn attached() -> Request {
    Request::new(Content::Attached(CONTENT.into()), at())
}

fn detached() -> Request {
    Request::new(Content::Detached(CONTENT.into()), at())
}

fn make(request: &Request, signer: &TestSigner) -> Vec<u8> {
    let request = request.clone().with_chain(&signer.chain);
    request.sign(signer, &RUSTCRYPTO).unwrap().to_der()
}

fn judge(message: &[u8], signer: &TestSigner, content: Option<&[u8]>) -> Report {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    material.add_anchors(&signer.root, &limits).unwrap();
    for crl in &signer.crls {
        material.add(crl, &limits).unwrap();
    }
    // The keys of OpenSSL have an authority without CRLs.
    let policy = if signer.crls.is_empty() {
        "cms-basic"
    } else {
        "etsi-ades"
    };
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(policy).unwrap(),
        limits,
    };
    let mut evidence = Evidence::parse(message, &limits).unwrap();
    if let Some(content) = content {
        evidence = evidence.with_content(content);
    }
    validator
        .validate(evidence.with_material(material), at())
        .unwrap()
}

fn indication(report: &Report) -> &'static str {
    match &report.judged {
        Judged::Signatures { conclusion, .. } => conclusion.indication.name(),
        _ => panic!("signatures were judged"),
    }
}

#[test]
fn openssl_verifies_what_is_built_by_every_algorithm() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOST_ENGINE);
    for (name, signer) in signers() {
        // OpenSSL 3.0 does not verify EdDSA in CMS with signed attributes.
        if name == "Ed25519" {
            continue;
        }
        for (form, request) in [("attached", attached()), ("detached", detached())] {
            let folder = std::env::temp_dir().join(format!(
                "sig-core-build-{}-{}-{form}",
                std::process::id(),
                name.replace(' ', "-")
            ));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("message"), make(&request, &signer)).unwrap();
            let root = X509::from_der(&signer.root).unwrap().to_pem().unwrap();
            std::fs::write(folder.join("root.pem"), root).unwrap();
            std::fs::write(folder.join("content"), CONTENT).unwrap();
            let mut arguments = "cms -verify -binary -inform DER -in message -CAfile root.pem \
                -purpose any -attime 1795262400 -out verified"
                .split(' ')
                .filter(|argument| !argument.is_empty())
                .collect::<Vec<_>>();
            if form == "detached" {
                arguments.extend(["-content", "content"]);
            }
            let output = Command::new("openssl")
                .args(&arguments)
                .current_dir(&folder)
                .env("OPENSSL_CONF", &engine)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name} {form}: {said}");
            assert_eq!(std::fs::read(folder.join("verified")).unwrap(), CONTENT);
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
}

#[test]
fn the_validator_passes_what_is_built_by_every_algorithm() {
    for (name, signer) in signers() {
        let report = judge(&make(&attached(), &signer), &signer, None);
        assert_eq!(indication(&report), "TOTAL_PASSED", "{name}");
        let message = make(&detached(), &signer);
        let report = judge(&message, &signer, Some(CONTENT));
        assert_eq!(indication(&report), "TOTAL_PASSED", "{name}");
        let report = judge(&message, &signer, Some(b"another"));
        assert_eq!(indication(&report), "TOTAL_FAILED", "{name}");
    }
}

#[test]
fn a_citizens_signature_that_is_built_is_a_qualified_one() {
    let pki = testdata::pki::named("ru-demo").unwrap();
    let limits = Limits::STANDARD;
    for id in ["citizen", "citizen-512"] {
        let mut material = Material::default();
        for anchor in ["root", "root-512"] {
            let der = &pki.certificate(anchor).unwrap().der;
            material.add_anchors(der, &limits).unwrap();
        }
        for (_, crl) in pki.crls() {
            material.add(crl, &limits).unwrap();
        }
        let pin = ListSigner {
            anchors: material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: at(),
        };
        let list = pki.trust_list("accredited").unwrap();
        let trust = TrustSnapshot::build(list, &pin, &RUSTCRYPTO, ListLimits::STANDARD).unwrap();
        material.trust = Some(Arc::new(trust));

        let certificate = pki.certificate(id).unwrap();
        let issuer = read(&pki.certificate(&certificate.issuer).unwrap().der);
        let person = read(&certificate.der);
        let signer = TestSigner {
            algorithm: customary(&person).unwrap(),
            certificate: person,
            chain: vec![issuer],
            root: Vec::new(),
            crls: Vec::new(),
            key: TestKey::Declared(pki, certificate.key.as_str()),
        };
        let validator = Validator {
            algorithms: &RUSTCRYPTO,
            policy: Policy::builtin("ru-qes").unwrap(),
            limits,
        };
        let evidence = Evidence::parse(&make(&attached(), &signer), &limits).unwrap();
        let report = validator
            .validate(evidence.with_material(material), at())
            .unwrap();
        assert_eq!(indication(&report), "TOTAL_PASSED", "{id}");
        let Judged::Signatures { signatures, .. } = &report.judged else {
            panic!("signatures were judged");
        };
        let qualified = signatures[0].qualified.as_ref().unwrap();
        assert_eq!(qualified.verdict, QualifiedVerdict::Qualified, "{id}");
    }
}

/// The signed attributes of the one signer, each with its values.
fn attributes(message: &[u8]) -> Vec<(sig_core::der::oid::Oid, Vec<Vec<u8>>)> {
    let evidence = Evidence::parse(message, &Limits::STANDARD).unwrap();
    let message: &SignedData = evidence.message().unwrap();
    let signer = message.signers[0].as_ref().unwrap();
    let signed = signer.signed_attributes.as_ref().unwrap();
    let values =
        |it: &sig_core::cms::attribute::Attribute| it.values.iter().map(|v| v.to_vec()).collect();
    signed
        .attributes
        .all
        .iter()
        .map(|it| (it.id, values(it)))
        .collect()
}

#[test]
fn the_mandatory_attributes_are_there_once_and_no_others() {
    for (name, signer) in signers() {
        let mut found: Vec<_> = attributes(&make(&detached(), &signer))
            .into_iter()
            .map(|it| it.0)
            .collect();
        found.sort();
        let mut expected = [
            oids::CONTENT_TYPE,
            oids::MESSAGE_DIGEST,
            oids::SIGNING_TIME,
            oids::SIGNING_CERTIFICATE_V2,
        ];
        expected.sort();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn optional_attributes_say_what_was_asked() {
    let signer = declared("stamps-p256");
    let request = attached()
        .with_mime_type("application/pdf")
        .with_content_hints(Some("Заявление".to_owned()), oids::DATA)
        .with_commitment(Commitment::ProofOfApproval);
    let message = make(&request, &signer);
    assert_eq!(indication(&judge(&message, &signer, None)), "TOTAL_PASSED");
    let found = attributes(&message);
    let value = |id| {
        let (_, values) = found.iter().find(|it| it.0 == id).unwrap();
        assert_eq!(values.len(), 1);
        hex::encode(&values[0])
    };
    let text = |text: &str| hex::encode(text);
    assert_eq!(
        value(oids::MIME_TYPE),
        format!("0c0f{}", text("application/pdf"))
    );
    let data = "06092a864886f70d010701";
    let hints = format!("301f0c12{}{data}", text("Заявление"));
    assert_eq!(value(oids::CONTENT_HINTS), hints);
    // 1.2.840.113549.1.9.16.6.5, RFC 5126 §5.11.1.
    assert_eq!(
        value(oids::COMMITMENT_TYPE),
        "300d060b2a864886f70d0109100605"
    );

    for bad in ["", "application/pdf\n"] {
        let refused = attached().with_mime_type(bad).sign(&signer, &RUSTCRYPTO);
        assert_eq!(refused, Err(BuildError::Refused(Refused::Text)), "{bad:?}");
    }
}

#[test]
fn times_are_written_in_the_form_of_their_year() {
    let signer = declared("stamps-p256");
    for (time, form) in [
        ("2049-12-31T23:59:59Z", "170d3439313233313233353935395a"),
        ("2050-01-01T00:00:00Z", "180f32303530303130313030303030305a"),
    ] {
        let at = UnixTime::parse_rfc3339(time).unwrap();
        let request = Request::new(Content::Attached(CONTENT.into()), at);
        let found = attributes(&make(&request, &signer));
        let (_, values) = found.iter().find(|it| it.0 == oids::SIGNING_TIME).unwrap();
        assert_eq!(hex::encode(&values[0]), form);
    }
}

fn digest(algorithm: DigestId, octets: &[u8]) -> Digest {
    RUSTCRYPTO
        .digest(algorithm)
        .unwrap()
        .digest(octets)
        .unwrap()
}

#[test]
fn content_hashed_and_written_elsewhere_makes_the_same_message() {
    // Lengths of one, two and three octets.
    for length in [0, 100, 127, 128, 300, 70_000] {
        let content = vec![0x5A; length];
        for name in ["stamps-gost", "stamps-rsa"] {
            let signer = declared(name);
            let digest = digest(signer.algorithm.digest, &content);
            let built = |content| {
                Request::new(content, at())
                    .sign(&signer, &RUSTCRYPTO)
                    .unwrap()
            };

            let whole = built(Content::Attached(content.as_slice().into()));
            let elsewhere = built(Content::AttachedElsewhere {
                digest: digest.clone(),
                length: length as u64,
            });
            assert!(elsewhere.content.is_empty());
            let joined = [elsewhere.head, content.clone(), elsewhere.tail].concat();
            assert_eq!(joined, whole.to_der(), "{name} {length}");
            let passed = judge(&joined, &signer, None);
            assert_eq!(indication(&passed), "TOTAL_PASSED", "{name} {length}");

            let outside = built(Content::Detached(content.as_slice().into()));
            let by_digest = built(Content::DetachedDigest(digest));
            assert_eq!(by_digest, outside, "{name} {length}");
        }
    }
}

#[test]
fn the_two_steps_make_what_one_makes() {
    let signer = declared("stamps-gost");
    let request = detached().with_chain(&signer.chain);
    let prepared = request
        .prepare(&signer.certificate, signer.algorithm, &RUSTCRYPTO)
        .unwrap();
    let asked = prepared.to_be_signed();
    let expected = digest(signer.algorithm.digest, asked.octets);
    assert_eq!(asked.digest, expected.value);
    let signature = signer.sign(asked).unwrap();
    let message = prepared.finish(&signature).unwrap();
    assert_eq!(message.to_der(), make(&detached(), &signer));
}

#[test]
fn no_wrong_signature_value_leaves() {
    for (name, signer) in signers() {
        let prepared = detached()
            .prepare(&signer.certificate, signer.algorithm, &RUSTCRYPTO)
            .unwrap();
        let right = signer.sign(prepared.to_be_signed()).unwrap();
        assert!(prepared.finish(&right).is_ok(), "{name}");

        let mut flipped = right.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(
            prepared.finish(&flipped),
            Err(Refused::SignatureWrong),
            "{name}"
        );

        let fixed = signer.algorithm.scheme != SignatureScheme::Ecdsa;
        let longer = [right.clone(), vec![0]].concat();
        for wrong in [&right[..right.len() - 1], &longer, &[]] {
            let expected = if fixed {
                Refused::SignatureLength {
                    expected: right.len(),
                    found: wrong.len(),
                }
            } else {
                Refused::SignatureWrong
            };
            assert_eq!(prepared.finish(wrong), Err(expected), "{name}");
        }

        // A right signature, of other content.
        let other = Request::new(Content::Detached(b"another".as_slice().into()), at());
        let other = other
            .prepare(&signer.certificate, signer.algorithm, &RUSTCRYPTO)
            .unwrap();
        let other = signer.sign(other.to_be_signed()).unwrap();
        assert_eq!(
            prepared.finish(&other),
            Err(Refused::SignatureWrong),
            "{name}"
        );
    }
}

#[test]
fn a_signer_with_the_key_of_another_is_refused() {
    for name in ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"] {
        let mut signer = declared(name);
        let pki = testdata::pki::named(name).unwrap();
        signer.key = TestKey::Declared(pki, "tsa");
        let refused = attached().sign(&signer, &RUSTCRYPTO);
        assert_eq!(
            refused,
            Err(BuildError::Refused(Refused::SignatureWrong)),
            "{name}"
        );
    }
}

#[test]
fn the_signers_own_error_is_handed_through() {
    struct Removed(TestSigner);
    impl Signer for Removed {
        type Error = CardRemoved;

        fn certificate(&self) -> &Certificate {
            &self.0.certificate
        }

        fn algorithm(&self) -> SignatureId {
            self.0.algorithm
        }

        fn sign(&self, _: ToBeSigned<'_>) -> Result<Vec<u8>, CardRemoved> {
            Err(CardRemoved)
        }
    }
    let refused = attached().sign(&Removed(declared("stamps-gost")), &RUSTCRYPTO);
    assert_eq!(refused, Err(BuildError::Signer(CardRemoved)));
}

#[test]
fn algorithms_of_the_past_and_of_other_keys_are_refused_before_the_key_is_used() {
    let rsa = declared("stamps-rsa");
    let gost = declared("stamps-gost");
    let id = |scheme, digest| SignatureId { scheme, digest };
    for (certificate, algorithm, for_signing) in [
        (&rsa, id(SignatureScheme::RsaPkcs1, DigestId::Sha1), false),
        (&rsa, id(SignatureScheme::RsaPss, DigestId::Sha1), false),
        (&rsa, id(SignatureScheme::RsaPkcs1, DigestId::Md5), false),
        (
            &gost,
            id(SignatureScheme::Gost2001, DigestId::Gost94),
            false,
        ),
        (&rsa, id(SignatureScheme::Dsa, DigestId::Sha256), false),
        (&rsa, id(SignatureScheme::Ecdsa, DigestId::Sha256), true),
        (
            &gost,
            id(SignatureScheme::Gost2012_512, DigestId::Streebog512),
            true,
        ),
        (
            &gost,
            id(SignatureScheme::Gost2012_256, DigestId::Streebog512),
            true,
        ),
        (
            &gost,
            id(SignatureScheme::Gost2012_256, DigestId::Sha256),
            true,
        ),
    ] {
        let refused = detached().prepare(&certificate.certificate, algorithm, &RUSTCRYPTO);
        let expected = if for_signing {
            Refused::NotForKey(algorithm)
        } else {
            Refused::NotForSigning(algorithm)
        };
        assert_eq!(refused.err(), Some(expected), "{algorithm}");
    }
}

#[test]
fn a_digest_of_another_algorithm_or_length_is_refused() {
    let signer = declared("stamps-gost");
    let mut cut = digest(DigestId::Streebog256, CONTENT);
    cut.value.pop();
    for wrong in [digest(DigestId::Sha256, CONTENT), cut] {
        let expected = Refused::DigestMismatch {
            expected: DigestId::Streebog256,
            found: wrong.algorithm,
        };
        let request = Request::new(Content::DetachedDigest(wrong), at());
        let refused = request.sign(&signer, &RUSTCRYPTO);
        assert_eq!(refused, Err(BuildError::Refused(expected)));
    }
    let content = Content::AttachedElsewhere {
        digest: digest(DigestId::Streebog256, CONTENT),
        length: u64::MAX,
    };
    let refused = Request::new(content, at()).sign(&signer, &RUSTCRYPTO);
    assert_eq!(refused, Err(BuildError::Refused(Refused::TooLarge)));
}

#[test]
fn halves_of_a_card_become_the_value_of_ecdsa() {
    let signer = declared("stamps-p256");
    let prepared = detached()
        .prepare(&signer.certificate, signer.algorithm, &RUSTCRYPTO)
        .unwrap();
    let value = signer.sign(prepared.to_be_signed()).unwrap();
    let parsed = openssl::ecdsa::EcdsaSig::from_der(&value).unwrap();
    let half = |number: &openssl::bn::BigNumRef| number.to_vec_padded(32).unwrap();
    let halves = [half(parsed.r()), half(parsed.s())].concat();
    assert_eq!(prepared.finish(&halves), Err(Refused::SignatureWrong));
    assert_eq!(ecdsa_value(&halves).unwrap(), value);
    assert!(prepared.finish(&ecdsa_value(&halves).unwrap()).is_ok());
}
