//! How much may be in progress at once.

use std::sync::{Arc, Mutex, mpsc};

use proto::v1::{
    GetAccountRequest, SubscribeRequest, account_service_client::AccountServiceClient,
    event_service_client::EventServiceClient,
};
use tokio::{io::AsyncReadExt as _, net::TcpStream};
use tonic::{Code, Request, Status, metadata::MetadataValue, transport::Channel};
use tonic_types::StatusExt as _;
use verifierd::{
    domain::{caller::Role, time::UnixSeconds},
    service::ports::{Arriving, NotJudged, StreamRequest, Verdict, Verify, VerifyRequest},
};

use crate::support::{
    Daemon,
    database::Database,
    reason,
    script::{Script, Scripted},
    secured::{Secured, call},
};

const KEY: &str = "/verifier.v1.AuditService/GetKey";

fn is(error: &Status, code: &str, limit: &str) -> bool {
    let info = error.get_details_error_info().unwrap();
    let waits = error.get_details_retry_info().unwrap().retry_delay;
    assert_eq!(waits.unwrap().as_secs(), 1);
    reason(error) == (Code::ResourceExhausted, code.into()) && info.metadata["limit"] == limit
}

async fn get(channel: &Channel) -> Result<(), Status> {
    let account_id = "acc-1".into();
    let mut client = AccountServiceClient::new(channel.clone());
    let answered = client.get_account(GetAccountRequest { account_id }).await;
    answered.map(|_| ())
}

/// Says when a signature is being judged, and waits until it may go on.
struct Holding {
    judged: Scripted,
    entered: tokio::sync::mpsc::UnboundedSender<()>,
    release: Mutex<mpsc::Receiver<()>>,
}

impl Verify for Holding {
    fn check_format(&self, signature: &[u8]) -> Result<(), NotJudged> {
        self.judged.check_format(signature)
    }

    fn begin(&self, of: StreamRequest, at: UnixSeconds) -> Result<Box<dyn Arriving>, NotJudged> {
        self.judged.begin(of, at)
    }

    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged> {
        self.entered.send(()).unwrap();
        self.release.lock().unwrap().recv().unwrap();
        self.judged.verify(request, at)
    }
}

struct Held {
    daemon: Daemon,
    entered: tokio::sync::mpsc::UnboundedReceiver<()>,
    release: mpsc::Sender<()>,
}

