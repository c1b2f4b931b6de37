//! `verifierd admin status`.

use clap::Args;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::cli::{Exit, client::Remote};

/// Say whether the daemon serves
///
/// Exit: 0 it serves, 1 it is stopping, 69 no daemon answers.
///
/// Сказать, работает ли сервис.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let request = HealthCheckRequest {
        service: String::new(),
    };
    let answer = arguments
        .remote
        .ask(async |channel| HealthClient::new(channel).check(request).await);
    let status = match answer {
        Ok(answer) => answer.into_inner().status(),
        Err(exit) => return exit,
    };
    let (word, exit) = match status {
        ServingStatus::Serving => ("SERVING", Exit::Done),
        _ => ("NOT_SERVING", Exit::Failed),
    };
    let shape = client_shape(word);
    match arguments.remote.print_shape(&shape) {
        Exit::Done => exit,
        failed => failed,
    }
}

fn client_shape(word: &str) -> crate::cli::client::Shape {
    use crate::cli::client::Shape;
    Shape::Object(vec![("status".to_owned(), Shape::Word(word.to_owned()))])
}
