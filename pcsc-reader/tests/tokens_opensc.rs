//! OpenSC judges the emulated Rutokens, over a real card service: its drivers know these tokens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::process::{Command, Output};

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use support::card::VirtualCard;
use support::desk::{run, wait_for_slot};
use support::service::{CardService, ReaderPort};
use testdata::card::container::Container;
use testdata::card::esmart::Esmart;
use testdata::card::etoken_java::EtokenJava;
use testdata::card::jacarta_lt::JacartaLt;
use testdata::card::jacarta_pki::JacartaPki;
use testdata::card::rutoken::{Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Card, Identity, Protocol};

fn person() -> Identity {
    Identity::new("rsa", "person").unwrap()
}

fn container() -> Container {
    Container::new("le-1", Identity::new("ru-demo", "citizen").unwrap())
}

fn ecp() -> Rutoken {
    let gost = RutokenKey::gost_256(2, Identity::new("ru-demo", "citizen").unwrap());
    Rutoken::new(Model::Ecp)
        .with_container(1, &container())
        .and_then(|token| token.with_key(RutokenKey::rsa(1, person())))
        .and_then(|token| token.with_key(gost))
        .unwrap()
}

fn lite() -> Rutoken {
    Rutoken::new(Model::Lite)
        .with_container(1, &container())
        .and_then(|token| token.with_certificate(1, person()))
        .unwrap()
}

fn s() -> Rutoken {
    Rutoken::new(Model::S)
        .with_container(1, &container())
        .and_then(|token| token.with_certificate(1, person()))
        .unwrap()
}

/// A service with a token in its reader.
struct Desk {
    service: CardService,
    _card: VirtualCard,
}

impl Desk {
    fn with(card: impl Card + 'static) -> Self {
        Desk::around(|port| VirtualCard::insert_card(port, card))
    }

    fn around(insert: impl FnOnce(ReaderPort) -> VirtualCard) -> Self {
        let service = CardService::with_reader();
        let card = insert(service.port());
        wait_for_slot(&service.socket(), "card");
        Desk {
            service,
            _card: card,
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new(program)
            .args(arguments)
            .env("PCSCLITE_CSOCK_NAME", self.service.socket())
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}: install opensc (make test does)"))
    }

    /// What the program says when it succeeds.
    fn said(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.run(program, arguments);
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {out}{err}"
        );
        out
    }
}

/// Puts a token into the reader at a port.
type Insert = fn(ReaderPort) -> VirtualCard;

/// A token that OpenSC 0.23 has a driver for.
struct Known {
    insert: Insert,
    atr: &'static str,
    name: &'static str,
    /// Lines of `pkcs15-tool --dump`.
    dump: &'static [&'static str],
}

const KNOWN: [Known; 3] = [
    Known {
        insert: |port| VirtualCard::insert_card(port, ecp()),
        atr: "3b:8b:01:52:75:74:6f:6b:65:6e:20:45:43:50:a0",
        name: "Rutoken ECP",
        dump: &[
            "Private RSA Key [key 1]",
            "ModLength      : 2048",
            "X.509 Certificate [key 2]",
            "Path           : 3f001000100060040301",
            "Length         : min_len:6, max_len:32, stored_len:32",
        ],
    },
    Known {
        insert: |port| VirtualCard::insert_card(port, lite()),
        atr: "3b:8b:01:52:75:74:6f:6b:65:6e:6c:69:74:65:c2",
        name: "Rutoken Lite",
        dump: &[
            "Path           : 3f0050000301",
            "Length         : min_len:4, max_len:32, stored_len:32",
        ],
    },
    Known {
        insert: |port| VirtualCard::insert_card(port, s()),
        atr: "3b:6f:00:ff:00:56:72:75:54:6f:6b:6e:73:30:20:00:00:90:00",
        name: "Rutoken S",
        dump: &[
            "Path           : 3f0050150301",
            "Length         : min_len:8, max_len:16, stored_len:16",
        ],
    },
];

/// What OpenSC tells of a token is what this program tells: name, ATR, serial number, directory, certificate.
#[test]
fn opensc_reads_the_tokens_that_it_knows() {
    for known in &KNOWN {
        let desk = Desk::around(known.insert);
        assert_eq!(desk.said("opensc-tool", &["-a"]).trim(), known.atr);
        let name = desk.said("opensc-tool", &["-n"]);
        assert!(name.starts_with(known.name), "{name}");
        let listed = desk.said("opensc-tool", &["-l"]);
        assert!(listed.contains("Virtual PCD"), "{listed}");
        let dump = desk.said("pkcs15-tool", &["--dump"]);
        let common = [
            "Rutoken (test)",
            "PIN [User PIN]",
            "X.509 Certificate [key 1]",
        ];
        for part in common.iter().chain(known.dump) {
            assert!(dump.contains(part), "{}: {part}: {dump}", known.name);
        }
        let pem = desk.said("pkcs15-tool", &["--read-certificate", "01"]);
        let octets = person().certificate().unwrap();
        assert_eq!(pem.trim(), testdata::pem("CERTIFICATE", octets).trim());

        let serial = desk.said("opensc-tool", &["--serial"]);
        // The octets, and behind them the same as characters.
        let octet = |part: &&str| part.len() == 2 && hex::decode(part).is_ok();
        let serial: String = serial.split(' ').take_while(octet).collect();
        let shown = run(&desk.service.socket(), &["show"]).json();
        let card = &shown["cards"][0];
        assert_eq!(card["serial"], serial, "{}", known.name);
        let certificates = card["certificates"].as_array().unwrap();
        let digest = RUSTCRYPTO.digest(DigestId::Sha256).unwrap();
        let digest = hex::encode(digest.digest(octets).unwrap().value);
        let own = certificates.iter().find(|it| it["id"] == "pkcs15:01");
        assert_eq!(own.unwrap()["sha256"], digest, "{shown}");
    }
}

