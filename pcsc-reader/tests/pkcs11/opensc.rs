//! OpenSC's module over a real `pcscd` with an emulated card.

use std::path::Path;

use pcsc_reader::{CardErrorKind, PinUse, Pkcs11Module};
use testdata::card::piv::PivCard;
use testdata::card::pkcs15::{KeyForm, PIN, Pkcs15Card};
use testdata::card::rutoken::{Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Card, Identity, Protocol};

use super::support::card::VirtualCard;
use super::support::desk;
use super::support::service::CardService;
use super::token::library;
use super::{alone, is_child, pin, sign};

/// Which card of a test is in the reader.
const ROW: &str = "PCSC_READER_TEST_ROW";

/// A card, its PIN, its PKI and certificate.
struct Row {
    name: &'static str,
    make: fn() -> Box<dyn Card>,
    pin: &'static [u8],
    person: (&'static str, &'static str),
}

/// Identifier of the key that signs, where a card has two.
const KEY: u8 = 1;

fn identity((pki, certificate): (&str, &'static str)) -> Identity {
    Identity::new(pki, certificate).unwrap()
}

const RSA: (&str, &str) = ("rsa", "person");
const RSA_2: (&str, &str) = ("rsa", "person-2");
const P256: (&str, &str) = ("p256", "person");
const P384: (&str, &str) = ("p256", "person-384");
const GOST_256: (&str, &str) = ("ru-demo", "citizen");
const GOST_512: (&str, &str) = ("gost512", "person");

fn piv(algorithm: u8, person: (&str, &'static str)) -> Box<dyn Card> {
    let card = PivCard::new().with_key(0x9C, [0x5F, 0xC1, 0x0A], algorithm, identity(person));
    Box::new(card.unwrap())
}

fn pkcs15(form: KeyForm) -> Box<dyn Card> {
    Box::new(Pkcs15Card::new(form, Protocol::T1).unwrap())
}

/// With a further key of RSA, which comes first: OpenSC lists none of the certificates behind one that it cannot read.
fn rutoken(key: RutokenKey) -> Box<dyn Card> {
    let token = Rutoken::new(Model::Ecp).with_key(RutokenKey::rsa(KEY + 1, identity(RSA_2)));
    let token = token.and_then(|it| it.with_key(key));
    Box::new(token.unwrap())
}

const SIGNING: &[Row] = &[
    Row {
        name: "PIV RSA",
        make: || piv(0x07, RSA),
        pin: PivCard::PIN,
        person: RSA,
    },
    Row {
        name: "PIV P-256",
        make: || piv(0x11, P256),
        pin: PivCard::PIN,
        person: P256,
    },
    Row {
        name: "PIV P-384",
        make: || piv(0x14, P384),
        pin: PivCard::PIN,
        person: P384,
    },
    Row {
        name: "PKCS #15 RSA",
        make: || pkcs15(KeyForm::RsaDigestInfo),
        pin: PIN,
        person: RSA,
    },
    Row {
        name: "Rutoken ECP RSA",
        make: || rutoken(RutokenKey::rsa(KEY, identity(RSA))),
        pin: USER_PIN,
        person: RSA,
    },
    Row {
        name: "Rutoken ECP GOST, 256 bits",
        make: || rutoken(RutokenKey::gost_256(KEY, identity(GOST_256))),
        pin: USER_PIN,
        person: GOST_256,
    },
];

/// What OpenSC 0.23 has no mechanism for: its driver of IsoApplet lets elliptic curves sign with SHA-1 only, and GOST
/// keys have 256 bits there. These PINs are wrong ones.
const UNSUPPORTED: &[Row] = &[
    Row {
        name: "PKCS #15 EC",
        make: || pkcs15(KeyForm::EcSequence),
        pin: b"00000000",
        person: P256,
    },
    Row {
        name: "Rutoken ECP GOST, 512 bits",
        make: || rutoken(RutokenKey::gost_512(KEY, identity(GOST_512))),
        pin: b"00000000",
        person: GOST_512,
    },
];

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

/// Runs a test again for each card, which is in a reader of its own.
fn each_alone(test: &str, rows: &[Row]) {
    for (index, row) in rows.iter().enumerate() {
        let service = CardService::with_reader();
        let _card = VirtualCard::insert_card(service.port(), Boxed((row.make)()));
        desk::wait_for_slot(&service.socket(), "card");
        let (socket, index) = (service.socket(), index.to_string());
        let environment = [
            ("PCSCLITE_CSOCK_NAME", socket.as_path()),
            (ROW, Path::new(&index)),
        ];
        alone(test, &environment);
    }
}

/// The card that is in the reader of this process.
fn row(rows: &[Row]) -> &Row {
    let index = std::env::var_os(ROW).unwrap();
    let index: usize = index.to_str().unwrap().parse().unwrap();
    &rows[index]
}

/// Signs with the key of the row's certificate, behind the first token that has it.
fn signed(row: &Row) -> Result<(), CardErrorKind> {
    let module = Pkcs11Module::load(&library("opensc-pkcs11.so")).unwrap();
    let certificate = identity(row.person).certificate().unwrap();
    let tokens = module.tokens().unwrap();
    let is_gost = row.person == GOST_256 || row.person == GOST_512;
    let found = tokens.iter().find_map(|token| {
        let mut certificates = module.read(token).unwrap().certificates;
        if is_gost {
            // OpenSC 0.23 lists no certificate whose key it cannot read, and lists the private key: another certificate
            // stands for it.
            assert!(certificates.iter().all(|found| found.octets != certificate));
            let other = certificates.first_mut()?;
            other.octets = certificate.to_vec();
            other.key.as_mut().unwrap().reference = vec![KEY];
        }
        let mut certificates = certificates.into_iter();
        let found = certificates.find(|found| found.octets == certificate)?;
        Some((token, found))
    });
    let (token, found) = found.unwrap_or_else(|| panic!("{}: no certificate", row.name));
    let right = pin(std::str::from_utf8(row.pin).unwrap());
    let outcome = sign(&module, token, &found, Some(PinUse::new(&right)));
    outcome.map(|_| ()).map_err(|error| error.kind)
}

#[test]
fn every_card_that_opensc_lets_sign_does() {
    if !is_child() {
        return each_alone("opensc::every_card_that_opensc_lets_sign_does", SIGNING);
    }
    let row = row(SIGNING);
    assert_eq!(signed(row), Ok(()), "{}", row.name);
}

#[test]
fn what_opensc_has_no_mechanism_for_costs_no_pin() {
    if !is_child() {
        let test = "opensc::what_opensc_has_no_mechanism_for_costs_no_pin";
        return each_alone(test, UNSUPPORTED);
    }
    let row = row(UNSUPPORTED);
    assert_eq!(signed(row), Err(CardErrorKind::Unsupported), "{}", row.name);
}
