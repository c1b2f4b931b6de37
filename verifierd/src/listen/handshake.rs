//! TLS handshakes, several at once and none for ever.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
};
use tokio_stream::{Stream, wrappers::ReceiverStream};

use super::{connection::Connection, tls::Tls};
use crate::domain::caller::Caller;

/// Handshakes at once; who comes then waits to be accepted.
const AT_ONCE: usize = 64;
/// How long a handshake may take: also somebody who sends nothing must leave.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries to accept when the system has no room for a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Connections whose handshake succeeded; the listener closes when nobody takes them any more.
pub(super) fn incoming(
    listener: TcpListener,
    tls: Arc<Tls>,
) -> impl Stream<Item = io::Result<Connection>> + Send + Unpin {
    let (let_in, taken) = mpsc::channel(1);
    tokio::spawn(accept(listener, tls, let_in));
    ReceiverStream::new(taken)
}

type LetIn = mpsc::Sender<io::Result<Connection>>;

async fn accept(listener: TcpListener, tls: Arc<Tls>, let_in: LetIn) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await.ok()?;
            Some((permit, listener.accept().await))
        };
        let next = tokio::select! {
            () = let_in.closed() => return,
            next = next => next,
        };
        match next {
            None => return,
            Some((permit, Ok((stream, address)))) => {
                let (tls, let_in) = (Arc::clone(&tls), let_in.clone());
                tokio::spawn(shake_hands(stream, address, tls, let_in, permit));
            }
            Some((_, Err(error))) => {
                tracing::warn!(kind = %error.kind(), "no connection is accepted now");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn shake_hands(
    stream: TcpStream,
    address: SocketAddr,
    tls: Arc<Tls>,
    let_in: LetIn,
    permit: OwnedSemaphorePermit,
) {
    // An answer goes out at once, not with the caller's next acknowledgement.
    let _ = stream.set_nodelay(true);
    let shaken = tokio::time::timeout(PATIENCE, tls.acceptor().accept(stream));
    let refused = |why: &dyn std::fmt::Display| {
        tracing::info!(%address, %why, "a caller was not let in");
    };
    let stream = match shaken.await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return refused(&error),
        Err(_) => return refused(&"the handshake took too long"),
    };
    drop(permit);
    let certificates = stream.get_ref().1.peer_certificates();
    let caller = match certificates.and_then(|certificates| certificates.first()) {
        Some(certificate) => tls.callers().caller(certificate),
        None => Caller::Stranger,
    };
    if caller == Caller::Stranger {
        tracing::warn!(%address, "a caller's certificate is not in the configuration");
    }
    // Nobody takes it when the daemon stops.
    let _ = let_in.send(Ok(Connection::of(caller, stream))).await;
}
