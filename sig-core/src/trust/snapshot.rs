//! Snapshots of trust: immutable, named by their content (63-FZ art. 8, RFC 5280 §6.1.1 (d)).

use std::collections::BTreeMap;

use super::service::Service;

/// Accredited authorities by key (63-FZ art. 8). Built once, read by every request.
#[derive(Clone, Debug)]
pub struct TrustSnapshot {
    id: String,
    digest: String,
    version: u64,
    services: Vec<Service>,
    by_key: BTreeMap<Vec<u8>, Vec<usize>>,
}

impl TrustSnapshot {
    /// The name of the snapshot (63-FZ art. 8).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// SHA-256 of the list it was built from, hexadecimal digits (63-FZ art. 8).
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Number of the list version (63-FZ art. 8).
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Every key of the list (63-FZ art. 8).
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The entries for a key, by the octets of its `SubjectPublicKeyInfo` (63-FZ art. 11 (1)).
    #[must_use]
    pub fn accreditation(&self, spki: &[u8]) -> Vec<&Service> {
        let places = self.by_key.get(spki).map(Vec::as_slice).unwrap_or_default();
        places
            .iter()
            .filter_map(|place| self.services.get(*place))
            .collect()
    }
}
