//! One citizen, and requests about her.

use proto::v1;

pub fn registration(id: &str) -> v1::RegisterAccountRequest {
    v1::RegisterAccountRequest {
        account_id: id.into(),
        surname: "Семёнова".into(),
        given_name: "Анна".into(),
        phone: String::new(),
        email: format!("{}@example.org", id.to_lowercase()),
    }
}

pub fn data() -> v1::PersonalData {
    v1::PersonalData {
        surname: "Семёнова".into(),
        given_name: "Анна".into(),
        patronymic: "Петровна".into(),
        sex: v1::Sex::Female.into(),
        birth_date: "1980-01-31".into(),
        birth_place: "г. Тверь".into(),
        citizenship: "RUS".into(),
        snils: "11223344595".into(),
        inn: "500100732259".into(),
        document: Some(v1::IdentityDocument {
            kind: v1::IdentityDocumentKind::RfPassport.into(),
            series: "4512".into(),
            number: "730519".into(),
            issued_on: "2012-05-06".into(),
            issued_by: "ОВД района Северный".into(),
            department_code: "770-001".into(),
        }),
    }
}

/// Every value above that must never leave the store or the answers.
pub const PRIVATE: [&str; 11] = [
    "Семёнова",
    "СЕМЕНОВА",
    "Анна",
    "Петровна",
    "1980-01-31",
    "Тверь",
    "11223344595",
    "500100732259",
    "730519",
    "Северный",
    "example.org",
];

pub fn another() -> v1::PersonalData {
    v1::PersonalData {
        snils: "08765430300".into(),
        inn: String::new(),
        ..data()
    }
}

pub fn answer(registry: v1::Registry) -> v1::RegistryAnswer {
    v1::RegistryAnswer {
        registry: registry.into(),
        outcome: v1::RegistryOutcome::Passed.into(),
        mismatches: Vec::new(),
    }
}

pub fn passed(id: &str, check: &str) -> v1::RecordRegistryResultRequest {
    v1::RecordRegistryResultRequest {
        account_id: id.into(),
        check_id: check.into(),
        answers: vec![
            answer(v1::Registry::PensionFund),
            answer(v1::Registry::Passport),
        ],
    }
}
