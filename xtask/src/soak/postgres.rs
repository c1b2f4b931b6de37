//! Databases on the server that the tests start.

use anyhow::{Context as _, Result};
use sqlx::AnyPool;
use sqlx::any::install_default_drivers;

use super::daemon::Database;

/// The server's address, when the program runs under `with-postgres`.
pub fn server() -> Option<String> {
    std::env::var_os("VERIFIERD_TEST_POSTGRES")?
        .into_string()
        .ok()
}

/// Makes an empty database; one of the same name is removed first.
pub async fn create(server: &str, name: &str) -> Result<Database> {
    make(server, name, "template1").await
}

/// Makes a copy of a database that nobody works on; one of the same name is removed first.
pub async fn copy(server: &str, database: &Database, name: &str) -> Result<Database> {
    let url = database.url();
    let (_, from) = url.rsplit_once('/').context("the database's address")?;
    make(server, name, from).await
}

async fn make(server: &str, name: &str, from: &str) -> Result<Database> {
    install_default_drivers();
    let pool = AnyPool::connect(server).await.context("PostgreSQL")?;
    for statement in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        format!("CREATE DATABASE {name} TEMPLATE {from}"),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&pool)
            .await?;
    }
    pool.close().await;
    let (address, _) = server.rsplit_once('/').context("the server's address")?;
    Ok(Database::Postgres(format!("{address}/{name}")))
}
