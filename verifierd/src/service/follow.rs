//! The active snapshots of a store become those that requests are judged by: that of the accredited authorities, and that of
//! European lists.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sig_core::{
    Error, UnixTime,
    alg::provider::Algorithms,
    trust::{
        etsi_list::EtsiSnapshot,
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
    /// The same of European lists.
    failed_lists: Option<String>,
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
        /// Age of its newest list, in days; of European ones, that of the oldest.
        days: i64,
    },
    /// No European lists are active any more.
    Gone,
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
            failed_lists: None,
        }
    }

    /// Reads the pointer and, if it names another snapshot, that one; requests go on meanwhile.
    pub fn look(&mut self) -> Looked {
        let found = self.next().map(|next| match next {
            None => Looked::Same,
            Some(snapshot) => {
                let live = self.live(snapshot.id(), snapshot.newest().issued_at());
                self.judge.replace(snapshot);
                live
            }
        });
        once(&mut self.failed, found)
    }

    /// The same for European lists. When their pointer is taken away, so are they.
    pub fn look_at_lists(&mut self) -> Looked {
        let found = self.next_lists();
        once(&mut self.failed_lists, found)
    }

    fn live(&self, id: &str, issued: UnixTime) -> Looked {
        Looked::Live {
            id: id.to_owned(),
            days: (self.clock.now().seconds() - issued.seconds()) / DAY,
        }
    }

    fn next(&self) -> Result<Option<TrustSnapshot>, StoreFault> {
        let store = TrustStore::open(&self.folder)?;
        if store.active()? == Some(self.judge.trust_id()) {
            return Ok(None);
        }
        ready(&store, self.judge.algorithms()).map(Some)
    }

    fn next_lists(&self) -> Result<Looked, StoreFault> {
        let store = TrustStore::open(&self.folder)?;
        if store.active_lists()? == self.judge.lists_id() {
            return Ok(Looked::Same);
        }
        let lists = ready_lists(&store, self.judge.algorithms())?;
        let looked = match &lists {
            None => Looked::Gone,
            Some(lists) => {
                let all = lists.editions().iter();
                let oldest = all.map(|it| it.list().header.issued_at).min();
                self.live(lists.id(), oldest.unwrap_or(UnixTime::from_seconds(0)))
            }
        };
        self.judge.replace_lists(lists);
        Ok(looked)
    }
}

/// What a look found, the same fault told once.
fn once(failed: &mut Option<String>, found: Result<Looked, StoreFault>) -> Looked {
    match found {
        Ok(looked) => {
            *failed = None;
            looked
        }
        Err(fault) => {
            let text = fault.to_string();
            if failed.as_ref() == Some(&text) {
                return Looked::Same;
            }
            *failed = Some(text);
            Looked::Kept(fault)
        }
    }
}

/// The active European lists of a store; none when it has none.
///
/// # Errors
/// They cannot be used.
pub fn ready_lists(
    store: &TrustStore,
    algorithms: &'static Algorithms,
) -> Result<Option<EtsiSnapshot>, StoreFault> {
    let id = store.active_lists()?;
    id.map(|id| store.read_lists(&id, algorithms)).transpose()
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
