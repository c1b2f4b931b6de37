//! The manifest: what was judged, how, and the parts of the bundle with their digests.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::alg::digest::{Digest, DigestId};
use crate::base::hex::hex;
use crate::base::limits::Limits;

use super::{Bundle, BundleRejected};

const FORMAT: &str = "qes.evidence";

/// The digests of documents that a bundle may name.
const DIGESTS: [DigestId; 14] = [
    DigestId::Md5,
    DigestId::Sha1,
    DigestId::Sha224,
    DigestId::Sha256,
    DigestId::Sha384,
    DigestId::Sha512,
    DigestId::Sha3_224,
    DigestId::Sha3_256,
    DigestId::Sha3_384,
    DigestId::Sha3_512,
    DigestId::Shake256,
    DigestId::Gost94,
    DigestId::Streebog256,
    DigestId::Streebog512,
];

/// The whole manifest, in the order in which it is written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: String,
    version: u64,
    pub(super) judgement: Judgement,
    pub(super) parts: Vec<Entry>,
}

/// What every version of the form has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

/// A part.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) role: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) id: Option<String>,
    pub(super) sha256: String,
    pub(super) size: u64,
}

/// How it was judged.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Judgement {
    /// RFC 3339, UTC.
    pub(crate) at: String,
    pub(crate) engine: String,
    pub(crate) back_end: String,
    /// Whether the report lists the steps.
    pub(crate) steps: bool,
    /// Of a signature file that passed by.
    pub(crate) signature: Option<SignatureForm>,
    /// The document beside the signature.
    pub(crate) document: Option<ContentForm>,
    /// Digests that were given in place of the document or beside it.
    pub(crate) digests: Vec<DigestForm>,
    pub(crate) sunsets: Vec<SunsetForm>,
    /// Whether signatures of what was offered were checked before.
    pub(crate) is_of_run: bool,
    pub(crate) trust: Option<TrustForm>,
    pub(crate) trusted_lists: Option<TrustedListsForm>,
    pub(crate) limits: LimitsForm,
}

/// A signature file that passed by: of its content the digests are kept.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureForm {
    /// Octets of the file.
    pub(crate) size: u64,
    pub(crate) hole: Option<HoleForm>,
    pub(crate) content: Option<ContentForm>,
}

/// Where the content stood.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoleForm {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Octets of the object, the hole among them.
    pub(crate) size: u64,
    pub(crate) walked: u64,
    pub(crate) joined: u64,
}

/// A document that is not in the bundle.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContentForm {
    pub(crate) size: u64,
    pub(crate) digests: Vec<DigestForm>,
    /// Whether it is one element, a SET, as signed attributes are.
    pub(crate) is_set: bool,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigestForm {
    alg: String,
    hex: String,
}

/// When the trust in an anchor ended.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SunsetForm {
    pub(crate) anchor: String,
    pub(crate) end: String,
}

/// The snapshot of trust that an extract is of.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustForm {
    pub(crate) id: String,
    pub(crate) digest: String,
    /// Versions of the list, oldest first.
    pub(crate) lists: Vec<ListForm>,
}

/// A version of the list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListForm {
    pub(crate) version: u64,
    pub(crate) issued_at: String,
    /// SHA-256 of the XML.
    pub(crate) sha256: String,
    /// SHA-256 of the certificate of who signed it.
    pub(crate) signer: String,
}

/// The snapshot of European trusted lists that an extract is of.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustedListsForm {
    pub(crate) id: String,
    pub(crate) digest: String,
    /// The list of lists first, then by territory.
    pub(crate) lists: Vec<TrustedListForm>,
}

/// A European trusted list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustedListForm {
    pub(crate) territory: String,
    pub(crate) number: u64,
    pub(crate) issued_at: String,
    /// SHA-256 of the XML.
    pub(crate) sha256: String,
    /// SHA-256 of the certificate of who signed it.
    pub(crate) signer: String,
}

macro_rules! limits {
    ($($name:ident: $type:ty),* $(,)?) => {
        /// The bounds it was judged under.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct LimitsForm { $($name: $type),* }

        impl From<Limits> for LimitsForm {
            fn from(limits: Limits) -> Self {
                let Limits { $($name),* } = limits;
                Self { $($name),* }
            }
        }

        impl From<LimitsForm> for Limits {
            fn from(limits: LimitsForm) -> Self {
                let LimitsForm { $($name),* } = limits;
                Self { $($name),* }
            }
        }

        impl LimitsForm {
            /// Whether none of them is above those given.
            pub(super) const fn is_within(&self, most: &Limits) -> bool {
                $(self.$name <= most.$name)&&*
            }
        }
    };
}

limits! {
    bytes: u64,
    depth: u32,
    nodes: u64,
    signers: u64,
    certificates: u64,
    crl_entries: u64,
    ocsp_bytes: u64,
    ocsp_single_responses: u64,
    signature_checks: u64,
    path_candidates: u64,
    path_length: u32,
    name_comparisons: u64,
    name_constraint_checks: u64,
    policy_nodes: u64,
}

impl DigestForm {
    pub(crate) fn of(digest: &Digest) -> Self {
        Self {
            alg: digest.algorithm.name().to_owned(),
            hex: hex(&digest.value),
        }
    }

    pub(crate) fn digest(&self) -> Option<Digest> {
        let algorithm = DIGESTS.into_iter().find(|id| id.name() == self.alg)?;
        let digits = self.hex.as_bytes();
        let pairs = digits.chunks(2).map(|pair| {
            let pair = str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        let value: Vec<u8> = pairs.collect::<Option<_>>()?;
        let digest = Digest { algorithm, value };
        // One way to write it.
        let is_whole = digest.value.len() == algorithm.size() && Self::of(&digest) == *self;
        is_whole.then_some(digest)
    }
}

/// Whether a text can name an engine or a back end: it stands in a report without being escaped.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 64;
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b" .+-".contains(&octet);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_plain)
}

impl Manifest {
    pub(super) fn new(judgement: Judgement, parts: Vec<Entry>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: Bundle::VERSION,
            judgement,
            parts,
        }
    }

    pub(super) fn to_octets(&self) -> Vec<u8> {
        // What is written holds neither maps with other keys than text nor numbers that are none.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a manifest that stands there as it would be written.
    pub(super) fn read(octets: &[u8]) -> Result<Self, BundleRejected> {
        let head: Head = serde_json::from_slice(octets).map_err(|_| BundleRejected::Manifest)?;
        if head.format != FORMAT {
            return Err(BundleRejected::NotABundle);
        }
        if head.version != Bundle::VERSION {
            return Err(BundleRejected::OtherVersion(head.version));
        }
        let manifest: Self =
            serde_json::from_slice(octets).map_err(|_| BundleRejected::Manifest)?;
        let judgement = &manifest.judgement;
        let judges = [&judgement.engine, &judgement.back_end];
        if !judges.into_iter().all(|name| is_name(name)) || manifest.to_octets() != octets {
            return Err(BundleRejected::Manifest);
        }
        Ok(manifest)
    }

    /// Names that a message may repeat, each once.
    pub(super) fn check_names(&self) -> Result<(), BundleRejected> {
        const LONGEST: usize = 64;
        let is_plain = |octet: u8| {
            octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"./-".contains(&octet)
        };
        let mut seen = BTreeSet::new();
        for entry in &self.parts {
            let name = &entry.name;
            if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_plain) {
                return Err(BundleRejected::Manifest);
            }
            if !seen.insert(name) {
                return Err(BundleRejected::Duplicate(name.clone()));
            }
        }
        Ok(())
    }
}
