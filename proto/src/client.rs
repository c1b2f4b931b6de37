//! How a client reaches the daemon: where it is, what TLS is made of, what an answer that did not come means.

mod patience;

use std::{error::Error, io, net::IpAddr};

use tonic::{
    Status, TimeoutExpired,
    transport::{Certificate, ClientTlsConfig, Endpoint, Identity},
};

pub use patience::{ONCE, Patience, Repeat};

/// The parts of TLS, all in PEM: either side shows a certificate.
#[derive(Clone)]
pub struct Tls {
    /// The authorities of the daemon's certificate.
    pub authorities: Vec<u8>,
    /// The certificate of the client, with those between it and an authority that the daemon knows.
    pub certificate: Vec<u8>,
    /// Its private key.
    pub key: Vec<u8>,
}

/// Why an address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no address of scheme `http` or `https`.
    NoAddress,
    /// Without TLS only a daemon of this machine is spoken to.
    OtherMachine,
    /// Scheme `https` goes with the parts of TLS, `http` without.
    Scheme,
    /// The parts are no certificates and no key: what TLS says of them.
    Parts(String),
}

/// The daemon at `address`: `https://host:port` with the parts of TLS, or `http://` and this machine without.
///
/// # Errors
/// Why it cannot be used.
pub fn endpoint(address: &str, tls: Option<Tls>) -> Result<Endpoint, Unusable> {
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|_| Unusable::NoAddress)?;
    let host = endpoint.uri().host().ok_or(Unusable::NoAddress)?;
    match (endpoint.uri().scheme_str(), tls) {
        (Some("http"), None) if is_this_machine(host) => Ok(endpoint),
        (Some("http"), None) => Err(Unusable::OtherMachine),
        // Without an authority every connection would fail, for a reason that names none.
        (Some("https"), Some(tls)) if !has_certificate(&tls.authorities) => Err(Unusable::Parts(
            "no certificate of an authority in PEM".to_owned(),
        )),
        (Some("https"), Some(tls)) => {
            let config = ClientTlsConfig::new()
                .ca_certificate(Certificate::from_pem(tls.authorities))
                .identity(Identity::from_pem(tls.certificate, tls.key));
            let unusable = |error| Unusable::Parts(tls_fault(&error).unwrap_or_default());
            endpoint.tls_config(config).map_err(unusable)
        }
        (Some("http" | "https"), _) => Err(Unusable::Scheme),
        _ => Err(Unusable::NoAddress),
    }
}

fn has_certificate(pem: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    pem.windows(BEGIN.len()).any(|it| it == BEGIN)
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// What TLS found wrong, if it was TLS.
#[must_use]
pub fn tls_fault(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(it) = cause {
        // HTTP/2 passes on the kind of a fault of TLS and its text.
        let io = it.downcast_ref::<io::Error>();
        let told = io.filter(|io| io.kind() == io::ErrorKind::InvalidData);
        if let Some(told) = told.and_then(io::Error::get_ref) {
            return Some(told.to_string());
        }
        cause = it.source();
    }
    None
}

/// Whether the connection was cut, so that nobody answered: every answer of the daemon has details.
///
/// What was asked may have been carried out. Over TLS 1.3 this is also how a client learns that its certificate is not
/// accepted.
#[must_use]
pub fn is_cut(status: &Status) -> bool {
    let mut cause = status.source();
    if cause.is_none() || !status.details().is_empty() {
        return false;
    }
    while let Some(it) = cause {
        if it.is::<TimeoutExpired>() {
            return false;
        }
        cause = it.source();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unusable(address: &str, tls: Option<Tls>) -> Option<Unusable> {
        endpoint(address, tls).err()
    }

    #[test]
    fn without_tls_only_this_machine_is_spoken_to() {
        for here in [
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://localhost:1",
            "http://127.9.9.9:1",
        ] {
            assert_eq!(unusable(here, None), None, "{here}");
        }
        for elsewhere in [
            "http://192.0.2.1:1",
            "http://localhost.example:1",
            "http://[::]:1",
        ] {
            assert_eq!(
                unusable(elsewhere, None),
                Some(Unusable::OtherMachine),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn the_scheme_goes_with_the_parts() {
        let nothing = || Tls {
            authorities: Vec::new(),
            certificate: Vec::new(),
            key: Vec::new(),
        };
        let scheme = Some(Unusable::Scheme);
        assert_eq!(unusable("https://127.0.0.1:1", None), scheme);
        assert_eq!(unusable("http://127.0.0.1:1", Some(nothing())), scheme);
        assert!(matches!(
            unusable("https://127.0.0.1:1", Some(nothing())),
            Some(Unusable::Parts(_))
        ));
        for no_address in ["", "127.0.0.1:1", "ftp://127.0.0.1:1", "http://", "a b"] {
            assert_eq!(
                unusable(no_address, None),
                Some(Unusable::NoAddress),
                "{no_address}"
            );
        }
    }

    #[test]
    fn what_the_daemon_says_is_no_cut() {
        assert!(!is_cut(&Status::internal("said")));
        let caused = |cause: io::Error| {
            let mut status = Status::unknown("transport error");
            status.set_source(std::sync::Arc::new(cause));
            status
        };
        let cut = caused(io::ErrorKind::BrokenPipe.into());
        assert!(is_cut(&cut));
        assert_eq!(tls_fault(cut.source().unwrap()), None);
        let alert = caused(io::Error::new(io::ErrorKind::InvalidData, "an alert"));
        assert!(is_cut(&alert));
        assert_eq!(
            tls_fault(alert.source().unwrap()).as_deref(),
            Some("an alert")
        );
    }
}
