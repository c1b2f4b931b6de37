//! Certificates in the words of a report.

use std::sync::Arc;

use crate::der::oids;
use crate::profile::Set;
use crate::report::{CertificateSummary, HolderReport, SignerReport, SubjectReport};
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;

use super::policy::Policy;

pub(super) fn certificate(certificate: &Certificate) -> CertificateSummary {
    CertificateSummary {
        sha256: certificate.sha256(),
        serial: certificate.serial_hex(),
        subject: certificate.subject_text().to_owned(),
        issuer: certificate.issuer_text().to_owned(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
    }
}

pub(super) fn subject(name: &Name) -> SubjectReport {
    let text = |oid| name.text_of(oid).map(str::to_owned);
    SubjectReport {
        cn: text(oids::COMMON_NAME),
        surname: text(oids::SURNAME),
        given_name: text(oids::GIVEN_NAME),
        snils: text(oids::SNILS),
        inn: text(oids::INN),
        ogrn: text(oids::OGRN),
    }
}

/// Who signed, with the rules of the profile that his certificate breaks.
pub(super) fn signer(signer: &Arc<Certificate>, policy: &Policy) -> SignerReport {
    SignerReport {
        subject: subject(&signer.subject),
        certificate: certificate(signer),
        holder: HolderReport::of(Arc::clone(signer), set_of(signer, policy)),
    }
}

/// The rules that are asked: the Russian ones where 63-FZ art. 11 is judged, else those the certificate names itself.
pub(super) fn set_of(certificate: &Certificate, policy: &Policy) -> Set {
    if policy.judges_qualified() {
        Set::Russian
    } else {
        Set::of(certificate)
    }
}
