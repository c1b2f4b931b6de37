//! Verify over gRPC, against a bare server whose requests and answers have the same shape.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use proto::v1::verification_service_client::VerificationServiceClient;
use proto::v1::verification_service_server::{VerificationService, VerificationServiceServer};
use proto::v1::{
    Indication, VerifyBatchRequest, VerifyBatchResponse, VerifyRequest, VerifyResponse,
    VerifyStreamRequest,
};
use tempfile::TempDir;
use testdata::{Timestamp, demo};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tonic::codegen::tokio_stream::Empty;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status, Streaming};

use super::figure::Figure;
use super::host::Host;
use super::load::{Rate, closed, paced, percentile};
use super::measure::median;
use crate::soak::daemon::Database;

/// Octets of the signed content.
const CONTENT: usize = 10 << 10;
/// Connections, and calls at once on each.
const CONNECTIONS: usize = 4;
const AT_ONCE: usize = 64;
/// Turns of either side.
const TURNS: usize = 5;
const GOAL: f64 = 0.4;
/// How many times the peer's answer ours may take.
const SLOWER: f64 = 5.0;

/// Answers every request with what the daemon would.
struct Echo(VerifyResponse);

#[tonic::async_trait]
impl VerificationService for Echo {
    type VerifyBatchStream = Empty<Result<VerifyBatchResponse, Status>>;

    async fn verify_batch(
        &self,
        _: Request<Streaming<VerifyBatchRequest>>,
    ) -> Result<Response<Self::VerifyBatchStream>, Status> {
        Err(Status::unimplemented("only Verify is measured"))
    }

    async fn verify(&self, _: Request<VerifyRequest>) -> Result<Response<VerifyResponse>, Status> {
        Ok(Response::new(self.0.clone()))
    }

    async fn verify_stream(
        &self,
        _: Request<Streaming<VerifyStreamRequest>>,
    ) -> Result<Response<VerifyResponse>, Status> {
        Err(Status::unimplemented("only Verify is measured"))
    }
}

/// The rate at saturation, and the slowest answers at half of it, of either side at its own; so many calls in a turn.
pub fn figures(calls: usize) -> Result<(Rate, Figure)> {
    let folder = TempDir::with_prefix("bench-")?;
    let host = Host::start(&Database::Sqlite(folder.path().join("rpc.sqlite")))?;
    let request = request()?;
    let clients = Runtime::new()?;
    let ours = clients.block_on(connect(host.address()))?;
    let answer = clients.block_on(first(&ours)?.clone().verify(request.clone()))?;
    let answer = answer.into_inner();
    let passed = answer
        .report
        .as_ref()
        .and_then(|report| report.conclusion.clone());
    ensure!(
        passed.is_some_and(|it| it.indication() == Indication::TotalPassed),
        "the signature did not pass"
    );
    let servers = Runtime::new()?;
    let listener = servers.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?.to_string();
    let echo = Server::builder()
        .add_service(VerificationServiceServer::new(Echo(answer)))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
    servers.spawn(echo);
    let peer = clients.block_on(connect(&address))?;

    let request = Arc::new(request);
    let (mut rates, mut peers, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let run = |side: &[Client]| {
            let call = calling(side, &request);
            clients.block_on(closed(AT_ONCE, calls, call))
        };
        // Neither side profits from always being the second.
        let (own, other) = if turn % 2 == 0 {
            let own = run(&ours)?.rate();
            (own, run(&peer)?.rate())
        } else {
            let other = run(&peer)?.rate();
            (run(&ours)?.rate(), other)
        };
        rates.push(own);
        peers.push(other);
        ratios.push(own / other);
    }
    let ratio = median(&ratios).context("turns")?;
    let echo_rate = median(&peers).context("turns")?;
    let own_rate = median(&rates).context("turns")?;
    let at_half = |side: &[Client], rate: f64| {
        let pause = Duration::from_secs_f64(2.0 / rate);
        clients.block_on(paced(pause, calls, calling(side, &request)))
    };
    let slow = |times: &[Duration]| percentile(times, 99).map(|it| it.as_secs_f64() * 1e6);
    // A machine that stands still for a moment spoils one turn, not the median.
    let (mut slowest, mut slowest_alone, mut slowest_peer) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let alone = clients.block_on(closed(1, calls, calling(&peer, &request)))?;
        slowest_alone.push(slow(&alone.each)?);
        slowest.push(slow(&at_half(&ours, own_rate)?)?);
        slowest_peer.push(slow(&at_half(&peer, echo_rate)?)?);
    }
    let rate = Rate {
        area: "rpc",
        what: "Verify, 10 KB attached, GOST 256, warm, 64 in flight: against a bare echo"
            .to_owned(),
        ours: ratio * echo_rate,
        peer: echo_rate,
        goal: GOAL,
    };
    let figure = Figure {
        area: "rpc",
        // What the transport and this machine make of half a load by themselves.
        what: format!(
            "Verify: p99 at half load, against the echo's with one in flight (the echo's own at half of its load: {:.0} us)",
            median(&slowest_peer).context("turns")?
        ),
        unit: "us",
        ours: median(&slowest).context("turns")?,
        peer: median(&slowest_alone).context("turns")?,
        goal: 1.0 / SLOWER,
    };
    Ok((rate, figure))
}

type Client = VerificationServiceClient<Channel>;

async fn connect(address: &str) -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        clients.push(VerificationServiceClient::new(endpoint.connect().await?));
    }
    Ok(clients)
}

fn first(clients: &[Client]) -> Result<&Client> {
    clients.first().context("a connection")
}

fn calling(
    clients: &[Client],
    request: &Arc<VerifyRequest>,
) -> impl Fn(usize) -> std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send>> + Clone + Send + 'static
{
    let (clients, request) = (clients.to_vec(), Arc::clone(request));
    move |number| {
        let client = clients.get(number % clients.len()).cloned();
        let request = VerifyRequest::clone(&request);
        Box::pin(async move {
            let mut client = client.context("a connection")?;
            client.verify(request).await?;
            Ok(())
        })
    }
}

fn request() -> Result<VerifyRequest> {
    let content: Vec<u8> = (0..CONTENT).map(|at| (at * 7 % 251) as u8).collect();
    let signature = demo::token()?.sign_attached(&content, Timestamp(super::host::NOW - 60))?;
    Ok(VerifyRequest {
        signature,
        ..VerifyRequest::default()
    })
}
