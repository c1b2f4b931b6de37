//! `verifierd serve`.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::signal::unix::{SignalKind, signal};

use super::Exit;
use crate::{
    app::{App, AppError, Ports},
    back_end::BackEnd,
    config::{Config, StoreConfig, TrustConfig},
    observe,
    service::{
        ports::{Clock as _, RandomIds, SystemClock},
        verify::{Judge, TrustError, TrustFiles},
    },
};

/// Serve the gRPC API until told to stop
///
/// With no configuration: an SQLite database in ./var, on 127.0.0.1:50051,
/// under the demonstration trust.
///
/// Обслуживать gRPC API до сигнала остановки. Без настроек: база SQLite в
/// каталоге ./var, адрес 127.0.0.1:50051, доверие для показа.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on, loopback only; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Implementation of the algorithms / реализация алгоритмов
    #[arg(long, value_enum)]
    algorithms: Option<BackEnd>,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut config = match Config::load(arguments.config.as_deref(), arguments.listen) {
        Ok(config) => config,
        Err(error) => {
            super::say(&format_args!("configuration / настройки:\n{error}"));
            return Exit::Usage;
        }
    };
    if let Some(algorithms) = arguments.algorithms {
        config.algorithms = algorithms;
    }
    observe::log_to_stderr();
    let judge = match judge(&config.trust, config.algorithms) {
        Ok(judge) => judge,
        Err((exit, why)) => {
            super::say(&format_args!("trust / доверие: {why}"));
            return exit;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            super::say(&error.kind());
            return Exit::Internal;
        }
    };
    match runtime.block_on(serve(config, judge)) {
        Ok(()) => Exit::Done,
        Err(error) => {
            super::say(&error);
            Exit::Internal
        }
    }
}

/// The judge under the configured trust, taken in now.
fn judge(trust: &TrustConfig, back_end: BackEnd) -> Result<Judge, (Exit, String)> {
    let new = |files| {
        Judge::new(files, back_end.algorithms(), SystemClock.now()).map_err(|why| {
            let exit = match why {
                TrustError::List {
                    disagreement: true, ..
                } => Exit::Internal,
                _ => Exit::Usage,
            };
            (exit, why.to_string())
        })
    };
    let (anchors, crls, list) = match trust {
        TrustConfig::Demonstration => {
            return new(TrustFiles::DEMO);
        }
        TrustConfig::Files {
            anchors,
            crls,
            list,
        } => (read(anchors)?, read(crls)?, read(list)?),
    };
    let files = TrustFiles {
        anchors: &anchors,
        crls: &crls,
        list: &list,
    };
    new(files)
}

fn read(path: &Path) -> Result<Vec<u8>, (Exit, String)> {
    let said = |why: io::Error| format!("{}: {}", path.display(), why.kind());
    std::fs::read(path).map_err(|why| (Exit::Usage, said(why)))
}

async fn serve(config: Config, judge: Judge) -> Result<(), AppError> {
    let store = match &config.store {
        StoreConfig::Sqlite(path) => format!("SQLite, {}", path.display()),
        StoreConfig::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let trust = match &config.trust {
        TrustConfig::Demonstration => {
            "demonstration only, its keys are public / только для показа, её ключи открыты"
        }
        TrustConfig::Files { .. } => "from the configuration / из настроек",
    };
    let trust = format!("{}, {trust}", judge.trust_id());
    let algorithms = config.algorithms.algorithms().name;
    let ports = Ports {
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        verify: Arc::new(judge),
    };
    let app = App::bind(config, ports).await?;
    // A reader of standard output that has left is no reason to stop.
    let _ = writeln!(
        io::stdout(),
        "listening on {}\nstore: {store}\ntrust: {trust}\nalgorithms: {algorithms}\ninstance: {}",
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
