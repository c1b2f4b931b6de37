//! What the daemon does without being asked.

use std::time::Duration;

use super::{
    Context,
    deferral::{Retrier, Worked},
    sweep::{Sweeper, Swept},
};
use crate::domain::reason::Reason;

/// Between two looks at what is to be done.
const LOOK: Duration = Duration::from_secs(5);

/// Steps at one look, at most: what is left is done at the next.
const STEPS: usize = 64;

/// Every chore. Several daemons over one database may do them.
#[derive(Clone)]
pub struct Chores {
    retrier: Retrier,
    sweeper: Sweeper,
}

impl Chores {
    /// The chores of one daemon.
    ///
    /// # Errors
    /// [`Reason::Internal`] without randomness.
    pub fn new(context: Context) -> Result<Self, Reason> {
        Ok(Self {
            sweeper: Sweeper::new(context.clone()),
            retrier: Retrier::new(context)?,
        })
    }

    /// Who judges deferred applications again.
    pub fn retrier(&self) -> &Retrier {
        &self.retrier
    }

    /// Who tells of checks overdue and certificates about to expire.
    pub fn sweeper(&self) -> &Sweeper {
        &self.sweeper
    }

    /// Does what is to be done, from time to time; never ends.
    pub async fn keep_doing(&self) {
        loop {
            self.look().await;
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn look(&self) {
        // What went wrong is in the log, and is tried again at the next look.
        for _ in 0..STEPS {
            if !self.sweeper.tell_due().await.is_ok_and(Swept::is_full) {
                break;
            }
        }
        for _ in 0..STEPS {
            if !self.retrier.run_due().await.is_ok_and(Worked::is_full) {
                return;
            }
        }
    }

    /// Leaves to others what was begun.
    pub async fn stop(&self) {
        if let Err(refusal) = self.retrier.release().await {
            tracing::warn!(reason = refusal.reason.code(), "leases are left to run out");
        }
    }
}
