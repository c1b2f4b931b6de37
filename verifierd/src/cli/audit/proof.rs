//! `verifierd audit proof`: what a database shows, as files that are checked without it.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use audit_log::{
    Checkpoint, ConsistencyProof, Receipt, consistency_spans, inclusion_spans, verify_consistency,
};
use clap::Args;

use super::{
    Exit,
    database::{Database, not_signed, signer},
    failed, read_text, stop,
};
use crate::{
    cli::{named, output::tell},
    config::Config,
    domain::ids::ApplicationId,
    service::ports::{Store as _, StoreError, audit_log::AuditLog as _},
    shown::both,
    store::SqlStore,
};

#[derive(Args)]
pub(super) struct Proof {
    #[command(flatten)]
    database: Database,
    /// Position of an entry, or an application with an outcome / место записи или заявление, по которому есть решение
    #[arg(value_name = "ENTRY", required_unless_present = "since")]
    entry: Option<String>,
    /// Show that the log continues this checkpoint, which was kept / показать, что журнал продолжает эту сохранённую
    /// контрольную точку
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "entry")]
    since: Option<PathBuf>,
    /// A new file for the proof / новый файл для доказательства
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Proof {
    pub(super) fn run(&self) -> Result<Exit, Exit> {
        let text = match &self.since {
            Some(path) => {
                let kept = (path.as_path(), read_text(path)?);
                self.database
                    .open(async |store, config| continued(store, config, &kept).await)?
            }
            None => {
                let entry = self.entry.as_deref().unwrap_or_default();
                self.database
                    .open(async |store, config| receipt(store, config, entry).await)?
            }
        };
        match &self.out {
            None => tell(&text),
            Some(path) => write(path, &text).map_err(|error| {
                stop(
                    Exit::Usage,
                    format_args!("{}: {}", named(path), both(&error)),
                )
            })?,
        }
        Ok(Exit::Done)
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

async fn receipt(store: &SqlStore, config: &Config, entry: &str) -> Result<String, Exit> {
    let key = signer(store, config).await?;
    let head = store.tree_head().await.map_err(failed)?;
    let index = match (entry.parse().ok(), ApplicationId::parse(entry)) {
        (Some(index), _) => Some(index),
        (None, Some(id)) => store.leaf_of_outcome(&id).await.map_err(failed)?,
        (None, None) => None,
    };
    let shown = index.and_then(|index| Some((index, inclusion_spans(index, head.size)?)));
    let Some((index, spans)) = shown else {
        return Err(stop(
            Exit::Failed,
            "there is no such entry in the log / в журнале нет такой записи",
        ));
    };
    let leaves = store.leaves(index, 1).await.map_err(failed)?;
    let proof = store.span_hashes(&spans).await.map_err(failed)?;
    let leaf = leaves.first().map(Vec::as_slice).unwrap_or_default();
    let checkpoint = key.checkpoint(store, &head).await.map_err(not_signed)?;
    let receipt = Receipt::new(index, leaf, &proof, checkpoint);
    let receipt = receipt.ok_or_else(|| failed(StoreError::Corrupt("audit_leaf")))?;
    // Nothing that its reader would refuse is given out.
    receipt.check(key.key()).map_err(|fault| {
        stop(
            Exit::Failed,
            format_args!(
                "the database does not show this entry; run `verifierd audit verify` / база данных не подтверждает эту \
                 запись; выполните `verifierd audit verify`: {fault}"
            ),
        )
    })?;
    Ok(receipt.to_text() + "\n")
}

/// Shows that the log in `store` continues the checkpoint that was kept in a file, before its head is signed.
async fn continued(
    store: &SqlStore,
    config: &Config,
    (path, note): &(&Path, String),
) -> Result<String, Exit> {
    let key = signer(store, config).await?;
    let first = Checkpoint::open(key.key(), note)
        .map_err(|fault| stop(Exit::Failed, format_args!("{}: {fault}", named(path))))?;
    let head = store.tree_head().await.map_err(failed)?;
    let Some(spans) = consistency_spans(first.size, head.size) else {
        let (kept, now) = (first.size, head.size);
        return Err(stop(
            Exit::Failed,
            format_args!(
                "the log has {now} entries, and the checkpoint was signed over {kept}: entries were cut off, or this is an \
                 older copy; keep the checkpoint and run `verifierd audit verify` / в журнале записей: {now}, а контрольная \
                 точка подписана над {kept}: записи отрезаны, или это старая копия; сохраните контрольную точку и выполните \
                 `verifierd audit verify`"
            ),
        ));
    };
    let proof = store.span_hashes(&spans).await.map_err(failed)?;
    let (from, to) = ((first.size, &first.root), (head.size, &head.root));
    verify_consistency(from, to, &proof).map_err(|fault| {
        stop(
            Exit::Failed,
            format_args!(
                "the log does not continue the checkpoint: what stood before it was changed; keep the checkpoint and run \
                 `verifierd audit verify` / журнал не продолжает контрольную точку: записи до неё изменены; сохраните её и \
                 выполните `verifierd audit verify`: {fault}"
            ),
        )
    })?;
    let second = key.checkpoint(store, &head).await.map_err(not_signed)?;
    Ok(ConsistencyProof::new(note.clone(), second, &proof).to_text() + "\n")
}
