//! Configuration: a TOML file over defaults that need no file.

mod access;
mod environment;
mod file;
mod limits;

use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
};

pub use access::Access;
use file::Faults;
pub use limits::Limits;
use sig_core::{Policy, validate::policy::QualifiedRule};

use crate::{
    back_end::BackEnd,
    domain::deferral::Pauses,
    log_key::{LogConfig, LogKeySource},
    service::Settings,
    shown::{both, named},
    store::keys::KeySource,
};

/// Every setting with its default and what it is for.
pub const EXAMPLE: &str = include_str!("config/example.toml");

/// Everything the daemon is told before it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// The names of the variables that set something.
    pub variables: Vec<String>,
    /// Where it listens; without TLS loopback only.
    pub listen: SocketAddr,
    /// Who may call.
    pub access: Access,
    /// Id of the installation; the store keeps one when absent.
    pub instance: Option<String>,
    /// What computes digests and verifies signatures.
    pub algorithms: BackEnd,
    /// Where it keeps what it knows.
    pub store: StoreConfig,
    /// Where the keys are with which it seals personal data.
    pub keys: KeySource,
    /// Whom it trusts.
    pub trust: TrustConfig,
    /// What signs the audit log.
    pub log: LogConfig,
    /// Rules of applications; the audience is filled in at start.
    pub settings: Settings,
    /// How much may be in progress at once.
    pub limits: Limits,
    /// Signatures judged at once.
    pub running: usize,
    /// Signatures that may wait for their turn.
    pub waiting: usize,
    /// Who sets off what the daemon does without being asked.
    pub pace: Pace,
}

