//! The road of PIV as profiles describe it.

use std::sync::Arc;

use serde::Deserialize;

use super::Piv;
use crate::apdu::Aid;
use crate::card::contents::CardRoad;
use crate::card::setting::{self, Hex, HexAid, HexOctet};

/// Most slots that a profile may name.
const MOST_SLOTS: usize = 64;

/// A table `kind = "piv"`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PivTable {
    aid: HexAid,
    discovery: Hex,
    holder: Hex,
    key_history: Hex,
    safe_query: bool,
    slot: Vec<SlotTable>,
    #[serde(default)]
    retired: Vec<SlotTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotTable {
    key: HexOctet,
    object: Hex,
    name: String,
    signs: bool,
    wants_pin: bool,
}

/// What is known of PIV.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) aid: Aid,
    /// Tag of the discovery object.
    pub(super) discovery: Vec<u8>,
    /// Tag of the card holder's unique identifier.
    pub(super) holder: Vec<u8>,
    /// Tag of the object that counts retired keys.
    pub(super) key_history: Vec<u8>,
    /// VERIFY without data spends no try.
    pub(super) safe_query: bool,
    pub(super) slots: Vec<Slot>,
    /// Slots of retired keys, in the order that cards fill them.
    pub(super) retired: Vec<Slot>,
}

/// A key and the object of its certificate.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Key reference (SP 800-73-4 part 1 table 4b).
    pub(super) key: u8,
    /// Tag of the object that holds the certificate.
    pub(super) object: Vec<u8>,
    pub(super) name: String,
    /// The key signs content.
    pub(super) signs: bool,
    /// The key wants the PIN.
    pub(super) wants_pin: bool,
}

/// Reads the table.
///
/// # Errors
/// What is wrong with it.
pub(in crate::card) fn from_table(table: toml::Table) -> Result<Arc<dyn CardRoad>, String> {
    let table: PivTable = setting::settings(table)?;
    let settings = Settings {
        aid: table.aid.0,
        discovery: tag("discovery", &table.discovery)?,
        holder: tag("holder", &table.holder)?,
        key_history: tag("key_history", &table.key_history)?,
        safe_query: table.safe_query,
        slots: slots(table.slot)?,
        retired: slots(table.retired)?,
    };
    Ok(Arc::new(Piv { settings }))
}

fn slots(tables: Vec<SlotTable>) -> Result<Vec<Slot>, String> {
    if tables.len() > MOST_SLOTS {
        return Err(format!("there are more than {MOST_SLOTS} slots"));
    }
    let slot = |table: SlotTable| {
        Ok(Slot {
            key: table.key.0,
            object: tag("object", &table.object)?,
            name: table.name,
            signs: table.signs,
            wants_pin: table.wants_pin,
        })
    };
    tables.into_iter().map(slot).collect()
}

fn tag(key: &str, tag: &Hex) -> Result<Vec<u8>, String> {
    match tag.as_bytes() {
        tag @ ([_] | [_, _] | [_, _, _] | [_, _, _, _]) => Ok(tag.to_vec()),
        _ => Err(format!("`{key}` must be a tag of 1 to 4 octets")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"
        aid = "A00000030800001000"
        discovery = "7E"
        holder = "5FC102"
        key_history = "5FC10C"
        safe_query = true
        [[slot]]
        key = "9C"
        object = "5FC10A"
        name = "signature"
        signs = true
        wants_pin = true
    "#;

    fn read(text: &str) -> Result<(), String> {
        let table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        from_table(table).map(|_| ())
    }

    #[test]
    fn a_table_is_read_strictly() {
        assert_eq!(read(TABLE), Ok(()));
        for (from, to, reason) in [
            ("A00000030800001000", "A000", "an AID has"),
            ("\"7E\"", "\"7E7E7E7E7E\"", "`discovery` must be a tag"),
            ("\"5FC102\"", "\"5FC10\"", "in `holder`"),
            ("\"9C\"", "\"9C9C\"", "`9C9C` is not 1"),
            ("signs = true", "signs = true\npin = 1", "unknown field"),
        ] {
            let error = read(&TABLE.replace(from, to)).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
        let many = TABLE.to_owned() + &TABLE[TABLE.find("[[slot]]").unwrap()..].repeat(MOST_SLOTS);
        assert!(read(&many).unwrap_err().contains("more than 64"));
    }
}
