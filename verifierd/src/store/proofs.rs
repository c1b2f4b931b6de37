//! Reading the audit log: hashes of spans, leaves, the log's key.

use std::{fmt::Write as _, ops::Range};

use async_trait::async_trait;
use audit_log::{Hash, Node, perfect, root, span_root};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{SqlStore, log::LEVELS, unavailable};
use crate::{
    domain::ids::ApplicationId,
    service::ports::{StoreError, audit_log::AuditLog},
};

/// Nodes whose rows one statement reads.
const NODES: usize = 64;

#[async_trait]
impl AuditLog for SqlStore {
    async fn span_hashes(&self, spans: &[Range<u64>]) -> Result<Vec<Hash>, StoreError> {
        let nodes: Vec<_> = spans.iter().map(perfect).collect();
        let mut hashes = self.node_hashes(&nodes.concat()).await?.into_iter();
        let spans = nodes.iter().map(|nodes| {
            let perfect: Vec<_> = hashes.by_ref().take(nodes.len()).collect();
            span_root(&perfect)
        });
        Ok(spans.collect())
    }

    async fn leaves(&self, first: u64, count: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = sqlx::query(
            "SELECT leaf FROM audit_leaf WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
        )
        .bind(i64::try_from(first).unwrap_or(i64::MAX))
        .bind(i64::from(count))
        .fetch_all(&self.reader)
        .await
        .map_err(unavailable)?;
        let leaf = |row: &AnyRow| row.try_get("leaf").map_err(unavailable);
        rows.iter().map(leaf).collect()
    }

    async fn leaf_of_hash(&self, hash: &Hash) -> Result<Option<u64>, StoreError> {
        let row = sqlx::query("SELECT MIN(sequence) AS place FROM audit_leaf WHERE hash = $1")
            .bind(hash.to_vec())
            .fetch_optional(&self.reader)
            .await
            .map_err(unavailable)?;
        place(row.as_ref())
    }

    async fn leaf_of_outcome(&self, id: &ApplicationId) -> Result<Option<u64>, StoreError> {
        let row =
            sqlx::query("SELECT audit_sequence AS place FROM outcome WHERE application_id = $1")
                .bind(id.to_string())
                .fetch_optional(&self.reader)
                .await
                .map_err(unavailable)?;
        place(row.as_ref())
    }

    async fn log_key(&self) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT verifying_key FROM log_key WHERE one = 1")
            .fetch_optional(&self.reader)
            .await
            .map_err(unavailable)?;
        let key = row.map(|row| row.try_get("verifying_key").map_err(unavailable));
        key.transpose()
    }

    async fn keep_log_key(&self, key: &str) -> Result<String, StoreError> {
        let fresh = key.to_owned();
        let kept = self
            .write(move |connection| {
                let fresh = fresh.clone();
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO log_key (one, verifying_key) VALUES (1, $1) \
                         ON CONFLICT (one) DO NOTHING",
                    )
                    .bind(fresh)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await;
        kept.map_err(|error| match error {
            crate::service::ports::TransactError::Store(error) => error,
            _ => StoreError::Corrupt("log_key"),
        })?;
        self.log_key().await?.ok_or(StoreError::Corrupt("log_key"))
    }
}

/// The column `place`, which may be NULL.
fn place(row: Option<&AnyRow>) -> Result<Option<u64>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let place: Option<i64> = row.try_get("place").map_err(unavailable)?;
    let place =
        place.map(|place| u64::try_from(place).map_err(|_| StoreError::Corrupt("audit_leaf")));
    place.transpose()
}

impl SqlStore {
    async fn node_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, StoreError> {
        let mut hashes = Vec::with_capacity(nodes.len());
        for nodes in nodes.chunks(NODES) {
            let rows = sqlx::query(AssertSqlSafe(statement(nodes)?))
                .persistent(false)
                .fetch_all(&self.reader)
                .await
                .map_err(unavailable)?;
            let mut rows = rows.iter();
            for node in nodes {
                let (level, span) = kept(*node);
                let of_node: Vec<_> = rows
                    .by_ref()
                    .take(usize::try_from(span.end - span.start).unwrap_or(0))
                    .map(hash)
                    .collect::<Result<_, _>>()?;
                if of_node.len() as u64 != span.end - span.start {
                    return Err(StoreError::Corrupt(match level {
                        0 => "audit_leaf",
                        _ => "audit_node",
                    }));
                }
                hashes.push(root(&of_node));
            }
            if rows.next().is_some() {
                return Err(StoreError::Corrupt("audit_node"));
            }
        }
        Ok(hashes)
    }
}

/// The level that is kept at or below a node, and the places there that the node is made of.
fn kept(node: Node) -> (u32, Range<u64>) {
    let above = node.level % LEVELS;
    let first = node.index << above;
    (node.level - above, first..first + (1 << above))
}

/// Reads the rows of `nodes` in their order. Of numbers only.
fn statement(nodes: &[Node]) -> Result<String, StoreError> {
    let mut sql = String::new();
    for (number, node) in nodes.iter().enumerate() {
        let (level, span) = kept(*node);
        let union = match number {
            0 => "",
            _ => " UNION ALL ",
        };
        let rows = match level {
            0 => "sequence AS place, hash FROM audit_leaf WHERE sequence".to_owned(),
            _ => format!(
                "position AS place, hash FROM audit_node WHERE level = {level} AND position"
            ),
        };
        let (first, last) = (span.start, span.end - 1);
        write!(
            sql,
            "{union}SELECT CAST({number} AS BIGINT) AS node, {rows} BETWEEN {first} AND {last}"
        )
        .map_err(|_| StoreError::Corrupt("audit_node"))?;
    }
    sql.push_str(" ORDER BY 1, 2");
    Ok(match nodes.is_empty() {
        true => "SELECT hash FROM audit_leaf WHERE sequence < 0".to_owned(),
        false => sql,
    })
}

fn hash(row: &AnyRow) -> Result<Hash, StoreError> {
    let octets: Vec<u8> = row.try_get("hash").map_err(unavailable)?;
    octets
        .try_into()
        .map_err(|_| StoreError::Corrupt("audit_node"))
}
