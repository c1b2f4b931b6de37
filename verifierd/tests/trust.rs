//! `trust` as an operator calls it, and `verify` with what it keeps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use desk::{AT, Desk};
use testdata::demo;

/// Exit code, what was printed and what was said.
fn trust(desk: &Desk, arguments: &[&str]) -> (i32, String, String) {
    let common = ["--at", AT, "--lang", "en"];
    let (code, output) = desk.run(&[&["trust"], arguments, &common].concat());
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (code, text(output.stdout), text(output.stderr))
}

/// A desk with the lists of versions 99 and 100.
fn desk() -> Desk {
    let desk = Desk::new();
    let pki = demo::pki().unwrap();
    for name in ["accredited-older", "accredited", "signed-by-stranger"] {
        desk.write(&format!("{name}.xml"), pki.trust_list(name).unwrap());
    }
    desk
}

fn import(desk: &Desk, arguments: &[&str]) -> String {
    let fixed = ["import", "--anchors", "anchors.pem", "--crls", "crls.pem"];
    let (code, printed, said) = trust(desk, &[&fixed, arguments].concat());
    assert_eq!(code, 0, "{said}");
    let first = printed.lines().next().unwrap();
    first.strip_prefix("snapshot ").unwrap().to_owned()
}

fn file(desk: &Desk, id: &str) -> PathBuf {
    desk.path(&format!("var/trust/snapshots/{id}.snapshot"))
}

#[test]
fn a_verdict_by_the_active_snapshot_is_qualified_and_names_it() {
    let desk = desk();
    let id = import(&desk, &["--activate", "accredited.xml"]);
    let arguments = ["verify", "--at", AT, "attached.p7s"];
    let (code, output) = desk.run(&arguments);
    assert_eq!(code, 0);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["trust"]["id"], id.as_str());
    // The same by id, by its beginning and by file, octet for octet.
    let path = file(&desk, &id).display().to_string();
    for named in [id.as_str(), &id[..15], &path] {
        let (code, by_name) = desk.run(&[&arguments[..], &["--trust", named]].concat());
        assert_eq!((code, &by_name.stdout), (0, &output.stdout), "{named}");
    }
    // Anchors that are named say whom to trust: then the store is not asked.
    let anchors = ["--anchors", "anchors.pem", "--crls", "crls.pem"];
    assert_eq!(desk.run(&[&arguments[..], &anchors].concat()).0, 2);
    let both = [&arguments[..], &anchors, &["--store", "var/trust"]].concat();
    assert_eq!(desk.run(&both).0, 0);
}

