//! The log is honest: rows that are edited, removed or swapped behind the daemon's back are found and named.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};

mod cases;

use super::claim::Figure;
use super::client::Client;
use super::daemon::Database;
use super::people::{ORGANISATIONS, personal_data, snils};
use super::{Kept, World, postgres};
use cases::{CASES, Change, Table};

/// Numbers of the people whose organisations are linked begin here; those before confirm themselves elsewhere.
const HEADS: usize = 20;

/// Changes copies of a database of each engine, one row each.
pub async fn claim(world: &Arc<World>) -> Result<Figure> {
    let mut found = Vec::new();
    for engine in ["sqlite", "postgres"] {
        let kept = world.kept().await?;
        let Some(kept) = kept.iter().find(|kept| kept.database.name() == engine) else {
            bail!("no {engine} database to change");
        };
        act(world, kept, engine).await.context(engine)?;
        let honest = tampered(world, kept, None).await?;
        ensure!(honest.is_empty(), "an untampered copy has faults: {honest}");
        for (table, change) in CASES {
            let (name, what) = (table.name, change.name());
            let named = tampered(world, kept, Some((table, change))).await;
            let named = named.with_context(|| format!("{engine}: {name} {what}"))?;
            ensure!(
                named
                    .lines()
                    .any(|line| line.starts_with(&format!("{name} "))),
                "{engine}: {name} {what}: not named, but: {named}"
            );
        }
        found.push(format!("{engine}: {}", CASES.len()));
    }
    let tables: BTreeSet<&str> = CASES.iter().map(|(table, _)| table.name).collect();
    Ok(Figure(format!(
        "rows edited, removed or swapped in {} tables: each found and named ({}); untampered copies pass",
        tables.len(),
        found.join(", ")
    )))
}

/// Fills what the claims before leave empty: who may attest, and organisations of confirmed people.
async fn act(world: &Arc<World>, kept: &Kept, engine: &str) -> Result<()> {
    let daemon = kept.place.start()?;
    let client = Client::connect(daemon.endpoint(), &world.said).await?;
    let operator = client.enrol(&snils(HEADS)).await?;
    client.end_enrolment(operator).await?;
    for (number, organisation) in (HEADS..).zip(ORGANISATIONS) {
        let account = format!("honest-{engine}-{number}");
        let data = personal_data(world.people.person(number)?);
        client.standard(&account, &data).await?;
        let own = client.prepare(&account).await?;
        let signature = world.people.sign(number, &own.content, own.at)?;
        client.submit(&own, signature).await?;
        let link = client.prepare_link(&account, organisation.ogrn).await?;
        let signature = world.people.sign_with(organisation.certificate, &link)?;
        client.submit_link(&link, signature).await?;
    }
    drop(client);
    daemon.stop()
}

/// What is done to which table.
type Case = (&'static Table, &'static Change);

/// The faults that `audit verify` names in a copy.
async fn tampered(world: &Arc<World>, kept: &Kept, case: Option<Case>) -> Result<String> {
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
    case: Option<Case>,
) -> Result<String> {
    install_default_drivers();
    let mut connection = AnyConnection::connect(&copy.url()).await?;
    unlock(&mut connection, copy).await?;
    if let Some((table, change)) = case {
        change.perform(&mut connection, table, copy).await?;
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

impl Change {
    async fn perform(
        &self,
        connection: &mut AnyConnection,
        table: &Table,
        database: &Database,
    ) -> Result<()> {
        let Table { name, key, free } = table;
        let first = format!("WHERE {key} = (SELECT MIN({key}) FROM {name})");
        let statements = match self {
            Self::Edit(columns) => vec![format!("UPDATE {name} SET {columns} {first}")],
            Self::Remove => vec![format!("DELETE FROM {name} {first}")],
            Self::Swap => {
                // The first and the last are of different kinds in every table that has kinds.
                let (one, other) = ends(connection, table).await?;
                let free = (*free).to_owned();
                let steps = [(&one, &free), (&other, &one), (&free, &other)];
                let step =
                    |(from, to)| format!("UPDATE {name} SET {key} = {to} WHERE {key} = {from}");
                steps.map(step).to_vec()
            }
            Self::Run(_, statements) => {
                let edit = match database {
                    Database::Sqlite(_) => {
                        "CAST(replace(CAST(leaf AS TEXT), 'REGISTERED', 'REGISTRATED') AS BLOB)"
                    }
                    Database::Postgres(_) => {
                        "convert_to(replace(convert_from(leaf, 'UTF8'), 'REGISTERED', 'REGISTRATED'), 'UTF8')"
                    }
                };
                let statements = statements.iter();
                statements
                    .map(|statement| statement.replace("$EDIT(leaf)", edit))
                    .collect()
            }
        };
        for statement in statements {
            let changed = run(connection, statement).await?;
            ensure!(changed == 1, "{changed} rows were changed, not one");
        }
        Ok(())
    }
}

/// The first and the last key of a table, as they are written in a statement.
async fn ends(connection: &mut AnyConnection, table: &Table) -> Result<(String, String)> {
    let Table { name, key, free } = table;
    let keys = format!("SELECT CAST({key} AS TEXT) AS key FROM {name} ORDER BY {key}");
    let rows = sqlx::query(AssertSqlSafe(keys))
        .fetch_all(&mut *connection)
        .await?;
    let ends = rows.first().zip(rows.last()).context("no rows")?;
    let written = |text: String| match free.starts_with('\'') {
        true => format!("'{text}'"),
        false => text,
    };
    let (one, other) = (ends.0.try_get("key")?, ends.1.try_get("key")?);
    ensure!(one != other, "one row alone");
    Ok((written(one), written(other)))
}

async fn run(connection: &mut AnyConnection, statement: String) -> Result<u64> {
    let done = sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
