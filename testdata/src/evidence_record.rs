//! Evidence records (RFC 4998), made from hash trees that are built whole.

use crate::cms::variant::{TokenVariant, Variant};
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid::Oid;
use crate::pki::Pki;
use crate::timestamp::Timestamp;
use crate::tsp::{self, Stamping};

/// `id-aa-er-internal` and `id-aa-er-external` (RFC 4998 app. A).
const INTERNAL: Oid = Oid::constant(&[1, 2, 840, 113549, 1, 9, 16, 2, 49]);
const EXTERNAL: Oid = Oid::constant(&[1, 2, 840, 113549, 1, 9, 16, 2, 50]);

/// Time of the first time-stamp of the samples: 2026-11-01T12:00:00Z.
const FIRST: i64 = 1_793_534_400;

/// A record whose parts may be changed before it is written.
#[derive(Debug, Clone, Default)]
pub struct EvidenceRecord {
    /// `digestAlgorithms`.
    pub digests: Vec<Digest>,
    pub chains: Vec<Vec<ArchiveTimeStamp>>,
    pub has_crypto_infos: bool,
    pub has_encryption_info: bool,
}

/// One time-stamp with the reduced hash tree under it.
#[derive(Debug, Clone)]
pub struct ArchiveTimeStamp {
    /// `digestAlgorithm`, when it is written.
    pub digest: Option<Digest>,
    /// `reducedHashtree`: lists of hash values.
    pub lists: Option<Vec<Vec<Vec<u8>>>>,
    pub token: Vec<u8>,
}

/// Who stamps, by which digest and when.
#[derive(Clone, Copy)]
pub struct Archiving<'a> {
    pub pki: &'a Pki,
    /// The authority's certificate.
    pub authority: &'a str,
    pub digest: Digest,
    pub gen_time: Timestamp,
}

/// A hash value, and the octets it is the digest of.
#[derive(Clone)]
struct Node {
    value: Vec<u8>,
    of: Vec<u8>,
}

impl Node {
    fn new(digest: Digest, of: Vec<u8>) -> Self {
        Self {
            value: digest.of(&of),
            of,
        }
    }

    /// Of some nodes: their values in ascending order; a node alone is itself.
    fn over(digest: Digest, nodes: &[Self]) -> Self {
        match nodes {
            [single] => single.clone(),
            _ => Self::new(digest, ascending(nodes).concat()),
        }
    }
}

fn ascending(nodes: &[Node]) -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = nodes.iter().map(|node| node.value.clone()).collect();
    values.sort();
    values
}

impl Archiving<'_> {
    /// A time-stamp over a binary hash tree of groups of objects, with the way from the first group to its root.
    fn stamp(&self, groups: &[Vec<Node>], has_tree: bool) -> Result<ArchiveTimeStamp, Error> {
        let own = groups.first().cloned().unwrap_or_default();
        let mut lists = vec![ascending(&own)];
        let mut level: Vec<Node> = groups
            .iter()
            .map(|group| Node::over(self.digest, group))
            .collect();
        while level.len() > 1 {
            let sibling = level[1].value.clone();
            match lists.as_mut_slice() {
                // A lone object stands in one list with its sibling.
                [first] if first.len() == 1 && own.len() == 1 => {
                    first.push(sibling);
                    first.sort();
                }
                _ => lists.push(vec![sibling]),
            }
            level = level
                .chunks(2)
                .map(|pair| Node::over(self.digest, pair))
                .collect();
        }
        let root = level.remove(0);
        Ok(ArchiveTimeStamp {
            digest: has_tree.then_some(self.digest),
            lists: has_tree.then_some(lists),
            token: self.token(&root.of)?,
        })
    }

    /// A token over octets, whatever they are.
    ///
    /// # Errors
    /// When the authority is not declared.
    pub fn token(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.token_with(message, &[])
    }

    /// A token over octets that carries some CRLs of the PKI.
    ///
    /// # Errors
    /// When the authority or a CRL is not declared.
    pub fn token_with(&self, message: &[u8], crls: &[&str]) -> Result<Vec<u8>, Error> {
        let stamping = Stamping {
            authority: self.authority,
            message,
            gen_time: self.gen_time,
        };
        let variant = TokenVariant {
            imprint_digest: Some(self.digest),
            cms: Box::new(Variant {
                crls: crls.iter().map(|id| (*id).to_owned()).collect(),
                ..Variant::default()
            }),
            ..TokenVariant::default()
        };
        tsp::token(self.pki, &stamping, &variant)
    }
}

