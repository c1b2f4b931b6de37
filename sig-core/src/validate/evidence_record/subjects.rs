//! The objects that exist when a message does (EN 319 102-1 §5.6.2.3).

use std::collections::BTreeSet;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::signed_data::SignedData;
use crate::der::oids;
use crate::finding::Subject;
use crate::x509::certificate::sha256_hex;

/// Objects in the order in which they were met, each once.
pub(super) struct Subjects {
    all: Vec<Subject>,
    known: BTreeSet<Subject>,
}

impl Subjects {
    /// Those of a list.
    pub(super) fn of(subjects: impl IntoIterator<Item = Subject>) -> Self {
        let mut own = Self {
            all: Vec::new(),
            known: BTreeSet::new(),
        };
        subjects.into_iter().for_each(|subject| own.add(subject));
        own
    }

    pub(super) fn add(&mut self, subject: Subject) {
        if self.known.insert(subject.clone()) {
            self.all.push(subject);
        }
    }

    /// Certificates, CRLs and OCSP responses of a message.
    pub(super) fn add_values(&mut self, message: &SignedData) {
        for octets in &message.certificates {
            self.add(Subject::Certificate(sha256_hex(octets)));
        }
        for octets in &message.crls {
            self.add(Subject::Crl(sha256_hex(octets)));
        }
        for octets in &message.ocsp {
            self.add(Subject::Ocsp(sha256_hex(octets)));
        }
    }

    pub(super) const fn count(&self) -> usize {
        self.all.len()
    }

    pub(super) fn into_all(self) -> Vec<Subject> {
        self.all
    }
}

/// A message: its signatures, what it carries, and the time-stamps in unsigned attributes with what they carry.
///
/// # Limits
/// The values of attributes are read within the budget.
pub(super) fn of_message(message: &SignedData, budget: &mut Budget) -> Result<Vec<Subject>, Error> {
    let mut subjects = Subjects::of((0..message.signers.len()).map(Subject::Signature));
    subjects.add_values(message);
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
            for signer in token.signers.iter().flatten() {
                subjects.add(Subject::TimeStamp(sha256_hex(&signer.signature)));
            }
            subjects.add_values(&token);
        }
    }
    Ok(subjects.into_all())
}
