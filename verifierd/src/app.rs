//! Composes the daemon: ports in, a listening server out, drained at the end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use proto::v1::{
    account_service_server::AccountServiceServer,
    confirmation_service_server::ConfirmationServiceServer,
    event_service_server::EventServiceServer,
    organisation_service_server::OrganisationServiceServer,
    sign_in_service_server::SignInServiceServer, trust_service_server::TrustServiceServer,
    verification_service_server::VerificationServiceServer,
};
use sig_core::finding::Language;
use tokio::{net::TcpListener, sync::watch};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

use crate::{
    api::{
        accounts::Accounts,
        confirmation::Confirmations,
        events::Events,
        limits::{MESSAGE_OCTETS, NameTransportRefusals},
        organisations::Organisations,
        request_id::RequestIds,
        sign_in::SignIns,
        trust::Trust,
        verification::Verification,
    },
    config::{Config, Pace},
    domain::reason::Reason,
    service::{
        Context,
        chores::Chores,
        evidence::KnownBases,
        ports::{Clock, Ids, Store as _, StoreError, Verify, trust as port},
        workers::Workers,
    },
    shown::fault,
    store::{Role, SqlStore},
};

/// How long calls in progress may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

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
    chores: Chores,
    pace: Pace,
}

impl App {
    /// Opens the store and binds the address.
    ///
    /// # Errors
    /// When either fails.
    pub async fn bind(config: Config, ports: Ports) -> Result<Self, AppError> {
        let store = SqlStore::open(&config.store, &config.keys, Role::Daemon).await?;
        let mut settings = config.settings;
        settings.audience = match config.instance {
            Some(instance) => instance,
            None => store.instance().await?,
        };
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
            stopping,
            bases: KnownBases::default(),
            settings,
        };
        let chores = Chores::new(context.clone()).map_err(|_: Reason| AppError::Random)?;
        Ok(Self {
            context,
            stop,
            store,
            listener,
            address,
            chores,
            pace: config.pace,
        })
    }

    /// What it does without being asked.
    pub fn chores(&self) -> &Chores {
        &self.chores
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The id of the installation.
    pub fn instance(&self) -> &str {
        &self.context.settings.audience
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
        let (health_reporter, health) = tonic_health::server::health_reporter();
        let accounts = AccountServiceServer::new(Accounts(self.context.clone()))
            .max_decoding_message_size(MESSAGE_OCTETS)
            .max_encoding_message_size(MESSAGE_OCTETS);
        let confirmations = ConfirmationServiceServer::new(Confirmations(self.context.clone()))
            .max_decoding_message_size(MESSAGE_OCTETS)
            .max_encoding_message_size(MESSAGE_OCTETS);
        let events = EventServiceServer::new(Events(self.context.clone()))
            .max_decoding_message_size(MESSAGE_OCTETS)
            .max_encoding_message_size(MESSAGE_OCTETS);
        let organisations = OrganisationServiceServer::new(Organisations(self.context.clone()))
            .max_decoding_message_size(MESSAGE_OCTETS)
            .max_encoding_message_size(MESSAGE_OCTETS);
        let sign_ins = SignInServiceServer::new(SignIns(self.context.clone()))
            .max_decoding_message_size(MESSAGE_OCTETS)
            .max_encoding_message_size(MESSAGE_OCTETS);
        let verification = VerificationServiceServer::new(Verification(self.context.clone()))
            .max_decoding_message_size(MESSAGE_OCTETS)
            .max_encoding_message_size(MESSAGE_OCTETS);
        let trust = TrustServiceServer::new(Trust(self.context.clone()))
            .max_decoding_message_size(MESSAGE_OCTETS)
            .max_encoding_message_size(MESSAGE_OCTETS);
        health_reporter
            .set_serving::<TrustServiceServer<Trust>>()
            .await;
        health_reporter
            .set_serving::<AccountServiceServer<Accounts>>()
            .await;
        health_reporter
            .set_serving::<ConfirmationServiceServer<Confirmations>>()
            .await;
        health_reporter
            .set_serving::<EventServiceServer<Events>>()
            .await;
        health_reporter
            .set_serving::<OrganisationServiceServer<Organisations>>()
            .await;
        health_reporter
            .set_serving::<SignInServiceServer<SignIns>>()
            .await;
        health_reporter
            .set_serving::<VerificationServiceServer<Verification>>()
            .await;

        let (stopped, has_stopped) = tokio::sync::oneshot::channel();
        let tell = self.stop;
        let drain = async move {
            stop.await;
            // Streams that would go on for ever end themselves.
            let _ = tell.send(true);
            health_reporter
                .set_service_status("", tonic_health::ServingStatus::NotServing)
                .await;
            let _ = stopped.send(());
        };
        let server = Server::builder()
            .layer(RequestIds::new(
                self.context.clock.clone(),
                self.context.ids.clone(),
            ))
            .layer(NameTransportRefusals)
            .add_service(health)
            .add_optional_service(reflection())
            .add_service(accounts)
            .add_service(confirmations)
            .add_service(events)
            .add_service(organisations)
            .add_service(sign_ins)
            .add_service(verification)
            .add_service(trust)
            .serve_with_incoming_shutdown(TcpListenerStream::new(self.listener), drain);
        let overdue = async move {
            match has_stopped.await {
                Ok(()) => tokio::time::sleep(GRACE).await,
                Err(_) => std::future::pending().await,
            }
        };
        let chores = async {
            match self.pace {
                Pace::Own => self.chores.keep_doing().await,
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
        self.store.close().await;
        Ok(served?)
    }
}

/// The reflection service; without it the daemon works all the same.
fn reflection() -> Option<
    tonic_reflection::server::v1::ServerReflectionServer<
        impl tonic_reflection::server::v1::ServerReflection,
    >,
> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(|error| tracing::error!(%error, "no reflection"))
        .ok()
}
