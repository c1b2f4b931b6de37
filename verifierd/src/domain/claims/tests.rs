use super::*;

pub(crate) const TODAY: Date = date!(2026 - 11 - 21);

pub(crate) fn raw() -> RawClaims {
    RawClaims {
        surname: "Семёнова".into(),
        given_name: "Анна".into(),
        patronymic: "Петровна".into(),
        sex: "FEMALE".into(),
        birth_date: "1980-01-31".into(),
        birth_place: "г. Тверь".into(),
        citizenship: "RUS".into(),
        snils: "11223344595".into(),
        inn: "500100732259".into(),
        document: RawDocument {
            kind: "RF_PASSPORT".into(),
            series: "4512".into(),
            number: "123456".into(),
            issued_on: "2012-05-06".into(),
            issued_by: "ОВД района".into(),
            department_code: "770-001".into(),
        },
    }
}

pub(crate) fn claims() -> Claims {
    Claims::parse(&raw(), TODAY).ok().unwrap()
}

fn violations(raw: &RawClaims) -> Vec<(&'static str, Rule)> {
    match Claims::parse(raw, TODAY) {
        Ok(_) => Vec::new(),
        Err(violations) => violations.iter().map(|v| (v.field, v.rule)).collect(),
    }
}

#[test]
fn complete_data_is_read_and_written_back() {
    assert!(claims().to_raw() == raw());
    let mut minimal = raw();
    minimal.patronymic.clear();
    minimal.inn.clear();
    assert_eq!(violations(&minimal), []);
}

#[test]
fn each_field_is_refused_for_its_own_rule() {
    type Break = fn(&mut RawClaims);
    let table: [(Break, &str, Rule); 28] = [
        (|r| r.surname.clear(), "surname", Rule::Required),
        (|r| r.surname = "И1".into(), "surname", Rule::Name),
        (|r| r.given_name = "\u{7}".into(), "given_name", Rule::Name),
        (|r| r.patronymic = "42".into(), "patronymic", Rule::Name),
        (|r| r.sex.clear(), "sex", Rule::Required),
        (
            |r| r.birth_date = "31.01.1980".into(),
            "birth_date",
            Rule::Date,
        ),
        (
            |r| r.birth_date = "2026-11-22".into(),
            "birth_date",
            Rule::NotInFuture,
        ),
        (
            |r| r.birth_date = "1899-12-31".into(),
            "birth_date",
            Rule::From1900,
        ),
        (|r| r.birth_place = "\n".into(), "birth_place", Rule::Line),
        (
            |r| r.citizenship = "RU".into(),
            "citizenship",
            Rule::Country,
        ),
        (|r| r.snils = "112-233-445 95".into(), "snils", Rule::Snils),
        (
            |r| r.snils = "11223344596".into(),
            "snils",
            Rule::CheckDigits,
        ),
        (|r| r.inn = "7707329152".into(), "inn", Rule::Inn),
        (|r| r.inn = "500100732258".into(), "inn", Rule::CheckDigits),
        (|r| r.document.kind.clear(), "document.kind", Rule::Required),
        (
            |r| r.document.series.clear(),
            "document.series",
            Rule::Required,
        ),
        (
            |r| r.document.series = "45 12".into(),
            "document.series",
            Rule::PassportSeries,
        ),
        (
            |r| r.document.number.clear(),
            "document.number",
            Rule::Required,
        ),
        (
            |r| r.document.number = "12345".into(),
            "document.number",
            Rule::PassportNumber,
        ),
        (
            |r| r.document.issued_on.clear(),
            "document.issued_on",
            Rule::Required,
        ),
        (
            |r| r.document.issued_on = "2026-11-22".into(),
            "document.issued_on",
            Rule::NotInFuture,
        ),
        (
            |r| r.document.issued_on = "1980-01-30".into(),
            "document.issued_on",
            Rule::NotBeforeBirth,
        ),
        (
            |r| r.document.issued_by.clear(),
            "document.issued_by",
            Rule::Required,
        ),
        (
            |r| r.document.department_code.clear(),
            "document.department_code",
            Rule::Required,
        ),
        (
            |r| r.document.department_code = "770001".into(),
            "document.department_code",
            Rule::DepartmentCode,
        ),
        (
            |r| {
                r.document.kind = "OTHER".into();
                r.document.number = "x".repeat(33)
            },
            "document.number",
            Rule::DocumentText,
        ),
        (
            |r| {
                r.document.kind = "OTHER".into();
                r.document.series = "x".repeat(33)
            },
            "document.series",
            Rule::DocumentSeries,
        ),
        (
            |r| {
                r.document.kind = "OTHER".into();
                r.document.department_code = "7".into()
            },
            "document.department_code",
            Rule::DepartmentCode,
        ),
    ];
    for (break_it, field, rule) in table {
        let mut broken = raw();
        break_it(&mut broken);
        assert_eq!(violations(&broken), [(field, rule)]);
    }
}

#[test]
fn another_document_is_text() {
    let mut other = raw();
    other.document = RawDocument {
        kind: "OTHER".into(),
        series: String::new(),
        number: "AB 1234567".into(),
        issued_on: "2020-01-01".into(),
        issued_by: "Ministry".into(),
        department_code: String::new(),
    };
    assert_eq!(violations(&other), []);
}

#[test]
fn all_broken_fields_are_named_at_once() {
    assert_eq!(violations(&RawClaims::default()).len(), 11);
}

#[test]
fn which_change_makes_another_person() {
    let old = claims();
    let changed = |change: fn(&mut RawClaims)| {
        let mut raw = raw();
        change(&mut raw);
        let new = Claims::parse(&raw, TODAY).ok().unwrap();
        assert!(old != new);
        old.names_the_same_person(&new)
    };
    assert!(old.names_the_same_person(&claims()));
    assert!(changed(|raw| raw.document.number = "654321".into()));
    assert!(changed(|raw| raw.birth_place = "г. Москва".into()));
    assert!(changed(|raw| raw.inn = String::new()));
    assert!(!changed(|raw| raw.surname = "Иванова".into()));
    assert!(!changed(|raw| raw.given_name = "Мария".into()));
    assert!(!changed(|raw| raw.patronymic = String::new()));
    assert!(!changed(|raw| raw.birth_date = "1981-01-31".into()));
}

#[test]
fn every_rule_speaks_both_languages() {
    for rule in Rule::ALL {
        assert!(!rule.ru().is_empty() && !rule.en().is_empty(), "{rule:?}");
        assert_ne!(rule.ru(), rule.en());
    }
}
