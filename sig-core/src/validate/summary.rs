//! Certificates in the words of a report.

use std::sync::Arc;

use crate::der::oids;
use crate::profile::{Part, Set};
use crate::report::{
    CertificateSummary, HolderReport, RepeatedAttribute, SignerReport, SubjectReport,
};
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
    let repeated = Part::ALL.into_iter().filter_map(|part| {
        let values = part.values(name);
        (values.len() > 1).then(|| RepeatedAttribute {
            attribute: part.name(),
            values,
        })
    });
    SubjectReport {
        cn: Part::CommonName.sole(name),
        surname: Part::Surname.sole(name),
        given_name: Part::GivenName.sole(name),
        snils: Part::Snils.sole(name),
        inn: match Part::Inn.values(name).is_empty() {
            true => Part::OrganisationInn
                .sole(name)
                .and(name.text_of(oids::INN))
                .map(str::to_owned),
            false => Part::Inn.sole(name),
        },
        ogrn: Part::Ogrn.sole(name),
        repeated: repeated.collect(),
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
