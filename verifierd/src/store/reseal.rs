//! Rows of older data keys are sealed anew with the current one.

use std::time::Duration;

use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};
use tokio::time::Instant;

use super::{
    Attempt, SqlStore,
    connect::unavailable,
    keys::Keys,
    record::{column, sealed},
    seal::{Place, SealError, Sealed},
    store_error,
};
use crate::service::ports::StoreError;

/// Rows of one transaction: other writers wait no longer than for these.
const GROUP: usize = 50;

/// A table with sealed columns, and with `key_id` in an index before its primary key.
pub(super) struct Table {
    name: &'static str,
    /// The primary key, a text.
    key: &'static str,
    /// Every sealed column, with the table of its [`Place`].
    sealed: &'static [(&'static str, &'static str)],
}

/// Every table with sealed columns.
pub(super) const TABLES: [Table; 4] = [
    Table {
        name: "account",
        key: "account_id",
        sealed: &[("sealed", "account")],
    },
    Table {
        name: "application",
        key: "application_id",
        sealed: &[("sealed", "application")],
    },
    Table {
        name: "enrolment",
        key: "enrolment_id",
        sealed: &[("sealed", "enrolment")],
    },
    Table {
        name: "evidence",
        key: "evidence_id",
        sealed: &[
            ("sealed_signature", "evidence.signature"),
            ("sealed_content", "evidence.content"),
            ("sealed_report", "evidence.report"),
        ],
    },
];

impl Table {
    /// Finds a row of a data key.
    pub(super) fn uses(&self) -> AssertSqlSafe<String> {
        let name = self.name;
        AssertSqlSafe(format!("SELECT 1 FROM {name} WHERE key_id = $1 LIMIT 1"))
    }

    fn group(&self) -> AssertSqlSafe<String> {
        let (name, key) = (self.name, self.key);
        let columns: String = self
            .sealed
            .iter()
            .map(|(it, _)| format!(", {it}"))
            .collect();
        AssertSqlSafe(format!(
            "SELECT {key} AS row_key, key_id{columns} FROM {name} \
             WHERE key_id = $1 AND {key} > $2 ORDER BY {key} LIMIT {GROUP}"
        ))
    }

    fn update(&self) -> AssertSqlSafe<String> {
        let (name, key) = (self.name, self.key);
        let columns = self.sealed.iter().zip(4..);
        let columns: String = columns
            .map(|((it, _), at)| format!(", {it} = ${at}"))
            .collect();
        AssertSqlSafe(format!(
            "UPDATE {name} SET key_id = $3{columns} WHERE {key} = $1 AND key_id = $2"
        ))
    }
}

/// What was sealed anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Rows that now have the current key.
    pub rows: u64,
    /// Rows that did not open; they are as they were.
    pub faults: Vec<SealError>,
    /// Older data keys that rows still need.
    pub needed: Vec<String>,
    /// Older data keys that no row of this database needs any more.
    pub free: Vec<String>,
}

/// What one group came to.
struct Group {
    read: usize,
    last: String,
    rows: u64,
    faults: Vec<SealError>,
}

impl SqlStore {
    /// Seals every row of an older data key with the current one, in small
    /// transactions with pauses of at least `pause` and at least their own
    /// time between them, so that the daemons keep writing. May be stopped at
    /// any time and begun again.
    ///
    /// # Errors
    /// When the database fails. A row that does not open is no error here: it
    /// is named, and the rest goes on.
    pub async fn reseal(&self, pause: Duration) -> Result<Resealed, StoreError> {
        let mut resealed = Resealed::default();
        for key_id in self.older_keys().await? {
            for table in &TABLES {
                let mut after = String::new();
                loop {
                    let begun = Instant::now();
                    let group = self.reseal_group(table, &key_id, &after).await?;
                    resealed.rows += group.rows;
                    resealed.faults.extend(group.faults);
                    if group.read < GROUP {
                        break;
                    }
                    after = group.last;
                    if !pause.is_zero() {
                        tokio::time::sleep(pause.max(begun.elapsed())).await;
                    }
                }
            }
            // Another daemon may still have the older key as its current one.
            match self.is_used(&key_id).await? {
                true => resealed.needed.push(key_id),
                false => resealed.free.push(key_id),
            }
        }
        Ok(resealed)
    }

