//! RFC 5280 §6.1.2 and RFC 9618 §5.2: initialization.

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::path::build::CertificationPath;
use crate::path::inputs::{AnyPolicyRule, ExplicitPolicyRule, PathInputs, PolicyMappingRule};
use crate::path::policy_graph::PolicyGraph;

use super::State;

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
        };
        if let Some(subtrees) = &inputs.subtrees {
            state.add_subtrees(subtrees, &path.anchor, budget)?;
        }
        Ok(state)
    }
}
