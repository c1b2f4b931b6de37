//! Archive time-stamps of version 2 (RFC 5126 §6.4.1, TS 101 733 §6.4.1, annex K).

use crate::alg::identifier::resolve_digest;
use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::cms::attribute::Attribute;
use crate::cms::signed_data::EncapsulatedContent;
use crate::cms::signer_info::SignerInfo;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer;
use crate::finding::Subject;

use super::objects::Objects;
use super::{Answer, Coverage, NotCovered, Target, Token};

/// The tag of unsignedAttrs.
const UNSIGNED: Tag = Tag::context(1).constructed();

/// The whole message as it was before the time-stamp. Archive time-stamps that are not earlier were not there yet.
pub(super) fn covered(target: &Target<'_>, token: &Token, budget: &mut Budget) -> Answer {
    let Some(info) = &token.info else {
        return Ok(Err(NotCovered::TokenUnreadable));
    };
    let fields = &target.message.fields;
    let mut stamped = vec![fields.encapsulated.clone()];
    match &target.message.content {
        EncapsulatedContent::Octets(_) => {}
        EncapsulatedContent::Absent => {
            let Some(content) = target.content.octets() else {
                return Ok(Err(NotCovered::ContentNeeded));
            };
            stamped.push(content.clone());
        }
        // Its octets would be hashed between others, and they have passed by.
        EncapsulatedContent::Streamed(_) => return Ok(Err(NotCovered::ContentNeeded)),
    }
    stamped.extend(fields.certificates.clone());
    stamped.extend(fields.crls.clone());
    stamped.extend(signer_fields(target.signer, budget)?);

    let mut objects = Objects::default();
    objects.all.insert(Subject::Document);
    objects.all.insert(Subject::Signature(target.index));
    objects.add_sets(target.message);
    add_signed(&mut objects, target, budget)?;
    let mut attributes = Vec::new();
    for attribute in &target.signer.unsigned_attributes.all {
        if was_there(target, attribute, token) {
            attributes.extend_from_slice(&attribute.octets);
            objects.add_attribute(target, attribute, budget)?;
        }
    }
    let mut coverage = Coverage {
        index_digest: None,
        omitted: objects.omitted(target, token, budget)?,
        referenced: objects.referenced(target),
        proven: objects.all.into_iter().collect(),
        stamped,
        is_without_header: false,
    };
    if attributes.is_empty() {
        return Ok(Ok(coverage));
    }
    let with_header = Octets::from(writer::element(UNSIGNED, &attributes));
    let digest = resolve_digest(&info.imprint.algorithm).ok();
    if let Some(algorithm) = digest.and_then(|id| target.algorithms.digest(id)) {
        let digest = |last: &[u8]| {
            let mut context = algorithm.start();
            let pieces = coverage.stamped.iter();
            pieces.for_each(|piece| context.update(piece));
            context.update(last);
            context.finish()
        };
        let matches = |value: &[u8]| *value == *info.imprint.digest;
        let is_without =
            !matches(&digest(&with_header)?.value) && matches(&digest(&attributes)?.value);
        coverage.is_without_header = is_without;
    }
    coverage.stamped.push(if coverage.is_without_header {
        Octets::from(attributes)
    } else {
        with_header
    });
    Ok(Ok(coverage))
}

/// The fields of a signer but unsignedAttrs, each as it was sent.
pub(super) fn signer_fields(
    signer: &SignerInfo,
    budget: &mut Budget,
) -> Result<Vec<Octets>, Error> {
    let mut outer = Reader::new(&signer.octets, Encoding::Ber, Structure::SignerInfo);
    let mut fields = outer.enter(Tag::SEQUENCE, budget)?;
    let mut octets = Vec::with_capacity(6);
    while !fields.is_empty() {
        let field = fields.element(budget)?;
        if field.tag != UNSIGNED {
            octets.push(field.octets());
        }
    }
    Ok(octets)
}

/// What signed attributes hold is covered with them.
pub(super) fn add_signed(
    objects: &mut Objects,
    target: &Target<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let signed = target.signer.signed_attributes.as_ref();
    for attribute in signed.iter().flat_map(|signed| &signed.attributes.all) {
        objects.add_signed(target, attribute, budget)?;
    }
    Ok(())
}

/// Whether an attribute stood there before the time-stamp: an archive time-stamp only when it states an earlier time.
fn was_there(target: &Target<'_>, attribute: &Attribute, token: &Token) -> bool {
    if !Token::is_archive(attribute.id) {
        return true;
    }
    let mut values = attribute.values.iter();
    values.all(|value| {
        let known = target.tokens.iter().find(|known| known.is_at(value));
        known.is_some_and(|known| known.is_before(token))
    })
}
