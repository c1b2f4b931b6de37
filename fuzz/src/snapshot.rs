//! Stored snapshots of trust.

use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::trust::etsi_list::{EtsiAssembly, EtsiSnapshot};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, OwnFile, StoredRefused, TrustSnapshot};
use sig_core::trust::xml::XmlLimits;
use sig_core::{Limits, Material};

use crate::{AT, LIMITS};

const LIST: &[u8] = include_bytes!("../../testdata/generated/ru-demo/trust-lists/accredited.xml");
const ROOT: &[u8] = include_bytes!("../../testdata/generated/ru-demo/certificates/root.der");
const LIST_OF_LISTS: &[u8] = include_bytes!("../../testdata/generated/eu/trust-lists/lotl.xml");
const NATIONAL: &[u8] = include_bytes!("../../testdata/generated/eu/trust-lists/xa.xml");
const OPERATOR: &[u8] = include_bytes!("../../testdata/generated/eu/certificates/operator-eu.der");
/// Octets before the content, and of the checksum behind it.
const HEAD: usize = 24;
const CHECKSUM: usize = 32;

const LISTS: ListLimits = ListLimits {
    xml: XmlLimits::STANDARD,
    certificate: LIMITS,
    key_memory: 0,
};

/// A snapshot of the demonstration, stored; empty if it cannot be built.
fn stored() -> &'static [u8] {
    static STORED: OnceLock<Vec<u8>> = OnceLock::new();
    STORED.get_or_init(|| {
        let mut material = Material::default();
        let _ = material.add_anchors(ROOT, &Limits::STANDARD);
        let pin = ListSigner {
            anchors: material.anchors,
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: AT,
        };
        let limits = ListLimits {
            certificate: Limits::STANDARD,
            ..LISTS
        };
        let built = TrustSnapshot::build(LIST, &pin, &RUSTCRYPTO, limits);
        built.map_or_else(|_| Vec::new(), |snapshot| snapshot.to_stored())
    })
}

/// All of the European lists of the test PKI, as an extract; empty if it cannot be built.
fn of_trusted_lists() -> &'static [u8] {
    static EXTRACT: OnceLock<Vec<u8>> = OnceLock::new();
    EXTRACT.get_or_init(|| {
        let limits = ListLimits {
            certificate: Limits::STANDARD,
            ..LISTS
        };
        let assembly = EtsiAssembly {
            previous: None,
            lists: vec![Octets::from(LIST_OF_LISTS), Octets::from(NATIONAL)],
            signers: vec![Octets::from(OPERATOR)],
            taken_at: AT,
            refuses_outdated: false,
        };
        let built = EtsiSnapshot::assemble(assembly, &RUSTCRYPTO, &limits);
        built.map_or_else(|_| Vec::new(), |snapshot| snapshot.to_extract())
    })
}

fn read_trusted_lists(octets: Vec<u8>) -> Option<EtsiSnapshot> {
    EtsiSnapshot::from_extract(&Octets::from(octets), &RUSTCRYPTO, LIMITS).ok()
}

/// Octets with some of them changed, anywhere behind the first `head`, as the data says.
fn changed(good: &[u8], head: usize, data: &[u8]) -> Vec<u8> {
    let mut made = good.to_vec();
    let start = data
        .iter()
        .take(3)
        .fold(0, |at, octet| at << 8 | usize::from(*octet));
    let length = made.len().saturating_sub(head).max(1);
    let changed = made.iter_mut().skip(head + start % length);
    for (octet, change) in changed.zip(data.iter().skip(3).take(64)) {
        *octet ^= change;
    }
    made
}

/// An extract of European lists, which has no checksum: whoever made it, it is read or refused, and what is read is read
/// again as it was written.
fn trusted_lists_extract(data: &[u8]) {
    let good = of_trusted_lists();
    assert!(read_trusted_lists(good.to_vec()).is_some());
    for made in [data.to_vec(), changed(good, 0, data)] {
        let Some(snapshot) = read_trusted_lists(made) else {
            continue;
        };
        let again = read_trusted_lists(snapshot.to_extract());
        assert!(again.is_some_and(|again| {
            again.digest() == snapshot.digest() && again.editions() == snapshot.editions()
        }));
    }
}

fn read(octets: Vec<u8>) -> Result<TrustSnapshot, StoredRefused> {
    let file = OwnFile::vouched(Octets::from(octets));
    TrustSnapshot::from_stored(&file, &RUSTCRYPTO, LISTS).map(|recalled| recalled.snapshot)
}

/// A stored snapshot, or a part of one that anybody may have made: whatever it is, it is read or refused; one that was changed is refused, and one that was made on
/// purpose, under a right checksum, is read again as it was written.
pub fn snapshot(data: &[u8]) {
    let good = stored();
    assert!(read(good.to_vec()).is_ok());
    let _ = read(data.to_vec());
    trusted_lists_extract(data);
    let content = good.get(..good.len().saturating_sub(CHECKSUM));
    let mut made = changed(content.unwrap_or_default(), HEAD, data);
    if made != good.get(..made.len()).unwrap_or_default() {
        let mut unsealed = made.clone();
        unsealed.extend_from_slice(good.get(made.len()..).unwrap_or_default());
        assert_eq!(read(unsealed).err(), Some(StoredRefused::Damaged));
    }
    let checksum = Sha256::digest(&made);
    made.extend_from_slice(&checksum);
    let _ = TrustSnapshot::from_extract(&Octets::from(&made[..]), &RUSTCRYPTO, LISTS);
    if let Ok(snapshot) = read(made) {
        let again = read(snapshot.to_stored());
        assert_eq!(
            again.ok().map(|it| it.digest().to_owned()),
            Some(snapshot.digest().to_owned())
        );
    }
}
