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
