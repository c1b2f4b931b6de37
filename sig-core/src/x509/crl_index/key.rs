//! The key of the hash under which an index keeps serial numbers (RFC 5280 §5.1.2.6).

use siphasher::sip::SipHasher13;
use std::fmt;
use std::hash::Hasher as _;

use sha2::Digest as _;

/// Makes the hash of a serial number unpredictable to those who choose serial numbers (RFC 5280 §4.1.2.2).
///
/// Whoever can make many serial numbers fall on one hash makes every look-up a walk over all of them. SipHash
/// prevents that as long as the key is unknown while the serial numbers are chosen. A list at hand takes its key from
/// its own signature value: that is made over the serial numbers, so it comes after them, and to bend serial numbers
/// to it one has to give up the signature, without which nothing is looked up in the list. A list that is read as a
/// stream ends with its signature, so its reader brings a key of random octets.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct IndexKey([u8; 16]);

impl IndexKey {
    /// From sixteen octets that nobody could foresee (RFC 4086).
    #[must_use]
    pub const fn from_octets(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// From the signature value of the list (RFC 5280 §5.1.1.3).
    #[must_use]
    pub fn of_signature(signature: &[u8]) -> Self {
        let digest = sha2::Sha256::new()
            .chain_update(b"key of a CRL index\0")
            .chain_update(signature)
            .finalize();
        let mut octets = [0; 16];
        for (octet, digit) in octets.iter_mut().zip(digest) {
            *octet = digit;
        }
        Self(octets)
    }

    /// The octets (RFC 4086).
    #[must_use]
    pub const fn octets(&self) -> [u8; 16] {
        self.0
    }

    pub(super) fn hash(&self, serial: &[u8]) -> u32 {
        let mut hasher = SipHasher13::new_with_key(&self.0);
        hasher.write(serial);
        (hasher.finish() >> 32) as u32
    }
}

impl fmt::Debug for IndexKey {
    /// Without the octets: they are to stay unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey")
    }
}