    async fn older_keys(&self) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("SELECT key_id FROM data_key WHERE key_id <> $1 ORDER BY key_id")
            .bind(self.keys.current_id().to_owned())
            .fetch_all(&self.reader)
            .await
            .map_err(unavailable)?;
        rows.iter().map(|row| column(row, "key_id")).collect()
    }

    async fn is_used(&self, key_id: &str) -> Result<bool, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        is_used(&mut connection, key_id).await
    }

    async fn reseal_group(
        &self,
        table: &'static Table,
        key_id: &str,
        after: &str,
    ) -> Result<Group, StoreError> {
        let (keys, key_id, after) = (self.keys.clone(), key_id.to_owned(), after.to_owned());
        let group = self.write(move |connection| {
            let (keys, key_id, after) = (keys.clone(), key_id.clone(), after.clone());
            Box::pin(async move {
                let rows = sqlx::query(table.group())
                    .bind(key_id.clone())
                    .bind(after)
                    .fetch_all(&mut *connection)
                    .await?;
                let mut group = Group {
                    read: rows.len(),
                    last: String::new(),
                    rows: 0,
                    faults: Vec::new(),
                };
                for row in &rows {
                    group.last = column(row, "row_key")?;
                    match anew(&keys, table, row)? {
                        Ok(columns) => {
                            let mut update = sqlx::query(table.update())
                                .bind(group.last.clone())
                                .bind(key_id.clone())
                                .bind(keys.current_id().to_owned());
                            for octets in columns {
                                update = update.bind(octets);
                            }
                            let done = update.execute(&mut *connection).await?;
                            group.rows += done.rows_affected();
                        }
                        Err(fault) => group.faults.push(fault),
                    }
                }
                Ok(group)
            })
        });
        group.await.map_err(store_error)
    }
}

/// Whether a row of any table is sealed with `key_id`.
pub(super) async fn is_used(
    connection: &mut AnyConnection,
    key_id: &str,
) -> Result<bool, StoreError> {
    for table in &TABLES {
        let found = sqlx::query(table.uses())
            .bind(key_id.to_owned())
            .fetch_optional(&mut *connection)
            .await
            .map_err(unavailable)?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The sealed columns of a row under the current key, or the one that does not open.
fn anew(
    keys: &Keys,
    table: &Table,
    row: &AnyRow,
) -> Result<Result<Vec<Vec<u8>>, SealError>, Attempt> {
    let key: String = column(row, "row_key")?;
    let mut columns = Vec::new();
    for (name, of) in table.sealed {
        let place = Place {
            table: of,
            key: &key,
        };
        let Sealed { key_id, octets } = sealed(row, name)?;
        let opened = match keys.open(&place, &Sealed { key_id, octets }) {
            Ok(opened) => opened,
            Err(fault) => return Ok(Err(fault)),
        };
        let sealed = keys.seal(&place, &opened).map_err(StoreError::from)?;
        columns.push(sealed.octets);
    }
    Ok(Ok(columns))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// A table that is forgotten here would keep its older key for ever.
    #[test]
    fn every_table_with_a_key_is_sealed_anew() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        for engine in ["sqlite", "postgres"] {
            let mut with_keys = BTreeSet::new();
            for file in fs::read_dir(folder.join(engine)).unwrap() {
                let text = fs::read_to_string(file.unwrap().path()).unwrap();
                for table in text.split("CREATE TABLE ").skip(1) {
                    let table = table.split("\n);").next().unwrap();
                    let (name, columns) = table.split_once(" (").unwrap();
                    if columns.contains(" key_id TEXT") && name != "data_key" {
                        with_keys.insert(name.to_owned());
                    }
                }
            }
            let known = TABLES.iter().map(|table| table.name.to_owned());
            assert_eq!(with_keys, known.collect(), "{engine}");
        }
    }
}
