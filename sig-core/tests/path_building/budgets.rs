//! What a search may cost, by its counters (RFC 4158 §2.4; ADV RUSTSEC-2023-0052).

use sig_core::base::error::{Error, Limit, LimitExceeded};
use sig_core::path::build::{Search, Sources};
use sig_core::path::pool::Pool;
use sig_core::validate::policy::RevocationRule;
use sig_core::x509::signed::SignedRejected;
use sig_core::{Limits, Material, Policy, UnixTime, Validator};

use crate::toy::{Draft, Found, TOY, all, first, issued, made, root, until};

const CROSS: u32 = 10_000;

fn person() -> Draft {
    issued("Person", 1, "CA", 2)
}

fn which(found: &Found) -> Limit {
    match &found.end {
        Err(Error::Limit(LimitExceeded { which, .. })) => *which,
        other => panic!("a limit, not {other:?}"),
    }
}

#[test]
fn many_keys_of_one_name_end_at_the_limit_on_signature_checks() {
    let anchors = made(&[root("Root", 3)]);
    let mut cas: Vec<Draft> = (0..CROSS)
        .map(|number| issued("CA", 10 + number, "Root", 3).serial(number))
        .collect();
    let intermediates = made(&cas);
    let sources = Sources::new(&anchors, &intermediates, &TOY);
    let found = all(&person(), sources, Limits::STANDARD);
    assert_eq!(which(&found), Limit::SignatureChecks);
    assert_eq!(found.work.signature_checks, 100);

    // Without an anchor of a name that they lead to, there is no path whatever the signatures are.
    let sources = Sources::new(&[], &intermediates, &TOY);
    let found = all(&person(), sources, Limits::STANDARD);
    assert!(found.end.unwrap().unwrap().rejected.is_none());
    assert!(found.work.signature_checks < 20);

    // The right one among a few is found.
    cas.truncate(50);
    cas.push(issued("CA", 2, "Root", 3).serial(CROSS));
    let intermediates = made(&cas);
    let sources = Sources::new(&anchors, &intermediates, &TOY);
    let found = first(&person(), sources, Limits::STANDARD);
    assert_eq!(found.paths.len(), 1);
    assert!(found.work.signature_checks <= 52);
}

#[test]
fn many_certificates_of_one_key_cost_one_check_of_what_the_key_signed() {
    let cas: Vec<Draft> = (0..CROSS)
        .map(|number| issued("CA", 2, "Root", 4).serial(number))
        .collect();
    let intermediates = made(&cas);
    let sources = Sources::new(&[], &intermediates, &TOY);
    let found = all(&person(), sources, Limits::STANDARD);
    assert!(found.paths.is_empty() && found.end.is_ok());
    assert_eq!(found.work.signature_checks, 1);

    // Where a root could have signed them, each is an object of its own.
    let anchors = made(&[root("Root", 3)]);
    let sources = sources.with_anchors(&anchors);
    let found = all(&person(), sources, Limits::STANDARD);
    assert_eq!(which(&found), Limit::SignatureChecks);
}

/// Authorities of which each has a certificate by every other.
fn clique(size: u32) -> Vec<Draft> {
    let name = |number| format!("CA {number}");
    let mut all = Vec::new();
    for subject in 0..size {
        for issuer in (0..size).filter(|issuer| *issuer != subject) {
            let certificate = issued(&name(subject), subject + 10, &name(issuer), issuer + 10);
            all.push(certificate.serial(subject * size + issuer));
        }
    }
    all
}

#[test]
fn authorities_that_all_vouch_for_each_other_end_at_once_or_by_budget() {
    let intermediates = made(&clique(12));
    let person = issued("Person", 1, "CA 0", 10);
    let sources = Sources::new(&[], &intermediates, &TOY);
    let found = all(&person, sources, Limits::STANDARD);
    assert!(found.end.unwrap().is_some());
    assert!(found.work.path_candidates < 400);

    let anchors = made(&[root("CA 11", 21).serial(9_999)]);
    let sources = Sources::new(&anchors, &intermediates, &TOY);
    let found = first(&person, sources, Limits::STANDARD);
    assert_eq!(found.paths.len(), 1);

    // When no path is good enough, there are more than can be looked at.
    let limits = Limits {
        signature_checks: 1_000,
        ..Limits::STANDARD
    };
    let found = all(&person, sources, limits);
    assert_eq!(which(&found), Limit::PathCandidates);
    assert!(found.work.signature_checks <= 12 * 12);
    assert!(!found.paths.is_empty() && found.paths.len() <= 1_000);
}

