//! Many files on one stream.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use proto::v1::{
    VerifyBatchRequest, VerifyBatchResponse, VerifyRequest, verify_batch_response::Result as Is,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

use crate::support::{
    Daemon,
    database::Database,
    reason,
    script::{Script, Scripted},
};

fn item(id: impl ToString, signature: Vec<u8>) -> VerifyBatchRequest {
    VerifyBatchRequest {
        item_id: id.to_string(),
        request: Some(VerifyRequest {
            signature,
            ..Default::default()
        }),
    }
}

async fn batch(
    daemon: &Daemon,
    items: impl IntoIterator<Item = VerifyBatchRequest>,
) -> Result<Streaming<VerifyBatchResponse>, Status> {
    let items: Vec<_> = items.into_iter().collect();
    let stream = tokio_stream::iter(items);
    let answers = daemon.verification.clone().verify_batch(stream).await?;
    Ok(answers.into_inner())
}

/// Every answer by its id, each once.
async fn all(mut answers: Streaming<VerifyBatchResponse>) -> BTreeMap<String, Is> {
    let mut found = BTreeMap::new();
    while let Some(answer) = answers.message().await.unwrap() {
        let again = found.insert(answer.item_id.clone(), answer.result.unwrap());
        assert!(again.is_none(), "{} is answered twice", answer.item_id);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_items_are_each_answered_once() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let good = Script::attached(b"content").bytes();
    let items = (0..1000).map(|id| item(id, good.clone()));
    let answers = all(batch(&daemon, items).await.unwrap()).await;
    assert_eq!(answers.len(), 1000);
    let alone = VerifyRequest {
        signature: good,
        ..Default::default()
    };
    let alone = daemon.verification.clone().verify(alone).await.unwrap();
    let alone = alone.into_inner();
    for answer in answers.values() {
        assert_eq!(*answer, Is::Verdict(alone.clone()), "as Verify says");
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_item_ends_nothing() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let good = Script::attached(b"content").bytes();
    let nothing = VerifyBatchRequest {
        item_id: "nothing".into(),
        request: None,
    };
    let other_policy = VerifyBatchRequest {
        item_id: "policy".into(),
        request: Some(VerifyRequest {
            signature: good.clone(),
            policy_id: "none".into(),
            ..Default::default()
        }),
    };
    let items = [
        item("first", good.clone()),
        item("text", b"text".to_vec()),
        nothing,
        other_policy,
        item("", good.clone()),
        item("two words", good.clone()),
        item("empty", Vec::new()),
        item("panics", b"panic".to_vec()),
        item("last", good),
    ];
    let mut answers = all(batch(&daemon, items).await.unwrap()).await;
    for id in ["first", "last"] {
        assert!(matches!(answers.remove(id), Some(Is::Verdict(_))), "{id}");
    }
    let mut said = BTreeSet::new();
    for (id, answer) in answers {
        let Is::Error(error) = answer else {
            panic!("{id} was judged");
        };
        let why = error.reason.unwrap();
        let text = why.text.unwrap();
        assert!(!text.ru.is_empty() && !text.en.is_empty(), "{id}");
        said.insert((id, error.status_code, why.code, why.fields.concat()));
    }
    let invalid = i32::from(Code::InvalidArgument);
    let expected = [
        ("", invalid, "FIELD_INVALID", "item_id"),
        ("empty", invalid, "SIGNATURE_EMPTY", ""),
        ("nothing", invalid, "FIELD_INVALID", "request"),
        ("panics", i32::from(Code::Internal), "INTERNAL", ""),
        ("policy", invalid, "FIELD_INVALID", "policy_id"),
        ("text", invalid, "NOT_A_SIGNATURE", ""),
        ("two words", invalid, "FIELD_INVALID", "item_id"),
    ];
    let expected = expected
        .map(|(id, code, why, fields)| (id.to_owned(), code, why.to_owned(), fields.to_owned()));
    assert_eq!(said, BTreeSet::from(expected));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_answered_while_the_client_still_sends() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let (send, receive) = mpsc::channel(1);
    let good = Script::attached(b"content").bytes();
    send.send(item(0, good.clone())).await.unwrap();
    let stream = ReceiverStream::new(receive);
    let answers = daemon.verification.clone().verify_batch(stream).await;
    let mut answers = answers.unwrap().into_inner();
    for id in 1..50 {
        let answer = answers.message().await.unwrap().unwrap();
        assert_eq!(answer.item_id, (id - 1).to_string());
        send.send(item(id, good.clone())).await.unwrap();
    }
    drop(send);
    assert!(answers.message().await.unwrap().is_some());
    assert!(answers.message().await.unwrap().is_none());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_share_the_places_of_streams() {
    let database = Database::sqlite();
    let config = "[workers]\nrunning = 1\nwaiting = 0\n";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    let (send, receive) = mpsc::channel::<VerifyBatchRequest>(1);
    let stream = ReceiverStream::new(receive);
    let first = daemon.verification.clone().verify_batch(stream).await;
    let mut first = first.unwrap().into_inner();
    let error = batch(&daemon, []).await.unwrap_err();
    assert_eq!(reason(&error), (Code::ResourceExhausted, "BUSY".into()));
    drop(send);
    assert!(first.message().await.unwrap().is_none());
    assert!(all(batch(&daemon, []).await.unwrap()).await.is_empty());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_ends_the_stream() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let items = [item("large", vec![0x30; 6 << 20])];
    let mut answers = batch(&daemon, items).await.unwrap();
    let error = answers.message().await.unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".into())
    );
    assert_eq!(
        error.get_details_request_info().unwrap().request_id.len(),
        36
    );
    daemon.stop().await;
}
