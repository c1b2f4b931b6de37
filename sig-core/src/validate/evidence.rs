//! What is judged and what is offered beside it (EN 319 102-1 §5.1.4).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::alg::digest::{Digest, DigestId};
use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::cms::bundle::{Object, identify, unwrap_text};
use crate::cms::evidence_record::EvidenceRecord;
use crate::cms::signed_data::{NotSignedData, SignedData};
use crate::cms::stream::content::StreamedContent;
use crate::cms::stream::wanted::wanted_digests;
use crate::cms::stream::{StreamedFile, several_objects};
use crate::cms::time_stamp_response::TimeStampResponse;
use crate::der::octets::Octets;
use crate::trust::authorities::Authorities;
use crate::trust::etsi_list::EtsiSnapshot;
use crate::trust::snapshot::TrustSnapshot;
use crate::x509::cache::CertificateCache;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::OcspResponse;

/// A signature file with its content and the material to judge it by (EN 319 102-1 §5.1.4).
#[derive(Clone, Debug)]
pub struct Evidence {
    pub(super) source: Source,
    pub(super) message: Result<SignedData, NotSignedData>,
    pub(super) response: Option<TimeStampResponse>,
    pub(super) content: Option<Document>,
    pub(super) digests: Vec<Digest>,
    pub(super) records: Records,
    pub(super) material: Material,
    pub(super) budget: Budget,
}

/// What was read, as it was given.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The whole file.
    File(Octets),
    /// What is kept of a file that passed by, and how long that was.
    Stream {
        object: Result<Octets, Malformed>,
        content: Option<StreamedContent>,
        size: u64,
    },
}

/// The document beside a signature.
#[derive(Clone, Debug)]
pub(super) enum Document {
    Octets(Octets),
    /// It passed by.
    Streamed(StreamedContent),
}

/// Evidence records, and the octets that they may be of (RFC 4998).
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    /// The file as it was given.
    pub(super) file: Option<Octets>,
    /// The message in it.
    pub(super) message: Option<Octets>,
    /// The record that the file is, in place of a message.
    pub(super) alone: Option<Octets>,
    /// Further documents of the group that such a record is of.
    pub(super) group: Vec<Octets>,
    /// Records of the file.
    pub(super) beside: Vec<Octets>,
}

/// Certificates, CRLs, OCSP responses and trust (EN 319 102-1 §5.1.4).
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// Certificates that are trusted because the caller says so.
    pub anchors: Vec<Arc<Certificate>>,
    /// Certificates that may help to build paths.
    pub certificates: Vec<Arc<Certificate>>,
    /// CRLs.
    pub crls: Vec<Arc<CertificateList>>,
    /// OCSP responses.
    pub ocsp: Vec<Arc<OcspResponse>>,
    /// Anchors that are trusted no longer, by the SHA-256 of their octets in hexadecimal digits, and since when
    /// (EN 319 102-1 §5.2.6.4 step 3). What they certified before may still be proven good.
    pub sunsets: Vec<(String, UnixTime)>,
    /// Accredited authorities.
    pub trust: Option<Arc<TrustSnapshot>>,
    /// European trusted lists.
    pub trusted_lists: Option<Arc<EtsiSnapshot>>,
    /// Documents of signature policies.
    pub signature_policies: Vec<super::context::SignaturePolicyDocument>,
    /// Authorities and revocation lists that were made ready without a list of accredited ones; they stand before
    /// those of the list.
    pub authorities: Option<Arc<Authorities>>,
    /// Certificates of messages that were judged before.
    pub cache: Option<Arc<CertificateCache>>,
}

/// What one file gave to a [`Material`] (RFC 7468).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Read {
    /// Objects that were taken.
    pub taken: usize,
    /// Objects that are neither certificates nor CRLs nor OCSP responses.
    pub unknown: Vec<Malformed>,
}

impl Evidence {
    /// Reads a signature file, a time-stamp token or the answer of a time-stamping authority: DER, BER, PEM or base64,
    /// found by content (RFC 5652 §3, RFC 3161 §2.4.2, RFC 7468).
    ///
    /// # Errors
    /// A limit. Octets that are no signature are judged as such later.
    pub fn parse(file: &[u8], limits: &Limits) -> Result<Self, Error> {
        let mut budget = Budget::new(*limits);
        budget.spend_bytes(file.len() as u64)?;
        let mut records = Records::default();
        let object = match unwrap_text(file) {
            Ok(objects) => match <[Octets; 1]>::try_from(objects) {
                Ok([octets]) => {
                    records.file = (*octets != *file).then(|| Octets::from(file));
                    Ok(octets)
                }
                Err(_) => Err(several_objects()),
            },
            Err(Error::Malformed(malformed)) => Err(malformed),
            Err(other) => return Err(other),
        };
        let whole = match (&records.file, &object) {
            (Some(whole), _) | (None, Ok(whole)) => whole.clone(),
            (None, Err(_)) => Octets::from(file),
        };
        Self::read(Source::File(whole), object, None, records, budget)
    }

