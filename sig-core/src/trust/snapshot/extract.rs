//! Of a snapshot, what one judgement met: a small part of it that answers the same (63-FZ art. 8).
//!
//! Nothing is guessed: a judgement is made with a snapshot that remembers every certificate that was found in it and
//! every key that it was asked about. A snapshot of those alone finds and answers the same, in the same order.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::alg::provider::Algorithms;
use crate::alg::verified::VerifiedSignatures;
use crate::base::error::Error;
use crate::base::limits::Limits;
use crate::der::octets::Octets;
use crate::finding::Language;
use crate::path::pool::{Met, Pool};
use crate::trust::authorities::{Authorities, Marks};
use crate::trust::mintsifry_list::{ListLimits, ListRejected};
use crate::trust::xml_signature::SignedDigest;
use crate::x509::certificate::{Certificate, sha256_hex};
use crate::x509::crl::CertificateList;

use super::edition::Edition;
use super::{ListSigner, SnapshotRejected, TrustSnapshot, by_octets};

/// Keys that somebody asked about.
#[derive(Clone, Debug, Default)]
pub(in crate::trust) struct AskedKeys(Arc<Mutex<BTreeSet<Vec<u8>>>>);

impl AskedKeys {
    pub(in crate::trust) fn note(&self, spki: &[u8]) {
        if let Ok(mut keys) = self.0.lock() {
            keys.insert(spki.to_vec());
        }
    }

    pub(in crate::trust) fn keys(&self) -> BTreeSet<Vec<u8>> {
        self.0.lock().map(|keys| keys.clone()).unwrap_or_default()
    }
}

/// What was met in a snapshot (63-FZ art. 8).
#[derive(Clone, Debug)]
pub struct MetTrust {
    certificates: Met,
    keys: AskedKeys,
}

impl TrustSnapshot {
    /// The same snapshot, which remembers what is met in it; its answers are the same (63-FZ art. 8).
    #[must_use]
    pub fn recording(&self) -> (Self, MetTrust) {
        let (authorities, certificates) = self.authorities.recording();
        let keys = AskedKeys::default();
        let recording = Self {
            authorities,
            asked: Some(keys.clone()),
            ..self.clone()
        };
        (recording, MetTrust { certificates, keys })
    }

    /// The part of the snapshot that was met, under its name (63-FZ art. 8): the certificates, the entries of the lists
    /// for the keys with all their certificates, the roots, the signers of the lists, and the revocation lists that belong
    /// to the snapshot. Its signatures are not checked, so it serves to be stored.
    ///
    /// # Errors
    /// A name is too long.
    ///
    /// # Limits
    /// One pass over the snapshot.
    pub fn extract(&self, met: &MetTrust, algorithms: &Algorithms) -> Result<Self, Error> {
        let pool = self.authorities.pool();
        let keys = met.keys.keys();
        let known = by_octets(pool);
        let is_asked = |octets: &&[u8]| {
            let certificate = known.get(octets);
            certificate.is_some_and(|certificate| keys.contains(&*certificate.spki.octets))
        };
        let mut listed: BTreeSet<&[u8]> = BTreeSet::new();
        let mut editions = Vec::with_capacity(self.editions.len());
        for edition in &self.editions {
            let mut kept = Vec::new();
            for service in &edition.services {
                let mut certificates = service.certificates.iter().map(|it| &**it);
                if certificates.any(|octets| is_asked(&octets)) {
                    listed.extend(service.certificates.iter().map(|it| &**it));
                    kept.push(service.clone());
                }
            }
            editions.push(Arc::new(Edition {
                services: kept,
                notes: Vec::new(),
                ..(**edition).clone()
            }));
        }
        let certificates = pool.certificates().iter().enumerate();
        let certificates = certificates.filter(|(place, certificate)| {
            met.certificates.has(*place) || listed.contains(&*certificate.octets)
        });
        let certificates = certificates.map(|(_, certificate)| Arc::clone(certificate));
        let pool = Pool::new(certificates, Limits::STANDARD)?;
        let roots = self.authorities.roots();
        let own = self.authorities.crls().iter();
        let own = own.filter(|crl| self.own_crls.contains(&crl.sha256()));
        let none = Marks {
            certificates: &[],
            crls: &[],
        };
        let authorities = Authorities::unlinked(roots, pool, algorithms, Limits::STANDARD)
            .recalled(
                VerifiedSignatures::by(algorithms),
                own.cloned().collect(),
                &none,
                algorithms,
            )?;
        let extract = Self::indexed(editions, &self.ogrn, self.own_crls.clone(), authorities);
        // The snapshot has a list, so the extract has.
        Ok(extract.unwrap_or_else(|| self.clone()))
    }

    /// The revocation lists that were offered with it and do not belong to it (RFC 5280 §6.3.3).
    pub fn offered_crls(&self) -> impl Iterator<Item = &Arc<CertificateList>> {
        let all = self.authorities.crls().iter();
        all.filter(|crl| !self.own_crls.contains(&crl.sha256()))
    }
}

/// Why an extract is not shown to be a part of lists (63-FZ art. 8).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExtractRefused {
    /// None of the lists has the digest of this version.
    ListMissing(u64),
    /// A list, by its version, is refused.
    List(u64, SnapshotRejected),
    /// The list of this version says something else.
    Differs(u64),
}

