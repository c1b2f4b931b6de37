//! Signed forms in other hands and at other times: each is refused, and nothing is confirmed by it.

use proto::v1::AccountLevel;
use tonic::Code;

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, person, reason, script::Script},
};

on_both_databases! {
    a_form_confirms_only_the_account_it_names
    a_form_is_not_kept_for_later
    a_judged_form_stays_judged
}

async fn two_people(daemon: &Daemon) {
    daemon.standard("acc-1").await;
    daemon.standard_with("acc-2", person::another()).await;
}

async fn levels(daemon: &Daemon) -> [AccountLevel; 2] {
    let (first, second) = (daemon.account("acc-1").await, daemon.account("acc-2").await);
    [first.level(), second.level()]
}

/// The application of one account with a form of another, whoever presents it.
async fn a_form_confirms_only_the_account_it_names(database: Database) {
    let daemon = Daemon::start(&database).await;
    two_people(&daemon).await;
    let (first, content) = daemon.issue("acc-1").await;
    let (second, other_content) = daemon.issue("acc-2").await;
    assert_ne!(content, other_content);
    for script in [Script::good(&content), Script::attached(&content)] {
        let error = daemon.submit("acc-2", &second, script.bytes()).await;
        let differs = (Code::InvalidArgument, "CONTENT_DIFFERS".to_owned());
        assert_eq!(reason(&error.unwrap_err()), differs);
        let error = daemon.submit("acc-2", &first, script.bytes()).await;
        let another = "APPLICATION_OF_ANOTHER_ACCOUNT".to_owned();
        assert_eq!(
            reason(&error.unwrap_err()),
            (Code::PermissionDenied, another)
        );
    }
    assert_eq!(levels(&daemon).await, [AccountLevel::Standard; 2]);
    let signature = Script::good(&content).bytes();
    daemon.submit("acc-1", &first, signature).await.unwrap();
    let confirmed = [AccountLevel::Confirmed, AccountLevel::Standard];
    assert_eq!(levels(&daemon).await, confirmed);
    daemon.stop().await;
}

/// A form expires; a new application does not take the old one's signature.
async fn a_form_is_not_kept_for_later(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (kept, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    daemon.clock.advance(3600);
    let error = daemon.submit("acc-1", &kept, signature.clone()).await;
    let expired = (Code::FailedPrecondition, "APPLICATION_EXPIRED".to_owned());
    assert_eq!(reason(&error.unwrap_err()), expired);
    let (fresh, _) = daemon.issue("acc-1").await;
    let error = daemon.submit("acc-1", &fresh, signature).await;
    assert_eq!(reason(&error.unwrap_err()).1, "CONTENT_DIFFERS");
    assert_eq!(
        daemon.account("acc-1").await.level(),
        AccountLevel::Standard
    );
    daemon.stop().await;
}

/// A refused form is not heard again, however often and with whatever signature it comes.
async fn a_judged_form_stays_judged(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let somebody = Script {
        snils: Some("08765430300".into()),
        ..Script::good(&content)
    };
    let first = daemon
        .submit("acc-1", &application, somebody.bytes())
        .await
        .unwrap();
    let again = daemon.submit("acc-1", &application, somebody.bytes()).await;
    assert_eq!(again.unwrap(), first);
    let own = Script::good(&content).bytes();
    let error = daemon.submit("acc-1", &application, own).await;
    let judged = "APPLICATION_ALREADY_SUBMITTED".to_owned();
    assert_eq!(
        reason(&error.unwrap_err()),
        (Code::FailedPrecondition, judged)
    );
    assert_eq!(
        daemon.account("acc-1").await.level(),
        AccountLevel::Standard
    );
    daemon.stop().await;
}
