//! `verifierd account organisations`.

use clap::Args;
use proto::v1::{ListOrganisationsRequest, organisation_service_client::OrganisationServiceClient};

use crate::cli::{
    Exit,
    client::{ANSWER_OCTETS, Remote},
};

/// List the organisations of an account
///
/// Перечислить организации учётной записи.
#[derive(Args)]
pub(super) struct Arguments {
    /// The account / учётная запись
    account: String,
    #[command(flatten)]
    remote: Remote,
}

const COLUMNS: &[&str] = &["link_id", "ogrn", "ogrnip", "linked_at", "ended_at"];

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = ListOrganisationsRequest {
        account_id: arguments.account.clone(),
    };
    let answer = arguments.remote.ask(async |channel| {
        OrganisationServiceClient::new(channel)
            .max_decoding_message_size(ANSWER_OCTETS)
            .list_organisations(request)
            .await
    });
    match answer {
        Ok(answer) => arguments.remote.rows(answer.get_ref(), "links", COLUMNS),
        Err(exit) => exit,
    }
}
