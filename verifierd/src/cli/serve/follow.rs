//! What may change while the daemon runs is looked at from time to time, and at SIGHUP at once.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    listen::{Door, tls},
    service::{
        follow::{Follower, Looked},
        ports::{Clock as _, SystemClock},
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

/// Days before the end of the daemon's certificate in which the log says so.
const NOTICE: i64 = 30;

/// Tells of the end of the daemon's certificate: once for each number of days that are left.
#[derive(Default)]
struct Expiry {
    told: Option<i64>,
}

impl Expiry {
    fn tell(&mut self, days: Option<i64>) {
        let due = Self::due(days);
        if due == self.told {
            return;
        }
        self.told = due;
        match due {
            None => {}
            Some(..0) => tracing::error!(
                "the daemon's certificate has expired: callers refuse the daemon; put a new one in place"
            ),
            Some(days) => tracing::warn!(
                days,
                "the daemon's certificate is about to expire; put a new one in place"
            ),
        }
    }

    /// What is to be told: a certificate that has ended has done so once.
    fn due(days: Option<i64>) -> Option<i64> {
        days.filter(|days| *days < NOTICE).map(|days| days.max(-1))
    }
}

/// Looks at the files of TLS; never ends.
pub(super) async fn tls(mut times: Times, door: Door) {
    let Door::Tls(files) = door else {
        return std::future::pending().await;
    };
    let mut told = None;
    let mut expiry = Expiry::default();
    loop {
        expiry.tell(files.days_left(SystemClock.now()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_told_once_a_day() {
        let table = [
            (None, None),
            (Some(30), None),
            (Some(29), Some(29)),
            (Some(0), Some(0)),
            (Some(-1), Some(-1)),
            (Some(-400), Some(-1)),
        ];
        for (days, due) in table {
            assert_eq!(Expiry::due(days), due);
        }
        let mut expiry = Expiry::default();
        for (days, told) in [(29, Some(29)), (29, Some(29)), (-2, Some(-1)), (300, None)] {
            expiry.tell(Some(days));
            assert_eq!(expiry.told, told);
        }
    }
}
