//! RFC 5280 §6.3.3 (c): whether a delta CRL continues a complete CRL.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::der::oids;
use crate::x509::crl::CertificateList;
use crate::x509::name_match;

/// Issuer, scope and key are the same, and the numbers follow one another: the base of the delta is not later than
/// the complete CRL, and the delta is (RFC 5280 §5.2.4).
pub(super) fn continues(
    base: &CertificateList,
    delta: &CertificateList,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    let (Some(number), Some(from), Some(to)) =
        (base.crl_number, delta.delta_base, delta.crl_number)
    else {
        return Ok(false);
    };
    let key = |crl: &CertificateList| {
        let extension = crl.extensions.find(oids::AUTHORITY_KEY_IDENTIFIER);
        extension.map(|extension| extension.value.clone())
    };
    Ok(from <= number
        && number < to
        // (2)
        && base.issuing_distribution_point == delta.issuing_distribution_point
        // (3)
        && key(base) == key(delta)
        // (1)
        && name_match::matches(&base.issuer, &delta.issuer, budget)?)
}
