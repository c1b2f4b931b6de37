//! OpenSSL, with the gost engine where GOST is used, accepts what the generator makes. Without the
//! engine (Debian package `libengine-gost-openssl`) the GOST tests print why they did not run.

#![allow(clippy::unwrap_used, reason = "a test helper fails its test")]

use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use testdata::{Form, Pki, Timestamp, Variant};

/// 2026-11-21T12:00:00Z.
const AT: Timestamp = Timestamp(1_795_262_400);

/// Loads the engine for every command; `openssl ts` and `openssl ocsp` do not take `-engine` when they verify.
const ENGINE: &str = "openssl_conf = init\n[init]\nengines = engines\n[engines]\ngost = gost\n\
    [gost]\nengine_id = gost\ndefault_algorithms = ALL\n";

#[derive(PartialEq)]
enum Needs {
    Nothing,
    GostEngine,
}

struct Bench {
    folder: TempDir,
    pki: &'static Pki,
}

impl Bench {
    /// None, with a line on standard error, when OpenSSL cannot do what the PKI needs.
    fn open(name: &str, needs: Needs) -> Option<Self> {
        let able = Command::new("openssl").args(["engine", "gost"]).output();
        if able.is_err() {
            eprintln!("skipped: there is no openssl command (Debian package openssl)");
            return None;
        }
        if needs == Needs::GostEngine && !able.is_ok_and(|output| output.status.success()) {
            eprintln!(
                "skipped: OpenSSL has no gost engine (Debian package libengine-gost-openssl)"
            );
            return None;
        }
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
            pki: testdata::pki::named(name).unwrap(),
        };
        bench.file(
            "openssl.cnf",
            if needs == Needs::GostEngine {
                ENGINE.as_bytes()
            } else {
                b""
            },
        );
        Some(bench)
    }

    fn pem(&self, name: &str, label: &str, ders: &[&[u8]]) {
        let text: String = ders.iter().map(|der| testdata::pem(label, der)).collect();
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn file(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.folder.path().join(name), octets).unwrap();
    }

    fn openssl(&self, command: &str, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .arg(command)
            .args(arguments)
            .env("OPENSSL_CONF", self.folder.path().join("openssl.cnf"))
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    #[track_caller]
    fn accepts(&self, command: &str, arguments: &[&str]) {
        let output = self.openssl(command, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "openssl {command}: {said}");
    }

    #[track_caller]
    fn refuses(&self, command: &str, arguments: &[&str]) {
        let output = self.openssl(command, arguments);
        assert!(!output.status.success(), "openssl {command} accepted");
    }

    /// Writes anchors, intermediates and CRLs for a chain root → CA → person.
    fn chain(&self, root: &str, ca: &str, person: &str) {
        let certificate = |id: &str| self.pki.certificate(id).unwrap().der.as_slice();
        self.pem("root.pem", "CERTIFICATE", &[certificate(root)]);
        self.pem("ca.pem", "CERTIFICATE", &[certificate(ca)]);
        self.pem("person.pem", "CERTIFICATE", &[certificate(person)]);
        self.pem(
            "crls.pem",
            "X509 CRL",
            &[self.pki.crl(root).unwrap(), self.pki.crl(ca).unwrap()],
        );
    }
}

const VERIFY: [&str; 7] = [
    "-attime",
    "1795262400",
    "-crl_check_all",
    "-CAfile",
    "root.pem",
    "-CRLfile",
    "crls.pem",
];

fn chain_and_signatures(bench: &Bench, root: &str, ca: &str, person: &str) {
    bench.chain(root, ca, person);
    let verify: Vec<&str> = VERIFY
        .into_iter()
        .chain(["-untrusted", "ca.pem", "person.pem"])
        .collect();
    bench.accepts("verify", &verify);

    let content = "Содержание документа".as_bytes();
    bench.file("content", content);
    let token = bench.pki.token(person).unwrap();
    let ber = Variant {
        encoding: testdata::variant::Encoding::BerIndefinite,
        ..Variant::default()
    };
    bench.file("attached", &token.sign_attached(content, AT).unwrap());
    bench.file("detached", &token.sign_detached(content, AT).unwrap());
    bench.file(
        "ber",
        &token.sign(content, Form::Attached, AT, &ber).unwrap(),
    );
    let common = [
        "-verify",
        "-cades",
        "-binary",
        "-inform",
        "DER",
        "-purpose",
        "any",
        "-attime",
        "1795262400",
    ];
    let with = |more: &[&'static str]| -> Vec<&str> {
        common
            .into_iter()
            .chain(["-CAfile", "root.pem", "-out", "out"])
            .chain(more.iter().copied())
            .collect()
    };
    bench.accepts("cms", &with(&["-in", "attached"]));
    bench.accepts("cms", &with(&["-in", "ber"]));
    bench.accepts("cms", &with(&["-in", "detached", "-content", "content"]));
    bench.refuses("cms", &with(&["-in", "detached", "-content", "root.pem"]));
}

