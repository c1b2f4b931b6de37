//! Time-stamp tokens (RFC 3161 §2.4.2, RFC 5816, EN 319 422 §5).

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::x509::certificate::sha256_hex;
use crate::x509::extension::Extensions;
use crate::x509::extension::general_name::GeneralName;

use super::signed_data::SignedData;

/// What a time-stamping authority states (RFC 3161 §2.4.2).
///
/// ```text
/// TSTInfo ::= SEQUENCE { version INTEGER { v1(1) }, policy OBJECT IDENTIFIER, messageImprint MessageImprint,
///     serialNumber INTEGER, genTime GeneralizedTime, accuracy Accuracy OPTIONAL,
///     ordering BOOLEAN DEFAULT FALSE, nonce INTEGER OPTIONAL, tsa [0] EXPLICIT GeneralName OPTIONAL,
///     extensions [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct TstInfo {
    /// The policy of the authority.
    pub policy: Oid,
    /// What was stamped.
    pub imprint: MessageImprint,
    /// Contents of the serial number INTEGER.
    pub serial: Octets,
    /// When the token was made.
    pub gen_time: GenTime,
    /// How far that time may be off, either way.
    pub accuracy: Option<Accuracy>,
    /// Whether the tokens of this authority are in the order of their times, whatever the accuracy.
    pub ordering: bool,
    /// Contents of the nonce INTEGER that the request carried.
    pub nonce: Option<Octets>,
    /// A name of the authority.
    pub tsa: Option<GeneralName>,
    /// The extensions of the token.
    pub extensions: Extensions,
    /// What was read although it is not DER.
    pub deviations: Vec<TokenDeviation>,
}

/// The leniencies of tokens: each is made by an authority in use (X.690 §11).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenDeviation {
    /// `ordering FALSE`, which is the default, was written.
    OrderingWritten,
    /// The fraction of a second ends with a zero.
    FractionPadded,
    /// A part of the accuracy is zero, where RFC 3161 §2.4.2 has it absent.
    AccuracyZero,
}

impl TokenDeviation {
    /// The words used in findings (X.690 §11).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OrderingWritten => "ordering FALSE",
            Self::FractionPadded => "genTime .0",
            Self::AccuracyZero => "accuracy 0",
        }
    }
}

/// The digest of what was stamped (RFC 3161 §2.4.1).
///
/// ```text
/// MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }
/// ```
#[derive(Clone, Debug)]
pub struct MessageImprint {
    /// The digest algorithm.
    pub algorithm: AlgorithmIdentifier,
    /// The digest.
    pub digest: Octets,
}

/// An instant with a fraction of a second (RFC 3161 §2.4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GenTime {
    /// The whole seconds.
    pub seconds: UnixTime,
    /// The fraction in microseconds, what is below them cut off.
    pub microseconds: u32,
    /// Whether something below a microsecond was cut off.
    pub has_more: bool,
}

/// The most a time may be off (RFC 3161 §2.4.2).
///
/// ```text
/// Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL,
///     micros [1] INTEGER (1..999) OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Accuracy {
    /// Seconds.
    pub seconds: u32,
    /// Milliseconds, 0 to 999.
    pub millis: u32,
    /// Microseconds, 0 to 999.
    pub micros: u32,
}

impl Accuracy {
    /// In microseconds (RFC 3161 §2.4.2).
    #[must_use]
    pub fn total_micros(self) -> u64 {
        u64::from(self.seconds) * 1_000_000
            + u64::from(self.millis) * 1_000
            + u64::from(self.micros)
    }
}

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

impl TstInfo {
    /// Whether the content of a message is one (RFC 3161 §2.4.2).
    #[must_use]
    pub fn is_in(message: &SignedData) -> bool {
        message.content_type == oids::TST_INFO
    }

