//! Bounds on work over foreign data.

use super::error::{Limit, LimitExceeded};

/// How much work one input may cause. Every value is part of the configuration of a program.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Octets of one signature file held in memory.
    pub bytes: u64,
    /// Nesting of ASN.1 elements.
    pub depth: u32,
    /// Number of ASN.1 elements.
    pub nodes: u64,
    /// `SignerInfo`s in one message.
    pub signers: u64,
    /// Certificates in one message.
    pub certificates: u64,
    /// Entries of one CRL.
    pub crl_entries: u64,
    /// Octets of one OCSP response.
    pub ocsp_bytes: u64,
    /// `SingleResponse`s in one OCSP response.
    pub ocsp_single_responses: u64,
    /// Signatures checked for one input.
    pub signature_checks: u64,
    /// Issuer candidates tried while paths are built.
    pub path_candidates: u64,
    /// Certificates in one path, the anchor excluded.
    pub path_length: u32,
    /// Comparisons of names.
    pub name_comparisons: u64,
    /// Pairs of a name and a name constraint.
    pub name_constraint_checks: u64,
    /// Nodes of the policy graph of one path.
    pub policy_nodes: u64,
}

impl Limits {
    /// The defaults: a message of 64 MiB, depth 32, 200 000 elements, 64 signers, 256 certificates,
    /// OCSP responses of 64 KiB about 256 certificates, 100 signature checks, paths of 10 among 10 000 candidates, 4 096 policy nodes.
    pub const STANDARD: Self = Self {
        bytes: 64 << 20,
        depth: 32,
        nodes: 200_000,
        signers: 64,
        certificates: 256,
        crl_entries: 8_000_000,
        ocsp_bytes: 64 << 10,
        ocsp_single_responses: 256,
        signature_checks: 100,
        path_candidates: 10_000,
        path_length: 10,
        name_comparisons: 250_000,
        name_constraint_checks: 1 << 20,
        policy_nodes: 4_096,
    };
}

/// What is left of the [`Limits`] for one input; passed by `&mut` through every loop over foreign data.
#[derive(Clone, Debug)]
pub struct Budget {
    limits: Limits,
    used: Work,
    /// Elements of content that passed by: they take time with its octets, and no memory.
    passed_nodes: u64,
}

/// Work that was done, as printed in the report.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Work {
    /// Octets read.
    pub bytes: u64,
    /// ASN.1 elements read.
    pub nodes: u64,
    /// Signatures checked.
    pub signature_checks: u64,
    /// Signatures that were checked when the trust snapshot was built: they cost no arithmetic now.
    pub signatures_known: u64,
    /// Issuer candidates tried.
    pub path_candidates: u64,
    /// Names compared.
    pub name_comparisons: u64,
    /// Pairs of a name and a name constraint.
    pub name_constraint_checks: u64,
    /// Nodes of policy graphs.
    pub policy_nodes: u64,
}

