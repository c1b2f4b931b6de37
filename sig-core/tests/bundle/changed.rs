//! Bundles in which something was changed.

use sig_core::Limits;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::Language;
use sig_core::report::bundle::{Bundle, BundleLimits, BundleRejected, Place};

use super::bundle_file::{made_anew, members, zip};
use super::{DIGESTS, bundle, case, read};

const LIMITS: BundleLimits = BundleLimits::STANDARD;

fn good() -> Vec<u8> {
    let case = case("04-one-signer");
    bundle(case, DIGESTS, &RUSTCRYPTO).1.unwrap()
}

fn rejected(file: &[u8]) -> BundleRejected {
    Bundle::read(file, &LIMITS).unwrap_err()
}

#[test]
fn a_changed_octet_anywhere_is_found() {
    let good = good();
    assert!(Bundle::read(&good, &LIMITS).is_ok());
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(Bundle::read(&changed, &LIMITS).is_err(), "octet {at}");
    }
}

#[test]
fn the_part_that_was_changed_is_named() {
    let good = good();
    let members = members(&good);
    assert_eq!(members[0].0, "manifest.json");
    let names: Vec<String> = members.iter().skip(1).map(|it| it.0.clone()).collect();
    assert_eq!(names, read(&good).names());
    let directory = members.last().unwrap().2.end;
    let mut record = directory;
    for (name, header, content) in &members {
        let named = |at: usize, place| {
            let mut changed = good.clone();
            changed[at] ^= 0x20;
            assert_eq!(
                rejected(&changed),
                BundleRejected::Changed(name.clone(), place),
                "octet {at} of {name}"
            );
        };
        for at in content.clone().step_by(97).chain([content.end - 1]) {
            named(at, Place::Content);
        }
        // Version, flags, time, date, size and name; the checksum of a part, too.
        for at in [4, 6, 10, 12, 18, 22, 30] {
            named(header + at, Place::Header);
        }
        if name != "manifest.json" {
            named(header + 14, Place::Header);
        }
        for at in [0, 4, 16, 20, 42, 46] {
            named(record + at, Place::Directory);
        }
        record += 46 + name.len();
    }
    let end = |at: usize| {
        let mut changed = good.clone();
        changed[record + at] ^= 1;
        rejected(&changed).part().map(str::to_owned)
    };
    for at in 0..22 {
        assert_eq!(end(at).as_deref(), Some("end of archive"));
    }
}

#[test]
fn a_file_that_ends_early_or_late_is_refused() {
    let good = good();
    let members = members(&good);
    for (name, _, content) in &members {
        let cut = rejected(&good[..content.end - 1]);
        assert_eq!(cut, BundleRejected::Truncated(name.clone()));
    }
    let cut = rejected(&good[..good.len() - 1]);
    assert_eq!(cut.part(), Some("end of archive"));
    for length in (0..good.len()).step_by(5) {
        assert!(Bundle::read(&good[..length], &LIMITS).is_err(), "{length}");
    }
    let longer = [good.as_slice(), &[0]].concat();
    assert_eq!(rejected(&longer), BundleRejected::Trailing);
}

#[test]
fn parts_that_are_missing_extra_or_there_twice_are_named() {
    let good = good();
    let members = members(&good);
    let directory = members.last().unwrap().2.end;
    let stranger = zip(&[("x.bin".to_owned(), b"octets".to_vec())]);
    let stranger = &stranger[..30 + "x.bin".len() + "octets".len()];
    for (place, (name, header, content)) in members.iter().enumerate().skip(1) {
        let without = [&good[..*header], &good[content.end..]].concat();
        assert_eq!(rejected(&without), BundleRejected::Missing(name.clone()));
        let member = &good[*header..content.end];
        let twice = [&good[..content.end], member, &good[content.end..]].concat();
        assert_eq!(
            rejected(&twice),
            BundleRejected::Duplicate(name.clone()),
            "{place}"
        );
        let last = [&good[..directory], member, &good[directory..]].concat();
        assert_eq!(rejected(&last), BundleRejected::Duplicate(name.clone()));
        for at in [*header, directory] {
            let extra = [&good[..at], stranger, &good[at..]].concat();
            assert_eq!(rejected(&extra), BundleRejected::Extra);
        }
    }
}

