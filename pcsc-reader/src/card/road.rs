//! Roads by the name that profiles give them.

use std::sync::Arc;

use super::contents::CardRoad;
use super::piv;
use super::pkcs15::Pkcs15;

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
        "piv" => table
            .try_into()
            .map_err(|error| error.to_string())
            .and_then(piv::from_table),
        "pkcs15" => Ok(Arc::new(Pkcs15::from_table(table)?)),
        _ => Err(format!("there is no road `{kind}`")),
    }
}
