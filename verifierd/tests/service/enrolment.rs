//! Who may attest: every act of `EnrolmentService` and every refusal.

use proto::v1::{
    self, EndEnrolmentRequest, EnrolmentKind, EnrolmentState, GetEnrolmentRequest,
    ListEnrolmentsRequest,
};
use sqlx::Row as _;
use tonic::{Code, Status};

use crate::{
    on_both_databases, on_postgres,
    support::{
        Daemon, NOW,
        attest::{ADMIN, BANK, CENTRE, OPERATOR, bank, centre, operator, seconds},
        database::Database,
        fields, reason,
    },
};

on_both_databases! {
    each_is_enrolled_once
    an_end_is_brought_forward_and_never_put_off
    every_wrong_field_is_named
    lists_are_paged_and_restricted
    every_act_is_an_event_and_a_leaf
    the_database_lets_an_enrolment_end_and_no_more
}

on_postgres! { two_daemons:
    two_daemons_enrol_one
}

async fn get(daemon: &Daemon, id: &str) -> Result<v1::Enrolment, Status> {
    let request = GetEnrolmentRequest {
        enrolment_id: id.into(),
    };
    let answer = daemon.enrolments().get_enrolment(request).await?;
    Ok(answer.into_inner().enrolment.unwrap())
}

async fn each_is_enrolled_once(database: Database) {
    let daemon = Daemon::start(&database).await;
    let inactive = (Code::FailedPrecondition, "CENTRE_NOT_ACTIVE".to_owned());
    let error = daemon.enrol_operator(operator()).await.unwrap_err();
    assert_eq!(reason(&error), inactive);

    let one = daemon.enrol_centre(centre()).await.unwrap();
    assert_eq!(one.kind(), EnrolmentKind::Centre);
    assert_eq!(one.state(), EnrolmentState::InForce);
    assert_eq!(
        (one.centre_id.as_str(), one.name.as_str()),
        (CENTRE, "МФЦ района")
    );
    assert_eq!((one.from, one.until), (Some(seconds(NOW)), None));
    assert_eq!(one.enrolled_by, ADMIN);
    assert_eq!((one.ended_at, one.ended_by.as_str()), (None, ""));
    let person = daemon.enrol_operator(operator()).await.unwrap();
    assert_eq!(person.kind(), EnrolmentKind::Operator);
    assert!(!format!("{person:?}").contains(OPERATOR));
    let other = daemon.enrol_bank(bank()).await.unwrap();
    assert_eq!(
        (other.kind(), other.ogrn.as_str()),
        (EnrolmentKind::Bank, BANK)
    );
    let leaves = database.count("SELECT COUNT(*) FROM audit_leaf").await;
    assert_eq!(leaves, 3);

    daemon.clock.advance(5);
    assert_eq!(daemon.enrol_centre(centre()).await.unwrap(), one);
    assert_eq!(daemon.enrol_operator(operator()).await.unwrap(), person);
    assert_eq!(daemon.enrol_bank(bank()).await.unwrap(), other);
    assert_eq!(get(&daemon, &person.enrolment_id).await.unwrap(), person);
    let leaves = database.count("SELECT COUNT(*) FROM audit_leaf").await;
    assert_eq!(leaves, 3);

    let exists = (Code::AlreadyExists, "ENROLMENT_EXISTS".to_owned());
    let renamed = v1::EnrolCentreRequest {
        name: "Другой".into(),
        ..centre()
    };
    let dated = v1::EnrolOperatorRequest {
        from: Some(seconds(NOW + 9)),
        ..operator()
    };
    let bounded = v1::EnrolBankRequest {
        until: Some(seconds(NOW + 9)),
        ..bank()
    };
    for error in [
        daemon.enrol_centre(renamed).await.unwrap_err(),
        daemon.enrol_operator(dated).await.unwrap_err(),
        daemon.enrol_bank(bounded).await.unwrap_err(),
    ] {
        assert_eq!(reason(&error), exists);
    }

    // A centre that is over takes no more operators.
    daemon.end_enrolment(&one.enrolment_id, None).await.unwrap();
    let error = daemon.enrol_operator(operator()).await.unwrap_err();
    assert_eq!(reason(&error), inactive);
    let again = daemon.enrol_centre(centre()).await.unwrap();
    assert_ne!(again.enrolment_id, one.enrolment_id);
    daemon.stop().await;
}