#[test]
fn gost_256() {
    let Some(bench) = Bench::open("ru-demo", Needs::GostEngine) else {
        return;
    };
    chain_and_signatures(&bench, "root", "ca", "citizen");
}

#[test]
fn gost_256_tc26_a() {
    let Some(bench) = Bench::open("ru-demo", Needs::GostEngine) else {
        return;
    };
    chain_and_signatures(&bench, "root", "ca-second-key", "citizen-second-key");
}

#[test]
fn gost_512() {
    let Some(bench) = Bench::open("ru-demo", Needs::GostEngine) else {
        return;
    };
    chain_and_signatures(&bench, "root-512", "ca-512", "citizen-512");
}

#[test]
fn a_revoked_person_is_refused() {
    let Some(bench) = Bench::open("ru-demo", Needs::GostEngine) else {
        return;
    };
    bench.chain("root", "ca", "citizen-revoked");
    let verify: Vec<&str> = VERIFY
        .into_iter()
        .chain(["-untrusted", "ca.pem", "person.pem"])
        .collect();
    bench.refuses("verify", &verify);
}

#[test]
fn time_stamp_token() {
    let Some(bench) = Bench::open("ru-demo", Needs::GostEngine) else {
        return;
    };
    bench.chain("root", "ca", "tsa");
    bench.file("token", bench.pki.time_stamp("hello").unwrap());
    bench.file("message", b"hello");
    let arguments = [
        "-verify",
        "-data",
        "message",
        "-in",
        "token",
        "-token_in",
        "-CAfile",
        "root.pem",
    ];
    let more = ["-untrusted", "ca.pem", "-attime", "1795262400"];
    bench.accepts("ts", &arguments.into_iter().chain(more).collect::<Vec<_>>());
}

#[test]
fn ocsp_responses() {
    let Some(bench) = Bench::open("ru-demo", Needs::GostEngine) else {
        return;
    };
    bench.chain("root", "ca", "citizen");
    let arguments = [
        "-issuer",
        "ca.pem",
        "-cert",
        "person.pem",
        "-CAfile",
        "root.pem",
        "-verify_other",
        "ca.pem",
    ];
    let with = |response: &'static str| {
        [
            &arguments[..],
            &["-attime", "1795262400", "-respin", response],
        ]
        .concat()
    };
    for id in ["citizen-good", "citizen-unknown", "citizen-bad-signature"] {
        bench.file(id, bench.pki.ocsp(id).unwrap());
    }
    let said = |response: &'static str| {
        String::from_utf8(bench.openssl("ocsp", &with(response)).stdout).unwrap()
    };
    assert!(said("citizen-good").contains("person.pem: good"));
    assert!(said("citizen-unknown").contains("person.pem: unknown"));
    bench.accepts("ocsp", &with("citizen-good"));
    bench.refuses("ocsp", &with("citizen-bad-signature"));
}

#[test]
fn gost_512_without_digest_parameter() {
    let Some(bench) = Bench::open("gost512", Needs::GostEngine) else {
        return;
    };
    chain_and_signatures(&bench, "root", "ca", "person");
}

#[test]
fn rsa() {
    let Some(bench) = Bench::open("rsa", Needs::Nothing) else {
        return;
    };
    chain_and_signatures(&bench, "root", "ca", "person");
}

#[test]
fn p_256() {
    let Some(bench) = Bench::open("p256", Needs::Nothing) else {
        return;
    };
    chain_and_signatures(&bench, "root", "ca", "person");
}

/// Certificates only: before 3.2 `openssl cms` asks for a digest, which pure EdDSA has not.
#[test]
fn eddsa() {
    let Some(bench) = Bench::open("eddsa", Needs::Nothing) else {
        return;
    };
    for person in ["person", "person-448"] {
        bench.chain("root", "ca", person);
        let path = ["-untrusted", "ca.pem", "person.pem"];
        let verify: Vec<&str> = VERIFY.into_iter().chain(path).collect();
        bench.accepts("verify", &verify);
    }
}

