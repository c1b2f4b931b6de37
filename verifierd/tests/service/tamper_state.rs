//! Rows that have no place in the log, changed behind the daemon's back: each is found and named.

use proto::v1::{
    BlockAccountRequest, Channel, ConfirmWithPostalCodeRequest, IssuePostalCodeRequest,
    PersonalData, UnblockAccountRequest,
};
use sqlx::{AssertSqlSafe, Row as _};
use verifierd::{service::change::sha256, store::check::What};

use crate::{
    on_both_databases,
    support::{
        Daemon, attest::at_bank, attest::by_bank, database::Database, person, script::Script,
    },
};

on_both_databases! {
    accounts
    applications
    enrolments
}

pub async fn confirmed(daemon: &Daemon, id: &str) {
    daemon.standard(id).await;
    let (application, content) = daemon.issue(id).await;
    let signature = Script::good(&content).bytes();
    daemon.submit(id, &application, signature).await.unwrap();
}

async fn block(daemon: &Daemon, id: &str) {
    let request = BlockAccountRequest {
        account_id: id.into(),
        reason: "x".into(),
        acted_by: "staff-7".into(),
    };
    daemon
        .accounts
        .clone()
        .block_account(request)
        .await
        .unwrap();
}

fn is_sqlite(database: &Database) -> bool {
    database.beside("x").is_some()
}

/// Lets every row be changed, whatever the database keeps.
async fn unlock(database: &Database) {
    if !is_sqlite(database) {
        return;
    }
    let pool = database.pool().await;
    let triggers = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'trigger'");
    for row in triggers.fetch_all(&pool).await.unwrap() {
        let drop = format!("DROP TRIGGER {}", row.get::<String, _>(0));
        sqlx::query(AssertSqlSafe(drop))
            .execute(&pool)
            .await
            .unwrap();
    }
    pool.close().await;
}

async fn free(database: &Database, sql: &str) {
    let before = match is_sqlite(database) {
        true => "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON",
        false => "SET session_replication_role = replica",
    };
    database.execute_raw(&format!("{before}; {sql}")).await;
}

pub async fn found(daemon: &Daemon) -> Vec<(&'static str, String, What)> {
    let faults = daemon.store.check(&[]).await.unwrap().faults;
    let faults = faults.named.into_iter();
    faults
        .map(|fault| (fault.table, fault.row, fault.what))
        .collect()
}

pub fn one<'a>(
    table: &'static str,
    row: &'a str,
    what: What,
) -> Vec<(&'static str, &'a str, What)> {
    vec![(table, row, what)]
}

