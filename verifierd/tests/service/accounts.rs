//! Refusals of the account service.

use proto::v1::{
    AccountLevel, FieldMismatch, GetAccountRequest, RecordRegistryResultRequest,
    RegisterAccountRequest, Registry, RegistryAnswer, RegistryCheckState, RegistryOutcome,
    SubmitPersonalDataRequest,
};
use tonic::Code;

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, fields, person, reason},
};

on_both_databases! {
    registering_twice_is_the_same_or_a_conflict
    a_contact_belongs_to_one_account
    personal_data_names_every_field_at_fault
    registry_answers_are_tied_to_their_check
    a_failed_check_keeps_its_reasons
    one_snils_has_one_standard_account
    changed_data_cancels_open_applications
    unknown_accounts
}

async fn registering_twice_is_the_same_or_a_conflict(database: Database) {
    let daemon = Daemon::start(&database).await;
    let first = daemon.register("acc-1").await;
    daemon.clock.advance(60);
    assert_eq!(daemon.register("acc-1").await, first);
    let other = RegisterAccountRequest {
        surname: "Иванова".into(),
        ..person::registration("acc-1")
    };
    let error = daemon
        .accounts
        .clone()
        .register_account(other)
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::AlreadyExists, "ACCOUNT_EXISTS".into())
    );
    assert_eq!(daemon.account("acc-1").await, first);

    let empty = RegisterAccountRequest::default();
    let error = daemon
        .accounts
        .clone()
        .register_account(empty)
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::InvalidArgument, "FIELD_INVALID".into())
    );
    assert_eq!(
        fields(&error),
        ["account_id", "surname", "given_name", "phone"]
    );
    assert_eq!(database.count("SELECT COUNT(*) FROM event").await, 1);
    daemon.stop().await;
}

async fn a_contact_belongs_to_one_account(database: Database) {
    let daemon = Daemon::start(&database).await;
    let with = |id: &str, phone: &str, email: &str| RegisterAccountRequest {
        phone: phone.into(),
        email: email.into(),
        ..person::registration(id)
    };
    let register = |request| {
        let mut accounts = daemon.accounts.clone();
        async move { accounts.register_account(request).await }
    };
    register(with("a", "+79001112233", "a@example.org"))
        .await
        .unwrap();
    for request in [
        with("b", "+79001112233", "b@example.org"),
        with("b", "", "A@EXAMPLE.org"),
    ] {
        let error = register(request).await.unwrap_err();
        assert_eq!(
            reason(&error),
            (Code::AlreadyExists, "CONTACT_ALREADY_USED".into())
        );
        assert!(!format!("{error:?}").contains("\"a\""));
    }
    register(with("b", "", "b@example.org")).await.unwrap();
    daemon.stop().await;
}

async fn personal_data_names_every_field_at_fault(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let mut data = person::data();
    data.snils = "11223344596".into();
    data.birth_date = "2026-11-19".into();
    data.document.as_mut().unwrap().department_code = "1".into();
    let request = SubmitPersonalDataRequest {
        account_id: "acc-1".into(),
        personal_data: Some(data),
    };
    let error = daemon
        .accounts
        .clone()
        .submit_personal_data(request)
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::InvalidArgument, "FIELD_INVALID".into())
    );
    assert_eq!(
        fields(&error),
        ["birth_date", "snils", "document.department_code"]
    );
    for value in ["11223344596", "Семёнова", "730519"] {
        assert!(!format!("{error:?}").contains(value), "{value}");
    }
    let missing = SubmitPersonalDataRequest {
        account_id: "acc-1".into(),
        personal_data: None,
    };
    let error = daemon
        .accounts
        .clone()
        .submit_personal_data(missing)
        .await
        .unwrap_err();
    assert_eq!(fields(&error).len(), 11);
    assert!(daemon.account("acc-1").await.registry_check.is_none());
    daemon.stop().await;
}

