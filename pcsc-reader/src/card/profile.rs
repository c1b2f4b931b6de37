//! What is known of one model of card: data, read strictly.

mod error;
pub(super) mod reason;

use std::sync::Arc;

use serde::Deserialize;

pub use error::ProfileError;

use super::contents::CardRoad;
use super::road;
use super::setting::octets;
use crate::apdu::{Aid, Atr};

/// Version of the profile format this program reads.
const SCHEMA: u32 = 1;

/// One model of card or token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CardProfile {
    /// Stable identifier, kebab case.
    pub id: String,
    /// What sort of thing it is.
    pub kind: CardKind,
    /// Name for people.
    pub name: LocalText,
    /// How sure the recognition rule is.
    pub confidence: Confidence,
    /// What the clerk should know about this model.
    pub note: Option<LocalText>,
    /// Application whose presence confirms the model.
    pub confirm: Option<Aid>,
    /// How to come to what it holds, in the order to try.
    pub roads: Vec<Arc<dyn CardRoad>>,
    patterns: Vec<Pattern>,
}

/// A text in both languages, from a profile.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct LocalText {
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

/// Sort of card.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CardKind {
    /// A card issued by a state to a citizen.
    CitizenCard,
    /// A key carrier bought by its owner: USB token or smart card.
    Token,
}

/// How sure a recognition rule is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Confidence {
    /// Plausible, unproven.
    Assumed,
    /// Published.
    Documented,
    /// Seen on real cards.
    Measured,
}

impl CardProfile {
    /// The ATR is that of this model.
    pub fn matches(&self, atr: &Atr) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(atr))
    }
}

/// What one profile file holds.
pub(super) struct ProfileFile {
    /// Models.
    pub(super) cards: Vec<CardProfile>,
    /// Roads for cards of no model (`[[road]]`).
    pub(super) roads: Vec<Arc<dyn CardRoad>>,
}

/// Reads one profile file.
///
/// # Errors
/// [`ProfileError`] of the first thing that cannot be used.
pub(super) fn from_toml(file: &str, text: &str) -> Result<ProfileFile, ProfileError> {
    let table: File = toml::from_str(text).map_err(|error| ProfileError::Syntax {
        file: file.to_owned(),
        message: reason::syntax(text, &error),
    })?;
    if table.schema != SCHEMA {
        return Err(ProfileError::Schema {
            file: file.to_owned(),
            schema: table.schema,
        });
    }
    let cards = table.card.into_iter();
    Ok(ProfileFile {
        cards: cards
            .map(|card| card.into_profile(file))
            .collect::<Result<_, _>>()?,
        roads: roads(file, ANY_CARD, table.road)?,
    })
}

/// Stands for the identifier of a model where a road is for cards of none.
const ANY_CARD: &str = "*";

fn roads(
    file: &str,
    id: &str,
    tables: Vec<toml::Table>,
) -> Result<Vec<Arc<dyn CardRoad>>, ProfileError> {
    let numbered = tables.into_iter().enumerate();
    numbered
        .map(|(index, table)| {
            road::from_table(table).map_err(|message| ProfileError::Road {
                file: file.to_owned(),
                id: id.to_owned(),
                number: index + 1,
                message: reason::reason(message),
            })
        })
        .collect()
}

/// One recognition rule: octets compared under a mask.
#[derive(Clone, Debug)]
struct Pattern {
    part: Part,
    value: Vec<u8>,
    mask: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Atr,
    HistoricalBytes,
}

impl Pattern {
    fn matches(&self, atr: &Atr) -> bool {
        let octets = match self.part {
            Part::Atr => atr.as_bytes(),
            Part::HistoricalBytes => atr.historical_bytes(),
        };
        octets.len() == self.value.len()
            && octets
                .iter()
                .zip(&self.value)
                .zip(&self.mask)
                .all(|((octet, value), mask)| octet & mask == value & mask)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    #[serde(default)]
    card: Vec<CardTable>,
    #[serde(default)]
    road: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardTable {
    id: String,
    kind: CardKind,
    name: LocalText,
    confidence: Confidence,
    note: Option<LocalText>,
    confirm_aid: Option<String>,
    #[serde(default)]
    r#match: Vec<MatchTable>,
    #[serde(default)]
    road: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, untagged)]
enum MatchTable {
    Atr {
        atr: String,
        atr_mask: Option<String>,
    },
    Historical {
        hist: String,
        hist_mask: Option<String>,
    },
}

impl CardTable {
    fn into_profile(self, file: &str) -> Result<CardProfile, ProfileError> {
        let hex_error = |key| ProfileError::Hex {
            file: file.to_owned(),
            id: self.id.clone(),
            key,
        };
        if self.r#match.is_empty() {
            return Err(ProfileError::NoMatch {
                file: file.to_owned(),
                id: self.id,
            });
        }
        let mut patterns = Vec::with_capacity(self.r#match.len());
        for table in &self.r#match {
            let (part, value, mask, key, mask_key) = match table {
                MatchTable::Atr { atr, atr_mask } => (Part::Atr, atr, atr_mask, "atr", "atr_mask"),
                MatchTable::Historical { hist, hist_mask } => {
                    (Part::HistoricalBytes, hist, hist_mask, "hist", "hist_mask")
                }
            };
            let value = octets(value).map_err(|_| hex_error(key))?;
            let mask = match mask {
                None => vec![0xFF; value.len()],
                Some(mask) => octets(mask)
                    .ok()
                    .filter(|mask| mask.len() == value.len())
                    .ok_or_else(|| hex_error(mask_key))?,
            };
            patterns.push(Pattern { part, value, mask });
        }
        let confirm = match &self.confirm_aid {
            None => None,
            Some(text) => {
                let aid = octets(text)
                    .ok()
                    .and_then(|bytes| Aid::from_bytes(&bytes).ok());
                Some(aid.ok_or_else(|| hex_error("confirm_aid"))?)
            }
        };
        let roads = roads(file, &self.id, self.road)?;
        Ok(CardProfile {
            id: self.id,
            kind: self.kind,
            name: self.name,
            confidence: self.confidence,
            note: self.note,
            confirm,
            roads,
            patterns,
        })
    }
}

#[cfg(test)]
mod tests;
