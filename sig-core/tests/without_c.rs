//! The library builds without C unless it is asked for OpenSSL.

#![allow(
    clippy::unwrap_used,
    reason = "a build that cannot be listed is a failed test"
)]

use std::process::Command;

/// The crates that a build of the library links, with these options.
fn crates(options: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--package", "sig-core"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The names of the crates that bind C libraries.
fn bindings(crates: &str) -> Vec<&str> {
    let names = crates
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names.filter(|name| name.ends_with("-sys")).collect()
}

#[test]
fn the_portable_back_end_has_no_c() {
    for options in [&[][..], &["--no-default-features"]] {
        let crates = crates(options);
        assert!(crates.contains("streebog") || crates.contains("sha2"));
        assert!(bindings(&crates).is_empty(), "{:?}", bindings(&crates));
    }
    let crates = crates(&["--features", "openssl"]);
    assert_eq!(bindings(&crates), ["openssl-sys"]);
}