impl ExtractRefused {
    /// Why, in a sentence without a full stop (63-FZ art. 8).
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let version = match self {
            Self::ListMissing(version) | Self::List(version, _) | Self::Differs(version) => version,
        };
        match (self, language) {
            (Self::ListMissing(_), Language::En) => {
                format!("none of the lists is the one of version {version} that the extract is of")
            }
            (Self::ListMissing(_), Language::Ru) => {
                format!(
                    "среди списков нет того списка версии {version}, из которого сделана выписка"
                )
            }
            (Self::List(_, why), Language::En) => {
                format!("the list of version {version}: {}", why.text(language))
            }
            (Self::List(_, why), Language::Ru) => {
                format!("список версии {version}: {}", why.text(language))
            }
            (Self::Differs(_), Language::En) => {
                format!("the extract says something else than the list of version {version}")
            }
            (Self::Differs(_), Language::Ru) => {
                format!("в выписке сказано не то, что в списке версии {version}")
            }
        }
    }
}

/// Who signed a list, as far as it can be shown without the list (XMLDSig §3.2.2).
#[derive(Clone, Debug)]
pub struct ListSignature {
    /// Whose list it is, of a European one.
    pub territory: Option<String>,
    /// Version or number of the list.
    pub number: u64,
    /// SHA-256 of the XML, hexadecimal digits, as it is stated.
    pub sha256: String,
    /// The digest of the canonical list, whose signature was verified; none when the signature was not kept.
    pub signed: Option<SignedDigest>,
    /// The certificate of who signed, as it is stated when the signature was not kept.
    pub signer: Arc<Certificate>,
}

impl TrustSnapshot {
    /// Verifies the signatures of the lists over the octets that were signed, and that the roots vouch for who signed them
    /// on the days that they were taken in (63-FZ art. 8). What stands in the lists is not shown by it.
    ///
    /// # Errors
    /// A signature that was kept does not verify, or its signer does not lead to the roots.
    ///
    /// # Limits
    /// Those given, for each list; one verification for each, and one path.
    pub fn signatures(
        &self,
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Vec<ListSignature>, SnapshotRejected> {
        let pin = ListSigner {
            anchors: self.authorities.roots().to_vec(),
            ogrn: self.ogrn.clone(),
            taken_at: self.newest.taken_at,
        };
        let signatures = self.editions.iter().map(|edition| {
            let signer = &edition.signer.0;
            let mut signed = None;
            if let Some(proof) = &edition.proof {
                let refused = |why| SnapshotRejected::List(ListRejected::from(why));
                signed = Some(proof.check(signer, algorithms).map_err(refused)?);
                let chain = edition.chain.iter().map(|it| Arc::clone(&it.0));
                let hints = Pool::new(chain, limits.certificate);
                let hints = hints.map_err(|why| SnapshotRejected::not_judged(why.into()))?;
                edition.check_signer(&hints, &pin, algorithms, limits)?;
            }
            Ok(ListSignature {
                territory: None,
                number: edition.version,
                sha256: edition.digest.clone(),
                signed,
                signer: Arc::clone(signer),
            })
        });
        signatures.collect()
    }

    /// The roots that vouch for those who signed the lists; a root that vouches for nobody is none of them (63-FZ art. 8).
    ///
    /// # Errors
    /// A limit, or two implementations disagree.
    ///
    /// # Limits
    /// Those given; one path for each list.
    pub fn roots_of_signers(
        &self,
        algorithms: &Algorithms,
        limits: Limits,
    ) -> Result<Vec<Arc<Certificate>>, Error> {
        let pin = ListSigner {
            anchors: self.authorities.roots().to_vec(),
            ogrn: self.ogrn.clone(),
            taken_at: self.newest.taken_at,
        };
        let roots = self.editions.iter();
        let roots = roots.map(|edition| edition.root_of_signer(&pin, algorithms, limits));
        let found: Result<Vec<_>, Error> = roots.collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// Of an extract, the snapshot that it is a part of, from the lists themselves (63-FZ art. 8): each has the digest
    /// that the extract names, its signature verifies, its signer leads to the roots of the extract, and every entry of
    /// the extract stands in it.
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
        limits: ListLimits,
    ) -> Result<Self, ExtractRefused> {
        let newest = self.newest.version;
        let mut pin = ListSigner {
            anchors: self.authorities.roots().to_vec(),
            ogrn: self.ogrn.clone(),
            taken_at: self.newest.taken_at,
        };
        let mut editions = Vec::with_capacity(self.editions.len());
        for part in &self.editions {
            let version = part.version;
            let mut given = lists.iter();
            let xml = given.find(|xml| sha256_hex(xml) == part.digest);
            let xml = xml.ok_or(ExtractRefused::ListMissing(version))?;
            pin.taken_at = part.taken_at;
            let whole = Edition::read(xml, &pin, algorithms, &limits)
                .map_err(|why| ExtractRefused::List(version, why))?;
            if !part.is_part_of(&whole) {
                return Err(ExtractRefused::Differs(version));
            }
            editions.push(Arc::new(whole));
        }
        let refused = |why| ExtractRefused::List(newest, why);
        let mut whole =
            Self::of_editions(editions, &pin, None, algorithms, limits).map_err(refused)?;
        whole.own_crls.clone_from(&self.own_crls);
        whole.name();
        if whole.digest != self.digest {
            return Err(ExtractRefused::Differs(newest));
        }
        let own = self.authorities.crls().iter();
        let own = own.filter(|crl| self.own_crls.contains(&crl.sha256()));
        whole
            .with_crls(own.cloned().collect(), algorithms)
            .map_err(|error| refused(SnapshotRejected::not_judged(error)))
    }
}

impl Edition {
    /// Whether every entry stands in another edition, in the same order, and all else is the same.
    fn is_part_of(&self, whole: &Self) -> bool {
        let mut services = whole.services.iter();
        let mut own = self.services.iter();
        let is_part = own.all(|own| services.any(|service| service == own));
        is_part
            && self.version == whole.version
            && self.issued_at == whole.issued_at
            && self.signer == whole.signer
            && (self.proof.is_none() || self.proof == whole.proof)
    }
}
