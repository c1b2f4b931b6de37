//! A certificate without a signature: whether it is a qualified one, and what for
//! (Regulation (EU) No 910/2014 art. 3 (15), (30), (39); ETSI TS 119 615 §4.4).

use crate::finding::code::qualified_eu as codes;
use crate::report::{Condition, ConditionStatus, QualifiedReport};

use super::super::ledger::Ledger;
use super::super::qualified::verdict;
use super::{Answer, CERTIFICATE, DEVICE, Inputs, Judging, PURPOSE, Purpose, View, speaking};

/// For seals.
pub const SEAL_PURPOSE: &str = "eidas.3.29.purpose";
/// For web sites.
pub const WEB_SITE_PURPOSE: &str = "eidas.3.38.purpose";

/// Judges what can be said of a certificate alone: its issuer at the issue and at the time of judging, whether it is a
/// qualified one, for what, and whether its key is in a device (ETSI TS 119 615 §4.4).
///
/// It is a qualified one by its issuer, what is said of it, and one purpose. A purpose that it is not for and the device are
/// told and take nothing away: a certificate for web sites has no device.
#[must_use]
pub fn judge_certificate(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> QualifiedReport {
    let mut judging = Judging::new(inputs, &codes::NOT_IN_FORCE_NOW, ledger);
    let listed = judging.services();
    let views = judging.views(&listed, inputs.at);
    let mut conditions = vec![judging.issuer(&listed, &views)];
    let speaking = speaking(&views);
    conditions.push(judging.weakest(CERTIFICATE, &speaking, Judging::certificate));
    let purposes = judging.purposes(&speaking);
    let needed = conditions.iter().chain(strongest(&purposes));
    let verdict = verdict(&needed.cloned().collect::<Vec<_>>(), inputs.conclusion);
    let [signatures, seals, _] = &purposes;
    let may_have_device = [signatures, seals]
        .iter()
        .any(|it| it.status != ConditionStatus::NotMet);
    conditions.extend(purposes);
    if may_have_device {
        conditions.push(judging.weakest(DEVICE, &speaking, Judging::device));
    }
    QualifiedReport {
        verdict,
        conditions,
    }
}

/// The purpose that is shown best.
fn strongest(purposes: &[Condition; 3]) -> Option<&Condition> {
    purposes.iter().min_by_key(|it| match it.status {
        ConditionStatus::Met => 0,
        ConditionStatus::NotProvable => 1,
        ConditionStatus::NotMet => 2,
    })
}

impl Judging<'_, '_, '_> {
    /// What the certificate is for; that it is for nothing, or that it cannot be told, is a finding.
    fn purposes(&mut self, views: &[&View<'_>]) -> [Condition; 3] {
        let purposes = Purpose::ALL.map(|purpose| {
            let id = match purpose {
                Purpose::Signatures => PURPOSE,
                Purpose::Seals => SEAL_PURPOSE,
                Purpose::WebSites => WEB_SITE_PURPOSE,
            };
            match self.answer(views, |it, view| it.purpose(view, purpose)) {
                Some(Answer::Met) => self.condition(id, ConditionStatus::Met, &[]),
                Some(Answer::NotMet(_)) => self.condition(id, ConditionStatus::NotMet, &[]),
                Some(Answer::Open(missing)) => {
                    self.condition(id, ConditionStatus::NotProvable, &[missing])
                }
                None => self.condition(id, ConditionStatus::NotProvable, &[]),
            }
        });
        match strongest(&purposes).map(|it| it.status) {
            Some(ConditionStatus::Met) | None => {}
            Some(ConditionStatus::NotProvable) => self.add(&codes::CANNOT_TELL),
            Some(ConditionStatus::NotMet) => self.add(&codes::NO_PURPOSE),
        }
        purposes
    }
}
