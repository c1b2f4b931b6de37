//! Where callers come in: connections, with or without TLS, each with who is at its other end.

pub mod callers;
mod connection;
mod handshake;
pub mod tls;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::server::TcpIncoming;

pub use connection::Connection;
use tls::Tls;

use crate::config::Access;

/// How callers come in.
#[derive(Clone, Debug)]
pub enum Door {
    /// Without TLS: from this machine only, whoever it is.
    Local,
    /// With TLS and a certificate on both sides.
    Tls(Arc<Tls>),
}

impl Door {
    /// Reads the files of TLS, if the configuration names some.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(access: &Access) -> Result<Self, tls::TlsError> {
        Ok(match access {
            Access::Local => Self::Local,
            Access::Tls { files, callers } => {
                Self::Tls(Arc::new(Tls::load(files.clone(), callers.clone())?))
            }
        })
    }

    /// The connections that come in.
    pub(crate) fn incoming(
        self,
        listener: TcpListener,
    ) -> Box<dyn Stream<Item = std::io::Result<Connection>> + Send + Unpin> {
        match self {
            Self::Local => {
                // An answer goes out at once, not with the caller's next acknowledgement.
                let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
                Box::new(incoming.map(|stream| stream.map(Connection::local)))
            }
            Self::Tls(tls) => Box::new(handshake::incoming(listener, tls)),
        }
    }
}
