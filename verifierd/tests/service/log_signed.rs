//! One key signs one log: a head that does not continue the highest one before is not signed.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use audit_log::{Checkpoint, SigningKey, VerifyingKey, verify_consistency};
use proto::v1::{
    GetCheckpointRequest, GetConsistencyProofRequest, GetInclusionProofRequest, GetKeyRequest,
    get_inclusion_proof_request::Entry,
};
use tonic::{Code, Status};
use verifierd::{
    app::{AppError, readiness::Ready},
    domain::reason::Reason,
};

use crate::{
    on_both_databases,
    support::{
        Daemon,
        database::{Database, log_key_file},
        reason,
        script::Script,
    },
};

on_both_databases! { an_older_copy_under_a_running_daemon_is_not_signed }

async fn key(daemon: &Daemon) -> VerifyingKey {
    let mut audit = daemon.audit.clone();
    let answer = audit.get_key(GetKeyRequest {}).await.unwrap();
    VerifyingKey::parse(&answer.into_inner().verifier_key).unwrap()
}

async fn checkpoint(daemon: &Daemon) -> Result<Checkpoint, Status> {
    let mut audit = daemon.audit.clone();
    let answer = audit.get_checkpoint(GetCheckpointRequest {}).await?;
    let note = answer.into_inner().checkpoint;
    Ok(Checkpoint::open(&key(daemon).await, &note).unwrap())
}

async fn inclusion(daemon: &Daemon, index: u64) -> Result<(), Status> {
    let request = GetInclusionProofRequest {
        entry: Some(Entry::LeafIndex(index)),
        tree_size: 0,
    };
    let mut audit = daemon.audit.clone();
    audit.get_inclusion_proof(request).await.map(drop)
}

fn refused() -> (Code, String) {
    (Code::FailedPrecondition, "LOG_NOT_CONTINUED".to_owned())
}

async fn assert_refused(daemon: &Daemon) {
    assert_eq!(reason(&checkpoint(daemon).await.unwrap_err()), refused());
    assert_eq!(reason(&inclusion(daemon, 0).await.unwrap_err()), refused());
}

/// The files of the database; not the keys, nor the head that was kept.
fn files(database: &Database) -> Vec<PathBuf> {
    let folder = database.beside("x").unwrap();
    let files = fs::read_dir(folder.parent().unwrap()).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files
        .filter(|path| name(path).contains(".sqlite") && !name(path).ends_with(".lock"))
        .collect()
}

