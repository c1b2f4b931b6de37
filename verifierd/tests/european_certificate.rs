//! `verify-certificate --policy etsi-ades` with European lists: whether a certificate alone is a qualified one, and for what.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use desk::{AT, Desk};
use serde_json::Value;

const IDS: [&str; 6] = [
    "eidas.3.15.issuer",
    "eidas.3.15.certificate",
    "eidas.3.14.purpose",
    "eidas.3.29.purpose",
    "eidas.3.38.purpose",
    "eidas.3.12.device",
];

fn desk() -> Desk {
    let desk = Desk::empty();
    let pki = testdata::pki::named("eu").unwrap();
    for name in ["xa", "xa-sites"] {
        desk.write(&format!("{name}.xml"), pki.trust_list(name).unwrap());
    }
    for certificate in pki.certificates() {
        desk.write(&format!("{}.cer", certificate.id), &certificate.der);
    }
    for name in ["ca", "ca-withdrawn", "ca-national", "ca-seals"] {
        desk.write(&format!("{name}.crl"), pki.crl(name).unwrap());
    }
    desk
}

fn run(desk: &Desk, id: &str, list: &str, more: &[&str]) -> (i32, String) {
    let mut arguments = vec!["verify-certificate", "--policy", "etsi-ades"];
    for crl in [
        "ca.crl",
        "ca-withdrawn.crl",
        "ca-national.crl",
        "ca-seals.crl",
    ] {
        arguments.extend(["--crls", crl]);
    }
    arguments.extend(["--trust", list, "--anchors", "operator-xa.cer"]);
    arguments.extend(more);
    let file = format!("{id}.cer");
    arguments.push(&file);
    let (code, output) = desk.run(&arguments);
    (code, String::from_utf8(output.stdout).unwrap())
}

/// Exit code, verdict, the statuses of the conditions in the order of [`IDS`] (`-` for one that is not there), and the codes
/// of the stage at level warn.
fn judge(id: &str, list: &str, at: &str) -> (i32, String, [char; 6], Vec<String>) {
    let (code, printed) = run(&desk(), id, list, &["--at", at]);
    let report: Value = serde_json::from_str(&printed).unwrap();
    let certificate = &report["certificate"];
    assert!(
        report["trusted_lists"]["id"]
            .as_str()
            .unwrap()
            .starts_with("eu-xa-")
    );
    let conditions = certificate["qualified"]["conditions"].as_array().unwrap();
    let statuses = IDS.map(|id| {
        let found = conditions.iter().find(|it| it["id"] == id);
        match found.map(|it| it["status"].as_str().unwrap()) {
            Some("met") => '+',
            Some("not_met") => 'x',
            Some("not_provable") => '?',
            _ => '-',
        }
    });
    let findings = certificate["findings"].as_array().unwrap().iter();
    let warned = findings.filter(|it| it["level"] != "info");
    let codes = warned.map(|it| it["code"].as_str().unwrap().to_owned());
    let verdict = certificate["qualified"]["verdict"].as_str().unwrap();
    (code, verdict.to_owned(), statuses, codes.collect())
}

fn check(id: &str, list: &str, (code, verdict, statuses): (i32, &str, &str), codes: &[&str]) {
    let statuses: Vec<char> = statuses.chars().collect();
    let found = judge(id, list, AT);
    assert_eq!(
        (found.0, &*found.1, found.2.to_vec()),
        (code, verdict, statuses),
        "{id}: {found:?}"
    );
    assert_eq!(found.3, codes, "{id}");
}

const YES: &str = "QUALIFIED";
const NO: &str = "NOT_QUALIFIED";
const OPEN: &str = "NOT_PROVABLE";

#[test]
fn it_is_told_what_a_qualified_certificate_is_for() {
    check("person", "xa.xml", (0, YES, "+++xx+"), &[]);
    check("seal", "xa.xml", (0, YES, "++x+x+"), &[]);
    // A web site has no device.
    check("site", "xa-sites.xml", (0, YES, "++xx+-"), &[]);
    // The device makes the signature a qualified one, not the certificate.
    check(
        "person-no-device",
        "xa.xml",
        (0, YES, "+++xxx"),
        &["qualified_eu.device.none"],
    );
}

