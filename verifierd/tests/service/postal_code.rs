//! Confirming by a code sent by post.

use proto::v1::{
    AccountLevel, ApplicationState, Assurance, Channel, ConfirmWithPostalCodeRequest,
    ConfirmWithPostalCodeResponse, IssuePostalCodeRequest, IssuePostalCodeResponse,
    PrepareApplicationRequest,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use verifierd::{
    domain::ids::{ApplicationId, EvidenceId},
    service::ports::Store as _,
    store::{Role, SqlStore},
};

use crate::{
    on_both_databases, on_postgres,
    support::{Daemon, NOW, database::Database, fields, person, reason, script::Script},
};

on_both_databases! {
    a_letter_confirms_with_limited_assurance
    letters_have_thirty_days_between_them
    who_gets_no_letter
    five_wrong_codes_spend_a_letter
    wrong_codes_at_once_are_all_counted
    a_code_counts_ninety_days
    another_person_voids_the_letter_and_another_passport_does_not
    a_code_is_not_signed
}

on_postgres! { two_daemons: wrong_codes_on_two_daemons_are_all_counted }

const DAY: i64 = 86_400;

async fn order(daemon: &Daemon, id: &str) -> Result<IssuePostalCodeResponse, Status> {
    let request = IssuePostalCodeRequest {
        account_id: id.into(),
    };
    let mut client = daemon.confirmations.clone();
    Ok(client.issue_postal_code(request).await?.into_inner())
}

async fn enter(
    daemon: &Daemon,
    id: &str,
    code: &str,
) -> Result<ConfirmWithPostalCodeResponse, Status> {
    let request = ConfirmWithPostalCodeRequest {
        account_id: id.into(),
        code: code.into(),
    };
    let mut client = daemon.confirmations.clone();
    Ok(client.confirm_with_postal_code(request).await?.into_inner())
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..15])
}

fn failed(code: &str) -> (Code, String) {
    (Code::FailedPrecondition, code.into())
}

/// What an error for a wrong code says of the tries that are left.
fn tries_left(error: &Status) -> String {
    assert_eq!(
        reason(error),
        (Code::InvalidArgument, "POSTAL_CODE_WRONG".into())
    );
    let info = error.get_details_error_info().unwrap();
    info.metadata["tries_left"].clone()
}

