//! `verifierd admin status`.

use clap::Args;
use proto::v1::{GetTrustRequest, trust_service_client::TrustServiceClient};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::cli::{
    Exit,
    client::{Remote, Shape},
};

/// Say whether the daemon serves and what it trusts
///
/// Exit: 0 it serves, 1 it is stopping, 69 no daemon answers.
///
/// Сказать, работает ли сервис и чему он доверяет.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let health = HealthCheckRequest {
        service: String::new(),
    };
    let answer = arguments.remote.ask(async |channel| {
        let health = HealthClient::new(channel.clone()).check(health).await?;
        let trust = TrustServiceClient::new(channel);
        let trust = { trust }.get_trust(GetTrustRequest {}).await?;
        Ok((health.into_inner(), trust.into_inner()))
    });
    let (health, trust) = match answer {
        Ok(answer) => answer,
        Err(exit) => return exit,
    };
    let (word, exit) = match health.status() {
        ServingStatus::Serving => ("SERVING", Exit::Done),
        _ => ("NOT_SERVING", Exit::Failed),
    };
    let shape = Shape::Object(vec![
        ("status".to_owned(), Shape::Word(word.to_owned())),
        (
            "trust".to_owned(),
            Shape::of(&trust).unwrap_or(Shape::Absent),
        ),
    ]);
    match arguments.remote.print_shape(&shape) {
        Exit::Done => exit,
        failed => failed,
    }
}
