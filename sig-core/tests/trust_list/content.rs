//! What signed lists may say, and how.

use sig_core::finding::Language;
use sig_core::trust::mintsifry_list::ContentReason;
use sig_core::trust::service::{ListNote, NoteReason, StatusChange};

use super::fixture::{Fixture, HEAD, authority, certificate, data, history, status};
use super::*;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

fn list(content: &str) -> Result<SignedList, ListRejected> {
    read(Fixture::new(&format!("{HEAD}{content}")).xml())
}

fn refused_at(content: &str) -> (String, ContentReason) {
    match read(Fixture::new(content).xml()) {
        Err(ListRejected::Content { path, reason, .. }) => (path, reason),
        other => panic!("another reason: {other:?}"),
    }
}

fn notes(content: &str) -> Vec<NoteReason> {
    list(content)
        .unwrap()
        .list
        .notes
        .iter()
        .map(|note| note.reason)
        .collect()
}

fn in_force() -> String {
    status("Действует", "2020-01-01T00:00:00Z")
}

#[test]
fn white_space_in_values_is_ignored() {
    let encoded = STANDARD.encode(certificate(2));
    let (head, tail) = encoded.split_at(40);
    let content = authority(
        "1",
        &status(" Действует\n", "\n2020-01-01T00:00:00Z "),
        &data(&format!("\n {head}\n\t{tail}\n")),
    )
    .replace("0A0B", " 0a:0B 0c\n");
    let signed = list(&content).unwrap();
    assert_eq!(signed.list.notes, []);
    let service = &signed.list.services[0];
    assert_eq!(service.key_identifier, [10, 11, 12]);
    assert_eq!(service.certificates[0][..], certificate(2)[..]);
    assert_eq!(
        status_at(service, "2026-01-01T00:00:00Z"),
        Some(Status::InForce)
    );
}

#[test]
fn order_and_unknown_elements_do_not_matter() {
    let full = authority("1", &in_force(), &data(&STANDARD.encode(certificate(2))));
    let expected = list(&full).unwrap().list;
    let unknown = full
        .replace(
            "<ИНН>",
            "<Новое><ИНН>1</ИНН><Статус>Прекращена</Статус></Новое><ИНН>",
        )
        .replace("<Ключ>", "<Ключ><Новое></Новое>");
    assert_eq!(list(&unknown).unwrap().list, expected);
    let (statuses, rest) = (in_force(), full.replace(&in_force(), ""));
    let reordered = rest.replace("<Название>", &format!("{statuses}<Название>"));
    assert_eq!(list(&reordered).unwrap().list, expected);
    let after = Fixture::new(&format!("{full}{HEAD}"));
    assert_eq!(read(after.xml()).unwrap().list, expected);
}

#[test]
fn nil_and_absent_are_the_same() {
    let nil = authority(
        "1",
        "<СтатусАккредитации xsi:nil=\"true\"></СтатусАккредитации>",
        "",
    )
    .replace("<ИНН>7700000000</ИНН>", "<ИНН xsi:nil=\"1\"></ИНН>")
    .replace("<Название>УЦ 1</Название>", "<Название></Название>")
    .replace(
        "<Сертификаты></Сертификаты>",
        "<Сертификаты xsi:nil=\"true\"></Сертификаты>",
    );
    let signed = list(&nil).unwrap();
    let service = &signed.list.services[0];
    assert_eq!(
        (&service.authority.inn, &service.authority.name),
        (&None, &None)
    );
    assert_eq!(service.authority.ogrn.as_deref(), Some("1"));
    assert_eq!(service.status_at(UnixTime::from_seconds(i64::MAX)), None);
    assert!(service.certificates.is_empty());
    let not_nil = nil
        .replace("nil=\"1\"", "nil=\"false\"")
        .replace("></ИНН>", ">5</ИНН>");
    assert_eq!(
        list(&not_nil).unwrap().list.services[0]
            .authority
            .inn
            .as_deref(),
        Some("5")
    );
}

