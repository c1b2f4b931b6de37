//! The record of steps: every lettered step once a certificate, in the order of the standard.

use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::step::{self, why};
use sig_core::finding::{Step, StepOutcome, StepRow, StepSubject, Subject};
use sig_core::path::inputs::PathInputs;
use sig_core::report::{CertificateReport, Judged};
use sig_core::{Limits, Material, Policy, UnixTime, Validator};
use testdata::pki::named;

use crate::certificates::*;

const PLAIN: PathInputs = PathInputs::UNCONSTRAINED;

/// The rows of steps on a certificate, or on the path.
fn rows(steps: &[Step], place: Option<usize>) -> Vec<&'static str> {
    let of_place = steps.iter().filter(|step| step.subject.place == place);
    of_place.map(|step| step.row.id).collect()
}

fn ids(sections: &[&[&'static StepRow]], without: &[&StepRow]) -> Vec<&'static str> {
    let rows = sections.iter().copied().flatten();
    rows.filter(|row| !without.contains(row))
        .map(|row| row.id)
        .collect()
}

fn outcome<'a>(steps: &'a [Step], row: &StepRow, place: usize) -> &'a StepOutcome {
    let mut of_row = steps
        .iter()
        .filter(|step| step.row == row && step.subject.place == Some(place));
    let step = of_row.next().unwrap();
    assert_eq!(of_row.next(), None, "{} twice", row.id);
    &step.outcome
}

#[test]
fn every_lettered_step_is_taken_once_in_order() {
    let checked = checked(
        &anchor(),
        &[authority("CA", "Root"), leaf("A", "CA")],
        &PLAIN,
    );
    let steps = checked.steps.as_slice();
    let (initial, basic) = (step::rfc5280_6_1_2::ROWS, step::rfc5280_6_1_3::ROWS);
    let (next, last) = (step::rfc5280_6_1_4::ROWS, step::rfc5280_6_1_5::ROWS);
    // (a)(3) is the caller's.
    let revocation = [&step::rfc5280_6_1_3::A_3];
    assert_eq!(rows(steps, None), ids(&[initial], &[]));
    assert_eq!(rows(steps, Some(1)), ids(&[basic, next], &revocation));
    assert_eq!(rows(steps, Some(0)), ids(&[basic, last], &revocation));
    assert!(
        !steps
            .iter()
            .any(|step| matches!(step.outcome, StepOutcome::Failed(_)))
    );
}

#[test]
fn a_step_says_why_it_was_not_taken() {
    let same = authority("CA", "CA");
    let path = [authority("CA", "Root"), same, leaf("A", "CA")];
    let checked = checked(&anchor(), &path, &PLAIN);
    let steps = checked.steps.as_slice();
    use step::{rfc5280_6_1_3 as basic, rfc5280_6_1_4 as next, rfc5280_6_1_5 as last};
    for (row, place, why) in [
        (&basic::A_2, 0, &why::JUDGED_LAST),
        (&basic::B, 2, &why::NOT_LIMITED),
        (&basic::C, 1, &why::SELF_ISSUED),
        (&basic::D_1, 0, &why::ABSENT),
        (&next::H_1, 1, &why::SELF_ISSUED),
        (&next::L, 1, &why::SELF_ISSUED),
        (&next::M, 2, &why::ABSENT),
        (&last::G_II, 0, &why::OTHER_CASE),
    ] {
        assert_eq!(
            outcome(steps, row, place),
            &StepOutcome::NotApplicable(why),
            "{}",
            row.id
        );
    }
    assert_eq!(outcome(steps, &next::H_1, 2), &StepOutcome::Passed);
    assert_eq!(outcome(steps, &basic::E, 0), &StepOutcome::Passed);
}

#[test]
fn policies_take_the_case_that_applies() {
    use step::{rfc5280_6_1_3 as basic, rfc5280_6_1_4 as next};
    let top = authority("CA", "Root")
        .policies(&[P1])
        .mappings(&[(P1, P2)])
        .inhibit_any_policy(0);
    let path = [top, leaf("A", "CA").policies(&[P2, ANY])];
    let checked = checked(&anchor(), &path, &PLAIN);
    let steps = checked.steps.as_slice();
    let skipped = StepOutcome::NotApplicable;
    for (row, place, expected) in [
        (&basic::D_2, 1, skipped(&why::NO_ANY_POLICY)),
        (&basic::D_2, 0, skipped(&why::INHIBITED)),
        (&basic::D_3, 0, StepOutcome::Passed),
        (&basic::E, 0, skipped(&why::OTHER_CASE)),
        (&next::B_1, 1, StepOutcome::Passed),
        (&next::B_2, 1, skipped(&why::OTHER_CASE)),
        (&next::J, 1, StepOutcome::Passed),
    ] {
        assert_eq!(outcome(steps, row, place), &expected, "{}", row.id);
    }
}

#[test]
fn a_failed_step_names_its_findings_on_its_certificate() {
    use step::{rfc5280_6_1_3 as basic, rfc5280_6_1_4 as next};
    let ca = leaf("CA", "Root").permitted(dns("example"));
    let path = [ca, leaf("A", "CA").alternative_names(&[dns("a.test")])];
    let checked = checked(&anchor(), &path, &PLAIN);
    let steps = checked.steps.as_slice();
    let failed = |row, place| match outcome(steps, row, place) {
        StepOutcome::Failed(codes) => codes.iter().map(|code| code.id).collect(),
        _ => Vec::new(),
    };
    assert_eq!(failed(&next::K, 1), ["path.basic_constraints.not_ca"]);
    assert_eq!(
        failed(&basic::B, 0),
        ["path.name_constraints.not_permitted"]
    );
    let unseen = StepOutcome::NotApplicable(&why::NOT_REACHED);
    assert_eq!(outcome(steps, &basic::C, 0), &unseen);
    let count = steps
        .iter()
        .filter(|step| matches!(step.outcome, StepOutcome::Failed(_)));
    assert_eq!(count.count(), 2);
}

/// A person of the test PKI, judged with CRLs or without.
fn judged(id: &str, crls: &[&str], policy: &str, at: UnixTime) -> CertificateReport {
    let pki = named("p256").unwrap();
    let mut material = Material::default();
    let limits = Limits::STANDARD;
    material
        .add_anchors(&pki.certificate("root").unwrap().der, &limits)
        .unwrap();
    for id in ["ca", id] {
        material
            .add(&pki.certificate(id).unwrap().der, &limits)
            .unwrap();
    }
    for id in crls {
        material.add(pki.crl(id).unwrap(), &limits).unwrap();
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(policy).unwrap(),
        limits,
    };
    let person = Arc::clone(material.certificates.last().unwrap());
    let report = validator.validate_certificate(&person, &material, at);
    match report.unwrap().judged {
        Judged::Certificate(report) => *report,
        _ => panic!("a certificate was judged"),
    }
}

#[test]
fn revocation_stands_between_validity_and_names() {
    use step::{en319102_1_5_2_6_4 as etsi, rfc5280_6_1_3 as basic};
    let report = judged("person", &["root", "ca"], "etsi-ades", AT);
    let steps = report.steps.as_slice();
    for place in [0, 1] {
        let found = rows(steps, Some(place));
        let at = |row: &StepRow| found.iter().position(|id| *id == row.id).unwrap();
        assert!(at(&basic::A_2) < at(&basic::A_3) && at(&basic::A_3) < at(&basic::A_4));
        assert_eq!(outcome(steps, &basic::A_3, place), &StepOutcome::Passed);
    }
    assert_eq!(steps[0].row, &etsi::STEP_2);
    assert_eq!(steps.last().unwrap().row, &etsi::STEP_7);
    assert!(
        !steps
            .iter()
            .any(|step| matches!(step.outcome, StepOutcome::Failed(_)))
    );
}

#[test]
fn what_the_caller_judges_fails_in_its_place() {
    use step::{en319102_1_5_2_6_4 as etsi, rfc5280_6_1_3 as basic};
    let missing = judged("person", &["root"], "etsi-ades", AT);
    let failed = |report: &CertificateReport, row| match outcome(report.steps.as_slice(), row, 0) {
        StepOutcome::Failed(codes) => codes.iter().map(|code| code.id).collect(),
        _ => Vec::new(),
    };
    assert_eq!(failed(&missing, &basic::A_3), ["revocation.data.missing"]);
    // 2045: after the person's certificate, within that of its authority.
    let later = UnixTime::from_seconds(2_366_841_600);
    let expired = judged("person", &[], "pkix", later);
    assert_eq!(
        failed(&expired, &etsi::STEP_7),
        ["path.validity.expired_not_revoked"]
    );
    let no_data = StepOutcome::NotApplicable(&why::NO_DATA);
    assert_eq!(outcome(expired.steps.as_slice(), &basic::A_3, 0), &no_data);
}

#[test]
fn a_path_that_is_not_found_says_where_it_ended() {
    let pki = named("p256").unwrap();
    let der = &pki.certificate("person").unwrap().der;
    let mut material = Material::default();
    material.add(der, &Limits::STANDARD).unwrap();
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("pkix").unwrap(),
        limits: Limits::STANDARD,
    };
    let person = Arc::clone(&material.certificates[0]);
    // A stranger with the authority's name.
    let name = person.issuer.octets.to_vec();
    let stranger = authority("CA", "Root").subject(name).make();
    for (anchors, expected) in [
        (vec![], vec!["en319102-1.5.2.6.4.step.2"]),
        (
            vec![stranger],
            vec!["rfc5280.6.1.3.a.1", "en319102-1.5.2.6.4.step.2"],
        ),
    ] {
        material.anchors = anchors;
        let report = validator.validate_certificate(&person, &material, AT);
        let Judged::Certificate(report) = report.unwrap().judged else {
            panic!("a certificate was judged");
        };
        let steps = report.steps.as_slice();
        let found: Vec<&str> = steps.iter().map(|step| step.row.id).collect();
        assert_eq!(found, expected);
        if let [first, _] = steps {
            let about = Subject::Certificate(person.sha256());
            assert_eq!(first.subject, StepSubject::object(Arc::new(about)));
        }
    }
}
