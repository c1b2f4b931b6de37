//! What was found on a card, whatever kind of card it is.

use sig_core::cms::build::ToBeSigned;

use super::iso7816::PinState;
use crate::apdu::Channel;
use crate::error::CardError;
use crate::language::Text;
use crate::secret::PinUse;

/// What can be read from a card without a PIN.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CardContents {
    /// Applications and containers, in the order they were found.
    pub applications: Vec<Application>,
    /// Serial number as the card gives it.
    pub serial: Option<Vec<u8>>,
    /// Label that the owner or the issuer gave it.
    pub label: Option<String>,
    /// Certificates, in the order they were found.
    pub certificates: Vec<CardCertificate>,
    /// PINs and what is known of them.
    pub pins: Vec<CardPin>,
    /// Facts that only this kind of card has, for people.
    pub facts: Vec<CardFact>,
    /// What the clerk should know.
    pub notes: Vec<CardNote>,
}

/// An application or a container.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// How it is read, such as `pkcs15`, `piv`, `cryptopro`.
    pub road: &'static str,
    /// Name that stands on the card.
    pub name: String,
    /// Application identifier or path.
    pub place: Vec<u8>,
}

/// A certificate on a card. `Debug` shows no octet of it: the subject is a person.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardCertificate {
    /// Names it on this card: the road and the card's own identifier, such as `pkcs15:45` or `piv:9c`.
    pub id: String,
    /// Label that stands on the card.
    pub label: Option<String>,
    /// DER of the certificate (RFC 5280 §4.1).
    pub octets: Vec<u8>,
    /// The key that goes with it, where the card signs with it.
    pub key: Option<CardKey>,
}

/// A private key on a card: what is needed to sign with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardKey {
    /// The identifier of its PIN in [`CardContents::pins`]; none where it signs without.
    pub pin: Option<String>,
    /// What the card itself calls the key: a reference, a slot, an object identifier.
    pub reference: Vec<u8>,
    /// Path that must be selected first; empty for the application itself.
    pub path: Vec<u8>,
}

/// A PIN of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardPin {
    /// Names it on this card.
    pub id: String,
    /// Label that stands on the card, or what it is for.
    pub label: String,
    /// What is known of it without trying one.
    pub state: PinState,
}

/// A named fact of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardFact {
    /// Stable key, snake case.
    pub key: &'static str,
    /// Name for people.
    pub name: Text,
    /// Value. It may be personal: it is shown and never logged.
    pub value: String,
    /// It came from a template of the program and not from the card.
    pub is_assumed: bool,
}

/// Something that the clerk should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardNote {
    /// Stable code, `card.object.condition`.
    pub code: &'static str,
    /// What it is about, where that is not the whole card.
    pub about: Option<String>,
    /// The text.
    pub text: Text,
}

impl CardNote {
    /// A note about one thing on the card.
    pub(crate) fn new(code: &'static str, about: impl Into<String>, text: Text) -> Self {
        CardNote {
            code,
            about: Some(about.into()),
            text,
        }
    }
}

/// How far reading has come.
pub trait Progress {
    /// The next part is read: `done` of about `total` are.
    fn step(&mut self, what: Text, done: usize, total: usize);
}

/// Nobody wants to know.
impl Progress for () {
    fn step(&mut self, _: Text, _: usize, _: usize) {}
}

/// One road to what a card holds: PKCS #15, PIV, a maker's own file system. All calls of one road happen inside one
/// transaction, and nothing is remembered on the card between two of them.
pub trait CardRoad: std::fmt::Debug + Send + Sync {
    /// Short name, such as `pkcs15`.
    fn name(&self) -> &'static str;

    /// Reads what is open and adds it to `contents`; `false` when the card does not know this road.
    ///
    /// # Errors
    /// What kept the card from being read.
    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<bool, CardError>;

    /// Verifies the PIN of the key once and signs with it (RFC 5652 §5.4). The value is that of the field `signature` of a
    /// `SignerInfo` (RFC 5652 §5.3).
    ///
    /// # Errors
    /// [`CardErrorKind::Unsupported`](crate::CardErrorKind::Unsupported) where this road does not sign,
    /// [`CardErrorKind::PinLastTry`](crate::CardErrorKind::PinLastTry) before anything is sent that could block the PIN
    /// when nobody allowed it, or what the card said.
    fn sign(
        &self,
        channel: &mut Channel<'_>,
        key: &CardKey,
        pin: Option<PinUse<'_>>,
        input: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError>;
}

impl std::fmt::Debug for CardCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let octets = self.octets.len();
        write!(
            f,
            "CardCertificate({}, {octets} octets, key {:?})",
            self.id, self.key
        )
    }
}
