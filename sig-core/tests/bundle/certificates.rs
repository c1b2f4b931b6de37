//! Judgements of one certificate.

use std::collections::BTreeSet;
use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::oid::Oid;
use sig_core::path::host::Host;
use sig_core::path::inputs::{AnyPolicyRule, ExplicitPolicyRule, PolicyMappingRule, PolicySet};
use sig_core::report::bundle::{Bundle, BundleLimits, BundleRejected, Role};
use sig_core::report::json;
use sig_core::report::text::Detail;
use sig_core::validate::bundle::JudgedCertificate;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Evidence, Material, Policy, UnixTime, Validator};
use testdata::pki;

use super::back_ends::back_ends;
use super::bundle_file::{made_anew, members, with_parts};
use super::case_inputs::{LIMITS, at, material, validator};
use super::{CASES, read};

/// The report and the bundle.
fn bundled(
    validator: &Validator,
    certificate: &Arc<Certificate>,
    material: &Material,
    at: UnixTime,
) -> (String, Vec<u8>) {
    let report = validator
        .validate_certificate(certificate, material, at)
        .unwrap();
    let judged = JudgedCertificate {
        certificate,
        material,
    };
    let file = Bundle::of_certificate(validator, judged, &report, Detail::Explain).unwrap();
    (json::write_in(&report, Detail::Explain), file)
}

/// The first certificate of every tenth case, under its policy, by what is offered in it: revocation lists, answers, trust
/// lists.
#[test]
fn the_judgement_of_a_certificate_is_repeated_on_every_back_end() {
    let (mut judged, mut verdicts) = (0, BTreeSet::new());
    let (mut with_list, mut with_crl) = (0, 0);
    let back_ends = back_ends();
    for case in CASES.iter().step_by(10) {
        let Ok(evidence) = Evidence::parse(&case.signature, &LIMITS) else {
            continue;
        };
        let first = evidence
            .message()
            .and_then(|it| it.certificates.first().cloned());
        let certificate = first.map(|der| Certificate::from_der(&der, &mut Budget::new(LIMITS)));
        let Some(Ok(certificate)) = certificate else {
            continue;
        };
        let certificate = Arc::new(certificate);
        let algorithms = back_ends[judged % back_ends.len()];
        let validator = validator(case, algorithms);
        let material = material(case, algorithms);
        let (report, file) = bundled(&validator, &certificate, &material, at(case));
        let bundle = read(&file);
        assert_eq!(bundle.to_octets(), file);
        let target = bundle.one(Role::TargetCertificate).unwrap();
        assert_eq!(*target, certificate.octets);
        assert_eq!(&**bundle.one(Role::Report).unwrap(), report.as_bytes());
        for other in &back_ends {
            let replay = bundle.judge(other).unwrap();
            let place = format!("{}/{} by {}", case.area, case.id, other.name);
            assert_eq!(replay.differences, [], "{place}");
        }
        judged += 1;
        with_list += usize::from(bundle.has_trust());
        with_crl += usize::from(bundle.of_role(Role::Crl).next().is_some());
        verdicts.extend(
            ["TOTAL_PASSED", "TOTAL_FAILED", "INDETERMINATE"].map(|verdict| {
                let is_it = report.contains(&format!("\"indication\":\"{verdict}\""));
                is_it.then_some(verdict)
            }),
        );
    }
    assert!(judged > 60 && with_crl > 30, "{judged}, {with_crl}");
    assert!(with_list > 3, "{with_list}");
    assert!(verdicts.into_iter().flatten().count() >= 2);
}

const AT: i64 = 1_767_225_600;

/// Everything that RFC 5280 §6.1.1 has as an input.
fn constrained() -> Validator {
    let mut policy = Policy::builtin("pkix").unwrap();
    let path = &mut policy.path;
    path.policies = PolicySet::of([Oid::parse("2.999.1").unwrap()]);
    path.explicit_policy = ExplicitPolicyRule::Required;
    path.policy_mapping = PolicyMappingRule::Inhibited;
    path.any_policy = AnyPolicyRule::Inhibited;
    path.max_depth = Some(3);
    path.key_purpose = Oid::parse("1.3.6.1.5.5.7.3.1");
    path.host = Host::parse("a.example");
    Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits: LIMITS,
    }
}

