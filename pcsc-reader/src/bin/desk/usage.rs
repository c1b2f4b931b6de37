//! Mistakes on the command line, in Russian beside the English of the parser.

use clap::error::{ContextKind, Error, ErrorKind};

use crate::text::printable;

/// What is wrong, in one line.
pub(crate) fn in_russian(error: &Error) -> String {
    let named = |kind| match error.get(kind) {
        Some(value) => printable(&value.to_string()),
        None => String::new(),
    };
    let argument = named(ContextKind::InvalidArg);
    let value = named(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => format!("неизвестный параметр {argument}"),
        ErrorKind::InvalidSubcommand => {
            let command = named(ContextKind::InvalidSubcommand);
            format!("неизвестная команда {command}")
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
            if other == argument {
                format!("параметр {argument} указан дважды")
            } else {
                format!("параметры {argument} и {other} не сочетаются")
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "не указана команда".to_owned()
        }
        _ => "командная строка неверна".to_owned(),
    }
}
