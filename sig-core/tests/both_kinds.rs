//! The list of accredited authorities and European lists side by side: whose time-stamps count under which verdict
//! (63-FZ art. 11 (2), ETSI TS 119 615 §4.3).
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::{Arc, LazyLock};

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::Level;
use sig_core::report::{Judged, Report};
use sig_core::trust::etsi_list::{EtsiAssembly, EtsiSnapshot};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, TrustSnapshot};
use sig_core::validate::policy::QualifiedRule;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::variant::{Imprint, TimeStampDeclaration, TokenVariant};
use testdata::{Form, Pki, Timestamp, Variant, demo};

const LIMITS: Limits = Limits::STANDARD;
/// Before the accreditation of one authority ended, and after it.
const EARLY: i64 = 1_706_745_600;
const LATE: i64 = 1_748_736_005;

const ACCREDITED: (&str, &str) = ("ru", "tsa");
/// Of an authority whose accreditation has ended.
const TERMINATED: (&str, &str) = ("ru", "tsa-of-terminated");
const UNACCREDITED: (&str, &str) = ("ru", "tsa-of-unlisted");
/// Listed by its own certificate.
const LISTED: (&str, &str) = ("eu", "tsa");
/// Below a listed authority.
const BELOW_LISTED: (&str, &str) = ("eu", "tsu");
const WITHDRAWN: (&str, &str) = ("eu", "tsa-withdrawn");

fn at() -> UnixTime {
    UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap()
}

fn eu() -> &'static Pki {
    testdata::pki::named("eu").unwrap()
}

static ACCREDITED_LIST: LazyLock<Arc<TrustSnapshot>> = LazyLock::new(|| {
    let pki = demo::pki().unwrap();
    let mut material = Material::default();
    for root in ["root", "root-512"] {
        let octets = &pki.certificate(root).unwrap().der;
        material.add_anchors(octets, &LIMITS).unwrap();
    }
    let pin = ListSigner {
        anchors: material.anchors,
        ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
        taken_at: at(),
    };
    let xml = pki.trust_list("accredited").unwrap();
    TrustSnapshot::build(xml, &pin, &RUSTCRYPTO, ListLimits::STANDARD)
        .unwrap()
        .into()
});

static EUROPEAN_LIST: LazyLock<Arc<EtsiSnapshot>> = LazyLock::new(|| {
    let assembly = EtsiAssembly {
        previous: None,
        lists: vec![eu().trust_list("xa").unwrap().into()],
        signers: vec![(&*eu().certificate("operator-xa").unwrap().der).into()],
        taken_at: at(),
        refuses_outdated: false,
    };
    EtsiSnapshot::assemble(assembly, &RUSTCRYPTO, &ListLimits::STANDARD)
        .unwrap()
        .into()
});

/// Which lists are given.
#[derive(Clone, Copy, Debug)]
enum Given {
    Both,
    Accredited,
    European,
}

fn material(given: Given) -> Material {
    let mut material = Material::default();
    let crls = [
        (
            demo::pki().unwrap(),
            ["root", "root-512", "ca", "ca-terminated", "ca-unlisted"].as_slice(),
        ),
        (eu(), &["ca", "ca-unlisted", "ca-of-stamps"]),
    ];
    for (pki, names) in crls {
        for name in names {
            material.add(pki.crl(name).unwrap(), &LIMITS).unwrap();
        }
    }
    if matches!(given, Given::Both | Given::Accredited) {
        material.anchors = ACCREDITED_LIST.authorities().roots().to_vec();
        material.trust = Some(Arc::clone(&ACCREDITED_LIST));
    }
    if matches!(given, Given::Both | Given::European) {
        material.trust_lists(Arc::clone(&EUROPEAN_LIST));
    }
    material
}

/// A signature with a time-stamp.
fn stamped((pki, authority): (&str, &str), made: i64) -> Vec<u8> {
    let (pki, signer) = match pki {
        "ru" => (demo::pki().unwrap(), "citizen"),
        _ => (eu(), "person"),
    };
    let variant = Variant {
        time_stamp: Some(TimeStampDeclaration {
            authority: authority.to_owned(),
            gen_time: Timestamp(made),
            imprint: Imprint::default(),
            token: TokenVariant::default(),
        }),
        ..Variant::default()
    };
    let token = pki.token(signer).unwrap();
    let signing_time = Timestamp(made - 5);
    token
        .sign(b"content", Form::Attached, signing_time, &variant)
        .unwrap()
}

/// A policy; `63-fz` judges 63-FZ art. 11 and takes the algorithms of Europe, which `ru-qes` does not.
fn by(policy: &str) -> Policy {
    match policy {
        "63-fz" => Policy {
            qualified: QualifiedRule::Judge,
            ..Policy::builtin("etsi-ades").unwrap()
        },
        other => Policy::builtin(other).unwrap(),
    }
}

