//! The active snapshot of a store becomes the one that requests are judged by.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sig_core::{
    Error,
    alg::provider::Algorithms,
    trust::{
        mintsifry_list::ListLimits,
        snapshot::{StoredRefused, TrustSnapshot},
    },
};

use super::{ports::Clock, verify::Judge};
use crate::trust_store::{StoreFault, TrustStore};

/// Looks at which snapshot is active and puts a new one before the judge.
#[derive(Debug)]
pub struct Follower<C> {
    folder: PathBuf,
    judge: Arc<Judge>,
    clock: C,
    /// What could not be used the last time, so that it is said once.
    failed: Option<String>,
}

/// What a look found.
#[derive(Debug)]
pub enum Looked {
    /// Nothing new.
    Same,
    /// Another snapshot is live.
    Live {
        /// Its id.
        id: String,
        /// Age of its newest list, in days.
        days: i64,
    },
    /// The new one cannot be used; the old one stays. Said once for each fault.
    Kept(StoreFault),
}

const DAY: i64 = 86_400;

impl<C: Clock> Follower<C> {
    /// Follows a store for a judge.
    pub fn new(folder: &Path, judge: Arc<Judge>, clock: C) -> Self {
        Self {
            folder: folder.to_owned(),
            judge,
            clock,
            failed: None,
        }
    }

    /// Reads the pointer and, if it names another snapshot, that one; requests go on meanwhile.
    pub fn look(&mut self) -> Looked {
        match self.next() {
            Ok(None) => {
                self.failed = None;
                Looked::Same
            }
            Ok(Some(snapshot)) => {
                self.failed = None;
                let id = snapshot.id().to_owned();
                let issued = snapshot.newest().issued_at().seconds();
                let days = (self.clock.now().seconds() - issued) / DAY;
                self.judge.replace(snapshot);
                Looked::Live { id, days }
            }
            Err(fault) => {
                let text = fault.to_string();
                if self.failed.as_ref() == Some(&text) {
                    return Looked::Same;
                }
                self.failed = Some(text);
                Looked::Kept(fault)
            }
        }
    }

    fn next(&self) -> Result<Option<TrustSnapshot>, StoreFault> {
        let store = TrustStore::open(&self.folder)?;
        if store.active()? == Some(self.judge.trust_id()) {
            return Ok(None);
        }
        ready(&store, self.judge.algorithms()).map(Some)
    }
}

/// The active snapshot of a store, its keys prepared for many requests.
///
/// # Errors
/// There is none, or it cannot be used.
pub fn ready(
    store: &TrustStore,
    algorithms: &'static Algorithms,
) -> Result<TrustSnapshot, StoreFault> {
    let snapshot = store.read_active(algorithms)?.snapshot;
    let prepared = snapshot.with_prepared_keys(algorithms, ListLimits::STANDARD);
    prepared.map_err(|error| {
        let why = match error {
            Error::BackEndsDisagree(disagreement) => StoredRefused::BackEndsDisagree(disagreement),
            _ => StoredRefused::Inconsistent,
        };
        StoreFault::Refused(store.folder().to_owned(), why)
    })
}
