//! Values of attributes.

use sig_core::Budget;
use sig_core::cms::attribute::AlgorithmProtection;
use sig_core::cms::attribute::commitment_type::CommitmentType;
use sig_core::cms::attribute::content_hints::ContentHints;
use sig_core::cms::attribute::content_identifier::ContentIdentifier;
use sig_core::cms::attribute::content_reference::ContentReference;
use sig_core::cms::attribute::mime_type::MimeType;
use sig_core::cms::attribute::signature_policy::SignaturePolicy;
use sig_core::cms::attribute::signature_policy_document::Asn1Policy;
use sig_core::cms::attribute::signature_policy_store::SignaturePolicyStore;
use sig_core::cms::attribute::signer_attributes::{CertifiedAttributes, SignerAttributes};
use sig_core::cms::attribute::signer_location::SignerLocation;
use sig_core::cms::signer_info::SignerInfo;
use sig_core::der::octets::Octets;
use sig_core::finding::{displayable, has_deceptive_characters, mixed_scripts};

use super::{LIMITS, assert_slice};

/// Each reader over the same octets: what it keeps are parts of them, and none goes over the budget.
pub fn attributes(data: &[u8]) {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    if let Ok(commitment) = CommitmentType::read(&input, &mut budget) {
        for qualifier in commitment
            .qualifiers
            .iter()
            .filter_map(|it| it.value.as_ref())
        {
            assert_slice(qualifier, data);
        }
    }
    for read in [SignerAttributes::read, SignerAttributes::read_v2] {
        let Ok(attributes) = read(&input, &mut budget) else {
            continue;
        };
        for attribute in &attributes.claimed {
            assert_slice(&attribute.octets, data);
        }
        for certified in &attributes.certified {
            if let CertifiedAttributes::AttributeCertificate(octets) = certified {
                assert_slice(octets, data);
            }
        }
    }
    if let Ok(Some(policy)) = Asn1Policy::of(&input, &mut budget) {
        for (_, pieces) in policy.pieces() {
            pieces.iter().for_each(|piece| assert_slice(piece, data));
        }
    }
    if let Ok(signer) = SignerInfo::from_ber(&input, &mut budget) {
        assert_slice(&signer.octets, data);
    }
    let _ = AlgorithmProtection::read(&input, &mut budget);
    let _ = ContentHints::read(&input, &mut budget);
    let _ = ContentIdentifier::read(&input, &mut budget);
    let _ = ContentReference::read(&input, &mut budget);
    let _ = MimeType::read(&input, &mut budget);
    let _ = SignaturePolicy::read(&input, &mut budget);
    let _ = SignaturePolicyStore::read(&input, &mut budget);
    let _ = SignerLocation::read(&input, &mut budget);
    assert!(budget.used().nodes <= LIMITS.nodes);
    if let Ok(text) = std::str::from_utf8(data) {
        let shown = displayable(text);
        assert!(!has_deceptive_characters(&shown));
        let _ = mixed_scripts(text);
    }
}