async fn kept(database: &Database) -> Vec<String> {
    use sqlx::Row as _;
    let pool = database.pool().await;
    let mut kept = Vec::new();
    for statement in ["SELECT hash FROM postal_code", "SELECT reasons FROM event"] {
        let rows = sqlx::query(statement).fetch_all(&pool).await.unwrap();
        kept.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    // What is sealed, as the daemon reads it.
    let store = SqlStore::open(&database.config(), &database.keys(), Role::Tool).await;
    let store = store.unwrap();
    let ids = "SELECT evidence_id, application_id FROM evidence";
    for row in sqlx::query(ids).fetch_all(&pool).await.unwrap() {
        let [evidence, application] = [0, 1].map(|at| row.get::<String, _>(at));
        let evidence = EvidenceId::parse(&evidence).unwrap();
        let evidence = store.evidence(&evidence).await.unwrap().unwrap();
        let application = ApplicationId::parse(&application).unwrap();
        let filed = store.application(&application).await.unwrap().unwrap();
        kept.push(evidence.report_json);
        let octets = [evidence.content, filed.application.content];
        kept.extend(octets.map(|octets| String::from_utf8_lossy(&octets).into_owned()));
    }
    store.close().await;
    for statement in [
        "SELECT sealed FROM application",
        "SELECT sealed_content FROM evidence",
        "SELECT leaf FROM audit_leaf",
    ] {
        let rows = sqlx::query(statement).fetch_all(&pool).await.unwrap();
        let octets = rows.iter().map(|row| row.get::<Vec<u8>, _>(0));
        kept.extend(octets.map(|octets| String::from_utf8_lossy(&octets).into_owned()));
    }
    pool.close().await;
    kept
}

async fn a_letter_confirms_with_limited_assurance(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let letter = order(&daemon, "acc-1").await.unwrap();
    assert!(letter.code.len() == 16 && letter.code.bytes().all(|b| b.is_ascii_digit()));
    let times = [letter.issued_at, letter.next_not_before, letter.expires_at];
    let times = times.map(|at| at.unwrap().seconds);
    assert_eq!(times, [NOW, NOW + 30 * DAY, NOW + 90 * DAY]);
    let prepared = daemon.application("acc-1", &letter.application_id).await;
    assert_eq!(prepared.state(), ApplicationState::Prepared);
    assert_eq!(prepared.channel(), Channel::PostalCode);

    daemon.clock.advance(7 * DAY);
    let (first, rest) = letter.code.split_at(4);
    let printed = format!("{first} {rest}");
    let answer = enter(&daemon, "acc-1", &printed).await.unwrap();
    let application = answer.application.clone().unwrap();
    assert_eq!(application.state(), ApplicationState::Accepted);
    let outcome = application.outcome.clone().unwrap();
    assert!(outcome.reasons.is_empty() && outcome.report_json.is_empty());
    let account = answer.account.clone().unwrap();
    assert_eq!(account.level(), AccountLevel::Confirmed);
    assert_eq!(account, daemon.account("acc-1").await);
    let confirmation = account.confirmation.unwrap();
    assert_eq!(confirmation.channel(), Channel::PostalCode);
    assert_eq!(confirmation.assurance(), Assurance::Limited);
    assert_eq!(confirmation.evidence_id, outcome.evidence_id);
    assert!(confirmation.certificate.is_none());

    // The same code again is the same answer; a wrong one finds nothing open.
    assert_eq!(enter(&daemon, "acc-1", &letter.code).await.unwrap(), answer);
    let error = enter(&daemon, "acc-1", &wrong(&letter.code)).await;
    assert_eq!(reason(&error.unwrap_err()), failed("POSTAL_CODE_SPENT"));
    for kind in ["POSTAL_CODE_ISSUED", "APPLICATION_ACCEPTED"] {
        assert_eq!(count_events(&database, kind).await, 1, "{kind}");
    }
    let kept = kept(&database).await;
    assert!(kept.iter().any(|text| text.contains("qes.postal-code/1")));
    assert!(kept.iter().all(|text| !text.contains(&letter.code)));

    // A full channel raises the assurance, and no letter lowers it.
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap();
    let raised = daemon.account("acc-1").await.confirmation.unwrap();
    assert_eq!(raised.assurance(), Assurance::Full);
    let again = enter(&daemon, "acc-1", &letter.code).await.unwrap();
    assert_eq!(again.account.unwrap().confirmation.unwrap(), raised);
    daemon.clock.advance(30 * DAY);
    let error = order(&daemon, "acc-1").await.unwrap_err();
    assert_eq!(reason(&error), failed("ALREADY_CONFIRMED"));
    daemon.stop().await;
}

async fn count_events(database: &Database, kind: &'static str) -> i64 {
    let kinds = "SELECT kind FROM event";
    let pool = database.pool().await;
    let rows = sqlx::query(kinds).fetch_all(&pool).await.unwrap();
    pool.close().await;
    use sqlx::Row as _;
    let of_kind = rows.iter().filter(|row| row.get::<String, _>(0) == kind);
    i64::try_from(of_kind.count()).unwrap()
}

async fn letters_have_thirty_days_between_them(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let old = order(&daemon, "acc-1").await.unwrap();
    daemon.clock.advance(30 * DAY - 1);
    let error = order(&daemon, "acc-1").await.unwrap_err();
    assert_eq!(reason(&error), failed("POSTAL_CODE_TOO_SOON"));
    let delay = error.get_details_retry_info().unwrap().retry_delay.unwrap();
    assert_eq!(delay.as_secs(), 1);
    daemon.clock.advance(1);
    let new = order(&daemon, "acc-1").await.unwrap();
    let superseded = daemon.application("acc-1", &old.application_id).await;
    assert_eq!(superseded.state(), ApplicationState::Cancelled);
    assert_eq!(count_events(&database, "APPLICATION_CANCELLED").await, 1);
    let error = enter(&daemon, "acc-1", &old.code).await.unwrap_err();
    assert_eq!(tries_left(&error), "4");
    enter(&daemon, "acc-1", &new.code).await.unwrap();
    // An account of limited assurance may order another all the same.
    daemon.clock.advance(30 * DAY);
    let third = order(&daemon, "acc-1").await.unwrap();
    enter(&daemon, "acc-1", &third.code).await.unwrap();
    daemon.stop().await;
}

async fn who_gets_no_letter(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    daemon.standard_with("acc-2", person::another()).await;
    let code = "1234567890123456";
    for (id, expected) in [
        ("acc-1", failed("LEVEL_TOO_LOW")),
        ("nobody", (Code::NotFound, "ACCOUNT_UNKNOWN".into())),
    ] {
        assert_eq!(reason(&order(&daemon, id).await.unwrap_err()), expected);
    }
    for id in ["acc-1", "acc-2"] {
        let error = enter(&daemon, id, code).await.unwrap_err();
        assert_eq!(reason(&error), failed("POSTAL_CODE_NOT_ISSUED"));
    }
    let error = enter(&daemon, "nobody", code).await.unwrap_err();
    assert_eq!(reason(&error).1, "ACCOUNT_UNKNOWN");
    let error = enter(&daemon, "", "12").await.unwrap_err();
    assert_eq!(fields(&error), ["account_id", "code"]);
    assert!(!format!("{error:?}").contains("12\""));
    assert_eq!(
        fields(&order(&daemon, "").await.unwrap_err()),
        ["account_id"]
    );

    let letter = order(&daemon, "acc-2").await.unwrap();
    let block = r#"UPDATE account SET blocked = '{"by":"admin","at":1795000000}'"#;
    database.execute(block).await.unwrap();
    let error = enter(&daemon, "acc-2", &letter.code).await.unwrap_err();
    assert_eq!(reason(&error), failed("ACCOUNT_BLOCKED"));
    daemon.clock.advance(30 * DAY);
    let error = order(&daemon, "acc-2").await.unwrap_err();
    assert_eq!(reason(&error), failed("ACCOUNT_BLOCKED"));
    assert_eq!(database.count("SELECT COUNT(*) FROM postal_code").await, 1);
    daemon.stop().await;
}

async fn five_wrong_codes_spend_a_letter(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let letter = order(&daemon, "acc-1").await.unwrap();
    for left in ["4", "3", "2", "1", "0"] {
        let error = enter(&daemon, "acc-1", &wrong(&letter.code)).await;
        assert_eq!(tries_left(&error.unwrap_err()), left);
    }
    for code in [letter.code.clone(), wrong(&letter.code)] {
        let error = enter(&daemon, "acc-1", &code).await.unwrap_err();
        assert_eq!(reason(&error), failed("POSTAL_CODE_SPENT"));
    }
    let spent = daemon.application("acc-1", &letter.application_id).await;
    assert_eq!(spent.state(), ApplicationState::Rejected);
    assert_eq!(spent.outcome.unwrap().reasons[0].code, "POSTAL_CODE_TRIES");
    assert_eq!(count_events(&database, "POSTAL_CODE_SPENT").await, 1);
    let level = daemon.account("acc-1").await.level();
    assert_eq!(level, AccountLevel::Standard);
    // A spent letter is the last one all the same.
    let error = order(&daemon, "acc-1").await.unwrap_err();
    assert_eq!(reason(&error), failed("POSTAL_CODE_TOO_SOON"));
    daemon.stop().await;
}

async fn wrong_codes_at_once_are_all_counted(database: Database) {
    let daemon = Daemon::start(&database).await;
    wrong_codes_at_once(&database, [&daemon, &daemon]).await;
    daemon.stop().await;
}

async fn wrong_codes_on_two_daemons_are_all_counted(database: Database) {
    let one = Daemon::start(&database).await;
    let two = Daemon::start(&database).await;
    wrong_codes_at_once(&database, [&one, &two]).await;
    one.stop().await;
    two.stop().await;
}

async fn wrong_codes_at_once(database: &Database, daemons: [&Daemon; 2]) {
    let [one, two] = daemons;
    one.standard("acc-1").await;
    let letter = order(one, "acc-1").await.unwrap();
    let code = wrong(&letter.code);
    let tries = (0..12).map(|n| {
        let daemon = if n % 2 == 0 { one } else { two };
        let (client, code) = (daemon.confirmations.clone(), code.clone());
        tokio::spawn(async move {
            let request = ConfirmWithPostalCodeRequest {
                account_id: "acc-1".into(),
                code,
            };
            { client }.confirm_with_postal_code(request).await
        })
    });
    let mut left = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        let error = attempt.await.unwrap().unwrap_err();
        match reason(&error).1.as_str() {
            "POSTAL_CODE_SPENT" => {}
            _ => left.push(tries_left(&error)),
        }
    }
    left.sort();
    assert_eq!(left, ["0", "1", "2", "3", "4"]);
    let counted = "SELECT wrong_tries FROM postal_code";
    assert_eq!(database.count(counted).await, 5);
    assert_eq!(count_events(database, "POSTAL_CODE_SPENT").await, 1);
    let error = enter(two, "acc-1", &letter.code).await.unwrap_err();
    assert_eq!(reason(&error), failed("POSTAL_CODE_SPENT"));
}

