//! The audit log as it lies in the database, checked by code that the daemon does not share.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use openssl::sha::Sha256;
use serde_json::Value;
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, Row as _};

use super::daemon::Database;

type Hash = [u8; 32];

/// What was found in a database.
#[derive(Clone, Debug)]
pub struct Log {
    /// Hashes of the leaves, in order.
    pub leaves: Vec<Hash>,
}

impl Log {
    /// Reads the log and checks it: no gap, every hash that of its leaf (RFC 6962 §2.1), the head that of the leaves, one
    /// event a leaf, one leaf an outcome, one accepted outcome behind every confirmation.
    pub async fn read(database: &Database) -> Result<Self> {
        install_default_drivers();
        let pool = AnyPool::connect(&database.url())
            .await
            .context("connect to the database")?;
        let found = Self::of(&pool).await;
        pool.close().await;
        found
    }

    async fn of(pool: &AnyPool) -> Result<Self> {
        let rows = sqlx::query("SELECT sequence, leaf, hash FROM audit_leaf ORDER BY sequence")
            .fetch_all(pool)
            .await?;
        let mut leaves = Vec::with_capacity(rows.len());
        for row in &rows {
            let sequence: i64 = row.try_get("sequence")?;
            ensure!(
                usize::try_from(sequence)? == leaves.len(),
                "leaf {} is missing",
                leaves.len()
            );
            let leaf: Vec<u8> = row.try_get("leaf")?;
            let hash: Vec<u8> = row.try_get("hash")?;
            let own = digest(&[&[0], &leaf]);
            ensure!(hash == own, "the hash of leaf {sequence} is not its own");
            leaves.push(own);
        }
        let head = sqlx::query("SELECT size, frontier FROM audit_head WHERE one = 1")
            .fetch_one(pool)
            .await?;
        let size: i64 = head.try_get("size")?;
        let frontier: Vec<u8> = head.try_get("frontier")?;
        ensure!(
            usize::try_from(size)? == leaves.len(),
            "the head tells of {size} leaves, there are {}",
            leaves.len()
        );
        ensure!(
            frontier == peaks(&leaves).concat(),
            "the head is not that of the leaves"
        );
        for (what, sql) in NONE {
            let row = sqlx::query(sql).fetch_one(pool).await?;
            let count: i64 = row.try_get(0)?;
            ensure!(count == 0, "{count} {what}");
        }
        Ok(Self { leaves })
    }

    /// Nothing that `earlier` holds has changed.
    pub fn continues(&self, earlier: &Self) -> Result<()> {
        ensure!(
            self.leaves.starts_with(&earlier.leaves),
            "the log is not a continuation of what it was"
        );
        Ok(())
    }
}

/// What must not be in a database, and how it would be found.
const NONE: [(&str, &str); 5] = [
    (
        "leaves without an event",
        "SELECT COUNT(*) FROM audit_leaf l WHERE NOT EXISTS \
         (SELECT 1 FROM event e WHERE e.sequence = l.sequence)",
    ),
    (
        "outcomes whose event is of another application",
        "SELECT COUNT(*) FROM outcome o WHERE NOT EXISTS (SELECT 1 FROM event e \
         WHERE e.sequence = o.audit_sequence AND e.application_id = o.application_id)",
    ),
    (
        "accepted applications without exactly one event of it",
        "SELECT COUNT(*) FROM outcome o WHERE o.decision = 'ACCEPTED' AND \
         (SELECT COUNT(*) FROM event e WHERE e.application_id = o.application_id \
         AND e.kind = 'APPLICATION_ACCEPTED') <> 1",
    ),
    (
        "confirmed accounts without an accepted application",
        "SELECT COUNT(*) FROM account a WHERE a.level = 'CONFIRMED' AND NOT EXISTS \
         (SELECT 1 FROM application p JOIN outcome o ON o.application_id = p.application_id \
         WHERE p.account_id = a.account_id AND o.decision = 'ACCEPTED')",
    ),
    (
        "events of acceptance without an outcome",
        "SELECT COUNT(*) FROM event e WHERE e.kind = 'APPLICATION_ACCEPTED' AND NOT EXISTS \
         (SELECT 1 FROM outcome o WHERE o.application_id = e.application_id \
         AND o.decision = 'ACCEPTED')",
    ),
];

/// How many leaves tell of a judgement, by application.
pub async fn decisions(database: &Database) -> Result<BTreeMap<String, usize>> {
    install_default_drivers();
    let pool = AnyPool::connect(&database.url()).await?;
    let rows = sqlx::query("SELECT leaf FROM audit_leaf")
        .fetch_all(&pool)
        .await?;
    pool.close().await;
    let mut decisions = BTreeMap::new();
    for row in &rows {
        let leaf: Vec<u8> = row.try_get("leaf")?;
        let leaf: Value = serde_json::from_slice(&leaf)?;
        if !leaf["evidence"].is_null() {
            let application = leaf["application"].as_str().context("an application")?;
            *decisions.entry(application.to_owned()).or_default() += 1;
        }
    }
    Ok(decisions)
}

/// The first column of a query, as text.
pub async fn texts(database: &Database, sql: &'static str) -> Result<Vec<String>> {
    install_default_drivers();
    let pool = AnyPool::connect(&database.url()).await?;
    let rows = sqlx::query(sql).fetch_all(&pool).await?;
    pool.close().await;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// One number of a query.
pub async fn count(database: &Database, sql: &'static str) -> Result<i64> {
    install_default_drivers();
    let pool = AnyPool::connect(&database.url()).await?;
    let row = sqlx::query(sql).fetch_one(&pool).await?;
    pool.close().await;
    Ok(row.try_get(0)?)
}

fn digest(parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finish()
}

/// The roots of the perfect subtrees, largest first.
fn peaks(leaves: &[Hash]) -> Vec<Hash> {
    let mut rest = leaves;
    let mut peaks = Vec::new();
    while let Some(bits) = rest.len().checked_ilog2() {
        let (perfect, others) = rest.split_at(1 << bits);
        peaks.push(root(perfect));
        rest = others;
    }
    peaks
}

/// RFC 6962 §2.1 over 2^n leaves.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            digest(&[&[1], &root(left), &root(right)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_of_the_reference_tests() {
        // The first three leaves of the Certificate Transparency reference tests.
        let leaves = [&b""[..], b"\0", b"\x10"].map(|leaf| digest(&[&[0], leaf]));
        let [two, third] = peaks(&leaves).try_into().unwrap();
        assert_eq!(third, leaves[2]);
        let three = digest(&[&[1], &two, &third]);
        assert_eq!(
            hex::encode(three),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
    }

    #[test]
    fn a_log_continues_only_what_it_was() {
        let log = |leaves: &[u8]| Log {
            leaves: leaves.iter().map(|leaf| [*leaf; 32]).collect(),
        };
        log(&[1, 2, 3]).continues(&log(&[1, 2])).unwrap();
        assert!(log(&[1]).continues(&log(&[1, 2])).is_err());
        assert!(log(&[1, 3, 3]).continues(&log(&[1, 2])).is_err());
    }
}
