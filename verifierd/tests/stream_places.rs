//! The place of a `VerifyStream` is free again however its client leaves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use proto::v1::{
    self, VerifyStreamHeader, VerifyStreamRequest,
    verification_service_client::VerificationServiceClient, verify_stream_header::Chunks,
    verify_stream_request::Part,
};
use support::{Daemon, NOW, database::Database, reason};
use testdata::{Timestamp, demo};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel},
    task::{JoinHandle, yield_now},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, transport::Channel};
use verifierd::{
    back_end::BackEnd,
    domain::time::UnixSeconds,
    service::{
        ports::{Arriving, NotJudged, StreamRequest, Verdict, Verify, VerifyRequest},
        verify::{Judge, TrustFiles},
    },
};

/// One stream at a time.
const WORKERS: &str = "[workers]\nrunning = 1\nwaiting = 0";
/// Tries of a next stream once the one before it is gone: its place follows it at once.
const TRIES: usize = 1000;

#[derive(Debug, PartialEq, Eq)]
enum Event {
    Took,
    Gone,
}

/// The real judge, that tells what becomes of its streams.
struct Watched {
    judge: Judge,
    events: UnboundedSender<Event>,
}

struct WatchedStream {
    arriving: Option<Box<dyn Arriving>>,
    events: UnboundedSender<Event>,
}

impl Verify for Watched {
    fn check_format(&self, signature: &[u8]) -> Result<(), NotJudged> {
        self.judge.check_format(signature)
    }

    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged> {
        self.judge.verify(request, at)
    }

    fn begin(
        &self,
        request: StreamRequest,
        at: UnixSeconds,
    ) -> Result<Box<dyn Arriving>, NotJudged> {
        Ok(Box::new(WatchedStream {
            arriving: Some(self.judge.begin(request, at)?),
            events: self.events.clone(),
        }))
    }
}

impl Arriving for WatchedStream {
    fn push(&mut self, octets: &[u8]) -> Result<(), NotJudged> {
        let pushed = self.arriving.as_mut().unwrap().push(octets);
        let _ = self.events.send(Event::Took);
        pushed
    }

    fn finish(mut self: Box<Self>) -> Result<Verdict, NotJudged> {
        self.arriving.take().unwrap().finish()
    }
}

impl Drop for WatchedStream {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Gone);
    }
}

async fn daemon(database: &Database) -> (Daemon, UnboundedReceiver<Event>) {
    let (events, told) = unbounded_channel();
    let algorithms = BackEnd::default().algorithms();
    let judge = Judge::new(TrustFiles::DEMO, algorithms, UnixSeconds::new(NOW)).unwrap();
    let watched = Arc::new(Watched { judge, events });
    (Daemon::start_with(database, WORKERS, watched).await, told)
}

fn signature() -> Vec<u8> {
    let token = demo::token().unwrap();
    token
        .sign_attached(b"content", Timestamp(NOW - 60))
        .unwrap()
}

fn parts() -> [VerifyStreamRequest; 2] {
    let header = VerifyStreamHeader {
        chunks: Some(Chunks::AttachedSignature(v1::AttachedSignature {})),
        ..VerifyStreamHeader::default()
    };
    [Part::Header(header), Part::Chunk(signature())]
        .map(|part| VerifyStreamRequest { part: Some(part) })
}

type Answer = Result<v1::VerifyResponse, Status>;

async fn whole(daemon: &Daemon) -> Answer {
    let stream = tokio_stream::iter(parts());
    let answer = daemon.verification.clone().verify_stream(stream).await?;
    Ok(answer.into_inner())
}

/// A stream that does not end: it has begun once the daemon tells so.
async fn endless(
    client: &VerificationServiceClient<Channel>,
    told: &mut UnboundedReceiver<Event>,
) -> (Sender<VerifyStreamRequest>, JoinHandle<Answer>) {
    let (sender, receiver) = channel(2);
    for part in parts() {
        sender.send(part).await.unwrap();
    }
    let mut client = client.clone();
    let call = tokio::spawn(async move {
        let answer = client.verify_stream(ReceiverStream::new(receiver)).await?;
        Ok(answer.into_inner())
    });
    assert_eq!(told.recv().await, Some(Event::Took));
    (sender, call)
}

/// The place is taken.
async fn assert_busy(daemon: &Daemon) {
    let error = whole(daemon).await.unwrap_err();
    assert_eq!(reason(&error), (Code::ResourceExhausted, "BUSY".to_owned()));
}

/// Nothing is held of the stream, and the next one has its place.
async fn assert_free(daemon: &Daemon, told: &mut UnboundedReceiver<Event>) {
    assert_eq!(told.recv().await, Some(Event::Gone));
    for _ in 0..TRIES {
        match whole(daemon).await {
            Ok(answer) => {
                assert!(answer.report_json.contains("TOTAL_PASSED"));
                assert_eq!(told.recv().await, Some(Event::Took));
                assert_eq!(told.recv().await, Some(Event::Gone));
                return;
            }
            Err(error) => assert_eq!(reason(&error).1, "BUSY"),
        }
        yield_now().await;
    }
    panic!("the place of a stream that is gone stays taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_frees_its_place() {
    let database = Database::sqlite();
    let (daemon, mut told) = daemon(&database).await;
    let (sender, call) = endless(&daemon.verification, &mut told).await;
    assert_busy(&daemon).await;
    // The client stays, and so does what it would send: the call alone is given up.
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_free(&daemon, &mut told).await;
    drop(sender);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_dropped_frees_its_place() {
    let database = Database::sqlite();
    let (daemon, mut told) = daemon(&database).await;
    let address = format!("http://{}", daemon.address);
    let client = VerificationServiceClient::connect(address).await.unwrap();
    let (sender, call) = endless(&client, &mut told).await;
    assert_busy(&daemon).await;
    call.abort();
    drop((client, sender, call));
    assert_free(&daemon, &mut told).await;
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_frees_its_place() {
    let database = Database::sqlite();
    let (daemon, mut told) = daemon(&database).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let between = listener.local_addr().unwrap();
    let behind = daemon.address;
    let wire = tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut far = TcpStream::connect(behind).await.unwrap();
        copy_bidirectional(&mut near, &mut far).await
    });
    let address = format!("http://{between}");
    let client = VerificationServiceClient::connect(address).await.unwrap();
    let (sender, call) = endless(&client, &mut told).await;
    assert_busy(&daemon).await;
    // Neither side closes its stream: the wire between them is gone.
    wire.abort();
    assert!(call.await.unwrap().is_err());
    assert_free(&daemon, &mut told).await;
    drop(sender);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_stream_frees_its_place() {
    let database = Database::sqlite();
    let (daemon, mut told) = daemon(&database).await;
    let (sender, call) = endless(&daemon.verification, &mut told).await;
    let empty = Some(Part::Chunk(Vec::new()));
    sender
        .send(VerifyStreamRequest { part: empty })
        .await
        .unwrap();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(reason(&error).1, "CHUNK_SIZE");
    assert_free(&daemon, &mut told).await;
    daemon.stop().await;
}
