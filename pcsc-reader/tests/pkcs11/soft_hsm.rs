//! SoftHSM2: a token of software with keys of every kind that it knows.

use std::fs;

use pcsc_reader::{CardErrorKind, PinState, PinUse, Pkcs11Module, Pkcs11Token};
use sig_core::alg::signature::SignatureScheme;
use testdata::card::Identity;

use super::token::{LABEL, PIN, SoftHsm, library};
use super::{alone, is_child, pin, sign};

/// Identifier, what OpenSSL makes, whether the key wants the PIN for each signature, and the algorithm it signs by.
const KEYS: &[(&str, &[&str], bool, SignatureScheme)] = &[
    ("01", &["rsa:2048"], false, SignatureScheme::RsaPkcs1),
    (
        "02",
        &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        false,
        SignatureScheme::Ecdsa,
    ),
    (
        "03",
        &["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
        false,
        SignatureScheme::Ecdsa,
    ),
    (
        "04",
        &["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
        false,
        SignatureScheme::RsaPss,
    ),
    ("05", &["ed25519"], false, SignatureScheme::Ed25519),
    ("06", &["rsa:2048"], true, SignatureScheme::RsaPkcs1),
    (
        "07",
        &["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
        true,
        SignatureScheme::RsaPss,
    ),
];

/// Identifier of a certificate whose algorithm the token does not know.
const UNKNOWN: &str = "08";

/// Makes a key and its certificate by OpenSSL and puts them into the token.
fn add(hsm: &SoftHsm<'_>, id: &str, kind: &[&str], is_always: bool) {
    let request =
        "req -x509 -nodes -subj /CN=Test -days 30 -keyout key.pem -out certificate.pem -newkey";
    hsm.run("openssl", request, kind);
    hsm.add_key(id, kind[0] == "rsa-pss", is_always);
    hsm.add_certificate(id);
}

fn token(module: &Pkcs11Module) -> Pkcs11Token {
    let tokens = module.tokens().unwrap();
    let token = tokens.into_iter().find(|token| token.label == LABEL);
    token.unwrap()
}

#[test]
fn a_key_of_every_kind_signs() {
    if !is_child() {
        let folder = tempfile::tempdir().unwrap();
        let hsm = SoftHsm::new(folder.path());
        for (id, kind, is_always, _) in KEYS {
            add(&hsm, id, kind, *is_always);
        }
        let environment = [("SOFTHSM2_CONF", hsm.configuration.as_path())];
        return alone("soft_hsm::a_key_of_every_kind_signs", &environment);
    }
    let module = Pkcs11Module::load(&library("libsofthsm2.so")).unwrap();
    let token = token(&module);
    let contents = module.read(&token).unwrap();
    assert_eq!(contents.certificates.len(), KEYS.len());
    assert_eq!(contents.pins[0].state, PinState::Unknown);
    let right = pin(PIN);
    for (id, _, _, scheme) in KEYS {
        let id = format!("pkcs11:{id}");
        let mut certificates = contents.certificates.iter();
        let found = certificates.find(|found| found.id == id).unwrap();
        let used = sign(&module, &token, found, Some(PinUse::new(&right)));
        assert_eq!(used.as_ref().ok(), Some(scheme), "{id}: {used:?}");
    }
}

#[test]
fn what_keeps_a_token_from_signing_is_told() {
    if !is_child() {
        let folder = tempfile::tempdir().unwrap();
        let hsm = SoftHsm::new(folder.path());
        add(&hsm, "01", &["rsa:2048"], false);
        let citizen = Identity::new("ru-demo", "citizen").unwrap();
        let certificate = testdata::pem("CERTIFICATE", citizen.certificate().unwrap());
        fs::write(folder.path().join("certificate.pem"), certificate).unwrap();
        hsm.add_certificate(UNKNOWN);
        let environment = [("SOFTHSM2_CONF", hsm.configuration.as_path())];
        let test = "soft_hsm::what_keeps_a_token_from_signing_is_told";
        return alone(test, &environment);
    }
    let module = Pkcs11Module::load(&library("libsofthsm2.so")).unwrap();
    let token = token(&module);
    let mut certificates = module.read(&token).unwrap().certificates;
    certificates.sort_by(|one, other| one.id.cmp(&other.id));
    let [found, unknown] = certificates.as_slice() else {
        panic!("{} certificates", certificates.len());
    };
    let (right, wrong) = (pin(PIN), pin("000000"));
    let error = sign(&module, &token, found, Some(PinUse::new(&wrong))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinWrong { left: None });
    let error = sign(&module, &token, found, None).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinRequired);
    let mut other = found.clone();
    other.key.as_mut().unwrap().reference = vec![9];
    let error = sign(&module, &token, &other, Some(PinUse::new(&right))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::NoKey);
    // A signature that the token has no mechanism for costs no PIN: the wrong one was not sent.
    let error = sign(&module, &token, unknown, Some(PinUse::new(&wrong))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::Unsupported);
}
