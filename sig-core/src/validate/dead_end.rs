//! What is said when no path leads to an anchor (EN 319 102-1 §5.2.6.4 step 2).

use std::sync::Arc;

use crate::der::oids;
use crate::finding::code::path as codes;
use crate::finding::step::{en319102_1_5_2_6_4, rfc5280_6_1_3};
use crate::finding::{Finding, StepSubject};
use crate::path::build::DeadEnd;
use crate::path::validate::subject;
use crate::x509::signed::SignedRejected;

use super::ledger::Ledger;

/// States where the search ended and why, with the steps that were taken: the builder verifies signatures, so a path
/// that ends at one has taken no other.
pub(super) fn state(end: &DeadEnd, ledger: &mut Ledger<'_>) {
    let certificate = &end.certificate;
    let about = || subject(certificate);
    let rejected = match end.rejected {
        None => None,
        Some(SignedRejected::BadSignature) => {
            Some(Finding::new(&codes::SIGNATURE_INVALID, about()))
        }
        Some(other) => Some(
            Finding::new(&codes::ALGORITHM_UNSUPPORTED, about()).with_word("reason", other.word()),
        ),
    };
    if let Some(finding) = rejected {
        let here = StepSubject::object(Arc::new(about()));
        ledger
            .steps()
            .failed(&rfc5280_6_1_3::A_1, here, finding.code);
        ledger.add(finding);
    }
    let issuer = certificate.issuer.text_of(oids::COMMON_NAME);
    let issuer = issuer.map_or_else(|| certificate.issuer.to_string(), str::to_owned);
    ledger.add(Finding::new(&codes::NO_CHAIN, about()).with_text("issuer", issuer));
    ledger.steps().failed(
        &en319102_1_5_2_6_4::STEP_2,
        StepSubject::PATH,
        &codes::NO_CHAIN,
    );
}
