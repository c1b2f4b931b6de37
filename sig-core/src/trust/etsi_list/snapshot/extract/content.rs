//! What an extract of trusted lists says (ETSI TS 119 615 §4.1).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::alg::provider::Algorithms;
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::trust::etsi_list::service::in_order;
use crate::trust::etsi_list::{EtsiList, Header, ListedService, Pointer, SignedEtsiList};
use crate::trust::mintsifry_list::ListRejected;
use crate::trust::snapshot::{ExtractBound, StoredRefused};
use crate::trust::xml_signature::{SignatureProof, SignatureRejected};
use crate::x509::certificate::Certificate;

use super::super::{EtsiEdition, EtsiSnapshot};
use super::form::{Form, Input, put_list, records, take_list};

/// A list, as an extract has it.
pub(super) struct Part {
    digest: String,
    taken_at: UnixTime,
    header: Header,
    pointers: Vec<Pointer>,
    services: Vec<ListedService>,
    signer: Octets,
    signed_info: Octets,
    value: Octets,
}

records! {
    Part { digest, taken_at, header, pointers, services, signer, signed_info, value }
}

pub(super) struct Content {
    pub(super) digest: String,
    pub(super) signers: Vec<Octets>,
    pub(super) parts: Vec<Part>,
    pub(super) names: Vec<Octets>,
    pub(super) anchors: Vec<u64>,
}

impl Content {
    pub(super) fn of(snapshot: &EtsiSnapshot) -> Self {
        let editions = snapshot.editions.iter();
        let services = editions.clone().flat_map(|it| &it.list().services);
        let kept: BTreeSet<&[u8]> = services
            .flat_map(|service| service.certificates.iter().map(|it| &**it))
            .collect();
        let mut names: Vec<Octets> = Vec::new();
        let mut places: BTreeMap<&[u8], u64> = BTreeMap::new();
        let mut anchors: Vec<u64> = Vec::with_capacity(snapshot.anchors.len());
        for anchor in &snapshot.anchors {
            if kept.contains(&*anchor.octets) {
                anchors.push(0);
                continue;
            }
            let subject = &anchor.subject.octets;
            let place = *places.entry(&**subject).or_insert_with(|| {
                names.push(subject.clone());
                names.len() as u64
            });
            anchors.push(place);
        }
        Self {
            digest: snapshot.digest.clone(),
            signers: snapshot.signers.clone(),
            parts: editions.map(|it| Part::of(it)).collect(),
            names,
            anchors,
        }
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        self.digest.put(out);
        self.signers.put(out);
        put_list(&self.parts, out);
        self.names.put(out);
        put_list(&self.anchors, out);
    }

    pub(super) fn read(input: &mut Input) -> Option<Self> {
        let content = Self {
            digest: Form::take(input)?,
            signers: Form::take(input)?,
            parts: take_list(input)?,
            names: Form::take(input)?,
            anchors: take_list(input)?,
        };
        input.is_empty().then_some(content)
    }

    /// The first bound that is exceeded.
    pub(super) fn check_bounds(&self) -> Result<(), ExtractBound> {
        let services = self.parts.iter().flat_map(|part| &part.services);
        let pointers = self.parts.iter().map(|part| part.pointers.len());
        let longest = self.names.iter().map(|name| name.len()).max();
        ExtractBound::Lists.check(self.signers.len().max(self.parts.len()))?;
        ExtractBound::Pointers.check(pointers.sum())?;
        ExtractBound::Services.check(services.clone().count())?;
        ExtractBound::Certificates.check(services.map(|it| it.certificates.len()).sum())?;
        ExtractBound::Anchors.check(self.names.len().max(self.anchors.len()))?;
        ExtractBound::Name.check(longest.unwrap_or_default())?;
        let lengths = self.anchors.iter().filter_map(|place| {
            let place = usize::try_from(place.checked_sub(1)?).ok()?;
            Some(self.names.get(place)?.len())
        });
        ExtractBound::Names.check(lengths.sum())
    }
}

impl Part {
    fn of(edition: &EtsiEdition) -> Self {
        let (list, proof) = (edition.list(), &edition.signed.proof);
        Self {
            digest: edition.digest.clone(),
            taken_at: edition.taken_at,
            header: list.header.clone(),
            pointers: list.pointers.clone(),
            services: list.services.clone(),
            signer: edition.signer().clone(),
            signed_info: proof.signed_info().clone(),
            value: proof.value().clone(),
        }
    }

    /// The edition, once the signature of its list was verified.
    pub(super) fn edition(
        self,
        algorithms: &Algorithms,
        limits: Limits,
    ) -> Result<Arc<EtsiEdition>, StoredRefused> {
        let signer = Certificate::from_der(&self.signer, &mut Budget::new(limits));
        let signer = signer.map_err(|_| StoredRefused::Inconsistent)?;
        let proof = SignatureProof::new(self.signed_info, self.value);
        let signed = proof.check(&signer, algorithms).map_err(refused_for)?;
        if self.header.issued_at > self.taken_at {
            return Err(StoredRefused::Inconsistent);
        }
        let services = self.services.into_iter().map(|service| ListedService {
            periods: in_order(service.periods),
            ..service
        });
        Ok(Arc::new(EtsiEdition {
            xml: Octets::from(Vec::new()),
            digest: self.digest,
            taken_at: self.taken_at,
            signed: SignedEtsiList {
                list: EtsiList {
                    header: self.header,
                    pointers: self.pointers,
                    services: services.collect(),
                    notes: Vec::new(),
                },
                signer: self.signer,
                signature: signed.algorithm,
                digest_of_document: signed.digest,
                proof,
            },
        }))
    }
}

/// Why what is stored is refused, by why a signature in it is.
fn refused_for(why: SignatureRejected) -> StoredRefused {
    match ListRejected::from(why) {
        ListRejected::BackEndsDisagree(disagreement) => {
            StoredRefused::BackEndsDisagree(disagreement)
        }
        _ => StoredRefused::Inconsistent,
    }
}
