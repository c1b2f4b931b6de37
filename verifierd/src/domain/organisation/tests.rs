use uuid::Uuid;

use super::*;
use crate::domain::claims::tests::claims;

const OGRN: &str = "1027700132195";
const OGRNIP: &str = "304500116000157";

fn entity() -> Organisation {
    Organisation::parse(OrganisationKind::LegalEntity, OGRN).unwrap()
}

fn trader() -> Organisation {
    Organisation::parse(OrganisationKind::SoleTrader, OGRNIP).unwrap()
}

fn issue(organisation: &Organisation) -> Application {
    LinkIssue {
        id: ApplicationId::new(Uuid::nil()),
        account_id: &AccountId::parse("acc-1").unwrap(),
        claims: &claims(),
        organisation,
        audience: "test.instance",
        challenge: [0xfb; 32],
        issued_at: UnixSeconds::EPOCH,
        expires_at: UnixSeconds::new(3600),
    }
    .application()
    .unwrap()
}

#[test]
fn numbers_have_their_length_and_check_digits() {
    for (kind, number, rule) in [
        (OrganisationKind::LegalEntity, "", Rule::Required),
        (OrganisationKind::LegalEntity, OGRNIP, Rule::Ogrn),
        (
            OrganisationKind::LegalEntity,
            "1027700132196",
            Rule::CheckDigits,
        ),
        (OrganisationKind::SoleTrader, OGRN, Rule::Ogrnip),
        (
            OrganisationKind::SoleTrader,
            "304500116000158",
            Rule::CheckDigits,
        ),
    ] {
        let refused = Organisation::parse(kind, number).err().unwrap();
        assert_eq!(refused.rule, rule, "{number}");
    }
}

#[test]
fn bytes_to_sign_are_canonical_json_and_read_back() {
    let expected = concat!(
        r#"{"account_id":"acc-1","applicant":{"birth_date":"1980-01-31","given_name":"Анна","#,
        r#""patronymic":"Петровна","snils":"11223344595","surname":"Семёнова"},"#,
        r#""application_id":"00000000-0000-0000-0000-000000000000","audience":"test.instance","#,
        r#""challenge":"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s","#,
        r#""expires_at":"1970-01-01T01:00:00Z","issued_at":"1970-01-01T00:00:00Z","#,
        r#""organisation":{"ogrn":"1027700132195"},"schema":"qes.organisation-link/1","#,
        r#""statement":"Прошу присоединить организацию с ОГРН 1027700132195 к учётной записи acc-1"}"#
    );
    let content = issue(&entity()).content;
    assert_eq!(std::str::from_utf8(&content).unwrap(), expected);
    for organisation in [entity(), trader()] {
        let content = issue(&organisation).content;
        assert!(Organisation::of_content(&content) == Some(organisation));
    }
    let other = expected.replace("organisation-link/1", "application/1");
    assert!(Organisation::of_content(other.as_bytes()).is_none());
}

fn head() -> CertificateHead<'static> {
    CertificateHead {
        ogrn: Some(OGRN),
        ogrnip: None,
        surname: Some("СЕМЕНОВА"),
        given_name: Some("Анна Петровна"),
        snils: Some("112-233-445 95"),
        inn: Some("500100732259"),
        contradictory: &[],
    }
}

#[test]
fn the_head_is_named_by_snils_or_inn_and_contradicted_by_nothing() {
    let check = |head: CertificateHead<'_>| check_head(&entity(), &claims(), &head);
    let nameless = CertificateHead {
        surname: None,
        given_name: None,
        ..head()
    };
    for good in [
        head(),
        nameless,
        CertificateHead {
            snils: None,
            ..nameless
        },
        CertificateHead {
            inn: None,
            ..nameless
        },
        // The organisation's own number in the field of a person's.
        CertificateHead {
            inn: Some("007707329152"),
            ..head()
        },
    ] {
        assert_eq!(check(good), Ok(()));
    }
    let differs = |fields: &[&'static str]| {
        Err(OutcomeReason {
            reason: Reason::PersonDiffers,
            fields: fields.to_vec(),
        })
    };
    for (wrong, fields) in [
        (
            CertificateHead {
                surname: Some("Иванова"),
                ..head()
            },
            ["surname"],
        ),
        (
            CertificateHead {
                given_name: Some("Анна"),
                ..head()
            },
            ["patronymic"],
        ),
        (
            CertificateHead {
                snils: Some("08765430300"),
                ..head()
            },
            ["snils"],
        ),
        (
            CertificateHead {
                inn: Some("671742358830"),
                ..head()
            },
            ["inn"],
        ),
        (
            CertificateHead {
                contradictory: &["snils"],
                ..head()
            },
            ["snils"],
        ),
    ] {
        assert_eq!(check(wrong), differs(&fields));
    }
    let nobody = CertificateHead {
        snils: None,
        inn: None,
        ..head()
    };
    let another = CertificateHead {
        inn: Some("007707329152"),
        ..nobody
    };
    for unnamed in [
        nobody,
        another,
        CertificateHead {
            snils: Some(" "),
            ..nobody
        },
    ] {
        assert_eq!(check(unnamed).unwrap_err().reason, Reason::HeadNotNamed);
    }
}

#[test]
fn the_organisation_is_named_by_its_own_number() {
    let cases = [
        (entity(), Some(OGRN), None, true),
        (entity(), None, None, false),
        (entity(), Some("1037739010891"), None, false),
        (entity(), None, Some(OGRNIP), false),
        (trader(), None, Some(OGRNIP), true),
        (trader(), Some(OGRN), None, false),
    ];
    for (organisation, ogrn, ogrnip, named) in cases {
        let head = CertificateHead {
            ogrn,
            ogrnip,
            ..head()
        };
        let reason = check_head(&organisation, &claims(), &head).err();
        let expected = (!named).then_some(Reason::OrganisationDiffers);
        assert_eq!(reason.map(|it| it.reason), expected);
    }
}
