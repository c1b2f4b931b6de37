//! What a stored snapshot says, read and not yet put together (63-FZ art. 8).

use std::sync::Arc;

use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::trust::service::{
    Authority, History, ListNote, NoteReason, Service, Status, StatusChange,
};
use crate::trust::xml_signature::SignatureProof;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;

use super::super::edition::{Edition, SignerCertificate};
use super::ExtractBound;
use super::input::Input;

pub(super) struct Content {
    pub(super) back_end: String,
    pub(super) digest: String,
    pub(super) ogrn: String,
    pub(super) certificates: Vec<Arc<Certificate>>,
    pub(super) candidates: usize,
    pub(super) roots: Vec<Arc<Certificate>>,
    pub(super) editions: Vec<Arc<Edition>>,
    pub(super) crls: Vec<StoredList>,
    pub(super) algorithms: Vec<String>,
    pub(super) certificate_marks: Vec<Mark>,
    pub(super) crl_marks: Vec<Mark>,
}

/// A revocation list.
pub(super) struct StoredList {
    pub(super) digest: String,
    pub(super) list: Arc<CertificateList>,
}

/// That a signature verified: places of the object, of a certificate with the key, and of the algorithm's name.
pub(super) struct Mark {
    pub(super) object: usize,
    pub(super) key: usize,
    algorithm: usize,
}

impl Mark {
    pub(super) fn algorithm<'a>(&self, content: &'a Content) -> Option<&'a str> {
        content.algorithms.get(self.algorithm).map(String::as_str)
    }
}

/// Who wrote the form.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Writer {
    /// Nobody but the reader could have.
    Own,
    /// Anybody: a saved index, which could leave out a revocation, is refused.
    Anybody,
}

/// How the form is read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// Version of the form.
    pub(super) version: u64,
    pub(super) writer: Writer,
    /// For each certificate and list.
    pub(super) limits: Limits,
}

impl Reading {
    /// Whether the form has the signatures of the lists.
    const fn has_proofs(self) -> bool {
        self.version >= 2
    }
}

/// A part of the file that begins at nought, as the object did when it was read for the first time.
struct Held(Octets);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Content {
    /// None when something does not fit together.
    pub(super) fn read(input: &mut Input, reading: Reading) -> Option<Self> {
        let Reading { writer, limits, .. } = reading;
        let back_end = input.text()?;
        let digest = input.digest()?;
        let ogrn = input.text()?;
        let certificates = certificates(input, writer, limits)?;
        let candidates = input.place().filter(|it| *it <= certificates.len())?;
        let certificate = |input: &mut Input| Some(Arc::clone(certificates.get(input.place()?)?));
        let roots = input.list(certificate)?;
        let editions = input.list(|input| edition(input, &certificates, reading))?;
        let versions = |pair: &[Arc<Edition>]| match pair {
            [older, newer] => older.version < newer.version && older.issued_at <= newer.issued_at,
            _ => false,
        };
        if editions.is_empty() || !editions.windows(2).all(versions) {
            return None;
        }
        Some(Self {
            back_end,
            digest,
            ogrn,
            candidates,
            roots,
            editions,
            crls: input.list(|input| revocation_list(input, writer, limits))?,
            algorithms: input.list(Input::text)?,
            certificate_marks: input.list(mark)?,
            crl_marks: input.list(mark)?,
            certificates,
        })
    }
}

impl Content {
    /// The first bound of an extract that is exceeded.
    pub(super) fn check_bounds(&self) -> Result<(), ExtractBound> {
        let chains = self.editions.iter().map(|edition| edition.chain.len());
        ExtractBound::Versions.check(self.editions.len())?;
        ExtractBound::Chain.check(chains.max().unwrap_or_default())
    }
}

