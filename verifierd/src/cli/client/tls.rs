//! TLS between a command and the daemon: a certificate on both sides.

use std::{error::Error, io, path::PathBuf};

use clap::Args;
use sig_core::finding::displayable;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use super::{super::material::read_file, Exit, say};

/// The files of TLS, all in PEM.
#[derive(Args, Clone, Debug)]
pub(super) struct Tls {
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

impl Tls {
    pub(super) const fn is_given(&self) -> bool {
        self.tls_certificate.is_some()
    }

    /// The address, spoken to as it says.
    ///
    /// # Errors
    /// The exit code, once the reason was told.
    pub(super) fn over(&self, endpoint: Endpoint, with_tls: bool) -> Result<Endpoint, Exit> {
        let files = (&self.tls_ca, &self.tls_certificate, &self.tls_key);
        let (authorities, certificate, key) = match (with_tls, files) {
            (false, (None, None, None)) => return Ok(endpoint),
            (true, (Some(authorities), Some(certificate), Some(key))) => {
                (authorities, certificate, key)
            }
            _ => {
                say(
                    &"an https:// address needs --tls-ca, --tls-certificate and --tls-key, an http:// one none of them / для \
                      адреса https:// нужны --tls-ca, --tls-certificate и --tls-key, для http:// — ни один из них",
                );
                return Err(Exit::Usage);
            }
        };
        let read = |path| read_file(path).map_err(|stopped| stopped.tell());
        let identity = Identity::from_pem(read(certificate)?, read(key)?);
        let config = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(read(authorities)?))
            .identity(identity);
        endpoint.tls_config(config).map_err(|error| {
            let why = fault(&error).unwrap_or_default();
            say(&format_args!(
                "--tls-ca, --tls-certificate, --tls-key: {why}: give certificates and a private key in PEM / укажите \
                 сертификаты и закрытый ключ в PEM"
            ));
            Exit::Usage
        })
    }
}

/// What TLS found wrong, if it was TLS.
pub(super) fn fault(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(it) = cause {
        let io = it.downcast_ref::<io::Error>();
        // HTTP/2 passes on the kind of a fault of TLS and its text.
        let told = io.filter(|io| io.kind() == io::ErrorKind::InvalidData);
        if let Some(told) = told.and_then(io::Error::get_ref) {
            return Some(displayable(&told.to_string()));
        }
        cause = it.source();
    }
    None
}