impl Budget {
    /// A full budget.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        let used = Work {
            bytes: 0,
            nodes: 0,
            signature_checks: 0,
            signatures_known: 0,
            path_candidates: 0,
            name_comparisons: 0,
            name_constraint_checks: 0,
            policy_nodes: 0,
        };
        Self {
            limits,
            used,
            passed_nodes: 0,
        }
    }

    /// The limits this budget was made from.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What was used so far.
    #[must_use]
    pub const fn used(&self) -> Work {
        let mut used = self.used;
        used.nodes = used.nodes.saturating_add(self.passed_nodes);
        used
    }

    /// Counts the octets of an input of which only a bounded part is held. There is no limit on them.
    pub(crate) const fn count_passed_bytes(&mut self, count: u64) {
        self.used.bytes = self.used.bytes.saturating_add(count);
    }

    /// Counts elements of content that passed by. There is no limit on them.
    pub(crate) const fn count_passed_nodes(&mut self, count: u64) {
        self.passed_nodes = self.passed_nodes.saturating_add(count);
    }

    /// Spends octets.
    ///
    /// # Errors
    /// The limit on octets.
    pub fn spend_bytes(&mut self, count: u64) -> Result<(), LimitExceeded> {
        spend(&mut self.used.bytes, count, self.limits.bytes, Limit::Bytes)
    }

    /// Spends one ASN.1 element.
    ///
    /// # Errors
    /// The limit on elements.
    #[inline(always)]
    pub fn spend_node(&mut self) -> Result<(), LimitExceeded> {
        spend(&mut self.used.nodes, 1, self.limits.nodes, Limit::Nodes)
    }

    /// Spends ASN.1 elements.
    ///
    /// # Errors
    /// The limit on elements.
    pub(crate) fn spend_nodes(&mut self, count: u64) -> Result<(), LimitExceeded> {
        spend(&mut self.used.nodes, count, self.limits.nodes, Limit::Nodes)
    }

    /// Spends one signature check.
    ///
    /// # Errors
    /// The limit on signature checks.
    pub fn spend_signature_check(&mut self) -> Result<(), LimitExceeded> {
        let bound = self.limits.signature_checks;
        spend(
            &mut self.used.signature_checks,
            1,
            bound,
            Limit::SignatureChecks,
        )
    }

    /// Counts a signature that is known to verify. There is no limit on them.
    pub const fn count_known_signature(&mut self) {
        self.used.signatures_known = self.used.signatures_known.saturating_add(1);
    }

    /// Spends one issuer candidate.
    ///
    /// # Errors
    /// The limit on path candidates.
    pub fn spend_path_candidate(&mut self) -> Result<(), LimitExceeded> {
        self.spend_path_candidates(1)
    }

    /// Spends issuer candidates, or what is as dear as so many of them.
    ///
    /// # Errors
    /// The limit on path candidates.
    pub fn spend_path_candidates(&mut self, count: u64) -> Result<(), LimitExceeded> {
        let bound = self.limits.path_candidates;
        spend(
            &mut self.used.path_candidates,
            count,
            bound,
            Limit::PathCandidates,
        )
    }

    /// Spends one comparison of names.
    ///
    /// # Errors
    /// The limit on name comparisons.
    pub fn spend_name_comparison(&mut self) -> Result<(), LimitExceeded> {
        self.spend_name_comparisons(1)
    }

    /// Spends comparisons of names.
    ///
    /// # Errors
    /// The limit on name comparisons.
    pub fn spend_name_comparisons(&mut self, count: u64) -> Result<(), LimitExceeded> {
        let bound = self.limits.name_comparisons;
        spend(
            &mut self.used.name_comparisons,
            count,
            bound,
            Limit::NameComparisons,
        )
    }

    /// Spends pairs of a name and a name constraint.
    ///
    /// # Errors
    /// The limit on name constraint checks.
    pub fn spend_name_constraint_checks(&mut self, count: u64) -> Result<(), LimitExceeded> {
        let bound = self.limits.name_constraint_checks;
        spend(
            &mut self.used.name_constraint_checks,
            count,
            bound,
            Limit::NameConstraintChecks,
        )
    }

    /// Spends one node of a policy graph.
    ///
    /// # Errors
    /// The limit on policy nodes.
    pub fn spend_policy_node(&mut self) -> Result<(), LimitExceeded> {
        let bound = self.limits.policy_nodes;
        spend(&mut self.used.policy_nodes, 1, bound, Limit::PolicyNodes)
    }

    /// Refuses a count over a bound that is not used up, such as the number of signers.
    ///
    /// # Errors
    /// The named limit.
    #[inline(always)]
    pub fn at_most(count: u64, bound: u64, which: Limit) -> Result<(), LimitExceeded> {
        if count <= bound {
            Ok(())
        } else {
            Err(LimitExceeded { which, bound })
        }
    }
}

#[inline(always)]
fn spend(used: &mut u64, count: u64, bound: u64, which: Limit) -> Result<(), LimitExceeded> {
    let total = used.saturating_add(count);
    Budget::at_most(total, bound, which)?;
    *used = total;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_at_its_bound() {
        let mut budget = Budget::new(Limits {
            nodes: 2,
            ..Limits::STANDARD
        });
        assert_eq!(budget.spend_node(), Ok(()));
        assert_eq!(budget.spend_node(), Ok(()));
        assert_eq!(
            budget.spend_node(),
            Err(LimitExceeded {
                which: Limit::Nodes,
                bound: 2
            })
        );
        assert_eq!(budget.used().nodes, 2);
    }
}
