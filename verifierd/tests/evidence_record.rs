//! `verify` of evidence records and of containers, as a user calls it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use std::io::{Cursor, Write as _};

use desk::{AT, Desk};
use serde_json::Value;
use testdata::evidence_record::{Archiving, Embedding, EvidenceRecord, embed};
use testdata::{Digest, Timestamp};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const DOCUMENT: &[u8] = b"content";
/// 2024-06-02: before the certificate of `person-expired` ended.
const IN_TIME: Timestamp = Timestamp(1_717_300_000);

fn verify(desk: &Desk, asked: &[&str]) -> (i32, Value, String) {
    let mut arguments = vec!["verify", "--policy", "etsi-ades", "--at", AT];
    arguments.extend(["--format", "json", "--anchors", "root.der"]);
    for crl in ["root.crl", "ca.crl", "ca-2024.crl"] {
        arguments.extend(["--crls", crl]);
    }
    arguments.extend(asked);
    let (code, output) = desk.run(&arguments);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (code, report, said)
}

/// A folder with a signature whose certificate expired, and what it is judged by.
fn with_signature() -> (Desk, Archiving<'static>, Vec<u8>) {
    let desk = Desk::new();
    let pki = testdata::pki::named("stamps-gost").unwrap();
    desk.write("root.der", &pki.certificate("root").unwrap().der);
    for crl in ["root", "ca", "ca-2024"] {
        desk.write(&format!("{crl}.crl"), pki.crl(crl).unwrap());
    }
    desk.write("document.txt", DOCUMENT);
    let signer = pki.token("person-expired").unwrap();
    let signature = signer.sign_detached(DOCUMENT, IN_TIME).unwrap();
    desk.write("document.p7s", &signature);
    let archiving = Archiving {
        pki,
        authority: "tsa",
        digest: Digest::Streebog256,
        gen_time: IN_TIME,
    };
    (desk, archiving, signature)
}

fn pack(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, (name, octets)) in members.iter().enumerate() {
        let method = match index {
            0 => CompressionMethod::Stored,
            _ => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(octets).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const MEDIA: (&str, &[u8]) = ("mimetype", b"application/vnd.etsi.asic-s+zip");

#[test]
fn a_record_beside_a_signature_settles_that_its_certificate_expired() {
    let (desk, archiving, signature) = with_signature();
    let record = EvidenceRecord::over(&archiving, &[&[&signature]]).unwrap();
    desk.write("document.ers", &record.der());
    let detached = ["--content", "document.txt", "document.p7s"];
    let (code, report, _) = verify(&desk, &detached);
    assert_eq!(code, 2, "{report}");
    let with = [&detached[..], &["--evidence-record", "document.ers"]].concat();
    let (code, report, said) = verify(&desk, &with);
    assert_eq!(code, 0, "{said}");
    let record = &report["document"]["evidence_records"][0];
    assert_eq!(record["conclusion"]["indication"], "TOTAL_PASSED");
    assert_eq!(
        report["signatures"][0]["times"]["proven_not_later_than"],
        "2024-06-02T03:46:41Z"
    );
    let embedded = embed(
        &signature,
        Embedding::External,
        &record_of_both(&archiving, &signature),
    );
    desk.write("document.p7s", &embedded);
    let (code, _, said) = verify(&desk, &detached);
    assert_eq!(code, 0, "{said}");
}

fn record_of_both(archiving: &Archiving<'_>, signature: &[u8]) -> Vec<u8> {
    let group: &[&[u8]] = &[signature, DOCUMENT];
    EvidenceRecord::over(archiving, &[group]).unwrap().der()
}

#[test]
fn a_record_alone_is_of_its_documents() {
    let (desk, archiving, signature) = with_signature();
    desk.write("group.ers", &record_of_both(&archiving, &signature));
    let content = ["--content", "document.txt", "group.ers"];
    let (code, report, said) = verify(&desk, &content);
    assert_eq!(code, 0, "{said}");
    assert_eq!(report["evidence_record"]["kind"], "evidence-record");
    assert_eq!(report["signatures"], serde_json::json!([]));
    let both = [&content[..], &["--with-document", "document.p7s"]].concat();
    assert_eq!(verify(&desk, &both).0, 0);
    let other = [&content[..], &["--with-document", "root.der"]].concat();
    assert_eq!(verify(&desk, &other).0, 1);
    assert_eq!(verify(&desk, &["group.ers"]).0, 2);
}

#[test]
fn a_container_holds_its_document() {
    let (desk, archiving, _) = with_signature();
    let document = ("document.txt", DOCUMENT);
    let signer = archiving.pki.token("person").unwrap();
    let signed_at = Timestamp(1_793_534_400);
    let signature = signer.sign_detached(DOCUMENT, signed_at).unwrap();
    let member = ("META-INF/signature.p7s", signature.as_slice());
    desk.write("signed.asics", &pack(&[MEDIA, document, member]));
    let (code, report, said) = verify(&desk, &["signed.asics"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(report["signatures"].as_array().unwrap().len(), 1);
    let changed = ("document.txt", &b"Content"[..]);
    desk.write("changed.asics", &pack(&[MEDIA, changed, member]));
    assert_eq!(verify(&desk, &["changed.asics"]).0, 1);
    let token = archiving.token(DOCUMENT).unwrap();
    let member = ("META-INF/timestamp.tst", token.as_slice());
    desk.write("stamped.asics", &pack(&[MEDIA, document, member]));
    let (code, report, said) = verify(&desk, &["stamped.asics"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        report["time_stamp"]["conclusion"]["indication"],
        "TOTAL_PASSED"
    );
    let given = ["--content", "root.der", "stamped.asics"];
    assert_eq!(verify(&desk, &given).0, 64);
    let record = EvidenceRecord::over(&archiving, &[&[DOCUMENT]]).unwrap();
    let octets = record.der();
    let member = ("META-INF/evidencerecord.ers", octets.as_slice());
    desk.write("archived.asics", &pack(&[MEDIA, document, member]));
    assert_eq!(verify(&desk, &["archived.asics"]).0, 0);
}

/// Row 49, and XAdES.
#[test]
fn what_is_refused_is_said_and_is_no_verdict() {
    let (desk, ..) = with_signature();
    let zeros = vec![0; 4 << 20];
    let member = ("META-INF/timestamp.tst", &b"x"[..]);
    desk.write("bomb.asics", &pack(&[MEDIA, ("zeros", &zeros), member]));
    let (code, report, said) = verify(&desk, &["bomb.asics"]);
    assert_eq!((code, report), (75, Value::Null));
    assert!(
        said.contains("too much") && said.contains("слишком велик"),
        "{said}"
    );
    let member = ("META-INF/signatures.xml", &b"<x/>"[..]);
    let file = pack(&[MEDIA, ("document.txt", DOCUMENT), member]);
    desk.write("xades.asics", &file);
    let (code, _, said) = verify(&desk, &["xades.asics"]);
    assert_eq!(code, 65);
    assert!(said.contains("XAdES"), "{said}");
}
