//! What judgements rest on: objects by their SHA-256, and the judgements
//! themselves.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::Row as _;

use super::{SqlStore, record, store_error, unavailable};
use crate::{
    domain::ids::{AccountId, EvidenceId},
    service::{
        change::sha256,
        ports::{
            StoreError,
            bases::{Bases, Bound, Sha256},
        },
    },
};

macro_rules! judgement {
    ($from:literal) => {
        concat!(
            "SELECT e.evidence_id, e.application_id, e.at, e.key_id, e.sealed_signature, \
             e.sealed_content, e.sealed_report, e.policy_digest, e.trust_digest, e.basis, \
             e.digest, l.sequence, l.leaf, l.hash FROM evidence e \
             JOIN application a ON a.application_id = e.application_id ",
            $from,
            " WHERE e.evidence_id = $1 AND a.account_id = $2 ORDER BY l.sequence"
        )
    };
}

const BY_OUTCOME: &str = judgement!(
    "JOIN outcome o ON o.evidence_id = e.evidence_id \
     JOIN audit_leaf l ON l.sequence = o.audit_sequence"
);
const BY_EVENTS: &str = judgement!(
    "JOIN event v ON v.application_id = e.application_id AND v.at = e.at \
     JOIN audit_leaf l ON l.sequence = v.sequence"
);

/// Octets of an object that are written in one turn.
const PART: usize = 1 << 20;

#[async_trait]
impl Bases for SqlStore {
    async fn has_object(&self, name: &Sha256) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT size FROM evidence_object WHERE sha256 = $1")
            .bind(name.to_vec())
            .fetch_optional(&self.reader)
            .await
            .map_err(unavailable)?;
        Ok(row.is_some())
    }

    async fn keep_object(&self, octets: Vec<u8>) -> Result<(), StoreError> {
        let name = sha256(&octets);
        if self.has_object(&name).await? {
            return Ok(());
        }
        let octets = Arc::new(octets);
        for place in 0..octets.len().div_ceil(PART) {
            let octets = Arc::clone(&octets);
            let part = move || {
                let rest = octets.get(place * PART..).unwrap_or_default();
                rest.get(..PART).unwrap_or(rest).to_vec()
            };
            let place = i64::try_from(place).map_err(|_| StoreError::Corrupt("object"))?;
            self.write(move |connection| {
                let part = part();
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO evidence_object_part (sha256, place, octets) \
                         VALUES ($1, $2, $3) ON CONFLICT (sha256, place) DO NOTHING",
                    )
                    .bind(name.to_vec())
                    .bind(place)
                    .bind(part)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
            .map_err(store_error)?;
        }
        let size = i64::try_from(octets.len()).map_err(|_| StoreError::Corrupt("object"))?;
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO evidence_object (sha256, size) VALUES ($1, $2) \
                     ON CONFLICT (sha256) DO NOTHING",
                )
                .bind(name.to_vec())
                .bind(size)
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
        .map_err(store_error)
    }

    async fn object(&self, name: &Sha256) -> Result<Option<Vec<u8>>, StoreError> {
        if !self.has_object(name).await? {
            return Ok(None);
        }
        let rows =
            sqlx::query("SELECT octets FROM evidence_object_part WHERE sha256 = $1 ORDER BY place")
                .bind(name.to_vec())
                .fetch_all(&self.reader)
                .await
                .map_err(unavailable)?;
        let mut octets = Vec::new();
        for row in &rows {
            let part: Vec<u8> = row.try_get("octets").map_err(unavailable)?;
            octets.extend_from_slice(&part);
        }
        Ok(Some(octets))
    }

    async fn judgement(
        &self,
        account: &AccountId,
        id: &EvidenceId,
    ) -> Result<Option<Bound>, StoreError> {
        // The outcome names its leaf; of a judgement that another took the place
        // of, the events of the application are searched.
        for sql in [BY_OUTCOME, BY_EVENTS] {
            let rows = sqlx::query(sql)
                .bind(id.to_string())
                .bind(account.as_str())
                .fetch_all(&self.reader)
                .await
                .map_err(unavailable)?;
            let bound = rows.iter().map(|row| record::bound(&self.keys, row));
            let bound: Vec<Bound> = bound.collect::<Result<_, _>>()?;
            let first = bound.first().cloned();
            let found = bound.into_iter().find(Bound::is_whole).or(first);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}
