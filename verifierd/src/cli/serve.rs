//! `verifierd serve`.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use tokio::signal::unix::{SignalKind, signal};

use super::Exit;
use crate::{
    app::{App, AppError, Ports},
    config::{Config, StoreConfig},
    observe,
    service::ports::{RandomIds, SystemClock, Verify, WithoutTrust},
};

/// Serve the gRPC API until told to stop
///
/// With no configuration: an SQLite database in ./var, on 127.0.0.1:50051.
///
/// Обслуживать gRPC API до сигнала остановки. Без настроек: база SQLite в
/// каталоге ./var, адрес 127.0.0.1:50051.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on, loopback only; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let config = match Config::load(arguments.config.as_deref(), arguments.listen) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("verifierd: configuration / настройки:\n{error}");
            return Exit::Usage;
        }
    };
    observe::log_to_stderr();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("verifierd: {}", error.kind());
            return Exit::Internal;
        }
    };
    let verify: Arc<dyn Verify> = Arc::new(WithoutTrust);
    match runtime.block_on(serve(config, verify)) {
        Ok(()) => Exit::Done,
        Err(error) => {
            eprintln!("verifierd: {error}");
            Exit::Internal
        }
    }
}

async fn serve(config: Config, verify: Arc<dyn Verify>) -> Result<(), AppError> {
    let store = match &config.store {
        StoreConfig::Sqlite(path) => format!("SQLite, {}", path.display()),
        StoreConfig::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let ports = Ports {
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        verify,
    };
    let app = App::bind(config, ports).await?;
    // A reader of standard output that has left is no reason to stop.
    let _ = writeln!(
        io::stdout(),
        "listening on {}\nstore: {store}\ninstance: {}",
        app.address(),
        app.instance()
    );
    app.serve(stop_signal()).await
}

/// Resolves at SIGTERM or at the interrupt key.
async fn stop_signal() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => {
            if interrupted.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
