//! What is read from a European list.

use sig_core::trust::etsi_list::{
    Assertion, Criterion, EtsiNoteReason, ListKind, Qualifier, ServiceStatus, ServiceType,
    ServiceUse,
};

use super::eu_fixture::{
    EuFixture, NATIONAL, information, providers, read_eu, scheme, service, two_services,
};
use super::fixture::certificate;
use super::*;

const QUALIFICATIONS: &str =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
const WORDS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/";

fn with_extensions(extensions: &str) -> EuFixture {
    let information = information(2, "granted", "2017-01-01T00:00:00Z", extensions);
    let services = providers(&service(&information, ""));
    EuFixture::new(&format!("{}{services}", scheme(7, NATIONAL, "XA", "")))
}

fn code_of(fixture: &EuFixture) -> Option<&'static str> {
    read_eu(fixture.xml()).err().map(|it| it.code())
}

#[test]
fn services_have_a_history() {
    let signed = read_eu(two_services().xml()).unwrap();
    let list = &signed.list;
    assert_eq!(list.header.kind, ListKind::National);
    let [granted, withdrawn] = &list.services[..] else {
        panic!()
    };
    assert_eq!(granted.provider.name.as_deref(), Some("First"));
    assert_eq!(granted.certificates[0][..], certificate(2)[..]);
    let status = |time: &str| {
        let at = UnixTime::parse_rfc3339(time).unwrap();
        withdrawn
            .at(at)
            .map(|it| (it.status.clone(), it.is_in_force(at)))
    };
    assert_eq!(status("2016-06-30T23:59:59Z"), None);
    assert_eq!(
        status("2016-07-01T00:00:00Z"),
        Some((ServiceStatus::Granted, true))
    );
    assert_eq!(
        status("2019-12-31T23:59:59Z"),
        Some((ServiceStatus::Granted, true))
    );
    assert_eq!(
        status("2020-01-01T00:00:00Z"),
        Some((ServiceStatus::Withdrawn, false))
    );
}

#[test]
fn of_two_statuses_of_one_instant_the_worse_holds() {
    let fixture = two_services().content("2020-01-01T00:00:00Z", "2016-07-01T00:00:00Z");
    let signed = read_eu(fixture.xml()).unwrap();
    assert_eq!(
        signed.list.services[1].latest().unwrap().status,
        ServiceStatus::Withdrawn
    );
}

#[test]
fn the_current_status_holds_over_a_history_that_begins_later() {
    let fixture = two_services().content("2016-07-01T00:00:00Z", "2021-01-01T00:00:00Z");
    let list = read_eu(fixture.xml()).unwrap().list;
    let status = |time: &str| {
        let at = UnixTime::parse_rfc3339(time).unwrap();
        list.services[1].at(at).map(|it| it.status.clone())
    };
    let withdrawn = Some(ServiceStatus::Withdrawn);
    assert_eq!(status("2019-12-31T23:59:59Z"), None);
    assert_eq!(status("2020-01-01T00:00:00Z"), withdrawn);
    assert_eq!(status("2021-01-01T00:00:00Z"), withdrawn);
    let [note] = &list.notes[..] else { panic!() };
    assert_eq!((note.provider, note.service), (1, 2));
    assert_eq!(note.reason, EtsiNoteReason::HistoryAfterCurrent);
    assert_eq!(note.reason.code(), "list.history.after_current");
    assert!(read_eu(two_services().xml()).unwrap().list.notes.is_empty());
}

#[test]
fn version_6_is_read_and_others_are_not() {
    let version = |text: &str| {
        two_services().content(
            "<TSLVersionIdentifier>5<",
            &format!("<TSLVersionIdentifier>{text}<"),
        )
    };
    assert_eq!(read_eu(version("6").xml()).unwrap().list.header.version, 6);
    assert_eq!(code_of(&version("4")), Some("list.content.other_version"));
    assert_eq!(code_of(&version("7")), Some("list.content.other_version"));
    assert_eq!(code_of(&version("five")), Some("list.content.not_a_number"));
}

#[test]
fn broken_elements_are_named() {
    for (from, to, code) in [
        (
            "<SchemeTerritory>XA</SchemeTerritory>",
            "",
            "list.content.missing",
        ),
        (
            "<TSLSequenceNumber>7<",
            "<TSLSequenceNumber>-7<",
            "list.content.not_a_number",
        ),
        (
            "2026-11-01T00:00:00Z",
            "2026-11-01T00:00:00",
            "list.content.not_a_time",
        ),
        (
            "<TSPServices>",
            "<TSPServices/><TSPServices>",
            "list.content.duplicate",
        ),
        (">XA<", "><a></a><", "list.content.not_text"),
    ] {
        // A tag that is written short is not in canonical form.
        let to = to.replace("<TSPServices/>", "<TSPServices></TSPServices>");
        let fixture = two_services().content(from, &to);
        assert_eq!(code_of(&fixture), Some(code), "{from}");
    }
    let mut fixture = two_services();
    fixture.root_start = fixture.root_start.replace("19612", "19611");
    assert_eq!(code_of(&fixture), Some("list.content.unexpected_root"));
}

