//! Composes the daemon: ports in, a listening server out, drained at the end.

pub mod readiness;
mod routes;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use sig_core::finding::Language;
use tokio::{net::TcpListener, sync::watch};
use tonic::{service::Routes, transport::Server};

use crate::{
    api::{
        bounds::Bounds, identity::Permissions, limits::NameTransportRefusals,
        request_id::RequestIds,
    },
    config::{Config, Limits, Pace},
    domain::reason::Reason,
    last_head::LastHead,
    listen::{Door, tls::TlsError},
    log_key::LogKeyError,
    service::{
        Context, audit,
        chores::Chores,
        events::Subscribers,
        evidence::KnownBases,
        ports::{Clock, Ids, Store as _, StoreError, Verify, trust as port},
        sign::Signer,
        to_end::InProgress,
        tries::Tries,
        workers::Workers,
    },
    shown::fault,
    store::{Role, SqlStore},
};

use readiness::Readiness;

/// How long calls in progress may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Calls in progress of one connection.
const STREAMS: u32 = 256;
/// Octets of the headers of a call.
const HEADERS: u32 = 16 << 10;
/// How often whoever is at the other end of a silent connection is asked whether it is there, and how long it may take.
const ALIVE: Duration = Duration::from_secs(30);
const ANSWERED: Duration = Duration::from_secs(10);

/// The world outside that the daemon is given.
#[allow(missing_docs)]
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub verify: Arc<dyn Verify>,
    pub trust: Arc<dyn port::Trust>,
}

/// Why the daemon did not start or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store.
    #[error("store / хранилище: {0}")]
    Store(#[from] StoreError),
    /// The signing key of the audit log.
    #[error("{0}")]
    LogKey(#[from] LogKeyError),
    /// The log in the store is not the one that its key has signed.
    #[error(
        "the audit log in the database does not continue what its key has signed: an older copy of the database was put \
         back, or the key belongs to the log of another database; put the newest copy back, or give each database a folder \
         and a key of its own; docs/audit-log.md, \"An older copy\" / журнал в базе данных не продолжает подписанное его \
         ключом: вместо базы положена старая копия, или ключ от журнала другой базы; верните самую новую копию либо дайте \
         каждой базе свой каталог и ключ; docs/audit-log.md, «An older copy»"
    )]
    LogNotContinued,
    /// What is signed could not be kept.
    #[error(
        "the head of the audit log cannot be kept beside its key, and nothing is signed without; give the daemon the right \
         to write that folder / контрольную точку журнала не сохранить рядом с ключом, а без этого ничего не подписывается; \
         дайте сервису право писать в этот каталог"
    )]
    LogHeadNotKept,
    /// The files of TLS.
    #[error("{0}")]
    Tls(#[from] TlsError),
    /// No randomness.
    #[error("the operating system gives no randomness / система не даёт случайных чисел")]
    Random,
    /// The address is taken or not of this machine.
    #[error(
        "cannot listen on {0}: {en}; choose another address with --listen / адрес {0} не занять: {ru}; выберите другой параметром --listen",
        en = fault(*.1, Language::En),
        ru = fault(*.1, Language::Ru)
    )]
    Listen(SocketAddr, io::ErrorKind),
    /// The transport.
    #[error("transport / соединение: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// The daemon, bound to its address and ready to serve.
pub struct App {
    context: Context,
    stop: watch::Sender<bool>,
    store: SqlStore,
    listener: TcpListener,
    address: SocketAddr,
    door: Door,
    limits: Limits,
    routes: Routes,
    readiness: Readiness,
    chores: Chores,
    pace: Pace,
}

