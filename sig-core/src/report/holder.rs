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
    told: OnceLock<Told>,
}

/// What one certificate says by the rules of a set.
#[derive(Clone, Eq, PartialEq)]
struct Told {
    identity: Identity,
    profile: Vec<RuleResult>,
}

impl Told {
    fn of(certificate: &Certificate, set: Set) -> Self {
        Self {
            identity: Identity::of(&certificate.subject),
            profile: profile::broken(certificate, set),
        }
    }
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
            told: OnceLock::from(Told { identity, profile }),
        }
    }

    /// Who the subject says he is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.told().identity
    }

    /// The rules that the certificate breaks, in the order of their set.
    #[must_use]
    pub fn profile(&self) -> &[RuleResult] {
        &self.told().profile
    }

    fn told(&self) -> &Told {
        let Some((certificate, set)) = &self.asked else {
            return self.told.get_or_init(|| Told {
                identity: Identity::NOT_STATED,
                profile: Vec::new(),
            });
        };
        // A certificate that is met again tells the same.
        let kept = certificate.told(|| (*set, Told::of(certificate, *set)));
        match kept {
            Some((of, told)) if of == set => told,
            _ => self.told.get_or_init(|| Told::of(certificate, *set)),
        }
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
