//! RFC 5280 §6.1.2 and RFC 9618 §5.2: initialization.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::finding::step::{rfc5280_6_1_2, why};
use crate::finding::{StepOutcome, StepSubject, Steps};
use crate::path::build::CertificationPath;
use crate::path::inputs::{AnyPolicyRule, ExplicitPolicyRule, PathInputs, PolicyMappingRule};
use crate::path::policy_graph::PolicyGraph;

use super::State;

/// Room for the steps of one certificate.
const STEPS: usize = 36;

impl<'a> State<'a> {
    pub(super) fn initialize(
        path: &CertificationPath,
        inputs: &'a PathInputs,
        budget: &mut Budget,
    ) -> Result<Self, LimitExceeded> {
        let length = u32::try_from(path.certificates.len()).unwrap_or(u32::MAX - 1);
        let never = length + 1;
        let mut state = Self {
            inputs,
            findings: Vec::new(),
            // (a)
            valid_policy_graph: PolicyGraph::new(budget)?,
            // (b), (c)
            subtrees: Vec::new(),
            // (d)
            explicit_policy: match inputs.explicit_policy {
                ExplicitPolicyRule::Required => 0,
                ExplicitPolicyRule::WhenAsked => never,
            },
            // (e)
            inhibit_any_policy: match inputs.any_policy {
                AnyPolicyRule::Inhibited => 0,
                AnyPolicyRule::Allowed => never,
            },
            // (f)
            policy_mapping: match inputs.policy_mapping {
                PolicyMappingRule::Inhibited => 0,
                PolicyMappingRule::Allowed => never,
            },
            // (k)
            max_path_length: inputs.max_depth.map_or(length, |depth| depth.min(length)),
            policy_failed: false,
            steps: Steps::with_capacity(STEPS * (path.certificates.len() + 1)),
            place: path.certificates.len(),
        };
        if let Some(subtrees) = &inputs.subtrees {
            state.add_subtrees(subtrees, &path.anchor, budget)?;
        }
        state.record_initialization();
        Ok(state)
    }

    /// (a) to (k): variables, each set above. The name and the key of (g) to (j) are what
    /// [`CertificationPath::issuer_of`] gives for the first certificate.
    fn record_initialization(&mut self) {
        let subtrees = if self.inputs.subtrees.is_some() {
            StepOutcome::of(&self.findings)
        } else {
            StepOutcome::NotApplicable(&why::NOT_LIMITED)
        };
        for (row, outcome) in [
            (&rfc5280_6_1_2::A, StepOutcome::Passed),
            (&rfc5280_6_1_2::B, subtrees.clone()),
            (&rfc5280_6_1_2::C, subtrees),
            (&rfc5280_6_1_2::D, StepOutcome::Passed),
            (&rfc5280_6_1_2::E, StepOutcome::Passed),
            (&rfc5280_6_1_2::F, StepOutcome::Passed),
            (&rfc5280_6_1_2::G, StepOutcome::Passed),
            (&rfc5280_6_1_2::H, StepOutcome::Passed),
            (&rfc5280_6_1_2::I, StepOutcome::Passed),
            (&rfc5280_6_1_2::J, StepOutcome::Passed),
            (&rfc5280_6_1_2::K, StepOutcome::Passed),
        ] {
            self.steps.add(row, StepSubject::PATH, outcome);
        }
    }
}
