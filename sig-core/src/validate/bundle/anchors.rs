//! Whose word the anchors of a bundle are.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::error::Error;
use crate::report::bundle::{Bundle, Role};
use crate::x509::certificate::Certificate;

use super::super::Validator;
use super::super::evidence::Material;

/// A trust anchor that stands in a bundle by itself (RFC 5280 §6.1.1 (d)). Nobody but who made the bundle names it.
#[derive(Clone, Debug)]
pub struct NamedAnchor {
    /// The anchor.
    pub certificate: Arc<Certificate>,
    /// What else of the bundle has it.
    pub given_by: GivenBy,
}

/// What else of a bundle has one of its anchors (RFC 5280 §6.1.1 (d)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GivenBy {
    /// It vouches for who signed the list of accredited authorities (63-FZ art. 8).
    ListSigner,
    /// European lists have it (ETSI TS 119 615 §4.3).
    TrustedLists,
    /// Nothing: it is the word of who made the bundle alone. A root beside those that vouch for signers is that, too.
    Nothing,
}

impl GivenBy {
    /// The word for programs; none for [`Self::Nothing`] (63-FZ art. 8, ETSI TS 119 615 §4.3).
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::ListSigner => Some("list-signer"),
            Self::TrustedLists => Some("trusted-lists"),
            Self::Nothing => None,
        }
    }
}

/// The anchors that are parts of the bundle, in their order there; those that only the lists give follow them.
pub(super) fn named(
    bundle: &Bundle,
    material: &Material,
    validator: &Validator,
) -> Result<Vec<NamedAnchor>, Error> {
    let count = bundle.of_role(Role::Anchor).count();
    let roots = match &material.trust {
        Some(trust) => trust.roots_of_signers(validator.algorithms, validator.limits)?,
        None => Vec::new(),
    };
    let lists = material.trusted_lists.as_ref();
    let listed = lists.map_or(&[][..], |lists| lists.anchors());
    let [roots, listed] = [roots.as_slice(), listed].map(|all| {
        let octets = all.iter().map(|it| &*it.octets);
        octets.collect::<BTreeSet<&[u8]>>()
    });
    let anchors = material.anchors.iter().take(count);
    let anchors = anchors.map(|certificate| NamedAnchor {
        certificate: Arc::clone(certificate),
        given_by: if roots.contains(&*certificate.octets) {
            GivenBy::ListSigner
        } else if listed.contains(&*certificate.octets) {
            GivenBy::TrustedLists
        } else {
            GivenBy::Nothing
        },
    });
    Ok(anchors.collect())
}