#[test]
fn another_form_another_version_and_too_much_are_told_apart() {
    let good = good();
    for other in [&b""[..], b"PK", b"not a bundle", b"\x30\x03\x02\x01\x00"] {
        assert_eq!(rejected(other), BundleRejected::NotABundle);
    }
    let limits = |octets, parts| BundleLimits {
        octets,
        parts,
        ..LIMITS
    };
    let size = good.len() as u64;
    let count = read(&good).parts().len();
    let read = |limits| Bundle::read(&good, &limits).err();
    assert_eq!(read(limits(size, count)), None);
    let too_much = |what| Some(BundleRejected::TooMuch(what));
    assert_eq!(read(limits(size - 1, count)), too_much("octets"));
    assert_eq!(read(limits(size, count - 1)), too_much("parts"));
    let judging = Limits {
        nodes: Limits::STANDARD.nodes - 1,
        ..Limits::STANDARD
    };
    assert_eq!(read(BundleLimits { judging, ..LIMITS }), too_much("limits"));
}

/// Who writes a bundle anew, with all its digests, gives another judgement: the report is not the one it holds.
#[test]
fn a_bundle_that_was_made_anew_with_another_part_gives_another_report() {
    let good = good();
    let text = |from: &str, to: &str| made_anew(&good, from, to);
    let weaker = text("\nrevocation = \"required\"", "\nrevocation = \"off\"");
    let replay = read(&weaker).judge(&RUSTCRYPTO).unwrap();
    let places: Vec<&str> = replay
        .differences
        .iter()
        .map(|it| it.pointer.as_str())
        .collect();
    assert!(places.contains(&"/policy/digest"), "{places:?}");
    // A policy that is not written in its one form has no digest.
    let other = text("\nrevocation = \"", "\nrevocation =  \"");
    let refused = read(&other).judge(&RUSTCRYPTO).unwrap_err();
    assert_eq!(refused, BundleRejected::Unusable("policy"));
    let later = text("\"at\":\"2026", "\"at\":\"2027");
    let replay = read(&later).judge(&RUSTCRYPTO).unwrap();
    assert!(!replay.differences.is_empty());
    let verdict = text("TOTAL_PASSED", "TOTAL_FAILED");
    let replay = read(&verdict).judge(&RUSTCRYPTO).unwrap();
    assert_eq!(replay.differences[0].pointer, "/conclusion/indication");
    for version in [0, 2] {
        let to = format!("\"version\":{version}");
        let file = text("\"version\":1", &to);
        assert_eq!(rejected(&file), BundleRejected::OtherVersion(version));
    }
    let spaced = text("\"version\":1", "\"version\": 1");
    assert_eq!(rejected(&spaced), BundleRejected::Manifest);
}

/// The names of who judged first take the place of those of who judges now, so they can hold nothing else.
#[test]
fn names_of_engine_and_back_end_are_names_only() {
    let good = good();
    let (engine, back_end) = (sig_core::report::json::ENGINE, RUSTCRYPTO.name);
    for (member, own) in [("engine", engine), ("back_end", back_end)] {
        let named = |name: &str| {
            let quoted = |name: &str| format!("\"{member}\":\"{name}\"");
            made_anew(&good, &quoted(own), &quoted(name))
        };
        let plain = Bundle::read(&named("Other-2.0 +x"), &LIMITS).unwrap();
        assert_eq!(plain.judge(&RUSTCRYPTO).unwrap().differences, []);
        let long = "x".repeat(65);
        for name in ["", "a\\\",\\\"b", "a_b", "\u{202e}", "имя", &long] {
            assert_eq!(rejected(&named(name)), BundleRejected::Manifest, "{name}");
        }
    }
}

#[test]
fn a_second_writer_gives_the_same_octets() {
    let good = good();
    let all = members(&good);
    let all: Vec<_> = all
        .into_iter()
        .map(|(name, _, at)| (name, good[at].to_vec()))
        .collect();
    assert_eq!(zip(&all), good);
}

#[test]
fn every_reason_is_said_in_both_languages() {
    let part = || "crls/0000.der".to_owned();
    let all = [
        BundleRejected::NotABundle,
        BundleRejected::OtherVersion(2),
        BundleRejected::TooMuch("parts"),
        BundleRejected::Manifest,
        BundleRejected::Changed(part(), Place::Content),
        BundleRejected::Changed(part(), Place::Header),
        BundleRejected::Changed(part(), Place::Directory),
        BundleRejected::Truncated(part()),
        BundleRejected::Missing(part()),
        BundleRejected::Duplicate(part()),
        BundleRejected::Extra,
        BundleRejected::Trailing,
        BundleRejected::Unusable("policy"),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for rejected in &all {
        let [en, ru] = [Language::En, Language::Ru].map(|language| rejected.text(language));
        assert!(en.is_ascii() && !ru.is_ascii(), "{en} / {ru}");
        if let Some(part) = rejected.part().filter(|part| part.contains('/')) {
            assert!(en.contains(part) && ru.contains(part));
        }
        assert!(seen.insert(en) && seen.insert(ru));
    }
}
