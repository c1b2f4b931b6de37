//! `verifierd admin reseal`.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::{
    cli::{Exit, output::answer, say},
    config::Config,
    service::ports::StoreError,
    shown,
    store::{Resealed, Role, SqlStore},
};

/// Between two groups of rows at least, so that the daemons keep writing.
const PAUSE: Duration = Duration::from_millis(120);

/// Seal the personal data of older keys with the current one
///
/// Works on the database itself, beside running daemons, in small steps; it may be stopped and begun again. First give
/// every daemon a key file that holds the new key, then make it `current` in every one, then run this. A row that does
/// not open is named, and the rest goes on. A key that no row needs may leave the key file; keep it, apart, for as long
/// as a backup of the database from before is kept.
///
/// Exit: 0 done, 1 rows did not open or still need an older key, 64 usage, 70 internal.
///
/// Зашифровать персональные данные прежних ключей действующим ключом. Работает с самой базой данных, рядом с сервисами;
/// можно прервать и начать снова. Прежний ключ хранят, пока хранят копии базы, снятые до этого.
#[derive(Args)]
pub(super) struct Arguments {
    /// Configuration file of the daemon (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let config = match Config::load(arguments.config.as_deref(), None) {
        Ok(config) => config,
        Err(error) => {
            let faults = shown::lines(&error.to_string());
            say(&format_args!("configuration / настройки:\n{faults}"));
            return Exit::Usage;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&shown::both(&error));
            return Exit::Internal;
        }
    };
    match runtime.block_on(reseal(&config)) {
        Ok(resealed) => tell(&resealed),
        Err(error) => {
            say(&format_args!("store / хранилище: {error}"));
            Exit::Internal
        }
    }
}

async fn reseal(config: &Config) -> Result<Resealed, StoreError> {
    let store = SqlStore::open(&config.store, &config.keys, Role::Tool).await?;
    let resealed = store.reseal(PAUSE).await;
    store.close().await;
    resealed
}

fn tell(resealed: &Resealed) -> Exit {
    let rows = resealed.rows;
    answer!("rows sealed with the current key / записей зашифровано действующим ключом: {rows}");
    for fault in &resealed.faults {
        say(fault);
    }
    for key in &resealed.free {
        answer!(
            "no row needs key {key}: it may leave the key file; keep it while a backup from before exists / \
             ключ {key} не нужен ни одной записи: его можно убрать из файла ключей; храните его, пока есть \
             копии базы, снятые до этого"
        );
    }
    for key in &resealed.needed {
        answer!(
            "rows need key {key}: leave it in the key file / ключ {key} нужен записям: оставьте его в файле ключей"
        );
    }
    if resealed.faults.is_empty() && resealed.needed.is_empty() {
        return Exit::Done;
    }
    answer!("no key may be retired yet / ни один ключ пока нельзя убирать");
    Exit::Failed
}
