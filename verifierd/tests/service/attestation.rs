//! Service centres and banks confirm accounts.

use std::sync::Arc;

use proto::v1::{
    AccountLevel, ApplicationState, Assurance, Channel, RegistryCheckState,
    prepare_application_request::Attestor,
};
use tonic::Code;

use crate::{
    on_both_databases, on_postgres,
    support::{
        Daemon, NOW,
        attest::{
            BANK, CENTRE, OPERATOR, at_bank, at_centre, by_bank, channel_of, reasons, signed,
        },
        database::Database,
        person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    a_simplified_account_is_lifted_at_once
    a_standard_account_is_confirmed
    a_certificate_of_the_organisation_alone_will_do
    a_later_attestation_keeps_the_account_confirmed
    one_snils_is_attested_once
}

on_postgres! { two_daemons:
    one_snils_is_attested_once_by_two_daemons
    the_same_attestation_twice_at_once
}

fn attestors() -> [Attestor; 2] {
    [at_centre(), at_bank()]
}

async fn a_simplified_account_is_lifted_at_once(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    for (at, attestor) in attestors().into_iter().enumerate() {
        let id = format!("acc-{at}");
        daemon.register(&id).await;
        let data = match at {
            0 => person::data(),
            _ => person::another(),
        };
        let check = daemon.submit_data(&id, data).await;
        let prepared = daemon.prepare_attestation(&id, attestor.clone()).await;
        let prepared = prepared.unwrap();
        let content: serde_json::Value = serde_json::from_slice(&prepared.content).unwrap();
        assert_eq!(content["schema"], "qes.attestation/1");
        let (by, seen, lifetime) = match at {
            0 => (
                serde_json::json!({"centre": CENTRE, "operator_snils": OPERATOR}),
                serde_json::json!(["RF_PASSPORT", "SNILS"]),
                3600,
            ),
            _ => (
                serde_json::json!({"bank_ogrn": BANK}),
                serde_json::json!(["RF_PASSPORT"]),
                86_400,
            ),
        };
        assert_eq!(
            (&content["attested_by"], &content["documents_seen"]),
            (&by, &seen)
        );
        assert_eq!(content["applicant"]["surname"], "Семёнова");
        assert_eq!(content["applicant"]["document.number"], "730519");
        assert_eq!(content["applicant"]["document.series"], "4512");
        let application = prepared.application.unwrap();
        assert_eq!(application.expires_at.unwrap().seconds, NOW + lifetime);

        let signature = signed(&attestor, &prepared.content).bytes();
        let answer = daemon
            .submit(&id, &application.application_id, signature.clone())
            .await
            .unwrap();
        let accepted = answer.application.as_ref().unwrap();
        assert_eq!(accepted.state(), ApplicationState::Accepted);
        let account = answer.account.clone().unwrap();
        assert_eq!(account.level(), AccountLevel::Confirmed);
        let confirmation = account.confirmation.unwrap();
        assert_eq!(confirmation.channel(), channel_of(&attestor));
        assert_eq!(confirmation.assurance(), Assurance::Full);
        assert_eq!(confirmation.certificate.unwrap().serial, "0A1B");
        let settled = account.registry_check.unwrap();
        assert_eq!(settled.state(), RegistryCheckState::Attested);
        assert_eq!(settled.decided_at.unwrap().seconds, NOW);

        let again = daemon
            .submit(&id, &application.application_id, signature)
            .await;
        assert_eq!(again.unwrap(), answer);
        // The registries answer late: the channel has decided.
        let late = daemon.pass_check(&id, &check).await.unwrap_err();
        let decided = (
            Code::FailedPrecondition,
            "REGISTRY_CHECK_DECIDED".to_owned(),
        );
        assert_eq!(reason(&late), decided);
        assert_eq!(daemon.account(&id).await.level(), AccountLevel::Confirmed);
    }
    daemon.stop().await;
}

async fn a_standard_account_is_confirmed(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    for attestor in attestors() {
        let (application, content) = daemon.attest("acc-1", attestor.clone()).await;
        let script = Script {
            attached: Some(content.clone()),
            ..signed(&attestor, &content)
        };
        let answer = daemon
            .submit("acc-1", &application, script.bytes())
            .await
            .unwrap();
        let account = answer.account.unwrap();
        assert_eq!(account.level(), AccountLevel::Confirmed);
        assert_eq!(
            account.confirmation.unwrap().channel(),
            channel_of(&attestor)
        );
        let passed = account.registry_check.unwrap().state();
        assert_eq!(passed, RegistryCheckState::Passed);
    }
    daemon.stop().await;
}

async fn a_certificate_of_the_organisation_alone_will_do(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.simplified("acc-1").await;
    let (application, content) = daemon.attest("acc-1", at_bank()).await;
    let nobody = Script {
        surname: None,
        given_name: None,
        snils: None,
        ..by_bank(&content)
    };
    let answer = daemon.submit("acc-1", &application, nobody.bytes()).await;
    let account = answer.unwrap().account.unwrap();
    assert_eq!(account.level(), AccountLevel::Confirmed);
    daemon.stop().await;
}

async fn a_later_attestation_keeps_the_account_confirmed(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let own = Script::good(&content).bytes();
    daemon.submit("acc-1", &application, own).await.unwrap();
    // A new document, which no registry has confirmed yet.
    let mut data = person::data();
    data.document.as_mut().unwrap().number = "730520".into();
    daemon.submit_data("acc-1", data).await;
    let (application, content) = daemon.attest("acc-1", at_bank()).await;
    let script = by_bank(&content);
    let answer = daemon.submit("acc-1", &application, script.bytes()).await;
    let account = answer.unwrap().account.unwrap();
    assert_eq!(account.level(), AccountLevel::Confirmed);
    assert_eq!(account.confirmation.unwrap().channel(), Channel::Bank);
    let state = account.registry_check.unwrap().state();
    assert_eq!(state, RegistryCheckState::Attested);
    daemon.stop().await;
}

async fn one_snils_is_attested_once(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    for (at, attestor) in attestors().into_iter().enumerate() {
        let id = format!("other-{at}");
        daemon.simplified(&id).await;
        let (application, content) = daemon.attest(&id, attestor.clone()).await;
        let signature = signed(&attestor, &content).bytes();
        let answer = daemon.submit(&id, &application, signature.clone()).await;
        let answer = answer.unwrap();
        let expected = [("SNILS_ALREADY_USED".to_owned(), Vec::new())];
        assert_eq!(reasons(&answer), expected);
        let state = answer.application.as_ref().unwrap().state();
        assert_eq!(state, ApplicationState::Rejected);
        let account = answer.account.as_ref().unwrap();
        assert_eq!(account.level(), AccountLevel::Simplified);
        assert!(!format!("{answer:?}").contains("acc-1"));
        let again = daemon.submit(&id, &application, signature).await;
        assert_eq!(again.unwrap(), answer);
    }
    assert_eq!(database.count("SELECT COUNT(*) FROM outcome").await, 2);
    assert_eq!(database.count("SELECT COUNT(*) FROM evidence").await, 2);
    daemon.stop().await;
}

async fn one_snils_is_attested_once_by_two_daemons(database: Database) {
    let verify = Arc::new(Scripted {
        together: Some(std::sync::Barrier::new(2)),
        ..Scripted::default()
    });
    let config = "[workers]\nrunning = 8";
    let one = Daemon::start_with(&database, config, verify.clone()).await;
    let two = Daemon::start_with(&database, config, verify).await;
    one.enrol_everybody().await;
    let mut signed = Vec::new();
    for id in ["acc-1", "acc-2"] {
        one.simplified(id).await;
        let (application, content) = one.attest(id, at_bank()).await;
        signed.push((application, by_bank(&content).bytes()));
    }
    let (a, b) = tokio::join!(
        one.submit("acc-1", &signed[0].0, signed[0].1.clone()),
        two.submit("acc-2", &signed[1].0, signed[1].1.clone())
    );
    let mut levels = [a, b].map(|answer| answer.unwrap().account.unwrap().level());
    levels.sort();
    assert_eq!(levels, [AccountLevel::Simplified, AccountLevel::Confirmed]);
    let rejected = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_REJECTED' \
         AND reasons = 'SNILS_ALREADY_USED'";
    assert_eq!(database.count(rejected).await, 1);
    one.stop().await;
    two.stop().await;
}

async fn the_same_attestation_twice_at_once(database: Database) {
    let verify = Arc::new(Scripted {
        together: Some(std::sync::Barrier::new(2)),
        ..Scripted::default()
    });
    let config = "[workers]\nrunning = 8";
    let one = Daemon::start_with(&database, config, verify.clone()).await;
    let two = Daemon::start_with(&database, config, verify).await;
    one.enrol_everybody().await;
    one.simplified("acc-1").await;
    let (application, content) = one.attest("acc-1", at_centre()).await;
    let signature = signed(&at_centre(), &content).bytes();
    let (a, b) = tokio::join!(
        one.submit("acc-1", &application, signature.clone()),
        two.submit("acc-1", &application, signature)
    );
    assert_eq!(a.unwrap(), b.unwrap());
    assert_eq!(database.count("SELECT COUNT(*) FROM outcome").await, 1);
    let accepted = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_ACCEPTED'";
    assert_eq!(database.count(accepted).await, 1);
    one.stop().await;
    two.stop().await;
}
