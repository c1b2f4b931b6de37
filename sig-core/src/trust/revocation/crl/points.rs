//! The certificate's side of RFC 5280 §6.3.3 (b): where its revocation is published, and by whom.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::x509::certificate::Certificate;
use crate::x509::extension::crl_distribution_points::DistributionPoint;
use crate::x509::extension::distribution_point::DistributionPointName;
use crate::x509::extension::general_name::GeneralName;
use crate::x509::extension::reason_flags::ReasonFlags;
use crate::x509::name::Name;
use crate::x509::name_match::{self, PreparedName};

/// The distribution points of a certificate, and the one that RFC 5280 §6.3.3 assumes for every certificate.
pub(super) struct Points<'a> {
    pub(super) certificate: &'a Certificate,
    /// Those that the certificate names.
    pub(super) named: Vec<Point<'a>>,
    /// The certificate's issuer: the point assumed for CRLs that no point names.
    pub(super) assumed: Vec<PointName>,
}

/// One distribution point (RFC 5280 §4.2.1.13).
pub(super) struct Point<'a> {
    /// Where: its name, or else the names of its CRL issuer (§6.3.3 (b)(2)(i)).
    pub(super) names: Vec<PointName>,
    /// Which reasons.
    pub(super) reasons: ReasonFlags,
    /// Who, when it is not the certificate's issuer.
    pub(super) issuers: Vec<&'a Name>,
    /// Whether it states who.
    pub(super) states_issuer: bool,
}

/// A name of a distribution point, in the form in which equal names are equal values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum PointName {
    Directory(PreparedName),
    Other(GeneralName),
}

impl<'a> Points<'a> {
    pub(super) fn of(
        certificate: &'a Certificate,
        budget: &mut Budget,
    ) -> Result<Self, LimitExceeded> {
        let mut named = Vec::new();
        if let Some(points) = &certificate.extensions.crl_distribution_points {
            for point in &points.points {
                named.push(Point::read(point, certificate, budget)?);
            }
        }
        let issuer = certificate.prepared_issuer(budget)?.clone();
        let mut assumed = vec![PointName::Directory(issuer)];
        if let Some(others) = &certificate.extensions.issuer_alternative_names {
            assumed.extend(point_names(&others.names, budget)?);
        }
        Ok(Self {
            certificate,
            named,
            assumed,
        })
    }

    /// Whether a CRL of this issuer may be about the certificate.
    pub(super) fn concerns(
        &self,
        issuer: &Name,
        budget: &mut Budget,
    ) -> Result<Concern, LimitExceeded> {
        if name_match::matches(issuer, &self.certificate.issuer, budget)? {
            return Ok(Concern::Issuer);
        }
        for delegate in self.named.iter().flat_map(|point| &point.issuers) {
            if name_match::matches(issuer, delegate, budget)? {
                return Ok(Concern::Delegate);
            }
        }
        Ok(Concern::None)
    }

    /// Whether some point states reasons.
    pub(super) fn state_reasons(&self) -> bool {
        self.named
            .iter()
            .any(|point| point.reasons != ReasonFlags::ALL)
    }

    /// Whether every point says that another than the certificate's issuer answers for it.
    pub(super) fn are_delegated(&self) -> bool {
        !self.named.is_empty() && self.named.iter().all(|point| point.states_issuer)
    }
}

/// What the issuer of a CRL has to do with a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Concern {
    /// It issued it.
    Issuer,
    /// One of its distribution points names it.
    Delegate,
    /// Nothing.
    None,
}

impl<'a> Point<'a> {
    fn read(
        point: &'a DistributionPoint,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<Self, LimitExceeded> {
        let issuers: Vec<&Name> = point
            .crl_issuer
            .iter()
            .filter_map(|name| match name {
                GeneralName::Directory(name) => Some(name),
                _ => None,
            })
            .collect();
        // §4.2.1.13: relative to the name of the CRL issuer, of which there is one then.
        let base = issuers.first().copied().unwrap_or(&certificate.issuer);
        let names = match &point.name {
            Some(name) => resolve(name, base, budget)?,
            None => point_names(&point.crl_issuer, budget)?,
        };
        Ok(Self {
            names,
            reasons: point.reasons.unwrap_or(ReasonFlags::ALL),
            states_issuer: !point.crl_issuer.is_empty(),
            issuers,
        })
    }
}

/// The names of a point; a relative one follows the name of the CRL issuer (RFC 5280 §4.2.1.13).
pub(super) fn resolve(
    name: &DistributionPointName,
    base: &Name,
    budget: &mut Budget,
) -> Result<Vec<PointName>, LimitExceeded> {
    match name {
        DistributionPointName::Full(names) => point_names(names, budget),
        DistributionPointName::RelativeToIssuer(last) => {
            let whole = PreparedName::below(base, last, budget)?;
            Ok(vec![PointName::Directory(whole)])
        }
    }
}

fn point_names(
    names: &[GeneralName],
    budget: &mut Budget,
) -> Result<Vec<PointName>, LimitExceeded> {
    let mut prepared = Vec::with_capacity(names.len());
    for name in names {
        prepared.push(match name {
            GeneralName::Directory(name) => PointName::Directory(PreparedName::new(name, budget)?),
            other => PointName::Other(other.clone()),
        });
    }
    Ok(prepared)
}

/// Whether any name of the one is a name of the other (RFC 5280 §6.3.3 (b)(2)(i)).
pub(super) fn share_a_name(
    left: &[PointName],
    right: &[PointName],
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    for name in left {
        for other in right {
            budget.spend_name_comparison()?;
            if name == other {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
