//! What `evidence verify` tells of whose word the lists, the anchors and the policy of a bundle are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use std::process::Output;

use desk::{Desk, TRUST};
use serde_json::Value;

/// Judges and writes the bundle.
fn bundled(desk: &Desk, arguments: &[&str]) -> (i32, Output) {
    let evidence = ["--evidence", "bundle"];
    desk.run(&[&TRUST, &evidence[..], arguments].concat())
}

fn check(desk: &Desk, arguments: &[&str]) -> (i32, Value) {
    let command = ["evidence", "verify", "--format", "json"];
    let (code, output) = desk.run(&[&command, arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    (code, serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Who may sign European lists is said by the bundle itself, so they are not lists that somebody else gave.
#[test]
fn european_lists_in_a_bundle_are_the_word_of_the_bundle() {
    let desk = Desk::new();
    let pki = testdata::pki::named("eu").unwrap();
    let signed_at = testdata::Timestamp(1_748_736_000);
    let token = pki.token("person").unwrap();
    desk.write("xa.xml", pki.trust_list("xa").unwrap());
    desk.write("operator.cer", &pki.certificate("operator-xa").unwrap().der);
    desk.write(
        "person.p7s",
        &token.sign_attached(b"content", signed_at).unwrap(),
    );
    desk.write("ca.crl", pki.crl("ca").unwrap());
    let how = [
        "verify",
        "--quiet",
        "--policy",
        "etsi-ades",
        "--at",
        desk::AT,
    ];
    let with = [
        "--crls",
        "ca.crl",
        "--trust",
        "xa.xml",
        "--anchors",
        "operator.cer",
    ];
    let (_, output) =
        desk.run(&[&how[..], &with, &["--evidence", "bundle", "person.p7s"]].concat());
    assert!(desk.path("bundle").exists(), "{}", said(&output));
    let (code, answer) = check(&desk, &["bundle"]);
    assert_eq!(
        (code, &answer["trusted_lists"]["by"]),
        (0, &"extract".into()),
        "{answer}"
    );
    assert_eq!(answer["lists"][0]["territory"], "XA");
    assert!(answer["lists"][0]["signed_digest"]["hex"].is_string());
    let stated = serde_json::json!(["territory", "number", "sha256"]);
    assert_eq!(answer["lists"][0]["stated"], stated);
    let (code, answer) = check(&desk, &["--list", "xa.xml", "bundle"]);
    assert_eq!((code, &answer["outcome"]), (0, &"same".into()), "{answer}");
    assert_eq!(answer["lists"][0]["stated"], serde_json::json!([]));
    let with_list = ["evidence", "verify", "--format", "text", "--lang", "en"];
    let output = desk
        .run(&[&with_list[..], &["--list", "xa.xml", "bundle"]].concat())
        .1;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("  list XA ") && !text.contains("the bundle calls"),
        "{text}"
    );
    desk.write("other.xml", &[&desk.read("xa.xml")[..], b"\n"].concat());
    let (code, answer) = check(&desk, &["--list", "other.xml", "bundle"]);
    assert_eq!(
        (code, &answer["part"]),
        (1, &"trusted-lists".into()),
        "{answer}"
    );
    for (language, word) in [
        ("en", "what the bundle says"),
        ("ru", "в самом пакете"),
        ("en", "was signed by"),
        ("en", "not shown without the lists"),
        ("ru", "не показано"),
        ("en", "list that the bundle calls XA "),
        ("ru", "список, который пакет называет XA "),
        ("en", "that these are their numbers and dates"),
        ("ru", "номера и даты"),
    ] {
        let text = [
            "evidence", "verify", "--format", "text", "--lang", language, "bundle",
        ];
        let output = desk.run(&text).1;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(word), "{text}");
    }
}

/// The same report says nothing of who chose the policy and the anchors.
#[test]
fn the_policy_and_the_anchors_of_a_bundle_are_told() {
    let desk = Desk::new();
    assert_eq!(bundled(&desk, &["attached.p7s"]).0, 0);
    let answer = check(&desk, &["bundle"]).1;
    assert_eq!(answer["policy"]["id"], "ru-qes");
    assert_eq!(answer["policy"]["built_in"], true);
    let own = sig_core::Policy::builtin("ru-qes").unwrap().digest();
    assert_eq!(answer["policy"]["digest"], own.as_str());
    let anchors = &answer["anchors"];
    assert_eq!(
        (&anchors["count"], &anchors["by"]),
        (&2.into(), &"bundle".into())
    );
    let given: Vec<_> = anchors["certificates"].as_array().unwrap().iter().collect();
    let given: Vec<_> = given.iter().map(|it| it["given_by"].as_str()).collect();
    // One of the two roots vouches for who signed the list.
    assert_eq!(given, [Some("list-signer"), None], "{answer}");
    let text = |language| {
        let asked = [
            "evidence", "verify", "--format", "text", "--lang", language, "bundle",
        ];
        String::from_utf8(desk.run(&asked).1.stdout).unwrap()
    };
    let line = format!("ru-qes, SHA-256 {own} (built in)");
    assert!(text("en").contains(&line), "{}", text("en"));
    let marked = "the word of whoever made the bundle alone";
    assert_eq!(text("en").matches(marked).count(), 1, "{}", text("en"));
    // Another policy under the same id, and anchors alone.
    std::fs::remove_file(desk.path("bundle")).unwrap();
    let how = [
        "verify",
        "--policy",
        "cms-basic",
        "--anchors",
        "anchors.pem",
    ];
    let rest = ["--no-revocation", "--evidence", "bundle", "attached.p7s"];
    let (_, output) = desk.run(&[&how[..], &rest].concat());
    let (code, answer) = check(&desk, &["bundle"]);
    assert_eq!(code, 0, "{}", said(&output));
    assert_eq!(answer["policy"]["id"], "cms-basic");
    assert_eq!(answer["policy"]["built_in"], false);
    let anchors = &answer["anchors"];
    assert_eq!(
        (&anchors["count"], &anchors["by"]),
        (&2.into(), &"bundle".into())
    );
    assert_eq!(anchors["certificates"][0]["given_by"], Value::Null);
    for (language, policy, anchors) in [
        ("en", "not the built-in one", "trust anchors: 2 ("),
        ("ru", "не встроенная", "корни доверия: 2 ("),
    ] {
        let text = text(language);
        assert!(text.contains(policy) && text.contains(anchors), "{text}");
    }
}

/// The verdict may rest on an anchor that no list has: it is told, whatever lists stand beside it, and with them at hand.
#[test]
fn an_anchor_that_no_list_has_is_told_beside_the_lists() {
    let desk = Desk::new();
    let pki = testdata::pki::named("eu").unwrap();
    let added = &pki.certificate("tsa-withdrawn").unwrap().der;
    desk.write("added.cer", added);
    let (code, output) = bundled(&desk, &["--anchors", "added.cer", "attached.p7s"]);
    assert_eq!(code, 0, "{}", said(&output));
    let sha256 = sig_core::x509::certificate::sha256_hex(added);
    let text = |language| {
        let asked = ["evidence", "verify", "--format", "text", "--lang"];
        let asked = [&asked[..], &[language, "bundle"]].concat();
        String::from_utf8(desk.run(&asked).1.stdout).unwrap()
    };
    assert!(
        text("en").contains("list that the bundle calls version "),
        "{}",
        text("en")
    );
    assert!(
        text("ru").contains("список, по словам пакета версии "),
        "{}",
        text("ru")
    );
    let list = ["--list", "accredited-cas.xml", "bundle"];
    for arguments in [&list[2..], &list[..]] {
        let (code, answer) = check(&desk, arguments);
        assert_eq!((code, &answer["outcome"]), (0, &"same".into()), "{answer}");
        let named = answer["anchors"]["certificates"].as_array().unwrap();
        let added = named.iter().find(|it| it["sha256"] == sha256.as_str());
        let added = added.expect("the added anchor");
        assert_eq!(added["given_by"], Value::Null);
        assert!(added["subject"].as_str().unwrap().contains("CN="));
        let roots = named.iter().filter(|it| it["given_by"] == "list-signer");
        assert_eq!(roots.count(), 1, "{answer}");
        for (language, count, marked, roots) in [
            (
                "en",
                "trust anchors: 3 (",
                "): the word of whoever made the bundle alone: check that you trust it",
                "the roots that vouch for",
            ),
            (
                "ru",
                "корни доверия: 3 (",
                "): назван только тем, кто создал пакет: убедитесь, что вы ему доверяете",
                "какие корни ручаются за",
            ),
        ] {
            let text = ["evidence", "verify", "--format", "text", "--lang", language];
            let output = desk.run(&[&text[..], arguments].concat()).1;
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.contains(count) && text.contains(roots), "{text}");
            let lines: Vec<&str> = text.lines().filter(|it| it.ends_with(marked)).collect();
            assert_eq!(lines.len(), 2, "{text}");
            let of_added = lines.iter().find(|it| it.contains(&sha256));
            assert!(of_added.is_some_and(|it| it.contains("CN=")), "{text}");
        }
    }
}

/// The active snapshot has its revocation lists, the caller gives the same ones: each counts once.
#[test]
fn revocation_lists_may_come_from_both_sides() {
    let desk = Desk::new();
    let pki = testdata::demo::pki().unwrap();
    desk.write("citizen.der", &pki.certificate("citizen").unwrap().der);
    let import = [
        "trust",
        "import",
        "accredited-cas.xml",
        "--anchors",
        "anchors.pem",
        "--activate",
        "--store",
        "store",
    ];
    let crls = ["--crls", "crls.pem"];
    let (code, output) = desk.run(&[&import[..], &crls, &crls].concat());
    assert_eq!(code, 0, "{}", said(&output));
    let sides: [&[&str]; 3] = [&[], &crls, &["--crls", "crls.pem", "--crls", "crls.pem"]];
    let objects = [
        ["verify", "attached.p7s"],
        ["verify-certificate", "citizen.der"],
    ];
    let mut snapshots = Vec::new();
    for [command, object] in objects {
        for (count, given) in sides.iter().enumerate() {
            let bundle = format!("{command}-{count}");
            let how = ["--store", "store", "--at", desk::AT, "--evidence", &bundle];
            let (code, output) = desk.run(&[&[command, object], &how[..], given].concat());
            assert_eq!(code, 0, "{bundle}: {}", said(&output));
            let (code, answer) = check(&desk, &["--list", "accredited-cas.xml", &bundle]);
            assert_eq!((code, &answer["outcome"]), (0, &"same".into()), "{answer}");
            snapshots.push(answer["trust"].clone());
        }
    }
    snapshots.dedup();
    assert_eq!(snapshots.len(), 1, "{snapshots:?}");
}
