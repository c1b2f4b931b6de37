//! Snapshots as octets, to be kept in a file (63-FZ art. 8).
//!
//! Numbers are written with the least significant octet first. A *text* is its length in octets (4) and UTF-8; *octets*
//! are a length (8) and as many octets; a *list* is a count (4) and so many items; an *option* is an octet 0, or an
//! octet 1 and the value; a *certificate* is a place (4) in the table of certificates; an *instant* is seconds since
//! 1970 (8, signed).
//!
//! | what | form |
//! |---|---|
//! | `trustset` | 8 octets |
//! | version of the form, 2 | 8 |
//! | length of all that follows, without the checksum | 8 |
//! | back end that verified the signatures, with the version of this library | text |
//! | digest of the snapshot | 32 |
//! | OGRN of the signer | text |
//! | table of certificates: lengths; then their DER, one after another | list of 4; octets |
//! | how many of them, from the first, are candidates for paths | 4 |
//! | roots | list of certificates |
//! | versions of the list, oldest first | list of versions |
//! | revocation lists: SHA-256, DER, saved index or nothing | list of (32, octets, octets) |
//! | names of signature algorithms | list of texts |
//! | certificates whose signature verified: the certificate, one with the key, the algorithm's place | list of (4, 4, 4) |
//! | the same of revocation lists, by their place | list of (4, 4, 4) |
//! | SHA-256 of everything before | 32 |
//!
//! A version of the list:
//!
//! | what | form |
//! |---|---|
//! | version, date, when it was taken in, SHA-256 of the XML, signer | 8, instant, instant, 32, certificate |
//! | authorities: name, INN, OGRN, number in the register | list of 4 options of texts |
//! | histories: from when, which word | list of lists of (instant, text) |
//! | services: authority, history, key identifier, certificates, addresses, class of tools | list of (4, 4, octets, list of certificates, list of texts, option of text) |
//! | notes: authority, key or 0, certificate or 0, name of the reason | list of (8, 8, 8, text) |
//! | of its signature: canonical `SignedInfo` and the value; certificates between the signer and a root | option of (octets, octets); list of certificates |
//!
//! Form 1 has neither of the last two, and is read without them: the lists of such a snapshot are as good as before, and a
//! part of it shows nothing of their signatures. To import a list again keeps them.
//!
//! To read it takes no XML, no signature arithmetic and no tables of keys. That a signature verified before is believed
//! only if the whole file has its checksum, if the same version of the same back end verified it, and if the caller says
//! that nobody else could have written the file: a checksum is no signature, and whoever can write the file can write
//! any trust into it.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use sha2::Digest as _;

use crate::alg::identifier::resolve_signature;
use crate::alg::provider::Algorithms;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::verified::VerifiedSignatures;
use crate::base::error::{Disagreement, Error};
use crate::base::limits::Limits;
use crate::der::octets::Octets;
use crate::path::pool::Pool;
use crate::trust::authorities::{Authorities, Marks};
use crate::trust::mintsifry_list::ListLimits;
use crate::x509::authentic::SignedObject;
use crate::x509::crl::CertificateList;

use super::TrustSnapshot;
pub use bound::ExtractBound;
use content::{Content, Reading, Writer};
use input::Input;
use write::{Indexes, Sink};

mod bound;
mod content;
mod input;
mod write;

const MAGIC: [u8; 8] = *b"trustset";
const VERSION: u64 = 2;
/// The oldest version of the form that is read.
const OLDEST: u64 = 1;
/// Octets before the content: magic, version, length.
const HEAD: usize = 24;
/// Octets of an extract, at most: it comes from anybody.
const MOST_OCTETS: usize = 64 << 20;
/// Octets of the checksum.
const CHECKSUM: usize = 32;

/// A file of which the caller says that nobody but itself could have written it (63-FZ art. 8).
#[derive(Clone, Debug)]
pub struct OwnFile(Octets);

