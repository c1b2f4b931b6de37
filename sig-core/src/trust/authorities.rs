//! The authorities of a whole country, ready for requests.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::alg::keyring::{Importance, Keyring, Verification};
use crate::alg::provider::Algorithms;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::verified::VerifiedSignatures;
use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::der::octets::Octets;
use crate::path::build::Sources;
use crate::path::pool::{Met, Pool};
use crate::x509::authentic::{Authentic, SignedObject};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;

use super::mintsifry_list::ListLimits;

/// Certificates and revocation lists of authorities: linked, their signatures checked and their keys prepared once,
/// so that a request pays for its own signature only (RFC 5280 §6.1, 63-FZ art. 8).
///
/// Nothing here says that an authority is trusted or a certificate valid: that is found out for each request.
#[derive(Clone, Debug)]
pub struct Authorities {
    pool: Pool,
    roots: Vec<Arc<Certificate>>,
    keyring: Keyring,
    verified: VerifiedSignatures,
    certificates: Vec<Authentic<Certificate>>,
    crls: Vec<Arc<CertificateList>>,
    authentic_crls: Vec<Authentic<CertificateList>>,
    /// Certificates of messages that were judged before: known again by their octets, offered to nobody.
    remembered: Vec<Arc<Certificate>>,
    limits: Limits,
}

/// Objects with the keys that their signatures verified with before.
pub(super) struct Marks<'a> {
    pub(super) certificates: &'a [(Arc<Certificate>, SubjectPublicKeyInfo)],
    pub(super) crls: &'a [(Arc<CertificateList>, SubjectPublicKeyInfo)],
}

/// Certificates that are remembered: those of the busiest signers of a run.
const MOST_REMEMBERED: usize = 256;
/// Octets of the largest certificate that is remembered, several times what one of a person has (RFC 5280 §4.1): many
/// together must not fill the memory.
pub const LARGEST_REMEMBERED: usize = 8 << 10;

/// Keys that are tried for one certificate or list: more of one name have not been seen.
const KEYS_OF_A_NAME: u64 = 16;

/// Certificates whose issuers are looked for before their signatures are checked together.
const LINKED_AT_ONCE: usize = 256;

impl Authorities {
    /// Links certificates to their issuers among each other and the roots, checks their signatures and prepares
    /// their keys (RFC 5280 §6.1.3 (a)(1)).
    ///
    /// A certificate whose signature does not verify, or whose issuer is not there, stays a candidate like the
    /// others: only its signature is not known.
    ///
    /// # Errors
    /// A name is too long, or two implementations disagree.
    ///
    /// # Limits
    /// Those given, for each certificate; at most 16 signature checks for each.
    pub fn build(
        roots: &[Arc<Certificate>],
        listed: impl IntoIterator<Item = (Importance, Arc<Certificate>)>,
        algorithms: &Algorithms,
        limits: ListLimits,
    ) -> Result<Self, Error> {
        let listed: Vec<_> = listed.into_iter().collect();
        let certificates = listed
            .iter()
            .map(|(_, certificate)| Arc::clone(certificate));
        let pool = Pool::new(certificates, limits.certificate)?;
        let busy: BTreeSet<Vec<u8>> = listed
            .iter()
            .filter(|(importance, _)| *importance == Importance::Busy)
            .map(|(_, certificate)| certificate.octets.to_vec())
            .collect();
        let importance = |certificate: &Certificate| {
            if busy.contains(&*certificate.octets) {
                Importance::Busy
            } else {
                Importance::Seldom
            }
        };
        Self::unlinked(roots, pool, algorithms, limits.certificate)
            .linked(None, algorithms)?
            .with_prepared_keys(importance, algorithms, limits.key_memory)
    }

    /// What many requests of one run have in common: the signatures of what is offered to all of them are checked once,
    /// and keys are prepared when they are first used (RFC 5280 §6.1).
    ///
    /// Certificates and lists are still offered by each request: nothing is found here that is not found there.
    ///
    /// # Errors
    /// A name is too long, or two implementations disagree.
    ///
    /// # Limits
    /// Those given, for each certificate; at most 16 signature checks for each certificate and list.
    pub fn of_run(
        roots: &[Arc<Certificate>],
        certificates: &[Arc<Certificate>],
        crls: &[Arc<CertificateList>],
        algorithms: &Algorithms,
        limits: Limits,
    ) -> Result<Self, Error> {
        let pool = Pool::new(certificates.iter().cloned(), limits)?;
        Self::unlinked(roots, pool, algorithms, limits)
            .linked(None, algorithms)?
            .knowing_crls(crls, algorithms)
    }

