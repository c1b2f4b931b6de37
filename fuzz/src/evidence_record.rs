//! Evidence records.

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::evidence_record::{EvidenceRecord, without};
use sig_core::der::octets::Octets;
use sig_core::{Budget, Evidence};

use super::{AT, LIMITS, assert_slice, assert_unproven, validators};

/// A record: parts are parts of the input, chains and lists are not empty, roots have the length of a digest, and without
/// an anchor none passes. Any object: without nothing it is what it was.
pub fn evidence_record(data: &[u8]) {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    if let Ok(same) = without(&input, &[], &mut budget) {
        assert_eq!(same, data);
    }
    let mut budget = Budget::new(LIMITS);
    if let Ok(record) = EvidenceRecord::from_ber(&input, &mut budget) {
        assert!(EvidenceRecord::is_likely(&input, &budget));
        assert!(!record.chains.is_empty());
        for chain in &record.chains {
            assert_slice(&chain.octets, data);
            assert!(!chain.time_stamps.is_empty());
            for stamp in &chain.time_stamps {
                assert_slice(&stamp.time_stamp, data);
                let roots = stamp.tree.iter().zip(RUSTCRYPTO.digest(DigestId::Sha256));
                for (tree, algorithm) in roots {
                    if let Ok(Ok(root)) = tree.root(algorithm) {
                        assert_eq!(root.len(), algorithm.id().size());
                    }
                }
            }
        }
    }
    for validator in validators() {
        assert_unproven(|| {
            let evidence = Evidence::parse(data, &LIMITS)?;
            validator.validate(evidence.with_content(&b"content"[..]), AT)
        });
    }
}
