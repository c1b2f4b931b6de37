//! What the application of identification says of itself: the answer to SELECT.

use thiserror::Error;

use super::field::CardDate;
use super::settings::{Catalogue, Path, Suite, UecSettings};
use crate::apdu::{Tag, Tlv, TlvError};
use crate::error::{CardError, CardErrorKind};

/// Most sectors, and most blocks of one.
const MOST_ENTRIES: usize = 64;

/// Bits of the first octet of the application usage control (tag C2).
const GOST: u8 = 0x80;
const RSA: u8 = 0x40;
const LONG_DATA: u8 = 0x20;
const NEEDS_MSE: u8 = 0x10;
/// Bits that name a suite.
const SUITES: u8 = GOST | RSA;
/// Bit of the terminal's own octet: it may use the function of signature.
const SIGNATURE: u8 = 0x04;

/// The application of identification of a universal electronic card: FCI (tag 6F) of version 1.0, FMD (tag 64) of
/// version 1.1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// Version (9F08).
    pub version: UecVersion,
    /// First day (5F25).
    pub effective: CardDate,
    /// Last day (5F24).
    pub expires: CardDate,
    /// What it can do (C2).
    pub usage: Usage,
    /// Index of the root CA's key set (8F).
    pub key_set: Option<u8>,
    /// Sectors (E0).
    pub sectors: Vec<Sector>,
    /// The card said nothing: all of this is what such cards are known to have.
    pub is_from_template: bool,
}

/// Version of the application (tag 9F08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UecVersion {
    /// 10.
    V10,
    /// 11.
    V11,
}

/// Application usage control (tag C2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage(pub [u8; 2]);

/// A sector of citizen's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sector {
    /// Number (DF20).
    pub id: u8,
    /// Its directory (51).
    pub fid: [u8; 2],
    /// Version of its format, packed digits (DF21).
    pub version: u8,
}

/// A block of a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block {
    /// Number (DF22).
    pub id: u8,
    /// Its file (51).
    pub fid: [u8; 2],
}

/// Why an answer of the card is not what it should be.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatError {
    /// A date that the calendar does not have.
    #[error("data object {0:?} is no date")]
    Date(Tag),
    /// A data object or a number is there twice.
    #[error("data object {0:?} is there twice")]
    Duplicate(Tag),
    /// A data object of another length.
    #[error("data object {tag:?} must have {expected} octets, not {found}")]
    Length {
        /// Its tag.
        tag: Tag,
        /// Octets that it must have.
        expected: usize,
        /// Octets that it has.
        found: usize,
    },
    /// A data object is missing.
    #[error("data object {0:?} is missing")]
    Missing(Tag),
    /// No data objects.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// More entries than a card may have.
    #[error("more than 64 entries in {0:?}")]
    TooMany(Tag),
    /// Octets after the end.
    #[error("octets after the end")]
    Trailing,
    /// A value that means nothing.
    #[error("data object {0:?} has a value that means nothing")]
    Value(Tag),
    /// A version that this program does not know.
    #[error("version {0:02X} of the application is not known, only 10 and 11")]
    Version(u8),
}

impl From<FormatError> for CardError {
    fn from(error: FormatError) -> Self {
        CardError::new(match error {
            FormatError::Version(_) => CardErrorKind::Unsupported,
            _ => CardErrorKind::Malformed,
        })
    }
}

impl Application {
    /// Reads the answer to SELECT; an empty one stands for the template of the settings.
    ///
    /// # Errors
    /// [`FormatError`]: lengths are exact, every object is there once, nothing follows the last.
    ///
    /// # Limits
    /// 64 sectors.
    pub fn read(answer: &[u8], settings: &UecSettings) -> Result<Self, FormatError> {
        if !answer.is_empty() {
            return Self::of(answer, settings);
        }
        let application = Self::of(settings.empty_select_template.as_bytes(), settings)?;
        Ok(Application {
            is_from_template: true,
            ..application
        })
    }

    fn of(answer: &[u8], settings: &UecSettings) -> Result<Self, FormatError> {
        single(answer)?;
        let info = &settings.info;
        let (tag, [version]) = required(answer, &info.version)?;
        let version = match version {
            0x10 => UecVersion::V10,
            0x11 => UecVersion::V11,
            0x00..0x10 => return Err(FormatError::Value(tag)),
            other => return Err(FormatError::Version(other)),
        };
        let date = |paths: &[Path]| {
            let (tag, octets) = required(answer, paths)?;
            CardDate::from_yymmdd(octets).ok_or(FormatError::Date(tag))
        };
        let (_, auc) = required(answer, &info.auc)?;
        let key_set = match optional(answer, &info.key_set)? {
            None => None,
            Some((tag, value)) => {
                let [index] = exactly(tag, value)?;
                Some(index)
            }
        };
        let sectors = entries(answer, &settings.sectors)?.unwrap_or_default();
        let sector = |entry: &Entry| Sector {
            id: entry.id,
            fid: entry.fid,
            version: entry.version.unwrap_or(0),
        };
        Ok(Application {
            version,
            effective: date(&info.effective)?,
            expires: date(&info.expires)?,
            usage: Usage(auc),
            key_set,
            sectors: sectors.iter().map(sector).collect(),
            is_from_template: false,
        })
    }

    /// The suite that card and terminal share; GOST where both have both. `terminal` are the 16 octets of the
    /// terminal's own certificate (5F20) that say what it can do.
    #[must_use]
    pub fn suite(&self, terminal: &[u8; 16]) -> Option<Suite> {
        let common = self.usage.0[0] & self.terminal_octet(terminal) & SUITES;
        match common {
            0 => None,
            both if both & GOST != 0 => Some(Suite::Gost),
            _ => Some(Suite::Rsa),
        }
    }

