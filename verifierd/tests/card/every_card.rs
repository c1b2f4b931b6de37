//! Every emulated card that signs: what `desk sign` makes with it is judged by `verifierd verify` and by OpenSSL.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use testdata::card::piv::PivCard;
use testdata::card::pkcs15::{KeyForm, PIN, Pkcs15Card};
use testdata::card::rutoken::{Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Card, Identity, Protocol};

use super::place::Place;
use super::token::library;

/// Loads gost-engine into OpenSSL, which knows no GOST by itself.
const GOST_ENGINE: &str = "../xtask/setup/gost-engine.cnf";

/// The octets that a slot's certificate is found under (NIST SP 800-73-4 part 1 table 3).
const PIV_SIGNATURE: [u8; 3] = [0x5F, 0xC1, 0x0A];

/// A card, its PIN and the PKI of its certificate.
struct Row {
    name: &'static str,
    card: Box<dyn Card>,
    pin: &'static [u8],
    pki: &'static str,
    certificate: &'static str,
    /// The card is read and signs through OpenSC's module of PKCS #11.
    is_behind_module: bool,
}

fn row(
    name: &'static str,
    card: impl Card + 'static,
    pin: &'static [u8],
    (pki, certificate): (&'static str, &'static str),
) -> Row {
    Row {
        name,
        card: Box::new(card),
        pin,
        pki,
        certificate,
        is_behind_module: false,
    }
}

const RSA: (&str, &str) = ("rsa", "person");
const P256: (&str, &str) = ("p256", "person");
const P384: (&str, &str) = ("p256", "person-384");
const GOST_256: (&str, &str) = ("ru-demo", "citizen");
const GOST_512: (&str, &str) = ("gost512", "person");

fn identity((pki, certificate): (&str, &'static str)) -> Identity {
    Identity::new(pki, certificate).unwrap()
}

fn pkcs15(form: KeyForm, protocol: Protocol) -> Pkcs15Card {
    Pkcs15Card::new(form, protocol).unwrap()
}

/// With a key in the slot of signatures.
fn piv(algorithm: u8, person: (&'static str, &'static str)) -> PivCard {
    PivCard::new()
        .with_key(0x9C, PIV_SIGNATURE, algorithm, identity(person))
        .unwrap()
}

fn rutoken(key: RutokenKey) -> Rutoken {
    Rutoken::new(Model::Ecp).with_key(key).unwrap()
}

impl Row {
    fn behind_module(mut self) -> Self {
        self.is_behind_module = true;
        self
    }
}

fn rows() -> Vec<Row> {
    let gost_256 = || RutokenKey::gost_256(1, identity(GOST_256));
    let gost_512 = || RutokenKey::gost_512(1, identity(GOST_512));
    let (t0, t1) = (Protocol::T0, Protocol::T1);
    let info = pkcs15(KeyForm::RsaDigestInfo, t0);
    let plain = pkcs15(KeyForm::EcPlain, t1);
    let sequence = pkcs15(KeyForm::EcSequence, t0);
    let gost = pkcs15(KeyForm::Gost, t1);
    let rsa = rutoken(RutokenKey::rsa(1, identity(RSA)));
    let piv_pin = PivCard::PIN;
    vec![
        row("PKCS #15 RSA", info, PIN, RSA),
        row("PKCS #15 EC, r and s", plain, PIN, P256),
        row("PKCS #15 EC, SEQUENCE", sequence, PIN, P256),
        row("PKCS #15 GOST", gost, PIN, GOST_256),
        row("PIV RSA", piv(0x07, RSA), piv_pin, RSA),
        row("PIV RSA, T=0", piv(0x07, RSA).with_t0(), piv_pin, RSA),
        row("PIV P-256", piv(0x11, P256), piv_pin, P256),
        row("PIV P-384", piv(0x14, P384), piv_pin, P384),
        row("Rutoken ECP RSA", rsa, USER_PIN, RSA),
        row("Rutoken ECP 256", rutoken(gost_256()), USER_PIN, GOST_256),
        row("Rutoken ECP 512", rutoken(gost_512()), USER_PIN, GOST_512),
        row("PIV RSA, OpenSC", piv(0x07, RSA), piv_pin, RSA).behind_module(),
        row("PIV P-256, OpenSC", piv(0x11, P256), piv_pin, P256).behind_module(),
        row("PIV P-384, OpenSC", piv(0x14, P384), piv_pin, P384).behind_module(),
    ]
}

/// A card of any kind.
struct Boxed(Box<dyn Card>);

impl Card for Boxed {
    fn atr(&self) -> Vec<u8> {
        self.0.atr()
    }

    fn reset(&mut self) {
        self.0.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.0.answer(command)
    }
}

/// Puts the root and the issuer of a certificate into files: one each, and both together, since OpenSSL takes issuers
/// of signers from nowhere but the message and its store.
fn write_issuers(place: &Place, pki: &str, certificate: &str) {
    let pki = testdata::pki::named(pki).unwrap();
    let issuer = &pki.certificate(certificate).unwrap().issuer;
    let pem = |id: &str| testdata::pem("CERTIFICATE", &pki.certificate(id).unwrap().der);
    let (root, issuer) = (pem("root"), pem(issuer));
    fs::write(place.path("both.pem"), [root.as_str(), &issuer].concat()).unwrap();
    fs::write(place.path("root.pem"), root).unwrap();
    fs::write(place.path("ca.pem"), issuer).unwrap();
}

fn sign(place: &Place, certificate: &str, more: &[&str]) {
    let arguments =
        format!("sign --certificate {certificate} --content content --out s.p7s --pin-fd 0");
    let arguments: Vec<&str> = arguments.split(' ').chain(more.iter().copied()).collect();
    let outcome = place.desk(&arguments);
    assert_eq!(outcome.status.code(), Some(0), "{outcome:?}");
}

/// What `verifierd` says: how it ended, and its report.
fn judged(place: &Place, beside: &[&str]) -> (Option<i32>, Value) {
    let arguments =
        "verify --policy cms-basic --anchors root.pem --certs ca.pem --no-revocation --format json";
    let output = Command::new(env!("CARGO_BIN_EXE_verifierd"))
        .args(arguments.split(' '))
        .args(beside)
        .arg("s.p7s")
        .current_dir(place.folder.path())
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), report)
}

