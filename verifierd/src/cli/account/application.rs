//! `verifierd account application`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use proto::v1::{
    Application, Channel, GetApplicationRequest, ListApplicationsRequest,
    PrepareApplicationRequest, SubmitApplicationRequest,
    confirmation_service_client::ConfirmationServiceClient,
};

use super::judged;
use crate::cli::{
    Exit,
    client::{self, ANSWER_OCTETS, Paging, Remote, Signature, ToSign},
};

/// Applications to confirm an account
///
/// Заявления о подтверждении учётной записи.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Prepare(Prepare),
    Submit(Submit),
    Show(Show),
    List(List),
}

/// Prepare an application and write the exact bytes to sign
///
/// Where somebody attests, the file holds {"service_centre": {"centre_id": …, "operator_snils": …, "documents_seen":
/// ["RF_PASSPORT", "SNILS"]}} or {"bank": {"ogrn": …, "documents_seen": ["RF_PASSPORT"]}}.
///
/// Подготовить заявление и записать байты для подписи.
#[derive(Args)]
struct Prepare {
    /// The account / учётная запись
    account: String,
    /// How the person proves the identity: OWN_SIGNATURE, UEC_CARD, SERVICE_CENTRE, BANK / способ подтверждения
    #[arg(long, value_name = "CHANNEL", default_value = "OWN_SIGNATURE", value_parser = channel)]
    channel: Channel,
    /// File that says who attests, for SERVICE_CENTRE and BANK; `-` for standard input / файл о том, кто удостоверяет
    #[arg(long, value_name = "FILE")]
    attestor: Option<PathBuf>,
    #[command(flatten)]
    to_sign: ToSign,
    #[command(flatten)]
    remote: Remote,
}

/// Submit a signed application
///
/// A refusal that follows from the signature or the person is an outcome: exit 1 with the application as it stands.
///
/// Подать подписанное заявление.
#[derive(Args)]
struct Submit {
    /// The account / учётная запись
    account: String,
    /// The application / заявление
    application: String,
    #[command(flatten)]
    signature: Signature,
    #[command(flatten)]
    remote: Remote,
}

/// Show an application as it stands
///
/// Показать заявление.
#[derive(Args)]
struct Show {
    /// The account / учётная запись
    account: String,
    /// The application / заявление
    application: String,
    #[command(flatten)]
    remote: Remote,
}

/// List the applications of an account, oldest first
///
/// Перечислить заявления учётной записи.
#[derive(Args)]
struct List {
    /// The account / учётная запись
    account: String,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    remote: Remote,
}

const COLUMNS: &[&str] = &[
    "application_id",
    "channel",
    "state",
    "issued_at",
    "outcome.decided_at",
    "outcome.audit.sequence",
];

fn list(arguments: &List) -> Exit {
    arguments.paging.run(|token| {
        let request = ListApplicationsRequest {
            account_id: arguments.account.clone(),
            page_size: arguments.paging.size,
            page_token: token,
        };
        let answer = arguments.remote.ask(async |channel| {
            ConfirmationServiceClient::new(channel)
                .max_decoding_message_size(ANSWER_OCTETS)
                .list_applications(request)
                .await
        });
        let answer = answer?.into_inner();
        let shown = arguments.remote.rows(&answer, "applications", COLUMNS);
        Ok((shown, answer.next_page_token))
    })
}

fn channel(word: &str) -> Result<Channel, String> {
    let name = format!("CHANNEL_{}", word.to_uppercase().replace('-', "_"));
    let known = Channel::from_str_name(&name).filter(|it| *it != Channel::Unspecified);
    known.ok_or_else(|| "no such channel / такого способа нет".to_owned())
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Prepare(arguments) => prepare(arguments),
        Command::Submit(arguments) => submit(arguments),
        Command::Show(arguments) => show(arguments),
        Command::List(arguments) => list(arguments),
    }
}

fn prepare(arguments: &Prepare) -> Exit {
    let given = arguments.attestor.as_deref();
    let given = given.map(client::data::<PrepareApplicationRequest>);
    let request = PrepareApplicationRequest {
        account_id: arguments.account.clone(),
        channel: arguments.channel.into(),
        attestor: match given {
            None => None,
            Some(Ok(given)) => given.attestor,
            Some(Err(exit)) => return exit,
        },
    };
    let answer = arguments.to_sign.ask(
        &arguments.remote,
        async |channel| {
            let mut client = ConfirmationServiceClient::new(channel);
            client.prepare_application(request).await
        },
        |answer| &answer.content,
    );
    match answer {
        Ok(answer) => arguments.remote.print(&answer),
        Err(exit) => exit,
    }
}

fn submit(arguments: &Submit) -> Exit {
    let signature = match arguments.signature.read() {
        Ok(signature) => signature,
        Err(exit) => return exit,
    };
    let request = SubmitApplicationRequest {
        account_id: arguments.account.clone(),
        application_id: arguments.application.clone(),
        signature,
    };
    let answer = arguments.remote.ask(async |channel| {
        ConfirmationServiceClient::new(channel)
            .max_decoding_message_size(ANSWER_OCTETS)
            .submit_application(request)
            .await
    });
    let answer = match answer {
        Ok(answer) => answer.into_inner(),
        Err(exit) => return exit,
    };
    let state = answer.application.as_ref().map(Application::state);
    judged(arguments.remote.print(&answer), state)
}

fn show(arguments: &Show) -> Exit {
    let request = GetApplicationRequest {
        account_id: arguments.account.clone(),
        application_id: arguments.application.clone(),
    };
    arguments.remote.show(async |channel| {
        ConfirmationServiceClient::new(channel)
            .max_decoding_message_size(ANSWER_OCTETS)
            .get_application(request)
            .await
    })
}