/// Tokens that are read alike and differ in their ATR and protocol.
#[test]
fn opensc_reads_the_other_models_of_rutoken_that_it_knows() {
    for (model, atr, protocol, name) in [
        (
            Model::Ecp,
            "3B8B015275746F6B656E20445320C1",
            Protocol::T1,
            "Rutoken ECP (DS)",
        ),
        (
            Model::Ecp,
            "3B9C96005275746F6B656E4543507363",
            Protocol::T0,
            "Rutoken ECP SC",
        ),
        (
            Model::Ecp,
            "3B9C948011405275746F6B656E4543507363C3",
            Protocol::T1,
            "Rutoken ECP SC",
        ),
        (
            Model::Lite,
            "3B9E96005275746F6B656E4C697465534332",
            Protocol::T0,
            "Rutoken Lite SC",
        ),
    ] {
        let token = Rutoken::new(model).with_atr(&hex::decode(atr).unwrap(), protocol);
        let token = token.with_certificate(1, person()).unwrap();
        let desk = Desk::with(token);
        let named = desk.said("opensc-tool", &["-n"]);
        assert_eq!(named.trim(), name, "{atr}");
        let pem = desk.said("pkcs15-tool", &["--read-certificate", "01"]);
        let octets = person().certificate().unwrap();
        assert_eq!(pem.trim(), testdata::pem("CERTIFICATE", octets).trim());
        let shown = run(&desk.service.socket(), &["show"]).json();
        let found = &shown["cards"][0]["certificates"][0];
        assert_eq!(found["id"], "pkcs15:01", "{atr}: {shown}");
    }
}

/// OpenSC 0.23 has no driver for these: it names no card, or finds no PKCS #15 on it. They are judged by nothing but the
/// published descriptions.
#[test]
fn opensc_does_not_know_the_other_tokens() {
    let unknown: [(&str, Insert); 4] = [
        ("JaCarta PKI", |port| {
            let token = JacartaPki::new().with_certificate(0x0440, "first", person());
            VirtualCard::insert_card(port, token.unwrap())
        }),
        ("JaCarta LT", |port| {
            let token = JacartaLt::new().with_container(&container());
            VirtualCard::insert_card(port, token.unwrap())
        }),
        ("eToken PRO Java", |port| {
            let token = EtokenJava::new().with_container(3, &container());
            VirtualCard::insert_card(port, token.unwrap())
        }),
        ("ESMART Token GOST", |port| {
            let token = Esmart::new().with_container(9, &container());
            VirtualCard::insert_card(port, token.unwrap())
        }),
    ];
    for (name, insert) in unknown {
        let desk = Desk::around(insert);
        let listed = desk.said("opensc-tool", &["-l"]);
        assert!(listed.contains("Virtual PCD"), "{name}: {listed}");
        let named = desk.run("opensc-tool", &["-n"]);
        let named = String::from_utf8_lossy(&named.stdout).into_owned();
        assert_eq!(named.trim(), "Unsupported card", "{name}");
        let dump = desk.run("pkcs15-tool", &["--dump"]);
        assert!(!dump.status.success(), "{name}: {dump:?}");
        // The token itself is fine.
        let shown = run(&desk.service.socket(), &["show"]).json();
        let certificates = shown["cards"][0]["certificates"].as_array().unwrap();
        assert_eq!(certificates.len(), 1, "{name}: {shown}");
    }
}

#[test]
fn opensc_lists_the_files_of_a_container() {
    for (model, directory) in [(Model::Lite, "3F00100010030100"), (Model::S, "3F000100")] {
        let desk = Desk::with(Rutoken::new(model).with_container(1, &container()).unwrap());
        let said = desk.said("opensc-tool", &["-f"]);
        for suffix in 1..=6 {
            let path = format!("{directory}010{suffix}");
            assert!(said.to_uppercase().contains(&path), "{path}: {said}");
        }
    }
}

#[test]
fn opensc_signs_with_the_rsa_key_of_rutoken_ecp() {
    let desk = Desk::with(ecp());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let content = b"to be signed";
    fs::write(path("content"), content).unwrap();
    let pin = std::str::from_utf8(USER_PIN).unwrap();
    desk.said(
        "pkcs11-tool",
        &[
            "--login",
            "--pin",
            pin,
            "--sign",
            "--id",
            "01",
            "--mechanism",
            "SHA256-RSA-PKCS",
            "--input-file",
            &path("content"),
            "--output-file",
            &path("signature"),
        ],
    );
    // DigestInfo of SHA-256 (RFC 8017 §9.2 note 1).
    let prefix = hex::decode("3031300d060960864801650304020105000420").unwrap();
    let digest = RUSTCRYPTO
        .digest(DigestId::Sha256)
        .unwrap()
        .digest(content)
        .unwrap();
    let digest_info = [&prefix[..], &digest.value].concat();
    let expected = person().sign_digest_info(&digest_info).unwrap();
    assert_eq!(fs::read(path("signature")).unwrap(), expected);
}
