//! RFC 5280 §6.3.3 (i) to (k): what a CRL says of the certificate.

use crate::base::error::{Error, LimitExceeded};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::crl_index::{CrlEntry, RevocationReason};
use crate::x509::extension::general_name::GeneralName;
use crate::x509::name_match;

use super::super::{Revocation, Status};
use super::points::Concern;
use super::rejected::RejectedReason;

/// What the entries for one certificate come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Listed {
    /// There is none.
    No,
    /// removeFromCRL, in a delta CRL.
    Removed,
    /// The worst of them.
    As(Status),
}

impl Listed {
    /// Whether the certificate is named as one that is not in force.
    pub(super) const fn is_against(self) -> bool {
        matches!(self, Self::As(_))
    }

    pub(super) const fn status(self) -> Status {
        match self {
            Self::No | Self::Removed => Status::Good,
            Self::As(status) => status,
        }
    }

    /// What a delta CRL makes of this (RFC 5280 §5.2.4, §6.3.3 (k)). A revocation for good is not taken back: only a
    /// hold is released.
    pub(super) fn updated_by(self, delta: Self) -> Self {
        match (self, delta) {
            (known, Self::No) => known,
            (Self::As(known @ Status::Revoked(_)), Self::Removed) => Self::As(known),
            (_, Self::Removed) => Self::No,
            (Self::As(known), Self::As(changed)) => Self::As(worst(known, changed)),
            (Self::No | Self::Removed, changed @ Self::As(_)) => changed,
        }
    }
}

/// Looks a certificate up by serial number and the issuer in effect. Every entry counts, the worst decides.
pub(super) fn look_up(
    crl: &CertificateList,
    certificate: &Certificate,
    concern: Concern,
    at: UnixTime,
    budget: &mut Budget,
) -> Result<Result<Listed, RejectedReason>, Error> {
    let entries = match crl.entries.find(&certificate.serial, budget) {
        Ok(entries) => entries,
        Err(Error::Malformed(_)) => return Ok(Err(RejectedReason::MalformedEntry)),
        Err(other) => return Err(other),
    };
    let mut listed = Listed::No;
    for entry in &entries {
        if !is_of_issuer(entry, certificate, concern, budget)? {
            continue;
        }
        if entry.has_unknown_critical_extension {
            return Ok(Err(RejectedReason::UnknownCriticalExtension));
        }
        let found = match interpret(entry, at) {
            // §5.3.1: only delta CRLs take back.
            Listed::Removed if !crl.is_delta() => return Ok(Err(RejectedReason::MalformedEntry)),
            found => found,
        };
        listed = match (listed, found) {
            (Listed::As(known), Listed::As(found)) => Listed::As(worst(known, found)),
            (known @ Listed::As(_), _) => known,
            (_, found) => found,
        };
    }
    Ok(Ok(listed))
}

fn interpret(entry: &CrlEntry, at: UnixTime) -> Listed {
    let revocation = Revocation {
        date: entry.revocation_date,
        reason: entry.reason,
        invalid_since: entry.invalidity_date,
    };
    match entry.reason {
        RevocationReason::RemoveFromCrl => Listed::Removed,
        _ if revocation.date > at => Listed::As(Status::RevokedLater(revocation)),
        RevocationReason::CertificateHold => Listed::As(Status::OnHold(revocation)),
        _ => Listed::As(Status::Revoked(revocation)),
    }
}

/// The worse of two; of two revocations the earlier.
pub(super) fn worst(left: Status, right: Status) -> Status {
    let rank = |status| match status {
        Status::Good => (0, UnixTime::from_seconds(0)),
        Status::RevokedLater(revocation) => (1, revocation.holds_from()),
        Status::OnHold(revocation) => (2, revocation.holds_from()),
        Status::Revoked(revocation) => (3, revocation.holds_from()),
    };
    let ((left_rank, left_date), (right_rank, right_date)) = (rank(left), rank(right));
    if left_rank > right_rank || (left_rank == right_rank && left_date <= right_date) {
        left
    } else {
        right
    }
}

/// RFC 5280 §5.3.3: names from the issuer field or the issuerAltName of the certificate.
fn is_of_issuer(
    entry: &CrlEntry,
    certificate: &Certificate,
    concern: Concern,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    let Some(issuers) = &entry.certificate_issuer else {
        return Ok(concern == Concern::Issuer);
    };
    let others = certificate.extensions.issuer_alternative_names.as_ref();
    for issuer in issuers {
        let is_it = match issuer {
            GeneralName::Directory(name) => name_match::matches(name, &certificate.issuer, budget)?,
            other => others.is_some_and(|others| others.names.contains(other)),
        };
        if is_it {
            return Ok(true);
        }
    }
    Ok(false)
}
