//! Certificates in the words of a report.

use crate::der::oids;
use crate::report::{CertificateSummary, SubjectReport};
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;

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
