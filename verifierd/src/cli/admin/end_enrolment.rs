//! `verifierd admin end-enrolment`.

use clap::Args;
use proto::v1::{EndEnrolmentRequest, enrolment_service_client::EnrolmentServiceClient};

use crate::cli::{Exit, client::Remote};

/// End an enrolment at once
///
/// Прекратить допуск немедленно.
#[derive(Args)]
pub(super) struct Arguments {
    /// The enrolment / допуск
    enrolment: String,
    /// Who acts, an id and no name / кто прекращает: идентификатор, не имя
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = EndEnrolmentRequest {
        enrolment_id: arguments.enrolment.clone(),
        until: None,
        acted_by: arguments.by.clone(),
    };
    arguments.remote.show(async |channel| {
        let mut client = EnrolmentServiceClient::new(channel);
        client.end_enrolment(request).await
    })
}
