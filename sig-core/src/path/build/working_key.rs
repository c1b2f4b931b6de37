//! Working public keys: those that take their parameters from the key above (RFC 5280 §6.1.4 (d) to (f)).

use std::sync::Arc;

use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;

/// The certificates of a path with their working public keys, and whether the signatures verify that could not be
/// checked before the parameters were known; none when a key gets no parameters or a signature does not verify.
///
/// # Limits
/// One signature check for each certificate below a key without parameters.
pub(super) fn resolve(
    path: &[&Arc<Certificate>],
    anchor: &Arc<Certificate>,
    verification: Verification<'_>,
    budget: &mut Budget,
) -> Result<Option<Vec<Arc<Certificate>>>, Error> {
    if !path.iter().any(|it| it.spki.inherits_parameters()) {
        return Ok(Some(path.iter().copied().map(Arc::clone).collect()));
    }
    let mut working: Vec<Arc<Certificate>> = Vec::with_capacity(path.len());
    let mut is_unchecked = false;
    for certificate in path.iter().rev() {
        let issuer = working.last().unwrap_or(anchor);
        if is_unchecked
            && certificate
                .signed
                .verify(&issuer.spki, verification, budget)?
                .is_err()
        {
            return Ok(None);
        }
        is_unchecked = certificate.spki.inherits_parameters();
        let certificate = if is_unchecked {
            let Some(spki) = certificate.spki.with_parameters_of(&issuer.spki) else {
                return Ok(None);
            };
            let mut own = Certificate::clone(certificate);
            own.spki = spki;
            Arc::new(own)
        } else {
            Arc::clone(certificate)
        };
        working.push(certificate);
    }
    working.reverse();
    Ok(Some(working))
}
