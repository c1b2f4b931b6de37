//! Archive time-stamps (ETSI EN 319 122-1 §5.5, RFC 5126 §6.4.1).

use serde::Deserialize;

use super::attribute;
use super::signer::Signer;
use super::unsigned::SignedFields;
use super::validation_data::{Objects, Store, contents, elements};
use super::variant::{TokenVariant, Variant};
use crate::der;
use crate::digest::Digest;
use crate::error::Error;
use crate::oid;
use crate::timestamp::Timestamp;
use crate::token::Form;
use crate::tsp::{self, Stamping};

/// What a declaration says of an archive time-stamp.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveDeclaration {
    /// The authority's certificate.
    pub authority: String,
    pub gen_time: Timestamp,
    #[serde(default)]
    pub version: Version,
    /// Of the attribute ats-hash-index, for version 3.
    #[serde(default)]
    pub index: Index,
    /// Of the index, when not that of the imprint.
    pub index_digest: Option<Digest>,
    /// Objects that the index does not list.
    #[serde(default)]
    pub omit: Omitted,
    pub damage: Option<ArchiveDamage>,
    /// Objects put into `SignedData.certificates` and `crls` before this time-stamp, after the one
    /// before it.
    #[serde(default)]
    pub add: Objects,
    /// The token; its `cms` holds the validation data of the authority.
    #[serde(default)]
    pub token: TokenVariant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "u8")]
pub enum Version {
    /// archive-time-stamp (RFC 5126 §6.4.1).
    Two,
    /// archive-time-stamp-v3.
    #[default]
    Three,
}

/// The version of ats-hash-index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "u8")]
pub enum Index {
    One,
    Two,
    #[default]
    Three,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Omitted {
    pub certificates: Vec<String>,
    pub crls: Vec<String>,
    /// Positions among the unsigned attributes, counted from 0.
    pub attributes: Vec<usize>,
}

/// How an archive time-stamp departs from a right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveDamage {
    /// The index lists the hash of a certificate that is not there.
    IndexListsAbsentCertificate,
    IndexListsAbsentCrl,
    IndexListsAbsentAttribute,
    /// The token has no index.
    IndexMissing,
    /// The token has two.
    IndexTwice,
    /// The attribute of the index has two values.
    IndexMultiValued,
    /// The imprint is over another index than the one in the token.
    IndexChanged,
    /// The lists of the index are not there.
    IndexWithoutLists,
    /// The imprint is over other data.
    OtherData,
    /// The time-stamp of a signature made one second later.
    OfAnotherSignature,
}

/// A signature as an archive time-stamp finds it.
pub struct Archived<'a> {
    pub signer: &'a Signer<'a>,
    pub signed: &'a SignedFields<'a>,
    pub store: &'a Store,
    /// The unsigned attributes that are there already.
    pub unsigned: &'a [Vec<u8>],
}

/// The archive time-stamp declared at `position`, as an attribute.
pub fn attribute(
    archived: &Archived<'_>,
    variant: &Variant,
    position: usize,
) -> Result<Vec<u8>, Error> {
    let declared = &variant.archive[position];
    if declared.damage == Some(ArchiveDamage::OfAnotherSignature) {
        return of_another_signature(archived, variant, position);
    }
    let digest = match declared.token.imprint_digest {
        Some(digest) => digest,
        None => {
            let pki = archived.signer.pki;
            pki.key(&pki.certificate(&declared.authority)?.key)?
                .digest()
        }
    };
    let mut token = declared.token.clone();
    let (kind, mut message) = match declared.version {
        Version::Two => (oid::ARCHIVE_TIME_STAMP_V2, archived.version_2()),
        Version::Three => {
            let index = archived.hash_index(declared, digest)?;
            token.cms.unsigned.extend(declared.index_attributes(&index));
            (
                oid::ARCHIVE_TIME_STAMP_V3,
                archived.version_3(digest, &index),
            )
        }
    };
    if declared.damage == Some(ArchiveDamage::OtherData) {
        message.push(0);
    }
    let stamping = Stamping {
        authority: &declared.authority,
        message: &message,
        gen_time: declared.gen_time,
    };
    let token = tsp::token(archived.signer.pki, &stamping, &token)?;
    Ok(attribute::attribute(&kind, &[token]))
}

fn of_another_signature(
    archived: &Archived<'_>,
    variant: &Variant,
    position: usize,
) -> Result<Vec<u8>, Error> {
    let mut other = variant.clone();
    other.archive.truncate(position + 1);
    other.archive[position].damage = None;
    let signer = Signer {
        signing_time: Timestamp(archived.signer.signing_time.0 + 1),
        ..*archived.signer
    };
    let made = signer.signer_info(&other)?.unsigned.pop();
    made.ok_or_else(|| Error::value("archive", "made no attribute"))
}

