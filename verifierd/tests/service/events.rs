//! Events: in order, from any number on, while they happen, from every daemon.

use proto::v1::{
    self, ListEventsRequest, SubscribeRequest, event_service_client::EventServiceClient,
};
use tonic::{Code, Status, Streaming};

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, fields, reason, script::Script},
};

on_both_databases! {
    every_change_is_told_in_order
    a_reader_goes_on_where_it_was
    what_happens_is_told_while_it_happens
    pages_follow_each_other
    a_log_behind_its_reader_is_refused
    a_stream_ends_when_the_daemon_stops
    subscriptions_are_bounded
}

pub async fn subscribe(
    daemon: &Daemon,
    from: u64,
) -> Result<Streaming<v1::SubscribeResponse>, Status> {
    let mut client = EventServiceClient::new(daemon.channel.clone());
    let stream = client.subscribe(SubscribeRequest { from }).await?;
    Ok(stream.into_inner())
}

pub async fn take(stream: &mut Streaming<v1::SubscribeResponse>, count: usize) -> Vec<v1::Event> {
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(stream.message().await.unwrap().unwrap().event.unwrap());
    }
    events
}

fn kinds(events: &[v1::Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

pub async fn list(daemon: &Daemon, from: u64, size: u32) -> Result<v1::ListEventsResponse, Status> {
    let mut client = EventServiceClient::new(daemon.channel.clone());
    let request = ListEventsRequest {
        from,
        page_size: size,
    };
    Ok(client.list_events(request).await?.into_inner())
}

const REFUSED: [&str; 5] = [
    "ACCOUNT_REGISTERED",
    "PERSONAL_DATA_SUBMITTED",
    "REGISTRY_PASSED",
    "APPLICATION_PREPARED",
    "APPLICATION_REJECTED",
];

/// Five events, the last with a reason.
async fn five(daemon: &Daemon) -> String {
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let expired = Script::indeterminate(&content, "OUT_OF_BOUNDS_NO_POE").bytes();
    daemon.submit("acc-1", &application, expired).await.unwrap();
    application
}

async fn every_change_is_told_in_order(database: Database) {
    let daemon = Daemon::start(&database).await;
    let application = five(&daemon).await;
    let mut stream = subscribe(&daemon, 0).await.unwrap();
    let events = take(&mut stream, 5).await;
    assert_eq!(kinds(&events), REFUSED);
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    let last = &events[4];
    assert_eq!(
        (last.account_id.as_str(), last.level()),
        ("acc-1", v1::AccountLevel::Standard)
    );
    assert_eq!(last.application_id, application);
    let why = &last.reasons[0];
    assert_eq!(why.code, "CERTIFICATE_EXPIRED");
    let text = why.text.as_ref().unwrap();
    assert!(!text.ru.is_empty() && !text.en.is_empty());
    assert!(events[..4].iter().all(|event| event.reasons.is_empty()));
    drop(stream);
    daemon.stop().await;
}

async fn a_reader_goes_on_where_it_was(database: Database) {
    let daemon = Daemon::start(&database).await;
    five(&daemon).await;
    let mut stream = subscribe(&daemon, 0).await.unwrap();
    let first = take(&mut stream, 2).await;
    drop(stream);
    daemon.stop().await;

    let daemon = Daemon::start(&database).await;
    let from = first[1].sequence + 1;
    let mut stream = subscribe(&daemon, from).await.unwrap();
    assert_eq!(kinds(&take(&mut stream, 3).await), REFUSED[2..]);
    drop(stream);
    daemon.stop().await;
}

async fn what_happens_is_told_while_it_happens(database: Database) {
    let daemon = Daemon::start(&database).await;
    let mut stream = subscribe(&daemon, 0).await.unwrap();
    daemon.register("acc-1").await;
    let events = take(&mut stream, 1).await;
    assert_eq!(kinds(&events), ["ACCOUNT_REGISTERED"]);
    daemon.register("acc-2").await;
    let events = take(&mut stream, 1).await;
    assert_eq!(events[0].account_id, "acc-2");
    drop(stream);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_another_daemon_are_told() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let one = Daemon::start(&database).await;
    let other = Daemon::start(&database).await;
    let mut stream = subscribe(&one, 0).await.unwrap();
    for n in 0..8 {
        let (here, there) = (format!("a-{n}"), format!("b-{n}"));
        tokio::join!(one.register(&here), other.register(&there));
    }
    let events = take(&mut stream, 16).await;
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, (0..16).collect::<Vec<_>>());
    drop(stream);
    one.stop().await;
    other.stop().await;
}

async fn pages_follow_each_other(database: Database) {
    let daemon = Daemon::start(&database).await;
    five(&daemon).await;
    let first = list(&daemon, 0, 3).await.unwrap();
    assert_eq!(
        (kinds(&first.events), first.next),
        (REFUSED[..3].to_vec(), 3)
    );
    let second = list(&daemon, first.next, 0).await.unwrap();
    assert_eq!(
        (kinds(&second.events), second.next),
        (REFUSED[3..].to_vec(), 5)
    );
    let end = list(&daemon, second.next, 500).await.unwrap();
    assert_eq!((end.events.len(), end.next), (0, 5));
    let large = list(&daemon, 0, 501).await.unwrap_err();
    assert_eq!(fields(&large), ["page_size"]);
    daemon.stop().await;
}

async fn a_log_behind_its_reader_is_refused(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let expected = (Code::FailedPrecondition, "EVENT_NOT_YET".to_owned());
    for from in [2, u64::MAX] {
        let ahead = subscribe(&daemon, from).await.unwrap_err();
        assert_eq!(reason(&ahead), expected);
        assert_eq!(reason(&list(&daemon, from, 0).await.unwrap_err()), expected);
    }
    daemon.stop().await;
}

async fn a_stream_ends_when_the_daemon_stops(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let mut idle = subscribe(&daemon, 0).await.unwrap();
    take(&mut idle, 1).await;
    let waits = tokio::spawn(async move { idle.message().await });
    daemon.stop().await;
    assert!(waits.await.unwrap().unwrap().is_none());
}

async fn subscriptions_are_bounded(database: Database) {
    let daemon = Daemon::start(&database).await;
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(subscribe(&daemon, 0).await.unwrap());
    }
    let refused = subscribe(&daemon, 0).await.unwrap_err();
    let too_many = (Code::ResourceExhausted, "TOO_MANY_SUBSCRIPTIONS".to_owned());
    assert_eq!(reason(&refused), too_many);
    // Whoever leaves makes place.
    open.pop();
    let mut next = loop {
        match subscribe(&daemon, 0).await {
            Ok(stream) => break stream,
            Err(refused) => assert_eq!(reason(&refused), too_many),
        }
    };
    daemon.register("acc-1").await;
    assert_eq!(kinds(&take(&mut next, 1).await), ["ACCOUNT_REGISTERED"]);
    daemon.stop().await;
}
