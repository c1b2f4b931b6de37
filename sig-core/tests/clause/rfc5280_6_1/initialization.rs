//! §6.1.1, inputs, and §6.1.2, initialization.

use sig_core::der::oid::Oid;
use sig_core::path::inputs::{
    AnchorRule, AnchorValidity, AnyPolicyRule, ExplicitPolicyRule, PathInputs, PolicyMappingRule,
    PolicySet,
};

use crate::certificates::*;

const PLAIN: PathInputs = PathInputs::UNCONSTRAINED;

fn explicit() -> PathInputs {
    PathInputs {
        explicit_policy: ExplicitPolicyRule::Required,
        ..PLAIN
    }
}

#[test]
fn rfc5280_6_1_1_c_user_initial_policy_set() {
    let path = [leaf("A", "Root").policies(&[P1])];
    let asked = |policy| PathInputs {
        policies: PolicySet::of([Oid::from_content(policy).unwrap()]),
        ..explicit()
    };
    assert_eq!(failures(&path, &asked(P1)), [""; 0]);
    assert_eq!(failures(&path, &asked(P2)), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_1_d_an_anchor_is_a_name_and_a_key() {
    let path = [leaf("A", "Root")];
    let old = anchor().validity("000101000000Z", "100101000000Z");
    let long = [authority("CA", "Root"), leaf("A", "CA")];
    let short = anchor().path_length(0);
    let no_signing = anchor().key_usage(7, 0x80);
    let name_and_key = PathInputs {
        anchor: AnchorRule::NameAndKey,
        ..PLAIN
    };
    for (anchor, path) in [
        (&old, &path[..]),
        (&short, &long[..]),
        (&no_signing, &path[..]),
    ] {
        assert_eq!(
            codes(&checked(anchor, path, &name_and_key).findings),
            [""; 0]
        );
    }
    let all = PathInputs {
        anchor: AnchorRule::AllConstraints,
        anchor_validity: AnchorValidity::Checked,
        ..PLAIN
    };
    for (anchor, path, code) in [
        (&old, &path[..], "path.validity.ca_expired"),
        (&short, &long[..], "path.basic_constraints.path_length"),
        (&no_signing, &path[..], "path.key_usage.no_cert_sign"),
    ] {
        assert_eq!(codes(&checked(anchor, path, &all).findings), [code]);
    }
    // What says it is no authority is none.
    let by_default = checked(&no_signing, &path, &PathInputs::UNCONSTRAINED);
    assert_eq!(codes(&by_default.findings), ["path.key_usage.no_cert_sign"]);
    let person = anchor().bare().critical(0x13, &sequence(&[]));
    let found = checked(&person, &path, &name_and_key);
    assert_eq!(codes(&found.findings), ["path.basic_constraints.not_ca"]);
}

#[test]
fn rfc5937_3_2_policies_of_the_anchor() {
    let path = [leaf("A", "Root").policies(&[P1])];
    let all = PathInputs {
        anchor: AnchorRule::AllConstraints,
        ..PLAIN
    };
    let asks = |policy| anchor().policies(&[policy]).require_explicit_policy(0);
    assert_eq!(codes(&checked(&asks(P1), &path, &all).findings), [""; 0]);
    let other = asks(P2);
    let found = checked(&other, &path, &all);
    assert_eq!(codes(&found.findings), ["path.policy.none_valid"]);
    assert_eq!(codes(&checked(&other, &path, &PLAIN).findings), [""; 0]);
}

#[test]
fn rfc5280_6_1_1_e_initial_policy_mapping_inhibit() {
    let path = [
        authority("CA", "Root")
            .policies(&[P1])
            .mappings(&[(P1, P2)]),
        leaf("A", "CA").policies(&[P2]),
    ];
    assert_eq!(failures(&path, &explicit()), [""; 0]);
    let inhibited = PathInputs {
        policy_mapping: PolicyMappingRule::Inhibited,
        ..explicit()
    };
    assert_eq!(failures(&path, &inhibited), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_1_f_initial_explicit_policy() {
    let path = [leaf("A", "Root")];
    assert_eq!(plain_failures(&path), [""; 0]);
    assert_eq!(failures(&path, &explicit()), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_1_g_initial_any_policy_inhibit() {
    let path = [leaf("A", "Root").policies(&[ANY])];
    assert_eq!(failures(&path, &explicit()), [""; 0]);
    let inhibited = PathInputs {
        any_policy: AnyPolicyRule::Inhibited,
        ..explicit()
    };
    assert_eq!(failures(&path, &inhibited), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_1_h_i_initial_subtrees() {
    let named = |text| [leaf("A", "Root").alternative_names(&[dns(text)])];
    let stated = |draft: Draft| PathInputs {
        subtrees: draft.make().extensions.name_constraints.clone(),
        ..PLAIN
    };
    let permitted = stated(anchor().permitted(dns("example")));
    assert_eq!(failures(&named("a.example"), &permitted), [""; 0]);
    assert_eq!(
        failures(&named("a.test"), &permitted),
        ["path.name_constraints.not_permitted"]
    );
    let excluded = stated(anchor().excluded(dns("example")));
    assert_eq!(failures(&named("a.test"), &excluded), [""; 0]);
    assert_eq!(
        failures(&named("a.example"), &excluded),
        ["path.name_constraints.excluded"]
    );
}

#[test]
fn rfc5937_3_2_name_constraints_of_the_anchor() {
    let path = [leaf("A", "Root").alternative_names(&[dns("a.example")])];
    let judge = |base, rule| {
        let inputs = PathInputs {
            anchor: rule,
            ..PLAIN
        };
        codes(&checked(&anchor().permitted(dns(base)), &path, &inputs).findings)
    };
    assert_eq!(judge("example", AnchorRule::NameConstraints), [""; 0]);
    assert_eq!(judge("test", AnchorRule::NameAndKey), [""; 0]);
    for rule in [AnchorRule::NameConstraints, AnchorRule::AllConstraints] {
        assert_eq!(judge("test", rule), ["path.name_constraints.not_permitted"]);
    }
}

#[test]
fn rfc5280_6_1_2_a_the_graph_starts_with_any_policy() {
    // Any policy of the first certificate continues it; without a policy nothing does.
    assert_eq!(
        failures(&[leaf("A", "Root").policies(&[P3])], &explicit()),
        [""; 0]
    );
    let refused = failures(&[leaf("A", "Root")], &explicit());
    assert_eq!(refused, ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_2_b_c_names_are_limited_by_the_caller_alone_at_first() {
    let free = [leaf("A", "Root").alternative_names(&[dns("a.test")])];
    assert_eq!(failures(&free, &PLAIN), [""; 0]);
    let stated = |draft: Draft| PathInputs {
        subtrees: draft.make().extensions.name_constraints.clone(),
        ..PLAIN
    };
    let permitted = stated(anchor().permitted(dns("example")));
    assert_eq!(
        failures(&free, &permitted),
        ["path.name_constraints.not_permitted"]
    );
    let excluded = stated(anchor().excluded(dns("test")));
    assert_eq!(
        failures(&free, &excluded),
        ["path.name_constraints.excluded"]
    );
}

#[test]
fn rfc5280_6_1_2_d_e_f_counters_start_past_the_path_unless_asked() {
    let mapped = [
        authority("CA", "Root")
            .policies(&[ANY])
            .mappings(&[(P1, P2)]),
        leaf("A", "CA").policies(&[P2]),
    ];
    assert_eq!(failures(&mapped[1..], &PLAIN), ["path.name.chaining"]);
    assert_eq!(failures(&mapped, &explicit()), [""; 0]);
    for asked in [
        PathInputs {
            any_policy: AnyPolicyRule::Inhibited,
            ..explicit()
        },
        PathInputs {
            policy_mapping: PolicyMappingRule::Inhibited,
            policies: PolicySet::of([Oid::from_content(P1).unwrap()]),
            ..explicit()
        },
    ] {
        assert_eq!(failures(&mapped, &asked), ["path.policy.none_valid"]);
    }
    // (d) by itself: no policy is needed, and none is there.
    assert_eq!(failures(&[leaf("A", "Root")], &PLAIN), [""; 0]);
    assert_eq!(
        failures(&[leaf("A", "Root")], &explicit()),
        ["path.policy.none_valid"]
    );
}

#[test]
fn rfc5280_6_1_2_j_the_first_issuer_is_the_anchor() {
    assert_eq!(plain_failures(&[leaf("A", "Root")]), [""; 0]);
    assert_eq!(plain_failures(&[leaf("A", "CA")]), ["path.name.chaining"]);
}

#[test]
fn rfc5280_6_1_2_k_max_path_length() {
    let path = [
        authority("CA", "Root"),
        authority("CA", "CA"),
        leaf("A", "CA"),
    ];
    let deep = |depth| PathInputs {
        max_depth: Some(depth),
        ..PLAIN
    };
    assert_eq!(failures(&path, &deep(1)), [""; 0]);
    assert_eq!(
        failures(&path, &deep(0)),
        ["path.basic_constraints.path_length"]
    );
}