/// A chain of so many authorities below the root.
fn chain(length: u32) -> Vec<Draft> {
    (0..length)
        .map(|number| {
            let (subject, issuer) = (format!("L {number}"), format!("L {}", number + 1));
            issued(&subject, number + 100, &issuer, number + 101).serial(number)
        })
        .collect()
}

#[test]
fn a_path_that_is_too_long_is_told_only_when_no_other_is_good_enough() {
    let person = issued("Person", 1, "L 0", 100);
    let limits = Limits {
        path_length: 4,
        ..Limits::STANDARD
    };
    let long = made(&chain(4));
    let anchors = made(&[root("L 4", 104)]);
    let sources = Sources::new(&anchors, &long, &TOY);
    let found = all(&person, sources, limits);
    assert_eq!(which(&found), Limit::PathLength);
    let just = Limits {
        path_length: 5,
        ..limits
    };
    assert_eq!(first(&person, sources, just).paths.len(), 1);

    // What is too long and leads nowhere says nothing.
    let elsewhere = made(&[root("Root", 3)]);
    let nowhere = sources.with_anchors(&elsewhere);
    assert!(all(&person, nowhere, limits).end.unwrap().is_some());

    // A shorter way counts, however often the long one is tried before.
    let mut both = chain(4);
    both.push(issued("L 0", 100, "L 4", 104).serial(50));
    let both = made(&both);
    let sources = Sources::new(&anchors, &both, &TOY);
    let short = until(&person, sources, limits, |path| {
        if path.certificates.len() == 2 {
            Search::Stop
        } else {
            Search::Continue
        }
    });
    assert!(short.end.is_ok() && short.paths.len() == 1);
}

#[test]
fn the_size_of_a_country_does_not_matter_to_a_request() {
    let anchors = made(&[root("Root", 3)]);
    let work = |size: u32| {
        let cas: Vec<Draft> = (0..size)
            .map(|number| issued(&format!("CA {number}"), 10 + number, "Root", 3).serial(number))
            .collect();
        let pool = Pool::new(made(&cas), Limits::STANDARD).unwrap();
        let sources = Sources::new(&anchors, &[], &TOY).with_pool(Some(&pool));
        let person = issued("Person", 1, "CA 1", 11);
        let found = first(&person, sources, Limits::STANDARD);
        assert_eq!(found.paths.len(), 1);
        found.work
    };
    assert_eq!(work(2), work(2_000));
    assert!(work(2_000).name_comparisons <= 2);
}

#[test]
fn a_limit_is_no_verdict() {
    let validator = |limits| {
        let mut policy = Policy::builtin("pkix").unwrap();
        policy.revocation = RevocationRule::Off;
        Validator {
            algorithms: &TOY,
            policy,
            limits,
        }
    };
    let cas: Vec<Draft> = (0..200)
        .map(|number| issued("CA", 10 + number, "Root", 3).serial(number))
        .collect();
    let mut material = Material {
        anchors: made(&[root("Root", 3)]),
        certificates: made(&cas),
        ..Material::default()
    };
    let at = UnixTime::from_seconds(1_795_302_000);
    let judge = |material: &Material, limits| {
        validator(limits).validate_certificate(&person().make(), material, at)
    };
    let exceeded = Error::Limit(LimitExceeded {
        which: Limit::SignatureChecks,
        bound: 100,
    });
    assert_eq!(judge(&material, Limits::STANDARD).unwrap_err(), exceeded);
    let enough = Limits {
        signature_checks: 300,
        ..Limits::STANDARD
    };
    assert!(judge(&material, enough).is_ok());
    material.certificates.truncate(20);
    assert!(judge(&material, Limits::STANDARD).is_ok());
}

#[test]
fn a_dead_end_that_was_not_looked_at_whole_refutes_no_signature() {
    let refused: Vec<Draft> = (0..40)
        .map(|number| issued("CA", 10 + number, "Nobody", 4).serial(number))
        .collect();
    let rejected = |count: usize| {
        let intermediates = made(&refused[..count]);
        let sources = Sources::new(&[], &intermediates, &TOY);
        let found = all(&person(), sources, Limits::STANDARD);
        found.end.unwrap().unwrap().rejected
    };
    assert_eq!(rejected(8), Some(SignedRejected::BadSignature));
    assert_eq!(rejected(40), None);
}
