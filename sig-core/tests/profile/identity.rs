//! Who a certificate names, and what the check digits of his numbers say.

use std::path::Path;

use sig_core::der::oid::Oid;
use sig_core::der::oids::*;
use sig_core::der::tag::Tag;
use sig_core::profile::Holder;
use sig_core::profile::identifiers::{CheckDigits, Kind};
use sig_core::profile::identity::{Identifier, Identity, IdentityKind};

use crate::bases::Base;
use crate::draft::Draft;

fn identity(draft: &Draft) -> Identity {
    Identity::of(&draft.certificate().subject)
}

fn changed(base: Base, change: impl FnOnce(&mut Draft)) -> Identity {
    let mut draft = base.draft();
    change(&mut draft);
    identity(&draft)
}

fn fits(value: &str) -> Option<Identifier> {
    Some(Identifier {
        value: value.to_owned(),
        check: CheckDigits::Fit,
    })
}

#[test]
fn a_person_is_named_in_parts() {
    let identity = identity(&Base::Person.draft());
    assert_eq!(identity.kind, IdentityKind::Person);
    assert_eq!(identity.organisation, None);
    let person = identity.person.unwrap();
    let texts = [&person.surname, &person.name, &person.patronymic].map(Option::as_deref);
    assert_eq!(texts, [Some("Иванова"), Some("Анна"), Some("Петровна")]);
    assert_eq!(
        (person.snils, person.inn),
        (fits("11223344595"), fits("500100732259"))
    );
    assert_eq!(person.ogrnip, None);
}

#[test]
fn given_names_are_split_at_the_first_blank() {
    for (text, name, patronymic) in [
        ("Анна", Some("Анна"), None),
        ("Мамед Али оглы", Some("Мамед"), Some("Али оглы")),
        (" Анна  Петровна\u{1} ", Some("Анна"), Some("Петровна")),
        ("Анна\u{a0}Петровна", Some("Анна"), Some("Петровна")),
        ("Анна-Мария Ивановна", Some("Анна-Мария"), Some("Ивановна")),
        (" ", None, None),
    ] {
        let person = changed(Base::Person, |it| it.set(GIVEN_NAME, text))
            .person
            .unwrap();
        assert_eq!(
            (person.name.as_deref(), person.patronymic.as_deref()),
            (name, patronymic),
            "{text:?}"
        );
    }
}

#[test]
fn an_organisation_stands_with_or_without_its_person() {
    let with = identity(&Base::Organisation.draft());
    assert_eq!(with.kind, IdentityKind::PersonForOrganisation);
    assert_eq!(with.person.unwrap().inn, fits("500100732259"));
    let organisation = with.organisation.unwrap();
    assert_eq!(organisation.name.as_deref(), Some("ООО «Ромашка»"));
    assert_eq!(
        (organisation.ogrn, organisation.inn),
        (fits("1047707030513"), fits("7707329152"))
    );

    let without = identity(&Base::Automatic.draft());
    assert_eq!(without.kind, IdentityKind::Organisation);
    assert_eq!(without.person, None);
}

#[test]
fn an_inn_of_twelve_digits_with_zeros_is_the_organisations() {
    let identity = identity(&Base::OrganisationOf2020.draft());
    assert_eq!(identity.person.unwrap().inn, None);
    assert_eq!(identity.organisation.unwrap().inn, fits("7707329152"));

    // Only when the ten digits are a number; otherwise it is a person's, and a doubtful one.
    let wrong = changed(Base::Person, |it| it.set(INN, "007707329153"));
    assert_eq!(wrong.organisation, None);
    assert_eq!(
        wrong.person.unwrap().inn.unwrap().check,
        CheckDigits::OtherForm
    );
}

#[test]
fn a_sole_trader_is_a_person_who_trades() {
    let identity = identity(&Base::Trader.draft());
    assert_eq!(identity.kind, IdentityKind::SoleTrader);
    assert_eq!(identity.person.unwrap().ogrnip, fits("304500116000157"));
}

#[test]
fn a_person_beside_the_name_of_an_organisation_alone_acts_for_himself() {
    let draft = |organisation: bool| {
        let mut draft = Base::Person.draft();
        draft.add(ORGANIZATION, Tag::UTF8_STRING, "ПАО «Ромашка»");
        if organisation {
            draft.add(OGRN, Tag::NUMERIC_STRING, "1047707030513");
        }
        draft.certificate()
    };
    let alone = draft(false);
    assert_eq!(Identity::of(&alone.subject).kind, IdentityKind::Person);
    assert_eq!(Holder::of(&alone), Holder::NaturalPerson);
    let numbered = draft(true);
    let kind = Identity::of(&numbered.subject).kind;
    assert_eq!(kind, IdentityKind::PersonForOrganisation);
    assert_eq!(Holder::of(&numbered), Holder::LegalEntity);
}

