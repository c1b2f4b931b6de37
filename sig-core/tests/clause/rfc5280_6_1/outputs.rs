//! §6.1.6, outputs, and the ends of budgets.

use sig_core::base::error::Limit;
use sig_core::der::oid::Oid;
use sig_core::path::inputs::{PathInputs, PolicySet};
use sig_core::path::validate::{ValidityTimes, check};
use sig_core::{Budget, Limits};

use crate::certificates::*;

fn set(policies: &[&[u8]]) -> PolicySet {
    PolicySet::of(policies.iter().map(|id| Oid::from_content(id).unwrap()))
}

#[test]
fn rfc5280_6_1_6_policies_of_the_path() {
    let path = [
        authority("CA", "Root")
            .policies(&[P1, P2])
            .mappings(&[(P1, P3)]),
        leaf("A", "CA").policies(&[P2, P3]),
    ];
    let asked = |policies| PathInputs {
        policies,
        ..PathInputs::UNCONSTRAINED
    };
    let found = checked(&anchor(), &path, &asked(set(&[P1, P3])));
    assert_eq!(found.authority_policies, set(&[P1, P2]));
    assert_eq!(found.user_policies, set(&[P1]));
    let found = checked(&anchor(), &path, &asked(PolicySet::Any));
    assert_eq!(found.user_policies, set(&[P1, P2]));
    let none = checked(&anchor(), &[leaf("A", "Root")], &PathInputs::UNCONSTRAINED);
    assert!(none.user_policies.is_empty() && none.authority_policies.is_empty());
}

/// Ten authorities, each mapping every policy to every policy.
fn explosion(width: u8) -> Vec<Draft> {
    let ids: Vec<[u8; 3]> = (0..width).map(|last| [0x2a, 4, last]).collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let pairs: Vec<(&[u8], &[u8])> = ids
        .iter()
        .flat_map(|from| ids.iter().map(|to| (*from, *to)))
        .collect();
    let mut certificates = Vec::new();
    let mut above = "Root".to_owned();
    for number in 0..10 {
        let name = format!("CA {number}");
        let ca = authority(&name, &above).policies(&ids).mappings(&pairs);
        certificates.push(ca);
        above = name;
    }
    certificates.push(leaf("A", &above).policies(&ids));
    certificates
}

#[test]
fn rfc9618_3_the_policy_explosion_costs_a_node_a_policy() {
    let path = path(&anchor(), &explosion(20));
    let times = ValidityTimes { authorities: AT };
    let mut budget = Budget::new(Limits::STANDARD);
    let found = check(&path, &PathInputs::UNCONSTRAINED, times, &mut budget).unwrap();
    assert_eq!(codes(&found.findings), [""; 0]);
    assert_eq!(budget.used().policy_nodes, 1 + 11 * 20);
    let mut budget = Budget::new(Limits {
        policy_nodes: 100,
        ..Limits::STANDARD
    });
    let ended = check(&path, &PathInputs::UNCONSTRAINED, times, &mut budget).unwrap_err();
    assert_eq!(ended.which, Limit::PolicyNodes);
    assert_eq!(budget.used().policy_nodes, 100);
}

#[test]
fn rfc5280_4_2_1_10_the_name_constraint_explosion_ends_before_it_is_compared() {
    let many: Vec<Vec<u8>> = (0..2_000).map(|n| dns(&format!("n{n}.example"))).collect();
    let subtrees: Vec<Vec<u8>> = many
        .iter()
        .map(|base| sequence(std::slice::from_ref(base)))
        .collect();
    let constraints = sequence(&[tlv(0xa0, &subtrees.concat())]);
    let ca = authority("CA", "Root").critical(0x1e, &constraints);
    let judge = |count: usize| {
        let end = leaf("A", "CA").alternative_names(&many[..count]);
        let path = path(&anchor(), &[ca.clone(), end]);
        let mut budget = Budget::new(Limits::STANDARD);
        let times = ValidityTimes { authorities: AT };
        let found = check(&path, &PathInputs::UNCONSTRAINED, times, &mut budget);
        (found, budget.used().name_constraint_checks)
    };
    let (found, spent) = judge(500);
    assert_eq!(codes(&found.unwrap().findings), [""; 0]);
    assert_eq!(spent, 2_000 * 500);
    let (ended, spent) = judge(2_000);
    assert_eq!(ended.unwrap_err().which, Limit::NameConstraintChecks);
    assert_eq!(spent, 0);
}
