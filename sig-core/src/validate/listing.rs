//! A service of a trusted list counts while it is in force (ETSI TS 119 615 §4.3): being listed is not enough.

use crate::base::time::UnixTime;
use crate::cms::time_stamp::TstInfo;
use crate::der::oids;
use crate::finding::Finding;
use crate::finding::code::{path as path_codes, time as time_codes};
use crate::path::build::CertificationPath;
use crate::path::validate::subject;
use crate::trust::etsi_list::{ServicePeriod, ServiceType};
use crate::x509::certificate::Certificate;

use super::evidence::Material;
use super::ledger::Ledger;
use super::policy::KeyRule;

/// The anchor of a path, when the list has it: its service, one of those that certify, was in force when the certificate
/// that the path is for was issued. An anchor that is that certificate itself must be in force at the time of judging; that
/// of a time-stamp is judged by [`check_authority`], too.
pub(super) fn check_anchor(
    path: &CertificationPath,
    material: &Material,
    key: KeyRule,
    at: UnixTime,
    ledger: &mut Ledger<'_>,
) {
    if let Err(issued) = anchor_counts(path, material, key, at) {
        let code = &path_codes::ANCHOR_NOT_IN_FORCE;
        ledger.add(Finding::new(code, subject(&path.anchor)).with_time("at", issued));
    }
}

/// Whether the anchor counts as [`check_anchor`] asks; else the instant at which it does not.
pub(super) fn anchor_counts(
    path: &CertificationPath,
    material: &Material,
    key: KeyRule,
    at: UnixTime,
) -> Result<(), UnixTime> {
    let issued = match path.certificates.first() {
        Some(end_entity) => end_entity.not_before,
        None if key == KeyRule::Any && is_for_time_stamps(&path.anchor) => return Ok(()),
        None => at,
    };
    let is_wanted =
        |period: &ServicePeriod| certifies(period) || key == KeyRule::Any && stamps(period);
    if counts(&path.anchor, material, issued, is_wanted) {
        Ok(())
    } else {
        Err(issued)
    }
}

/// A service that issues certificates (ETSI TS 119 612 §5.5.1).
const fn certifies(period: &ServicePeriod) -> bool {
    matches!(period.service_type, ServiceType::CaQc | ServiceType::CaPkc)
}

/// A service that issues time-stamps (ETSI TS 119 612 §5.5.1).
const fn stamps(period: &ServicePeriod) -> bool {
    matches!(
        period.service_type,
        ServiceType::QualifiedTimeStamps | ServiceType::TimeStamps
    )
}

fn is_for_time_stamps(certificate: &Certificate) -> bool {
    let purposes = certificate.extensions.extended_key_usage.as_ref();
    purposes.is_some_and(|usage| usage.purposes == [oids::TIME_STAMPING])
}

/// The anchor of a time-stamping authority, when the list has it: its service was in force at the time that the token
/// states. One that is the authority itself must be listed for time-stamps; one above it may certify or stamp. That the
/// certificate of the authority was valid then is checked like that of any other.
pub(super) fn check_authority(
    info: &TstInfo,
    path: &CertificationPath,
    material: &Material,
    ledger: &mut Ledger<'_>,
) {
    let made = info.gen_time.seconds;
    let is_above = !path.certificates.is_empty();
    let is_wanted = |period: &ServicePeriod| stamps(period) || is_above && certifies(period);
    if !counts(&path.anchor, material, made, is_wanted) {
        let code = &time_codes::AUTHORITY_NOT_IN_FORCE;
        ledger.add(Finding::new(code, subject(&path.anchor)).with_time("gen_time", made));
    }
}

/// Whether a certificate is one of a service of a European list, whatever its status.
pub(super) fn is_listed(certificate: &Certificate, material: &Material) -> bool {
    let lists = material.trusted_lists.as_ref();
    lists.is_some_and(|lists| !lists.services_of(certificate).is_empty())
}

/// Whether a certificate is not of a list, or one of its services is in force.
fn counts(
    anchor: &Certificate,
    material: &Material,
    at: UnixTime,
    is_wanted: impl Fn(&ServicePeriod) -> bool,
) -> bool {
    let Some(lists) = &material.trusted_lists else {
        return true;
    };
    let listed = lists.services_of(anchor);
    listed.is_empty()
        || listed.iter().any(|listed| {
            let period = listed.service.at(at);
            period.is_some_and(|period| is_wanted(period) && period.is_in_force(at))
        })
}
