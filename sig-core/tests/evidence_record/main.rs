//! Evidence records (RFC 4998), alone, in attributes and beside a signature: each rule by a record that keeps it and one
//! that breaks it and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod file;
mod past;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::finding::Level;
use sig_core::report::{EvidenceRecordReport, Judged, Report, json};
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::evidence_record::{Archiving, EvidenceRecord};
use testdata::{Digest, Pki, Timestamp};

/// A PKI, its digest, and another one.
const KINDS: [(&str, Digest, Digest); 2] = [
    ("stamps-rsa", Digest::Sha256, Digest::Sha512),
    ("stamps-gost", Digest::Streebog256, Digest::Streebog512),
];
/// The lists of a reduced hash tree.
type Lists = Vec<Vec<Vec<u8>>>;

const DAY: i64 = 86_400;
/// 2026-11-01T12:00:00Z.
const FIRST: i64 = 1_793_534_400;
const OBJECT: &[u8] = b"content";
const PASSED: (&str, &str) = ("TOTAL_PASSED", "");
const BROKEN: (&str, &str) = ("TOTAL_FAILED", "FORMAT_FAILURE");
const OTHER: (&str, &str) = ("TOTAL_FAILED", "HASH_FAILURE");

fn archiving(pki: &Pki, digest: Digest, day: i64) -> Archiving<'_> {
    Archiving {
        pki,
        authority: "tsa",
        digest,
        gen_time: Timestamp(FIRST + day * DAY),
    }
}

fn material(pki: &Pki) -> Material {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    let root = pki.certificate("root").unwrap();
    material.add_anchors(&root.der, &limits).unwrap();
    for crl in ["root", "ca-2024", "ca", "ca-2"] {
        material.add(pki.crl(crl).unwrap(), &limits).unwrap();
    }
    material
}

fn judge(pki: &Pki, file: &[u8], with: impl FnOnce(Evidence) -> Evidence) -> Report {
    judge_by(material(pki), file, with)
}

fn judge_by(material: Material, file: &[u8], with: impl FnOnce(Evidence) -> Evidence) -> Report {
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("etsi-ades").unwrap(),
        limits: Limits::STANDARD,
    };
    let at = UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap();
    let evidence = Evidence::parse(file, &Limits::STANDARD).unwrap();
    let evidence = with(evidence).with_material(material);
    validator.validate(evidence, at).unwrap()
}

/// Judges a record alone over some objects.
fn alone(pki: &Pki, record: &EvidenceRecord, objects: &[&[u8]]) -> EvidenceRecordReport {
    let report = judge(pki, &record.der(), |mut evidence| {
        let (first, others) = objects.split_first().unwrap();
        evidence = evidence.with_content(*first);
        for other in others {
            evidence = evidence.with_document_of_group(*other);
        }
        evidence
    });
    match report.judged {
        Judged::EvidenceRecord {
            evidence_record, ..
        } => *evidence_record,
        other => panic!("{other:?}"),
    }
}

/// Indication, sub-indication and the codes of the record at level fail and warn.
fn outcome(report: &EvidenceRecordReport) -> (&'static str, &'static str, Vec<&'static str>) {
    let mut codes: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.level >= Level::Warn)
        .map(|finding| finding.code.id)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let conclusion = report.conclusion;
    let sub_indication = conclusion.sub_indication.map_or("", |sub| sub.name());
    (conclusion.indication.name(), sub_indication, codes)
}

