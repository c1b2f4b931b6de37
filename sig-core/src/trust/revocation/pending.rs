//! Questions inside questions: who signed revocation information may be revoked (RFC 5280 §6.3.3 (f)).

use crate::x509::certificate::Certificate;

/// Questions inside one another. Authorities that sign their own lists need none, a separate signer one, a signer
/// whose authority has a separate signer two.
const MAX_DEPTH: u8 = 3;

/// Certificates whose status is being established, the innermost first. What one of their keys signed proves nothing
/// about them: otherwise whoever stole the key would vouch for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending<'a> {
    certificate: &'a Certificate,
    depth: u8,
    before: Option<&'a Self>,
}

impl<'a> Pending<'a> {
    pub(super) const fn only(certificate: &'a Certificate) -> Self {
        Self {
            certificate,
            depth: 0,
            before: None,
        }
    }

    pub(super) const fn and(&'a self, certificate: &'a Certificate) -> Self {
        Self {
            certificate,
            depth: self.depth + 1,
            before: Some(self),
        }
    }

    /// Whether this is asked for the sake of another question.
    pub(super) const fn is_inside(&self) -> bool {
        self.before.is_some()
    }

    pub(super) const fn is_too_deep(&self) -> bool {
        self.depth > MAX_DEPTH
    }

    /// Whether the key of a certificate is one of those asked about.
    pub(super) fn has_key_of(&self, certificate: &Certificate) -> bool {
        let mut asked = Some(self);
        while let Some(pending) = asked {
            if pending.certificate.spki.octets == certificate.spki.octets {
                return true;
            }
            asked = pending.before;
        }
        false
    }
}
