//! The whole path, and what survives a restart.

use std::sync::Arc;

use proto::v1::{
    AccountLevel, ApplicationState, Assurance, Channel, Indication, RegistryCheckState,
    VerifyRequest,
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use verifierd::{
    domain::ids::EvidenceId,
    service::{change::sha256, ports::Store as _},
};

use crate::{
    on_both_databases,
    support::{
        Daemon, NOW,
        database::Database,
        person,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    from_registration_to_confirmed
    a_restart_keeps_everything
    a_confirmed_account_may_apply_again
    a_signature_is_judged_without_an_account
}

async fn from_registration_to_confirmed(database: Database) {
    let daemon = Daemon::start(&database).await;
    let registered = daemon.register("acc-1").await;
    assert_eq!(registered.level(), AccountLevel::Simplified);
    assert!(registered.registry_check.is_none() && registered.confirmation.is_none());

    let check = daemon.submit_data("acc-1", person::data()).await;
    let pending = daemon.account("acc-1").await;
    assert_eq!(pending.level(), AccountLevel::Simplified);
    assert_eq!(
        pending.registry_check.unwrap().state(),
        RegistryCheckState::Pending
    );

    let checked = daemon.pass_check("acc-1", &check).await.unwrap();
    assert_eq!(checked.level(), AccountLevel::Standard);

    let prepared = daemon.prepare("acc-1").await.unwrap();
    let application = prepared.application.unwrap();
    assert_eq!(application.state(), ApplicationState::Prepared);
    assert_eq!(application.expires_at.unwrap().seconds, NOW + 3600);
    let content: serde_json::Value = serde_json::from_slice(&prepared.content).unwrap();
    assert_eq!(content["schema"], "qes.application/1");
    assert_eq!(
        content["application_id"],
        application.application_id.as_str()
    );
    assert_eq!(content["applicant"]["snils"], "11223344595");

    let signature = Script::good(&prepared.content).bytes();
    let answer = daemon
        .submit("acc-1", &application.application_id, signature.clone())
        .await;
    let answer = answer.unwrap();
    let accepted = answer.application.unwrap();
    assert_eq!(accepted.state(), ApplicationState::Accepted);
    let outcome = accepted.outcome.unwrap();
    assert!(outcome.reasons.is_empty());
    assert!(
        outcome
            .report_json
            .starts_with(r#"{"schema":"qes.report/1""#)
    );
    let receipt = outcome.audit.unwrap();
    assert_eq!((receipt.sequence, receipt.leaf_hash.len()), (4, 32));

    let account = answer.account.unwrap();
    assert_eq!(account.level(), AccountLevel::Confirmed);
    assert_eq!(account, daemon.account("acc-1").await);
    let confirmation = account.confirmation.unwrap();
    assert_eq!(confirmation.channel(), Channel::OwnSignature);
    assert_eq!(confirmation.assurance(), Assurance::Full);
    assert_eq!(confirmation.evidence_id, outcome.evidence_id);
    let certificate = confirmation.certificate.unwrap();
    assert_eq!(
        (certificate.serial.as_str(), certificate.sha256),
        ("0A1B", vec![7; 32])
    );

    let id = EvidenceId::parse(&outcome.evidence_id).unwrap();
    let evidence = daemon.store.evidence(&id).await.unwrap().unwrap();
    assert_eq!(evidence.signature, signature);
    assert_eq!(evidence.content, prepared.content);
    assert_eq!(evidence.report_json, outcome.report_json);
    assert_eq!(evidence.policy_digest + &evidence.trust_digest, "aabb");
    daemon.stop().await;
}

async fn a_restart_keeps_everything(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::attached(&content).bytes();
    let first = daemon
        .submit("acc-1", &application, signature.clone())
        .await
        .unwrap();
    let (other, other_content) = daemon.issue("acc-1").await;
    let head = daemon.store.tree_head().await.unwrap();
    daemon.stop().await;

    let daemon = Daemon::start(&database).await;
    assert_eq!(daemon.store.tree_head().await.unwrap(), head);
    assert_eq!(
        daemon.account("acc-1").await,
        first.account.clone().unwrap()
    );
    let again = daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap();
    assert_eq!(again, first);
    // Issued before the restart, signed after it: the installation is the same.
    let signature = Script::good(&other_content).bytes();
    let later = daemon.submit("acc-1", &other, signature).await.unwrap();
    assert_eq!(
        later.application.unwrap().state(),
        ApplicationState::Accepted
    );
    daemon.stop().await;
}

async fn a_confirmed_account_may_apply_again(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let mut evidence = Vec::new();
    for _ in 0..2 {
        let (application, content) = daemon.issue("acc-1").await;
        let answer = daemon
            .submit("acc-1", &application, Script::good(&content).bytes())
            .await;
        evidence.push(
            answer
                .unwrap()
                .account
                .unwrap()
                .confirmation
                .unwrap()
                .evidence_id,
        );
    }
    assert_ne!(evidence[0], evidence[1]);
    assert_eq!(
        daemon
            .account("acc-1")
            .await
            .confirmation
            .unwrap()
            .evidence_id,
        evidence[1]
    );
    daemon.stop().await;
}

async fn a_signature_is_judged_without_an_account(database: Database) {
    let daemon = Daemon::start(&database).await;
    let request = VerifyRequest {
        signature: Script::good(b"content").bytes(),
        at: Some(prost_types::Timestamp {
            seconds: 1_000_000_000,
            nanos: 0,
        }),
        ..VerifyRequest::default()
    };
    let answer = daemon
        .verification
        .clone()
        .verify(request)
        .await
        .unwrap()
        .into_inner();
    let json: serde_json::Value = serde_json::from_str(&answer.report_json).unwrap();
    assert_eq!(json["at"], "2001-09-09T01:46:40Z");
    let report = answer.report.unwrap();
    assert_eq!(report.at.unwrap().seconds, 1_000_000_000);
    assert_eq!(
        report.conclusion.unwrap().indication(),
        Indication::TotalPassed
    );
    assert_eq!(
        report.signatures[0]
            .signer
            .as_ref()
            .unwrap()
            .subject
            .as_ref()
            .unwrap()
            .snils,
        "11223344595"
    );
    assert_eq!(database.count("SELECT COUNT(*) FROM audit_leaf").await, 0);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_reflection_answer() {
    let daemon = Daemon::start(&Database::sqlite()).await;
    let mut health = HealthClient::new(daemon.channel.clone());
    for service in [
        "",
        "verifier.v1.AccountService",
        "verifier.v1.ConfirmationService",
    ] {
        let request = HealthCheckRequest {
            service: service.into(),
        };
        let answer = health.check(request).await.unwrap().into_inner();
        assert_eq!(
            answer.status(),
            tonic_health::pb::health_check_response::ServingStatus::Serving
        );
    }
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let mut reflection = ServerReflectionClient::new(daemon.channel.clone());
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = reflection
        .server_reflection_info(tokio_stream::once(request))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else {
        panic!("no list of services");
    };
    let names: Vec<_> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    assert!(
        names.contains(&"verifier.v1.VerificationService".to_owned()),
        "{names:?}"
    );
    drop((health, reflection, answers));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_can_be_recomputed() {
    let database = Database::sqlite();
    let daemon = Daemon::start_with(&database, "", Arc::new(Scripted::default())).await;
    daemon.standard("acc-1").await;
    daemon.issue("acc-1").await;
    let pool = database.pool().await;
    let rows = sqlx::query("SELECT leaf, hash FROM audit_leaf ORDER BY sequence")
        .fetch_all(&pool)
        .await
        .unwrap();
    pool.close().await;
    use sqlx::Row as _;
    let mut leaves = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let leaf: Vec<u8> = row.get(0);
        let hash = audit_log::leaf_hash(&leaf);
        assert_eq!(hash, sha256(&[&[0], leaf.as_slice()].concat()));
        assert_eq!(row.get::<Vec<u8>, _>(1), hash);
        let json: serde_json::Value = serde_json::from_slice(&leaf).unwrap();
        assert_eq!(json["sequence"], at);
        leaves.push(hash);
    }
    let head = daemon.store.tree_head().await.unwrap();
    assert_eq!((head.size, head.root), (4, audit_log::root(&leaves)));
    daemon.stop().await;
}
