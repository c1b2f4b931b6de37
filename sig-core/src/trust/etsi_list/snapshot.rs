//! Snapshots of trusted lists: immutable, named by their content (ETSI TS 119 612, TS 119 615 §4.1).

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::alg::provider::Algorithms;
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::x509::certificate::{Certificate, sha256_hex};

use super::super::mintsifry_list::{ListLimits, ListRejected};
use super::super::snapshot::AskedKeys;
use super::super::xml_signature::SignatureProof;
use super::service::{ListedService, ServiceType};
use super::{EtsiList, ListKind, SignedEtsiList};

mod difference;
mod extract;
mod offered;
mod pivot;
mod rejected;
mod stored;

pub use difference::{EtsiChange, EtsiDifference, ServiceChange};
pub use extract::{EtsiExtractRefused, MetLists};
pub use pivot::PivotRejected;
pub use rejected::EtsiSnapshotRejected;
pub use stored::has_stored_form;

use offered::{CheckSigner as _, Offered, read, take};
use pivot::{Led, Pivots};
use rejected::EtsiSnapshotRejected as Rejected;

/// Trusted lists of one or more territories, and the list of lists if there is one (ETSI TS 119 615 §4.1). Built once,
/// read by every request.
///
/// Of each territory there is the newest list only: a list tells the past of its services itself.
#[derive(Clone, Debug)]
pub struct EtsiSnapshot {
    digest: String,
    id: String,
    /// The list of lists first, then by territory.
    editions: Vec<Arc<EtsiEdition>>,
    signers: Vec<Octets>,
    /// Certificates of services that certify or state the time.
    anchors: Vec<Arc<Certificate>>,
    /// Places of services by the key of their certificates.
    by_key: BTreeMap<Vec<u8>, Vec<(usize, usize)>>,
    /// Keys that somebody asked about, of a snapshot that remembers them.
    asked: Option<AskedKeys>,
}

/// A list with what it was taken in by (ETSI TS 119 612 §5).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EtsiEdition {
    xml: Octets,
    digest: String,
    taken_at: UnixTime,
    signed: SignedEtsiList,
}

/// What a snapshot is made from (ETSI TS 119 615 §4.1).
#[derive(Debug)]
pub struct EtsiAssembly<'a> {
    /// A snapshot whose lists are kept where no newer one is given.
    pub previous: Option<&'a EtsiSnapshot>,
    /// Lists, as XML, in any order.
    pub lists: Vec<Octets>,
    /// DER of the certificates that may sign the list of lists; without one, those that may sign the lists.
    pub signers: Vec<Octets>,
    /// The day the lists are taken in.
    pub taken_at: UnixTime,
    /// A list whose successor should be out is refused.
    pub refuses_outdated: bool,
}

/// A service with the list it stands in (ETSI TS 119 612 §5.5).
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The list.
    pub edition: &'a EtsiEdition,
    /// The entry.
    pub service: &'a ListedService,
}

impl EtsiEdition {
    /// What the list says.
    #[must_use]
    pub const fn list(&self) -> &EtsiList {
        &self.signed.list
    }

    /// SHA-256 of the XML, hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// When it was taken in.
    #[must_use]
    pub const fn taken_at(&self) -> UnixTime {
        self.taken_at
    }

    /// DER of the certificate of who signed it.
    #[must_use]
    pub const fn signer(&self) -> &Octets {
        &self.signed.signer
    }

    /// The octets of the list's signature that were signed, and its value (XMLDSig §4.3).
    #[must_use]
    pub const fn proof(&self) -> &SignatureProof {
        &self.signed.proof
    }

    fn is_list_of_lists(&self) -> bool {
        self.list().header.kind == ListKind::ListOfLists
    }

    fn territory(&self) -> &str {
        &self.list().header.territory
    }

    fn number(&self) -> u64 {
        self.list().header.sequence_number
    }
}

/// Who may sign the list of lists; without one, the lists.
enum Signing<'a> {
    Named(Vec<Octets>),
    /// Who pivots lead to.
    Led(&'a Led),
}