async fn an_end_is_brought_forward_and_never_put_off(database: Database) {
    let daemon = Daemon::start(&database).await;
    let dated = v1::EnrolBankRequest {
        from: Some(seconds(NOW + 10)),
        until: Some(seconds(NOW + 100)),
        ..bank()
    };
    let id = daemon.enrol_bank(dated).await.unwrap().enrolment_id;
    let state = async || get(&daemon, &id).await.unwrap().state();
    assert_eq!(state().await, EnrolmentState::NotYet);
    daemon.clock.advance(10);
    assert_eq!(state().await, EnrolmentState::InForce);

    let sooner = daemon.end_enrolment(&id, Some(50)).await.unwrap();
    assert_eq!(sooner.until, Some(seconds(NOW + 60)));
    assert_eq!(sooner.ended_at, Some(seconds(NOW + 10)));
    assert_eq!(sooner.ended_by, ADMIN);
    assert_eq!(daemon.end_enrolment(&id, Some(50)).await.unwrap(), sooner);
    let error = daemon.end_enrolment(&id, Some(51)).await.unwrap_err();
    let earlier = (
        Code::FailedPrecondition,
        "ENROLMENT_ENDS_EARLIER".to_owned(),
    );
    assert_eq!(reason(&error), earlier);
    let error = daemon.end_enrolment(&id, Some(-1)).await.unwrap_err();
    assert_eq!(fields(&error), ["until"]);
    assert_eq!(state().await, EnrolmentState::InForce);

    daemon.clock.advance(1);
    let over = daemon.end_enrolment(&id, None).await.unwrap();
    assert_eq!(over.state(), EnrolmentState::Ended);
    assert_eq!(over.until, Some(seconds(NOW + 11)));
    assert_eq!(daemon.end_enrolment(&id, None).await.unwrap(), over);
    let acts = "SELECT COUNT(*) FROM enrolment_act";
    assert_eq!(database.count(acts).await, 3);

    let unknown = "0192f0c1-2345-7890-abcd-ef0123456789";
    let not_found = (Code::NotFound, "ENROLMENT_UNKNOWN".to_owned());
    let error = daemon.end_enrolment(unknown, None).await.unwrap_err();
    assert_eq!(reason(&error), not_found);
    assert_eq!(reason(&get(&daemon, unknown).await.unwrap_err()), not_found);
    daemon.stop().await;
}

async fn every_wrong_field_is_named(database: Database) {
    let daemon = Daemon::start(&database).await;
    let wrong = v1::EnrolCentreRequest {
        centre_id: "a b".into(),
        name: String::new(),
        from: Some(seconds(NOW + 10)),
        until: Some(seconds(NOW + 10)),
        acted_by: String::new(),
    };
    let error = daemon.enrol_centre(wrong).await.unwrap_err();
    assert_eq!(fields(&error), ["centre_id", "name", "acted_by", "until"]);
    let wrong = v1::EnrolOperatorRequest {
        centre_id: String::new(),
        operator_snils: "0006001745".into(),
        ..operator()
    };
    let error = daemon.enrol_operator(wrong).await.unwrap_err();
    assert_eq!(fields(&error), ["centre_id", "operator_snils"]);
    assert!(!format!("{error:?}").contains("0006001745"));
    let wrong = v1::EnrolBankRequest {
        ogrn: "1047702026702".into(),
        until: Some(seconds(NOW)),
        ..bank()
    };
    let error = daemon.enrol_bank(wrong).await.unwrap_err();
    assert_eq!(fields(&error), ["ogrn", "until"]);
    let wrong = v1::EnrolBankRequest {
        from: Some(seconds(-1)),
        ..bank()
    };
    let error = daemon.enrol_bank(wrong).await.unwrap_err();
    assert_eq!(fields(&error), ["from"]);
    let wrong = EndEnrolmentRequest {
        enrolment_id: "x".into(),
        ..Default::default()
    };
    let error = daemon.enrolments().end_enrolment(wrong).await.unwrap_err();
    assert_eq!(fields(&error), ["enrolment_id", "acted_by"]);
    assert_eq!(
        fields(&get(&daemon, "").await.unwrap_err()),
        ["enrolment_id"]
    );
    let wrong = ListEnrolmentsRequest {
        centre_id: " ".into(),
        operator_snils: "1".into(),
        ogrn: "1".into(),
        page_size: 1001,
        page_token: "x".into(),
        ..Default::default()
    };
    let error = daemon.enrolments().list_enrolments(wrong).await;
    assert_eq!(
        fields(&error.unwrap_err()),
        [
            "centre_id",
            "operator_snils",
            "ogrn",
            "page_token",
            "page_size"
        ]
    );
    assert_eq!(database.count("SELECT COUNT(*) FROM audit_leaf").await, 0);
    daemon.stop().await;
}

/// A number of 12 digits with its check digit.
fn ogrn(number: u64) -> String {
    format!("{number:012}{}", number % 11 % 10)
}

