//! Walks every row and holds its cases against it.

use std::collections::{BTreeMap, BTreeSet};

use sig_core::UnixTime;
use sig_core::finding::Level;
use sig_core::profile::{self, Basis, Holder, Outcome, Rule, Set};

use crate::bases::Base;
use crate::cases::{self, Case};
use crate::draft::Draft;

type Outcomes = BTreeMap<&'static str, Outcome>;

fn outcomes(draft: &Draft, set: Set) -> Outcomes {
    let results = profile::report(&draft.certificate(), set);
    results
        .iter()
        .map(|it| (it.rule.code, it.outcome))
        .collect()
}

fn cases() -> BTreeMap<&'static str, &'static Case> {
    let mut found = BTreeMap::new();
    for case in cases::all() {
        assert!(
            found.insert(case.code, case).is_none(),
            "{} has two cases",
            case.code
        );
    }
    found
}

fn dated(base: Base, not_before: UnixTime) -> Draft {
    let mut draft = base.draft();
    draft.not_before = not_before;
    draft.not_after = not_before.plus_seconds(400 * 86_400);
    draft
}

#[test]
fn good_certificates_break_nothing() {
    for base in Base::ALL {
        let outcomes = outcomes(&base.draft(), base.set());
        let broken: Vec<_> = outcomes
            .iter()
            .filter(|(_, it)| **it == Outcome::Fail)
            .collect();
        let expected: &[&str] = match base {
            // The law speaks of a person beside the organisation and of the exception.
            Base::Automatic => &["profile.subject.acting_person"],
            _ => &[],
        };
        assert!(
            broken
                .iter()
                .map(|(code, _)| **code)
                .eq(expected.iter().copied()),
            "{base:?}: {broken:?}"
        );
    }
}

#[test]
fn bases_are_of_every_kind_of_holder() {
    let kinds: BTreeSet<Holder> = Base::ALL
        .iter()
        .map(|base| Holder::of(&base.draft().certificate()))
        .collect();
    assert!(kinds.iter().eq(Holder::ALL), "{kinds:?}");
}

#[test]
fn every_row_has_its_case_and_every_case_its_row() {
    let rows: BTreeSet<&str> = profile::all().map(|rule| rule.code).collect();
    let cases: BTreeSet<&str> = cases().into_keys().collect();
    let without: Vec<_> = rows.difference(&cases).collect();
    let unknown: Vec<_> = cases.difference(&rows).collect();
    assert!(
        without.is_empty() && unknown.is_empty(),
        "without a case: {without:?}; without a row: {unknown:?}"
    );
}

#[test]
fn every_row_passes_on_its_good_certificate_and_its_change_breaks_it_alone() {
    let mut wrong = Vec::new();
    for (code, case) in cases() {
        let set = case.base.set();
        let good = outcomes(&case.base.draft(), set);
        if good.get(code) != Some(&Outcome::Pass) {
            wrong.push(format!(
                "{code}: {:?} on the good certificate",
                good.get(code)
            ));
        }
        let mut draft = case.base.draft();
        (case.change)(&mut draft);
        let changed = outcomes(&draft, set);
        let broken: BTreeSet<&str> = changed
            .iter()
            .filter(|(code, it)| **it == Outcome::Fail && good.get(*code) != Some(&Outcome::Fail))
            .map(|(code, _)| *code)
            .collect();
        let expected: BTreeSet<&str> = case.also.iter().copied().chain([code]).collect();
        if broken != expected {
            wrong.push(format!("{code}: breaks {broken:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_is_out_of_force_before_its_day_and_after_its_last() {
    for (code, case) in cases() {
        let rule = rule(code);
        let at = |time: UnixTime| outcomes(&dated(case.base, time), case.base.set())[code];
        let from = rule
            .in_force
            .from
            .unwrap_or_else(|| panic!("{code} has no first day"));
        assert_eq!(at(from.plus_seconds(-1)), Outcome::NotInForce, "{code}");
        assert_ne!(at(from), Outcome::NotInForce, "{code}");
        if let Some(until) = rule.in_force.until {
            assert_ne!(at(until.plus_seconds(-1)), Outcome::NotInForce, "{code}");
            assert_eq!(at(until), Outcome::NotInForce, "{code}");
        }
    }
}

#[test]
fn a_row_binds_those_it_names_and_nobody_else() {
    for (code, case) in cases() {
        let rule = rule(code);
        for base in Base::ALL {
            let holder = Holder::of(&base.draft().certificate());
            let outcome = outcomes(&base.draft(), case.base.set())[code];
            if !rule.applies.contains(&holder) {
                assert_eq!(outcome, Outcome::NotApplicable, "{code} {base:?}");
            }
        }
    }
}

fn rule(code: &str) -> &'static Rule {
    profile::all().find(|rule| rule.code == code).unwrap()
}

#[test]
fn rows_are_well_formed() {
    let mut codes = BTreeSet::new();
    for rule in profile::all() {
        let code = rule.code;
        assert!(codes.insert(code), "{code} twice");
        assert!(
            code.starts_with("profile.") && code.split('.').count() == 3,
            "{code}"
        );
        assert!(
            !rule.ru.is_empty() && !rule.en.is_empty() && !rule.clause.is_empty(),
            "{code}"
        );
        assert!(!rule.applies.is_empty(), "{code}");
        assert!(
            rule.basis == Basis::Text || rule.level < Level::Fail,
            "{code}: only a text may fail"
        );
        let of_the_law = rule.clause.starts_with("63-FZ");
        assert!(
            of_the_law || rule.level < Level::Fail,
            "{code}: only the law may fail"
        );
    }
    let count = |set: Set| set.rules().count();
    let [internet, russian, european] = [Set::Internet, Set::Russian, Set::European].map(count);
    assert!(
        russian >= 60 && european - internet >= 20,
        "{internet} {russian} {european}"
    );
    assert_eq!(russian + european - internet, codes.len());
}
