//! The valid_policy_graph (RFC 9618 §5): valid policies of each depth with what led to them.
//!
//! A policy is one node at its depth, however many ways lead there, so the graph grows with the extensions
//! and not with the product of their mappings. Nodes without children are not deleted at once, as RFC 9618
//! §5.3 (d)(3) writes it: only the deepest level decides what comes next, and the rest is asked at the end.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::error::LimitExceeded;
use crate::base::limits::Budget;
use crate::der::oid::Oid;
use crate::der::oids::ANY_POLICY;
use crate::x509::extension::policy_mappings::PolicyMapping;

use super::inputs::PolicySet;

/// The graph of one path. Without nodes at the deepest level it is the NULL of RFC 5280 §6.1.
#[derive(Debug)]
pub(super) struct PolicyGraph {
    /// From depth 0.
    levels: Vec<Level>,
}

type Level = BTreeMap<Oid, Node>;

#[derive(Debug)]
struct Node {
    /// Valid policies of the depth above that led here.
    parents: Vec<Oid>,
    /// Policies that satisfy this one in the next certificate.
    expected: BTreeSet<Oid>,
}

impl PolicyGraph {
    /// The graph before the first certificate, RFC 9618 §5.2 (a).
    pub(super) fn new(budget: &mut Budget) -> Result<Self, LimitExceeded> {
        budget.spend_policy_node()?;
        let node = Node::new(ANY_POLICY, Vec::new());
        let levels = vec![BTreeMap::from([(ANY_POLICY, node)])];
        Ok(Self { levels })
    }

    /// Whether no policy is valid any more.
    pub(super) fn is_null(&self) -> bool {
        self.last().is_none_or(Level::is_empty)
    }

    /// A certificate without policies, RFC 5280 §6.1.3 (e).
    pub(super) fn make_null(&mut self) {
        self.levels.push(Level::new());
    }

    /// The policies of the next certificate, RFC 9618 §5.3 (d).
    pub(super) fn add_policies(
        &mut self,
        policies: &[Oid],
        any_policy_counts: bool,
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let mut expecting: BTreeMap<Oid, Vec<Oid>> = BTreeMap::new();
        let above = self.last();
        for (valid, node) in above.into_iter().flatten() {
            for expected in &node.expected {
                expecting.entry(*expected).or_default().push(*valid);
            }
        }
        let above_has_any = above.is_some_and(|level| level.contains_key(&ANY_POLICY));
        let mut level = Level::new();
        // (d)(1).
        for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
            let parents = match expecting.get(policy) {
                Some(parents) => parents.clone(),
                None if above_has_any => vec![ANY_POLICY],
                None => continue,
            };
            budget.spend_policy_node()?;
            level.insert(*policy, Node::new(*policy, parents));
        }
        // (d)(2).
        if any_policy_counts && policies.contains(&ANY_POLICY) {
            expecting.retain(|policy, _| !level.contains_key(policy));
            for (policy, parents) in expecting {
                budget.spend_policy_node()?;
                level.insert(policy, Node::new(policy, parents));
            }
        }
        self.levels.push(level);
        Ok(())
    }

    /// Mappings of a certificate that may map, RFC 9618 §5.4 (b)(1).
    pub(super) fn map(
        &mut self,
        pairs: &[PolicyMapping],
        budget: &mut Budget,
    ) -> Result<(), LimitExceeded> {
        let Some(level) = self.levels.last_mut() else {
            return Ok(());
        };
        let has_any = level.contains_key(&ANY_POLICY);
        for (issuer_domain, subject_domain) in grouped(pairs) {
            if let Some(node) = level.get_mut(&issuer_domain) {
                node.expected = subject_domain;
            } else if has_any {
                budget.spend_policy_node()?;
                let mut node = Node::new(issuer_domain, vec![ANY_POLICY]);
                node.expected = subject_domain;
                level.insert(issuer_domain, node);
            }
        }
        Ok(())
    }

    /// Mappings of a certificate that may not map, RFC 9618 §5.4 (b)(2).
    pub(super) fn delete_mapped(&mut self, pairs: &[PolicyMapping]) {
        if let Some(level) = self.levels.last_mut() {
            for pair in pairs {
                level.remove(&pair.issuer_domain);
            }
        }
    }

    /// The policies under which the authorities certified the end entity, in the words of the anchor's
    /// domain: RFC 9618 §5.5 (g), valid_policy_node_set.
    pub(super) fn authority_constrained(&self) -> PolicySet {
        let mut found = BTreeSet::new();
        let deepest = self.last().into_iter().flat_map(Level::keys);
        let mut reached: BTreeSet<Oid> = deepest.copied().collect();
        if reached.contains(&ANY_POLICY) {
            return PolicySet::Any;
        }
        for level in self.levels.iter().rev() {
            let mut above = BTreeSet::new();
            for policy in &reached {
                let parents = level.get(policy).map(|node| node.parents.as_slice());
                match parents.unwrap_or_default() {
                    [ANY_POLICY] if *policy != ANY_POLICY => {
                        found.insert(*policy);
                    }
                    parents => above.extend(parents),
                }
            }
            reached = above;
        }
        PolicySet::Only(found)
    }

    fn last(&self) -> Option<&Level> {
        self.levels.last()
    }
}

impl Node {
    fn new(policy: Oid, parents: Vec<Oid>) -> Self {
        Self {
            parents,
            expected: BTreeSet::from([policy]),
        }
    }
}

/// The subject domain policies of each issuer domain policy.
fn grouped(pairs: &[PolicyMapping]) -> BTreeMap<Oid, BTreeSet<Oid>> {
    let mut grouped: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
    for pair in pairs {
        let subjects = grouped.entry(pair.issuer_domain).or_default();
        subjects.insert(pair.subject_domain);
    }
    grouped
}

#[cfg(test)]
mod tests;
