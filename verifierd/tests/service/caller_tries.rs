//! How often one caller may fail, whatever accounts it fails for.

use std::{sync::Arc, time::Duration};

use proto::v1::{
    ConfirmWithPostalCodeRequest, CreateChallengeRequest, CreateChallengeResponse,
    IssuePostalCodeRequest, SignInRequest, SubmitOrganisationLinkRequest,
    organisation_service_client::OrganisationServiceClient,
    sign_in_service_client::SignInServiceClient,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    on_both_databases,
    support::{
        Daemon,
        database::Database,
        person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    tries_of_all_accounts_count_together
    every_failed_try_counts_and_nothing_else
    a_caller_who_leaves_is_counted
}

const ORIGIN: &str = "https://portal.example";
const TWO: &str = "[applications]\nfailed_tries_of_caller = 2";
const ONE: &str = "[applications]\nfailed_tries_of_caller = 1";

async fn daemon(database: &Database, config: &str) -> Daemon {
    Daemon::start_with(database, config, Arc::new(Scripted::default())).await
}

fn is_limit(error: &Status) -> bool {
    reason(error)
        == (
            Code::ResourceExhausted,
            "TOO_MANY_FAILED_TRIES_OF_CALLER".to_owned(),
        )
}

fn wait(error: &Status) -> Duration {
    error.get_details_retry_info().unwrap().retry_delay.unwrap()
}

/// Of a stranger to the account.
fn rejected(content: &[u8]) -> Script {
    Script {
        snils: Some("08765430300".into()),
        ..Script::good(content)
    }
}

async fn challenge(daemon: &Daemon) -> CreateChallengeResponse {
    let mut client = SignInServiceClient::new(daemon.channel.clone());
    let origin = ORIGIN.into();
    let asked = client.create_challenge(CreateChallengeRequest { origin });
    asked.await.unwrap().into_inner()
}

async fn sign_in(daemon: &Daemon, script: impl FnOnce(&[u8]) -> Script) -> Result<(), Status> {
    let challenge = challenge(daemon).await;
    let mut client = SignInServiceClient::new(daemon.channel.clone());
    let request = SignInRequest {
        challenge_id: challenge.challenge_id,
        origin: ORIGIN.into(),
        signature: script(&challenge.content).bytes(),
    };
    client.sign_in(request).await.map(|_| ())
}

async fn enter(daemon: &Daemon, account: &str, code: &str) -> Result<(), Status> {
    let mut client = daemon.confirmations.clone();
    let request = ConfirmWithPostalCodeRequest {
        account_id: account.into(),
        code: code.into(),
    };
    client.confirm_with_postal_code(request).await.map(|_| ())
}

async fn link(daemon: &Daemon, account: &str, application: &str) -> Result<(), Status> {
    let mut client = OrganisationServiceClient::new(daemon.channel.clone());
    let request = SubmitOrganisationLinkRequest {
        account_id: account.into(),
        application_id: application.into(),
        signature: b"no signature".to_vec(),
    };
    client.submit_organisation_link(request).await.map(|_| ())
}

async fn tries_of_all_accounts_count_together(database: Database) {
    let daemon = daemon(&database, TWO).await;
    daemon.standard("acc-1").await;
    daemon.standard_with("acc-2", person::another()).await;
    let (first, _) = daemon.issue("acc-1").await;
    let (second, content) = daemon.issue("acc-2").await;
    daemon.submit("acc-1", &first, "nothing").await.unwrap_err();
    daemon.clock.advance(600);
    let other = Script::good(&content).bytes();
    daemon.submit("acc-2", &second, other).await.unwrap();

    // Neither account has had more than one.
    let (first, content) = daemon.issue("acc-1").await;
    let good = Script::good(&content).bytes();
    let refused = daemon.submit("acc-1", &first, good.clone()).await;
    let refused = refused.unwrap_err();
    assert!(is_limit(&refused), "{refused:?}");
    let left = wait(&refused).as_secs();
    assert!((2940..=3000).contains(&left), "{left}");
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.metadata["limit"], "2");

    // The same limit in every way in; the other methods answer.
    assert!(is_limit(&link(&daemon, "acc-1", &first).await.unwrap_err()));
    let signed_in = sign_in(&daemon, Script::good).await;
    assert!(is_limit(&signed_in.unwrap_err()));
    let entered = enter(&daemon, "acc-1", "0000-0000-0000-0000").await;
    assert!(is_limit(&entered.unwrap_err()));
    daemon.prepare("acc-1").await.unwrap();
    assert_eq!(
        daemon.account("acc-1").await.level(),
        proto::v1::AccountLevel::Standard
    );

    // What was refused for the limit is no further try.
    daemon.clock.advance(i64::try_from(left).unwrap());
    let submitted = daemon.submit("acc-1", &first, good).await.unwrap();
    assert_eq!(
        submitted.account.unwrap().level(),
        proto::v1::AccountLevel::Confirmed
    );
    daemon.stop().await;
}

