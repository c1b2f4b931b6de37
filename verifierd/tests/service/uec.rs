//! The universal electronic card: the applicant's own signature by another
//! name.

use proto::v1::{AccountLevel, ApplicationState, Assurance, Channel};
use tonic::Code;

use crate::{
    on_both_databases,
    support::{
        Daemon,
        attest::reasons,
        database::Database,
        person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    a_card_confirms_a_standard_account
    a_card_of_the_past_is_refused_with_its_reason
    the_rules_are_those_of_the_own_signature
}

async fn a_card_confirms_a_standard_account(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue_through("acc-1", Channel::UecCard).await;
    let json: serde_json::Value = serde_json::from_slice(&content).unwrap();
    assert_eq!(json["schema"], "qes.application/1");
    assert_eq!(json["channel"], "UEC_CARD");
    assert!(json.get("attested_by").is_none());
    let signature = Script::good(&content).bytes();
    let answer = daemon.submit("acc-1", &application, signature).await;
    let account = answer.unwrap().account.unwrap();
    assert_eq!(account.level(), AccountLevel::Confirmed);
    let confirmation = account.confirmation.unwrap();
    assert_eq!(confirmation.channel(), Channel::UecCard);
    assert_eq!(confirmation.assurance(), Assurance::Full);
    assert!(confirmation.certificate.is_some());
    daemon.stop().await;
}

async fn a_card_of_the_past_is_refused_with_its_reason(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    for (sub_indication, code) in [
        ("OUT_OF_BOUNDS_NO_POE", "CERTIFICATE_EXPIRED"),
        (
            "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            "ALGORITHM_NOT_ACCEPTED",
        ),
    ] {
        let (application, content) = daemon.issue_through("acc-1", Channel::UecCard).await;
        let script = Script::indeterminate(&content, sub_indication);
        let answer = daemon.submit("acc-1", &application, script.bytes()).await;
        let answer = answer.unwrap();
        assert_eq!(reasons(&answer), [(code.to_owned(), Vec::new())]);
        let application = answer.application.unwrap();
        assert_eq!(application.state(), ApplicationState::Rejected);
        let level = answer.account.unwrap().level();
        assert_eq!(level, AccountLevel::Standard);
    }
    daemon.stop().await;
}

async fn the_rules_are_those_of_the_own_signature(database: Database) {
    let config = "[applications]\nfailed_tries = 100";
    let verify = std::sync::Arc::new(Scripted::default());
    let daemon = Daemon::start_with(&database, config, verify).await;
    daemon.register("acc-1").await;
    let error = daemon
        .prepare_through("acc-1", Channel::UecCard, None)
        .await
        .unwrap_err();
    let too_low = (Code::FailedPrecondition, "LEVEL_TOO_LOW".to_owned());
    assert_eq!(reason(&error), too_low);
    let check = daemon.submit_data("acc-1", person::data()).await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    type Change = fn(&mut Script);
    let table: [(Change, &str, &[&str]); 4] = [
        (
            |it| it.snils = None,
            "CERTIFICATE_WITHOUT_SNILS",
            &["snils"],
        ),
        (
            |it| it.snils = Some("08765430300".into()),
            "PERSON_DIFFERS",
            &["snils"],
        ),
        (
            |it| it.surname = Some("Иванова".into()),
            "PERSON_DIFFERS",
            &["surname"],
        ),
        (
            |it| it.inn = Some("671742358830".into()),
            "PERSON_DIFFERS",
            &["inn"],
        ),
    ];
    for (change, code, fields) in table {
        let (application, content) = daemon.issue_through("acc-1", Channel::UecCard).await;
        let mut script = Script::good(&content);
        change(&mut script);
        let answer = daemon.submit("acc-1", &application, script.bytes()).await;
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        assert_eq!(reasons(&answer.unwrap()), [(code.to_owned(), fields)]);
    }
    daemon.stop().await;
}