/// A certificate with its path, judged under every input.
fn constrained_bundle() -> (String, Vec<u8>) {
    let pki = pki::named("p256").unwrap();
    let mut material = Material::default();
    let der = |id: &str| pki.certificate(id).unwrap().der.clone();
    material.add_anchors(&der("root"), &LIMITS).unwrap();
    for id in ["ca", "person"] {
        material.add(&der(id), &LIMITS).unwrap();
    }
    for id in ["root", "ca"] {
        material.add(pki.crl(id).unwrap(), &LIMITS).unwrap();
    }
    let person = material.certificates.pop().unwrap();
    let at = UnixTime::from_seconds(AT);
    bundled(&constrained(), &person, &material, at)
}

#[test]
fn the_inputs_of_path_processing_are_in_the_bundle() {
    let (report, file) = constrained_bundle();
    assert!(report.contains("\"path.host."), "{report}");
    let bundle = read(&file);
    let policy = bundle.one(Role::Policy).unwrap();
    let policy = Policy::read(std::str::from_utf8(policy).unwrap()).unwrap();
    assert_eq!(policy.path, constrained().policy.path);
    for algorithms in back_ends() {
        assert_eq!(bundle.judge(algorithms).unwrap().differences, []);
    }
    // Another value of any of them is another judgement.
    for (from, to) in [
        ("\"2.999.1\"", "\"2.999.2\""),
        (
            "explicit_policy = \"required\"",
            "explicit_policy = \"as-stated\"",
        ),
        ("max_depth = 3", "max_depth = 4"),
        ("\"1.3.6.1.5.5.7.3.1\"", "\"1.3.6.1.5.5.7.3.2\""),
        ("\"a.example\"", "\"b.example\""),
    ] {
        let changed = made_anew(&file, from, to);
        match read(&changed).judge(&RUSTCRYPTO) {
            Ok(replay) => {
                let places = replay.differences.iter();
                let places: Vec<&str> = places.map(|it| it.pointer.as_str()).collect();
                assert!(places.contains(&"/policy/digest"), "{from}: {places:?}");
            }
            Err(why) => assert_eq!(why, BundleRejected::Unusable("policy"), "{from}"),
        }
    }
    let later = made_anew(&file, "\"at\":\"2026", "\"at\":\"2046");
    let replay = read(&later).judge(&RUSTCRYPTO).unwrap();
    assert!(!replay.differences.is_empty());
}

/// Each octet of it, one bit at a time in turn: what was changed is named, and where it is a part, that part.
#[test]
fn every_changed_octet_is_found_and_named() {
    let (_, good) = constrained_bundle();
    let members = members(&good);
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1 << (at % 8);
        let why = Bundle::read(&changed, &BundleLimits::STANDARD).unwrap_err();
        let is_inside =
            |(_, _, content): &&(String, usize, std::ops::Range<usize>)| content.contains(&at);
        match members.iter().find(is_inside) {
            Some((name, ..)) => assert_eq!(why.part(), Some(name.as_str()), "octet {at}: {why}"),
            None => assert!(why.part().is_some(), "octet {at}: {why}"),
        }
    }
}

/// One judgement is of one thing.
#[test]
fn what_is_of_a_signature_has_no_place_beside_a_certificate() {
    let (_, good) = constrained_bundle();
    let digests = format!(
        "\"digests\":[{{\"alg\":\"sha256\",\"hex\":\"{}\"}}],\"sunsets\"",
        "00".repeat(32)
    );
    let changed = made_anew(&good, "\"digests\":[],\"sunsets\"", &digests);
    let refused = read(&changed).judge(&RUSTCRYPTO).map(drop);
    assert_eq!(refused, Err(BundleRejected::Manifest));
    let document = "\"document\":{\"size\":1,\"digests\":[],\"is_set\":false},";
    let changed = made_anew(&good, "\"document\":null,", document);
    let refused = read(&changed).judge(&RUSTCRYPTO).map(drop);
    assert_eq!(refused, Err(BundleRejected::Manifest));
}

#[test]
fn a_target_that_is_no_certificate_is_named() {
    let (_, good) = constrained_bundle();
    let broken = with_parts(&good, |name, old| {
        (name == "target-certificate.der").then(|| old[1..].to_vec())
    });
    let refused = read(&broken).judge(&RUSTCRYPTO).map(drop);
    assert_eq!(refused, Err(BundleRejected::Unusable("target-certificate")));
}
