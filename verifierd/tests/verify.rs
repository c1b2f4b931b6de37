//! `verify` and `inspect` as a user calls them: exit codes, JSON, mistakes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use desk::{AT, Desk};
use serde_json::Value;

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
fn a_digest_of_another_document_is_no_digest_of_the_one_inside() {
    let desk = Desk::new();
    let digest = &desk.verify(&["attached.p7s"]).1[0]["document"]["digest"];
    let (name, value) = (
        digest["alg"].as_str().unwrap(),
        digest["hex"].as_str().unwrap(),
    );
    let own = format!("{name}:{value}");
    let other = format!("{name}:{}", "0".repeat(value.len()));
    assert_eq!(
        desk.verify(&["--content-digest", &own, "attached.p7s"]).0,
        0
    );
    let (code, reports) = desk.verify(&["--content-digest", &other, "attached.p7s"]);
    assert_eq!((code, sub_indication(&reports[0])), (1, "HASH_FAILURE"));
    let both = ["--content-digest", &own, "--content-digest", &other];
    for signature in ["attached.p7s", "detached.p7s"] {
        let (code, reports) = desk.verify(&[&both[..], &[signature]].concat());
        assert_eq!((code, sub_indication(&reports[0])), (1, "HASH_FAILURE"));
    }
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

#[test]
fn the_short_form_is_a_paragraph_and_file_names_hide_nothing() {
    let desk = Desk::new();
    let trust = [
        "--anchors",
        "anchors.pem",
        "--crls",
        "crls.pem",
        "--trust",
        "accredited-cas.xml",
    ];
    let run = |extra: &[&str]| {
        let arguments = [
            &["verify", "--at", AT, "--format", "short"],
            &trust[..],
            extra,
        ]
        .concat();
        let (code, output) = desk.run(&arguments);
        (code, String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = run(&["attached.p7s"]);
    assert_eq!((code, said.lines().count()), (0, 1));
    assert!(
        said.starts_with("Подписал: ") && said.contains("квалифицированной"),
        "{said}"
    );
    let (_, said) = run(&["--lang", "en", "attached.p7s"]);
    assert!(said.starts_with("Signed by: "), "{said}");
    // The name of a file must not write over the verdict.
    let name = "\u{1b}[2J\u{202e}s7p.sig";
    desk.write(name, &desk.read("attached.p7s"));
    let (code, said) = run(&[name, "attached.p7s"]);
    assert_eq!(code, 0);
    assert!(said.contains("== \\u{1b}[2J\\u{202e}s7p.sig"), "{said}");
    let (code, output) = desk.run(&["verify", "\u{202e}absent"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(code, 64);
    assert!(
        told.contains("\\u{202e}") && !told.contains(['\u{1b}', '\u{202e}']),
        "{told}"
    );
}

#[test]
fn inspect_describes_and_judges_nothing() {
    let desk = Desk::new();
    let (code, output) = desk.run(&["inspect", "--lang", "en", "attached.p7s"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(code, 0);
    for part in [
        "SignedData version 1, DER",
        "signingCertificateV2",
        "gost2012-256-xcha",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(desk.run(&["inspect", "--lang", "en", "crls.pem"]).0, 0);
    assert_eq!(desk.run(&["inspect", "--lang", "en", "content.txt"]).0, 65);
}

#[test]
fn inspect_speaks_russian_unless_it_is_asked_otherwise() {
    let desk = Desk::new();
    for name in ["attached.p7s", "detached.p7s", "crls.pem", "anchors.pem"] {
        let (code, output) = desk.run(&["inspect", name]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(code, 0, "{text}");
        // Names of structures, fields and algorithms are those of the standards.
        for word in [
            "octets",
            "object",
            "certificate ",
            "subject ",
            "issuer ",
            "serial ",
            "validity ",
            "extension ",
            "signer ",
            "level ",
            "signed ",
            "unsigned ",
            "content,",
            "entries",
        ] {
            let mut lines = text.lines().map(str::trim_start);
            assert!(
                !lines.any(|line| line.starts_with(word)),
                "{word} in {text}"
            );
        }
        assert!(text.contains("байт") && text.contains("издатель"), "{text}");
    }
    let (code, output) = desk.run(&["inspect", "content.txt"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(code, 65);
    assert!(told.contains("повреждена"), "{told}");
}

#[test]
fn the_policy_of_the_demonstration_never_calls_its_list_old() {
    let desk = Desk::new();
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/ru-qes-demo.toml");
    for (policy, is_old) in [("ru-qes", true), (policy, false)] {
        let arguments = [
            "verify",
            "--policy",
            policy,
            "--format",
            "json",
            "--at",
            "2030-01-01T00:00:00Z",
            "--anchors",
            "anchors.pem",
            "--trust",
            "accredited-cas.xml",
            "--crls",
            "crls.pem",
            "attached.p7s",
        ];
        let (_, output) = desk.run(&arguments);
        let report = String::from_utf8(output.stdout).unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(report.contains("qualified.list.stale"), is_old, "{policy}");
        assert_eq!(told.contains("days old"), is_old, "{told}");
    }
}

#[test]
fn every_command_shows_the_name_of_a_file_and_does_not_obey_it() {
    const NAME: &str = "a\u{1b}[2J\u{202e}b";
    const SHOWN: &str = "a\\u{1b}[2J\\u{202e}b";
    let desk = Desk::new();
    desk.write(NAME, b"not = \x1b[2J a \xe2\x80\xae signature");
    for (arguments, is_there) in [
        (&["inspect", NAME][..], true),
        (&["verify", NAME], false),
        (&["verify-certificate", NAME], true),
        (&["verify", "--anchors", NAME, "attached.p7s"], true),
        (&["verify", "--crls", NAME, "attached.p7s"], true),
        (&["verify", "--policy", NAME, "attached.p7s"], true),
        (&["verify", "--trust", NAME, "attached.p7s"], true),
        (&["verify", "--store", NAME, "attached.p7s"], true),
        (&["evidence", "verify", NAME], false),
        (&["trust", "list", "--store", NAME], true),
        (&["trust", "show", "--store", NAME, NAME], true),
        (&["trust", "import", NAME], false),
        (
            &["trust", "import", "--anchors", NAME, "accredited-cas.xml"],
            true,
        ),
        (&["trust", "activate", NAME], false),
        (&["serve", "--config", NAME], false),
    ] {
        let (code, output) = desk.run(arguments);
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8(told).unwrap();
        assert_ne!(code, 0, "{arguments:?}");
        assert!(
            !told.contains(['\u{1b}', '\u{202e}']),
            "{arguments:?}: {told:?}"
        );
        assert!(!is_there || told.contains(SHOWN), "{arguments:?}: {told}");
    }
}

#[test]
fn faults_of_the_system_are_told_in_both_languages() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    for (arguments, ru, en) in [
        (
            &["verify", "absent"][..],
            "такого файла или каталога нет",
            "no such file or folder",
        ),
        (&["inspect", "folder"], "это каталог", "this is a folder"),
        (
            &["verify", "--policy", "empty/none", "attached.p7s"],
            "неизвестная политика",
            "unknown policy",
        ),
        (
            &["verify", "--content", "absent", "detached.p7s"],
            "такого файла или каталога нет",
            "no such file or folder",
        ),
        (
            &["serve", "--config", "absent"],
            "такого файла или каталога нет",
            "no such file or folder",
        ),
    ] {
        let (code, output) = desk.run(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(code, 64, "{arguments:?}: {told}");
        assert!(told.contains(ru) && told.contains(en), "{told}");
        assert!(!told.contains("os error"), "{told}");
    }
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
