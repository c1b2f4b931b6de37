//! Signatures that are made here: OpenSSL (with gost-engine for GOST) and the validator accept each, and no answer of a
//! wrong signer leaves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod refused;
mod signers;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use openssl::x509::X509;
use sig_core::alg::digest::{Digest, DigestId};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::build::{BuildError, Commitment, Content, Refused, Request, Signer, customary};
use sig_core::cms::signed_data::SignedData;
use sig_core::der::oids;
use sig_core::report::{Judged, QualifiedVerdict, Report};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, TrustSnapshot};
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};

use signers::{TestKey, TestSigner, at, declared, read, signers};

const CONTENT: &[u8] = "Заявление\nвторая строка\n".as_bytes();
/// Relative to this crate.
const GOST_ENGINE: &str = "../xtask/setup/gost-engine.cnf";

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

fn digest(algorithm: DigestId, octets: &[u8]) -> Digest {
    RUSTCRYPTO
        .digest(algorithm)
        .unwrap()
        .digest(octets)
        .unwrap()
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
            let made = tempfile::tempdir().unwrap();
            let folder = made.path();
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
                .current_dir(folder)
                .env("OPENSSL_CONF", &engine)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name} {form}: {said}");
            assert_eq!(std::fs::read(folder.join("verified")).unwrap(), CONTENT);
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
        for crl in ["root", "root-512", "ca", "ca-512"] {
            material.add(pki.crl(crl).unwrap(), &limits).unwrap();
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

#[test]
fn content_hashed_and_written_elsewhere_makes_the_same_message() {
    // Lengths of one, two and three octets.
    for length in [0, 100, 127, 128, 300, 70_000] {
        let content = vec![0x5A; length];
        for name in ["stamps-gost", "stamps-rsa"] {
            let signer = declared(name);
            let digest = digest(signer.algorithm.digest, &content);
            let built = |content| {
                let request = Request::new(content, at()).with_chain(&signer.chain);
                request.sign(&signer, &RUSTCRYPTO).unwrap()
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