#[test]
fn the_elements_may_be_in_a_namespace_of_their_own() {
    let full = authority("1", &in_force(), "");
    let mut fixture = Fixture::new(&format!("{HEAD}{full}"));
    fixture.root_start = "<АккредитованныеУдостоверяющиеЦентры xmlns=\"urn:list\">".to_owned();
    assert_eq!(read(fixture.xml()).unwrap().list, list(&full).unwrap().list);
    fixture.content = fixture.content.replace(
        "<УдостоверяющийЦентр>",
        "<УдостоверяющийЦентр xmlns=\"urn:other\">",
    );
    assert_eq!(read(fixture.xml()).unwrap().list.services, []);
}

#[test]
fn history_is_sorted_and_joined_with_the_current_status() {
    let terminated = status("Прекращена", "2022-01-01T00:00:00Z");
    let past = history(&[
        status("Приостановлена", "2021-01-01"),
        in_force(),
        status("Действует", "2021-02-15T00:00:00.123+03:00"),
        status("Действует", "2020-01-01T03:00:00+03:00"),
    ]);
    let signed = list(&authority("1", &format!("{terminated}{past}"), "")).unwrap();
    assert_eq!(signed.list.notes, []);
    let service = &signed.list.services[0];
    let change = |from, status| StatusChange {
        from: UnixTime::parse_rfc3339(from).unwrap(),
        status,
    };
    assert_eq!(
        service.history.changes(),
        [
            change("2020-01-01T00:00:00Z", Status::InForce),
            change("2020-12-31T21:00:00Z", Status::Suspended),
            change("2021-02-14T21:00:00Z", Status::InForce),
            change("2022-01-01T00:00:00Z", Status::Terminated),
        ]
    );
}

#[test]
fn an_unknown_status_is_not_in_force_and_noted() {
    let content = authority(
        "1",
        &status("Действует условно", "2020-01-01T00:00:00Z"),
        "",
    );
    assert_eq!(notes(&content), [NoteReason::StatusUnknown]);
    let signed = list(&content).unwrap();
    let unknown = Status::Unknown("Действует условно".to_owned());
    assert_eq!(
        status_at(&signed.list.services[0], "2026-01-01T00:00:00Z"),
        Some(unknown)
    );
}

#[test]
fn a_current_status_that_is_not_the_latest_is_noted() {
    let later = history(&[status("Действует", "2023-01-01T00:00:00Z")]);
    let terminated = status("Прекращена", "2022-01-01T00:00:00Z");
    let contradiction = authority("1", &format!("{terminated}{later}"), "");
    assert_eq!(
        notes(&contradiction),
        [NoteReason::StatusContradictsHistory]
    );
    let announced = history(&[status("Прекращена", "2027-01-01T00:00:00Z")]);
    let planned = authority("1", &format!("{}{announced}", in_force()), "");
    assert_eq!(notes(&planned), []);
}

#[test]
fn one_broken_certificate_does_not_stop_the_list() {
    let good = STANDARD.encode(certificate(2));
    let cut = STANDARD.encode(&certificate(2)[..100]);
    let longer = STANDARD.encode([certificate(2), vec![0]].concat());
    let certificates = [
        data("не base64"),
        data(&good),
        data(&cut),
        data(""),
        data(&longer),
        "<ДанныеСертификата></ДанныеСертификата>".to_owned(),
        data(&STANDARD.encode(certificate(3))),
    ];
    let content = authority("1", &in_force(), &certificates.concat()).replace("0A0B", "0A0");
    let signed = list(&format!("{}{content}", authority("0", &in_force(), ""))).unwrap();
    let service = &signed.list.services[1];
    let kept: Vec<&[u8]> = service
        .certificates
        .iter()
        .map(|octets| &octets[..])
        .collect();
    assert_eq!(kept, [certificate(2), certificate(3)]);
    assert!(service.key_identifier.is_empty());
    let note = |certificate, reason| ListNote {
        authority: 2,
        key: Some(1),
        certificate,
        reason,
    };
    assert_eq!(
        signed.list.notes,
        [
            note(None, NoteReason::KeyIdentifierNotHex),
            note(Some(1), NoteReason::CertificateNotBase64),
            note(Some(3), NoteReason::CertificateMalformed),
            note(Some(4), NoteReason::CertificateMalformed),
            note(Some(5), NoteReason::CertificateMalformed),
            note(Some(6), NoteReason::CertificateAbsent),
        ]
    );
}

