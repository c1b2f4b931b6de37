//! Whom to trust: a list, a stored snapshot, or the active snapshot of a store.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use sig_core::{
    Material, Policy, UnixTime,
    alg::provider::Algorithms,
    finding::Language,
    trust::{
        etsi_list::{self, EtsiAssembly, EtsiSnapshot, EtsiSnapshotRejected, is_etsi_list},
        mintsifry_list::ListLimits,
        snapshot::{ListSigner, SnapshotRejected, TrustSnapshot, has_stored_form},
    },
};

use super::material::{Stopped, read_file};
use crate::trust_store::{self, StoreFault, TrustStore};

const DAY: i64 = 86_400;

/// Trust / Доверие
#[derive(Args, Debug, Default)]
pub(super) struct TrustOptions {
    /// Accredited-CA list, signed, or a stored snapshot, by file or id (default: the active one of the store, unless
    /// --anchors say whom to trust); a European trusted list with its signer in --anchors / подписанный список
    /// аккредитованных УЦ или сохранённый снимок; европейский доверенный список, его подписант — в --anchors
    #[arg(long, value_name = "PATH|ID")]
    trust: Option<PathBuf>,
    /// Store of trust snapshots (default: var/trust, if it is there) / хранилище снимков доверия
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

impl TrustOptions {
    /// Takes the trust into the material; the roots of a stored snapshot become anchors.
    pub(super) fn read(
        &self,
        material: &mut Material,
        at: UnixTime,
        policy: &Policy,
        algorithms: &Algorithms,
    ) -> Result<(), Stopped> {
        let is_eidas = policy.judges_eidas();
        if let Some(lists) = self.trusted_lists(material, at, is_eidas, algorithms)? {
            for edition in lists.editions() {
                let list = edition.list();
                if list.is_past_next_update(at) {
                    super::say(&format_args!(
                        "the trusted list of {0} is out of date / доверенный список {0} устарел",
                        sig_core::finding::displayable(&list.header.territory)
                    ));
                }
            }
            material.trust_lists(Arc::new(lists));
            return Ok(());
        }
        let snapshot = match &self.trust {
            Some(path) => self.named(path, material, at, algorithms)?,
            None => match self.active(material, algorithms)? {
                Some(snapshot) => snapshot,
                None => return Ok(()),
            },
        };
        let bound = policy.trust_list_age.map(|age| i64::from(age.days));
        let is_old = |days: &i64| bound.is_some_and(|bound| *days > bound);
        if let Some(days) = days_old(&snapshot, at).filter(is_old) {
            super::say(&format_args!(
                "the list of accredited authorities is {days} days old / списку аккредитованных УЦ {days} дн."
            ));
        }
        let crls = std::mem::take(&mut material.crls);
        let snapshot = snapshot
            .with_crls(crls, algorithms)
            .map_err(|why| Stopped::Disagreement(why.to_string()))?;
        material.trust = Some(Arc::new(snapshot));
        Ok(())
    }

    /// European lists: those that are named, or the active ones when the policy is for them and nobody says whom to trust.
    fn trusted_lists(
        &self,
        material: &mut Material,
        at: UnixTime,
        is_eidas: bool,
        algorithms: &Algorithms,
    ) -> Result<Option<EtsiSnapshot>, Stopped> {
        let Some(path) = &self.trust else {
            let is_asked = is_eidas && material.anchors.is_empty() && self.folder().exists();
            if !is_asked {
                return Ok(None);
            }
            let store = TrustStore::open(self.folder()).map_err(stopped)?;
            let id = store.active_lists().map_err(stopped)?;
            let read = id.map(|id| store.read_lists(&id, algorithms));
            return read.transpose().map_err(stopped);
        };
        match path.to_str().filter(|_| !path.exists() && !is_stream(path)) {
            Some(id) if trust_store::is_of_trusted_lists(id) && !id.contains('/') => {
                let store = TrustStore::open(self.folder()).map_err(stopped)?;
                let id = store.resolve(id).map_err(stopped)?;
                let read = store.read_lists(&id, algorithms);
                read.map(Some).map_err(stopped)
            }
            Some(_) => Ok(None),
            None if is_stream(path) => Ok(None),
            None => {
                let octets = read_file(path)?;
                if etsi_list::has_stored_form(&octets) {
                    let read = trust_store::read_lists_file(path, algorithms);
                    return read.map(Some).map_err(stopped);
                }
                if !is_etsi_list(&octets) {
                    return Ok(None);
                }
                // They vouch for the list and for nothing else.
                let signers = std::mem::take(&mut material.anchors);
                let assembly = EtsiAssembly {
                    previous: None,
                    lists: vec![octets.into()],
                    signers: signers.iter().map(|it| it.octets.clone()).collect(),
                    taken_at: at,
                    refuses_outdated: false,
                };
                let read = EtsiSnapshot::assemble(assembly, algorithms, &ListLimits::STANDARD);
                let name = super::named(path);
                read.map(Some).map_err(|why| lists_rejected(&name, &why))
            }
        }
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
        algorithms: &Algorithms,
    ) -> Result<Option<TrustSnapshot>, Stopped> {
        let is_named = self.store.is_some();
        if !is_named && (!material.anchors.is_empty() || !self.folder().exists()) {
            return Ok(None);
        }
        let store = TrustStore::open(self.folder()).map_err(stopped)?;
        if !is_named && store.active().map_err(stopped)?.is_none() {
            return Ok(None);
        }
        let recalled = store.read_active(algorithms).map_err(stopped)?;
        add_roots(material, &recalled.snapshot);
        Ok(Some(recalled.snapshot))
    }

    fn named(
        &self,
        path: &Path,
        material: &mut Material,
        at: UnixTime,
        algorithms: &Algorithms,
    ) -> Result<TrustSnapshot, Stopped> {
        let recalled = match path.to_str().filter(|_| !path.exists() && !is_stream(path)) {
            Some(id) if !id.contains('/') => {
                let store = TrustStore::open(self.folder()).map_err(stopped)?;
                let id = store.resolve(id).map_err(stopped)?;
                store.read(&id, algorithms).map_err(stopped)?
            }
            _ => {
                let octets = read_file(path)?;
                if !has_stored_form(&octets) {
                    return build(path, &octets, material, at, algorithms);
                }
                trust_store::read_file(path, algorithms).map_err(stopped)?
            }
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
    at: UnixTime,
    algorithms: &Algorithms,
) -> Result<TrustSnapshot, Stopped> {
    let pin = ListSigner {
        anchors: material.anchors.clone(),
        ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
        taken_at: at,
    };
    TrustSnapshot::build(xml, &pin, algorithms, ListLimits::STANDARD)
        .map_err(|why| rejected(&super::named(path), &why))
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
