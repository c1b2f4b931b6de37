//! The rows of other tables, each against what its leaf says.

use audit_log::Leaf;
use serde::Deserialize;
use sqlx::{AnyConnection, any::AnyRow};

use super::{Check, PAGE, What, place};
use crate::{
    domain::{application::Decision, ids::EvidenceId, time::UnixSeconds},
    service::{
        change::{EventKind, sha256},
        ports::StoreError,
    },
    store::{log::account_digest, read, record::column, unavailable},
};

pub(super) const LEAVES: &str = "SELECT sequence, leaf, hash FROM audit_leaf \
     WHERE sequence >= $1 ORDER BY sequence LIMIT $2";
const EVENTS: &str = "SELECT sequence, kind, at, account_id, level, application_id, object, reasons \
     FROM event WHERE sequence >= $1 ORDER BY sequence LIMIT $2";

/// What is read shall stay as it is for as long as it is read, and nothing be written.
pub(super) async fn still(connection: &mut AnyConnection) -> Result<(), StoreError> {
    if connection.backend_name() == "PostgreSQL" {
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .execute(connection)
            .await
            .map_err(unavailable)?;
    }
    Ok(())
}

pub(super) async fn page(
    connection: &mut AnyConnection,
    sql: &'static str,
    first: u64,
) -> Result<Vec<AnyRow>, StoreError> {
    let rows = sqlx::query(sql)
        .bind(i64::try_from(first).unwrap_or(i64::MAX))
        .bind(PAGE)
        .fetch_all(connection)
        .await;
    rows.map_err(unavailable)
}

#[derive(Deserialize)]
struct OutcomeReason {
    code: String,
}

