//! Roads by the name that profiles give them.

use std::sync::Arc;

use super::contents::CardRoad;
use super::uec::{UecRoad, UecSettings};

/// The road that a table `[[card.road]]` of a profile describes: `kind` names it, the other keys are its data.
///
/// # Errors
/// What is wrong with the table.
pub(super) fn from_table(mut table: toml::Table) -> Result<Arc<dyn CardRoad>, String> {
    let kind = match table.remove("kind") {
        Some(toml::Value::String(kind)) => kind,
        _ => return Err("`kind` must name the road".to_owned()),
    };
    match kind.as_str() {
        "uec" => Ok(Arc::new(UecRoad::new(UecSettings::from_table(table)?))),
        _ => Err(format!("there is no road `{kind}`")),
    }
}
