//! Blocking, contacts, and what the loss of a confirmation tells.

use proto::v1::{
    self, AccountLevel, AccountStatus, ApplicationState, BlockAccountRequest, ChangeContactRequest,
    UnblockAccountRequest,
};
use tonic::{Code, Status};

use crate::{
    on_both_databases,
    support::{Daemon, NOW, database::Database, fields, person, reason, script::Script},
};

on_both_databases! {
    a_blocked_account_refuses_every_application
    one_order_blocks_and_may_be_repeated
    a_contact_changes_and_stays_of_one_account
    a_lost_confirmation_is_told
    cancelled_applications_are_told
}

async fn block(daemon: &Daemon, id: &str, why: &str) -> Result<v1::Account, Status> {
    let request = BlockAccountRequest {
        account_id: id.into(),
        reason: why.into(),
        acted_by: "staff-7".into(),
    };
    let answer = daemon.accounts.clone().block_account(request).await?;
    Ok(answer.into_inner().account.unwrap())
}

async fn unblock(daemon: &Daemon, id: &str) -> Result<v1::Account, Status> {
    let request = UnblockAccountRequest {
        account_id: id.into(),
        acted_by: "staff-8".into(),
    };
    let answer = daemon.accounts.clone().unblock_account(request).await?;
    Ok(answer.into_inner().account.unwrap())
}

async fn contact(
    daemon: &Daemon,
    id: &str,
    phone: &str,
    email: &str,
) -> Result<v1::Account, Status> {
    let request = ChangeContactRequest {
        account_id: id.into(),
        phone: phone.into(),
        email: email.into(),
    };
    let answer = daemon.accounts.clone().change_contact(request).await?;
    Ok(answer.into_inner().account.unwrap())
}

/// How many events of a kind there are.
async fn told(database: &Database, kind: &'static str) -> i64 {
    let pool = database.pool().await;
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM event WHERE kind = $1")
        .bind(kind)
        .fetch_one(&pool)
        .await
        .unwrap();
    pool.close().await;
    count
}

async fn a_blocked_account_refuses_every_application(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let blocked = block(&daemon, "acc-1", "Жалоба").await.unwrap();
    assert_eq!(blocked.status(), AccountStatus::Blocked);
    let order = blocked.block.unwrap();
    assert_eq!(
        (order.reason.as_str(), order.blocked_by.as_str()),
        ("Жалоба", "staff-7")
    );
    assert_eq!(order.blocked_at.unwrap().seconds, NOW);

    let refused = (Code::FailedPrecondition, "ACCOUNT_BLOCKED".to_owned());
    let prepared = daemon.prepare("acc-1").await.unwrap_err();
    assert_eq!(reason(&prepared), refused);
    let signature = Script::good(&content).bytes();
    let submitted = daemon
        .submit("acc-1", &application, signature.clone())
        .await;
    assert_eq!(reason(&submitted.unwrap_err()), refused);
    let state = daemon.application("acc-1", &application).await.state();
    assert_eq!(state, ApplicationState::Prepared, "left as it was");

    let active = unblock(&daemon, "acc-1").await.unwrap();
    assert_eq!(active.status(), AccountStatus::Active);
    assert!(active.block.is_none());
    let confirmed = daemon.submit("acc-1", &application, signature).await;
    assert_eq!(
        confirmed.unwrap().account.unwrap().level(),
        AccountLevel::Confirmed
    );
    daemon.stop().await;
}

