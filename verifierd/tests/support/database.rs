//! Fresh databases: SQLite in a temporary folder; PostgreSQL when
//! `VERIFIERD_TEST_POSTGRES` holds the address of a server where databases
//! may be created.

use audit_log::SigningKey;
use sqlx::{AnyPool, Row as _, any::install_default_drivers};
use tempfile::TempDir;
use verifierd::{
    config::StoreConfig,
    log_key::{LogConfig, LogKeySource},
};

pub struct Database {
    config: StoreConfig,
    /// Removed with the value.
    _folder: Option<TempDir>,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        // A path that has to be escaped in an address.
        let path = folder.path().join("new folder?").join("тест #1.sqlite");
        Self {
            config: StoreConfig::Sqlite(path),
            _folder: Some(folder),
        }
    }

    #[allow(clippy::disallowed_methods, reason = "the one setting of the tests")]
    pub async fn postgres() -> Option<Self> {
        let server = std::env::var("VERIFIERD_TEST_POSTGRES").ok()?;
        install_default_drivers();
        let pool = AnyPool::connect(&server).await.unwrap();
        let name = format!("t{}", hex::encode(rand_bytes()));
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&pool).await.unwrap();
        pool.close().await;
        let (address, query) = server.split_once('?').unwrap_or((&server, ""));
        let (address, _) = address.rsplit_once('/').unwrap();
        let url = format!("{address}/{name}?{query}");
        Some(Self {
            config: StoreConfig::Postgres(url),
            _folder: None,
        })
    }

    pub fn config(&self) -> StoreConfig {
        self.config.clone()
    }

    /// Daemons of one PostgreSQL are given their common key; one of SQLite makes its own.
    pub fn give_log_key(&self, log: &mut LogConfig) {
        if let StoreConfig::Postgres(_) = &self.config
            && let LogKeySource::Beside = log.key
        {
            let key = SigningKey::new("test.example/log", &[7; 32]).unwrap();
            log.key = LogKeySource::Text(key.to_text());
        }
    }

    /// A file beside the database of SQLite.
    pub fn beside(&self, name: &str) -> Option<std::path::PathBuf> {
        match &self.config {
            StoreConfig::Sqlite(path) => Some(path.with_file_name(name)),
            StoreConfig::Postgres(_) => None,
        }
    }

    /// A connection beside the daemon's own.
    pub async fn pool(&self) -> AnyPool {
        install_default_drivers();
        let url = match &self.config {
            StoreConfig::Postgres(url) => url.clone(),
            StoreConfig::Sqlite(path) => {
                let path = path.to_str().unwrap();
                let path = path
                    .replace(' ', "%20")
                    .replace('?', "%3F")
                    .replace('#', "%23");
                format!("sqlite://{path}")
            }
        };
        AnyPool::connect(&url).await.unwrap()
    }

    pub async fn execute(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let pool = self.pool().await;
        let done = sqlx::query(sql).execute(&pool).await;
        pool.close().await;
        done.map(drop)
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let pool = self.pool().await;
        let row = sqlx::query(sql).fetch_one(&pool).await.unwrap();
        pool.close().await;
        row.get(0)
    }
}

fn rand_bytes() -> [u8; 8] {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// Runs each test on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test($crate::support::database::Database::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                if let Some(database) = $crate::support::database::Database::postgres().await {
                    super::$test(database).await;
                }
            })*
        }
    };
}