#[test]
fn a_list_without_a_next_update_is_closed() {
    let fixture = two_services().content("<dateTime>2027-05-01T00:00:00Z</dateTime>", "");
    let list = read_eu(fixture.xml()).unwrap().list;
    assert_eq!(list.header.next_update, None);
    assert!(list.is_past_next_update(list.header.issued_at));
}

#[test]
fn an_unknown_status_is_named_and_never_in_force() {
    let fixture = two_services().content("Svcstatus/granted", "Svcstatus/sleeping");
    let list = read_eu(fixture.xml()).unwrap().list;
    let uri = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/sleeping";
    assert_eq!(
        list.notes[0].reason,
        EtsiNoteReason::StatusUnknown(uri.to_owned())
    );
    let period = list.services[0].latest().unwrap();
    assert!(!period.is_in_force(list.header.issued_at));
}

#[test]
fn unknown_critical_extensions_are_named_and_the_entry_counts_for_nothing() {
    let of = |critical: &str| {
        let extension =
            format!("<Extension{critical}><x:New xmlns:x=\"urn:x:\"></x:New></Extension>");
        let list = read_eu(with_extensions(&extension).xml()).unwrap().list;
        let period = list.services[0].latest().unwrap();
        (list.notes.len(), period.is_in_force(list.header.issued_at))
    };
    assert_eq!(of(" Critical=\"false\""), (0, true));
    assert_eq!(of(" Critical=\"0\""), (0, true));
    assert_eq!(of(" Critical=\"true\""), (1, false));
    assert_eq!(of(""), (1, false));
    let known = "<Extension Critical=\"true\"><ExpiredCertsRevocationInfo>2017-01-01T00:00:00Z</ExpiredCertsRevocationInfo></Extension>";
    let list = read_eu(with_extensions(known).xml()).unwrap().list;
    assert_eq!(list.notes, []);
    let empty = "<Extension Critical=\"true\"></Extension>";
    let list = read_eu(with_extensions(empty).xml()).unwrap().list;
    assert_eq!(list.notes.len(), 1);
}

#[test]
fn uses_and_qualifications_are_read() {
    let extensions = format!(
        "<Extension Critical=\"true\">\
         <AdditionalServiceInformation><URI xml:lang=\"en\">{WORDS}ForeSignatures</URI></AdditionalServiceInformation>\
         <AdditionalServiceInformation><URI xml:lang=\"en\">{WORDS}ForeSeals</URI></AdditionalServiceInformation>\
         </Extension>\
         <Extension Critical=\"true\"><q:Qualifications xmlns:q=\"{QUALIFICATIONS}\"><q:QualificationElement>\
         <q:Qualifiers><q:Qualifier uri=\"{WORDS}QCWithQSCD\"></q:Qualifier><q:Qualifier uri=\"urn:x\"></q:Qualifier></q:Qualifiers>\
         <q:CriteriaList assert=\"atLeastOne\">\
         <q:KeyUsage><q:KeyUsageBit name=\"nonRepudiation\">true</q:KeyUsageBit></q:KeyUsage>\
         <q:PolicySet><q:PolicyIdentifier><x:Identifier xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" Qualifier=\"OIDAsURN\">urn:oid:1.2.3</x:Identifier></q:PolicyIdentifier></q:PolicySet>\
         <q:Description>words</q:Description><q:New></q:New>\
         </q:CriteriaList></q:QualificationElement></q:Qualifications></Extension>"
    );
    let list = read_eu(with_extensions(&extensions).xml()).unwrap().list;
    let period = list.services[0].latest().unwrap();
    assert_eq!(period.service_type, ServiceType::CaQc);
    assert_eq!(period.uses, [ServiceUse::Signatures, ServiceUse::Seals]);
    let [qualification] = &period.qualifications[..] else {
        panic!()
    };
    assert_eq!(
        qualification.qualifiers,
        [Qualifier::InDevice, Qualifier::Other("urn:x".to_owned())]
    );
    let criteria = &qualification.criteria;
    assert_eq!(criteria.assertion, Assertion::AtLeastOne);
    let [usage, policies, other] = &criteria.criteria[..] else {
        panic!()
    };
    assert_eq!(
        *usage,
        Criterion::KeyUsage(vec![("nonRepudiation".to_owned(), true)])
    );
    assert!(matches!(policies, Criterion::Policies(ids) if ids[0].to_string() == "1.2.3"));
    assert_eq!(*other, Criterion::Unknown("New".to_owned()));
}
