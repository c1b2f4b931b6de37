//! Whom to trust: a list, a stored snapshot, or the active snapshot of a store.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use sig_core::{
    Limits, Material, UnixTime,
    alg::provider::Algorithms,
    der::octets::Octets,
    finding::Language,
    trust::{
        etsi_list::{self, EtsiAssembly, EtsiSnapshot, EtsiSnapshotRejected, is_etsi_list},
        mintsifry_list::ListLimits,
        snapshot::{ListSigner, SnapshotRejected, TrustSnapshot, has_stored_form},
    },
};

use super::material::{Stopped, now, read_anchors, read_file};
use crate::trust_store::{self, StoreFault, TrustStore};

const DAY: i64 = 86_400;

/// Trust / Доверие
#[derive(Args, Debug, Default)]
pub(super) struct TrustOptions {
    /// Accredited-CA list, signed, or a stored snapshot, by file or id (default: the active one of the store, unless
    /// --anchors say whom to trust); a European trusted list or snapshot; once for each kind / подписанный список
    /// аккредитованных УЦ или сохранённый снимок; европейский доверенный список или его снимок; каждый вид — один раз
    #[arg(long, value_name = "PATH|ID")]
    trust: Vec<PathBuf>,
    /// Certificates that may sign the European list of --trust (default: --anchors, which then vouch for nothing else) /
    /// кто подписывает европейский список
    #[arg(long, value_name = "PATH")]
    list_signers: Vec<PathBuf>,
    /// Store of trust snapshots (default: var/trust, if it is there) / хранилище снимков доверия
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// What the options are read for.
#[derive(Clone, Copy)]
pub(super) struct Purpose {
    /// The time of judging.
    pub(super) at: UnixTime,
    /// Whether the policy is the one that European lists are for.
    pub(super) is_eidas: bool,
    /// Days after which a list of accredited authorities is old, where the policy says so.
    pub(super) days: Option<i64>,
    pub(super) algorithms: &'static Algorithms,
}

/// How trust is named.
enum Named<'a> {
    /// A snapshot of the store.
    Id(String),
    /// A stored snapshot.
    File(&'a Path),
    /// A list as it was signed.
    Xml(&'a Path, Vec<u8>),
}

#[derive(Clone, Copy)]
enum Kind {
    /// Accredited authorities.
    Accredited,
    /// European lists.
    European,
}

/// What `--trust` names, one of each kind at most.
#[derive(Default)]
struct Sources<'a> {
    accredited: Option<Named<'a>>,
    european: Option<Named<'a>>,
}

impl TrustOptions {
    /// Takes the trust into the material; the roots of a stored snapshot become anchors.
    pub(super) fn read(&self, material: &mut Material, purpose: Purpose) -> Result<(), Stopped> {
        let sources = self.sources()?;
        let signers = self.signers(&sources, material)?;
        let Sources {
            accredited,
            european,
        } = sources;
        let lists = match european {
            Some(named) => Some(self.named_lists(named, signers, purpose)?),
            None if self.trust.is_empty() => self.active_lists(material, purpose)?,
            None => None,
        };
        let snapshot = match accredited {
            Some(named) => Some(self.named(named, material, purpose)?),
            None if self.trust.is_empty() => {
                self.active(material, lists.is_some(), purpose.algorithms)?
            }
            None => None,
        };
        if let Some(snapshot) = snapshot {
            let is_old = |days: &i64| purpose.days.is_some_and(|most| *days > most);
            if let Some(days) = days_old(&snapshot, purpose.at).filter(is_old) {
                super::say(&format_args!(
                    "the list of accredited authorities is {days} days old / списку аккредитованных УЦ {days} дн."
                ));
            }
            let crls = std::mem::take(&mut material.crls);
            let snapshot = snapshot
                .with_crls(crls, purpose.algorithms)
                .map_err(|why| Stopped::Disagreement(why.to_string()))?;
            material.trust = Some(Arc::new(snapshot));
        }
        if let Some(lists) = lists {
            for edition in lists.editions() {
                let list = edition.list();
                if list.is_past_next_update(purpose.at) {
                    super::say(&format_args!(
                        "the trusted list of {0} is out of date / доверенный список {0} устарел",
                        sig_core::finding::displayable(&list.header.territory)
                    ));
                }
            }
            material.trust_lists(Arc::new(lists));
        }
        Ok(())
    }

