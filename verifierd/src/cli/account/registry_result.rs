//! `verifierd account registry-result`.

use std::path::PathBuf;

use clap::Args;
use proto::v1::{
    RecordRegistryResultRequest, Registry, RegistryAnswer, RegistryOutcome,
    account_service_client::AccountServiceClient,
};

use crate::cli::{
    Exit,
    client::{self, Remote},
};

/// Record what the state registries answered to a check
///
/// The file holds {"answers": [{"registry": "PENSION_FUND", "outcome": "FAILED", "mismatches": [{"field": "snils", "code":
/// "NOT_FOUND"}]}, {"registry": "PASSPORT", "outcome": "PASSED"}]}.
///
/// Записать ответ государственных реестров на проверку.
#[derive(Args)]
pub(super) struct Arguments {
    /// The account / учётная запись
    account: String,
    /// The check that is answered, as `submit-data` and `show` name it / номер проверки
    #[arg(long, value_name = "ID")]
    check: String,
    #[command(flatten)]
    answers: Answers,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Answers {
    /// Every registry confirmed every field / все реестры подтвердили все поля
    #[arg(long)]
    passed: bool,
    /// File with the answers as JSON, `-` for standard input / файл с ответами, `-` — стандартный ввод
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
}

impl Answers {
    fn read(&self) -> Result<Vec<RegistryAnswer>, Exit> {
        match &self.data {
            Some(path) => Ok(client::data::<RecordRegistryResultRequest>(path)?.answers),
            None => {
                let passed = |registry: Registry| RegistryAnswer {
                    registry: registry.into(),
                    outcome: RegistryOutcome::Passed.into(),
                    mismatches: Vec::new(),
                };
                Ok([Registry::PensionFund, Registry::Passport]
                    .map(passed)
                    .into())
            }
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = match arguments.answers.read() {
        Ok(answers) => RecordRegistryResultRequest {
            account_id: arguments.account.clone(),
            check_id: arguments.check.clone(),
            answers,
        },
        Err(exit) => return exit,
    };
    arguments.remote.show(async |channel| {
        AccountServiceClient::new(channel)
            .record_registry_result(request)
            .await
    })
}
