//! What the certificates and lists of a case need that is not judged yet.

use sig_core::cms::signed_data::SignedData;
use sig_core::x509::certificate::Certificate;
use sig_core::x509::crl::CertificateList;
use sig_core::{Budget, Evidence, Material};

use super::limits;

/// Extensions by their encoded OID.
const CERTIFICATES: &[(&[u8], &str)] = &[(&[0x06, 0x03, 0x55, 0x1d, 0x2e], "freshest CRLs")];

/// For a message with what is offered beside it.
pub fn message(evidence: &Evidence, material: &Material) -> Option<&'static str> {
    let embedded = evidence.message().into_iter();
    embedded
        .flat_map(|message: &SignedData| message.certificates.iter().chain(&message.crls))
        .find_map(|octets| {
            let crl = CertificateList::from_der(octets, &mut Budget::new(limits()));
            match crl {
                Ok(crl) => list(&crl),
                Err(_) => certificate(octets),
            }
        })
        .or_else(|| of_material(material))
}

/// For a certificate with what is offered beside it.
pub fn path(target: &Certificate, material: &Material) -> Option<&'static str> {
    certificate(&target.octets).or_else(|| of_material(material))
}

fn of_material(material: &Material) -> Option<&'static str> {
    let mut certificates = material.anchors.iter().chain(&material.certificates);
    certificates
        .find_map(|found| certificate(&found.octets))
        .or_else(|| material.crls.iter().find_map(|crl| list(crl)))
}

fn certificate(octets: &[u8]) -> Option<&'static str> {
    let found = CERTIFICATES
        .iter()
        .find(|(oid, _)| octets.windows(oid.len()).any(|window| window == *oid));
    found.map(|(_, why)| *why)
}

fn list(crl: &CertificateList) -> Option<&'static str> {
    if crl.is_delta() {
        return Some("delta CRLs");
    }
    let point = crl.issuing_distribution_point.as_ref()?;
    if point.indirect {
        return Some("indirect CRLs");
    }
    if point.only_some_reasons {
        return Some("CRLs by reason");
    }
    point
        .names_distribution_point
        .then_some("CRLs by distribution point")
}
