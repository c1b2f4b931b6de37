//! `verify`, `verify-certificate` and `inspect` as a user calls them: exit codes, JSON, mistakes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;
use testdata::{Timestamp, demo};

const CONTENT: &[u8] = "Прошу подтвердить учётную запись".as_bytes();
const AT: &str = "2026-11-21T12:00:00Z";

/// A folder with the demonstration trust and signatures of the demonstration citizen.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: TempDir::new().unwrap(),
        };
        let token = demo::token().unwrap();
        let signed_at = Timestamp(1_795_000_000);
        desk.write(
            "attached.p7s",
            &token.sign_attached(CONTENT, signed_at).unwrap(),
        );
        desk.write(
            "detached.p7s",
            &token.sign_detached(CONTENT, signed_at).unwrap(),
        );
        desk.write("content.txt", CONTENT);
        desk.write("other.txt", b"other");
        desk.write("empty", b"");
        for name in ["anchors.pem", "crls.pem", "accredited-cas.xml"] {
            let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");
            desk.write(name, &fs::read(format!("{demo}/{name}")).unwrap());
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, octets: &[u8]) {
        fs::write(self.path(name), octets).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (i32, Output) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_verifierd"));
        let output = command
            .current_dir(self.folder.path())
            .args(arguments)
            .output()
            .unwrap();
        (output.status.code().unwrap(), output)
    }

    /// `verify` with the demonstration trust; answers the exit code and the reports.
    fn verify(&self, arguments: &[&str]) -> (i32, Vec<Value>) {
        let trust = [
            "verify",
            "--at",
            AT,
            "--anchors",
            "anchors.pem",
            "--crls",
            "crls.pem",
            "--trust",
            "accredited-cas.xml",
        ];
        let (code, output) = self.run(&[&trust, arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        (
            code,
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        )
    }
}

fn sub_indication(report: &Value) -> &str {
    report["conclusion"]["sub_indication"]
        .as_str()
        .unwrap_or("")
}

fn codes(report: &Value) -> Vec<&str> {
    let signatures = report["signatures"].as_array().unwrap().iter();
    let findings = signatures.flat_map(|signature| signature["findings"].as_array().unwrap());
    let document = report["document"]["findings"].as_array().unwrap();
    findings
        .chain(document)
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_qualified_signature_is_zero() {
    let desk = Desk::new();
    let (code, reports) = desk.verify(&["attached.p7s"]);
    assert_eq!(code, 0);
    assert_eq!(reports[0]["conclusion"]["indication"], "TOTAL_PASSED");
    let qualified = &reports[0]["signatures"][0]["qualified"];
    assert_eq!(qualified["verdict"], "QUALIFIED");
    assert_eq!(qualified["conditions"].as_array().unwrap().len(), 4);
}

#[test]
fn a_detached_signature_takes_a_file_or_a_digest() {
    let desk = Desk::new();
    assert_eq!(
        desk.verify(&["--content", "content.txt", "detached.p7s"]).0,
        0
    );
    let (code, reports) = desk.verify(&["--content", "other.txt", "detached.p7s"]);
    assert_eq!((code, sub_indication(&reports[0])), (1, "HASH_FAILURE"));
    let (code, reports) = desk.verify(&["detached.p7s"]);
    assert_eq!(
        (code, sub_indication(&reports[0])),
        (2, "SIGNED_DATA_NOT_FOUND")
    );

    let digest =
        &desk.verify(&["--content", "content.txt", "detached.p7s"]).1[0]["document"]["digest"];
    let named = format!(
        "{}:{}",
        digest["alg"].as_str().unwrap(),
        digest["hex"].as_str().unwrap()
    );
    assert_eq!(
        desk.verify(&["--content-digest", &named, "detached.p7s"]).0,
        0
    );
    let sha256 = format!("sha256:{}", "0".repeat(64));
    let (code, reports) = desk.verify(&["--content-digest", &sha256, "detached.p7s"]);
    assert_eq!(
        (code, sub_indication(&reports[0])),
        (2, "SIGNED_DATA_NOT_FOUND")
    );
    assert!(codes(&reports[0]).contains(&"cms.content.digest_missing"));
}

#[test]
fn passed_but_not_provably_qualified_is_two() {
    let desk = Desk::new();
    let arguments = [
        "verify",
        "--at",
        AT,
        "--anchors",
        "anchors.pem",
        "--crls",
        "crls.pem",
        "attached.p7s",
    ];
    assert_eq!(desk.run(&arguments).0, 2);
    let ades = [&arguments[..], &["--policy", "etsi-ades"]].concat();
    assert_eq!(desk.run(&ades).0, 0);
}

#[test]
fn several_files_give_a_line_each_and_the_worst_code() {
    let desk = Desk::new();
    let (code, reports) = desk.verify(&["attached.p7s", "empty", "attached.p7s"]);
    assert_eq!((code, reports.len()), (65, 3));
    assert_eq!(reports[0], reports[2]);
    assert_eq!(codes(&reports[1]), ["cms.envelope.empty"]);
}

#[test]
fn what_is_no_whole_signature_says_what_it_is() {
    let desk = Desk::new();
    let whole = desk.read("attached.p7s");
    desk.write("cut.p7s", &whole[..whole.len() - 1]);
    desk.write(
        "broken.p7s",
        &[&whole[..20], &[0xff; 30], &whole[50..]].concat(),
    );
    desk.write("text.p7s", "не подпись".as_bytes());
    desk.write("longer.p7s", &[&whole[..], b"x"].concat());
    for (name, exit, code) in [
        ("empty", 65, "cms.envelope.empty"),
        ("text.p7s", 65, "cms.envelope.not_a_signature"),
        ("cut.p7s", 1, "cms.envelope.truncated"),
        ("broken.p7s", 1, "cms.envelope.malformed"),
        ("longer.p7s", 1, "cms.envelope.trailing_octets"),
    ] {
        let (actual, reports) = desk.verify(&[name]);
        assert_eq!(actual, exit, "{name}");
        assert!(
            codes(&reports[0]).contains(&code),
            "{name}: {:?}",
            codes(&reports[0])
        );
    }
}

#[test]
fn a_limit_is_seventy_five_and_no_verdict() {
    let desk = Desk::new();
    desk.write("nested", &[0x30, 0x80].repeat(1_000_000));
    desk.write("large", &[0x30, 0x80].repeat(50_000_000));
    for name in ["nested", "large"] {
        let (code, reports) = desk.verify(&[name]);
        assert_eq!((code, reports.len()), (75, 0), "{name}");
    }
}

#[test]
fn mistakes_on_the_command_line_are_sixty_four() {
    let desk = Desk::new();
    for arguments in [
        &["verify"][..],
        &["verify", "absent.p7s"],
        &["verify", "--policy", "x", "attached.p7s"],
        &["verify", "--at", "yesterday", "attached.p7s"],
        &["verify", "--anchors", "content.txt", "attached.p7s"],
        &["verify", "--anchors", "absent", "attached.p7s"],
        &["verify", "--content-digest", "md5:00", "attached.p7s"],
        &[
            "verify",
            "--content",
            "content.txt",
            "--content-digest",
            "sha1:00",
            "attached.p7s",
        ],
        &[
            "verify",
            "--anchors",
            "anchors.pem",
            "--trust",
            "content.txt",
            "attached.p7s",
        ],
        &["verify-certificate"],
        &["inspect"],
        &["unknown"],
    ] {
        let (code, output) = desk.run(arguments);
        assert_eq!(code, 64, "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn text_comes_in_both_languages_and_quiet_prints_nothing() {
    let desk = Desk::new();
    let run = |extra: &[&str]| {
        let (_, output) = desk.run(&[&["verify", "--at", AT, "attached.p7s"], extra].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["--format", "text"]).contains("Итог: INDETERMINATE"));
    assert!(run(&["--format", "text", "--lang", "en"]).contains("Result: INDETERMINATE"));
    assert!(run(&["--format", "text", "--explain"]).contains("EN 319 102-1"));
    assert_eq!(run(&["--quiet"]), "");
}

/// A desk with the citizen's certificate and that of its authority.
fn with_certificates() -> Desk {
    let desk = Desk::new();
    let pki = demo::pki().unwrap();
    desk.write("citizen.der", &pki.certificate("citizen").unwrap().der);
    desk.write("ca.der", &pki.certificate("ca").unwrap().der);
    desk
}

/// Judges the citizen's certificate with everything it needs, and more asked of its path.
fn ask_of_path(desk: &Desk, asked: &[&str]) -> (i32, Value) {
    let arguments = [
        "verify-certificate",
        "--policy",
        "pkix",
        "--at",
        AT,
        "--anchors",
        "anchors.pem",
        "--certs",
        "ca.der",
        "--crls",
        "crls.pem",
        "citizen.der",
    ];
    let (code, output) = desk.run(&[&arguments, asked].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (code, report["certificate"].clone())
}

#[test]
fn more_may_be_asked_of_a_path() {
    let desk = with_certificates();
    let (code, certificate) = ask_of_path(&desk, &["--require-explicit-policy"]);
    assert_eq!(code, 0);
    let policies = certificate["policies"]["valid_policy_set"].clone();
    let held = policies[0].as_str().unwrap();
    let (code, certificate) = ask_of_path(&desk, &["--initial-policy", held]);
    assert_eq!(code, 0);
    assert_eq!(certificate["policies"]["valid_policy_set"][0], held);
    let other = ["--initial-policy", "1.2.3", "--require-explicit-policy"];
    for refused in [
        &other[..],
        &["--host", "portal.test.invalid"],
        // Time stamping.
        &["--key-purpose", "1.3.6.1.5.5.7.3.8"],
    ] {
        let (code, certificate) = ask_of_path(&desk, refused);
        assert_eq!(code, 2, "{refused:?}");
        assert_ne!(certificate["conclusion"]["indication"], "TOTAL_PASSED");
    }
    for mistaken in [
        ["--initial-policy", "policy"],
        ["--key-purpose", "1"],
        ["--host", "a b"],
    ] {
        assert_eq!(ask_of_path(&desk, &mistaken).0, 64, "{mistaken:?}");
    }
}

#[test]
fn a_policy_may_come_from_a_file() {
    let desk = with_certificates();
    let pkix = sig_core::Policy::builtin("pkix").unwrap();
    let file = |name: &str, text: String| {
        let path = desk.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let own = file("own.toml", pkix.text().replace("\"pkix\"", "\"own\""));
    let broken = file("broken.toml", pkix.text().replace("pss_salt", "salt"));
    let run = |policy: &str| {
        let arguments = ["verify-certificate", "--policy", policy, "--at", AT];
        let (code, output) = desk.run(&[&arguments[..], &["citizen.der"]].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (code, report["policy"]["id"].clone())
    };
    assert_eq!(run(&own), (2, Value::from("own")));
    assert_eq!(run(&broken).0, 64);
    assert_eq!(run("absent.toml").0, 64);
}

#[test]
fn one_certificate_is_judged_by_its_path() {
    let desk = with_certificates();
    let arguments = [
        "verify-certificate",
        "--policy",
        "pkix",
        "--at",
        AT,
        "citizen.der",
    ];
    assert_eq!(desk.run(&arguments).0, 2);
    let trusted = [
        &arguments[..],
        &[
            "--anchors",
            "anchors.pem",
            "--certs",
            "ca.der",
            "--crls",
            "crls.pem",
            "--require-revocation",
        ],
    ]
    .concat();
    let (code, output) = desk.run(&trusted);
    assert_eq!(code, 0);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let certificate = &report["certificate"];
    assert_eq!(certificate["conclusion"]["indication"], "TOTAL_PASSED");
    assert_eq!(certificate["path"].as_array().unwrap().len(), 3);
    assert!(certificate["policies"]["valid_policy_set"].is_array());
    assert_eq!(desk.run(&["verify-certificate", "content.txt"]).0, 65);
}

/// The status of a certificate by a response in any form, in a file or a folder.
#[test]
fn ocsp_responses_are_found_by_content() {
    let desk = Desk::new();
    let pki = testdata::pki::named("ru-demo").unwrap();
    let pem = |id| testdata::pem("CERTIFICATE", &pki.certificate(id).unwrap().der);
    desk.write("citizen.pem", pem("citizen").as_bytes());
    desk.write("root.pem", pem("root").as_bytes());
    desk.write("ca.pem", pem("ca").as_bytes());
    desk.write("root.crl", pki.crl("root").unwrap());
    let good = pki.ocsp("citizen-good").unwrap();
    let armoured = testdata::pem("OCSP RESPONSE", good);
    desk.write("good.der", good);
    desk.write("good.txt", armoured.as_bytes());
    let base64: String = armoured
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    desk.write("good.b64", base64.as_bytes());
    desk.write("unknown.der", pki.ocsp("citizen-unknown").unwrap());
    fs::create_dir(desk.path("responses")).unwrap();
    desk.write("responses/anything", good);
    let ask = |offered: &[&str]| {
        let fixed = [
            "verify-certificate",
            "--policy",
            "pkix",
            "--at",
            AT,
            "--require-revocation",
            "--anchors",
            "root.pem",
            "--certs",
            "ca.pem",
            "--crls",
            "root.crl",
            "citizen.pem",
        ];
        let (code, output) = desk.run(&[&fixed[..], offered].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (code, report)
    };
    for offered in ["good.der", "good.txt", "good.b64", "responses"] {
        let (code, report) = ask(&["--ocsp", offered]);
        assert_eq!(code, 0, "{offered}");
        assert!(!report.to_string().contains("none-offered"));
    }
    // The same objects in a folder of lists.
    assert_eq!(ask(&["--crls", "good.der"]).0, 0);
    let (code, report) = ask(&["--ocsp", "unknown.der"]);
    assert_eq!(code, 2);
    assert!(report.to_string().contains("revocation.ocsp.unknown"));
    let (code, report) = ask(&[]);
    assert_eq!(code, 2);
    assert!(report.to_string().contains("none-offered"));
    assert_eq!(ask(&["--ocsp", "content.txt"]).0, 64);
}

#[test]
fn inspect_describes_and_judges_nothing() {
    let desk = Desk::new();
    let (code, output) = desk.run(&["inspect", "attached.p7s"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(code, 0);
    for part in [
        "SignedData version 1, DER",
        "signingCertificateV2",
        "gost2012-256-xcha",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(desk.run(&["inspect", "crls.pem"]).0, 0);
    assert_eq!(desk.run(&["inspect", "content.txt"]).0, 65);
}

#[test]
fn every_implementation_gives_the_same_report_under_its_own_name() {
    let desk = Desk::new();
    let (code, by_default) = desk.verify(&["attached.p7s"]);
    assert_eq!((code, &by_default[0]["back_end"]), (0, &"openssl".into()));
    for name in ["rustcrypto", "openssl", "differential"] {
        let (code, mut reports) = desk.verify(&["--algorithms", name, "attached.p7s"]);
        assert_eq!((code, &reports[0]["back_end"]), (0, &name.into()));
        reports[0]["back_end"] = "openssl".into();
        assert_eq!(reports, by_default, "{name}");
    }
    assert_eq!(desk.verify(&["--algorithms", "none", "attached.p7s"]).0, 64);
}