    /// Reads a DER `TSTInfo` that fills the octets (RFC 3161 §2.4.2).
    ///
    /// # Errors
    /// It is not one, or not in DER; a limit.
    pub fn from_der(octets: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(octets, Encoding::Der, Structure::TstInfo);
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        let version = fields.expect(Tag::INTEGER, budget)?;
        if version.small_integer()? != 1 {
            return Err(version.malformed(Reason::UnsupportedVersion));
        }
        let mut deviations = Vec::new();
        let policy = fields.oid(budget)?;
        let imprint = MessageImprint::read(&mut fields, budget)?;
        let serial = fields.expect(Tag::INTEGER, budget)?.integer()?;
        let time = fields.expect(Tag::GENERALIZED_TIME, budget)?;
        let gen_time = GenTime::of(&time, &mut deviations)?;
        let accuracy = match fields.optional(Tag::SEQUENCE, budget)? {
            Some(element) => Some(Accuracy::of(&element, &mut deviations, budget)?),
            None => None,
        };
        let ordering = match fields.optional(Tag::BOOLEAN, budget)? {
            Some(element) => read_ordering(&element, &mut deviations)?,
            None => false,
        };
        let nonce = match fields.optional(Tag::INTEGER, budget)? {
            Some(element) => Some(element.integer()?),
            None => None,
        };
        let tsa = match fields.optional(Tag::context(0).constructed(), budget)? {
            Some(wrapper) => {
                let mut inside = wrapper.reader(Structure::GeneralName, budget)?;
                let name = inside.element(budget)?;
                inside.finish()?;
                Some(GeneralName::from_element(&name, budget)?)
            }
            None => None,
        };
        let extensions = match fields.optional(Tag::context(1).constructed(), budget)? {
            Some(element) => read_extensions(&element, budget)?,
            None => Extensions::default(),
        };
        fields.finish()?;
        Ok(Self {
            policy,
            imprint,
            serial,
            gen_time,
            accuracy,
            ordering,
            nonce,
            tsa,
            extensions,
            deviations,
        })
    }

    /// Reads the content of a token (RFC 3161 §2.4.2); `None` when the message holds something else.
    ///
    /// # Errors
    /// A limit.
    pub fn of(
        message: &SignedData,
        budget: &mut Budget,
    ) -> Result<Option<Result<Self, Malformed>>, Error> {
        let content = match message.content.octets() {
            Some(content) if Self::is_in(message) => content,
            _ => return Ok(None),
        };
        match Self::from_der(content, budget) {
            Ok(info) => Ok(Some(Ok(info))),
            Err(Error::Malformed(malformed)) => Ok(Some(Err(malformed))),
            Err(other) => Err(other),
        }
    }

    /// The latest time at which the token may have been made, in whole seconds: `genTime` and its accuracy, rounded
    /// up. What was stamped existed then (EN 319 102-1 §5.6.2.3).
    #[must_use]
    pub fn latest(&self) -> UnixTime {
        let more = i64::from(self.gen_time.has_more);
        let micros = i64::from(self.gen_time.microseconds) + self.accuracy_micros() + more;
        self.gen_time
            .seconds
            .plus_seconds(micros.div_euclid(SECOND) + i64::from(micros.rem_euclid(SECOND) != 0))
    }

    /// The earliest time at which the token may have been made, in whole seconds: `genTime` less its accuracy, rounded
    /// down (RFC 3161 §2.4.2).
    #[must_use]
    pub fn earliest(&self) -> UnixTime {
        let micros = i64::from(self.gen_time.microseconds) - self.accuracy_micros();
        let seconds = self.gen_time.seconds;
        seconds.plus_seconds(micros.div_euclid(SECOND))
    }

    fn accuracy_micros(&self) -> i64 {
        let micros = self.accuracy.unwrap_or_default().total_micros();
        i64::try_from(micros).unwrap_or(i64::MAX / 4)
    }
}

/// What names a token in reports: SHA-256 of the value of its one signature, in hexadecimal digits (RFC 3161 §2.4.2).
#[must_use]
pub fn token_id(message: &SignedData) -> String {
    match (message.signers.as_slice(), message.content.octets()) {
        ([Ok(signer)], _) => sha256_hex(&signer.signature),
        (_, Some(content)) => sha256_hex(content),
        (_, None) => sha256_hex(&[]),
    }
}

