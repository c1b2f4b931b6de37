//! Reading blocks of citizen's data by their layout.

use super::application::{Block, single};
use super::exchange::{
    Exchange, Found, MOST_FILE, get_data, read_object, read_octets, read_records, select_file,
};
use super::field::Codec;
use super::settings::{BlockKind, BlockSettings, FieldSettings, HexTag};
use crate::apdu::{CommandApdu, Tlv};
use crate::card::contents::CardFact;
use crate::error::CardError;

/// What a block holds.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) facts: Vec<CardFact>,
    /// Octets of its images.
    pub(super) images: Vec<Vec<u8>>,
}

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
) -> Result<Found<Fields>, CardError> {
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
            found.then(|file| Ok(Found::There(at_offsets(&[file], &layout.fields))))
        }
        BlockKind::Records => {
            let found = read_records(exchange, layout.records)?;
            found.then(|records| Ok(Found::There(at_offsets(&records, &layout.fields))))
        }
    }
}

fn by_get_data(
    exchange: &mut dyn Exchange,
    layout: &BlockSettings,
) -> Result<Found<Fields>, CardError> {
    let mut fields = Fields::default();
    for field in &layout.fields {
        let tag = field.tag.as_ref().and_then(|path| path.0.last().copied());
        let Some(tag) = tag else {
            continue;
        };
        match get_data(exchange, tag, CommandApdu::ALL)? {
            Found::There(value) => fields.add(field, &value),
            Found::Absent => {}
            // What opens one field of a block opens all.
            Found::Protected => return Ok(Found::Protected),
            Found::Refused(status) => return Ok(Found::Refused(status)),
        }
    }
    Ok(Found::There(fields))
}

fn in_object(file: &[u8], layout: &BlockSettings) -> Result<Fields, CardError> {
    let object = single(file)?;
    let mut fields = Fields::default();
    if layout.root.is_none_or(|HexTag(root)| root != object.tag) {
        return Ok(fields);
    }
    for field in &layout.fields {
        let value = match &field.tag {
            None => Some(object.value),
            Some(path) => Tlv::find(object.value, &path.0),
        };
        if let Some(value) = value {
            fields.add(field, value);
        }
    }
    Ok(fields)
}

fn at_offsets(records: &[Vec<u8>], layout: &[FieldSettings]) -> Fields {
    let mut fields = Fields::default();
    for record in records {
        for field in layout {
            let place = field.offset.unwrap_or(0)..end(field);
            if let Some(octets) = record.get(place) {
                fields.add(field, octets);
            }
        }
    }
    fields
}

fn end(field: &FieldSettings) -> usize {
    field.offset.unwrap_or(0).saturating_add(field.max)
}

impl Fields {
    fn add(&mut self, field: &FieldSettings, octets: &[u8]) {
        if octets.len() > field.max {
            return;
        }
        let Some(value) = field.codec.decode(octets) else {
            return;
        };
        if field.codec == Codec::Image {
            self.images.push(octets.to_vec());
        }
        self.facts.push(CardFact {
            key: field.name.key(),
            name: field.name.text(),
            value,
            is_assumed: false,
        });
    }
}
