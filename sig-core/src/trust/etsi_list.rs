//! European trusted lists and the list of lists (ETSI TS 119 612 §5, versions 5 and 6 of the form).
//!
//! ```text
//! TrustServiceStatusList
//!   SchemeInformation { TSLVersionIdentifier, TSLSequenceNumber, TSLType, SchemeTerritory, ListIssueDateTime,
//!                       NextUpdate }
//!     PointersToOtherTSL / OtherTSLPointer* { TSLLocation, certificates of the signers, territory, type }
//!   TrustServiceProviderList / TrustServiceProvider* { TSPName }
//!     TSPServices / TSPService*
//!       ServiceInformation { ServiceTypeIdentifier, ServiceDigitalIdentity, ServiceStatus, StatusStartingTime }
//!         ServiceInformationExtensions / Extension* { AdditionalServiceInformation, Qualifications }
//!       ServiceHistory / ServiceHistoryInstance*   the same, of the past
//!   ds:Signature
//! ```
//!
//! Elements are found by name and namespace, in any order; unknown ones are skipped. A critical extension that is not
//! known is named, and what it stands in counts for nothing. Only a list whose signature verified under one of the
//! certificates that may sign it is read, and from the nodes that were verified.

use crate::alg::digest::Digest;
use crate::alg::provider::Algorithms;
use crate::alg::signature::SignatureId;
use crate::der::octets::Octets;

use super::mintsifry_list::{ListLimits, ListRejected};
use super::xml::{self, Source};
use super::xml_signature::{self, SignatureProof};

mod content;
mod criteria;
mod note;
mod pointer;
mod service;
mod snapshot;
mod status;

pub use criteria::{Assertion, Criteria, Criterion, Qualification, Qualifier};
pub use note::{EtsiNote, EtsiNoteReason};
pub use pointer::{Pointer, PointerRejected};
pub use service::{ListedService, Provider, ServicePeriod, ServiceType, ServiceUse};
pub use snapshot::{
    EtsiAssembly, EtsiChange, EtsiDifference, EtsiEdition, EtsiExtractRefused, EtsiSnapshot,
    EtsiSnapshotRejected, Listed, MetLists, PivotRejected, ServiceChange, has_stored_form,
};
pub use status::{EIDAS_APPLIES, ServiceStatus};

use crate::base::time::UnixTime;

/// The namespace of trusted lists.
pub(super) const NAMESPACE: &str = "http://uri.etsi.org/02231/v2#";
const ROOT: &str = "TrustServiceStatusList";

/// Whether a document is a trusted list of ETSI TS 119 612 by its root element; its signature is not looked at.
///
/// # Limits
/// The first 4 KiB: what stands before the root element is short.
#[must_use]
pub fn is_etsi_list(octets: &[u8]) -> bool {
    let head = octets.get(..octets.len().min(4 << 10)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    // The declaration, comments and processing instructions before the root.
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else {
            break;
        };
        let Some((_, after)) = rest.split_once(end) else {
            return false;
        };
        rest = after.trim_start();
    }
    let Some(tag) = rest.strip_prefix('<') else {
        return false;
    };
    let name = tag
        .split([' ', '\t', '\r', '\n', '>', '/'])
        .next()
        .unwrap_or_default();
    name.rsplit(':').next() == Some(ROOT)
}

/// A list as it was read (ETSI TS 119 612 §5).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EtsiList {
    /// What the list says of itself.
    pub header: Header,
    /// Other lists, with the certificates that may sign them.
    pub pointers: Vec<Pointer>,
    /// The services, in the order of the list.
    pub services: Vec<ListedService>,
    /// What was left out or looks wrong, in the order of the list.
    pub notes: Vec<EtsiNote>,
}

/// What a list says of itself (ETSI TS 119 612 §5.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// Version of the form, 5 or 6 (§5.3.1).
    pub version: u64,
    /// The number that rises with every issue (§5.3.2). A caller who keeps lists refuses one below the newest it has.
    pub sequence_number: u64,
    /// What the list is of (§5.3.3).
    pub kind: ListKind,
    /// Whose list it is: a country code, or `EU` (§5.3.10).
    pub territory: String,
    /// When it was issued (§5.3.14).
    pub issued_at: UnixTime,
    /// By when a newer one is out (§5.3.15); none when the list was closed.
    pub next_update: Option<UnixTime>,
    /// Where the pivots are, the newest first, if it is a list of lists: the files among the addresses of the scheme
    /// (§5.3.7; ETSI TS 119 615 §4.1).
    pub pivots: Vec<String>,
}

