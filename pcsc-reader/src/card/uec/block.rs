//! Reading blocks of citizen's data by their layout.

use super::application::{Block, single};
use super::exchange::{
    Exchange, Found, MOST_FILE, get_data, read_object, read_octets, read_records, select_file,
};
use super::settings::{BlockKind, BlockSettings, FieldSettings, HexTag};
use crate::apdu::{CommandApdu, Tlv};
use crate::card::contents::CardFact;
use crate::error::CardError;

/// Selects a block and reads its fields. A field that the card does not have is left out; one that is none of its
/// codec, too.
///
/// # Errors
/// The failed exchange; a block that is not laid out as it should be.
pub(super) fn read(
    exchange: &mut dyn Exchange,
    block: Block,
    layout: &BlockSettings,
    chunk: usize,
) -> Result<Found<Vec<CardFact>>, CardError> {
    match select_file(exchange, block.fid)? {
        Found::There(()) => {}
        other => return other.then(|()| Ok(Found::Absent)),
    }
    match layout.kind {
        BlockKind::Tlv => by_get_data(exchange, layout),
        BlockKind::BinaryTlv => {
            let found = read_object(exchange, chunk)?;
            found.then(|file| Ok(Found::There(in_object(&file, layout)?)))
        }
        BlockKind::Fixed => {
            let ends = layout.fields.iter().map(end);
            let length = ends.max().unwrap_or(0).min(MOST_FILE);
            let found = read_octets(exchange, length, chunk)?;
            found.then(|file| Ok(Found::There(at_offsets(&file, &layout.fields))))
        }
        BlockKind::Records => {
            let found = read_records(exchange, layout.records)?;
            let facts = |records: Vec<Vec<u8>>| {
                records
                    .iter()
                    .flat_map(|record| at_offsets(record, &layout.fields))
                    .collect()
            };
            found.then(|records| Ok(Found::There(facts(records))))
        }
    }
}

fn by_get_data(
    exchange: &mut dyn Exchange,
    layout: &BlockSettings,
) -> Result<Found<Vec<CardFact>>, CardError> {
    let mut facts = Vec::new();
    for field in &layout.fields {
        let tag = field.tag.as_ref().and_then(|path| path.0.last().copied());
        let Some(tag) = tag else {
            continue;
        };
        match get_data(exchange, tag, CommandApdu::ALL)? {
            Found::There(value) => facts.extend(fact(field, &value)),
            Found::Absent => {}
            // What opens one field of a block opens all.
            Found::Protected => return Ok(Found::Protected),
            Found::Refused(status) => return Ok(Found::Refused(status)),
        }
    }
    Ok(Found::There(facts))
}

fn in_object(file: &[u8], layout: &BlockSettings) -> Result<Vec<CardFact>, CardError> {
    let object = single(file)?;
    if layout.root.is_none_or(|HexTag(root)| root != object.tag) {
        return Ok(Vec::new());
    }
    let value = |field: &FieldSettings| {
        let path = field.tag.as_ref()?;
        fact(field, Tlv::find(object.value, &path.0)?)
    };
    Ok(layout.fields.iter().filter_map(value).collect())
}

fn at_offsets(file: &[u8], fields: &[FieldSettings]) -> Vec<CardFact> {
    let value = |field: &FieldSettings| {
        let octets = file.get(field.offset?..end(field))?;
        fact(field, octets)
    };
    fields.iter().filter_map(value).collect()
}

fn end(field: &FieldSettings) -> usize {
    field.offset.unwrap_or(0).saturating_add(field.max)
}

fn fact(field: &FieldSettings, octets: &[u8]) -> Option<CardFact> {
    if octets.len() > field.max {
        return None;
    }
    Some(CardFact {
        key: field.name.key(),
        name: field.name.text(),
        value: field.codec.decode(octets)?,
        is_assumed: false,
    })
}
