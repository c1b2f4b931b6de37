//! Terminal authentication and the session that it begins.

use super::application::{Application, UecVersion};
use super::cvc::{CardVerifiableCertificate, PublicKey};
use super::exchange::{Exchange, read_object, read_octets, select_file};
use super::messaging::{Counter, Mode, unwrap, wrap};
use super::settings::{Content, Suite, UecSettings};
use super::terminal::UecTerminal;
use crate::apdu::{Atr, Channel, CommandApdu, Lengths, Response, StatusWord, refused};
use crate::card::iso7816::verified;
use crate::card::setting::HexPair;
use crate::error::{CardError, CardErrorKind};
use crate::secret::{Pin, PinEncoding};

/// Most certificates that a terminal shows.
const MOST_CERTIFICATES: usize = 4;
/// Most parts of a proof.
const MOST_PARTS: usize = 2;

/// A session of secure messaging with a universal electronic card. Only terminal authentication makes one, and only it
/// takes a PIN: no other way sends a PIN to such a card.
///
/// ```compile_fail
/// use pcsc_reader::uec::Session;
/// fn forged(session: Session<'_, '_>) -> Session<'_, '_> {
///     Session { ..session }
/// }
/// ```
///
/// It ends with the first answer that is not protected or not right; nothing is sent after that.
pub struct Session<'s, 't> {
    channel: &'s mut Channel<'t>,
    terminal: &'s mut dyn UecTerminal,
    mode: Mode,
    counter: Counter,
    is_open: bool,
}

impl<'s, 't> Session<'s, 't> {
    /// Shows the card the certificates of the terminal, lets both prove that they have their keys, and begins a
    /// session. The application must be selected. Whoever comes next finds the card reset.
    ///
    /// # Errors
    /// [`CardErrorKind::TerminalCredentialMissing`] when card and terminal share no suite or there is no certificate,
    /// [`CardErrorKind::SecureMessaging`] when the card did not prove that it has its key, or what the card said.
    pub fn establish(
        channel: &'s mut Channel<'t>,
        terminal: &'s mut dyn UecTerminal,
        application: &Application,
        settings: &UecSettings,
    ) -> Result<Self, CardError> {
        let missing = || CardError::new(CardErrorKind::TerminalCredentialMissing);
        let information = terminal.information()?;
        let suite = application.suite(&information).ok_or_else(missing)?;
        let certificates = terminal.certs(application.key_set.unwrap_or(1), suite)?;
        if !(1..=MOST_CERTIFICATES).contains(&certificates.len()) {
            return Err(missing());
        }
        let protocol = Protocol {
            application,
            settings,
            suite,
        };
        channel.reset_on_release();
        let rules = &settings.authentication;
        protocol.manage(channel, &rules.mse_certificates)?;
        for certificate in &certificates {
            protocol.verify_certificate(channel, certificate)?;
        }
        let key = protocol.card_key(channel)?;
        let challenge = protocol.challenge(channel)?;
        protocol.manage(channel, &rules.mse_authentication)?;
        let proof = terminal.begin(&challenge, &key)?;
        let seed = proof.parts.first().and_then(|part| part.first_chunk());
        let seed = *seed.ok_or_else(missing)?;
        let answer = protocol.authenticate(channel, &proof.parts)?;
        terminal.complete(&answer)?;
        protocol.manage(channel, &rules.mse_messaging)?;
        let mode = Mode::of(application.version, suite);
        Ok(Session {
            channel,
            terminal,
            mode,
            counter: Counter::first(seed, mode),
            is_open: true,
        })
    }

    /// Verifies a PIN, once (VERIFY, ISO/IEC 7816-4 §11.6.6), as a block of format 2 (ISO 9564-1 §9.4).
    ///
    /// # Errors
    /// [`CardErrorKind::PinRejected`] before anything is sent; [`CardErrorKind::PinWrong`],
    /// [`CardErrorKind::PinBlocked`]; [`CardErrorKind::SecureMessaging`] when the session has ended.
    pub fn verify(&mut self, reference: u8, pin: &Pin) -> Result<(), CardError> {
        let rejected = |_| CardError::new(CardErrorKind::PinRejected);
        let block = pin.encoded(PinEncoding::Iso9564Format2).map_err(rejected)?;
        let command = CommandApdu::new([0x00, 0x20, 0x00, reference])
            .with_data(block.as_slice())
            .never_repeated();
        verified(self.send(&command)?.status)
    }

