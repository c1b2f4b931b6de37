//! `verify-certificate` as a user calls it: paths, `--explain`, the qualified certificate, mistakes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use std::fs;

use desk::{AT, Desk};
use serde_json::Value;
use testdata::demo;

/// A desk with the citizen's certificate and that of its authority.
fn with_certificates() -> Desk {
    let desk = Desk::new();
    let pki = demo::pki().unwrap();
    desk.write("citizen.der", &pki.certificate("citizen").unwrap().der);
    desk.write("ca.der", &pki.certificate("ca").unwrap().der);
    desk
}

const TRUSTED: [&str; 8] = [
    "verify-certificate",
    "--at",
    AT,
    "--anchors",
    "anchors.pem",
    "--crls",
    "crls.pem",
    "citizen.der",
];

/// Judges the citizen's certificate with everything it needs, and more asked of its path.
fn ask_of_path(desk: &Desk, asked: &[&str]) -> (i32, Value) {
    let basic = ["--policy", "pkix", "--certs", "ca.der"];
    let (code, output) = desk.run(&[&TRUSTED[..], &basic, asked].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (code, report["certificate"].clone())
}

fn codes(certificate: &Value) -> Vec<&str> {
    let findings = certificate["findings"].as_array().unwrap().iter();
    let failed = findings.filter(|finding| finding["level"] == "fail");
    failed
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn one_certificate_is_judged_by_its_path() {
    let desk = with_certificates();
    let arguments = ["verify-certificate", "--policy", "pkix", "--at", AT];
    assert_eq!(desk.run(&[&arguments[..], &["citizen.der"]].concat()).0, 2);
    let (code, certificate) = ask_of_path(&desk, &["--require-revocation"]);
    assert_eq!(code, 0);
    assert_eq!(certificate["conclusion"]["indication"], "TOTAL_PASSED");
    assert_eq!(certificate["path"].as_array().unwrap().len(), 3);
    assert!(certificate["policies"]["valid_policy_set"].is_array());
    for absent in ["qualified", "steps"] {
        assert_eq!(certificate[absent], Value::Null, "{absent}");
    }
    assert_eq!(desk.run(&["verify-certificate", "other.txt"]).0, 65);
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
}

#[test]
fn the_longest_path_gives_a_verdict() {
    let desk = with_certificates();
    // One authority stands between the citizen and the root.
    for enough in ["1", "2", "9"] {
        assert_eq!(ask_of_path(&desk, &["--max-depth", enough]).0, 0);
    }
    let (code, certificate) = ask_of_path(&desk, &["--max-depth", "0"]);
    assert_eq!(code, 2);
    assert_eq!(codes(&certificate), ["path.basic_constraints.path_length"]);
}

#[test]
fn mistakes_are_sixty_four_and_told_in_both_languages() {
    let desk = with_certificates();
    for (mistaken, russian) in [
        (&["--initial-policy", "policy"][..], "неверное значение"),
        (&["--key-purpose", "1"], "неверное значение"),
        (&["--host", "a b"], "доменное имя"),
        (&["--max-depth", "10"], "число от 0 до 9"),
        (&["--max-depth", "-1"], "неизвестный параметр"),
        (&["--max-depth", "one"], "число от 0 до 9"),
        (&["--max-depth"], "нет значения"),
        (&["--at", "yesterday"], "например"),
        (
            &["--require-revocation", "--no-revocation"],
            "не сочетаются",
        ),
        (&["--explained"], "неизвестный параметр --explained"),
        (&["--policy", "absent.toml"], "неизвестная политика"),
        (&["--anchors", "absent"], "такого файла или каталога нет"),
        (&["--crls", "content.txt"], "не читаются"),
        (&["--format", "xml"], "неверное значение xml"),
    ] {
        let arguments = ["verify-certificate", "citizen.der"];
        let (code, output) = desk.run(&[&arguments[..], mistaken].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(code, 64, "{mistaken:?}: {told}");
        assert!(told.contains(russian), "{mistaken:?}: {told}");
        assert!(output.stdout.is_empty(), "{mistaken:?}");
        let english = told.chars().filter(char::is_ascii_alphabetic).count();
        assert!(english > 20, "{mistaken:?}: {told}");
    }
    let (code, output) = desk.run(&["verify-certificate"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(code, 64);
    assert!(told.contains("не хватает <CERTIFICATE>"), "{told}");
}

#[test]
fn a_policy_may_come_from_a_file() {
    let desk = with_certificates();
    let pkix = sig_core::Policy::builtin("pkix").unwrap();
    let file = |name: &str, text: String| {
        let path = desk.path(name);
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
    // What the file allows is not widened by an option.
    let short = pkix.text().replace("[path]\n", "[path]\nmax_depth = 0\n");
    let short = file("short.toml", short);
    let (code, certificate) = {
        let certs = ["--certs", "ca.der", "--policy", &short, "--max-depth", "5"];
        let (code, output) = desk.run(&[&TRUSTED[..], &certs].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (code, report["certificate"].clone())
    };
    assert_eq!(code, 2);
    assert_eq!(codes(&certificate), ["path.basic_constraints.path_length"]);
}

#[test]
fn explain_names_each_step_and_clause() {
    let desk = with_certificates();
    let (code, certificate) = ask_of_path(&desk, &["--explain"]);
    assert_eq!(code, 0);
    let steps = certificate["steps"].as_array().unwrap();
    let taken = |id: &str, place: usize| {
        let sha256 = certificate["path"][place]["sha256"].as_str().unwrap();
        let subject = format!("certificate:{sha256}");
        let of_step = steps
            .iter()
            .find(|step| step["id"] == id && step["subject"] == subject.as_str());
        of_step.unwrap_or_else(|| panic!("{id} at {place}"))
    };
    let signature = taken("rfc5280.6.1.3.a.1", 1);
    assert_eq!(signature["clause"], "RFC 5280 §6.1.3 (a)(1)");
    assert_eq!(signature["outcome"], "passed");
    assert_eq!(signature["why"], Value::Null);
    let constraints = taken("rfc5280.6.1.4.g.1", 1);
    assert_eq!(constraints["outcome"], "not_applicable");
    assert_eq!(constraints["why"], "extension_absent");
    for place in [0, 1] {
        assert_eq!(taken("rfc5280.6.1.3.a.3", place)["outcome"], "passed");
    }
    let (_, short) = ask_of_path(&desk, &["--explain", "--max-depth", "0"]);
    let failed: Vec<&Value> = short["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["outcome"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["id"], "rfc5280.6.1.4.l");
    assert_eq!(failed[0]["codes"][0], "path.basic_constraints.path_length");
    for text in [&failed[0]["text"]["ru"], &failed[0]["text"]["en"]] {
        assert!(!text.as_str().unwrap().is_empty());
    }
}

#[test]
fn explain_is_a_line_a_step_in_both_languages() {
    let desk = with_certificates();
    let run = |extra: &[&str]| {
        let basic = ["--policy", "pkix", "--certs", "ca.der", "--format", "text"];
        let (_, output) = desk.run(&[&TRUSTED[..], &basic, extra].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let russian = run(&["--explain"]);
    for part in [
        "проверки по порядку",
        "✓ RFC 5280 §6.1.3 (a)(1): подпись сертификата верна",
        "– RFC 5280 §6.1.4 (g)(1): разрешённые имена сужаются (расширения нет)",
        "возможных издателей ",
    ] {
        assert!(russian.contains(part), "{part} in {russian}");
    }
    let english = run(&["--explain", "--lang", "en", "--max-depth", "0"]);
    for part in [
        "checks in order",
        "✗ RFC 5280 §6.1.4 (l): the path is not longer than allowed: path.basic_constraints.path_length",
        "Work: bytes ",
    ] {
        assert!(english.contains(part), "{part} in {english}");
    }
    assert!(!run(&[]).contains("§6.1.3"));
}

#[test]
fn explain_of_a_signature_has_its_path() {
    let desk = Desk::new();
    let (code, reports) = desk.verify(&["--explain", "attached.p7s"]);
    assert_eq!(code, 0);
    let steps = reports[0]["signatures"][0]["steps"].as_array().unwrap();
    let clauses: Vec<&str> = steps
        .iter()
        .map(|step| step["clause"].as_str().unwrap())
        .collect();
    for clause in [
        "RFC 5280 §6.1.2 (a)",
        "RFC 5280 §6.1.5 (g)(ii)",
        "EN 319 102-1 §5.2.6.4 step 7",
    ] {
        assert!(clauses.contains(&clause), "{clause}");
    }
    let (_, plain) = desk.verify(&["attached.p7s"]);
    assert_eq!(plain[0]["signatures"][0]["steps"], Value::Null);
    let work = &plain[0]["work"];
    assert!(work["path_candidates"].as_u64().unwrap() > 0);
    assert!(work["policy_nodes"].as_u64().unwrap() > 0);
}

/// A certificate of the demonstration under the qualified policy, with the accredited-CA list or without.
fn qualified(id: &str, authority: &str, list: &[&str]) -> (i32, Value) {
    let desk = Desk::new();
    let pki = demo::pki().unwrap();
    desk.write("citizen.der", &pki.certificate(id).unwrap().der);
    desk.write("ca.der", &pki.certificate(authority).unwrap().der);
    desk.write("more.crl", pki.crl(authority).unwrap());
    let more = ["--certs", "ca.der", "--crls", "more.crl"];
    let (code, output) = desk.run(&[&TRUSTED[..], &more, list].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    (code, report["certificate"].clone())
}

const LIST: [&str; 2] = ["--trust", "accredited-cas.xml"];

fn status<'a>(certificate: &'a Value, condition: &str) -> &'a str {
    let conditions = certificate["qualified"]["conditions"].as_array().unwrap();
    let of_id = conditions.iter().find(|found| found["id"] == condition);
    of_id.map_or("absent", |found| found["status"].as_str().unwrap())
}

#[test]
fn a_qualified_certificate_is_zero() {
    let (code, certificate) = qualified("citizen", "ca", &LIST);
    assert_eq!(code, 0, "{certificate}");
    assert_eq!(certificate["qualified"]["verdict"], "QUALIFIED");
    for condition in ["63fz.11.1", "63fz.11.2", "63fz.11.4"] {
        assert_eq!(status(&certificate, condition), "met");
    }
    // There is no signature to belong to anybody.
    assert_eq!(status(&certificate, "63fz.11.3"), "absent");
    let open = certificate["not_checked"].as_array().unwrap();
    assert!(open.iter().any(|item| item["what"] == "63fz.11.3"));
    let limits = certificate["qualified"]["conditions"][2]["evidence"].to_string();
    for stated in [
        "key_usage:digitalSignature",
        "policy:1.2.643.100.113.1",
        "class:KC",
    ] {
        assert!(limits.contains(stated), "{stated} in {limits}");
    }
}

#[test]
fn passed_but_not_qualified_is_two() {
    let (code, certificate) = qualified("citizen", "ca", &[]);
    assert_eq!(code, 2);
    assert_eq!(certificate["conclusion"]["indication"], "TOTAL_PASSED");
    assert_eq!(certificate["qualified"]["verdict"], "NOT_PROVABLE");
    assert_eq!(status(&certificate, "63fz.11.1"), "not_provable");
}

#[test]
fn each_condition_of_a_certificate_fails_for_its_reason() {
    for (id, authority, condition, expected) in [
        (
            "citizen-after-termination",
            "ca-terminated",
            "63fz.11.1",
            "not_met",
        ),
        (
            "citizen-unlisted",
            "ca-unlisted",
            "63fz.11.1",
            "not_provable",
        ),
        ("citizen-expired", "ca", "63fz.11.2", "not_met"),
        ("citizen-revoked", "ca", "63fz.11.2", "not_met"),
        // A time-stamping key is for nothing else.
        ("tsa", "ca", "63fz.11.4", "not_met"),
    ] {
        let (code, certificate) = qualified(id, authority, &LIST);
        assert_ne!(code, 0, "{id}");
        assert_eq!(
            status(&certificate, condition),
            expected,
            "{id}: {certificate}"
        );
        assert_ne!(certificate["qualified"]["verdict"], "QUALIFIED", "{id}");
    }
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
