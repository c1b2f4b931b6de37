//! A daemon on an ephemeral port over a fresh database, with a scripted judge
//! and a clock that stands still.

#![allow(dead_code)]

pub mod attest;
pub mod certificates;
pub mod database;
pub mod person;
pub mod script;
pub mod secured;
pub mod watched;

use std::{
    net::SocketAddr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
};

use proto::v1::{
    self, account_service_client::AccountServiceClient, audit_service_client::AuditServiceClient,
    confirmation_service_client::ConfirmationServiceClient,
    verification_service_client::VerificationServiceClient,
};
use sig_core::alg::openssl::OPENSSL;
use tokio::{sync::oneshot, task::JoinHandle};
use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;
use verifierd::{
    app::{App, AppError, Ports, readiness::Readiness},
    config::{Config, Pace},
    domain::time::UnixSeconds,
    listen::Door,
    log_key::LogKeySource,
    service::{
        chores::Chores,
        ports::{Clock, RandomIds, Verify},
        verify::{Judge, TrustFiles},
    },
    store::{SqlStore, keys::KeySource},
};

use database::Database;
use script::Scripted;

pub const NOW: i64 = 1_795_000_000;

/// A clock that moves when told.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn new() -> Self {
        Self(AtomicI64::new(NOW))
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixSeconds {
        UnixSeconds::new(self.0.load(Ordering::SeqCst))
    }
}

pub struct Daemon {
    pub address: SocketAddr,
    pub clock: Arc<TestClock>,
    pub store: SqlStore,
    pub door: Door,
    pub chores: Chores,
    pub readiness: Readiness,
    pub channel: Channel,
    pub accounts: AccountServiceClient<Channel>,
    pub audit: AuditServiceClient<Channel>,
    pub confirmations: ConfirmationServiceClient<Channel>,
    pub verification: VerificationServiceClient<Channel>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), AppError>>,
}

impl Daemon {
    pub async fn start(database: &Database) -> Self {
        Self::start_with(database, "", Arc::new(Scripted::default())).await
    }

    pub async fn start_with(database: &Database, config: &str, verify: Arc<dyn Verify>) -> Self {
        let mut config = Config::parse(config, "127.0.0.1:0".parse().ok()).unwrap();
        config.store = database.config();
        config.keys = database.keys();
        Self::start_configured(config, verify).await
    }

    pub async fn start_with_keys(database: &Database, keys: &KeySource) -> Self {
        Self::start_judging(database, keys, Arc::new(Scripted::default())).await
    }

    pub async fn start_with_log_key(database: &Database, key: &LogKeySource) -> Self {
        let mut config = Config::parse("", "127.0.0.1:0".parse().ok()).unwrap();
        config.store = database.config();
        config.keys = database.keys();
        config.log.key = key.clone();
        Self::start_configured(config, Arc::new(Scripted::default())).await
    }

    pub async fn start_judging(
        database: &Database,
        keys: &KeySource,
        verify: Arc<dyn Verify>,
    ) -> Self {
        let mut config = Config::parse("", "127.0.0.1:0".parse().ok()).unwrap();
        config.store = database.config();
        config.keys = keys.clone();
        Self::start_configured(config, verify).await
    }

    /// Why a daemon does not start over this database.
    pub async fn not_started(database: &Database) -> AppError {
        let mut config = Config::parse("", "127.0.0.1:0".parse().ok()).unwrap();
        config.store = database.config();
        config.keys = database.keys();
        let clock = Arc::new(TestClock::new());
        let app = Self::bind(config, &clock, Arc::new(Scripted::default())).await;
        app.err().expect("the daemon started")
    }

    async fn bind(
        mut config: Config,
        clock: &Arc<TestClock>,
        verify: Arc<dyn Verify>,
    ) -> Result<App, AppError> {
        config.pace = Pace::Told;
        database::give_log_key(&mut config);
        let ports = Ports {
            clock: clock.clone(),
            ids: Arc::new(RandomIds),
            verify,
            trust: demonstration(),
        };
        App::bind(config, ports).await
    }

    async fn start_configured(config: Config, verify: Arc<dyn Verify>) -> Self {
        Self::start_over(config, verify, |address| {
            Channel::from_shared(format!("http://{address}")).unwrap()
        })
        .await
    }

    /// Serves, and is called the way `endpoint` says.
    pub async fn start_over(
        config: Config,
        verify: Arc<dyn Verify>,
        endpoint: impl FnOnce(SocketAddr) -> Endpoint,
    ) -> Self {
        let clock = Arc::new(TestClock::new());
        let app = Self::bind(config, &clock, verify).await.unwrap();
        let address = app.address();
        let store = app.store().clone();
        let door = app.door().clone();
        let chores = app.chores().clone();
        let readiness = app.readiness().clone();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(app.serve(async {
            let _ = stopped.await;
        }));
        let channel = endpoint(address).connect().await.unwrap();
        Self {
            address,
            clock,
            store,
            door,
            chores,
            readiness,
            accounts: AccountServiceClient::new(channel.clone()),
            audit: AuditServiceClient::new(channel.clone()),
            confirmations: ConfirmationServiceClient::new(channel.clone()),
            verification: VerificationServiceClient::new(channel.clone())
                .max_encoding_message_size(64 << 20),
            channel,
            stop,
            served,
        }
    }

