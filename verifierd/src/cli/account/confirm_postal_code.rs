//! `verifierd account confirm-postal-code`.

use std::path::PathBuf;

use clap::Args;
use proto::v1::{
    ConfirmWithPostalCodeRequest, confirmation_service_client::ConfirmationServiceClient,
};

use crate::cli::{
    Exit,
    client::{self, ANSWER_OCTETS, Remote},
    say,
};

/// Confirm an account by the code of its latest letter
///
/// Подтвердить учётную запись кодом из письма; код — в файле или на стандартном вводе.
#[derive(Args)]
pub(super) struct Arguments {
    /// The account / учётная запись
    account: String,
    /// File with the 16 digits, `-` for standard input / файл с кодом, `-` — стандартный ввод
    #[arg(long, value_name = "FILE")]
    code: PathBuf,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let code = match client::file(&arguments.code) {
        Ok(octets) => String::from_utf8(octets),
        Err(exit) => return exit,
    };
    let Ok(code) = code else {
        let file = crate::cli::named(&arguments.code);
        say(&format_args!(
            "{file}: not text; give a file with the 16 digits of the letter / \
             не текст; нужен файл с 16 цифрами из письма"
        ));
        return Exit::Usage;
    };
    let request = ConfirmWithPostalCodeRequest {
        account_id: arguments.account.clone(),
        code: code.trim().to_owned(),
    };
    arguments.remote.show(async |channel| {
        ConfirmationServiceClient::new(channel)
            .max_decoding_message_size(ANSWER_OCTETS)
            .confirm_with_postal_code(request)
            .await
    })
}