    /// Certificates of which no signature is known; keys are prepared when they are first used.
    pub(super) fn unlinked(
        roots: &[Arc<Certificate>],
        pool: Pool,
        algorithms: &Algorithms,
        limits: Limits,
    ) -> Self {
        let certificates = roots.iter().chain(pool.certificates());
        let keyring = Keyring::on_demand(certificates.map(|it| &it.spki), algorithms);
        Self {
            pool,
            roots: roots.to_vec(),
            keyring,
            verified: VerifiedSignatures::by(algorithms),
            certificates: Vec::new(),
            crls: Vec::new(),
            authentic_crls: Vec::new(),
            remembered: Vec::new(),
            limits,
        }
    }

    /// Links the certificates and checks their signatures, save those that others know to verify.
    pub(super) fn linked(
        mut self,
        known: Option<&Self>,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        if let Some(known) = known.filter(|known| known.verified.is_of(algorithms)) {
            self.verified = known.verified.clone();
        }
        self.certificates = self.link_certificates(algorithms)?;
        let mut verified = VerifiedSignatures::by(algorithms);
        for certificate in &self.certificates {
            certificate.record(&mut verified);
        }
        self.verified = verified;
        Ok(self)
    }

    /// Takes what was known before and is known again: each mark is a place among the roots and the pool, or among
    /// the lists, and the key. The marks are in `verified`, which is why nothing is computed.
    pub(super) fn recalled(
        mut self,
        verified: VerifiedSignatures,
        crls: Vec<Arc<CertificateList>>,
        marks: &Marks<'_>,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        self.verified = verified;
        self.certificates = recall(
            marks.certificates,
            self.verification(algorithms),
            self.limits,
        )?;
        self.authentic_crls = recall(marks.crls, self.verification(algorithms), self.limits)?;
        self.crls = crls;
        Ok(self)
    }

    /// Prepares the keys under a bound on what they hold together, in place of preparing each when it is first used
    /// (RFC 5280 §6.1).
    ///
    /// # Errors
    /// Two implementations disagree about a key.
    pub fn with_prepared_keys(
        mut self,
        importance: impl Fn(&Certificate) -> Importance,
        algorithms: &Algorithms,
        bound: usize,
    ) -> Result<Self, Error> {
        let roots = self.roots.iter().map(|it| (Importance::Busy, &it.spki));
        let listed = self.pool.certificates().iter();
        let listed = listed.map(|it| (importance(it), &it.spki));
        let keys: Vec<_> = roots.chain(listed).collect();
        self.keyring = Keyring::within(bound, &keys, algorithms)?;
        Ok(self)
    }

    /// The same, with revocation lists (RFC 5280 §6.3.3 (f)). One that is here already, octet for octet, stays as it
    /// is.
    ///
    /// # Errors
    /// Two implementations disagree.
    ///
    /// # Limits
    /// At most 16 signature checks for each list.
    pub fn with_crls(
        mut self,
        crls: Vec<Arc<CertificateList>>,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        let mut fresh: Vec<Arc<CertificateList>> = Vec::with_capacity(crls.len());
        for crl in crls {
            let mut known = self.crls.iter().chain(&fresh);
            if !known.any(|known| known.octets == crl.octets) {
                fresh.push(crl);
            }
        }
        self = self.knowing_crls(&fresh, algorithms)?;
        self.crls.extend(fresh);
        Ok(self)
    }

    /// Checks the signatures of revocation lists that somebody else offers (RFC 5280 §6.3.3 (f)).
    fn knowing_crls(
        mut self,
        crls: &[Arc<CertificateList>],
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        let sources = self.sources(algorithms);
        let mut linked = Vec::with_capacity(crls.len());
        for crl in crls {
            let mut budget = Budget::new(self.limits);
            let mut issuers = match sources.named(&crl.issuer, &mut budget) {
                Ok(issuers) => issuers,
                Err(Error::Limit(_)) => Vec::new(),
                Err(other) => return Err(other),
            };
            let wanted = crl.extensions.authority_key_identifier.as_ref();
            let wanted = wanted.and_then(|identifier| identifier.key_identifier.as_ref());
            issuers.sort_by_key(|issuer| {
                wanted.is_none() || issuer.extensions.subject_key_identifier.as_ref() != wanted
            });
            let keys = issuers.iter().map(|issuer| issuer.spki.clone());
            linked.push((crl, distinct(keys)));
        }
        let authentic = verify_linked(&linked, sources.verification, self.limits)?;
        for crl in &authentic {
            crl.record(&mut self.verified);
        }
        self.authentic_crls.extend(authentic);
        Ok(self)
    }

