//! Requests of the confirmation service that cannot be accepted: the
//! application stays as it was.

use std::sync::Arc;

use proto::v1::{
    ApplicationState, Channel, ContentDigest, ContentDigests, PrepareApplicationRequest,
    VerifyRequest, verify_request::SignedContent,
};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    on_both_databases,
    support::{
        Daemon,
        database::Database,
        fields, person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    what_is_no_signature
    content_and_signers
    applications_of_others
    expired_and_unknown_applications
    level_status_and_channel
    another_signature_after_an_outcome
    failed_tries_are_limited
}

pub(super) const BLOCK: &str = r#"UPDATE account SET blocked = '{"by":"admin","at":1795000000}'"#;

async fn what_is_no_signature(database: Database) {
    let config = "[applications]\nfailed_tries = 100";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    daemon.standard("acc-1").await;
    let (application, _) = daemon.issue("acc-1").await;
    let leaves = database.count("SELECT COUNT(*) FROM audit_leaf").await;
    let table: [(Vec<u8>, &str); 6] = [
        (Vec::new(), "SIGNATURE_EMPTY"),
        (vec![0x30; (4 << 20) + 1], "SIGNATURE_TOO_LARGE"),
        (b"Hello, world".to_vec(), "NOT_A_SIGNATURE"),
        (b"truncated".to_vec(), "SIGNATURE_TRUNCATED"),
        (b"malformed".to_vec(), "SIGNATURE_MALFORMED"),
        (b"limit".to_vec(), "SIGNATURE_LIMIT"),
    ];
    for (signature, code) in table {
        let error = daemon
            .submit("acc-1", &application, signature)
            .await
            .unwrap_err();
        assert_eq!(reason(&error), (Code::InvalidArgument, code.into()));
    }
    let error = daemon
        .submit("acc-1", &application, vec![0x30; 100 << 20 >> 4])
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".into())
    );

    let state = daemon.application("acc-1", &application).await.state();
    assert_eq!(state, ApplicationState::Prepared);
    assert_eq!(
        database.count("SELECT COUNT(*) FROM audit_leaf").await,
        leaves
    );
    assert_eq!(database.count("SELECT COUNT(*) FROM evidence").await, 0);
    // Sizes cost nothing and are not counted.
    assert_eq!(database.count("SELECT COUNT(*) FROM failed_try").await, 4);
    daemon.stop().await;
}

async fn content_and_signers(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let (_, other_content) = daemon.issue("acc-1").await;
    let mut changed = content.clone();
    changed.push(b' ');
    let table = [
        (Script::attached(&changed), "CONTENT_DIFFERS"),
        // A signature of another application, replayed.
        (Script::attached(&other_content), "CONTENT_DIFFERS"),
        (Script::good(&other_content), "CONTENT_DIFFERS"),
        (
            Script {
                signers: 2,
                ..Script::good(&content)
            },
            "SIGNER_COUNT",
        ),
        (
            Script {
                signers: 0,
                ..Script::attached(&content)
            },
            "SIGNER_COUNT",
        ),
    ];
    for (script, code) in table {
        let error = daemon
            .submit("acc-1", &application, script.bytes())
            .await
            .unwrap_err();
        assert_eq!(reason(&error), (Code::InvalidArgument, code.into()));
    }
    let state = daemon.application("acc-1", &application).await.state();
    assert_eq!(state, ApplicationState::Prepared);
    daemon.stop().await;
}

async fn applications_of_others(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    daemon.standard_with("acc-2", person::another()).await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    let error = daemon
        .submit("acc-2", &application, signature.clone())
        .await
        .unwrap_err();
    let other = (
        Code::PermissionDenied,
        "APPLICATION_OF_ANOTHER_ACCOUNT".to_owned(),
    );
    assert_eq!(reason(&error), other);
    // Neither account pays for it.
    assert_eq!(database.count("SELECT COUNT(*) FROM failed_try").await, 0);
    let error = daemon
        .submit("acc-2", &application, "no signature")
        .await
        .unwrap_err();
    assert_eq!(reason(&error).1, "NOT_A_SIGNATURE");
    assert_eq!(database.count("SELECT COUNT(*) FROM failed_try").await, 0);
    daemon.stop().await;

    let elsewhere = "instance = 'elsewhere'";
    let daemon = Daemon::start_with(&database, elsewhere, Arc::new(Scripted::default())).await;
    let error = daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap_err();
    let other = (
        Code::FailedPrecondition,
        "APPLICATION_OF_ANOTHER_INSTANCE".to_owned(),
    );
    assert_eq!(reason(&error), other);
    daemon.stop().await;
}

