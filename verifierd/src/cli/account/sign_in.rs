//! `verifierd account sign-in`.

use clap::{Args, Subcommand};
use proto::v1::{
    CreateChallengeRequest, SignInRequest, sign_in_response::Result as Judged,
    sign_in_service_client::SignInServiceClient,
};

use crate::cli::{
    Exit,
    client::{ANSWER_OCTETS, Remote, Signature, ToSign},
};

/// Sign-in by signature: which confirmed account a certificate belongs to
///
/// Вход по подписи: чьей подтверждённой учётной записи принадлежит сертификат.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Challenge(Challenge),
    Submit(Submit),
}

/// Issue a challenge and write the exact bytes to sign: good for one sign-in within 5 minutes
///
/// Выдать запрос на вход и записать байты для подписи.
#[derive(Args)]
struct Challenge {
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    to_sign: ToSign,
    #[command(flatten)]
    remote: Remote,
}

/// Submit a signed challenge
///
/// Exit: 1 when nobody is signed in, 2 when trying again later makes sense.
///
/// Подать подписанный запрос на вход.
#[derive(Args)]
struct Submit {
    /// The challenge / запрос на вход
    challenge: String,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    signature: Signature,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Args)]
struct Origin {
    /// Where the person signs in, such as https://portal.example / адрес, куда человек входит
    #[arg(long = "origin", value_name = "ORIGIN")]
    text: String,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Challenge(arguments) => challenge(arguments),
        Command::Submit(arguments) => submit(arguments),
    }
}

fn challenge(arguments: &Challenge) -> Exit {
    let request = CreateChallengeRequest {
        origin: arguments.origin.text.clone(),
    };
    let answer = arguments.to_sign.ask(
        &arguments.remote,
        async |channel| {
            let mut client = SignInServiceClient::new(channel);
            client.create_challenge(request).await
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
    let request = SignInRequest {
        challenge_id: arguments.challenge.clone(),
        origin: arguments.origin.text.clone(),
        signature,
    };
    let answer = arguments.remote.ask(async |channel| {
        SignInServiceClient::new(channel)
            .max_decoding_message_size(ANSWER_OCTETS)
            .sign_in(request)
            .await
    });
    let answer = match answer {
        Ok(answer) => answer.into_inner(),
        Err(exit) => return exit,
    };
    match (arguments.remote.print(&answer), &answer.result) {
        (Exit::Done, Some(Judged::SignedIn(_))) => Exit::Done,
        (Exit::Done, Some(Judged::Refused(refused))) if refused.retry_at.is_some() => {
            Exit::Indeterminate
        }
        (Exit::Done, _) => Exit::Failed,
        (exit, _) => exit,
    }
}
