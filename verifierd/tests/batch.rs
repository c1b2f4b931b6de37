//! Many files judged in one run: what they have in common is computed once, and nothing else changes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, process::Command};

use serde_json::Value;
use tempfile::TempDir;
use testdata::{Timestamp, pki};

const AT: &str = "2026-11-21T12:00:00Z";
const SIGNED_AT: Timestamp = Timestamp(1_795_262_340);
/// So many files are a batch.
const FILES: usize = 40;

/// A folder with the files of a PKI, signatures, and others that were changed by one octet.
fn folder(name: &str) -> (TempDir, Vec<String>) {
    let pki = pki::named(name).unwrap();
    let folder = TempDir::new().unwrap();
    let write = |name: &str, octets: &[u8]| fs::write(folder.path().join(name), octets).unwrap();
    for id in ["root", "ca"] {
        write(&format!("{id}.der"), &pki.certificate(id).unwrap().der);
        write(&format!("{id}.crl"), pki.crl(id).unwrap());
    }
    let mut forged = pki.crl("ca").unwrap().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    write("forged.crl", &forged);
    let token = pki.token("person").unwrap();
    let mut files = Vec::new();
    for number in 0..FILES {
        let content = format!("document {number}");
        let mut signature = token.sign_attached(content.as_bytes(), SIGNED_AT).unwrap();
        if number % 3 == 2 {
            // In the content, the certificates, the attributes, the signature.
            let at = signature.len() * number / FILES;
            signature[at] ^= 1;
        }
        let file = format!("{number:02}.p7s");
        write(&file, &signature);
        files.push(file);
    }
    (folder, files)
}

fn judge(folder: &TempDir, crl: &str, files: &[String]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_verifierd"))
        .current_dir(folder.path())
        .args(["verify", "--policy", "etsi-ades", "--format", "json"])
        .args(["--explain", "--at", AT, "--anchors", "root.der"])
        .args(["--certs", "ca.der", "--crls", "root.crl", "--crls", crl])
        .args(files)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let reports = text.lines().map(|line| serde_json::from_str(line).unwrap());
    reports.collect()
}

/// The report without the work it took, and the signatures that were computed.
fn parts(mut report: Value) -> (Value, u64) {
    let work = report.as_object_mut().unwrap().remove("work").unwrap();
    (report, work["signature_checks"].as_u64().unwrap())
}

#[test]
fn a_batch_judges_as_each_file_alone_with_less_work() {
    // Without a genuine list of the authority nothing is proven.
    for (name, crl, least) in [
        ("stamps-rsa", "ca.crl", FILES / 2),
        ("stamps-gost", "ca.crl", FILES / 2),
        ("stamps-gost", "forged.crl", 0),
    ] {
        let (folder, files) = folder(name);
        let batch = judge(&folder, crl, &files);
        assert_eq!(batch.len(), FILES);
        let mut passed = 0;
        for (file, together) in files.iter().zip(batch) {
            let [alone] =
                <[Value; 1]>::try_from(judge(&folder, crl, std::slice::from_ref(file))).unwrap();
            let ((alone, more), (together, less)) = (parts(alone), parts(together));
            assert_eq!(together, alone, "{name} {crl} {file}");
            assert!(less <= more, "{name} {crl} {file}: {less} of {more}");
            if alone["conclusion"]["indication"] == "TOTAL_PASSED" {
                assert!(less < more, "{name} {crl} {file}: {less} of {more}");
                passed += 1;
            }
        }
        assert!(passed >= least, "{name} {crl}: {passed} passed");
        assert_eq!(passed > 0, least > 0, "{name} {crl}: {passed} passed");
    }
}
