//! A citizen at the desk: a card in a reader, `desk`, and the daemon that judges what the card signed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/certificates.rs"]
#[allow(dead_code)]
mod certificates;

#[path = "../../../pcsc-reader/tests/support/card.rs"]
#[allow(dead_code)]
mod card;
#[path = "../../../pcsc-reader/tests/support/service.rs"]
#[allow(dead_code)]
mod service;
#[path = "../../../pcsc-reader/tests/pkcs11/token.rs"]
mod token;

mod daemon;
mod every_card;
mod module;
mod over_tls;
mod place;

use std::fs;
use std::time::Duration;

use daemon::Daemon;
use place::Place;
use proto::v1::account_service_client::AccountServiceClient;
use proto::v1::confirmation_service_client::ConfirmationServiceClient;
use proto::v1::{self, AccountLevel};
use serde_json::Value;
use testdata::card::pkcs15::{KeyForm, PIN, Pkcs15Card};
use testdata::card::rutoken::{Model, Rutoken, RutokenKey, USER_PIN};
use testdata::card::{Identity, Protocol};
use testdata::demo;
use tokio::runtime::Runtime;
use tonic::transport::Channel;

/// Longest wait for anything that must happen; reached only when the test fails.
const DEADLINE: Duration = Duration::from_secs(30);

const ACCOUNT: &str = "citizen-1";

fn gost() -> Pkcs15Card {
    Pkcs15Card::new(KeyForm::Gost, Protocol::T1).unwrap()
}

/// The citizen's account with data that the registries have confirmed.
async fn standard_account(channel: Channel) {
    let person = demo::citizen().unwrap();
    let mut accounts = AccountServiceClient::new(channel);
    let request = v1::RegisterAccountRequest {
        account_id: ACCOUNT.into(),
        surname: person.surname.clone(),
        given_name: person.given_name.clone(),
        phone: String::new(),
        email: "citizen@example.org".into(),
    };
    accounts.register_account(request).await.unwrap();
    let passport = person.passport.as_ref().unwrap();
    let sex = match person.sex {
        testdata::Sex::Female => v1::Sex::Female,
        testdata::Sex::Male => v1::Sex::Male,
    };
    let data = v1::PersonalData {
        surname: person.surname.clone(),
        given_name: person.given_name.clone(),
        patronymic: person.patronymic.clone().unwrap_or_default(),
        sex: sex.into(),
        birth_date: person.birth_date.clone(),
        birth_place: person.birth_place.clone(),
        citizenship: person.citizenship.clone(),
        snils: person.snils.clone().unwrap_or_default(),
        inn: person.inn.clone().unwrap_or_default(),
        document: Some(v1::IdentityDocument {
            kind: v1::IdentityDocumentKind::RfPassport.into(),
            series: passport.series.clone(),
            number: passport.number.clone(),
            issued_on: passport.issued_on.clone(),
            issued_by: passport.issued_by.clone(),
            department_code: passport.department_code.clone(),
        }),
    };
    let request = v1::SubmitPersonalDataRequest {
        account_id: ACCOUNT.into(),
        personal_data: Some(data),
    };
    let submitted = accounts.submit_personal_data(request).await.unwrap();
    let check = submitted.into_inner().account.unwrap().registry_check;
    let passed = |registry: v1::Registry| v1::RegistryAnswer {
        registry: registry.into(),
        outcome: v1::RegistryOutcome::Passed.into(),
        mismatches: Vec::new(),
    };
    let request = v1::RecordRegistryResultRequest {
        account_id: ACCOUNT.into(),
        check_id: check.unwrap().check_id,
        answers: vec![
            passed(v1::Registry::PensionFund),
            passed(v1::Registry::Passport),
        ],
    };
    accounts.record_registry_result(request).await.unwrap();
}

fn connect(runtime: &Runtime, daemon: &Daemon) -> Channel {
    let endpoint = Channel::from_shared(daemon.endpoint.clone()).unwrap();
    let channel = runtime.block_on(endpoint.connect()).unwrap();
    runtime.block_on(standard_account(channel.clone()));
    channel
}

