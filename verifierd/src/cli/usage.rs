//! Mistakes on the command line, in Russian beside the English of the parser.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use sig_core::finding::displayable;

/// What is wrong, in one line.
pub(super) fn in_russian(error: &Error) -> String {
    let named = |kind| error.get(kind).map(shown).unwrap_or_default();
    let (argument, value) = (
        named(ContextKind::InvalidArg),
        named(ContextKind::InvalidValue),
    );
    match error.kind() {
        ErrorKind::UnknownArgument => format!("неизвестный параметр {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "неизвестная команда {}",
                named(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("у параметра {argument} нет значения")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("неверное значение {value} параметра {argument}")
        }
        ErrorKind::MissingRequiredArgument => format!("не хватает {argument}"),
        ErrorKind::ArgumentConflict => {
            let other = named(ContextKind::PriorArg);
            format!("параметры {argument} и {other} не сочетаются")
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "не указана команда".to_owned()
        }
        _ => "командная строка неверна".to_owned(),
    }
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(several) => displayable(&several.join(", ")),
        other => displayable(&other.to_string()),
    }
}
