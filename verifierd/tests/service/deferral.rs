//! Deferred applications are judged again until they end.

use std::sync::Arc;

use proto::v1::{self, AccountLevel, ApplicationState};
use tonic::Code;
use verifierd::{domain::reason::Reason, service::deferral::Worked};

use crate::{
    on_both_databases, on_postgres,
    support::{
        Daemon, NOW,
        attest::{at_bank, by_bank},
        database::Database,
        person, reason,
        script::Script,
        watched::Watched,
    },
};

on_both_databases! {
    judged_again_until_accepted
    judged_again_until_rejected
    rejected_at_the_limit
    goes_on_after_a_restart
    a_dead_workers_leases_run_out
    a_slow_worker_writes_nothing
    another_signature_takes_the_place
    another_signature_overtakes_a_retry
    the_longest_waiting_first_and_no_more_than_a_batch
    a_blocked_account_is_rejected
    changed_personal_data_reject_it_at_once
    what_cannot_be_judged_is_put_off_and_ends
    a_full_pool_gives_the_leases_back
    a_banks_attestation_grows_too_old
}

on_postgres! { two_daemons:
    two_daemons_judge_each_once
}

const HOUR: i64 = 3600;
const LIMIT: i64 = 48 * HOUR;

const DEFERRED_EVENTS: &str = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_DEFERRED'";
const EVIDENCE: &str = "SELECT COUNT(*) FROM evidence";
const WAITING: &str = "SELECT COUNT(*) FROM deferral";
const LEAVES: &str = "SELECT COUNT(*) FROM audit_leaf";

async fn daemon(database: &Database) -> (Daemon, Arc<Watched>) {
    let judge = Arc::new(Watched::default());
    let daemon = Daemon::start_with(database, "[workers]\nrunning = 8", judge.clone()).await;
    (daemon, judge)
}

fn stale(content: &[u8], until: i64) -> Script {
    Script {
        stale_until: Some(until),
        ..Script::good(content)
    }
}

impl Daemon {
    /// A deferred application of a new account; good from `until` on.
    async fn deferred(&self, account: &str, until: i64) -> (String, Vec<u8>) {
        self.standard(account).await;
        let (application, content) = self.issue(account).await;
        let signature = stale(&content, until).bytes();
        let answer = self.submit(account, &application, signature).await.unwrap();
        let application = answer.application.unwrap();
        assert_eq!(application.state(), ApplicationState::Deferred);
        (application.application_id, content)
    }

    async fn run_due(&self) -> Worked {
        self.chores.retrier().run_due().await.unwrap()
    }

    /// Runs at the time that the application names; answers it then.
    async fn run_next(&self, account: &str, application: &str) -> v1::Application {
        let stands = self.application(account, application).await;
        let at = stands.outcome.unwrap().retry_at.unwrap().seconds;
        let now = verifierd::service::ports::Clock::now(&*self.clock).seconds();
        self.clock.advance(at - now - 1);
        assert_eq!(self.run_due().await.leased, 0, "not before its time");
        self.clock.advance(1);
        assert_eq!(self.run_due().await.leased, 1);
        self.application(account, application).await
    }
}

fn reasons(application: &v1::Application) -> Vec<String> {
    let outcome = application.outcome.as_ref().unwrap();
    outcome.reasons.iter().map(|it| it.code.clone()).collect()
}

