//! `verifierd trust`: snapshots of trust, kept on this machine.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sig_core::{
    Limits, Material, UnixTime,
    alg::provider::Algorithms,
    der::octets::Octets,
    finding::Language,
    trust::{
        etsi_list::{EtsiDifference, is_etsi_list},
        mintsifry_list::ListLimits,
        snapshot::{Assembly, Difference, ListSigner, TrustSnapshot},
    },
    x509::certificate::sha256_hex,
};

use super::{
    Exit,
    crl_files::CrlOptions,
    material::{Lang, Stopped, now, parse_time, read_anchors, unreadable},
    trust_options::{rejected, stopped},
};
use crate::{
    back_end::BackEnd,
    mapped,
    trust_store::{self, StoreFault, TrustStore, is_of_trusted_lists},
};
use print::Words;

mod print;
mod trusted_lists;

/// Keep trust snapshots of accredited-CA lists and of European trusted lists
///
/// import reads lists, checks their signatures, keeps a snapshot and prints what changes; activate lets verify and
/// the daemon use it. Exit: 0 done, 64 a list or file is refused, 70 internal.
///
/// Хранить снимки доверия по спискам аккредитованных УЦ: import проверяет и сохраняет, activate вводит в действие.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check lists and keep a snapshot of them / проверить списки и сохранить снимок
    Import(Box<Import>),
    /// Name the snapshots / перечислить снимки
    List(Common),
    /// Show a snapshot, or what it says of a key / показать снимок или ключ в нём
    Show(Show),
    /// Name keys and statuses that differ / показать различия двух снимков
    Diff(Diff),
    /// Let a snapshot take effect / ввести снимок в действие
    Activate(Activate),
    /// Let the snapshot take effect that did before / вернуть предыдущий снимок
    Rollback(Rollback),
}

#[derive(Args)]
struct Common {
    /// Store of trust snapshots / хранилище снимков
    #[arg(long, value_name = "DIR", default_value = trust_store::DEFAULT)]
    store: PathBuf,
    /// Language of the text / язык текста
    #[arg(long, value_enum, default_value = "ru")]
    lang: Lang,
    /// Implementation of the algorithms / реализация алгоритмов
    #[arg(long, value_enum, default_value = "openssl")]
    algorithms: BackEnd,
    /// As if it were this time, RFC 3339 (default: now) / считать, что сейчас это время
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<UnixTime>,
}

