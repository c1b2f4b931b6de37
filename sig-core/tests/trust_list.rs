//! Signed lists of accredited authorities: those that must be read and those that must not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};

use sig_core::UnixTime;
use sig_core::trust::mintsifry_list::{ListLimits, ListRejected, SignedList};
use sig_core::trust::service::{Service, Status};
use sig_core::trust::xml_signature::SignatureRejected;

#[path = "trust_list/content.rs"]
mod content;
#[path = "trust_list/editions.rs"]
mod editions;
#[path = "trust_list/eu_content.rs"]
mod eu_content;
#[path = "trust_list/eu_difference.rs"]
mod eu_difference;
#[path = "trust_list/eu_extract.rs"]
mod eu_extract;
#[path = "trust_list/eu_fixture.rs"]
mod eu_fixture;
#[path = "trust_list/eu_form.rs"]
mod eu_form;
#[path = "trust_list/eu_pivot.rs"]
mod eu_pivot;
#[path = "trust_list/eu_sample.rs"]
mod eu_sample;
#[path = "trust_list/eu_snapshot.rs"]
mod eu_snapshot;
#[path = "trust_list/fixture.rs"]
mod fixture;
#[path = "trust_list/form.rs"]
mod form;
#[path = "trust_list/proof.rs"]
mod proof;
#[path = "trust_list/sample.rs"]
mod sample;
#[path = "trust_list/snapshot.rs"]
mod snapshot;
#[path = "trust_list/stored.rs"]
mod stored;
#[path = "trust_list/stream.rs"]
mod stream;

/// A file of `../shared/corpus`, the folder beside the repository or beside one of its parents.
fn corpus(name: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|parent| parent.join("shared/corpus/russian-samples").join(name))
        .find(|path| path.exists());
    if found.is_none() {
        println!("skipped: ../shared/corpus is not there");
    }
    found
}

fn read(xml: impl AsRef<[u8]>) -> Result<SignedList, ListRejected> {
    SignedList::read(xml.as_ref(), &fixture::ALGORITHMS, &ListLimits::STANDARD)
}

fn refused_for(xml: impl AsRef<[u8]>) -> Option<SignatureRejected> {
    match read(xml) {
        Err(ListRejected::Signature(rejected)) => Some(rejected),
        Ok(_) => None,
        Err(other) => panic!("another reason: {other:?}"),
    }
}

fn status_at(service: &Service, time: &str) -> Option<Status> {
    let at = UnixTime::parse_rfc3339(time).unwrap();
    service.status_at(at).map(|change| change.status.clone())
}

fn by_ogrn<'a>(signed: &'a SignedList, ogrn: &str) -> &'a Service {
    let has_ogrn = |service: &&Service| service.authority.ogrn.as_deref() == Some(ogrn);
    signed.list.services.iter().find(has_ogrn).unwrap()
}
