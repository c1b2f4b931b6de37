//! `verifierd account submit-data`.

use clap::Args;
use proto::v1::{
    PersonalData, SubmitPersonalDataRequest, account_service_client::AccountServiceClient,
};

use crate::cli::{
    Exit,
    client::{Data, Remote},
};

/// Give an account personal data and open a registry check
///
/// The file holds the fields of PersonalData: {"surname": …, "snils": …, "document": {…}, …}.
///
/// Передать личные данные и начать их проверку по реестрам.
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
    let request = match arguments.data.read::<PersonalData>() {
        Ok(data) => SubmitPersonalDataRequest {
            account_id: arguments.account.clone(),
            personal_data: Some(data),
        },
        Err(exit) => return exit,
    };
    arguments.remote.show(async |channel| {
        AccountServiceClient::new(channel)
            .submit_personal_data(request)
            .await
    })
}