    fn sources<'a>(&'a self, algorithms: &'a Algorithms) -> Sources<'a> {
        Sources::new(&self.roots, &[], self.verification(algorithms)).with_pool(Some(&self.pool))
    }

    fn link_certificates(
        &self,
        algorithms: &Algorithms,
    ) -> Result<Vec<Authentic<Certificate>>, Error> {
        let certificates = self.roots.iter().chain(self.pool.certificates());
        link(certificates, self.sources(algorithms), self.limits)
    }

    /// The roots (RFC 5280 §6.1.1 (d)).
    #[must_use]
    pub fn roots(&self) -> &[Arc<Certificate>] {
        &self.roots
    }

    /// The same, with a pool that remembers what is found in it (RFC 4158 §2.4).
    pub(super) fn recording(&self) -> (Self, Met) {
        let (pool, met) = self.pool.recording();
        let recording = Self {
            pool,
            ..self.clone()
        };
        (recording, met)
    }

    /// The certificates, but for the roots (RFC 4158 §2.4).
    #[must_use]
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The name of the back end that checked the signatures (RFC 5280 §6.1.3 (a)(1)).
    #[must_use]
    pub fn back_end(&self) -> &'static str {
        self.verified.back_end()
    }

    /// Remembers a certificate that messages carry: it is read, its signature checked and its key prepared once. Who
    /// carries it again finds that; nobody else is offered it (RFC 5280 §6.1.3 (a)(1)).
    ///
    /// What cannot be read, and what two implementations disagree about, is left aside: whoever uses it is told, and
    /// nobody else.
    ///
    /// # Limits
    /// Those of one certificate; at most 17 signature checks. At most 256 certificates of at most
    /// [`LARGEST_REMEMBERED`] octets are remembered.
    pub fn remember(&mut self, octets: &[u8], algorithms: &Algorithms) {
        if self.remembered.len() >= MOST_REMEMBERED
            || octets.len() > LARGEST_REMEMBERED
            || !self.verified.is_of(algorithms)
        {
            return;
        }
        let octets = Octets::from(octets);
        if self.known_certificate(&octets).is_some() {
            return;
        }
        let read = Certificate::from_der(&octets, &mut Budget::new(self.limits));
        let Ok(certificate) = read.map(Arc::new) else {
            return;
        };
        let sources = Sources::new(&self.roots, &self.remembered, self.verification(algorithms));
        let sources = sources.with_pool(Some(&self.pool));
        let Ok(authentic) = link([&certificate], sources, self.limits) else {
            return;
        };
        for authentic in authentic {
            authentic.record(&mut self.verified);
        }
        self.keyring.await_key(&certificate.spki, algorithms);
        self.remembered.push(certificate);
    }

    /// Prepares the key of a certificate that came often as those of authorities are, within what is left of `bound`
    /// octets (RFC 5280 §6.1). One that is not remembered stays as it was.
    pub fn favour(&mut self, octets: &[u8], algorithms: &Algorithms, bound: usize) {
        if let Some(known) = self.known_certificate(&Octets::from(octets)) {
            let key = known.spki.clone();
            self.keyring.favour(&key, algorithms, bound);
        }
    }

    /// A certificate with these very octets that was read before (RFC 5280 §4.1): what it says is the same.
    #[must_use]
    pub fn known_certificate(&self, octets: &Octets) -> Option<&Arc<Certificate>> {
        let mut remembered = self.remembered.iter();
        let found = remembered.find(|known| known.octets == *octets);
        found.or_else(|| self.pool.of_octets(octets))
    }

    /// The prepared keys (RFC 5280 §6.1).
    #[must_use]
    pub const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Certificates whose signature verified with the key of an authority or a root (RFC 5280 §6.1.3 (a)(1)).
    #[must_use]
    pub fn authentic(&self) -> &[Authentic<Certificate>] {
        &self.certificates
    }

    /// Every revocation list, also those that no authority signed (RFC 5280 §6.3.3).
    #[must_use]
    pub fn crls(&self) -> &[Arc<CertificateList>] {
        &self.crls
    }

    /// Revocation lists whose signature verified with the key of an authority or a root (RFC 5280 §6.3.3 (f)).
    #[must_use]
    pub fn authentic_crls(&self) -> &[Authentic<CertificateList>] {
        &self.authentic_crls
    }

    /// A back end with the keys and signatures that are known here, if it is the one that checked them
    /// (RFC 5280 §6.1.3 (a)(1)).
    #[must_use]
    pub fn verification<'a>(&'a self, algorithms: &'a Algorithms) -> Verification<'a> {
        Verification::new(algorithms, Some(&self.keyring)).with_verified(Some(&self.verified))
    }
}

