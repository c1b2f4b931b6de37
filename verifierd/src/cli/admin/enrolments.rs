//! `verifierd admin enrolments`.

use clap::Args;
use proto::v1::{
    EnrolmentKind, ListEnrolmentsRequest, enrolment_service_client::EnrolmentServiceClient,
};

use crate::cli::{
    Exit,
    client::{ANSWER_OCTETS, Remote},
};

/// List who may attest persons, a page at a time
///
/// Перечислить допущенных к удостоверению личности.
#[derive(Args)]
pub(super) struct Arguments {
    /// Only of this kind: CENTRE, OPERATOR, BANK / только этого вида
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<EnrolmentKind>,
    /// Only this centre and its operators / только этот центр и его операторы
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    centre: String,
    /// Only this bank / только этот банк
    #[arg(
        long,
        value_name = "OGRN",
        default_value = "",
        hide_default_value = true
    )]
    ogrn: String,
    /// How many / сколько
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    page_size: i32,
    /// The next_page_token of the page before / next_page_token прошлой страницы
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    page_token: String,
    #[command(flatten)]
    remote: Remote,
}

fn kind(word: &str) -> Result<EnrolmentKind, String> {
    let name = format!("ENROLMENT_KIND_{}", word.to_uppercase());
    let known = EnrolmentKind::from_str_name(&name);
    let known = known.filter(|it| *it != EnrolmentKind::Unspecified);
    known.ok_or_else(|| "no such kind / такого вида нет".to_owned())
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = ListEnrolmentsRequest {
        kind: arguments.kind.map_or(0, Into::into),
        centre_id: arguments.centre.clone(),
        operator_snils: String::new(),
        ogrn: arguments.ogrn.clone(),
        page_size: arguments.page_size,
        page_token: arguments.page_token.clone(),
    };
    arguments.remote.show(async |channel| {
        EnrolmentServiceClient::new(channel)
            .max_decoding_message_size(ANSWER_OCTETS)
            .list_enrolments(request)
            .await
    })
}
