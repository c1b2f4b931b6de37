//! Records of signature files: in attributes, and beside the file.

use sig_core::Evidence;
use sig_core::report::text::Detail;
use sig_core::report::{DocumentReport, Judged, json, text};
use testdata::evidence_record::{Archiving, Embedding, EvidenceRecord, embed};
use testdata::{Digest, Pki, Timestamp};

use super::{OBJECT, OTHER, PASSED, archiving, assert_outcome, each_kind, judge, outcome};

/// What is known of the file of a signature by `person-expired`, whose certificate ended on 2025-01-01, and its verdict.
fn signed(
    pki: &Pki,
    file: &[u8],
    with: impl FnOnce(Evidence) -> Evidence,
) -> (DocumentReport, String) {
    let report = judge(pki, file, with);
    let Judged::Signatures {
        document,
        conclusion,
        ..
    } = report.judged
    else {
        panic!("a signature was judged");
    };
    let reason = conclusion.sub_indication.map(|sub| sub.name());
    let verdict = reason.unwrap_or(conclusion.indication.name());
    (document, verdict.to_owned())
}

fn signature(pki: &Pki, is_attached: bool) -> Vec<u8> {
    let token = pki.token("person-expired").unwrap();
    let at = Timestamp(1_717_200_000);
    if is_attached {
        token.sign_attached(OBJECT, at).unwrap()
    } else {
        token.sign_detached(OBJECT, at).unwrap()
    }
}

/// 2024-06-02: while the certificate was valid.
fn in_time(pki: &Pki, digest: Digest) -> Archiving<'_> {
    Archiving {
        gen_time: Timestamp(1_717_300_000),
        ..archiving(pki, digest, 0)
    }
}

#[test]
fn a_record_beside_a_signature_proves_when_it_existed() {
    each_kind(|pki, digest, _| {
        let file = signature(pki, true);
        let (_, without) = signed(pki, &file, |it| it);
        assert!(without.contains("OUT_OF_BOUNDS"), "{without}");
        let record = EvidenceRecord::over(&in_time(pki, digest), &[&[&file], &[b"x"]]).unwrap();
        let (document, verdict) = signed(pki, &file, |it| {
            it.with_evidence_record(&record.der()).unwrap()
        });
        assert_eq!(verdict, "TOTAL_PASSED");
        assert_outcome(&document.evidence_records[0], PASSED, &[]);
        let covers: Vec<String> = document.evidence_records[0]
            .covers
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(covers[0], "signature:0");
        assert!(covers.iter().any(|it| it.starts_with("certificate:")));
        // Of another file, and stamped too late.
        let other = EvidenceRecord::over(&in_time(pki, digest), &[&[b"other"]]).unwrap();
        let (document, verdict) = signed(pki, &file, |it| {
            it.with_evidence_record(&other.der()).unwrap()
        });
        assert!(verdict.contains("OUT_OF_BOUNDS"), "{verdict}");
        let codes: Vec<&str> = document.findings.iter().map(|it| it.code.id).collect();
        assert_eq!(codes, ["evidence.record.not_used"]);
        let late = EvidenceRecord::over(&archiving(pki, digest, 0), &[&[&file]]).unwrap();
        let (document, verdict) = signed(pki, &file, |it| {
            it.with_evidence_record(&late.der()).unwrap()
        });
        assert_outcome(&document.evidence_records[0], PASSED, &[]);
        assert!(verdict.contains("OUT_OF_BOUNDS"), "{verdict}");
    });
}

