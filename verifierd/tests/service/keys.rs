//! Personal data at rest: what the database shows, whose keys open it, and how keys change.

use std::{process::Command, time::Duration};

use proto::v1::RegisterAccountRequest;
use tonic::Code;
use verifierd::{
    config::StoreConfig,
    domain::ids::AccountId,
    service::ports::{Store as _, StoreError},
    store::{Role, SqlStore, keys::KeySource, seal::SealError},
};

use crate::{
    on_both_databases, on_postgres,
    support::{Daemon, database::Database, person, reason, script::Script},
};

on_both_databases! {
    a_sealed_value_of_another_row_is_refused
    one_mailbox_has_one_account
    keys_of_another_database_are_refused
    rows_get_the_current_key_and_a_broken_one_is_named
}

on_postgres! { founding:
    daemons_with_different_keys_found_one_database_once
    postgres_needs_its_keys_given
}

const LOOK_UP: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A key file with look-up key `look_up`, and a data key for each letter; the first is current.
fn keys(look_up: &str, ids: &str) -> KeySource {
    let data: String = ids
        .chars()
        .map(|id| {
            format!(
                "{id} = '{}00'\n",
                format!("{:02x}", u32::from(id)).repeat(31)
            )
        })
        .collect();
    let current = &ids[..1];
    let text = format!("current = '{current}'\nlook_up = '{look_up}'\n[data]\n{data}");
    KeySource::Text(text.into())
}

async fn open(database: &Database, keys: &KeySource) -> Result<SqlStore, StoreError> {
    SqlStore::open(&database.config(), keys, Role::Daemon).await
}

