//! Configuration files that pass, and ones that fail for each reason.

use super::*;

fn faults(text: &str) -> Vec<String> {
    Config::parse(text, None).err().unwrap().0
}

#[test]
fn no_file_is_a_working_configuration() {
    let config = Config::parse("", None).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:50051");
    assert_eq!(
        config.store,
        StoreConfig::Sqlite("var/verifierd.sqlite".into())
    );
    assert_eq!(config.settings.failed_tries, 5);
    assert!(config.running >= 1);
    assert_eq!(config.algorithms, BackEnd::Openssl);
}

#[test]
fn the_algorithms_are_named_by_their_table() {
    let config = Config::parse("algorithms = 'differential'", None).unwrap();
    assert_eq!(config.algorithms, BackEnd::Differential);
    let fault = &faults("algorithms = 'gost'")[0];
    assert!(fault.contains("rustcrypto"), "{fault}");
}

#[test]
fn trust_comes_from_one_place() {
    let trust = |text| Config::parse(text, None).map(|config| config.trust);
    let store = trust("[trust]\nstore = 'a'").unwrap();
    assert_eq!(store, TrustConfig::Store("a".into()));
    let text = "[trust]\nstore = 'a'\nanchors = 'b'\ncrls = 'c'\nlist = 'd'";
    assert!(faults(text)[0].starts_with("line 1: trust: give store, or"));
}

#[test]
fn the_command_line_overrides_the_file() {
    let listen = "127.0.0.1:7".parse().ok();
    let config = Config::parse("listen = '127.0.0.1:8'", listen).unwrap();
    assert_eq!(config.listen.port(), 7);
}

#[test]
fn every_fault_is_named_at_once() {
    let faults = faults(
        "listen = '0.0.0.0:50051'\ninstance = 'a b'\n[store]\nsqlite = 'a'\npostgres = 'b'\n\
         [trust]\nlist = 'c'\n[applications]\npolicy = 'pkix'\nlifetime_s = 1\nfailed_tries = 0\n[workers]\nrunning = 0",
    );
    let places = [
        "line 1: listen:",
        "line 2: instance:",
        "line 3: store:",
        "line 6: trust:",
        "line 9: applications.policy:",
        "line 10: applications.lifetime_s:",
        "line 11: applications.failed_tries:",
        "line 13: workers.running:",
    ];
    assert_eq!(faults.len(), places.len());
    for (fault, place) in faults.iter().zip(places) {
        assert!(fault.starts_with(place), "{fault}");
    }
}

#[test]
fn an_unknown_key_is_a_fault() {
    assert!(faults("lisen = '127.0.0.1:1'")[0].contains("lisen"));
}

#[test]
fn a_fault_names_its_place_and_quotes_nothing() {
    for text in [
        "\npostgress = \"postgres://user:secret@db/x\"\n",
        "\npostgres = \"postgres://user:secret@db/x\n",
    ] {
        let fault = Config::parse(text, None).unwrap_err().to_string();
        assert!(fault.contains("line 2"), "{fault}");
        assert!(!fault.contains("secret"), "{fault}");
    }
}

/// The example with what is commented out in a section taken in.
fn with(example: &str, commented: &[&str]) -> String {
    let lines = example.lines().map(|line| {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        match commented.iter().any(|key| bare.starts_with(key)) {
            true => bare,
            false => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_what_is_taken_without_a_file() {
    let [example, none] = [EXAMPLE, ""].map(|text| Config::parse(text, None).unwrap());
    assert_eq!(format!("{example:?}"), format!("{none:?}"));
    // Every key that can be set is in it: the reader names those it knows.
    let known = faults("zz = 1").concat()
        + &[
            "store",
            "keys",
            "trust",
            "accounts",
            "applications",
            "log",
            "workers",
            "limits",
            "limits.calls",
            "tls",
        ]
        .map(|section| faults(&format!("[{section}]\nzz = 1")).concat())
        .concat()
        + &faults("[[callers]]\nzz = 1").concat();
    let keys: Vec<&str> = known
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|it| *it != "zz")
        .collect();
    assert!(keys.len() > 30, "{known}");
    for key in keys {
        let is_there = EXAMPLE.lines().any(|line| {
            let bare = line.trim_start_matches(['#', ' ', '[']);
            let rest = bare.strip_prefix(key);
            rest.is_some_and(|rest| rest.starts_with(" =") || rest.starts_with(']'))
                || bare.ends_with(&format!(".{key}]"))
        });
        assert!(is_there, "{key}");
    }
}

#[test]
fn what_is_commented_out_in_the_example_is_taken_too() {
    let text = with(
        EXAMPLE,
        &[
            "instance",
            "file =",
            "key =",
            "origin",
            "store =",
            "[tls]",
            "certificate",
            "clients",
            "[[callers]]",
            "name",
            "role",
            "subject",
            "running",
        ],
    );
    let config = Config::parse(&text, None).unwrap();
    assert!(matches!(config.access, Access::Tls { .. }));
    assert_eq!(
        config.trust,
        TrustConfig::Store("/var/lib/verifierd/trust".into())
    );
    assert_eq!(config.running, 2);
}