#[test]
fn a_record_in_an_attribute_is_of_the_message_without_it() {
    each_kind(|pki, digest, _| {
        let file = signature(pki, true);
        let record = EvidenceRecord::over(&in_time(pki, digest), &[&[&file]]).unwrap();
        let with = embed(&file, Embedding::Internal, &record.der());
        let (document, verdict) = signed(pki, &with, |it| it);
        assert_eq!(verdict, "TOTAL_PASSED");
        assert_eq!(
            document.evidence_records[0].kind.name(),
            "internal-evidence-record"
        );
        // A second one is of the message with the first, and the order is that of time.
        let next = Archiving {
            gen_time: Timestamp(1_717_400_000),
            ..in_time(pki, digest)
        };
        let second = EvidenceRecord::over(&next, &[&[&with]]).unwrap();
        let both = embed(&with, Embedding::Internal, &second.der());
        let (document, verdict) = signed(pki, &both, |it| it);
        assert_eq!(verdict, "TOTAL_PASSED");
        assert_eq!(document.evidence_records.len(), 2);
        for record in &document.evidence_records {
            assert_outcome(record, PASSED, &[]);
        }
        // A second one of the message without the first.
        let wrong = EvidenceRecord::over(&next, &[&[&file]]).unwrap();
        let both = embed(&with, Embedding::Internal, &wrong.der());
        let (document, _) = signed(pki, &both, |it| it);
        assert_eq!(outcome(&document.evidence_records[1]).0, "TOTAL_FAILED");
        // Of another message.
        let other = EvidenceRecord::over(&in_time(pki, digest), &[&[b"other"]]).unwrap();
        let with = embed(&file, Embedding::Internal, &other.der());
        let (_, verdict) = signed(pki, &with, |it| it);
        assert!(verdict.contains("OUT_OF_BOUNDS"), "{verdict}");
        // No record at all.
        let with = embed(&file, Embedding::Internal, &[0x30, 0]);
        let (document, verdict) = signed(pki, &with, |it| it);
        assert!(verdict.contains("OUT_OF_BOUNDS"), "{verdict}");
        assert_eq!(document.findings[0].code.id, "evidence.record.malformed");
    });
}

#[test]
fn an_external_record_is_of_the_document_too() {
    each_kind(|pki, digest, _| {
        let file = signature(pki, false);
        let group: &[&[u8]] = &[&file, OBJECT];
        let record = EvidenceRecord::over(&in_time(pki, digest), &[group]).unwrap();
        let with = embed(&file, Embedding::External, &record.der());
        let (document, verdict) = signed(pki, &with, |it| it.with_content(OBJECT));
        assert_eq!(verdict, "TOTAL_PASSED");
        assert_outcome(&document.evidence_records[0], PASSED, &[]);
        let (document, _) = signed(pki, &with, |it| it);
        let expected = ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND");
        assert_outcome(
            &document.evidence_records[0],
            expected,
            &["cms.content.missing"],
        );
        let alone = EvidenceRecord::over(&in_time(pki, digest), &[&[&file]]).unwrap();
        let with = embed(&file, Embedding::External, &alone.der());
        let (document, verdict) = signed(pki, &with, |it| it.with_content(OBJECT));
        assert!(verdict.contains("OUT_OF_BOUNDS"), "{verdict}");
        let codes = ["evidence.object.not_covered"];
        assert_outcome(&document.evidence_records[0], OTHER, &codes);
    });
}

#[test]
fn a_record_is_in_the_report_in_both_languages() {
    let pki = testdata::pki::named("stamps-gost").unwrap();
    let file = signature(pki, true);
    let record = EvidenceRecord::over(&in_time(pki, Digest::Streebog256), &[&[&file]]).unwrap();
    let with = embed(&file, Embedding::Internal, &record.der());
    let report = judge(pki, &with, |it| it);
    let value: serde_json::Value = serde_json::from_str(&json::write(&report)).unwrap();
    let written = &value["document"]["evidence_records"][0];
    assert_eq!(written["kind"], "internal-evidence-record");
    assert_eq!(written["proven_not_later_than"], "2024-06-02T03:46:41Z");
    assert_eq!(written["covers"][0], "signature:0");
    let stamp = &written["time_stamps"][0];
    assert_eq!(stamp["kind"], "evidence-record-time-stamp");
    let page = |language| text::write(&report, language, Detail::Normal);
    assert!(page(sig_core::finding::Language::Ru).contains("Архивная запись внутри подписи"));
    assert!(page(sig_core::finding::Language::En).contains("Evidence record in the signature"));
    let alone = judge(pki, &record.der(), |it| it.with_content(file.as_slice()));
    let value: serde_json::Value = serde_json::from_str(&json::write(&alone)).unwrap();
    assert_eq!(value["signatures"], serde_json::json!([]));
    assert_eq!(value["evidence_record"]["kind"], "evidence-record");
    assert_eq!(value["conclusion"]["indication"], "TOTAL_PASSED");
}
