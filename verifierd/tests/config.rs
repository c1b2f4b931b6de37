//! `verifierd config` as an operator starts it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

use tempfile::TempDir;

/// Exit code, standard output, standard error.
fn config(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    config_in(folder, arguments, &[])
}

fn config_in(
    folder: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_verifierd"))
        .current_dir(folder)
        .envs(environment.iter().copied())
        .arg("config")
        .args(arguments)
        .output()
        .unwrap();
    let [said, told] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    (output.status.code().unwrap(), said, told)
}

fn checked(folder: &Path, text: &str) -> (i32, String) {
    fs::write(folder.join("verifierd.toml"), text).unwrap();
    let (exit, _, told) = config(folder, &["check", "--config", "verifierd.toml"]);
    (exit, told)
}

#[test]
fn the_example_can_be_used_as_it_is() {
    let folder = TempDir::new().unwrap();
    let (exit, example, _) = config(folder.path(), &["example"]);
    assert_eq!(exit, 0);
    assert_eq!(checked(folder.path(), &example), (0, String::new()));
    let (exit, ..) = config(folder.path(), &["check"]);
    assert_eq!(exit, 0, "no file at all");
    let there = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(there, 1, "nothing is made");
}

#[test]
fn everything_wrong_with_a_file_is_told_at_once() {
    let folder = TempDir::new().unwrap();
    let text = "listen = '0.0.0.0:1'\nlisen = 1\n[workers]\nrunning = 'all'\nwaiting = -1\n";
    let (exit, told) = checked(folder.path(), text);
    assert_eq!(exit, 64);
    let faults = told.lines().skip(1);
    let lines: Vec<_> = faults
        .clone()
        .map(|it| it.split(':').next().unwrap())
        .collect();
    assert_eq!(lines, ["line 1", "line 2", "line 4", "line 5"], "{told}");
    for line in faults {
        let is_russian = |it: char| ('а'..='я').contains(&it);
        assert!(line.chars().any(is_russian), "{line}");
    }
    let (exit, told) = checked(folder.path(), "listen = \n[store\n");
    assert!(
        exit == 64 && told.contains("line 1") && told.contains("line 2"),
        "{told}"
    );
    let (exit, _, told) = config(folder.path(), &["check", "--config", "missing.toml"]);
    assert!(exit == 64 && told.contains("missing.toml"), "{told}");
    let (exit, _, told) = config(folder.path(), &["check", "--listen", "0.0.0.0:1"]);
    assert!(exit == 64 && told.contains("\nlisten:"), "{told}");
}

#[test]
fn everything_wrong_with_the_files_that_it_names_is_told_at_once() {
    let folder = TempDir::new().unwrap();
    let keys = folder.path().join("keys.toml");
    fs::write(&keys, "").unwrap();
    fs::set_permissions(&keys, Permissions::from_mode(0o644)).unwrap();
    let text = "[tls]\ncertificate = 'c.pem'\nkey = 'c.key'\nclients = 'a.pem'\n\
        [[callers]]\nname = 'a'\nrole = 'portal'\nsubject = 'CN=a'\n\
        [keys]\nfile = 'keys.toml'\n[log]\nkey = 'log.key'\n[trust]\nstore = 'trust'\n";
    let (exit, told) = checked(folder.path(), text);
    assert_eq!(exit, 64);
    for wrong in [
        "tls: c.pem",
        "keys.toml",
        "log key log.key",
        "trust: no store",
    ] {
        assert!(told.contains(wrong), "{wrong}: {told}");
    }
    assert_eq!(told.lines().count(), 1 + 4, "{told}");
    let postgres = "[store]\npostgres = 'postgres://a:secret@127.0.0.1:1/a'\n";
    let (exit, told) = checked(folder.path(), postgres);
    assert!(exit == 64 && told.contains("VERIFIERD_KEYS"), "{told}");
    assert!(
        told.contains("VERIFIERD_LOG_KEY") && !told.contains("secret"),
        "{told}"
    );
}

#[test]
fn the_environment_comes_before_the_file_and_options_before_both() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.toml"), "[workers]\nwaiting = -1").unwrap();
    let check = ["check", "--config", "a.toml"];
    let right = ("VERIFIERD_WORKERS_WAITING", "9");
    let (exit, said, told) = config_in(folder.path(), &check, &[right]);
    assert_eq!(exit, 0, "{told}");
    assert!(
        said.contains("из окружения: VERIFIERD_WORKERS_WAITING\n"),
        "{said}"
    );
    let wrong = ("VERIFIERD_WORKERS_WAITING", "secret");
    let (exit, _, told) = config_in(folder.path(), &check, &[wrong]);
    assert!(
        exit == 64 && told.contains("\nVERIFIERD_WORKERS_WAITING: ") && !told.contains("secret"),
        "{exit} {told}"
    );
    let open = [right, ("VERIFIERD_LISTEN", "0.0.0.0:1")];
    let (exit, _, told) = config_in(folder.path(), &check, &open);
    assert!(
        exit == 64 && told.contains("\nVERIFIERD_LISTEN: listen: "),
        "{exit} {told}"
    );
    let options = ["check", "--config", "a.toml", "--listen", "127.0.0.1:1"];
    let (exit, ..) = config_in(folder.path(), &options, &open);
    assert_eq!(exit, 0);
}
