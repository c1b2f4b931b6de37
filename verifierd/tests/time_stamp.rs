//! `verify` and `inspect` of time-stamps, as a user calls them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use desk::{AT, Desk};
use serde_json::Value;

/// A folder with tokens of an authority and what they are judged by.
fn with_tokens() -> Desk {
    let desk = Desk::new();
    let pki = testdata::pki::named("stamps-gost").unwrap();
    for id in [
        "good",
        "granted",
        "granted-with-mods",
        "rejected",
        "tsa-plain",
        "version-2",
    ] {
        desk.write(&format!("{id}.tst"), pki.time_stamp(id).unwrap());
    }
    desk.write("root.der", &pki.certificate("root").unwrap().der);
    for crl in ["root", "ca"] {
        desk.write(&format!("{crl}.crl"), pki.crl(crl).unwrap());
    }
    desk.write("stamped.txt", b"content");
    desk
}

fn verify(desk: &Desk, asked: &[&str]) -> (i32, Value) {
    let mut arguments = vec![
        "verify",
        "--policy",
        "etsi-ades",
        "--at",
        AT,
        "--format",
        "json",
    ];
    arguments.extend([
        "--anchors",
        "root.der",
        "--crls",
        "root.crl",
        "--crls",
        "ca.crl",
    ]);
    arguments.extend(asked);
    let (code, output) = desk.run(&arguments);
    (
        code,
        serde_json::from_slice(&output.stdout).unwrap_or_default(),
    )
}

#[test]
fn a_token_or_an_answer_is_of_its_content() {
    let desk = with_tokens();
    for token in ["good.tst", "granted.tst", "granted-with-mods.tst"] {
        let (code, report) = verify(&desk, &["--content", "stamped.txt", token]);
        assert_eq!(code, 0, "{token}");
        assert_eq!(report["conclusion"]["indication"], "TOTAL_PASSED");
        assert_eq!(report["signatures"].as_array().unwrap().len(), 0);
        assert_eq!(
            report["time_stamp"]["token"]["gen_time"],
            "2026-11-01T12:00:00Z"
        );
    }
    let (code, report) = verify(&desk, &["--content", "other.txt", "good.tst"]);
    assert_eq!(code, 1);
    assert_eq!(report["conclusion"]["sub_indication"], "HASH_FAILURE");
    let (code, report) = verify(&desk, &["good.tst"]);
    assert_eq!(code, 2);
    assert_eq!(
        report["conclusion"]["sub_indication"],
        "SIGNED_DATA_NOT_FOUND"
    );
}

#[test]
fn a_digest_stands_for_the_content() {
    let desk = with_tokens();
    let (_, report) = verify(&desk, &["--content", "stamped.txt", "good.tst"]);
    let digest = &report["document"]["digest"];
    let (algorithm, value) = (
        digest["alg"].as_str().unwrap(),
        digest["hex"].as_str().unwrap(),
    );
    let named = format!("{algorithm}:{value}");
    assert_eq!(
        verify(&desk, &["--content-digest", &named, "good.tst"]).0,
        0
    );
    let other = format!("{algorithm}:{}", "0".repeat(64));
    assert_eq!(
        verify(&desk, &["--content-digest", &other, "good.tst"]).0,
        1
    );
}

#[test]
fn what_is_no_valid_token_is_told() {
    let desk = with_tokens();
    let judged = |token| verify(&desk, &["--content", "stamped.txt", token]);
    let (code, report) = judged("rejected.tst");
    assert_eq!(
        (code, &report["conclusion"]["indication"]),
        (65, &"NO_SIGNATURE".into())
    );
    assert_eq!(
        report["document"]["findings"][0]["code"],
        "time.response.refused"
    );
    let (code, report) = judged("tsa-plain.tst");
    assert_eq!(code, 2);
    assert_eq!(
        report["conclusion"]["sub_indication"],
        "CHAIN_CONSTRAINTS_FAILURE"
    );
    let (code, report) = judged("version-2.tst");
    assert_eq!(code, 1);
    assert_eq!(report["conclusion"]["sub_indication"], "FORMAT_FAILURE");
}

#[test]
fn text_names_the_authority_and_the_bounds_in_both_languages() {
    let desk = with_tokens();
    for (language, parts) in [
        ("ru", ["время штампа", "служба", "2026-11-01T12:00:01Z"]),
        (
            "en",
            [
                "time of the time-stamp",
                "authority",
                "2026-11-01T12:00:01Z",
            ],
        ),
    ] {
        let (code, output) = desk.run(&[
            "verify",
            "--policy",
            "etsi-ades",
            "--at",
            AT,
            "--format",
            "text",
            "--lang",
            language,
            "--anchors",
            "root.der",
            "--crls",
            "root.crl",
            "--crls",
            "ca.crl",
            "--content",
            "stamped.txt",
            "good.tst",
        ]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(code, 0, "{text}");
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn inspect_reads_what_an_authority_states() {
    let desk = with_tokens();
    for token in ["good.tst", "granted.tst"] {
        let (code, output) = desk.run(&["inspect", "--lang", "en", token]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(code, 0, "{text}");
        for part in ["TSTInfo", "2026-11-01T12:00:00Z", "1.2.643.2.2.38.4"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    let (code, output) = desk.run(&["inspect", "--lang", "en", "rejected.tst"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("rejection"), "{text}");
}