async fn holding(database: &Database, config: &str) -> Held {
    let (enter, entered) = tokio::sync::mpsc::unbounded_channel();
    let (release, released) = mpsc::channel();
    let judge = Holding {
        judged: Scripted::default(),
        entered: enter,
        release: Mutex::new(released),
    };
    Held {
        daemon: Daemon::start_with(database, config, Arc::new(judge)).await,
        entered,
        release,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_progress_are_bounded() {
    let database = Database::sqlite();
    let mut held = holding(&database, "[limits.calls]\nlocal = 1").await;
    let daemon = &held.daemon;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let submit = daemon.submit("acc-1", &application, Script::good(&content).bytes());
    let meanwhile = async {
        held.entered.recv().await.unwrap();
        let refused = get(&daemon.channel).await.unwrap_err();
        assert!(is(&refused, "TOO_MANY_CALLS", "1"), "{refused:?}");
        held.release.send(()).unwrap();
    };
    let (submitted, ()) = tokio::join!(submit, meanwhile);
    submitted.unwrap();
    get(&daemon.channel).await.unwrap();
    held.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_its_place_until_it_ends() {
    let database = Database::sqlite();
    let judge = Arc::new(Scripted::default());
    let daemon = Daemon::start_with(&database, "[limits.calls]\nlocal = 2", judge).await;
    daemon.standard("acc-1").await;
    let mut client = EventServiceClient::new(daemon.channel.clone());
    let mut stream = client
        .subscribe(SubscribeRequest::default())
        .await
        .unwrap()
        .into_inner();
    stream.message().await.unwrap().unwrap();
    let mut second = client
        .subscribe(SubscribeRequest::default())
        .await
        .unwrap()
        .into_inner();
    second.message().await.unwrap().unwrap();
    let refused = get(&daemon.channel).await.unwrap_err();
    assert!(is(&refused, "TOO_MANY_CALLS", "2"), "{refused:?}");
    drop(stream);
    // The daemon learns of it when the connection tells it.
    let mut calls = 0;
    while get(&daemon.channel).await.is_err() {
        calls += 1;
        assert!(calls < 10_000, "the place is not free");
    }
    drop((second, client));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_second_are_bounded() {
    let database = Database::sqlite();
    let config = "[limits]\ncalls_per_second_of_caller = 5";
    let judge = Arc::new(Scripted::default());
    let daemon = Daemon::start_with(&database, config, judge).await;
    daemon.standard("acc-1").await;
    daemon.clock.advance(1);
    for _ in 0..5 {
        get(&daemon.channel).await.unwrap();
    }
    let refused = get(&daemon.channel).await.unwrap_err();
    assert!(is(&refused, "TOO_MANY_CALLS", "5"), "{refused:?}");
    daemon.clock.advance(1);
    get(&daemon.channel).await.unwrap();
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_in_progress_are_bounded() {
    let database = Database::sqlite();
    let config = "[workers]\nrunning = 2\n[limits]\nmessage_bytes = 10485760";
    let mut held = holding(&database, config).await;
    let daemon = &held.daemon;
    daemon.standard("acc-1").await;
    let mut signed = Vec::new();
    for _ in 0..3 {
        let (application, content) = daemon.issue("acc-1").await;
        let mut large = Script {
            snils: None,
            ..Script::good(&content)
        }
        .bytes();
        large.resize(4 << 20, b' ');
        signed.push((application, large));
    }
    let submit = |at: usize| daemon.submit("acc-1", &signed[at].0, signed[at].1.clone());
    let meanwhile = async {
        held.entered.recv().await.unwrap();
        held.entered.recv().await.unwrap();
        let third = submit(2).await.unwrap_err();
        assert!(is(&third, "TOO_MUCH_IN_PROGRESS", "10485760"), "{third:?}");
        // A small one has room.
        get(&daemon.channel).await.unwrap();
        held.release.send(()).unwrap();
        held.release.send(()).unwrap();
    };
    let both = async { tokio::join!(submit(0), submit(1)) };
    let ((first, second), ()) = tokio::join!(both, meanwhile);
    first.unwrap();
    second.unwrap();
    held.release.send(()).unwrap();
    submit(2).await.unwrap();
    held.daemon.stop().await;
}

/// Whether the daemon closes a new connection without a word.
async fn is_closed(daemon: &Daemon) -> bool {
    let mut stream = TcpStream::connect(daemon.address).await.unwrap();
    // Otherwise it begins with its settings.
    !matches!(stream.read(&mut [0; 9]).await, Ok(9))
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_bounded() {
    let database = Database::sqlite();
    let config = "[limits]\nconnections = 2";
    let judge = Arc::new(Scripted::default());
    let daemon = Daemon::start_with(&database, config, judge).await;
    daemon.standard("acc-1").await;
    let second = Channel::from_shared(format!("http://{}", daemon.address)).unwrap();
    let second = second.connect().await.unwrap();
    get(&second).await.unwrap();
    assert!(is_closed(&daemon).await);
    get(&daemon.channel).await.unwrap();
    drop(second);
    let mut tries = 0;
    while is_closed(&daemon).await {
        tries += 1;
        assert!(tries < 10_000, "the place is not free");
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_bounded() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let with = |octets: usize| {
        let mut request = Request::new(GetAccountRequest {
            account_id: "acc-1".into(),
        });
        let value = MetadataValue::try_from("x".repeat(octets)).unwrap();
        request.metadata_mut().insert("x-filler", value);
        request
    };
    let mut client = AccountServiceClient::new(daemon.channel.clone());
    client.get_account(with(8 << 10)).await.unwrap();
    client.get_account(with(17 << 10)).await.unwrap_err();
    get(&daemon.channel).await.unwrap();
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_fills_its_places_leaves_those_of_others() {
    let secured = Secured::start("[limits.calls]\nadministrator = 1\n").await;
    let administrator = secured.role(Role::Administrator).await;
    let mut client = EventServiceClient::new(administrator.clone());
    let stream = client.subscribe(SubscribeRequest::default()).await.unwrap();
    let refused = call(&administrator, KEY).await.unwrap_err();
    assert!(is(&refused, "TOO_MANY_CALLS", "1"), "{refused:?}");
    let portal = secured.role(Role::Portal).await;
    assert_eq!(reason(&get(&portal).await.unwrap_err()).0, Code::NotFound);
    drop(stream);
    secured.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_fills_its_connections_leaves_those_of_others() {
    let secured = Secured::start("[limits]\nconnections_of_caller = 2\n").await;
    let desk = secured.issue(Role::Desk.code());
    let open = [secured.connect(&desk).await, secured.connect(&desk).await];
    for channel in &open {
        assert!(
            !call(channel, KEY)
                .await
                .is_err_and(|it| it.details().is_empty())
        );
    }
    assert!(!secured.is_let_in(&secured.authority, Some(&desk)).await);
    let bank = secured.issue(Role::Bank.code());
    assert!(secured.is_let_in(&secured.authority, Some(&bank)).await);
    drop(open);
    let mut tries = 0;
    while !secured.is_let_in(&secured.authority, Some(&desk)).await {
        tries += 1;
        assert!(tries < 1000, "the place is not free");
    }
    secured.daemon.stop().await;
}
