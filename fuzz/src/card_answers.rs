//! The input plays a card: its ATR, then what it answers to each command.

use std::sync::LazyLock;

use pcsc_reader::{
    Answer, Atr, CardContents, CardError, CardErrorKind, CardRegistry, CardRoad, Channel, Pin,
    PinUse, Protocol, Transport,
};
use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::SignatureScheme;
use sig_core::alg::signature::SignatureId;
use sig_core::cms::build::ToBeSigned;
use zeroize::Zeroizing;

const PIN: &[u8] = b"13579086";

/// Commands after which a road counts as one that never ends.
const MANY: usize = 100_000;

/// Keys of one card that sign.
const MOST_KEYS: usize = 4;

/// Tables that roads are tried with, beside those of the built-in profiles.
const TABLES: &str = r#"
schema = 1
[[road]]
kind = "pkcs15"
safe_query = true
logout = "80400000"
rsa = { mse_p1 = 0xF1, algorithm = 2, file_reference = true, input = "block", output = "value", reversed = true }
ec = { input = "digest", output = "ecdsa" }
gost = { mse_p1 = 1, input = "digest", output = "halves-swapped", reversed = true }
"#;

static REGISTRIES: LazyLock<Vec<CardRegistry>> = LazyLock::new(|| {
    let own = CardRegistry::from_toml(&[("fuzz.toml", TABLES)]);
    let all = [CardRegistry::builtin(), own];
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    all.into_iter().flatten().collect()
});

/// A card that says what the input says: `length ATR`, then `length octets` for each answer (lengths of one octet, FF
/// for two more). Behind the end of the input it has left the reader.
struct Played<'a> {
    atr: Vec<u8>,
    answers: &'a [u8],
    commands: usize,
    pins: usize,
    is_reset: bool,
}

impl<'a> Played<'a> {
    fn new(data: &'a [u8]) -> Option<Self> {
        let (atr, answers) = take(data)?;
        Some(Played {
            atr: atr.to_vec(),
            answers,
            commands: 0,
            pins: 0,
            is_reset: false,
        })
    }
}

fn take(data: &[u8]) -> Option<(&[u8], &[u8])> {
    match data {
        [0xFF, high, low, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            Some(rest.split_at(length.min(rest.len())))
        }
        [length, rest @ ..] => Some(rest.split_at(usize::from(*length).min(rest.len()))),
        [] => None,
    }
}

impl Transport for Played<'_> {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn protocol(&self) -> Protocol {
        match Atr::from_bytes(&self.atr) {
            Ok(atr) if atr.protocols().contains(&1) => Protocol::T1,
            _ => Protocol::T0,
        }
    }

    fn reset_on_release(&mut self) {
        self.is_reset = true;
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Answer, CardError> {
        self.commands += 1;
        assert!(self.commands < MANY);
        if holds_pin(command) {
            self.pins += 1;
            assert!(self.is_reset);
        }
        match take(self.answers) {
            None => Err(CardError::new(CardErrorKind::Removed)),
            Some((answer, rest)) => {
                self.answers = rest;
                Answer::from_bytes(answer.to_vec())
            }
        }
    }
}

/// VERIFY, or anything else with the PIN in it as it is.
fn holds_pin(command: &[u8]) -> bool {
    // A maker's own command 80 20 (JaCarta LT) reads.
    let is_verify = matches!(command, [0x00..=0x7F, 0x20, ..]) && command.len() > 5;
    is_verify || command.windows(PIN.len()).any(|part| part == PIN)
}

/// Every road to what the card holds ends; what it says of errors holds no PIN; a signature sends the PIN once at most,
/// and reading never does.
pub fn card_answers(data: &[u8]) {
    let Some(card) = Played::new(data) else {
        return;
    };
    for registry in REGISTRIES.iter() {
        let profiles = registry.profiles().iter();
        let own = profiles.flat_map(|profile| profile.roads.iter().cloned());
        for road in own.chain(registry.roads(&[])) {
            play(&*road, data);
        }
        for road in registry.roads(&card.atr) {
            play(&*road, data);
        }
    }
}

fn play(road: &dyn CardRoad, data: &[u8]) {
    let Some(mut card) = Played::new(data) else {
        return;
    };
    let mut contents = CardContents::default();
    let read = road.read(&mut Channel::new(&mut card), &mut contents, &mut ());
    assert_eq!(card.pins, 0);
    check(read.as_ref().err());
    assert!(contents.certificates.len() <= 8 * 256);
    let Ok(pin) = Pin::new(Zeroizing::new(PIN.to_vec())) else {
        return;
    };
    let (scheme, digest) = (SignatureScheme::RsaPkcs1, DigestId::Sha256);
    let schemes = [
        (scheme, digest),
        (SignatureScheme::Ecdsa, digest),
        (SignatureScheme::Gost2012_256, DigestId::Streebog256),
    ];
    let keys = contents
        .certificates
        .iter()
        .filter_map(|it| it.key.as_ref());
    for key in keys.take(MOST_KEYS) {
        for (scheme, digest) in schemes {
            // The card that is asked to sign begins where reading ended, or anew.
            for begins_anew in [false, true] {
                let mut own = Played {
                    answers: if begins_anew {
                        Played::new(data).map_or(card.answers, |card| card.answers)
                    } else {
                        card.answers
                    },
                    atr: card.atr.clone(),
                    commands: 0,
                    pins: 0,
                    is_reset: false,
                };
                let asked = ToBeSigned {
                    algorithm: SignatureId { scheme, digest },
                    octets: b"octets",
                    digest: &[0x5A; 32],
                    salt: None,
                };
                let mut channel = Channel::new(&mut own);
                let signed = road.sign(&mut channel, key, Some(PinUse::new(&pin)), asked);
                check(signed.as_ref().err());
                assert!(own.pins <= 1);
            }
        }
    }
}

fn check(error: Option<&CardError>) {
    let Some(error) = error else {
        return;
    };
    let text = format!("{error:?} {error}");
    assert!(!text.contains("13579086") && !text.contains("3133353739303836"));
}
