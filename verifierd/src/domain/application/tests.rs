use uuid::Uuid;

use super::*;
use crate::domain::claims::{
    RawClaims,
    tests::{TODAY, claims},
};

const NOW: i64 = 1_795_000_000;

fn issue(claims: &Claims) -> Application {
    issue_of(claims, Channel::OwnSignature, None)
}

fn issue_of(claims: &Claims, channel: Channel, attesting: Option<&Attesting>) -> Application {
    Issue {
        id: ApplicationId::new(Uuid::from_u128(0x0192_f0c1_2345_7890_abcd_ef01_2345_6789)),
        account_id: &AccountId::parse("acc-1").unwrap(),
        claims,
        channel,
        attesting,
        audience: "test.instance",
        challenge: [0xfb; 32],
        issued_at: UnixSeconds::new(NOW),
        expires_at: UnixSeconds::new(NOW + 3600),
    }
    .application()
    .unwrap()
}

#[test]
fn bytes_to_sign_are_canonical_json() {
    let expected = concat!(
        r#"{"account_id":"acc-1","applicant":{"birth_date":"1980-01-31","given_name":"Анна","#,
        r#""patronymic":"Петровна","snils":"11223344595","surname":"Семёнова"},"#,
        r#""application_id":"0192f0c1-2345-7890-abcd-ef0123456789","audience":"test.instance","#,
        r#""challenge":"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s","channel":"OWN_SIGNATURE","#,
        r#""expires_at":"2026-11-18T12:06:40Z","issued_at":"2026-11-18T11:06:40Z","#,
        r#""schema":"qes.application/1","statement":"Прошу подтвердить учётную запись acc-1"}"#
    );
    assert_eq!(
        String::from_utf8(issue(&claims()).content).unwrap(),
        expected
    );
}

fn attesting(channel: Channel) -> Attesting {
    use crate::domain::attestation::{DocumentSeen, RawAttesting, parse};
    let documents_seen = vec![Some(DocumentSeen::Snils), Some(DocumentSeen::RfPassport)];
    let raw = match channel {
        Channel::Bank => RawAttesting::Bank {
            ogrn: "1047702026701".into(),
            documents_seen,
        },
        _ => RawAttesting::ServiceCentre {
            centre: "mfc-1".into(),
            operator_snils: "08765430300".into(),
            documents_seen,
        },
    };
    parse(channel, Some(&raw)).ok().flatten().unwrap()
}

#[test]
fn an_attestation_names_who_attests_and_what_was_seen() {
    for (channel, by, statement) in [
        (
            Channel::ServiceCentre,
            r#"{"centre":"mfc-1","operator_snils":"08765430300"}"#,
            "Заявитель явился лично и предъявил перечисленные документы. Прошу подтвердить учётную запись acc-1",
        ),
        (
            Channel::Bank,
            r#"{"bank_ogrn":"1047702026701"}"#,
            "Личность клиента установлена по перечисленным документам. Прошу подтвердить учётную запись acc-1",
        ),
    ] {
        let expected = concat!(
            r#"{"account_id":"acc-1","applicant":{"birth_date":"1980-01-31","#,
            r#""document.kind":"RF_PASSPORT","document.number":"123456","document.series":"4512","#,
            r#""given_name":"Анна","inn":"500100732259","patronymic":"Петровна","snils":"11223344595","surname":"Семёнова"},"#,
            r#""application_id":"0192f0c1-2345-7890-abcd-ef0123456789","attested_by":BY,"audience":"test.instance","#,
            r#""challenge":"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s","channel":"CHANNEL","#,
            r#""documents_seen":["RF_PASSPORT","SNILS"],"#,
            r#""expires_at":"2026-11-18T12:06:40Z","issued_at":"2026-11-18T11:06:40Z","#,
            r#""schema":"qes.attestation/1","statement":"STATEMENT"}"#
        );
        let expected = expected
            .replace("BY", by)
            .replace("CHANNEL", channel.code())
            .replace("STATEMENT", statement);
        let attesting = attesting(channel);
        let application = issue_of(&claims(), channel, Some(&attesting));
        assert!(application.attestor() == Ok(Some(attesting.attestor)));
        assert_eq!(String::from_utf8(application.content).unwrap(), expected);
    }
}

