//! What changes from one snapshot of European lists to another.

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::trust::etsi_list::{EtsiAssembly, EtsiChange, EtsiDifference, EtsiSnapshot};

use super::eu_fixture::{EuFixture, NATIONAL, information, providers, scheme, service};
use super::fixture::certificate;
use super::*;

const SINCE: &str = "2020-01-01T00:00:00Z";

fn list(number: u64, services: &[String]) -> EuFixture {
    let scheme = scheme(number, NATIONAL, "XA", "");
    EuFixture::new(&format!("{scheme}{}", providers(&services.concat())))
}

fn entry(seed: u8, status: &str, history: &str) -> String {
    service(&information(seed, status, SINCE, ""), history)
}

fn snapshot(list: &EuFixture) -> EtsiSnapshot {
    let assembly = EtsiAssembly {
        previous: None,
        lists: vec![Octets::from(list.xml().into_bytes())],
        signers: vec![Octets::from(certificate(1))],
        taken_at: UnixTime::parse_rfc3339("2026-11-22T00:00:00Z").unwrap(),
        refuses_outdated: false,
    };
    EtsiSnapshot::assemble(assembly, &RUSTCRYPTO, &ListLimits::STANDARD).unwrap()
}

#[test]
fn each_change_of_a_service_is_told_as_what_it_is() {
    let before = snapshot(&list(7, &[2, 3, 4].map(|seed| entry(seed, "granted", ""))));
    let after = snapshot(&list(
        8,
        &[
            entry(2, "granted", ""),
            entry(3, "withdrawn", ""),
            entry(5, "granted", ""),
        ],
    ));
    let difference = EtsiDifference::between(&before, &after);
    assert_eq!(difference.lists_added, [("XA".to_owned(), 8)]);
    assert_eq!(difference.lists_removed, [("XA".to_owned(), 7)]);
    let words = |statuses: &[sig_core::trust::etsi_list::ServiceStatus]| -> Vec<String> {
        statuses.iter().map(|it| it.word().to_owned()).collect()
    };
    let mut told: Vec<String> = difference
        .services
        .iter()
        .map(|it| match &it.change {
            EtsiChange::Added { statuses } => format!("added {:?}", words(statuses)),
            EtsiChange::Removed { statuses } => format!("removed {:?}", words(statuses)),
            EtsiChange::Status { from, to } => format!("{:?} to {:?}", words(from), words(to)),
            other => format!("{other:?}"),
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            r#"["granted"] to ["withdrawn"]"#,
            r#"added ["granted"]"#,
            r#"removed ["granted"]"#,
        ]
    );
    assert!(difference.services.iter().all(|it| it.territory == "XA"));
}

#[test]
fn nothing_differs_from_itself_and_the_past_of_an_entry_counts() {
    let one = snapshot(&list(7, &[entry(2, "granted", "")]));
    assert!(EtsiDifference::between(&one, &one).is_empty());
    let past = format!(
        "<ServiceHistoryInstance>{}</ServiceHistoryInstance>",
        information(2, "withdrawn", "2018-01-01T00:00:00Z", "")
    );
    let other = snapshot(&list(7, &[entry(2, "granted", &past)]));
    let difference = EtsiDifference::between(&one, &other);
    let changes: Vec<&EtsiChange> = difference.services.iter().map(|it| &it.change).collect();
    assert_eq!(changes, [&EtsiChange::Entry]);
}