/// Whether OpenSSL finds the signature and its path to the root right, and what it says.
fn openssl(place: &Place, beside: &[&str]) -> (bool, String) {
    let arguments =
        "cms -verify -binary -inform DER -in s.p7s -CAfile both.pem -purpose any -out verified";
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOST_ENGINE);
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .args(beside)
        .current_dir(place.folder.path())
        .env("OPENSSL_CONF", engine)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

#[test]
fn what_every_card_signs_is_valid_to_verifierd_and_to_openssl() {
    for row in rows() {
        let name = row.name;
        let place = Place::new(Boxed(row.card), row.pin);
        let content = vec![b'x'; 3 << 20];
        fs::write(place.path("content"), &content).unwrap();
        write_issuers(&place, row.pki, row.certificate);
        let module = library("opensc-pkcs11.so");
        let module = ["--module", module.to_str().unwrap()];
        let how: &[&str] = if row.is_behind_module { &module } else { &[] };
        let certificate = place.certificate_by(how);
        for detached in [false, true] {
            let (option, beside): (&[&str], &[&str]) = match detached {
                true => (&["--detached"], &["--content", "content"]),
                false => (&[], &[]),
            };
            sign(&place, &certificate, &[option, how].concat());
            let (exit, report) = judged(&place, beside);
            assert_eq!(exit, Some(0), "{name} {report}");
            assert_eq!(report["signatures"][0]["level"], "B-B", "{name}");
            let beside: &[&str] = if detached {
                &["-content", "content"]
            } else {
                &[]
            };
            let (agrees, said) = openssl(&place, beside);
            assert!(agrees, "{name}: {said}");
            assert_eq!(fs::read(place.path("verified")).unwrap(), content, "{name}");
            fs::remove_file(place.path("verified")).unwrap();
            if detached {
                // Of other content both say no.
                fs::write(place.path("content"), b"another").unwrap();
                assert_eq!(
                    judged(&place, &["--content", "content"]).0,
                    Some(1),
                    "{name}"
                );
                assert!(!openssl(&place, beside).0, "{name}");
            }
            fs::remove_file(place.path("s.p7s")).unwrap();
        }
    }
}