async fn lists_are_paged_and_restricted(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    for number in 0..4 {
        let one = v1::EnrolBankRequest {
            ogrn: ogrn(104_770_202_700 + number),
            ..bank()
        };
        daemon.enrol_bank(one).await.unwrap();
    }
    let list = async |request: ListEnrolmentsRequest| {
        let answer = daemon.enrolments().list_enrolments(request).await;
        answer.unwrap().into_inner()
    };
    let all = list(ListEnrolmentsRequest::default()).await;
    assert_eq!(all.enrolments.len(), 7);
    assert_eq!(all.next_page_token, "");

    let (mut paged, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let request = ListEnrolmentsRequest {
            page_size: 3,
            page_token: token,
            ..Default::default()
        };
        let page = list(request).await;
        paged.extend(page.enrolments);
        token = page.next_page_token;
        pages += 1;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((pages, &paged), (3, &all.enrolments));

    let count = async |request| list(request).await.enrolments.len();
    let of = |kind: EnrolmentKind| ListEnrolmentsRequest {
        kind: kind.into(),
        ..Default::default()
    };
    assert_eq!(count(of(EnrolmentKind::Centre)).await, 1);
    assert_eq!(count(of(EnrolmentKind::Bank)).await, 5);
    let of_centre = ListEnrolmentsRequest {
        centre_id: CENTRE.into(),
        ..Default::default()
    };
    assert_eq!(count(of_centre).await, 2);
    let of_bank = ListEnrolmentsRequest {
        ogrn: BANK.into(),
        ..Default::default()
    };
    assert_eq!(count(of_bank).await, 1);
    let by_snils = |snils: &str| ListEnrolmentsRequest {
        operator_snils: snils.into(),
        ..Default::default()
    };
    assert_eq!(count(by_snils(OPERATOR)).await, 1);
    assert_eq!(count(by_snils("11223344595")).await, 0);
    daemon.stop().await;
}

async fn every_act_is_an_event_and_a_leaf(database: Database) {
    let daemon = Daemon::start(&database).await;
    let ids = daemon.enrol_everybody().await;
    daemon.end_enrolment(&ids[1], None).await.unwrap();
    let pool = database.pool().await;
    let rows = sqlx::query(
        "SELECT e.kind, e.object, a.acted_by, a.act, l.leaf FROM event e \
         JOIN audit_leaf l ON l.sequence = e.sequence \
         JOIN enrolment_act a ON a.sequence = e.sequence ORDER BY e.sequence",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let expected = [
        ("CENTRE_ENROLLED", &ids[0], "ENROLLED"),
        ("OPERATOR_ENROLLED", &ids[1], "ENROLLED"),
        ("BANK_ENROLLED", &ids[2], "ENROLLED"),
        ("ENROLMENT_ENDED", &ids[1], "ENDED"),
    ];
    assert_eq!(rows.len(), expected.len());
    for (row, (kind, id, act)) in rows.iter().zip(expected) {
        assert_eq!(row.get::<String, _>(0), kind);
        assert_eq!(row.get::<String, _>(1), *id);
        assert_eq!(row.get::<String, _>(2), ADMIN);
        assert_eq!(row.get::<String, _>(3), act);
        let leaf: serde_json::Value = serde_json::from_slice(&row.get::<Vec<u8>, _>(4)).unwrap();
        assert_eq!(
            (&leaf["event"], &leaf["object"]),
            (&kind.into(), &id.as_str().into())
        );
    }
    let sealed: Vec<u8> = sqlx::query("SELECT sealed FROM enrolment WHERE kind = 'OPERATOR'")
        .fetch_one(&pool)
        .await
        .unwrap()
        .get(0);
    pool.close().await;
    let snils = OPERATOR.as_bytes();
    assert!(!sealed.windows(snils.len()).any(|octets| octets == snils));
    daemon.stop().await;
}

async fn the_database_lets_an_enrolment_end_and_no_more(database: Database) {
    let daemon = Daemon::start(&database).await;
    let ids = daemon.enrol_everybody().await;
    daemon.end_enrolment(&ids[2], Some(9)).await.unwrap();
    for statement in [
        "UPDATE enrolment SET name = 'X' WHERE kind = 'BANK'",
        "UPDATE enrolment SET centre_id = 'X'",
        "UPDATE enrolment SET from_at = 0",
        "UPDATE enrolment SET until_at = until_at + 1 WHERE kind = 'BANK'",
        "UPDATE enrolment SET until_at = NULL WHERE kind = 'BANK'",
        "UPDATE enrolment SET ended_at = NULL WHERE kind = 'BANK'",
        "UPDATE enrolment SET until_at = 0 WHERE kind = 'CENTRE'",
        "DELETE FROM enrolment",
        "UPDATE enrolment_act SET acted_by = 'X'",
        "DELETE FROM enrolment_act",
    ] {
        assert!(database.execute(statement).await.is_err(), "{statement}");
    }
    let end = "UPDATE enrolment SET until_at = until_at - 1 WHERE kind = 'BANK'";
    database.execute(end).await.unwrap();
    daemon.stop().await;
}

async fn two_daemons_enrol_one(database: Database) {
    let one = Daemon::start(&database).await;
    let two = Daemon::start(&database).await;
    let (a, b) = tokio::join!(one.enrol_bank(bank()), two.enrol_bank(bank()));
    assert_eq!(a.unwrap(), b.unwrap());
    assert_eq!(database.count("SELECT COUNT(*) FROM enrolment").await, 1);
    assert_eq!(database.count("SELECT COUNT(*) FROM audit_leaf").await, 1);
    one.stop().await;
    two.stop().await;
}