/// What a list is of (ETSI TS 119 612 §5.3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ListKind {
    /// `EUgeneric`: the services of a member state.
    National,
    /// `EUlistofthelists`: pointers to the lists of the member states.
    ListOfLists,
    /// Another type, by its URI.
    Other(String),
}

impl ListKind {
    fn of(uri: &str) -> Self {
        match uri {
            "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric" => Self::National,
            "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists" => Self::ListOfLists,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl EtsiList {
    /// Whether a newer list should be out (ETSI TS 119 612 §5.3.15). A list that was closed has no next one and is never
    /// current.
    #[must_use]
    pub fn is_past_next_update(&self, at: UnixTime) -> bool {
        self.header.next_update.is_none_or(|next| at > next)
    }
}

/// A list whose signature verified under a certificate that may sign it (ETSI TS 119 612 §5.7).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedEtsiList {
    /// What the list says.
    pub list: EtsiList,
    /// DER of the certificate whose key signed the list.
    pub signer: Octets,
    /// The algorithms of the signature.
    pub signature: SignatureId,
    /// The signed digest: of the canonical document without its signature.
    pub digest_of_document: Digest,
    /// The octets that were signed, and the value of the signature.
    pub proof: SignatureProof,
}

impl SignedEtsiList {
    /// Verifies the signature of a list and reads it. One of `signers`, octet by octet, must have made it; their periods
    /// of validity are not looked at, since the list of lists names them for as long as they may sign.
    ///
    /// # Errors
    /// [`ListRejected`]: a limit, not XML, the signature, its signer, the content.
    ///
    /// # Limits
    /// Those given; the signature costs two digests of the document's size and one verification.
    pub fn read(
        octets: &[u8],
        signers: &[Octets],
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Self, ListRejected> {
        let source = Source::new(octets, &limits.xml)?;
        let tree = source.tree()?;
        let signed = xml_signature::verify_xades(&tree, algorithms, &limits.certificate)?;
        if !signers.contains(&signed.signer) {
            return Err(ListRejected::SignerNotNamed);
        }
        let list = content::read(&signed, &limits.certificate)?;
        Ok(Self {
            list,
            signer: signed.signer,
            signature: signed.algorithm,
            digest_of_document: signed.digest,
            proof: signed.proof,
        })
    }
}

/// The territory that a list says it is of, before anything is known of its signature: which pointer of the list of lists
/// to look at (ETSI TS 119 612 §5.3.10).
///
/// # Errors
/// [`ListRejected`]: a limit, or not XML. None without a territory.
///
/// # Limits
/// Those given.
pub fn stated_territory(
    octets: &[u8],
    limits: &ListLimits,
) -> Result<Option<(String, ListKind)>, ListRejected> {
    let [territory, kind] = stated(octets, ["SchemeTerritory", "TSLType"], limits)?;
    Ok(territory.zip(kind.map(|uri| ListKind::of(&uri))))
}

/// The number that a list says it has, before anything is known of its signature; 0 without one.
fn stated_number(octets: &[u8], limits: &ListLimits) -> Result<u64, ListRejected> {
    let [number] = stated(octets, ["TSLSequenceNumber"], limits)?;
    Ok(number.and_then(|it| it.parse().ok()).unwrap_or_default())
}

/// Texts of the scheme.
fn stated<const N: usize>(
    octets: &[u8],
    names: [&str; N],
    limits: &ListLimits,
) -> Result<[Option<String>; N], ListRejected> {
    let source = Source::new(octets, &limits.xml)?;
    let tree = source.tree()?;
    let child = |node: roxmltree::Node<'_, '_>, name: &str| {
        let found = node
            .children()
            .find(|child| xml::is_element(*child, NAMESPACE, name));
        found.map(|it| it.id())
    };
    Ok(names.map(|name| {
        let scheme = tree
            .document_node()
            .document()
            .get_node(child(tree.root(), "SchemeInformation")?)?;
        let element = scheme.document().get_node(child(scheme, name)?)?;
        Some(xml::text(element).ok()?.trim().to_owned())
    }))
}
