//! Attestations that do not count, and applications in their place.

use std::sync::Arc;

use proto::v1::{
    AccountLevel, ApplicationState, BankAttestor, Channel, DocumentSeen, EnrolBankRequest,
    ServiceCentreAttestor, prepare_application_request::Attestor,
};
use tonic::Code;

use crate::{
    on_both_databases,
    support::{
        Daemon, NOW,
        attest::{
            at_bank, at_centre, bank, by_bank, by_operator, centre, operator, reasons, seconds,
            signed,
        },
        database::Database,
        fields, person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    who_may_not_attest_is_told_before_anything_is_signed
    what_the_attestor_must_have_seen
    which_accounts_may_be_attested
    another_signer_than_the_attestor
    an_enrolment_counts_when_the_attestation_is_judged
    a_bank_attests_what_it_knows_of_late
    changed_claims_cancel_an_attestation
}

fn precondition(code: &str) -> (Code, String) {
    (Code::FailedPrecondition, code.to_owned())
}

async fn who_may_not_attest_is_told_before_anything_is_signed(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.simplified("acc-1").await;
    let refused = async |attestor: Attestor| {
        let error = daemon.prepare_attestation("acc-1", attestor).await;
        reason(&error.unwrap_err())
    };
    assert_eq!(
        refused(at_centre()).await,
        precondition("CENTRE_NOT_ACTIVE")
    );
    assert_eq!(refused(at_bank()).await, precondition("BANK_NOT_ENROLLED"));

    let place = daemon.enrol_centre(centre()).await.unwrap().enrolment_id;
    assert_eq!(
        refused(at_centre()).await,
        precondition("OPERATOR_NOT_ENROLLED")
    );
    let later = EnrolBankRequest {
        from: Some(seconds(NOW + 10)),
        ..bank()
    };
    let later = daemon.enrol_bank(later).await.unwrap().enrolment_id;
    assert_eq!(refused(at_bank()).await, precondition("BANK_NOT_ENROLLED"));
    daemon.end_enrolment(&later, None).await.unwrap();

    let person = daemon
        .enrol_operator(operator())
        .await
        .unwrap()
        .enrolment_id;
    let ended = daemon.enrol_bank(bank()).await.unwrap().enrolment_id;
    daemon.attest("acc-1", at_centre()).await;
    daemon.attest("acc-1", at_bank()).await;
    daemon.end_enrolment(&person, None).await.unwrap();
    daemon.end_enrolment(&ended, None).await.unwrap();
    assert_eq!(
        refused(at_centre()).await,
        precondition("OPERATOR_ENROLMENT_ENDED")
    );
    assert_eq!(
        refused(at_bank()).await,
        precondition("BANK_ENROLMENT_ENDED")
    );

    // Enrolled again: what has ended stands in nobody's way.
    daemon.enrol_operator(operator()).await.unwrap();
    daemon.enrol_bank(bank()).await.unwrap();
    daemon.attest("acc-1", at_centre()).await;
    daemon.attest("acc-1", at_bank()).await;
    daemon.end_enrolment(&place, None).await.unwrap();
    assert_eq!(
        refused(at_centre()).await,
        precondition("CENTRE_NOT_ACTIVE")
    );

    daemon.enrol_centre(centre()).await.unwrap();
    let mut own = operator();
    own.operator_snils = "11223344595".into();
    daemon.enrol_operator(own).await.unwrap();
    let Attestor::ServiceCentre(given) = at_centre() else {
        panic!("no centre");
    };
    let own = Attestor::ServiceCentre(ServiceCentreAttestor {
        operator_snils: "11223344595".into(),
        ..given
    });
    assert_eq!(refused(own).await, precondition("OPERATOR_ATTESTS_SELF"));
    daemon.stop().await;
}

async fn what_the_attestor_must_have_seen(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.simplified("acc-1").await;
    let centre_saw = |seen: &[DocumentSeen]| {
        let Attestor::ServiceCentre(given) = at_centre() else {
            panic!("no centre");
        };
        Attestor::ServiceCentre(ServiceCentreAttestor {
            documents_seen: seen.iter().map(|it| (*it).into()).collect(),
            ..given
        })
    };
    let bank_saw = |seen: &[DocumentSeen]| {
        Attestor::Bank(BankAttestor {
            ogrn: "1047702026701".into(),
            documents_seen: seen.iter().map(|it| (*it).into()).collect(),
        })
    };
    use DocumentSeen::{Inn, OtherIdentityDocument, RfPassport, Snils, Unspecified};
    for seen in [
        [].as_slice(),
        &[RfPassport],
        &[Snils],
        &[Snils, OtherIdentityDocument],
        &[Snils, RfPassport, RfPassport],
        &[Snils, RfPassport, Unspecified],
    ] {
        let error = daemon.prepare_attestation("acc-1", centre_saw(seen)).await;
        let named = fields(&error.unwrap_err());
        assert_eq!(named, ["service_centre.documents_seen"], "{seen:?}");
    }
    for seen in [[].as_slice(), &[Snils], &[OtherIdentityDocument]] {
        let error = daemon.prepare_attestation("acc-1", bank_saw(seen)).await;
        assert_eq!(fields(&error.unwrap_err()), ["bank.documents_seen"]);
    }
    daemon
        .attest("acc-1", centre_saw(&[RfPassport, Snils, Inn]))
        .await;

    let attestor = |channel, attestor| daemon.prepare_through("acc-1", channel, attestor);
    for (channel, given) in [
        (Channel::ServiceCentre, None),
        (Channel::ServiceCentre, Some(at_bank())),
        (Channel::Bank, None),
        (Channel::Bank, Some(at_centre())),
        (Channel::OwnSignature, Some(at_centre())),
        (Channel::UecCard, Some(at_bank())),
    ] {
        let error = attestor(channel, given).await.unwrap_err();
        assert_eq!(fields(&error), ["attestor"], "{channel:?}");
    }
    daemon.stop().await;
}

async fn which_accounts_may_be_attested(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.register("acc-1").await;
    for attestor in [at_centre(), at_bank()] {
        let error = daemon.prepare_attestation("acc-1", attestor).await;
        assert_eq!(
            reason(&error.unwrap_err()),
            precondition("PERSONAL_DATA_MISSING")
        );
    }
    let error = daemon.prepare_attestation("acc-2", at_bank()).await;
    let unknown = (Code::NotFound, "ACCOUNT_UNKNOWN".to_owned());
    assert_eq!(reason(&error.unwrap_err()), unknown);

    daemon.submit_data("acc-1", person::data()).await;
    let (application, content) = daemon.attest("acc-1", at_bank()).await;
    let block = proto::v1::BlockAccountRequest {
        account_id: "acc-1".into(),
        reason: "fraud".into(),
        acted_by: "admin".into(),
    };
    daemon.accounts.clone().block_account(block).await.unwrap();
    let blocked = precondition("ACCOUNT_BLOCKED");
    let error = daemon.prepare_attestation("acc-1", at_centre()).await;
    assert_eq!(reason(&error.unwrap_err()), blocked);
    let error = daemon
        .submit("acc-1", &application, by_bank(&content).bytes())
        .await;
    assert_eq!(reason(&error.unwrap_err()), blocked);
    daemon.stop().await;
}

async fn another_signer_than_the_attestor(database: Database) {
    let config = "[applications]\nfailed_tries = 100";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    daemon.enrol_everybody().await;
    daemon.simplified("acc-1").await;
    type Change = fn(&mut Script);
    let table: [(Attestor, Change, &str, &str); 9] = [
        (
            at_centre(),
            |it| it.snils = None,
            "CERTIFICATE_WITHOUT_SNILS",
            "operator_snils",
        ),
        (
            at_centre(),
            |it| it.repeated = Some("snils".into()),
            "CERTIFICATE_WITHOUT_SNILS",
            "operator_snils",
        ),
        // The applicant themselves.
        (
            at_centre(),
            |it| it.snils = Some("11223344595".into()),
            "ATTESTOR_DIFFERS",
            "operator_snils",
        ),
        (
            at_centre(),
            |it| it.snils = Some("00060024858".into()),
            "ATTESTOR_DIFFERS",
            "operator_snils",
        ),
        (
            at_bank(),
            |it| it.ogrn = None,
            "CERTIFICATE_NOT_OF_ORGANISATION",
            "ogrn",
        ),
        (
            at_bank(),
            |it| it.repeated = Some("ogrn".into()),
            "CERTIFICATE_NOT_OF_ORGANISATION",
            "ogrn",
        ),
        (
            at_bank(),
            |it| it.ogrn = Some("0000000000660".into()),
            "ATTESTOR_DIFFERS",
            "ogrn",
        ),
        (
            at_bank(),
            |it| it.qualified = Some("NOT_QUALIFIED".into()),
            "CERTIFICATE_NOT_QUALIFIED",
            "",
        ),
        (
            at_centre(),
            |it| it.indication = "TOTAL_FAILED".into(),
            "SIGNATURE_FAILED",
            "",
        ),
    ];
    for (attestor, change, code, field) in table {
        let (application, content) = daemon.attest("acc-1", attestor.clone()).await;
        let mut script = signed(&attestor, &content);
        change(&mut script);
        let answer = daemon.submit("acc-1", &application, script.bytes()).await;
        let answer = answer.unwrap();
        let named: Vec<_> = [field.to_owned()]
            .into_iter()
            .filter(|field| !field.is_empty())
            .collect();
        assert_eq!(reasons(&answer), [(code.to_owned(), named)]);
        let state = answer.application.as_ref().unwrap().state();
        assert_eq!(state, ApplicationState::Rejected);
        // Read back from the store, it says the same.
        let stored = daemon.application("acc-1", &application).await;
        assert_eq!(Some(stored), answer.application);
    }
    let level = daemon.account("acc-1").await.level();
    assert_eq!(level, AccountLevel::Simplified);
    daemon.stop().await;
}

async fn an_enrolment_counts_when_the_attestation_is_judged(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.simplified("acc-1").await;
    for (attestor, ended, code) in [
        (at_centre(), 0, "CENTRE_NOT_ACTIVE"),
        (at_centre(), 1, "OPERATOR_ENROLMENT_ENDED"),
        (at_bank(), 2, "BANK_ENROLMENT_ENDED"),
    ] {
        let ids = daemon.enrol_everybody().await;
        let (application, content) = daemon.attest("acc-1", attestor.clone()).await;
        daemon.end_enrolment(&ids[ended], None).await.unwrap();
        let signature = signed(&attestor, &content).bytes();
        let answer = daemon.submit("acc-1", &application, signature).await;
        let answer = answer.unwrap();
        assert_eq!(reasons(&answer), [(code.to_owned(), Vec::new())]);
        let account = answer.account.unwrap();
        assert_eq!(account.level(), AccountLevel::Simplified);
    }
    // To the second: the last one of an enrolment still counts.
    for (late, code) in [(0, None), (1, Some("BANK_ENROLMENT_ENDED"))] {
        daemon.enrol_everybody().await;
        let banks = proto::v1::ListEnrolmentsRequest {
            kind: proto::v1::EnrolmentKind::Bank.into(),
            ..Default::default()
        };
        let listed = daemon.enrolments().list_enrolments(banks).await;
        let listed = listed.unwrap().into_inner().enrolments;
        let open = listed.iter().find(|it| it.ended_at.is_none()).unwrap();
        let (application, content) = daemon.attest("acc-1", at_bank()).await;
        daemon
            .end_enrolment(&open.enrolment_id, Some(10))
            .await
            .unwrap();
        daemon.clock.advance(9 + late);
        let answer = daemon
            .submit("acc-1", &application, by_bank(&content).bytes())
            .await
            .unwrap();
        let said = reasons(&answer);
        assert_eq!(said.first().map(|it| it.0.as_str()), code);
        daemon.clock.advance(10);
    }
    daemon.stop().await;
}

async fn a_bank_attests_what_it_knows_of_late(database: Database) {
    let config = "[applications]\nlifetime_s = 604800\nattestation_max_age_s = 100";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    daemon.enrol_everybody().await;
    daemon.standard("acc-1").await;
    let (in_time, in_time_content) = daemon.attest("acc-1", at_bank()).await;
    let (late, late_content) = daemon.attest("acc-1", at_bank()).await;
    let (of_centre, content) = daemon.attest("acc-1", at_centre()).await;
    daemon.clock.advance(99);
    daemon
        .submit("acc-1", &in_time, by_bank(&in_time_content).bytes())
        .await
        .unwrap();
    daemon.clock.advance(1);
    let signature = by_bank(&late_content).bytes();
    let error = daemon.submit("acc-1", &late, signature.clone()).await;
    assert_eq!(
        reason(&error.unwrap_err()),
        precondition("ATTESTATION_TOO_OLD")
    );
    // That bound is the bank's alone.
    let signature_of_centre = by_operator(&content).bytes();
    daemon
        .submit("acc-1", &of_centre, signature_of_centre)
        .await
        .unwrap();
    daemon.stop().await;

    // Issued under a longer bound, judged under a shorter one.
    let config = "[applications]\nattestation_max_age_s = 1000";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    let (application, content) = daemon.attest("acc-1", at_bank()).await;
    daemon.stop().await;
    let config = "[applications]\nattestation_max_age_s = 60";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    daemon.clock.advance(60);
    let error = daemon
        .submit("acc-1", &application, by_bank(&content).bytes())
        .await;
    assert_eq!(
        reason(&error.unwrap_err()),
        precondition("ATTESTATION_TOO_OLD")
    );
    daemon.stop().await;
}

async fn changed_claims_cancel_an_attestation(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    daemon.simplified("acc-1").await;
    let (application, content) = daemon.attest("acc-1", at_centre()).await;
    let renamed = proto::v1::PersonalData {
        surname: "Иванова".into(),
        ..person::data()
    };
    daemon.submit_data("acc-1", renamed).await;
    let error = daemon
        .submit("acc-1", &application, by_operator(&content).bytes())
        .await;
    assert_eq!(
        reason(&error.unwrap_err()),
        precondition("APPLICATION_CANCELLED")
    );
    let (application, content) = daemon.attest("acc-1", at_centre()).await;
    let answer = daemon
        .submit("acc-1", &application, by_operator(&content).bytes())
        .await;
    let level = answer.unwrap().account.unwrap().level();
    assert_eq!(level, AccountLevel::Confirmed);
    daemon.stop().await;
}
