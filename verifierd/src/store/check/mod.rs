//! Checks a whole database against its audit log: every leaf, node and event, and every row that they speak of.

mod enrolments;
mod fault;
mod rows;
mod said;
mod state;
mod walk;

use audit_log::{Checkpoint, Hash, Node};
use sqlx::{AnyConnection, Connection as _, any::AnyRow};

use super::{
    SqlStore,
    log::{LEVELS, frontier},
    record::column,
    unavailable,
};
use crate::service::ports::StoreError;

pub use fault::{Fault, Faults, What};
use said::Said;
pub use walk::Walk;

/// Leaves that are read at once.
const PAGE: i64 = 256;

/// What a check came to.
#[derive(Debug)]
pub struct Checked {
    /// Number of leaves.
    pub size: u64,
    /// The root of what is there.
    pub root: Hash,
    /// What is not as the log says.
    pub faults: Faults,
}

struct Check<'a> {
    connection: &'a mut AnyConnection,
    store: &'a SqlStore,
    walk: Walk<'a>,
    said: Said,
    nodes: i64,
}

impl SqlStore {
    /// Checks everything against the log, and the log against the heads that were signed before. Daemons may go on: what
    /// they write after it began is not looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn check(&self, signed: &[Checkpoint]) -> Result<Checked, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        let mut snapshot = connection.begin().await.map_err(unavailable)?;
        rows::still(&mut snapshot).await?;
        let mut check = Check {
            connection: &mut snapshot,
            store: self,
            walk: Walk::new(signed),
            said: Said::default(),
            nodes: 0,
        };
        check.leaves().await?;
        check.head().await?;
        check.surplus().await?;
        check.applications().await?;
        check.links().await?;
        check.enrolments().await?;
        check.accounts().await?;
        check.walk.end();
        let (size, root) = (check.walk.size(), check.walk.root());
        let faults = check.walk.faults;
        Ok(Checked { size, root, faults })
    }
}

fn place(row: &AnyRow) -> Result<u64, StoreError> {
    let place: i64 = column(row, "sequence")?;
    u64::try_from(place).map_err(|_| StoreError::Corrupt("sequence"))
}

impl Check<'_> {
    async fn leaves(&mut self) -> Result<(), StoreError> {
        loop {
            let first = self.walk.size();
            let rows = rows::page(self.connection, rows::LEAVES, first).await?;
            let Some(last) = rows.last().map(place).transpose()? else {
                return Ok(());
            };
            let mut leaves = Vec::new();
            for row in &rows {
                // A table that was given a gap of any size is named once for each of its first thousand places.
                while self.walk.size() < place(row)? {
                    if self.walk.faults.more > 0 {
                        return Ok(());
                    }
                    self.walk.missing();
                }
                let octets: Vec<u8> = column(row, "leaf")?;
                let hash: Vec<u8> = column(row, "hash")?;
                let (leaf, completed) = self.walk.leaf(&octets, Some(&hash));
                for (node, hash) in completed {
                    self.node(node, hash).await?;
                }
                leaves.extend(leaf);
            }
            self.events(first, last, &leaves).await?;
            for leaf in &leaves {
                self.outcome(leaf).await?;
                self.said.take(leaf);
            }
        }
    }

    async fn node(&mut self, node: Node, hash: Hash) -> Result<(), StoreError> {
        if !node.level.is_multiple_of(LEVELS) {
            return Ok(());
        }
        let index = i64::try_from(node.index).map_err(|_| StoreError::Corrupt("audit_node"))?;
        let row = sqlx::query("SELECT hash FROM audit_node WHERE level = $1 AND position = $2")
            .bind(i64::from(node.level))
            .bind(index)
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(unavailable)?;
        let stored: Option<Vec<u8>> = row.map(|row| column(&row, "hash")).transpose()?;
        let span = node.leaves();
        let row = || {
            format!(
                "{}/{index} (audit_leaf {}..{})",
                node.level,
                span.start,
                span.end - 1
            )
        };
        match stored {
            None => self.walk.faults.add("audit_node", row(), What::Missing),
            Some(stored) => {
                self.nodes += 1;
                if stored != hash && !self.walk.is_broken(node) {
                    self.walk
                        .faults
                        .add("audit_node", row(), What::NotItsLeaves);
                }
            }
        }
        Ok(())
    }

    async fn head(&mut self) -> Result<(), StoreError> {
        let head = match frontier(self.connection).await {
            Ok(head) => head,
            Err(StoreError::Corrupt(_)) => {
                self.walk.faults.add("audit_head", 1, What::Edited);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        // Leaves that were taken off the end.
        while self.walk.size() < head.size() && self.walk.faults.more == 0 {
            self.walk.missing();
        }
        if head.size() < self.walk.size() {
            for place in head.size()..self.walk.size() {
                self.walk.faults.add("audit_leaf", place, What::NotInLog);
            }
            return Ok(());
        }
        let peaks: Vec<_> = self.walk.frontier().peaks().zip(head.peaks()).collect();
        for ((node, ours), (_, stored)) in peaks {
            let span = node.leaves();
            if ours != stored && !self.walk.is_broken(node) {
                let row = format!("1 (audit_leaf {}..{})", span.start, span.end - 1);
                self.walk.faults.add("audit_head", row, What::NotItsLeaves);
            }
        }
        Ok(())
    }
}