/// Who sets off what the daemon does without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The daemon itself, from time to time.
    Own,
    /// Whoever holds [`App::chores`](crate::app::App::chores).
    Told,
}

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreConfig {
    /// A file, created at the first start.
    Sqlite(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

/// Where trust comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustConfig {
    /// The demonstration trust inside the program: its keys are public.
    Demonstration,
    /// Files read at start.
    Files {
        /// Trust anchors.
        anchors: PathBuf,
        /// CRLs.
        crls: PathBuf,
        /// The accredited-CA list.
        list: PathBuf,
    },
    /// The active snapshot of a store, and whichever becomes active while the daemon runs.
    Store(PathBuf),
}

/// What is wrong with a configuration: every fault found, one a line, with the line of the file that it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads `file`, or takes the defaults; `listen` overrides the file.
    ///
    /// # Errors
    /// Every fault of the file, each with its key and what to write instead.
    pub fn load(file: Option<&Path>, listen: Option<SocketAddr>) -> Result<Self, ConfigError> {
        let text = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|e| ConfigError(vec![format!("{}: {}", named(path), both(&e))]))?,
        };
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place where the daemon reads its settings from the environment"
        )]
        let environment = std::env::vars_os();
        let mut config = Self::parse_with(&text, environment, listen)?;
        config.log.look_around();
        config.keys = keys(config.keys)?;
        Ok(config)
    }

    /// Reads the text of a file; the environment is not looked at.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, listen: Option<SocketAddr>) -> Result<Self, ConfigError> {
        Self::parse_with(text, [], listen)
    }

    /// Reads the text of a file and the variables that come before it, such as `VERIFIERD_STORE_POSTGRES`.
    fn parse_with(
        text: &str,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        listen: Option<SocketAddr>,
    ) -> Result<Self, ConfigError> {
        let (variables, broken) = environment::variables(environment);
        let (file, mut faults) = Faults::read(text, &variables);
        for name in broken {
            faults.add_of_none(format!("{name}: give UTF-8 / укажите значение в UTF-8"));
        }
        let listen = listen
            .or(file.listen)
            .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 50051)));
        let access = access::read(listen, file.tls, file.callers, &mut faults);
        if let Some(instance) = &file.instance {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
            if !(1..=64).contains(&instance.len()) || !instance.bytes().all(allowed) {
                faults.add(
                    "instance",
                    "give 1 to 64 of A-Z a-z 0-9 . _ : -",
                    "укажите от 1 до 64 знаков A-Z a-z 0-9 . _ : -",
                );
            }
        }
        if let Some(origin) = &file.log.origin
            && let Err(fault) = audit_log::SigningKey::new(origin, &[0; 32])
        {
            faults.add(
                "log.origin",
                &fault.to_string(),
                "такое имя журналу не подходит",
            );
        }
        let store = match (file.store.sqlite, file.store.postgres) {
            (Some(_), Some(_)) => {
                faults.add(
                    "store",
                    "give sqlite or postgres, not both",
                    "укажите sqlite или postgres, одно из двух",
                );
                StoreConfig::Sqlite(PathBuf::new())
            }
            (_, Some(url)) => StoreConfig::Postgres(url),
            (path, None) => {
                StoreConfig::Sqlite(path.unwrap_or_else(|| PathBuf::from("var/verifierd.sqlite")))
            }
        };
        let files = (file.trust.anchors, file.trust.crls, file.trust.list);
        let trust = match (file.trust.store, files) {
            (None, (None, None, None)) => TrustConfig::Demonstration,
            (Some(store), (None, None, None)) => TrustConfig::Store(store),
            (None, (Some(anchors), Some(crls), Some(list))) => TrustConfig::Files {
                anchors,
                crls,
                list,
            },
            _ => {
                faults.add(
                    "trust",
                    "give store, or all of anchors, crls and list, or none",
                    "укажите store, или anchors, crls и list вместе, или ничего",
                );
                TrustConfig::Demonstration
            }
        };
        let policy = file.applications.policy.clone();
        let policy = policy.unwrap_or_else(|| "ru-qes".to_owned());
        // Only a qualified signature confirms an account: under another policy nobody would ever pass.
        let judges = |policy: &Policy| policy.qualified == QualifiedRule::Judge;
        if !Policy::builtin(&policy).is_ok_and(|policy| judges(&policy)) {
            faults.add(
                "applications.policy",
                "give one that judges 63-FZ art. 11, such as ru-qes",
                "укажите политику, которая проверяет условия статьи 11 63-ФЗ, например ru-qes",
            );
        }
        let limits = limits::read(&file.limits, &mut faults);
        let applications = file.applications;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let cores = i64::try_from(cores).unwrap_or(1);
        let lifetime = (60, 3600, 604_800);
        let window = (1, 3600, 604_800);
        let octets = (1, 4 << 20, 5 << 20);
        let waiting = (0, 64, 65_536);
        let [
            registry_check_deadline,
            certificate_expiry_notice,
            open_applications,
            application_lifetime,
            attestation_max_age,
            tries,
            failed_tries_of_caller,
            failed_tries_window,
            retry_pause,
            retry_pause_max,
            deferral_limit,
            octets,
            running,
            waiting,
        ] = [
            (
                "accounts.registry_check_deadline_s",
                file.accounts.registry_check_deadline_s,
                (60, 432_000, 31_536_000),
            ),
            (
                "accounts.certificate_expiry_notice_s",
                file.accounts.certificate_expiry_notice_s,
                (60, 2_592_000, 31_536_000),
            ),
            (
                "accounts.open_applications",
                file.accounts.open_applications,
                (1, 20, 1000),
            ),
            ("applications.lifetime_s", applications.lifetime_s, lifetime),
            (
                "applications.attestation_max_age_s",
                applications.attestation_max_age_s,
                (60, 86_400, 604_800),
            ),
            (
                "applications.failed_tries",
                applications.failed_tries,
                (1, 5, 1000),
            ),
            (
                "applications.failed_tries_of_caller",
                applications.failed_tries_of_caller,
                (1, 10_000, 1_000_000_000),
            ),
            (
                "applications.failed_tries_window_s",
                applications.failed_tries_window_s,
                window,
            ),
            (
                "applications.retry_pause_s",
                applications.retry_pause_s,
                (1, 600, 86_400),
            ),
            (
                "applications.retry_pause_max_s",
                applications.retry_pause_max_s,
                (1, 14_400, 604_800),
            ),
            (
                "applications.deferral_limit_s",
                applications.deferral_limit_s,
                (60, 172_800, 2_592_000),
            ),
            (
                "applications.signature_bytes",
                applications.signature_bytes,
                octets,
            ),
            ("workers.running", file.workers.running, (1, cores, 1024)),
            ("workers.waiting", file.workers.waiting, waiting),
        ]
        .map(|(key, value, bounds)| faults.bounded(key, value, bounds));
        let faults = faults.found();
        if !faults.is_empty() {
            return Err(ConfigError(faults));
        }
        let size = |value: i64| usize::try_from(value).unwrap_or(usize::MAX);
        Ok(Self {
            variables: variables.into_iter().map(|it| it.name).collect(),
            listen,
            access,
            instance: file.instance,
            algorithms: file.algorithms,
            store,
            keys: file.keys.file.map_or(KeySource::Beside, KeySource::File),
            trust,
            log: LogConfig {
                key: file
                    .log
                    .key
                    .map_or(LogKeySource::Beside, LogKeySource::File),
                origin: file.log.origin,
            },
            settings: Settings {
                audience: String::new(),
                policy,
                application_lifetime,
                attestation_max_age,
                signature_octets: size(octets),
                open_applications: size(open_applications),
                failed_tries: size(tries),
                failed_tries_of_caller: size(failed_tries_of_caller),
                failed_tries_window,
                pauses: Pauses {
                    first: retry_pause,
                    longest: retry_pause_max,
                    limit: deferral_limit,
                },
                registry_check_deadline,
                certificate_expiry_notice,
            },
            limits,
            running: size(running),
            waiting: size(waiting),
            pace: Pace::Own,
        })
    }
}

/// The keys that the environment gives; otherwise as the file says.
fn keys(configured: KeySource) -> Result<KeySource, ConfigError> {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the daemon reads its environment"
    )]
    let [text, file] = ["VERIFIERD_KEYS", "VERIFIERD_KEYS_FILE"].map(std::env::var_os);
    match (text, file, configured) {
        (None, None, configured) => Ok(configured),
        (Some(text), None, KeySource::Beside) => match text.into_string() {
            Ok(text) => Ok(KeySource::Text(text.into())),
            Err(_) => Err(ConfigError(vec![
                "VERIFIERD_KEYS: give the text of a key file".to_owned(),
            ])),
        },
        (None, Some(file), KeySource::Beside) => Ok(KeySource::File(file.into())),
        _ => Err(ConfigError(vec![
            "keys: give one of keys.file, VERIFIERD_KEYS and VERIFIERD_KEYS_FILE".to_owned(),
        ])),
    }
}

#[cfg(test)]
mod tests;