async fn judged_again_until_accepted(database: Database) {
    let (daemon, judge) = daemon(&database).await;
    let (application, content) = daemon.deferred("acc-1", NOW + 1000).await;
    let leaves = database.count(LEAVES).await;
    for _ in 0..3 {
        assert_eq!(daemon.run_due().await.leased, 0, "the clock stands still");
    }
    let first = daemon.application("acc-1", &application).await;
    let first = first.outcome.unwrap();
    assert_eq!(first.retry_at.unwrap().seconds, NOW + 600);

    let again = daemon.run_next("acc-1", &application).await;
    assert_eq!(again.state(), ApplicationState::Deferred);
    let outcome = again.outcome.clone().unwrap();
    assert_ne!(outcome.evidence_id, first.evidence_id);
    let decided = outcome.decided_at.unwrap().seconds;
    let pause = outcome.retry_at.unwrap().seconds - decided;
    assert_eq!(pause, 1200 + spread(&application, 1200), "pauses grow");
    assert_eq!(database.count(DEFERRED_EVENTS).await, 2);

    let accepted = daemon.run_next("acc-1", &application).await;
    assert_eq!(accepted.state(), ApplicationState::Accepted);
    let account = daemon.account("acc-1").await;
    assert_eq!(account.level(), AccountLevel::Confirmed);
    let confirmation = account.confirmation.unwrap();
    let outcome = accepted.outcome.clone().unwrap();
    assert_eq!(confirmation.evidence_id, outcome.evidence_id);
    assert_eq!(outcome.retry_at, None);
    assert_eq!(judge.judged(), 3);
    assert_eq!(database.count(EVIDENCE).await, 3, "every attempt's is kept");
    assert_eq!(database.count(LEAVES).await, leaves + 2);
    assert_eq!(database.count(WAITING).await, 0);

    daemon.clock.advance(LIMIT);
    assert_eq!(daemon.run_due().await.leased, 0);
    let signature = stale(&content, NOW + 1000).bytes();
    let same = daemon.submit("acc-1", &application, signature).await;
    assert_eq!(same.unwrap().application.unwrap(), accepted);
    daemon.stop().await;
}

/// What the id adds to a pause.
fn spread(application: &str, pause: i64) -> i64 {
    let octet = i64::from_str_radix(&application[34..], 16).unwrap();
    pause / 8 * octet / 256
}

async fn judged_again_until_rejected(database: Database) {
    let (daemon, _) = daemon(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let revoked = Script {
        indication: "TOTAL_FAILED".into(),
        sub_indication: Some("REVOKED".into()),
        ..stale(&content, NOW + 60)
    };
    let signature = revoked.bytes();
    let answer = daemon
        .submit("acc-1", &application, signature.clone())
        .await;
    let deferred = answer.unwrap().application.unwrap();
    assert_eq!(deferred.state(), ApplicationState::Deferred);
    let rejected = daemon.run_next("acc-1", &application).await;
    assert_eq!(rejected.state(), ApplicationState::Rejected);
    assert_eq!(reasons(&rejected), ["CERTIFICATE_REVOKED"]);
    let account = daemon.account("acc-1").await;
    assert_eq!(account.level(), AccountLevel::Standard);
    let tries = "SELECT COUNT(*) FROM failed_try";
    assert_eq!(
        database.count(tries).await,
        0,
        "the daemon tried, not the person"
    );
    let other = Script::good(&content).bytes();
    let error = daemon
        .submit("acc-1", &application, other)
        .await
        .unwrap_err();
    let submitted = "APPLICATION_ALREADY_SUBMITTED".to_owned();
    assert_eq!(reason(&error), (Code::FailedPrecondition, submitted));
    daemon.stop().await;
}

async fn rejected_at_the_limit(database: Database) {
    let (daemon, judge) = daemon(&database).await;
    let (application, _) = daemon.deferred("acc-1", i64::MAX).await;
    let mut stands = daemon.application("acc-1", &application).await;
    while stands.state() == ApplicationState::Deferred {
        assert!(judge.judged() < 40, "pauses do not grow");
        stands = daemon.run_next("acc-1", &application).await;
    }
    assert_eq!(stands.state(), ApplicationState::Rejected);
    let expected = ["DEFERRAL_LIMIT_REACHED", "REVOCATION_DATA_MISSING"];
    assert_eq!(reasons(&stands), expected);
    let decided = stands.outcome.unwrap().decided_at.unwrap().seconds;
    assert_eq!(decided, NOW + LIMIT);
    let rejected = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_REJECTED' \
                    AND reasons = 'DEFERRAL_LIMIT_REACHED,REVOCATION_DATA_MISSING'";
    assert_eq!(database.count(rejected).await, 1);
    assert_eq!(database.count(WAITING).await, 0);
    daemon.stop().await;
}

async fn goes_on_after_a_restart(database: Database) {
    let (first, _) = daemon(&database).await;
    let (application, _) = first.deferred("acc-1", NOW + 600).await;
    first.stop().await;
    let (second, _) = daemon(&database).await;
    let accepted = second.run_next("acc-1", &application).await;
    assert_eq!(accepted.state(), ApplicationState::Accepted);
    second.stop().await;
}

/// Deferred applications of `count` people, each with a SNILS of their own.
async fn many(daemon: &Daemon, count: usize) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for n in 0..count {
        let (account, snils) = (format!("acc-{n}"), format!("000{:05}000", 10_000 + n));
        let data = v1::PersonalData {
            snils: snils.clone(),
            ..person::data()
        };
        daemon.standard_with(&account, data).await;
        let (application, content) = daemon.issue(&account).await;
        let script = Script {
            snils: Some(snils),
            ..stale(&content, NOW + 300)
        };
        daemon
            .submit(&account, &application, script.bytes())
            .await
            .unwrap();
        all.push((account, application));
        daemon.clock.advance(1);
    }
    all
}