impl OwnFile {
    /// The caller vouches: it made sure, by the owner and the permissions of the file, that only its own user could
    /// have written these octets. Whatever comes from elsewhere must not be passed in here.
    #[must_use]
    pub const fn vouched(octets: Octets) -> Self {
        Self(octets)
    }

    pub(in crate::trust) const fn octets(&self) -> &Octets {
        &self.0
    }
}

/// Why a stored snapshot is not used (63-FZ art. 8).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StoredRefused {
    /// It is no stored snapshot.
    OtherForm,
    /// It is one of another version of the form.
    OtherVersion(u64),
    /// It is damaged: its length or checksum is wrong.
    Damaged,
    /// It is whole, and what it says does not fit together or cannot be read under the limits.
    Inconsistent,
    /// It has more octets than an extract may.
    TooLarge,
    /// It has more of something than an extract may.
    TooMuch(ExtractBound),
    /// Its signatures had to be checked anew, and two implementations disagree.
    BackEndsDisagree(Disagreement),
}

impl fmt::Display for StoredRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherForm => f.write_str("not a stored snapshot"),
            Self::OtherVersion(version) => {
                write!(
                    f,
                    "form {version} of stored snapshots, this program reads {OLDEST} to {VERSION}; import the lists again"
                )
            }
            Self::Damaged => f.write_str("length or checksum is wrong; import the lists again"),
            Self::Inconsistent => {
                f.write_str("its parts do not fit together; import the lists again")
            }
            Self::TooLarge => write!(f, "an extract of more than {MOST_OCTETS} octets"),
            Self::TooMuch(bound) => bound.fmt(f),
            Self::BackEndsDisagree(disagreement) => disagreement.fmt(f),
        }
    }
}

impl From<ExtractBound> for StoredRefused {
    fn from(bound: ExtractBound) -> Self {
        Self::TooMuch(bound)
    }
}

/// A snapshot that was read from its stored form (63-FZ art. 8).
#[derive(Debug)]
pub struct Recalled {
    /// The snapshot; its keys are prepared when they are first used.
    pub snapshot: TrustSnapshot,
    /// Whether another back end, or another version of it, had verified the signatures, so that they were checked
    /// again. To store the snapshot again saves that.
    pub checked_anew: bool,
}

/// Whether octets begin as a stored snapshot does, of whatever version (63-FZ art. 8).
#[must_use]
pub fn has_stored_form(octets: &[u8]) -> bool {
    octets.starts_with(&MAGIC)
}

/// The name of a back end with the version of this library: a fault that is mended must not live on in marks.
fn back_end(name: &str) -> String {
    format!("{name} {}", env!("CARGO_PKG_VERSION"))
}

impl TrustSnapshot {
    /// The stored form. Revocation lists that were offered later do not belong to it (63-FZ art. 8).
    #[must_use]
    pub fn to_stored(&self) -> Vec<u8> {
        self.stored(Indexes::Saved)
    }

    /// The form that [`Self::from_extract`] reads: without saved indexes, which only their writer can believe (63-FZ
    /// art. 8).
    #[must_use]
    pub fn to_extract(&self) -> Vec<u8> {
        self.stored(Indexes::LeftOut)
    }

    fn stored(&self, indexes: Indexes) -> Vec<u8> {
        let mut octets = Vec::new();
        let Ok(()) = self.store_with::<Infallible>(indexes, |part| {
            octets.extend_from_slice(part);
            Ok(())
        });
        octets
    }

    /// Writes the stored form in small parts, so that it is never in memory as a whole (63-FZ art. 8).
    ///
    /// # Errors
    /// The first that `write` answers; it is not called again.
    pub fn store<E>(&self, write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        self.store_with(Indexes::Saved, write)
    }