    /// The terminal might use the function of signature: version 1.1, GOST, and a terminal that may.
    #[must_use]
    pub fn may_sign(&self, terminal: &[u8; 16]) -> bool {
        self.version == UecVersion::V11
            && self.suite(terminal) == Some(Suite::Gost)
            && terminal[14] & SIGNATURE != 0
    }

    fn terminal_octet(&self, terminal: &[u8; 16]) -> u8 {
        match self.version {
            UecVersion::V10 => terminal[10],
            UecVersion::V11 => terminal[14],
        }
    }
}

impl Block {
    /// Reads the answer to SELECT of a sector's directory.
    ///
    /// # Errors
    /// [`FormatError`]; an empty answer is one, too.
    ///
    /// # Limits
    /// 64 blocks.
    pub fn catalogue(answer: &[u8], settings: &UecSettings) -> Result<Vec<Self>, FormatError> {
        single(answer)?;
        let missing = FormatError::Missing(settings.blocks.entry.0);
        let entries = entries(answer, &settings.blocks)?.ok_or(missing)?;
        if entries.is_empty() {
            return Err(missing);
        }
        let block = |entry: &Entry| Block {
            id: entry.id,
            fid: entry.fid,
        };
        Ok(entries.iter().map(block).collect())
    }
}

impl UecVersion {
    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            UecVersion::V10 => "1.0",
            UecVersion::V11 => "1.1",
        }
    }
}

impl Usage {
    /// It has the suite.
    #[must_use]
    pub fn has(self, suite: Suite) -> bool {
        let bit = match suite {
            Suite::Gost => GOST,
            Suite::Rsa => RSA,
        };
        self.0[0] & bit != 0
    }

    /// It takes commands with extended Lc.
    #[must_use]
    pub fn takes_long_data(self) -> bool {
        self.0[0] & LONG_DATA != 0
    }

    /// It wants MANAGE SECURITY ENVIRONMENT: the chip of Micron.
    #[must_use]
    pub fn needs_mse(self) -> bool {
        self.0[0] & NEEDS_MSE != 0
    }
}

struct Entry {
    id: u8,
    fid: [u8; 2],
    version: Option<u8>,
}

/// The entries of a catalogue; none where the card has no catalogue.
fn entries(answer: &[u8], catalogue: &Catalogue) -> Result<Option<Vec<Entry>>, FormatError> {
    let Some((tag, list)) = optional(answer, &catalogue.paths)? else {
        return Ok(None);
    };
    let mut entries: Vec<Entry> = Vec::new();
    for entry in Tlv::all(list)? {
        if entry.tag != catalogue.entry.0 {
            continue;
        }
        if entries.len() == MOST_ENTRIES {
            return Err(FormatError::TooMany(tag));
        }
        let [id] = child(entry.value, catalogue.id.0)?;
        let fid = child(entry.value, catalogue.fid.0)?;
        let version = match catalogue.version {
            None => None,
            Some(tag) => {
                let [version] = child(entry.value, tag.0)?;
                Some(version)
            }
        };
        if entries.iter().any(|other| other.id == id) {
            return Err(FormatError::Duplicate(catalogue.id.0));
        }
        entries.push(Entry { id, fid, version });
    }
    Ok(Some(entries))
}

/// The octets are one data object and nothing else.
pub(super) fn single(octets: &[u8]) -> Result<Tlv<'_>, FormatError> {
    let (object, rest) = Tlv::first(octets)?;
    if rest.is_empty() {
        Ok(object)
    } else {
        Err(FormatError::Trailing)
    }
}

/// The only object of this tag on this level.
pub(super) fn only(level: &[u8], tag: Tag) -> Result<Option<&[u8]>, FormatError> {
    let objects = Tlv::all(level)?;
    let mut found = objects.into_iter().filter(|object| object.tag == tag);
    let value = found.next().map(|object| object.value);
    match found.next() {
        None => Ok(value),
        Some(_) => Err(FormatError::Duplicate(tag)),
    }
}

/// The value of the object, of exactly so many octets.
pub(super) fn child<const N: usize>(level: &[u8], tag: Tag) -> Result<[u8; N], FormatError> {
    let value = only(level, tag)?.ok_or(FormatError::Missing(tag))?;
    exactly(tag, value)
}

pub(super) fn exactly<const N: usize>(tag: Tag, value: &[u8]) -> Result<[u8; N], FormatError> {
    value.try_into().map_err(|_| FormatError::Length {
        tag,
        expected: N,
        found: value.len(),
    })
}

/// The value under the first of the paths that is there.
fn optional<'a>(answer: &'a [u8], paths: &[Path]) -> Result<Option<(Tag, &'a [u8])>, FormatError> {
    for Path(tags) in paths {
        let mut level = Some(answer);
        for tag in tags {
            level = match level {
                None => None,
                Some(octets) => only(octets, *tag)?,
            };
        }
        if let (Some(value), Some(tag)) = (level, tags.last()) {
            return Ok(Some((*tag, value)));
        }
    }
    Ok(None)
}

fn required<const N: usize>(answer: &[u8], paths: &[Path]) -> Result<(Tag, [u8; N]), FormatError> {
    let last = paths.first().and_then(|path| path.0.last().copied());
    let missing = FormatError::Missing(last.unwrap_or(Tag(0)));
    let (tag, value) = optional(answer, paths)?.ok_or(missing)?;
    Ok((tag, exactly(tag, value)?))
}

#[cfg(test)]
mod tests;