fn certificates(
    input: &mut Input,
    writer: Writer,
    limits: Limits,
) -> Option<Vec<Arc<Certificate>>> {
    const MOST: usize = 4_096;
    let lengths = input.list(Input::place)?;
    if writer == Writer::Anybody && lengths.len() > MOST {
        return None;
    }
    let blob = input.octets()?;
    let mut certificates = Vec::with_capacity(lengths.len());
    let mut rest: &[u8] = &blob;
    for length in lengths {
        let (der, behind) = rest.split_at_checked(length)?;
        rest = behind;
        // Octets of its own: places in a report count from the start of the certificate.
        let der = Octets::from(der);
        let certificate = Certificate::from_der(&der, &mut Budget::new(limits)).ok()?;
        certificates.push(Arc::new(certificate));
    }
    rest.is_empty().then_some(certificates)
}

fn revocation_list(input: &mut Input, writer: Writer, limits: Limits) -> Option<StoredList> {
    let digest = input.digest()?;
    let der = Octets::shared(Arc::new(Held(input.octets()?)));
    let index = input.octets()?;
    if writer == Writer::Anybody && !index.is_empty() {
        return None;
    }
    let mut budget = Budget::new(limits);
    let list = if index.is_empty() {
        CertificateList::from_der(&der, &mut budget).ok()?
    } else {
        // An index that is refused changes no answer.
        CertificateList::from_der_with_index(&der, &index, &mut budget)
            .ok()?
            .0
    };
    // A list under another's digest would pass for one that belongs to the snapshot.
    (list.sha256() == digest).then(|| StoredList {
        digest,
        list: Arc::new(list),
    })
}

fn mark(input: &mut Input) -> Option<Mark> {
    Some(Mark {
        object: input.place()?,
        key: input.place()?,
        algorithm: input.place()?,
    })
}

fn edition(
    input: &mut Input,
    certificates: &[Arc<Certificate>],
    reading: Reading,
) -> Option<Arc<Edition>> {
    let version = input.number()?;
    let (issued_at, taken_at) = (input.instant()?, input.instant()?);
    let digest = input.digest()?;
    let signer = Arc::clone(certificates.get(input.place()?)?);
    let authorities = input.list(|input| {
        Some(Arc::new(Authority {
            name: input.optional_text()?,
            inn: input.optional_text()?,
            ogrn: input.optional_text()?,
            registry_number: input.optional_text()?,
        }))
    })?;
    let histories = input.list(|input| {
        let changes = input.list(|input| {
            Some(StatusChange {
                from: input.instant()?,
                status: Status::from_word(&input.text()?),
            })
        })?;
        Some(History::new(changes))
    })?;
    let services = input.list(|input| {
        Some(Service {
            version,
            authority: Arc::clone(authorities.get(input.place()?)?),
            history: histories.get(input.place()?)?.clone(),
            key_identifier: input.octets()?.to_vec(),
            certificates: input
                .list(|input| Some(certificates.get(input.place()?)?.octets.clone()))?,
            crl_addresses: input.list(Input::text)?,
            tool_class: input.optional_text()?,
        })
    })?;
    let notes = input.list(note)?;
    let (mut proof, mut chain) = (None, Vec::new());
    if reading.has_proofs() {
        proof = input.option(|input| {
            let signed_info = input.octets()?;
            Some(SignatureProof::new(signed_info, input.octets()?))
        })?;
        chain = input.list(|input| {
            let certificate = certificates.get(input.place()?)?;
            Some(Arc::new(SignerCertificate(Arc::clone(certificate))))
        })?;
    }
    Some(Arc::new(Edition {
        version,
        issued_at,
        taken_at,
        digest,
        signer: Arc::new(SignerCertificate(signer)),
        services,
        notes,
        proof,
        chain,
    }))
}

fn note(input: &mut Input) -> Option<ListNote> {
    let authority = input.size()?;
    let mut place = || Some(Some(input.size()?).filter(|place| *place != 0));
    let (key, certificate) = (place()?, place()?);
    let code = input.text()?;
    let mut known = NoteReason::ALL.into_iter();
    Some(ListNote {
        authority,
        key,
        certificate,
        reason: known.find(|reason| reason.code() == code)?,
    })
}