    fn store_with<E>(
        &self,
        indexes: Indexes,
        mut write: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut length = 0_u64;
        write::content(
            self,
            indexes,
            &mut Sink(&mut |part| length = length.saturating_add(part.len() as u64)),
        );
        let mut hash = sha2::Sha256::new();
        let mut done = Ok(());
        let mut put = |part: &[u8]| {
            if done.is_ok() {
                hash.update(part);
                done = write(part);
            }
        };
        put(&MAGIC);
        put(&VERSION.to_le_bytes());
        put(&length.to_le_bytes());
        write::content(self, indexes, &mut Sink(&mut put));
        done?;
        write(&hash.finalize())
    }

    /// Reads the stored form. Certificates and revocation lists are parsed again; their signatures are checked again
    /// only if another back end, or another version of it, had verified them (63-FZ art. 8).
    ///
    /// # Errors
    /// The file is damaged, of another form, or says what cannot be.
    ///
    /// # Limits
    /// Those given, for each certificate and list; one pass of SHA-256 over the file.
    pub fn from_stored(
        file: &OwnFile,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Recalled, StoredRefused> {
        let (version, place) = whole(&file.0)?;
        let mut input = Input::new(file.0.part(place));
        let reading = Reading {
            version,
            writer: Writer::Own,
            limits: limits.certificate,
        };
        let content = Content::read(&mut input, reading)
            .filter(|_| input.is_empty())
            .ok_or(StoredRefused::Inconsistent)?;
        recall(content, algorithms, limits.certificate)
    }
}

impl TrustSnapshot {
    /// Reads the stored form of whoever wrote it: every signature is checked again, every revocation list read whole, and
    /// one with a saved index is refused. What the lists say of keys is what
    /// the file says, for whoever vouches for it (63-FZ art. 8).
    ///
    /// # Errors
    /// As for [`Self::from_stored`]; it has more than an extract may.
    ///
    /// # Limits
    /// Those given, for each certificate and list; at most 16 signature checks for each; 64 MiB, 4 096
    /// certificates and the numbers of [`ExtractBound`].
    pub fn from_extract(
        octets: &Octets,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Self, StoredRefused> {
        if octets.len() > MOST_OCTETS {
            return Err(StoredRefused::TooLarge);
        }
        let (version, place) = whole(octets)?;
        let mut input = Input::of_anybody(octets.part(place));
        let reading = Reading {
            version,
            writer: Writer::Anybody,
            limits: limits.certificate,
        };
        let content = Content::read(&mut input, reading)
            .filter(|_| input.is_empty())
            .ok_or_else(|| input.refused())?;
        content.check_bounds()?;
        // No back end has this name, so nobody's marks are believed.
        let content = Content {
            back_end: String::new(),
            ..content
        };
        recall(content, algorithms, limits.certificate).map(|recalled| recalled.snapshot)
    }
}

/// The version of the form, and where the content stands in a file that has its checksum.
fn whole(file: &Octets) -> Result<(u64, std::ops::Range<usize>), StoredRefused> {
    if !has_stored_form(file) {
        return Err(StoredRefused::OtherForm);
    }
    let number = |at: usize| {
        let octets = file.get(at..at + 8)?.first_chunk()?;
        Some(u64::from_le_bytes(*octets))
    };
    let version = number(8).ok_or(StoredRefused::Damaged)?;
    if !(OLDEST..=VERSION).contains(&version) {
        return Err(StoredRefused::OtherVersion(version));
    }
    let length = number(16).and_then(|length| usize::try_from(length).ok());
    let end = length.and_then(|length| length.checked_add(HEAD));
    let (Some(end), Some(total)) = (end, end.and_then(|end| end.checked_add(CHECKSUM))) else {
        return Err(StoredRefused::Damaged);
    };
    if total != file.len() {
        return Err(StoredRefused::Damaged);
    }
    let (before, checksum) = file.split_at_checked(end).ok_or(StoredRefused::Damaged)?;
    if *sha2::Sha256::digest(before) != *checksum {
        return Err(StoredRefused::Damaged);
    }
    Ok((version, file.offset() + HEAD..file.offset() + end))
}

fn recall(
    content: Content,
    algorithms: &Algorithms,
    limits: Limits,
) -> Result<Recalled, StoredRefused> {
    let candidates = content.certificates.iter().take(content.candidates);
    let pool = Pool::new(candidates.cloned(), limits).map_err(|_| StoredRefused::Inconsistent)?;
    if pool.certificates().len() != content.candidates {
        return Err(StoredRefused::Inconsistent);
    }
    let authorities = Authorities::unlinked(&content.roots, pool, algorithms, limits);
    let crls: Vec<Arc<CertificateList>> =
        content.crls.iter().map(|it| Arc::clone(&it.list)).collect();
    let checked_anew = content.back_end != back_end(algorithms.name);
    let authorities = if checked_anew {
        let linked = authorities.linked(None, algorithms);
        linked.and_then(|authorities| authorities.with_crls(crls, algorithms))
    } else {
        let known = Known::read(&content, algorithms).ok_or(StoredRefused::Inconsistent)?;
        let marks = Marks {
            certificates: &known.certificates,
            crls: &known.crls,
        };
        authorities.recalled(known.verified, crls, &marks, algorithms)
    };
    let authorities = authorities.map_err(|error| match error {
        Error::BackEndsDisagree(disagreement) => StoredRefused::BackEndsDisagree(disagreement),
        _ => StoredRefused::Inconsistent,
    })?;
    let mut own_crls: Vec<String> = content.crls.iter().map(|it| it.digest.clone()).collect();
    own_crls.sort();
    let snapshot = TrustSnapshot::indexed(content.editions, &content.ogrn, own_crls, authorities);
    let snapshot = snapshot.filter(|snapshot| snapshot.digest == content.digest);
    Ok(Recalled {
        snapshot: snapshot.ok_or(StoredRefused::Inconsistent)?,
        checked_anew,
    })
}

/// Signatures that the same back end verified before the file was written.
struct Known {
    verified: VerifiedSignatures,
    certificates: Vec<(
        Arc<crate::x509::certificate::Certificate>,
        SubjectPublicKeyInfo,
    )>,
    crls: Vec<(Arc<CertificateList>, SubjectPublicKeyInfo)>,
}

impl Known {
    fn read(content: &Content, algorithms: &Algorithms) -> Option<Self> {
        let mut verified = VerifiedSignatures::by(algorithms);
        let mut certificates = Vec::with_capacity(content.certificate_marks.len());
        for mark in &content.certificate_marks {
            let object = content.certificates.get(mark.object)?;
            let key = &content.certificates.get(mark.key)?.spki;
            remember(
                &**object,
                key,
                mark.algorithm(content)?,
                algorithms,
                &mut verified,
            )?;
            certificates.push((Arc::clone(object), key.clone()));
        }
        let mut crls = Vec::with_capacity(content.crl_marks.len());
        for mark in &content.crl_marks {
            let object = &content.crls.get(mark.object)?.list;
            let key = &content.certificates.get(mark.key)?.spki;
            remember(
                &**object,
                key,
                mark.algorithm(content)?,
                algorithms,
                &mut verified,
            )?;
            crls.push((Arc::clone(object), key.clone()));
        }
        Some(Self {
            verified,
            certificates,
            crls,
        })
    }
}

/// Takes one mark, if the algorithm is the one that the object and the key name and the back end computes it.
fn remember(
    object: &impl SignedObject,
    key: &SubjectPublicKeyInfo,
    algorithm: &str,
    algorithms: &Algorithms,
    verified: &mut VerifiedSignatures,
) -> Option<()> {
    let signed = object.signed();
    let id = resolve_signature(&signed.algorithm, None, &key.algorithm).ok()?;
    if id.to_string() != algorithm {
        return None;
    }
    algorithms.signature(id)?;
    verified.insert(signed.statement(key), id);
    Some(())
}

#[cfg(test)]
mod tests;