#[test]
fn ten_octets_that_are_no_digits_are_no_number_of_an_organisation() {
    for text in ["770732915x", "Иванов", "Прив5"] {
        let identity = changed(Base::Person, |it| it.set(INN, text));
        assert_eq!(identity.organisation, None, "{text}");
    }
    let ten = changed(Base::Person, |it| it.set(INN, "7707329152"));
    assert_eq!(ten.organisation.unwrap().inn, fits("7707329152"));
}

#[test]
fn nobody_is_named() {
    let identity = changed(Base::Plain, |it| it.subject.clear());
    assert_eq!(identity.kind, IdentityKind::NotStated);
    assert_eq!((identity.person, identity.organisation), (None, None));
}

#[test]
fn a_pseudonym_names_a_person() {
    let identity = changed(Base::European, |it| {
        it.subject.clear();
        it.add(Oid::new(&[2, 5, 4, 65]), Tag::UTF8_STRING, "Maasikas");
    });
    assert_eq!(identity.kind, IdentityKind::Person);
    assert_eq!(
        identity.person.unwrap().pseudonym.as_deref(),
        Some("Maasikas")
    );
}

#[test]
fn a_printed_snils_is_read_without_its_separators() {
    let person = changed(Base::Person, |it| {
        it.set(SNILS, "112-233-445 95");
        it.retag(SNILS, Tag::UTF8_STRING);
    });
    assert_eq!(person.person.unwrap().snils, fits("11223344595"));
}

#[test]
fn published_vectors() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/gost-vectors/ids.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: there is no ../shared/corpus beside the repository");
        return;
    };
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut seen = 0;
    for kind in ["snils", "inn", "ogrn"] {
        for vector in file["vectors"][kind].as_array().unwrap() {
            let value = vector["value"].as_str().unwrap();
            let kind = match (kind, value.len()) {
                ("snils", _) => Kind::Snils,
                ("inn", 10) => Kind::OrganisationInn,
                ("inn", _) => Kind::PersonInn,
                ("ogrn", 13) => Kind::Ogrn,
                _ => Kind::Ogrnip,
            };
            let expected = match vector["result"].as_str().unwrap() {
                "ok" => CheckDigits::Fit,
                "nocheck" => CheckDigits::NotChecked,
                "bad" => CheckDigits::DoNotFit,
                "format" => CheckDigits::OtherForm,
                other => panic!("unknown result {other}"),
            };
            assert_eq!(kind.check(value), expected, "{kind:?} {value}");
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen} vectors");
}

#[test]
fn what_is_stated_in_two_ways_is_not_asserted() {
    for (attribute, tag, second) in [
        (SURNAME, Tag::UTF8_STRING, "Петрова"),
        (GIVEN_NAME, Tag::UTF8_STRING, "Мария"),
        (SNILS, Tag::NUMERIC_STRING, "08765430300"),
        (INN, Tag::NUMERIC_STRING, "671742358830"),
    ] {
        let said = |text: &str| {
            let person = changed(Base::Person, |it| it.add(attribute, tag, text));
            let person = person.person.unwrap();
            [
                person.surname,
                person.name,
                person.snils.map(|it| it.value),
                person.inn.map(|it| it.value),
            ]
        };
        let absent = said(second).iter().filter(|it| it.is_none()).count();
        assert_eq!(absent, 1, "{second}");
        let first = identity(&Base::Person.draft()).person.unwrap();
        let same = match attribute {
            SURNAME => first.surname.unwrap(),
            GIVEN_NAME => "Анна Петровна".to_owned(),
            SNILS => "112 233 445 95".to_owned(),
            _ => first.inn.unwrap().value,
        };
        let absent = said(&same).iter().filter(|it| it.is_none()).count();
        assert_eq!(absent, 0, "twice the same: {same}");
    }
}

#[test]
fn the_order_of_two_taxpayer_numbers_says_nothing() {
    let organisation = |it: &mut Draft| it.add(INN, Tag::NUMERIC_STRING, "007707329152");
    let kind = |change: &dyn Fn(&mut Draft)| changed(Base::Person, change);
    let after = kind(&organisation);
    let before = kind(&|it| {
        it.remove(INN);
        organisation(it);
        it.add(INN, Tag::NUMERIC_STRING, "500100732259");
    });
    assert_eq!(after.kind, IdentityKind::PersonForOrganisation);
    assert_eq!(after, before);
    assert_eq!(after.person.unwrap().inn, fits("500100732259"));
    assert_eq!(after.organisation.unwrap().inn, fits("7707329152"));
}
