//! The daemon's certificate and the authorities of its callers, read again when their files change.

use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{NoServerSessionStorage, WebPkiClientVerifier},
    version::{TLS12, TLS13},
};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use super::callers::{self, Callers};
use crate::{
    domain::time::UnixSeconds,
    shown::{both, named},
};

/// Octets that a file may have: the authorities of callers are few.
const FILE: u64 = 1 << 20;

const VERSIONS: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];

/// Where the parts of TLS are, all in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The daemon's certificate and those between it and the root of its callers.
    pub certificate: PathBuf,
    /// Its private key, which only its owner may read.
    pub key: PathBuf,
    /// The authorities that issue the certificates of callers.
    pub clients: PathBuf,
}

/// What is wrong with the files of TLS. Quotes nothing of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("tls: {0}: {1}")]
    File(String, String),
    /// Others than its owner may read the key.
    #[error(
        "tls.key {0}: others may read it; allow its owner only: chmod 600 / ключ {0} могут читать другие; оставьте доступ \
         только владельцу: chmod 600"
    )]
    Open(String),
    /// A file is larger than any of its kind.
    #[error("tls: {0}: larger than {FILE} octets / больше {FILE} байт")]
    TooLarge(String),
    /// There is no certificate in a file.
    #[error("tls: {0}: there is no certificate in PEM in it / в нём нет сертификата в PEM")]
    NoCertificate(String),
    /// There is no private key in the file.
    #[error(
        "tls.key {0}: there is no private key in PEM in it (PKCS #8, SEC 1 or PKCS #1, not encrypted) / в нём нет закрытого \
         ключа в PEM (PKCS #8, SEC 1 или PKCS #1, без шифрования)"
    )]
    NoKey(String),
    /// The key is another certificate's, or of a kind that TLS does not know.
    #[error(
        "tls: the key is not the one of the certificate, or TLS has no such keys: {0} / ключ не от этого сертификата или не \
         годится для TLS"
    )]
    KeyDiffers(String),
    /// An authority of callers cannot be used.
    #[error(
        "tls.clients {0}: a certificate is no authority: {1} / сертификат не годится в удостоверяющие"
    )]
    Authority(String, String),
}

/// TLS as its files say now.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    callers: Callers,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    /// The end of the daemon's certificate, where it can be read.
    not_after: Option<UnixSeconds>,
    /// Of all files, to see that one changed.
    digest: [u8; 32],
}

/// What a look at the files found.
#[derive(Debug, PartialEq, Eq)]
pub enum Looked {
    /// They are as they were.
    Same,
    /// Connections from now on use the new ones.
    Renewed,
    /// The new ones cannot be used; those before stay.
    Kept(TlsError),
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn load(files: TlsFiles, callers: Callers) -> Result<Self, TlsError> {
        let read = Contents::read(&files)?;
        let current = Mutex::new(read.current(&files)?);
        Ok(Self {
            files,
            callers,
            current,
        })
    }

    /// Reads the files again. Connections that were let in before stay.
    pub fn look(&self) -> Looked {
        let read = match Contents::read(&self.files) {
            Ok(read) => read,
            Err(error) => return Looked::Kept(error),
        };
        let digest = read.digest();
        if self.with_current(|current| current.digest == digest) {
            return Looked::Same;
        }
        match read.current(&self.files) {
            Ok(read) => {
                self.with_current(|current| *current = read);
                Looked::Renewed
            }
            Err(error) => Looked::Kept(error),
        }
    }

    /// Whole days until the daemon's certificate ends; below zero when it has ended and callers refuse the daemon.
    pub fn days_left(&self, now: UnixSeconds) -> Option<i64> {
        let not_after = self.with_current(|current| current.not_after)?;
        Some((not_after.seconds() - now.seconds()).div_euclid(86_400))
    }

    /// Whose certificate is whose.
    pub const fn callers(&self) -> &Callers {
        &self.callers
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.with_current(|current| Arc::clone(&current.config))
            .into()
    }

    fn with_current<T>(&self, then: impl FnOnce(&mut Current) -> T) -> T {
        then(&mut self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The octets of the files.
struct Contents {
    certificate: Zeroizing<Vec<u8>>,
    key: Zeroizing<Vec<u8>>,
    clients: Zeroizing<Vec<u8>>,
}

impl Contents {
    fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self {
            certificate: read(&files.certificate, |_| Ok(()))?,
            key: read(&files.key, |mode| match mode & 0o077 {
                0 => Ok(()),
                _ => Err(TlsError::Open(named(&files.key))),
            })?,
            clients: read(&files.clients, |_| Ok(()))?,
        })
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for part in [&self.certificate, &self.key, &self.clients] {
            digest.update(part.len().to_be_bytes());
            digest.update(&***part);
        }
        digest.finalize().into()
    }

    fn current(&self, files: &TlsFiles) -> Result<Current, TlsError> {
        let chain = certificates(&self.certificate, &files.certificate)?;
        let own = chain.first().and_then(|own| callers::read(own));
        Ok(Current {
            not_after: own.map(|own| UnixSeconds::new(own.not_after.seconds())),
            config: self.config(files, chain)?,
            digest: self.digest(),
        })
    }

    fn config(
        &self,
        files: &TlsFiles,
        chain: Vec<CertificateDer<'static>>,
    ) -> Result<Arc<ServerConfig>, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let clients = self.clients(files, &provider)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| TlsError::NoKey(named(&files.key)))?;
        let differs = |why: rustls::Error| TlsError::KeyDiffers(why.to_string());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(VERSIONS)
            .map_err(differs)?
            .with_client_cert_verifier(clients)
            .with_single_cert(chain, key)
            .map_err(differs)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        // A session that is resumed would bring a certificate along that nobody looks at again.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }

    fn clients(
        &self,
        files: &TlsFiles,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, TlsError> {
        let no_authority = |why: String| TlsError::Authority(named(&files.clients), why);
        let mut roots = RootCertStore::empty();
        for authority in certificates(&self.clients, &files.clients)? {
            roots
                .add(authority)
                .map_err(|why| no_authority(why.to_string()))?;
        }
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        verifier
            .build()
            .map_err(|why| no_authority(why.to_string()))
    }
}

fn certificates(pem: &[u8], path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let none = || TlsError::NoCertificate(named(path));
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.map_err(|_| none())?;
    match read.is_empty() {
        true => Err(none()),
        false => Ok(read),
    }
}

fn read(
    path: &Path,
    check_mode: impl FnOnce(u32) -> Result<(), TlsError>,
) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let fault = |error: io::Error| TlsError::File(named(path), both(&error));
    let file = File::open(path).map_err(fault)?;
    check_mode(file.metadata().map_err(fault)?.mode())?;
    // As large as it may become, so that no part of a key stays behind where it moved from.
    let mut octets = Zeroizing::new(Vec::with_capacity(64 << 10));
    file.take(FILE + 1)
        .read_to_end(&mut octets)
        .map_err(fault)?;
    match octets.len() as u64 > FILE {
        true => Err(TlsError::TooLarge(named(path))),
        false => Ok(octets),
    }
}
