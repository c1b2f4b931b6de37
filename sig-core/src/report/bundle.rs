//! Evidence bundles: one file with everything that a verdict rested on, so that it can be judged again with nothing
//! else at hand (EN 319 102-1 §5.1.4). The form is described in `docs/evidence-bundle.md`.
//!
//! A bundle is an archive whose every octet follows from its parts and its manifest. It is read by writing it again:
//! what differs is found wherever it stands, and named.

use crate::der::octets::Octets;
use crate::x509::certificate::sha256_hex;

mod archive;
mod difference;
mod manifest;
mod rejected;

pub use difference::Difference;
pub use rejected::{BundleRejected, Place};

pub(crate) use difference::differences;
pub(crate) use manifest::{
    ContentForm, DigestForm, HoleForm, Judgement, ListForm, SignatureForm, SunsetForm, TrustForm,
    TrustedListForm, TrustedListsForm,
};

use crate::base::limits::Limits;
use manifest::{Entry, Manifest};

/// How much a bundle may hold.
#[derive(Clone, Copy, Debug)]
pub struct BundleLimits {
    /// Octets of the file.
    pub octets: u64,
    /// Parts.
    pub parts: usize,
    /// The bounds that a bundle may at most ask to be judged under.
    pub judging: Limits,
}

impl BundleLimits {
    /// The defaults: a file of 1 GiB with 4 096 parts, judged under the standard limits.
    pub const STANDARD: Self = Self {
        octets: 1 << 30,
        parts: 4_096,
        judging: Limits::STANDARD,
    };
}

/// What a part of a bundle is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Role {
    /// The certificate that was judged, where it is not a signature (RFC 5280 §6.1).
    TargetCertificate,
    /// The signature file as it was given.
    Signature,
    /// The one object of a signature file that passed by.
    SignatureObject,
    /// What stands before the content of a signature file that passed by.
    SignatureHead,
    /// What stands behind it.
    SignatureTail,
    /// The content inside a signature file that passed by, when it is small.
    SignatureContent,
    /// The document beside the signature, where it was asked to be kept.
    Document,
    /// A further document of the group that an evidence record is of.
    GroupDocument,
    /// An evidence record beside the signature.
    EvidenceRecord,
    /// A trust anchor.
    Anchor,
    /// A certificate that was offered.
    Certificate,
    /// A revocation list that was offered.
    Crl,
    /// The names of those who issued revocation lists that were offered and left out, since they are of nobody who matters.
    CrlIssuers,
    /// An OCSP response that was offered.
    Ocsp,
    /// The document of a signature policy.
    SignaturePolicy,
    /// What the trust lists say of the keys and certificates that matter.
    TrustExtract,
    /// A revocation list offered with the trust list.
    TrustCrl,
    /// As [`Self::CrlIssuers`], of those offered with the trust list.
    TrustCrlIssuers,
    /// What European trusted lists say of the services that matter.
    TrustedListsExtract,
    /// European trusted lists, whole, and who may sign them.
    TrustedLists,
    /// The policy that was applied.
    Policy,
    /// The report.
    Report,
}

impl Role {
    /// Every role, with its word in the manifest and the form of the names of its parts: before the number, and behind.
    const ALL: [(Self, &'static str, &'static str, &'static str); 22] = [
        (
            Self::TargetCertificate,
            "target-certificate",
            "target-certificate",
            "der",
        ),
        (Self::Signature, "signature", "signature", "bin"),
        (
            Self::SignatureObject,
            "signature-object",
            "signature-object",
            "bin",
        ),
        (
            Self::SignatureHead,
            "signature-head",
            "signature-head",
            "bin",
        ),
        (
            Self::SignatureTail,
            "signature-tail",
            "signature-tail",
            "bin",
        ),
        (
            Self::SignatureContent,
            "signature-content",
            "signature-content",
            "bin",
        ),
        (Self::Document, "document", "document", "bin"),
        (
            Self::GroupDocument,
            "group-document",
            "group-documents/",
            "bin",
        ),
        (
            Self::EvidenceRecord,
            "evidence-record",
            "evidence-records/",
            "der",
        ),
        (Self::Anchor, "anchor", "anchors/", "der"),
        (Self::Certificate, "certificate", "certificates/", "der"),
        (Self::Crl, "crl", "crls/", "der"),
        (Self::CrlIssuers, "crl-issuers", "crl-issuers", "der"),
        (Self::Ocsp, "ocsp", "ocsp/", "der"),
        (
            Self::SignaturePolicy,
            "signature-policy",
            "signature-policies/",
            "bin",
        ),
        (Self::TrustExtract, "trust-extract", "trust/extract", "bin"),
        (Self::TrustCrl, "trust-crl", "trust/crls/", "der"),
        (
            Self::TrustCrlIssuers,
            "trust-crl-issuers",
            "trust/crl-issuers",
            "der",
        ),
        (
            Self::TrustedListsExtract,
            "trusted-lists-extract",
            "trust/trusted-lists-extract",
            "bin",
        ),
        (
            Self::TrustedLists,
            "trusted-lists",
            "trust/trusted-lists",
            "bin",
        ),
        (Self::Policy, "policy", "policy", "toml"),
        (Self::Report, "report", "report", "json"),
    ];

    fn row(self) -> (&'static str, &'static str, &'static str) {
        let mut all = Self::ALL.iter();
        let found = all.find(|(role, ..)| *role == self);
        found.map_or(("", "", ""), |(_, word, stem, end)| (*word, *stem, *end))
    }

    /// The word in the manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().0
    }

