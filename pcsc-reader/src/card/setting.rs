//! Values of profiles.

use serde::Deserialize;

/// Most octets of a value.
const MOST: usize = 64;

/// Hexadecimal octets, spaces allowed between them; at least one.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(super) struct Hex(Vec<u8>);

impl Hex {
    /// The octets.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for Hex {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        match hex::decode(digits) {
            Ok(octets) if (1..=MOST).contains(&octets.len()) => Ok(Hex(octets)),
            _ => Err(format!("`{text}` is not 1 to {MOST} octets in hexadecimal")),
        }
    }
}

/// A path of file identifiers, two octets each, below the master file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Hex")]
pub(super) struct FilePath(Vec<u8>);

impl FilePath {
    /// The octets.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Hex> for FilePath {
    type Error = String;

    fn try_from(Hex(octets): Hex) -> Result<Self, String> {
        match octets.len() {
            2..=16 if octets.len().is_multiple_of(2) => Ok(FilePath(octets)),
            _ => Err("a path is 1 to 8 file identifiers of two octets".to_owned()),
        }
    }
}

/// Numbers from `first` to `last`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "SlotsTable")]
pub(super) struct Slots {
    pub(super) first: u8,
    pub(super) last: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotsTable {
    first: u8,
    last: u8,
}

/// Most numbers of [`Slots`]: each costs a command.
const MOST_SLOTS: u8 = 128;

impl TryFrom<SlotsTable> for Slots {
    type Error = String;

    fn try_from(table: SlotsTable) -> Result<Self, String> {
        let SlotsTable { first, last } = table;
        match last.checked_sub(first) {
            Some(more) if more < MOST_SLOTS => Ok(Slots { first, last }),
            _ => Err(format!(
                "slots {first} to {last}: 1 to {MOST_SLOTS} numbers, the first first"
            )),
        }
    }
}

/// The order of octets of file identifiers and sizes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OctetOrder {
    /// As ISO/IEC 7816-4 has it.
    #[default]
    BigEndian,
    /// The low octet first.
    LittleEndian,
}

impl OctetOrder {
    /// A path of file identifiers as the card takes it.
    pub(super) fn path(self, octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_vec();
        if self == OctetOrder::LittleEndian {
            for pair in octets.chunks_exact_mut(2) {
                pair.reverse();
            }
        }
        octets
    }

    /// A file identifier that the card gives.
    pub(super) fn identifier(self, octets: [u8; 2]) -> u16 {
        match self {
            OctetOrder::BigEndian => u16::from_be_bytes(octets),
            OctetOrder::LittleEndian => u16::from_le_bytes(octets),
        }
    }

    /// A size as the card gives it, read as big-endian.
    pub(super) fn size(self, size: usize) -> usize {
        match (self, u16::try_from(size)) {
            (OctetOrder::LittleEndian, Ok(size)) => usize::from(size.swap_bytes()),
            _ => size,
        }
    }
}

/// The settings of a road from the other keys of its table.
///
/// # Errors
/// What is missing, unknown or of another form.
pub(super) fn settings<T: for<'de> Deserialize<'de>>(table: toml::Table) -> Result<T, String> {
    toml::Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())
}