async fn one_order_blocks_and_may_be_repeated(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let first = block(&daemon, "acc-1", "fraud").await.unwrap();
    daemon.clock.advance(60);
    assert_eq!(block(&daemon, "acc-1", "fraud").await.unwrap(), first);
    let other = block(&daemon, "acc-1", "other").await.unwrap_err();
    assert_eq!(
        reason(&other),
        (
            Code::FailedPrecondition,
            "ACCOUNT_ALREADY_BLOCKED".to_owned()
        )
    );
    assert_eq!(daemon.account("acc-1").await, first);
    unblock(&daemon, "acc-1").await.unwrap();
    unblock(&daemon, "acc-1").await.unwrap();
    assert_eq!(told(&database, "ACCOUNT_BLOCKED").await, 1);
    assert_eq!(told(&database, "ACCOUNT_UNBLOCKED").await, 1);
    let who = "SELECT COUNT(*) FROM event WHERE object IN ('staff-7', 'staff-8')";
    assert_eq!(database.count(who).await, 2);

    for (id, why, field) in [("acc-1", "", "reason"), ("", "fraud", "account_id")] {
        let refused = block(&daemon, id, why).await.unwrap_err();
        assert_eq!(fields(&refused), [field]);
    }
    let long = block(&daemon, "acc-1", &"x".repeat(501)).await.unwrap_err();
    assert_eq!(fields(&long), ["reason"]);
    let unknown = block(&daemon, "acc-2", "fraud").await.unwrap_err();
    assert_eq!(
        reason(&unknown),
        (Code::NotFound, "ACCOUNT_UNKNOWN".to_owned())
    );
    let nobody = UnblockAccountRequest {
        account_id: "acc-1".into(),
        acted_by: "Иван Иванов".into(),
    };
    let nobody = daemon.accounts.clone().unblock_account(nobody).await;
    assert_eq!(fields(&nobody.unwrap_err()), ["acted_by"]);
    daemon.stop().await;
}

async fn a_contact_changes_and_stays_of_one_account(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    daemon.register("acc-2").await;
    let before = daemon.account("acc-1").await;
    let after = contact(&daemon, "acc-1", "+79001234567", "").await.unwrap();
    assert_eq!(after, before, "the level does not rest on it");
    contact(&daemon, "acc-1", "+79001234567", "").await.unwrap();
    assert_eq!(told(&database, "CONTACT_CHANGED").await, 1);

    let used = contact(&daemon, "acc-2", "+79001234567", "").await;
    assert_eq!(
        reason(&used.unwrap_err()),
        (Code::AlreadyExists, "CONTACT_ALREADY_USED".to_owned())
    );
    // The address that acc-1 gave up is free.
    contact(&daemon, "acc-2", "", "acc-1@example.org")
        .await
        .unwrap();
    let none = contact(&daemon, "acc-1", "", "").await.unwrap_err();
    assert_eq!(fields(&none), ["phone"]);
    let repeated = person::registration("acc-1");
    let repeated = daemon.accounts.clone().register_account(repeated).await;
    assert_eq!(
        reason(&repeated.unwrap_err()),
        (Code::AlreadyExists, "ACCOUNT_EXISTS".to_owned())
    );
    daemon.stop().await;
}

async fn a_lost_confirmation_is_told(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap();
    // The document alone: nothing is lost until its check fails.
    let mut data = person::data();
    data.document.as_mut().unwrap().number = "654321".into();
    let check = daemon.submit_data("acc-1", data).await;
    assert_eq!(told(&database, "CONFIRMATION_ENDED").await, 0);
    let mut failed = person::passed("acc-1", &check);
    failed.answers[1].set_outcome(v1::RegistryOutcome::Failed);
    failed.answers[1].mismatches.push(v1::FieldMismatch {
        field: "document.number".into(),
        code: "NOT_FOUND".into(),
    });
    let standard = daemon.accounts.clone().record_registry_result(failed).await;
    let standard = standard.unwrap().into_inner().account.unwrap();
    assert_eq!(standard.level(), AccountLevel::Standard);
    assert!(standard.confirmation.is_none());
    assert_eq!(told(&database, "CONFIRMATION_ENDED").await, 1);
    daemon.stop().await;
}

async fn cancelled_applications_are_told(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (first, _) = daemon.issue("acc-1").await;
    daemon.clock.advance(3600);
    let (second, _) = daemon.issue("acc-1").await;
    let (third, _) = daemon.issue("acc-1").await;
    daemon.submit_data("acc-1", person::another()).await;
    let cancelled = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_CANCELLED'";
    assert_eq!(
        database.count(cancelled).await,
        2,
        "the first had expired already"
    );
    for (id, state) in [
        (&first, ApplicationState::Expired),
        (&second, ApplicationState::Cancelled),
        (&third, ApplicationState::Cancelled),
    ] {
        assert_eq!(daemon.application("acc-1", id).await.state(), state);
    }
    daemon.stop().await;
}
