//! OpenSC's own tool signs with every emulated card that it knows, and OpenSSL judges what comes out.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use testdata::card::piv::PivCard;
use testdata::card::pkcs15::{KeyForm, PIN, Pkcs15Card};
use testdata::card::rutoken::{Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Card, Identity, Protocol};

use super::support::card::VirtualCard;
use super::support::desk;
use super::support::service::CardService;

/// Loads gost-engine into OpenSSL, which knows no GOST by itself.
const GOST_ENGINE: &str = "../xtask/setup/gost-engine.cnf";

const CONTENT: &[u8] = b"what is signed";

/// A card in a reader, and a folder for files.
struct Desk {
    service: CardService,
    _card: VirtualCard,
    folder: TempDir,
}

impl Desk {
    fn with(card: impl Card + 'static) -> Self {
        let service = CardService::with_reader();
        let card = VirtualCard::insert_card(service.port(), card);
        desk::wait_for_slot(&service.socket(), "card");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("content"), CONTENT).unwrap();
        Desk {
            service,
            _card: card,
            folder,
        }
    }

    fn output(&self, program: &str, arguments: &str) -> Output {
        let mut command = Command::new(program);
        command
            .args(arguments.split(' '))
            .current_dir(self.folder.path())
            .env("PCSCLITE_CSOCK_NAME", self.service.socket());
        if program == "openssl" {
            let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOST_ENGINE);
            command.env("OPENSSL_CONF", engine);
        }
        let output = command.output();
        output.unwrap_or_else(|error| panic!("{program}: {error} (make test installs it)"))
    }

    /// Runs a program to success and gives what it says.
    fn run(&self, program: &str, arguments: &str) -> String {
        let output = self.output(program, arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{program} {arguments}: {said}{error}"
        );
        said
    }

    /// Signs with the key of the identifier.
    fn sign(&self, pin: &[u8], id: &str, mechanism: &str, input: &str) {
        let pin = std::str::from_utf8(pin).unwrap();
        let mut arguments = format!(
            "--login --pin {pin} --sign --id {id} --mechanism {mechanism} --input-file {input} --output-file signature"
        );
        if mechanism.starts_with("ECDSA") {
            arguments += " --signature-format openssl";
        }
        self.run("pkcs11-tool", &arguments);
    }

    /// Verifies the signature of the content with the key of a certificate.
    fn verify(&self, person: &Identity, digest: &str) {
        let certificate = self.folder.path().join("certificate.der");
        fs::write(certificate, person.certificate().unwrap()).unwrap();
        let arguments = "x509 -inform DER -in certificate.der -pubkey -noout -out key.pem";
        self.run("openssl", arguments);
        let arguments = format!("dgst -{digest} -verify key.pem -signature signature content");
        let said = self.run("openssl", &arguments);
        assert!(said.contains("Verified OK"), "{said}");
    }
}

fn piv(algorithm: u8, person: Identity) -> PivCard {
    let card = PivCard::new().with_key(0x9C, [0x5F, 0xC1, 0x0A], algorithm, person);
    card.unwrap()
}

#[test]
fn the_tool_signs_with_piv_cards() {
    for (algorithm, person, mechanism, digest) in [
        (0x07, ("rsa", "person"), "SHA256-RSA-PKCS", "sha256"),
        (0x11, ("p256", "person"), "ECDSA-SHA256", "sha256"),
        (0x14, ("p256", "person-384"), "ECDSA-SHA384", "sha384"),
    ] {
        let person = Identity::new(person.0, person.1).unwrap();
        for card in [piv(algorithm, person), piv(algorithm, person).with_t0()] {
            let desk = Desk::with(card);
            desk.sign(PivCard::PIN, "02", mechanism, "content");
            desk.verify(&person, digest);
        }
    }
}

/// IsoApplet, which the emulated PKCS #15 card is to OpenSC 0.23, hashes with SHA-1 what an elliptic curve signs.
#[test]
fn the_tool_signs_with_an_elliptic_curve_of_a_pkcs15_card() {
    let person = Identity::new("p256", "person").unwrap();
    for protocol in [Protocol::T0, Protocol::T1] {
        let desk = Desk::with(Pkcs15Card::new(KeyForm::EcSha1, protocol).unwrap());
        desk.sign(PIN, "45", "ECDSA-SHA1", "content");
        desk.verify(&person, "sha1");
    }
}

/// The same driver of OpenSC knows no GOST.
#[test]
fn the_tool_has_no_mechanism_for_gost_on_a_pkcs15_card() {
    let card = Pkcs15Card::new(KeyForm::Gost, Protocol::T1).unwrap();
    let desk = Desk::with(card);
    let mechanisms = desk.run("pkcs11-tool", "--list-mechanisms");
    assert!(mechanisms.contains("RSA-PKCS"), "{mechanisms}");
    assert!(!mechanisms.contains("GOSTR3410"), "{mechanisms}");
}

#[test]
fn the_tool_signs_with_rutoken_ecp() {
    let rsa = Identity::new("rsa", "person").unwrap();
    let gost = Identity::new("ru-demo", "citizen").unwrap();
    let token = Rutoken::new(Model::Ecp)
        .with_key(RutokenKey::rsa(1, rsa))
        .and_then(|token| token.with_key(RutokenKey::gost_256(2, gost)));
    let desk = Desk::with(token.unwrap());
    desk.sign(USER_PIN, "01", "SHA256-RSA-PKCS", "content");
    desk.verify(&rsa, "sha256");
    // The mechanism takes a digest, and what it gives is in the order of CMS.
    let arguments = "dgst -md_gost12_256 -binary -out digest content";
    desk.run("openssl", arguments);
    desk.sign(USER_PIN, "02", "GOSTR3410", "digest");
    desk.verify(&gost, "md_gost12_256");
}
