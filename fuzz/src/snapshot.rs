//! Stored snapshots of trust.

use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, OwnFile, StoredRefused, TrustSnapshot};
use sig_core::trust::xml::XmlLimits;
use sig_core::{Limits, Material};

use crate::{AT, LIMITS};

const LIST: &[u8] = include_bytes!("../../testdata/generated/ru-demo/trust-lists/accredited.xml");
const ROOT: &[u8] = include_bytes!("../../testdata/generated/ru-demo/certificates/root.der");
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

fn read(octets: Vec<u8>) -> Result<TrustSnapshot, StoredRefused> {
    let file = OwnFile::vouched(Octets::from(octets));
    TrustSnapshot::from_stored(&file, &RUSTCRYPTO, LISTS).map(|recalled| recalled.snapshot)
}

/// A stored snapshot: whatever it is, it is read or refused; one that was changed is refused, and one that was made on
/// purpose, under a right checksum, is read again as it was written.
pub fn snapshot(data: &[u8]) {
    let good = stored();
    assert!(read(good.to_vec()).is_ok());
    let _ = read(data.to_vec());
    let mut made = good.to_vec();
    made.truncate(made.len().saturating_sub(CHECKSUM));
    // Anywhere in the content, as the first octets say.
    let start = data
        .iter()
        .take(3)
        .fold(0, |at, octet| at << 8 | usize::from(*octet));
    let length = made.len().saturating_sub(HEAD).max(1);
    let changed = made.iter_mut().skip(HEAD + start % length);
    for (octet, change) in changed.zip(data.iter().skip(3).take(64)) {
        *octet ^= change;
    }
    if made != good.get(..made.len()).unwrap_or_default() {
        let mut unsealed = made.clone();
        unsealed.extend_from_slice(good.get(made.len()..).unwrap_or_default());
        assert_eq!(read(unsealed).err(), Some(StoredRefused::Damaged));
    }
    let checksum = Sha256::digest(&made);
    made.extend_from_slice(&checksum);
    if let Ok(snapshot) = read(made) {
        let again = read(snapshot.to_stored());
        assert_eq!(
            again.ok().map(|it| it.digest().to_owned()),
            Some(snapshot.digest().to_owned())
        );
    }
}
