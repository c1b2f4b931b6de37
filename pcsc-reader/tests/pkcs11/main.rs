//! Modules of PKCS #11: SoftHSM2, and OpenSC's over a real `pcscd` with an emulated card.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod opensc;
mod soft_hsm;
mod token;
mod tool;

use std::path::Path;
use std::process::Command;

use pcsc_reader::{
    CardCertificate, CardError, CardErrorKind, Pin, PinUse, Pkcs11Module, Pkcs11Token,
};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::SignatureScheme;
use sig_core::base::limits::{Budget, Limits};
use sig_core::base::time::UnixTime;
use sig_core::cms::build::{Content, Request, customary};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use zeroize::Zeroizing;

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
) -> Result<SignatureScheme, CardError> {
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
    Ok(algorithm.scheme)
}

/// Runs one test of this program again as a process of its own with this environment.
fn alone(test: &str, environment: &[(&str, &Path)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1");
    for (name, value) in environment {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{error}"
    );
}

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
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