/// Does something once; answers whether the only free try is gone.
async fn counts(daemon: &Daemon, account: &str, act: &str) -> bool {
    let (application, content) = daemon.issue(account).await;
    let submit = |script: Script| daemon.submit(account, &application, script.bytes());
    match act {
        "no signature" => drop(daemon.submit(account, &application, "x").await.unwrap_err()),
        "another content" => drop(submit(Script::attached(b"other")).await.unwrap_err()),
        "rejected" => drop(submit(rejected(&content)).await.unwrap()),
        "deferred" => drop(submit(Script::indeterminate(&content, "TRY_LATER")).await),
        "a field" => drop(daemon.submit(account, "x", "x").await.unwrap_err()),
        "an unknown account" => {
            let nobody = daemon.submit("nobody", &application, Script::good(&content).bytes());
            drop(nobody.await.unwrap_err());
        }
        "a link" => drop(link(daemon, account, &application).await.unwrap_err()),
        "an unknown person signs in" => sign_in(daemon, Script::good).await.unwrap(),
        "a sign-in of other content" => {
            let other = sign_in(daemon, |_| Script::attached(b"other")).await;
            drop(other.unwrap_err());
        }
        "a sign-in that must wait" => {
            let later = |content: &[u8]| Script::indeterminate(content, "TRY_LATER");
            sign_in(daemon, later).await.unwrap();
        }
        "a wrong code" => {
            let account_id = account.into();
            let mut client = daemon.confirmations.clone();
            let issued = client.issue_postal_code(IssuePostalCodeRequest { account_id });
            let code = issued.await.unwrap().into_inner().code;
            let last = if code.ends_with('0') { '1' } else { '0' };
            let wrong = format!("{}{last}", &code[..code.len() - 1]);
            let refused = enter(daemon, account, &wrong).await.unwrap_err();
            assert_eq!(reason(&refused).1, "POSTAL_CODE_WRONG");
        }
        other => panic!("{other}"),
    }
    let (application, content) = daemon.issue(account).await;
    let good = Script::good(&content).bytes();
    match daemon.submit(account, &application, good).await {
        Ok(_) => false,
        Err(error) => {
            assert!(is_limit(&error), "{act}: {error:?}");
            true
        }
    }
}

async fn every_failed_try_counts_and_nothing_else(database: Database) {
    let daemon = daemon(&database, ONE).await;
    // The account that is confirmed at last comes after those that fail.
    let table = [
        ("no signature", true),
        ("another content", true),
        ("rejected", true),
        ("a link", true),
        ("an unknown person signs in", true),
        ("a sign-in of other content", true),
        ("a wrong code", true),
    ];
    daemon.standard("acc-1").await;
    for (act, expected) in table {
        assert_eq!(counts(&daemon, "acc-1", act).await, expected, "{act}");
        // All windows end, those of the account, too.
        daemon.clock.advance(4000);
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_failed_try_leaves_it_free() {
    for act in [
        "deferred",
        "a field",
        "an unknown account",
        "a sign-in that must wait",
    ] {
        let database = Database::sqlite();
        let daemon = daemon(&database, ONE).await;
        daemon.standard("acc-1").await;
        assert!(!counts(&daemon, "acc-1", act).await, "{act}");
        daemon.stop().await;
    }
}

async fn a_caller_who_leaves_is_counted(database: Database) {
    let judge = Scripted::holding();
    let daemon = Daemon::start_with(&database, ONE, judge.clone()).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    tokio::select! {
        answer = daemon.submit("acc-1", &application, rejected(&content).bytes()) => panic!("{answer:?}"),
        () = judge.meet() => {}
    }
    judge.meet().await;
    let mut calls = 0;
    // What cannot be read is refused before it is judged; whichever comes first is the one try.
    while database.count("SELECT COUNT(*) FROM outcome").await == 0 {
        calls += 1;
        assert!(calls < 2000, "no outcome");
        daemon.account("acc-1").await;
    }
    let refused = loop {
        let nothing = daemon.submit("nobody", &application, Script::good(&content).bytes());
        let refused = nothing.await.unwrap_err();
        if reason(&refused).1 != "ACCOUNT_UNKNOWN" {
            break refused;
        }
        calls += 1;
        assert!(calls < 4000, "the try is not counted");
    };
    assert!(is_limit(&refused), "{refused:?}");
    daemon.stop().await;
}
