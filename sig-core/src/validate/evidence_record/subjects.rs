//! The objects that exist when a message does (EN 319 102-1 §5.6.2.3).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::signed_data::SignedData;
use crate::der::oids;
use crate::finding::Subject;
use crate::x509::certificate::sha256_hex;

/// A message: its signatures, what it carries, and the time-stamps in unsigned attributes with what they carry.
///
/// # Limits
/// The values of attributes are read within the budget.
pub(super) fn of_message(message: &SignedData, budget: &mut Budget) -> Result<Vec<Subject>, Error> {
    let mut subjects: Vec<Subject> = (0..message.signers.len()).map(Subject::Signature).collect();
    of_values(message, &mut subjects);
    let signers = message.signers.iter().flatten();
    let attributes = signers.flat_map(|signer| &signer.unsigned_attributes.all);
    let records = [
        oids::EVIDENCE_RECORD_INTERNAL,
        oids::EVIDENCE_RECORD_EXTERNAL,
    ];
    for attribute in attributes.filter(|attribute| !records.contains(&attribute.id)) {
        for value in &attribute.values {
            let Ok(token) = SignedData::from_ber(value, budget)? else {
                continue;
            };
            let signers = token.signers.iter().flatten();
            subjects.extend(signers.map(|it| Subject::TimeStamp(sha256_hex(&it.signature))));
            of_values(&token, &mut subjects);
        }
    }
    subjects.dedup();
    Ok(subjects)
}

/// Certificates, CRLs and OCSP responses of a message.
pub(super) fn of_values(message: &SignedData, subjects: &mut Vec<Subject>) {
    let mut add = |subject: Subject| {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    };
    for octets in &message.certificates {
        add(Subject::Certificate(sha256_hex(octets)));
    }
    for octets in &message.crls {
        add(Subject::Crl(sha256_hex(octets)));
    }
    for octets in &message.ocsp {
        add(Subject::Ocsp(sha256_hex(octets)));
    }
}
