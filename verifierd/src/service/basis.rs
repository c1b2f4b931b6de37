//! The material of judgements as objects, each named by its SHA-256.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256 as Hasher};
use sig_core::{
    Evidence, Limits, Material, Policy, UnixTime, Validator,
    alg::provider::Algorithms,
    der::octets::Octets,
    report::{bundle::Bundle, json, text::Detail},
    trust::{
        mintsifry_list::ListLimits,
        snapshot::{OwnFile, TrustSnapshot},
    },
    validate::bundle::{Keeping, KeptDocument},
};

use super::{
    change::sha256,
    ports::bases::{Basis, NotBundled, Recorded, Sha256},
    verify::not_judged,
};

const SCHEMA: &str = "qes.basis/1";

/// The index, in the order in which it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    anchors: Vec<String>,
    crls: Vec<String>,
    policy: String,
    schema: String,
    trust: Option<String>,
}

/// A material and the SHA-256 of its parts: computed once, and not for each judgement.
#[derive(Debug)]
pub(super) struct Parts {
    material: Arc<Material>,
    anchors: Vec<String>,
    crls: Vec<String>,
    trust: Option<String>,
}

impl Parts {
    pub(super) fn of(material: Arc<Material>) -> Self {
        let name = |octets: &[u8]| hex::encode(sha256(octets));
        let trust = material.trust.as_ref().map(|trust| {
            let mut hasher = Hasher::new();
            let Ok(()) = trust.store::<Infallible>(|part| {
                hasher.update(part);
                Ok(())
            });
            hex::encode(hasher.finalize())
        });
        let offered = material.trust.iter().flat_map(|it| it.offered_crls());
        Self {
            anchors: material.anchors.iter().map(|it| name(&it.octets)).collect(),
            crls: offered.map(|it| it.sha256()).collect(),
            trust,
            material,
        }
    }

    pub(super) fn material(&self) -> &Arc<Material> {
        &self.material
    }
}

/// The basis of judgements under one policy.
#[derive(Debug)]
pub(super) struct LiveBasis {
    parts: Arc<Parts>,
    policy: String,
    index: Vec<u8>,
    digest: Sha256,
}

impl LiveBasis {
    /// None when the index cannot be written.
    pub(super) fn new(parts: Arc<Parts>, policy: &Policy) -> Option<Self> {
        let policy = policy.text();
        let index = Index {
            anchors: parts.anchors.clone(),
            crls: parts.crls.clone(),
            policy: hex::encode(sha256(policy.as_bytes())),
            schema: SCHEMA.to_owned(),
            trust: parts.trust.clone(),
        };
        let index = serde_json_canonicalizer::to_vec(&index).ok()?;
        Some(Self {
            digest: sha256(&index),
            index,
            policy,
            parts,
        })
    }
}

impl Basis for LiveBasis {
    fn digest(&self) -> Sha256 {
        self.digest
    }

    fn objects(&self) -> Vec<Vec<u8>> {
        let material = &self.parts.material;
        let mut objects = vec![self.policy.clone().into_bytes()];
        objects.extend(material.anchors.iter().map(|it| it.octets.to_vec()));
        if let Some(trust) = &material.trust {
            objects.extend(trust.offered_crls().map(|it| it.octets.to_vec()));
            objects.push(trust.to_stored());
        }
        objects.push(self.index.clone());
        objects
    }
}

/// Every name of an index: what is to be found besides it.
pub(super) fn named(index: &[u8]) -> Option<Vec<Sha256>> {
    let index = read(index)?;
    let all = index.anchors.iter().chain(&index.crls).chain(&index.trust);
    all.chain([&index.policy]).map(|it| digest_of(it)).collect()
}

fn read(index: &[u8]) -> Option<Index> {
    let index: Index = serde_json::from_slice(index).ok()?;
    (index.schema == SCHEMA).then_some(index)
}

fn digest_of(text: &str) -> Option<Sha256> {
    hex::decode(text).ok()?.try_into().ok()
}

/// Judges again and makes the bundle of it.
pub(super) fn bundle(
    recorded: &Recorded,
    algorithms: &'static Algorithms,
    limits: Limits,
) -> Result<Vec<u8>, NotBundled> {
    let judged = &recorded.evidence;
    let index = recorded.objects.get(&recorded.basis);
    let index = index.ok_or(NotBundled::Unreadable)?;
    let (policy, material) = recall(index, &recorded.objects, algorithms)?;
    let failed = |why| NotBundled::NotJudged(not_judged(why));
    let evidence = Evidence::parse(&judged.signature, &limits)
        .map_err(failed)?
        .with_material(material)
        .with_content(judged.content.clone());
    let validator = Validator {
        algorithms,
        policy,
        limits,
    };
    let at = UnixTime::from_seconds(judged.at.seconds());
    let report = validator.validate(evidence.clone(), at).map_err(failed)?;
    if json::write(&report) != judged.report_json {
        return Err(NotBundled::NotRepeated);
    }
    let keeping = Keeping {
        document: KeptDocument::Whole,
        detail: Detail::Normal,
    };
    Bundle::of(&validator, &evidence, &report, keeping).map_err(|why| {
        tracing::error!(why = %why, "no bundle");
        NotBundled::NotRepeated
    })
}

/// The policy and the material that objects make.
pub(super) fn recall(
    index: &[u8],
    objects: &BTreeMap<Sha256, Vec<u8>>,
    algorithms: &'static Algorithms,
) -> Result<(Policy, Material), NotBundled> {
    let unreadable = NotBundled::Unreadable;
    let index = read(index).ok_or(unreadable.clone())?;
    let object = |name: &String| {
        let octets = digest_of(name).and_then(|digest| objects.get(&digest));
        octets.ok_or(unreadable.clone())
    };
    let policy = object(&index.policy)?;
    let policy = str::from_utf8(policy).map_err(|_| unreadable.clone())?;
    let policy = Policy::read(policy).map_err(|_| unreadable.clone())?;
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in &index.anchors {
        let read = material.add_anchors(object(anchor)?, &limits);
        read.map_err(|_| unreadable.clone())?;
    }
    for crl in &index.crls {
        let read = material.add(object(crl)?, &limits);
        read.map_err(|_| unreadable.clone())?;
    }
    let crls = std::mem::take(&mut material.crls);
    let counts = (material.anchors.len(), crls.len());
    if counts != (index.anchors.len(), index.crls.len()) {
        return Err(unreadable);
    }
    if let Some(trust) = &index.trust {
        // The audit log binds its SHA-256: it is what this daemon wrote.
        let file = OwnFile::vouched(Octets::from(object(trust)?.clone()));
        let recalled = TrustSnapshot::from_stored(&file, algorithms, ListLimits::STANDARD);
        let snapshot = recalled.map_err(|_| unreadable.clone())?.snapshot;
        let snapshot = snapshot.with_crls(crls, algorithms);
        material.trust = Some(Arc::new(snapshot.map_err(|_| unreadable)?));
    }
    Ok((policy, material))
}
