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

/// The anchor of a path, when the list has it: its service was in force when it issued the certificate below it. An
/// anchor that is the signer's own certificate must be in force at the time of judging; that of a time-stamp is judged by
/// [`check_authority`].
pub(super) fn check_anchor(
    path: &CertificationPath,
    material: &Material,
    key: KeyRule,
    at: UnixTime,
    ledger: &mut Ledger<'_>,
) {
    let issued = match path.certificates.last() {
        Some(below) => below.not_before,
        None if key == KeyRule::Any && is_for_time_stamps(&path.anchor) => return,
        None => at,
    };
    if !counts(&path.anchor, material, issued, |_| true) {
        let code = &path_codes::ANCHOR_NOT_IN_FORCE;
        ledger.add(Finding::new(code, subject(&path.anchor)).with_time("at", issued));
    }
}

fn is_for_time_stamps(certificate: &Certificate) -> bool {
    let purposes = certificate.extensions.extended_key_usage.as_ref();
    purposes.is_some_and(|usage| usage.purposes == [oids::TIME_STAMPING])
}

/// A time-stamping authority that is itself an anchor because it is listed: its service was in force at the time that it
/// states. That its certificate was valid then is checked like that of any other.
pub(super) fn check_authority(
    info: &TstInfo,
    path: &CertificationPath,
    material: &Material,
    ledger: &mut Ledger<'_>,
) {
    if !path.certificates.is_empty() {
        return;
    }
    let made = info.gen_time.seconds;
    let stamps = |period: &ServicePeriod| {
        matches!(
            period.service_type,
            ServiceType::QualifiedTimeStamps | ServiceType::TimeStamps
        )
    };
    if !counts(&path.anchor, material, made, stamps) {
        let code = &time_codes::AUTHORITY_NOT_IN_FORCE;
        ledger.add(Finding::new(code, subject(&path.anchor)).with_time("gen_time", made));
    }
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
