//! §6.1.4, preparation for certificate i+1.

use sig_core::der::oids;
use sig_core::path::inputs::{ExplicitPolicyRule, KeyPurposeScope, PathInputs};

use crate::certificates::*;

const EXPLICIT: PathInputs = PathInputs {
    explicit_policy: ExplicitPolicyRule::Required,
    ..PathInputs::UNCONSTRAINED
};

#[test]
fn rfc5280_6_1_4_a_any_policy_is_not_mapped() {
    let path = |pair| {
        let ca = authority("CA", "Root").policies(&[P1]).mappings(&[pair]);
        [ca, leaf("A", "CA").policies(&[P1])]
    };
    assert_eq!(plain_failures(&path((P1, P2))), [""; 0]);
    for pair in [(ANY, P2), (P1, ANY)] {
        assert_eq!(
            plain_failures(&path(pair)),
            ["path.policy.any_policy_mapped"]
        );
    }
}

#[test]
fn rfc5280_6_1_4_b_1_a_mapped_policy_is_expected_next() {
    let path = |below| {
        let ca = authority("CA", "Root")
            .policies(&[P1])
            .mappings(&[(P1, P2)]);
        [ca, leaf("A", "CA").policies(&[below])]
    };
    assert_eq!(failures(&path(P2), &EXPLICIT), [""; 0]);
    assert_eq!(failures(&path(P1), &EXPLICIT), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_4_b_2_a_mapping_that_may_not_map_deletes() {
    let path = |skip| {
        let top = authority("CA", "Root")
            .policies(&[P1])
            .inhibit_policy_mapping(skip);
        let ca = authority("CA 2", "CA")
            .policies(&[P1])
            .mappings(&[(P1, P2)]);
        [top, ca, leaf("A", "CA 2").policies(&[P2])]
    };
    assert_eq!(failures(&path(2), &EXPLICIT), [""; 0]);
    assert_eq!(failures(&path(0), &EXPLICIT), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_4_c_the_subject_is_the_next_issuer() {
    let path = |issuer| {
        [
            authority("CA", "Root"),
            authority("CA 2", "CA"),
            leaf("A", issuer),
        ]
    };
    assert_eq!(plain_failures(&path("CA 2")), [""; 0]);
    for issuer in ["CA", "Root"] {
        assert_eq!(plain_failures(&path(issuer)), ["path.name.chaining"]);
    }
}

#[test]
fn rfc5280_6_1_4_g_1_permitted_subtrees_are_intersected() {
    let path = |lower: &str| {
        let top = authority("CA", "Root").permitted(dns("a.example"));
        let ca = authority("CA 2", "CA").permitted(dns(lower));
        [
            top,
            ca,
            leaf("A", "CA 2").alternative_names(&[dns("b.a.example")]),
        ]
    };
    assert_eq!(plain_failures(&path("example")), [""; 0]);
    let outside = ["path.name_constraints.not_permitted"];
    assert_eq!(plain_failures(&path("c.example")), outside);
}

#[test]
fn rfc5280_6_1_4_g_2_excluded_subtrees_are_united() {
    let path = |named: &str| {
        let top = authority("CA", "Root").excluded(dns("a.example"));
        let ca = authority("CA 2", "CA").excluded(dns("b.example"));
        [top, ca, leaf("A", "CA 2").alternative_names(&[dns(named)])]
    };
    assert_eq!(plain_failures(&path("c.example")), [""; 0]);
    for named in ["a.example", "b.example"] {
        assert_eq!(
            plain_failures(&path(named)),
            ["path.name_constraints.excluded"]
        );
    }
}

#[test]
fn rfc5280_6_1_4_g_a_malformed_subtree_fails() {
    let path = |base: &str| {
        [
            authority("CA", "Root").permitted(dns(base)),
            leaf("A", "CA"),
        ]
    };
    assert_eq!(plain_failures(&path("example")), [""; 0]);
    assert_eq!(
        plain_failures(&path("*.example")),
        ["path.name_constraints.malformed_subtree"]
    );
}

#[test]
fn rfc5280_6_1_4_h_1_explicit_policy_counts_down_over_certificates_of_others() {
    let path = |middle: &str| {
        let top = authority("CA", "Root")
            .policies(&[P1])
            .require_explicit_policy(2);
        let end = leaf("A", middle);
        [top, authority(middle, "CA").policies(&[P1]), end]
    };
    // Self-issued: two are left, and the last of them does not reach zero.
    assert_eq!(plain_failures(&path("CA")), [""; 0]);
    // 2, then 1 for the middle, then 0 in the wrap-up.
    assert_eq!(plain_failures(&path("CA 2")), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_4_h_2_policy_mapping_counts_down_over_certificates_of_others() {
    let path = |middle: &str| {
        let top = authority("CA", "Root")
            .policies(&[P1])
            .inhibit_policy_mapping(1);
        let rolled = authority(middle, "CA").policies(&[P1]);
        let ca = authority("CA 3", middle)
            .policies(&[P1])
            .mappings(&[(P1, P2)]);
        [top, rolled, ca, leaf("A", "CA 3").policies(&[P2])]
    };
    assert_eq!(failures(&path("CA"), &EXPLICIT), [""; 0]);
    assert_eq!(
        failures(&path("CA 2"), &EXPLICIT),
        ["path.policy.none_valid"]
    );
}

#[test]
fn rfc5280_6_1_4_h_3_inhibit_any_policy_counts_down_over_certificates_of_others() {
    let path = |middle: &str| {
        let top = authority("CA", "Root")
            .policies(&[P1])
            .inhibit_any_policy(1);
        [
            top,
            authority(middle, "CA").policies(&[P1]),
            leaf("A", middle).policies(&[ANY]),
        ]
    };
    assert_eq!(failures(&path("CA"), &EXPLICIT), [""; 0]);
    assert_eq!(
        failures(&path("CA 2"), &EXPLICIT),
        ["path.policy.none_valid"]
    );
}

#[test]
fn rfc5280_6_1_4_i_1_require_explicit_policy_only_tightens() {
    let path = |first, second| {
        let top = authority("CA", "Root").require_explicit_policy(first);
        [
            top,
            authority("CA 2", "CA").require_explicit_policy(second),
            leaf("A", "CA 2"),
        ]
    };
    assert_eq!(plain_failures(&path(9, 9)), [""; 0]);
    for (first, second) in [(0, 9), (9, 0)] {
        assert_eq!(
            plain_failures(&path(first, second)),
            ["path.policy.none_valid"]
        );
    }
}

#[test]
fn rfc5280_6_1_4_i_2_inhibit_policy_mapping_only_tightens() {
    let path = |first, second| {
        let top = authority("CA", "Root").policies(&[P1]);
        let below = authority("CA 2", "CA").policies(&[P1]);
        [
            top.inhibit_policy_mapping(first),
            below.inhibit_policy_mapping(second),
            authority("CA 3", "CA 2")
                .policies(&[P1])
                .mappings(&[(P1, P2)]),
            leaf("A", "CA 3").policies(&[P2]),
        ]
    };
    assert_eq!(failures(&path(9, 9), &EXPLICIT), [""; 0]);
    for (first, second) in [(0, 9), (9, 0)] {
        assert_eq!(
            failures(&path(first, second), &EXPLICIT),
            ["path.policy.none_valid"]
        );
    }
}

#[test]
fn rfc5280_6_1_4_j_inhibit_any_policy_only_tightens() {
    let path = |first, second| {
        let top = authority("CA", "Root")
            .policies(&[P1])
            .inhibit_any_policy(first);
        let ca = authority("CA 2", "CA")
            .policies(&[P1])
            .inhibit_any_policy(second);
        [top, ca, leaf("A", "CA 2").policies(&[ANY])]
    };
    assert_eq!(failures(&path(9, 9), &EXPLICIT), [""; 0]);
    for (first, second) in [(0, 9), (9, 0)] {
        assert_eq!(
            failures(&path(first, second), &EXPLICIT),
            ["path.policy.none_valid"]
        );
    }
}

#[test]
fn rfc5280_6_1_4_k_authorities_say_so() {
    let under = |ca: Draft| plain_failures(&[ca, leaf("A", "CA")]);
    assert_eq!(under(authority("CA", "Root")), [""; 0]);
    let not = ["path.basic_constraints.not_ca"];
    assert_eq!(under(leaf("CA", "Root")), not);
    assert_eq!(
        under(leaf("CA", "Root").critical(0x13, &sequence(&[]))),
        not
    );
    assert_eq!(under(leaf("CA", "Root").version(1)), not);
    // An end entity need not be one, and may be.
    assert_eq!(plain_failures(&[leaf("A", "Root").version(1)]), [""; 0]);
    assert_eq!(plain_failures(&[authority("CA", "Root")]), [""; 0]);
}

#[test]
fn rfc5280_6_1_4_l_path_length_counts_certificates_of_others() {
    let path = |middle: &str| {
        let top = authority("CA", "Root").path_length(0);
        [top, authority(middle, "CA"), leaf("A", middle)]
    };
    assert_eq!(plain_failures(&path("CA")), [""; 0]);
    assert_eq!(
        plain_failures(&path("CA 2")),
        ["path.basic_constraints.path_length"]
    );
}

#[test]
fn rfc5280_6_1_4_m_path_length_only_tightens() {
    let path = |first, second| {
        let top = authority("CA", "Root").path_length(first);
        let second = authority("CA 2", "CA").path_length(second);
        [top, second, authority("CA 3", "CA 2"), leaf("A", "CA 3")]
    };
    assert_eq!(plain_failures(&path(2, 1)), [""; 0]);
    for (first, second) in [(1, 9), (9, 0)] {
        let found = plain_failures(&path(first, second));
        assert_eq!(found, ["path.basic_constraints.path_length"]);
    }
}

#[test]
fn rfc5280_6_1_4_n_key_usage_of_authorities() {
    let under = |ca: Draft| plain_failures(&[ca, leaf("A", "CA")]);
    assert_eq!(under(authority("CA", "Root").key_usage(2, 0x04)), [""; 0]);
    assert_eq!(
        under(authority("CA", "Root").key_usage(7, 0x80)),
        ["path.key_usage.no_cert_sign"]
    );
}

#[test]
fn rfc5280_6_1_4_o_critical_extensions() {
    let unknown = [0x2a, 3, 9, 9];
    let under = |ca: Draft| plain_failures(&[ca, leaf("A", "CA")]);
    let ca = || authority("CA", "Root");
    assert_eq!(under(ca().extension(&unknown, false, &[5, 0])), [""; 0]);
    let unsupported = ["path.extension.critical_unsupported"];
    assert_eq!(under(ca().extension(&unknown, true, &[5, 0])), unsupported);
    // A qualifier that is not known in critical policies.
    let policies = |qualifier: &[u8]| {
        let qualifier = sequence(&[oid(qualifier), tlv(5, &[])]);
        sequence(&[sequence(&[oid(P1), sequence(&[qualifier])])])
    };
    let cps = [0x2b, 6, 1, 5, 5, 7, 2, 1];
    assert_eq!(under(ca().critical(0x20, &policies(&cps))), [""; 0]);
    assert_eq!(under(ca().plain(0x20, &policies(&unknown))), [""; 0]);
    assert_eq!(under(ca().critical(0x20, &policies(&unknown))), unsupported);
}

#[test]
fn rfc5280_4_2_extensions_stand_once_and_are_well_formed() {
    let under = |ca: Draft| plain_failures(&[ca, leaf("A", "CA")]);
    let ca = || authority("CA", "Root");
    assert_eq!(
        under(ca().policies(&[P1]).policies(&[P1])),
        ["path.extension.duplicate"]
    );
    let empty = sequence(&[]);
    for number in [0x1e, 0x20, 0x21, 0x24, 0x25, 0x36] {
        let found = under(ca().plain(number, &empty));
        assert_eq!(found, ["path.extension.malformed"], "{number:x}");
    }
    // An empty list of names says nothing, and authorities write it.
    assert_eq!(under(ca().plain(0x11, &empty)), [""; 0]);
    assert_eq!(
        under(ca().plain(0x11, &tlv(5, &[]))),
        ["path.extension.malformed"]
    );
    let negative = tlv(2, &[0xff]);
    assert_eq!(
        under(ca().plain(0x36, &negative)),
        ["path.extension.malformed"]
    );
}

#[test]
fn rfc5280_4_2_1_12_purposes_of_authorities_count_where_asked() {
    let path = |purpose| {
        let ca = authority("CA", "Root").purposes(&[purpose]);
        [ca, leaf("A", "CA").purposes(&[1])]
    };
    let asked = |scope| PathInputs {
        key_purpose: Some(oids::SERVER_AUTH),
        key_purpose_scope: scope,
        ..PathInputs::UNCONSTRAINED
    };
    let whole = asked(KeyPurposeScope::WholePath);
    assert_eq!(failures(&path(1), &whole), [""; 0]);
    assert_eq!(failures(&path(4), &whole), ["path.key_purpose.not_allowed"]);
    assert_eq!(
        failures(&path(4), &asked(KeyPurposeScope::EndEntity)),
        [""; 0]
    );
}