impl EvidenceRecord {
    /// A record of the first group of objects, whose hash tree has the others, too.
    ///
    /// # Errors
    /// When the authority is not declared.
    pub fn over(archiving: &Archiving<'_>, groups: &[&[&[u8]]]) -> Result<Self, Error> {
        let groups = nodes(archiving.digest, groups, |object| object.to_vec());
        let has_siblings = groups.len() > 1 || groups.iter().any(|group| group.len() > 1);
        Ok(Self {
            digests: vec![archiving.digest],
            chains: vec![vec![archiving.stamp(&groups, has_siblings)?]],
            ..Self::default()
        })
    }

    /// Renews the last time-stamp by one over it and others (RFC 4998 §5.2).
    ///
    /// # Errors
    /// When the authority is not declared.
    pub fn renew_time_stamp(
        &mut self,
        archiving: &Archiving<'_>,
        others: &[&[u8]],
    ) -> Result<(), Error> {
        let last = self.chains.last().and_then(|chain| chain.last());
        let token = last.map(|stamp| stamp.token.clone()).unwrap_or_default();
        let mut groups = vec![vec![Node::new(archiving.digest, token)]];
        let others = others.iter().copied();
        groups.extend(others.map(|other| vec![Node::new(archiving.digest, other.to_vec())]));
        let renewed = archiving.stamp(&groups, true)?;
        self.chains.last_mut().into_iter().for_each(|chain| {
            chain.push(renewed.clone());
        });
        Ok(())
    }

    /// Renews the hash tree by one of another digest over the objects and all chains so far (RFC 4998 §5.2).
    ///
    /// # Errors
    /// When the authority is not declared.
    pub fn renew_hash_tree(
        &mut self,
        archiving: &Archiving<'_>,
        groups: &[&[&[u8]]],
    ) -> Result<(), Error> {
        let digest = archiving.digest;
        let older = digest.of(&self.sequence());
        let groups = nodes(digest, groups, |object| {
            [digest.of(object), older.clone()].concat()
        });
        if !self.digests.contains(&digest) {
            self.digests.push(digest);
        }
        self.chains.push(vec![archiving.stamp(&groups, true)?]);
        Ok(())
    }

    /// `ArchiveTimeStampSequence`.
    fn sequence(&self) -> Vec<u8> {
        let chains: Vec<Vec<u8>> = self
            .chains
            .iter()
            .map(|chain| {
                let stamps: Vec<Vec<u8>> = chain.iter().map(ArchiveTimeStamp::der).collect();
                der::sequence(&stamps)
            })
            .collect();
        der::sequence(&chains)
    }

    pub fn der(&self) -> Vec<u8> {
        let algorithms: Vec<Vec<u8>> = self
            .digests
            .iter()
            .map(|digest| der::algorithm(&digest.oid(), None))
            .collect();
        let info = |number: u8, is_there: bool| {
            let attribute = der::sequence(&[
                der::object_identifier(&INTERNAL),
                der::set_of(&[der::null()]),
            ]);
            is_there.then(|| der::context(number, &attribute))
        };
        let fields = [
            Some(der::small_integer(1)),
            Some(der::sequence(&algorithms)),
            info(0, self.has_crypto_infos),
            info(1, self.has_encryption_info),
            Some(self.sequence()),
        ];
        der::sequence(&fields.into_iter().flatten().collect::<Vec<_>>())
    }
}

