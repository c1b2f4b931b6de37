//! Unsigned attributes in the order in which a signature grows: time-stamp, references, values,
//! archive time-stamps (ETSI EN 319 122-1 §5.3 to §5.5, RFC 5126 §6).

use super::archive;
use super::attribute::attribute;
use super::countersignature;
use super::hostile::Nesting;
use super::signed_extra::PolicyStore;
use super::signer::Signer;
use super::validation_data::{contents, elements};
use super::variant::Variant;
use crate::der;
use crate::error::Error;
use crate::oid::{self, Oid};

/// The part of a `SignerInfo` that the signature value ends.
pub struct SignedFields<'a> {
    /// `version` to `signature`, each a DER element.
    pub fields: &'a [Vec<u8>],
    /// Contents of the field `signature`.
    pub signature: &'a [u8],
}

/// The unsigned attributes, each a DER `Attribute`, the oldest first.
pub fn attributes(
    signer: &Signer<'_>,
    variant: &Variant,
    signed: &SignedFields<'_>,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut made = variant.unsigned.clone();
    if let Some(declared) = &variant.time_stamp {
        let token = signer.token(declared, signed.signature)?;
        made.push(attribute(&oid::SIGNATURE_TIME_STAMP, &[token]));
    }
    made.extend(variant.policy_store.iter().map(PolicyStore::to_attribute));
    made.extend(countersignature::attributes(
        signer,
        &variant.counter_signatures,
        signed.signature,
    )?);
    made.extend(variant.nesting.map(Nesting::to_attribute));
    if let Some(references) = &variant.references {
        let digest = variant.digest.unwrap_or_else(|| signer.key.digest());
        made.extend(references.attributes(signer.pki, signer.certificate, digest)?);
    }
    let references = [oid::CERTIFICATE_REFERENCES, oid::REVOCATION_REFERENCES];
    if let Some(declared) = &variant.cades_c_time_stamp {
        // RFC 5126 §6.3.5.
        let mut stamped = signed.signature.to_vec();
        stamped.extend(of_kinds(&made, &[oid::SIGNATURE_TIME_STAMP]));
        stamped.extend(of_kinds(&made, &references));
        let token = signer.token(declared, &stamped)?;
        made.push(attribute(&oid::CADES_C_TIME_STAMP, &[token]));
    }
    if let Some(declared) = &variant.references_time_stamp {
        // RFC 5126 §6.3.6.
        let token = signer.token(declared, &of_kinds(&made, &references))?;
        made.push(attribute(&oid::REFERENCES_TIME_STAMP, &[token]));
    }
    if let Some(values) = &variant.values {
        made.extend(values.attributes(signer.pki)?);
    }
    let mut store = signer.store.clone();
    for (index, declared) in variant.archive.iter().enumerate() {
        store.add(signer.pki, &declared.add)?;
        let current = archive::Archived {
            signer,
            signed,
            store: &store,
            unsigned: &made,
        };
        let stamp = archive::attribute(&current, variant, index)?;
        made.push(stamp);
    }
    Ok(made)
}

/// Contents octets (type and values, without the outer SEQUENCE) of the attributes of each kind, in
/// the order of the kinds.
fn of_kinds(attributes: &[Vec<u8>], kinds: &[Oid]) -> Vec<u8> {
    let mut octets = Vec::new();
    for kind in kinds {
        let id = der::object_identifier(kind);
        let of_kind = |attribute: &&Vec<u8>| elements(contents(attribute))[0] == id;
        for attribute in attributes.iter().filter(of_kind) {
            octets.extend_from_slice(contents(attribute));
        }
    }
    octets
}
