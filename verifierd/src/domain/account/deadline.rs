//! What of an account is told when its time comes.

use super::{Account, CheckState, codes};
use crate::domain::time::UnixSeconds;

codes!(
    /// What has a time of its own.
    DeadlineKind {
        /// A registry check that is not answered.
        RegistryCheck = "REGISTRY_CHECK",
        /// The certificate that a confirmation rests on.
        Certificate = "CERTIFICATE",
    }
);

/// A time of an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The check's id; the certificate's SHA-256 in hexadecimal.
    pub object: String,
    /// When the check was asked for; when the certificate expires.
    pub at: UnixSeconds,
}

impl Account {
    /// The account's deadline of this kind, while it has one.
    pub fn deadline(&self, kind: DeadlineKind) -> Option<Deadline> {
        match kind {
            DeadlineKind::RegistryCheck => {
                let check = self.check.as_ref()?;
                (check.state == CheckState::Pending).then(|| Deadline {
                    object: check.id.to_string(),
                    at: check.requested_at,
                })
            }
            DeadlineKind::Certificate => {
                let certificate = self.confirmation.as_ref()?.certificate.as_ref()?;
                Some(Deadline {
                    object: hex::encode(certificate.sha256),
                    at: certificate.not_after,
                })
            }
        }
    }
}
