//! The committed files are what the declarations say, to the octet.

use std::path::Path;

use testdata::Difference;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn committed_files_equal_the_declarations() {
    let differences = testdata::check(Path::new(ROOT)).unwrap();
    let listed: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(
        listed.is_empty(),
        "run `cargo xtask testdata`:\n{}",
        listed.join("\n")
    );
}

#[test]
fn a_written_folder_has_no_differences_and_each_change_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    testdata::write(root).unwrap();
    assert_eq!(testdata::check(root).unwrap(), []);

    let anchors = Path::new("verifierd/demo/anchors.pem");
    let crls = Path::new("verifierd/demo/crls.pem");
    let stray = Path::new("testdata/generated/stray");
    std::fs::write(root.join(anchors), b"changed").unwrap();
    std::fs::remove_file(root.join(crls)).unwrap();
    std::fs::write(root.join(stray), b"").unwrap();
    let expected = [
        Difference::Changed(anchors.to_owned()),
        Difference::Missing(crls.to_owned()),
        Difference::Foreign(stray.to_owned()),
    ];
    assert_eq!(testdata::check(root).unwrap(), expected);

    testdata::write(root).unwrap();
    assert_eq!(testdata::check(root).unwrap(), []);
}

#[test]
fn the_generated_files_stay_small() {
    let octets: usize = testdata::generate().unwrap().values().map(Vec::len).sum();
    assert!(octets < 1_200_000, "{octets} octets");
}
