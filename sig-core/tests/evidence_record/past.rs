//! The older time-stamps of a renewed record, judged by what was true when the next one was made (RFC 4998 §5.3,
//! EN 319 102-1 §5.6.2.4, §5.6.3.4 step 1).

use sig_core::report::{EvidenceRecordReport, Judged};
use sig_core::x509::certificate::sha256_hex;
use sig_core::{Limits, Material, UnixTime};
use testdata::evidence_record::{Archiving, EvidenceRecord};
use testdata::{Digest, Pki, Timestamp};

use super::{OBJECT, judge_by, outcome};

/// A PKI, its digest, and another one.
const KINDS: [(&str, Digest, Digest); 4] = [
    ("stamps-rsa", Digest::Sha256, Digest::Sha512),
    ("stamps-p256", Digest::Sha256, Digest::Sha512),
    ("stamps-gost", Digest::Streebog256, Digest::Streebog512),
    ("stamps-gost512", Digest::Streebog512, Digest::Streebog256),
];

/// An authority, the CRLs that its token carries, and the time.
type Step<'a> = (&'a str, &'a [&'a str], &'a str);

/// 2024-06-01, by an authority whose certificate ended on 2025-01-01, with the CRL that says it was not revoked.
const EXPIRED: Step<'_> = ("tsa-expired", &["ca-2024"], "2024-06-01T00:00:00Z");
/// By an authority whose certificate was revoked on 2025-06-01.
const REVOKED: Step<'_> = ("tsa-revoked", &[], "2024-06-01T00:00:00Z");

/// How the last time-stamp renews those before it.
#[derive(Clone, Copy, Debug)]
enum Renewal {
    TimeStamp,
    HashTree,
}

/// What the caller gives.
#[derive(Clone, Copy)]
struct Given<'a> {
    anchors: &'a [&'a str],
    /// Anchors and the end of the trust in them.
    sunsets: &'a [(&'a str, &'a str)],
    crls: &'a [&'a str],
}

const GIVEN: Given<'_> = Given {
    anchors: &["root"],
    sunsets: &[],
    crls: &["root", "ca", "ca-2"],
};

fn time(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

fn material(pki: &Pki, given: Given<'_>) -> Material {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for id in given.anchors {
        let anchor = pki.certificate(id).unwrap();
        material.add_anchors(&anchor.der, &limits).unwrap();
    }
    for (id, end) in given.sunsets {
        let anchor = sha256_hex(&pki.certificate(id).unwrap().der);
        material.sunsets.push((anchor, time(end)));
    }
    for id in given.crls {
        material.add(pki.crl(id).unwrap(), &limits).unwrap();
    }
    material
}

fn archiving<'a>(pki: &'a Pki, step: Step<'a>, digest: Digest) -> Archiving<'a> {
    let (authority, _, at) = step;
    Archiving {
        pki,
        authority,
        digest,
        gen_time: Timestamp(time(at).seconds()),
    }
}

/// A record of one object: its first time-stamp, and one that renews all before for each other step.
fn record(
    pki: &Pki,
    (digest, next): (Digest, Digest),
    steps: &[Step<'_>],
    last: Renewal,
) -> EvidenceRecord {
    let (first, others) = steps.split_first().unwrap();
    let initial = archiving(pki, *first, digest);
    let mut record = EvidenceRecord::over(&initial, &[&[OBJECT]]).unwrap();
    record.chains[0][0].token = initial.token_with(OBJECT, first.1).unwrap();
    for (place, step) in others.iter().enumerate() {
        let is_last = place + 1 == others.len();
        match last {
            Renewal::HashTree if is_last => {
                let renewed = archiving(pki, *step, next);
                record.renew_hash_tree(&renewed, &[&[OBJECT]]).unwrap();
            }
            _ => {
                let renewed = archiving(pki, *step, digest);
                record.renew_time_stamp(&renewed, &[b"other"]).unwrap();
            }
        }
    }
    record
}

fn judged(pki: &Pki, record: &EvidenceRecord, given: Given<'_>) -> EvidenceRecordReport {
    let report = judge_by(material(pki, given), &record.der(), |it| {
        it.with_content(OBJECT)
    });
    match report.judged {
        Judged::EvidenceRecord {
            evidence_record, ..
        } => *evidence_record,
        _ => unreachable!("a record was judged"),
    }
}

/// What each time-stamp is found to be: its sub-indication, or the indication without one.
fn stamps(report: &EvidenceRecordReport) -> Vec<&'static str> {
    let stamps = report.time_stamps.iter();
    let names = stamps.map(|stamp| match stamp.conclusion.sub_indication {
        Some(sub) => sub.name(),
        None => stamp.conclusion.indication.name(),
    });
    names.collect()
}

