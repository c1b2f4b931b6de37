use std::sync::Arc;
use std::time::Duration;

use sig_core::alg::signature::SignatureScheme;
use sig_core::cms::build::{Refused, ToBeSigned, ecdsa_value};
use testdata::card::Identity;
use zeroize::Zeroizing;

use super::*;
use crate::apdu::Channel;
use crate::card::{CardContents, CardKey, CardRoad, Progress};
use crate::error::{CardError, CardErrorKind};
use crate::secret::Pin;
use crate::transport::{Answer, Protocol, ReaderStatus, Sharing, Slot, Steps, Transport};

const AT: UnixTime = UnixTime::from_seconds(1_795_000_000);
const ATR: [u8; 2] = [0x3B, 0x00];

/// A road whose card signs with the key of an identity; it wants the PIN 1234 by one VERIFY.
struct TestRoad {
    identity: Identity,
    is_faulty: bool,
}

impl fmt::Debug for TestRoad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestRoad")
    }
}

impl CardRoad for TestRoad {
    fn name(&self) -> &'static str {
        "test"
    }

    fn read(
        &self,
        _channel: &mut Channel<'_>,
        contents: &mut CardContents,
        _progress: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        let certificate = |id: &str, octets: &[u8], signs: bool| CardCertificate {
            id: id.to_owned(),
            label: None,
            octets: octets.to_vec(),
            key: signs.then(|| CardKey {
                pin: Some("pin".into()),
                reference: vec![1],
                path: Vec::new(),
            }),
        };
        let octets = self.identity.certificate().unwrap();
        contents
            .certificates
            .push(certificate("test:1", octets, true));
        contents
            .certificates
            .push(certificate("test:2", &[0x30, 0x00], true));
        contents
            .certificates
            .push(certificate("other:3", &[0x30, 0x01, 0x00], false));
        Ok(true)
    }

    fn sign(
        &self,
        channel: &mut Channel<'_>,
        _key: &CardKey,
        pin: Option<PinUse<'_>>,
        input: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError> {
        assert_eq!(pin.unwrap().pin.len(), 4);
        let command = crate::CommandApdu::new([0, 0x20, 0, 1]).never_repeated();
        channel.send(&command)?;
        let digest = if self.is_faulty {
            &[7; 32]
        } else {
            input.digest
        };
        let value = self.identity.sign_raw(digest).unwrap();
        Ok(match input.algorithm.scheme {
            SignatureScheme::Ecdsa => ecdsa_value(&value).unwrap(),
            _ => value,
        })
    }
}

/// A reader with one card that says yes to everything.
struct Reader {
    status: ReaderStatus,
    sent: usize,
    is_reset: bool,
}

impl Reader {
    fn new() -> Self {
        Reader {
            status: ReaderStatus {
                name: "R 00 00".into(),
                slot: Slot::Card(ATR.to_vec()),
                sharing: Sharing::Free,
                insertions: 1,
            },
            sent: 0,
            is_reset: false,
        }
    }
}

impl Transport for Reader {
    fn atr(&self) -> &[u8] {
        &ATR
    }

    fn protocol(&self) -> Protocol {
        Protocol::T0
    }

    fn reset_on_release(&mut self) {
        self.is_reset = true;
    }

    fn transmit(&mut self, _command: &[u8]) -> Result<Answer, CardError> {
        self.sent += 1;
        Answer::from_bytes(vec![0x90, 0x00])
    }
}

impl ReaderService for Reader {
    fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError> {
        Ok(vec![self.status.clone()])
    }

    fn wait(&mut self, _limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        self.readers()
    }

    fn transaction(&mut self, reader: &str, steps: Steps<'_>) -> Result<(), CardError> {
        assert_eq!(reader, self.status.name);
        steps(self)
    }
}

fn session(
    reader: &mut Reader,
    pki: &str,
    certificate: &'static str,
    is_faulty: bool,
) -> CardSession {
    let identity = Identity::new(pki, certificate).unwrap();
    let road: Arc<dyn CardRoad> = Arc::new(TestRoad {
        identity,
        is_faulty,
    });
    let status = reader.status.clone();
    CardSession::read(reader, &[road], &status, &mut ()).unwrap()
}

fn pin() -> Pin {
    Pin::new(Zeroizing::new(b"1234".to_vec())).unwrap()
}

