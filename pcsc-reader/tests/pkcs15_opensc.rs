//! OpenSC judges the emulated PKCS #15 card over a real card service: what it reads and what it lets the card sign.
//!
//! OpenSC takes the card by itself: its driver for IsoApplet asks every unknown card for the applet.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::card::VirtualCard;
use support::desk::wait_for_slot;
use support::service::CardService;
use tempfile::TempDir;
use testdata::card::pkcs15::{KeyForm, PIN, Pkcs15Card};
use testdata::card::{Card, Identity, Protocol};

/// A card in a reader, and a folder for the files of OpenSC.
struct Desk {
    folder: TempDir,
    service: CardService,
    _card: VirtualCard,
}

impl Desk {
    fn with(form: KeyForm, protocol: Protocol) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let service = CardService::with_reader();
        let card = Pkcs15Card::new(form, protocol).unwrap();
        let card = VirtualCard::insert_card(service.port(), card);
        wait_for_slot(&service.socket(), "card");
        Desk {
            folder,
            service,
            _card: card,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a program to success and gives its output.
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PCSCLITE_CSOCK_NAME", self.service.socket())
            .env("HOME", self.folder.path())
            .env("XDG_CACHE_HOME", self.folder.path())
            .output()
            .unwrap_or_else(|error| panic!("{program} (make test installs opensc): {error}"));
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{program} {arguments:?}\n{out}{err}"
        );
        out
    }
}

fn module() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let mut files = folders.map(|folder| folder.path().join("opensc-pkcs11.so"));
    files
        .find(|file| file.exists())
        .expect("opensc-pkcs11.so (make test installs opensc-pkcs11)")
}

fn certificate(pki: &str) -> &'static [u8] {
    let identity = Identity::new(pki, "person").unwrap();
    identity.certificate().unwrap()
}

/// Octets of the first PEM block.
fn of_pem(text: &str) -> Vec<u8> {
    let body: String = text
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN"))
        .skip(1)
        .take_while(|line| !line.starts_with("-----END"))
        .collect();
    STANDARD.decode(body).unwrap()
}

/// Puts the public key of a certificate into a file, by OpenSSL.
fn public_key(desk: &Desk, pki: &str) -> PathBuf {
    let file = desk.file("certificate.der");
    std::fs::write(&file, certificate(pki)).unwrap();
    let key = desk.run(
        "openssl",
        &[
            "x509",
            "-inform",
            "DER",
            "-in",
            text(&file),
            "-pubkey",
            "-noout",
        ],
    );
    let file = desk.file("key.pem");
    std::fs::write(&file, key).unwrap();
    file
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn pin() -> &'static str {
    std::str::from_utf8(PIN).unwrap()
}

#[test]
fn opensc_reads_what_is_on_the_card() {
    for (form, pki, protocol) in [
        (KeyForm::RsaDigestInfo, "rsa", Protocol::T1),
        (KeyForm::EcSequence, "p256", Protocol::T0),
    ] {
        let desk = Desk::with(form, protocol);
        let readers = desk.run("opensc-tool", &["-l"]);
        assert!(readers.contains("Virtual PCD"), "{readers}");
        let atr = hex::encode(Pkcs15Card::new(form, protocol).unwrap().atr());
        let said = desk.run("opensc-tool", &["-r", "0", "-a"]);
        assert_eq!(said.trim().replace(':', ""), atr);

        let dump = desk.run("pkcs15-tool", &["-r", "0", "--dump"]);
        for part in [
            "Test card",
            "Verifier test data",
            "User PIN",
            "Signature key",
            "Issuer",
        ] {
            assert!(dump.contains(part), "{part}\n{dump}");
        }
        let pins = desk.run("pkcs15-tool", &["-r", "0", "--list-pins"]);
        assert!(pins.contains("User PIN"), "{pins}");
        let list = desk.run("pkcs15-tool", &["-r", "0", "--list-certificates"]);
        assert!(
            list.contains("Signature") && list.contains("Issuer"),
            "{list}"
        );
        let read = desk.run("pkcs15-tool", &["-r", "0", "--read-certificate", "45"]);
        assert_eq!(of_pem(&read), certificate(pki));
    }
}

#[test]
fn opensc_signs_with_rsa_over_both_protocols() {
    for protocol in [Protocol::T0, Protocol::T1] {
        let desk = Desk::with(KeyForm::RsaDigestInfo, protocol);
        let key = public_key(&desk, "rsa");
        let (data, value) = (desk.file("data"), desk.file("value"));
        std::fs::write(&data, "what is signed").unwrap();
        let verify = || {
            let arguments = [
                "dgst",
                "-sha256",
                "-verify",
                text(&key),
                "-signature",
                text(&value),
                text(&data),
            ];
            assert!(desk.run("openssl", &arguments).contains("Verified OK"));
        };
        let module = module();
        desk.run(
            "pkcs11-tool",
            &[
                "--module",
                text(&module),
                "--login",
                "--pin",
                pin(),
                "--sign",
                "--id",
                "45",
                "--mechanism",
                "SHA256-RSA-PKCS",
                "--input-file",
                text(&data),
                "--output-file",
                text(&value),
            ],
        );
        verify();

        std::fs::remove_file(&value).unwrap();
        let digest = desk.file("digest");
        let arguments = [
            "dgst",
            "-sha256",
            "-binary",
            "-out",
            text(&digest),
            text(&data),
        ];
        desk.run("openssl", &arguments);
        desk.run(
            "pkcs15-crypt",
            &[
                "-r",
                "0",
                "--sign",
                "--sha-256",
                "--pkcs1",
                "--key",
                "45",
                "--pin",
                pin(),
                "--input",
                text(&digest),
                "--output",
                text(&value),
            ],
        );
        verify();
    }
}

#[test]
fn opensc_signs_with_an_elliptic_curve() {
    let desk = Desk::with(KeyForm::EcSequence, Protocol::T1);
    let key = public_key(&desk, "p256");
    let (data, digest, value) = (desk.file("data"), desk.file("digest"), desk.file("value"));
    std::fs::write(&data, "what is signed").unwrap();
    let arguments = [
        "dgst",
        "-sha256",
        "-binary",
        "-out",
        text(&digest),
        text(&data),
    ];
    desk.run("openssl", &arguments);
    let module = module();
    desk.run(
        "pkcs11-tool",
        &[
            "--module",
            text(&module),
            "--login",
            "--pin",
            pin(),
            "--sign",
            "--id",
            "45",
            "--mechanism",
            "ECDSA",
            "--signature-format",
            "openssl",
            "--input-file",
            text(&digest),
            "--output-file",
            text(&value),
        ],
    );
    let arguments = [
        "dgst",
        "-sha256",
        "-verify",
        text(&key),
        "-signature",
        text(&value),
        text(&data),
    ];
    assert!(desk.run("openssl", &arguments).contains("Verified OK"));
}
