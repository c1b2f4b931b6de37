//! Evidence of real signatures, given out as bundles that anybody judges again.

use std::{
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use proto::v1::{
    self, AccountLevel, ApplicationState, EvidenceHeader, GetEvidenceRequest,
    get_evidence_response::Part,
};
use serde_json::{Value, json};
use sig_core::report::bundle::{Bundle, BundleLimits, Role};
use tempfile::TempDir;
use testdata::{Form, Person, Pki, Timestamp, Variant};
use tonic::{Code, Status};
use verifierd::{
    back_end::BackEnd,
    domain::time::UnixSeconds,
    service::{
        change::sha256,
        verify::{Judge, TrustFiles},
    },
};

use crate::{
    on_both_databases,
    support::{Daemon, NOW, database::Database, person, reason, script::Script},
};

on_both_databases! {
    every_confirmed_account_is_judged_again_offline
    a_rejection_is_evidence_too
    evidence_is_of_its_account_only
    what_nobody_can_judge_again_is_said
    a_changed_object_is_found
    a_changed_row_is_found
    an_auditor_sees_why_with_two_files
    a_receipt_is_of_its_evidence
}

pub fn pki() -> &'static Pki {
    testdata::demo::pki().unwrap()
}

/// The judge under the demonstration PKI.
pub fn judge() -> Arc<Judge> {
    let certificate = |id| testdata::pem("CERTIFICATE", &pki().certificate(id).unwrap().der);
    let anchors = certificate("root") + &certificate("root-512");
    let crls = ["root", "root-512", "ca", "ca-second-key", "ca-512"];
    let crls = crls.map(|id| testdata::pem("X509 CRL", pki().crl(id).unwrap()));
    let crls = crls.concat();
    let files = TrustFiles {
        anchors: anchors.as_bytes(),
        crls: crls.as_bytes(),
        list: pki().trust_list("accredited").unwrap(),
        policy: None,
    };
    let algorithms = BackEnd::default().algorithms();
    Arc::new(Judge::new(files, algorithms, UnixSeconds::new(NOW)).unwrap())
}

pub fn claims(person: &Person) -> v1::PersonalData {
    v1::PersonalData {
        surname: person.surname.clone(),
        given_name: person.given_name.clone(),
        patronymic: person.patronymic.clone().unwrap_or_default(),
        birth_date: person.birth_date.clone(),
        snils: person.snils.clone().unwrap(),
        inn: person.inn.clone().unwrap_or_default(),
        ..person::data()
    }
}

impl Daemon {
    /// An application of `person`, signed with a certificate.
    async fn apply(&self, person: &str, certificate: &str, form: Form) -> v1::Application {
        let (application, content) = self.issue(person).await;
        let token = pki().token(certificate).unwrap();
        let at = Timestamp(NOW - 60);
        let signature = token.sign(&content, form, at, &Variant::default()).unwrap();
        let answer = self.submit(person, &application, signature).await.unwrap();
        answer.application.unwrap()
    }

    pub async fn evidence(
        &self,
        account: &str,
        evidence: &str,
    ) -> Result<(EvidenceHeader, Vec<u8>), Status> {
        let request = GetEvidenceRequest {
            account_id: account.into(),
            evidence_id: evidence.into(),
        };
        let answer = self.confirmations.clone().get_evidence(request).await?;
        let mut parts = answer.into_inner();
        let Some(Part::Header(header)) = parts.message().await?.unwrap().part else {
            panic!("the first message is no header");
        };
        let mut bundle = Vec::new();
        while let Some(next) = parts.message().await? {
            let Some(Part::Chunk(chunk)) = next.part else {
                panic!("not a part of the bundle");
            };
            assert!((1..=256 << 10).contains(&chunk.len()));
            bundle.extend(chunk);
        }
        assert_eq!(header.bundle_size, bundle.len() as u64);
        assert_eq!(header.bundle_sha256, sha256(&bundle));
        Ok((header, bundle))
    }
}

/// Judges again with nothing but the bundle; answers its report.
pub fn judged_again(bundle: &[u8]) -> (Bundle, String) {
    let bundle = Bundle::read(bundle, &BundleLimits::STANDARD).unwrap();
    let replay = bundle.judge(BackEnd::default().algorithms()).unwrap();
    assert_eq!(replay.differences, []);
    let report = bundle.one(Role::Report).unwrap().to_vec();
    let now = sig_core::report::json::write(&replay.report);
    let report = String::from_utf8(report).unwrap();
    assert_eq!(now, report, "octet for octet");
    (bundle, report)
}

