//! Of a snapshot of trusted lists, what one judgement met: a small part of it that answers the same
//! (ETSI TS 119 615 §4.1).
//!
//! The judgement is made with a snapshot that remembers every key that it was asked about. Kept are the services of these
//! keys, and those whose certificates are named in what was judged: each whole, with its history and all that shares a
//! certificate with it. Of other services that are anchors the subject stays, so that whoever looks through the anchors
//! does the same work.
//!
//! | what | form |
//! |---|---|
//! | `etsipart` | 8 octets |
//! | version of the form, 1 | 8 |
//! | digest of the snapshot, hexadecimal digits | text |
//! | who may sign, by the caller: DER | list of octets |
//! | lists: SHA-256 of the XML, hexadecimal digits; when it was taken in; header; pointers to lists with a service here; services; DER of the signer; canonical `SignedInfo`; value of the signature | list of records |
//! | subjects of anchors that are left out | list of octets |
//! | anchors: 0 for the next that the services give, else the place of the subject, from 1 | list of 8 |
//!
//! The values are those of `form`. The signature of each list is verified over the octets that were signed, which hold the
//! digest of the canonical list. That a service stands in the list, and that no other does, takes the list: see
//! [`EtsiSnapshot::whole`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::alg::provider::Algorithms;
use crate::base::error::Structure;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;
use crate::trust::etsi_list::{EtsiList, SignedEtsiList};
use crate::trust::mintsifry_list::ListLimits;
use crate::trust::snapshot::{AskedKeys, ListSignature, StoredRefused};
use crate::trust::xml_signature::SignedDigest;
use crate::x509::certificate::{Certificate, sha256_hex};
use crate::x509::name::Name;

use super::{EtsiEdition, EtsiSnapshot, Offered, Signing};
use content::Content;
use form::{Form, Input};
use signers::check_signers;

mod content;
mod form;
mod refused;
mod signers;

pub use refused::EtsiExtractRefused;

const MAGIC: [u8; 8] = *b"etsipart";
const VERSION: u64 = 1;
/// Octets of an extract, at most: it comes from anybody.
const MOST_OCTETS: usize = 64 << 20;

/// What was met in a snapshot of trusted lists (ETSI TS 119 615 §4.3).
#[derive(Clone, Debug)]
pub struct MetLists {
    keys: AskedKeys,
}

impl EtsiSnapshot {
    /// The same snapshot, which remembers what is met in it; its answers are the same (ETSI TS 119 615 §4.3).
    #[must_use]
    pub fn recording(&self) -> (Self, MetLists) {
        let keys = AskedKeys::default();
        let recording = Self {
            asked: Some(keys.clone()),
            ..self.clone()
        };
        (recording, MetLists { keys })
    }

    /// The part of the snapshot that was met, under its name (ETSI TS 119 615 §4.3). `is_named` says whether a name, by its
    /// DER, stands in what was judged: the certificates of such a subject or issuer may have been looked at.
    ///
    /// None when a part of it could not be made, or it is more than [`Self::from_extract`] reads.
    ///
    /// # Limits
    /// One pass over the snapshot for each service that shares a certificate with another.
    #[must_use]
    pub fn extract(&self, met: &MetLists, is_named: impl Fn(&[u8]) -> bool) -> Option<Self> {
        let keys = met.keys.keys();
        let asked = keys.iter().filter_map(|key| self.by_key.get(key)).flatten();
        let mut kept: BTreeSet<(usize, usize)> = asked.copied().collect();
        let named = self
            .anchors
            .iter()
            .filter(|anchor| is_named(&anchor.subject.octets) || is_named(&anchor.issuer.octets));
        let mut certificates: BTreeSet<&[u8]> = named.map(|anchor| &*anchor.octets).collect();
        loop {
            let before = (kept.len(), certificates.len());
            for (at, edition) in self.editions.iter().enumerate() {
                for (place, service) in edition.list().services.iter().enumerate() {
                    let mut own = service.certificates.iter().map(|it| &**it);
                    if kept.contains(&(at, place)) || own.any(|it| certificates.contains(it)) {
                        kept.insert((at, place));
                        certificates.extend(service.certificates.iter().map(|it| &**it));
                    }
                }
            }
            if (kept.len(), certificates.len()) == before {
                break;
            }
        }
        let territories: BTreeSet<&str> = kept
            .iter()
            .filter_map(|(at, _)| self.editions.get(*at))
            .map(|edition| edition.territory())
            .collect();
        let editions = self.editions.iter().enumerate();
        let editions = editions.map(|(at, edition)| {
            let list = edition.list();
            let services = list.services.iter().enumerate();
            let services = services.filter(|(place, _)| kept.contains(&(at, *place)));
            let pointers = list.pointers.iter().filter(|pointer| {
                let territory = pointer.territory.as_deref();
                edition.is_list_of_lists() && territory.is_some_and(|it| territories.contains(it))
            });
            let list = EtsiList {
                header: list.header.clone(),
                pointers: pointers.cloned().collect(),
                services: services.map(|(_, service)| service.clone()).collect(),
                notes: Vec::new(),
            };
            Arc::new(edition.part(list))
        });
        let extract = Self::indexed(editions.collect(), self.signers.clone(), Limits::STANDARD);
        let anchors = self.anchors.iter().enumerate().map(|(number, anchor)| {
            if certificates.contains(&*anchor.octets) {
                Some(Arc::clone(anchor))
            } else {
                stand_in(&anchor.subject.octets, number)
            }
        });
        let extract = Self {
            anchors: anchors.collect::<Option<_>>()?,
            ..extract.ok()?
        };
        // What nobody would read is not written.
        Content::of(&extract).check_bounds().ok()?;
        Some(extract)
    }