async fn a_code_counts_ninety_days(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    daemon.standard_with("acc-2", person::another()).await;
    let late = order(&daemon, "acc-1").await.unwrap();
    let last = order(&daemon, "acc-2").await.unwrap();
    daemon.clock.advance(90 * DAY - 1);
    enter(&daemon, "acc-2", &last.code).await.unwrap();
    daemon.clock.advance(1);
    let error = enter(&daemon, "acc-1", &late.code).await.unwrap_err();
    assert_eq!(reason(&error), failed("POSTAL_CODE_EXPIRED"));
    daemon.stop().await;
}

async fn another_person_voids_the_letter_and_another_passport_does_not(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let letter = order(&daemon, "acc-1").await.unwrap();
    let (application, _) = daemon.issue("acc-1").await;
    let mut renewed = person::data();
    renewed.document.as_mut().unwrap().number = "730520".into();
    let check = daemon.submit_data("acc-1", renewed).await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    let state = daemon.application("acc-1", &letter.application_id).await;
    assert_eq!(state.state(), ApplicationState::Prepared);
    let state = daemon.application("acc-1", &application).await;
    assert_eq!(state.state(), ApplicationState::Cancelled);
    let check = daemon.submit_data("acc-1", person::another()).await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    let error = enter(&daemon, "acc-1", &letter.code).await.unwrap_err();
    assert_eq!(reason(&error), failed("POSTAL_CODE_VOID"));
    let void = daemon.application("acc-1", &letter.application_id).await;
    assert_eq!(void.state(), ApplicationState::Cancelled);
    daemon.stop().await;
}

async fn a_code_is_not_signed(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let request = PrepareApplicationRequest {
        account_id: "acc-1".into(),
        channel: Channel::PostalCode.into(),
    };
    let mut client = daemon.confirmations.clone();
    let error = client.prepare_application(request).await.unwrap_err();
    assert_eq!(reason(&error), failed("POSTAL_CODE_NOT_SIGNED"));
    drop(client);
    let letter = order(&daemon, "acc-1").await.unwrap();
    let signature = Script::good(b"").bytes();
    let error = daemon
        .submit("acc-1", &letter.application_id, signature)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), failed("POSTAL_CODE_NOT_SIGNED"));
    let state = daemon.application("acc-1", &letter.application_id).await;
    assert_eq!(state.state(), ApplicationState::Prepared);
    daemon.stop().await;
}
