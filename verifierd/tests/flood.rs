//! Resident memory of the daemon under a flood of the largest messages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use proto::v1::{
    GetKeyRequest, VerifyRequest, audit_service_client::AuditServiceClient,
    verification_service_client::VerificationServiceClient, verify_request::SignedContent,
};
use tempfile::TempDir;
use testdata::Timestamp;
use tonic::{Code, Status, transport::Channel};
use tonic_types::StatusExt as _;

const SIGNED_AT: Timestamp = Timestamp(1_795_000_000);
/// What the messages of all calls may take, in octets.
const MESSAGES: usize = 32 << 20;
/// A message is held as it came and as it is judged, and the allocator keeps some of what is freed.
const FACTOR: usize = 8;
/// Content of a message that is just let in.
const CONTENT: usize = (5 << 20) - (64 << 10);
const CONNECTIONS: usize = 4;
/// Calls of each connection, one after another and at once.
const ROUNDS: usize = 6;
const AT_ONCE: usize = 12;

struct Daemon {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Daemon {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let config = format!(
            "listen = '127.0.0.1:0'\n[limits]\nmessage_bytes = {MESSAGES}\n[workers]\nrunning = 2\n"
        );
        fs::write(folder.path().join("verifierd.toml"), config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_verifierd"))
            .args(["serve", "--config", "verifierd.toml"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let address = first.strip_prefix("listening on ").unwrap().to_owned();
        Self {
            child,
            address,
            _folder: folder,
        }
    }

    async fn connect(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address)).unwrap();
        endpoint.connect().await.unwrap()
    }

    /// The peak of resident memory so far, in octets.
    fn peak(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kib: usize = line
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        kib << 10
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A signature of other content: what is sent is hashed, and the answer is short.
fn largest() -> VerifyRequest {
    let pki = testdata::pki::named("rsa").unwrap();
    let signer = pki.token("person").unwrap();
    VerifyRequest {
        signature: signer.sign_detached(b"other", SIGNED_AT).unwrap(),
        policy_id: "etsi-ades".into(),
        signed_content: Some(SignedContent::Content(vec![b'x'; CONTENT])),
        ..VerifyRequest::default()
    }
}

/// The code of a refusal.
fn refused(status: &Status) -> String {
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert!(status.get_details_retry_info().is_some(), "{status:?}");
    status.get_details_error_info().unwrap().reason
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_under_its_ceiling() {
    let daemon = Daemon::start();
    let request = largest();
    let verify = |channel: &Channel| {
        let client = VerificationServiceClient::new(channel.clone());
        let (mut client, request) = (client.max_encoding_message_size(8 << 20), request.clone());
        async move { client.verify(request).await.map(drop) }
    };
    let first = daemon.connect().await;
    verify(&first).await.unwrap();
    let before = daemon.peak();

    let (mut answered, mut full) = (0, 0);
    for _ in 0..ROUNDS {
        let mut calls = Vec::new();
        for _ in 0..CONNECTIONS {
            let channel = daemon.connect().await;
            calls.extend((0..AT_ONCE).map(|_| tokio::spawn(verify(&channel))));
        }
        // The small ones are answered meanwhile, or told when to come again.
        let mut small = AuditServiceClient::new(first.clone());
        if let Err(status) = small.get_key(GetKeyRequest {}).await {
            assert_eq!(refused(&status), "TOO_MUCH_IN_PROGRESS");
        }
        for call in calls {
            match call.await.unwrap() {
                Ok(()) => answered += 1,
                Err(status) => match refused(&status).as_str() {
                    "TOO_MUCH_IN_PROGRESS" => full += 1,
                    "BUSY" => {}
                    other => panic!("{other}"),
                },
            }
        }
    }
    let calls = ROUNDS * CONNECTIONS * AT_ONCE;
    let grown = daemon.peak() - before;
    let shown =
        format!("{answered} of {calls} answered, {full} refused for memory, {grown} octets more");
    assert!(answered > 0 && full > 0, "{shown}");
    assert!(grown < FACTOR * MESSAGES, "{shown}");
    // Whoever comes after the flood is answered.
    verify(&first).await.unwrap();
}
