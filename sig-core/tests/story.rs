//! A report that is explained can be followed by a reader who knows no codes, in Russian and in English.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::Language;
use sig_core::report::text::{self, Detail};
use sig_core::report::{Judged, Report, SignatureReport};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, TrustSnapshot};
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

const LIMITS: Limits = Limits::STANDARD;

/// Made once for all tests.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| all().unwrap());

/// None where a limit was reached.
fn judge(case: &Case) -> Option<Report> {
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &LIMITS).unwrap();
    }
    for object in case.certificates.iter().chain(&case.crls).chain(&case.ocsp) {
        material.add(object, &LIMITS).unwrap();
    }
    if let Some(xml) = &case.trust_list {
        let pin = ListSigner {
            anchors: material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: UnixTime::from_seconds(case.at),
        };
        let built = TrustSnapshot::build(xml, &pin, &RUSTCRYPTO, ListLimits::STANDARD);
        material.trust = built.ok().map(Arc::new);
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(&case.policy).ok()?,
        limits: LIMITS,
    };
    let evidence = Evidence::parse(&case.signature, &LIMITS).ok()?;
    let mut evidence = evidence.with_material(material);
    if let Some(content) = &case.content {
        evidence = evidence.with_content(content.clone());
    }
    let at = UnixTime::from_seconds(case.at);
    validator.validate(evidence, at).ok()
}

fn explained(report: &Report, language: Language) -> String {
    text::write(report, language, Detail::Explain)
}

/// The sentences of each story, in their order.
fn stories(text: &str, title: &str) -> Vec<Vec<String>> {
    let mut stories: Vec<Vec<String>> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let numbered = line.trim_start().split_once(". ");
        let number = numbered.and_then(|(number, _)| number.parse::<usize>().ok());
        if line.trim() == format!("{title}:") {
            stories.push(Vec::new());
            is_open = true;
        } else if let (true, Some(number), Some(story)) = (is_open, number, stories.last_mut()) {
            assert_eq!(number, story.len() + 1, "{line}");
            story.push(numbered.unwrap().1.to_owned());
        } else {
            is_open = false;
        }
    }
    stories
}

/// A sentence without what others named: names in quotes, distinguished names, citations and digests.
fn own_words(sentence: &str) -> String {
    let mut text = String::new();
    let mut is_quoted = false;
    for character in sentence.chars() {
        match character {
            '«' => is_quoted = true,
            '»' => is_quoted = false,
            other if !is_quoted => text.push(other),
            _ => {}
        }
    }
    let words = text.split_whitespace();
    let words = words.filter(|word| !word.contains(['=', '\\', '-', '_', '.', '/']));
    words.collect::<Vec<_>>().join(" ")
}

fn count(signatures: &[SignatureReport]) -> usize {
    let nested = signatures.iter();
    let nested = nested.map(|signature| count(&signature.counter_signatures));
    signatures.len() + nested.sum::<usize>()
}

#[test]
fn every_file_is_told_in_both_languages() {
    let mut folders = BTreeSet::new();
    let mut told = 0;
    let mut foreign = BTreeSet::new();
    for case in CASES.iter() {
        // One PKI of each case: the others differ in algorithms only.
        if !folders.insert((&case.area, &case.folder)) {
            continue;
        }
        let Some(report) = judge(case) else {
            continue;
        };
        let name = format!("{}/{}", case.area, case.id);
        let expected = match &report.judged {
            Judged::Signatures { signatures, .. } => count(signatures).max(1),
            _ => 1,
        };
        let verdicts = ["Вывод по правилам", "Verdict by the rules"];
        let titles = ["простыми словами", "in plain words"];
        let languages = [Language::Ru, Language::En];
        let mut lengths = Vec::new();
        for ((language, title), verdict) in languages.into_iter().zip(titles).zip(verdicts) {
            let text = explained(&report, language);
            let stories = stories(&text, title);
            assert_eq!(stories.len(), expected, "{name}: {text}");
            for story in &stories {
                let last = story.last().unwrap();
                assert!(
                    story.len() < 3 || last.starts_with(verdict),
                    "{name}: {last}"
                );
                for sentence in story {
                    assert!(sentence.ends_with('.'), "{name}: {sentence}");
                    assert!(!sentence.contains("  "), "{name}: {sentence}");
                }
            }
            lengths.push(stories.iter().map(Vec::len).collect::<Vec<_>>());
            if language == Language::Ru {
                foreign.extend(english(&text, &stories));
            }
        }
        assert_eq!(lengths[0], lengths[1], "{name}");
        told += 1;
    }
    assert_eq!(foreign, BTreeSet::new());
    assert!(told > 100, "{told}");
}

/// Names of policies and algorithms.
const NAMES: [&str; 3] = ["archive", "gost", "pkix"];