    /// A signature file that arrived as a stream, read as [`Evidence::parse`] reads one at hand (RFC 5652 §3).
    ///
    /// # Errors
    /// A limit.
    pub fn from_stream(file: StreamedFile) -> Result<Self, Error> {
        let mut budget = Budget::new(file.limits);
        budget.count_passed_bytes(file.size);
        let source = Source::Stream {
            object: file.object.clone(),
            content: file.content.clone(),
            size: file.size,
        };
        Self::read(
            source,
            file.object,
            file.content,
            Records::default(),
            budget,
        )
    }

    fn read(
        source: Source,
        object: Result<Octets, Malformed>,
        content: Option<StreamedContent>,
        mut records: Records,
        mut budget: Budget,
    ) -> Result<Self, Error> {
        let mut response = None;
        let message = match object {
            Ok(octets) if EvidenceRecord::is_likely(&octets, &budget) => {
                records.alone = Some(octets);
                Err(NotSignedData::Other(a_record()))
            }
            Ok(octets) if TimeStampResponse::is_likely(&octets, &budget) => {
                read_response(&octets, &mut response, &mut budget)?
            }
            Ok(octets) => {
                // A record is of the whole message, which is not at hand once its content passed by.
                records.message = content.is_none().then(|| octets.clone());
                SignedData::from_stream(&octets, content, &mut budget)?
            }
            Err(malformed) => Err(NotSignedData::Other(malformed)),
        };
        Ok(Self {
            source,
            message,
            response,
            content: None,
            digests: Vec::new(),
            records,
            material: Material::default(),
            budget,
        })
    }

    /// The message, when the file holds one (RFC 5652 §5.1).
    #[must_use]
    pub fn message(&self) -> Option<&SignedData> {
        self.message.as_ref().ok()
    }

    /// Why the file is not read as a signed message, when it is not (RFC 5652 §3).
    #[must_use]
    pub fn not_signed_data(&self) -> Option<NotSignedData> {
        self.message.as_ref().err().copied()
    }

    /// The digests of the document beside it by which it can be judged, each algorithm once (RFC 5652 §5.4,
    /// RFC 4998 §4.1). What cannot be read is left out.
    ///
    /// # Errors
    /// A limit.
    pub fn wanted_digests(&self) -> Result<Vec<DigestId>, Error> {
        let limits = self.budget.limits();
        if let Ok(message) = &self.message {
            return wanted_digests(message, limits);
        }
        let mut budget = Budget::new(*limits);
        let record = self.records.alone.as_ref();
        let record = record.map(|octets| EvidenceRecord::from_ber(octets, &mut budget));
        match record {
            Some(Ok(record)) => Ok(record.digests()),
            Some(Err(error @ Error::Limit(_))) => Err(error),
            Some(Err(_)) | None => Ok(Vec::new()),
        }
    }

    /// The signed document that stands outside the signature (RFC 5652 §5.2).
    #[must_use]
    pub fn with_content(mut self, content: impl Into<Octets>) -> Self {
        self.content = Some(Document::Octets(content.into()));
        self
    }

    /// The signed document that stands outside the signature and passed by (RFC 5652 §5.2).
    #[must_use]
    pub fn with_streamed_content(mut self, content: StreamedContent) -> Self {
        self.content = Some(match content.whole {
            Some(octets) => Document::Octets(octets),
            None => Document::Streamed(content),
        });
        self
    }

    /// A digest of the signed document, for documents that are elsewhere (EN 319 102-1 §5.2.7).
    #[must_use]
    pub fn with_content_digest(mut self, digest: Digest) -> Self {
        self.digests.push(digest);
        self
    }

    /// An evidence record of the signature file (RFC 4998 §5.3), DER, PEM or base64.
    ///
    /// # Errors
    /// The text around it is broken, or holds several objects.
    pub fn with_evidence_record(mut self, file: &[u8]) -> Result<Self, Error> {
        match unwrap_text(file)?.as_slice() {
            [octets] => self.records.beside.push(octets.clone()),
            _ => return Err(Error::Malformed(several_objects())),
        }
        Ok(self)
    }

    /// A further document of the group that an evidence record is of (RFC 4998 §4.2).
    #[must_use]
    pub fn with_document_of_group(mut self, document: impl Into<Octets>) -> Self {
        self.records.group.push(document.into());
        self
    }

    /// Certificates, CRLs, OCSP responses and trust beside those in the signature (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn with_material(mut self, material: Material) -> Self {
        self.material = material;
        self
    }
}