#[test]
fn issued_bytes_are_read_back_or_refused() {
    let mut application = issue(&claims());
    assert!(application.attestor() == Ok(None));
    let mut other = claims();
    assert_eq!(application.differing(&other), Ok(Vec::new()));
    other.patronymic = None;
    other.birth_date = time::macros::date!(1980 - 02 - 01);
    assert_eq!(
        application.differing(&other),
        Ok(vec!["birth_date", "patronymic"])
    );
    let text = String::from_utf8(application.content).unwrap();
    application.content = text.replace("application/1", "attestation/1").into_bytes();
    assert!(application.attestor() == Err(Reason::Internal));
}

#[test]
fn an_attested_document_may_not_differ() {
    let change: [(fn(&mut RawClaims), &str); 4] = [
        (
            |raw| raw.document.number = "123457".into(),
            "document.number",
        ),
        (|raw| raw.document.series = "4513".into(), "document.series"),
        (|raw| raw.inn.clear(), "inn"),
        (|raw| raw.surname = "Иванова".into(), "surname"),
    ];
    let channel = Channel::Bank;
    let attested = issue_of(&claims(), channel, Some(&attesting(channel)));
    assert_eq!(attested.differing(&claims()), Ok(Vec::new()));
    for (change, field) in change {
        let mut raw = claims().to_raw();
        change(&mut raw);
        let other = Claims::parse(&raw, TODAY).ok().unwrap();
        assert_eq!(attested.differing(&other), Ok(vec![field]));
        // The applicant vouches for the person alone.
        let own = issue(&claims()).differing(&other).unwrap();
        assert_eq!(own.contains(&field), field == "surname", "{field}");
    }
}

#[test]
fn no_patronymic_no_member() {
    let mut claims = claims();
    claims.patronymic = None;
    let text = String::from_utf8(issue(&claims).content).unwrap();
    assert!(!text.contains("patronymic"));
}

#[test]
fn the_writer_keeps_rfc_8785() {
    // RFC 8785 §3.2.3: members are sorted by UTF-16 code units.
    let value = serde_json::json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis"
    });
    let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
    assert_eq!(
        serde_json_canonicalizer::to_string(&value).unwrap(),
        expected
    );
}

#[test]
fn state_follows_outcome_then_cancellation_then_time() {
    let mut application = issue(&claims());
    let at = |seconds| UnixSeconds::new(NOW + seconds);
    assert_eq!(application.state(None, at(3599)), State::Prepared);
    assert_eq!(application.state(None, at(3600)), State::Expired);
    let outcome = |decision| Outcome {
        decision,
        reasons: Vec::new(),
        evidence_id: EvidenceId::new(Uuid::nil()),
        signature_sha256: [0; 32],
        decided_at: at(0),
        retry_at: None,
    };
    for (decision, state) in [
        (Decision::Accepted, State::Accepted),
        (Decision::Rejected, State::Rejected),
        (Decision::Deferred, State::Deferred),
    ] {
        assert_eq!(application.state(Some(&outcome(decision)), at(9999)), state);
    }
    application.cancelled = Some(at(1));
    assert_eq!(application.state(None, at(9999)), State::Cancelled);
}

#[test]
fn what_cannot_be_submitted() {
    let mut application = issue(&claims());
    let now = UnixSeconds::new(NOW);
    assert_eq!(application.may_be_submitted("test.instance", now), Ok(()));
    assert_eq!(
        application.may_be_submitted("other", now),
        Err(Reason::ApplicationOfAnotherInstance)
    );
    assert_eq!(
        application.may_be_submitted("test.instance", now.plus(3600)),
        Err(Reason::ApplicationExpired)
    );
    application.cancelled = Some(now);
    assert_eq!(
        application.may_be_submitted("test.instance", now),
        Err(Reason::ApplicationCancelled)
    );
}
