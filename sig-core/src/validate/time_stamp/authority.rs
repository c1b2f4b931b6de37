//! The authority of a time-stamp: its certificate, and what the token says of it (RFC 3161 §2.3, §2.4.2).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::time_stamp::TstInfo;
use crate::der::oids;
use crate::finding::code::time as codes;
use crate::finding::{Finding, Subject};
use crate::path::build::CertificationPath;
use crate::path::validate::subject;
use crate::x509::certificate::Certificate;
use crate::x509::extension::general_name::GeneralName;
use crate::x509::extension::key_usage::KeyUsage;
use crate::x509::name_match;

use super::super::evidence::Material;
use super::super::ledger::{Ledger, Obligation};
use super::super::{listing, qualified};
use super::Inputs;

/// The certificate is one of an authority for time-stamps and nothing else (RFC 3161 §2.3).
pub(super) fn check_authority(certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let mark = ledger.mark();
    let extensions = &certificate.extensions;
    let purposes = extensions.extended_key_usage.as_ref();
    let sole = purposes.is_some_and(|usage| usage.purposes == [oids::TIME_STAMPING]);
    let extension = extensions.find(oids::EXTENDED_KEY_USAGE);
    if !sole || !extension.is_some_and(|extension| extension.critical) {
        ledger.add(Finding::new(
            &codes::AUTHORITY_PURPOSE,
            subject(certificate),
        ));
    }
    let signs = |usage: KeyUsage| usage.digital_signature() || usage.non_repudiation();
    if !extensions.key_usage.is_none_or(signs) {
        let finding = Finding::new(&codes::AUTHORITY_KEY_USAGE, subject(certificate));
        ledger.add(finding);
    }
    ledger.show_unless_failed_since(mark, Obligation::Authority);
}

/// Where the list of accredited authorities is the measure, it is that for time-stamps too: an authority that lost its
/// accreditation must not keep a revoked certificate alive. It is the measure of a verdict by 63-FZ; in one by Regulation
/// (EU) No 910/2014, of the authorities below its own roots, while [`listing::check_authority`] measures the others. One
/// that the caller names as an anchor is the caller's; one that is an anchor because a European list has it is not.
pub(super) fn check_accreditation(
    info: &TstInfo,
    path: &CertificationPath,
    certificate: &Certificate,
    inputs: Inputs<'_>,
    ledger: &mut Ledger<'_>,
) {
    let Inputs {
        validator,
        material,
        at,
        ..
    } = inputs;
    let policy = &validator.policy;
    let is_listed = listing::is_listed(&path.anchor, material);
    let is_of_caller = path.anchor.octets == certificate.octets && !is_listed;
    let is_measured = if policy.judges_qualified() {
        !is_of_caller && (material.trust.is_some() || is_listed)
    } else {
        policy.judges_eidas() && !is_listed && is_below_roots(path, material)
    };
    if !is_measured {
        return;
    }
    let made = info.gen_time.seconds;
    let is_accredited = material.trust.as_ref().is_some_and(|trust| {
        qualified::is_by_accredited(path, certificate, made, trust, (policy, at))
    });
    if !is_accredited {
        let finding = Finding::new(&codes::AUTHORITY_NOT_ACCREDITED, subject(certificate));
        ledger.add(finding.with_time("gen_time", made));
    }
}

/// Whether a path ends at a root of the accredited authorities, whatever lists stand beside them.
fn is_below_roots(path: &CertificationPath, material: &Material) -> bool {
    let trust = material.trust.as_ref();
    trust.is_some_and(|trust| {
        let mut roots = trust.authorities().roots().iter();
        roots.any(|root| root.octets == path.anchor.octets) && !path.certificates.is_empty()
    })
}

/// What the token says of its authority and of the time holds for the certificate (RFC 3161 §2.3, §2.4.2).
pub(super) fn check_statement(
    info: &TstInfo,
    certificate: &Certificate,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    if let Some(name) = &info.tsa
        && !is_named(certificate, name, budget)?
    {
        ledger.add(Finding::new(&codes::AUTHORITY_NAME, about.clone()));
    }
    let made = info.gen_time.seconds;
    if made < certificate.not_before || made > certificate.not_after {
        let finding = Finding::new(&codes::MADE_OUTSIDE_VALIDITY, about.clone());
        ledger.add(finding.with_time("gen_time", made));
    }
    Ok(())
}

/// Whether a name is the subject of a certificate or stands among its alternative names.
fn is_named(
    certificate: &Certificate,
    name: &GeneralName,
    budget: &mut Budget,
) -> Result<bool, Error> {
    if let GeneralName::Directory(name) = name
        && name_match::matches(name, &certificate.subject, budget)?
    {
        return Ok(true);
    }
    let alternatives = certificate.extensions.subject_alternative_names.as_ref();
    for known in alternatives.iter().flat_map(|names| &names.names) {
        let is_it = match (name, known) {
            (GeneralName::Directory(name), GeneralName::Directory(known)) => {
                name_match::matches(name, known, budget)?
            }
            _ => name == known,
        };
        if is_it {
            return Ok(true);
        }
    }
    Ok(false)
}
