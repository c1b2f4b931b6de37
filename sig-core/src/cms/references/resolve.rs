//! Which objects at hand the references of a signer name (RFC 5126 §6.2, EN 319 122-1 §A.1.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::alg::digest::{DigestAlgorithm, DigestId, DigestsDisagree};
use crate::alg::provider::Algorithms;
use crate::base::error::{Error, Malformed, Structure};
use crate::base::limits::Budget;
use crate::cms::attribute::{Attributes, Single};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer;
use crate::finding::Subject;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::{OcspResponse, ResponderId};

use super::{CertificateReferences, ObjectDigest, OcspReference, Referenced, RevocationReferences};

/// The objects that references may name (RFC 5126 §6.2).
#[derive(Clone, Copy, Debug)]
pub struct AtHand<'a> {
    /// Certificates, and trust anchors.
    pub certificates: [&'a [Arc<Certificate>]; 2],
    /// CRLs.
    pub crls: &'a [Arc<CertificateList>],
    /// OCSP responses.
    pub ocsp: &'a [Arc<OcspResponse>],
}

/// What came out of the references of a signer (RFC 5126 §6.2).
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// Objects that are named.
    pub referenced: Vec<Referenced>,
    /// How each attribute was read.
    pub attributes: Vec<(Oid, OfAttribute)>,
}

/// What came out of one attribute of references (RFC 5126 §6.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OfAttribute {
    /// It does not occur once with one value.
    NotSingle,
    /// It is malformed.
    Malformed(Malformed),
    /// It was read.
    Read {
        /// References.
        references: u64,
        /// Those that name nothing at hand.
        unmatched: u64,
    },
}

/// Finds what references name among the objects at hand (RFC 5126 §6.2).
///
/// # Errors
/// A limit; two implementations disagree.
///
/// # Limits
/// One digest of each object for each digest algorithm that references use.
pub fn resolve(
    attributes: &Attributes,
    at_hand: AtHand<'_>,
    algorithms: &Algorithms,
    budget: &mut Budget,
) -> Result<Resolved, Error> {
    let mut resolving = Resolving {
        at_hand,
        algorithms,
        known: BTreeMap::new(),
        resolved: Resolved::default(),
    };
    for id in [oids::CERTIFICATE_REFERENCES, oids::REVOCATION_REFERENCES] {
        let value = match attributes.single(id) {
            Single::Absent => continue,
            Single::NotSingle => {
                resolving
                    .resolved
                    .attributes
                    .push((id, OfAttribute::NotSingle));
                continue;
            }
            Single::Value(value) => value,
        };
        let read = if id == oids::CERTIFICATE_REFERENCES {
            resolving.certificates(value, budget)
        } else {
            resolving.revocation(value, budget)
        };
        let outcome = match read {
            Ok(outcome) => outcome,
            Err(Error::Malformed(malformed)) => OfAttribute::Malformed(malformed),
            Err(other) => return Err(other),
        };
        resolving.resolved.attributes.push((id, outcome));
    }
    Ok(resolving.resolved)
}

/// What a reference may name.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Kind {
    Certificate,
    Crl,
    Ocsp,
}

struct Resolving<'a> {
    at_hand: AtHand<'a>,
    algorithms: &'a Algorithms,
    /// Objects by their digests.
    known: BTreeMap<(Kind, DigestId), BTreeMap<Vec<u8>, Subject>>,
    resolved: Resolved,
}

