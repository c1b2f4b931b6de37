//! A security module: the card of a terminal that holds its keys and does the cryptography.

use super::application::UecVersion;
use super::cvc::PublicKey;
use super::exchange::{Exchange, Found, get_data};
use super::field::CardDate;
use super::settings::{HexHeader, Module, Suite, UecSettings};
use super::terminal::{Proof, UecTerminal};
use crate::apdu::{Aid, Channel, CommandApdu, SAM_AID, SelectAnswer, Tag};
use crate::card::iso7816::verify;
use crate::error::{CardError, CardErrorKind};
use crate::secret::{Pin, PinEncoding};

/// What the terminal can do, and the first and the last day of the module.
const INFORMATION: Tag = Tag(0x9F1C);
const EFFECTIVE: Tag = Tag(0x5F25);
const EXPIRES: Tag = Tag(0x5F24);
/// The module's own PIN.
const PIN: u8 = 0x01;

/// A terminal whose keys are in a security module in a reader of its own. Keys never leave it.
pub struct Sam<'s, 't> {
    channel: &'s mut Channel<'t>,
    certificates: Vec<Vec<u8>>,
    information: [u8; 16],
    commands: Module,
    suite: Suite,
}

impl<'s, 't> Sam<'s, 't> {
    /// Selects the module's application, verifies its PIN where there is one, and asks what the terminal can do.
    /// `certificates` are those of the channel operator and of the terminal (tag 7F21), which stand outside the module.
    ///
    /// # Errors
    /// [`CardErrorKind::TerminalCredentialMissing`] when the card is no security module; what the module said.
    pub fn open(
        channel: &'s mut Channel<'t>,
        certificates: Vec<Vec<u8>>,
        pin: Option<&Pin>,
        settings: &UecSettings,
    ) -> Result<Self, CardError> {
        let missing = || CardError::new(CardErrorKind::TerminalCredentialMissing);
        let aid = Aid::from_bytes(&SAM_AID).map_err(|_| missing())?;
        let select = CommandApdu::select_application(&aid, SelectAnswer::Fci);
        if !channel.send(&select)?.status.is_success() {
            return Err(missing());
        }
        if let Some(pin) = pin {
            verify(channel, PIN, pin, PinEncoding::Iso9564Format2)?;
        }
        let Found::There(information) = get_data(channel, INFORMATION, CommandApdu::ALL)? else {
            return Err(missing());
        };
        let malformed = |_| CardError::new(CardErrorKind::Malformed).with_instruction(0xCA);
        let information = information.try_into().map_err(malformed)?;
        Ok(Sam {
            channel,
            certificates,
            information,
            commands: settings.module,
            suite: Suite::Gost,
        })
    }

    /// First and last day of the module, as it tells them (5F25, 5F24); none when it does not.
    ///
    /// # Errors
    /// The failed exchange; [`CardErrorKind::Malformed`] for what is no date.
    pub fn validity(&mut self) -> Result<Option<(CardDate, CardDate)>, CardError> {
        let Some(effective) = self.date(EFFECTIVE)? else {
            return Ok(None);
        };
        let expires = self.date(EXPIRES)?;
        Ok(expires.map(|expires| (effective, expires)))
    }

    fn date(&mut self, tag: Tag) -> Result<Option<CardDate>, CardError> {
        let Found::There(octets) = get_data(self.channel, tag, CommandApdu::ALL)? else {
            return Ok(None);
        };
        let date = octets.try_into().ok().and_then(CardDate::from_yymmdd);
        let malformed = || CardError::new(CardErrorKind::Malformed).with_instruction(0xCA);
        date.map(Some).ok_or_else(malformed)
    }

    /// Passes a service provider's request for a session to the module (`80 1A`) and gives its answer. What either
    /// holds is not published: the octets are those of the provider and of the module.
    ///
    /// # Errors
    /// What the module said.
    pub fn provider_session(&mut self, request: &[u8]) -> Result<Vec<u8>, CardError> {
        let HexHeader(header) = self.commands.provider_session;
        self.ask(header, request)
    }

    /// Lets the module work again (`80 1C`, 77).
    ///
    /// # Errors
    /// What the module said.
    pub fn activate(&mut self) -> Result<(), CardError> {
        let HexHeader(header) = self.commands.activate;
        self.require(header, &[])
    }

    /// Keeps the module from working until it is activated (`80 1C`, 7F). Nothing in this program does it by itself.
    ///
    /// # Errors
    /// What the module said.
    pub fn deactivate(&mut self) -> Result<(), CardError> {
        let HexHeader(header) = self.commands.deactivate;
        self.require(header, &[])
    }

