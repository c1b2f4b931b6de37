//! `verifierd account block` and `verifierd account unblock`.

use clap::Args;
use proto::v1::{
    BlockAccountRequest, UnblockAccountRequest, account_service_client::AccountServiceClient,
};

use crate::cli::{Exit, client::Remote};

/// Refuse every application of an account until it is unblocked
///
/// Отклонять все заявления учётной записи, пока её не разблокируют.
#[derive(Args)]
pub(super) struct BlockArguments {
    /// The account / учётная запись
    account: String,
    /// Why, for staff / причина, для сотрудников
    #[arg(long)]
    reason: String,
    /// Who acts, an id and no name / кто действует: идентификатор, не имя
    #[arg(long, value_name = "ID")]
    by: String,
    #[command(flatten)]
    remote: Remote,
}

/// Let a blocked account act again
///
/// Разблокировать учётную запись.
#[derive(Args)]
pub(super) struct UnblockArguments {
    /// The account / учётная запись
    account: String,
    /// Who acts, an id and no name / кто действует: идентификатор, не имя
    #[arg(long, value_name = "ID")]
    by: String,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn block(arguments: &BlockArguments) -> Exit {
    let request = BlockAccountRequest {
        account_id: arguments.account.clone(),
        reason: arguments.reason.clone(),
        acted_by: arguments.by.clone(),
    };
    arguments.remote.show(async |channel| {
        AccountServiceClient::new(channel)
            .block_account(request)
            .await
    })
}

pub(super) fn unblock(arguments: &UnblockArguments) -> Exit {
    let request = UnblockAccountRequest {
        account_id: arguments.account.clone(),
        acted_by: arguments.by.clone(),
    };
    arguments.remote.show(async |channel| {
        AccountServiceClient::new(channel)
            .unblock_account(request)
            .await
    })
}
