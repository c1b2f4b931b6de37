//! What a time-stamp of several fields covers (RFC 5126 §6.3.5, §6.3.6, §6.4.1, EN 319 122-1 §5.5).

use crate::der::octets::Octets;
use crate::finding::Subject;

/// What a time-stamp is of, and what it proves to exist (EN 319 102-1 §5.6.2.3).
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// What was hashed for the imprint, one after the other.
    pub stamped: Vec<Octets>,
    /// The objects that existed when the time-stamp was made.
    pub proven: Vec<Subject>,
    /// Objects of the signature that it does not cover: they may have been added later.
    pub omitted: Vec<Subject>,
}
