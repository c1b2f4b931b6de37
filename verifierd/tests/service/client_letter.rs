//! `verifierd account` for letters, as a user starts it.

use serde_json::{Value, json};

use super::client::{Client, data};
use crate::support::{Daemon, database::Database};

fn standard(client: &Client) {
    let registration = r#"{"surname":"Семёнова","given_name":"Анна","email":"a@example.org"}"#;
    let (exit, _) = client.json(&["account", "register", "a-1", "--data", "-"], registration);
    assert_eq!(exit, 0);
    let (_, answer) = client.json(&["account", "submit-data", "a-1", "--data", "-"], &data());
    let check = answer["account"]["registry_check"]["check_id"].as_str();
    let result = ["account", "registry-result", "a-1", "--passed", "--check"];
    let (exit, _) = client.json(&[&result[..], &[check.unwrap()]].concat(), "");
    assert_eq!(exit, 0);
}

fn reason(answer: &Value) -> &Value {
    &answer["error"]["reason"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_confirms_by_commands_alone() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let client = Client::of(&daemon);
    standard(&client);
    let issue = ["account", "issue-postal-code", "a-1"];
    let (exit, letter) = client.json(&issue, "");
    let code = letter["code"].as_str().unwrap();
    assert_eq!((exit, code.len()), (0, 16));
    let (exit, again) = client.json(&issue, "");
    assert_eq!((exit, reason(&again)), (1, &json!("POSTAL_CODE_TOO_SOON")));

    let confirm = ["account", "confirm-postal-code", "a-1", "--code"];
    let by = |file| [&confirm[..], &[file]].concat();
    let missing = client.run(&by("there-is-none"), "");
    assert_eq!(missing.status.code(), Some(64));
    let binary = client.folder.path().join("binary");
    std::fs::write(binary, [0xff, 0xfe]).unwrap();
    let refused = client.run(&by("binary"), "");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(64));
    assert!(
        said.contains("16 digits") && said.contains("16 цифрами"),
        "{said}"
    );
    let other = match code {
        "0000000000000000" => "1111111111111111",
        _ => "0000000000000000",
    };
    let (exit, wrong) = client.json(&by("-"), other);
    assert_eq!((exit, reason(&wrong)), (1, &json!("POSTAL_CODE_WRONG")));
    // As a text editor leaves it.
    let (exit, answer) = client.json(&by("-"), &format!("{code}\n"));
    assert_eq!(
        (exit, &answer["account"]["level"]),
        (0, &json!("CONFIRMED"))
    );
    assert_eq!(answer["account"]["confirmation"]["assurance"], "LIMITED");
}
