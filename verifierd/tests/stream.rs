//! `VerifyStream` over loopback, with the real judge.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use proto::v1::{
    self, VerifyRequest, VerifyStreamHeader, VerifyStreamRequest, verify_request::SignedContent,
    verify_stream_header::Chunks, verify_stream_request::Part,
};
use support::{Daemon, NOW, database::Database, fields, reason};
use testdata::{Timestamp, demo};
use tonic::{Code, Status};
use verifierd::{
    back_end::BackEnd,
    domain::time::UnixSeconds,
    service::verify::{Judge, TrustFiles},
};

const SIZE: usize = 3 << 19;

async fn daemon(database: &Database) -> Daemon {
    let algorithms = BackEnd::default().algorithms();
    let judge = Judge::new(TrustFiles::DEMO, algorithms, UnixSeconds::new(NOW)).unwrap();
    Daemon::start_with(database, "", Arc::new(judge)).await
}

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| (at / 5 % 253) as u8).collect()
}

fn header(chunks: Option<Chunks>) -> Part {
    Part::Header(VerifyStreamHeader {
        chunks,
        ..VerifyStreamHeader::default()
    })
}

fn attached() -> Part {
    header(Some(Chunks::AttachedSignature(v1::AttachedSignature {})))
}

fn detached(signature: Vec<u8>) -> Part {
    header(Some(Chunks::DetachedSignature(signature)))
}

fn chunks(octets: &[u8], size: usize) -> Vec<Part> {
    let chunks = octets.chunks(size);
    chunks.map(|chunk| Part::Chunk(chunk.to_vec())).collect()
}

async fn send(daemon: &Daemon, parts: Vec<Part>) -> Result<v1::VerifyResponse, Status> {
    let messages: Vec<_> = parts
        .into_iter()
        .map(|part| VerifyStreamRequest { part: Some(part) })
        .collect();
    let stream = tokio_stream::iter(messages);
    let answer = daemon.verification.clone().verify_stream(stream).await?;
    Ok(answer.into_inner())
}

