//! `verifierd account register`.

use clap::Args;
use proto::v1::{RegisterAccountRequest, account_service_client::AccountServiceClient};

use crate::cli::{
    Exit,
    client::{Data, Remote},
};

/// Create an account of level SIMPLIFIED
///
/// The file holds {"surname": …, "given_name": …, "phone": …, "email": …}.
///
/// Создать упрощённую учётную запись; имя и контакты — в файле.
#[derive(Args)]
pub(super) struct Arguments {
    /// Its id, chosen by the portal / её идентификатор
    account: String,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = match arguments.data.read::<RegisterAccountRequest>() {
        Ok(request) => RegisterAccountRequest {
            account_id: arguments.account.clone(),
            ..request
        },
        Err(exit) => return exit,
    };
    arguments.remote.show(async |channel| {
        AccountServiceClient::new(channel)
            .register_account(request)
            .await
    })
}