async fn expired_and_unknown_applications(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();

    let unknown = "0192f0c1-2345-7890-abcd-ef0123456789";
    let error = daemon
        .submit("acc-1", unknown, signature.clone())
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::NotFound, "APPLICATION_UNKNOWN".into())
    );
    let error = daemon.submit("", "x", signature.clone()).await.unwrap_err();
    assert_eq!(fields(&error), ["account_id", "application_id"]);

    daemon.clock.advance(3599);
    assert_eq!(
        daemon.application("acc-1", &application).await.state(),
        ApplicationState::Prepared
    );
    daemon.clock.advance(1);
    let error = daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::FailedPrecondition, "APPLICATION_EXPIRED".into())
    );
    let state = daemon.application("acc-1", &application).await.state();
    assert_eq!(state, ApplicationState::Expired);
    daemon.stop().await;
}

async fn level_status_and_channel(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let error = daemon.prepare("acc-1").await.unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::FailedPrecondition, "LEVEL_TOO_LOW".into())
    );
    daemon.standard("acc-2").await;
    for channel in [Channel::UecCard, Channel::ServiceCentre, Channel::Bank] {
        let request = PrepareApplicationRequest {
            account_id: "acc-2".into(),
            channel: channel.into(),
        };
        let error = daemon
            .confirmations
            .clone()
            .prepare_application(request)
            .await
            .unwrap_err();
        assert_eq!(
            reason(&error),
            (Code::Unimplemented, "CHANNEL_NOT_AVAILABLE".into())
        );
    }
    let request = PrepareApplicationRequest {
        account_id: "acc-2".into(),
        channel: 0,
    };
    let error = daemon
        .confirmations
        .clone()
        .prepare_application(request)
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["channel"]);

    let (application, content) = daemon.issue("acc-2").await;
    database.execute(BLOCK).await.unwrap();
    let blocked = (Code::FailedPrecondition, "ACCOUNT_BLOCKED".to_owned());
    assert_eq!(reason(&daemon.prepare("acc-2").await.unwrap_err()), blocked);
    let signature = Script::good(&content).bytes();
    let error = daemon
        .submit("acc-2", &application, signature)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), blocked);
    assert_eq!(
        daemon.account("acc-2").await.block.unwrap().blocked_by,
        "admin"
    );
    daemon.stop().await;
}

async fn another_signature_after_an_outcome(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    for good in [true, false] {
        let (application, content) = daemon.issue("acc-1").await;
        let mut script = Script::good(&content);
        if !good {
            script.snils = None;
        }
        let first = daemon
            .submit("acc-1", &application, script.bytes())
            .await
            .unwrap();
        let again = daemon
            .submit("acc-1", &application, script.bytes())
            .await
            .unwrap();
        assert_eq!(again.application, first.application);
        let other = Script {
            salt: 1,
            ..Script::good(&content)
        };
        let error = daemon
            .submit("acc-1", &application, other.bytes())
            .await
            .unwrap_err();
        let submitted = (
            Code::FailedPrecondition,
            "APPLICATION_ALREADY_SUBMITTED".to_owned(),
        );
        assert_eq!(reason(&error), submitted);
        assert_eq!(
            Some(daemon.application("acc-1", &application).await),
            first.application
        );
        // The stored outcome outlives the application's time and the account's state.
        daemon.clock.advance(4000);
        let late = daemon
            .submit("acc-1", &application, script.bytes())
            .await
            .unwrap();
        assert_eq!(late.application, first.application);
    }
    assert_eq!(database.count("SELECT COUNT(*) FROM outcome").await, 2);
    assert_eq!(database.count("SELECT COUNT(*) FROM evidence").await, 2);
    daemon.stop().await;
}

