//! What every Rutoken tells of itself: serial number and state of its PINs.
//!
//! Keys and certificates are found through PKCS #15 and in CryptoPro containers, which are roads of their own.

use serde::Deserialize;
use sig_core::cms::build::ToBeSigned;

use super::contents::{CardContents, CardKey, CardPin, CardRoad, Progress};
use super::iso7816;
use super::setting::{HexPair, settings};
use crate::apdu::Channel;
use crate::error::{CardError, CardErrorKind};
use crate::secret::PinUse;

/// Name of the road.
const NAME: &str = "rutoken";

/// Most octets of a serial number.
const MOST_SERIAL: usize = 32;

/// The road; its data is in the profile.
#[derive(Debug)]
pub(super) struct Rutoken {
    serial: [u8; 2],
    pins: Vec<PinTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Tag of the serial number for GET DATA.
    serial: HexPair,
    #[serde(default)]
    pin: Vec<PinTable>,
}

/// A PIN that may be asked for its state: VERIFY without data spends no try on these tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PinTable {
    reference: u8,
    label: String,
}

impl Rutoken {
    /// The road that a table of a profile describes.
    ///
    /// # Errors
    /// What is wrong with the table.
    pub(super) fn from_table(table: toml::Table) -> Result<Self, String> {
        let Table { serial, pin } = settings(table)?;
        if pin.len() > 8 {
            return Err("at most 8 `pin` tables".to_owned());
        }
        Ok(Rutoken {
            serial: serial.0,
            pins: pin,
        })
    }
}

impl CardRoad for Rutoken {
    fn name(&self) -> &'static str {
        NAME
    }

    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        _: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        let serial = match iso7816::get_data(channel, 0x00, self.serial) {
            Ok(serial) => serial,
            Err(error) if error.kind == CardErrorKind::Refused => None,
            Err(error) => return Err(error),
        };
        let serial = serial.filter(|serial| (1..=MOST_SERIAL).contains(&serial.len()));
        if serial.is_some() {
            contents.serial = serial;
        }
        // PKCS #15 names the same PINs by what the owner calls them.
        if contents.pins.is_empty() {
            for pin in &self.pins {
                contents.pins.push(CardPin {
                    id: format!("{NAME}:{:02x}", pin.reference),
                    label: pin.label.clone(),
                    state: iso7816::pin_state(channel, pin.reference)?,
                });
            }
        }
        Ok(true)
    }

    fn sign(
        &self,
        _: &mut Channel<'_>,
        _: &CardKey,
        _: Option<PinUse<'_>>,
        _: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError> {
        Err(CardError::new(CardErrorKind::Unsupported))
    }
}
