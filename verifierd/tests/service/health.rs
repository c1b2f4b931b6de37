//! Health means that calls are answered.

use proto::v1::GetCheckpointRequest;
use tonic::{Code, Status};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use verifierd::{app::readiness::Ready, domain::reason::Reason};

use crate::{
    on_both_databases,
    support::{Daemon, database::Database},
};

on_both_databases! {
    a_daemon_whose_database_does_not_answer_is_not_ready
    a_daemon_whose_log_is_broken_is_not_ready_until_it_is_whole
    a_daemon_that_stops_says_so
}

const OF_STORE: [&str; 8] = [
    "",
    "verifier.v1.AccountService",
    "verifier.v1.AuditService",
    "verifier.v1.ConfirmationService",
    "verifier.v1.EnrolmentService",
    "verifier.v1.EventService",
    "verifier.v1.OrganisationService",
    "verifier.v1.SignInService",
];
const OWN: [&str; 2] = [
    "verifier.v1.TrustService",
    "verifier.v1.VerificationService",
];

async fn check(daemon: &Daemon, service: &str) -> Result<ServingStatus, Status> {
    let mut health = HealthClient::new(daemon.channel.clone());
    let service = service.into();
    let answered = health.check(HealthCheckRequest { service }).await?;
    Ok(answered.into_inner().status())
}

async fn assert_all(daemon: &Daemon, of_store: ServingStatus, own: ServingStatus) {
    for (names, expected) in [(&OF_STORE[..], of_store), (&OWN[..], own)] {
        for name in names {
            assert_eq!(check(daemon, name).await.unwrap(), expected, "{name}");
        }
    }
}

async fn a_daemon_whose_database_does_not_answer_is_not_ready(database: Database) {
    let daemon = Daemon::start(&database).await;
    assert_all(&daemon, ServingStatus::Serving, ServingStatus::Serving).await;
    let unknown = check(&daemon, "verifier.v1.Nothing").await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    assert_eq!(daemon.readiness.look().await, Ready::Yes);

    daemon.store.close().await;
    // What was found last is told until the next look.
    assert_eq!(check(&daemon, "").await.unwrap(), ServingStatus::Serving);
    let found = daemon.readiness.look().await;
    assert_eq!(found, Ready::No(Reason::StoreUnavailable));
    assert_all(&daemon, ServingStatus::NotServing, ServingStatus::Serving).await;
    daemon.stop().await;
}

async fn a_daemon_whose_log_is_broken_is_not_ready_until_it_is_whole(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    let mut audit = daemon.audit.clone();
    audit.get_checkpoint(GetCheckpointRequest {}).await.unwrap();
    drop(audit);
    database.execute_raw("UPDATE audit_head SET size = 7").await;
    assert!(matches!(daemon.readiness.look().await, Ready::No(_)));
    assert_all(&daemon, ServingStatus::NotServing, ServingStatus::Serving).await;
    database.execute_raw("UPDATE audit_head SET size = 1").await;
    assert_eq!(daemon.readiness.look().await, Ready::Yes);
    assert_all(&daemon, ServingStatus::Serving, ServingStatus::Serving).await;
    daemon.stop().await;
}

async fn a_daemon_that_stops_says_so(database: Database) {
    let daemon = Daemon::start(&database).await;
    let mut health = HealthClient::new(daemon.channel.clone());
    let watched = HealthCheckRequest {
        service: String::new(),
    };
    let mut watched = health.watch(watched).await.unwrap().into_inner();
    let mut next = async || watched.message().await.unwrap().unwrap().status();
    assert_eq!(next().await, ServingStatus::Serving);
    let readiness = daemon.readiness.clone();
    let stopping = tokio::spawn(daemon.stop());
    assert_eq!(next().await, ServingStatus::NotServing);
    drop((watched, health));
    stopping.await.unwrap();
    assert_eq!(readiness.look().await, Ready::Stopping);
}
