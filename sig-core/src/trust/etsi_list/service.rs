//! Services of trusted lists, and what they were when (ETSI TS 119 612 §5.5, §5.6).

use std::sync::Arc;

use crate::base::time::UnixTime;
use crate::der::octets::Octets;

use super::criteria::Qualification;
use super::status::ServiceStatus;

/// A provider of trust services (ETSI TS 119 612 §5.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Provider {
    /// Its name, in English if the list has it in English.
    pub name: Option<String>,
}

/// A service, which is one key (ETSI TS 119 612 §5.5).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedService {
    /// Whose service it is; the same value for all services of the provider.
    pub provider: Arc<Provider>,
    /// Its name, in English if the list has it in English.
    pub name: Option<String>,
    /// DER of the certificates of its key, in the order of the list.
    pub certificates: Vec<Octets>,
    /// Subject names as the list writes them.
    pub subject_names: Vec<String>,
    /// Subject key identifiers.
    pub key_identifiers: Vec<Vec<u8>>,
    /// What it was from when on, oldest first.
    pub periods: Vec<ServicePeriod>,
}

/// What a service is from an instant on (ETSI TS 119 612 §5.5, §5.6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServicePeriod {
    /// From when.
    pub from: UnixTime,
    /// What it does.
    pub service_type: ServiceType,
    /// Its status.
    pub status: ServiceStatus,
    /// What its certificates are for (§5.5.9.4); empty when the list does not say.
    pub uses: Vec<ServiceUse>,
    /// What holds for some of its certificates (§5.5.9.2).
    pub qualifications: Vec<Qualification>,
    /// Critical extensions that are not known here, by name: with one the period counts for nothing.
    pub unknown_critical: Vec<String>,
}

/// What a service does (ETSI TS 119 612 §5.5.1).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ServiceType {
    /// `CA/QC`: issues qualified certificates.
    CaQc,
    /// `CA/PKC`: issues others.
    CaPkc,
    /// `TSA/QTST`: issues qualified time-stamps.
    QualifiedTimeStamps,
    /// `TSA` and its kinds that are not qualified.
    TimeStamps,
    /// `Certstatus/OCSP/QC` or `Certstatus/CRL/QC`: answers for qualified certificates.
    QualifiedStatus,
    /// Another, by its URI.
    Other(String),
}

impl ServiceType {
    /// From the URI of the list.
    #[must_use]
    pub fn from_uri(uri: &str) -> Self {
        match uri.strip_prefix("http://uri.etsi.org/TrstSvc/Svctype/") {
            Some("CA/QC") => Self::CaQc,
            Some("CA/PKC") => Self::CaPkc,
            Some("TSA/QTST") => Self::QualifiedTimeStamps,
            Some("TSA" | "TSA/TSS-QC" | "TSA/TSS-AdESQCandQES") => Self::TimeStamps,
            Some("Certstatus/OCSP/QC" | "Certstatus/CRL/QC") => Self::QualifiedStatus,
            _ => Self::Other(uri.to_owned()),
        }
    }
}

/// What the certificates of a service are for (ETSI TS 119 612 §5.5.9.4).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ServiceUse {
    /// `ForeSignatures`.
    Signatures,
    /// `ForeSeals`.
    Seals,
    /// `ForWebSiteAuthentication`.
    WebSites,
    /// `RootCA-QC`: it issues to authorities below it.
    RootCa,
    /// Another, by its URI.
    Other(String),
}

impl ServiceUse {
    /// From the URI of the list.
    #[must_use]
    pub fn from_uri(uri: &str) -> Self {
        match uri.strip_prefix("http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/") {
            Some("ForeSignatures") => Self::Signatures,
            Some("ForeSeals") => Self::Seals,
            Some("ForWebSiteAuthentication") => Self::WebSites,
            Some("RootCA-QC") => Self::RootCa,
            _ => Self::Other(uri.to_owned()),
        }
    }
}

impl ServicePeriod {
    /// Whether the service has a status that counts, and nothing in its entry is beyond this reader: that of a qualified
    /// one, or, for a service that cannot be one, that of one recognised by the state (ETSI TS 119 612 §5.5.4, §5.5.9).
    #[must_use]
    pub fn is_in_force(&self, at: UnixTime) -> bool {
        let is_recognised = self.status == ServiceStatus::RecognisedNationally
            && matches!(
                self.service_type,
                ServiceType::CaPkc | ServiceType::TimeStamps
            );
        self.unknown_critical.is_empty() && (is_recognised || self.status.is_in_force(at))
    }
}

impl ListedService {
    /// What the service is at an instant: the latest period that began (ETSI TS 119 612 §5.6). None before the first.
    #[must_use]
    pub fn at(&self, at: UnixTime) -> Option<&ServicePeriod> {
        let begun = self.periods.partition_point(|period| period.from <= at);
        begun.checked_sub(1).and_then(|last| self.periods.get(last))
    }

    /// The service as it is today in the list.
    #[must_use]
    pub fn latest(&self) -> Option<&ServicePeriod> {
        self.periods.last()
    }
}

/// Sorts periods by date. Of two that begin at one instant the worse comes last, and so holds.
pub(super) fn in_order(mut periods: Vec<ServicePeriod>) -> Vec<ServicePeriod> {
    periods.sort_by(|left, right| {
        let from = left.from.cmp(&right.from);
        from.then_with(|| left.status.cmp(&right.status))
    });
    periods
}
