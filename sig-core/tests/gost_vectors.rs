//! GOST R 34.10 and 34.11 of both editions against the published and generated vectors of `../shared/corpus/gost-vectors`.
//!
//! The folder stands beside the repository; where it is absent, each test says so and passes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../src/alg/gost/gost3410/reference.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod reference;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use num_bigint::BigUint;
use reference::Curve;
use serde_json::Value;
use sig_core::alg::digest::DigestId;
use sig_core::alg::gost::gost94::Gost94TestSBox;
use sig_core::alg::gost::parameters::{self, KeySize};
use sig_core::alg::hmac::Hmac;
use sig_core::alg::identifier::AlgorithmIdentifier;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::{Message, SignatureId, SignatureScheme, VerifyingKey};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::{Error, Structure};
use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::finding::{Conclusion, SubIndication};
use sig_core::report::Judged;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, Material, Policy, UnixTime, Validator};

/// The folder, or nothing with a word about it.
fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/gost-vectors");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no ../shared/corpus/gost-vectors beside the repository");
    None
}

fn json(name: &str) -> Option<Value> {
    let text = fs::read_to_string(corpus()?.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn octets(value: &Value, field: &str) -> Vec<u8> {
    hex::decode(text(value, field)).unwrap()
}

fn number(value: &Value, field: &str) -> BigUint {
    BigUint::from_bytes_be(&octets(value, field))
}

/// A `SubjectPublicKeyInfo` with the parameter set alone.
fn spki(set: &Oid, coordinates: &[u8]) -> SubjectPublicKeyInfo {
    let algorithm = match coordinates.len() {
        64 => oids::GOST2012_256,
        _ => oids::GOST2012_512,
    };
    let parameters = element(Tag::SEQUENCE, &element(Tag::OID, set.content()));
    let identifier = [element(Tag::OID, algorithm.content()), parameters].concat();
    let key = [vec![0], element(Tag::OCTET_STRING, coordinates)].concat();
    let encoded = [
        element(Tag::SEQUENCE, &identifier),
        element(Tag::BIT_STRING, &key),
    ]
    .concat();
    let source = Octets::from(element(Tag::SEQUENCE, &encoded));
    let mut reader = Reader::new(&source, Encoding::Der, Structure::SubjectPublicKeyInfo);
    SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
}

fn signature_id(size: KeySize) -> SignatureId {
    match size {
        KeySize::Bits256 => SignatureId {
            scheme: SignatureScheme::Gost2012_256,
            digest: DigestId::Streebog256,
        },
        KeySize::Bits512 => SignatureId {
            scheme: SignatureScheme::Gost2012_512,
            digest: DigestId::Streebog512,
        },
    }
}

fn prepare(set: &Oid, coordinates: &[u8]) -> Box<dyn VerifyingKey> {
    let set = parameters::by_oid(set).unwrap();
    RUSTCRYPTO
        .signature(signature_id(set.size))
        .unwrap()
        .prepare(&spki(&set.oid, coordinates))
        .unwrap_or_else(|rejected| panic!("{}: {rejected:?}", set.name))
}

#[test]
fn streebog() {
    let Some(rows) = json("streebog.json") else {
        return;
    };
    let rows = rows.as_array().unwrap();
    assert!(rows.len() >= 9);
    for row in rows {
        let message = octets(row, "message_hex");
        for (id, field) in [
            (DigestId::Streebog256, "streebog256"),
            (DigestId::Streebog512, "streebog512"),
        ] {
            let algorithm = RUSTCRYPTO.digest(id).unwrap();
            let expected = text(row, field);
            assert_eq!(algorithm.digest(&message).unwrap().hex(), expected, "{row}");
            let mut context = algorithm.start();
            for piece in message.chunks(7) {
                context.update(piece);
            }
            assert_eq!(
                context.finish().unwrap().hex(),
                expected,
                "in pieces: {row}"
            );
        }
    }
}

#[test]
fn gost94() {
    let Some(file) = json("gost3411_94.json") else {
        return;
    };
    let algorithm = RUSTCRYPTO.digest(DigestId::Gost94).unwrap();
    let mut counts = [0, 0];
    for row in file["vectors"].as_array().unwrap() {
        let message = octets(row, "message_hex");
        let expected = text(row, "digest");
        let test = hex::encode(Gost94TestSBox.digest(&message));
        let cryptopro = algorithm.digest(&message).unwrap().hex();
        match text(row, "paramset") {
            "id-GostR3411-94-TestParamSet" => {
                assert_eq!(test, expected, "{row}");
                assert_ne!(cryptopro, expected, "{row}");
                counts[0] += 1;
            }
            "id-GostR3411-94-CryptoProParamSet" => {
                assert_eq!(cryptopro, expected, "{row}");
                assert_ne!(test, expected, "{row}");
                let mut context = algorithm.start();
                for piece in message.chunks(7) {
                    context.update(piece);
                }
                assert_eq!(
                    context.finish().unwrap().hex(),
                    expected,
                    "in pieces: {row}"
                );
                counts[1] += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(counts, [9, 8]);
}

#[test]
fn hmac_streebog() {
    let Some(file) = json("hmac_streebog.json") else {
        return;
    };
    let rows = file["vectors"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        let id = match text(row, "alg").rsplit('.').next().unwrap() {
            "1" => DigestId::Streebog256,
            "2" => DigestId::Streebog512,
            other => panic!("{other}"),
        };
        let algorithm = RUSTCRYPTO.digest(id).unwrap();
        let mut hmac = Hmac::new(algorithm, &octets(row, "key")).unwrap();
        hmac.update(&octets(row, "msg"));
        assert!(hmac.verify(&octets(row, "mac")).unwrap(), "{row}");
    }
}

#[test]
fn signatures() {
    let Some(vectors) = json("gost3410_signatures.json") else {
        return;
    };
    let mut counts = [0, 0];
    for list in ["positive", "negative"] {
        for row in vectors[list].as_array().unwrap() {
            let name = text(row, "curve");
            let set = parameters::ALL
                .iter()
                .find(|set| set.name == name)
                .unwrap_or_else(|| panic!("{name}"));
            let key = row["subjectPublicKey_octets"]
                .as_str()
                .or(row["subjectPublicKey_octets_leX_leY"].as_str())
                .map(|digits| hex::decode(digits).unwrap())
                .unwrap();
            let key = prepare(&set.oid, &key);
            let digest = octets(row, "hash_octets");
            let signature = octets(row, "signature_octets_s_r");
            let valid = row["valid"].as_bool().unwrap();
            let verified = key.verify(Message::Digest(&digest), &signature).is_ok();
            assert_eq!(verified, valid, "{row}");
            if let Some(message) = row["message"].as_str() {
                let verified = key.verify(Message::Octets(message.as_bytes()), &signature);
                // The digest of some negative rows is not that of the message.
                if valid {
                    assert_eq!(verified, Ok(()), "{row}");
                }
            }
            counts[usize::from(valid)] += 1;
        }
    }
    println!("{} valid, {} invalid", counts[1], counts[0]);
    assert!(counts[0] >= 76 && counts[1] >= 16, "{counts:?}");
}

/// Signatures made by textbook arithmetic over the constants of the file verify with ours, and only those.
#[test]
fn curves() {
    let Some(file) = json("curves.json") else {
        return;
    };
    let rows = file["curves"].as_array().unwrap();
    assert_eq!(rows.len(), parameters::ALL.len());
    for row in rows {
        let set = parameters::by_oid(&Oid::parse(text(row, "oid")).unwrap()).unwrap();
        assert_eq!(set.name, text(row, "name"));
        assert_eq!(row["bytes"].as_u64(), Some(set.size.octets() as u64));
        let curve = Curve {
            p: number(row, "p"),
            a: number(row, "a"),
            b: number(row, "b"),
            q: number(row, "q"),
            x: number(row, "x"),
            y: number(row, "y"),
            octets: set.size.octets(),
        };
        let d = &curve.q - 12_345_u32;
        let k = (&curve.q / 3_u8) + 98_765_u32;
        let digest = vec![0xa7; set.size.octets()];
        let key = prepare(
            &set.oid,
            &curve.encode_point(&curve.multiply(&d, &curve.base())),
        );
        let (r, s) = curve.sign(&d, &k, &digest).unwrap();
        let verify = |r: &BigUint, s: &BigUint| {
            let signature = curve.encode_signature(&(r.clone(), s.clone()));
            key.verify(Message::Digest(&digest), &signature).is_ok()
        };
        assert!(verify(&r, &s), "{}", set.name);
        assert!(!verify(&(&r - 1_u8), &s), "{}", set.name);
        assert!(!verify(&r, &(&curve.q - &s)), "{}", set.name);
    }
}

/// The signed part, algorithm and signature of a certificate, CRL or certification request.
struct Signed {
    tbs: Octets,
    algorithm: AlgorithmIdentifier,
    signature: Octets,
}

fn read_signed(source: &Octets) -> Result<Signed, Error> {
    let mut budget = Budget::new(Limits::STANDARD);
    let mut outer = Reader::new(source, Encoding::Der, Structure::Certificate);
    let mut fields = outer.enter(Tag::SEQUENCE, &mut budget)?;
    outer.finish()?;
    let tbs = fields.expect(Tag::SEQUENCE, &mut budget)?.octets();
    let algorithm = AlgorithmIdentifier::read(&mut fields, &mut budget)?;
    let signature = fields
        .expect(Tag::BIT_STRING, &mut budget)?
        .bit_string_octets()?;
    fields.finish()?;
    Ok(Signed {
        tbs,
        algorithm,
        signature,
    })
}

/// The key of a certificate (after version, serial number, signature, issuer, validity and subject)
/// or of a certification request (after version and subject).
fn key_in(tbs: &Octets) -> Option<SubjectPublicKeyInfo> {
    let mut budget = Budget::new(Limits::STANDARD);
    let mut reader = Reader::new(tbs, Encoding::Der, Structure::Certificate);
    let mut fields = reader.enter(Tag::SEQUENCE, &mut budget).ok()?;
    while !fields.is_empty() {
        if let Ok(key) = SubjectPublicKeyInfo::read(&mut fields.clone(), &mut budget) {
            return Some(key);
        }
        fields.element(&mut budget).ok()?;
    }
    None
}

#[test]
fn certificates_requests_and_lists() {
    let Some(folder) = corpus() else {
        return;
    };
    let read = |name: &str| Octets::from(fs::read(folder.join("x509").join(name)).unwrap());
    // Each with the certificate whose key signed it.
    let rows = [
        ("rfc4491_gost2001_cert.der", "rfc4491_gost2001_cert.der"),
        ("bc_gost2001_A.der", "bc_gost2001_A.der"),
        ("bc_gost2001_base.der", "bc_gost2001_base.der"),
        ("bc_gostCA2.der", "bc_gostCA2.der"),
        ("tc26_256_XchA_cert.der", "tc26_256_XchA_cert.der"),
        ("tc26_512_B_cert.der", "tc26_512_B_cert.der"),
        ("rfc9215_256test_cert.der", "rfc9215_256test_cert.der"),
        ("rfc9215_256test_csr.der", "rfc9215_256test_cert.der"),
        ("rfc9215_256test_crl.der", "rfc9215_256test_cert.der"),
        ("rfc9215_256A_cert.der", "rfc9215_256A_cert.der"),
        ("rfc9215_256A_csr.der", "rfc9215_256A_cert.der"),
        ("rfc9215_256A_crl.der", "rfc9215_256A_cert.der"),
        ("rfc9215_512test_cert.der", "rfc9215_512test_cert.der"),
        ("rfc9215_512test_csr.der", "rfc9215_512test_cert.der"),
        ("rfc9215_512test_crl.der", "rfc9215_512test_cert.der"),
        ("bc_gost2012_cert.der", "bc_gost2012_cert.der"),
        (
            "bc_openssl_gost2012_cert.der",
            "bc_openssl_gost2012_cert.der",
        ),
        (
            "r1323565_1_025_root256_cert.der",
            "r1323565_1_025_root256_cert.der",
        ),
        (
            "r1323565_1_025_sender256_cert.der",
            "r1323565_1_025_root256_cert.der",
        ),
        (
            "r1323565_1_025_recipient256_cert.der",
            "r1323565_1_025_root256_cert.der",
        ),
        (
            "r1323565_1_025_sender512_cert.der",
            "r1323565_1_025_root256_cert.der",
        ),
        (
            "r1323565_1_025_recipient512_cert.der",
            "r1323565_1_025_root256_cert.der",
        ),
    ];
    for (name, issuer) in rows {
        let signed = read_signed(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let issuer = read_signed(&read(issuer)).unwrap();
        let key = key_in(&issuer.tbs).unwrap();
        let id = match signed.algorithm.algorithm {
            oids::GOST2001_GOST94 => SignatureId {
                scheme: SignatureScheme::Gost2001,
                digest: DigestId::Gost94,
            },
            oids::GOST2012_256_STREEBOG => signature_id(KeySize::Bits256),
            oids::GOST2012_512_STREEBOG => signature_id(KeySize::Bits512),
            other => panic!("{name}: {other}"),
        };
        let key = RUSTCRYPTO
            .signature(id)
            .unwrap()
            .prepare(&key)
            .unwrap_or_else(|rejected| panic!("{name}: {rejected:?}"));
        let verify = |tbs: &[u8]| key.verify(Message::Octets(tbs), &signed.signature).is_ok();
        assert!(verify(&signed.tbs), "{name}");
        let mut changed = signed.tbs.to_vec();
        changed[signed.tbs.len() / 2] ^= 1;
        assert!(!verify(&changed), "{name}, one bit changed");
    }
}

/// An authority of 2016 under the root of 2012: its path verifies, and algorithms of 2001 end with 2018 in Moscow.
#[test]
fn a_path_of_2001_passes_until_its_algorithms_end() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/russian-ca");
    if !folder.is_dir() {
        println!("skipped: there is no ../shared/corpus/russian-ca beside the repository");
        return;
    }
    let root = fs::read(folder.join("root-2012-GUC-gost2001.der")).unwrap();
    let authority = Octets::from(fs::read(folder.join("uc1-is-guc-2016.der")).unwrap());
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    material.add_anchors(&root, &limits).unwrap();
    let judge = |octets: &Octets, at: &str| {
        let certificate = Certificate::from_der(octets, &mut Budget::new(limits)).unwrap();
        let validator = Validator {
            algorithms: &RUSTCRYPTO,
            policy: Policy::builtin("pkix").unwrap(),
            limits,
        };
        let at = UnixTime::parse_rfc3339(at).unwrap();
        let report = validator
            .validate_certificate(&Arc::new(certificate), &material, at)
            .unwrap();
        match report.judged {
            Judged::Certificate(report) => report.conclusion,
            Judged::Signatures { conclusion, .. } => conclusion,
            Judged::TimeStamp { time_stamp, .. } => time_stamp.conclusion,
            Judged::EvidenceRecord {
                evidence_record, ..
            } => evidence_record.conclusion,
        }
    };
    let last = "2018-12-31T23:59:59+03:00";
    assert_eq!(judge(&authority, last), Conclusion::PASSED);
    let ended = Conclusion::because(SubIndication::CryptoConstraintsFailureNoPoe);
    assert_eq!(judge(&authority, "2019-01-01T00:00:00+03:00"), ended);
    let mut forged = authority.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let unproven = Conclusion::because(SubIndication::CertificateChainGeneralFailure);
    assert_eq!(judge(&Octets::from(forged), last), unproven);
}
