//! Sign-in by signature.

use std::sync::{Arc, Barrier};

use proto::v1::{
    CreateChallengeRequest, CreateChallengeResponse, SignInRefused, SignInRequest, SignInResponse,
    sign_in_response::Result as Answer, sign_in_service_client::SignInServiceClient,
};
use tonic::{Code, Status};
use verifierd::service::change::sha256;

use crate::{
    on_both_databases, on_postgres,
    support::{
        Daemon, NOW,
        database::Database,
        fields, person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    a_person_signs_in_once
    who_is_not_signed_in
    what_cannot_be_judged
    three_failed_tries_spend_a_challenge
    an_application_is_no_challenge_and_a_challenge_no_application
    old_challenges_are_forgotten
}

on_postgres! { two_daemons: a_signature_counts_once_on_two_daemons }

const ORIGIN: &str = "https://portal.example:8443";

async fn challenge(daemon: &Daemon) -> CreateChallengeResponse {
    let request = CreateChallengeRequest {
        origin: ORIGIN.into(),
    };
    let mut client = SignInServiceClient::new(daemon.channel.clone());
    client.create_challenge(request).await.unwrap().into_inner()
}

async fn sign_in_at(
    daemon: &Daemon,
    origin: &str,
    id: &str,
    signature: Vec<u8>,
) -> Result<SignInResponse, Status> {
    let request = SignInRequest {
        challenge_id: id.into(),
        origin: origin.into(),
        signature,
    };
    let mut client = SignInServiceClient::new(daemon.channel.clone());
    Ok(client.sign_in(request).await?.into_inner())
}

async fn sign_in(daemon: &Daemon, id: &str, script: &Script) -> Result<SignInResponse, Status> {
    sign_in_at(daemon, ORIGIN, id, script.bytes()).await
}

async fn confirmed(daemon: &Daemon, id: &str) {
    daemon.standard(id).await;
    let (application, content) = daemon.issue(id).await;
    let signature = Script::good(&content).bytes();
    daemon.submit(id, &application, signature).await.unwrap();
}

fn refused(answer: SignInResponse) -> SignInRefused {
    match answer.result {
        Some(Answer::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

fn spent() -> (Code, String) {
    (Code::FailedPrecondition, "SIGN_IN_CHALLENGE_SPENT".into())
}

async fn a_person_signs_in_once(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let issued = challenge(&daemon).await;
    assert_eq!(issued.expires_at.unwrap().seconds, NOW + 300);
    let content: serde_json::Value = serde_json::from_slice(&issued.content).unwrap();
    assert_eq!(content["schema"], "qes.sign-in/1");
    assert_eq!(content["origin"], ORIGIN);
    assert_eq!(content["challenge"].as_str().unwrap().len(), 43);
    assert_ne!(challenge(&daemon).await.content, issued.content);

    let script = Script::attached(&issued.content);
    let answer = sign_in(&daemon, &issued.challenge_id, &script)
        .await
        .unwrap();
    let receipt = answer.audit.unwrap();
    match answer.result {
        Some(Answer::SignedIn(signed)) => {
            assert_eq!(signed.account.unwrap(), daemon.account("acc-1").await);
        }
        other => panic!("{other:?}"),
    }

    let pool = database.pool().await;
    let row = sqlx::query("SELECT leaf, hash FROM audit_leaf ORDER BY sequence DESC LIMIT 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    pool.close().await;
    use sqlx::Row as _;
    assert_eq!(row.get::<Vec<u8>, _>(1), receipt.leaf_hash);
    let leaf: serde_json::Value = serde_json::from_slice(&row.get::<Vec<u8>, _>(0)).unwrap();
    assert_eq!(leaf["sequence"], receipt.sequence);
    assert_eq!(leaf["event"], "SIGNED_IN");
    assert_eq!(leaf["object"], issued.challenge_id);
    assert_eq!(leaf["account"], hex::encode(sha256(b"acc-1")));
    assert_eq!(leaf["signature"], hex::encode(sha256(&script.bytes())));

    for again in [script, Script::good(&issued.content)] {
        let error = sign_in(&daemon, &issued.challenge_id, &again)
            .await
            .unwrap_err();
        assert_eq!(reason(&error), spent());
    }
    let uses = "SELECT COUNT(*) FROM sign_in_use";
    assert_eq!(database.count(uses).await, 1);
    for statement in [
        "INSERT INTO sign_in_use (challenge_id, at, audit_sequence) \
         SELECT challenge_id, at, 0 FROM sign_in_use",
        "UPDATE sign_in_use SET account_id = NULL",
        "UPDATE sign_in_challenge SET failed_tries = 4",
    ] {
        assert!(database.execute(statement).await.is_err(), "{statement}");
    }
    daemon.stop().await;
}

async fn who_is_not_signed_in(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    // Not confirmed: a certificate of this person signs nobody in.
    daemon.standard_with("acc-2", person::another()).await;
    let try_later = |c: &[u8]| Script::indeterminate(c, "TRY_LATER");
    let revoked = |c: &[u8]| Script::indeterminate(c, "REVOKED_NO_POE");
    type Make<'a> = &'a dyn Fn(&[u8]) -> Script;
    let unqualified = |c: &[u8]| Script {
        qualified: Some("NOT_QUALIFIED".into()),
        ..Script::good(c)
    };
    let nameless = |c: &[u8]| Script {
        snils: None,
        ..Script::good(c)
    };
    let stranger = |c: &[u8]| Script {
        snils: Some("08765430300".into()),
        ..Script::good(c)
    };
    let misread = |c: &[u8]| Script {
        snils: Some("11223344594".into()),
        ..Script::good(c)
    };
    let contradictory = |c: &[u8]| Script {
        snils: None,
        repeated: Some("snils".into()),
        ..Script::good(c)
    };
    let renamed = |c: &[u8]| Script {
        surname: Some("Иванова".into()),
        ..Script::good(c)
    };
    let table: [(Make, &str, &[&str], u32); 8] = [
        (&try_later, "SIGN_IN_TRY_LATER", &[], 2),
        (&revoked, "CERTIFICATE_REVOKED", &[], 2),
        (&unqualified, "CERTIFICATE_NOT_QUALIFIED", &[], 2),
        (&nameless, "CERTIFICATE_WITHOUT_SNILS", &["snils"], 0),
        (&stranger, "NO_CONFIRMED_ACCOUNT", &[], 0),
        (&misread, "NO_CONFIRMED_ACCOUNT", &[], 0),
        (&contradictory, "NO_CONFIRMED_ACCOUNT", &[], 0),
        (&renamed, "PERSON_DIFFERS", &["surname"], 0),
    ];
    for (make, code, fields, tries_left) in table {
        let issued = challenge(&daemon).await;
        let script = make(&issued.content);
        let answer = sign_in(&daemon, &issued.challenge_id, &script)
            .await
            .unwrap();
        assert!(!format!("{answer:?}").contains("acc-"), "{code}");
        let refused = refused(answer);
        let [reason] = refused.reasons.as_slice() else {
            panic!("{} reasons", refused.reasons.len());
        };
        assert_eq!(
            (reason.code.as_str(), reason.fields.as_slice()),
            (
                code,
                fields
                    .iter()
                    .map(|it| (*it).to_owned())
                    .collect::<Vec<_>>()
                    .as_slice()
            )
        );
        assert_eq!(refused.tries_left, tries_left, "{code}");
        assert!(refused.report_json.contains("qes.report/1"));
        let waits = refused.retry_at.map(|at| at.seconds);
        assert_eq!(waits, (code == "SIGN_IN_TRY_LATER").then_some(NOW + 600));
    }
    let kinds = "SELECT COUNT(*) FROM event WHERE kind = 'SIGN_IN_REFUSED' AND account_id IS NULL";
    assert_eq!(database.count(kinds).await, 8);

    // The block is told to its person alone.
    let block = r#"UPDATE account SET blocked = '{"by":"admin","at":1795000000}'"#;
    database.execute(block).await.unwrap();
    for (make, code) in [
        (&renamed as Make, "PERSON_DIFFERS"),
        (&|c| Script::good(c), "ACCOUNT_BLOCKED"),
    ] {
        let issued = challenge(&daemon).await;
        let answer = sign_in(&daemon, &issued.challenge_id, &make(&issued.content)).await;
        assert_eq!(refused(answer.unwrap()).reasons[0].code, code);
    }
    daemon.stop().await;
}

async fn what_cannot_be_judged(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let mut client = SignInServiceClient::new(daemon.channel.clone());
    for origin in ["", "http://portal.example", "https://portal.example/"] {
        let request = CreateChallengeRequest {
            origin: origin.into(),
        };
        let error = client.create_challenge(request).await.unwrap_err();
        assert_eq!(fields(&error), ["origin"]);
    }
    drop(client);
    let issued = challenge(&daemon).await;
    let id = issued.challenge_id.as_str();
    let good = Script::good(&issued.content);
    let error = sign_in_at(&daemon, "", "x", good.bytes())
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["challenge_id", "origin"]);
    for (signature, code) in [
        (Vec::new(), "SIGNATURE_EMPTY"),
        (b"Hello, world".to_vec(), "NOT_A_SIGNATURE"),
    ] {
        let error = sign_in_at(&daemon, ORIGIN, id, signature)
            .await
            .unwrap_err();
        assert_eq!(reason(&error), (Code::InvalidArgument, code.into()));
    }
    let unknown = "0192f0c1-2345-7890-abcd-ef0123456789";
    let error = sign_in(&daemon, unknown, &good).await.unwrap_err();
    let code = "SIGN_IN_CHALLENGE_UNKNOWN".to_owned();
    assert_eq!(reason(&error), (Code::NotFound, code));
    let elsewhere = "https://evil.example";
    let error = sign_in_at(&daemon, elsewhere, id, good.bytes())
        .await
        .unwrap_err();
    let code = "SIGN_IN_ORIGIN_DIFFERS".to_owned();
    assert_eq!(reason(&error), (Code::PermissionDenied, code));
    daemon.clock.advance(300);
    let error = sign_in(&daemon, id, &good).await.unwrap_err();
    let code = "SIGN_IN_CHALLENGE_EXPIRED".to_owned();
    assert_eq!(reason(&error), (Code::FailedPrecondition, code));
    // None of this is a try.
    let tried = "SELECT COUNT(*) FROM sign_in_challenge WHERE failed_tries > 0";
    assert_eq!(database.count(tried).await, 0);
    let issued = challenge(&daemon).await;
    daemon.stop().await;

    let config = "instance = 'elsewhere'";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    let good = Script::good(&issued.content);
    let error = sign_in(&daemon, &issued.challenge_id, &good)
        .await
        .unwrap_err();
    let code = "SIGN_IN_OF_ANOTHER_INSTANCE".to_owned();
    assert_eq!(reason(&error), (Code::FailedPrecondition, code));
    daemon.stop().await;
}

async fn three_failed_tries_spend_a_challenge(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let issued = challenge(&daemon).await;
    let id = issued.challenge_id.as_str();
    let two = Script {
        signers: 2,
        ..Script::good(&issued.content)
    };
    let other = challenge(&daemon).await;
    for (script, code, left) in [
        (two, "SIGNER_COUNT", "2"),
        (Script::attached(&other.content), "CONTENT_DIFFERS", "1"),
        (Script::good(&other.content), "CONTENT_DIFFERS", "0"),
    ] {
        let error = sign_in(&daemon, id, &script).await.unwrap_err();
        assert_eq!(reason(&error), (Code::InvalidArgument, code.into()));
        use tonic_types::StatusExt as _;
        let info = error.get_details_error_info().unwrap();
        assert_eq!(info.metadata["tries_left"], left);
    }
    let good = Script::good(&issued.content);
    let error = sign_in(&daemon, id, &good).await.unwrap_err();
    assert_eq!(reason(&error), spent());
    let refusals = "SELECT COUNT(*) FROM event WHERE kind = 'SIGN_IN_REFUSED'";
    assert_eq!(database.count(refusals).await, 3);
    // The other challenge is as good as it was.
    let good = Script::good(&other.content);
    let answer = sign_in(&daemon, &other.challenge_id, &good).await.unwrap();
    assert!(matches!(answer.result, Some(Answer::SignedIn(_))));
    daemon.stop().await;
}

async fn an_application_is_no_challenge_and_a_challenge_no_application(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let issued = challenge(&daemon).await;
    let differs = (Code::InvalidArgument, "CONTENT_DIFFERS".to_owned());
    for script in [Script::attached(&content), Script::good(&content)] {
        let error = sign_in(&daemon, &issued.challenge_id, &script)
            .await
            .unwrap_err();
        assert_eq!(reason(&error), differs);
        let script = Script {
            attached: script.attached.map(|_| issued.content.clone()),
            covers: issued.content.clone(),
            ..script
        };
        let error = daemon
            .submit("acc-1", &application, script.bytes())
            .await
            .unwrap_err();
        assert_eq!(reason(&error), differs);
    }
    // Neither id is known to the other service.
    let good = Script::good(&content);
    let error = sign_in(&daemon, &application, &good).await.unwrap_err();
    assert_eq!(reason(&error).1, "SIGN_IN_CHALLENGE_UNKNOWN");
    let signature = Script::good(&issued.content).bytes();
    let error = daemon
        .submit("acc-1", &issued.challenge_id, signature)
        .await
        .unwrap_err();
    assert_eq!(reason(&error).1, "APPLICATION_UNKNOWN");
    daemon.stop().await;
}

async fn a_signature_counts_once_on_two_daemons(database: Database) {
    let first = Daemon::start(&database).await;
    confirmed(&first, "acc-1").await;
    first.stop().await;
    let verify = Arc::new(Scripted {
        together: Some(Barrier::new(4)),
        ..Scripted::default()
    });
    let config = "[workers]\nrunning = 8";
    let one = Daemon::start_with(&database, config, verify.clone()).await;
    let two = Daemon::start_with(&database, config, verify).await;
    let issued = challenge(&one).await;
    let id = issued.challenge_id.as_str();
    let script = Script::good(&issued.content);
    let answers = tokio::join!(
        sign_in(&one, id, &script),
        sign_in(&two, id, &script),
        sign_in(&one, id, &script),
        sign_in(&two, id, &script)
    );
    let answers = [answers.0, answers.1, answers.2, answers.3];
    let signed = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(signed, 1);
    for error in answers.into_iter().filter_map(Result::err) {
        assert_eq!(reason(&error), spent());
    }
    let events = "SELECT COUNT(*) FROM event WHERE kind = 'SIGNED_IN'";
    assert_eq!(database.count(events).await, 1);
    one.stop().await;
    two.stop().await;
}

async fn old_challenges_are_forgotten(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let used = challenge(&daemon).await;
    let good = Script::good(&used.content);
    sign_in(&daemon, &used.challenge_id, &good).await.unwrap();
    for _ in 0..40 {
        challenge(&daemon).await;
    }
    let kept = "SELECT COUNT(*) FROM sign_in_challenge";
    daemon.clock.advance(300 + 3600);
    challenge(&daemon).await;
    assert_eq!(database.count(kept).await, 42);
    // The first sweep is bounded, the second has the rest.
    daemon.clock.advance(1);
    challenge(&daemon).await;
    assert_eq!(database.count(kept).await, 42 - 32 + 1);
    challenge(&daemon).await;
    assert_eq!(database.count(kept).await, 3);
    assert_eq!(database.count("SELECT COUNT(*) FROM sign_in_use").await, 0);
    let events = "SELECT COUNT(*) FROM event WHERE kind = 'SIGNED_IN'";
    assert_eq!(database.count(events).await, 1);
    daemon.stop().await;
}
