//! The files of TLS between a command and the daemon.

use std::path::PathBuf;

use clap::Args;
use proto::client;

use super::{super::material::read_file, Exit, say};

/// The files of TLS, all in PEM.
#[derive(Args, Clone, Debug)]
pub(super) struct TlsFiles {
    /// Authorities of the daemon's certificate (PEM) / удостоверяющие сертификата сервиса
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// Certificate to show the daemon (PEM) / сертификат для сервиса
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// Private key of that certificate (PEM) / закрытый ключ этого сертификата
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

impl TlsFiles {
    pub(super) const fn are_given(&self) -> bool {
        self.tls_certificate.is_some()
    }

    /// Reads them, if they are given.
    ///
    /// # Errors
    /// The exit code, once the reason was told.
    pub(super) fn read(&self) -> Result<Option<client::Tls>, Exit> {
        let read = |path| read_file(path).map_err(|stopped| stopped.tell());
        match (&self.tls_ca, &self.tls_certificate, &self.tls_key) {
            (None, None, None) => Ok(None),
            (Some(authorities), Some(certificate), Some(key)) => Ok(Some(client::Tls {
                authorities: read(authorities)?,
                certificate: read(certificate)?,
                key: read(key)?,
            })),
            _ => Err(tell_scheme()),
        }
    }
}

/// Says what goes with which scheme.
pub(super) fn tell_scheme() -> Exit {
    say(
        &"an https:// address needs --tls-ca, --tls-certificate and --tls-key, an http:// one none of them / для адреса https:// \
          нужны --tls-ca, --tls-certificate и --tls-key, для http:// — ни один из них",
    );
    Exit::Usage
}
