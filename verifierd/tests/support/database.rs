//! Fresh databases: SQLite in a temporary folder; PostgreSQL when
//! `VERIFIERD_TEST_POSTGRES` holds the address of a server where databases
//! may be created.

use audit_log::SigningKey;
use sqlx::{AnyPool, Row as _, any::install_default_drivers};
use tempfile::TempDir;
use verifierd::{
    config::{Config, StoreConfig},
    log_key::LogKeySource,
    store::keys::KeySource,
};

/// The keys of every PostgreSQL database; an SQLite one has its own beside it.
const KEYS: &str = "current = 'test'\n\
     look_up = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\n\
     [data]\ntest = '202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f'\n";

/// Daemons of one PostgreSQL are given the common key of their log; one of SQLite makes its own.
pub fn give_log_key(config: &mut Config) {
    if let (StoreConfig::Postgres(_), LogKeySource::Beside) = (&config.store, &config.log.key) {
        let key = SigningKey::new("test.example/log", &[7; 32]).unwrap();
        config.log.key = LogKeySource::Text(key.to_text());
    }
}

/// The common key of a log, in a file of `folder`.
pub fn log_key_file(folder: &std::path::Path) -> LogKeySource {
    let path = folder.join("log.key");
    verifierd::log_key::make(&path, "test.example/log").unwrap();
    LogKeySource::File(path)
}

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

    /// In `folder`, which is somebody else's to remove.
    pub fn sqlite_in(folder: &std::path::Path) -> Self {
        Self {
            config: StoreConfig::Sqlite(folder.join("verifierd.sqlite")),
            _folder: None,
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

    /// A file beside the database of SQLite.
    pub fn beside(&self, name: &str) -> Option<std::path::PathBuf> {
        match &self.config {
            StoreConfig::Sqlite(path) => Some(path.with_file_name(name)),
            StoreConfig::Postgres(_) => None,
        }
    }

    pub fn keys(&self) -> KeySource {
        match &self.config {
            StoreConfig::Sqlite(_) => KeySource::Beside,
            StoreConfig::Postgres(_) => KeySource::Text(KEYS.to_owned().into()),
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

    /// Takes away what keeps rows of a table from being changed.
    pub async fn without_trigger(&self, table: &str) {
        let sql = match &self.config {
            StoreConfig::Postgres(_) => format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
            StoreConfig::Sqlite(_) => format!("DROP TRIGGER {table}_no_update"),
        };
        let pool = self.pool().await;
        let sql = sqlx::AssertSqlSafe(sql);
        sqlx::query(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }

    pub async fn execute(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let pool = self.pool().await;
        let done = sqlx::query(sql).execute(&pool).await;
        pool.close().await;
        done.map(drop)
    }

    /// Statements that are made up by the test.
    pub async fn execute_raw(&self, sql: &str) {
        let pool = self.pool().await;
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        pool.close().await;
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
        $crate::on_postgres! { postgres: $($test)* }
    };
}

/// Runs each test on PostgreSQL: those with several daemons only there, since
/// an SQLite file has one.
#[macro_export]
macro_rules! on_postgres {
    ($module:ident: $($test:ident)*) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                if let Some(database) = $crate::support::database::Database::postgres().await {
                    super::$test(database).await;
                }
            })*
        }
    };
}