    fn of_word(word: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, own, ..)| *own == word)
            .map(|(role, ..)| *role)
    }

    /// Whether a bundle may have several parts of it.
    fn is_many(self) -> bool {
        self.row().1.ends_with('/')
    }

    /// The name of its part with a number.
    fn name(self, number: usize) -> String {
        let (_, stem, end) = self.row();
        if self.is_many() {
            format!("{stem}{number:04}.{end}")
        } else {
            format!("{stem}.{end}")
        }
    }
}

/// A part of a bundle.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// What it is.
    pub role: Role,
    /// The object identifier that it is said to have: of a signature policy.
    pub id: Option<String>,
    /// Its octets.
    pub octets: Octets,
}

/// An evidence bundle that was put together, or read and found whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bundle {
    judgement: Judgement,
    /// In the order of the file: by role, and as they were given.
    parts: Vec<Part>,
}

impl Bundle {
    /// The version of the form.
    pub const VERSION: u64 = 1;

    pub(crate) fn new(judgement: Judgement, mut parts: Vec<Part>) -> Self {
        parts.sort_by_key(|part| part.role);
        Self { judgement, parts }
    }

    /// Reads a bundle and makes sure that every octet of it is as it was written.
    ///
    /// # Errors
    /// It is no bundle, one of another version, over a limit, or a part of it differs from what the manifest says; the
    /// part is named.
    ///
    /// # Limits
    /// Those given; one pass of SHA-256 over the file.
    pub fn read(file: &[u8], limits: &BundleLimits) -> Result<Self, BundleRejected> {
        let (manifest, contents) = archive::read(file, limits)?;
        if !manifest.judgement.limits.is_within(&limits.judging) {
            return Err(BundleRejected::TooMuch("limits"));
        }
        let mut parts = Vec::with_capacity(manifest.parts.len());
        for (entry, content) in manifest.parts.iter().zip(contents) {
            parts.push(Part {
                role: Role::of_word(&entry.role).ok_or(BundleRejected::Manifest)?,
                id: entry.id.clone(),
                octets: Octets::from(content),
            });
        }
        let bundle = Self {
            judgement: manifest.judgement.clone(),
            parts,
        };
        // The order of the parts, their names and how the manifest is written follow from what it holds.
        if bundle.manifest() != manifest {
            return Err(BundleRejected::Manifest);
        }
        Ok(bundle)
    }

    /// The file: the same octets for the same parts.
    #[must_use]
    pub fn to_octets(&self) -> Vec<u8> {
        let manifest = self.manifest();
        let names = manifest.parts.iter().map(|entry| entry.name.as_str());
        let parts = self.parts.iter().map(|part| &*part.octets);
        let members: Vec<_> = names.zip(parts).collect();
        archive::write(&manifest.to_octets(), &members)
    }

    fn manifest(&self) -> Manifest {
        let mut entries: Vec<Entry> = Vec::with_capacity(self.parts.len());
        let mut before = None;
        let mut number = 0;
        for part in &self.parts {
            number = if before == Some(part.role) {
                number + 1
            } else {
                0
            };
            before = Some(part.role);
            entries.push(Entry {
                name: part.role.name(number),
                role: part.role.word().to_owned(),
                id: part.id.clone(),
                sha256: sha256_hex(&part.octets),
                size: part.octets.len() as u64,
            });
        }
        Manifest::new(self.judgement.clone(), entries)
    }

    /// The parts, in the order of the file.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The names of the parts, in the order of the file.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let entries = self.manifest().parts.into_iter();
        entries.map(|entry| entry.name).collect()
    }

    /// The parts of a role.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.role == role)
    }

    /// The only part of a role.
    #[must_use]
    pub fn one(&self, role: Role) -> Option<&Octets> {
        let mut parts = self.of_role(role);
        match (parts.next(), parts.next()) {
            (Some(part), None) => Some(&part.octets),
            _ => None,
        }
    }

    /// The name of the back end that judged.
    #[must_use]
    pub fn back_end(&self) -> &str {
        &self.judgement.back_end
    }

    /// The version of this library that judged.
    #[must_use]
    pub fn engine(&self) -> &str {
        &self.judgement.engine
    }

    pub(crate) const fn judgement(&self) -> &Judgement {
        &self.judgement
    }
}
