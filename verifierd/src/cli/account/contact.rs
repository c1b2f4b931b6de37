//! `verifierd account contact`.

use clap::Args;
use proto::v1::{ChangeContactRequest, account_service_client::AccountServiceClient};

use crate::cli::{
    Exit,
    client::{Data, Remote},
};

/// Replace the phone and e-mail of an account
///
/// The file holds {"phone": …, "email": …}; what is empty, the account has no more.
///
/// Заменить телефон и адрес почты; они — в файле.
#[derive(Args)]
pub(super) struct Arguments {
    /// The account / учётная запись
    account: String,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = match arguments.data.read::<ChangeContactRequest>() {
        Ok(request) => ChangeContactRequest {
            account_id: arguments.account.clone(),
            ..request
        },
        Err(exit) => return exit,
    };
    arguments.remote.show(async |channel| {
        AccountServiceClient::new(channel)
            .change_contact(request)
            .await
    })
}
