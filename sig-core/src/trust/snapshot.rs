//! Snapshots of trust: immutable, named by their content (63-FZ art. 8, RFC 5280 §6.1.1 (d)).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::alg::keyring::{Importance, Keyring, Verification};
use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::path::pool::Pool;
use crate::x509::certificate::{Certificate, sha256_hex};
use crate::x509::crl::CertificateList;

use super::authorities::Authorities;
use super::mintsifry_list::ListLimits;
use super::service::{ListNote, Service};

mod archive;
mod difference;
mod edition;
mod extract;
mod rejected;
mod rewritten;
mod stored;

pub use archive::{Accreditation, Contradiction};
pub use difference::{Change, Difference, KeyChange};
pub use edition::Edition;
pub use extract::{ExtractRefused, ListSignature, MetTrust};
pub use rejected::SnapshotRejected;
pub use rewritten::Disagreement;
pub use stored::{ExtractBound, OwnFile, Recalled, StoredRefused, has_stored_form};

use archive::{ByKey, Keyed};
pub(super) use extract::AskedKeys;

/// Accredited authorities by key (63-FZ art. 8), from one or more versions of the list. Built once, read by every
/// request.
#[derive(Clone, Debug)]
pub struct TrustSnapshot {
    digest: String,
    id: String,
    ogrn: String,
    /// Oldest first; never empty.
    editions: Vec<Arc<Edition>>,
    newest: Arc<Edition>,
    /// Entries of older versions, bounded to the days for which these decide.
    past: Vec<Service>,
    by_key: ByKey,
    /// Keys of which versions say different things.
    rewritten: rewritten::Rewritten,
    /// SHA-256 of the revocation lists that belong to the snapshot, in rising order.
    own_crls: Vec<String>,
    authorities: Authorities,
    /// Keys that somebody asked about, of a snapshot that remembers them.
    asked: Option<AskedKeys>,
}

/// Who may sign a list (63-FZ art. 8).
#[derive(Clone, Debug)]
pub struct ListSigner {
    /// Roots its certificate must lead to.
    pub anchors: Vec<Arc<Certificate>>,
    /// OGRN its subject must carry.
    pub ogrn: String,
    /// The day the list is taken in: its signer must be valid then, so that a list cannot be back-dated.
    pub taken_at: UnixTime,
}

impl ListSigner {
    /// OGRN of the ministry that keeps the register (63-FZ art. 8).
    pub const MINISTRY_OGRN: &'static str = "1047702026701";
}

/// What a snapshot is made from (63-FZ art. 8).
#[derive(Debug)]
pub struct Assembly<'a> {
    /// A snapshot whose versions of the list are kept and whose checked signatures are not checked again.
    pub previous: Option<&'a TrustSnapshot>,
    /// Versions of the list, as XML, in any order.
    pub lists: Vec<Octets>,
    /// Revocation lists that belong to the snapshot, and to its name.
    pub crls: Vec<Arc<CertificateList>>,
    /// Who may have signed the lists, and when they are taken in.
    pub pin: &'a ListSigner,
}