    fn sources(&self) -> Result<Sources<'_>, Stopped> {
        let mut sources = Sources::default();
        for path in &self.trust {
            let (kind, named) = self.source(path)?;
            let known = match kind {
                Kind::Accredited => &mut sources.accredited,
                Kind::European => &mut sources.european,
            };
            if known.replace(named).is_some() {
                return Err(Stopped::Usage(format!(
                    "{}: --trust names two of one kind; give one accredited-CA list and one European list, \
                     verifierd trust import makes one snapshot of several / в --trust два одного вида; \
                     оставьте один список УЦ и один европейский, несколько соединяет verifierd trust import",
                    super::named(path)
                )));
            }
        }
        Ok(sources)
    }

    fn source<'a>(&self, path: &'a Path) -> Result<(Kind, Named<'a>), Stopped> {
        match path.to_str().filter(|_| !path.exists() && !is_stream(path)) {
            Some(id) if !id.contains('/') => {
                let store = TrustStore::open(self.folder()).map_err(stopped)?;
                let id = store.resolve(id).map_err(stopped)?;
                let kind = match trust_store::is_of_trusted_lists(&id) {
                    true => Kind::European,
                    false => Kind::Accredited,
                };
                Ok((kind, Named::Id(id)))
            }
            _ => {
                let octets = read_file(path)?;
                Ok(if etsi_list::has_stored_form(&octets) {
                    (Kind::European, Named::File(path))
                } else if is_etsi_list(&octets) {
                    (Kind::European, Named::Xml(path, octets))
                } else if has_stored_form(&octets) {
                    (Kind::Accredited, Named::File(path))
                } else {
                    (Kind::Accredited, Named::Xml(path, octets))
                })
            }
        }
    }

    /// DER of who may sign the European list. Anchors that stand for them vouch for the list and for nothing else, so
    /// beside roots of accredited authorities they have to be told apart.
    fn signers(
        &self,
        sources: &Sources<'_>,
        material: &mut Material,
    ) -> Result<Vec<Octets>, Stopped> {
        let is_xml = matches!(sources.european, Some(Named::Xml(..)));
        let signers = match (is_xml, self.list_signers.as_slice()) {
            (false, []) => Vec::new(),
            (false, _) => {
                return Err(Stopped::Usage(
                    "--list-signers goes with a European list, as XML, in --trust / \
                     --list-signers нужен только с европейским списком в виде XML в --trust"
                        .to_owned(),
                ));
            }
            (true, []) if sources.accredited.is_some() => {
                return Err(Stopped::Usage(
                    "name who may sign the European list with --list-signers: --anchors are roots here / \
                     назовите подписавшего европейский список в --list-signers: --anchors здесь — корни"
                        .to_owned(),
                ));
            }
            (true, []) => std::mem::take(&mut material.anchors),
            (true, paths) => {
                let mut named = Material::default();
                read_anchors(paths, &mut named, &Limits::STANDARD)?;
                named.anchors
            }
        };
        Ok(signers.iter().map(|it| it.octets.clone()).collect())
    }

    fn named_lists(
        &self,
        named: Named<'_>,
        signers: Vec<Octets>,
        purpose: Purpose,
    ) -> Result<EtsiSnapshot, Stopped> {
        let algorithms = purpose.algorithms;
        let (path, xml) = match named {
            Named::Id(id) => {
                let store = TrustStore::open(self.folder()).map_err(stopped)?;
                return store.read_lists(&id, algorithms).map_err(stopped);
            }
            Named::File(path) => {
                return trust_store::read_lists_file(path, algorithms).map_err(stopped);
            }
            Named::Xml(path, xml) => (path, Octets::from(xml)),
        };
        let assemble = |taken_at| {
            let assembly = EtsiAssembly {
                previous: None,
                lists: vec![xml.clone()],
                signers: signers.clone(),
                taken_at,
                refuses_outdated: false,
            };
            EtsiSnapshot::assemble(assembly, algorithms, &ListLimits::STANDARD)
        };
        let is_of_date = |why: &EtsiSnapshotRejected| matches!(why, EtsiSnapshotRejected::Date(_));
        let name = super::named(path);
        as_of(purpose.at, &name, assemble, is_of_date).map_err(|why| lists_rejected(&name, &why))
    }

    /// The active European lists, when the policy is for them: of the store that is named, or of the one that is there
    /// when nobody says whom to trust.
    fn active_lists(
        &self,
        material: &Material,
        purpose: Purpose,
    ) -> Result<Option<EtsiSnapshot>, Stopped> {
        let is_there = || material.anchors.is_empty() && self.folder().exists();
        if !purpose.is_eidas || !(self.store.is_some() || is_there()) {
            return Ok(None);
        }
        let store = TrustStore::open(self.folder()).map_err(stopped)?;
        let id = store.active_lists().map_err(stopped)?;
        let read = id.map(|id| store.read_lists(&id, purpose.algorithms));
        read.transpose().map_err(stopped)
    }

    fn folder(&self) -> &Path {
        self.store
            .as_deref()
            .unwrap_or(Path::new(trust_store::DEFAULT))
    }

    /// The active snapshot: of the store that is named, or of the one that is there when nobody says whom to trust.
    fn active(
        &self,
        material: &mut Material,
        has_lists: bool,
        algorithms: &'static Algorithms,
    ) -> Result<Option<TrustSnapshot>, Stopped> {
        let is_named = self.store.is_some();
        if !is_named && (!material.anchors.is_empty() || !self.folder().exists()) {
            return Ok(None);
        }
        let store = TrustStore::open(self.folder()).map_err(stopped)?;
        if (!is_named || has_lists) && store.active().map_err(stopped)?.is_none() {
            return Ok(None);
        }
        let recalled = store.read_active(algorithms).map_err(stopped)?;
        add_roots(material, &recalled.snapshot);
        Ok(Some(recalled.snapshot))
    }

    fn named(
        &self,
        named: Named<'_>,
        material: &mut Material,
        purpose: Purpose,
    ) -> Result<TrustSnapshot, Stopped> {
        let algorithms = purpose.algorithms;
        let recalled = match named {
            Named::Id(id) => {
                let store = TrustStore::open(self.folder()).map_err(stopped)?;
                store.read(&id, algorithms).map_err(stopped)?
            }
            Named::File(path) => trust_store::read_file(path, algorithms).map_err(stopped)?,
            Named::Xml(path, xml) => return build(path, &xml, material, purpose),
        };
        add_roots(material, &recalled.snapshot);
        Ok(recalled.snapshot)
    }
}

fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A snapshot of one list, for this run.
fn build(
    path: &Path,
    xml: &[u8],
    material: &Material,
    purpose: Purpose,
) -> Result<TrustSnapshot, Stopped> {
    let take = |taken_at| {
        let pin = ListSigner {
            anchors: material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at,
        };
        TrustSnapshot::build(xml, &pin, purpose.algorithms, ListLimits::STANDARD)
    };
    let is_of_date = |why: &SnapshotRejected| matches!(why, SnapshotRejected::ListDate);
    let name = super::named(path);
    as_of(purpose.at, &name, take, is_of_date).map_err(|why| rejected(&name, &why))
}

/// Takes a list in as of the time of judging. One that was issued after a time of judging in the past is taken in as of
/// today: it tells what its services were before.
fn as_of<T, E>(
    at: UnixTime,
    name: &str,
    take: impl Fn(UnixTime) -> Result<T, E>,
    is_of_date: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let now = now();
    match take(at) {
        Err(why) if is_of_date(&why) && at < now => {
            let taken = take(now)?;
            super::say(&format_args!(
                "{name}: the list was issued after the time of judging and is used for what it tells of the past / \
                 список выпущен позже времени проверки и служит тем, что в нём сказано о прошлом"
            ));
            Ok(taken)
        }
        taken => taken,
    }
}

/// The roots of the snapshot are trusted as if they had been named.
fn add_roots(material: &mut Material, snapshot: &TrustSnapshot) {
    for root in snapshot.authorities().roots() {
        let known = material
            .anchors
            .iter()
            .any(|anchor| anchor.octets == root.octets);
        if !known {
            material.anchors.push(Arc::clone(root));
        }
    }
}

/// Age of the newest list in whole days.
pub(super) fn days_old(snapshot: &TrustSnapshot, at: UnixTime) -> Option<i64> {
    let issued = snapshot.issued_at()?;
    Some(at.seconds().saturating_sub(issued.seconds()) / DAY)
}

pub(super) fn stopped(fault: StoreFault) -> Stopped {
    if fault.is_disagreement() {
        Stopped::Disagreement(fault.to_string())
    } else {
        Stopped::Usage(fault.to_string())
    }
}

pub(super) fn lists_rejected(what: &str, why: &EtsiSnapshotRejected) -> Stopped {
    let (en, ru) = (why.text(Language::En), why.text(Language::Ru));
    let text = format!("{what}: {en} / {ru}");
    if why.is_disagreement() {
        Stopped::Disagreement(text)
    } else {
        Stopped::Usage(text)
    }
}

pub(super) fn rejected(what: &str, why: &SnapshotRejected) -> Stopped {
    let (en, ru) = (why.text(Language::En), why.text(Language::Ru));
    let text = format!("{what}: {en} / {ru}");
    if why.is_disagreement() {
        Stopped::Disagreement(text)
    } else {
        Stopped::Usage(text)
    }
}
