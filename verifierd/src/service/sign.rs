//! Signs heads of the log: each continues the one before it, or is not signed.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use audit_log::{Checkpoint, SigningKey, VerifyingKey, consistency_spans, verify_consistency};

use super::{
    change::TreeHead,
    ports::{
        Store, StoreError,
        kept_head::{KeptHead, NotKept},
    },
    refusal::Refusal,
};
use crate::domain::reason::Reason;

/// Checkpoints that are remembered: one a size, however often it is asked for.
const REMEMBERED: usize = 64;

/// Signs the heads of the log.
///
/// Two heads that one key has signed are of one log: each is shown, by the log's own nodes, to be the beginning or the
/// continuation of the highest one vouched for before, which is kept outside of the database. The file is written once
/// for all that is asked meanwhile.
pub struct Signer {
    key: SigningKey,
    kept: Box<dyn KeptHead>,
    /// The highest head vouched for; whoever raises it has the lock.
    highest: tokio::sync::Mutex<Option<TreeHead>>,
    signed: Mutex<VecDeque<(TreeHead, String)>>,
    /// The log was found not to continue, and not to continue since.
    is_broken: AtomicBool,
}

impl Signer {
    /// Signs with `key`; the highest head is kept at `kept`.
    pub fn new(key: SigningKey, kept: Box<dyn KeptHead>) -> Self {
        Self {
            key,
            kept,
            highest: tokio::sync::Mutex::new(None),
            signed: Mutex::new(VecDeque::with_capacity(REMEMBERED)),
            is_broken: AtomicBool::new(false),
        }
    }

    /// What checks its signatures.
    pub fn key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    /// The signed checkpoint of a head of the log in `store`.
    ///
    /// # Errors
    /// [`Reason::LogNotContinued`], [`Reason::LogHeadNotKept`], [`Reason::StoreUnavailable`].
    pub async fn checkpoint(&self, store: &dyn Store, head: &TreeHead) -> Result<String, Refusal> {
        if let Some(checkpoint) = self.remembered(head) {
            return Ok(checkpoint);
        }
        self.vouch(store, head).await?;
        let checkpoint = Checkpoint::sign(&self.key, head.size, &head.root);
        self.remember(head, &checkpoint);
        Ok(checkpoint)
    }

    /// Whether anything may be decided: under a log that was found not to continue nothing is, until it does again.
    ///
    /// # Errors
    /// As [`checkpoint`](Self::checkpoint).
    pub async fn may_go_on(&self, store: &dyn Store) -> Result<(), Refusal> {
        match self.is_broken.load(Ordering::Relaxed) {
            false => Ok(()),
            true => {
                let head = store.tree_head().await?;
                self.vouch(store, &head).await
            }
        }
    }

    /// Shows that `head` is of the log that was vouched for before.
    async fn vouch(&self, store: &dyn Store, head: &TreeHead) -> Result<(), Refusal> {
        let shown = match self.highest(store, head).await {
            Ok(highest) => continued(store, head, &highest).await,
            Err(refusal) => Err(refusal),
        };
        match &shown {
            Ok(()) => self.is_broken.store(false, Ordering::Relaxed),
            Err(refusal) if refusal.reason == Reason::LogNotContinued => {
                self.is_broken.store(true, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        shown
    }

    fn remembered(&self, head: &TreeHead) -> Option<String> {
        let signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        let found = signed.iter().find(|(of, _)| of == head);
        found.map(|(_, checkpoint)| checkpoint.clone())
    }

    fn remember(&self, head: &TreeHead, checkpoint: &str) {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if signed.len() == REMEMBERED {
            signed.pop_front();
        }
        signed.push_back((*head, checkpoint.to_owned()));
    }

    /// The highest head vouched for, which is not lower than `head`.
    async fn highest(&self, store: &dyn Store, head: &TreeHead) -> Result<TreeHead, Refusal> {
        let mut highest = self.highest.lock().await;
        match *highest {
            Some(highest) if highest.size >= head.size => Ok(highest),
            before => {
                let now = self.raise(store, before).await?;
                *highest = Some(now);
                Ok(now)
            }
        }
    }

    /// Takes the log as it stands for the highest head, after it was shown to continue the one before.
    async fn raise(
        &self,
        store: &dyn Store,
        before: Option<TreeHead>,
    ) -> Result<TreeHead, Refusal> {
        let held = self.kept.hold().await.map_err(|fault| not_kept(&fault))?;
        let last = held.last().map(|note| Checkpoint::open(self.key(), note));
        let last = last.transpose().map_err(|_| unreadable())?;
        let last = last.map(|it| TreeHead {
            size: it.size,
            root: it.root,
        });
        // After the lock: what others of this place have vouched for is in the log.
        let now = store.tree_head().await?;
        for before in before.iter().chain(&last) {
            if before.size > now.size {
                return Err(not_continued(before, &now));
            }
            continued(store, before, &now).await?;
        }
        if last.is_none() && now.size > 0 && before.is_none() {
            tracing::warn!(
                size = now.size,
                "no head of the log was kept until now: whether an older copy was put back is not seen / до сих пор \
                 контрольная точка журнала не хранилась: подмену старой копией сейчас не увидеть"
            );
        }
        if last != Some(now) {
            let note = Checkpoint::sign(&self.key, now.size, &now.root);
            held.keep(&note).await.map_err(|fault| not_kept(&fault))?;
        }
        Ok(now)
    }
}

/// Shows that two heads are of one log, by the nodes that it has.
async fn continued(store: &dyn Store, one: &TreeHead, other: &TreeHead) -> Result<(), Refusal> {
    let (first, second) = match one.size <= other.size {
        true => (one, other),
        false => (other, one),
    };
    let spans = consistency_spans(first.size, second.size).ok_or(Reason::Internal)?;
    let shown = match store.span_hashes(&spans).await {
        Ok(hashes) => verify_consistency(
            (first.size, &first.root),
            (second.size, &second.root),
            &hashes,
        )
        .is_ok(),
        // Nodes that are not there show nothing.
        Err(StoreError::Corrupt(_)) => false,
        Err(error) => return Err(error.into()),
    };
    match shown {
        true => Ok(()),
        false => Err(not_continued(first, second)),
    }
}

fn not_continued(kept: &TreeHead, found: &TreeHead) -> Refusal {
    tracing::error!(
        first = kept.size,
        first_root = hex::encode(kept.root),
        second = found.size,
        second_root = hex::encode(found.root),
        "the audit log does not continue what was signed: an older copy of the database was put back, or its entries were \
         changed; nothing is signed. Put the newest copy back; docs/audit-log.md, \"An older copy\" / журнал не продолжает \
         подписанное: вместо базы положена старая копия или записи изменены; подписей не будет. Верните самую новую \
         копию; docs/audit-log.md, «An older copy»"
    );
    Reason::LogNotContinued.into()
}

fn unreadable() -> Refusal {
    tracing::error!(
        "the kept head of the log is not one that this key has signed: the file was changed or is another log's; nothing is \
         signed; docs/audit-log.md, \"An older copy\" / сохранённая контрольная точка не подписана этим ключом: файл изменён \
         или от другого журнала; подписей не будет; docs/audit-log.md, «An older copy»"
    );
    Reason::LogNotContinued.into()
}

fn not_kept(fault: &NotKept) -> Refusal {
    tracing::error!(
        %fault,
        "the head of the log cannot be kept, so that it is not signed: give the daemon the right to the file / контрольную \
         точку журнала не сохранить, поэтому она не подписана: дайте сервису права на файл"
    );
    Refusal::from(Reason::LogHeadNotKept).with_retry_after(1)
}
