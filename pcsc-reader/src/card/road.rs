//! Roads by the name that profiles give them.

use std::sync::Arc;

use serde::Deserialize;
use sig_core::cms::build::ToBeSigned;

use super::contents::{CardContents, CardKey, CardNote, CardRoad, Progress};
use super::cryptopro_container;
use super::jacarta::JacartaPki;
use super::piv;
use super::pkcs15::Pkcs15;
use super::profile::Confidence;
use super::rutoken::Rutoken;
use super::uec::{UecRoad, UecSettings};
use crate::apdu::Channel;
use crate::error::CardError;
use crate::language::Text;
use crate::secret::PinUse;

/// The road that a table `[[card.road]]` of a profile describes: `kind` names it, `confidence` says how sure its data
/// is (documented, unless told otherwise), the other keys are its data.
///
/// # Errors
/// What is wrong with the table.
pub(super) fn from_table(mut table: toml::Table) -> Result<Arc<dyn CardRoad>, String> {
    let kind = match table.remove("kind") {
        Some(toml::Value::String(kind)) => kind,
        _ => return Err("`kind` must name the road".to_owned()),
    };
    let confidence = match table.remove("confidence") {
        Some(value) => Confidence::deserialize(value)
            .map_err(|error| error.to_string().trim_end().replace('\n', ", "))?,
        None => Confidence::Documented,
    };
    let road: Arc<dyn CardRoad> = match kind.as_str() {
        "cryptopro" => cryptopro_container::from_table(table)?,
        "jacarta-pki" => Arc::new(JacartaPki::from_table(table)?),
        "piv" => piv::from_table(table)?,
        "pkcs15" => Arc::new(Pkcs15::from_table(table)?),
        "rutoken" => Arc::new(Rutoken::from_table(table)?),
        "uec" => Arc::new(UecRoad::new(UecSettings::from_table(table)?)),
        _ => return Err(format!("there is no road `{kind}`")),
    };
    Ok(match confidence {
        Confidence::Assumed => Arc::new(Assumed(road)),
        Confidence::Documented | Confidence::Measured => road,
    })
}

/// A road whose data nobody has published for the model: what it leads to is real, what it does not find may be there.
#[derive(Debug)]
struct Assumed(Arc<dyn CardRoad>);

impl CardRoad for Assumed {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        let is_known = self.0.read(channel, contents, progress)?;
        if is_known {
            contents.notes.push(CardNote {
                code: "card.road.assumed",
                about: Some(self.name().to_owned()),
                text: Text {
                    ru: "как читать эту модель, в этой части предполагается: на карте может быть больше, чем показано",
                    en: "how this part of the model is read is assumed: the card may hold more than is shown",
                },
            });
        }
        Ok(is_known)
    }

    fn sign(
        &self,
        channel: &mut Channel<'_>,
        key: &CardKey,
        pin: Option<PinUse<'_>>,
        input: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError> {
        self.0.sign(channel, key, pin, input)
    }
}
