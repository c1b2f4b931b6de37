//! `verifierd account list`.

use clap::Args;
use proto::v1::{
    AccountLevel, AccountStatus, ListAccountsRequest, account_service_client::AccountServiceClient,
};

use crate::cli::{
    Exit,
    client::{ANSWER_OCTETS, Paging, Remote},
};

/// List accounts in the order of their ids
///
/// Перечислить учётные записи.
#[derive(Args)]
pub(super) struct Arguments {
    /// Only this level: SIMPLIFIED, STANDARD, CONFIRMED / только этот уровень
    #[arg(long, value_parser = level)]
    level: Option<AccountLevel>,
    /// Only this status: ACTIVE, BLOCKED / только этот статус
    #[arg(long, value_parser = status)]
    status: Option<AccountStatus>,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    remote: Remote,
}

fn level(word: &str) -> Result<AccountLevel, String> {
    let known = AccountLevel::from_str_name(&format!("ACCOUNT_LEVEL_{}", word.to_uppercase()));
    known
        .filter(|it| *it != AccountLevel::Unspecified)
        .ok_or_else(|| "no such level / такого уровня нет".to_owned())
}

fn status(word: &str) -> Result<AccountStatus, String> {
    let known = AccountStatus::from_str_name(&format!("ACCOUNT_STATUS_{}", word.to_uppercase()));
    known
        .filter(|it| *it != AccountStatus::Unspecified)
        .ok_or_else(|| "no such status / такого статуса нет".to_owned())
}

const COLUMNS: &[&str] = &[
    "account_id",
    "level",
    "status",
    "registered_at",
    "registry_check.state",
    "confirmation.channel",
];

pub(super) fn run(arguments: &Arguments) -> Exit {
    arguments.paging.run(|token| {
        let request = ListAccountsRequest {
            level: arguments.level.unwrap_or_default().into(),
            status: arguments.status.unwrap_or_default().into(),
            page_size: arguments.paging.size,
            page_token: token,
        };
        let answer = arguments.remote.ask(async |channel| {
            AccountServiceClient::new(channel)
                .max_decoding_message_size(ANSWER_OCTETS)
                .list_accounts(request)
                .await
        });
        let answer = answer?.into_inner();
        let shown = arguments.remote.rows(&answer, "accounts", COLUMNS);
        Ok((shown, answer.next_page_token))
    })
}
