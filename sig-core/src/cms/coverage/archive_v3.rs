//! Archive time-stamps of version 3 (EN 319 122-1 §5.5.3, TS 101 733 §6.4.3).

use std::collections::BTreeSet;

use crate::alg::digest::{DigestAlgorithm, DigestsDisagree};
use crate::alg::identifier::resolve_digest;
use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::cms::attribute::Attribute;
use crate::cms::hash_index::{HashIndex, HashIndexVersion};
use crate::cms::signed_data::{SignedData, is_ocsp};
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer;
use crate::finding::Subject;
use crate::x509::certificate::sha256_hex;

use super::archive_v2::{add_signed, signer_fields};
use super::objects::Objects;
use super::{Answer, Coverage, NotCovered, Target, Token};

/// The type and digest of the content, the signer without unsignedAttrs, and the ats-hash-index of the token.
pub(super) fn covered(target: &Target<'_>, token: &Token, budget: &mut Budget) -> Answer {
    let Some(info) = &token.info else {
        return Ok(Err(NotCovered::TokenUnreadable));
    };
    let (index, value) = match find_index(&token.message, budget)? {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    let identifier = &info.imprint.algorithm;
    let imprint = resolve_digest(identifier).ok();
    let Some(imprint) = imprint.and_then(|id| target.algorithms.digest(id)) else {
        return Ok(Err(NotCovered::DigestUnknown(identifier.algorithm)));
    };
    let Some(content) = target.content.digest(imprint)? else {
        return Ok(Err(NotCovered::DigestNeeded(imprint.id())));
    };
    let of_index = index.digest.and_then(|id| target.algorithms.digest(id));
    let Some(algorithm) = of_index else {
        return Ok(Err(NotCovered::DigestUnknown(index.algorithm)));
    };
    let content_type = target.message.fields.content_type.clone();
    let mut stamped = vec![content_type, Octets::from(content.value)];
    stamped.extend(signer_fields(target.signer, budget)?);
    stamped.push(value.clone());

    let mut listed = Listed {
        algorithm,
        objects: Objects::default(),
        unmatched: 0,
    };
    listed.objects.all.insert(Subject::Document);
    listed.objects.all.insert(Subject::Signature(target.index));
    add_signed(&mut listed.objects, target, budget)?;
    listed.take_sets(target.message, &index, budget)?;
    listed.take_attributes(target, &index, budget)?;
    if listed.unmatched > 0 {
        return Ok(Err(NotCovered::HashIndexMismatch(listed.unmatched)));
    }
    let objects = listed.objects;
    Ok(Ok(Coverage {
        omitted: objects.omitted(target, token, budget)?,
        referenced: objects.referenced(target),
        proven: objects.all.into_iter().collect(),
        stamped,
        index_digest: index.digest,
        is_without_header: false,
    }))
}

/// The one ats-hash-index in the unsigned attributes of a token.
fn find_index<'a>(
    token: &'a SignedData,
    budget: &mut Budget,
) -> Result<Result<(HashIndex, &'a Octets), NotCovered>, Error> {
    let [Ok(signer)] = token.signers.as_slice() else {
        return Ok(Err(NotCovered::TokenUnreadable));
    };
    let mut found = Vec::new();
    for (version, id) in HashIndexVersion::ALL {
        let all = signer.unsigned_attributes.all.iter();
        for attribute in all.filter(|attribute| attribute.id == id) {
            found.extend(attribute.values.iter().map(|value| (version, value)));
        }
    }
    let [(version, value)] = *found.as_slice() else {
        return Ok(Err(NotCovered::HashIndexNotSingle));
    };
    match HashIndex::read(version, value, budget) {
        Ok(index) => Ok(Ok((index, value))),
        Err(Error::Malformed(malformed)) => Ok(Err(NotCovered::HashIndexMalformed(malformed))),
        Err(other) => Err(other),
    }
}

/// Compares what is there with what the index lists.
struct Listed<'a> {
    algorithm: &'a dyn DigestAlgorithm,
    objects: Objects,
    /// Entries that match nothing.
    unmatched: u64,
}