async fn two_daemons_judge_each_once(database: Database) {
    const COUNT: usize = 40;
    let (one, judge) = daemon(&database).await;
    let two = Daemon::start_with(&database, "", judge.clone()).await;
    let all = many(&one, COUNT).await;
    one.clock.advance(HOUR);
    two.clock.advance(HOUR);
    let drain = async |daemon: &Daemon| {
        let mut ended = 0;
        loop {
            let worked = daemon.run_due().await;
            if worked.leased == 0 {
                return ended;
            }
            ended += worked.ended;
        }
    };
    let (by_one, by_two) = tokio::join!(drain(&one), drain(&two));
    assert_eq!(by_one + by_two, COUNT);
    assert_eq!(judge.judged(), 2 * COUNT, "once when submitted, once again");
    for (account, application) in &all {
        let stands = two.application(account, application).await;
        assert_eq!(stands.state(), ApplicationState::Accepted, "{account}");
    }
    let accepted = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_ACCEPTED'";
    assert_eq!(database.count(accepted).await, COUNT as i64);
    one.stop().await;
    two.stop().await;
}

async fn a_dead_workers_leases_run_out(database: Database) {
    let (daemon, judge) = daemon(&database).await;
    let (application, _) = daemon.deferred("acc-1", NOW + 60).await;
    daemon.clock.advance(HOUR);
    let held = judge.hold();
    let retrier = daemon.chores.retrier().clone();
    let dying = tokio::spawn(async move { retrier.run_due().await });
    held.begun.await.unwrap();
    dying.abort();
    daemon.clock.advance(119);
    assert_eq!(daemon.run_due().await.leased, 0, "leased");
    daemon.clock.advance(1);
    assert_eq!(daemon.run_due().await.ended, 1);
    held.go_on.send(()).unwrap();
    let stands = daemon.application("acc-1", &application).await;
    assert_eq!(stands.state(), ApplicationState::Accepted);
    assert_eq!(database.count(EVIDENCE).await, 2);
    daemon.stop().await;
}

async fn a_slow_worker_writes_nothing(database: Database) {
    let (daemon, judge) = daemon(&database).await;
    let (application, _) = daemon.deferred("acc-1", NOW + 60).await;
    daemon.clock.advance(HOUR);
    let held = judge.hold();
    let retrier = daemon.chores.retrier().clone();
    let slow = tokio::spawn(async move { retrier.run_due().await });
    held.begun.await.unwrap();
    daemon.clock.advance(120);
    assert_eq!(daemon.run_due().await.ended, 1);
    let leaves = database.count(LEAVES).await;
    let before = daemon.application("acc-1", &application).await;
    held.go_on.send(()).unwrap();
    let worked = slow.await.unwrap().unwrap();
    assert_eq!((worked.leased, worked.ended, worked.deferred), (1, 0, 0));
    assert_eq!(daemon.application("acc-1", &application).await, before);
    assert_eq!(database.count(LEAVES).await, leaves);
    assert_eq!(database.count(EVIDENCE).await, 2);
    daemon.stop().await;
}

