//! Whether the daemon can do what it is there for: what its health says.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;
use tonic_health::{
    ServingStatus,
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};

use crate::{
    domain::reason::Reason,
    service::{Context, refusal::Refusal},
};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(5);

/// Services that answer without the database and the log.
const WITHOUT_STORE: &[&str] = &[
    "verifier.v1.TrustService",
    "verifier.v1.VerificationService",
];

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// Calls are answered.
    Yes,
    /// The database or the log does not allow it: why.
    No(Reason),
    /// The daemon was told to stop; calls in progress end.
    Stopping,
}

/// Tells by `grpc.health.v1` whether calls are answered: of each service by its name, of all together without one.
#[derive(Clone)]
pub struct Readiness {
    context: Context,
    reporter: HealthReporter,
    names: Arc<Vec<&'static str>>,
    /// What was told last; one look at a time.
    told: Arc<Mutex<Option<Ready>>>,
}

impl Readiness {
    pub(super) fn new(context: Context, names: Vec<&'static str>) -> Self {
        Self {
            context,
            reporter: HealthReporter::new(),
            names: Arc::new(names),
            told: Arc::default(),
        }
    }

    pub(super) fn server(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()))
    }

    /// Looks, and tells what it found.
    pub async fn look(&self) -> Ready {
        let mut told = self.told.lock().await;
        let found = self.found().await;
        for name in self.names.iter() {
            let is_ready = match WITHOUT_STORE.contains(name) {
                true => found != Ready::Stopping,
                false => found == Ready::Yes,
            };
            self.tell(name, is_ready).await;
        }
        self.tell("", found == Ready::Yes).await;
        if *told != Some(found) {
            match found {
                Ready::Yes => tracing::info!("ready"),
                Ready::Stopping => tracing::info!("stopping"),
                Ready::No(reason) => tracing::error!(reason = reason.code(), "not ready"),
            }
        }
        *told = Some(found);
        found
    }

    async fn tell(&self, name: &str, is_ready: bool) {
        let status = match is_ready {
            true => ServingStatus::Serving,
            false => ServingStatus::NotServing,
        };
        self.reporter.set_service_status(name, status).await;
    }

    async fn found(&self) -> Ready {
        let asked = match *self.context.stopping.borrow() {
            true => None,
            false => Some(self.ask()),
        };
        let answered = match asked {
            Some(asked) => asked.await,
            None => return Ready::Stopping,
        };
        match (*self.context.stopping.borrow(), answered) {
            (true, _) => Ready::Stopping,
            (false, Ok(())) => Ready::Yes,
            (false, Err(refusal)) => Ready::No(refusal.reason),
        }
    }

    /// Whether the database answers and its log is the one that was signed before.
    async fn ask(&self) -> Result<(), Refusal> {
        let store = &*self.context.store;
        store.tree_head().await?;
        self.context.log.may_go_on(store).await
    }

    /// Looks from time to time; never ends.
    pub(super) async fn keep_looking(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let _ = self.look().await;
        }
    }
}
