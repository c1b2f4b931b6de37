//! Profiles that a user adds: where they come from, and what they may not say.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use crate::card::profile::{LocalText, ProfileError, reason};
use crate::language::Language;
use crate::system_fault::system_fault;

/// Most files of a folder.
const MOST_FILES: usize = 64;

/// Most octets of a file.
const MOST_OCTETS: u64 = 256 * 1024;

/// Keys of roads that say how PINs are treated. They stand with the program: a card whose tries are wrongly counted loses
/// its PIN.
const PIN_KEYS: [&str; 4] = ["logout", "pin", "safe_query", "user_pin"];

/// Registered identifier of the universal electronic card: its PINs go through a session of its own only.
const UEC: &str = "A000000432";

/// Stands for the identifier of a model where a road is for cards of none.
const ANY_CARD: &str = "*";

/// The `*.toml` files of a folder in the order of their names.
///
/// # Errors
/// [`ProfileError::File`].
pub(super) fn read(folder: &Path) -> Result<Vec<(String, String)>, ProfileError> {
    let fail = |file: &Path, message: LocalText| {
        let file = file.file_name().unwrap_or(file.as_os_str());
        let file = file.to_string_lossy().into_owned();
        ProfileError::File { file, message }
    };
    let entries = fs::read_dir(folder).map_err(|error| fail(folder, fault(&error)))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| fail(folder, fault(&error)))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    if paths.len() > MOST_FILES {
        let message = LocalText {
            ru: format!("профилей больше {MOST_FILES}"),
            en: format!("more than {MOST_FILES} profiles"),
        };
        return Err(fail(folder, message));
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let mut text = String::new();
        let file = fs::File::open(&path).map_err(|error| fail(&path, fault(&error)))?;
        let mut some = file.take(MOST_OCTETS + 1);
        some.read_to_string(&mut text)
            .map_err(|error| fail(&path, fault(&error)))?;
        if text.len() as u64 > MOST_OCTETS {
            let message = LocalText {
                ru: format!("больше {MOST_OCTETS} октетов"),
                en: format!("more than {MOST_OCTETS} octets"),
            };
            return Err(fail(&path, message));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files.push((name.into_owned(), text));
    }
    Ok(files)
}

fn fault(error: &io::Error) -> LocalText {
    let [ru, en] = [Language::Ru, Language::En].map(|it| system_fault(error.kind(), it).to_owned());
    LocalText { ru, en }
}

/// Refuses a profile that changes how PINs are treated: a road may carry the keys of [`PIN_KEYS`] as the program has them
/// for the same kind of road of the same model, and must carry those; a new model has none. The universal electronic
/// card is left to the program.
///
/// # Errors
/// [`ProfileError::Reserved`], [`ProfileError::Syntax`].
pub(super) fn check(file: &str, text: &str, own: &[(&str, &str)]) -> Result<(), ProfileError> {
    let known: Vec<Road> = own
        .iter()
        .map(|(file, text)| roads(file, text))
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    let reserved = |id: &str, key: &str| ProfileError::Reserved {
        file: file.to_owned(),
        id: id.to_owned(),
        key: key.to_owned(),
    };
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.to_uppercase().contains(UEC) {
        return Err(reserved(ANY_CARD, UEC));
    }
    for road in roads(file, text)? {
        if road.id == "uec" {
            return Err(reserved(&road.id, "id"));
        }
        let same = |known: &&Road| known.id == road.id && known.kind == road.kind;
        let expected = known.iter().find(same).map(|known| &known.rules);
        for (place, key) in PIN_KEYS.iter().enumerate() {
            let own = expected
                .and_then(|rules| rules.get(place))
                .cloned()
                .flatten();
            if road.rules.get(place).cloned().flatten() != own {
                return Err(reserved(&road.id, key));
            }
        }
    }
    Ok(())
}

/// A road of a profile, as far as PINs are concerned. A model without roads counts as one road of no kind.
#[derive(Clone)]
struct Road {
    id: String,
    kind: String,
    rules: [Option<toml::Value>; PIN_KEYS.len()],
}

fn roads(file: &str, text: &str) -> Result<Vec<Road>, ProfileError> {
    let table: toml::Table = toml::from_str(text).map_err(|error| ProfileError::Syntax {
        file: file.to_owned(),
        message: reason::syntax(text, &error),
    })?;
    let mut roads = Vec::new();
    let mut add = |id: &str, table: &toml::Table| {
        let tables = table.get("road").and_then(toml::Value::as_array);
        let tables = tables.map(Vec::as_slice).unwrap_or_default();
        let of = |key: &str, table: &toml::Value| table.get(key).cloned();
        roads.extend(tables.iter().map(|table| Road {
            id: id.to_owned(),
            kind: match of("kind", table) {
                Some(toml::Value::String(kind)) => kind,
                _ => String::new(),
            },
            rules: PIN_KEYS.map(|key| of(key, table)),
        }));
        if tables.is_empty() {
            roads.push(Road {
                id: id.to_owned(),
                kind: String::new(),
                rules: Default::default(),
            });
        }
    };
    add(ANY_CARD, &table);
    let cards = table.get("card").and_then(toml::Value::as_array);
    for card in cards.map(Vec::as_slice).unwrap_or_default() {
        if let (Some(toml::Value::String(id)), Some(table)) = (card.get("id"), card.as_table()) {
            add(id, table);
        }
    }
    Ok(roads)
}

#[cfg(test)]
mod tests;