#[test]
fn each_condition_fails_for_its_reason() {
    check(
        "person-no-statement",
        "xa.xml",
        (2, NO, "+x+xx+"),
        &["qualified_eu.certificate.no_statement"],
    );
    // Issued by a service that is for something else.
    let no_purpose = ["qualified_eu.certificate.no_purpose"];
    check("site", "xa.xml", (2, NO, "++xxx-"), &no_purpose);
    check("person-of-seal", "xa.xml", (2, NO, "++xxx-"), &no_purpose);
    check("person", "xa-sites.xml", (2, NO, "++xxx-"), &no_purpose);
    check(
        "person-broken",
        "xa.xml",
        (2, OPEN, "+?????"),
        &["qualified_eu.certificate.cannot_tell"; 3],
    );
}

#[test]
fn the_issuer_is_in_force_at_the_issue_and_now() {
    check(
        "person-before",
        "xa.xml",
        (2, NO, "x++xx+"),
        &["qualified_eu.service.not_in_force_now"],
    );
    let (code, verdict, statuses, codes) = judge("person-before", "xa.xml", "2023-02-01T00:00:00Z");
    assert_eq!(
        (code, &*verdict, statuses[0]),
        (2, OPEN, '+'),
        "no CRL is of that day: {codes:?}"
    );
    let (.., statuses, codes) = judge("person-after", "xa.xml", AT);
    assert_eq!(statuses[0], 'x');
    assert!(
        codes.contains(&"path.anchor.not_in_force".to_owned()),
        "{codes:?}"
    );
    // What became of the service after the list nobody knows.
    let (code, verdict, statuses, codes) = judge("person", "xa.xml", "2027-06-01T00:00:00Z");
    assert_eq!(
        (code, &*verdict, statuses),
        (2, OPEN, ['?', '+', '+', 'x', 'x', '+'])
    );
    assert_eq!(codes, ["qualified_eu.list.stale"]);
}

#[test]
fn without_lists_nothing_is_said() {
    let desk = desk();
    let arguments = [
        "verify-certificate",
        "--policy",
        "etsi-ades",
        "--at",
        AT,
        "--crls",
        "ca.crl",
        "--anchors",
        "ca.cer",
        "person.cer",
    ];
    let (code, output) = desk.run(&arguments);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (code, &report["certificate"]["qualified"]),
        (0, &Value::Null)
    );
}

#[test]
fn the_text_says_it_in_both_languages_long_and_short() {
    let desk = desk();
    for (id, list, form, language, words) in [
        (
            "person",
            "xa.xml",
            "text",
            "ru",
            &[
                "сертификат по Регламенту (ЕС) № 910/2014: квалифицированный",
                "для электронных печатей — не выполнено",
            ][..],
        ),
        (
            "person",
            "xa.xml",
            "text",
            "en",
            &[
                "certificate under Regulation (EU) No 910/2014: qualified",
                "electronic seals — not met",
            ],
        ),
        (
            "person",
            "xa.xml",
            "short",
            "ru",
            &[
                "является квалифицированным по регламенту eIDAS (ЕС № 910/2014): для подписей, ключ в квалифицированном устройстве.",
            ],
        ),
        (
            "person-no-device",
            "xa.xml",
            "short",
            "en",
            &[
                "qualified one under eIDAS (Regulation (EU) No 910/2014): for signatures, its key not in a qualified device.",
            ],
        ),
        ("seal", "xa.xml", "short", "en", &["for seals, its key in"]),
        (
            "site",
            "xa-sites.xml",
            "short",
            "ru",
            &["(ЕС № 910/2014): для сайтов."],
        ),
        (
            "person-before",
            "xa.xml",
            "short",
            "ru",
            &["не доказано: на момент проверки 21.11.2026"],
        ),
    ] {
        let more = ["--at", AT, "--format", form, "--lang", language];
        let (_, text) = run(&desk, id, list, &more);
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains("63-"), "{text}");
    }
}