async fn another_signature_takes_the_place(database: Database) {
    let (daemon, judge) = daemon(&database).await;
    let (application, content) = daemon.deferred("acc-1", i64::MAX).await;
    let stored = daemon.application("acc-1", &application).await;
    let same = stale(&content, i64::MAX).bytes();
    let answer = daemon.submit("acc-1", &application, same).await.unwrap();
    assert_eq!(answer.application.unwrap(), stored, "the same signature");
    assert_eq!(judge.judged(), 1);

    let salted = |salt, until| Script {
        salt,
        ..stale(&content, until)
    };
    daemon.clock.advance(60);
    let waits = salted(1, i64::MAX).bytes();
    let answer = daemon.submit("acc-1", &application, waits).await.unwrap();
    let deferred = answer.application.unwrap();
    assert_eq!(deferred.state(), ApplicationState::Deferred);
    assert_ne!(deferred.outcome, stored.outcome);
    let since = "SELECT COUNT(*) FROM deferral WHERE since = 1795000000 AND attempts = 1";
    assert_eq!(
        database.count(since).await,
        1,
        "the limit counts from the first"
    );

    let good = salted(2, 0).bytes();
    let answer = daemon.submit("acc-1", &application, good).await.unwrap();
    assert_eq!(
        answer.application.unwrap().state(),
        ApplicationState::Accepted
    );
    assert_eq!(database.count(EVIDENCE).await, 3);
    assert_eq!(database.count(WAITING).await, 0);
    daemon.stop().await;
}

async fn another_signature_overtakes_a_retry(database: Database) {
    let (daemon, judge) = daemon(&database).await;
    let (application, content) = daemon.deferred("acc-1", i64::MAX).await;
    daemon.clock.advance(700);
    let held = judge.hold();
    let retrier = daemon.chores.retrier().clone();
    let slow = tokio::spawn(async move { retrier.run_due().await });
    held.begun.await.unwrap();
    let good = Script::good(&content).bytes();
    let answer = daemon.submit("acc-1", &application, good).await.unwrap();
    held.go_on.send(()).unwrap();
    let worked = slow.await.unwrap().unwrap();
    assert_eq!((worked.ended, worked.deferred), (0, 0));
    let stands = daemon.application("acc-1", &application).await;
    assert_eq!(Some(stands), answer.application);
    assert_eq!(database.count(EVIDENCE).await, 2);
    daemon.stop().await;
}

async fn the_longest_waiting_first_and_no_more_than_a_batch(database: Database) {
    let (daemon, _) = daemon(&database).await;
    let all = many(&daemon, 18).await;
    daemon.clock.advance(HOUR);
    // What is due last, whoever was first.
    database
        .execute(
            "UPDATE deferral SET next_at = 1795003000 WHERE attempts = 0 AND since < 1795000002",
        )
        .await
        .unwrap();
    let worked = daemon.run_due().await;
    assert_eq!((worked.leased, worked.ended), (16, 16));
    assert!(worked.is_full());
    for (n, (account, application)) in all.iter().enumerate() {
        let expected = match n {
            0 | 1 => ApplicationState::Deferred,
            _ => ApplicationState::Accepted,
        };
        let stands = daemon.application(account, application).await;
        assert_eq!(stands.state(), expected, "{account}");
    }
    assert_eq!(daemon.run_due().await.ended, 2);
    daemon.stop().await;
}

async fn a_blocked_account_is_rejected(database: Database) {
    let (daemon, _) = daemon(&database).await;
    let (application, _) = daemon.deferred("acc-1", NOW + 60).await;
    database.execute(super::refusals::BLOCK).await.unwrap();
    let rejected = daemon.run_next("acc-1", &application).await;
    assert_eq!(rejected.state(), ApplicationState::Rejected);
    assert_eq!(reasons(&rejected), ["ACCOUNT_BLOCKED"]);
    assert_eq!(
        daemon.account("acc-1").await.level(),
        AccountLevel::Standard
    );
    daemon.stop().await;
}

