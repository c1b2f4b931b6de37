use super::*;
use crate::base::error::Limit;
use crate::base::limits::Limits;

const fn p(number: u32) -> Oid {
    Oid::new(&[1, 2, 3, number])
}

fn budget() -> Budget {
    Budget::new(Limits::STANDARD)
}

fn pair(issuer_domain: u32, subject_domain: u32) -> PolicyMapping {
    PolicyMapping {
        issuer_domain: p(issuer_domain),
        subject_domain: p(subject_domain),
    }
}

/// A graph after these certificates: their policies, then their mappings.
fn graph(certificates: &[(&[Oid], &[PolicyMapping])]) -> PolicyGraph {
    let mut budget = budget();
    let mut graph = PolicyGraph::new(&mut budget).unwrap();
    for (policies, pairs) in certificates {
        graph.add_policies(policies, true, &mut budget).unwrap();
        graph.map(pairs, &mut budget).unwrap();
    }
    graph
}

fn only(numbers: &[u32]) -> PolicySet {
    PolicySet::of(numbers.iter().map(|number| p(*number)))
}

#[test]
fn a_policy_stays_while_every_certificate_has_it() {
    let kept = graph(&[(&[p(1), p(2)], &[]), (&[p(2), p(3)], &[]), (&[p(2)], &[])]);
    assert_eq!(kept.authority_constrained(), only(&[2]));
    let lost = graph(&[(&[p(1)], &[]), (&[p(2)], &[])]);
    assert!(lost.is_null());
    assert!(lost.authority_constrained().is_empty());
}

#[test]
fn any_policy_stands_for_what_follows_and_what_came_before() {
    let below = graph(&[(&[ANY_POLICY], &[]), (&[p(1)], &[])]);
    assert_eq!(below.authority_constrained(), only(&[1]));
    let above = graph(&[(&[p(1)], &[]), (&[ANY_POLICY], &[])]);
    assert_eq!(above.authority_constrained(), only(&[1]));
    let all = graph(&[(&[ANY_POLICY], &[]), (&[ANY_POLICY, p(1)], &[])]);
    assert_eq!(all.authority_constrained(), PolicySet::Any);
}

#[test]
fn any_policy_that_does_not_count_is_nothing() {
    let mut budget = budget();
    let mut graph = PolicyGraph::new(&mut budget).unwrap();
    graph
        .add_policies(&[ANY_POLICY], false, &mut budget)
        .unwrap();
    assert!(graph.is_null());
}

#[test]
fn mapped_policies_are_told_in_the_words_of_the_anchor() {
    let mapped = graph(&[(&[p(1)], &[pair(1, 2)]), (&[p(2)], &[])]);
    assert_eq!(mapped.authority_constrained(), only(&[1]));
    let unmapped = graph(&[(&[p(1)], &[pair(1, 2)]), (&[p(1)], &[])]);
    assert!(unmapped.is_null());
    let of_any = graph(&[(&[ANY_POLICY], &[pair(1, 2)]), (&[p(2)], &[])]);
    assert_eq!(of_any.authority_constrained(), only(&[1]));
}

#[test]
fn branches_that_end_early_do_not_count() {
    let graph = graph(&[(&[p(1), p(2)], &[pair(1, 3)]), (&[p(2)], &[])]);
    assert_eq!(graph.authority_constrained(), only(&[2]));
}

#[test]
fn two_policies_mapped_to_one_both_stay() {
    let graph = graph(&[(&[p(1), p(2)], &[pair(1, 3), pair(2, 3)]), (&[p(3)], &[])]);
    assert_eq!(graph.authority_constrained(), only(&[1, 2]));
}

#[test]
fn mappings_that_may_not_map_delete() {
    let mut graph = graph(&[(&[p(1), p(2)], &[])]);
    graph.delete_mapped(&[pair(1, 3)]);
    assert_eq!(graph.authority_constrained(), only(&[2]));
    graph.delete_mapped(&[pair(2, 3)]);
    assert!(graph.is_null());
}

/// The attack of RFC 9618 §3: each level maps each policy to every policy. A tree has 32 to the power of
/// the depth nodes, the graph 32 a level.
#[test]
fn rfc9618_3_1_mappings_of_everything_to_everything_cost_a_node_a_policy() {
    let policies: Vec<Oid> = (1..=32).map(p).collect();
    let pairs: Vec<PolicyMapping> = (1..=32)
        .flat_map(|from| (1..=32).map(move |to| pair(from, to)))
        .collect();
    let mut budget = budget();
    let mut graph = PolicyGraph::new(&mut budget).unwrap();
    for _ in 0..10 {
        graph.add_policies(&policies, true, &mut budget).unwrap();
        graph.map(&pairs, &mut budget).unwrap();
    }
    assert_eq!(budget.used().policy_nodes, 1 + 10 * 32);
    let PolicySet::Only(found) = graph.authority_constrained() else {
        panic!("no certificate has anyPolicy");
    };
    assert_eq!(found.len(), 32);
}

#[test]
fn the_end_of_the_budget_is_its_own_outcome() {
    let mut budget = Budget::new(Limits {
        policy_nodes: 3,
        ..Limits::STANDARD
    });
    let mut graph = PolicyGraph::new(&mut budget).unwrap();
    let ended = graph.add_policies(&[p(1), p(2), p(3)], true, &mut budget);
    assert_eq!(ended.unwrap_err().which, Limit::PolicyNodes);
}
