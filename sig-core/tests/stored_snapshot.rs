//! A verdict by a stored snapshot is the verdict by the snapshot that was built, octet for octet.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod back_ends;

use std::sync::Arc;

use back_ends::back_ends;
use sig_core::alg::provider::Algorithms;
use sig_core::report::json;
use sig_core::report::text::Detail;
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, OwnFile, TrustSnapshot};
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

struct Judging<'a> {
    case: &'a Case,
    algorithms: &'static Algorithms,
    material: Material,
}

impl<'a> Judging<'a> {
    fn new(case: &'a Case, algorithms: &'static Algorithms) -> Self {
        let limits = Limits::STANDARD;
        let mut material = Material::default();
        for anchor in &case.anchors {
            material.add_anchors(anchor, &limits).unwrap();
        }
        for object in case.certificates.iter().chain(&case.crls).chain(&case.ocsp) {
            material.add(object, &limits).unwrap();
        }
        Self {
            case,
            algorithms,
            material,
        }
    }

    fn snapshot(&self) -> Option<TrustSnapshot> {
        let pin = ListSigner {
            anchors: self.material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: UnixTime::from_seconds(self.case.at),
        };
        let list = self.case.trust_list.as_ref()?;
        TrustSnapshot::build(list, &pin, self.algorithms, ListLimits::STANDARD).ok()
    }

    fn report(&self, snapshot: TrustSnapshot) -> String {
        let mut material = self.material.clone();
        let crls = std::mem::take(&mut material.crls);
        let snapshot = snapshot.with_crls(crls, self.algorithms).unwrap();
        material.trust = Some(Arc::new(snapshot));
        let policy = Policy::builtin(&self.case.policy)
            .or_else(|_| Policy::testing(&self.case.policy))
            .unwrap();
        let validator = Validator {
            algorithms: self.algorithms,
            policy,
            limits: Limits::STANDARD,
        };
        let mut evidence = Evidence::parse(&self.case.signature, &Limits::STANDARD)
            .unwrap()
            .with_material(material);
        if let Some(content) = &self.case.content {
            evidence = evidence.with_content(content.clone());
        }
        let at = UnixTime::from_seconds(self.case.at);
        json::write_in(&validator.validate(evidence, at).unwrap(), Detail::Explain)
    }
}

#[test]
fn a_stored_snapshot_gives_the_same_report() {
    let mut compared = 0;
    for (number, case) in all().unwrap().iter().enumerate() {
        let back_ends = back_ends();
        let algorithms = back_ends[number % back_ends.len()];
        let judging = Judging::new(case, algorithms);
        let Some(built) = judging.snapshot() else {
            continue;
        };
        let file = OwnFile::vouched(built.to_stored().into());
        let read = TrustSnapshot::from_stored(&file, algorithms, ListLimits::STANDARD).unwrap();
        assert!(!read.checked_anew);
        let (expected, report) = (judging.report(built), judging.report(read.snapshot));
        assert_eq!(report, expected, "{}/{}", case.area, case.id);
        compared += 1;
    }
    assert!(compared >= 20, "{compared}");
}
