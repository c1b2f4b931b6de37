//! `verify --evidence` and `evidence verify` as a user calls them: exit codes, texts, mistakes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../sig-core/tests/bundle_file/mod.rs"]
mod bundle_file;
#[path = "support/desk.rs"]
mod desk;

use std::process::Output;

use desk::{CONTENT, Desk, TRUST};
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

fn holds(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|part| part == text)
}

#[test]
fn a_verdict_is_repeated_from_the_bundle_alone() {
    let desk = Desk::new();
    let (code, output) = bundled(&desk, &["--format", "json", "attached.p7s"]);
    assert_eq!(code, 0, "{}", said(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    let bundle = desk.read("bundle");
    assert!(holds(&bundle, printed.trim_end().as_bytes()));
    // Nothing but the bundle is there.
    let elsewhere = Desk::empty();
    elsewhere.write("bundle", &bundle);
    for algorithms in ["openssl", "rustcrypto", "differential"] {
        let (code, answer) = check(&elsewhere, &["--algorithms", algorithms, "bundle"]);
        assert_eq!((code, &answer["outcome"]), (0, &"same".into()), "{answer}");
        assert_eq!(answer["now"]["back_end"], algorithms);
        assert_eq!(answer["first"]["back_end"], "openssl");
        assert_eq!(answer["trust"]["by"], "extract");
        assert_eq!(answer["conclusion"]["indication"], "TOTAL_PASSED");
    }
    assert_eq!(check(&elsewhere, &["bundle"]).0, 0);
    let (code, output) = elsewhere.run_with_input(&["evidence", "verify", "-"], "bundle");
    assert_eq!(code, 0, "{}", said(&output));
}

/// The path of a certificate, with all that is asked of it.
#[test]
fn a_verdict_on_a_certificate_is_repeated_from_the_bundle_alone() {
    let desk = Desk::new();
    let pki = testdata::demo::pki().unwrap();
    desk.write("citizen.der", &pki.certificate("citizen").unwrap().der);
    let command = [
        &["verify-certificate"],
        &TRUST[1..],
        &["--evidence", "bundle"],
    ]
    .concat();
    let asked = [
        "--format",
        "json",
        "--key-purpose",
        "1.3.6.1.5.5.7.3.2",
        "--max-depth",
        "2",
        "--host",
        "a.example",
        "--explain",
    ];
    let (code, output) = desk.run(&[&command, &asked[..], &["citizen.der"]].concat());
    assert_ne!(code, 0, "{}", said(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("\"path.host."), "{printed}");
    let bundle = desk.read("bundle");
    assert!(holds(&bundle, printed.trim_end().as_bytes()));
    let elsewhere = Desk::empty();
    elsewhere.write("bundle", &bundle);
    for algorithms in ["openssl", "rustcrypto", "differential"] {
        let (code, answer) = check(&elsewhere, &["--algorithms", algorithms, "bundle"]);
        assert_eq!((code, &answer["outcome"]), (0, &"same".into()), "{answer}");
        assert_ne!(answer["conclusion"]["indication"], "TOTAL_PASSED");
        assert_eq!(answer["trust"]["by"], "extract");
    }
    elsewhere.write("list.xml", &desk.read("accredited-cas.xml"));
    assert_eq!(check(&elsewhere, &["--list", "list.xml", "bundle"]).0, 0);
    // A name that is taken, and an option of documents.
    let (code, output) = desk.run(&[&command[..], &["citizen.der"]].concat());
    assert_eq!((code, output.stdout.len()), (64, 0));
    let document = ["verify-certificate", "--evidence-document", "citizen.der"];
    assert_eq!(desk.run(&document).0, 64);
}

/// The process is ended by the system in the middle of writing: no file of the name is there, and a second attempt makes it.
#[cfg(unix)]
#[test]
fn a_crash_leaves_no_half_of_a_bundle() {
    let desk = Desk::new();
    let arguments = [
        &TRUST,
        &["--evidence", "bundle", "--quiet", "attached.p7s"][..],
    ]
    .concat();
    // Files of at most 4 KiB: whoever writes more is ended.
    let mut limited = std::process::Command::new("sh");
    let script = "ulimit -c 0; ulimit -f 8; exec \"$0\" \"$@\"";
    let limited = limited
        .args(["-c", script, env!("CARGO_BIN_EXE_verifierd")])
        .args(&arguments)
        .current_dir(desk.path(""));
    let status = limited.status().unwrap();
    assert_eq!(status.code(), None, "it was ended: {status}");
    assert!(!desk.path("bundle").exists());
    assert_eq!(desk.run(&arguments).0, 0);
    assert!(desk.read("bundle").len() > 8 << 10);
    assert_eq!(check(&desk, &["bundle"]).0, 0);
}

/// A bad verdict is as good as any to be repeated; the exit code of `verify` is that of the verdict.
#[test]
fn every_verdict_has_a_bundle() {
    for (arguments, expected) in [
        (&["--content", "other.txt", "detached.p7s"][..], 1),
        (&["detached.p7s"], 2),
        (&["content.txt"], 65),
    ] {
        let desk = Desk::new();
        let (code, output) = bundled(&desk, arguments);
        assert_eq!(code, expected, "{}", said(&output));
        assert_eq!(check(&desk, &["bundle"]).0, 0, "{arguments:?}");
    }
}

#[test]
fn a_document_is_kept_only_when_asked() {
    let desk = Desk::new();
    let detached = ["--content", "content.txt", "detached.p7s"];
    assert_eq!(bundled(&desk, &detached).0, 0);
    assert!(!holds(&desk.read("bundle"), CONTENT));
    assert_eq!(check(&desk, &["bundle"]).0, 0);
    let desk = Desk::new();
    let kept = [&["--evidence-document"], &detached[..]].concat();
    assert_eq!(bundled(&desk, &kept).0, 0);
    assert!(holds(&desk.read("bundle"), CONTENT));
    assert_eq!(check(&desk, &["bundle"]).0, 0);
    let alone = ["verify", "--evidence-document", "detached.p7s"];
    assert_eq!(desk.run(&alone).0, 64);
}

#[test]
fn a_file_that_is_there_is_never_written_over() {
    let desk = Desk::new();
    desk.write("bundle", b"precious");
    let (code, output) = bundled(&desk, &["attached.p7s"]);
    assert_eq!(code, 64);
    assert!(output.stdout.is_empty(), "nothing was judged");
    let text = said(&output);
    assert!(
        text.contains("new file") && text.contains("новый файл"),
        "{text}"
    );
    assert_eq!(desk.read("bundle"), b"precious");
    let odd = ["--evidence", "odd\u{9b}31m", "attached.p7s"];
    desk.write(odd[1], b"precious");
    let (code, output) = desk.run(&[&TRUST, &odd[..]].concat());
    assert_eq!(code, 64);
    assert!(!said(&output).contains('\u{9b}'), "{:?}", said(&output));
    let several = bundled(&Desk::new(), &["attached.p7s", "detached.p7s"]);
    assert_eq!(several.0, 64);
    let nowhere = ["--evidence", "no/such/folder", "attached.p7s"];
    assert_eq!(desk.run(&[&TRUST, &nowhere[..]].concat()).0, 64);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_a_bundle() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    assert_eq!(bundled(&desk, &["attached.p7s"]).0, 0);
    let mode = desk.path("bundle").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_was_changed_is_named() {
    let desk = Desk::new();
    assert_eq!(bundled(&desk, &["attached.p7s"]).0, 0);
    let good = desk.read("bundle");
    let place = |text: &[u8]| good.windows(text.len()).position(|it| it == text).unwrap();
    for (text, part) in [
        (&b"[[strength]]"[..], "policy.toml"),
        (b"\"TOTAL_PASSED\"", "report.json"),
        (CONTENT, "signature.bin"),
        (b"trustset", "trust/extract.bin"),
        (b"qes.evidence", "manifest.json"),
    ] {
        let mut changed = good.clone();
        changed[place(text)] ^= 1;
        desk.write("changed", &changed);
        let (code, answer) = check(&desk, &["changed"]);
        assert_eq!((code, &answer["part"]), (1, &part.into()), "{answer}");
        assert_eq!(answer["outcome"], "rejected");
        for (language, word) in [("ru", "изменена"), ("en", "changed")] {
            let asked = [
                "evidence", "verify", "--format", "text", "--lang", language, "changed",
            ];
            let (code, output) = desk.run(&asked);
            let text = String::from_utf8(output.stdout).unwrap();
            assert_eq!(code, 1);
            assert!(text.contains(part) && text.contains(word), "{text}");
        }
    }
    desk.write("cut", &good[..good.len() / 2]);
    assert_eq!(check(&desk, &["cut"]).0, 1);
    desk.write("longer", &[&good[..], b"\n"].concat());
    assert_eq!(check(&desk, &["longer"]).1["reason"], "trailing");
}

#[test]
fn what_is_no_bundle_is_65_and_a_mistake_64() {
    let desk = Desk::new();
    for name in ["attached.p7s", "empty", "content.txt"] {
        assert_eq!(check(&desk, &[name]).0, 65, "{name}");
    }
    assert_eq!(check(&desk, &["nowhere"]).0, 64);
    assert_eq!(desk.run(&["evidence", "verify"]).0, 64);
    assert_eq!(desk.run(&["evidence"]).0, 64);
    let (code, output) = desk.run(&["evidence", "verify", "--quiet", "empty"]);
    assert_eq!(code, 65);
    assert!(output.stdout.is_empty());
}

/// More parts than a bundle may have.
#[test]
fn a_limit_is_75() {
    let desk = Desk::new();
    let policy = [
        "--no-revocation",
        "--policy",
        "cms-basic",
        "--anchors",
        "many.pem",
    ];
    let root = String::from_utf8(desk.read("anchors.pem")).unwrap();
    desk.write("many.pem", root.repeat(4_200).as_bytes());
    let evidence = ["--evidence", "bundle", "attached.p7s"];
    let (code, output) = desk.run(&[&["verify", "--quiet"], &policy[..], &evidence].concat());
    assert_eq!(code, 75, "{}", said(&output));
    assert!(!desk.path("bundle").exists());
}

#[test]
fn the_lists_themselves_confirm_the_extract() {
    let desk = Desk::new();
    assert_eq!(bundled(&desk, &["attached.p7s"]).0, 0);
    let (code, answer) = check(&desk, &["--list", "accredited-cas.xml", "bundle"]);
    assert_eq!(
        (code, &answer["trust"]["by"]),
        (0, &"lists".into()),
        "{answer}"
    );
    desk.write(
        "other.xml",
        &[&desk.read("accredited-cas.xml")[..], b"\n"].concat(),
    );
    let (code, answer) = check(&desk, &["--list", "other.xml", "bundle"]);
    assert_eq!(
        (code, &answer["reason"]),
        (1, &"extract".into()),
        "{answer}"
    );
    assert_eq!(check(&desk, &["--list", "nowhere.xml", "bundle"]).0, 64);

    let desk = Desk::new();
    let policy = [
        "verify",
        "--policy",
        "cms-basic",
        "--anchors",
        "anchors.pem",
    ];
    let rest = ["--no-revocation", "--evidence", "bundle", "attached.p7s"];
    let (_, output) = desk.run(&[&policy[..], &rest].concat());
    assert_eq!(check(&desk, &["bundle"]).0, 0, "{}", said(&output));
    assert_eq!(check(&desk, &["bundle"]).1["trust"], Value::Null);
    assert_eq!(
        check(&desk, &["--list", "accredited-cas.xml", "bundle"]).0,
        64
    );
}

/// The bundle with texts of its parts replaced, and everything about it computed again, as anybody can.
fn resealed(bundle: &[u8], change: impl Fn(&str, &str) -> Option<String>) -> Vec<u8> {
    bundle_file::with_parts(bundle, |name, old| {
        let text = std::str::from_utf8(old).ok()?;
        change(name, text).map(String::into_bytes)
    })
}

/// Whoever made a bundle chose the members of its report.
#[test]
fn places_in_a_foreign_report_are_escaped_and_cut() {
    let desk = Desk::new();
    assert_eq!(bundled(&desk, &["attached.p7s"]).0, 0);
    let long = "x".repeat(5_000);
    let key = "\u{9b}31m\u{7f}\u{202e}".to_owned() + &long;
    let foreign = resealed(&desk.read("bundle"), |name, text| {
        (name == "report.json").then(|| text.replacen('{', &format!("{{\"{key}\":1,"), 1))
    });
    desk.write("foreign", &foreign);
    let run = |format: &str| {
        let asked = ["evidence", "verify", "--format", format, "foreign"];
        let (code, output) = desk.run(&asked);
        assert_eq!(code, 1, "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    for text in [run("text"), run("json")] {
        assert!(!text.contains(['\u{9b}', '\u{7f}', '\u{202e}']), "{text:?}");
        assert!(text.contains(&long[..190]) && !text.contains(&long[..210]));
    }
    let answer: Value = serde_json::from_str(&run("json")).unwrap();
    let places = answer["differences"].as_array().unwrap();
    let place = places
        .iter()
        .find_map(|it| it.as_str().filter(|it| it.contains('x')));
    assert!(place.unwrap().starts_with("/\u{9b}31m\u{7f}\u{202e}xxx"));
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