async fn changed_personal_data_reject_it_at_once(database: Database) {
    let (daemon, _) = daemon(&database).await;
    let (application, _) = daemon.deferred("acc-1", NOW + 1).await;
    let changed = v1::PersonalData {
        surname: "Семёнова-Иванова".into(),
        ..person::data()
    };
    let check = daemon.submit_data("acc-1", changed).await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    assert_eq!(daemon.run_due().await.ended, 1, "due at once");
    let rejected = daemon.application("acc-1", &application).await;
    assert_eq!(rejected.state(), ApplicationState::Rejected);
    assert_eq!(reasons(&rejected), ["APPLICATION_CANCELLED"]);
    assert_eq!(
        daemon.account("acc-1").await.level(),
        AccountLevel::Standard
    );
    daemon.stop().await;
}

async fn what_cannot_be_judged_is_put_off_and_ends(database: Database) {
    let (daemon, judge) = daemon(&database).await;
    let (application, _) = daemon.deferred("acc-1", NOW + 60).await;
    let first = daemon.application("acc-1", &application).await;
    judge.set_unavailable(true);
    let put_off = daemon.run_next("acc-1", &application).await;
    assert_eq!(put_off.state(), ApplicationState::Deferred);
    let (before, after) = (first.outcome.unwrap(), put_off.outcome.unwrap());
    assert!(after.retry_at.unwrap().seconds > before.retry_at.unwrap().seconds);
    assert_eq!(after.evidence_id, before.evidence_id);
    assert_eq!(database.count(EVIDENCE).await, 1);

    daemon.clock.advance(LIMIT);
    assert_eq!(daemon.run_due().await.ended, 1);
    let rejected = daemon.application("acc-1", &application).await;
    assert_eq!(rejected.state(), ApplicationState::Rejected);
    let expected = ["DEFERRAL_LIMIT_REACHED", "REVOCATION_DATA_MISSING"];
    assert_eq!(reasons(&rejected), expected);
    assert_eq!(rejected.outcome.unwrap().evidence_id, before.evidence_id);
    daemon.stop().await;
}

async fn a_full_pool_gives_the_leases_back(database: Database) {
    let judge = Arc::new(Watched::default());
    let config = "[workers]\nrunning = 1\nwaiting = 0";
    let daemon = Daemon::start_with(&database, config, judge.clone()).await;
    let (application, _) = daemon.deferred("acc-1", NOW + 60).await;
    daemon.clock.advance(HOUR);
    let held = judge.hold();
    let verification = v1::VerifyRequest {
        signature: Script::good(b"x").bytes(),
        ..v1::VerifyRequest::default()
    };
    let mut client = daemon.verification.clone();
    let busy = tokio::spawn(async move { client.verify(verification).await });
    held.begun.await.unwrap();
    let refused = daemon.chores.retrier().run_due().await.unwrap_err();
    assert_eq!(refused.reason, Reason::Busy);
    held.go_on.send(()).unwrap();
    busy.await.unwrap().unwrap();
    assert_eq!(
        daemon.run_due().await.ended,
        1,
        "free without waiting for the lease"
    );
    let stands = daemon.application("acc-1", &application).await;
    assert_eq!(stands.state(), ApplicationState::Accepted);
    daemon.stop().await;
}

async fn a_banks_attestation_grows_too_old(database: Database) {
    let (daemon, _) = daemon(&database).await;
    daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    let prepared = daemon.prepare_attestation("acc-1", at_bank()).await;
    let prepared = prepared.unwrap();
    let application = prepared.application.unwrap().application_id;
    let signature = Script {
        stale_until: Some(NOW + 25 * HOUR),
        ..by_bank(&prepared.content)
    };
    let answer = daemon
        .submit("acc-1", &application, signature.bytes())
        .await;
    let deferred = answer.unwrap().application.unwrap();
    assert_eq!(deferred.state(), ApplicationState::Deferred);
    // The signature would be good by now, what the bank saw is too long ago.
    daemon.clock.advance(25 * HOUR);
    assert_eq!(daemon.run_due().await.ended, 1);
    let ended = daemon.application("acc-1", &application).await;
    assert_eq!(ended.state(), ApplicationState::Rejected);
    assert_eq!(reasons(&ended), ["ATTESTATION_TOO_OLD"]);
    let account = daemon.account("acc-1").await;
    assert_eq!(account.level(), AccountLevel::Standard);
    daemon.stop().await;
}