async fn failed_tries_are_limited(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    daemon.standard_with("acc-2", person::another()).await;
    let (application, content) = daemon.issue("acc-1").await;
    for _ in 0..5 {
        let two = Script {
            signers: 2,
            ..Script::good(&content)
        };
        daemon
            .submit("acc-1", &application, two.bytes())
            .await
            .unwrap_err();
        daemon.clock.advance(10);
    }
    let good = Script::good(&content).bytes();
    let error = daemon
        .submit("acc-1", &application, good.clone())
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::ResourceExhausted, "TOO_MANY_FAILED_TRIES".into())
    );
    let delay = error.get_details_retry_info().unwrap().retry_delay.unwrap();
    assert_eq!(delay.as_secs(), 3600 - 50);
    // A refusal for the limit is no further try, nor is what cannot be read.
    daemon
        .submit("acc-1", &application, "no signature")
        .await
        .unwrap_err();
    assert_eq!(database.count("SELECT COUNT(*) FROM failed_try").await, 5);

    // Other accounts are not held up.
    let (other, other_content) = daemon.issue("acc-2").await;
    let script = Script {
        snils: Some("08765430300".into()),
        inn: None,
        ..Script::good(&other_content)
    };
    daemon
        .submit("acc-2", &other, script.bytes())
        .await
        .unwrap();

    daemon.clock.advance(3600 - 50);
    let (application, content) = daemon.issue("acc-1").await;
    let good = Script::good(&content).bytes();
    daemon.submit("acc-1", &application, good).await.unwrap();
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_cannot_judge_says_so() {
    let database = Database::sqlite();
    let verify = Arc::new(Scripted {
        unavailable: true,
        ..Scripted::default()
    });
    let daemon = Daemon::start_with(&database, "", verify).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let good = Script::good(&content).bytes();
    let error = daemon
        .submit("acc-1", &application, good)
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::Unavailable, "JUDGE_UNAVAILABLE".into())
    );
    assert!(error.get_details_retry_info().is_some());
    assert_eq!(database.count("SELECT COUNT(*) FROM failed_try").await, 0);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_failure_gives_a_request_id_and_the_daemon_stays_up() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let error = daemon
        .submit("acc-1", &application, "panic")
        .await
        .unwrap_err();
    assert_eq!(reason(&error), (Code::Internal, "INTERNAL".into()));
    assert_eq!(
        error.get_details_request_info().unwrap().request_id.len(),
        36
    );
    assert!(!format!("{error:?}").contains("on purpose"));
    let good = Script::good(&content).bytes();
    daemon.submit("acc-1", &application, good).await.unwrap();
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_verify_refuses() {
    let daemon = Daemon::start(&Database::sqlite()).await;
    let digest = |algorithm: &str, octets: usize| ContentDigest {
        algorithm: algorithm.into(),
        value: vec![1; octets],
    };
    let with = |digests: Vec<ContentDigest>| VerifyRequest {
        signature: Script::good(b"").bytes(),
        signed_content: Some(SignedContent::ContentDigests(ContentDigests { digests })),
        ..VerifyRequest::default()
    };
    let mut client = daemon.verification.clone();
    client
        .verify(with(vec![digest("sha256", 32), digest("streebog256", 32)]))
        .await
        .unwrap();
    for digests in [
        vec![],
        vec![digest("sha256", 31)],
        vec![digest("md5", 16)],
        vec![digest("sha256", 32), digest("sha256", 32)],
    ] {
        let error = client.verify(with(digests)).await.unwrap_err();
        assert_eq!(
            reason(&error),
            (Code::InvalidArgument, "FIELD_INVALID".into())
        );
        assert_eq!(fields(&error), ["content_digests"]);
    }
    let error = client.verify(VerifyRequest::default()).await.unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::InvalidArgument, "SIGNATURE_EMPTY".into())
    );
    let signature = Script::good(b"").bytes();
    let policy = VerifyRequest {
        signature: signature.clone(),
        policy_id: "none".into(),
        ..VerifyRequest::default()
    };
    assert_eq!(
        fields(&client.verify(policy).await.unwrap_err()),
        ["policy_id"]
    );
    let at = Some(prost_types::Timestamp {
        seconds: -1,
        nanos: 0,
    });
    let early = VerifyRequest {
        signature,
        at,
        ..VerifyRequest::default()
    };
    assert_eq!(fields(&client.verify(early).await.unwrap_err()), ["at"]);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_implementations_that_disagree_decide_nothing() {
    let database = Database::sqlite();
    let verify = Arc::new(Scripted {
        disagrees: true,
        ..Scripted::default()
    });
    let daemon = Daemon::start_with(&database, "", verify).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let good = Script::good(&content).bytes();
    let error = daemon
        .submit("acc-1", &application, good)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), (Code::Internal, "INTERNAL".into()));
    assert_eq!(database.count("SELECT COUNT(*) FROM failed_try").await, 0);
    daemon.stop().await;
}