    pub async fn stop(self) {
        drop((
            self.accounts,
            self.audit,
            self.confirmations,
            self.verification,
            self.channel,
        ));
        self.stop.send(()).unwrap();
        self.served.await.unwrap().unwrap();
    }

    pub async fn account(&self, id: &str) -> v1::Account {
        let request = v1::GetAccountRequest {
            account_id: id.into(),
        };
        let answer = self.accounts.clone().get_account(request).await.unwrap();
        answer.into_inner().account.unwrap()
    }

    pub async fn register(&self, id: &str) -> v1::Account {
        self.register_with(id, &person::registration(id).email)
            .await
    }

    pub async fn register_with(&self, id: &str, email: &str) -> v1::Account {
        let request = v1::RegisterAccountRequest {
            email: email.into(),
            ..person::registration(id)
        };
        let answer = self
            .accounts
            .clone()
            .register_account(request)
            .await
            .unwrap();
        answer.into_inner().account.unwrap()
    }

    /// Submits personal data; answers the check to be answered.
    pub async fn submit_data(&self, id: &str, data: v1::PersonalData) -> String {
        let request = v1::SubmitPersonalDataRequest {
            account_id: id.into(),
            personal_data: Some(data),
        };
        let answer = self
            .accounts
            .clone()
            .submit_personal_data(request)
            .await
            .unwrap();
        answer
            .into_inner()
            .account
            .unwrap()
            .registry_check
            .unwrap()
            .check_id
    }

    pub async fn pass_check(&self, id: &str, check: &str) -> Result<v1::Account, Status> {
        let request = person::passed(id, check);
        let answer = self
            .accounts
            .clone()
            .record_registry_result(request)
            .await?;
        Ok(answer.into_inner().account.unwrap())
    }

    /// An account of level STANDARD.
    pub async fn standard(&self, id: &str) {
        self.standard_with(id, person::data()).await;
    }

    pub async fn standard_with(&self, id: &str, data: v1::PersonalData) {
        self.register(id).await;
        let check = self.submit_data(id, data).await;
        self.pass_check(id, &check).await.unwrap();
    }

    pub async fn prepare(&self, id: &str) -> Result<v1::PrepareApplicationResponse, Status> {
        let request = v1::PrepareApplicationRequest {
            account_id: id.into(),
            channel: v1::Channel::OwnSignature.into(),
            attestor: None,
        };
        let answer = self
            .confirmations
            .clone()
            .prepare_application(request)
            .await?;
        Ok(answer.into_inner())
    }

    /// Prepares an application; answers its id and bytes.
    pub async fn issue(&self, id: &str) -> (String, Vec<u8>) {
        let answer = self.prepare(id).await.unwrap();
        (answer.application.unwrap().application_id, answer.content)
    }

    pub async fn submit(
        &self,
        account: &str,
        application: &str,
        signature: impl Into<Vec<u8>>,
    ) -> Result<v1::SubmitApplicationResponse, Status> {
        let request = v1::SubmitApplicationRequest {
            account_id: account.into(),
            application_id: application.into(),
            signature: signature.into(),
        };
        let client = self
            .confirmations
            .clone()
            .max_encoding_message_size(64 << 20);
        let answer = { client }.submit_application(request).await?;
        Ok(answer.into_inner())
    }

    pub async fn application(&self, account: &str, id: &str) -> v1::Application {
        let request = v1::GetApplicationRequest {
            account_id: account.into(),
            application_id: id.into(),
        };
        let answer = self
            .confirmations
            .clone()
            .get_application(request)
            .await
            .unwrap();
        answer.into_inner().application.unwrap()
    }
}

/// The trust inside the program, read once.
pub fn demonstration() -> Arc<Judge> {
    static JUDGE: LazyLock<Arc<Judge>> = LazyLock::new(|| {
        let judge = Judge::new(TrustFiles::DEMO, &OPENSSL, UnixSeconds::new(NOW));
        Arc::new(judge.unwrap())
    });
    Arc::clone(&JUDGE)
}

/// What an error says: gRPC code and reason, and it must speak both languages.
pub fn reason(status: &Status) -> (Code, String) {
    let details = status.get_error_details_vec();
    let languages = details.iter().filter(|detail| {
        matches!(detail, tonic_types::ErrorDetail::LocalizedMessage(text) if !text.message.is_empty())
    });
    assert_eq!(languages.count(), 2, "{status:?}");
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.domain, "verifier");
    (status.code(), info.reason)
}

/// Fields that an error names.
pub fn fields(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().unwrap().field_violations;
    violations
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}
