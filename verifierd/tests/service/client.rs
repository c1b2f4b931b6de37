//! `verifierd account` and `verifierd admin` as a user starts them, against a running daemon.

use std::{
    io::Write as _,
    net::SocketAddr,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Daemon, database::Database, person, script::Script};

pub(crate) struct Client {
    address: SocketAddr,
    pub(crate) folder: TempDir,
}

impl Client {
    pub(crate) fn of(daemon: &Daemon) -> Self {
        let folder = TempDir::new().unwrap();
        let address = daemon.address;
        Self { address, folder }
    }

    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_verifierd"))
            .current_dir(self.folder.path())
            .args(arguments)
            .args(["--endpoint", &format!("http://{}", self.address)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that reads no input may have ended.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Exit code and the object on standard output.
    pub(crate) fn json(&self, arguments: &[&str], input: &str) -> (i32, Value) {
        let output = self.run(arguments, input);
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 1, "{text}");
        (
            output.status.code().unwrap(),
            serde_json::from_str(lines[0]).unwrap(),
        )
    }
}

pub(crate) fn data() -> String {
    json!({
        "surname": "Семёнова", "given_name": "Анна", "patronymic": "Петровна", "sex": "FEMALE",
        "birth_date": "1980-01-31", "birth_place": "г. Тверь", "citizenship": "RUS",
        "snils": "11223344595", "inn": "500100732259",
        "document": {"kind": "RF_PASSPORT", "series": "4512", "number": "730519",
            "issued_on": "2012-05-06", "issued_by": "ОВД района Северный", "department_code": "770-001"},
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_confirmed_by_commands_alone() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    let registration =
        r#"{"surname":"Семёнова","given_name":"Анна","phone":"","email":"a@example.org"}"#;
    let (exit, answer) = client.json(&["account", "register", "a-1", "--data", "-"], registration);
    assert_eq!(
        (exit, &answer["account"]["level"]),
        (0, &json!("SIMPLIFIED"))
    );

    std::fs::write(client.folder.path().join("data.json"), data()).unwrap();
    let (exit, answer) = client.json(
        &["account", "submit-data", "a-1", "--data", "data.json"],
        "",
    );
    let check = answer["account"]["registry_check"]["check_id"]
        .as_str()
        .unwrap();
    assert_eq!(exit, 0);
    let arguments = [
        "account",
        "registry-result",
        "a-1",
        "--check",
        check,
        "--passed",
    ];
    let (exit, answer) = client.json(&arguments, "");
    assert_eq!((exit, &answer["account"]["level"]), (0, &json!("STANDARD")));

    let arguments = [
        "account",
        "application",
        "prepare",
        "a-1",
        "--out",
        "to-sign.json",
    ];
    let (exit, answer) = client.json(&arguments, "");
    assert_eq!(exit, 0);
    let content = std::fs::read(client.folder.path().join("to-sign.json")).unwrap();
    assert_eq!(answer["content"], hex::encode(&content));
    let id = answer["application"]["application_id"].as_str().unwrap();
    let again = client.run(&arguments, "");
    assert_eq!(
        again.status.code(),
        Some(64),
        "a file that is there is kept"
    );

    let signature = client.folder.path().join("application.p7s");
    std::fs::write(&signature, Script::good(&content).bytes()).unwrap();
    let submit = [
        "account",
        "application",
        "submit",
        "a-1",
        id,
        "--signature",
        "application.p7s",
    ];
    let (exit, answer) = client.json(&submit, "");
    assert_eq!(
        (exit, &answer["application"]["state"]),
        (0, &json!("ACCEPTED"))
    );
    let (exit, shown) = client.json(&["account", "application", "show", "a-1", id], "");
    assert_eq!((exit, &shown["application"]), (0, &answer["application"]));
    let (exit, shown) = client.json(&["account", "show", "a-1"], "");
    assert_eq!((exit, &shown["account"]), (0, &answer["account"]));
    assert_eq!(
        shown["account"]["confirmation"]["confirmed_at"],
        "2026-11-18T11:06:40Z"
    );

    let (exit, listed) = client.json(&["account", "application", "list", "a-1"], "");
    assert_eq!(
        (exit, &listed["applications"][0]["application_id"]),
        (0, &json!(id))
    );
    daemon.register("a-2").await;
    let all = ["account", "list", "--page-size", "1", "--all"];
    let pages = String::from_utf8(client.run(&all, "").stdout).unwrap();
    let pages: Vec<Value> = pages
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids = pages
        .iter()
        .map(|page| page["accounts"][0]["account_id"].as_str().unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), ["a-1", "a-2"]);
    let table = [
        "account",
        "list",
        "--level",
        "confirmed",
        "--format",
        "text",
    ];
    let table = String::from_utf8(client.run(&table, "").stdout).unwrap();
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.starts_with("учётная запись  уровень"), "{table}");
    let wrong = client.run(&["account", "list", "--level", "none"], "");
    assert_eq!(wrong.status.code(), Some(64));

    let text = client.run(&["account", "show", "a-1", "--format", "text"], "");
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("запись, уровень") && text.contains("CONFIRMED"),
        "{text}"
    );
    let (exit, status) = client.json(&["admin", "status"], "");
    assert_eq!((exit, &status["status"]), (0, &json!("SERVING")));
    assert_eq!(status["trust"]["demonstration"], json!(true));
    let (exit, keys) = client.json(&["admin", "authorities", "--page-size", "1"], "");
    assert_eq!((exit, keys["keys"].as_array().unwrap().len()), (0, 1));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_application_ends_with_one() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    daemon.standard("a-1").await;
    let (id, content) = daemon.issue("a-1").await;
    let bad = Script {
        indication: "TOTAL_FAILED".into(),
        sub_indication: Some("SIG_CRYPTO_FAILURE".into()),
        ..Script::good(&content)
    };
    std::fs::write(client.folder.path().join("bad.p7s"), bad.bytes()).unwrap();
    let submit = [
        "account",
        "application",
        "submit",
        "a-1",
        &id,
        "--signature",
        "bad.p7s",
    ];
    let (exit, answer) = client.json(&submit, "");
    assert_eq!(
        (exit, &answer["application"]["state"]),
        (1, &json!("REJECTED"))
    );
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_why_and_exits_tell_them_apart() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    let (exit, answer) = client.json(&["account", "show", "nobody"], "");
    assert_eq!(
        (exit, &answer["error"]["reason"]),
        (1, &json!("ACCOUNT_UNKNOWN"))
    );
    daemon.register("a-1").await;
    let bad = data().replace("11223344595", "11223344596");
    let (exit, answer) = client.json(&["account", "submit-data", "a-1", "--data", "-"], &bad);
    assert_eq!(
        (exit, &answer["error"]["fields"][0]["field"]),
        (1, &json!("snils"))
    );
    let text = client.run(
        &[
            "account",
            "submit-data",
            "a-1",
            "--data",
            "-",
            "--format",
            "text",
        ],
        &bad,
    );
    let said = String::from_utf8(text.stderr).unwrap();
    assert!(
        said.contains("snils: ") && said.contains("FIELD_INVALID"),
        "{said}"
    );
    assert!(
        !person::PRIVATE.into_iter().any(|it| said.contains(it)),
        "{said}"
    );

    let unknown = data().replace("\"surname\"", "\"surnam\"");
    let usage = client.run(&["account", "submit-data", "a-1", "--data", "-"], &unknown);
    assert_eq!(usage.status.code(), Some(64));
    let said = String::from_utf8(usage.stderr).unwrap();
    assert!(
        said.contains("surnam") && !said.contains("Семёнова"),
        "{said}"
    );

    let endpoint = ["account", "show", "a-1", "--format", "json"];
    daemon.stop().await;
    let gone = client.run(&endpoint, "");
    assert_eq!(gone.status.code(), Some(69));
}
