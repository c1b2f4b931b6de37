//! §6.1.5, wrap-up, and what is demanded of the end entity.

use sig_core::der::oids;
use sig_core::path::host::Host;
use sig_core::path::inputs::{ExplicitPolicyRule, PathInputs, PolicySet, ProfileRule};

use crate::certificates::*;

#[test]
fn rfc5280_6_1_5_a_explicit_policy_counts_down_at_the_end() {
    let path = |skip| {
        [
            authority("CA", "Root").require_explicit_policy(skip),
            leaf("A", "CA"),
        ]
    };
    assert_eq!(plain_failures(&path(2)), [""; 0]);
    assert_eq!(plain_failures(&path(1)), ["path.policy.none_valid"]);
    // A self-issued last certificate counts as any other.
    let last = [
        authority("CA", "Root").require_explicit_policy(1),
        leaf("CA", "CA"),
    ];
    assert_eq!(plain_failures(&last), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_5_b_the_last_certificate_may_require_a_policy() {
    let path = |skip| [leaf("A", "Root").require_explicit_policy(skip)];
    assert_eq!(plain_failures(&path(1)), [""; 0]);
    assert_eq!(plain_failures(&path(0)), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_5_f_critical_extensions_of_the_last_certificate() {
    let with = |is_critical| [leaf("A", "Root").extension(&[0x2a, 3, 9], is_critical, &[5, 0])];
    assert_eq!(plain_failures(&with(false)), [""; 0]);
    assert_eq!(
        plain_failures(&with(true)),
        ["path.extension.critical_unsupported"]
    );
}

#[test]
fn rfc5280_6_1_5_g_i_without_a_valid_policy_the_intersection_is_empty() {
    let path = |policies: &[&[u8]]| {
        [leaf("A", "Root")
            .policies(policies)
            .require_explicit_policy(0)]
    };
    assert_eq!(plain_failures(&path(&[P1])), [""; 0]);
    let none = [leaf("A", "Root").require_explicit_policy(0)];
    assert_eq!(plain_failures(&none), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_5_g_ii_where_any_policy_will_do_all_that_are_left_are_valid() {
    let asked = |policies| PathInputs {
        explicit_policy: ExplicitPolicyRule::Required,
        policies,
        ..PathInputs::UNCONSTRAINED
    };
    let path = [leaf("A", "Root").policies(&[P1])];
    assert_eq!(failures(&path, &asked(PolicySet::Any)), [""; 0]);
    let other = sig_core::der::oid::Oid::from_content(P2).unwrap();
    let refused = failures(&path, &asked(PolicySet::of([other])));
    assert_eq!(refused, ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_5_g_iii_the_intersection_must_hold_a_policy() {
    let asked = |policy: &[u8]| PathInputs {
        explicit_policy: ExplicitPolicyRule::Required,
        policies: PolicySet::of([sig_core::der::oid::Oid::from_content(policy).unwrap()]),
        ..PathInputs::UNCONSTRAINED
    };
    let mapped = [
        authority("CA", "Root")
            .policies(&[P1])
            .mappings(&[(P1, P2)]),
        leaf("A", "CA").policies(&[P2]),
    ];
    // The policy is told in the words of the anchor's domain, not of the end entity's.
    assert_eq!(failures(&mapped, &asked(P1)), [""; 0]);
    assert_eq!(failures(&mapped, &asked(P2)), ["path.policy.none_valid"]);
    let any = [leaf("A", "Root").policies(&[ANY])];
    assert_eq!(failures(&any, &asked(P3)), [""; 0]);
}

#[test]
fn rfc5280_4_2_1_12_the_purpose_asked_for() {
    let asked = PathInputs {
        key_purpose: Some(oids::CLIENT_AUTH),
        ..PathInputs::UNCONSTRAINED
    };
    let judge = |end: Draft| failures(&[end], &asked);
    assert_eq!(judge(leaf("A", "Root")), [""; 0]);
    assert_eq!(judge(leaf("A", "Root").purposes(&[1, 2])), [""; 0]);
    let any = sequence(&[oid(&[0x55, 0x1d, 0x25, 0])]);
    assert_eq!(judge(leaf("A", "Root").plain(0x25, &any)), [""; 0]);
    let refused = ["path.key_purpose.not_allowed"];
    assert_eq!(judge(leaf("A", "Root").purposes(&[1])), refused);
}

#[test]
fn rfc3161_2_3_time_stamping_is_stated_alone_and_critical() {
    let asked = PathInputs {
        key_purpose: Some(oids::TIME_STAMPING),
        ..PathInputs::UNCONSTRAINED
    };
    let judge = |end: Draft| failures(&[end], &asked);
    let alone = sequence(&[oid(&purpose(8))]);
    assert_eq!(judge(leaf("A", "Root").critical(0x25, &alone)), [""; 0]);
    let refused = ["path.key_purpose.not_allowed"];
    assert_eq!(judge(leaf("A", "Root").plain(0x25, &alone)), refused);
    let two = sequence(&[oid(&purpose(8)), oid(&purpose(4))]);
    assert_eq!(judge(leaf("A", "Root").critical(0x25, &two)), refused);
    assert_eq!(judge(leaf("A", "Root")), refused);
}

#[test]
fn rfc9525_6_3_the_server_asked_for() {
    let asked = PathInputs {
        host: Host::parse("www.example.com"),
        ..PathInputs::UNCONSTRAINED
    };
    let judge = |end: Draft| failures(&[end], &asked);
    let named = |text| leaf("A", "Root").alternative_names(&[dns(text)]);
    assert_eq!(judge(named("*.example.com")), [""; 0]);
    assert_eq!(judge(named("example.com")), ["path.host.mismatch"]);
    // The common name is no name of a server.
    assert_eq!(
        judge(leaf("www.example.com", "Root")),
        ["path.host.mismatch"]
    );
}

#[test]
fn rfc5280_6_1_1_an_anchor_that_is_judged_itself_meets_the_demands_too() {
    let asked = PathInputs {
        host: Host::parse("a.example"),
        ..PathInputs::UNCONSTRAINED
    };
    let found = |end: &Draft, inputs| codes(&checked(end, &[], inputs).findings);
    let named = leaf("A", "Root").alternative_names(&[dns("a.example")]);
    assert_eq!(found(&named, &asked), [""; 0]);
    assert_eq!(found(&leaf("A", "Root"), &asked), ["path.host.mismatch"]);
    let explicit = PathInputs {
        explicit_policy: ExplicitPolicyRule::Required,
        ..PathInputs::UNCONSTRAINED
    };
    assert_eq!(
        found(&named.policies(&[P1]), &explicit),
        ["path.policy.none_valid"]
    );
}

#[test]
fn rfc5280_4_2_rules_for_issuers_on_demand() {
    let required = PathInputs {
        profile: ProfileRule::Required,
        ..PathInputs::UNCONSTRAINED
    };
    assert_eq!(failures(&[leaf("A", "Root")], &required), [""; 0]);
    let identifier = tlv(4, &[1]);
    let breaks = [
        leaf("A", "Root").critical(0x0e, &identifier),
        leaf("A", "Root").critical(0x23, &sequence(&[tlv(0x80, &[1])])),
        leaf("A", "Root").key_usage(2, 0x04),
        leaf("A", "Root").permitted(dns("example")),
        leaf("A", "Root")
            .subject(sequence(&[]))
            .alternative_names(&[dns("a")]),
    ];
    for draft in breaks {
        assert_eq!(plain_failures(std::slice::from_ref(&draft)), [""; 0]);
        assert_eq!(failures(&[draft], &required), ["path.profile.rule_broken"]);
    }
}
