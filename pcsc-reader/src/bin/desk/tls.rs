//! The files of TLS between the desk and the daemon.

use std::path::{Path, PathBuf};

use clap::Args;
use proto::client;

use crate::exit::Exit;
use crate::failure::Failure;

/// Files of TLS, all in PEM.
#[derive(Debug, Args)]
pub(crate) struct TlsFiles {
    /// Удостоверяющие сертификата службы (PEM). Authorities of the daemon's certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "endpoint")]
    tls_ca: Option<PathBuf>,

    /// Сертификат рабочего места для службы (PEM). The certificate that the desk shows the daemon (PEM).
    #[arg(long, value_name = "FILE", requires = "endpoint")]
    tls_certificate: Option<PathBuf>,

    /// Закрытый ключ этого сертификата (PEM). The private key of that certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "endpoint")]
    tls_key: Option<PathBuf>,
}

impl TlsFiles {
    /// Reads them, if they are given.
    pub(crate) fn read(&self) -> Result<Option<client::Tls>, Failure> {
        match (&self.tls_ca, &self.tls_certificate, &self.tls_key) {
            (None, None, None) => Ok(None),
            (Some(authorities), Some(certificate), Some(key)) => Ok(Some(client::Tls {
                authorities: read(authorities)?,
                certificate: read(certificate)?,
                key: read(key)?,
            })),
            _ => Err(Self::missing()),
        }
    }

    /// The address and the files do not go together.
    pub(crate) fn missing() -> Failure {
        Failure::told(
            Exit::Usage,
            "desk.tls.files",
            [
                "Адрес https:// идёт с --tls-ca, --tls-certificate и --tls-key, адрес http:// — без них".to_owned(),
                "An https:// address goes with --tls-ca, --tls-certificate and --tls-key, an http:// one without them"
                    .to_owned(),
            ],
            [
                "Укажите все три файла или ни одного.",
                "Give all three files or none.",
            ],
        )
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::file(path, &error))
}
