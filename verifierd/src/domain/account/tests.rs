use uuid::Uuid;

use super::*;
use crate::domain::claims::{RawClaims, tests as data};

const NOW: i64 = 1_795_000_000;

fn at(seconds: i64) -> UnixSeconds {
    UnixSeconds::new(NOW + seconds)
}

fn check(n: u128) -> CheckId {
    CheckId::new(Uuid::from_u128(n))
}

fn registration() -> Registration {
    Registration::parse(&RawRegistration {
        surname: "Семёнова",
        given_name: "Анна",
        phone: "+79001234567",
        email: "",
    })
    .ok()
    .unwrap()
}

fn account(level: Level) -> Account {
    let mut account = Account::register(AccountId::parse("a").unwrap(), registration(), at(0));
    account.submit_claims(data::claims(), check(1), at(1));
    if level >= Level::Standard {
        account
            .record_answers(check(1), answers(&[]), at(2))
            .unwrap();
    }
    if level == Level::Confirmed {
        account.confirm(confirmation(Assurance::Full));
    }
    assert_eq!(account.level, level);
    account
}

fn confirmation(assurance: Assurance) -> Confirmation {
    Confirmation {
        channel: Channel::OwnSignature,
        at: at(3),
        evidence_id: EvidenceId::new(Uuid::nil()),
        assurance,
        certificate: None,
    }
}

