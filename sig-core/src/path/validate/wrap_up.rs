//! RFC 5280 §6.1.5 and RFC 9618 §5.5: wrap-up.

use super::{Current, State};

impl State<'_> {
    pub(super) fn wrap_up(&mut self, current: &Current<'_>) {
        // (a)
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        // (b)
        let constraints = current.certificate.extensions.policy_constraints;
        if constraints.is_some_and(|c| c.require_explicit_policy == Some(0)) {
            self.explicit_policy = 0;
        }
        // (g)
        let authorities = self.valid_policy_graph.authority_constrained();
        let user = authorities.intersection(&self.inputs.policies);
        if self.explicit_policy == 0 && user.is_empty() {
            self.fail_policy(current.certificate);
        }
    }
}