impl Resolving<'_> {
    fn certificates(&mut self, value: &Octets, budget: &mut Budget) -> Result<OfAttribute, Error> {
        let references = CertificateReferences::read(value, budget)?.all;
        let mut unmatched = 0;
        for reference in &references {
            let id = oids::CERTIFICATE_REFERENCES;
            unmatched += u64::from(!self.find(Kind::Certificate, reference, id, budget)?);
        }
        Ok(OfAttribute::Read {
            references: references.len() as u64,
            unmatched,
        })
    }

    fn revocation(&mut self, value: &Octets, budget: &mut Budget) -> Result<OfAttribute, Error> {
        let id = oids::REVOCATION_REFERENCES;
        let RevocationReferences { crls, ocsp, .. } = RevocationReferences::read(value, budget)?;
        let mut unmatched = 0;
        for reference in &crls {
            unmatched += u64::from(!self.find(Kind::Crl, reference, id, budget)?);
        }
        for reference in &ocsp {
            let found = match &reference.digest {
                Some(digest) => self.find(Kind::Ocsp, digest, id, budget)?,
                None => self.find_by_signer(reference),
            };
            unmatched += u64::from(!found);
        }
        Ok(OfAttribute::Read {
            references: (crls.len() + ocsp.len()) as u64,
            unmatched,
        })
    }

    /// Whether an object at hand has a digest.
    fn find(
        &mut self,
        kind: Kind,
        reference: &ObjectDigest,
        attribute: Oid,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let Ok(id) = reference.algorithm else {
            return Ok(false);
        };
        let Some(algorithm) = self.algorithms.digest(id) else {
            return Ok(false);
        };
        let key = (kind, id);
        if !self.known.contains_key(&key) {
            let digests = self.digests(kind, algorithm, budget)?;
            self.known.insert(key, digests);
        }
        let known = self.known.get(&key);
        let Some(subject) = known.and_then(|known| known.get(&*reference.value)) else {
            return Ok(false);
        };
        self.resolved.referenced.push(Referenced {
            attribute,
            subject: subject.clone(),
            digest: Some(id),
        });
        Ok(true)
    }

    fn digests(
        &self,
        kind: Kind,
        algorithm: &dyn DigestAlgorithm,
        budget: &mut Budget,
    ) -> Result<BTreeMap<Vec<u8>, Subject>, Error> {
        let mut digests = BTreeMap::new();
        let mut add = |octets: &[u8], subject: Subject| -> Result<(), DigestsDisagree> {
            digests.insert(algorithm.digest(octets)?.value, subject);
            Ok(())
        };
        match kind {
            Kind::Certificate => {
                for it in self.at_hand.certificates.into_iter().flatten() {
                    add(&it.octets, Subject::Certificate(it.sha256()))?;
                }
            }
            Kind::Crl => {
                for it in self.at_hand.crls {
                    add(&it.octets, Subject::Crl(it.sha256()))?;
                }
            }
            Kind::Ocsp => {
                for it in self.at_hand.ocsp {
                    add(&it.octets, Subject::Ocsp(it.sha256()))?;
                    if let Some(other) = other_form(&it.octets, budget)? {
                        add(&other, Subject::Ocsp(it.sha256()))?;
                    }
                }
            }
        }
        Ok(digests)
    }

    /// A reference without a digest names a signer and a time.
    fn find_by_signer(&mut self, reference: &OcspReference) -> bool {
        let is_it = |response: &&Arc<OcspResponse>| {
            response.basic().is_some_and(|basic| {
                basic.produced_at == reference.produced_at
                    && is_same(&basic.responder, &reference.responder)
            })
        };
        let found = self.at_hand.ocsp.iter().find(is_it);
        self.resolved
            .referenced
            .extend(found.map(|response| Referenced {
                attribute: oids::REVOCATION_REFERENCES,
                subject: Subject::Ocsp(response.sha256()),
                digest: None,
            }));
        found.is_some()
    }
}

fn is_same(left: &ResponderId, right: &ResponderId) -> bool {
    match (left, right) {
        (ResponderId::ByName(left), ResponderId::ByName(right)) => left.octets == right.octets,
        (ResponderId::ByKey(left), ResponderId::ByKey(right)) => left == right,
        _ => false,
    }
}

/// References are made both to an `OCSPResponse` and to the `BasicOCSPResponse` in it, whichever of them is kept: the one
/// with the envelope that the other is not, and the other way round.
fn other_form(octets: &Octets, budget: &mut Budget) -> Result<Option<Octets>, Error> {
    let mut reader = Reader::new(octets, Encoding::Der, Structure::OcspResponse);
    let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
    if fields.peek_tag() != Some(Tag::ENUMERATED) {
        /// `responseStatus successful`.
        const SUCCESSFUL: [u8; 3] = [0x0a, 1, 0];
        let kind = writer::element(Tag::OID, oids::OCSP_BASIC.content());
        let response = writer::element(Tag::OCTET_STRING, octets);
        let bytes = writer::element(Tag::SEQUENCE, &[kind, response].concat());
        let wrapper = writer::element(Tag::context(0).constructed(), &bytes);
        let whole = [SUCCESSFUL.as_slice(), wrapper.as_slice()].concat();
        return Ok(Some(writer::element(Tag::SEQUENCE, &whole).into()));
    }
    fields.element(budget)?;
    let Some(wrapper) = fields.optional(Tag::context(0).constructed(), budget)? else {
        return Ok(None);
    };
    let mut inside = wrapper.reader(Structure::OcspResponse, budget)?;
    let mut bytes = inside.enter(Tag::SEQUENCE, budget)?;
    bytes.oid(budget)?;
    Ok(Some(bytes.expect(Tag::OCTET_STRING, budget)?.content()))
}