async fn verify(
    daemon: &Daemon,
    signature: Vec<u8>,
    content: Option<Vec<u8>>,
) -> v1::VerifyResponse {
    let request = VerifyRequest {
        signature,
        signed_content: content.map(SignedContent::Content),
        ..VerifyRequest::default()
    };
    let answer = daemon.verification.clone().verify(request).await.unwrap();
    answer.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_the_report_of_one_message() {
    let database = Database::sqlite();
    let daemon = daemon(&database).await;
    let token = demo::token().unwrap();
    let at = Timestamp(NOW - 60);
    let whole = token.sign_attached(&content(), at).unwrap();
    let beside = token.sign_detached(&content()[..5 << 18], at).unwrap();
    let expected = verify(&daemon, whole.clone(), None).await;
    assert!(expected.report_json.contains("TOTAL_PASSED"));
    for size in [64 << 10, 1 << 20, 100_003] {
        let parts = [vec![attached()], chunks(&whole, size)].concat();
        assert_eq!(send(&daemon, parts).await.unwrap(), expected, "{size}");
    }
    let document = &content()[..5 << 18];
    let expected = verify(&daemon, beside.clone(), Some(document.to_vec())).await;
    let parts = [vec![detached(beside.clone())], chunks(document, 64 << 10)].concat();
    assert_eq!(send(&daemon, parts).await.unwrap(), expected);
    let parts = [vec![detached(beside)], chunks(&document[1..], 64 << 10)].concat();
    let answer = send(&daemon, parts).await.unwrap();
    assert!(answer.report_json.contains("HASH_FAILURE"));
    let parts = [vec![attached()], chunks(&whole[..SIZE], 1 << 20)].concat();
    let answer = send(&daemon, parts).await.unwrap();
    assert!(answer.report_json.contains("cms.envelope.truncated"));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_misuse_of_a_stream_has_its_reason() {
    let database = Database::sqlite();
    let daemon = daemon(&database).await;
    let small = || Part::Chunk(b"content".to_vec());
    let refused: Vec<(Vec<Part>, &str)> = vec![
        (vec![], "STREAM_EMPTY"),
        (vec![attached()], "STREAM_EMPTY"),
        (vec![detached(vec![0x30])], "STREAM_EMPTY"),
        (vec![small()], "STREAM_ORDER"),
        (vec![attached(), small(), attached()], "STREAM_ORDER"),
        (vec![header(None), small()], "FIELD_INVALID"),
        (vec![attached(), Part::Chunk(vec![])], "CHUNK_SIZE"),
        (
            vec![attached(), Part::Chunk(vec![0; (1 << 20) + 1])],
            "CHUNK_SIZE",
        ),
        (vec![detached(vec![]), small()], "SIGNATURE_EMPTY"),
        (
            vec![detached(vec![0x30; (4 << 20) + 1]), small()],
            "SIGNATURE_TOO_LARGE",
        ),
        (
            // A SEQUENCE that is no message is held whole.
            [vec![attached()], chunks(&[0x30; 5 << 20], 1 << 20)].concat(),
            "SIGNATURE_LIMIT",
        ),
    ];
    for (parts, wanted) in refused {
        let count = parts.len();
        let error = send(&daemon, parts).await.unwrap_err();
        let expected = (Code::InvalidArgument, wanted.to_owned());
        assert_eq!(reason(&error), expected, "{count} messages");
    }
    let error = send(&daemon, vec![header(None), small()])
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["header.chunks"]);
    let nothing = tokio_stream::iter([VerifyStreamRequest { part: None }]);
    let error = daemon.verification.clone().verify_stream(nothing).await;
    assert_eq!(reason(&error.unwrap_err()).1, "STREAM_ORDER");
    let policy = Part::Header(VerifyStreamHeader {
        chunks: Some(Chunks::AttachedSignature(v1::AttachedSignature {})),
        policy_id: "none".to_owned(),
        ..VerifyStreamHeader::default()
    });
    let error = send(&daemon, vec![policy, small()]).await.unwrap_err();
    assert_eq!(fields(&error), ["policy_id"]);
    // Places were given back.
    let answer = send(&daemon, vec![attached(), small()]).await.unwrap();
    assert!(answer.report_json.contains("NO_SIGNATURE"));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_has_the_time_stamps_of_a_signature() {
    let database = Database::sqlite();
    let daemon = daemon(&database).await;
    let cases = testdata::cases::all().unwrap();
    let case = cases.iter().find(|case| case.id == "after-expiry-gost");
    let answer = send(
        &daemon,
        [vec![attached()], chunks(&case.unwrap().signature, 1000)].concat(),
    )
    .await
    .unwrap();
    let json: serde_json::Value = serde_json::from_str(&answer.report_json).unwrap();
    let in_json = &json["signatures"][0]["time_stamps"][0];
    let report = answer.report.unwrap();
    let [stamp] = report.signatures[0].time_stamps.as_slice() else {
        panic!("{} time-stamps", report.signatures[0].time_stamps.len());
    };
    assert_eq!(stamp.kind, in_json["kind"].as_str().unwrap());
    assert_eq!(stamp.id, in_json["id"].as_str().unwrap());
    let token = stamp.token.as_ref().unwrap();
    assert_eq!(token.gen_time.unwrap().seconds, 1_717_200_005);
    assert_eq!(in_json["token"]["gen_time"], "2024-06-01T00:00:05Z");
    assert!(token.not_later_than.unwrap().seconds >= 1_717_200_005);
    assert_eq!(token.serial, in_json["token"]["serial"].as_str().unwrap());
    let authority = stamp.authority.as_ref().unwrap();
    let name = &authority.subject.as_ref().unwrap().common_name;
    assert_eq!(in_json["authority"]["subject"]["cn"], name.as_str());
    let findings = in_json["findings"].as_array().unwrap();
    assert_eq!(stamp.findings.len(), findings.len());
    for (finding, in_json) in stamp.findings.iter().zip(findings) {
        assert_eq!(finding.code, in_json["code"].as_str().unwrap());
    }
    assert_eq!(stamp.path.len(), in_json["path"].as_array().unwrap().len());
    daemon.stop().await;
}
