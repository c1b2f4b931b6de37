//! Which digests of its content a message asks for (RFC 5652 §5.4, RFC 3161 §2.5, EN 319 122-1 §5.5.3).

use crate::alg::digest::DigestId;
use crate::alg::identifier::resolve_digest;
use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::limits::{Budget, Limits};
use crate::cms::attribute::Attributes;
use crate::cms::signed_data::{EncapsulatedContent, SignedData};
use crate::cms::time_stamp::TstInfo;
use crate::der::oid::Oid;
use crate::der::oids;

/// Time-stamps of one signer that are looked at.
const MOST_STAMPS: usize = 16;

/// The digests of the content by which a message can be judged, each algorithm once: those of its signers, of
/// content-time-stamps and archive-time-stamps, and the imprint of a token (RFC 5652 §5.4, RFC 3161 §2.5,
/// EN 319 122-1 §5.5.3). What cannot be read is left out.
///
/// # Errors
/// A limit.
///
/// # Limits
/// Sixteen time-stamps of a kind in each signer.
pub fn wanted_digests(message: &SignedData, limits: &Limits) -> Result<Vec<DigestId>, Error> {
    let mut wanted = Vec::new();
    let mut budget = Budget::new(*limits);
    if TstInfo::is_in(message) {
        wanted.extend(imprint(message, &mut budget)?);
    }
    for signer in message.signers.iter().flatten() {
        wanted.extend(resolve_digest(&signer.digest_algorithm));
        let signed = signer.signed_attributes.as_ref();
        let signed = signed.map(|signed| &signed.attributes);
        let unsigned = Some(&signer.unsigned_attributes);
        for (attributes, id) in [
            (signed, oids::CONTENT_TIME_STAMP),
            (unsigned, oids::ARCHIVE_TIME_STAMP_V3),
        ] {
            of_stamps(attributes, id, &mut wanted, &mut budget)?;
        }
    }
    let mut once = Vec::new();
    for id in wanted {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    Ok(once)
}

/// Those of [`wanted_digests`] that were not computed while the content passed by: a second reading of the file gives
/// them (RFC 5652 §5.1: the digest algorithms that a message lists are a hint).
///
/// # Errors
/// A limit.
///
/// # Limits
/// As for [`wanted_digests`].
pub fn missing_digests(
    message: &SignedData,
    algorithms: &Algorithms,
    limits: &Limits,
) -> Result<Vec<DigestId>, Error> {
    let EncapsulatedContent::Streamed(content) = &message.content else {
        return Ok(Vec::new());
    };
    let mut wanted = wanted_digests(message, limits)?;
    wanted.retain(|id| content.digest(*id).is_none() && algorithms.digest(*id).is_some());
    Ok(wanted)
}

fn of_stamps(
    attributes: Option<&Attributes>,
    id: Oid,
    wanted: &mut Vec<DigestId>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let all = attributes
        .into_iter()
        .flat_map(|attributes| &attributes.all);
    let values = all
        .filter(|attribute| attribute.id == id)
        .flat_map(|attribute| &attribute.values);
    for value in values.take(MOST_STAMPS) {
        if let Ok(token) = SignedData::from_ber(value, budget)? {
            wanted.extend(imprint(&token, budget)?);
        }
    }
    Ok(())
}

fn imprint(token: &SignedData, budget: &mut Budget) -> Result<Option<DigestId>, Error> {
    let info = TstInfo::of(token, budget)?;
    let info = info.and_then(Result::ok);
    Ok(info.and_then(|info| resolve_digest(&info.imprint.algorithm).ok()))
}
