//! Manifests of time-stamps (EN 319 162-1 §5.4, annex A.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node, ParsingOptions};
use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;

use super::Refused;

const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const MOST_NODES: u32 = 4_096;

/// Identifiers of digests (RFC 6931 §2.1, draft-chudov-cryptopro-cpxmldsig).
const DIGESTS: [(&str, DigestId); 5] = [
    ("http://www.w3.org/2001/04/xmlenc#sha256", DigestId::Sha256),
    (
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        DigestId::Sha384,
    ),
    ("http://www.w3.org/2001/04/xmlenc#sha512", DigestId::Sha512),
    (
        "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256",
        DigestId::Streebog256,
    ),
    (
        "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-512",
        DigestId::Streebog512,
    ),
];

/// What a manifest says.
pub(crate) struct Manifest {
    /// The time-stamp of it.
    pub(crate) signature: String,
    /// What it names.
    pub(crate) references: Vec<Reference>,
}

/// A member with its digest.
pub(crate) struct Reference {
    pub(crate) name: String,
    algorithm: DigestId,
    value: Vec<u8>,
}

impl Reference {
    /// Whether octets have the digest.
    pub(crate) fn matches(&self, octets: &[u8]) -> bool {
        let algorithm = RUSTCRYPTO.digest(self.algorithm);
        let digest = algorithm.map(|algorithm| algorithm.digest(octets));
        matches!(digest, Some(Ok(digest)) if digest.value == self.value)
    }
}

const MALFORMED: Refused = Refused::Manifest("it is malformed");

pub(crate) fn read(octets: &[u8]) -> Result<Manifest, Refused> {
    let text = std::str::from_utf8(octets).map_err(|_| MALFORMED)?;
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|_| MALFORMED)?;
    let root = document.root_element();
    if !root.has_tag_name((ASIC, "ASiCManifest")) {
        return Err(MALFORMED);
    }
    let signature = uri(&child(root, (ASIC, "SigReference"))?)?;
    let named = root
        .children()
        .filter(|it| it.has_tag_name((ASIC, "DataObjectReference")));
    let references = named.map(reference).collect::<Result<Vec<_>, _>>()?;
    Ok(Manifest {
        signature,
        references,
    })
}

fn reference(node: Node<'_, '_>) -> Result<Reference, Refused> {
    let method = child(node, (DSIG, "DigestMethod"))?;
    let identifier = method.attribute("Algorithm").ok_or(MALFORMED)?;
    let mut known = DIGESTS.iter();
    let (_, algorithm) = known
        .find(|(own, _)| *own == identifier)
        .ok_or(Refused::Manifest(
            "a digest algorithm that is not known or weak",
        ))?;
    let text = child(node, (DSIG, "DigestValue"))?
        .text()
        .ok_or(MALFORMED)?;
    let packed: String = text.split_ascii_whitespace().collect();
    Ok(Reference {
        name: uri(&node)?,
        algorithm: *algorithm,
        value: STANDARD.decode(packed).map_err(|_| MALFORMED)?,
    })
}

/// The only child of a name.
fn child<'a, 'i>(node: Node<'a, 'i>, name: (&str, &str)) -> Result<Node<'a, 'i>, Refused> {
    let mut found = node.children().filter(|it| it.has_tag_name(name));
    match (found.next(), found.next()) {
        (Some(child), None) => Ok(child),
        _ => Err(MALFORMED),
    }
}

/// The name of a member: a relative reference, its octets written as they are or by percent signs (RFC 3986 §2.1).
fn uri(node: &Node<'_, '_>) -> Result<String, Refused> {
    let text = node.attribute("URI").ok_or(MALFORMED)?;
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            octets.push(*first);
            continue;
        }
        let digits = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let octet = digits.and_then(|it| u8::from_str_radix(it, 16).ok());
        octets.push(octet.ok_or(MALFORMED)?);
        rest = after.get(2..).unwrap_or_default();
    }
    String::from_utf8(octets).map_err(|_| MALFORMED)
}
