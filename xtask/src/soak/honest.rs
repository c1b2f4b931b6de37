//! The log is honest: rows that are edited, removed or swapped behind the daemon's back are found and named.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};

use super::claim::Figure;
use super::daemon::Database;
use super::{Kept, World, postgres};

/// What is done to a table.
enum Act {
    /// Statements of both engines.
    Run(&'static [&'static str]),
    /// Two rows exchange their keys: the column, and what no row has.
    Swap(&'static str, &'static str),
}

/// A table, what is done to it in words, and how.
type Case = (&'static str, &'static str, Act);

/// `$EDIT(leaf)` stands for the leaf with another word in it.
const CASES: &[Case] = &[
    (
        "audit_leaf",
        "edited",
        Act::Run(&["UPDATE audit_leaf SET leaf = $EDIT(leaf) WHERE sequence = 3"]),
    ),
    (
        "audit_leaf",
        "hash edited",
        Act::Run(&[
            "UPDATE audit_leaf SET hash = (SELECT hash FROM audit_leaf WHERE sequence = 1) WHERE sequence = 5",
        ]),
    ),
    (
        "audit_leaf",
        "removed",
        Act::Run(&["DELETE FROM audit_leaf WHERE sequence = 10"]),
    ),
    (
        "audit_leaf",
        "last removed",
        Act::Run(&[
            "DELETE FROM audit_leaf WHERE sequence = (SELECT MAX(sequence) FROM audit_leaf)",
        ]),
    ),
    ("audit_leaf", "swapped", Act::Swap("sequence", "1000000")),
    (
        "audit_node",
        "edited",
        Act::Run(&[
            "UPDATE audit_node SET hash = (SELECT hash FROM audit_leaf WHERE sequence = 0) \
                    WHERE position = 1 AND level = (SELECT MIN(level) FROM audit_node)",
        ]),
    ),
    (
        "audit_node",
        "removed",
        Act::Run(&[
            "DELETE FROM audit_node WHERE position = 1 AND level = (SELECT MIN(level) FROM audit_node)",
        ]),
    ),
    (
        "audit_node",
        "swapped",
        Act::Run(&[
            "UPDATE audit_node SET position = 1000000 WHERE position = 0 AND level = (SELECT MIN(level) FROM audit_node)",
            "UPDATE audit_node SET position = 0 WHERE position = 1 AND level = (SELECT MIN(level) FROM audit_node)",
            "UPDATE audit_node SET position = 1 WHERE position = 1000000",
        ]),
    ),
    (
        "audit_head",
        "edited",
        Act::Run(&[
            "UPDATE audit_head SET frontier = (SELECT hash FROM audit_leaf WHERE sequence = 0)",
        ]),
    ),
    (
        "event",
        "edited",
        Act::Run(&["UPDATE event SET at = at + 1 WHERE sequence = 8"]),
    ),
    (
        "event",
        "removed",
        Act::Run(&["DELETE FROM event WHERE sequence = 8"]),
    ),
    ("event", "swapped", Act::Swap("sequence", "1000000")),
    (
        "outcome",
        "edited",
        Act::Run(&[
            "UPDATE outcome SET decided_at = decided_at + 1 WHERE application_id = \
                    (SELECT MIN(application_id) FROM outcome)",
        ]),
    ),
    (
        "outcome",
        "removed",
        Act::Run(&[
            "DELETE FROM outcome WHERE application_id = (SELECT MIN(application_id) FROM outcome)",
        ]),
    ),
    (
        "outcome",
        "swapped",
        Act::Swap("application_id", "'swapped'"),
    ),
    (
        "evidence",
        "edited",
        Act::Run(&[
            "UPDATE evidence SET policy_digest = 'x' WHERE evidence_id = (SELECT MIN(evidence_id) FROM evidence)",
        ]),
    ),
    (
        "evidence",
        "removed",
        Act::Run(&[
            "DELETE FROM evidence WHERE evidence_id = (SELECT MIN(evidence_id) FROM evidence)",
        ]),
    ),
    ("evidence", "swapped", Act::Swap("evidence_id", "'swapped'")),
    (
        "account",
        "edited",
        Act::Run(&[
            "UPDATE account SET level = 'STANDARD', confirmation = NULL WHERE account_id = \
                    (SELECT MIN(account_id) FROM account WHERE level = 'CONFIRMED')",
        ]),
    ),
    ("account", "swapped", Act::Swap("account_id", "'swapped'")),
    (
        "application",
        "edited",
        Act::Run(&[
            "UPDATE application SET issued_at = issued_at + 1 WHERE application_id = \
                    (SELECT MIN(application_id) FROM application)",
        ]),
    ),
    (
        "application",
        "removed",
        Act::Run(&[
            "DELETE FROM application WHERE application_id = (SELECT MIN(application_id) FROM application)",
        ]),
    ),
    (
        "application",
        "swapped",
        Act::Swap("application_id", "'swapped'"),
    ),
];

