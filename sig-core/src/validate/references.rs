//! Whether a signature holds the validation data that it refers to (RFC 5126 §6.2, §6.3).

use std::collections::BTreeSet;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::references::{OfAttribute, Resolved};
use crate::cms::values::Values;
use crate::der::oids;
use crate::finding::code::archive as codes;
use crate::finding::{Finding, Subject};
use crate::x509::certificate::{Certificate, sha256_hex};

use super::ledger::Ledger;
use super::with_time::Inputs;

/// States which references name nothing at hand, and how much of what the signature holds it does not refer to.
pub(super) fn check(
    inputs: Inputs<'_>,
    resolved: &Resolved,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    for (attribute, outcome) in &resolved.attributes {
        let finding = |code| Finding::new(code, about.clone()).with_oid("attribute", *attribute);
        match outcome {
            OfAttribute::NotSingle => ledger.add(finding(&codes::REFERENCES_NOT_SINGLE)),
            OfAttribute::Malformed(malformed) => ledger.add(
                finding(&codes::REFERENCES_MALFORMED)
                    .with_count("offset", malformed.offset as u64)
                    .with_word("reason", malformed.reason.word()),
            ),
            OfAttribute::Read {
                references,
                unmatched,
            } if *unmatched > 0 => ledger.add(
                finding(&codes::REFERENCES_UNMATCHED)
                    .with_count("count", *unmatched)
                    .with_count("references", *references),
            ),
            OfAttribute::Read { .. } => {}
        }
    }
    if resolved.attributes.is_empty() {
        return Ok(());
    }
    let count = unreferenced(inputs, resolved, budget)?;
    if count > 0 {
        let finding = Finding::new(&codes::VALUES_UNREFERENCED, about.clone());
        ledger.add(finding.with_count("count", count));
    }
    Ok(())
}

/// Values that no reference names; the certificate of the signer has its reference among the signed attributes.
fn unreferenced(
    inputs: Inputs<'_>,
    resolved: &Resolved,
    budget: &mut Budget,
) -> Result<u64, Error> {
    let named = resolved.referenced.iter().map(|it| &it.subject);
    let named: BTreeSet<&Subject> = named.collect();
    let mut count = 0;
    for attribute in &inputs.signer.unsigned_attributes.all {
        for value in &attribute.values {
            let values = if attribute.id == oids::CERTIFICATE_VALUES {
                Values::read_certificates(value, budget)
            } else if attribute.id == oids::REVOCATION_VALUES {
                Values::read_revocation(value, budget)
            } else {
                continue;
            };
            let values = match values {
                Ok(values) => values,
                Err(Error::Malformed(_)) => continue,
                Err(other) => return Err(other),
            };
            for octets in &values.certificates {
                let subject = Subject::Certificate(sha256_hex(octets));
                let is_named = named.contains(&subject);
                let is_signer = !is_named
                    && match Certificate::from_der(octets, budget) {
                        Ok(it) => inputs.signer.identifier.names(&it, budget)?,
                        Err(Error::Malformed(_)) => false,
                        Err(other) => return Err(other),
                    };
                count += u64::from(!is_named && !is_signer);
            }
            let crls = values.crls.iter();
            let crls = crls.map(|octets| Subject::Crl(sha256_hex(octets)));
            let ocsp = values.ocsp.iter();
            let ocsp = ocsp.map(|octets| Subject::Ocsp(sha256_hex(octets)));
            let unnamed = crls.chain(ocsp).filter(|it| !named.contains(it));
            count += unnamed.count() as u64;
        }
    }
    Ok(count)
}