impl MessageImprint {
    /// Reads the next element (RFC 3161 §2.4.1).
    fn read(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut inside = fields.enter(Tag::SEQUENCE, budget)?;
        let algorithm = AlgorithmIdentifier::read(&mut inside, budget)?;
        let digest = inside.expect(Tag::OCTET_STRING, budget)?.content();
        inside.finish()?;
        Ok(Self { algorithm, digest })
    }
}

impl GenTime {
    /// `YYYYMMDDhhmmss[.s…]Z`, the fraction without a zero at its end (RFC 3161 §2.4.2).
    fn of(element: &Element<'_>, deviations: &mut Vec<TokenDeviation>) -> Result<Self, Error> {
        /// Digits before the point.
        const WHOLE: usize = 14;
        const MICROSECOND_DIGITS: usize = 6;
        let (seconds, has_fraction) = element.generalized_time()?;
        if !has_fraction {
            return Ok(Self {
                seconds,
                microseconds: 0,
                has_more: false,
            });
        }
        let text = element.content_bytes();
        let digits = text.get(WHOLE + 1..text.len() - 1).unwrap_or_default();
        if digits.last() == Some(&b'0') {
            deviations.push(TokenDeviation::FractionPadded);
        }
        let digit = |index: usize| digits.get(index).map_or(0, |octet| u32::from(octet & 0xf));
        let microseconds =
            (0..MICROSECOND_DIGITS).fold(0, |value, index| value * 10 + digit(index));
        let rest = digits.get(MICROSECOND_DIGITS..).unwrap_or_default();
        Ok(Self {
            seconds,
            microseconds,
            has_more: rest.iter().any(|octet| *octet != b'0'),
        })
    }
}

impl Accuracy {
    fn of(
        element: &Element<'_>,
        deviations: &mut Vec<TokenDeviation>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        const MOST: u32 = 999;
        let mut fields = element.reader(Structure::TstInfo, budget)?;
        let mut part = |tag, most: u32, budget: &mut Budget| -> Result<u32, Error> {
            let Some(element) = fields.optional(tag, budget)? else {
                return Ok(0);
            };
            let value = element.small_integer()?;
            if value > most {
                return Err(element.malformed(Reason::InvalidValue));
            }
            if value == 0 && most == MOST {
                deviations.push(TokenDeviation::AccuracyZero);
            }
            Ok(value)
        };
        let accuracy = Self {
            seconds: part(Tag::INTEGER, u32::MAX, budget)?,
            millis: part(Tag::context(0), MOST, budget)?,
            micros: part(Tag::context(1), MOST, budget)?,
        };
        fields.finish()?;
        Ok(accuracy)
    }
}

fn read_ordering(
    element: &Element<'_>,
    deviations: &mut Vec<TokenDeviation>,
) -> Result<bool, Error> {
    let ordering = element.boolean()?;
    if !ordering.is_der {
        return Err(element.malformed(Reason::NotDer));
    }
    if !ordering.value {
        deviations.push(TokenDeviation::OrderingWritten);
    }
    Ok(ordering.value)
}

/// `[1] IMPLICIT Extensions`: the tag stands in the place of that of the SEQUENCE.
fn read_extensions(element: &Element<'_>, budget: &mut Budget) -> Result<Extensions, Error> {
    /// SEQUENCE, constructed.
    const SEQUENCE: u8 = 0x30;
    let mut octets = element.octets().to_vec();
    if let Some(tag) = octets.first_mut() {
        *tag = SEQUENCE;
    }
    let octets = Octets::from(octets);
    let mut reader = Reader::new(&octets, Encoding::Der, Structure::Extension);
    let extensions = Extensions::read(&mut reader, budget)?;
    reader.finish()?;
    Ok(extensions)
}

#[cfg(test)]
mod tests;
