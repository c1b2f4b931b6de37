//! `verifierd audit` as an auditor starts it: the real program, its answers and its exit codes.

use std::{
    fs,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use audit_log::{Checkpoint, ConsistencyProof, SigningKey};
use tempfile::TempDir;
use verifierd::{config::StoreConfig, store::keys::KeySource};

use crate::{
    on_both_databases,
    support::{Daemon, database::Database},
};

on_both_databases! {
    an_honest_log_and_one_that_is_not
    the_kept_key_is_compared
    the_kept_head_is_compared
    an_auditor_needs_no_signing_key
    a_log_continues_a_kept_checkpoint
    a_log_that_does_not_continue_it
    a_receipt_is_made_of_what_is_there
}

/// How the program ended, and what it said on both outputs.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    /// Ended with `code` and said why in both languages.
    fn refused(&self, code: i32, en: &str, ru: &str) {
        let said = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{said}");
        assert!(said.contains(en) && said.contains(ru), "{said}");
    }

    fn good(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out
    }
}

/// A folder with the configuration of a daemon, as its auditor has it.
struct Desk {
    folder: TempDir,
    key: SigningKey,
}

fn private(path: &Path, text: &str) {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = file.open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

impl Desk {
    fn of(database: &Database) -> Self {
        let folder = TempDir::new().unwrap();
        let (section, key) = match database.config() {
            StoreConfig::Sqlite(path) => {
                let key = fs::read_to_string(path.with_file_name("log.key")).unwrap();
                (format!("[store]\nsqlite = {path:?}\n"), key)
            }
            StoreConfig::Postgres(url) => {
                let KeySource::Text(keys) = database.keys() else {
                    panic!("the keys are no text");
                };
                private(&folder.path().join("keys.toml"), &keys);
                let key = SigningKey::new("test.example/log", &[7; 32]).unwrap();
                let key = key.to_text().to_string();
                private(&folder.path().join("log.key"), &key);
                let at = |name| folder.path().join(name);
                (
                    format!(
                        "[store]\npostgres = {url:?}\n[keys]\nfile = {:?}\n[log]\nkey = {:?}\n",
                        at("keys.toml"),
                        at("log.key")
                    ),
                    key,
                )
            }
        };
        fs::write(folder.path().join("daemon.toml"), section).unwrap();
        let key = SigningKey::parse(key.trim_end()).unwrap();
        Self { folder, key }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        run(self.folder.path(), arguments)
    }

    /// A command that reads the database.
    fn read(&self, arguments: &[&str]) -> Ended {
        self.run(&[&["audit"], arguments, &["--config", "daemon.toml"]].concat())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn public(&self) -> String {
        self.key.verifying_key().to_string()
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    let ended = Command::new(env!("CARGO_BIN_EXE_verifierd"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    Ended {
        code: ended.status.code().unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// A key of somebody else with the same name.
fn other(desk: &Desk) -> SigningKey {
    SigningKey::new(desk.key.verifying_key().name(), &[9; 32]).unwrap()
}

async fn registered(database: &Database, accounts: std::ops::Range<u32>) -> Daemon {
    let daemon = Daemon::start(database).await;
    for n in accounts {
        daemon.register(&format!("acc-{n}")).await;
    }
    daemon
}

async fn an_honest_log_and_one_that_is_not(database: Database) {
    let daemon = registered(&database, 0..3).await;
    let desk = Desk::of(&database);
    // Beside the running daemon.
    let said = desk.read(&["verify"]).good();
    assert!(said.starts_with("3 ") && said.contains("honest"), "{said}");
    daemon.stop().await;
    let said = desk.read(&["verify", "--key", &desk.public()]).good();
    assert!(said.starts_with("3 "), "{said}");
    assert_eq!(desk.read(&["export", "leaves"]).good(), "3\n");
    desk.run(&["audit", "verify", "--leaves", "leaves"]).good();
    assert_eq!(desk.read(&["export", "leaves"]).code, 64);

    database.without_trigger("event").await;
    let change = "UPDATE event SET kind = 'ACCOUNT_BLOCKED' WHERE sequence = 1";
    database.execute(change).await.unwrap();
    desk.read(&["verify"])
        .refused(1, "NOT honest", "журнал НЕ цел");
    let leaves = fs::read_to_string(desk.file("leaves")).unwrap();
    fs::write(desk.file("leaves"), leaves.replace("REGISTERED", "BLOCKED")).unwrap();
    desk.read(&["checkpoint"]).good();
    let note = Checkpoint::sign(&desk.key, 3, &[1; 32]);
    fs::write(desk.file("kept"), note).unwrap();
    let key = desk.public();
    let kept = ["--key", key.as_str(), "--checkpoint", "kept"];
    desk.run(&[&["audit", "verify", "--leaves", "leaves"], &kept[..]].concat())
        .refused(1, "NOT honest", "журнал НЕ цел");
}

/// What the daemon keeps outside of the database shows that an older copy was put in its place.
async fn the_kept_head_is_compared(database: Database) {
    let daemon = registered(&database, 0..3).await;
    daemon.stop().await;
    let desk = Desk::of(&database);
    desk.read(&["checkpoint"]).good();
    let last = match database.config() {
        StoreConfig::Sqlite(path) => path.with_file_name("log.key.last"),
        StoreConfig::Postgres(_) => desk.file("log.key.last"),
    };
    let honest = fs::read_to_string(&last).unwrap();
    desk.read(&["verify"]).good();
    for (size, root) in [(4, [1; 32]), (3, [1; 32])] {
        fs::write(&last, Checkpoint::sign(&desk.key, size, &root)).unwrap();
        desk.read(&["verify"])
            .refused(1, "NOT honest", "журнал НЕ цел");
    }
    let key = desk.public();
    desk.read(&["verify", "--key", &key])
        .refused(1, "NOT honest", "журнал НЕ цел");
    fs::write(&last, Checkpoint::sign(&other(&desk), 3, &[1; 32])).unwrap();
    desk.read(&["verify"])
        .refused(1, "kept head", "сохранённая контрольная точка");
    fs::remove_file(&last).unwrap();
    fs::create_dir(&last).unwrap();
    desk.read(&["verify"])
        .refused(64, "right to it", "дайте право");
    fs::remove_dir(&last).unwrap();
    desk.read(&["verify"]).good();
    assert!(!last.exists(), "a check keeps nothing");
    fs::write(&last, honest).unwrap();
    desk.read(&["verify"]).good();
}

#[test]
fn a_mistake_in_the_command_or_the_configuration_is_64() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    for arguments in [
        &["audit"][..],
        &["audit", "prove"],
        &["audit", "verify", "--config", "none.toml"],
        &["audit", "verify", "--checkpoint", "kept"],
        &["audit", "verify", "--leaves", "none"],
        &["audit", "verify", "--key", "x"],
        &["audit", "proof"],
        &["audit", "proof", "0", "--since", "kept"],
        &["audit", "receipt", "receipt.json"],
        &["audit", "key", "--origin", "x"],
        // No database, and none is made.
        &["audit", "verify"],
        &["audit", "checkpoint"],
    ] {
        let ended = run(arguments);
        assert_eq!(ended.code, 64, "{arguments:?}: {}", ended.err);
        assert!(ended.out.is_empty() && !ended.err.is_empty());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let keys = "current = 'test'\nlook_up = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\n\
         [data]\ntest = '202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f'\n";
    private(&folder.path().join("keys.toml"), keys);
    for (store, code, en, ru) in [
        ("postgres = 'x'", 64, "cannot be read", "не читается"),
        ("mysql = 'x'", 64, "configuration", "настройки"),
        // Nobody listens at port 1; the file is not there.
        (
            "postgres = 'postgres://nobody@127.0.0.1:1/none'",
            70,
            "the database is not available",
            "база данных недоступна",
        ),
        (
            "sqlite = 'none.sqlite'",
            70,
            "the database is not available",
            "база данных недоступна",
        ),
    ] {
        let config = format!("[store]\n{store}\n[keys]\nfile = 'keys.toml'\n");
        fs::write(folder.path().join("daemon.toml"), config).unwrap();
        run(&["audit", "verify", "--config", "daemon.toml"]).refused(code, en, ru);
    }
}

#[test]
fn a_new_key_needs_no_name() {
    let folder = TempDir::new().unwrap();
    let new = |file: &str, more: &[&str]| {
        run(
            folder.path(),
            &[&["audit", "key", "--new", file], more].concat(),
        )
    };
    let (one, two) = (new("one.key", &[]).good(), new("two.key", &[]).good());
    let name = |key: &str| key.split('+').next().unwrap().to_owned();
    for key in [&one, &two] {
        let name = name(key);
        assert!(name.starts_with("qes.audit/") && name.len() == 46, "{name}");
        audit_log::VerifyingKey::parse(key.trim_end()).unwrap();
    }
    assert_ne!(name(&one), name(&two));
    assert_eq!(new("one.key", &[]).code, 64, "nothing is written over");
    let named = new("named.key", &["--origin", "verifier.example/audit"]).good();
    assert_eq!(name(&named), "verifier.example/audit");
    let text = fs::read_to_string(folder.path().join("one.key")).unwrap();
    let key = SigningKey::parse(text.trim_end()).unwrap();
    assert_eq!(key.verifying_key().to_string(), one.trim_end());
}

async fn the_kept_key_is_compared(database: Database) {
    registered(&database, 0..1).await.stop().await;
    let desk = Desk::of(&database);
    let theirs = other(&desk).verifying_key().to_string();
    let another = ("which is not the key", "а сверяется другой ключ");
    desk.read(&["verify"]).good();
    desk.read(&["verify", "--key", &theirs])
        .refused(1, another.0, another.1);

    database.without_trigger("log_key").await;
    let replace = format!("UPDATE log_key SET verifying_key = '{theirs}'");
    database.execute_raw(&replace).await;
    desk.read(&["verify"]).refused(1, another.0, another.1);
    desk.read(&["verify", "--key", &desk.public()])
        .refused(1, another.0, another.1);
    // Nothing is signed with a key that is not the log's.
    desk.read(&["checkpoint"])
        .refused(64, "signed with another key", "подписан другим ключом");
    desk.read(&["proof", "0"])
        .refused(64, "signed with another key", "подписан другим ключом");
}

async fn an_auditor_needs_no_signing_key(database: Database) {
    registered(&database, 0..1).await.stop().await;
    let desk = Desk::of(&database);
    let file = database.beside("log.key");
    fs::remove_file(file.unwrap_or_else(|| desk.file("log.key"))).unwrap();
    desk.read(&["verify", "--key", &desk.public()]).good();
    desk.read(&["verify"])
        .refused(64, "give the published key", "укажите опубликованный ключ");
    desk.read(&["checkpoint"]).refused(64, "log key", "log key");
}

async fn a_log_continues_a_kept_checkpoint(database: Database) {
    let daemon = registered(&database, 0..3).await;
    let desk = Desk::of(&database);
    let key = desk.public();
    fs::write(desk.file("kept"), desk.read(&["checkpoint"]).good()).unwrap();
    let proof = ["proof", "--since", "kept"];
    // Nothing was written since; an empty proof is one.
    desk.read(&proof).good();
    for n in 3..20 {
        daemon.register(&format!("acc-{n}")).await;
    }
    let shown = desk.read(&proof).good();
    let told = desk
        .read(&[&proof[..], &["--out", "proof.json"]].concat())
        .good();
    daemon.stop().await;
    assert_eq!(told, "");
    assert_eq!(fs::read_to_string(desk.file("proof.json")).unwrap(), shown);
    assert_eq!(
        desk.read(&[&proof[..], &["--out", "proof.json"]].concat())
            .code,
        64,
        "nothing is written over"
    );

    // By files alone.
    let check = |key: &str, more: &[&str]| {
        desk.run(&[&["audit", "consistency", "--key", key, "proof.json"], more].concat())
    };
    let said = check(&key, &[]).good();
    assert!(said.ends_with(": 3 -> 20\n"), "{said}");
    check(&key, &["--since", "kept"]).good();
    let theirs = other(&desk).verifying_key().to_string();
    assert_eq!(check(&theirs, &[]).code, 1);
    let first = ConsistencyProof::parse(shown.as_bytes()).unwrap();
    let (first, second) = first.check(desk.key.verifying_key()).unwrap();
    assert_eq!((first.size, second.size), (3, 20));

    // A proof that is good, of another beginning than the one that was kept.
    let forged = Checkpoint::sign(&desk.key, first.size, &second.root);
    fs::write(desk.file("forged"), forged).unwrap();
    check(&key, &["--since", "forged"]).refused(
        1,
        "begins at another checkpoint",
        "начинается с другой контрольной точки",
    );
    // A proof whose end has another root.
    let forged = Checkpoint::sign(&desk.key, second.size, &first.root);
    let honest = Checkpoint::sign(&desk.key, second.size, &second.root);
    let text = |note: &str| serde_json::to_string(note).unwrap();
    let changed = shown.replace(&text(&honest), &text(&forged));
    assert_ne!(changed, shown);
    fs::write(desk.file("proof.json"), changed).unwrap();
    check(&key, &[]).refused(1, "leads to another root", "ведёт к другому корню");
}

async fn a_log_that_does_not_continue_it(database: Database) {
    registered(&database, 0..5).await.stop().await;
    let desk = Desk::of(&database);
    let honest = desk.read(&["checkpoint"]).good();
    let head = Checkpoint::open(desk.key.verifying_key(), &honest).unwrap();
    let kept = |note: &str| {
        fs::write(desk.file("kept"), note).unwrap();
        desk.read(&["proof", "--since", "kept", "--out", "proof.json"])
    };
    kept(&Checkpoint::sign(&other(&desk), 5, &head.root)).refused(
        1,
        "not signed with this key",
        "подписана не этим ключом",
    );
    kept(&Checkpoint::sign(&desk.key, 4, &head.root)).refused(
        1,
        "does not continue the checkpoint",
        "не продолжает контрольную точку",
    );
    kept(&Checkpoint::sign(&desk.key, 6, &head.root)).refused(
        1,
        "entries were cut off",
        "записи отрезаны",
    );
    kept("not a checkpoint\n").refused(1, "kept", "kept");
    assert!(!desk.file("proof.json").exists(), "nothing was signed");
    kept(&honest).good();
}

async fn a_receipt_is_made_of_what_is_there(database: Database) {
    registered(&database, 0..5).await.stop().await;
    let desk = Desk::of(&database);
    let key = desk.public();
    desk.read(&["proof", "3", "--out", "receipt.json"]).good();
    let receipt = ["audit", "receipt", "--key", &key, "receipt.json"];
    let said = desk.run(&receipt).good();
    assert!(said.contains("\"sequence\":3"), "{said}");
    desk.read(&["proof", "5"])
        .refused(1, "no such entry", "нет такой записи");
    database.without_trigger("audit_leaf").await;
    let change = "UPDATE audit_leaf SET leaf = (SELECT leaf FROM audit_leaf WHERE sequence = 0) \
         WHERE sequence = 3";
    database.execute(change).await.unwrap();
    desk.read(&["proof", "3"])
        .refused(1, "does not show this entry", "не подтверждает эту запись");
    desk.read(&["proof", "2"]).good();
}