/// The token of an answer; without one there is no signature.
fn read_response(
    octets: &Octets,
    read: &mut Option<TimeStampResponse>,
    budget: &mut Budget,
) -> Result<Result<SignedData, NotSignedData>, Error> {
    let response = match TimeStampResponse::from_der(octets, budget) {
        Ok(response) => response,
        Err(Error::Malformed(malformed)) => return Ok(Err(NotSignedData::Broken(malformed))),
        Err(other) => return Err(other),
    };
    let message = match &response.token {
        Some(token) => SignedData::from_ber(token, budget)?,
        None => Err(NotSignedData::Other(Malformed {
            structure: Structure::TimeStampResponse,
            offset: 0,
            reason: Reason::Missing,
        })),
    };
    *read = Some(response);
    Ok(message)
}

impl Material {
    /// What was made ready before the request (RFC 5280 §6.1).
    #[must_use]
    pub fn known(&self) -> Option<&Authorities> {
        let of_list = || self.trust.as_ref().map(|trust| trust.authorities());
        self.authorities.as_deref().or_else(of_list)
    }

    /// When the trust in an anchor ended; the earliest of several times (EN 319 102-1 §5.2.6.4 step 3).
    #[must_use]
    pub fn sunset_of(&self, anchor: &Certificate) -> Option<UnixTime> {
        if self.sunsets.is_empty() {
            return None;
        }
        let id = anchor.sha256();
        let ends = self.sunsets.iter().filter(|(of, _)| *of == id);
        ends.map(|(_, end)| *end).min()
    }

    /// Takes trusted lists: the certificates of their services become anchors (ETSI TS 119 615 §4.3).
    pub fn trust_lists(&mut self, lists: Arc<EtsiSnapshot>) {
        let known: BTreeSet<&[u8]> = self.anchors.iter().map(|it| &*it.octets).collect();
        let listed = lists.anchors().iter();
        let new = listed.filter(|it| !known.contains(&*it.octets));
        let new: Vec<_> = new.cloned().collect();
        self.anchors.extend(new);
        self.trusted_lists = Some(lists);
    }

    /// Takes every certificate of a file as a trust anchor (RFC 5280 §6.1.1 (d)).
    ///
    /// # Errors
    /// A limit, or a file that cannot be unwrapped.
    pub fn add_anchors(&mut self, file: &[u8], limits: &Limits) -> Result<Read, Error> {
        let mut offered = Self::default();
        let read = offered.add(file, limits)?;
        self.anchors.append(&mut offered.certificates);
        Ok(read)
    }

    /// Takes every certificate, CRL and OCSP response of a file: DER, PEM, base64 or PKCS#7, found by content
    /// (RFC 7468).
    ///
    /// # Errors
    /// A limit, or a file that cannot be unwrapped.
    pub fn add(&mut self, file: &[u8], limits: &Limits) -> Result<Read, Error> {
        let mut read = Read::default();
        for octets in unwrap_text(file)? {
            let mut budget = Budget::new(*limits);
            self.add_object(&octets, &mut read, &mut budget)?;
        }
        Ok(read)
    }

    fn add_object(
        &mut self,
        octets: &Octets,
        read: &mut Read,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        match identify(octets, budget)? {
            Object::Certificate(certificate) => {
                self.certificates.push(Arc::new(*certificate));
                read.taken += 1;
            }
            Object::Crl(crl) => {
                self.crls.push(Arc::new(*crl));
                read.taken += 1;
            }
            Object::Ocsp(response) => {
                self.ocsp.push(Arc::new(*response));
                read.taken += 1;
            }
            Object::SignedData(message) => {
                let members = message.certificates.iter().chain(&message.crls);
                for member in members.chain(&message.ocsp) {
                    self.add_member(member, read, budget)?;
                }
            }
            Object::Unknown(why) => read.unknown.push(why),
        }
        Ok(())
    }

    /// A member of a bundle: a bundle inside a bundle is not opened.
    fn add_member(
        &mut self,
        octets: &Octets,
        read: &mut Read,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let why = match Certificate::from_der(octets, budget) {
            Ok(certificate) => {
                self.certificates.push(Arc::new(certificate));
                read.taken += 1;
                return Ok(());
            }
            Err(Error::Malformed(why)) => why,
            Err(other) => return Err(other),
        };
        if OcspResponse::is_likely(octets, budget) {
            match OcspResponse::from_der(octets, budget) {
                Ok(response) => self.ocsp.push(Arc::new(response)),
                Err(Error::Malformed(why)) => {
                    read.unknown.push(why);
                    return Ok(());
                }
                Err(other) => return Err(other),
            }
        } else {
            match CertificateList::from_der(octets, budget) {
                Ok(crl) => self.crls.push(Arc::new(crl)),
                Err(Error::Malformed(_)) => {
                    read.unknown.push(why);
                    return Ok(());
                }
                Err(other) => return Err(other),
            }
        }
        read.taken += 1;
        Ok(())
    }
}

const fn a_record() -> Malformed {
    Malformed {
        structure: Structure::EvidenceRecord,
        offset: 0,
        reason: Reason::UnsupportedContent,
    }
}
