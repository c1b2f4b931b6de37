//! `verifierd admin evidence`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use proto::v1::{
    AccountLevel, EvidenceHeader, GetEvidenceRequest, ListAccountsRequest,
    account_service_client::AccountServiceClient,
    confirmation_service_client::ConfirmationServiceClient, get_evidence_response::Part,
};
use sig_core::finding::displayable;
use tonic::{Status, transport::Channel};

use crate::{
    cli::{
        Exit,
        client::{self, Remote, Shape},
        evidence::binding::Binding,
        say,
    },
    service::change::sha256,
    shown,
};

/// Evidence that accounts are confirmed by
///
/// Доказательства, на которых основано подтверждение учётных записей.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Export(Export),
}

/// Export the evidence of accounts as files that anybody can judge again
///
/// Of each account two new files in the folder: EVIDENCE.zip, which `verifierd evidence verify` judges again offline, and
/// EVIDENCE.json, by which `verifierd evidence account` shows what account it confirms and which leaf of the audit log
/// binds it.
///
/// Выгрузить доказательства учётных записей в файлы, которые любой может проверить заново.
#[derive(Args)]
struct Export {
    /// Accounts / учётные записи
    #[arg(value_name = "ACCOUNT", required_unless_present = "all_confirmed")]
    accounts: Vec<String>,
    /// Every account that is confirmed / все подтверждённые учётные записи
    #[arg(long, conflicts_with_all = ["accounts", "evidence"])]
    all_confirmed: bool,
    /// The judgement, when not the one that the confirmation rests on / другая проверка этой записи
    #[arg(long, value_name = "EVIDENCE")]
    evidence: Option<String>,
    /// Folder for the files / каталог для файлов
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Export(arguments) => export(arguments),
    }
}

fn export(arguments: &Export) -> Exit {
    if arguments.evidence.is_some() && arguments.accounts.len() != 1 {
        say(
            &"--evidence: a judgement is of one account, name that one only / проверка относится к одной учётной записи, \
              назовите только её",
        );
        return Exit::Usage;
    }
    if let Err(error) = std::fs::create_dir_all(&arguments.out) {
        return cannot_write(&arguments.out, &error);
    }
    let mut rows = Vec::new();
    let mut worst = Exit::Done;
    let accounts = match arguments.all_confirmed {
        true => match confirmed(arguments) {
            Ok(accounts) => accounts,
            Err(exit) => return exit,
        },
        false => arguments.accounts.clone(),
    };
    for account in &accounts {
        match export_one(arguments, account) {
            Ok(row) => rows.push(row),
            Err(Exit::Failed) => {
                say(&displayable(account));
                worst = Exit::Failed;
            }
            Err(exit) => return exit,
        }
    }
    let shape = Shape::Object(vec![("exported".to_owned(), Shape::List(rows))]);
    match arguments.remote.print_shape(&shape) {
        Exit::Done => worst,
        failed => failed,
    }
}

/// The ids of the accounts that are confirmed.
fn confirmed(arguments: &Export) -> Result<Vec<String>, Exit> {
    let mut accounts = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListAccountsRequest {
            level: AccountLevel::Confirmed.into(),
            page_size: 100,
            page_token,
            ..ListAccountsRequest::default()
        };
        let answer = arguments.remote.ask(async |channel| {
            let mut client = AccountServiceClient::new(channel);
            client.list_accounts(request).await
        })?;
        let answer = answer.into_inner();
        accounts.extend(answer.accounts.into_iter().map(|it| it.account_id));
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return Ok(accounts);
        }
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Exit {
    say(&format_args!(
        "{}: {}",
        crate::cli::named(path),
        shown::both(error)
    ));
    Exit::Usage
}

fn export_one(arguments: &Export, account: &str) -> Result<Shape, Exit> {
    let request = GetEvidenceRequest {
        account_id: account.to_owned(),
        evidence_id: arguments.evidence.clone().unwrap_or_default(),
    };
    let (header, bundle) = arguments
        .remote
        .ask(async |channel| receive(channel, request).await)?;
    let own = |octets: &[u8]| octets == sha256(&bundle);
    if !own(&header.bundle_sha256) || header.bundle_size != bundle.len() as u64 {
        say(
            &"the bundle did not arrive whole, ask for it again / пакет пришёл не целиком, запросите его ещё раз",
        );
        return Err(Exit::Internal);
    }
    // The name is the daemon's and becomes one of a file.
    let id = &header.evidence_id;
    if id.len() != 36 || !id.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-') {
        say(&"the answer is of an unknown kind / ответ неизвестного вида");
        return Err(Exit::Internal);
    }
    let binding = Binding::of(account, &header).ok_or(Exit::Internal)?;
    let files = [
        (format!("{id}.zip"), bundle.as_slice()),
        (format!("{id}.json"), binding.as_bytes()),
    ];
    for (name, octets) in &files {
        let path = arguments.out.join(name);
        client::write_new(&path, octets).map_err(|error| cannot_write(&path, &error))?;
    }
    let word = |text: &str| Shape::Word(text.to_owned());
    let fields = [
        ("account_id", word(account)),
        ("evidence_id", word(id)),
        ("bundle_sha256", word(&hex::encode(&header.bundle_sha256))),
        ("sequence", Shape::Whole(header.sequence.into())),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    Ok(Shape::Object(fields.into()))
}

/// Largest bundle that is received, in octets.
const BUNDLE_OCTETS: usize = 1 << 30;

async fn receive(
    channel: Channel,
    request: GetEvidenceRequest,
) -> Result<(EvidenceHeader, Vec<u8>), Status> {
    let mut client = ConfirmationServiceClient::new(channel);
    let mut parts = client.get_evidence(request).await?.into_inner();
    let broken = || Status::internal("the answer is not a bundle");
    let first = parts.message().await?.and_then(|first| first.part);
    let Some(Part::Header(header)) = first else {
        return Err(broken());
    };
    let mut bundle = Vec::new();
    while let Some(next) = parts.message().await? {
        match next.part {
            Some(Part::Chunk(chunk)) if bundle.len() + chunk.len() <= BUNDLE_OCTETS => {
                bundle.extend_from_slice(&chunk);
            }
            _ => return Err(broken()),
        }
    }
    Ok((header, bundle))
}
