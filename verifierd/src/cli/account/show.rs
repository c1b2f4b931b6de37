//! `verifierd account show`.

use clap::Args;
use proto::v1::{GetAccountRequest, account_service_client::AccountServiceClient};

use crate::cli::{Exit, client::Remote};

/// Show an account as it stands
///
/// Показать учётную запись.
#[derive(Args)]
pub(super) struct Arguments {
    /// The account / учётная запись
    account: String,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = GetAccountRequest {
        account_id: arguments.account.clone(),
    };
    arguments.remote.show(async |channel| {
        AccountServiceClient::new(channel)
            .get_account(request)
            .await
    })
}