#[test]
fn a_broken_structure_is_named_with_its_place() {
    const ROOT: &str = "АккредитованныеУдостоверяющиеЦентры";
    let good = authority("0", &in_force(), "");
    let with = |from: &str, to: &str| {
        let broken = good.replacen(from, to, 1);
        assert_ne!(broken, good);
        format!("{HEAD}{good}{broken}")
    };
    let second = format!("{ROOT}/УдостоверяющийЦентр[2]");
    let current = format!("{second}/СтатусАккредитации[1]");
    for (content, path, reason) in [
        (
            String::new(),
            ROOT.to_owned(),
            ContentReason::Missing("Версия"),
        ),
        (
            "<Версия></Версия>".to_owned(),
            format!("{ROOT}/Версия[1]"),
            ContentReason::NotANumber,
        ),
        (
            "<Версия>-1</Версия>".to_owned(),
            format!("{ROOT}/Версия[1]"),
            ContentReason::NotANumber,
        ),
        (
            "<Версия>+1</Версия>".to_owned(),
            format!("{ROOT}/Версия[1]"),
            ContentReason::NotANumber,
        ),
        (
            "<Версия>18446744073709551616</Версия>".to_owned(),
            format!("{ROOT}/Версия[1]"),
            ContentReason::NotANumber,
        ),
        (
            "<Версия>1</Версия><Версия>2</Версия>".to_owned(),
            format!("{ROOT}/Версия[2]"),
            ContentReason::Duplicate("Версия"),
        ),
        (
            "<Версия>1</Версия><Дата>вчера</Дата>".to_owned(),
            format!("{ROOT}/Дата[1]"),
            ContentReason::NotATime,
        ),
        (
            with("<ОГРН>0</ОГРН>", "<ОГРН>0</ОГРН><ОГРН>1</ОГРН>"),
            format!("{second}/ОГРН[2]"),
            ContentReason::Duplicate("ОГРН"),
        ),
        (
            with("<Статус>Действует</Статус>", ""),
            current.clone(),
            ContentReason::Missing("Статус"),
        ),
        (
            with("<ДействуетС>2020-01-01T00:00:00Z</ДействуетС>", ""),
            current.clone(),
            ContentReason::Missing("ДействуетС"),
        ),
        (
            with("2020-01-01T00:00:00Z", "2020-01-32"),
            format!("{current}/ДействуетС[1]"),
            ContentReason::NotATime,
        ),
        (
            with("Действует<", "Действует<b></b><"),
            format!("{current}/Статус[1]"),
            ContentReason::NotText,
        ),
        (
            with(
                "</СтатусАккредитации>",
                "</СтатусАккредитации><СтатусАккредитации></СтатусАккредитации>",
            ),
            format!("{second}/СтатусАккредитации[2]"),
            ContentReason::Duplicate("СтатусАккредитации"),
        ),
    ] {
        assert_eq!(refused_at(&content), (path, reason));
    }
}

#[test]
fn reasons_read_in_both_languages() {
    let refused = read(Fixture::new("<Версия>x</Версия>").xml()).unwrap_err();
    assert_eq!(
        refused.text(Language::Ru),
        "здесь должно быть целое число: АккредитованныеУдостоверяющиеЦентры/Версия[1] (1:135)"
    );
    assert_eq!(
        refused.text(Language::En),
        "a whole number is required: АккредитованныеУдостоверяющиеЦентры/Версия[1] (1:135)"
    );
    let note = NoteReason::StatusUnknown;
    assert_ne!(note.text(Language::Ru), note.text(Language::En));
    assert_eq!(note.code(), "list.status.unknown");
    for xml in ["", "<a/>", "<!DOCTYPE a><a/>", "<?xml version='1.1'?><a/>"] {
        let refused = read(xml).unwrap_err();
        assert_ne!(refused.text(Language::Ru), refused.text(Language::En));
        assert_eq!(refused.code().split('.').count(), 3);
    }
}
