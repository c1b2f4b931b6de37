//! `verifierd serve`.

mod follow;

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Exit;
use crate::{
    app::{App, AppError, Ports},
    back_end::BackEnd,
    config::{Access, Config, StoreConfig, TrustConfig},
    observe,
    service::{
        follow::{Follower, ready, ready_lists},
        ports::{Clock as _, RandomIds, SystemClock},
        verify::{Judge, TrustError, TrustFiles},
    },
    shown,
    store::{keys::KeySource, keys_beside},
    trust_store::TrustStore,
};
use follow::Times;

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
    /// Address to listen on, without TLS loopback only; port 0 takes a free one
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
            let faults = shown::lines(&error.to_string());
            super::say(&format_args!("configuration / настройки:\n{faults}"));
            return Exit::Usage;
        }
    };
    if let Some(algorithms) = arguments.algorithms {
        config.algorithms = algorithms;
    }
    observe::log_to_stderr();
    if !config.variables.is_empty() {
        tracing::info!(
            variables = config.variables.join(" "),
            "settings from the environment"
        );
    }
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
            super::say(&shown::both(&error));
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
pub(super) fn judge(trust: &TrustConfig, back_end: BackEnd) -> Result<Judge, (Exit, String)> {
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
        TrustConfig::Store(folder) => return of_store(folder, back_end),
    };
    let files = TrustFiles {
        anchors: &anchors,
        crls: &crls,
        list: &list,
        policy: None,
    };
    new(files)
}

/// The judge under the active snapshots of a store.
fn of_store(folder: &Path, back_end: BackEnd) -> Result<Judge, (Exit, String)> {
    let algorithms = back_end.algorithms();
    let judge = TrustStore::open(folder).and_then(|store| {
        let judge = Judge::of_snapshot(ready(&store, algorithms)?, algorithms);
        judge.replace_lists(ready_lists(&store, algorithms)?);
        Ok(judge)
    });
    match judge {
        Ok(judge) => Ok(judge),
        Err(fault) if fault.is_disagreement() => Err((Exit::Internal, fault.to_string())),
        Err(fault) => Err((Exit::Usage, fault.to_string())),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, (Exit, String)> {
    let said = |why: io::Error| format!("{}: {}", super::named(path), shown::both(&why));
    std::fs::read(path).map_err(|why| (Exit::Usage, said(why)))
}

async fn serve(config: Config, judge: Judge) -> Result<(), AppError> {
    let store = match &config.store {
        StoreConfig::Sqlite(path) => format!("SQLite, {}", super::named(path)),
        StoreConfig::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let trust = match &config.trust {
        TrustConfig::Demonstration => {
            "demonstration only, its keys are public / только для показа, её ключи открыты"
        }
        TrustConfig::Files { .. } => "from the configuration / из настроек",
        TrustConfig::Store(_) => "active in the store / действует в хранилище",
    };
    let judge = Arc::new(judge);
    let follower = match &config.trust {
        TrustConfig::Store(folder) => Some(Follower::new(folder, Arc::clone(&judge), SystemClock)),
        _ => None,
    };
    let lists = judge.lists_id();
    let lists = lists.map_or_else(String::new, |id| format!("\ntrusted lists: {id}"));
    let trust = format!("{}, {trust}{lists}", judge.trust_id());
    let algorithms = config.algorithms.algorithms().name;
    let ports = Ports {
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        verify: Arc::clone(&judge) as _,
        trust: judge,
    };
    let keys = keys_line(&config);
    let callers = callers_line(&config.access);
    let app = App::bind(config, ports).await?;
    // Whoever reads that it listens may tell it to stop, or to look at its files.
    let stop = stop_signal();
    let times = [Times::new(), Times::new()];
    // A reader of standard output that has left is no reason to stop.
    let _ = writeln!(
        io::stdout(),
        "listening on {}\ncallers: {callers}\nstore: {store}\nkeys: {keys}\ntrust: {trust}\nalgorithms: {algorithms}\nlog key: {}\ninstance: {}",
        app.address(),
        app.log_key(),
        app.instance()
    );
    let door = app.door().clone();
    let [of_trust, of_tls] = times;
    tokio::select! {
        served = app.serve(stop) => served,
        () = follow::trust(of_trust, follower) => Ok(()),
        () = follow::tls(of_tls, door) => Ok(()),
    }
}

/// Who may call.
fn callers_line(access: &Access) -> String {
    match access {
        Access::Local => "every program of this machine, without TLS; other machines cannot call / все программы этой \
                          машины, без TLS; с других машин не обратиться"
            .to_owned(),
        Access::Tls { callers, .. } => {
            let number = callers.len();
            format!("with TLS and one of {number} named certificates / с TLS и одним из {number} внесённых сертификатов")
        }
    }
}

/// Where the keys are, said before the daemon makes them.
fn keys_line(config: &Config) -> String {
    match (&config.keys, &config.store) {
        (KeySource::Beside, StoreConfig::Sqlite(path)) => {
            let keys = keys_beside(path);
            let made = match keys.exists() {
                true => "",
                false => {
                    ", made now; keep a copy apart from the database / созданы сейчас; храните \
                     копию отдельно от базы данных"
                }
            };
            format!("{}{made}", super::named(&keys))
        }
        (KeySource::File(path), _) => super::named(path).to_string(),
        _ => "from the environment / из окружения".to_owned(),
    }
}

/// Resolves at SIGTERM or at the interrupt key, from the call on.
fn stop_signal() -> impl Future<Output = ()> + Send {
    let told = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async move {
        let [mut terminate, mut interrupt] = told.map(Result::ok);
        let come = async |signal: &mut Option<Signal>| {
            let come = match signal {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if come.is_none() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = come(&mut terminate) => {}
            () = come(&mut interrupt) => {}
        }
    }
}