impl Archived<'_> {
    /// What an archive time-stamp of version 2 is of (RFC 5126 §6.4.1).
    fn version_2(&self) -> Vec<u8> {
        let signer = self.signer;
        let attached = signer.form == Form::Attached;
        let content = der::context(0, &der::octet_string(signer.content));
        let mut octets = der::sequence(&[
            der::object_identifier(signer.content_type),
            if attached { content } else { Vec::new() },
        ]);
        if !attached {
            octets.extend_from_slice(signer.content);
        }
        if !self.store.certificates.is_empty() {
            let sorted = der::sorted(&self.store.certificates);
            octets.extend(der::context(0, &sorted.concat()));
        }
        if !self.store.crls.is_empty() {
            octets.extend(der::context(1, &self.store.crls.concat()));
        }
        octets.extend(self.signed.fields.concat());
        if !self.unsigned.is_empty() {
            octets.extend(der::context(1, &self.unsigned.concat()));
        }
        octets
    }

    /// What an archive time-stamp of version 3 is of (EN 319 122-1 §5.5.3).
    fn version_3(&self, digest: Digest, index: &[u8]) -> Vec<u8> {
        let mut octets = der::object_identifier(self.signer.content_type);
        octets.extend(digest.of(self.signer.content));
        octets.extend(self.signed.fields.concat());
        octets.extend_from_slice(index);
        octets
    }

    /// `ATSHashIndex`, `ATSHashIndexV2` or `ATSHashIndexV3` (EN 319 122-1 §5.5.2, annex A.2).
    fn hash_index(&self, declared: &ArchiveDeclaration, imprint: Digest) -> Result<Vec<u8>, Error> {
        let pki = self.signer.pki;
        let digest = declared.index_digest.unwrap_or(imprint);
        let hash = |octets: &[u8]| der::octet_string(&digest.of(octets));
        let mut without = Vec::new();
        for id in &declared.omit.certificates {
            without.push(pki.certificate(id)?.der.as_slice());
        }
        for id in &declared.omit.crls {
            without.push(pki.crl(id)?);
        }
        let listed = |objects: &[Vec<u8>]| -> Vec<Vec<u8>> {
            let kept = objects
                .iter()
                .filter(|it| !without.contains(&it.as_slice()));
            kept.map(|octets| hash(octets)).collect()
        };
        let mut certificates = listed(&der::sorted(&self.store.certificates));
        let mut crls = listed(&self.store.crls);
        let mut attributes = Vec::new();
        for (position, attribute) in self.unsigned.iter().enumerate() {
            if declared.omit.attributes.contains(&position) {
                continue;
            }
            if declared.index != Index::Three {
                attributes.push(hash(attribute));
                continue;
            }
            let fields = elements(contents(attribute));
            for value in elements(contents(fields[1])) {
                attributes.push(hash(&[fields[0], value].concat()));
            }
        }
        match declared.damage {
            Some(ArchiveDamage::IndexListsAbsentCertificate) => certificates.push(hash(b"absent")),
            Some(ArchiveDamage::IndexListsAbsentCrl) => crls.push(hash(b"absent")),
            Some(ArchiveDamage::IndexListsAbsentAttribute) => attributes.push(hash(b"absent")),
            _ => {}
        }
        let mut fields = Vec::new();
        // The first version has DEFAULT id-sha256.
        if declared.index != Index::One || digest != Digest::Sha256 {
            fields.push(der::algorithm(&digest.oid(), None));
        }
        if declared.damage != Some(ArchiveDamage::IndexWithoutLists) {
            fields.extend([certificates, crls, attributes].map(|list| der::sequence(&list)));
        }
        Ok(der::sequence(&fields))
    }
}

impl ArchiveDeclaration {
    /// The unsigned attributes of the token that hold `index`.
    fn index_attributes(&self, index: &[u8]) -> Vec<Vec<u8>> {
        let kind = match self.index {
            Index::One => oid::ATS_HASH_INDEX,
            Index::Two => oid::ATS_HASH_INDEX_V2,
            Index::Three => oid::ATS_HASH_INDEX_V3,
        };
        let right = attribute::attribute(&kind, &[index.to_vec()]);
        match self.damage {
            Some(ArchiveDamage::IndexMissing) => Vec::new(),
            Some(ArchiveDamage::IndexTwice) => vec![right.clone(), right],
            Some(ArchiveDamage::IndexMultiValued) => {
                let empty = der::sequence(&[]);
                vec![attribute::attribute(&kind, &[index.to_vec(), empty])]
            }
            Some(ArchiveDamage::IndexChanged) => {
                let mut fields: Vec<Vec<u8>> = elements(contents(index))
                    .into_iter()
                    .map(<[u8]>::to_vec)
                    .collect();
                // The list of CRLs becomes empty.
                let crls = fields.len() - 2;
                fields[crls] = der::sequence(&[]);
                vec![attribute::attribute(&kind, &[der::sequence(&fields)])]
            }
            _ => vec![right],
        }
    }
}

impl TryFrom<u8> for Version {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err(format!(
                "an archive time-stamp has version 2 or 3, not {number}"
            )),
        }
    }
}

impl TryFrom<u8> for Index {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err(format!(
                "ats-hash-index has version 1, 2 or 3, not {number}"
            )),
        }
    }
}