impl EtsiSnapshot {
    /// Reads lists, checks who signed them, and indexes their services (ETSI TS 119 615 §4.1).
    ///
    /// With a list of lists, it alone says who may sign the lists of the territories, and `signers` say who may sign it;
    /// without signers it is those of the previous snapshot. Without a list of lists those of the previous snapshot
    /// stay, too. Signers of a previous snapshot that had no list of lists are never those of one that has.
    ///
    /// # Errors
    /// The first rule that a list breaks; a list with a lower number than the one of the previous snapshot, two different
    /// ones with one number.
    ///
    /// # Limits
    /// Those given, for each list.
    pub fn assemble(
        assembly: EtsiAssembly<'_>,
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Self, Rejected> {
        Self::assemble_with_pivots(assembly, Vec::new(), algorithms, limits)
    }

    /// As [`Self::assemble`]; who signs the list of lists is found by pivots, in the order of their numbers: the first is
    /// signed by one of `signers`, and each says who signs the next (ETSI TS 119 615 §4.1). Whoever the last one names
    /// signs the list of lists, and nobody else any more.
    ///
    /// # Errors
    /// As [`Self::assemble`]; the first rule that a pivot breaks. Where the caller names the first signers, all pivots that
    /// the list of lists names must be given; else they must be newer than the list of lists that is known.
    ///
    /// # Limits
    /// Those given, for each list; 64 pivots.
    pub fn assemble_with_pivots(
        assembly: EtsiAssembly<'_>,
        pivots: Vec<Octets>,
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Self, Rejected> {
        let EtsiAssembly {
            previous,
            lists,
            mut signers,
            taken_at,
            refuses_outdated,
        } = assembly;
        let offered = lists.into_iter();
        let offered = offered.map(|xml| Offered::new(xml, taken_at, limits));
        let offered = offered.collect::<Result<Vec<_>, _>>()?;
        let kept = previous.map_or(&[][..], |it| &it.editions);
        let has_list_of_lists = offered.iter().any(Offered::is_list_of_lists)
            || previous.is_some_and(Self::has_list_of_lists);
        let is_first_known = !signers.is_empty();
        // Who may sign the list of a territory was never said to be trusted with the list of lists.
        if let Some(previous) = previous
            && (signers.is_empty() || !has_list_of_lists)
            && previous.has_list_of_lists() == has_list_of_lists
        {
            signers.extend(previous.signers.iter().cloned());
        }
        let led = if pivots.is_empty() {
            None
        } else if offered.iter().any(Offered::is_list_of_lists) {
            let mut known = kept.iter().map(AsRef::as_ref);
            let pivots = Pivots {
                lists: pivots,
                signers: std::mem::take(&mut signers),
                is_first_known,
                known: known.find(|it: &&EtsiEdition| it.is_list_of_lists() && !is_first_known),
                taken_at,
            };
            Some(pivots.follow(algorithms, limits)?)
        } else {
            return Err(PivotRejected::NoListOfLists.into());
        };
        let signing = match &led {
            Some(led) => Signing::Led(led),
            None => Signing::Named(signers),
        };
        let snapshot = Self::of_offered(offered, kept, signing, (algorithms, limits))?;
        for edition in snapshot.editions.iter().filter(|_| refuses_outdated) {
            if edition.list().is_past_next_update(taken_at) {
                return Err(Rejected::Outdated(edition.territory().to_owned()));
            }
        }
        Ok(snapshot)
    }

    fn has_list_of_lists(&self) -> bool {
        self.editions.iter().any(|it| it.is_list_of_lists())
    }

    fn of_offered(
        offered: Vec<Offered>,
        kept: &[Arc<EtsiEdition>],
        signing: Signing<'_>,
        (algorithms, limits): (&Algorithms, &ListLimits),
    ) -> Result<Self, Rejected> {
        let (led, mut signers) = match signing {
            Signing::Named(signers) => (None, signers),
            Signing::Led(led) => (Some(led), led.signers.clone()),
        };
        signers.sort_by(|left, right| left.as_ref().cmp(right.as_ref()));
        signers.dedup();
        let (of_lists, national): (Vec<_>, Vec<_>) =
            offered.into_iter().partition(Offered::is_list_of_lists);
        let (known_of_lists, known): (Vec<_>, Vec<_>) =
            kept.iter().partition(|edition| edition.is_list_of_lists());
        let mut newest: BTreeMap<(bool, String), Arc<EtsiEdition>> = BTreeMap::new();
        for edition in known_of_lists {
            // Behind pivots another one takes its place, or it is signed anew by one of those that they lead to.
            let edition = match led {
                Some(_) => Arc::clone(edition),
                None => edition.check_signer(&signers)?,
            };
            take(&mut newest, edition, true)?;
        }
        for list in of_lists {
            let edition = match (read(list, &signers, algorithms, limits), led) {
                (Err(why), Some(led)) => return Err(led.explain(why)),
                (edition, _) => edition?,
            };
            if let Some(led) = led {
                led.check(edition.list())?;
            }
            take(&mut newest, edition, false)?;
        }
        let list_of_lists = newest.values().next().cloned();
        if newest.len() > 1 {
            return Err(Rejected::SeveralListsOfLists);
        }
        let may_sign = |territory: &str, kind: &ListKind| match &list_of_lists {
            Some(edition) => {
                let signers = edition.list().signers_of(territory, kind);
                signers.map_err(|why| Rejected::Pointer(territory.to_owned(), why))
            }
            None => Ok(signers.clone()),
        };
        for edition in known {
            let may_sign = may_sign(edition.territory(), &edition.list().header.kind)?;
            take(&mut newest, edition.check_signer(&may_sign)?, true)?;
        }
        for list in national {
            // Without one its signature is looked at all the same: the reason is told then.
            let (territory, may_sign) = match list.stated.clone() {
                Some((territory, kind)) => {
                    let may_sign = may_sign(&territory, &kind)?;
                    (territory, may_sign)
                }
                None => (String::new(), Vec::new()),
            };
            let edition = read(list, &may_sign, algorithms, limits)?;
            // The signature says what was only stated before.
            if edition.territory() != territory || edition.is_list_of_lists() {
                return Err(Rejected::List(ListRejected::SignerNotNamed));
            }
            if edition.list().header.kind != ListKind::National {
                return Err(Rejected::Kind(territory));
            }
            take(&mut newest, edition, false)?;
        }
        Self::indexed(newest.into_values().collect(), signers, limits.certificate)
    }

    fn indexed(
        editions: Vec<Arc<EtsiEdition>>,
        signers: Vec<Octets>,
        limits: Limits,
    ) -> Result<Self, Rejected> {
        let mut anchors: Vec<Arc<Certificate>> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut by_key: BTreeMap<Vec<u8>, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, edition) in editions.iter().enumerate() {
            for (place, service) in edition.list().services.iter().enumerate() {
                for octets in &service.certificates {
                    let mut budget = Budget::new(limits);
                    // It was read before, with the list.
                    let Ok(certificate) = Certificate::from_der(octets, &mut budget) else {
                        continue;
                    };
                    let places = by_key.entry(certificate.spki.octets.to_vec()).or_default();
                    // They come in order: a service that was seen stands last.
                    if places.last() != Some(&(at, place)) {
                        places.push((at, place));
                    }
                    // One that was seen under a service of another kind is still to be taken.
                    if certifies_or_stamps(service) && seen.insert(octets.to_vec()) {
                        anchors.push(Arc::new(certificate));
                    }
                }
            }
        }
        let mut snapshot = Self {
            digest: String::new(),
            id: String::new(),
            editions,
            signers,
            anchors,
            by_key,
            asked: None,
        };
        if snapshot.editions.is_empty() {
            return Err(Rejected::NoList);
        }
        snapshot.name();
        Ok(snapshot)
    }

    /// Names the snapshot by everything it was made from: the lists and who may have signed them.
    fn name(&mut self) {
        let lists = self.editions.iter().map(|it| it.digest.as_str());
        let lists: Vec<&str> = lists.collect();
        let signers: Vec<String> = self.signers.iter().map(|it| sha256_hex(it)).collect();
        let inputs = format!("etsi={}\nsigners={}\n", lists.join(","), signers.join(","));
        self.digest = sha256_hex(inputs.as_bytes());
        let digits = self.digest.get(..12).unwrap_or_default();
        self.id = match self.editions.as_slice() {
            [first, ..] if first.is_list_of_lists() => {
                format!("eu-lotl-{}-{digits}", first.number())
            }
            [only] => {
                let territory = only.territory().chars();
                let territory = territory.filter(char::is_ascii_alphanumeric).take(8);
                let territory: String = territory.collect();
                let territory = territory.to_ascii_lowercase();
                format!("eu-{territory}-{}-{digits}", only.number())
            }
            several => format!("eu-lists-{}-{digits}", several.len()),
        };
    }

    /// The name of the snapshot: kind, number of the list and the first digits of the digest (ETSI TS 119 612 §5.3.2).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// SHA-256 over the digests of everything it was made from, hexadecimal digits (ETSI TS 119 612 §5).
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The lists: the list of lists first, then by territory (ETSI TS 119 612 §5).
    #[must_use]
    pub fn editions(&self) -> &[Arc<EtsiEdition>] {
        &self.editions
    }

    /// DER of the certificates that the caller named as signers (ETSI TS 119 612 §5.7).
    #[must_use]
    pub fn signers(&self) -> &[Octets] {
        &self.signers
    }

    /// The certificates of services that certify or state the time, whatever their status (ETSI TS 119 615 §4.3): where
    /// paths end. Whether the service counted is found out for each path.
    #[must_use]
    pub fn anchors(&self) -> &[Arc<Certificate>] {
        &self.anchors
    }

    /// The services whose key and name are those of a certificate (ETSI TS 119 615 §4.3).
    #[must_use]
    pub fn services_of(&self, certificate: &Certificate) -> Vec<Listed<'_>> {
        if let Some(asked) = &self.asked {
            asked.note(&certificate.spki.octets);
        }
        let Some(places) = self.by_key.get(&*certificate.spki.octets) else {
            return Vec::new();
        };
        let of_name = LazyCell::new(|| {
            let anchors = self.anchors.iter();
            let of_name = anchors.filter(|it| it.subject.octets == certificate.subject.octets);
            of_name
                .map(|anchor| &*anchor.octets)
                .collect::<BTreeSet<&[u8]>>()
        });
        let listed = places.iter().filter_map(|(at, place)| {
            let edition = self.editions.get(*at)?;
            let service = edition.list().services.get(*place)?;
            Some(Listed { edition, service })
        });
        let has_name = |listed: &Listed<'_>| {
            let mut own = listed.service.certificates.iter();
            own.any(|octets| *octets == certificate.octets || of_name.contains(&**octets))
        };
        listed.filter(has_name).collect()
    }
}

/// A service on whose word other certificates or times rest.
fn certifies_or_stamps(service: &ListedService) -> bool {
    service.periods.iter().any(|period| {
        matches!(
            period.service_type,
            ServiceType::CaQc
                | ServiceType::CaPkc
                | ServiceType::QualifiedTimeStamps
                | ServiceType::TimeStamps
        )
    })
}
