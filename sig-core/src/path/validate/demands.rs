//! What the caller demands of the end entity: a key purpose and the name of a server.

use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::Finding;
use crate::finding::code::path as codes;
use crate::x509::certificate::Certificate;

use super::{State, subject};

impl State<'_> {
    pub(super) fn check_demands(&mut self, end_entity: &Certificate) {
        if let Some(purpose) = self.inputs.key_purpose
            && !end_entity_allows(end_entity, purpose)
        {
            let finding = Finding::new(&codes::KEY_PURPOSE, subject(end_entity));
            self.add(finding.with_oid("purpose", purpose));
        }
        let host = self.inputs.host.as_ref();
        if host.is_some_and(|host| !host.is_named_by(end_entity)) {
            self.add(Finding::new(&codes::HOST_MISMATCH, subject(end_entity)));
        }
    }
}

/// RFC 5280 §4.2.1.12: without the extension a key is for everything, unless the purpose is one whose own
/// standard wants it stated.
fn end_entity_allows(certificate: &Certificate, purpose: Oid) -> bool {
    let purposes = certificate.extensions.extended_key_usage.as_ref();
    let purposes = purposes.map(|usage| usage.purposes.as_slice());
    match purpose {
        // RFC 3161 §2.3: alone, and critical.
        oids::TIME_STAMPING => {
            let extension = certificate.extensions.find(oids::EXTENDED_KEY_USAGE);
            let is_critical = extension.is_some_and(|extension| extension.critical);
            purposes == Some(&[purpose]) && is_critical && signs_data_only(certificate)
        }
        // Baseline requirements for code signing §7.1.2.3: by name, no server, no anything, no authority.
        oids::CODE_SIGNING => {
            let refused = [oids::ANY_EXTENDED_KEY_USAGE, oids::SERVER_AUTH];
            purposes.is_some_and(|purposes| {
                purposes.contains(&purpose) && !purposes.iter().any(|p| refused.contains(p))
            }) && signs_data_only(certificate)
        }
        _ => purposes.is_none_or(|purposes| allows(purposes, purpose)),
    }
}

/// An authority that states purposes limits those below it. This is custom, not RFC 5280.
pub(super) fn authority_allows(certificate: &Certificate, purpose: Oid) -> bool {
    let usage = certificate.extensions.extended_key_usage.as_ref();
    usage.is_none_or(|usage| allows(&usage.purposes, purpose))
}

fn allows(purposes: &[Oid], purpose: Oid) -> bool {
    purposes
        .iter()
        .any(|stated| *stated == purpose || *stated == oids::ANY_EXTENDED_KEY_USAGE)
}

fn signs_data_only(certificate: &Certificate) -> bool {
    let usage = certificate.extensions.key_usage;
    usage.is_none_or(|usage| {
        let signs = usage.digital_signature() || usage.non_repudiation();
        signs && !usage.key_cert_sign() && !usage.crl_sign()
    })
}
