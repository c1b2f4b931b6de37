//! OpenSC judges the emulated Rutokens, over a real card service: its drivers know these tokens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::process::{Command, Output};

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use support::card::VirtualCard;
use support::desk::wait_for_slot;
use support::service::CardService;
use testdata::card::container::Container;
use testdata::card::rutoken::{Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Card, Identity};

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

/// A service with a token in its reader.
struct Desk {
    service: CardService,
    _card: VirtualCard,
}

impl Desk {
    fn with(card: impl Card + 'static) -> Self {
        let service = CardService::with_reader();
        let card = VirtualCard::insert_card(service.port(), card);
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

#[test]
fn opensc_names_each_token() {
    for (model, atr, name) in [
        (
            Model::Ecp,
            "3b:8b:01:52:75:74:6f:6b:65:6e:20:45:43:50:a0",
            "Rutoken ECP",
        ),
        (
            Model::Lite,
            "3b:8b:01:52:75:74:6f:6b:65:6e:6c:69:74:65:c2",
            "Rutoken Lite",
        ),
        (
            Model::S,
            "3b:6f:00:ff:00:56:72:75:54:6f:6b:6e:73:30:20:00:00:90:00",
            "Rutoken S",
        ),
    ] {
        let desk = Desk::with(Rutoken::new(model));
        assert_eq!(desk.said("opensc-tool", &["-a"]).trim(), atr);
        let said = desk.said("opensc-tool", &["-n"]);
        assert!(said.starts_with(name), "{said}");
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
fn opensc_reads_pkcs15_of_rutoken_ecp() {
    let desk = Desk::with(ecp());
    let dump = desk.said("pkcs15-tool", &["--dump"]);
    for part in [
        "Rutoken (test)",
        "PIN [User PIN]",
        "Private RSA Key [key 1]",
        "X.509 Certificate [key 1]",
        "X.509 Certificate [key 2]",
        "ModLength      : 2048",
    ] {
        assert!(dump.contains(part), "{part}: {dump}");
    }
    let pem = desk.said("pkcs15-tool", &["--read-certificate", "01"]);
    assert_eq!(
        pem.trim(),
        testdata::pem("CERTIFICATE", person().certificate().unwrap()).trim()
    );
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
