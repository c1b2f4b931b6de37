//! Item 3: made with the key of this certificate over this document (63-FZ art. 11 (3)).

use crate::alg::strength::KeyFamily;
use crate::cms::signer_info::SignerIdentifier;
use crate::finding::code::qualified as codes;
use crate::finding::{Finding, Indication, Level, Stage};
use crate::report::Condition;

use super::super::ledger::{Ledger, Obligation};
use super::{Inputs, Signed, Weighed, about, dates, open_codes};

const ID: &str = "63fz.11.3";

/// The law asks for a certified tool, too; that this program is none is told and bears on no status.
pub(super) fn judge(inputs: Inputs<'_>, signed: Signed<'_>, ledger: &mut Ledger<'_>) -> Condition {
    ledger.add(Finding::new(&codes::TOOL_CAVEAT, signed.about.clone()));
    check_format(inputs, signed, ledger);
    let evidence = vec![
        signed.about.to_string(),
        about(inputs.certificate).to_string(),
    ];
    let mut weighed = Weighed::by(evidence);
    let needed = [
        Obligation::Format,
        Obligation::Signer,
        Obligation::ContentDigest,
        Obligation::SignatureValue,
        Obligation::Acceptance,
    ];
    if needed
        .iter()
        .all(|obligation| ledger.has_shown(*obligation))
    {
        return weighed.decide(ID);
    }
    for finding in ledger.findings() {
        let sub = finding.code.sub_indication;
        let is_proven = finding.level == Level::Fail
            && finding.code.stage != Stage::Chain
            && sub.is_some_and(|sub| sub.indication() == Indication::TotalFailed);
        let id = finding.code.id;
        if is_proven && !weighed.refuted.iter().any(|it| it == id) {
            weighed.refuted.push(id.to_owned());
        }
    }
    let stages = [
        Stage::Format,
        Stage::Signer,
        Stage::Crypto,
        Stage::Acceptance,
    ];
    weighed.missing = stages
        .into_iter()
        .flat_map(|stage| open_codes(ledger, stage, |_| true))
        .collect();
    if weighed.missing.is_empty() {
        weighed.missing.push("a-check-of-the-signature".to_owned());
    }
    weighed.decide(ID)
}

/// What the mandatory format asks for (order 472). It decides nothing here: the law names no consequence.
fn check_format(inputs: Inputs<'_>, signed: Signed<'_>, ledger: &mut Ledger<'_>) {
    let made = inputs.proven.or(signed.claimed).unwrap_or(inputs.at);
    if !dates::ORDER_472.is_in_force(made) {
        return;
    }
    if matches!(
        signed.signer.identifier,
        SignerIdentifier::SubjectKeyIdentifier(_)
    ) {
        let finding = Finding::new(&codes::FORMAT_SIGNER_IDENTIFIER, signed.about.clone());
        ledger.add(finding);
    }
    let key = inputs.certificate.spki.description();
    if key.family != KeyFamily::Gost2012 {
        let finding = Finding::new(&codes::FORMAT_ALGORITHM, signed.about.clone());
        ledger.add(finding.with_word("algorithm", key.to_string()));
    }
}
