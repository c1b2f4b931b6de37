//! Keys behind a module of PKCS #11 that is no card's: what `desk` signs with them is judged as what cards sign.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::place::desk;
use super::token::{PIN, SoftHsm, library};

/// Extensions of a person's certificate.
const PERSON: &str = "[req]\ndistinguished_name = dn\nx509_extensions = person\n[dn]\n[person]\n\
    basicConstraints = CA:FALSE\nkeyUsage = digitalSignature, nonRepudiation\n";

fn run_desk(folder: &Path, hsm: &SoftHsm<'_>, arguments: &[&str]) -> Output {
    let library = library("libsofthsm2.so");
    let mut command = Command::new(desk());
    command
        .args(arguments)
        .args(["--module", library.to_str().unwrap()])
        .current_dir(folder)
        .env("SOFTHSM2_CONF", &hsm.configuration)
        .stdin(Stdio::from(File::open(folder.join("pin")).unwrap()));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// An id-RSASSA-PSS key signs by no other algorithm (RFC 4055 §1.2), and Ed25519 takes no digest.
#[test]
fn keys_of_rsassa_pss_and_eddsa_behind_a_module_are_valid_to_verifierd_and_to_openssl() {
    for kind in ["rsa-pss", "ed25519"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let hsm = SoftHsm::new(path);
        fs::write(path.join("pin"), PIN).unwrap();
        fs::write(path.join("content"), b"what is signed").unwrap();
        fs::write(path.join("person.cnf"), PERSON).unwrap();
        let authority = "req -x509 -nodes -newkey rsa:2048 -keyout ca-key.pem -out ca.pem -subj /CN=CA -days 30";
        hsm.run("openssl", authority, &[]);
        let person = "req -x509 -nodes -config person.cnf -CA ca.pem -CAkey ca-key.pem -keyout key.pem \
            -out certificate.pem -subj /CN=Person -days 30 -newkey";
        let options = ["-pkeyopt", "rsa_keygen_bits:2048"];
        let options = if kind == "rsa-pss" { &options[..] } else { &[] };
        let person: Vec<&str> = person.split_whitespace().collect();
        hsm.run("openssl", &person.join(" "), &[&[kind], options].concat());
        hsm.add_key("01", kind == "rsa-pss", false);
        hsm.add_certificate("01");

        let sign = "sign --certificate pkcs11:01 --content content --out s.p7s --pin-fd 0";
        run_desk(path, &hsm, &sign.split(' ').collect::<Vec<_>>());
        let verify =
            "verify --policy cms-basic --anchors ca.pem --no-revocation --format json s.p7s";
        let judged = Command::new(env!("CARGO_BIN_EXE_verifierd"))
            .args(verify.split(' '))
            .current_dir(path)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&judged.stdout).unwrap();
        assert_eq!(judged.status.code(), Some(0), "{kind} {report}");
        // OpenSSL 3.0 does not verify EdDSA in CMS with signed attributes.
        if kind == "rsa-pss" {
            let verify = "cms -verify -binary -inform DER -in s.p7s -CAfile ca.pem -purpose any -out verified";
            hsm.run("openssl", verify, &[]);
        }
    }
}