    /// It has not ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Sends one command protected and gives what the card said under protection.
    ///
    /// # Errors
    /// [`CardErrorKind::SecureMessaging`] when the session has ended or ends with this answer; the card's refusal when it
    /// came unprotected, which ends the session, too.
    pub fn send(&mut self, command: &CommandApdu) -> Result<Response, CardError> {
        let [_, instruction, ..] = command.header();
        if !self.is_open {
            let ended = CardError::new(CardErrorKind::SecureMessaging);
            return Err(ended.with_instruction(instruction));
        }
        // Whatever fails from here on ends the session.
        self.is_open = false;
        let protected = wrap(self.terminal, self.mode, self.counter.take(), command)?;
        let answer = self.channel.send(&protected)?;
        if answer.status != StatusWord::SUCCESS {
            return Err(match instruction {
                0x20 => verified(answer.status)
                    .err()
                    .unwrap_or_else(|| refused(command, answer.status)),
                _ => refused(command, answer.status),
            });
        }
        let response = unwrap(self.terminal, self.mode, self.counter.take(), &answer.data)
            .map_err(|error| error.with_instruction(instruction))?;
        self.is_open = true;
        Ok(response)
    }
}

impl Exchange for Session<'_, '_> {
    fn send(&mut self, command: &CommandApdu) -> Result<Response, CardError> {
        Session::send(self, command)
    }
}

impl std::fmt::Debug for Session<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({:?}, open: {})", self.mode, self.is_open)
    }
}

/// What the steps of terminal authentication go by.
struct Protocol<'a> {
    application: &'a Application,
    settings: &'a UecSettings,
    suite: Suite,
}