/// The certificates whose signature verifies with the key of one that may have issued them.
fn link<'c>(
    certificates: impl IntoIterator<Item = &'c Arc<Certificate>>,
    sources: Sources<'c>,
    limits: Limits,
) -> Result<Vec<Authentic<Certificate>>, Error> {
    let mut certificates = certificates.into_iter().peekable();
    let mut authentic = Vec::with_capacity(certificates.size_hint().0);
    while certificates.peek().is_some() {
        let some = certificates.by_ref().take(LINKED_AT_ONCE);
        authentic.extend(link_some(some, sources, limits)?);
    }
    Ok(authentic)
}

fn link_some<'c>(
    certificates: impl Iterator<Item = &'c Arc<Certificate>>,
    sources: Sources<'c>,
    limits: Limits,
) -> Result<Vec<Authentic<Certificate>>, Error> {
    let mut linked = Vec::with_capacity(certificates.size_hint().0);
    for certificate in certificates {
        let mut budget = Budget::new(limits);
        let issuers = match sources.issuers(certificate, &mut budget) {
            Ok(issuers) => issuers,
            Err(Error::Limit(_)) => Vec::new(),
            Err(other) => return Err(other),
        };
        let keys = issuers.iter().map(|issuer| issuer.spki.clone());
        linked.push((certificate, distinct(keys)));
    }
    verify_linked(&linked, sources.verification, limits)
}

/// The same facts as before, each confirmed on every octet by what is known.
fn recall<T: SignedObject>(
    marks: &[(Arc<T>, SubjectPublicKeyInfo)],
    verification: Verification<'_>,
    limits: Limits,
) -> Result<Vec<Authentic<T>>, Error> {
    let mut authentic = Vec::with_capacity(marks.len());
    for (object, key) in marks {
        let mut budget = Budget::new(Limits {
            signature_checks: 1,
            ..limits
        });
        authentic.extend(Authentic::verify(object, key, verification, &mut budget)?.ok());
    }
    Ok(authentic)
}

/// Keys in their order, each once.
fn distinct(keys: impl Iterator<Item = SubjectPublicKeyInfo>) -> Vec<SubjectPublicKeyInfo> {
    let mut distinct: Vec<SubjectPublicKeyInfo> = Vec::new();
    for key in keys {
        let is_new = distinct.iter().all(|known| known.octets != key.octets);
        if is_new && (distinct.len() as u64) < KEYS_OF_A_NAME {
            distinct.push(key);
        }
    }
    distinct
}

/// Verifies each object with the likeliest key, many at once, and those that this does not decide key by key.
fn verify_linked<T: SignedObject>(
    linked: &[(&Arc<T>, Vec<SubjectPublicKeyInfo>)],
    verification: Verification<'_>,
    limits: Limits,
) -> Result<Vec<Authentic<T>>, Error> {
    let is_known = |object: &T, key| verification.known(object.signed().statement(key)).is_some();
    let likeliest: Vec<_> = linked
        .iter()
        .filter(|(object, keys)| !keys.iter().any(|key| is_known(object, key)))
        .filter_map(|(object, keys)| Some((*object, keys.first()?)))
        .collect();
    let mut budget = Budget::new(Limits {
        signature_checks: likeliest.len() as u64,
        ..limits
    });
    let many = Authentic::verify_many(&likeliest, verification.algorithms(), &mut budget)?;
    let mut many = many.into_iter();
    let mut authentic = Vec::with_capacity(linked.len());
    for (object, keys) in linked.iter().filter(|(_, keys)| !keys.is_empty()) {
        let known = keys.iter().find(|key| is_known(object, key));
        if known.is_none()
            && let Some(decided) = many.next().flatten()
        {
            authentic.push(decided);
            continue;
        }
        let mut budget = Budget::new(Limits {
            signature_checks: KEYS_OF_A_NAME + 1,
            ..limits
        });
        for key in known.into_iter().chain(keys) {
            if let Ok(verified) = Authentic::verify(object, key, verification, &mut budget)? {
                authentic.push(verified);
                break;
            }
        }
    }
    Ok(authentic)
}
