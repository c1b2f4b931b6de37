//! What the daemon does without being asked.

use std::time::Duration;

use super::{
    Context,
    deferral::{Retrier, Worked},
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
}

impl Chores {
    /// The chores of one daemon.
    ///
    /// # Errors
    /// [`Reason::Internal`] without randomness.
    pub fn new(context: Context) -> Result<Self, Reason> {
        Ok(Self {
            retrier: Retrier::new(context)?,
        })
    }

    /// Who judges deferred applications again.
    pub fn retrier(&self) -> &Retrier {
        &self.retrier
    }

    /// Does what is to be done, from time to time; never ends.
    pub async fn keep_doing(&self) {
        loop {
            self.look().await;
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn look(&self) {
        for _ in 0..STEPS {
            // What went wrong is in the log, and is tried again at the next look.
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
