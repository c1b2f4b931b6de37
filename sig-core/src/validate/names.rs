//! Names that may deceive a reader (UTS #39, UAX #9) or contradict themselves (X.520 §6): told, since the report is what a person decides by.

use crate::finding::code::certificate as codes;
use crate::finding::{Finding, has_deceptive_characters, mixed_scripts};
use crate::path::validate::subject;
use crate::profile::Part;
use crate::x509::certificate::Certificate;

use super::ledger::Ledger;

/// States which texts of the signer's name may deceive, each reason once.
pub(super) fn check(certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let texts = || certificate.subject.attributes().filter_map(|it| it.text());
    if let Some(text) = texts().find(|text| has_deceptive_characters(text)) {
        let finding = Finding::new(&codes::NAME_DECEPTIVE, subject(certificate));
        ledger.add(finding.with_text("name", text));
    }
    if let Some(word) = texts().find_map(mixed_scripts) {
        let finding = Finding::new(&codes::NAME_MIXED_SCRIPTS, subject(certificate));
        ledger.add(finding.with_text("name", word));
    }
    for part in Part::ALL {
        let values = part.values(&certificate.subject).len();
        if values > 1 {
            let finding = Finding::new(&codes::NAME_CONTRADICTORY, subject(certificate));
            ledger.add(finding.with_word("attribute", part.name()));
        }
    }
}
