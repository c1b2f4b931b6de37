//! Signed attributes as a message.

use proto::v1;
use sig_core::report::{AttributesReport, PolicyStatus, SignaturePolicyReport};

use super::{octets, text};

/// What the signer says; none when he says nothing.
pub(super) fn attributes(attributes: &AttributesReport) -> Option<v1::Attributes> {
    if attributes.is_empty() {
        return None;
    }
    let hints = attributes.content_hints.as_ref();
    let reference = attributes.content_reference.as_ref();
    let commitments = attributes.commitments.iter();
    let location = attributes.location.as_ref();
    let claimed = attributes.claimed.iter();
    let certified = attributes.certified.iter();
    let identifier = attributes.content_identifier.as_deref();
    let policy = attributes.signature_policy.as_ref();
    Some(v1::Attributes {
        content_hints: hints.map(|hints| v1::ContentHints {
            description: text(hints.description.as_ref()),
            content_type: hints.content_type.clone(),
        }),
        mime_type: text(attributes.mime_type.as_ref()),
        content_identifier: identifier.map(octets).unwrap_or_default(),
        content_reference: reference.map(|reference| v1::ContentReference {
            content_type: reference.content_type.clone(),
            identifier: octets(&reference.identifier),
            signature: reference.signature.clone(),
        }),
        commitments: commitments
            .map(|commitment| v1::Commitment {
                id: commitment.id.clone(),
                name: commitment.name.unwrap_or_default().to_owned(),
                qualifiers: commitment.qualifiers.clone(),
            })
            .collect(),
        location: location.map(|location| v1::Location {
            country: text(location.country.as_ref()),
            locality: text(location.locality.as_ref()),
            postal_address: location.postal_address.clone(),
        }),
        claimed: claimed
            .map(|claimed| v1::ClaimedAttribute {
                id: claimed.id.clone(),
                values: claimed.values.clone(),
            })
            .collect(),
        certified: certified
            .map(|certified| v1::CertifiedAttribute {
                form: certified.form.clone(),
                sha256: octets(&certified.sha256),
                checked: false,
            })
            .collect(),
        signature_policy: policy.map(signature_policy),
    })
}

fn signature_policy(policy: &SignaturePolicyReport) -> v1::SignaturePolicy {
    let (status, over) = match policy.status {
        PolicyStatus::Implied => (v1::SignaturePolicyStatus::Implied, ""),
        PolicyStatus::Matched(over) => (v1::SignaturePolicyStatus::Matched, over),
        PolicyStatus::Unbound => (v1::SignaturePolicyStatus::Unbound, ""),
        PolicyStatus::NotAvailable => (v1::SignaturePolicyStatus::NotAvailable, ""),
        PolicyStatus::NotProcessed => (v1::SignaturePolicyStatus::NotProcessed, ""),
    };
    v1::SignaturePolicy {
        id: text(policy.id.as_ref()),
        digest: policy.digest.as_ref().map(|digest| v1::Digest {
            algorithm: digest.algorithm.clone(),
            value: octets(&digest.hex),
        }),
        uris: policy.uris.clone(),
        notices: policy.notices.clone(),
        status: status.into(),
        digest_over: over.to_owned(),
    }
}