/// Answers in which the passport registry does not confirm `fields`.
fn answers(fields: &[&'static str]) -> Vec<RegistryAnswer> {
    Registry::ALL
        .iter()
        .map(|registry| RegistryAnswer {
            registry: *registry,
            mismatches: fields
                .iter()
                .filter(|_| *registry == Registry::Passport)
                .map(|field| Mismatch {
                    field,
                    code: "DIFFERS".into(),
                })
                .collect(),
        })
        .collect()
}

fn changed(change: fn(&mut RawClaims)) -> Claims {
    let mut raw = data::raw();
    change(&mut raw);
    Claims::parse(&raw, data::TODAY).ok().unwrap()
}

fn check_state(account: &Account) -> CheckState {
    account.check.as_ref().unwrap().state
}

#[test]
fn transitions_of_accounts_md_section_1() {
    let document = || changed(|raw| raw.document.number = "654321".into());
    let surname = || changed(|raw| raw.surname = "Иванова".into());
    // level before · new data · level while pending · after pass · after failure
    let table = [
        (
            Level::Simplified,
            document(),
            Level::Simplified,
            Level::Standard,
            Level::Simplified,
        ),
        (
            Level::Simplified,
            surname(),
            Level::Simplified,
            Level::Standard,
            Level::Simplified,
        ),
        (
            Level::Standard,
            document(),
            Level::Standard,
            Level::Standard,
            Level::Simplified,
        ),
        (
            Level::Standard,
            surname(),
            Level::Simplified,
            Level::Standard,
            Level::Simplified,
        ),
        (
            Level::Confirmed,
            document(),
            Level::Confirmed,
            Level::Confirmed,
            Level::Standard,
        ),
        (
            Level::Confirmed,
            surname(),
            Level::Simplified,
            Level::Standard,
            Level::Simplified,
        ),
    ];
    for (before, claims, pending, passed, failed) in table {
        let mut account = account(before);
        assert_eq!(
            account.submit_claims(claims, check(2), at(9)),
            Effect::Changed
        );
        assert_eq!(
            (account.level, check_state(&account)),
            (pending, CheckState::Pending)
        );
        let mut other = account.clone();
        account
            .record_answers(check(2), answers(&[]), at(10))
            .unwrap();
        assert_eq!(
            (account.level, check_state(&account)),
            (passed, CheckState::Passed)
        );
        other
            .record_answers(check(2), answers(&["document.number"]), at(10))
            .unwrap();
        assert_eq!(
            (other.level, check_state(&other)),
            (failed, CheckState::Failed)
        );
        assert_eq!(other.check.unwrap().answers, answers(&["document.number"]));
    }
}

#[test]
fn a_lost_level_takes_the_confirmation_with_it() {
    let mut account = account(Level::Confirmed);
    account.submit_claims(
        changed(|raw| raw.birth_date = "1980-02-01".into()),
        check(2),
        at(9),
    );
    assert!(account.confirmation.is_none());
    account
        .record_answers(check(2), answers(&[]), at(10))
        .unwrap();
    assert_eq!(account.level, Level::Standard);
}

#[test]
fn the_same_data_changes_nothing_unless_the_check_failed() {
    for level in [Level::Simplified, Level::Standard, Level::Confirmed] {
        let mut account = account(level);
        let before = account.clone();
        assert_eq!(
            account.submit_claims(data::claims(), check(2), at(9)),
            Effect::Unchanged
        );
        assert!(account == before);
    }
    let mut account = account(Level::Simplified);
    account
        .record_answers(check(1), answers(&["snils"]), at(3))
        .unwrap();
    assert_eq!(
        account.submit_claims(data::claims(), check(2), at(9)),
        Effect::Changed
    );
    assert_eq!(check_state(&account), CheckState::Pending);
}

#[test]
fn answers_count_for_the_latest_check_once() {
    let mut account = account(Level::Simplified);
    assert_eq!(
        account.record_answers(check(7), answers(&[]), at(3)),
        Err(Reason::RegistryCheckNotCurrent)
    );
    assert_eq!(
        account.record_answers(check(1), answers(&[]), at(3)),
        Ok(Effect::Changed)
    );
    assert_eq!(
        account.record_answers(check(1), answers(&[]), at(4)),
        Ok(Effect::Unchanged)
    );
    assert_eq!(
        account.record_answers(check(1), answers(&["snils"]), at(5)),
        Err(Reason::RegistryCheckDecided)
    );
}

#[test]
fn who_may_apply() {
    assert_eq!(
        account(Level::Simplified)
            .may_apply(Channel::OwnSignature)
            .err(),
        Some(Reason::LevelTooLow)
    );
    assert!(
        account(Level::Standard)
            .may_apply(Channel::OwnSignature)
            .is_ok()
    );
    assert!(
        account(Level::Confirmed)
            .may_apply(Channel::OwnSignature)
            .is_ok()
    );
    let mut blocked = account(Level::Standard);
    blocked.status = Status::Blocked {
        reason: "fraud".into(),
        by: "admin".into(),
        at: at(5),
    };
    assert_eq!(
        blocked.may_apply(Channel::OwnSignature).err(),
        Some(Reason::AccountBlocked)
    );
}

#[test]
fn assurance_only_rises() {
    let mut account = account(Level::Standard);
    for (next, stands) in [
        (Assurance::Limited, Assurance::Limited),
        (Assurance::Full, Assurance::Full),
        (Assurance::Limited, Assurance::Full),
    ] {
        account.confirm(confirmation(next));
        assert_eq!(account.confirmation.as_ref().unwrap().assurance, stands);
    }
}

#[test]
fn registration_fields() {
    let valid = RawRegistration {
        surname: "Иванов",
        given_name: "Иван",
        phone: "+79001234567",
        email: "Ivan@Example.org",
    };
    let read = Registration::parse(&valid).ok().unwrap();
    assert_eq!(read.email.as_deref(), Some("ivan@example.org"));
    let table = [
        (
            RawRegistration {
                surname: "",
                ..valid
            },
            "surname",
            Rule::Required,
        ),
        (
            RawRegistration {
                given_name: "7",
                ..valid
            },
            "given_name",
            Rule::Name,
        ),
        (
            RawRegistration {
                phone: "89001234567",
                ..valid
            },
            "phone",
            Rule::Phone,
        ),
        (
            RawRegistration {
                phone: "+7900123456789012",
                ..valid
            },
            "phone",
            Rule::Phone,
        ),
        (
            RawRegistration {
                email: "nobody",
                ..valid
            },
            "email",
            Rule::Email,
        ),
        (
            RawRegistration {
                email: "a@b@c",
                ..valid
            },
            "email",
            Rule::Email,
        ),
        (
            RawRegistration {
                phone: "",
                email: "",
                ..valid
            },
            "phone",
            Rule::PhoneOrEmail,
        ),
    ];
    for (raw, field, rule) in table {
        let violations = Registration::parse(&raw).err().unwrap();
        assert_eq!(violations, [FieldViolation { field, rule }]);
    }
}

#[test]
fn registry_answers_are_complete_and_consistent() {
    let passed = |registry| RawAnswer {
        registry: Some(registry),
        passed: Some(true),
        mismatches: Vec::new(),
    };
    let failed = |field: &str, code: &str| RawAnswer {
        passed: Some(false),
        mismatches: vec![(field.into(), code.into())],
        ..passed(Registry::Passport)
    };
    let pension = || passed(Registry::PensionFund);
    let both = [passed(Registry::Passport), pension()];
    assert_eq!(parse_answers(&both).unwrap(), answers(&[]));
    assert_eq!(
        parse_answers(&[pension(), failed("document.number", "DIFFERS")]).unwrap(),
        answers(&["document.number"])
    );
    let unsure = RawAnswer {
        passed: None,
        ..passed(Registry::Passport)
    };
    let empty_failure = RawAnswer {
        passed: Some(false),
        ..passed(Registry::Passport)
    };
    let passing_failure = RawAnswer {
        passed: Some(true),
        ..failed("snils", "DIFFERS")
    };
    let nameless = RawAnswer {
        registry: None,
        ..pension()
    };
    let table: [(Vec<RawAnswer>, Rule); 9] = [
        (vec![pension()], Rule::Registries),
        (vec![pension(), pension()], Rule::Registries),
        (
            vec![pension(), passed(Registry::Passport), pension()],
            Rule::Registries,
        ),
        (
            vec![pension(), passed(Registry::Passport), nameless],
            Rule::Registries,
        ),
        (vec![pension(), unsure], Rule::Required),
        (vec![pension(), empty_failure], Rule::Mismatches),
        (vec![pension(), passing_failure], Rule::Mismatches),
        (
            vec![pension(), failed("shoe_size", "DIFFERS")],
            Rule::MismatchField,
        ),
        (
            vec![pension(), failed("snils", "differs!")],
            Rule::MismatchCode,
        ),
    ];
    for (raw, rule) in table {
        assert_eq!(parse_answers(&raw).unwrap_err()[0].rule, rule);
    }
}
