//! Signatures that one search has checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;
use crate::x509::signed::SignedRejected;

/// Whether certificates verify with keys, each pair checked once: certificates of one key cost one check.
pub(super) struct Verdicts<'a> {
    verification: Verification<'a>,
    /// By the address of the certificate, which lives as long as the search, and the octets of the key.
    known: BTreeMap<(usize, &'a [u8]), Result<(), SignedRejected>>,
}

impl<'a> Verdicts<'a> {
    pub(super) const fn new(verification: Verification<'a>) -> Self {
        let known = BTreeMap::new();
        Self {
            verification,
            known,
        }
    }

    pub(super) const fn verification(&self) -> Verification<'a> {
        self.verification
    }

    pub(super) fn verify(
        &mut self,
        subject: &'a Arc<Certificate>,
        issuer: &'a Arc<Certificate>,
        budget: &mut Budget,
    ) -> Result<Result<(), SignedRejected>, Error> {
        let pair = (Arc::as_ptr(subject).addr(), &*issuer.spki.octets);
        if let Some(verdict) = self.known.get(&pair) {
            return Ok(*verdict);
        }
        let verdict = subject.verify(&issuer.spki, self.verification, budget)?;
        self.known.insert(pair, verdict);
        Ok(verdict)
    }
}
