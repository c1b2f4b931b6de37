//! Objects whose signature was verified (RFC 5280 §6.1.3 (a)(1)).

use std::sync::Arc;

use crate::alg::gost::batch::{BatchItem, Refused, verify_batch};
use crate::alg::gost::gost3410::{GOST2001, GOST2012_256, GOST2012_512};
use crate::alg::identifier::resolve_signature;
use crate::alg::keyring::Verification;
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureAlgorithm, SignatureId};
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::verified::VerifiedSignatures;
use crate::base::error::Error;
use crate::base::limits::Budget;

use super::certificate::Certificate;
use super::crl::CertificateList;
use super::signed::{Signed, SignedRejected};

/// What carries the signature of an issuer (RFC 5280 §4.1.1, §5.1.1).
pub trait SignedObject {
    /// What was signed, how, and the signature.
    fn signed(&self) -> &Signed;
}

impl SignedObject for Certificate {
    fn signed(&self) -> &Signed {
        &self.signed
    }
}

impl SignedObject for CertificateList {
    fn signed(&self) -> &Signed {
        &self.signed
    }
}

/// An object whose signature verified with exactly this key under exactly this back end (RFC 5280 §6.1.3 (a)(1)).
///
/// There is no way to make one but by verification, now or, for what a snapshot stored on this machine knows
/// ([`VerifiedSignatures`]), before. It says nothing about validity: not that the key is trusted,
/// nor that the object is in force.
#[derive(Clone, Debug)]
pub struct Authentic<T> {
    object: Arc<T>,
    key: SubjectPublicKeyInfo,
    algorithm: SignatureId,
    algorithms: Algorithms,
}

impl<T: SignedObject> Authentic<T> {
    /// Verifies the signature of an object with a key (RFC 5280 §6.1.3 (a)(1)).
    ///
    /// # Errors
    /// The limit on signature checks; two implementations disagree.
    ///
    /// # Limits
    /// One signature check.
    pub fn verify(
        object: &Arc<T>,
        key: &SubjectPublicKeyInfo,
        verification: Verification<'_>,
        budget: &mut Budget,
    ) -> Result<Result<Self, SignedRejected>, Error> {
        let verified = object.signed().verify(key, verification, budget)?;
        Ok(verified.map(|algorithm| Self::by(object, key, algorithm, verification.algorithms())))
    }

    /// Verifies many signatures, each with a key of its own; none where one did not verify in this way, which is no
    /// verdict: [`Self::verify`] says why (RFC 9215 §2).
    ///
    /// Only signatures of GOST R 34.10 are verified, and only where the back end computes them as
    /// [`verify_batch`] does.
    ///
    /// # Limits
    /// One signature check for each that is of that kind.
    ///
    /// # Errors
    /// The limit on signature checks.
    pub fn verify_many(
        objects: &[(&Arc<T>, &SubjectPublicKeyInfo)],
        algorithms: &Algorithms,
        budget: &mut Budget,
    ) -> Result<Vec<Option<Self>>, Error> {
        let mut items = Vec::with_capacity(objects.len());
        for (place, (object, key)) in objects.iter().enumerate() {
            let signed = object.signed();
            let id = resolve_signature(&signed.algorithm, None, &key.algorithm).ok();
            let Some(id) = id.filter(|id| is_own_gost(*id, algorithms)) else {
                continue;
            };
            budget.spend_signature_check()?;
            let item = BatchItem {
                algorithm: id,
                key,
                message: Message::Octets(&signed.octets),
                signature: &signed.signature,
            };
            items.push((place, item));
        }
        let batch: Vec<_> = items.iter().map(|(_, item)| *item).collect();
        let verdicts: Vec<Result<(), Refused>> = verify_batch(&batch);
        let mut authentic: Vec<Option<Self>> = objects.iter().map(|_| None).collect();
        for ((place, item), verdict) in items.iter().zip(verdicts) {
            let object = objects.get(*place).map(|(object, _)| *object);
            if let (Ok(()), Some(object), Some(found)) =
                (verdict, object, authentic.get_mut(*place))
            {
                *found = Some(Self::by(object, item.key, item.algorithm, algorithms));
            }
        }
        Ok(authentic)
    }

    fn by(
        object: &Arc<T>,
        key: &SubjectPublicKeyInfo,
        algorithm: SignatureId,
        algorithms: &Algorithms,
    ) -> Self {
        Self {
            object: Arc::clone(object),
            key: key.clone(),
            algorithm,
            algorithms: *algorithms,
        }
    }

    /// The object (RFC 5280 §4.1, §5.1).
    #[must_use]
    pub const fn object(&self) -> &Arc<T> {
        &self.object
    }

    /// The key that its signature verified with (RFC 5280 §4.1.2.7).
    #[must_use]
    pub const fn key(&self) -> &SubjectPublicKeyInfo {
        &self.key
    }

    /// The algorithm that it verified by (RFC 5280 §4.1.1.2).
    #[must_use]
    pub const fn algorithm(&self) -> SignatureId {
        self.algorithm
    }

    /// Makes the fact known to those who meet the same octets again; one of another back end is not taken
    /// (RFC 5280 §6.1.3 (a)(1)).
    pub fn record(&self, known: &mut VerifiedSignatures) {
        if known.is_of(&self.algorithms) {
            known.insert(self.object.signed().statement(&self.key), self.algorithm);
        }
    }
}

/// Whether the back end computes signatures of this algorithm by the product's own GOST R 34.10 and nothing else.
fn is_own_gost(id: SignatureId, algorithms: &Algorithms) -> bool {
    let own: [&'static dyn SignatureAlgorithm; 3] = [&GOST2001, &GOST2012_256, &GOST2012_512];
    let offered = algorithms.signature(id);
    offered.is_some_and(|offered| own.iter().any(|own| std::ptr::addr_eq(*own, offered)))
}