fn each_kind(check: impl Fn(&'static Pki, Digest, Digest)) {
    for (name, digest, next) in KINDS {
        check(testdata::pki::named(name).unwrap(), digest, next);
    }
}

/// A group of two in a tree of five, its time-stamp renewed, then its tree.
fn renewed(pki: &Pki, digest: Digest, next: Digest) -> EvidenceRecord {
    let groups: [&[&[u8]]; 5] = [&[OBJECT, b"2"], &[b"3"], &[b"4"], &[b"5", b"6"], &[b"7"]];
    let mut record = EvidenceRecord::over(&archiving(pki, digest, 0), &groups).unwrap();
    let stamp = archiving(pki, digest, 1);
    record.renew_time_stamp(&stamp, &[b"a", b"b"]).unwrap();
    let tree = archiving(pki, next, 2);
    record.renew_hash_tree(&tree, &groups).unwrap();
    record
}

#[track_caller]
fn assert_outcome(
    report: &EvidenceRecordReport,
    (indication, sub_indication): (&str, &str),
    codes: &[&str],
) {
    let expected = (indication, sub_indication, codes.to_vec());
    assert_eq!(outcome(report), expected, "{:?}", report.findings);
    let is_proven = report.proven_not_later_than.is_some();
    assert_eq!(is_proven, indication == "TOTAL_PASSED");
}

#[test]
fn a_record_of_one_object_needs_no_tree() {
    each_kind(|pki, digest, _| {
        let first = archiving(pki, digest, 0);
        let record = EvidenceRecord::over(&first, &[&[OBJECT]]).unwrap();
        let passed = alone(pki, &record, &[OBJECT]);
        assert_outcome(&passed, PASSED, &[]);
        // One second of accuracy.
        let proven = UnixTime::from_seconds(FIRST + 1);
        assert_eq!(passed.proven_not_later_than, Some(proven));
        let other = alone(pki, &record, &[b"Content"]);
        let codes = ["evidence.object.not_covered", "evidence.stamp.not_valid"];
        assert_outcome(&other, OTHER, &codes);
        // Without a tree there is room for one object.
        let both = alone(pki, &record, &[OBJECT, b"another"]);
        assert_outcome(&both, OTHER, &codes[..1]);
    });
}

#[test]
fn a_group_is_covered_as_a_whole_and_in_parts() {
    each_kind(|pki, digest, _| {
        let first = archiving(pki, digest, 0);
        let group: &[&[u8]] = &[OBJECT, b"second", b"third"];
        let record = EvidenceRecord::over(&first, &[group]).unwrap();
        assert_outcome(&alone(pki, &record, group), PASSED, &[]);
        assert_outcome(&alone(pki, &record, &[b"third"]), PASSED, &[]);
        let other = alone(pki, &record, &[OBJECT, b"fourth"]);
        assert_outcome(&other, OTHER, &["evidence.object.not_covered"]);
        let mut fewer = record.clone();
        fewer.chains[0][0].lists.as_mut().unwrap()[0].remove(0);
        let report = alone(pki, &fewer, &[OBJECT, b"second", b"third"]);
        let codes = ["evidence.object.not_covered", "evidence.stamp.not_valid"];
        assert_outcome(&report, OTHER, &codes);
    });
}

#[test]
fn a_tree_leads_to_what_was_stamped() {
    each_kind(|pki, digest, _| {
        let first = archiving(pki, digest, 0);
        let groups: [&[&[u8]]; 5] = [&[OBJECT], &[b"2"], &[b"3"], &[b"4"], &[b"5"]];
        let record = EvidenceRecord::over(&first, &groups).unwrap();
        let lists = record.chains[0][0].lists.clone().unwrap();
        let lengths: Vec<usize> = lists.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1]);
        assert_outcome(&alone(pki, &record, &[OBJECT]), PASSED, &[]);
        let changed = |change: &dyn Fn(&mut Lists)| {
            let mut record = record.clone();
            change(record.chains[0][0].lists.as_mut().unwrap());
            alone(pki, &record, &[OBJECT])
        };
        let invalid = ["evidence.stamp.not_valid"];
        // A sibling is missing, is another one, stands on another level.
        let report = changed(&|lists| drop(lists.pop()));
        assert_outcome(&report, OTHER, &invalid);
        let report = changed(&|lists| lists[1][0][0] ^= 1);
        assert_outcome(&report, OTHER, &invalid);
        let report = changed(&|lists| lists.swap(1, 2));
        assert_outcome(&report, OTHER, &invalid);
        // The order in a list does not matter; that the object stands in the first one does.
        let report = changed(&|lists| lists[0].reverse());
        assert_outcome(&report, PASSED, &[]);
        let report = changed(&|lists| lists.rotate_left(1));
        let codes = ["evidence.object.not_covered", "evidence.stamp.not_valid"];
        assert_outcome(&report, OTHER, &codes);
        let report = changed(&|lists| lists[1].push(vec![0; 3]));
        let codes = ["evidence.stamp.not_valid", "evidence.tree.value_length"];
        assert_outcome(&report, BROKEN, &codes);
    });
}