const CITIZENS: [(&str, &str, Form); 3] = [
    ("citizen", "citizen", Form::Detached),
    ("citizen-yo", "citizen-yo", Form::Attached),
    ("citizen-512", "512", Form::Detached),
];

async fn confirmed(database: &Database) -> Daemon {
    let daemon = Daemon::start_with(database, "", judge()).await;
    for (certificate, person, form) in CITIZENS {
        let data = claims(pki().person(person).unwrap());
        daemon.standard_with(person, data).await;
        let application = daemon.apply(person, certificate, form).await;
        assert_eq!(application.state(), ApplicationState::Accepted);
    }
    daemon
}

async fn every_confirmed_account_is_judged_again_offline(database: Database) {
    let daemon = confirmed(&database).await;
    for (_, person, form) in CITIZENS {
        let account = daemon.account(person).await;
        assert_eq!(account.level(), AccountLevel::Confirmed);
        let confirmation = account.confirmation.unwrap();
        let (header, bundle) = daemon.evidence(person, "").await.unwrap();
        assert_eq!(header.evidence_id, confirmation.evidence_id);
        let (bundle, report) = judged_again(&bundle);
        let application = daemon.application(person, &header.application_id).await;
        let outcome = application.outcome.unwrap();
        assert_eq!(report, outcome.report_json, "as it was given out");
        assert_eq!(header.report_sha256, sha256(report.as_bytes()));
        let signature = bundle.one(Role::Signature).unwrap();
        assert_eq!(header.signature_sha256, sha256(signature));
        if form == Form::Detached {
            let document = bundle.one(Role::Document).unwrap();
            assert_eq!(header.content_sha256, sha256(document));
        }
        let audit = outcome.audit.unwrap();
        assert_eq!(header.sequence, audit.sequence);
        let leaf: Value = serde_json::from_slice(&header.leaf).unwrap();
        assert_eq!(leaf["evidence"]["digest"], hex::encode(&header.digest));
        assert_eq!(leaf["event"], "APPLICATION_ACCEPTED");
    }
    // A policy, two anchors, five revocation lists, the trust list and the index, for all of them.
    let objects = "SELECT COUNT(*) FROM evidence_object";
    assert_eq!(database.count(objects).await, 10);
    daemon.stop().await;

    // Another process knows nothing of them, and keeps nothing twice.
    let again = Daemon::start_with(&database, "", judge()).await;
    again.apply("citizen", "citizen", Form::Attached).await;
    assert_eq!(database.count(objects).await, 10);
    again.stop().await;
}

async fn a_rejection_is_evidence_too(database: Database) {
    let daemon = Daemon::start_with(&database, "", judge()).await;
    let data = claims(pki().person("revoked").unwrap());
    daemon.standard_with("acc-1", data).await;
    let application = daemon
        .apply("acc-1", "citizen-revoked", Form::Detached)
        .await;
    assert_eq!(application.state(), ApplicationState::Rejected);
    let outcome = application.outcome.unwrap();
    let (_, bundle) = daemon
        .evidence("acc-1", &outcome.evidence_id)
        .await
        .unwrap();
    assert_eq!(judged_again(&bundle).1, outcome.report_json);
    let none = daemon.evidence("acc-1", "").await.unwrap_err();
    assert_eq!(reason(&none), (Code::NotFound, "EVIDENCE_UNKNOWN".into()));
    daemon.stop().await;
}

async fn evidence_is_of_its_account_only(database: Database) {
    let daemon = confirmed(&database).await;
    let (header, _) = daemon.evidence("citizen", "").await.unwrap();
    let own = daemon.evidence("citizen", &header.evidence_id).await;
    assert_eq!(own.unwrap().0, header);
    let other = daemon
        .evidence("512", &header.evidence_id)
        .await
        .unwrap_err();
    assert_eq!(reason(&other), (Code::NotFound, "EVIDENCE_UNKNOWN".into()));
    let nobody = daemon.evidence("nobody", "").await.unwrap_err();
    assert_eq!(reason(&nobody), (Code::NotFound, "ACCOUNT_UNKNOWN".into()));
    let broken = daemon.evidence("citizen", "1").await.unwrap_err();
    assert_eq!(
        reason(&broken),
        (Code::InvalidArgument, "FIELD_INVALID".into())
    );
    daemon.stop().await;
}