fn refused(opened: Result<SqlStore, StoreError>) -> String {
    match opened {
        Err(StoreError::NotOpened(text)) => {
            assert!(text.contains(" / "), "{text}");
            text
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it opened"),
    }
}

async fn a_sealed_value_of_another_row_is_refused(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    daemon.register("acc-2").await;
    let swap = "UPDATE account SET sealed = \
                (SELECT sealed FROM account WHERE account_id = 'acc-2') WHERE account_id = 'acc-1'";
    database.execute(swap).await.unwrap();
    let request = proto::v1::GetAccountRequest {
        account_id: "acc-1".into(),
    };
    let error = daemon.accounts.clone().get_account(request).await;
    assert_eq!(
        reason(&error.unwrap_err()),
        (Code::Internal, "INTERNAL".into())
    );
    // Nothing is written on what cannot be read, and nobody else is kept from writing.
    let request = proto::v1::SubmitPersonalDataRequest {
        account_id: "acc-1".into(),
        personal_data: Some(person::data()),
    };
    let error = daemon.accounts.clone().submit_personal_data(request).await;
    assert_eq!(
        reason(&error.unwrap_err()),
        (Code::Internal, "INTERNAL".into())
    );
    assert_eq!(database.count("SELECT COUNT(*) FROM event").await, 2);
    daemon.submit_data("acc-2", person::data()).await;
    daemon.stop().await;
}

async fn one_mailbox_has_one_account(database: Database) {
    let daemon = Daemon::start(&database).await;
    let register = async |id: &str, email: &str| {
        let request = RegisterAccountRequest {
            email: email.into(),
            ..person::registration(id)
        };
        daemon.accounts.clone().register_account(request).await
    };
    register("acc-1", "анна@пример.рф").await.unwrap();
    for same in ["Анна@Пример.РФ", "анна@xn--e1afmkfd.xn--p1ai"] {
        let error = register("acc-2", same).await.unwrap_err();
        let expected = (Code::AlreadyExists, "CONTACT_ALREADY_USED".to_owned());
        assert_eq!(reason(&error), expected, "{same}");
    }
    register("acc-2", "анна@пример2.рф").await.unwrap();
    daemon.stop().await;
}

async fn keys_of_another_database_are_refused(database: Database) {
    let own = keys(LOOK_UP, "ab");
    let store = open(&database, &own).await.unwrap();
    let instance = store.instance().await.unwrap();
    store.close().await;
    let other = LOOK_UP.replace("00", "ff");
    let said = refused(open(&database, &keys(&other, "ab")).await);
    assert!(said.contains("key look_up"), "{said}");
    // Another key under the same name.
    let KeySource::Text(text) = &own else {
        unreachable!()
    };
    let changed = KeySource::Text(text.replace("a = '6161", "a = '6262").into());
    let said = refused(open(&database, &changed).await);
    assert!(said.contains("key data.a"), "{said}");
    // A key that no row needs may go, a new one may come.
    let store = open(&database, &keys(LOOK_UP, "bc")).await.unwrap();
    assert_eq!(store.instance().await.unwrap(), instance);
    store.close().await;
    let daemon = Daemon::start_with_keys(&database, &keys(LOOK_UP, "c")).await;
    daemon.register("acc-1").await;
    daemon.stop().await;
    let said = refused(open(&database, &keys(LOOK_UP, "ab")).await);
    assert!(said.contains("data key c"), "{said}");
    // The refusals changed nothing.
    let store = open(&database, &keys(LOOK_UP, "bc")).await.unwrap();
    let account = AccountId::parse("acc-1").unwrap();
    assert!(store.account(&account).await.unwrap().is_some());
    store.close().await;
}

async fn rows_get_the_current_key_and_a_broken_one_is_named(database: Database) {
    let daemon = Daemon::start_with_keys(&database, &keys(LOOK_UP, "a")).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    let confirmed = daemon.submit("acc-1", &application, signature).await;
    // More rows than one group has.
    for n in 2..=60 {
        daemon.register(&format!("acc-{n}")).await;
    }
    daemon.stop().await;
    let swap = "UPDATE account SET sealed = \
                (SELECT sealed FROM account WHERE account_id = 'acc-2') WHERE account_id = 'acc-3'";
    database.execute(swap).await.unwrap();

    let store = open(&database, &keys(LOOK_UP, "ba")).await.unwrap();
    let resealed = store.reseal(Duration::ZERO).await.unwrap();
    // Accounts but one, the application, its evidence.
    assert_eq!(resealed.rows, 59 + 1 + 1);
    let broken = SealError::DoesNotOpen {
        table: "account",
        key: "acc-3".into(),
    };
    assert_eq!(resealed.faults, [broken]);
    assert_eq!(resealed.needed, ["a"]);
    assert_eq!(resealed.free, Vec::<String>::new());
    // Begun again, only what is left is looked at.
    let again = store.reseal(Duration::ZERO).await.unwrap();
    assert_eq!((again.rows, again.faults.len()), (0, 1));
    store.close().await;
    // The older key cannot go while a row has it.
    let said = refused(open(&database, &keys(LOOK_UP, "b")).await);
    assert!(said.contains("data key a"), "{said}");

    let copied = "UPDATE account SET key_id = 'b', sealed = \
                  (SELECT sealed FROM account WHERE account_id = 'acc-2') WHERE account_id = 'acc-3'";
    database.execute(copied).await.unwrap();
    let store = open(&database, &keys(LOOK_UP, "ba")).await.unwrap();
    let done = store.reseal(Duration::ZERO).await.unwrap();
    assert_eq!((done.rows, done.free), (0, vec!["a".to_owned()]));
    store.close().await;
    let daemon = Daemon::start_with_keys(&database, &keys(LOOK_UP, "b")).await;
    assert_eq!(
        Some(daemon.account("acc-1").await),
        confirmed.unwrap().account
    );
    let application = daemon.application("acc-1", &application).await;
    assert!(!application.outcome.unwrap().report_json.is_empty());
    daemon.stop().await;
}

async fn daemons_with_different_keys_found_one_database_once(database: Database) {
    for round in 0..3 {
        let mut other = LOOK_UP.to_owned();
        other.replace_range(..2, &format!("{:02x}", round + 1));
        let [one, two] = [keys(LOOK_UP, "a"), keys(&other, "a")];
        let database = Database::postgres().await.unwrap();
        let (one, two) = tokio::join!(open(&database, &one), open(&database, &two));
        let (opened, said) = match (one, two) {
            (Ok(opened), refusal) | (refusal, Ok(opened)) => (opened, refused(refusal)),
            _ => panic!("neither opened"),
        };
        assert!(said.contains("founded with"), "{said}");
        opened.close().await;
    }
    drop(database);
}

async fn postgres_needs_its_keys_given(database: Database) {
    let said = refused(open(&database, &KeySource::Beside).await);
    assert!(said.contains("VERIFIERD_KEYS_FILE"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sqlite_file_has_one_daemon_and_its_keys_beside_it() {
    let database = Database::sqlite();
    let StoreConfig::Sqlite(path) = database.config() else {
        unreachable!()
    };
    let beside = verifierd::store::keys_beside(&path);
    let tool = SqlStore::open(&database.config(), &KeySource::Beside, Role::Tool).await;
    assert!(refused(tool).contains("keys.toml"));
    assert!(!path.parent().unwrap().exists());

    let store = open(&database, &KeySource::Beside).await.unwrap();
    assert!(beside.exists());
    let said = refused(open(&database, &KeySource::Beside).await);
    assert!(said.contains("another daemon"), "{said}");
    // A command beside it may work.
    let tool = SqlStore::open(&database.config(), &KeySource::Beside, Role::Tool).await;
    tool.unwrap().close().await;
    store.close().await;

    // Without its keys the database is not opened, and no new ones are made.
    let elsewhere = beside.with_extension("away");
    std::fs::rename(&beside, &elsewhere).unwrap();
    let said = refused(open(&database, &KeySource::Beside).await);
    assert!(said.contains("restore the file from a backup"), "{said}");
    assert!(!beside.exists());
    std::fs::rename(&elsewhere, &beside).unwrap();
    open(&database, &KeySource::Beside)
        .await
        .unwrap()
        .close()
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_sealed_anew_by_command_beside_a_daemon() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let database = Database::sqlite_in(&folder.path().join("store"));
    let file = folder.path().join("keys.toml");
    let give = |keys: &KeySource| {
        let KeySource::Text(text) = keys else {
            unreachable!()
        };
        std::fs::write(&file, text.as_bytes()).unwrap();
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).unwrap();
    };
    let config = "[store]\nsqlite = 'store/verifierd.sqlite'\n[keys]\nfile = 'keys.toml'\n";
    std::fs::write(folder.path().join("config.toml"), config).unwrap();
    let run = |environment: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_verifierd"))
            .args(["admin", "reseal", "--config", "config.toml"])
            .current_dir(folder.path())
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(told).unwrap())
    };

    let source = KeySource::File(file.clone());
    give(&keys(LOOK_UP, "a"));
    let daemon = Daemon::start_with_keys(&database, &source).await;
    daemon.register("acc-1").await;
    daemon.register("acc-2").await;
    daemon.stop().await;
    give(&keys(LOOK_UP, "ba"));
    let daemon = Daemon::start_with_keys(&database, &source).await;
    let (code, told) = run(&[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("действующим ключом: 2\n") && told.contains("no row needs key a"));
    daemon.account("acc-1").await;
    daemon.register("acc-3").await;

    let swap = "UPDATE account SET key_id = 'a', sealed = zeroblob(64) WHERE account_id = 'acc-2'";
    database.execute(swap).await.unwrap();
    let (code, told) = run(&[]);
    assert_eq!(code, Some(1), "{told}");
    for words in ["row acc-2", "rows need key a", "no key may be retired"] {
        assert!(told.contains(words), "{told}");
    }
    for value in person::PRIVATE {
        assert!(!told.contains(value), "{told}");
    }
    // One place for keys, not two.
    let (code, told) = run(&[("VERIFIERD_KEYS_FILE", "keys.toml")]);
    assert_eq!(code, Some(64), "{told}");
    // And from the environment alone.
    std::fs::write(folder.path().join("config.toml"), &config[..42]).unwrap();
    assert!(config[..42].ends_with("sqlite'\n"));
    let (code, told) = run(&[("VERIFIERD_KEYS_FILE", "keys.toml")]);
    assert_eq!(code, Some(1), "{told}");
    let text = std::fs::read_to_string(&file).unwrap();
    let (code, told) = run(&[("VERIFIERD_KEYS", &text)]);
    assert_eq!(code, Some(1), "{told}");
    daemon.stop().await;
}