#[test]
fn a_foreign_stamp_proves_nothing() {
    each_kind(|pki, digest, next| {
        let first = archiving(pki, digest, 0);
        let mut record = EvidenceRecord::over(&first, &[&[OBJECT], &[b"2"]]).unwrap();
        record.chains[0][0].token = first.token(b"something else").unwrap();
        let codes = ["evidence.stamp.not_valid"];
        assert_outcome(&alone(pki, &record, &[OBJECT]), OTHER, &codes);
        // Of the tree, by another digest than the tree.
        record.chains[0][0].token = archiving(pki, next, 0).token(OBJECT).unwrap();
        let report = alone(pki, &record, &[OBJECT]);
        let codes = ["evidence.stamp.not_valid", "evidence.stamp.other_digest"];
        assert_outcome(&report, BROKEN, &codes);
        record.chains[0][0].token = vec![0x30, 3, 6, 1, 0x2a];
        let report = alone(pki, &record, &[OBJECT]);
        assert_outcome(&report, BROKEN, &["evidence.stamp.malformed"]);
        // Of an authority that is none.
        let plain = Archiving {
            authority: "tsa-plain",
            ..first
        };
        let record = EvidenceRecord::over(&plain, &[&[OBJECT]]).unwrap();
        let why = ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE");
        let report = alone(pki, &record, &[OBJECT]);
        assert_outcome(&report, why, &["evidence.stamp.not_valid"]);
        assert_eq!(
            report.decided_by.unwrap().id,
            "time.authority.extended_key_usage"
        );
    });
}

#[test]
fn renewals_keep_a_record_whole() {
    each_kind(|pki, digest, next| {
        let record = renewed(pki, digest, next);
        let report = alone(pki, &record, &[OBJECT, b"2"]);
        assert_outcome(&report, PASSED, &[]);
        assert_eq!((report.chains, report.time_stamps.len()), (2, 3));
        let proven = UnixTime::from_seconds(FIRST + 1);
        assert_eq!(report.proven_not_later_than, Some(proven));
        let other = alone(pki, &record, &[OBJECT, b"3"]);
        assert_outcome(&other, OTHER, &["evidence.object.not_covered"]);
    });
}

#[test]
fn a_renewed_stamp_covers_the_one_before() {
    each_kind(|pki, digest, _| {
        let first = archiving(pki, digest, 0);
        let initial = EvidenceRecord::over(&first, &[&[OBJECT]]).unwrap();
        let renew = |day| {
            let mut record = initial.clone();
            let second = archiving(pki, digest, day);
            record.renew_time_stamp(&second, &[b"a"]).unwrap();
            record
        };
        let good = renew(1);
        assert_outcome(&alone(pki, &good, &[OBJECT]), PASSED, &[]);
        // The first time-stamp is replaced by an older one of the same object.
        let mut backdated = good.clone();
        let older = archiving(pki, digest, -30);
        backdated.chains[0][0].token = older.token(OBJECT).unwrap();
        let report = alone(pki, &backdated, &[OBJECT]);
        assert_outcome(&report, OTHER, &["evidence.renewal.not_covered"]);
        let earlier = alone(pki, &renew(-1), &[OBJECT]);
        let why = ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE");
        assert_outcome(&earlier, why, &["evidence.stamp.order"]);
        let mut swapped = good;
        swapped.chains[0].swap(0, 1);
        let (indication, _, codes) = outcome(&alone(pki, &swapped, &[OBJECT]));
        assert_eq!(indication, "TOTAL_FAILED");
        let expected = [
            "evidence.object.not_covered",
            "evidence.renewal.not_covered",
            "evidence.stamp.order",
        ];
        assert!(expected.iter().all(|code| codes.contains(code)));
    });
}