    /// The form of an extract (ETSI TS 119 615 §4.1).
    #[must_use]
    pub fn to_extract(&self) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        VERSION.put(&mut out);
        Content::of(self).put(&mut out);
        out
    }

    /// Reads an extract of whoever wrote it: the signature of each list is verified over the octets that were signed, each
    /// signer is one that the pointers of the extract, or its caller, name. What the lists say of services is what the
    /// extract says, for whoever vouches for it (ETSI TS 119 615 §4.1).
    ///
    /// # Errors
    /// It is of another form, says what cannot be, or has more than an extract may.
    ///
    /// # Limits
    /// Those given, for each certificate; 64 MiB and the numbers of [`ExtractBound`](crate::trust::snapshot::ExtractBound).
    pub fn from_extract(
        octets: &Octets,
        algorithms: &Algorithms,
        limits: Limits,
    ) -> Result<Self, StoredRefused> {
        if octets.len() > MOST_OCTETS {
            return Err(StoredRefused::TooLarge);
        }
        let rest = octets
            .strip_prefix(&MAGIC)
            .ok_or(StoredRefused::OtherForm)?;
        let mut input = Input::new(Octets::from(rest));
        let version = u64::take(&mut input).ok_or(StoredRefused::Damaged)?;
        if version != VERSION {
            return Err(StoredRefused::OtherVersion(version));
        }
        let content = Content::read(&mut input).ok_or_else(|| input.refused())?;
        content.check_bounds()?;
        let parts = content.parts.into_iter();
        let editions = parts.map(|part| part.edition(algorithms, limits));
        let editions = editions.collect::<Result<Vec<_>, _>>()?;
        check_signers(&editions, &content.signers).ok_or(StoredRefused::Inconsistent)?;
        let snapshot = Self::indexed(editions, content.signers, limits);
        let snapshot = snapshot.map_err(|_| StoredRefused::Inconsistent)?;
        if snapshot.digest != content.digest {
            return Err(StoredRefused::Inconsistent);
        }
        let anchors = all_anchors(&snapshot.anchors, &content.names, &content.anchors, limits);
        Ok(Self {
            anchors: anchors.ok_or(StoredRefused::Inconsistent)?,
            ..snapshot
        })
    }

    /// Of an extract, the snapshot that it is a part of, from the lists themselves (ETSI TS 119 615 §4.1): each has the
    /// digest that the extract names, its signature verifies, its signer is one that may sign it, and everything that the
    /// extract says of it stands in it.
    ///
    /// # Errors
    /// The first of these that does not hold.
    ///
    /// # Limits
    /// Those given, for each list.
    pub fn whole(
        &self,
        lists: &[Octets],
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Self, EtsiExtractRefused> {
        let given: BTreeMap<String, &Octets> =
            lists.iter().map(|xml| (sha256_hex(xml), xml)).collect();
        let mut offered = Vec::with_capacity(self.editions.len());
        for part in &self.editions {
            let xml = given.get(&part.digest);
            let xml = *xml.ok_or_else(|| EtsiExtractRefused::missing(&part.list().header))?;
            let list = Offered::new(xml.clone(), part.taken_at, limits);
            offered.push(list.map_err(EtsiExtractRefused::List)?);
        }
        let whole = Self::of_offered(
            offered,
            &[],
            Signing::Named(self.signers.clone()),
            (algorithms, limits),
        )
        .map_err(EtsiExtractRefused::List)?;
        for (place, part) in self.editions.iter().enumerate() {
            let list = whole.editions.get(place);
            if !list.is_some_and(|list| part.is_part_of(list)) {
                return Err(EtsiExtractRefused::differs(&part.list().header));
            }
        }
        let mut anchors = self.anchors.iter().zip(&whole.anchors).enumerate();
        let is_same = self.digest == whole.digest
            && self.anchors.len() == whole.anchors.len()
            && anchors.all(|(number, (part, whole))| {
                let left_out = || stand_in(&whole.subject.octets, number);
                part.octets == whole.octets || left_out().is_some_and(|it| it.octets == part.octets)
            });
        match self.editions.first() {
            Some(first) if !is_same => Err(EtsiExtractRefused::differs(&first.list().header)),
            _ => Ok(whole),
        }
    }

    /// Who signed which digest of which list (ETSI TS 119 612 §5.7).
    #[must_use]
    pub fn signatures(&self) -> Vec<ListSignature> {
        let signatures = self.editions.iter().filter_map(|edition| {
            let mut budget = Budget::new(Limits::STANDARD);
            let signer = Certificate::from_der(edition.signer(), &mut budget).ok()?;
            Some(ListSignature {
                territory: Some(edition.territory().to_owned()),
                number: edition.number(),
                sha256: edition.digest.clone(),
                signed: Some(SignedDigest {
                    algorithm: edition.signed.signature,
                    digest: edition.signed.digest_of_document.clone(),
                }),
                signer: Arc::new(signer),
            })
        });
        signatures.collect()
    }
}