impl App {
    /// Opens the store and binds the address.
    ///
    /// # Errors
    /// When either fails.
    pub async fn bind(config: Config, ports: Ports) -> Result<Self, AppError> {
        let door = Door::new(&config.access)?;
        let store = Box::pin(SqlStore::open(&config.store, &config.keys, Role::Daemon)).await?;
        let mut settings = config.settings;
        settings.audience = match config.instance {
            Some(instance) => instance,
            None => store.instance().await?,
        };
        let key = config.log.found(&config.store, &store, &settings.audience);
        let key = key.await?;
        let kept = LastHead::of(&config.log, &config.store);
        let log = Arc::new(Signer::new(key, Box::new(kept)));
        let listen = |e: io::Error| AppError::Listen(config.listen, e.kind());
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let (stop, stopping) = watch::channel(false);
        let context = Context {
            clock: ports.clock,
            ids: ports.ids,
            store: Arc::new(store.clone()),
            verify: ports.verify,
            trust: ports.trust,
            workers: Workers::new(config.running, config.waiting),
            log,
            stopping,
            submissions: InProgress::default(),
            subscribers: Subscribers::default(),
            bases: KnownBases::default(),
            tries: Tries::default(),
            settings,
        };
        // Makes the kept head at the first start. What could give no receipt must not confirm accounts.
        if let Err(refusal) = audit::checkpoint(&context).await {
            match refusal.reason {
                Reason::LogNotContinued => return Err(AppError::LogNotContinued),
                Reason::LogHeadNotKept => return Err(AppError::LogHeadNotKept),
                reason => tracing::warn!(
                    reason = reason.code(),
                    "the log was not signed at the start"
                ),
            }
        }
        let chores = Chores::new(context.clone()).map_err(|_: Reason| AppError::Random)?;
        let readiness = Readiness::new(context.clone(), routes::names());
        let routes = routes::all(&context, readiness.server());
        readiness.look().await;
        Ok(Self {
            context,
            stop,
            store,
            listener,
            address,
            door,
            limits: config.limits,
            routes,
            readiness,
            chores,
            pace: config.pace,
        })
    }

    /// What its use cases are given.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// What it does without being asked.
    pub fn chores(&self) -> &Chores {
        &self.chores
    }

    /// What its health says.
    pub const fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How callers come in.
    pub const fn door(&self) -> &Door {
        &self.door
    }

    /// The id of the installation.
    pub fn instance(&self) -> &str {
        &self.context.settings.audience
    }

    /// The public key of the audit log.
    pub fn log_key(&self) -> String {
        self.context.log.key().to_string()
    }

    /// The store behind it.
    pub fn store(&self) -> &SqlStore {
        &self.store
    }

    /// Serves until `stop` resolves, then finishes the calls in progress.
    ///
    /// # Errors
    /// When the transport fails.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send) -> Result<(), AppError> {
        let (stopped, has_stopped) = tokio::sync::oneshot::channel();
        let (tell, of_stop) = (self.stop, self.readiness.clone());
        let drain = async move {
            stop.await;
            // Streams that would go on for ever end themselves.
            let _ = tell.send(true);
            of_stop.look().await;
            let _ = stopped.send(());
        };
        let incoming = self.door.incoming(self.listener, &self.limits);
        let server = Server::builder()
            .max_concurrent_streams(STREAMS)
            .http2_max_header_list_size(HEADERS)
            .http2_keepalive_interval(Some(ALIVE))
            .http2_keepalive_timeout(Some(ANSWERED))
            .layer(RequestIds::new(
                self.context.clock.clone(),
                self.context.ids.clone(),
            ))
            .layer(NameTransportRefusals)
            .layer(Permissions)
            .layer(Bounds::new(&self.limits, self.context.clock.clone()))
            .add_routes(self.routes)
            .serve_with_incoming_shutdown(incoming, drain);
        // On the heap: what is served grows, the stack of a thread does not.
        let server = Box::pin(server);
        let overdue = async move {
            match has_stopped.await {
                Ok(()) => tokio::time::sleep(GRACE).await,
                Err(_) => std::future::pending().await,
            }
        };
        let chores = async {
            match self.pace {
                Pace::Own => {
                    let (looked, done) = (self.readiness.keep_looking(), self.chores.keep_doing());
                    tokio::join!(looked, done);
                }
                Pace::Told => std::future::pending().await,
            }
        };
        let served = tokio::select! {
            served = server => served,
            () = chores => Ok(()),
            () = overdue => {
                tracing::warn!("calls in progress were cut off after the grace period");
                Ok(())
            }
        };
        self.chores.stop().await;
        // The server ends with its connections; what a caller left behind is still being decided.
        let ended = self.context.submissions.ended();
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("submissions in progress were cut off after the grace period");
        }
        self.store.close().await;
        Ok(served?)
    }
}