/// Does `edit` to a table, looks at what is found, and puts the table back.
pub async fn case(
    (database, daemon): (&Database, &Daemon),
    table: &'static str,
    edit: &str,
    expected: &[(&'static str, &str, What)],
) {
    free(
        database,
        &format!("CREATE TABLE kept AS SELECT * FROM {table}; {edit}"),
    )
    .await;
    let found = found(daemon).await;
    let found: Vec<_> = found
        .iter()
        .map(|(table, row, what)| (*table, row.as_str(), *what))
        .collect();
    assert_eq!(found, expected, "{edit}");
    let back =
        format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept");
    free(database, &back).await;
}

pub async fn start(database: &Database) -> Daemon {
    let daemon = Daemon::start(database).await;
    unlock(database).await;
    daemon
}

async fn accounts(database: Database) {
    let daemon = start(&database).await;
    confirmed(&daemon, "acc-1").await;
    for id in ["acc-2", "acc-3", "acc-4"] {
        daemon.register(id).await;
    }
    block(&daemon, "acc-2").await;
    block(&daemon, "acc-3").await;
    let request = UnblockAccountRequest {
        account_id: "acc-3".into(),
        acted_by: "staff-8".into(),
    };
    daemon
        .accounts
        .clone()
        .unblock_account(request)
        .await
        .unwrap();
    daemon.standard_with("acc-5", person::another()).await;
    let request = IssuePostalCodeRequest {
        account_id: "acc-5".into(),
    };
    let mut client = daemon.confirmations.clone();
    let letter = client
        .issue_postal_code(request)
        .await
        .unwrap()
        .into_inner();
    let request = ConfirmWithPostalCodeRequest {
        account_id: "acc-5".into(),
        code: letter.code,
    };
    client.confirm_with_postal_code(request).await.unwrap();
    // Wrong codes spend a letter: an outcome without a signature.
    let other = PersonalData {
        snils: "00060013752".into(),
        inn: String::new(),
        ..person::data()
    };
    daemon.standard_with("acc-6", other).await;
    let request = IssuePostalCodeRequest {
        account_id: "acc-6".into(),
    };
    let letter = client
        .issue_postal_code(request)
        .await
        .unwrap()
        .into_inner();
    let last = if letter.code.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{last}", &letter.code[..15]);
    for _ in 0..5 {
        let request = ConfirmWithPostalCodeRequest {
            account_id: "acc-6".into(),
            code: wrong.clone(),
        };
        client.confirm_with_postal_code(request).await.unwrap_err();
    }
    let spent = "SELECT COUNT(*) FROM event WHERE kind = 'POSTAL_CODE_SPENT'";
    assert_eq!(database.count(spent).await, 1);
    assert_eq!(found(&daemon).await, []);
    let gone = format!("sha256:{}", hex::encode(sha256(b"acc-4")));
    let edited = |id: &'static str| one("account", id, What::NotItsLeaf);
    let unfit = |id: &'static str| one("account", id, What::NotItsData);
    for (edit, expected) in [
        // Another account could be confirmed with this SNILS.
        (
            "UPDATE account SET snils_digest = email_digest WHERE account_id = 'acc-1'",
            unfit("acc-1"),
        ),
        (
            "UPDATE account SET phone_digest = email_digest WHERE account_id = 'acc-1'",
            unfit("acc-1"),
        ),
        (
            "UPDATE account SET email_digest = snils_digest WHERE account_id = 'acc-1'",
            unfit("acc-1"),
        ),
        (
            "UPDATE account SET sealed = (SELECT sealed FROM kept k WHERE k.account_id = 'acc-5') WHERE account_id = 'acc-1'",
            unfit("acc-1"),
        ),
        (
            "UPDATE account SET confirmation = replace(confirmation, 'POSTAL_CODE', 'OWN_SIGNATURE') WHERE account_id = 'acc-5'",
            edited("acc-5"),
        ),
        (
            "UPDATE account SET confirmation = replace(confirmation, 'LIMITED', 'FULL') WHERE account_id = 'acc-5'",
            edited("acc-5"),
        ),
        (
            "UPDATE account SET confirmation = (SELECT confirmation FROM kept k WHERE k.account_id = 'acc-5') WHERE account_id = 'acc-1'",
            edited("acc-1"),
        ),
        (
            "UPDATE account SET confirmation = 'x' WHERE account_id = 'acc-1'",
            edited("acc-1"),
        ),
        (
            "UPDATE account SET blocked = NULL WHERE account_id = 'acc-2'",
            edited("acc-2"),
        ),
        (
            "UPDATE account SET blocked = replace(blocked, 'staff-7', 'staff-8') WHERE account_id = 'acc-2'",
            edited("acc-2"),
        ),
        (
            "UPDATE account SET blocked = (SELECT blocked FROM kept k WHERE k.account_id = 'acc-2') WHERE account_id = 'acc-3'",
            edited("acc-3"),
        ),
        (
            "DELETE FROM account WHERE account_id = 'acc-4'",
            one("account", &gone, What::Missing),
        ),
        (
            "INSERT INTO account SELECT 'acc-x', key_id, sealed, NULL, (SELECT hash FROM audit_leaf WHERE sequence = 0), NULL, \
          registered_at, level, blocked, registry_check, confirmation FROM kept WHERE account_id = 'acc-4'",
            one("account", "acc-x", What::NotInLog),
        ),
    ] {
        case((&database, &daemon), "account", edit, &expected).await;
    }
    assert_eq!(found(&daemon).await, []);
    daemon.stop().await;
}

async fn applications(database: Database) {
    let daemon = start(&database).await;
    daemon.standard("acc-1").await;
    let (cancelled, _) = daemon.issue("acc-1").await;
    // This one waits to be judged again, and is cancelled without an entry.
    let (deferred, content) = daemon.issue("acc-1").await;
    let later = Script::indeterminate(&content, "TRY_LATER").bytes();
    daemon.submit("acc-1", &deferred, later).await.unwrap();
    let check = daemon.submit_data("acc-1", person::another()).await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    let (open, _) = daemon.issue("acc-1").await;
    daemon.register("acc-2").await;
    let is_set = "SELECT COUNT(*) FROM application WHERE cancelled_at IS NOT NULL";
    assert_eq!(database.count(is_set).await, 2);
    assert_eq!(found(&daemon).await, []);
    let it = |what| one("application", &cancelled, what);
    for (edit, expected) in [
        (
            format!(
                "UPDATE application SET cancelled_at = NULL WHERE application_id = '{cancelled}'"
            ),
            it(What::NotItsLeaf),
        ),
        (
            format!(
                "UPDATE application SET cancelled_at = cancelled_at + 1 WHERE application_id = '{cancelled}'"
            ),
            it(What::NotItsLeaf),
        ),
        (
            format!(
                "UPDATE application SET cancelled_at = issued_at WHERE application_id = '{open}'"
            ),
            one("application", &open, What::NotItsLeaf),
        ),
        (
            format!(
                "UPDATE application SET issued_at = issued_at + 1 WHERE application_id = '{open}'"
            ),
            one("application", &open, What::NotItsLeaf),
        ),
        (
            format!("UPDATE application SET account_id = 'acc-2' WHERE application_id = '{open}'"),
            one("application", &open, What::NotItsLeaf),
        ),
        (
            format!("DELETE FROM application WHERE application_id = '{open}'"),
            one("application", &open, What::Missing),
        ),
        (
            format!(
                "INSERT INTO application SELECT 'x', account_id, channel, audience, issued_at, expires_at, cancelled_at, key_id, sealed \
                  FROM kept WHERE application_id = '{open}'"
            ),
            one("application", "x", What::NotInLog),
        ),
    ] {
        case((&database, &daemon), "application", &edit, &expected).await;
    }
    assert_eq!(found(&daemon).await, []);
    daemon.stop().await;
}

async fn enrolments(database: Database) {
    let daemon = start(&database).await;
    let [_, operator, bank] = daemon.enrol_everybody().await;
    // Ended, and then ended earlier.
    daemon.end_enrolment(&operator, Some(9)).await.unwrap();
    daemon.end_enrolment(&operator, None).await.unwrap();
    daemon.simplified("acc-1").await;
    let (application, content) = daemon.attest("acc-1", at_bank()).await;
    let attested = by_bank(&content).bytes();
    let answer = daemon.submit("acc-1", &application, attested).await;
    let confirmation = answer.unwrap().account.unwrap().confirmation.unwrap();
    assert_eq!(confirmation.channel(), Channel::Bank);
    assert_eq!(found(&daemon).await, []);
    let edited = What::NotItsLeaf;
    let other = "(SELECT hash FROM audit_leaf WHERE sequence = 0)";
    for (edit, expected) in [
        (
            format!("UPDATE enrolment SET name = 'X' WHERE enrolment_id = '{bank}'"),
            one("enrolment", &bank, edited),
        ),
        (
            format!("UPDATE enrolment SET ogrn = '1027700132195' WHERE enrolment_id = '{bank}'"),
            one("enrolment", &bank, edited),
        ),
        (
            format!("UPDATE enrolment SET from_at = from_at - 1 WHERE enrolment_id = '{bank}'"),
            one("enrolment", &bank, edited),
        ),
        (
            format!(
                "UPDATE enrolment SET until_at = until_at + 9 WHERE enrolment_id = '{operator}'"
            ),
            one("enrolment", &operator, edited),
        ),
        (
            format!(
                "UPDATE enrolment SET ended_at = NULL, until_at = NULL WHERE enrolment_id = '{operator}'"
            ),
            one("enrolment", &operator, edited),
        ),
        (
            format!(
                "UPDATE enrolment SET snils_digest = {other} WHERE enrolment_id = '{operator}'"
            ),
            one("enrolment", &operator, edited),
        ),
        (
            format!("DELETE FROM enrolment WHERE enrolment_id = '{bank}'"),
            vec![
                ("enrolment", bank.as_str(), What::Missing),
                ("enrolment_act", "2", What::NotInLog),
            ],
        ),
        (
            format!(
                "INSERT INTO enrolment (enrolment_id, kind, ogrn, name, from_at, made_at) SELECT 'x', kind, '1027700132195', name, \
                  from_at, made_at FROM kept WHERE enrolment_id = '{bank}'"
            ),
            one("enrolment", "x", What::NotInLog),
        ),
    ] {
        case((&database, &daemon), "enrolment", &edit, &expected).await;
    }
    for (edit, expected) in [
        // Who enrolled stands in the enrolment, too.
        (
            "UPDATE enrolment_act SET acted_by = 'admin-8' WHERE sequence = 2".to_owned(),
            one("enrolment", &bank, edited),
        ),
        (
            "UPDATE enrolment_act SET acted_by = 'admin-8' WHERE sequence = 3".to_owned(),
            one("enrolment_act", "3", edited),
        ),
        (
            "UPDATE enrolment_act SET until_at = until_at + 1 WHERE sequence = 3".to_owned(),
            one("enrolment_act", "3", edited),
        ),
        (
            "UPDATE enrolment_act SET at = at + 1 WHERE sequence = 3".to_owned(),
            one("enrolment_act", "3", edited),
        ),
        (
            "DELETE FROM enrolment_act WHERE sequence = 3".to_owned(),
            one("enrolment_act", "3", What::Missing),
        ),
        (
            format!(
                "INSERT INTO enrolment_act SELECT 5, '{bank}', act, at, acted_by, until_at FROM kept WHERE sequence = 3"
            ),
            one("enrolment_act", "5", What::NotInLog),
        ),
    ] {
        case((&database, &daemon), "enrolment_act", &edit, &expected).await;
    }
    assert_eq!(found(&daemon).await, []);
    daemon.stop().await;
}