impl EtsiEdition {
    /// The same edition with a part of its list.
    fn part(&self, list: EtsiList) -> Self {
        Self {
            xml: Octets::from(Vec::new()),
            digest: self.digest.clone(),
            taken_at: self.taken_at,
            signed: SignedEtsiList {
                list,
                ..self.signed.clone()
            },
        }
    }

    /// Whether every service and pointer stands in another edition, in the same order, and all else is the same.
    fn is_part_of(&self, whole: &Self) -> bool {
        let (part, list) = (self.list(), whole.list());
        self.taken_at == whole.taken_at
            && part.header == list.header
            && self.signed.signer == whole.signed.signer
            && self.signed.proof == whole.signed.proof
            && is_in_order(&part.services, &list.services)
            && is_in_order(&part.pointers, &list.pointers)
    }
}

fn is_in_order<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|own| whole.any(|it| it == own))
}

/// The anchors in their order: those that the services give, and stand-ins for those that were left out.
fn all_anchors(
    given: &[Arc<Certificate>],
    names: &[Octets],
    order: &[u64],
    limits: Limits,
) -> Option<Vec<Arc<Certificate>>> {
    for name in names {
        let mut reader = Reader::new(name, Encoding::Der, Structure::Name);
        Name::read(&mut reader, &mut Budget::new(limits)).ok()?;
        if !reader.is_empty() {
            return None;
        }
    }
    let mut given = given.iter();
    let mut anchors = Vec::with_capacity(order.len());
    for (number, place) in order.iter().enumerate() {
        anchors.push(match place.checked_sub(1) {
            None => Arc::clone(given.next()?),
            Some(place) => stand_in(names.get(usize::try_from(place).ok()?)?, number)?,
        });
    }
    given.next().is_none().then_some(anchors)
}

/// A certificate of a subject, with a key that no algorithm has and no signature, in place of an anchor that was left out.
fn stand_in(subject: &[u8], number: usize) -> Option<Arc<Certificate>> {
    // 2.999: an example (ITU-T X.660).
    let algorithm = element(Tag::SEQUENCE, &element(Tag::OID, &[0x88, 0x37]));
    let date = element(Tag::UTC_TIME, b"700101000000Z");
    let serial = [&[1][..], &(number as u64).to_be_bytes()].concat();
    let key = [&algorithm[..], &element(Tag::BIT_STRING, &[0])].concat();
    let certificate = [
        &element(Tag::INTEGER, &serial)[..],
        &algorithm,
        subject,
        &element(Tag::SEQUENCE, &[&date[..], &date].concat()),
        subject,
        &element(Tag::SEQUENCE, &key),
    ];
    let whole = [
        element(Tag::SEQUENCE, &certificate.concat()),
        algorithm,
        element(Tag::BIT_STRING, &[0]),
    ];
    let der = Octets::from(element(Tag::SEQUENCE, &whole.concat()));
    let certificate = Certificate::from_der(&der, &mut Budget::new(Limits::STANDARD)).ok()?;
    Some(Arc::new(certificate))
}
