//! `verifierd account organisation`.

use clap::{Args, Subcommand};
use proto::v1::{
    Application, EndOrganisationLinkRequest, ListOrganisationsRequest,
    PrepareOrganisationLinkRequest, SubmitOrganisationLinkRequest,
    organisation_service_client::OrganisationServiceClient,
    prepare_organisation_link_request::Number,
};

use super::judged;
use crate::cli::{
    Exit,
    client::{ANSWER_OCTETS, Remote, Signature, ToSign},
};

/// Organisations whose head a confirmed person is
///
/// Организации, которыми руководит человек.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Prepare(Prepare),
    Submit(Submit),
    List(List),
    End(End),
}

/// Prepare an application to link an organisation and write the exact bytes to sign
///
/// Its head signs with the organisation's certificate.
///
/// Подготовить заявление о связи с организацией и записать байты для подписи.
#[derive(Args)]
struct Prepare {
    /// The account / учётная запись
    account: String,
    #[command(flatten)]
    number: Of,
    #[command(flatten)]
    to_sign: ToSign,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Of {
    /// Number of a legal entity, 13 digits / ОГРН юридического лица
    #[arg(long, value_name = "OGRN")]
    ogrn: Option<String>,
    /// Number of a sole trader, 15 digits / ОГРНИП предпринимателя
    #[arg(long, value_name = "OGRNIP")]
    ogrnip: Option<String>,
}

/// Submit a signed application to link an organisation
///
/// A refusal that follows from the signature or the person is an outcome: exit 1 with the application as it stands.
///
/// Подать подписанное заявление о связи с организацией.
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

/// List the organisations of an account, those that ended among them
///
/// Перечислить организации учётной записи.
#[derive(Args)]
struct List {
    /// The account / учётная запись
    account: String,
    #[command(flatten)]
    remote: Remote,
}

/// End the link to an organisation
///
/// Прекратить связь с организацией.
#[derive(Args)]
struct End {
    /// The account / учётная запись
    account: String,
    /// The link / связь
    link: String,
    #[command(flatten)]
    remote: Remote,
}

const COLUMNS: &[&str] = &["link_id", "ogrn", "ogrnip", "linked_at", "ended_at"];

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Prepare(arguments) => prepare(arguments),
        Command::Submit(arguments) => submit(arguments),
        Command::List(arguments) => list(arguments),
        Command::End(arguments) => end(arguments),
    }
}

fn prepare(arguments: &Prepare) -> Exit {
    let ogrn = arguments.number.ogrn.clone().map(Number::Ogrn);
    let ogrnip = arguments.number.ogrnip.clone().map(Number::Ogrnip);
    let request = PrepareOrganisationLinkRequest {
        account_id: arguments.account.clone(),
        number: ogrn.or(ogrnip),
    };
    let answer = arguments.to_sign.ask(
        &arguments.remote,
        async |channel| {
            let mut client = OrganisationServiceClient::new(channel);
            client.prepare_organisation_link(request).await
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
    let request = SubmitOrganisationLinkRequest {
        account_id: arguments.account.clone(),
        application_id: arguments.application.clone(),
        signature,
    };
    let answer = arguments.remote.ask(async |channel| {
        OrganisationServiceClient::new(channel)
            .max_decoding_message_size(ANSWER_OCTETS)
            .submit_organisation_link(request)
            .await
    });
    let answer = match answer {
        Ok(answer) => answer.into_inner(),
        Err(exit) => return exit,
    };
    let state = answer.application.as_ref().map(Application::state);
    judged(arguments.remote.print(&answer), state)
}

fn list(arguments: &List) -> Exit {
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

fn end(arguments: &End) -> Exit {
    let request = EndOrganisationLinkRequest {
        account_id: arguments.account.clone(),
        link_id: arguments.link.clone(),
    };
    arguments.remote.show(async |channel| {
        let mut client = OrganisationServiceClient::new(channel);
        client.end_organisation_link(request).await
    })
}
