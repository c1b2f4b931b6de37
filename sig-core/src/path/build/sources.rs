//! Where paths are looked for.

use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::path::pool::Pool;
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;
use crate::x509::name_match::{self, PreparedName};

use super::candidates::Index;

/// Where paths are looked for (RFC 4158 §2.4).
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// Certificates that are trusted because the caller says so. Any certificate may be one.
    pub anchors: &'a [Arc<Certificate>],
    /// Certificates of this request that may stand between.
    pub intermediates: &'a [Arc<Certificate>],
    /// Certificates that were indexed before and may stand between: those of the trust snapshot.
    pub pool: Option<&'a Pool>,
    /// Certificates that are valid at this time are tried before others.
    pub at: Option<UnixTime>,
    /// What verifies signatures.
    pub verification: Verification<'a>,
}

impl<'a> Sources<'a> {
    /// Sources without a pool and without a time (RFC 4158 §2.4).
    #[must_use]
    pub fn new(
        anchors: &'a [Arc<Certificate>],
        intermediates: &'a [Arc<Certificate>],
        verification: impl Into<Verification<'a>>,
    ) -> Self {
        Self {
            anchors,
            intermediates,
            pool: None,
            at: None,
            verification: verification.into(),
        }
    }

    /// The same, with certificates that were indexed before (RFC 4158 §2.4).
    #[must_use]
    pub const fn with_pool(self, pool: Option<&'a Pool>) -> Self {
        Self { pool, ..self }
    }

    /// The same, with certificates that are valid at a time before others (RFC 4158 §3.5.4).
    #[must_use]
    pub const fn at(self, time: UnixTime) -> Self {
        Self {
            at: Some(time),
            ..self
        }
    }

    /// The same, with other anchors: those who sign revocation information must lead to the anchor of the
    /// certificate (RFC 5280 §6.3.3 (f)).
    #[must_use]
    pub const fn with_anchors(self, anchors: &'a [Arc<Certificate>]) -> Self {
        Self { anchors, ..self }
    }

    /// Every certificate of this subject, anchors first (RFC 5280 §6.1.3 (a)(4)).
    ///
    /// # Errors
    /// The limit on name comparisons.
    ///
    /// # Limits
    /// One name comparison for each certificate looked at; those of the pool are looked up together.
    pub fn named(
        &self,
        subject: &Name,
        budget: &mut Budget,
    ) -> Result<Vec<Arc<Certificate>>, Error> {
        let mut named = Vec::new();
        for certificate in self.anchors.iter().chain(self.intermediates) {
            if name_match::matches(&certificate.subject, subject, budget)? {
                named.push(Arc::clone(certificate));
            }
        }
        if let Some(pool) = self.pool {
            let is_it = |one: &&Arc<Certificate>| one.subject.octets == subject.octets;
            let mut named_so = pool.of_subject_octets(subject);
            let own;
            let prepared = match named_so.next().or_else(|| named.iter().find(is_it)) {
                Some(known) => known.prepared_subject(budget)?,
                None => {
                    own = PreparedName::new(subject, budget)?;
                    &own
                }
            };
            let pooled: Vec<_> = pool.of_subject(prepared).map(Arc::clone).collect();
            for certificate in pooled {
                budget.spend_name_comparison()?;
                named.push(certificate);
            }
        }
        Ok(named)
    }

    /// Every certificate that may have issued this one, the likeliest first; anchors may come twice
    /// (RFC 4158 §3.5).
    ///
    /// # Errors
    /// The limit on name comparisons.
    ///
    /// # Limits
    /// One name comparison for each anchor, intermediate and candidate, and for each 32 octets of the issuer name.
    pub fn issuers(
        &self,
        certificate: &'a Certificate,
        budget: &mut Budget,
    ) -> Result<Vec<&'a Arc<Certificate>>, Error> {
        let mut index = Index::new(*self, budget)?;
        let mut candidates = index.exact(&certificate.issuer);
        candidates.extend_from_slice(&index.others(&certificate.issuer, budget)?);
        index.rank(&mut candidates, certificate, budget)?;
        let candidates = candidates.into_iter();
        Ok(candidates.map(|candidate| candidate.certificate).collect())
    }
}
