//! Judging deferred applications again, until they are accepted or rejected.

use super::{
    Context,
    confirm::{Retried, retry},
    ports::deferrals::{Due, Lease},
    refusal::Refusal,
};
use crate::domain::{reason::Reason, time::UnixSeconds};

/// Applications that are leased at once.
const BATCH: u32 = 16;

/// Seconds for which they are: many times what judging them takes.
const LEASE: i64 = 120;

/// Works on what is due. Several may work over one database: each application
/// is leased to one of them, and whoever lost its lease writes nothing.
#[derive(Clone)]
pub struct Retrier {
    context: Context,
    owner: String,
}

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Applications that were leased.
    pub leased: usize,
    /// Those that were accepted or rejected.
    pub ended: usize,
    /// Those that are deferred again.
    pub deferred: usize,
}

impl Worked {
    /// Whether more may be due than was leased.
    pub fn is_full(self) -> bool {
        self.leased >= BATCH as usize
    }
}

impl Retrier {
    /// A worker with a name of its own.
    ///
    /// # Errors
    /// [`Reason::Internal`] without randomness.
    pub fn new(context: Context) -> Result<Self, Reason> {
        let owner = hex::encode(context.ids.challenge()?);
        Ok(Self { context, owner })
    }

    /// Judges a batch of what is due, the longest waiting first.
    ///
    /// # Errors
    /// The store failed, or every worker is busy; what was leased comes free.
    pub async fn run_due(&self) -> Result<Worked, Refusal> {
        let now = self.context.clock.now();
        let lease = Lease {
            owner: self.owner.clone(),
            until: now.plus(LEASE),
        };
        let due = self.context.store.lease_due(&lease, now, BATCH).await?;
        let mut worked = Worked {
            leased: due.len(),
            ..Worked::default()
        };
        for due in &due {
            match self.retry(&lease, due).await {
                Ok(Retried::Ended) => worked.ended += 1,
                Ok(Retried::Deferred) => worked.deferred += 1,
                Ok(Retried::Superseded) => {}
                Err(refusal) => {
                    tracing::warn!(
                        application = %due.application,
                        reason = refusal.reason.code(),
                        "a deferred application was not judged"
                    );
                    if matches!(refusal.reason, Reason::Busy | Reason::StoreUnavailable) {
                        self.context.store.release(&lease).await?;
                        return Err(refusal);
                    }
                    self.put_off(&lease, due, now).await?;
                }
            }
        }
        Ok(worked)
    }

    /// What is at fault itself must not stand before the others: it waits for the longest pause, until somebody has
    /// mended it.
    async fn put_off(&self, lease: &Lease, due: &Due, now: UnixSeconds) -> Result<(), Refusal> {
        tracing::error!(
            application = %due.application,
            "what a deferred application rests on cannot be read: it stays deferred and is tried again; restore the \
             database from a backup / основания отложенного заявления не читаются: оно остаётся отложенным и будет \
             проверено снова; восстановите базу данных из копии"
        );
        let next = now.plus(self.context.settings.pauses.longest);
        Ok(self.context.store.postpone(lease, due, next).await?)
    }

    /// Gives up what is leased.
    ///
    /// # Errors
    /// The store failed; the leases then run out.
    pub async fn release(&self) -> Result<(), Refusal> {
        let lease = Lease {
            owner: self.owner.clone(),
            until: self.context.clock.now(),
        };
        Ok(self.context.store.release(&lease).await?)
    }

    async fn retry(&self, lease: &Lease, due: &Due) -> Result<Retried, Refusal> {
        let context = &self.context;
        let evidence = context.store.evidence(&due.evidence).await?;
        let evidence = evidence.ok_or(Reason::Internal)?;
        let retried = retry(context, due, (lease, evidence)).await?;
        tracing::info!(application = %due.application, outcome = ?retried, "judged again");
        Ok(retried)
    }
}
