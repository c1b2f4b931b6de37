//! What changes while a signature is being judged.

use proto::v1::ApplicationState;
use tonic::Code;

use crate::{
    on_both_databases,
    support::{
        Daemon,
        attest::{at_centre, by_operator, reasons},
        database::Database,
        person, reason,
        script::Scripted,
    },
};

on_both_databases! {
    an_enrolment_ends
    an_enrolment_goes_on
    an_application_expires
    the_personal_data_changes_and_changes_back
}

/// Prepares an attestation of a centre and submits it; `meanwhile` happens
/// when it is being judged.
macro_rules! attested {
    ($daemon:ident, $judge:ident, $after:expr, $meanwhile:expr) => {{
        let (application, content) = $daemon.attest("acc-1", at_centre()).await;
        $daemon.clock.advance($after);
        let signature = by_operator(&content).bytes();
        let submitted = $daemon.submit("acc-1", &application, signature);
        let (answer, ()) = tokio::join!(submitted, async {
            $judge.meet().await;
            $meanwhile;
            $judge.meet().await;
        });
        (application, answer)
    }};
}

async fn an_enrolment_ends(database: Database) {
    let judge = Scripted::holding();
    let daemon = Daemon::start_with(&database, "", judge.clone()).await;
    let [_, operator, _] = daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    daemon.end_enrolment(&operator, Some(5)).await.unwrap();
    let (_, answer) = attested!(daemon, judge, 0, daemon.clock.advance(5));
    let answer = answer.unwrap();
    let state = answer.application.as_ref().unwrap().state();
    assert_eq!(state, ApplicationState::Rejected);
    assert_eq!(reasons(&answer)[0].0, "OPERATOR_ENROLMENT_ENDED");
    daemon.stop().await;
}

async fn an_enrolment_goes_on(database: Database) {
    let judge = Scripted::holding();
    let daemon = Daemon::start_with(&database, "", judge.clone()).await;
    let [_, operator, _] = daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    daemon.end_enrolment(&operator, Some(5)).await.unwrap();
    let (_, answer) = attested!(daemon, judge, 0, daemon.clock.advance(4));
    let state = answer.unwrap().application.unwrap().state();
    assert_eq!(state, ApplicationState::Accepted);
    daemon.stop().await;
}

async fn an_application_expires(database: Database) {
    let judge = Scripted::holding();
    let daemon = Daemon::start_with(&database, "", judge.clone()).await;
    daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    // Nothing is left to cancel when the data changes.
    let (application, answer) = attested!(daemon, judge, 3599, {
        daemon.clock.advance(1);
        daemon.submit_data("acc-1", person::another()).await;
        daemon.submit_data("acc-1", person::data()).await;
    });
    let expired = (Code::FailedPrecondition, "APPLICATION_EXPIRED".to_owned());
    assert_eq!(reason(&answer.unwrap_err()), expired);
    let state = daemon.application("acc-1", &application).await.state();
    assert_eq!(state, ApplicationState::Expired);
    assert_eq!(database.count("SELECT COUNT(*) FROM outcome").await, 0);
    daemon.stop().await;
}

async fn the_personal_data_changes_and_changes_back(database: Database) {
    let judge = Scripted::holding();
    let daemon = Daemon::start_with(&database, "", judge.clone()).await;
    daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    let (application, answer) = attested!(daemon, judge, 3598, {
        daemon.clock.advance(1);
        daemon.submit_data("acc-1", person::another()).await;
        daemon.submit_data("acc-1", person::data()).await;
    });
    let cancelled = (Code::FailedPrecondition, "APPLICATION_CANCELLED".to_owned());
    assert_eq!(reason(&answer.unwrap_err()), cancelled);
    let state = daemon.application("acc-1", &application).await.state();
    assert_eq!(state, ApplicationState::Cancelled);
    assert_eq!(database.count("SELECT COUNT(*) FROM outcome").await, 0);
    daemon.stop().await;
}