async fn what_nobody_can_judge_again_is_said(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap();
    let refused = daemon.evidence("acc-1", "").await.unwrap_err();
    let expected = (
        Code::FailedPrecondition,
        "EVIDENCE_WITHOUT_BUNDLE".to_owned(),
    );
    assert_eq!(reason(&refused), expected);
    daemon.stop().await;
}

async fn assert_changed(daemon: &Daemon) {
    let refused = daemon.evidence("citizen", "").await.unwrap_err();
    let expected = (Code::FailedPrecondition, "EVIDENCE_CHANGED".to_owned());
    assert_eq!(reason(&refused), expected);
}

async fn a_changed_object_is_found(database: Database) {
    let daemon = confirmed(&database).await;
    let change =
        "UPDATE evidence_object_part SET octets = (SELECT sha256 FROM evidence_object LIMIT 1)";
    assert!(database.execute(change).await.is_err(), "append-only");
    daemon.evidence("citizen", "").await.unwrap();
    database.without_trigger("evidence_object_part").await;
    database.execute(change).await.unwrap();
    assert_changed(&daemon).await;
    daemon.stop().await;
}

async fn a_changed_row_is_found(database: Database) {
    let daemon = confirmed(&database).await;
    let change = "UPDATE evidence SET trust_digest = policy_digest";
    assert!(database.execute(change).await.is_err(), "append-only");
    database.without_trigger("evidence").await;
    database.execute(change).await.unwrap();
    assert_changed(&daemon).await;
    daemon.stop().await;
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, .. } = Command::new(env!("CARGO_BIN_EXE_verifierd"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap())
}

fn run_json(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let (exit, text) = run(folder, arguments);
    (exit, serde_json::from_str(&text).unwrap())
}

async fn an_auditor_sees_why_with_two_files(database: Database) {
    let daemon = confirmed(&database).await;
    let folder = TempDir::new().unwrap();
    let at = format!("http://{}", daemon.address);
    let (exit, exported) = run_json(
        folder.path(),
        &[
            "admin",
            "evidence",
            "export",
            "--all-confirmed",
            "--out",
            "out",
            "--endpoint",
            &at,
        ],
    );
    assert_eq!(exit, 0, "{exported}");
    let (again, _) = run(
        folder.path(),
        &[
            "admin",
            "evidence",
            "export",
            "citizen",
            "--out",
            "out",
            "--endpoint",
            &at,
        ],
    );
    assert_eq!(again, 64, "nothing is written over");
    daemon.stop().await;

    let rows = exported["exported"].as_array().unwrap();
    assert_eq!(rows.len(), CITIZENS.len());
    for row in rows {
        let id = row["evidence_id"].as_str().unwrap();
        let (zip, binding) = (format!("out/{id}.zip"), format!("out/{id}.json"));
        let (exit, verified) = run_json(folder.path(), &["evidence", "verify", &zip]);
        assert_eq!((exit, &verified["outcome"]), (0, &json!("same")));
        let (exit, why) = run_json(folder.path(), &["evidence", "account", &binding, &zip]);
        assert_eq!(exit, 0, "{why}");
        assert_eq!(why["account_id"], row["account_id"]);
        assert_eq!(why["level"], "CONFIRMED");
        assert_eq!(why["event"], "APPLICATION_ACCEPTED");
        assert_eq!(why["leaf"]["sequence"], row["sequence"]);

        let text = std::fs::read_to_string(folder.path().join(&binding)).unwrap();
        let account = row["account_id"].as_str().unwrap();
        let digest = serde_json::from_str::<Value>(&text).unwrap()["digest"].clone();
        let digest = digest.as_str().unwrap();
        for (from, to) in [
            (
                format!("\"account_id\":\"{account}\""),
                "\"account_id\":\"another\"".to_owned(),
            ),
            (digest.to_owned(), "0".repeat(64)),
            (
                "APPLICATION_ACCEPTED".to_owned(),
                "APPLICATION_REJECTED".to_owned(),
            ),
            (
                "\"trust_digest\":\"".to_owned(),
                "\"trust_digest\":\"0".to_owned(),
            ),
        ] {
            let changed = text.replace(&from, &to);
            assert_ne!(changed, text, "{from}");
            std::fs::write(folder.path().join("changed.json"), &changed).unwrap();
            let arguments = ["evidence", "account", "changed.json", &zip];
            let (exit, refused) = run_json(folder.path(), &arguments);
            if from != "APPLICATION_ACCEPTED" {
                assert_eq!(
                    (exit, &refused["outcome"]),
                    (1, &json!("rejected")),
                    "{from}"
                );
            } else {
                // The leaf is bound by its hash, which a receipt proves.
                assert_ne!(refused["leaf"]["hash"], why["leaf"]["hash"]);
            }
        }
        let other = rows
            .iter()
            .find(|it| it["evidence_id"] != row["evidence_id"]);
        let other = other.unwrap()["evidence_id"].as_str().unwrap();
        let arguments = ["evidence", "account", &binding, &format!("out/{other}.zip")];
        assert_eq!(run(folder.path(), &arguments).0, 1, "another bundle");
    }
}