fn judge(material: Material, policy: &str, signature: &[u8]) -> Report {
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: by(policy),
        limits: LIMITS,
    };
    let evidence = Evidence::parse(signature, &LIMITS).unwrap();
    let evidence = evidence.with_material(material);
    validator.validate(evidence, at()).unwrap()
}

/// The codes at level fail of the time-stamp, and whether it proves a time.
fn outcome(report: &Report) -> (Vec<&'static str>, bool) {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        panic!("no signature");
    };
    let [time_stamp] = signatures[0].time_stamps.as_slice() else {
        panic!("no time-stamp");
    };
    let fails = time_stamp
        .findings
        .iter()
        .filter(|it| it.level == Level::Fail);
    let mut codes: Vec<_> = fails.map(|it| it.code.id).collect();
    codes.dedup();
    (codes, signatures[0].times.proven_not_later_than.is_some())
}

const NOT_ACCREDITED: &[&str] = &["time.authority.not_accredited"];
const NOT_IN_FORCE: &[&str] = &["time.authority.not_in_force"];
const NO_PATH: &[&str] = &["path.build.no_chain"];

fn check(given: Given, policy: &str, authority: (&str, &str), made: i64, expected: &[&str]) {
    let report = judge(material(given), policy, &stamped(authority, made));
    let expected = (expected.to_vec(), expected.is_empty());
    assert_eq!(
        outcome(&report),
        expected,
        "{given:?} {policy} {authority:?}"
    );
}

#[test]
fn under_63_fz_a_time_is_stated_by_an_accredited_authority_alone() {
    for policy in ["ru-qes", "63-fz"] {
        for given in [Given::Both, Given::Accredited] {
            check(given, policy, ACCREDITED, LATE, &[]);
            check(given, policy, TERMINATED, EARLY, &[]);
            check(given, policy, TERMINATED, LATE, NOT_ACCREDITED);
            check(given, policy, UNACCREDITED, LATE, NOT_ACCREDITED);
        }
    }
    for given in [Given::Both, Given::European] {
        check(given, "63-fz", LISTED, LATE, NOT_ACCREDITED);
        check(given, "63-fz", BELOW_LISTED, LATE, NOT_ACCREDITED);
    }
    for european in [LISTED, BELOW_LISTED] {
        check(Given::Accredited, "63-fz", european, LATE, NO_PATH);
    }
}

#[test]
fn under_the_regulation_a_listed_authority_counts_by_its_list() {
    for given in [Given::Both, Given::European] {
        check(given, "etsi-ades", LISTED, LATE, &[]);
        check(given, "etsi-ades", BELOW_LISTED, LATE, &[]);
        check(given, "etsi-ades", WITHDRAWN, LATE, NOT_IN_FORCE);
    }
    // The roots of the accredited authorities vouch for these and for nobody else, whatever lists stand beside them.
    for given in [Given::Both, Given::Accredited] {
        check(given, "etsi-ades", ACCREDITED, LATE, &[]);
        check(given, "etsi-ades", TERMINATED, EARLY, &[]);
        check(given, "etsi-ades", TERMINATED, LATE, NOT_ACCREDITED);
        check(given, "etsi-ades", UNACCREDITED, LATE, NOT_ACCREDITED);
    }
    check(Given::European, "etsi-ades", ACCREDITED, LATE, NO_PATH);
}

/// An authority that the caller names is the caller's, unless it is a list that names it.
#[test]
fn an_anchor_of_the_caller_needs_no_list() {
    let own = &eu().certificate("tsa-withdrawn").unwrap().der;
    let of_caller = |given| {
        let mut material = material(given);
        material.add_anchors(own, &LIMITS).unwrap();
        let report = judge(material, "63-fz", &stamped(WITHDRAWN, LATE));
        outcome(&report).0
    };
    assert_eq!(of_caller(Given::Accredited), [] as [&str; 0]);
    assert_eq!(
        of_caller(Given::Both),
        [
            "time.authority.not_accredited",
            "time.authority.not_in_force"
        ]
    );
}

#[test]
fn both_snapshots_are_named() {
    let named = |given| {
        let report = judge(material(given), "etsi-ades", &stamped(LISTED, LATE));
        [report.trust, report.trusted_lists].map(|it| it.map(|it| it.id))
    };
    let accredited = Some(ACCREDITED_LIST.id().to_owned());
    let european = Some(EUROPEAN_LIST.id().to_owned());
    assert_eq!(named(Given::Both), [accredited.clone(), european.clone()]);
    assert_eq!(named(Given::Accredited), [accredited, None]);
    assert_eq!(named(Given::European), [None, european]);
}
