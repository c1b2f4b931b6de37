//! Recognition: ATR to model, then the model's application.

mod folder;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::contents::CardRoad;
use super::profile::{self, CardProfile, ProfileError};
use crate::apdu::{Atr, AtrError, Channel, CommandApdu, SelectAnswer, StatusWord, refused};
use crate::error::CardError;
use crate::transport::Transport;

/// The built-in profiles: file name and text.
const BUILTIN: [(&str, &str); 8] = [
    ("esmart.toml", include_str!("../../profiles/esmart.toml")),
    ("etoken.toml", include_str!("../../profiles/etoken.toml")),
    ("generic.toml", include_str!("../../profiles/generic.toml")),
    (
        "infocrypt.toml",
        include_str!("../../profiles/infocrypt.toml"),
    ),
    ("jacarta.toml", include_str!("../../profiles/jacarta.toml")),
    (
        "kaztoken.toml",
        include_str!("../../profiles/kaztoken.toml"),
    ),
    ("rutoken.toml", include_str!("../../profiles/rutoken.toml")),
    ("uec.toml", include_str!("../../profiles/uec.toml")),
];

/// The models this program knows.
#[derive(Clone, Debug)]
pub struct CardRegistry {
    profiles: Vec<CardProfile>,
    generic: Vec<Arc<dyn CardRoad>>,
}

/// What a card is, as far as its ATR tells.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CardIdentity<'r> {
    /// The ATR is that of a known model. An ATR alone is never proof.
    Known(&'r CardProfile),
    /// A well-formed ATR of no known model.
    Unknown,
    /// No well-formed ATR.
    Unreadable(AtrError),
}

/// Whether the card holds the application its model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmation {
    /// The application answered.
    Confirmed,
    /// The card says it has no such application.
    Contradicted,
    /// The profile names no application to ask for.
    NotDefined,
}

impl CardRegistry {
    /// The models that come with the program.
    ///
    /// # Errors
    /// [`ProfileError`] when a built-in profile is broken.
    pub fn builtin() -> Result<Self, ProfileError> {
        Self::from_toml(&BUILTIN)
    }

    /// The models that come with the program and those in the `*.toml` files of a folder, read in the order of their
    /// names: a later model takes the place of an earlier one with the same `id`, others follow those of the program.
    /// Nothing that such a file says loosens how PINs are treated, or opens the private part of a container.
    ///
    /// # Errors
    /// [`ProfileError`] of the first file that cannot be used.
    ///
    /// # Limits
    /// 64 files of 256 KiB.
    pub fn with_folder(path: &Path) -> Result<Self, ProfileError> {
        let mut registry = Self::builtin()?;
        for (file, text) in folder::read(path)? {
            folder::check(&file, &text, &BUILTIN)?;
            let added = Self::from_toml(&[(file.as_str(), text.as_str())])?;
            for profile in added.profiles {
                let known = registry
                    .profiles
                    .iter_mut()
                    .find(|known| known.id == profile.id);
                match known {
                    Some(known) => *known = profile,
                    None => registry.profiles.push(profile),
                }
            }
            registry.generic.extend(added.generic);
        }
        Ok(registry)
    }

    /// Reads profiles from pairs of file name and text.
    ///
    /// # Errors
    /// [`ProfileError`] of the first text that cannot be used.
    pub fn from_toml(files: &[(&str, &str)]) -> Result<Self, ProfileError> {
        let mut ids = HashSet::new();
        let mut profiles = Vec::new();
        let mut generic = Vec::new();
        for (file, text) in files {
            let contents = profile::from_toml(file, text)?;
            generic.extend(contents.roads);
            for profile in contents.cards {
                if !ids.insert(profile.id.clone()) {
                    return Err(ProfileError::DuplicateId {
                        file: (*file).to_owned(),
                        id: profile.id,
                    });
                }
                profiles.push(profile);
            }
        }
        Ok(CardRegistry { profiles, generic })
    }

    /// All models.
    pub fn profiles(&self) -> &[CardProfile] {
        &self.profiles
    }

    /// The roads to what the card with these ATR octets holds, in the order to try: those of its model, or for a card of
    /// no model, or of one without roads, those that any card may know (`[[road]]` of the profiles).
    pub fn roads(&self, atr: &[u8]) -> Vec<Arc<dyn CardRoad>> {
        match self.identity(atr) {
            CardIdentity::Known(profile) if !profile.roads.is_empty() => profile.roads.clone(),
            _ => self.generic.clone(),
        }
    }

    /// The model whose rule fits `atr`; a rule for a whole family counts where that of no model does.
    pub fn recognise(&self, atr: &Atr) -> Option<&CardProfile> {
        let mut profiles = self.profiles.iter();
        let model = profiles.find(|profile| profile.matches_model(atr));
        model.or_else(|| self.profiles.iter().find(|profile| profile.matches(atr)))
    }

    /// What the card with these ATR octets is.
    pub fn identity(&self, atr: &[u8]) -> CardIdentity<'_> {
        match Atr::from_bytes(atr) {
            Err(error) => CardIdentity::Unreadable(error),
            Ok(atr) => match self.recognise(&atr) {
                Some(profile) => CardIdentity::Known(profile),
                None => CardIdentity::Unknown,
            },
        }
    }
}

/// Asks the card for the application of `profile`: SELECT by AID without an answer.
///
/// It changes the application selected on the card, so it belongs into a transaction.
///
/// # Errors
/// The failed exchange, or [`CardErrorKind::Refused`](crate::CardErrorKind::Refused) with a status word that says neither yes
/// nor no.
pub fn identify(
    profile: &CardProfile,
    transport: &mut dyn Transport,
) -> Result<Confirmation, CardError> {
    let Some(aid) = &profile.confirm else {
        return Ok(Confirmation::NotDefined);
    };
    let command = CommandApdu::select_application(aid, SelectAnswer::Nothing);
    let response = Channel::new(transport).send(&command)?;
    match response.status {
        status if status.is_success() => Ok(Confirmation::Confirmed),
        // The application is there but deactivated.
        StatusWord::DEACTIVATED => Ok(Confirmation::Confirmed),
        StatusWord::NOT_FOUND => Ok(Confirmation::Contradicted),
        status => Err(refused(&command, status)),
    }
}

#[cfg(test)]
mod tests;
