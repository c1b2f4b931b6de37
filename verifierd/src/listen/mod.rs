//! Where callers come in: connections, with or without TLS, each with who is at its other end.

mod accept;
pub mod callers;
mod connection;
mod handshake;
pub mod tls;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_stream::Stream;

pub use connection::Connection;
use tls::Tls;

use crate::config::{Access, Limits};

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
        limits: &Limits,
    ) -> impl Stream<Item = std::io::Result<Connection>> + Send + Unpin + use<> {
        accept::incoming(listener, self, limits)
    }
}
