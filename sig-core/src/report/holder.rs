//! What is told of the holder of a certificate beside the verdict (63-FZ art. 17).

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::profile::{self, Identity, RuleResult, Set};
use crate::x509::certificate::Certificate;

/// Who the subject of a certificate says he is, and the rules of level warn and fail that it breaks (63-FZ art. 17).
/// Neither bears on a verdict, so both are found out when somebody asks.
#[derive(Clone)]
pub struct HolderReport {
    asked: Option<(Arc<Certificate>, Set)>,
    told: OnceLock<(Identity, Vec<RuleResult>)>,
}

impl HolderReport {
    /// Of a certificate, by the rules of a set.
    pub(crate) const fn of(certificate: Arc<Certificate>, set: Set) -> Self {
        Self {
            asked: Some((certificate, set)),
            told: OnceLock::new(),
        }
    }

    /// As it is stated here.
    #[must_use]
    pub fn stated(identity: Identity, profile: Vec<RuleResult>) -> Self {
        Self {
            asked: None,
            told: OnceLock::from((identity, profile)),
        }
    }

    /// Who the subject says he is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.told().0
    }

    /// The rules that the certificate breaks, in the order of their set.
    #[must_use]
    pub fn profile(&self) -> &[RuleResult] {
        &self.told().1
    }

    fn told(&self) -> &(Identity, Vec<RuleResult>) {
        self.told.get_or_init(|| match &self.asked {
            Some((certificate, set)) => (
                Identity::of(&certificate.subject),
                profile::broken(certificate, *set),
            ),
            None => (Identity::NOT_STATED, Vec::new()),
        })
    }
}

impl PartialEq for HolderReport {
    fn eq(&self, other: &Self) -> bool {
        self.told() == other.told()
    }
}

impl Eq for HolderReport {}

impl fmt::Debug for HolderReport {
    /// Names are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HolderReport")
    }
}