/// OpenSSL's own words for each fault it looks for, so that a fault is the one declared.
#[test]
fn faulty_certificates_are_faulty_in_the_declared_way() {
    let Some(bench) = Bench::open("faults", Needs::GostEngine) else {
        return;
    };
    let certificate = |id: &str| bench.pki.certificate(id).unwrap().der.as_slice();
    bench.pem("root.pem", "CERTIFICATE", &[certificate("root")]);
    let said = |path: &[&str]| {
        bench.pem("person.pem", "CERTIFICATE", &[certificate(path[0])]);
        let issuers: Vec<&[u8]> = path[1..].iter().map(|id| certificate(id)).collect();
        bench.pem("ca.pem", "CERTIFICATE", &issuers);
        let arguments = [
            "-attime",
            "1795262400",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "ca.pem",
            "person.pem",
        ];
        let output = bench.openssl("verify", &arguments);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let expected: [(&[&str], &str); 9] = [
        (&["person", "ca"], "OK"),
        (&["unknown-extension", "ca"], "OK"),
        (
            &["unknown-critical-extension", "ca"],
            "unhandled critical extension",
        ),
        (&["broken-signature", "ca"], "certificate signature failure"),
        (
            &["signed-by-stranger", "ca"],
            "certificate signature failure",
        ),
        (
            &["under-no-key-cert-sign", "ca-without-key-cert-sign"],
            "key usage does not include certificate signing",
        ),
        (
            &["under-false-ca", "ca-basic-constraints-false"],
            "invalid CA certificate",
        ),
        (
            &["under-end-entity", "person", "ca"],
            "key usage does not include certificate signing",
        ),
        (
            &[
                "under-long-path",
                "ca-below-path-length-zero",
                "ca-path-length-zero",
            ],
            "path length constraint exceeded",
        ),
    ];
    for (path, words) in expected {
        let said = said(path);
        assert!(said.contains(words), "{path:?}: {said}");
    }
}

/// The list is in canonical form as written, so the signed octets are cut out of it as text: the root
/// element without the Signature, and SignedInfo with the prefix declared in its own start tag.
#[test]
fn accredited_ca_list() {
    let Some(bench) = Bench::open("ru-demo", Needs::GostEngine) else {
        return;
    };
    let list = String::from_utf8(bench.pki.trust_list("accredited").unwrap().to_vec()).unwrap();
    let (_, list) = list.split_once("?>\n").unwrap();
    let (before, rest) = list.split_once("<ds:Signature ").unwrap();
    let (signature, after) = rest.split_once("</ds:Signature>").unwrap();
    let between = |start: &str, end: &str| {
        let (_, rest) = signature.split_once(start).unwrap();
        rest.split_once(end).unwrap().0.to_owned()
    };
    let inside = between("<ds:SignedInfo>", "</ds:SignedInfo>");
    let namespace = "http://www.w3.org/2000/09/xmldsig#";
    let signed_info = format!("<ds:SignedInfo xmlns:ds=\"{namespace}\">{inside}</ds:SignedInfo>");
    bench.file("signed-info", signed_info.as_bytes());
    bench.file(
        "content",
        format!("{before}{}", after.trim_end()).as_bytes(),
    );
    let value = between("<ds:SignatureValue>", "</ds:SignatureValue>");
    bench.file("signature", &STANDARD.decode(value).unwrap());
    let certificate = between("<ds:X509Certificate>", "</ds:X509Certificate>");
    bench.pem(
        "signer.pem",
        "CERTIFICATE",
        &[&STANDARD.decode(certificate).unwrap()],
    );
    bench.accepts(
        "x509",
        &[
            "-in",
            "signer.pem",
            "-pubkey",
            "-noout",
            "-out",
            "public.pem",
        ],
    );

    let digest = bench
        .openssl("dgst", &["-md_gost12_256", "-binary", "content"])
        .stdout;
    assert_eq!(
        STANDARD.encode(digest),
        between("<ds:DigestValue>", "</ds:DigestValue>")
    );
    let verify = [
        "-md_gost12_256",
        "-verify",
        "public.pem",
        "-signature",
        "signature",
    ];
    bench.accepts("dgst", &[&verify[..], &["signed-info"]].concat());
    bench.refuses("dgst", &[&verify[..], &["content"]].concat());
}
