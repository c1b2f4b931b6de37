//! Where PKCS #15 is on a card (ISO/IEC 7816-15 §7.4, §7.5).

use super::files::{Files, Place};
use super::object::{Path, SEQUENCE, all, entries, label};
use super::settings::Settings;
use super::{ignoring_refusal, malformed};
use crate::apdu::{Aid, Tag, Tlv};
use crate::error::CardError;

/// EF.DIR (ISO/IEC 7816-4 §12.2.1).
const EF_DIR: [u8; 2] = [0x2F, 0x00];

/// Directory of a card without EF.DIR (PKCS #15 v1.1 §5.4).
const DF: [u8; 2] = [0x50, 0x15];

/// EF.OD (ISO/IEC 7816-15 §7.5.2).
const EF_OD: [u8; 2] = [0x50, 0x31];

/// EF.CardInfo (ISO/IEC 7816-15 §7.5.3).
const EF_CARD_INFO: [u8; 2] = [0x50, 0x32];

/// Applications of one card that are looked at.
const MOST_APPLICATIONS: usize = 8;

/// A PKCS #15 application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) label: Option<String>,
    pub(super) directory: Path,
    pub(super) card_info: Path,
}

impl Found {
    fn at(place: Place) -> Self {
        Found {
            place,
            label: None,
            directory: Path::of(&EF_OD),
            card_info: Path::of(&EF_CARD_INFO),
        }
    }
}

/// The applications of EF.DIR that are of PKCS #15, else the one with an identifier of it, else that at its customary
/// place. A place is no promise that there is a directory of objects.
///
/// # Errors
/// The failed exchange.
pub(super) fn find(
    files: &mut Files<'_, '_>,
    settings: &Settings,
) -> Result<Vec<Found>, CardError> {
    let root = Place::Path(Vec::new());
    let read = files.read(&root, &Path::of(&EF_DIR));
    if let Some(list) = ignoring_refusal(read)?.flatten() {
        let (templates, _) = entries(&list);
        let found: Vec<_> = templates
            .iter()
            .filter_map(|template| of_template(template, settings).ok().flatten())
            .take(MOST_APPLICATIONS)
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    for aid in &settings.aids {
        let place = Place::Application(aid.clone());
        let selected = files.select(&place, &Path::default());
        if ignoring_refusal(selected)?.flatten().is_some() {
            return Ok(vec![Found::at(place)]);
        }
    }
    Ok(vec![Found::at(Place::Path(DF.to_vec()))])
}

/// An application template (ISO/IEC 7816-4 §12.2.2); none of another application.
///
/// ```text
/// 61 { 4F identifier, 50 label, 51 path, 73 { odfPath Path OPTIONAL, cardInfoPath [0] Path OPTIONAL, … } }
/// ```
fn of_template(template: &Tlv<'_>, settings: &Settings) -> Result<Option<Found>, CardError> {
    let parts = all(template.value)?;
    let first = |tag| parts.iter().find(|part| part.tag == Tag(tag));
    let (Tag(0x61), Some(aid)) = (template.tag, first(0x4F)) else {
        return Ok(None);
    };
    let is_known = |known: &Aid| aid.value.starts_with(known.as_bytes());
    if !settings.aids.iter().any(is_known) {
        return Ok(None);
    }
    let place = match first(0x51) {
        Some(path) if !path.value.is_empty() => {
            let path = path.value.strip_prefix(&[0x3F, 0x00]).unwrap_or(path.value);
            if path.len() > 14 || !path.len().is_multiple_of(2) {
                return Err(malformed());
            }
            Place::Path(path.to_vec())
        }
        _ => Place::Application(Aid::from_bytes(aid.value).map_err(|_| malformed())?),
    };
    let mut found = Found::at(place);
    found.label = first(0x50).and_then(|part| label(part.value));
    if let Some(discretionary) = first(0x73) {
        for part in all(discretionary.value)? {
            match part.tag {
                SEQUENCE => found.directory = Path::read(part.value)?,
                Tag(0xA0) => found.card_info = Path::read(part.value)?,
                _ => {}
            }
        }
    }
    Ok(Some(found))
}
