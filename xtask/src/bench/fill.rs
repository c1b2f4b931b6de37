//! Rows of accounts that nobody asks for, so that tables have the size that they reach.

use anyhow::{Context as _, Result};
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, AssertSqlSafe, Row as _};

use crate::soak::daemon::Database;

/// Rows of one statement.
const GROUP: usize = 50_000;

/// Copies the account `template` until the table holds `wanted` rows.
pub async fn accounts(database: &Database, template: &str, wanted: usize) -> Result<()> {
    install_default_drivers();
    let pool = AnyPool::connect(&database.url()).await?;
    let names = match database {
        Database::Sqlite(_) => "SELECT name FROM pragma_table_info('account') ORDER BY cid",
        Database::Postgres(_) => {
            "SELECT CAST(column_name AS TEXT) AS name FROM information_schema.columns \
             WHERE table_name = 'account' ORDER BY ordinal_position"
        }
    };
    let columns = sqlx::query(names).fetch_all(&pool).await?;
    let columns: Vec<String> = columns
        .iter()
        .map(|row| row.try_get("name"))
        .collect::<Result<_, _>>()?;
    let values: Vec<String> = columns.iter().map(|name| value(database, name)).collect();
    let series = match database {
        Database::Sqlite(_) => {
            "WITH RECURSIVE s(n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM s WHERE n < $2)"
        }
        Database::Postgres(_) => {
            "WITH s(n) AS (SELECT generate_series(CAST($1 AS BIGINT), CAST($2 AS BIGINT)))"
        }
    };
    let insert = format!(
        "{series} INSERT INTO account ({}) SELECT {} FROM s, account t WHERE t.account_id = $3",
        columns.join(", "),
        values.join(", ")
    );
    let insert: std::sync::Arc<str> = insert.into();
    let row = sqlx::query("SELECT COUNT(*) FROM account")
        .fetch_one(&pool)
        .await?;
    let mut count = usize::try_from(row.try_get::<i64, _>(0)?)?;
    while count < wanted {
        let last = wanted.min(count + GROUP);
        sqlx::query(AssertSqlSafe(insert.to_string()))
            .bind(i64::try_from(count)?)
            .bind(i64::try_from(last)? - 1)
            .bind(template.to_owned())
            .execute(&pool)
            .await
            .context("copy an account")?;
        count = last;
    }
    if matches!(database, Database::Postgres(_)) {
        sqlx::query("ANALYZE account").execute(&pool).await?;
    }
    pool.close().await;
    Ok(())
}

/// What a column of the copy with number `n` holds: what must be one account's own is made from the number.
fn value(database: &Database, column: &str) -> String {
    let fresh = match database {
        Database::Sqlite(_) => "randomblob(32)".to_owned(),
        Database::Postgres(_) => {
            format!("decode(md5('{column}' || s.n) || md5(s.n || '{column}'), 'hex')")
        }
    };
    let own = match column {
        "account_id" => return "'copy-' || s.n".to_owned(),
        "phone" | "email" | "snils" => "'copy-' || s.n".to_owned(),
        digest if digest.ends_with("_digest") => fresh,
        other => return format!("t.{other}"),
    };
    format!("CASE WHEN t.{column} IS NULL THEN NULL ELSE {own} END")
}
