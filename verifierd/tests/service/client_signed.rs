//! `verifierd account organisation`, `account sign-in` and `admin events`, as a user starts them.

use serde_json::{Value, json};

use super::client::Client;
use crate::support::{Daemon, database::Database, script::Script};

const OGRN: &str = "1027700132195";
const OGRNIP: &str = "304500116000157";
const ORIGIN: &str = "https://portal.example";

async fn confirmed(daemon: &Daemon) {
    daemon.standard("a-1").await;
    let (id, content) = daemon.issue("a-1").await;
    let signature = Script::good(&content).bytes();
    daemon.submit("a-1", &id, signature).await.unwrap();
}

fn written(client: &Client, name: &str) -> Vec<u8> {
    std::fs::read(client.folder.path().join(name)).unwrap()
}

fn write(client: &Client, name: &str, script: &Script) {
    std::fs::write(client.folder.path().join(name), script.bytes()).unwrap();
}

fn reason(answer: &Value) -> &Value {
    &answer["error"]["reason"]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_linked_and_its_link_ended_by_commands_alone() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    confirmed(&daemon).await;
    let run = |words: &[&str]| client.json(&[&["account", "organisation"][..], words].concat(), "");

    let (exit, prepared) = run(&["prepare", "a-1", "--ogrn", OGRN, "--out", "link.json"]);
    let content = written(&client, "link.json");
    assert_eq!(
        (exit, &prepared["content"]),
        (0, &json!(hex::encode(&content)))
    );
    let again = ["account", "organisation", "prepare", "a-1", "--ogrn", OGRN];
    let again = client.run(&[&again[..], &["--out", "link.json"]].concat(), "");
    assert_eq!(
        again.status.code(),
        Some(64),
        "a file that is there is kept"
    );

    let id = prepared["application"]["application_id"].as_str().unwrap();
    let script = Script {
        ogrn: Some(OGRN.into()),
        ..Script::good(&content)
    };
    write(&client, "link.p7s", &script);
    let (exit, answer) = run(&["submit", "a-1", id, "--signature", "link.p7s"]);
    assert_eq!(
        (exit, &answer["application"]["state"]),
        (0, &json!("ACCEPTED"))
    );
    let link = answer["link"]["link_id"].as_str().unwrap();
    let (exit, listed) = run(&["list", "a-1"]);
    assert_eq!((exit, &listed["links"]), (0, &json!([answer["link"]])));
    let (exit, ended) = run(&["end", "a-1", link]);
    assert_eq!((exit, &ended["link"]["link_id"]), (0, &json!(link)));
    assert!(ended["link"]["ended_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_refused_or_put_off_ends_with_its_code() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    confirmed(&daemon).await;
    let run = |words: &[&str]| client.json(&[&["account", "organisation"][..], words].concat(), "");
    let trader = |content: &[u8]| Script {
        ogrnip: Some(OGRNIP.into()),
        ..Script::good(content)
    };
    let later = |content: &[u8]| Script {
        ogrnip: Some(OGRNIP.into()),
        ..Script::indeterminate(content, "TRY_LATER")
    };
    let another = |content: &[u8]| Script::good(content);
    type Make<'a> = &'a dyn Fn(&[u8]) -> Script;
    let table: [(&str, Make, i32, &str); 3] = [
        ("another", &another, 1, "REJECTED"),
        ("later", &later, 2, "DEFERRED"),
        ("trader", &trader, 0, "ACCEPTED"),
    ];
    for (name, make, exit, state) in table {
        let out = format!("{name}.json");
        let (_, prepared) = run(&["prepare", "a-1", "--ogrnip", OGRNIP, "--out", &out]);
        let id = prepared["application"]["application_id"].as_str().unwrap();
        write(&client, "signature", &make(&written(&client, &out)));
        let (ended, answer) = run(&["submit", "a-1", id, "--signature", "signature"]);
        assert_eq!(
            (ended, &answer["application"]["state"]),
            (exit, &json!(state))
        );
    }

    let (exit, answer) = run(&["list", "a-2"]);
    assert_eq!((exit, reason(&answer)), (1, &json!("ACCOUNT_UNKNOWN")));
    let (exit, answer) = run(&["end", "a-1", "0192f0c1-2345-7890-abcd-ef0123456789"]);
    let unknown = json!("ORGANISATION_LINK_UNKNOWN");
    assert_eq!((exit, reason(&answer)), (1, &unknown));
    let prepare = ["account", "organisation", "prepare", "a-1"];
    let both = ["--ogrn", OGRN, "--ogrnip", OGRNIP];
    for numbers in [&[][..], &both[..]] {
        let wrong = client.run(&[&prepare[..], numbers].concat(), "");
        assert_eq!(wrong.status.code(), Some(64), "{numbers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_commands_alone() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    confirmed(&daemon).await;
    let run = |words: &[&str]| {
        let words = [&["account", "sign-in"][..], words, &["--origin", ORIGIN]].concat();
        client.json(&words, "")
    };
    let stranger = |content: &[u8]| Script {
        snils: Some("08765430300".into()),
        ..Script::good(content)
    };
    let later = |content: &[u8]| Script::indeterminate(content, "TRY_LATER");
    let good = |content: &[u8]| Script::good(content);
    type Make<'a> = &'a dyn Fn(&[u8]) -> Script;
    let table: [(&str, Make, i32); 3] = [
        ("stranger", &stranger, 1),
        ("later", &later, 2),
        ("good", &good, 0),
    ];
    for (name, make, exit) in table {
        let (issued, challenge) = run(&["challenge", "--out", name]);
        let content = written(&client, name);
        assert_eq!(
            (issued, &challenge["content"]),
            (0, &json!(hex::encode(&content)))
        );
        let id = challenge["challenge_id"].as_str().unwrap();
        write(&client, "signature", &make(&content));
        let (ended, answer) = run(&["submit", id, "--signature", "signature"]);
        assert_eq!(ended, exit, "{name}");
        let account = &answer["signed_in"]["account"]["account_id"];
        let expected = match exit {
            0 => json!("a-1"),
            _ => Value::Null,
        };
        assert_eq!(*account, expected, "{name}");
        if exit == 0 {
            let (ended, answer) = run(&["submit", id, "--signature", "signature"]);
            let spent = json!("SIGN_IN_CHALLENGE_SPENT");
            assert_eq!((ended, reason(&answer)), (1, &spent));
        }
    }
    let (exit, answer) = client.json(&["account", "sign-in", "challenge", "--origin", "x"], "");
    assert_eq!((exit, reason(&answer)), (1, &json!("FIELD_INVALID")));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_listed_by_pages() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    let (exit, none) = client.json(&["admin", "events", "--all"], "");
    assert_eq!((exit, &none["events"]), (0, &json!([])));
    for account in ["a-1", "a-2", "a-3"] {
        daemon.register(account).await;
    }
    let all = ["admin", "events", "--page-size", "2", "--all"];
    let output = client.run(&all, "");
    let text = String::from_utf8(output.stdout).unwrap();
    let pages = text.lines().map(|page| {
        let page: Value = serde_json::from_str(page).unwrap();
        page["events"].as_array().unwrap().clone()
    });
    let accounts: Vec<_> = pages.flatten().collect();
    let accounts = accounts.iter().map(|event| event["account_id"].as_str());
    assert!(accounts.eq(["a-1", "a-2", "a-3"].map(Some)), "{text}");
    assert_eq!(text.lines().count(), 2);
    let (exit, one) = client.json(&["admin", "events", "--from", "2"], "");
    assert_eq!((exit, &one["next"]), (0, &json!(3)));
    assert_eq!(one["events"][0]["kind"], "ACCOUNT_REGISTERED");
    let (exit, beyond) = client.json(&["admin", "events", "--from", "9"], "");
    assert_eq!((exit, reason(&beyond)), (1, &json!("EVENT_NOT_YET")));
    let table = client.run(&["admin", "events", "--format", "text"], "");
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.starts_with("место в журнале"), "{table}");
    assert_eq!(table.lines().count(), 4, "{table}");
}
