//! `verifierd audit export` and `checkpoint`: what is read from a database, whether a daemon works on it or not.

use std::{
    fs::OpenOptions,
    io::{BufWriter, Write as _},
    path::PathBuf,
};

use clap::Args;

use super::{Exit, failed, key::configuration, no_key, stop};
use crate::{
    cli::{
        named,
        output::{answer, tell},
    },
    config::Config,
    domain::reason::Reason,
    last_head::LastHead,
    service::{
        ports::{Store as _, audit_log::AuditLog as _},
        refusal::Refusal,
        sign::Signer,
    },
    shown::both,
    store::{Role, SqlStore},
};

/// Leaves that are read at once.
const PAGE: u32 = 256;

/// Which database.
#[derive(Args)]
pub(super) struct Database {
    /// Configuration file of the daemon / файл настроек сервиса
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Database {
    /// Does `work` over the open database.
    pub(super) fn open<T>(
        &self,
        work: impl AsyncFnOnce(&SqlStore, &Config) -> Result<T, Exit>,
    ) -> Result<T, Exit> {
        let config = configuration(self.config.as_deref())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| stop(Exit::Internal, both(&error)))?;
        runtime.block_on(async {
            let store = SqlStore::open(&config.store, &config.keys, Role::Reader).await;
            let store = store.map_err(failed)?;
            let done = work(&store, &config).await;
            store.close().await;
            done
        })
    }

    pub(super) fn checkpoint(&self) -> Result<Exit, Exit> {
        self.open(async |store, config| {
            let head = store.tree_head().await.map_err(failed)?;
            let key = signer(store, config).await?;
            tell(&key.checkpoint(store, &head).await.map_err(not_signed)?);
            Ok(Exit::Done)
        })
    }
}

/// Signs heads of the log in `store`, as the daemon does: none that does not continue those signed before.
pub(super) async fn signer(store: &SqlStore, config: &Config) -> Result<Signer, Exit> {
    let key = config.log.of_log(&config.store, store).await;
    let kept = LastHead::of(&config.log, &config.store);
    Ok(Signer::new(key.map_err(no_key)?, Box::new(kept)))
}

/// Why a head of the log was not signed.
pub(super) fn not_signed(refusal: Refusal) -> Exit {
    let exit = match refusal.reason {
        Reason::LogNotContinued => Exit::Failed,
        _ => Exit::Internal,
    };
    let reason = refusal.reason;
    stop(exit, format_args!("{} / {}", reason.en(), reason.ru()))
}

#[derive(Args)]
pub(super) struct Export {
    #[command(flatten)]
    database: Database,
    /// A new file for the leaves / новый файл для записей
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Export {
    pub(super) fn run(&self) -> Result<Exit, Exit> {
        let fault = |error: std::io::Error| {
            stop(
                Exit::Usage,
                format_args!("{}: {}", named(&self.file), both(&error)),
            )
        };
        self.database.open(async |store, _| {
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&self.file);
            let mut file = BufWriter::new(file.map_err(fault)?);
            let mut first = 0;
            loop {
                let leaves = store.leaves(first, PAGE).await.map_err(failed)?;
                for leaf in &leaves {
                    file.write_all(leaf)
                        .and_then(|()| file.write_all(b"\n"))
                        .map_err(fault)?;
                }
                if leaves.is_empty() {
                    break;
                }
                first += leaves.len() as u64;
            }
            file.flush().map_err(fault)?;
            answer!("{first}");
            Ok(Exit::Done)
        })
    }
}