#[test]
fn a_snapshot_takes_effect_in_two_steps_and_can_be_taken_back() {
    let desk = desk();
    let first = import(&desk, &["accredited-older.xml"]);
    assert_eq!(desk.run(&["verify", "--at", AT, "attached.p7s"]).0, 2);
    assert_eq!(trust(&desk, &["activate", &first]).0, 0);
    // The roots of the active snapshot are used, and its version of the list is kept.
    let (code, printed, said) = trust(&desk, &["import", "accredited.xml"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        printed.contains("version 99,") && printed.contains("version 100,"),
        "{printed}"
    );
    assert!(printed.contains("+ version 100"), "{printed}");
    let second = printed
        .lines()
        .next()
        .unwrap()
        .strip_prefix("snapshot ")
        .unwrap()
        .to_owned();
    let active = || {
        let listed = trust(&desk, &["list"]).1;
        let line = listed
            .lines()
            .find(|line| line.starts_with('*'))
            .unwrap()
            .to_owned();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(active(), first);
    assert_eq!(trust(&desk, &["activate", &second]).0, 0);
    assert_eq!(active(), second);
    let (code, printed, _) = trust(&desk, &["diff", &first, &second]);
    assert_eq!(
        (code, printed.contains("+ version 100")),
        (0, true),
        "{printed}"
    );
    assert_eq!(trust(&desk, &["rollback"]).0, 0);
    assert_eq!(active(), first);
    let (code, _, said) = trust(&desk, &["rollback"]);
    assert_eq!(code, 64);
    assert!(
        said.contains("no snapshot was active before") && said.contains("ни один"),
        "{said}"
    );
}

#[test]
fn a_key_is_shown_with_its_history() {
    let desk = desk();
    import(
        &desk,
        &["--activate", "accredited-older.xml", "accredited.xml"],
    );
    let (code, printed, _) = trust(&desk, &["show", "--authority", "прекращённый"]);
    assert_eq!(code, 0);
    assert!(
        printed.contains("version 100,") && printed.contains("version 99,"),
        "{printed}"
    );
    assert!(printed.contains("terminated"), "{printed}");
    let (code, printed, _) = trust(&desk, &["show"]);
    assert!(
        code == 0 && printed.contains("age of the list: 20 days old"),
        "{printed}"
    );
    assert_eq!(trust(&desk, &["show", "--key", "00"]).0, 64);
}

#[test]
fn lists_that_must_not_be_taken_in_are_refused_with_the_reason() {
    let desk = desk();
    let anchors = ["import", "--anchors", "anchors.pem"];
    for (list, reason) in [
        ("signed-by-stranger.xml", "not signed by the ministry"),
        ("attached.p7s", "not UTF-8"),
        ("none.xml", "no such file"),
    ] {
        let (code, _, said) = trust(&desk, &[&anchors[..], &[list]].concat());
        assert_eq!(code, 64, "{list}");
        assert!(said.contains(reason), "{said}");
    }
    let (code, _, said) = trust(&desk, &["import", "accredited.xml"]);
    assert_eq!((code, said.contains("--anchors")), (64, true), "{said}");
    // Nothing is left where nothing was kept.
    assert!(!desk.path("var").exists());
    import(&desk, &["--activate", "accredited.xml"]);
    let (code, _, said) = trust(&desk, &["import", "accredited-older.xml"]);
    assert_eq!(code, 64);
    assert!(
        said.contains("older than the one taken in before (100)"),
        "{said}"
    );
    assert!(said.contains("старше уже принятого"), "{said}");
}

#[test]
fn a_store_that_is_not_there_damaged_or_open_to_others_is_refused() {
    let desk = desk();
    let verify = |more: &[&str]| {
        let (code, output) = desk.run(&[&["verify", "--at", AT, "attached.p7s"], more].concat());
        (code, String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = verify(&["--store", "none"]);
    assert_eq!((code, said.contains("no store")), (64, true), "{said}");
    assert_eq!(trust(&desk, &["list"]).0, 64);
    assert_eq!(trust(&desk, &["activate", "x"]).0, 64);

    let id = import(&desk, &["--activate", "accredited.xml"]);
    let (code, said) = verify(&["--trust", "mintsifry-1"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = verify(&["--trust", "unknown"]);
    assert_eq!(
        (code, said.contains("no such file and no such snapshot")),
        (64, true),
        "{said}"
    );

    let path = file(&desk, &id);
    let set = |path: &PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let open_to_others = [
        path.clone(),
        desk.path("var/trust"),
        desk.path("var/trust/active"),
    ];
    for path in open_to_others {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        set(&path, mode | 0o022);
        let (code, said) = verify(&[]);
        assert_eq!(
            (code, said.contains("others can write it")),
            (64, true),
            "{said}"
        );
        set(&path, mode);
    }
    assert_eq!(verify(&[]).0, 0);

    let whole = fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(&path, &damaged).unwrap();
    let (code, said) = verify(&[]);
    assert_eq!(
        (code, said.contains("checksum is wrong")),
        (64, true),
        "{said}"
    );
    assert!(said.contains("повреждён"), "{said}");
    assert_eq!(trust(&desk, &["activate", &id]).0, 64);
    // To import again mends it, and a file under another's name is no other snapshot.
    let other = "mintsifry-100-000000000000";
    fs::write(file(&desk, other), &whole).unwrap();
    assert_eq!(trust(&desk, &["activate", other]).0, 64);
    fs::remove_file(desk.path("var/trust/active")).unwrap();
    assert_eq!(import(&desk, &["--activate", "accredited.xml"]), id);
    assert_eq!(verify(&[]).0, 0);
    fs::write(desk.path("var/trust/active"), "../../x\n").unwrap();
    let (code, said) = verify(&[]);
    assert_eq!((code, said.contains("not the id")), (64, true), "{said}");
}
