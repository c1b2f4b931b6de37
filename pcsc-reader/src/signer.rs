//! Signatures with a key on a card: what is shown to the person, and nothing else, is signed (EN 319 122-1 §5.2).
//!
//! [`SigningKey::choose`] picks the certificate, [`Proposal`] is what would be signed, [`Proposal::show`] shows it and
//! gives the only thing that signs, [`Shown`].

mod error;

use std::fmt;
use std::io::{self, Read};

use sig_core::alg::digest::Digest;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::SignatureId;
use sig_core::alg::strength::describe_key;
use sig_core::base::limits::{Budget, Limits};
use sig_core::base::time::UnixTime;
use sig_core::cms::build::{Content, Message, Prepared, Request, customary};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;

pub use error::SigningError;

use crate::card::CardCertificate;
use crate::secret::PinUse;
use crate::session::CardSession;
use crate::transport::ReaderService;

/// The road of the universal electronic card, which was abolished.
const LEGACY_ROAD: &str = "uec";

/// Octets read at a time.
const CHUNK: usize = 1 << 16;

/// A certificate whose key is on the card, and how it signs.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// Names the certificate on the card.
    pub id: String,
    /// The certificate.
    pub certificate: Certificate,
    /// The algorithm that is customary for its key.
    pub algorithm: SignatureId,
}

/// What is signed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Document {
    /// A file.
    File {
        /// Its name, for people.
        name: String,
        /// Octets.
        size: u64,
        /// By the digest of the signature.
        digest: Digest,
        /// The message carries it.
        is_attached: bool,
    },
    /// An application that a daemon prepared, whose whole text is shown.
    Application {
        /// The octets to sign, which are UTF-8.
        text: String,
        /// By the digest of the signature.
        digest: Digest,
    },
}

/// A signature that somebody shall see before it is made.
#[derive(Debug)]
pub struct Proposal {
    key: SigningKey,
    document: Document,
    signing_time: UnixTime,
    prepared: Prepared,
}

/// A signature whose content has been shown: it can be made.
#[derive(Debug)]
pub struct Shown(Proposal);

impl SigningKey {
    /// The certificate of `card` with this identifier or the only one that begins so; without `wanted`, the only one
    /// whose key is on the card.
    ///
    /// # Errors
    /// There is none or more than one, and which there are; its key is not on the card or signs nothing new.
    pub fn choose(card: &CardSession, wanted: Option<&str>) -> Result<Self, SigningError> {
        let certificates = &card.contents().certificates;
        let is_legacy = card
            .contents()
            .applications
            .iter()
            .any(|it| it.road == LEGACY_ROAD);
        if is_legacy && certificates.iter().all(|it| it.key.is_none()) {
            return Err(SigningError::LegacyCard);
        }
        let known = || certificates.iter().map(|it| it.id.clone()).collect();
        let fits: Vec<&CardCertificate> = match wanted {
            None => certificates.iter().filter(|it| it.key.is_some()).collect(),
            Some(id) => match certificates.iter().find(|it| it.id == id) {
                Some(exact) => vec![exact],
                None => certificates
                    .iter()
                    .filter(|it| it.id.starts_with(id))
                    .collect(),
            },
        };
        let chosen = match fits.as_slice() {
            [one] => *one,
            [] if wanted.is_none() => return Err(SigningError::NothingSigns { known: known() }),
            [] => return Err(SigningError::NoSuchCertificate { known: known() }),
            several => {
                let fits = several.iter().map(|it| it.id.clone()).collect();
                return Err(SigningError::SeveralCertificates { fits });
            }
        };
        let id = chosen.id.clone();
        if chosen.key.is_none() {
            return Err(SigningError::NoKey { id });
        }
        let mut budget = Budget::new(Limits::STANDARD);
        let octets = Octets::from(chosen.octets.clone());
        let Ok(certificate) = Certificate::from_der(&octets, &mut budget) else {
            return Err(SigningError::UnreadableCertificate { id });
        };
        let Some(algorithm) = customary(&certificate) else {
            let key = describe_key(&certificate.spki).to_string();
            return Err(SigningError::SignsNothingNew { id, key });
        };
        Ok(SigningKey {
            id,
            certificate,
            algorithm,
        })
    }

