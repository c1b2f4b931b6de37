//! A daemon inside this process, whose parts can be measured one by one.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use audit_log::SigningKey;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use verifierd::app::{App, Ports};
use verifierd::back_end::BackEnd;
use verifierd::config::{Config, StoreConfig};
use verifierd::domain::time::UnixSeconds;
use verifierd::log_key::LogKeySource;
use verifierd::service::Context;
use verifierd::service::ports::{Clock, RandomIds, Verify};
use verifierd::service::verify::{Judge, TrustFiles};
use verifierd::store::SqlStore;
use verifierd::store::keys::KeySource;

use crate::soak::daemon::{self, Database};

/// The time of every daemon here: 2026-11-18.
pub const NOW: i64 = 1_795_000_000;

/// A clock that stands.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> UnixSeconds {
        UnixSeconds::new(NOW)
    }
}

/// A daemon that serves from threads of its own until this value goes.
pub struct Host {
    address: String,
    context: Context,
    store: SqlStore,
    /// Its threads end first.
    runtime: Runtime,
    _keys: TempDir,
}

impl Host {
    /// Serves over `database` with the demonstration's judge.
    pub fn start(database: &Database) -> Result<Self> {
        Self::with(database, demonstration()?)
    }

    /// Serves over `database` with a judge.
    pub fn with(database: &Database, verify: Arc<dyn Verify>) -> Result<Self> {
        let keys = TempDir::with_prefix("bench-keys-")?;
        daemon::write_keys(keys.path())?;
        let key = SigningKey::new("bench.example/audit", &[1; 32])?;
        let log_key = keys.path().join("log.key");
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&log_key)?;
        file.write_all(key.to_text().as_bytes())?;
        // The clock stands: every call begins in the same second.
        let text = "[workers]\nwaiting = 4096\n[limits]\ncalls_per_second_of_caller = 1000000000\n[limits.calls]\nlocal = 65536";
        let mut config = Config::parse(text, "127.0.0.1:0".parse().ok())?;
        config.keys = KeySource::File(keys.path().join("keys.toml"));
        config.log.key = LogKeySource::File(log_key);
        config.store = match database {
            Database::Sqlite(path) => StoreConfig::Sqlite(path.clone()),
            Database::Postgres(url) => StoreConfig::Postgres(url.clone()),
        };
        let ports = Ports {
            clock: Arc::new(Standing),
            ids: Arc::new(RandomIds),
            verify,
            trust: demonstration()?,
        };
        let runtime = Runtime::new().context("threads of the daemon")?;
        let app = runtime.block_on(App::bind(config, ports))?;
        let host = Self {
            address: app.address().to_string(),
            context: app.context().clone(),
            store: app.store().clone(),
            _keys: keys,
            runtime,
        };
        host.runtime.spawn(app.serve(std::future::pending()));
        Ok(host)
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What its use cases are given.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Its store.
    pub const fn store(&self) -> &SqlStore {
        &self.store
    }

    /// The threads it works on.
    pub const fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

/// The demonstration's judge.
fn demonstration() -> Result<Arc<Judge>> {
    let algorithms = BackEnd::default().algorithms();
    let judge = Judge::new(TrustFiles::DEMO, algorithms, UnixSeconds::new(NOW))?;
    Ok(Arc::new(judge))
}
