//! PIV cards and tokens: data objects, certificates in slots, signatures (NIST SP 800-73-4).

mod certificate;
mod settings;
mod sign;

use sig_core::cms::build::ToBeSigned;

use super::contents::{
    Application, CardCertificate, CardContents, CardKey, CardNote, CardPin, CardRoad, Progress,
};
use super::iso7816::{PinState, pin_state, select_application};
use crate::apdu::{Channel, CommandApdu, StatusWord, Tag, Tlv, refused};
use crate::error::{CardError, CardErrorKind};
use crate::language::Text;
use crate::secret::PinUse;

use settings::Slot;
pub(super) use settings::from_table;

/// The road of PIV.
#[derive(Clone, Debug)]
pub(super) struct Piv {
    settings: settings::Settings,
}

/// Template of an object (SP 800-73-4 part 2 §3.1.2).
const OBJECT: Tag = Tag(0x53);

/// The application's own PIN, and one for the whole card (SP 800-73-4 part 2 table 2).
const APPLICATION_PIN: u8 = 0x80;
const GLOBAL_PIN: u8 = 0x00;

/// Identifier of the PIN in [`CardContents::pins`].
const PIN_ID: &str = "piv:pin";

const READING: Text = Text {
    ru: "чтение сертификатов PIV",
    en: "reading PIV certificates",
};

impl Piv {
    /// The answer to SELECT; none when the card has no PIV application (SP 800-73-4 part 2 §3.1.1).
    fn select(&self, channel: &mut Channel<'_>) -> Result<Option<Vec<u8>>, CardError> {
        select_application(channel, &self.settings.aid)
    }

    /// An object: the value of its template 53 or 7E; none when it is not there or empty.
    fn object(&self, channel: &mut Channel<'_>, tag: &[u8]) -> Result<Option<Vec<u8>>, CardError> {
        let length = u8::try_from(tag.len()).unwrap_or(u8::MAX);
        let command = CommandApdu::new([0x00, 0xCB, 0x3F, 0xFF])
            .with_data([&[0x5C, length], tag].concat())
            .expecting(CommandApdu::ALL);
        let response = channel.send(&command)?;
        match response.status {
            StatusWord::SUCCESS => {}
            StatusWord::NOT_FOUND | StatusWord::NO_DATA => return Ok(None),
            status => return Err(refused(&command, status)),
        }
        let malformed = || CardError::new(CardErrorKind::Malformed).with_instruction(0xCB);
        let (object, _) = Tlv::first(&response.data).map_err(|_| malformed())?;
        let expected = if tag == self.settings.discovery {
            Tag(0x7E)
        } else {
            OBJECT
        };
        if object.tag != expected {
            return Err(malformed());
        }
        Ok((!object.value.is_empty()).then(|| object.value.to_vec()))
    }

    /// Which PIN opens the keys (SP 800-73-4 part 2 §3.3.2, part 1 §3.2.6): that of the application, unless the card says
    /// that the global one comes first.
    fn pin_reference(&self, channel: &mut Channel<'_>) -> Result<u8, CardError> {
        let discovery = self.object(channel, &self.settings.discovery)?;
        let policy = discovery
            .as_deref()
            .and_then(|object| Tlv::find(object, &[Tag(0x5F2F)]));
        Ok(match policy {
            Some([methods, 0x20]) if methods & 0x20 != 0 => GLOBAL_PIN,
            _ => APPLICATION_PIN,
        })
    }

    /// The slots that a card of this history has (SP 800-73-4 part 1 §3.3.3): retired ones as many as it says.
    fn slots(&self, channel: &mut Channel<'_>) -> Result<Vec<Slot>, CardError> {
        let mut slots = self.settings.slots.clone();
        if let Some(history) = self.object(channel, &self.settings.key_history)? {
            let on_card = Tlv::find(&history, &[Tag(0xC1)]);
            let count = on_card
                .and_then(|value| value.first())
                .map_or(0, |count| usize::from(*count));
            slots.extend(self.settings.retired.iter().take(count).cloned());
        }
        Ok(slots)
    }