fn nodes(digest: Digest, groups: &[&[&[u8]]], of: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Vec<Node>> {
    let group = |group: &&[&[u8]]| group.iter().map(|it| Node::new(digest, of(it))).collect();
    groups.iter().map(group).collect()
}

impl ArchiveTimeStamp {
    fn der(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        if let Some(digest) = self.digest {
            fields.push(der::context(0, &der::object_identifier(&digest.oid())));
        }
        if let Some(lists) = &self.lists {
            let lists: Vec<Vec<u8>> = lists
                .iter()
                .map(|list| {
                    let values: Vec<Vec<u8>> =
                        list.iter().map(|value| der::octet_string(value)).collect();
                    der::sequence(&values)
                })
                .collect();
            fields.push(der::context(2, &lists.concat()));
        }
        fields.push(self.token.clone());
        der::sequence(&fields)
    }
}

/// Whether a record in an attribute is of the message alone, or of the document beside it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedding {
    Internal,
    External,
}

/// A message in DER with a record among the unsigned attributes of its only signer.
pub fn embed(message: &[u8], embedding: Embedding, record: &[u8]) -> Vec<u8> {
    let oid = match embedding {
        Embedding::Internal => INTERNAL,
        Embedding::External => EXTERNAL,
    };
    let attribute = der::sequence(&[
        der::object_identifier(&oid),
        der::set_of(&[record.to_vec()]),
    ]);
    // ContentInfo, [0], SignedData, signerInfos, SignerInfo: the last element each time.
    in_last(message, 5, &mut |signer| {
        const UNSIGNED: u8 = 0xA1;
        let mut fields = elements(signer);
        let mut attributes = match fields.last() {
            Some(last) if last[0] == UNSIGNED => {
                let last = fields.pop().unwrap_or_default();
                elements(contents(&last))
            }
            _ => Vec::new(),
        };
        attributes.push(attribute.clone());
        fields.push(der::context(1, &der::sorted(&attributes).concat()));
        fields.concat()
    })
}

/// Changes the contents of the last element at a depth.
fn in_last(element: &[u8], depth: usize, change: &mut dyn FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
    if depth == 1 {
        return der::element(element[0], &change(contents(element)));
    }
    let mut members = elements(contents(element));
    if let Some(last) = members.pop() {
        members.push(in_last(&last, depth - 1, change));
    }
    der::element(element[0], &members.concat())
}

/// Octets of tag and length, and of the contents.
fn lengths(element: &[u8]) -> (usize, usize) {
    match element[1] {
        short if short < 0x80 => (2, usize::from(short)),
        long => {
            let count = usize::from(long & 0x7F);
            let length = element[2..2 + count].iter();
            let length = length.fold(0, |length, octet| length << 8 | usize::from(*octet));
            (2 + count, length)
        }
    }
}

fn contents(element: &[u8]) -> &[u8] {
    let (header, length) = lengths(element);
    &element[header..header + length]
}

fn elements(mut octets: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    while !octets.is_empty() {
        let (header, length) = lengths(octets);
        let (first, rest) = octets.split_at(header + length);
        all.push(first.to_vec());
        octets = rest;
    }
    all
}

/// The samples among the generated files: name, objects, record.
///
/// # Errors
/// When a PKI is not declared rightly.
pub fn samples() -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut samples = Vec::new();
    let kinds = [
        ("stamps-rsa", Digest::Sha256, Digest::Sha512),
        ("stamps-gost", Digest::Streebog256, Digest::Streebog512),
    ];
    for (name, digest, next) in kinds {
        const DAY: i64 = 86_400;
        let pki = crate::pki::named(name)?;
        let archiving = |digest, day: i64| Archiving {
            pki,
            authority: "tsa",
            digest,
            gen_time: Timestamp(FIRST + day * DAY),
        };
        let groups: [&[&[u8]]; 3] = [&[b"content", b"second"], &[b"third"], &[b"fourth"]];
        let first = archiving(digest, 0);
        let plain = EvidenceRecord::over(&first, &[&[b"content"]])?;
        let mut renewed = EvidenceRecord::over(&first, &groups)?;
        let second = archiving(digest, 1);
        renewed.renew_time_stamp(&second, &[b"another token"])?;
        let third = archiving(next, 2);
        renewed.renew_hash_tree(&third, &groups)?;
        samples.push((format!("{name}-plain"), plain.der()));
        samples.push((format!("{name}-renewed"), renewed.der()));
    }
    Ok(samples)
}
