//! Refusals by verdict or by person: outcomes in an OK answer, with evidence.

use proto::v1::{AccountLevel, ApplicationState};

use crate::{
    on_both_databases,
    support::{Daemon, NOW, database::Database, script::Script},
};

on_both_databases! {
    each_refusal_has_its_reason_and_evidence
    missing_revocation_data_defers
}

async fn each_refusal_has_its_reason_and_evidence(database: Database) {
    let config = "[applications]\nfailed_tries = 100";
    let verify = std::sync::Arc::new(crate::support::script::Scripted::default());
    let daemon = Daemon::start_with(&database, config, verify).await;
    daemon.standard("acc-1").await;
    type Make = fn(&[u8]) -> Script;
    let some = |text: &str| Some(text.to_owned());
    let table: [(Make, &str, &[&str]); 20] = [
        (
            |c| Script {
                indication: "TOTAL_FAILED".into(),
                sub_indication: Some("SIG_CRYPTO_FAILURE".into()),
                ..Script::good(c)
            },
            "SIGNATURE_BROKEN",
            &[],
        ),
        (
            |c| Script {
                indication: "TOTAL_FAILED".into(),
                sub_indication: Some("HASH_FAILURE".into()),
                ..Script::attached(c)
            },
            "SIGNATURE_BROKEN",
            &[],
        ),
        (
            |c| Script::indeterminate(c, "OUT_OF_BOUNDS_NO_POE"),
            "CERTIFICATE_EXPIRED",
            &[],
        ),
        (
            |c| Script {
                indication: "TOTAL_FAILED".into(),
                sub_indication: Some("NOT_YET_VALID".into()),
                ..Script::good(c)
            },
            "CERTIFICATE_NOT_YET_VALID",
            &[],
        ),
        (
            |c| Script::indeterminate(c, "REVOKED_NO_POE"),
            "CERTIFICATE_REVOKED",
            &[],
        ),
        (
            |c| Script::indeterminate(c, "NO_CERTIFICATE_CHAIN_FOUND"),
            "CERTIFICATE_AUTHORITY_UNKNOWN",
            &[],
        ),
        (
            |c| Script {
                decided_by: Some("crypto.signature.unknown_algorithm".into()),
                ..Script::indeterminate(c, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
            },
            "ALGORITHM_UNKNOWN",
            &[],
        ),
        (
            |c| Script::indeterminate(c, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
            "ALGORITHM_NOT_ACCEPTED",
            &[],
        ),
        (
            |c| Script::indeterminate(c, "NO_POE"),
            "SIGNATURE_INDETERMINATE",
            &[],
        ),
        (
            |c| Script {
                qualified: Some("NOT_QUALIFIED".into()),
                ..Script::good(c)
            },
            "CERTIFICATE_NOT_QUALIFIED",
            &[],
        ),
        (
            |c| Script {
                qualified: None,
                ..Script::good(c)
            },
            "CERTIFICATE_NOT_QUALIFIED",
            &[],
        ),
        (
            |c| Script {
                qualified: Some("NOT_PROVABLE".into()),
                ..Script::good(c)
            },
            "QUALIFICATION_NOT_PROVABLE",
            &[],
        ),
        (
            |c| Script {
                snils: None,
                ..Script::good(c)
            },
            "CERTIFICATE_WITHOUT_SNILS",
            &["snils"],
        ),
        (
            |c| Script {
                snils: Some("08765430300".into()),
                ..Script::good(c)
            },
            "PERSON_DIFFERS",
            &["snils"],
        ),
        (
            |c| Script {
                snils: None,
                repeated: Some("snils".into()),
                ..Script::good(c)
            },
            "PERSON_DIFFERS",
            &["snils"],
        ),
        (
            |c| Script {
                inn: None,
                repeated: Some("inn".into()),
                ..Script::good(c)
            },
            "PERSON_DIFFERS",
            &["inn"],
        ),
        (
            |c| Script {
                surname: Some("Иванова".into()),
                ..Script::good(c)
            },
            "PERSON_DIFFERS",
            &["surname"],
        ),
        (
            |c| Script {
                given_name: Some("Анна".into()),
                ..Script::good(c)
            },
            "PERSON_DIFFERS",
            &["patronymic"],
        ),
        (
            |c| Script {
                inn: Some("671742358830".into()),
                ..Script::good(c)
            },
            "PERSON_DIFFERS",
            &["inn"],
        ),
        (
            |c| Script {
                surname: None,
                given_name: None,
                snils: Some("08765430300".into()),
                ..Script::good(c)
            },
            "PERSON_DIFFERS",
            &["surname", "given_name", "patronymic", "snils"],
        ),
    ];
    let before = database.count("SELECT COUNT(*) FROM audit_leaf").await;
    for (make, code, fields) in table {
        let (application, content) = daemon.issue("acc-1").await;
        let signature = make(&content).bytes();
        let answer = daemon
            .submit("acc-1", &application, signature)
            .await
            .unwrap();
        assert_eq!(answer.account.unwrap().level(), AccountLevel::Standard);
        let answered = answer.application.unwrap();
        assert_eq!(answered.state(), ApplicationState::Rejected, "{code}");
        let outcome = answered.outcome.clone().unwrap();
        let [reason] = outcome.reasons.as_slice() else {
            panic!("{} reasons for {code}", outcome.reasons.len());
        };
        assert_eq!(
            (reason.code.as_str(), reason.fields.as_slice()),
            (code, strings(fields).as_slice())
        );
        let text = reason.text.as_ref().unwrap();
        assert!(!text.ru.is_empty() && !text.en.is_empty());
        assert!(outcome.report_json.contains("qes.report/1"));
        assert_eq!(some(&outcome.evidence_id).map(|id| id.len()), Some(36));
        assert_eq!(daemon.application("acc-1", &application).await, answered);
    }
    // An application issued and an outcome each; an evidence record and a
    // failed try for each outcome.
    let count = 20;
    assert_eq!(
        database.count("SELECT COUNT(*) FROM audit_leaf").await,
        before + 2 * count
    );
    assert_eq!(database.count("SELECT COUNT(*) FROM evidence").await, count);
    assert_eq!(
        database.count("SELECT COUNT(*) FROM failed_try").await,
        count
    );
    daemon.stop().await;
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

async fn missing_revocation_data_defers(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let script = Script::indeterminate(&content, "TRY_LATER");
    let answer = daemon
        .submit("acc-1", &application, script.bytes())
        .await
        .unwrap();
    assert_eq!(answer.account.unwrap().level(), AccountLevel::Standard);
    let deferred = answer.application.unwrap();
    assert_eq!(deferred.state(), ApplicationState::Deferred);
    let outcome = deferred.outcome.unwrap();
    assert_eq!(outcome.reasons[0].code, "REVOCATION_DATA_MISSING");
    assert_eq!(outcome.retry_at.unwrap().seconds, NOW + 600);
    // Waiting for revocation data is nobody's failure.
    assert_eq!(database.count("SELECT COUNT(*) FROM failed_try").await, 0);
    daemon.stop().await;
}
