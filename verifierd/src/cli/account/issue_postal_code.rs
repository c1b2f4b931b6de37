//! `verifierd account issue-postal-code`.

use clap::Args;
use proto::v1::{IssuePostalCodeRequest, confirmation_service_client::ConfirmationServiceClient};

use crate::cli::{Exit, client::Remote};

/// Issue the code for a letter to the account's person
///
/// The answer is the only place that ever shows the code: print it in the letter.
///
/// Выдать код для письма; он показывается один раз.
#[derive(Args)]
pub(super) struct Arguments {
    /// The account / учётная запись
    account: String,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = IssuePostalCodeRequest {
        account_id: arguments.account.clone(),
    };
    arguments.remote.show(async |channel| {
        ConfirmationServiceClient::new(channel)
            .issue_postal_code(request)
            .await
    })
}