impl TrustSnapshot {
    /// Reads a signed list, checks its signature and its signer, indexes its keys and prepares them
    /// (63-FZ art. 8).
    ///
    /// # Errors
    /// The first rule that the list breaks.
    ///
    /// # Deviation
    /// Revocation of the list's signer is not checked: the register publishes no data for it with the list.
    pub fn build(
        xml: &[u8],
        pin: &ListSigner,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Self, SnapshotRejected> {
        let edition = Arc::new(Edition::read(xml, pin, algorithms, &limits)?);
        Self::of_editions(vec![edition], pin, None, algorithms, limits)?
            .with_prepared_keys(algorithms, limits)
            .map_err(SnapshotRejected::not_judged)
    }

    /// The same from one or more versions of the list, together with those of a snapshot that was made before. Keys
    /// are prepared when they are first used (63-FZ art. 8).
    ///
    /// # Errors
    /// The first rule that a list breaks; a list older than the newest of the previous snapshot, two different lists
    /// of one version, versions whose dates do not rise.
    ///
    /// # Limits
    /// Those given, for each list.
    pub fn assemble(
        assembly: Assembly<'_>,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Self, SnapshotRejected> {
        let Assembly {
            previous,
            lists,
            crls,
            pin,
        } = assembly;
        let mut editions = previous.map_or_else(Vec::new, |it| it.editions.clone());
        let newest = previous.map(Self::version);
        for xml in lists {
            let edition = Edition::read(&xml, pin, algorithms, &limits)?;
            let given = edition.version;
            match editions.iter().find(|known| known.version == given) {
                Some(known) if known.digest == edition.digest => continue,
                Some(_) => return Err(SnapshotRejected::VersionTwice(given)),
                None => {}
            }
            if let Some(newest) = newest.filter(|newest| given < *newest) {
                return Err(SnapshotRejected::OlderVersion { given, newest });
            }
            editions.push(Arc::new(edition));
        }
        editions.sort_by_key(|edition| edition.version);
        let fallen = editions
            .windows(2)
            .find(|pair| matches!(pair, [older, newer] if newer.issued_at < older.issued_at));
        if let Some([_, newer]) = fallen {
            return Err(SnapshotRejected::DatesFall(newer.version));
        }
        let known = previous.map(Self::authorities);
        let mut snapshot = Self::of_editions(editions, pin, known, algorithms, limits)?;
        snapshot.own_crls = crls.iter().map(|crl| crl.sha256()).collect();
        snapshot.own_crls.sort();
        snapshot.own_crls.dedup();
        snapshot.name();
        snapshot
            .with_crls(crls, algorithms)
            .map_err(SnapshotRejected::not_judged)
    }

    /// Every edition is checked to have a signer that the roots vouch for.
    fn of_editions(
        mut editions: Vec<Arc<Edition>>,
        pin: &ListSigner,
        known: Option<&Authorities>,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Self, SnapshotRejected> {
        let pool = pool_of(&editions, limits.certificate)?;
        for edition in &mut editions {
            let chain = edition.check_signer(&pool, pin, algorithms, &limits)?;
            Edition::keep_chain(edition, chain);
        }
        let authorities = Authorities::unlinked(&pin.anchors, pool, algorithms, limits.certificate)
            .linked(known, algorithms)
            .map_err(SnapshotRejected::not_judged)?;
        Self::indexed(editions, &pin.ogrn, Vec::new(), authorities).ok_or(SnapshotRejected::NoList)
    }

    /// None without a list.
    fn indexed(
        editions: Vec<Arc<Edition>>,
        ogrn: &str,
        own_crls: Vec<String>,
        authorities: Authorities,
    ) -> Option<Self> {
        let newest = Arc::clone(editions.last()?);
        let certificates = by_octets(authorities.pool());
        let newest_first: Vec<Keyed<'_>> = editions
            .iter()
            .rev()
            .map(|edition| Keyed {
                edition,
                keys: keys_of(edition, &certificates),
            })
            .collect();
        let (by_key, past) = archive::index(&newest_first);
        let rewritten = rewritten::compare(&newest_first);
        let mut snapshot = Self {
            digest: String::new(),
            id: String::new(),
            ogrn: ogrn.to_owned(),
            editions,
            newest,
            past,
            by_key,
            rewritten,
            own_crls,
            authorities,
            asked: None,
        };
        snapshot.name();
        Some(snapshot)
    }

    /// Names the snapshot by everything it was made from: the lists, the roots, the signer's OGRN and the revocation
    /// lists that belong to it.
    fn name(&mut self) {
        let roots = self.authorities.roots().iter();
        let mut roots: Vec<String> = roots.map(|anchor| anchor.sha256()).collect();
        roots.sort();
        let lists: Vec<&str> = self.editions.iter().map(|it| it.digest.as_str()).collect();
        let mut inputs = format!(
            "list={}\nroots={}\nogrn={}\n",
            lists.join(","),
            roots.join(","),
            self.ogrn
        );
        if !self.own_crls.is_empty() {
            inputs += &format!("crls={}\n", self.own_crls.join(","));
        }
        self.digest = sha256_hex(inputs.as_bytes());
        let digits = self.digest.get(..12).unwrap_or_default();
        self.id = format!("mintsifry-{}-{digits}", self.newest.version);
    }

    /// Prepares the keys under the bound of [`ListLimits::key_memory`], in place of preparing each when it is first
    /// used: roots and authorities whose accreditation was in force on the date of the newest list verify from day to
    /// day, the others are there for old signatures (RFC 5280 §6.1).
    ///
    /// # Errors
    /// Two implementations disagree about a key.
    pub fn with_prepared_keys(
        mut self,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Self, Error> {
        let services = self.newest.services.iter();
        let busy: BTreeSet<&[u8]> = services
            .filter(|service| self.newest.is_in_force(service))
            .flat_map(|service| service.certificates.iter().map(|octets| &**octets))
            .collect();
        let importance = |certificate: &Certificate| {
            if busy.contains(&*certificate.octets) {
                Importance::Busy
            } else {
                Importance::Seldom
            }
        };
        self.authorities =
            self.authorities
                .with_prepared_keys(importance, algorithms, limits.key_memory)?;
        Ok(self)
    }

    /// The name of the snapshot: kind, newest version and the first digits of the digest (63-FZ art. 8).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// SHA-256 over the digests of everything it was made from, hexadecimal digits (63-FZ art. 8).
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// OGRN that the signer of the lists had to carry (63-FZ art. 8).
    #[must_use]
    pub fn ogrn(&self) -> &str {
        &self.ogrn
    }

    /// Number of the newest list version (63-FZ art. 8).
    #[must_use]
    pub fn version(&self) -> u64 {
        self.newest.version
    }

    /// Date of the newest list; how old the snapshot is counts from it (63-FZ art. 8).
    #[must_use]
    pub fn issued_at(&self) -> Option<UnixTime> {
        Some(self.newest.issued_at)
    }

    /// Every version of the list, the oldest first (63-FZ art. 8).
    #[must_use]
    pub fn editions(&self) -> &[Arc<Edition>] {
        &self.editions
    }

    /// The newest version of the list (63-FZ art. 8).
    #[must_use]
    pub fn newest(&self) -> &Edition {
        &self.newest
    }

    /// Every key of the newest list (63-FZ art. 8).
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.newest.services
    }

    /// What was left out of the newest list and why (63-FZ art. 8).
    #[must_use]
    pub fn notes(&self) -> &[ListNote] {
        &self.newest.notes
    }

    /// The same, with revocation lists whose signatures are checked now (RFC 5280 §6.3.3 (f)).
    ///
    /// They are judged like any other: a list that no authority signed is offered all the same, and refused where it
    /// is met. The name of the snapshot does not change: lists come and go, and are evidence, not trust. Only those
    /// that it was assembled with belong to it.
    ///
    /// # Errors
    /// Two implementations disagree.
    pub fn with_crls(
        mut self,
        crls: Vec<Arc<CertificateList>>,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        self.authorities = self.authorities.with_crls(crls, algorithms)?;
        Ok(self)
    }

    /// The certificates, keys, revocation lists and checked signatures (RFC 5280 §6.1).
    #[must_use]
    pub const fn authorities(&self) -> &Authorities {
        &self.authorities
    }

    /// The keys of the authorities, prepared under the bound of [`ListLimits::key_memory`] (RFC 5280 §6.1).
    #[must_use]
    pub const fn keyring(&self) -> &Keyring {
        self.authorities.keyring()
    }

    /// A back end with the keys and the signatures that the snapshot knows (RFC 5280 §6.1.3 (a)(1)).
    #[must_use]
    pub fn verification<'a>(&'a self, algorithms: &'a Algorithms) -> Verification<'a> {
        self.authorities.verification(algorithms)
    }

    /// Every certificate of the list that can be read: candidates for paths (RFC 5280 §6.1).
    #[must_use]
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        self.authorities.pool().certificates()
    }

    fn keys_of(&self, edition: &Edition) -> Vec<(usize, Vec<u8>)> {
        keys_of(edition, &by_octets(self.authorities.pool()))
    }
}

type ByOctets<'a> = BTreeMap<&'a [u8], &'a Arc<Certificate>>;

fn by_octets(pool: &Pool) -> ByOctets<'_> {
    let certificates = pool.certificates().iter();
    certificates.map(|it| (&*it.octets, it)).collect()
}

