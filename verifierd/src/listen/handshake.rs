//! A TLS handshake, none for ever.

use std::{net::SocketAddr, time::Duration};

use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::tls::Tls;
use crate::domain::caller::Caller;

/// How long a handshake may take: also somebody who sends nothing must leave.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who is at the other end, if it may be let in.
pub(super) async fn shake_hands(
    stream: TcpStream,
    address: SocketAddr,
    tls: &Tls,
) -> Option<(Caller, TlsStream<TcpStream>)> {
    let shaken = tokio::time::timeout(PATIENCE, tls.acceptor().accept(stream));
    let refused = |why: &dyn std::fmt::Display| {
        tracing::info!(%address, %why, "a caller was not let in");
    };
    let stream = match shaken.await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            refused(&error);
            return None;
        }
        Err(_) => {
            refused(&"the handshake took too long");
            return None;
        }
    };
    let certificates = stream.get_ref().1.peer_certificates();
    let caller = match certificates.and_then(|certificates| certificates.first()) {
        Some(certificate) => tls.callers().caller(certificate),
        None => Caller::Stranger,
    };
    if caller == Caller::Stranger {
        tracing::warn!(%address, "a caller's certificate is not in the configuration");
    }
    Some((caller, stream))
}
