//! The program as a user starts it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use proto::v1::{
    GetAccountRequest, Indication, VerifyRequest, account_service_client::AccountServiceClient,
    verification_service_client::VerificationServiceClient,
};
use support::person;
use tempfile::TempDir;

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_verifierd"));
    command.current_dir(folder).stderr(Stdio::null());
    command
}

/// Starts the daemon on a free port; answers it with its address.
fn serve(folder: &Path) -> (Child, String) {
    let mut child = program(folder)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(["--algorithms", "differential"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let address = line
        .strip_prefix("listening on ")
        .unwrap()
        .trim()
        .to_owned();
    (child, format!("http://{address}"))
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([name, &id])
            .status()
            .unwrap()
            .success()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn serves_from_an_empty_folder_and_stops_when_told() {
    let folder = TempDir::new().unwrap();
    let (mut child, endpoint) = serve(folder.path());
    let mut accounts = AccountServiceClient::connect(endpoint).await.unwrap();
    accounts
        .register_account(person::registration("acc-1"))
        .await
        .unwrap();
    drop(accounts);
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));

    use std::os::unix::fs::PermissionsExt as _;
    let var = std::fs::metadata(folder.path().join("var")).unwrap();
    assert_eq!(var.permissions().mode() & 0o777, 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = TempDir::new().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let (mut child, endpoint) = serve(folder.path());
        let mut accounts = AccountServiceClient::connect(endpoint).await.unwrap();
        for account in &acknowledged {
            let proto::v1::Account { account_id, .. } = account;
            let request = GetAccountRequest {
                account_id: account_id.clone(),
            };
            let kept = accounts
                .get_account(request)
                .await
                .unwrap()
                .into_inner()
                .account;
            assert_eq!(kept.as_ref(), Some(account));
        }
        for n in 0..4 {
            let request = person::registration(&format!("acc-{round}-{n}"));
            let answer = accounts
                .register_account(request)
                .await
                .unwrap()
                .into_inner();
            acknowledged.push(answer.account.unwrap());
        }
        signal(&child, "-KILL");
        child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_leaves_the_daemon_up() {
    let folder = TempDir::new().unwrap();
    let (mut child, endpoint) = serve(folder.path());
    let client = VerificationServiceClient::connect(endpoint).await.unwrap();
    let client = client.max_encoding_message_size(128 << 20);
    let verify = |signature: Vec<u8>| {
        let request = VerifyRequest {
            signature,
            ..VerifyRequest::default()
        };
        let mut client = client.clone();
        async move { client.verify(request).await }
    };
    for (signature, code) in [
        (Vec::new(), "SIGNATURE_EMPTY"),
        ([0x30, 0x80].repeat(1 << 20), "SIGNATURE_LIMIT"),
        ([0x30, 0x80].repeat(50 << 20), "MESSAGE_TOO_LARGE"),
    ] {
        let error = verify(signature).await.unwrap_err();
        assert_eq!(support::reason(&error).1, code);
    }
    for signature in [b"text".to_vec(), vec![0x30, 0x80]] {
        let report = verify(signature)
            .await
            .unwrap()
            .into_inner()
            .report
            .unwrap();
        assert_eq!(
            report.conclusion.unwrap().indication(),
            Indication::NoSignature
        );
    }
    drop(client);
    assert_eq!(child.try_wait().unwrap(), None);
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn usage_is_64_and_help_is_0() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = program(folder.path()).args(arguments).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    assert_eq!(run(&[]).0, Some(64));
    assert_eq!(run(&["nonsense"]).0, Some(64));
    assert_eq!(run(&["serve", "--listen", "nowhere"]).0, Some(64));
    assert_eq!(run(&["serve", "--listen", "0.0.0.0:0"]).0, Some(64));
    assert_eq!(run(&["serve", "--config", "missing.toml"]).0, Some(64));
    let (code, help) = run(&["--help"]);
    assert_eq!(code, Some(0));
    assert!(help.contains("serve"));
    assert_eq!(run(&["serve", "--help"]).0, Some(0));
    assert!(run(&["--version"]).1.starts_with("verifierd "));
    assert!(!folder.path().join("var").exists());
}