/// Places of services with the keys of their certificates, each pair once. A certificate that cannot be read stands in
/// the notes and accredits nothing.
fn keys_of(edition: &Edition, certificates: &ByOctets<'_>) -> Vec<(usize, Vec<u8>)> {
    let mut keys = Vec::new();
    for (place, service) in edition.services.iter().enumerate() {
        let first = keys.len();
        for octets in &service.certificates {
            let Some(certificate) = certificates.get(&**octets) else {
                continue;
            };
            let key = (place, certificate.spki.octets.to_vec());
            if !keys.get(first..).unwrap_or_default().contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The certificates of all versions, those of the newest first.
fn pool_of(editions: &[Arc<Edition>], limits: Limits) -> Result<Pool, SnapshotRejected> {
    let mut seen: BTreeSet<&[u8]> = BTreeSet::new();
    let mut certificates = Vec::new();
    let services = editions.iter().rev().flat_map(|edition| &edition.services);
    for octets in services.flat_map(|service| &service.certificates) {
        if seen.insert(octets)
            && let Ok(certificate) = Certificate::from_der(octets, &mut Budget::new(limits))
        {
            certificates.push(Arc::new(certificate.fitted()));
        }
    }
    Pool::new(certificates, limits).map_err(|limit| SnapshotRejected::not_judged(limit.into()))
}