    /// The certificate of a slot.
    fn certificate(
        &self,
        channel: &mut Channel<'_>,
        slot: &Slot,
        contents: &mut CardContents,
    ) -> Result<(), CardError> {
        let id = format!("piv:{:02x}", slot.key);
        let object = match self.object(channel, &slot.object) {
            Ok(None) => return Ok(()),
            Ok(Some(object)) => object,
            Err(error) => match error.kind {
                CardErrorKind::PinRequired => {
                    contents
                        .notes
                        .push(CardNote::new("card.certificate.protected", id, PROTECTED));
                    return Ok(());
                }
                CardErrorKind::Malformed => {
                    contents.notes.push(CardNote::new(
                        "card.certificate.unreadable",
                        id,
                        UNREADABLE,
                    ));
                    return Ok(());
                }
                _ => return Err(error),
            },
        };
        match certificate::read(&object) {
            Ok(None) => {}
            Ok(Some(octets)) => {
                let key = slot
                    .signs
                    .then(|| certificate::algorithm(&octets))
                    .flatten();
                let key = key.map(|algorithm| CardKey {
                    pin: slot.wants_pin.then(|| PIN_ID.to_owned()),
                    reference: vec![slot.key, algorithm],
                    path: Vec::new(),
                });
                contents.certificates.push(CardCertificate {
                    id,
                    label: Some(slot.name.clone()),
                    octets,
                    key,
                });
            }
            Err(certificate::Unreadable) => {
                contents
                    .notes
                    .push(CardNote::new("card.certificate.unreadable", id, UNREADABLE));
            }
        }
        Ok(())
    }
}

impl CardRoad for Piv {
    fn name(&self) -> &'static str {
        "piv"
    }

    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        let Some(template) = self.select(channel)? else {
            return Ok(false);
        };
        let found = Tlv::find(&template, &[Tag(0x61), Tag(0x4F)]);
        contents.applications.push(Application {
            road: self.name(),
            name: "PIV".to_owned(),
            place: found.unwrap_or(self.settings.aid.as_bytes()).to_vec(),
        });
        let reference = self.pin_reference(channel)?;
        if contents.serial.is_none()
            && let Some(holder) = self.object(channel, &self.settings.holder)?
        {
            // The GUID names the card for ever (SP 800-73-4 part 1 §3.4.1).
            contents.serial = Tlv::find(&holder, &[Tag(0x34)]).map(<[u8]>::to_vec);
        }
        let slots = self.slots(channel)?;
        for (done, slot) in slots.iter().enumerate() {
            progress.step(READING, done, slots.len());
            self.certificate(channel, slot, contents)?;
        }
        let state = if self.settings.safe_query {
            pin_state(channel, reference)?
        } else {
            PinState::Unknown
        };
        contents.pins.push(CardPin {
            id: PIN_ID.to_owned(),
            label: "PIV".to_owned(),
            state,
        });
        progress.step(READING, slots.len(), slots.len());
        Ok(true)
    }

    fn sign(
        &self,
        channel: &mut Channel<'_>,
        key: &CardKey,
        pin: Option<PinUse<'_>>,
        input: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError> {
        let &[slot, algorithm] = key.reference.as_slice() else {
            return Err(CardError::new(CardErrorKind::NoKey));
        };
        // What cannot be signed costs no PIN.
        let block = sign::input(algorithm, input)?;
        if self.select(channel)?.is_none() {
            return Err(CardError::new(CardErrorKind::NoKey));
        }
        if key.pin.is_some() {
            let pin = pin.ok_or(CardError::new(CardErrorKind::PinRequired))?;
            let reference = self.pin_reference(channel)?;
            sign::verify(channel, reference, pin, self.settings.safe_query)?;
        }
        sign::general_authenticate(channel, slot, algorithm, &block)
    }
}

const PROTECTED: Text = Text {
    ru: "сертификат закрыт ПИН-кодом",
    en: "the certificate is closed by a PIN",
};

const UNREADABLE: Text = Text {
    ru: "сертификат записан не по правилам и не прочитан",
    en: "the certificate is not written by the rules and was not read",
};
