//! What the file of an algorithm says about its scheme: names, keys and digests.

use super::digest::DigestId;
use super::provider::{SCHEMES, SignatureScheme};
use super::spki::SubjectPublicKeyInfo;
use super::strength::KeyDescription;
use crate::der::oid::Oid;

/// One scheme.
#[derive(Debug)]
pub(super) struct Scheme {
    pub(super) scheme: SignatureScheme,
    /// The name in reports and policies.
    pub(super) name: &'static str,
    /// Identifiers of the keys that sign by it.
    pub(super) keys: &'static [Oid],
    /// Identifiers that name the scheme and a digest together.
    pub(super) combined: &'static [(Oid, DigestId)],
    /// Whether it is used with a digest at all.
    pub(super) goes_with: fn(DigestId) -> bool,
    pub(super) input: Input,
    /// What strength needs to know of such a key.
    pub(super) describe: fn(&SubjectPublicKeyInfo) -> KeyDescription,
}

/// What a scheme verifies over, which also decides how its identifiers are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Input {
    /// A digest is enough; absent parameters may be written as NULL.
    Digest,
    /// The octets themselves, which the scheme hashes more than once; parameters are absent (RFC 8410 §3).
    Octets,
}

/// What the name of a key shows beside its family.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shown {
    Nothing,
    Bits,
    Parameters,
    BitsAndParameters,
}

/// For [`Scheme::goes_with`]: the SHA families, which foreign schemes share.
pub(super) const fn is_sha(digest: DigestId) -> bool {
    !matches!(
        digest,
        DigestId::Gost94 | DigestId::Streebog256 | DigestId::Streebog512 | DigestId::Shake256
    )
}

impl SignatureScheme {
    /// Every variant has one row: a test walks the back ends for it.
    pub(super) fn row(self) -> Option<&'static Scheme> {
        SCHEMES.iter().copied().find(|row| row.scheme == self)
    }

    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("unknown", |row| row.name)
    }

    /// Whether the digest of a message is enough to verify its signature. Pure EdDSA signs the octets, and hashes
    /// them twice.
    #[must_use]
    pub fn verifies_digests(self) -> bool {
        self.row().is_some_and(|row| row.input == Input::Digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::provider::RUSTCRYPTO;
    use std::collections::HashSet;

    #[test]
    fn every_scheme_of_a_back_end_has_one_row_and_a_name_of_its_own() {
        for algorithm in RUSTCRYPTO.signatures {
            let id = algorithm.id();
            let rows = SCHEMES.iter().filter(|row| row.scheme == id.scheme);
            assert_eq!(rows.count(), 1, "{id}");
            assert!((id.scheme.row().unwrap().goes_with)(id.digest), "{id}");
        }
        let names: HashSet<_> = SCHEMES.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), SCHEMES.len());
    }

    #[test]
    fn no_identifier_names_two_algorithms() {
        let combined = SCHEMES.iter().flat_map(|row| row.combined);
        let identifiers: Vec<_> = combined.map(|(oid, _)| oid).collect();
        let unique: HashSet<_> = identifiers.iter().collect();
        assert_eq!(unique.len(), identifiers.len());
    }
}
