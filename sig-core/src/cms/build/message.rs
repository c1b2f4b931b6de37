//! The finished message (RFC 5652 §3, §5.1).

use crate::der::octets::Octets;
use crate::der::oids;
use crate::der::tag::Tag;
use crate::der::writer::{element, header, set_of};
use crate::x509::certificate::Certificate;

use super::algorithm::Chosen;

/// What `encapContentInfo` holds.
#[derive(Clone, Debug)]
pub(super) enum Enclosed {
    Octets(Octets),
    /// So many octets that are written elsewhere.
    Elsewhere(u64),
    Nothing,
}

/// A DER `ContentInfo` with `SignedData` (RFC 5652 §3, §5.1), in the parts before and after its content.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Up to the content.
    pub head: Vec<u8>,
    /// The attached content; empty when it is detached or written by the caller.
    pub content: Octets,
    /// After the content.
    pub tail: Vec<u8>,
}

impl Message {
    /// The whole message, when its content is not written by the caller (RFC 5652 §5.1).
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        [&self.head, &*self.content, &self.tail].concat()
    }
}

/// Everything a message is made of.
pub(super) struct Parts<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) chosen: &'a Chosen,
    /// DER SET OF the signed attributes.
    pub(super) attributes: &'a [u8],
    pub(super) signature: &'a [u8],
    pub(super) enclosed: &'a Enclosed,
    pub(super) chain: &'a [Octets],
}

pub(super) fn write(parts: &Parts<'_>) -> Message {
    let mut certificates = vec![parts.certificate.octets.to_vec()];
    certificates.extend(parts.chain.iter().map(|octets| octets.to_vec()));
    certificates.sort();
    certificates.dedup();
    let tail = [
        element(Tag::context(0).constructed(), &certificates.concat()),
        set_of(vec![signer_info(parts)]),
    ]
    .concat();
    let (length, content) = match parts.enclosed {
        Enclosed::Octets(octets) => (Some(octets.len() as u64), octets.clone()),
        Enclosed::Elsewhere(length) => (Some(*length), Octets::default()),
        Enclosed::Nothing => (None, Octets::default()),
    };
    let before = [
        element(Tag::INTEGER, &[1]),
        set_of(vec![parts.chosen.digest_algorithm.clone()]),
    ]
    .concat();
    Message {
        head: head(&before, length, tail.len() as u64),
        content,
        tail,
    }
}

/// From the first octet of `ContentInfo` to the first of the content: `before` are the fields of `SignedData` before
/// `encapContentInfo`, `after` the octets of those behind it. Lengths grow from the inside out.
fn head(before: &[u8], content: Option<u64>, after: u64) -> Vec<u8> {
    let wrap = |tag: Tag, prefix: &[u8], inside: Vec<u8>, rest: u64| {
        let length = (prefix.len() + inside.len()) as u64;
        [
            header(tag, length.saturating_add(rest)),
            prefix.to_vec(),
            inside,
        ]
        .concat()
    };
    let oid = |id: crate::der::oid::Oid| element(Tag::OID, id.content());
    let explicit = Tag::context(0).constructed();
    let mut rest = content.unwrap_or(0);
    let mut octets = Vec::new();
    if content.is_some() {
        octets = header(Tag::OCTET_STRING, rest);
        octets = wrap(explicit, &[], octets, rest);
    }
    octets = wrap(Tag::SEQUENCE, &oid(oids::DATA), octets, rest);
    rest = rest.saturating_add(after);
    octets = wrap(Tag::SEQUENCE, before, octets, rest);
    octets = wrap(explicit, &[], octets, rest);
    wrap(Tag::SEQUENCE, &oid(oids::SIGNED_DATA), octets, rest)
}

/// `SignerInfo` of version 1, by issuer and serial number (RFC 5652 §5.3).
fn signer_info(parts: &Parts<'_>) -> Vec<u8> {
    let serial = element(Tag::INTEGER, &parts.certificate.serial);
    let sid = [&*parts.certificate.issuer.octets, &serial].concat();
    // The attributes stand under the implicit tag [0] and are signed as a SET (§5.4).
    let mut attributes = parts.attributes.to_vec();
    if let Some(tag) = attributes.first_mut() {
        *tag = Tag::context(0).constructed().octet();
    }
    let fields = [
        element(Tag::INTEGER, &[1]),
        element(Tag::SEQUENCE, &sid),
        parts.chosen.digest_algorithm.clone(),
        attributes,
        parts.chosen.signature_algorithm.octets.to_vec(),
        element(Tag::OCTET_STRING, parts.signature),
    ];
    element(Tag::SEQUENCE, &fields.concat())
}