fn shown(session: &CardSession, content: &[u8], is_attached: bool) -> Shown {
    let key = SigningKey::choose(session, Some("test:1")).unwrap();
    let proposal = Proposal::of_file(key, "a.txt", &mut &*content, is_attached, AT).unwrap();
    proposal.show(|_| Ok::<_, ()>(())).unwrap()
}

#[test]
fn a_certificate_is_chosen_by_its_identifier_or_the_only_one_that_begins_so() {
    let session = session(&mut Reader::new(), "ru-demo", "citizen", false);
    let choose = |wanted| SigningKey::choose(&session, wanted).map(|key| key.id);
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(choose(Some("test:1")), Ok("test:1".into()));
    assert_eq!(
        choose(Some("other")),
        Err(SigningError::NoKey {
            id: "other:3".into()
        })
    );
    let fits = ids(&["test:1", "test:2"]);
    assert_eq!(
        choose(Some("test")),
        Err(SigningError::SeveralCertificates { fits: fits.clone() })
    );
    assert_eq!(
        choose(None),
        Err(SigningError::SeveralCertificates { fits })
    );
    let known = ids(&["test:1", "test:2", "other:3"]);
    assert_eq!(
        choose(Some("x")),
        Err(SigningError::NoSuchCertificate { known })
    );
    assert_eq!(
        choose(Some("test:2")),
        Err(SigningError::UnreadableCertificate {
            id: "test:2".into()
        })
    );
}

#[test]
fn what_was_shown_is_signed_once_and_the_card_is_reset() {
    for (pki, certificate) in [("ru-demo", "citizen"), ("p256", "person")] {
        let mut reader = Reader::new();
        let session = session(&mut reader, pki, certificate, false);
        let shown = shown(&session, b"content", true);
        match shown.proposal().document() {
            Document::File {
                size, is_attached, ..
            } => assert_eq!((*size, *is_attached), (7, true)),
            other => panic!("{other:?}"),
        }
        let pin = pin();
        let message = shown
            .sign(&mut reader, &session, Some(PinUse::new(&pin)))
            .unwrap();
        assert_eq!((reader.sent, reader.is_reset), (1, true));
        // The content goes between the parts.
        assert!(message.content.is_empty());
        assert_eq!(message.head.last_chunk(), Some(&[0x04, 7]));
    }
}

#[test]
fn what_could_not_be_shown_cannot_be_signed() {
    let session = session(&mut Reader::new(), "ru-demo", "citizen", false);
    let key = || SigningKey::choose(&session, Some("test:1")).unwrap();
    let proposal = Proposal::of_application(key(), b"{}".to_vec(), false, AT).unwrap();
    assert_eq!(
        proposal.show(|_| Err("the terminal is gone")).err(),
        Some("the terminal is gone")
    );
    let binary = Proposal::of_application(key(), vec![0xFF], false, AT);
    assert_eq!(binary.err(), Some(SigningError::NotText));
}

#[test]
fn a_wrong_value_makes_no_message() {
    let mut reader = Reader::new();
    let session = session(&mut reader, "ru-demo", "citizen", true);
    let pin = pin();
    let outcome =
        shown(&session, b"content", false).sign(&mut reader, &session, Some(PinUse::new(&pin)));
    assert_eq!(
        outcome.err(),
        Some(SigningError::Refused(Refused::SignatureWrong))
    );
}

#[test]
fn a_card_that_was_taken_out_meanwhile_gets_no_pin() {
    let mut reader = Reader::new();
    let session = session(&mut reader, "ru-demo", "citizen", false);
    let shown = shown(&session, b"content", false);
    let pin = pin();
    let moved = |change: fn(&mut ReaderStatus)| {
        let mut reader = Reader::new();
        change(&mut reader.status);
        let outcome = shown.sign(&mut reader, &session, Some(PinUse::new(&pin)));
        let expected = CardError::new(CardErrorKind::Removed).with_reader("R 00 00");
        assert_eq!(outcome.err(), Some(SigningError::Card(expected)));
        assert_eq!(reader.sent, 0);
    };
    moved(|status| status.insertions = 3);
    moved(|status| status.name = "R 01 00".into());
    moved(|status| status.slot = Slot::Card(vec![0x3B, 0x01, 0x00]));
    moved(|status| status.slot = Slot::Empty);
}