fn level(runtime: &Runtime, channel: &Channel) -> AccountLevel {
    let mut accounts = AccountServiceClient::new(channel.clone());
    let request = v1::GetAccountRequest {
        account_id: ACCOUNT.into(),
    };
    let account = runtime.block_on(accounts.get_account(request)).unwrap();
    account.into_inner().account.unwrap().level()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_card_takes_its_holders_account_to_confirmed() {
    let place = Place::new(gost(), PIN);
    let daemon = Daemon::start();
    let runtime = runtime();
    let channel = connect(&runtime, &daemon);
    assert_eq!(level(&runtime, &channel), AccountLevel::Standard);
    let arguments = [
        "confirm",
        "--account",
        ACCOUNT,
        "--endpoint",
        &daemon.endpoint,
        "--pin-fd",
        "0",
    ];
    let outcome = place.desk(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(outcome.status.code(), Some(0), "{outcome:?}");
    let document: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(document["schema"], "desk.confirm/1");
    assert_eq!(
        (&document["state"], &document["level"]),
        (&"ACCEPTED".into(), &"CONFIRMED".into())
    );
    assert_eq!(level(&runtime, &channel), AccountLevel::Confirmed);
    // The whole application was shown before the PIN was used.
    let shown = String::from_utf8(outcome.stderr).unwrap();
    assert!(shown.contains(&format!("\"{ACCOUNT}\"")), "{shown}");
    // The daemon's log has neither the PIN nor the person.
    let log = fs::read_to_string(&daemon.log).unwrap();
    let person = demo::citizen().unwrap();
    for word in [&person.surname, std::str::from_utf8(PIN).unwrap()] {
        assert!(!log.contains(word), "{log}");
    }
}

#[test]
fn another_persons_card_is_refused_with_the_reasons() {
    let identity = Identity::new("ru-demo", "citizen-yo").unwrap();
    let token = Rutoken::new(Model::Ecp)
        .with_key(RutokenKey::gost_256(1, identity))
        .unwrap();
    let place = Place::new(token, USER_PIN);
    let daemon = Daemon::start();
    let runtime = runtime();
    let channel = connect(&runtime, &daemon);
    let arguments = [
        "confirm",
        "--account",
        ACCOUNT,
        "--endpoint",
        &daemon.endpoint,
        "--pin-fd",
        "0",
    ];
    let outcome = place.desk(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(outcome.status.code(), Some(1), "{outcome:?}");
    let document: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(document["state"], "REJECTED");
    assert!(
        document["reasons"][0]["text"]["ru"]
            .as_str()
            .is_some_and(|it| !it.is_empty())
    );
    assert_eq!(level(&runtime, &channel), AccountLevel::Standard);
    let nobody = place.desk(&[
        "confirm",
        "--account",
        "nobody",
        "--endpoint",
        &daemon.endpoint,
        "--pin-fd",
        "0",
    ]);
    assert_eq!(nobody.status.code(), Some(1), "{nobody:?}");
}

#[test]
fn an_application_that_was_prepared_is_signed_as_it_is() {
    let place = Place::new(gost(), PIN);
    let daemon = Daemon::start();
    let runtime = runtime();
    let channel = connect(&runtime, &daemon);
    let mut confirmations = ConfirmationServiceClient::new(channel.clone());
    let request = v1::PrepareApplicationRequest {
        account_id: ACCOUNT.into(),
        channel: v1::Channel::OwnSignature.into(),
        attestor: None,
    };
    let prepared = runtime
        .block_on(confirmations.prepare_application(request))
        .unwrap()
        .into_inner();
    let id = prepared.application.unwrap().application_id;
    let certificate = place.certificate();
    let outcome = place.desk(&[
        "sign",
        "--certificate",
        &certificate,
        "--application",
        &id,
        "--account",
        ACCOUNT,
        "--endpoint",
        &daemon.endpoint,
        "--detached",
        "--out",
        "a.p7s",
        "--pin-fd",
        "0",
    ]);
    assert_eq!(outcome.status.code(), Some(0), "{outcome:?}");
    let request = v1::SubmitApplicationRequest {
        account_id: ACCOUNT.into(),
        application_id: id.clone(),
        signature: fs::read(place.path("a.p7s")).unwrap(),
    };
    let submitted = runtime
        .block_on(confirmations.submit_application(request))
        .unwrap()
        .into_inner();
    assert_eq!(
        submitted.application.unwrap().state(),
        v1::ApplicationState::Accepted
    );
    // It is signed once: what was decided is shown no more.
    let request = v1::GetApplicationRequest {
        account_id: ACCOUNT.into(),
        application_id: id.clone(),
    };
    let decided = runtime
        .block_on(confirmations.get_application(request))
        .unwrap()
        .into_inner();
    assert!(decided.content.is_empty());
    let again = place.desk(&[
        "sign",
        "--certificate",
        &certificate,
        "--application",
        &id,
        "--account",
        ACCOUNT,
        "--endpoint",
        &daemon.endpoint,
        "--out",
        "b.p7s",
        "--pin-fd",
        "0",
    ]);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert!(!place.path("b.p7s").exists());
}

#[test]
fn without_a_daemon_of_this_machine_nothing_is_signed() {
    let place = Place::new(gost(), PIN);
    for (endpoint, exit) in [
        ("http://127.0.0.1:1", 69),
        ("http://example.org:50051", 64),
        ("https://127.0.0.1:1", 64),
    ] {
        let outcome = place.desk(&[
            "confirm",
            "--account",
            ACCOUNT,
            "--endpoint",
            endpoint,
            "--pin-fd",
            "0",
        ]);
        assert_eq!(outcome.status.code(), Some(exit), "{endpoint}: {outcome:?}");
    }
}
