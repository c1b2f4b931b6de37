//! Counter-signatures (RFC 5652 §11.4, EN 319 122-1 §5.2.7): signatures over the value of another signature.
//!
//! Each is judged like the signature of a document that consists of the octets of its parent's value; nothing else
//! binds it, and it is matched to no other signer. Nobody signed the attribute that it stands in, so its verdict
//! bears neither on its parent's nor on the document's, which is the fold over the signers of the message.

use crate::base::error::{Error, LimitExceeded, Malformed};
use crate::base::limits::Budget;
use crate::cms::signer_info::SignerInfo;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::finding::code::attribute as codes;
use crate::finding::{Finding, Subject};
use crate::report::SignatureReport;

use super::crypto::Content;
use super::signature::{self, Inputs};

/// A counter-signature of a counter-signature of …: nobody needs more.
const DEEPEST: usize = 8;

/// Judges the counter-signatures of one signature, and those over them, into its report.
///
/// What is left of the budget is spent on them: it is to be called when every signer of the message was judged.
pub(super) struct CounterSignatures {
    left: u64,
    most: u64,
    /// The limit that was reached: nothing more is judged.
    over: Option<LimitExceeded>,
}

impl CounterSignatures {
    /// As many as there may be signers, in the whole message.
    pub(super) const fn new(budget: &Budget) -> Self {
        let most = budget.limits().signers;
        Self {
            left: most,
            most,
            over: None,
        }
    }

    /// Judges those over a signature.
    pub(super) fn judge(
        &mut self,
        parent: Inputs<'_>,
        report: &mut SignatureReport,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        self.judge_at(parent, report, 0, budget)
    }

    fn judge_at(
        &mut self,
        parent: Inputs<'_>,
        report: &mut SignatureReport,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let about = parent.about();
        let attributes = parent.signer.unsigned_attributes.all.iter();
        for attribute in attributes.filter(|attribute| attribute.id == oids::COUNTER_SIGNATURE) {
            if attribute.values.is_empty() {
                let finding = Finding::new(&codes::COUNTER_SIGNATURE_EMPTY, about.clone());
                report.findings.push(finding);
            }
            for value in &attribute.values {
                if let Some(limit) = self.over {
                    report.findings.push(over(limit, &about));
                    return Ok(());
                }
                if self.left == 0 || depth == DEEPEST {
                    report.findings.push(self.too_many(&about));
                    return Ok(());
                }
                self.left -= 1;
                match self.judge_one(parent, value, report, depth, budget) {
                    // What nobody signed must not take away the verdict over what somebody did.
                    Err(Error::Limit(limit)) => {
                        self.over = Some(limit);
                        report.findings.push(over(limit, &about));
                        return Ok(());
                    }
                    done => done?,
                }
            }
        }
        Ok(())
    }

    fn judge_one(
        &mut self,
        parent: Inputs<'_>,
        value: &Octets,
        report: &mut SignatureReport,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let signer = match SignerInfo::from_ber(value, budget) {
            Ok(signer) => signer,
            Err(Error::Malformed(Malformed { offset, reason, .. })) => {
                let code = &codes::COUNTER_SIGNATURE_MALFORMED;
                let finding = Finding::new(code, parent.about());
                let finding = finding.with_count("offset", offset as u64);
                report
                    .findings
                    .push(finding.with_word("reason", format!("{reason:?}")));
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let content = Content::Octets(&parent.signer.signature);
        let inputs = Inputs {
            signer: &signer,
            content: &content,
            parent: Some(&report.id),
            ..parent
        };
        let mut own = signature::judge(inputs, budget)?;
        let nested = self.judge_at(inputs, &mut own, depth + 1, budget);
        report.counter_signatures.push(own);
        nested
    }

    fn too_many(&self, about: &Subject) -> Finding {
        let finding = Finding::new(&codes::COUNTER_SIGNATURES_TOO_MANY, about.clone());
        let finding = finding.with_count("count", self.most);
        finding.with_count("depth", DEEPEST as u64)
    }
}

fn over(limit: LimitExceeded, about: &Subject) -> Finding {
    let finding = Finding::new(&codes::COUNTER_SIGNATURES_LIMIT, about.clone());
    finding.with_word("limit", format!("{:?}", limit.which))
}
