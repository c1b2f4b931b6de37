//! `verifierd admin events`.

use clap::Args;
use proto::v1::{ListEventsRequest, event_service_client::EventServiceClient};

use crate::cli::{
    Exit,
    client::{ANSWER_OCTETS, Remote},
};

/// List what happened, as subscribers are told it, oldest first
///
/// Перечислить события в том виде, в каком их получают подписчики.
#[derive(Args)]
pub(super) struct Arguments {
    /// Number of the first event / номер первого события
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    from: u64,
    /// Events of a page, at most 500 (default: 100) / событий на странице
    #[arg(
        long = "page-size",
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    size: u32,
    /// Every page to the last; in JSON each is a line / все страницы до последней
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    remote: Remote,
}

const COLUMNS: &[&str] = &[
    "sequence",
    "at",
    "kind",
    "account_id",
    "level",
    "application_id",
    "object",
];

pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut from = arguments.from;
    loop {
        let request = ListEventsRequest {
            from,
            page_size: arguments.size,
        };
        let answer = arguments.remote.ask(async |channel| {
            EventServiceClient::new(channel)
                .max_decoding_message_size(ANSWER_OCTETS)
                .list_events(request)
                .await
        });
        let answer = match answer {
            Ok(answer) => answer.into_inner(),
            Err(exit) => return exit,
        };
        let is_last = answer.events.is_empty();
        // A page of its own of nothing is told once only.
        if !is_last || from == arguments.from {
            let exit = arguments.remote.rows(&answer, "events", COLUMNS);
            if exit != Exit::Done {
                return exit;
            }
        }
        if is_last || !arguments.all {
            return Exit::Done;
        }
        from = answer.next;
    }
}