async fn registry_answers_are_tied_to_their_check(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let old = daemon.submit_data("acc-1", person::data()).await;
    assert_eq!(daemon.submit_data("acc-1", person::data()).await, old);
    let check = daemon.submit_data("acc-1", person::another()).await;
    let error = daemon.pass_check("acc-1", &old).await.unwrap_err();
    assert_eq!(
        reason(&error),
        (
            Code::FailedPrecondition,
            "REGISTRY_CHECK_NOT_CURRENT".into()
        )
    );
    let error = daemon.pass_check("acc-1", "nonsense").await.unwrap_err();
    assert_eq!(fields(&error), ["check_id"]);

    let account = daemon.pass_check("acc-1", &check).await.unwrap();
    daemon.clock.advance(60);
    assert_eq!(daemon.pass_check("acc-1", &check).await.unwrap(), account);
    let error = daemon
        .accounts
        .clone()
        .record_registry_result(failed("acc-1", &check))
        .await;
    let error = error.unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::FailedPrecondition, "REGISTRY_CHECK_DECIDED".into())
    );

    let one = RecordRegistryResultRequest {
        answers: vec![person::answer(Registry::Passport)],
        ..person::passed("acc-1", &check)
    };
    let error = daemon
        .accounts
        .clone()
        .record_registry_result(one)
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["answers"]);
    daemon.stop().await;
}

pub fn failed(id: &str, check: &str) -> RecordRegistryResultRequest {
    RecordRegistryResultRequest {
        answers: vec![
            person::answer(Registry::PensionFund),
            RegistryAnswer {
                registry: Registry::Passport.into(),
                outcome: RegistryOutcome::Failed.into(),
                mismatches: vec![FieldMismatch {
                    field: "document.number".into(),
                    code: "NOT_FOUND".into(),
                }],
            },
        ],
        ..person::passed(id, check)
    }
}

async fn a_failed_check_keeps_its_reasons(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let check = daemon.submit_data("acc-1", person::data()).await;
    let request = failed("acc-1", &check);
    daemon
        .accounts
        .clone()
        .record_registry_result(request.clone())
        .await
        .unwrap();
    let account = daemon.account("acc-1").await;
    assert_eq!(account.level(), AccountLevel::Simplified);
    let check = account.registry_check.unwrap();
    assert_eq!(check.state(), RegistryCheckState::Failed);
    assert_eq!(check.answers, request.answers);
    daemon.stop().await;
}

async fn one_snils_has_one_standard_account(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("first").await;
    daemon.register("second").await;
    let check = daemon.submit_data("second", person::data()).await;
    let before = database.count("SELECT COUNT(*) FROM event").await;
    let error = daemon.pass_check("second", &check).await.unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::AlreadyExists, "SNILS_ALREADY_USED".into())
    );
    assert!(!format!("{error:?}").contains("first"));
    let account = daemon.account("second").await;
    assert_eq!(account.level(), AccountLevel::Simplified);
    assert_eq!(
        account.registry_check.unwrap().state(),
        RegistryCheckState::Pending
    );
    assert_eq!(database.count("SELECT COUNT(*) FROM event").await, before);

    // The SNILS is free again when the first account gives it up.
    daemon.submit_data("first", person::another()).await;
    let account = daemon.pass_check("second", &check).await.unwrap();
    assert_eq!(account.level(), AccountLevel::Standard);
    daemon.stop().await;
}

async fn changed_data_cancels_open_applications(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let check = daemon.submit_data("acc-1", person::another()).await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    let signature = crate::support::script::Script::good(&content).bytes();
    let error = daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap_err();
    assert_eq!(
        reason(&error),
        (Code::FailedPrecondition, "APPLICATION_CANCELLED".into())
    );
    daemon.stop().await;
}

async fn unknown_accounts(database: Database) {
    let daemon = Daemon::start(&database).await;
    let unknown = (Code::NotFound, "ACCOUNT_UNKNOWN".to_owned());
    let request = GetAccountRequest {
        account_id: "nobody".into(),
    };
    let error = daemon
        .accounts
        .clone()
        .get_account(request)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), unknown);
    let request = SubmitPersonalDataRequest {
        account_id: "nobody".into(),
        personal_data: Some(person::data()),
    };
    let error = daemon
        .accounts
        .clone()
        .submit_personal_data(request)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), unknown);
    let check = "0192f0c1-2345-7890-abcd-ef0123456789";
    assert_eq!(
        reason(&daemon.pass_check("nobody", check).await.unwrap_err()),
        unknown
    );
    assert_eq!(
        reason(&daemon.prepare("nobody").await.unwrap_err()),
        unknown
    );
    let error = daemon.submit("nobody", check, "{}").await.unwrap_err();
    assert_eq!(reason(&error).1, "NOT_A_SIGNATURE");
    daemon.stop().await;
}
