//! `cargo xtask card`: an emulated card in the virtual reader of this machine, for trying `desk` by hand.

use std::net::TcpStream;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use testdata::card::container::Container;
use testdata::card::esmart::Esmart;
use testdata::card::etoken_java::EtokenJava;
use testdata::card::jacarta_lt::JacartaLt;
use testdata::card::jacarta_pki::JacartaPki;
use testdata::card::piv::PivCard;
use testdata::card::pkcs15::{KeyForm, Pkcs15Card};
use testdata::card::rutoken::{Model, Rutoken, RutokenKey};
use testdata::card::uec::{Interface, Uec};
use testdata::card::{Card, Identity, Protocol, vpcd};

/// Where the virtual reader of Debian's `vsmartcard-vpcd` waits for a card; a second slot is at the next port.
const PORT: u16 = 35_963;

/// An emulated card in the virtual reader, until Ctrl+C takes it out. Without a name: the list of cards.
#[derive(Args)]
pub(crate) struct Options {
    /// Which card.
    name: Option<String>,

    /// Port on which the virtual reader waits; the next one is its second slot.
    #[arg(long, default_value_t = PORT)]
    port: u16,

    /// Print each command that the card gets. PINs are among them.
    #[arg(long)]
    commands: bool,
}

/// A card that can be played.
struct Named {
    name: &'static str,
    what: &'static str,
    pin: &'static str,
    make: fn() -> Result<Box<dyn Card>, testdata::Error>,
}

const CARDS: &[Named] = &[
    Named {
        name: "pkcs15-gost",
        what: "PKCS #15, GOST R 34.10-2012; signs",
        pin: "123456",
        make: || pkcs15(KeyForm::Gost, Protocol::T1),
    },
    Named {
        name: "pkcs15-rsa",
        what: "PKCS #15, RSA, T=0; signs",
        pin: "123456",
        make: || pkcs15(KeyForm::RsaDigestInfo, Protocol::T0),
    },
    Named {
        name: "pkcs15-ec",
        what: "PKCS #15, ECDSA P-256; signs",
        pin: "123456",
        make: || pkcs15(KeyForm::EcPlain, Protocol::T1),
    },
    Named {
        name: "piv",
        what: "PIV, RSA in slot 9C; signs",
        pin: "123456",
        make: || {
            const SIGNATURE: [u8; 3] = [0x5F, 0xC1, 0x0A];
            const RSA_2048: u8 = 0x07;
            let person = Identity::new("rsa", "person")?;
            Ok(Box::new(
                PivCard::new().with_key(0x9C, SIGNATURE, RSA_2048, person)?,
            ))
        },
    },
    Named {
        name: "rutoken-ecp",
        what: "Rutoken ECP, GOST R 34.10-2012; signs",
        pin: "12345678",
        make: || {
            let key = RutokenKey::gost_256(1, citizen()?);
            Ok(Box::new(Rutoken::new(Model::Ecp).with_key(key)?))
        },
    },
    Named {
        name: "rutoken-lite",
        what: "Rutoken Lite with a container of CryptoPro",
        pin: "12345678",
        make: || {
            Ok(Box::new(
                Rutoken::new(Model::Lite).with_container(1, &container()?)?,
            ))
        },
    },
    Named {
        name: "rutoken-s",
        what: "Rutoken S with a container of CryptoPro",
        pin: "12345678",
        make: || {
            Ok(Box::new(
                Rutoken::new(Model::S).with_container(0x0A, &container()?)?,
            ))
        },
    },
    Named {
        name: "jacarta-pki",
        what: "JaCarta PKI with a certificate",
        pin: "11111111",
        make: || {
            Ok(Box::new(JacartaPki::new().with_certificate(
                0x0401,
                "Образцов",
                citizen()?,
            )?))
        },
    },
    Named {
        name: "jacarta-lt",
        what: "JaCarta LT with a container of CryptoPro",
        pin: "",
        make: || Ok(Box::new(JacartaLt::new().with_container(&container()?)?)),
    },
    Named {
        name: "etoken",
        what: "eToken PRO Java with a container of CryptoPro",
        pin: "",
        make: || {
            Ok(Box::new(
                EtokenJava::new().with_container(3, &container()?)?,
            ))
        },
    },
    Named {
        name: "esmart",
        what: "ESMART Token GOST with a container of CryptoPro",
        pin: "",
        make: || Ok(Box::new(Esmart::new().with_container(9, &container()?)?)),
    },
    Named {
        name: "uec-1.0",
        what: "universal electronic card 1.0",
        pin: "",
        make: || Ok(Box::new(Uec::v1_0())),
    },
    Named {
        name: "uec-micron",
        what: "universal electronic card 1.0 of Micron",
        pin: "",
        make: || Ok(Box::new(Uec::micron())),
    },
    Named {
        name: "uec-1.1",
        what: "universal electronic card 1.1",
        pin: "",
        make: || Ok(Box::new(Uec::v1_1(Interface::Contact))),
    },
    Named {
        name: "blank",
        what: "a card of no known model that refuses every command",
        pin: "",
        make: || Ok(Box::new(Blank)),
    },
];

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let Some(name) = &options.name else {
        print!("{}", list());
        return Ok(ExitCode::SUCCESS);
    };
    let named = CARDS.iter().find(|card| card.name == name.as_str());
    let named =
        named.with_context(|| format!("no card is called {name}; there are:\n{}", list()))?;
    let mut card = (named.make)()?;
    let port = options.port;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).with_context(|| {
        format!(
            "no virtual reader waits on port {port}: install pcscd and vsmartcard-vpcd, and start `pcscd --foreground` as root"
        )
    })?;
    stream.set_nodelay(true)?;
    println!("{} is in the reader; Ctrl+C takes it out.", named.what);
    let is_told = options.commands;
    vpcd::play(&mut stream, &mut *card, &mut |command| {
        if is_told {
            println!("> {}", hex::encode_upper(command));
        }
    })?;
    println!("The reader has closed the connection: its service ended, or another card is in it.");
    Ok(ExitCode::SUCCESS)
}

fn list() -> String {
    let line = |card: &Named| {
        let pin = match card.pin {
            "" => String::new(),
            pin => format!(", PIN {pin}"),
        };
        format!("  {:<14}{}{pin}\n", card.name, card.what)
    };
    CARDS.iter().map(line).collect()
}

fn citizen() -> Result<Identity, testdata::Error> {
    Identity::new("ru-demo", "citizen")
}

fn container() -> Result<Container, testdata::Error> {
    Ok(Container::new("le-1", citizen()?))
}

fn pkcs15(form: KeyForm, protocol: Protocol) -> Result<Box<dyn Card>, testdata::Error> {
    Ok(Box::new(Pkcs15Card::new(form, protocol)?))
}

/// A card that is none of the known ones.
struct Blank;

impl Card for Blank {
    fn atr(&self) -> Vec<u8> {
        b"\x3B\x05BLANK".to_vec()
    }

    fn reset(&mut self) {}

    fn answer(&mut self, _command: &[u8]) -> Option<Vec<u8>> {
        Some(vec![0x6D, 0x00])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_card_is_made_and_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for named in CARDS {
            assert!(names.insert(named.name), "{}", named.name);
            let mut card = (named.make)().unwrap();
            card.reset();
            assert_eq!(card.atr()[0], 0x3B, "{}", named.name);
            let answer = card.answer(&[0x00, 0xA4, 0x04, 0x00]).unwrap();
            assert!(answer.len() >= 2, "{}", named.name);
        }
    }
}