    /// The digest of what is read, by the algorithm of this key, and how many octets it was.
    ///
    /// # Errors
    /// Reading failed, or the algorithm is not there.
    pub fn digest(&self, content: &mut dyn Read) -> Result<(Digest, u64), SigningError> {
        let algorithm = RUSTCRYPTO.digest(self.algorithm.digest);
        let algorithm = algorithm.ok_or_else(|| {
            SigningError::from(sig_core::cms::build::Refused::NotInBackEnd(self.algorithm))
        })?;
        let mut context = algorithm.start();
        let mut size: u64 = 0;
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match content.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(SigningError::Content(error.kind())),
            };
            context.update(chunk.get(..count).unwrap_or_default());
            size = size.saturating_add(count as u64);
        }
        let digest = context.finish();
        let digest = digest.map_err(|error| SigningError::Refused(error.into()))?;
        Ok((digest, size))
    }
}

impl Proposal {
    /// To sign a file, which is read once and need not fit into memory. Attached, the caller writes it between
    /// [`Message::head`] and [`Message::tail`].
    ///
    /// # Errors
    /// Reading failed, or no signature can be made so.
    pub fn of_file(
        key: SigningKey,
        name: &str,
        content: &mut dyn Read,
        is_attached: bool,
        signing_time: UnixTime,
    ) -> Result<Self, SigningError> {
        let (digest, size) = key.digest(content)?;
        let content = if is_attached {
            Content::AttachedElsewhere {
                digest: digest.clone(),
                length: size,
            }
        } else {
            Content::DetachedDigest(digest.clone())
        };
        let document = Document::File {
            name: name.to_owned(),
            size,
            digest,
            is_attached,
        };
        Proposal::new(key, document, content, signing_time)
    }

    /// To sign an application, exactly as the daemon prepared it.
    ///
    /// # Errors
    /// It is no text, so that it cannot be shown; or no signature can be made so.
    pub fn of_application(
        key: SigningKey,
        octets: Vec<u8>,
        is_attached: bool,
        signing_time: UnixTime,
    ) -> Result<Self, SigningError> {
        let (digest, _) = key.digest(&mut octets.as_slice())?;
        let text = String::from_utf8(octets).map_err(|_| SigningError::NotText)?;
        let content = if is_attached {
            Content::Attached(Octets::from(text.clone().into_bytes()))
        } else {
            Content::DetachedDigest(digest.clone())
        };
        let document = Document::Application { text, digest };
        Proposal::new(key, document, content, signing_time)
    }

    fn new(
        key: SigningKey,
        document: Document,
        content: Content,
        signing_time: UnixTime,
    ) -> Result<Self, SigningError> {
        let request = Request::new(content, signing_time);
        let prepared = request.prepare(&key.certificate, key.algorithm, &RUSTCRYPTO)?;
        Ok(Proposal {
            key,
            document,
            signing_time,
            prepared,
        })
    }

    /// The key that would sign.
    #[must_use]
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// What would be signed.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The time that the signature would claim (EN 319 122-1 §5.2.1).
    #[must_use]
    pub fn signing_time(&self) -> UnixTime {
        self.signing_time
    }

    /// Shows it to the person. Only what `show` has put out without an error can be signed.
    ///
    /// # Errors
    /// Those of `show`.
    pub fn show<E>(self, show: impl FnOnce(&Self) -> Result<(), E>) -> Result<Shown, E> {
        show(&self)?;
        Ok(Shown(self))
    }
}

impl Shown {
    /// Signs on the card, once. The value is checked with the key of the certificate (RFC 5652 §5.6), so that a faulty
    /// card or the key of another certificate makes an error and no signature.
    ///
    /// # Errors
    /// What the card said, or that its value is wrong.
    pub fn sign(
        &self,
        service: &mut dyn ReaderService,
        card: &CardSession,
        pin: Option<PinUse<'_>>,
    ) -> Result<Message, SigningError> {
        let input = self.0.prepared.to_be_signed();
        let prepared = &self.0.prepared;
        let is_right = |value: &[u8]| prepared.finish(value).is_ok();
        let value = card.sign(service, &self.0.key.id, pin, input, &is_right)?;
        Ok(prepared.finish(&value)?)
    }

    /// What was shown.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.0
    }
}

impl fmt::Debug for Document {
    /// Names of files and texts of applications are personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { size, .. } => write!(f, "File({size} octets)"),
            Self::Application { text, .. } => write!(f, "Application({} octets)", text.len()),
        }
    }
}

#[cfg(test)]
mod tests;