/// Changes copies of a database of each engine, one row each.
pub async fn claim(world: &Arc<World>) -> Result<Figure> {
    let mut found = Vec::new();
    for engine in ["sqlite", "postgres"] {
        let kept = world.kept().await?;
        let Some(kept) = kept.iter().find(|kept| kept.database.name() == engine) else {
            bail!("no {engine} database to change");
        };
        let honest = tampered(world, kept, None).await?;
        ensure!(honest.is_empty(), "an untampered copy has faults: {honest}");
        for case in CASES {
            let (table, what, _) = case;
            let named = tampered(world, kept, Some(case)).await;
            let named = named.with_context(|| format!("{engine}: {table} {what}"))?;
            ensure!(
                named
                    .lines()
                    .any(|line| line.starts_with(&format!("{table} "))),
                "{engine}: {table} {what}: not named"
            );
        }
        found.push(format!("{engine}: {}", CASES.len()));
    }
    let tables: BTreeSet<&str> = CASES.iter().map(|(table, ..)| *table).collect();
    Ok(Figure(format!(
        "rows edited, removed or swapped in {} tables: each found and named ({}); untampered copies pass",
        tables.len(),
        found.join(", ")
    )))
}

/// The faults that `audit verify` names in a copy.
async fn tampered(world: &Arc<World>, kept: &Kept, case: Option<&Case>) -> Result<String> {
    let copy = copy(world, &kept.database).await?;
    let result = judged(world, (kept, &copy), case).await;
    if let Database::Sqlite(path) = &copy {
        fs::remove_file(path)?;
    }
    result
}

async fn judged(
    world: &Arc<World>,
    (kept, copy): (&Kept, &Database),
    case: Option<&Case>,
) -> Result<String> {
    install_default_drivers();
    let mut connection = AnyConnection::connect(&copy.url()).await?;
    unlock(&mut connection, copy).await?;
    if let Some((table, _, act)) = case {
        act.perform(&mut connection, table, copy).await?;
    }
    connection.close().await?;
    let place = world.place("honest", copy, "")?.with_log_of(&kept.place);
    let mut command = place.command();
    command.args(["audit", "verify", "--config", "verifierd.toml"]);
    let output = world.said.run(&mut command)?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let (last, faults) = match told.trim_end().rsplit_once('\n') {
        Some((faults, last)) => (last, faults),
        None => (told.trim_end(), ""),
    };
    let honest = last.ends_with(" honest / журнал цел");
    ensure!(
        honest == output.status.success() && honest == faults.is_empty(),
        "the exit code, the faults and the verdict differ: {last} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(honest || output.status.code() == Some(1), "no verdict");
    Ok(faults.to_owned())
}

async fn copy(world: &Arc<World>, database: &Database) -> Result<Database> {
    match database {
        Database::Sqlite(path) => {
            let Database::Sqlite(copy) = world.sqlite("honest") else {
                bail!("another engine");
            };
            for suffix in ["", "-wal"] {
                let with = |path: &Path| format!("{}{suffix}", path.display());
                match fs::copy(with(path), with(&copy)) {
                    Err(_) if !suffix.is_empty() => {}
                    copied => drop(copied?),
                }
            }
            Ok(Database::Sqlite(copy))
        }
        Database::Postgres(_) => postgres::copy(&world.server, database, "soak_honest").await,
    }
}

/// Whoever edits the files need not obey triggers and references.
async fn unlock(connection: &mut AnyConnection, database: &Database) -> Result<()> {
    if let Database::Postgres(_) = database {
        connection
            .execute("SET session_replication_role = replica")
            .await?;
        return Ok(());
    }
    connection.execute("PRAGMA foreign_keys = OFF").await?;
    let triggers = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .fetch_all(&mut *connection)
        .await?;
    for trigger in &triggers {
        let name: String = trigger.try_get("name")?;
        run(connection, format!("DROP TRIGGER {name}")).await?;
    }
    Ok(())
}

impl Act {
    async fn perform(
        &self,
        connection: &mut AnyConnection,
        table: &str,
        database: &Database,
    ) -> Result<()> {
        let edit = match database {
            Database::Sqlite(_) => {
                "CAST(replace(CAST(leaf AS TEXT), 'REGISTERED', 'REGISTRATED') AS BLOB)"
            }
            Database::Postgres(_) => {
                "convert_to(replace(convert_from(leaf, 'UTF8'), 'REGISTERED', 'REGISTRATED'), 'UTF8')"
            }
        };
        match self {
            Self::Run(statements) => {
                for statement in *statements {
                    let statement = statement.replace("$EDIT(leaf)", edit);
                    let changed = run(connection, statement).await?;
                    ensure!(changed == 1, "{changed} rows were changed, not one");
                }
            }
            Self::Swap(key, free) => {
                let keys = format!("SELECT CAST({key} AS TEXT) AS key FROM {table} ORDER BY {key}");
                let rows = sqlx::query(AssertSqlSafe(keys))
                    .fetch_all(&mut *connection)
                    .await?;
                // The first and the last are of different kinds in every table that has kinds.
                let ends = rows.first().zip(rows.last()).context("no rows")?;
                let quote = |text: String| match free.starts_with('\'') {
                    true => format!("'{text}'"),
                    false => text,
                };
                let (one, other) = (quote(ends.0.try_get("key")?), quote(ends.1.try_get("key")?));
                ensure!(one != other, "one row alone");
                let free = (*free).to_owned();
                for (from, to) in [(&one, &free), (&other, &one), (&free, &other)] {
                    let statement = format!("UPDATE {table} SET {key} = {to} WHERE {key} = {from}");
                    let changed = run(connection, statement).await?;
                    ensure!(changed == 1, "{changed} rows were changed, not one");
                }
            }
        }
        Ok(())
    }
}

async fn run(connection: &mut AnyConnection, statement: String) -> Result<u64> {
    let done = sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