/// Judges the record with each PKI and both ways of renewal.
#[track_caller]
fn check(steps: &[Step<'_>], given: Given<'_>, expected: &[&str]) {
    for (name, digest, next) in KINDS {
        let pki = testdata::pki::named(name).unwrap();
        for last in [Renewal::TimeStamp, Renewal::HashTree] {
            let record = record(pki, (digest, next), steps, last);
            let report = judged(pki, &record, given);
            let of_stamps = report.time_stamps.iter().map(|it| &it.findings);
            let told = format!("{name} {last:?} {:?}", of_stamps.collect::<Vec<_>>());
            assert_eq!(stamps(&report), expected, "{told}");
            let (indication, sub, codes) = outcome(&report);
            let failed = expected.iter().find(|it| **it != "TOTAL_PASSED");
            match failed {
                None => {
                    let first = time(steps[0].2).seconds() + 1;
                    let proven = Some(UnixTime::from_seconds(first));
                    assert_eq!((indication, codes), ("TOTAL_PASSED", vec![]), "{told}");
                    assert_eq!(report.proven_not_later_than, proven, "{told}");
                }
                Some(failed) => {
                    assert_eq!(sub, *failed, "{told}");
                    assert!(codes.contains(&"evidence.stamp.not_valid"), "{told}");
                    assert_eq!(report.proven_not_later_than, None, "{told}");
                }
            }
        }
    }
}

const PASSED: &str = "TOTAL_PASSED";

#[test]
fn an_authority_that_expired_after_the_renewal_is_taken() {
    let renewed = ("tsa-2", &[][..], "2024-12-31T23:59:58Z");
    check(&[EXPIRED, renewed], GIVEN, &[PASSED, PASSED]);
}

#[test]
fn an_authority_that_expired_before_the_renewal_is_not() {
    // With its second of accuracy it is of the time at which the certificate had ended.
    let renewed = ("tsa-2", &[][..], "2025-01-01T00:00:00Z");
    let why = "OUT_OF_BOUNDS_NOT_REVOKED";
    check(&[EXPIRED, renewed], GIVEN, &[why, PASSED]);
}

#[test]
fn what_was_not_renewed_is_judged_by_now() {
    let why = "OUT_OF_BOUNDS_NOT_REVOKED";
    check(&[EXPIRED], GIVEN, &[why]);
    let good = ("tsa", &[][..], "2023-06-01T00:00:00Z");
    // The renewing token carries no list.
    check(&[good, EXPIRED], GIVEN, &[PASSED, "OUT_OF_BOUNDS_NO_POE"]);
}

/// In the token or from the caller: its own authority is believed still.
#[test]
fn what_says_that_an_expired_authority_was_not_revoked_must_be_there() {
    let bare = (EXPIRED.0, &[][..], EXPIRED.2);
    let renewed = ("tsa-2", &[][..], "2024-12-31T00:00:00Z");
    let given = Given {
        crls: &["root", "ca-2024", "ca", "ca-2"],
        ..GIVEN
    };
    check(&[bare, renewed], given, &[PASSED, PASSED]);
    let none = Given {
        crls: &["root", "ca", "ca-2"],
        ..GIVEN
    };
    check(&[bare, renewed], none, &["OUT_OF_BOUNDS_NO_POE", PASSED]);
}

#[test]
fn an_authority_that_was_revoked_after_the_renewal_is_taken() {
    let renewed = ("tsa-2", &[][..], "2025-05-31T23:59:58Z");
    check(&[REVOKED, renewed], GIVEN, &[PASSED, PASSED]);
}

/// Whoever took the key may write any time into a token, but not have it renewed before the theft.
#[test]
fn an_authority_that_was_revoked_before_the_renewal_is_not() {
    let renewed = ("tsa-2", &[][..], "2025-05-31T23:59:59Z");
    check(&[REVOKED, renewed], GIVEN, &["REVOKED_NO_POE", PASSED]);
}

#[test]
fn an_authority_above_may_be_revoked_after_the_renewal_alone() {
    let given = Given {
        crls: &["root-revoking-ca", "ca-2"],
        ..GIVEN
    };
    let first = ("tsa", &["ca-2024"][..], "2024-06-01T00:00:00Z");
    let in_time = ("tsa-2", &[][..], "2025-05-15T00:00:00Z");
    check(&[first, in_time], given, &[PASSED, PASSED]);
    let late = ("tsa-2", &[][..], "2025-06-15T00:00:00Z");
    check(&[first, late], given, &["REVOKED_CA_NO_POE", PASSED]);
}

#[test]
fn the_trust_in_the_anchor_may_end_after_the_renewal_alone() {
    let given = |end| Given {
        anchors: &["root", "root-ed25519"],
        sunsets: end,
        crls: &["root-ed25519", "ca-ed25519"],
    };
    let first = ("tsa", &["root-2024", "ca-2024"][..], "2024-06-01T00:00:00Z");
    let renewed = ("tsa-ed25519", &[][..], "2025-05-01T00:00:00Z");
    let after: &[_] = &[("root", "2025-05-01T00:00:02Z")];
    check(&[first, renewed], given(after), &[PASSED, PASSED]);
    let before: &[_] = &[("root", "2025-05-01T00:00:01Z")];
    let why = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE";
    check(&[first, renewed], given(before), &[why, PASSED]);
}

/// SHA-1 ended in August 2012: until then the tree had to be renewed by another digest (RFC 4998 §5.2).
#[test]
fn a_digest_may_end_after_the_renewal_alone() {
    for name in ["stamps-rsa", "stamps-p256"] {
        let pki = testdata::pki::named(name).unwrap();
        let judged_at = |renewed| {
            let first = ("tsa", &[][..], "2011-06-01T00:00:00Z");
            let renewed = ("tsa-2", &[][..], renewed);
            let digests = (Digest::Sha1, Digest::Sha256);
            let record = record(pki, digests, &[first, renewed], Renewal::HashTree);
            judged(pki, &record, GIVEN)
        };
        let in_time = judged_at("2012-07-31T00:00:00Z");
        assert_eq!(stamps(&in_time), [PASSED, PASSED], "{name}");
        assert_eq!(outcome(&in_time).0, PASSED, "{name}");
        let late = judged_at("2012-08-01T00:00:00Z");
        let why = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE";
        assert_eq!(stamps(&late), [why, PASSED], "{name}");
        assert_eq!(outcome(&late).1, why, "{name}");
    }
}

/// Each time-stamp stands on the next one: one that is not valid takes along those that needed it.
#[test]
fn a_row_of_renewals_is_as_good_as_each_of_its_links() {
    let last = ("tsa-2", &[][..], "2025-05-15T00:00:00Z");
    let second = ("tsa-revoked", &[][..], "2024-12-15T00:00:00Z");
    check(&[EXPIRED, second, last], GIVEN, &[PASSED; 3]);
    let late = ("tsa-2", &[][..], "2025-06-15T00:00:00Z");
    let why = ["OUT_OF_BOUNDS_NOT_REVOKED", "REVOKED_NO_POE", PASSED];
    check(&[EXPIRED, second, late], GIVEN, &why);
}

/// A token of an authority whose key was taken later, put in the place of the first one.
#[test]
fn what_the_renewal_does_not_cover_is_not_taken_by_its_past() {
    for (name, digest, next) in KINDS {
        let pki = testdata::pki::named(name).unwrap();
        let renewed = ("tsa-2", &[][..], "2024-12-15T00:00:00Z");
        for last in [Renewal::TimeStamp, Renewal::HashTree] {
            let mut record = record(pki, (digest, next), &[EXPIRED, renewed], last);
            let (authority, crls, _) = EXPIRED;
            let older = archiving(pki, (authority, crls, "2024-03-01T00:00:00Z"), digest);
            record.chains[0][0].token = older.token_with(OBJECT, crls).unwrap();
            let report = judged(pki, &record, GIVEN);
            assert_eq!(outcome(&report).0, "TOTAL_FAILED", "{name} {last:?}");
            assert_eq!(report.proven_not_later_than, None, "{name} {last:?}");
        }
    }
}

/// The imprint is judged again with the rest.
#[test]
fn a_past_time_stamp_is_still_of_the_data() {
    for (name, digest, _) in KINDS {
        let pki = testdata::pki::named(name).unwrap();
        let initial = archiving(pki, EXPIRED, digest);
        let mut record = EvidenceRecord::over(&initial, &[&[OBJECT]]).unwrap();
        record.chains[0][0].token = initial.token_with(b"another", EXPIRED.1).unwrap();
        let renewed = archiving(pki, ("tsa-2", &[], "2024-12-15T00:00:00Z"), digest);
        record.renew_time_stamp(&renewed, &[]).unwrap();
        let report = judged(pki, &record, GIVEN);
        assert_eq!(stamps(&report), ["HASH_FAILURE", PASSED], "{name}");
        assert_eq!(outcome(&report).0, "TOTAL_FAILED", "{name}");
    }
}
