//! The digest of a policy, computed once.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Policy;
use crate::x509::certificate::sha256_hex;

/// Digests of policies that were computed before (EN 319 102-1 §5.1.4), shared by the copies of a policy.
///
/// A digest is taken from here only for a policy that is equal to the one it was computed for, so a policy that was
/// changed never goes by the digest of what it was.
#[derive(Clone, Default)]
pub struct KnownDigests(Arc<OnceLock<Known>>);

/// How many policies may share their digests; more are digested each time.
const MOST: usize = 8;

struct Known {
    policy: Policy,
    digest: String,
    next: KnownDigests,
}

impl KnownDigests {
    /// The digest of a policy.
    pub(super) fn of(&self, policy: &Policy) -> String {
        let digest = || sha256_hex(policy.text().as_bytes());
        let mut place = self;
        for _ in 0..MOST {
            let known = place.0.get_or_init(|| Known {
                policy: Policy {
                    known_digests: Self::default(),
                    ..policy.clone()
                },
                digest: digest(),
                next: Self::default(),
            });
            if known.policy == *policy {
                return known.digest.clone();
            }
            place = &known.next;
        }
        digest()
    }
}

impl PartialEq for KnownDigests {
    /// What is known of a policy is no part of it.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for KnownDigests {}

impl fmt::Debug for KnownDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownDigests")
    }
}
