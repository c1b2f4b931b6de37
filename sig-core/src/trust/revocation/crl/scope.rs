//! RFC 5280 §6.3.3 (b) and (d): whether a CRL is about the certificate, and for which reasons.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::extension::distribution_point::IssuingDistributionPoint;
use crate::x509::extension::reason_flags::ReasonFlags;

use super::points::{Concern, Point, PointName, Points, resolve, share_a_name};
use super::rejected::RejectedReason;

/// The interim_reasons_mask of a CRL: over every distribution point of the certificate that it belongs to, else over
/// the assumed one.
///
/// # Deviation
/// Where every distribution point names another CRL issuer, RFC 5280 §6.3.3 takes a complete CRL of the certificate's
/// issuer beside them. Here it does not count: whom the certificate names has to answer.
pub(super) fn interim_reasons(
    points: &Points<'_>,
    crl: &CertificateList,
    concern: Concern,
    budget: &mut Budget,
) -> Result<Result<ReasonFlags, RejectedReason>, LimitExceeded> {
    let idp = crl.issuing_distribution_point.as_ref();
    if let Some(idp) = idp
        && let Err(why) = check_kind(points.certificate, idp)
    {
        return Ok(Err(why));
    }
    let published = match idp.and_then(|idp| idp.distribution_point.as_ref()) {
        Some(name) => Some(resolve(name, &crl.issuer, budget)?),
        None => None,
    };
    let is_indirect = idp.is_some_and(|idp| idp.indirect);
    let mut found: Option<ReasonFlags> = None;
    let mut why = RejectedReason::Issuer;
    for point in &points.named {
        // (b)(1)
        if !is_issued_for(point, crl, is_indirect, concern, budget)? {
            continue;
        }
        // (b)(2)(i)
        if !is_published_at(published.as_deref(), &point.names, budget)? {
            why = RejectedReason::DistributionPoint;
            continue;
        }
        // (d): what the point says; the CRL's part follows.
        found = Some(found.unwrap_or_default().union(point.reasons));
    }
    if found.is_none() && concern == Concern::Issuer && !points.are_delegated() {
        if is_published_at(published.as_deref(), &points.assumed, budget)? {
            found = Some(ReasonFlags::ALL);
        } else {
            why = RejectedReason::DistributionPoint;
        }
    }
    let Some(reasons) = found else {
        return Ok(Err(why));
    };
    let own = idp.and_then(|idp| idp.only_some_reasons);
    let reasons = reasons.intersection(own.unwrap_or(ReasonFlags::ALL));
    Ok(if reasons.is_empty() {
        Err(RejectedReason::NoReason)
    } else {
        Ok(reasons)
    })
}

/// (b)(1)
fn is_issued_for(
    point: &Point<'_>,
    crl: &CertificateList,
    is_indirect: bool,
    concern: Concern,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    use crate::x509::name_match::matches;
    if !point.states_issuer {
        return Ok(concern == Concern::Issuer);
    }
    if !is_indirect {
        return Ok(false);
    }
    for issuer in &point.issuers {
        if matches(&crl.issuer, issuer, budget)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// (b)(2)(i): a CRL that names no place is at each.
fn is_published_at(
    published: Option<&[PointName]>,
    names: &[PointName],
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    published.map_or(Ok(true), |published| share_a_name(published, names, budget))
}

/// (b)(2)(ii) to (iv), and §5.2.5.
///
/// # Deviation
/// A certificate of version 1 or 2 cannot say whether it is an authority's, so no CRL for one kind covers it.
fn check_kind(
    certificate: &Certificate,
    idp: &IssuingDistributionPoint,
) -> Result<(), RejectedReason> {
    let kinds = [
        idp.only_user_certificates,
        idp.only_ca_certificates,
        idp.only_attribute_certificates,
    ];
    let states_nothing = *idp == IssuingDistributionPoint::default();
    if states_nothing || kinds.into_iter().filter(|only| *only).count() > 1 {
        return Err(RejectedReason::MalformedScope);
    }
    let constraints = certificate.extensions.basic_constraints;
    let is_ca = constraints.is_some_and(|constraints| constraints.ca);
    let other_kind = if certificate.version < 3 {
        idp.only_user_certificates || idp.only_ca_certificates
    } else if is_ca {
        idp.only_user_certificates
    } else {
        idp.only_ca_certificates
    };
    if other_kind || idp.only_attribute_certificates {
        return Err(RejectedReason::OtherKind);
    }
    Ok(())
}