    fn require(&mut self, header: [u8; 4], data: &[u8]) -> Result<(), CardError> {
        let command = CommandApdu::new(header).with_data(data);
        self.channel.require(&command).map(drop)
    }

    fn ask(&mut self, header: [u8; 4], data: &[u8]) -> Result<Vec<u8>, CardError> {
        let command = CommandApdu::new(header)
            .with_data(data)
            .expecting(CommandApdu::ALL)
            .never_repeated();
        self.channel.require(&command)
    }

    /// The initial vector of the next operation (MANAGE SECURITY ENVIRONMENT, template B4).
    fn set_vector(&mut self, vector: [u8; 8]) -> Result<(), CardError> {
        let [a, b, c, d, e, f, g, h] = vector;
        self.require(
            [0x00, 0x22, 0x21, 0xB4],
            &[0x87, 0x08, a, b, c, d, e, f, g, h],
        )
    }

    /// The session keys, and the encrypted counter as the initial vector.
    fn set_counter(&mut self, counter: [u8; 8]) -> Result<(), CardError> {
        self.channel
            .require(&CommandApdu::new([0x00, 0x22, 0xF3, 0x01]))?;
        let vector = self.ask([0x00, 0x2A, 0x82, 0x81], &counter)?;
        let malformed = |_| CardError::new(CardErrorKind::Malformed).with_instruction(0x2A);
        self.set_vector(vector.try_into().map_err(malformed)?)
    }
}

impl UecTerminal for Sam<'_, '_> {
    fn information(&mut self) -> Result<[u8; 16], CardError> {
        Ok(self.information)
    }

    fn certs(&mut self, _: u8, suite: Suite) -> Result<Vec<Vec<u8>>, CardError> {
        self.suite = suite;
        Ok(self.certificates.clone())
    }

    fn begin(
        &mut self,
        version: UecVersion,
        challenge: &[u8],
        card: &PublicKey,
    ) -> Result<Proof, CardError> {
        let parts = match card {
            PublicKey::Gost(_) if version != UecVersion::V11 => {
                // How the module makes the ephemeral key of version 1.0 is not published.
                return Err(CardError::new(CardErrorKind::Unsupported).with_instruction(0x16));
            }
            PublicKey::Gost(key) => {
                vec![self.ask([0x80, 0x16, 0x00, 0x21], &[challenge, key].concat())?]
            }
            PublicKey::Rsa { modulus, .. } => {
                self.require([0x90, 0x16, 0x00, 0x22], challenge)?;
                let answer = self.ask([0x80, 0x16, 0x00, 0x22], modulus)?;
                // The signature and the encrypted half of the secret are as long as the moduli, which are alike.
                let (signature, secret) = answer.split_at(answer.len() / 2);
                vec![signature.to_vec(), secret.to_vec()]
            }
        };
        Ok(Proof { parts })
    }

    fn complete(&mut self, answer: &[u8]) -> Result<(), CardError> {
        let command = CommandApdu::new([0x80, 0x18, 0x00, 0x00])
            .with_data(answer)
            .never_repeated();
        let response = Exchange::send(self.channel, &command)?;
        if response.status.is_success() {
            return Ok(());
        }
        Err(CardError::new(CardErrorKind::SecureMessaging)
            .with_instruction(0x18)
            .with_status_word(response.status.0))
    }

    fn encrypt(&mut self, counter: [u8; 8], plain: &[u8]) -> Result<Vec<u8>, CardError> {
        self.set_counter(counter)?;
        self.ask([0x00, 0x2A, 0x82, 0x82], plain)
    }

    fn decrypt(&mut self, counter: [u8; 8], cipher: &[u8]) -> Result<Vec<u8>, CardError> {
        self.set_counter(counter)?;
        self.ask([0x00, 0x2A, 0x80, 0x82], cipher)
    }

    fn mac(&mut self, input: &[u8]) -> Result<[u8; 4], CardError> {
        self.channel
            .require(&CommandApdu::new([0x00, 0x22, 0xF3, 0x01]))?;
        self.set_vector([0; 8])?;
        let code = self.ask([0x00, 0x2A, 0x8E, 0x80], input)?;
        let malformed = |_| CardError::new(CardErrorKind::Malformed).with_instruction(0x2A);
        code.try_into().map_err(malformed)
    }
}

impl std::fmt::Debug for Sam<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sam({:?})", self.suite)
    }
}
