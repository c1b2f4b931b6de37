//! What may change while the daemon runs is looked at from time to time, and at SIGHUP at once.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    listen::{Door, tls},
    service::{
        follow::{Follower, Looked},
        ports::SystemClock,
    },
};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(5);

/// When to look.
pub(super) struct Times(Option<Signal>);

impl Times {
    /// From now on SIGHUP does not end the daemon.
    pub(super) fn new() -> Self {
        Self(signal(SignalKind::hangup()).ok())
    }

    async fn next(&mut self) {
        let hangup = async {
            match &mut self.0 {
                Some(told) => told.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = hangup => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Looks at which snapshots are active; never ends.
pub(super) async fn trust(mut times: Times, mut follower: Option<Follower<SystemClock>>) {
    loop {
        times.next().await;
        // Reading a snapshot takes a while, in which requests go on.
        let Some(mut looking) = follower.take() else {
            return std::future::pending().await;
        };
        let looked = tokio::task::spawn_blocking(move || {
            let looked = [looking.look(), looking.look_at_lists()];
            (looking, looked)
        });
        let Ok((back, looked)) = looked.await else {
            tracing::error!("the active trust snapshot is no longer followed");
            return std::future::pending().await;
        };
        follower = Some(back);
        for looked in looked {
            match looked {
                Looked::Same => {}
                Looked::Live { id, days } => tracing::info!(%id, days, "trust snapshot is live"),
                Looked::Gone => tracing::info!("no European trusted lists are active any more"),
                Looked::Kept(fault) => {
                    tracing::error!(%fault, "the trust snapshot stays as it was");
                }
            }
        }
    }
}

/// Looks at the files of TLS; never ends.
pub(super) async fn tls(mut times: Times, door: Door) {
    let Door::Tls(files) = door else {
        return std::future::pending().await;
    };
    let mut told = None;
    loop {
        times.next().await;
        let looking = std::sync::Arc::clone(&files);
        let Ok(looked) = tokio::task::spawn_blocking(move || looking.look()).await else {
            tracing::error!("the files of TLS are no longer followed");
            return std::future::pending().await;
        };
        match looked {
            tls::Looked::Same => told = None,
            tls::Looked::Renewed => {
                told = None;
                tracing::info!("the certificates of TLS are renewed");
            }
            tls::Looked::Kept(fault) => {
                // Once for each fault: it is found again at every look.
                if told.as_ref() != Some(&fault) {
                    tracing::error!(%fault, "the certificates of TLS stay as they were");
                }
                told = Some(fault);
            }
        }
    }
}
