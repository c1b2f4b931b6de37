use super::*;
use crate::alg::digest::DigestId;
use crate::alg::gost::parameters::{self, Purpose};
use crate::alg::signature::SignatureScheme;
use crate::alg::strength::{
    KeyDescription, KeyFamily, Moments, Strength, StrengthRow, Subject, Use,
};
use crate::base::time::UnixTime;
use crate::x509::certificate::sha256_hex;

fn all() -> Vec<Policy> {
    let builtin = Policy::BUILTIN.iter().map(|id| Policy::builtin(id));
    let testing = Policy::TESTING.iter().map(|id| Policy::testing(id));
    builtin.chain(testing).map(Result::unwrap).collect()
}

fn at(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

#[test]
fn every_file_is_a_policy_in_the_form_that_is_digested() {
    assert_eq!(all().len(), FILES.len());
    for (id, file) in FILES {
        let policy = Policy::read(file).unwrap();
        assert_eq!(policy.id, id);
        assert_eq!(policy.text(), file, "{id}");
        assert_eq!(policy.digest(), sha256_hex(file.as_bytes()));
    }
}

#[test]
fn builtin_policies_exist_and_differ() {
    let digests: std::collections::BTreeSet<_> = all().iter().map(Policy::digest).collect();
    assert_eq!(digests.len(), FILES.len());
    let unknown = Err(Error::Misuse(Misuse::UnknownPolicy));
    assert_eq!(Policy::builtin("x"), unknown);
    assert_eq!(Policy::builtin("ru-test"), unknown);
    assert_eq!(Policy::testing("ru-qes"), unknown);
}

#[test]
fn a_choice_changes_the_digest() {
    let policy = Policy::builtin("ru-qes").unwrap();
    let weak = Policy {
        weak_algorithms: WeakRule::Warn,
        ..policy.clone()
    };
    assert_ne!(policy.digest(), weak.digest());
    assert_eq!(Policy::read(&weak.text()), Ok(weak));
}

#[test]
fn a_text_with_any_characters_is_read_back() {
    let mut row = Policy::builtin("pkix").unwrap().strength.rows()[0].clone();
    row.source = "\"\\\n\u{1}\u{7f} §".to_owned();
    let policy = Policy {
        strength: Arc::new(StrengthTable::new(vec![row]).unwrap()),
        ..Policy::builtin("pkix").unwrap()
    };
    assert_eq!(Policy::read(&policy.text()), Ok(policy));
}

#[test]
fn a_copy_that_was_changed_has_its_own_digest_however_often_one_was_computed() {
    let mut policy = Policy::builtin("pkix").unwrap();
    for days in 0..20 {
        policy.max_revocation_age_days = Some(days);
        for _ in 0..2 {
            assert_eq!(policy.digest(), sha256_hex(policy.text().as_bytes()));
        }
        let copy = policy.clone();
        assert_eq!((copy.digest(), &copy), (policy.digest(), &policy));
    }
    policy.max_revocation_age_days = Some(0);
    assert_eq!(policy.digest(), sha256_hex(policy.text().as_bytes()));
}

#[test]
fn every_input_of_paths_is_read_back_and_changes_the_digest() {
    use crate::der::oid::Oid;
    use crate::path::host::Host;
    use crate::path::inputs::{
        AnchorRule, AnchorValidity, AnyPolicyRule, ExplicitPolicyRule, KeyPurposeScope,
        PolicyMappingRule, PolicySet, ProfileRule,
    };
    let base = Policy::builtin("ru-qes").unwrap();
    let text = base.text();
    let with_subtrees = text.replacen(
        "\nanchor = ",
        "\nsubtrees = \"3007a0053003820161\"\nanchor = ",
        1,
    );
    let with = |path: PathInputs| Policy {
        path,
        ..base.clone()
    };
    let plain = || base.path.clone();
    let oid = Oid::new(&[1, 2, 3]);
    let changed = [
        Policy::read(&with_subtrees).unwrap(),
        with(PathInputs {
            policies: PolicySet::of([oid]),
            ..plain()
        }),
        with(PathInputs {
            policies: PolicySet::of([]),
            ..plain()
        }),
        with(PathInputs {
            policy_mapping: PolicyMappingRule::Inhibited,
            ..plain()
        }),
        with(PathInputs {
            explicit_policy: ExplicitPolicyRule::Required,
            ..plain()
        }),
        with(PathInputs {
            any_policy: AnyPolicyRule::Inhibited,
            ..plain()
        }),
        with(PathInputs {
            anchor: AnchorRule::AllConstraints,
            ..plain()
        }),
        with(PathInputs {
            anchor_validity: AnchorValidity::Checked,
            ..plain()
        }),
        with(PathInputs {
            max_depth: Some(1),
            ..plain()
        }),
        with(PathInputs {
            key_purpose: Some(oid),
            ..plain()
        }),
        with(PathInputs {
            key_purpose_scope: KeyPurposeScope::WholePath,
            ..plain()
        }),
        with(PathInputs {
            host: Host::parse("a.example"),
            ..plain()
        }),
        with(PathInputs {
            host: Host::parse("2001:db8::1"),
            ..plain()
        }),
        with(PathInputs {
            profile: ProfileRule::Required,
            ..plain()
        }),
        base.clone(),
    ];
    let digests: std::collections::BTreeSet<_> = changed.iter().map(Policy::digest).collect();
    assert_eq!(digests.len(), changed.len());
    for policy in changed {
        assert_eq!(Policy::read(&policy.text()), Ok(policy));
    }
    for wrong in ["300", "3000", "3007a00530038201610500", "xx"] {
        let text = with_subtrees.replacen("3007a0053003820161", wrong, 1);
        assert!(Policy::read(&text).is_err(), "{wrong}");
    }
}

/// A key that a row is about, as small as it may be.
fn key_of(row: &StrengthRow) -> Option<(KeyDescription, SignatureScheme)> {
    let Subject::Key {
        family,
        bits,
        parameters,
        scheme,
    } = &row.subject
    else {
        return None;
    };
    let key = KeyDescription {
        family: *family,
        bits: *bits,
        parameters: parameters.first().copied(),
        test_only: false,
        scheme: None,
    };
    let any = match family {
        KeyFamily::Rsa => SignatureScheme::RsaPkcs1,
        KeyFamily::Gost2001 => SignatureScheme::Gost2001,
        KeyFamily::Gost2012 => SignatureScheme::Gost2012_256,
        _ => SignatureScheme::Ecdsa,
    };
    Some((key, scheme.unwrap_or(any)))
}

/// What the policy says about the subject of a row, made at one time and checked at another.
fn judge(policy: &Policy, row: &StrengthRow, when: Moments) -> Strength {
    match (&row.subject, key_of(row)) {
        (Subject::Digest(id), _) => policy.strength.digest(*id, when),
        (_, Some((key, scheme))) => policy.strength.signature(&key, scheme, when),
        (Subject::Key { .. }, None) => unreachable!("a row about keys is about a key"),
    }
}

#[test]
fn every_row_accepts_up_to_its_end_and_refuses_from_it_on() {
    let mut walked = 0;
    for policy in all() {
        for row in policy.strength.rows() {
            let after = |time: UnixTime, seconds| time.plus_seconds(seconds);
            let today = at("2026-11-22T00:00:00Z");
            let when = |time: UnixTime| match row.uses.contains(&Use::Creation) {
                true => Moments::proven(Some(time), today.max(time)),
                false => Moments::unproven(time),
            };
            let inside = row.from.unwrap_or_else(|| at("1990-01-01T00:00:00Z"));
            let about = format!("{}: {row:?}", policy.id);
            if row.uses.contains(&Use::Creation) {
                assert_eq!(
                    judge(&policy, row, when(inside)),
                    Strength::Acceptable,
                    "{about}"
                );
            }
            if let Some(until) = row.until {
                let last = when(after(until, -1));
                assert_eq!(judge(&policy, row, last), Strength::Acceptable, "{about}");
                let ended = Strength::NotAcceptableSince(until);
                assert_eq!(judge(&policy, row, when(until)), ended, "{about}");
                walked += 1;
            }
            if let Some(from) = row.from {
                let early = Strength::NotAcceptableBefore(from);
                assert_eq!(judge(&policy, row, when(after(from, -1))), early, "{about}");
            }
        }
    }
    assert!(walked >= 30, "{walked}");
}

/// The instants, once more and by the calendar of the sources.
#[test]
fn ends_are_those_of_the_sources() {
    let ends = [
        ("md5", "2004-08-01T00:00:00Z"),
        ("sha1", "2012-08-01T00:00:00Z"),
        ("sha224", "2029-01-01T00:00:00Z"),
        ("gost94", "2019-01-01T00:00:00+03:00"),
        ("sha3-224", "2031-01-01T00:00:00Z"),
        ("rsa-512", "1999-08-22T00:00:00Z"),
        ("rsa-1024", "2019-10-01T00:00:00Z"),
        ("rsa-1900", "2029-01-01T00:00:00Z"),
        ("rsa-3000", "2029-01-01T00:00:00Z"),
        ("dsa-1024", "2014-01-01T00:00:00Z"),
        ("dsa-2048", "2024-02-03T00:00:00Z"),
        ("gost2001-256", "2019-01-01T00:00:00+03:00"),
    ];
    for policy in all() {
        let mut seen = 0;
        for row in policy.strength.rows() {
            let name = match &row.subject {
                Subject::Digest(id) => id.name().to_owned(),
                Subject::Key { family, bits, .. } => {
                    format!("{}-{bits}", family.word().unwrap())
                }
            };
            if let Some(until) = row.until {
                let (_, end) = ends.iter().find(|(known, _)| *known == name).unwrap();
                assert_eq!(until, at(end), "{name}");
                assert_eq!(row.uses, [Use::Creation], "{name}");
                seen += 1;
            }
            if let Some(from) = row.from {
                assert_eq!(from, at("2013-01-01T00:00:00+04:00"), "{name}");
            }
        }
        assert!(seen >= 3, "{}", policy.id);
    }
}

#[test]
fn what_was_made_in_time_is_checked_for_ever() {
    let old = KeyDescription {
        family: KeyFamily::Gost2001,
        bits: 256,
        parameters: Oid::parse("1.2.643.2.2.36.0"),
        test_only: false,
        scheme: None,
    };
    let today = at("2026-11-22T00:00:00Z");
    let last = at("2018-12-31T23:59:59+03:00");
    for policy in all() {
        let judge = |when| policy.strength.key(&old, when);
        assert_eq!(
            judge(Moments::proven(Some(last), today)),
            Strength::Acceptable
        );
        let ended = Strength::NotAcceptableSince(last.plus_seconds(1));
        assert_eq!(judge(Moments::unproven(today)), ended);
        let proven = Moments::proven(Some(last.plus_seconds(1)), today);
        assert_eq!(judge(proven), ended);
    }
}

#[test]
fn qualified_signatures_are_of_the_russian_standards_only() {
    let policy = Policy::builtin("ru-qes").unwrap();
    for row in policy.strength.rows() {
        if let Subject::Key { family, .. } = row.subject {
            assert!(matches!(family, KeyFamily::Gost2001 | KeyFamily::Gost2012));
        }
    }
    let now = Moments::unproven(at("2026-11-22T00:00:00Z"));
    assert_eq!(
        policy.strength.digest(DigestId::Md5, now),
        Strength::Unknown
    );
}

#[test]
fn parameter_sets_are_listed_whole_and_test_sets_for_tests_only() {
    for policy in all() {
        for set in parameters::ALL {
            let is_test = set.purpose == Purpose::Test;
            let bits = u32::try_from(8 * set.size.octets()).unwrap();
            let key = KeyDescription {
                family: KeyFamily::Gost2012,
                bits,
                parameters: Some(set.oid),
                test_only: is_test,
                scheme: None,
            };
            let strength = policy
                .strength
                .key(&key, Moments::unproven(at("2026-11-22T00:00:00Z")));
            let taken = strength == Strength::Acceptable;
            assert_eq!(
                taken,
                !is_test || policy.is_for_testing(),
                "{}: {}",
                policy.id,
                set.name
            );
        }
    }
}

#[test]
fn a_policy_for_tests_cannot_look_like_a_real_one() {
    let test = Policy::testing("ru-test").unwrap().text();
    assert!(Policy::read(&test).unwrap().is_for_testing());
    for (from, to) in [
        ("id = \"ru-test\"", "id = \"ru-qes\""),
        ("id = \"ru-test\"", "id = \"attested\""),
        ("qualified = \"skip\"", "qualified = \"judge\""),
    ] {
        let real = test.replace(from, to);
        assert_ne!(real, test);
        assert_eq!(
            Policy::read(&real),
            Err(PolicyRejected::TestingInDisguise),
            "{to}"
        );
    }
    // A literal escapes that check, and is still never qualified.
    let literal = Policy {
        test_parameters: TestParameters::Accepted,
        ..Policy::builtin("ru-qes").unwrap()
    };
    assert!(!literal.judges_qualified());
    assert!(Policy::builtin("ru-qes").unwrap().judges_qualified());
}

#[test]
fn what_is_not_understood_is_refused() {
    let good = Policy::builtin("etsi-ades").unwrap().text();
    let refused = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Policy::read(&good.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    };
    for (from, to, said) in [
        (
            "revocation = ",
            "surprise = 1\nrevocation = ",
            "unknown field `surprise`",
        ),
        (
            "revocation = \"required\"\n",
            "",
            "missing field `revocation`",
        ),
        ("\"required\"", "\"sometimes\"", "signing_time = sometimes"),
        ("id = \"etsi-ades\"", "id = \"ETSI\"", "id = ETSI"),
        (
            "dated = 2026-11-22",
            "dated = 2026-11-22T00:00:00Z",
            "dated = 2026-11-22T00",
        ),
        (
            "\"digest-length\"",
            "\"at-most-064\"",
            "pss_salt = at-most-064",
        ),
        (
            "\"digest-length\"",
            "\"at-most-70000\"",
            "pss_salt = at-most-70000",
        ),
        ("digest = \"md5\"", "digest = \"md4\"", "digest = md4"),
        (
            "digest = \"md5\"",
            "digest = \"md5\"\nbits = 1",
            "strength row 1: is about",
        ),
        (
            "digest = \"md5\"",
            "key = \"rsa\"",
            "strength row 1: is about",
        ),
        ("key = \"rsa\"", "key = \"rsb\"", "key = rsb"),
        ("scheme = \"rsa-pss\"", "scheme = \"pss\"", "scheme = pss"),
        (
            "\"1.2.643.2.2.35.1\"",
            "\"1.2.643..1\"",
            "parameters = 1.2.643..1",
        ),
        (
            "until = 2004-08-01T00:00:00Z",
            "until = 2004-08-01",
            "until = 2004-08-01",
        ),
        ("use = [\"creation\"]", "use = [\"making\"]", "use = making"),
        (
            "digest = \"sha224\"",
            "digest = \"sha1\"",
            "an earlier row is about the same",
        ),
        (
            "use = [\"creation\"]",
            "note = 1\nuse = [\"creation\"]",
            "unknown field `note`",
        ),
    ] {
        let words = refused(from, to);
        assert!(words.contains(said), "{to}: {words}");
    }
}

#[test]
fn words_are_those_of_the_choices() {
    assert_eq!(RevocationRule::of_word("off"), Some(RevocationRule::Off));
    assert_eq!(WeakRule::of_word("off"), None);
    for rule in [
        SaltRule::DigestLength,
        SaltRule::AtMost(0),
        SaltRule::AtMost(512),
    ] {
        assert_eq!(SaltRule::of_word(&rule.word()), Some(rule));
    }
    assert_eq!(SaltRule::of_word("at-most-"), None);
    assert_eq!(SaltRule::of_word("any"), None);
}

#[test]
fn only_algorithms_out_of_their_time_become_warnings() {
    use crate::finding::code::crypto;
    let archive = Policy::builtin("archive").unwrap();
    let strict = Policy::builtin("etsi-ades").unwrap();
    for code in [
        &crypto::ALGORITHM_NOT_ACCEPTABLE,
        &crypto::CHAIN_ALGORITHM_NOT_ACCEPTABLE,
        &crypto::REFERENCE_DIGEST_NOT_ACCEPTABLE,
    ] {
        assert_eq!(archive.level_of(code), Level::Warn);
        assert_eq!(strict.level_of(code), Level::Fail);
    }
    for code in [
        &crypto::ALGORITHM_UNLISTED,
        &crypto::CHAIN_ALGORITHM_UNLISTED,
        &crypto::TEST_PARAMETERS,
        &crypto::CHAIN_TEST_PARAMETERS,
        &crypto::SIGNATURE_INVALID,
    ] {
        assert_eq!(archive.level_of(code), Level::Fail);
    }
}

mod age;
