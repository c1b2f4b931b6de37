//! The captured log of a whole run holds no personal data.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    io,
    sync::{Arc, Mutex},
};

use proto::v1::{RegisterAccountRequest, SubmitPersonalDataRequest};
use support::{Daemon, database::Database, person, script::Script};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_personal_data_in_the_log() {
    let captured = Captured::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(captured.clone())
        .init();

    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let good = Script::good(&content).bytes();
    daemon.submit("acc-1", &application, good).await.unwrap();
    let (application, content) = daemon.issue("acc-1").await;
    let other = Script {
        surname: Some("Иванова".into()),
        ..Script::good(&content)
    };
    daemon
        .submit("acc-1", &application, other.bytes())
        .await
        .unwrap();
    daemon
        .submit("acc-1", &application, "Семёнова")
        .await
        .unwrap_err();

    // Refusals of every service.
    let taken = RegisterAccountRequest {
        account_id: "acc-2".into(),
        ..person::registration("acc-1")
    };
    let mut taken = tonic::Request::new(taken);
    let id = "privacy-1".parse().unwrap();
    taken.metadata_mut().insert("x-request-id", id);
    daemon
        .accounts
        .clone()
        .register_account(taken)
        .await
        .unwrap_err();
    daemon.register("acc-3").await;
    let check = daemon.submit_data("acc-3", person::data()).await;
    daemon.pass_check("acc-3", &check).await.unwrap_err();
    let mut data = person::data();
    data.surname.push('7');
    let request = SubmitPersonalDataRequest {
        account_id: "acc-3".into(),
        personal_data: Some(data),
    };
    daemon
        .accounts
        .clone()
        .submit_personal_data(request)
        .await
        .unwrap_err();
    // A row that cannot be read.
    database
        .execute("UPDATE account SET sealed = zeroblob(64)")
        .await
        .unwrap();
    daemon.prepare("acc-1").await.unwrap_err();
    daemon.stop().await;

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("SNILS_ALREADY_USED") && log.contains("a stored account cannot be read"));
    // A call is named in every line that it writes.
    let of_calls = log.lines().filter(|line| line.contains(" rpc=\""));
    for line in of_calls {
        assert!(line.contains("call{request=\""), "{line}");
    }
    assert!(
        log.contains(r#"call{request="privacy-1" caller="local"}"#),
        "{log}"
    );
    for value in person::PRIVATE.into_iter().chain(["Иванова"]) {
        let escaped = value.escape_unicode().to_string();
        for form in [value, &escaped, &hex::encode(value)] {
            let line = log.lines().find(|line| line.contains(form));
            assert!(line.is_none(), "{value} in: {line:?}");
        }
    }
}