/// Entries of one list, and those that matched something.
struct Entries<'e> {
    all: BTreeSet<&'e [u8]>,
    matched: BTreeSet<Vec<u8>>,
}

impl<'e> Entries<'e> {
    fn of(digests: &'e [Octets]) -> Self {
        Self {
            all: digests.iter().map(|digest| &**digest).collect(),
            matched: BTreeSet::new(),
        }
    }

    /// Whether octets are listed.
    fn lists(
        &mut self,
        algorithm: &dyn DigestAlgorithm,
        pieces: &[&[u8]],
    ) -> Result<bool, DigestsDisagree> {
        let mut context = algorithm.start();
        pieces.iter().for_each(|piece| context.update(piece));
        let digest = context.finish()?.value;
        let is_listed = self.all.contains(digest.as_slice());
        if is_listed {
            self.matched.insert(digest);
        }
        Ok(is_listed)
    }

    fn unmatched(&self) -> u64 {
        (self.all.len() - self.matched.len()) as u64
    }
}

impl Listed<'_> {
    fn take_sets(
        &mut self,
        message: &SignedData,
        index: &HashIndex,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut entries = Entries::of(&index.certificates);
        for member in members(message.fields.certificates.as_ref(), budget)? {
            if entries.lists(self.algorithm, &[&member])? {
                let name = Subject::Certificate(sha256_hex(&member));
                self.objects.all.insert(name);
            }
        }
        self.unmatched += entries.unmatched();
        let mut entries = Entries::of(&index.crls);
        for member in members(message.fields.crls.as_ref(), budget)? {
            if entries.lists(self.algorithm, &[&member])? {
                let name = name_of_revocation(&member, budget)?;
                self.objects.all.extend(name);
            }
        }
        self.unmatched += entries.unmatched();
        Ok(())
    }

    fn take_attributes(
        &mut self,
        target: &Target<'_>,
        index: &HashIndex,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut entries = Entries::of(&index.attributes);
        for attribute in &target.signer.unsigned_attributes.all {
            match index.version {
                HashIndexVersion::V1 | HashIndexVersion::V2 => {
                    if entries.lists(self.algorithm, &[&attribute.octets])? {
                        self.objects.add_attribute(target, attribute, budget)?;
                    }
                }
                HashIndexVersion::V3 => {
                    self.take_values(target, attribute, &mut entries, budget)?;
                }
            }
        }
        self.unmatched += entries.unmatched();
        Ok(())
    }

    fn take_values(
        &mut self,
        target: &Target<'_>,
        attribute: &Attribute,
        entries: &mut Entries<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let id = writer::element(Tag::OID, attribute.id.content());
        for value in &attribute.values {
            if entries.lists(self.algorithm, &[&id, value])? {
                self.objects
                    .add_value(target, attribute.id, value, budget)?;
            }
        }
        Ok(())
    }
}

/// The members of a set, each as it was sent.
fn members(set: Option<&Octets>, budget: &mut Budget) -> Result<Vec<Octets>, Error> {
    let Some(set) = set else {
        return Ok(Vec::new());
    };
    let mut outer = Reader::new(set, Encoding::Ber, Structure::SignedData);
    let mut list = outer
        .element(budget)?
        .reader(Structure::SignedData, budget)?;
    let mut members = Vec::new();
    while !list.is_empty() {
        members.push(list.element(budget)?.octets());
    }
    Ok(members)
}

/// A CRL, or the OCSP response inside `other [1]` (RFC 5940 §2).
fn name_of_revocation(member: &Octets, budget: &mut Budget) -> Result<Option<Subject>, Error> {
    let mut reader = Reader::new(member, Encoding::Ber, Structure::SignedData);
    let element = reader.element(budget)?;
    if element.tag == Tag::SEQUENCE {
        return Ok(Some(Subject::Crl(sha256_hex(member))));
    }
    let mut inside = element.reader(Structure::SignedData, budget)?;
    if !is_ocsp(inside.oid(budget)?) {
        return Ok(None);
    }
    let response = inside.element(budget)?.octets();
    Ok(Some(Subject::Ocsp(sha256_hex(&response))))
}