/// What `audit receipt` says of a receipt together with a binding.
async fn a_receipt_is_of_its_evidence(database: Database) {
    let daemon = confirmed(&database).await;
    let folder = TempDir::new().unwrap();
    let at = format!("http://{}", daemon.address);
    let export = ["admin", "evidence", "export", "--all-confirmed"];
    let (exit, exported) = run_json(
        folder.path(),
        &[&export[..], &["--out", "out", "--endpoint", &at]].concat(),
    );
    assert_eq!(exit, 0, "{exported}");
    let request = v1::GetKeyRequest {};
    let key = daemon.audit.clone().get_key(request).await.unwrap();
    let key = key.into_inner().verifier_key;
    let mut files = Vec::new();
    for (_, person, _) in CITIZENS {
        let evidence = daemon.account(person).await.confirmation.unwrap();
        let (header, _) = daemon.evidence(person, "").await.unwrap();
        let application = daemon.application(person, &header.application_id).await;
        let receipt = application.outcome.unwrap().audit.unwrap().receipt_json;
        let name = format!("{person}.receipt");
        std::fs::write(folder.path().join(&name), receipt).unwrap();
        files.push((name, format!("out/{}.json", evidence.evidence_id)));
    }
    daemon.stop().await;

    let checked = |key: &str, binding: &str, receipt: &str| {
        let arguments = ["audit", "receipt", "--key", key, "--evidence", binding];
        let ended = Command::new(env!("CARGO_BIN_EXE_verifierd"))
            .current_dir(folder.path())
            .args(arguments)
            .arg(receipt)
            .output()
            .unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        (ended.status.code().unwrap(), said)
    };
    for (at, (receipt, binding)) in files.iter().enumerate() {
        let (exit, said) = checked(&key, binding, receipt);
        assert_eq!(exit, 0, "{said}");
        let (other, _) = &files[(at + 1) % files.len()];
        let (exit, said) = checked(&key, binding, other);
        assert!(exit == 1 && said.contains("of another entry"), "{said}");
        assert!(said.contains("выдана о другой записи"), "{said}");
    }
    let (receipt, binding) = &files[0];
    let name = key.split('+').next().unwrap();
    let theirs = audit_log::SigningKey::new(name, &[9; 32]).unwrap();
    let theirs = theirs.verifying_key().to_string();
    let (exit, said) = checked(&theirs, binding, receipt);
    assert!(
        exit == 1 && said.contains("not signed with this key"),
        "{said}"
    );

    let text = std::fs::read_to_string(folder.path().join(binding)).unwrap();
    let value = |name: &str| {
        let binding: Value = serde_json::from_str(&text).unwrap();
        binding[name].as_str().unwrap().to_owned()
    };
    for (from, to, why) in [
        (value("report_sha256"), "0".repeat(64), "does not follow"),
        (
            format!("\"account_id\":\"{}\"", value("account_id")),
            "\"account_id\":\"another\"".to_owned(),
            "(account)",
        ),
        (
            value("schema"),
            "qes.evidence-binding/2".to_owned(),
            "not one that",
        ),
        // Another outcome in the leaf itself, which no other member repeats.
        (
            "APPLICATION_ACCEPTED".to_owned(),
            "APPLICATION_REJECTED".to_owned(),
            "of another entry",
        ),
    ] {
        let changed = text.replace(&from, &to);
        assert_ne!(changed, text, "{from}");
        std::fs::write(folder.path().join("changed.json"), &changed).unwrap();
        let (exit, said) = checked(&key, "changed.json", receipt);
        assert!(exit == 1 && said.contains(why), "{why}: {said}");
    }
}