/// What is English in a Russian report.
fn english(text: &str, stories: &[Vec<String>]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for sentence in stories.iter().flatten() {
        for word in own_words(sentence).split(|c: char| !c.is_alphanumeric()) {
            let is_english = word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
            if is_english && !NAMES.contains(&word) {
                found.insert(format!("{word}: {sentence}"));
            }
        }
    }
    for line in text.lines() {
        if let Some(item) = line.trim().strip_prefix("не проверялось: ") {
            let (what, why) = item.split_once(" (").unwrap();
            if what.is_ascii() || why.is_ascii() {
                found.insert(line.to_owned());
            }
        }
    }
    found
}

fn case(id: &str) -> Report {
    let case = CASES.iter().find(|case| case.id == id);
    judge(case.unwrap_or_else(|| panic!("no case {id}"))).unwrap()
}

#[test]
fn counter_signatures_have_stories_of_their_own() {
    let report = case("16-nested");
    let text = explained(&report, Language::Ru);
    let told = stories(&text, "простыми словами");
    assert_eq!(told.len(), 3, "{text}");
    let has = |story: &[String], start: &str| {
        let found = story.iter().any(|sentence| sentence.starts_with(start));
        assert!(found, "{start} in {story:#?}");
    };
    has(&told[0], "Документ лежит внутри подписи.");
    has(&told[0], "Документ не изменён с тех пор, как его подписали");
    has(&told[0], "Эту подпись заверяют: 1.1 («");
    has(
        &told[1],
        "Эта подпись заверяет подпись 1: она поставлена на её значение",
    );
    has(&told[1], "Подпись 1 не изменена с тех пор, как её заверили");
    has(&told[1], "Эту подпись заверяют: 1.1.1 («");
    has(&told[2], "Эта подпись заверяет подпись 1.1: ");
    assert!(
        !told[2]
            .iter()
            .any(|sentence| sentence.starts_with("Эту подпись заверяют"))
    );
    let told = stories(&explained(&report, Language::En), "in plain words");
    has(
        &told[1],
        "This signature countersigns signature 1: it is over the value",
    );
    has(
        &told[1],
        "Signature 1 has not changed since it was countersigned",
    );
    has(&told[0], "This signature is countersigned by: 1.1 («");

    // One that fits another signature is told so, and the parent's verdict stands.
    let report = case("16-of-another-value");
    let told = stories(&explained(&report, Language::Ru), "простыми словами");
    has(&told[1], "Подпись 1 и эта подпись не подходят друг к другу");
    let verdict = told[0].last().unwrap();
    assert!(verdict.ends_with("подпись действительна."), "{verdict}");
    let counter = told[0]
        .iter()
        .find(|it| it.starts_with("Эту подпись заверяют"));
    assert!(
        counter.unwrap().contains("— недействительна."),
        "{counter:?}"
    );
}

#[test]
fn nobody_is_told_that_a_document_is_sound_when_it_may_be_another() {
    for (id, said) in [
        (
            "01-attributes-stripped-into-content",
            "построена подпись не по правилам",
        ),
        (
            "06-digest-wrong-signature-right",
            "Подписан не этот документ",
        ),
        (
            "06-digest-right-signature-wrong",
            "Сама подпись не подходит к ключу",
        ),
        (
            "60-no-content",
            "Изменён ли документ после подписания, установить нельзя",
        ),
    ] {
        let told = stories(&explained(&case(id), Language::Ru), "простыми словами");
        let has = |part: &str| told[0].iter().any(|sentence| sentence.contains(part));
        assert!(has(said), "{id}: {told:#?}");
        assert!(!has("Документ не изменён"), "{id}: {told:#?}");
    }
}

#[test]
fn each_time_stamp_is_told_with_its_verdict() {
    let report = case("50-imprint-of-another");
    let told = stories(&explained(&report, Language::Ru), "простыми словами");
    let stamp = told[0]
        .iter()
        .find(|it| it.starts_with("Штамп на подписи, "));
    let stamp = stamp.unwrap();
    let parts = [
        " UTC, служба «",
        "недействителен, потому что: штамп времени поставлен на другие",
    ];
    for part in parts {
        assert!(stamp.contains(part), "{part} in {stamp}");
    }
    let has_none = |it: &String| it.starts_with("Годного штампа времени на подписи нет");
    assert!(told[0].iter().any(has_none));
    let told = stories(
        &explained(&case("50-exact"), Language::En),
        "in plain words",
    );
    let proven = "Time-stamps prove that the signature existed already";
    assert!(told[0].iter().any(|it| it.starts_with(proven)));
    assert!(told[0].iter().any(|it| it.ends_with(": valid.")));
}

#[test]
fn a_file_without_a_signature_says_what_it_is() {
    let told = |id| stories(&explained(&case(id), Language::Ru), "простыми словами");
    let none = told("04-no-signers");
    assert!(none[0][0].starts_with("Это сообщение CMS, в котором нет ни одного подписанта"));
    let cut = told("20-length-claimed-by-content");
    assert!(cut[0][0].starts_with("Файл похож на подпись, но прочитать её нельзя"));
    assert!(cut[0][1].starts_with("Причина: "), "{cut:?}");
}
