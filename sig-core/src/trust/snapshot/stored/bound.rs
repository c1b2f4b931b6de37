//! How much an extract may hold: it comes from anybody (63-FZ art. 8, ETSI TS 119 615 §4.1).

use std::fmt;

/// What of an extract is bounded, besides its octets (63-FZ art. 8, ETSI TS 119 615 §4.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExtractBound {
    /// Items of all lists of the form together: each may take more memory than octets.
    Items,
    /// Versions of the list of accredited authorities: for each, a signature and a path are checked. An extract has all
    /// that its snapshot has, and a snapshot that is stored by its own reader is not bounded: with one a day it is
    /// eleven years.
    Versions,
    /// Certificates between the signer of a version and a root.
    Chain,
    /// Lists, and certificates that may sign them.
    Lists,
    /// Pointers to lists, of all lists together.
    Pointers,
    /// Services, of all lists together.
    Services,
    /// Certificates of services, of all lists together.
    Certificates,
    /// Anchors, and subjects of those that are left out.
    Anchors,
    /// Octets of one name.
    Name,
    /// Octets of the names of anchors that are left out, counted for each anchor: each becomes a certificate.
    Names,
}

impl ExtractBound {
    /// How many there may be (63-FZ art. 8, ETSI TS 119 615 §4.1): of everything several times what all lists of all
    /// states have.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::Items => 1_000_000,
            Self::Versions => 4_096,
            Self::Chain => 16,
            Self::Lists | Self::Pointers => 1_024,
            Self::Services | Self::Certificates | Self::Anchors => 65_536,
            Self::Name => 4 << 10,
            Self::Names => 4 << 20,
        }
    }

    /// The bound, unless there are no more than it allows.
    pub(in crate::trust) const fn check(self, count: usize) -> Result<(), Self> {
        if count > self.most() {
            return Err(self);
        }
        Ok(())
    }
}

impl fmt::Display for ExtractBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Items => "items",
            Self::Versions => "versions of the list",
            Self::Chain => "certificates between a signer and a root",
            Self::Lists => "lists or signers",
            Self::Pointers => "pointers to lists",
            Self::Services => "services",
            Self::Certificates => "certificates of services",
            Self::Anchors => "anchors",
            Self::Name => "octets of one name",
            Self::Names => "octets of names of anchors",
        };
        write!(f, "an extract of more than {} {what}", self.most())
    }
}
