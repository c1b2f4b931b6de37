//! The citizen's data: sectors and their blocks.

use super::application::{Application, Block};
use super::block;
use super::exchange::{Found, select_parent, select_sector};
use super::facts;
use super::road::{BLOCKS_STEP, CITIZEN_PIN, STEPS, UecRoad, unreadable};
use super::session::Session;
use super::settings::Access;
use crate::apdu::Channel;
use crate::card::contents::{CardContents, Progress};
use crate::error::{CardError, CardErrorKind};

/// Blocks of a sector that only a terminal opens: name, sector and its version, block.
pub(super) struct Closed {
    sector: [u8; 2],
    blocks: Vec<(String, (u8, u8), Block)>,
}

impl UecRoad {
    /// Reads the blocks that are free; gives those that are not.
    pub(super) fn read_sectors(
        &self,
        channel: &mut Channel<'_>,
        application: &Application,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<Vec<Closed>, CardError> {
        let mut closed = Vec::new();
        let mut names = Vec::new();
        let steps = STEPS + application.sectors.len();
        for (index, sector) in application.sectors.iter().enumerate() {
            progress.step(BLOCKS_STEP, STEPS + index, steps);
            let answer = match select_sector(channel, sector.fid, application.version)? {
                Found::There(answer) => answer,
                Found::Refused(_) => {
                    unreadable(contents, &format!("{}", sector.id));
                    continue;
                }
                Found::Protected => {
                    let name = sector.id.to_string();
                    contents.notes.push(facts::about(facts::PROTECTED, name));
                    continue;
                }
                Found::Absent => continue,
            };
            match Block::catalogue(&answer, &self.settings) {
                Ok(blocks) => {
                    let mut rest = Closed {
                        sector: sector.fid,
                        blocks: Vec::new(),
                    };
                    for block in blocks {
                        names.push(format!("{}-{}", sector.id, block.id));
                        let place = (sector.id, sector.version);
                        self.read_free(channel, place, block, contents, &mut rest)?;
                    }
                    if !rest.blocks.is_empty() {
                        closed.push(rest);
                    }
                }
                Err(_) => unreadable(contents, &format!("{}", sector.id)),
            }
            if !select_parent(channel, application.version)? {
                self.select_application_again(channel)?;
            }
        }
        if !names.is_empty() {
            facts::add(contents, facts::BLOCKS, names.join(", "));
        }
        let protected: Vec<_> = closed
            .iter()
            .flat_map(|sector| &sector.blocks)
            .map(|(name, ..)| name.as_str())
            .collect();
        if !protected.is_empty() {
            let note = facts::about(facts::PROTECTED, protected.join(", "));
            contents.notes.push(note);
        }
        Ok(closed)
    }

    fn read_free(
        &self,
        channel: &mut Channel<'_>,
        (sector, version): (u8, u8),
        block: Block,
        contents: &mut CardContents,
        rest: &mut Closed,
    ) -> Result<(), CardError> {
        let name = format!("{sector}-{}", block.id);
        let Some(layout) = self.settings.layout(sector, version, block.id) else {
            return Ok(());
        };
        if layout.fields.is_empty() {
            return Ok(());
        }
        let is_tried = matches!(layout.access, Access::Free | Access::MaybeFree);
        let found = match is_tried {
            true => block::read(channel, block, layout, self.settings.read_chunk),
            false => Ok(Found::Protected),
        };
        match found {
            Ok(Found::There(fields)) => contents.facts.extend(fields.facts),
            Ok(Found::Protected) => rest.blocks.push((name, (sector, version), block)),
            Ok(Found::Absent) => {}
            Ok(Found::Refused(_)) => unreadable(contents, &name),
            Err(error) if error.kind == CardErrorKind::Malformed => unreadable(contents, &name),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Reads blocks of one sector inside a session; gives the images among them.
    pub(super) fn read_sector(
        &self,
        session: &mut Session<'_, '_>,
        application: &Application,
        closed: Closed,
        contents: &mut CardContents,
    ) -> Result<Vec<Vec<u8>>, CardError> {
        let selected = select_sector(session, closed.sector, application.version)?;
        if selected.value().is_none() {
            return Err(CardError::new(CardErrorKind::Malformed).with_instruction(0xA4));
        }
        let mut protected = Vec::new();
        let mut images = Vec::new();
        for (name, (sector, version), block) in closed.blocks {
            let Some(layout) = self.settings.layout(sector, version, block.id) else {
                continue;
            };
            if matches!(layout.access, Access::Pin(reference) if reference != CITIZEN_PIN) {
                protected.push(name);
                continue;
            }
            match block::read(session, block, layout, self.settings.read_chunk_sm) {
                Ok(Found::There(fields)) => {
                    contents.facts.extend(fields.facts);
                    images.extend(fields.images);
                }
                Ok(Found::Protected) => protected.push(name),
                Ok(Found::Absent) => {}
                Ok(Found::Refused(_)) => unreadable(contents, &name),
                Err(error) if session.is_open() && error.kind == CardErrorKind::Malformed => {
                    unreadable(contents, &name);
                }
                Err(error) => return Err(error),
            }
        }
        if !protected.is_empty() {
            let note = facts::about(facts::PROTECTED, protected.join(", "));
            contents.notes.push(note);
        }
        // Selecting the application would end the session, so that there is no other way back.
        match select_parent(session, application.version)? {
            true => Ok(images),
            false => Err(CardError::new(CardErrorKind::Malformed).with_instruction(0xA4)),
        }
    }
}