impl Protocol<'_> {
    /// MANAGE SECURITY ENVIRONMENT, for cards that need it.
    fn manage(&self, channel: &mut Channel<'_>, templates: &[HexPair]) -> Result<(), CardError> {
        if !self.application.usage.needs_mse() {
            return Ok(());
        }
        let rules = &self.settings.authentication;
        let key = match self.suite {
            Suite::Gost => rules.mse_key_gost,
            Suite::Rsa => rules.mse_key_rsa,
        };
        for HexPair([p1, p2]) in templates {
            let command = CommandApdu::new([0x00, 0x22, *p1, *p2]).with_data([0x83, 0x01, key.0]);
            channel.require(&command)?;
        }
        Ok(())
    }

    /// PERFORM SECURITY OPERATION, verify certificate: whole for cards that take long data, else body and signature
    /// as a chain.
    fn verify_certificate(
        &self,
        channel: &mut Channel<'_>,
        certificate: &[u8],
    ) -> Result<(), CardError> {
        let parsed = CardVerifiableCertificate::read(certificate)?;
        let usage = self.application.usage;
        let rules = &self.settings.authentication;
        let p2 = match self.application.version {
            UecVersion::V10 if !usage.needs_mse() => rules.certificate_p2_v10,
            _ => rules.certificate_p2,
        };
        if usage.takes_long_data() && !usage.needs_mse() {
            return self.send_long(channel, [0x00, 0x2A, 0x00, p2.0], certificate);
        }
        channel.require(&CommandApdu::new([0x10, 0x2A, 0x00, p2.0]).with_data(parsed.body))?;
        channel.require(&CommandApdu::new([0x00, 0x2A, 0x00, p2.0]).with_data(parsed.signature))?;
        Ok(())
    }

    /// A command with more data than Lc of one octet can say: extended where the card is without contacts, else inside
    /// ENVELOPE (ISO/IEC 7816-4 §11.8.2).
    fn send_long(
        &self,
        channel: &mut Channel<'_>,
        header: [u8; 4],
        data: &[u8],
    ) -> Result<(), CardError> {
        let command = CommandApdu::new(header).with_data(data);
        if data.len() < 256 {
            return channel.require(&command).map(drop);
        }
        let has_no_contacts =
            Atr::from_bytes(channel.atr()).is_ok_and(|atr| atr.protocols().contains(&1));
        if has_no_contacts {
            channel.set_lengths(Lengths::Extended);
            let answer = channel.require(&command);
            channel.set_lengths(Lengths::Short);
            return answer.map(drop);
        }
        let unsupported = |_| CardError::new(CardErrorKind::Unsupported);
        let whole = command.extended().map_err(unsupported)?;
        for piece in whole.chunks(self.settings.envelope_chunk) {
            channel.require(&CommandApdu::new([0x00, 0xC2, 0x00, 0x00]).with_data(piece))?;
        }
        Ok(())
    }

    /// The public key of the application.
    fn card_key(&self, channel: &mut Channel<'_>) -> Result<PublicKey, CardError> {
        let unknown = || CardError::new(CardErrorKind::Unsupported);
        let file = self
            .settings
            .file(Content::ApplicationKey, Some(self.suite))
            .ok_or_else(unknown)?;
        let chunk = self.settings.read_chunk;
        let found = select_file(channel, file)?.then(|()| {
            read_key(
                channel,
                self.application.usage.needs_mse(),
                self.suite,
                chunk,
            )
        })?;
        let key = found
            .value()
            .ok_or_else(|| CardError::new(CardErrorKind::NoKey))?;
        match (&key, self.suite) {
            (PublicKey::Gost(_), Suite::Gost) | (PublicKey::Rsa { .. }, Suite::Rsa) => Ok(key),
            _ => Err(CardError::new(CardErrorKind::Malformed)),
        }
    }

    fn challenge(&self, channel: &mut Channel<'_>) -> Result<Vec<u8>, CardError> {
        let rules = &self.settings.authentication;
        let length = match self.application.usage.needs_mse() {
            true => rules.challenge_mse,
            false => rules.challenge,
        };
        let command = CommandApdu::new([0x00, 0x84, 0x00, 0x00]).expecting(length.into());
        let challenge = channel.require(&command)?;
        if challenge.len() == usize::from(length) {
            Ok(challenge)
        } else {
            Err(CardError::new(CardErrorKind::Malformed).with_instruction(0x84))
        }
    }

    /// MUTUAL AUTHENTICATE: the parts of the proof as a chain; the answer to the last.
    fn authenticate(
        &self,
        channel: &mut Channel<'_>,
        parts: &[Vec<u8>],
    ) -> Result<Vec<u8>, CardError> {
        let rules = &self.settings.authentication;
        let key = match (self.suite, self.application.version) {
            (Suite::Gost, UecVersion::V11) => rules.key_gost_v11,
            (Suite::Gost, UecVersion::V10) => rules.key_gost_v10,
            (Suite::Rsa, _) => rules.key_rsa,
        };
        let unsupported = CardError::new(CardErrorKind::Unsupported).with_instruction(0x82);
        let Some((last, first)) = parts.split_last().filter(|_| parts.len() <= MOST_PARTS) else {
            return Err(unsupported);
        };
        let part = |class, data: &Vec<u8>| {
            CommandApdu::new([class, 0x82, 0x00, key.0])
                .with_data(data.as_slice())
                .never_repeated()
        };
        for data in first {
            channel.require(&part(0x10, data))?;
        }
        channel.require(&part(0x00, last).expecting(CommandApdu::ALL))
    }
}

/// Reads the selected file of the application's public key.
///
/// # Errors
/// The failed exchange; [`CardErrorKind::Malformed`].
pub(super) fn read_key(
    exchange: &mut dyn Exchange,
    is_untagged: bool,
    suite: Suite,
    chunk: usize,
) -> Result<super::exchange::Found<PublicKey>, CardError> {
    use super::exchange::Found;
    if !is_untagged {
        let found = read_object(exchange, chunk)?;
        return found.then(|octets| Ok(Found::There(PublicKey::from_file(&octets)?)));
    }
    let length = match suite {
        Suite::Gost => 64,
        Suite::Rsa => 128,
    };
    let found = read_octets(exchange, length, chunk)?;
    found.then(|octets| Ok(Found::There(PublicKey::from_untagged(&octets)?)))
}
