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
    assert!(faults(text)[0].starts_with("trust: give store, or"));
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
    let keys = [
        "listen:",
        "instance:",
        "store:",
        "trust:",
        "applications.policy:",
        "applications.lifetime_s:",
        "applications.failed_tries:",
        "workers.running:",
    ];
    assert_eq!(faults.len(), keys.len());
    for (fault, key) in faults.iter().zip(keys) {
        assert!(fault.starts_with(key), "{fault}");
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
