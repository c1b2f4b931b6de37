//! Time-stamps of references to validation data (RFC 5126 §6.3.5, §6.3.6, EN 319 122-1 §A.1.5).

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::cms::attribute::Attribute;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::finding::Subject;

use super::objects::Objects;
use super::{Answer, Coverage, NotCovered, Target, Token};

/// CAdES-X type 1. A signature-time-stamp of a later time was added afterwards and is not covered.
pub(super) fn signature_and_references(
    target: &Target<'_>,
    token: &Token,
    budget: &mut Budget,
) -> Answer {
    let mut stamped = vec![target.signer.signature.clone()];
    let mut objects = Objects::default();
    objects.all.insert(Subject::Signature(target.index));
    let attributes = || target.signer.unsigned_attributes.all.iter();
    let is_later = |attribute: &Attribute| {
        let of_attribute = |known: &&Token| attribute.values.iter().any(|it| known.is_at(it));
        let mut known = target.tokens.iter().filter(of_attribute);
        known.any(|known| token.is_before(known))
    };
    let stamps = attributes().filter(|it| it.id == oids::SIGNATURE_TIME_STAMP && !is_later(it));
    for attribute in stamps {
        stamped.push(inside(attribute, budget)?);
        objects.add_attribute(target, attribute, budget)?;
    }
    add_references(target, &mut stamped, &mut objects, budget)?;
    Ok(Ok(covering(target, stamped, objects)))
}

/// CAdES-X type 2.
pub(super) fn references(target: &Target<'_>, budget: &mut Budget) -> Answer {
    let mut stamped = Vec::new();
    let mut objects = Objects::default();
    add_references(target, &mut stamped, &mut objects, budget)?;
    if stamped.is_empty() {
        return Ok(Err(NotCovered::NoReferences));
    }
    Ok(Ok(covering(target, stamped, objects)))
}

/// The references to certificates, then those to revocation data.
fn add_references(
    target: &Target<'_>,
    stamped: &mut Vec<Octets>,
    objects: &mut Objects,
    budget: &mut Budget,
) -> Result<(), Error> {
    for id in [oids::CERTIFICATE_REFERENCES, oids::REVOCATION_REFERENCES] {
        let all = target.signer.unsigned_attributes.all.iter();
        for attribute in all.filter(|attribute| attribute.id == id) {
            stamped.push(inside(attribute, budget)?);
            objects.add_attribute(target, attribute, budget)?;
        }
    }
    Ok(())
}

/// Nothing is said to be omitted: these time-stamps are of a part by their nature.
fn covering(target: &Target<'_>, stamped: Vec<Octets>, objects: Objects) -> Coverage {
    Coverage {
        stamped,
        referenced: objects.referenced(target),
        proven: objects.all.into_iter().collect(),
        ..Coverage::default()
    }
}

/// Type and values of an attribute, without the tag and length around them.
fn inside(attribute: &Attribute, budget: &mut Budget) -> Result<Octets, Error> {
    let mut reader = Reader::new(&attribute.octets, Encoding::Ber, Structure::Attribute);
    Ok(reader.element(budget)?.content())
}
