//! Each channel before the real judge: who signed decides, and the evidence is judged again offline.

use proto::v1::{
    self, AccountLevel, ApplicationState, Channel, SubmitApplicationResponse,
    prepare_application_request::Attestor,
};
use testdata::{Form, Timestamp, Variant};

use crate::{
    exports::{claims, judge, judged_again, pki},
    on_both_databases,
    support::{
        Daemon, NOW,
        attest::{self, reasons},
        database::Database,
    },
};

on_both_databases! {
    who_may_attest_confirms
    who_may_not_does_not
    a_card_confirms_while_its_certificate_stands
}

/// Of the certificate `organisation`.
const BANK: &str = "0000000000660";

fn at_centre() -> Attestor {
    let operator = pki().person("citizen-yo").unwrap().snils.clone();
    let Attestor::ServiceCentre(centre) = attest::at_centre() else {
        unreachable!("a centre")
    };
    Attestor::ServiceCentre(v1::ServiceCentreAttestor {
        operator_snils: operator.unwrap(),
        ..centre
    })
}

fn at_bank() -> Attestor {
    Attestor::Bank(v1::BankAttestor {
        ogrn: BANK.into(),
        documents_seen: vec![v1::DocumentSeen::RfPassport.into()],
    })
}

/// A daemon with everybody enrolled, and one account.
async fn with_account(database: &Database, person: &str) -> Daemon {
    let daemon = Daemon::start_with(database, "", judge()).await;
    daemon.enrol_centre(attest::centre()).await.unwrap();
    let Attestor::ServiceCentre(centre) = at_centre() else {
        unreachable!("a centre")
    };
    let operator = v1::EnrolOperatorRequest {
        operator_snils: centre.operator_snils,
        ..attest::operator()
    };
    daemon.enrol_operator(operator).await.unwrap();
    let bank = v1::EnrolBankRequest {
        ogrn: BANK.into(),
        ..attest::bank()
    };
    daemon.enrol_bank(bank).await.unwrap();
    account(&daemon, person).await;
    daemon
}

async fn account(daemon: &Daemon, person: &str) {
    let data = claims(pki().person(person).unwrap());
    daemon.standard_with(person, data).await;
}

async fn signed(
    daemon: &Daemon,
    account: &str,
    certificate: &str,
    (application, content): (String, Vec<u8>),
) -> SubmitApplicationResponse {
    let token = pki().token(certificate).unwrap();
    let at = Timestamp(NOW - 60);
    let signature = token.sign(&content, Form::Detached, at, &Variant::default());
    let answer = daemon.submit(account, &application, signature.unwrap());
    answer.await.unwrap()
}

/// The account is confirmed by a channel, and its bundle says the same offline.
async fn assert_confirmed(daemon: &Daemon, account: &str, by: Channel) {
    let account = daemon.account(account).await;
    assert_eq!(account.level(), AccountLevel::Confirmed);
    assert_eq!(account.confirmation.unwrap().channel(), by);
    let (header, bundle) = daemon.evidence(&account.account_id, "").await.unwrap();
    let (_, report) = judged_again(&bundle);
    let application = daemon
        .application(&account.account_id, &header.application_id)
        .await;
    assert_eq!(report, application.outcome.unwrap().report_json);
}

async fn who_may_attest_confirms(database: Database) {
    let daemon = with_account(&database, "held").await;
    account(&daemon, "future").await;
    for (person, attestor, by, certificate) in [
        ("held", at_centre(), Channel::ServiceCentre, "citizen-yo"),
        ("future", at_bank(), Channel::Bank, "organisation"),
    ] {
        let attested = daemon.attest(person, attestor).await;
        let answer = signed(&daemon, person, certificate, attested).await;
        assert_eq!(reasons(&answer), [], "{person}");
        assert_confirmed(&daemon, person, by).await;
    }
    daemon.stop().await;
}

async fn who_may_not_does_not(database: Database) {
    let daemon = with_account(&database, "held").await;
    for (attestor, certificate, (code, fields)) in [
        (
            at_centre(),
            "citizen",
            ("ATTESTOR_DIFFERS", vec!["operator_snils".to_owned()]),
        ),
        (
            at_bank(),
            "citizen-yo",
            ("CERTIFICATE_NOT_OF_ORGANISATION", vec!["ogrn".to_owned()]),
        ),
    ] {
        let attested = daemon.attest("held", attestor).await;
        let answer = signed(&daemon, "held", certificate, attested).await;
        assert_eq!(reasons(&answer), [(code.to_owned(), fields)]);
        let application = answer.application.unwrap();
        assert_eq!(application.state(), ApplicationState::Rejected);
        let level = daemon.account("held").await.level();
        assert_eq!(level, AccountLevel::Standard);
    }
    daemon.stop().await;
}

async fn a_card_confirms_while_its_certificate_stands(database: Database) {
    let daemon = with_account(&database, "citizen").await;
    let issued = daemon.issue_through("citizen", Channel::UecCard).await;
    let answer = signed(&daemon, "citizen", "citizen-expired", issued).await;
    let expired = ("CERTIFICATE_EXPIRED".to_owned(), Vec::new());
    assert!(
        reasons(&answer).contains(&expired),
        "{:?}",
        reasons(&answer)
    );
    let issued = daemon.issue_through("citizen", Channel::UecCard).await;
    let answer = signed(&daemon, "citizen", "citizen", issued).await;
    assert_eq!(reasons(&answer), []);
    assert_confirmed(&daemon, "citizen", Channel::UecCard).await;
    daemon.stop().await;
}