#[test]
fn a_renewed_tree_covers_the_chains_before() {
    each_kind(|pki, digest, next| {
        let groups: [&[&[u8]]; 2] = [&[OBJECT], &[b"2"]];
        let first = archiving(pki, digest, 0);
        let initial = EvidenceRecord::over(&first, &groups).unwrap();
        let mut good = initial.clone();
        let second = archiving(pki, next, 1);
        good.renew_hash_tree(&second, &groups).unwrap();
        assert_outcome(&alone(pki, &good, &[OBJECT]), PASSED, &[]);
        let codes = ["evidence.object.not_covered"];
        // The chain before is replaced by an older one of the same objects.
        let mut backdated = good.clone();
        let older = archiving(pki, digest, -30);
        backdated.chains[0] = EvidenceRecord::over(&older, &groups).unwrap().chains[0].clone();
        assert_outcome(&alone(pki, &backdated, &[OBJECT]), OTHER, &codes);
        // A new tree of the objects without the chains before.
        let mut fresh = initial.clone();
        let alone_again = EvidenceRecord::over(&second, &groups).unwrap();
        fresh.digests.push(next);
        fresh.chains.push(alone_again.chains[0].clone());
        assert_outcome(&alone(pki, &fresh, &[OBJECT]), OTHER, &codes);
        // A new tree of other objects with the chains before.
        let mut other = initial.clone();
        let others: [&[&[u8]]; 2] = [&[b"other"], &[b"2"]];
        other.renew_hash_tree(&second, &others).unwrap();
        assert_outcome(&alone(pki, &other, &[OBJECT]), OTHER, &codes);
        let mut earlier = initial.clone();
        let before = archiving(pki, next, -1);
        earlier.renew_hash_tree(&before, &groups).unwrap();
        let why = ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE");
        let report = alone(pki, &earlier, &[OBJECT]);
        assert_outcome(&report, why, &["evidence.stamp.order"]);
        let mut swapped = good;
        swapped.chains.swap(0, 1);
        let (indication, _, codes) = outcome(&alone(pki, &swapped, &[OBJECT]));
        assert_eq!(indication, "TOTAL_FAILED");
        assert!(codes.contains(&"evidence.object.not_covered"));
    });
}

#[test]
fn the_digest_stays_in_a_chain_and_is_listed() {
    each_kind(|pki, digest, next| {
        let first = archiving(pki, digest, 0);
        let initial = EvidenceRecord::over(&first, &[&[OBJECT]]).unwrap();
        let mut other = initial.clone();
        let second = archiving(pki, next, 1);
        other.renew_time_stamp(&second, &[b"a"]).unwrap();
        other.digests.push(next);
        let report = alone(pki, &other, &[OBJECT]);
        assert_outcome(&report, BROKEN, &["evidence.chain.other_digest"]);
        let mut unlisted = initial;
        unlisted.digests = vec![next];
        let report = alone(pki, &unlisted, &[OBJECT]);
        assert_outcome(&report, PASSED, &["evidence.digest_algorithms.missing"]);
    });
}

#[test]
fn what_cannot_be_verified_is_refused() {
    each_kind(|pki, digest, _| {
        let first = archiving(pki, digest, 0);
        let mut record = EvidenceRecord::over(&first, &[&[OBJECT]]).unwrap();
        record.has_crypto_infos = true;
        let report = alone(pki, &record, &[OBJECT]);
        assert_outcome(&report, PASSED, &[]);
        assert_eq!(report.not_checked[0].what, "crypto-infos");
        record.has_encryption_info = true;
        let report = alone(pki, &record, &[OBJECT]);
        assert_outcome(&report, BROKEN, &["evidence.record.encrypted"]);
    });
}

#[test]
fn a_record_without_its_document_proves_nothing() {
    each_kind(|pki, digest, next| {
        let record = renewed(pki, digest, next).der();
        let report = judge(pki, &record, |evidence| evidence);
        let Judged::EvidenceRecord {
            evidence_record: report,
            ..
        } = report.judged
        else {
            panic!("a record was judged");
        };
        let (indication, sub_indication, codes) = outcome(&report);
        assert_eq!(
            (indication, sub_indication),
            ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND")
        );
        assert!(codes.contains(&"cms.content.missing"));
    });
}

#[test]
fn a_cut_or_changed_record_never_passes() {
    let pki = testdata::pki::named("stamps-rsa").unwrap();
    let record = renewed(pki, Digest::Sha256, Digest::Sha512).der();
    let verdict = |octets: &[u8]| {
        let report = judge(pki, octets, |it| it.with_content(OBJECT));
        let value: serde_json::Value = serde_json::from_str(&json::write(&report)).unwrap();
        value["conclusion"]["indication"].clone()
    };
    assert_eq!(verdict(&record), "TOTAL_PASSED");
    for end in (0..record.len()).step_by(487) {
        assert_ne!(verdict(&record[..end]), "TOTAL_PASSED", "cut at {end}");
    }
    let longer = [&record, &[0][..]].concat();
    assert_ne!(verdict(&longer), "TOTAL_PASSED");
}
