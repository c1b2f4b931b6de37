//! Keeping what judgements rest on, and giving it out as bundles that anybody
//! can judge again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedSemaphorePermit;

use super::{
    Context, account_id, basis,
    change::sha256,
    ports::{
        Verdict,
        bases::{Bound, NotBundled, Recorded, Sha256},
    },
    refusal::Refusal,
    uuid_field,
};
use crate::domain::{ids::EvidenceId, reason::Reason};

/// The bases that this daemon knows to be in the store.
#[derive(Clone, Default)]
pub struct KnownBases {
    known: Arc<Mutex<BTreeSet<Sha256>>>,
    /// One keeps, the others wait for it.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// One export at a time has its objects in memory.
    export: Arc<tokio::sync::Mutex<()>>,
}

/// Bases that are remembered: trust is replaced a few times a day.
const REMEMBERED: usize = 1024;

impl KnownBases {
    fn has(&self, digest: &Sha256) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.contains(digest)
    }

    fn add(&self, digest: Sha256) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(digest);
    }
}

/// Keeps what a verdict rests on, if it is not kept yet. What names it is
/// written afterwards: there is no evidence without its basis.
///
/// # Errors
/// The store failed; [`Reason::Internal`] when the objects cannot be made.
pub async fn keep_basis(context: &Context, verdict: &Verdict) -> Result<(), Refusal> {
    let Some(basis) = &verdict.basis else {
        return Ok(());
    };
    let digest = basis.digest();
    if context.bases.has(&digest) {
        return Ok(());
    }
    let _turn = context.bases.turn.lock().await;
    if context.bases.has(&digest) {
        return Ok(());
    }
    if !context.store.has_object(&digest).await? {
        let basis = Arc::clone(basis);
        let objects = context.workers.in_turn(move || basis.objects()).await?;
        for octets in objects {
            context.store.keep_object(octets).await?;
        }
        if !context.store.has_object(&digest).await? {
            tracing::error!("the basis of a judgement is not what its index names");
            return Err(Reason::Internal.into());
        }
    }
    context.bases.add(digest);
    Ok(())
}

/// A judgement with its bundle.
pub struct Exported {
    /// The judgement and its leaf.
    pub bound: Bound,
    /// The bundle, as a file.
    pub bundle: Vec<u8>,
    /// Held until the bundle is sent.
    pub place: OwnedSemaphorePermit,
}

/// The bundle of a judgement of an account; of the one that its confirmation
/// rests on when `evidence` is empty. Before it is given out it is compared
/// with the audit log, judged again and found to give the same report.
///
/// # Errors
/// Fields; [`Reason::AccountUnknown`]; [`Reason::EvidenceUnknown`];
/// [`Reason::EvidenceWithoutBundle`]; [`Reason::EvidenceChanged`];
/// [`Reason::EvidenceNotRepeated`]; [`Reason::Busy`].
pub async fn export(context: &Context, account: &str, evidence: &str) -> Result<Exported, Refusal> {
    let account = account_id(account)?;
    let id = match evidence {
        "" => {
            let found = context.store.account(&account).await?;
            let found = found.ok_or(Reason::AccountUnknown)?;
            let confirmation = found.confirmation.ok_or(Reason::EvidenceUnknown)?;
            confirmation.evidence_id
        }
        evidence => uuid_field("evidence_id", evidence, EvidenceId::parse)?,
    };
    let bound = context.store.judgement(&account, &id).await?;
    let bound = bound.ok_or(Reason::EvidenceUnknown)?;
    if !bound.is_whole() {
        return Err(changed(&id));
    }
    let Some(digest) = bound.evidence.basis else {
        return Err(Reason::EvidenceWithoutBundle.into());
    };
    let place = context.workers.admit_stream()?;
    let _turn = context.bases.export.lock().await;
    let objects = objects(context, &digest).await?;
    let recorded = Recorded {
        evidence: bound.evidence.clone(),
        basis: digest,
        objects: objects.ok_or_else(|| changed(&id))?,
    };
    let verify = Arc::clone(&context.verify);
    let made = context.workers.run(move || verify.bundle(recorded)).await?;
    let bundle = made.map_err(|why| match why {
        NotBundled::Unreadable => changed(&id),
        NotBundled::NotRepeated => Reason::EvidenceNotRepeated.into(),
        NotBundled::NotJudged(why) => why.into(),
    })?;
    Ok(Exported {
        bound,
        bundle,
        place,
    })
}

fn changed(id: &EvidenceId) -> Refusal {
    tracing::error!(evidence = %id, "stored evidence is not what the audit log binds");
    Reason::EvidenceChanged.into()
}

/// The index and what it names; none when something is missing or has another
/// SHA-256.
async fn objects(
    context: &Context,
    index: &Sha256,
) -> Result<Option<BTreeMap<Sha256, Vec<u8>>>, Refusal> {
    let mut objects = BTreeMap::new();
    let mut wanted = vec![*index];
    while let Some(name) = wanted.pop() {
        if objects.contains_key(&name) {
            continue;
        }
        let found = context.store.object(&name).await?;
        let Some(octets) = found.filter(|octets| sha256(octets) == name) else {
            return Ok(None);
        };
        if name == *index {
            match basis::named(&octets) {
                Some(names) => wanted.extend(names),
                None => return Ok(None),
            }
        }
        objects.insert(name, octets);
    }
    Ok(Some(objects))
}