impl Check<'_> {
    /// The events of the places `first` to `last`.
    pub(super) async fn events(
        &mut self,
        first: u64,
        last: u64,
        leaves: &[Leaf],
    ) -> Result<(), StoreError> {
        let mut leaves = leaves.iter().peekable();
        let mut next = first;
        while next <= last {
            let rows = page(self.connection, EVENTS, next).await?;
            let rows: Vec<_> = rows
                .iter()
                .map(|row| Ok((place(row)?, row)))
                .collect::<Result<_, StoreError>>()?;
            let through = rows.last().map_or(last, |(place, _)| (*place).min(last));
            let mut rows = rows.iter().filter(|(place, _)| *place <= last).peekable();
            for place in next..=through {
                let event = rows.next_if(|(at, _)| *at == place);
                let leaf = leaves.next_if(|leaf| leaf.sequence == place);
                match (event, leaf) {
                    (None, _) => self.walk.faults.add("event", place, What::Missing),
                    // Its leaf is named already: what rests on it need not be.
                    (Some((_, row)), None) => self.said.take_event(row)?,
                    (Some((_, row)), Some(leaf)) if !is_of(row, leaf)? => {
                        self.walk.faults.add("event", place, What::NotItsLeaf);
                    }
                    _ => {}
                }
                if self.walk.faults.more > 0 {
                    return Ok(());
                }
            }
            next = through + 1;
        }
        Ok(())
    }

    /// The outcome and the evidence that a leaf speaks of.
    pub(super) async fn outcome(&mut self, leaf: &Leaf) -> Result<(), StoreError> {
        let Some(evidence) = &leaf.evidence else {
            return Ok(());
        };
        let stored = match EvidenceId::parse(&evidence.id) {
            None => Ok(None),
            Some(id) => read::evidence(self.connection, &self.store.keys, &id).await,
        };
        let what = match stored {
            Ok(Some(stored)) => {
                let same = hex::encode(stored.digest()) == evidence.digest
                    && hex::encode(sha256(&stored.signature)) == evidence.signature
                    && Some(stored.application_id.to_string()) == leaf.application;
                (!same).then_some(What::NotItsLeaf)
            }
            Ok(None) => Some(What::Missing),
            Err(StoreError::Corrupt(_)) => Some(What::NotItsLeaf),
            Err(error) => return Err(error),
        };
        if let Some(what) = what {
            self.walk.faults.add("evidence", &evidence.id, what);
        }
        let Some(application) = &leaf.application else {
            return Ok(());
        };
        let row = sqlx::query(
            "SELECT decision, reasons, evidence_id, signature_sha256, decided_at, audit_sequence \
             FROM outcome WHERE application_id = $1",
        )
        .bind(application.clone())
        .fetch_optional(&mut *self.connection)
        .await
        .map_err(unavailable)?;
        let Some(row) = row else {
            self.walk.faults.add("outcome", application, What::Missing);
            return Ok(());
        };
        let at: i64 = column(&row, "audit_sequence")?;
        // A later entry decided otherwise, and the outcome is checked against that one.
        if u64::try_from(at).is_ok_and(|at| at > leaf.sequence) {
            return Ok(());
        }
        self.said.decided.insert(application.clone());
        let decision: String = column(&row, "decision")?;
        let decided_at: i64 = column(&row, "decided_at")?;
        let reasons: String = column(&row, "reasons")?;
        let reasons: Result<Vec<OutcomeReason>, _> = serde_json::from_str(&reasons);
        let signature: Vec<u8> = column(&row, "signature_sha256")?;
        let same = u64::try_from(at) == Ok(leaf.sequence)
            && decided(&leaf.event).is_some_and(|it| it.code() == decision)
            && column::<String>(&row, "evidence_id")? == evidence.id
            && hex::encode(signature) == evidence.signature
            && UnixSeconds::new(decided_at).rfc3339() == leaf.at
            && reasons.is_ok_and(|reasons| reasons.iter().map(|it| &it.code).eq(&leaf.reasons));
        if !same {
            self.walk
                .faults
                .add("outcome", application, What::NotItsLeaf);
        }
        Ok(())
    }

    /// Rows that no leaf speaks of.
    pub(super) async fn surplus(&mut self) -> Result<(), StoreError> {
        for table in ["outcome", "evidence"] {
            let sql = match table {
                "outcome" => {
                    "SELECT application_id AS id FROM outcome WHERE application_id > $1 \
                     ORDER BY application_id LIMIT $2"
                }
                _ => {
                    "SELECT evidence_id AS id FROM evidence WHERE evidence_id > $1 \
                     ORDER BY evidence_id LIMIT $2"
                }
            };
            let mut after = String::new();
            loop {
                let rows = self.after(sql, &after).await?;
                for row in &rows {
                    after = column(row, "id")?;
                    let known = match table {
                        "outcome" => self.said.decided.contains(&after),
                        _ => self.said.evidence.contains(&after),
                    };
                    if !known {
                        self.walk.faults.add(table, &after, What::NotInLog);
                    }
                }
                if rows.is_empty() {
                    break;
                }
            }
        }
        let row = sqlx::query("SELECT COUNT(*) AS nodes FROM audit_node")
            .fetch_one(&mut *self.connection)
            .await
            .map_err(unavailable)?;
        let surplus = column::<i64>(&row, "nodes")? - self.nodes;
        if surplus > 0 {
            self.walk
                .faults
                .add("audit_node", format!("(+{surplus})"), What::NotInLog);
        }
        Ok(())
    }

    pub(super) async fn after(
        &mut self,
        sql: &'static str,
        after: &str,
    ) -> Result<Vec<AnyRow>, StoreError> {
        let rows = sqlx::query(sql)
            .bind(after.to_owned())
            .bind(PAGE)
            .fetch_all(&mut *self.connection)
            .await;
        rows.map_err(unavailable)
    }
}

/// What an outcome is by its event.
fn decided(event: &str) -> Option<Decision> {
    match EventKind::from_code(event)? {
        EventKind::ApplicationAccepted | EventKind::OrganisationLinked => Some(Decision::Accepted),
        EventKind::ApplicationRejected | EventKind::PostalCodeSpent => Some(Decision::Rejected),
        EventKind::ApplicationDeferred => Some(Decision::Deferred),
        _ => None,
    }
}

/// Whether the row of an event says what its leaf says.
fn is_of(row: &AnyRow, leaf: &Leaf) -> Result<bool, StoreError> {
    let text = |name| column::<Option<String>>(row, name);
    let reasons: String = column(row, "reasons")?;
    let reasons = reasons.split(',').filter(|code| !code.is_empty());
    let account = text("account_id")?.map(|id| account_digest(&id));
    Ok(text("kind")?.as_deref() == Some(&leaf.event)
        && UnixSeconds::new(column(row, "at")?).rfc3339() == leaf.at
        && account == leaf.account
        && text("level")? == leaf.level
        && text("application_id")? == leaf.application
        && text("object")? == leaf.object
        && reasons.eq(leaf.reasons.iter().map(String::as_str)))
}
