//! RFC 5280 §6.1.5 and RFC 9618 §5.5: wrap-up.

use crate::finding::StepOutcome;
use crate::finding::step::{rfc5280_6_1_5, why};
use crate::path::inputs::PolicySet;

use super::{Current, State};

impl State<'_> {
    pub(super) fn wrap_up(&mut self, current: &Current<'_>) {
        // (a)
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        self.passed(&rfc5280_6_1_5::A);
        self.require_policy(current);
        self.give_key();
        self.check_critical_extensions(current.certificate, &rfc5280_6_1_5::F);
        self.intersect(current);
    }

    /// (b).
    fn require_policy(&mut self, current: &Current<'_>) {
        let constraints = current.certificate.extensions.policy_constraints;
        let explicit = constraints.and_then(|constraints| constraints.require_explicit_policy);
        if explicit == Some(0) {
            self.explicit_policy = 0;
        }
        self.passed_if(explicit.is_some(), &rfc5280_6_1_5::B);
    }

    /// (c) to (e): the key that the path gives is that of the end entity, with its own parameters.
    fn give_key(&mut self) {
        self.passed(&rfc5280_6_1_5::C);
        self.passed(&rfc5280_6_1_5::D);
        self.passed(&rfc5280_6_1_5::E);
    }

    /// (g), and what decides in the end: an explicit policy is not needed, or a policy is valid.
    fn intersect(&mut self, current: &Current<'_>) {
        let case = if self.valid_policy_graph.is_null() {
            &rfc5280_6_1_5::G_I
        } else if self.inputs.policies == PolicySet::Any {
            &rfc5280_6_1_5::G_II
        } else {
            &rfc5280_6_1_5::G_III
        };
        let authorities = self.valid_policy_graph.authority_constrained();
        let user = authorities.intersection(&self.inputs.policies);
        let outcome = if self.explicit_policy == 0 && user.is_empty() {
            self.fail_policy(current.certificate)
        } else {
            StepOutcome::Passed
        };
        for row in [
            &rfc5280_6_1_5::G_I,
            &rfc5280_6_1_5::G_II,
            &rfc5280_6_1_5::G_III,
        ] {
            if std::ptr::eq(row, case) {
                self.steps.add(row, self.here(), outcome.clone());
            } else {
                self.skipped(row, &why::OTHER_CASE);
            }
        }
    }
}
