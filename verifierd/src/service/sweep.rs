//! Telling of registry checks that are overdue and of certificates about to
//! expire.

use super::{Context, ports::deadlines::Sweep, refusal::Refusal};
use crate::domain::account::DeadlineKind;

/// Deadlines of a kind that are told of at one step.
const BATCH: u32 = 64;

/// Finds what is to be told. Several may work over one database.
#[derive(Clone)]
pub struct Sweeper {
    context: Context,
}

/// What one step told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Registry checks that are overdue.
    pub checks: u32,
    /// Certificates about to expire.
    pub certificates: u32,
}

impl Swept {
    /// Whether more may be due than was told of.
    pub fn is_full(self) -> bool {
        self.checks >= BATCH || self.certificates >= BATCH
    }
}

impl Sweeper {
    /// A worker over the daemon's store and clock.
    pub fn new(context: Context) -> Self {
        Self { context }
    }

    /// Tells of a batch of what is due, each once.
    ///
    /// # Errors
    /// The store failed; what was told is told.
    pub async fn tell_due(&self) -> Result<Swept, Refusal> {
        let settings = &self.context.settings;
        let swept = Swept {
            checks: self
                .tell(
                    DeadlineKind::RegistryCheck,
                    -settings.registry_check_deadline,
                )
                .await?,
            certificates: self
                .tell(
                    DeadlineKind::Certificate,
                    settings.certificate_expiry_notice,
                )
                .await?,
        };
        if swept.checks > 0 {
            let overdue = self.overdue_checks().await?;
            tracing::warn!(overdue, "registry checks are overdue");
        }
        Ok(swept)
    }

    /// How many registry checks are overdue: told of and not answered yet.
    ///
    /// # Errors
    /// The store failed.
    pub async fn overdue_checks(&self) -> Result<u64, Refusal> {
        Ok(self.context.store.overdue_checks().await?)
    }

    /// Tells of deadlines up to `ahead` seconds from now.
    async fn tell(&self, kind: DeadlineKind, ahead: i64) -> Result<u32, Refusal> {
        let now = self.context.clock.now();
        let sweep = Sweep {
            kind,
            by: now.plus(ahead),
            now,
            most: BATCH,
        };
        Ok(self.context.store.tell_deadlines(sweep).await?)
    }
}