#[derive(Args)]
struct Import {
    /// Signed lists, one version or more / подписанные списки
    #[arg(required = true, value_name = "LIST")]
    lists: Vec<PathBuf>,
    /// Roots; for European lists the certificates that may sign them (default: those of the active snapshot) / доверенные
    /// корни; для европейских списков — сертификаты, которыми они подписаны
    #[arg(long, value_name = "PATH")]
    anchors: Vec<PathBuf>,
    /// A list of lists of before that says who signs the next, as often as needed, in any order: those that the list of
    /// lists names among the addresses of its scheme / промежуточный список списков (pivot)
    #[arg(long = "pivot", value_name = "FILE")]
    pivots: Vec<PathBuf>,
    #[command(flatten)]
    crls: CrlOptions,
    /// Let it take effect at once / сразу ввести в действие
    #[arg(long)]
    activate: bool,
    /// Refuse a European list whose next update is due / отвергать просроченный европейский список
    #[arg(long)]
    refuse_outdated: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Show {
    /// Its id, or how it begins (default: the active one) / снимок
    id: Option<String>,
    /// Only keys whose identifier or SHA-256 begins like this, hexadecimal / ключ
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
    /// Only authorities whose name, OGRN or INN contains this / удостоверяющий центр
    #[arg(long, value_name = "TEXT")]
    authority: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Diff {
    /// The older snapshot / прежний снимок
    older: String,
    /// The newer snapshot / новый снимок
    newer: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Activate {
    /// Its id, or how it begins / снимок
    id: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Rollback {
    /// The snapshot of European lists, not that of the accredited authorities / снимок европейских списков
    #[arg(long)]
    european: bool,
    #[command(flatten)]
    common: Common,
}

impl Common {
    fn open(&self) -> Result<TrustStore, Stopped> {
        TrustStore::open(&self.store).map_err(stopped)
    }

    fn words(&self) -> Words {
        Words {
            language: match self.lang {
                Lang::Ru => Language::Ru,
                Lang::En => Language::En,
            },
            at: self.at.unwrap_or_else(now),
        }
    }

    fn algorithms(&self) -> &'static Algorithms {
        self.algorithms.algorithms()
    }

    fn read(&self, store: &TrustStore, id: &str) -> Result<TrustSnapshot, Stopped> {
        let id = store.resolve(id).map_err(stopped)?;
        let recalled = store.read(&id, self.algorithms()).map_err(stopped)?;
        Ok(recalled.snapshot)
    }
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let done = match &arguments.command {
        Command::Import(import) => import.run(),
        Command::List(common) => list(common),
        Command::Show(show) => show.run(),
        Command::Diff(diff) => diff.run(),
        Command::Activate(activate) => activate.run(),
        Command::Rollback(rollback) => rollback.run(),
    };
    match done {
        Ok(text) => {
            super::tell(&text);
            Exit::Done
        }
        Err(stopped) => stopped.tell(),
    }
}

impl Import {
    fn run(&self) -> Result<String, Stopped> {
        let words = self.common.words();
        let algorithms = self.common.algorithms();
        let limits = Limits::STANDARD;
        let mut material = Material::default();
        read_anchors(&self.anchors, &mut material, &limits)?;
        self.crls.read(&mut material, &limits)?;
        let read = |paths: &[PathBuf]| -> Result<Vec<Octets>, Stopped> {
            let read = paths
                .iter()
                .map(|path| mapped::read(path).map_err(|error| unreadable(path, &error)));
            read.collect()
        };
        let (lists, pivots) = (read(&self.lists)?, read(&self.pivots)?);
        let digests: Vec<String> = lists
            .iter()
            .chain(&pivots)
            .map(|it| sha256_hex(it))
            .collect();
        let there = match TrustStore::open(&self.common.store) {
            Ok(store) => Some(store),
            Err(StoreFault::NoStore(_)) => None,
            Err(fault) => return Err(stopped(fault)),
        };
        let names = self.lists.iter().map(|path| super::named(path));
        let names = names.collect::<Vec<_>>().join(", ");
        if lists.iter().any(|list| is_etsi_list(list)) {
            let given = trusted_lists::Given {
                lists,
                pivots,
                signers: material
                    .anchors
                    .iter()
                    .map(|it| it.octets.clone())
                    .collect(),
                names,
                activate: self.activate,
                refuses_outdated: self.refuse_outdated,
            };
            let folder = &self.common.store;
            let (text, store) = trusted_lists::import(given, there, folder, words, algorithms)?;
            self.keep_lists(&store, &digests)?;
            return Ok(text);
        }
        if !pivots.is_empty() {
            return Err(Stopped::Usage(
                "--pivot goes with the European list of lists / --pivot нужен только с европейским списком списков"
                    .to_owned(),
            ));
        }
        let previous = match &there {
            Some(store) => match store.active().map_err(stopped)? {
                Some(id) => Some(store.read(&id, algorithms).map_err(stopped)?.snapshot),
                None => None,
            },
            None => None,
        };
        if material.anchors.is_empty() {
            if !self.anchors.is_empty() {
                return Err(Stopped::Usage(
                    "no certificate in the files of --anchors / в файлах --anchors нет сертификатов"
                        .to_owned(),
                ));
            }
            let previous = previous.as_ref().ok_or_else(|| {
                Stopped::Usage(
                    "no roots: name those that vouch for the list's signer with --anchors / \
                     нет корней: назовите их параметром --anchors"
                        .to_owned(),
                )
            })?;
            material.anchors = previous.authorities().roots().to_vec();
        }
        let pin = ListSigner {
            anchors: material.anchors,
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: words.at,
        };
        let assembly = Assembly {
            previous: previous.as_ref(),
            lists,
            crls: material.crls,
            pin: &pin,
        };
        let snapshot = TrustSnapshot::assemble(assembly, algorithms, ListLimits::STANDARD);
        let snapshot = snapshot.map_err(|why| rejected(&names, &why))?;
        let store = TrustStore::create(&self.common.store).map_err(stopped)?;
        self.keep_lists(&store, &digests)?;
        store.keep(&snapshot, algorithms).map_err(stopped)?;
        let mut text = words.snapshot(&snapshot);
        text += &words.notes(&snapshot);
        if let Some(previous) = &previous {
            text += &words.difference(&Difference::between(previous, &snapshot));
        }
        let id = snapshot.id().to_owned();
        // What is activated is read back first, and two snapshots of a country need not be in memory at once.
        drop((snapshot, previous));
        if self.activate {
            store.activate(&id, algorithms).map_err(stopped)?;
            text += &words.activated(&id);
        } else {
            text += &words.activate_it(&id);
        }
        Ok(text)
    }
}

impl Import {
    fn keep_lists(&self, store: &TrustStore, digests: &[String]) -> Result<(), Stopped> {
        for (path, digest) in self.lists.iter().chain(&self.pivots).zip(digests) {
            store.keep_list(digest, path).map_err(stopped)?;
        }
        Ok(())
    }
}

fn list(common: &Common) -> Result<String, Stopped> {
    let store = common.open()?;
    let active = store.active().map_err(stopped)?;
    let active_lists = store.active_lists().map_err(stopped)?;
    let words = common.words();
    let mut text = String::new();
    for id in store.ids().map_err(stopped)? {
        if is_of_trusted_lists(&id) {
            let is_active = active_lists.as_ref() == Some(&id);
            text += &match store.read_lists(&id, common.algorithms()) {
                Ok(snapshot) => trusted_lists::line(&snapshot, words, is_active),
                Err(fault) => words.fault_line(&id, &fault, is_active),
            };
            continue;
        }
        let is_active = active.as_ref() == Some(&id);
        // One damaged file does not hide the others.
        text += &match store.read(&id, common.algorithms()) {
            Ok(recalled) => words.line(&recalled.snapshot, is_active),
            Err(fault) => words.fault_line(&id, &fault, is_active),
        };
    }
    if text.is_empty() {
        text = words.empty();
    }
    Ok(text)
}

impl Show {
    fn run(&self) -> Result<String, Stopped> {
        let store = self.common.open()?;
        let words = self.common.words();
        if let Some(id) = &self.id {
            let id = store.resolve(id).map_err(stopped)?;
            if is_of_trusted_lists(&id) {
                let snapshot = store.read_lists(&id, self.common.algorithms());
                return Ok(trusted_lists::show(&snapshot.map_err(stopped)?, words));
            }
        }
        let snapshot = match &self.id {
            Some(id) => self.common.read(&store, id)?,
            None => {
                let active = store.read_active(self.common.algorithms());
                active.map_err(stopped)?.snapshot
            }
        };
        if self.key.is_none() && self.authority.is_none() {
            return Ok(words.snapshot(&snapshot) + &words.notes(&snapshot));
        }
        let key = self.key.as_ref().map(|key| key.to_lowercase());
        let found = words.services(&snapshot, key.as_deref(), self.authority.as_deref());
        found.ok_or_else(|| {
            Stopped::Usage(
                "no key of the snapshot is like this / в снимке нет такого ключа".to_owned(),
            )
        })
    }
}

impl Diff {
    fn run(&self) -> Result<String, Stopped> {
        let store = self.common.open()?;
        let ids = [&self.older, &self.newer].map(|id| store.resolve(id).map_err(stopped));
        let [older, newer] = ids;
        let (older, newer) = (older?, newer?);
        match (is_of_trusted_lists(&older), is_of_trusted_lists(&newer)) {
            (false, false) => {}
            (true, true) => {
                let read = |id: &str| store.read_lists(id, self.common.algorithms());
                let (older, newer) = (read(&older), read(&newer));
                let (older, newer) = (older.map_err(stopped)?, newer.map_err(stopped)?);
                let difference = EtsiDifference::between(&older, &newer);
                return Ok(trusted_lists::difference(&difference, self.common.words()));
            }
            _ => {
                return Err(Stopped::Usage(
                    "one snapshot is of European lists and the other is not / \
                     один снимок — европейских списков, другой — нет"
                        .to_owned(),
                ));
            }
        }
        let older = self.common.read(&store, &self.older)?;
        let newer = self.common.read(&store, &self.newer)?;
        let difference = Difference::between(&older, &newer);
        Ok(self.common.words().difference(&difference))
    }
}

impl Activate {
    fn run(&self) -> Result<String, Stopped> {
        let store = self.common.open()?;
        let id = store.resolve(&self.id).map_err(stopped)?;
        let algorithms = self.common.algorithms();
        let activated = if is_of_trusted_lists(&id) {
            store.activate_lists(&id, algorithms)
        } else {
            store.activate(&id, algorithms)
        };
        activated.map_err(stopped)?;
        Ok(self.common.words().activated(&id))
    }
}

impl Rollback {
    fn run(&self) -> Result<String, Stopped> {
        let store = self.common.open()?;
        let algorithms = self.common.algorithms();
        let id = match self.european {
            true => store.rollback_lists(algorithms),
            false => store.rollback(algorithms),
        };
        Ok(self.common.words().activated(&id.map_err(stopped)?))
    }
}
