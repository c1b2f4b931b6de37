//! Modules of PKCS #11: SoftHSM2, and OpenSC's over a real `pcscd` with an emulated card.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Command;

use pcsc_reader::{
    CardCertificate, CardError, CardErrorKind, Pin, PinState, PinUse, Pkcs11Module, Pkcs11Token,
};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::base::limits::{Budget, Limits};
use sig_core::base::time::UnixTime;
use sig_core::cms::build::{Content, Request, customary};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use support::card::VirtualCard;
use support::desk;
use support::service::CardService;
use testdata::card::Identity;
use testdata::card::piv::PivCard;
use zeroize::Zeroizing;

const SOFT_HSM: &str = "/usr/lib/softhsm/libsofthsm2.so";
const OPENSC: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

/// Set in a process of its own: a module reads its environment when it is loaded, and only once.
const CHILD: &str = "PCSC_READER_TEST_CHILD";

fn pin(text: &str) -> Pin {
    Pin::new(Zeroizing::new(text.as_bytes().to_vec())).unwrap_or_else(|error| panic!("{error}"))
}

/// Signs with the key of a certificate; what comes out was checked with the certificate's key.
fn sign(
    module: &Pkcs11Module,
    token: &Pkcs11Token,
    found: &CardCertificate,
    pin: Option<PinUse<'_>>,
) -> Result<(), CardError> {
    let octets = Octets::from(found.octets.clone());
    let certificate = Certificate::from_der(&octets, &mut Budget::new(Limits::STANDARD)).unwrap();
    let content = Content::Attached(Octets::from(b"application".to_vec()));
    let request = Request::new(content, UnixTime::from_seconds(1_795_262_400));
    let algorithm = customary(&certificate).unwrap();
    let prepared = request
        .prepare(&certificate, algorithm, &RUSTCRYPTO)
        .unwrap();
    let is_right = |value: &[u8]| prepared.finish(value).is_ok();
    let key = found.key.as_ref().unwrap();
    let value = module.sign(token, key, pin, prepared.to_be_signed(), &is_right)?;
    prepared.finish(&value).unwrap();
    Ok(())
}

/// Runs one test of this file again as a process of its own with this environment.
fn alone(test: &str, environment: &[(&str, &Path)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1");
    for (name, value) in environment {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

fn tool(configuration: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .env("SOFTHSM2_CONF", configuration)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (make test installs it)"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A SoftHSM2 of the test's own with an RSA and an EC key, made by OpenSSL with their certificates.
fn soft_hsm(folder: &Path) -> std::path::PathBuf {
    let configuration = folder.join("softhsm2.conf");
    let tokens = folder.join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    std::fs::write(
        &configuration,
        format!("directories.tokendir = {}\n", tokens.display()),
    )
    .unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    tool(
        &configuration,
        "softhsm2-util",
        &[
            "--init-token",
            "--free",
            "--label",
            "desk",
            "--pin",
            "123456",
            "--so-pin",
            "12345678",
        ],
    );
    for (id, kind) in [("01", "rsa:2048"), ("02", "ec")] {
        let (key, pem, der) = (
            path("key.pem"),
            path("certificate.pem"),
            path("certificate.der"),
        );
        let mut request = vec![
            "req", "-x509", "-newkey", kind, "-nodes", "-subj", "/CN=Test", "-days", "30",
        ];
        if kind == "ec" {
            request.extend(["-pkeyopt", "ec_paramgen_curve:P-256"]);
        }
        request.extend(["-keyout", &key, "-out", &pem]);
        tool(&configuration, "openssl", &request);
        tool(
            &configuration,
            "openssl",
            &["x509", "-in", &pem, "-outform", "DER", "-out", &der],
        );
        tool(
            &configuration,
            "softhsm2-util",
            &[
                "--import", &key, "--token", "desk", "--label", "key", "--id", id, "--pin",
                "123456",
            ],
        );
        tool(
            &configuration,
            "pkcs11-tool",
            &[
                "--module",
                SOFT_HSM,
                "--login",
                "--pin",
                "123456",
                "--write-object",
                &der,
                "--type",
                "cert",
                "--id",
                id,
                "--label",
                "certificate",
            ],
        );
    }
    configuration
}

#[test]
fn soft_hsm_lists_and_signs() {
    if !is_child() {
        let folder = tempfile::tempdir().unwrap();
        let configuration = soft_hsm(folder.path());
        return alone(
            "soft_hsm_lists_and_signs",
            &[("SOFTHSM2_CONF", &configuration)],
        );
    }
    let module = Pkcs11Module::load(Path::new(SOFT_HSM)).unwrap();
    let tokens = module.tokens().unwrap();
    let token = tokens.iter().find(|token| token.label == "desk").unwrap();
    let contents = module.read(token).unwrap();
    let mut ids: Vec<_> = contents
        .certificates
        .iter()
        .map(|found| found.id.as_str())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, ["pkcs11:01", "pkcs11:02"]);
    assert_eq!(contents.pins[0].state, PinState::Unknown);

    let (right, wrong) = (pin("123456"), pin("000000"));
    for found in &contents.certificates {
        sign(&module, token, found, Some(PinUse::new(&right))).unwrap();
    }
    let found = &contents.certificates[0];
    let error = sign(&module, token, found, Some(PinUse::new(&wrong))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinWrong { left: None });
    let error = sign(&module, token, found, None).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinRequired);
    let mut other = found.clone();
    other.key.as_mut().unwrap().reference = vec![9];
    let error = sign(&module, token, &other, Some(PinUse::new(&right))).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::NoKey);
}

#[test]
fn opensc_signs_with_an_emulated_card() {
    if !is_child() {
        let service = CardService::with_reader();
        let person = Identity::new("rsa", "person").unwrap();
        let card = PivCard::new().with_key(0x9C, [0x5F, 0xC1, 0x0A], 0x07, person);
        let _card = VirtualCard::insert_card(service.port(), card.unwrap());
        desk::wait_for_slot(&service.socket(), "card");
        let socket = service.socket();
        return alone(
            "opensc_signs_with_an_emulated_card",
            &[("PCSCLITE_CSOCK_NAME", &socket)],
        );
    }
    let module = Pkcs11Module::load(Path::new(OPENSC)).unwrap();
    let tokens = module.tokens().unwrap();
    let token = tokens.first().unwrap();
    let contents = module.read(token).unwrap();
    let person = Identity::new("rsa", "person").unwrap();
    let found = contents
        .certificates
        .iter()
        .find(|found| found.octets == person.certificate().unwrap())
        .unwrap();
    let right = pin("123456");
    sign(&module, token, found, Some(PinUse::new(&right))).unwrap();
}

#[test]
fn what_is_no_module_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("module.so");
    std::fs::write(&file, b"no library").unwrap();
    for path in [&file, &folder.path().join("missing.so")] {
        let error = Pkcs11Module::load(path).err().unwrap();
        assert_eq!(error.kind, CardErrorKind::ModuleUnusable);
    }
}
