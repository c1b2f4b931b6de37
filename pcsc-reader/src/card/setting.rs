//! Values of profiles.

use serde::Deserialize;

use crate::apdu::{Aid, ApduError};

/// Most octets of a value.
const MOST: usize = 256;

/// Octets in hexadecimal, spaces allowed between them: 1 to [`MOST`].
///
/// # Errors
/// The text is none.
pub(super) fn octets(text: &str) -> Result<Vec<u8>, String> {
    let digits: String = text.chars().filter(|c| *c != ' ').collect();
    match hex::decode(digits) {
        Ok(octets) if (1..=MOST).contains(&octets.len()) => Ok(octets),
        _ => Err(format!("`{text}` is not 1 to {MOST} octets in hexadecimal")),
    }
}

/// Exactly so many octets in hexadecimal.
///
/// # Errors
/// The text is of another form or length.
pub(super) fn exactly<const N: usize>(text: &str) -> Result<[u8; N], String> {
    let octets = octets(text).ok();
    let exact = octets.and_then(|octets| octets.try_into().ok());
    exact.ok_or_else(|| format!("`{text}` is not {N} octets in hexadecimal"))
}

/// Octets in hexadecimal.
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
        octets(&text).map(Hex)
    }
}

/// One octet.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HexOctet(pub(super) u8);

impl TryFrom<String> for HexOctet {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        exactly(&text).map(|[octet]| HexOctet(octet))
    }
}

/// Two octets: a file identifier, a tag, or P1 and P2.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HexPair(pub(super) [u8; 2]);

impl TryFrom<String> for HexPair {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        exactly(&text).map(HexPair)
    }
}

/// An application identifier.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Hex")]
pub(super) struct HexAid(pub(super) Aid);

impl TryFrom<Hex> for HexAid {
    type Error = ApduError;

    fn try_from(Hex(octets): Hex) -> Result<Self, ApduError> {
        Aid::from_bytes(&octets).map(HexAid)
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

/// The settings of a road from the other keys of its table.
///
/// # Errors
/// What is missing, unknown or of another form, and at which key.
pub(super) fn settings<T: for<'de> Deserialize<'de>>(table: toml::Table) -> Result<T, String> {
    let settings = toml::Value::Table(table).try_into();
    settings.map_err(|error: toml::de::Error| error.to_string().trim_end().replace('\n', ", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_one_to_most_with_spaces_between() {
        assert_eq!(octets("3F 00 5fC1"), Ok(vec![0x3F, 0x00, 0x5F, 0xC1]));
        assert_eq!(octets(&"AB".repeat(MOST)).unwrap().len(), MOST);
        for text in ["", " ", "3", "3G", "3F\t00", &"AB".repeat(MOST + 1)] {
            assert!(octets(text).is_err(), "{text}");
        }
        assert_eq!(exactly("01 81"), Ok([0x01, 0x81]));
        assert!(exactly::<1>("0181").is_err() && exactly::<3>("0181").is_err());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_key() {
        #[derive(Debug, Deserialize)]
        struct Settings {
            #[serde(rename = "aid")]
            _aid: HexAid,
        }
        let read = |text: &str| settings::<Settings>(toml::from_str(text).unwrap());
        assert!(read("aid = \"A0 00 00 00 01\"").is_ok());
        let error = read("aid = \"A0\"").unwrap_err();
        assert!(error.ends_with(", in `aid`"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}
