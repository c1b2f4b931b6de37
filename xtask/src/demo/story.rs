//! What the demonstration tells.

use anyhow::Result;
use serde_json::Value;

pub(super) fn step(text: &str) {
    println!("- {text}");
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The verdict: conclusion, times, path and the four conditions.
pub(super) fn verdict(report_json: &str) -> Result<()> {
    let report: Value = serde_json::from_str(report_json)?;
    println!("verdict {}", word(&report["conclusion"]["indication"]));
    println!(
        "  policy {}, trust {}",
        word(&report["policy"]["id"]),
        word(&report["trust"]["id"])
    );
    for signature in items(&report["signatures"]) {
        let algorithms = &signature["algorithms"];
        println!(
            "  level {}, {}, key {}",
            word(&signature["level"]),
            word(&algorithms["signature"]),
            word(&algorithms["key"])
        );
        let times = &signature["times"];
        println!(
            "  claimed {}, proven not later than {}, checked at {}",
            word(&times["claimed"]),
            word(&times["proven_not_later_than"]),
            word(&times["checked_at"])
        );
        for (place, element) in items(&signature["path"]).enumerate() {
            let status = match &element["revocation"] {
                Value::Null => "trust anchor",
                revocation => word(&revocation["status"]),
            };
            println!("  path {place}: {} [{status}]", word(&element["subject"]));
        }
        let qualified = &signature["qualified"];
        println!("  63-FZ art. 11: {}", word(&qualified["verdict"]));
        for condition in items(&qualified["conditions"]) {
            println!(
                "    {} {}",
                word(&condition["id"]),
                word(&condition["status"])
            );
        }
        for finding in items(&signature["findings"]) {
            println!(
                "    {}: {}",
                word(&finding["code"]),
                word(&finding["text"]["en"])
            );
        }
    }
    Ok(())
}

/// What to try while the daemon serves.
pub(super) fn next_commands() {
    let program = "target/release/verifierd";
    let trust = "--policy verifierd/demo/ru-qes-demo.toml --anchors verifierd/demo/anchors.pem \
                 --trust verifierd/demo/accredited-cas.xml --crls verifierd/demo/crls.pem";
    println!("the daemon goes on serving (interrupt key to end); next, in another terminal:");
    println!(
        "  {program} verify {trust} --content var/demo/application.json var/demo/application.p7s"
    );
    println!("  {program} inspect var/demo/application.p7s");
    println!("  {program} verify --help");
    println!("  cargo run --release -p pcsc-reader --bin desk -- readers");
}

/// How to sign for the account at the desk while the daemon serves.
pub(super) fn at_the_desk(account: &str, endpoint: &str) {
    println!(
        "the account waits for its signature (interrupt key to end); next, in another terminal:"
    );
    println!(
        "  cargo xtask card rutoken-ecp          an emulated token, where no card is at hand; PIN 12345678"
    );
    println!("  target/release/desk confirm --account {account} --endpoint {endpoint}");
}
