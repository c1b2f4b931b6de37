//! What a report shows of identity and profile.

use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::oids::*;
use sig_core::der::tag::Tag;
use sig_core::finding::Language;
use sig_core::profile::{Outcome, Set};
use sig_core::report::text::Detail;
use sig_core::report::{Judged, Report, json, text};
use sig_core::{Limits, Material, Policy, Validator};

use crate::bases::Base;
use crate::draft::{Draft, at};

fn judge(draft: &Draft, policy: &str) -> Report {
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(policy).unwrap(),
        limits: Limits::STANDARD,
    };
    let certificate = Arc::new(draft.certificate());
    let at = at("2024-06-01T00:00:00Z");
    let material = Material::default();
    validator
        .validate_certificate(&certificate, &material, at)
        .unwrap()
}

fn value(report: &Report) -> serde_json::Value {
    let whole: serde_json::Value = serde_json::from_str(&json::write(report)).unwrap();
    whole["certificate"].clone()
}

#[test]
fn json_has_every_rule_and_the_holder() {
    let report = value(&judge(&Base::Organisation.draft(), "ru-qes"));
    let rules = report["profile"].as_array().unwrap();
    assert_eq!(rules.len(), Set::Russian.rules().count());
    let ogrn = rules.iter().find(|it| it["code"] == "profile.subject.ogrn");
    let expected = serde_json::json!({
        "code": "profile.subject.ogrn",
        "result": "pass",
        "level": "fail",
        "clause": "63-FZ art. 17(2) item 2",
        "facts": { "seen": "present" },
    });
    assert_eq!(ogrn, Some(&expected));

    let number = |value: &str| serde_json::json!({ "value": value, "check": "fit" });
    let identity = serde_json::json!({
        "kind": "person-for-organisation",
        "person": {
            "surname": "Иванова",
            "name": "Анна",
            "patronymic": "Петровна",
            "pseudonym": null,
            "snils": number("11223344595"),
            "inn": number("500100732259"),
            "ogrnip": null,
        },
        "organisation": {
            "name": "ООО «Ромашка»",
            "ogrn": number("1047707030513"),
            "inn": number("7707329152"),
        },
    });
    assert_eq!(report["identity"], identity);
}

#[test]
fn the_rules_are_those_of_the_policy_or_of_the_certificate() {
    let count = |base: Base, policy: &str| {
        let report = value(&judge(&base.draft(), policy));
        report["profile"].as_array().unwrap().len()
    };
    let [russian, european, internet] =
        [Set::Russian, Set::European, Set::Internet].map(|set| set.rules().count());
    assert_eq!(count(Base::Person, "etsi-ades"), russian);
    assert_eq!(count(Base::European, "etsi-ades"), european);
    assert_eq!(count(Base::Plain, "etsi-ades"), internet);
    assert_eq!(count(Base::European, "ru-qes"), russian);
}

#[test]
fn a_rule_that_is_broken_changes_no_verdict() {
    let good = Base::Person.draft();
    let mut bad = good.clone();
    bad.remove(SNILS);
    let [good, bad] = [good, bad].map(|draft| match judge(&draft, "ru-qes").judged {
        Judged::Certificate(report) => report,
        _ => panic!("a certificate was judged"),
    });
    let broken = |outcome| bad.profile.iter().filter(move |it| it.outcome == outcome);
    let codes: Vec<_> = broken(Outcome::Fail).map(|it| it.rule.code).collect();
    assert_eq!(codes, ["profile.subject.snils"]);
    assert_eq!(good.conclusion, bad.conclusion);
    assert_eq!(good.decided_by, bad.decided_by);
    let codes = |findings: &[sig_core::finding::Finding]| {
        findings.iter().map(|it| it.code.id).collect::<Vec<_>>()
    };
    assert_eq!(codes(&good.findings), codes(&bad.findings));
}

#[test]
fn people_read_it_in_their_language() {
    let mut draft = Base::Organisation.draft();
    draft.remove(STREET);
    draft.set(ORGANIZATION, "ООО\u{202e}»");
    draft.set(SNILS, "11223344594");
    draft.add(COMMON_NAME, Tag::UTF8_STRING, "Другое имя");
    let report = judge(&draft, "ru-qes");
    let page = |language, detail| text::write(&report, language, detail);
    let short = page(Language::Ru, Detail::Normal);
    for line in [
        "  кто: человек от имени организации\n",
        "  организация: ООО\\u{202e}\\u{bb}, ОГРН 1047707030513, ИНН 7707329152\n",
        "  ! СНИЛС: контрольные цифры не сходятся\n",
        "  ! profile.subject.attributes_once: не соблюдено: сведения о владельце не повторяются\n",
    ] {
        assert!(short.contains(line), "{line}{short}");
    }
    assert!(!short.contains("profile.subject.street"), "{short}");
    let all = page(Language::En, Detail::Explain);
    for line in [
        "  acts as: a person for an organisation\n",
        "  ! SNILS: the check digits do not fit\n",
        "  · profile.subject.street: not kept: street and house are stated\n      FSB order 795 — seen: absent\n",
        "  ! profile.subject.attributes_once: not kept: what identifies the holder is stated once\n",
    ] {
        assert!(all.contains(line), "{line}{all}");
    }
    assert!(all.contains("  rules for the certificate: kept "), "{all}");
}
