//! Lists read directly that were issued after the time of judging: they tell what was before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use desk::{AT, Desk};
use serde_json::Value;
use testdata::list::{Authority, List, StatusValue};
use testdata::{Timestamp, demo};

/// Exit code, the verdict on whether it is qualified, and what was said.
fn verify(desk: &Desk, arguments: &[&str]) -> (i32, Value, String) {
    let (code, output) = desk.run(&[&["verify", "--no-revocation"], arguments].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let said = String::from_utf8(output.stderr).unwrap();
    (code, report["signatures"][0]["qualified"].clone(), said)
}

#[test]
fn a_european_list_tells_what_its_services_were() {
    let desk = Desk::empty();
    let pki = testdata::pki::named("eu").unwrap();
    for name in ["xa", "xa-stale"] {
        desk.write(&format!("{name}.xml"), pki.trust_list(name).unwrap());
    }
    let operator = &pki.certificate("operator-xa").unwrap().der;
    desk.write("operator.cer", operator);
    // 2023-01-01 and 2025-01-01; the service that issued both certificates was withdrawn between.
    for (name, signed) in [
        ("person-before", 1_672_531_200),
        ("person-after", 1_735_689_600),
    ] {
        let token = pki.token(name).unwrap();
        let signature = token.sign_attached(b"content", Timestamp(signed)).unwrap();
        desk.write(&format!("{name}.p7s"), &signature);
    }
    let judged = |file: &str, at: &str| {
        let by = [
            "--policy",
            "etsi-ades",
            "--trust",
            "xa.xml",
            "--anchors",
            "operator.cer",
        ];
        let (code, qualified, said) = verify(&desk, &[&by[..], &["--at", at, file]].concat());
        let is_said =
            said.contains("issued after the time of judging") && said.contains("о прошлом");
        (
            code,
            qualified["verdict"].as_str().map(str::to_owned),
            is_said,
        )
    };
    let (yes, no) = (
        Some("QUALIFIED".to_owned()),
        Some("NOT_QUALIFIED".to_owned()),
    );
    assert_eq!(
        judged("person-before.p7s", "2023-02-01T00:00:00Z"),
        (0, yes, true)
    );
    assert_eq!(
        judged("person-before.p7s", "2023-07-01T00:00:00Z"),
        (2, no.clone(), true)
    );
    assert_eq!(
        judged("person-after.p7s", "2025-02-01T00:00:00Z"),
        (2, no.clone(), true)
    );
    assert_eq!(judged("person-before.p7s", AT), (2, no, false));
}

/// A list of this date, with one authority whose accreditation was in force until 2025-09-01.
fn accredited(date: &str) -> Vec<u8> {
    let pki = demo::pki().unwrap();
    let time = |text: &str| {
        let time = sig_core::UnixTime::parse_rfc3339(text).unwrap();
        Timestamp(time.seconds())
    };
    let authority = Authority {
        name: "Тестовый УЦ «Образец»".to_owned(),
        ogrn: "0000000000110".to_owned(),
        history: vec![
            (StatusValue::Valid, time("2021-01-01T00:00:00Z")),
            (StatusValue::Terminated, time("2025-09-01T00:00:00Z")),
        ],
        certificates: vec![pki.certificate("ca").unwrap().der.clone()],
    };
    let list = List {
        version: 100,
        date: time(date),
        authorities: vec![authority],
        text: 40,
    };
    list.signed(pki, "ministry").unwrap()
}

#[test]
fn a_list_of_accredited_authorities_does_so_too() {
    let desk = Desk::new();
    desk.write("list.xml", &accredited("2025-12-01T00:00:00Z"));
    desk.write("future.xml", &accredited("2047-01-01T00:00:00Z"));
    // 2025-01-01.
    let token = demo::token().unwrap();
    let signature = token.sign_attached(b"content", Timestamp(1_735_689_600));
    desk.write("early.p7s", &signature.unwrap());
    let judge = |list: &str, at: &str| {
        let by = [
            "--trust",
            list,
            "--anchors",
            "anchors.pem",
            "--at",
            at,
            "early.p7s",
        ];
        verify(&desk, &by)
    };
    let (_, qualified, said) = judge("list.xml", "2025-03-01T00:00:00Z");
    assert_eq!(qualified["conditions"][0]["status"], "met", "{said}");
    assert!(said.contains("issued after the time of judging"), "{said}");
    let (_, qualified, said) = judge("list.xml", "2026-01-01T00:00:00Z");
    assert_eq!(qualified["conditions"][0]["status"], "met", "{said}");
    assert!(!said.contains("issued after"), "{said}");
    // One that is not issued yet is refused whatever time is asked for.
    for at in ["2025-03-01T00:00:00Z", AT] {
        let (code, _, said) = judge("future.xml", at);
        assert_eq!(code, 64, "{said}");
        assert!(!said.contains("issued after the time of judging"), "{said}");
    }
}