fn copy(database: &Database) -> Vec<(PathBuf, Vec<u8>)> {
    let files = files(database).into_iter();
    files
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn put_back(database: &Database, copy: &[(PathBuf, Vec<u8>)]) {
    for path in files(database) {
        fs::remove_file(path).unwrap();
    }
    for (path, octets) in copy {
        fs::write(path, octets).unwrap();
    }
}

async fn with(database: &Database, accounts: &[&str]) -> Daemon {
    let daemon = Daemon::start(database).await;
    for id in accounts {
        daemon.register(id).await;
    }
    daemon
}

fn kept(database: &Database) -> (PathBuf, String) {
    let path = database.beside("log.key.last").unwrap();
    let text = fs::read_to_string(&path).unwrap();
    (path, text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_and_the_kept_head_grows() {
    let database = Database::sqlite();
    let daemon = with(&database, &[]).await;
    let (path, first) = kept(&database);
    let opened = Checkpoint::open(&key(&daemon).await, &first).unwrap();
    assert_eq!(opened.size, 0, "made at the first start");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    daemon.register("acc-1").await;
    assert_eq!(kept(&database).1, first, "nothing was signed meanwhile");
    let signed = checkpoint(&daemon).await.unwrap();
    let second = kept(&database).1;
    let opened = Checkpoint::open(&key(&daemon).await, &second).unwrap();
    assert_eq!((opened.size, opened.root), (1, signed.root));
    daemon.stop().await;
    let daemon = with(&database, &["acc-2"]).await;
    assert_eq!(checkpoint(&daemon).await.unwrap().size, 2);
    // An entry of before, up to now.
    inclusion(&daemon, 0).await.unwrap();
    daemon.stop().await;
    // It is made again from the log that is there.
    fs::remove_file(&path).unwrap();
    let daemon = with(&database, &[]).await;
    let opened = Checkpoint::open(&key(&daemon).await, &kept(&database).1).unwrap();
    assert_eq!(opened.size, 2);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_is_not_signed() {
    let database = Database::sqlite();
    let daemon = with(&database, &["acc-1", "acc-2", "acc-3"]).await;
    assert_eq!(checkpoint(&daemon).await.unwrap().size, 3);
    daemon.stop().await;
    let older = copy(&database);
    let daemon = with(&database, &["acc-4", "acc-5"]).await;
    let newest = checkpoint(&daemon).await.unwrap();
    daemon.stop().await;
    let newer = copy(&database);
    let head = kept(&database).1;

    put_back(&database, &older);
    let refused = Daemon::not_started(&database).await;
    assert!(matches!(refused, AppError::LogNotContinued), "{refused}");
    assert_eq!(kept(&database).1, head);

    put_back(&database, &newer);
    let daemon = with(&database, &[]).await;
    assert_eq!(checkpoint(&daemon).await.unwrap(), newest);
    daemon.register("acc-6").await;
    assert_eq!(checkpoint(&daemon).await.unwrap().size, 6);
    daemon.stop().await;
}

/// Known to the daemon even where no file keeps the head.
async fn an_older_copy_under_a_running_daemon_is_not_signed(database: Database) {
    let daemon = with(&database, &["acc-1", "acc-2"]).await;
    let before = checkpoint(&daemon).await.unwrap();
    assert_eq!(before.size, 2);
    let unlock = match database.beside("x") {
        Some(_) => {
            "PRAGMA foreign_keys = OFF; DROP TRIGGER audit_leaf_no_delete; DROP TRIGGER event_no_delete"
        }
        None => "SET session_replication_role = replica",
    };
    let edit = "DELETE FROM event WHERE sequence = 1; DELETE FROM audit_leaf WHERE sequence = 1; \
                UPDATE audit_head SET size = 1, frontier = (SELECT hash FROM audit_leaf)";
    database.execute_raw(&format!("{unlock}; {edit}")).await;
    assert_refused(&daemon).await;
    daemon.register("acc-3").await;
    assert_refused(&daemon).await;
    // Another log of the same size, and a longer one.
    daemon.standard("acc-9").await;
    assert_refused(&daemon).await;
    let (application, content) = daemon.issue("acc-9").await;
    let signature = Script::good(&content).bytes();
    let answer = daemon.submit("acc-9", &application, signature).await;
    assert_eq!(reason(&answer.unwrap_err()), refused());
    let outcomes = "SELECT COUNT(*) FROM outcome";
    assert_eq!(database.count(outcomes).await, 0, "nothing is decided");
    let found = daemon.readiness.look().await;
    assert_eq!(found, Ready::No(Reason::LogNotContinued));
    daemon.stop().await;
}

/// Its place is not that of the first, whose key and kept head it would share.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_database_beside_the_first_is_refused() {
    let database = Database::sqlite();
    let daemon = with(&database, &["acc-1"]).await;
    assert_eq!(checkpoint(&daemon).await.unwrap().size, 1);
    daemon.stop().await;
    let first = copy(&database);
    for path in files(&database) {
        fs::remove_file(path).unwrap();
    }
    let refused = Daemon::not_started(&database).await;
    assert!(matches!(refused, AppError::LogNotContinued), "{refused}");
    assert!(refused.to_string().contains("каталог"), "{refused}");
    put_back(&database, &first);
    let daemon = with(&database, &["acc-2"]).await;
    assert_eq!(checkpoint(&daemon).await.unwrap().size, 2);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_head_of_another_log_stops_signing() {
    let database = Database::sqlite();
    let daemon = with(&database, &["acc-1"]).await;
    let signed = checkpoint(&daemon).await.unwrap();
    daemon.stop().await;
    let (path, honest) = kept(&database);
    let other = SigningKey::new("other/log", &[8; 32]).unwrap();
    for text in [
        String::new(),
        "x".repeat(100_000),
        Checkpoint::sign(&other, signed.size, &signed.root),
        honest.replacen('1', "0", 1),
    ] {
        fs::write(&path, &text).unwrap();
        let refused = Daemon::not_started(&database).await;
        assert!(matches!(refused, AppError::LogNotContinued), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    // A folder in its place: it can be neither read nor written.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let refused = Daemon::not_started(&database).await;
    assert!(matches!(refused, AppError::LogHeadNotKept), "{refused}");
    fs::remove_dir(&path).unwrap();
    fs::write(&path, &honest).unwrap();
    let daemon = with(&database, &[]).await;
    assert_eq!(checkpoint(&daemon).await.unwrap(), signed);
    // Under a running daemon: it is told, and goes on when it is mended.
    daemon.register("acc-2").await;
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let unkept = (Code::Unavailable, "LOG_HEAD_NOT_KEPT".to_owned());
    assert_eq!(reason(&checkpoint(&daemon).await.unwrap_err()), unkept);
    fs::remove_dir(&path).unwrap();
    fs::write(&path, honest).unwrap();
    assert_eq!(checkpoint(&daemon).await.unwrap().size, 2);
    daemon.stop().await;
}

/// Each sees what the other has vouched for.
#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_of_one_machine_keep_one_head() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    let file = log_key_file(folder.path());
    let one = Arc::new(Daemon::start_with_log_key(&database, &file).await);
    let two = Arc::new(Daemon::start_with_log_key(&database, &file).await);
    let mut tasks = Vec::new();
    for n in 0..24 {
        let daemon = [&one, &two][n % 2].clone();
        tasks.push(tokio::spawn(async move {
            daemon.register(&format!("acc-{n}")).await;
            checkpoint(&daemon).await.unwrap()
        }));
    }
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.unwrap());
    }
    seen.sort_by_key(|checkpoint| checkpoint.size);
    for pair in seen.windows(2) {
        let request = GetConsistencyProofRequest {
            first_size: pair[0].size,
            second_size: pair[1].size,
        };
        let answer = one.audit.clone().get_consistency_proof(request).await;
        let hashes = answer.unwrap().into_inner().hashes.into_iter();
        let proof: Vec<_> = hashes.map(|hash| hash.try_into().unwrap()).collect();
        let (first, second) = (&pair[0], &pair[1]);
        verify_consistency(
            (first.size, &first.root),
            (second.size, &second.root),
            &proof,
        )
        .unwrap();
    }
    let text = fs::read_to_string(folder.path().join("log.key.last")).unwrap();
    let kept = Checkpoint::open(&key(&one).await, &text).unwrap();
    assert_eq!((kept.size, seen[23].size), (24, 24));
    for daemon in [one, two] {
        Arc::into_inner(daemon).unwrap().stop().await;
    }
}
