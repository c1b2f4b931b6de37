use sig_core::alg::digest::DigestId;
use sig_core::alg::signature::{SignatureId, SignatureScheme};

use super::*;
use crate::transport::{Answer, Protocol, Transport};

/// A card that must not be spoken to.
struct Silent;

impl Transport for Silent {
    fn atr(&self) -> &[u8] {
        &[0x3B, 0x00]
    }

    fn protocol(&self) -> Protocol {
        Protocol::T1
    }

    fn reset_on_release(&mut self) {
        panic!("nothing is opened");
    }

    fn transmit(&mut self, _: &[u8]) -> Result<Answer, CardError> {
        panic!("nothing is sent");
    }
}

#[test]
fn the_card_signs_nothing_and_is_not_asked_to() {
    let road = UecRoad::new(UecSettings::builtin().unwrap());
    let key = CardKey {
        pin: Some("uec:02".to_owned()),
        reference: vec![0x02],
        path: Vec::new(),
    };
    let pin = Pin::new(zeroize::Zeroizing::new(b"1234".to_vec())).unwrap_or_else(|_| panic!("PIN"));
    let input = ToBeSigned {
        algorithm: SignatureId {
            scheme: SignatureScheme::Gost2012_256,
            digest: DigestId::Streebog256,
        },
        octets: b"",
        digest: &[0; 32],
        salt: None,
    };
    let result = road.sign(
        &mut Channel::new(&mut Silent),
        &key,
        Some(PinUse::new(&pin)),
        input,
    );
    let kind = result.unwrap_err().kind;
    assert_eq!(kind, CardErrorKind::TerminalCredentialMissing);
}
