//! The judge of the daemon: `sig-core` with the material and the trust the daemon was started with.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use sig_core::{
    Error, Evidence, Limits, Material, Policy, UnixTime, Validator,
    alg::provider::Algorithms,
    base::error::{Malformed, Reason as MalformedReason},
    cms::stream::{CmsStream, content::ContentDigests},
    finding::Language,
    trust::{
        etsi_list::EtsiSnapshot,
        mintsifry_list::ListLimits,
        snapshot::{ListSigner, TrustSnapshot},
    },
    validate::evidence::Read,
    x509::cache::CertificateCache,
};

use super::basis;
use super::live::Live;
use super::ports::bases::{Basis, NotBundled, Recorded};
use super::ports::{
    Arriving, NotJudged, SignedContent, StreamRequest, Verdict, Verify, VerifyRequest,
    trust::{Held, Purpose, Trust},
};
use crate::domain::time::UnixSeconds;

/// The demonstration trust: its keys are public, so it vouches for nothing.
mod demo {
    pub(super) const ANCHORS: &[u8] = include_bytes!("../../demo/anchors.pem");
    pub(super) const CRLS: &[u8] = include_bytes!("../../demo/crls.pem");
    pub(super) const LIST: &[u8] = include_bytes!("../../demo/accredited-cas.xml");
    pub(super) const POLICY: &str = include_str!("../../demo/ru-qes-demo.toml");
}

/// Judges with the material that stands when a request begins; one value serves every request.
#[derive(Debug)]
pub struct Judge {
    algorithms: &'static Algorithms,
    trust: RwLock<Live>,
    /// Of signatories, who come again: to submit what they prepared, or day after day where they attest for others.
    cache: Arc<CertificateCache>,
    limits: Limits,
    /// What stands for [`REPLACEABLE`].
    replacement: Option<Policy>,
}

/// The policy that a demonstration judges by another one: its list is never renewed.
const REPLACEABLE: &str = "ru-qes";

/// Why a judge could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file of certificates or CRLs.
    #[error("{what}: {why}")]
    Material {
        /// Which file.
        what: &'static str,
        /// Why it was not read.
        why: Error,
    },
    /// The policy that stands for `ru-qes`.
    #[error("policy: {0} / политика не читается")]
    Policy(String),
    /// The accredited-CA list.
    #[error("accredited-CA list: {en} / список аккредитованных УЦ: {ru}")]
    List {
        /// Whether two implementations of an algorithm disagree: nothing is known against the list.
        disagreement: bool,
        /// In English.
        en: String,
        /// In Russian.
        ru: String,
    },
}

/// The files a judge is made from.
#[derive(Clone, Copy, Debug)]
pub struct TrustFiles<'a> {
    /// Trust anchors.
    pub anchors: &'a [u8],
    /// CRLs.
    pub crls: &'a [u8],
    /// The accredited-CA list.
    pub list: &'a [u8],
    /// A policy that stands for `ru-qes`, as TOML; its own name stands in the reports.
    pub policy: Option<&'a str>,
}

impl TrustFiles<'static> {
    /// The demonstration trust inside the program.
    pub const DEMO: Self = Self {
        anchors: demo::ANCHORS,
        crls: demo::CRLS,
        list: demo::LIST,
        policy: Some(demo::POLICY),
    };
}

impl Judge {
    /// Reads and checks the trust files at the time the daemon starts.
    ///
    /// # Errors
    /// A file cannot be read, or the list is not signed by the pinned signer.
    pub fn new(
        files: TrustFiles<'_>,
        algorithms: &'static Algorithms,
        now: UnixSeconds,
    ) -> Result<Self, TrustError> {
        let limits = Limits::STANDARD;
        let mut material = Material::default();
        let anchors = material.add_anchors(files.anchors, &limits);
        whole("anchors", anchors)?;
        let crls = material.add(files.crls, &limits);
        whole("CRLs", crls)?;
        let pin = ListSigner {
            anchors: material.anchors.clone(),
            ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
            taken_at: UnixTime::from_seconds(now.seconds()),
        };
        let snapshot = TrustSnapshot::build(files.list, &pin, algorithms, ListLimits::STANDARD)
            .map_err(|why| TrustError::List {
                disagreement: why.is_disagreement(),
                en: why.text(Language::En),
                ru: why.text(Language::Ru),
            })?;
        let snapshot = snapshot
            .with_crls(std::mem::take(&mut material.crls), algorithms)
            .map_err(|why| TrustError::Material { what: "CRLs", why })?;
        material.trust = Some(Arc::new(snapshot));
        let replacement = files.policy.map(Policy::read).transpose();
        Ok(Self {
            algorithms,
            trust: RwLock::new(Live::new(material, None)),
            cache: Arc::new(CertificateCache::new(algorithms)),
            limits,
            replacement: replacement.map_err(|why| TrustError::Policy(why.to_string()))?,
        })
    }

    /// Judges by a snapshot that was made before, and its roots.
    #[must_use]
    pub fn of_snapshot(snapshot: TrustSnapshot, algorithms: &'static Algorithms) -> Self {
        Self {
            algorithms,
            trust: RwLock::new(Live::of_snapshot(snapshot, None)),
            cache: Arc::new(CertificateCache::new(algorithms)),
            limits: Limits::STANDARD,
            replacement: None,
        }
    }

    fn policy(&self, id: &str) -> Result<Policy, NotJudged> {
        let replacement = self.replacement.as_ref();
        match replacement.filter(|_| id == REPLACEABLE) {
            Some(policy) => Ok(policy.clone()),
            None => Policy::builtin(id).map_err(|_| NotJudged::UnknownPolicy),
        }
    }

    /// Judges by another snapshot from now on. Requests that have begun end with the one they began with.
    pub fn replace(&self, snapshot: TrustSnapshot) {
        // Digests are made before anybody has to wait.
        let next = Live::of_snapshot(snapshot, None);
        let mut live = self.trust.write().unwrap_or_else(PoisonError::into_inner);
        *live = next.with_lists_of(&live);
    }

    /// Judges by other European lists, or by none, from now on, where the policy is the one of the Regulation. Requests
    /// that have begun end with those they began with.
    pub fn replace_lists(&self, lists: Option<EtsiSnapshot>) {
        let mut live = self.trust.write().unwrap_or_else(PoisonError::into_inner);
        *live = live.with_lists(lists.map(Arc::new));
    }

    fn live(&self) -> RwLockReadGuard<'_, Live> {
        self.trust.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn material(&self, policy: &Policy) -> Material {
        let material = Arc::clone(self.live().material(policy));
        self.with_cache(&material)
    }

    fn with_cache(&self, material: &Material) -> Material {
        Material {
            cache: Some(Arc::clone(&self.cache)),
            ..material.clone()
        }
    }

    /// The material, and the same as it is kept.
    fn material_and_basis(&self, policy: &Policy) -> (Material, Option<Arc<dyn Basis>>) {
        let live = self.live();
        let (material, basis) = (Arc::clone(live.material(policy)), live.basis(policy));
        drop(live);
        let basis = basis.map(|basis| basis as Arc<dyn Basis>);
        (self.with_cache(&material), basis)
    }

    /// Name of the trust snapshot that new requests are judged by.
    #[must_use]
    pub fn trust_id(&self) -> String {
        let live = self.live();
        let trust = live.accredited().trust.as_ref();
        trust.map_or_else(|| "-".to_owned(), |trust| trust.id().to_owned())
    }

    /// Name of the snapshot of European lists that new requests are judged by, where the policy is for them.
    #[must_use]
    pub fn lists_id(&self) -> Option<String> {
        Some(self.live().lists()?.id().to_owned())
    }

    /// The back end.
    #[must_use]
    pub const fn algorithms(&self) -> &'static Algorithms {
        self.algorithms
    }
}

/// Every object of a file must have been read: an unreadable CRL must not leave an older one to decide.
fn whole(what: &'static str, read: Result<Read, Error>) -> Result<(), TrustError> {
    let read = read.map_err(|why| TrustError::Material { what, why })?;
    match read.unknown.first() {
        None => Ok(()),
        Some(why) => Err(TrustError::Material {
            what,
            why: Error::Malformed(*why),
        }),
    }
}

impl Trust for Judge {
    fn held(&self) -> Held {
        let live = self.live();
        Held {
            accredited: live.accredited().trust.clone(),
            lists: live.lists().cloned(),
            purpose: match self.replacement {
                Some(_) => Purpose::Demonstration,
                None => Purpose::Judging,
            },
        }
    }
}

impl Verify for Judge {
    fn check_format(&self, signature: &[u8]) -> Result<(), NotJudged> {
        let evidence = Evidence::parse(signature, &self.limits).map_err(not_judged)?;
        match evidence.not_signed_data() {
            None => Ok(()),
            Some(why) => Err(format_error(why)),
        }
    }

    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged> {
        let policy = self.policy(&request.policy)?;
        let (material, basis) = self.material_and_basis(&policy);
        let validator = Validator {
            algorithms: self.algorithms,
            policy,
            limits: self.limits,
        };
        let mut evidence = Evidence::parse(&request.signature, &self.limits)
            .map_err(not_judged)?
            .with_material(material);
        let attached_content = evidence
            .message()
            .and_then(|message| message.content.octets())
            .map(|content| content.to_vec());
        match request.content {
            SignedContent::Absent => {}
            SignedContent::Octets(octets) => evidence = evidence.with_content(octets),
            SignedContent::Digests(digests) => {
                for digest in digests {
                    evidence = evidence.with_content_digest(digest);
                }
            }
        }
        let report = validator
            .validate(evidence, UnixTime::from_seconds(at.seconds()))
            .map_err(not_judged)?;
        Ok(Verdict {
            report,
            attached_content,
            basis,
        })
    }

    fn bundle(&self, recorded: Recorded) -> Result<Vec<u8>, NotBundled> {
        basis::bundle(&recorded, self.algorithms, self.limits)
    }

    fn begin(
        &self,
        request: StreamRequest,
        at: UnixSeconds,
    ) -> Result<Box<dyn Arriving>, NotJudged> {
        let policy = self.policy(&request.policy)?;
        let part = match request.detached_signature {
            Some(signature) => {
                let evidence = Evidence::parse(&signature, &self.limits).map_err(not_judged)?;
                let wanted = evidence.wanted_digests().map_err(not_judged)?;
                let document = ContentDigests::new(self.algorithms, wanted);
                Part::Document(Box::new(evidence), document)
            }
            None => {
                let limits = Limits {
                    bytes: request.held_octets as u64,
                    ..self.limits
                };
                Part::Signature(Box::new(CmsStream::new(self.algorithms, limits)))
            }
        };
        Ok(Box::new(Arrived {
            material: self.material(&policy),
            validator: Validator {
                algorithms: self.algorithms,
                policy,
                limits: self.limits,
            },
            at: UnixTime::from_seconds(at.seconds()),
            part,
        }))
    }
}

/// What arrives, and what it is judged with.
struct Arrived {
    validator: Validator,
    material: Material,
    at: UnixTime,
    part: Part,
}

enum Part {
    /// A signature with its content inside.
    Signature(Box<CmsStream<'static>>),
    /// The document of a detached signature.
    Document(Box<Evidence>, ContentDigests),
}

impl Arriving for Arrived {
    fn push(&mut self, octets: &[u8]) -> Result<(), NotJudged> {
        match &mut self.part {
            Part::Signature(stream) => stream.push(octets).map_err(not_judged),
            Part::Document(_, digests) => {
                digests.update(octets);
                Ok(())
            }
        }
    }

    fn finish(self: Box<Self>) -> Result<Verdict, NotJudged> {
        let evidence = match self.part {
            Part::Signature(stream) => {
                let file = stream.finish().map_err(not_judged)?;
                Evidence::from_stream(file).map_err(not_judged)?
            }
            Part::Document(evidence, digests) => {
                let document = digests.finish().map_err(|why| not_judged(why.into()))?;
                evidence.with_streamed_content(document)
            }
        };
        let evidence = evidence.with_material(self.material);
        let report = self.validator.validate(evidence, self.at);
        Ok(Verdict {
            report: report.map_err(not_judged)?,
            attached_content: None,
            basis: None,
        })
    }
}

fn format_error(why: sig_core::cms::signed_data::NotSignedData) -> NotJudged {
    use sig_core::cms::signed_data::NotSignedData;
    match why {
        NotSignedData::Other(_) => NotJudged::NotASignature,
        NotSignedData::Broken(Malformed {
            reason: MalformedReason::Truncated,
            offset,
            ..
        }) => NotJudged::Truncated { offset },
        NotSignedData::Broken(Malformed {
            structure, offset, ..
        }) => NotJudged::Malformed {
            structure: format!("{structure:?}"),
            offset,
        },
    }
}

pub(super) fn not_judged(error: Error) -> NotJudged {
    match error {
        Error::Limit(limit) => NotJudged::Limit {
            which: format!("{:?}", limit.which),
            bound: limit.bound,
        },
        Error::Malformed(malformed) => NotJudged::Malformed {
            structure: format!("{:?}", malformed.structure),
            offset: malformed.offset,
        },
        Error::BackEndsDisagree(disagreement) => NotJudged::BackEndsDisagree {
            algorithm: disagreement.algorithm,
        },
        _ => NotJudged::NotASignature,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::back_end::BackEnd;

    fn new(files: TrustFiles<'_>) -> Result<Judge, TrustError> {
        let algorithms = BackEnd::default().algorithms();
        Judge::new(files, algorithms, UnixSeconds::new(1_795_302_000))
    }

    #[test]
    fn the_demonstration_trust_is_taken_in() {
        let judge = new(TrustFiles::DEMO).unwrap();
        assert!(judge.trust_id().starts_with("mintsifry-100-"));
        let material = judge.live().accredited().clone();
        let authorities = material.trust.as_ref().unwrap().authorities();
        assert!(!authorities.crls().is_empty());
        assert_eq!(
            authorities.authentic_crls().len(),
            authorities.crls().len(),
            "no request pays for these signatures"
        );
        assert_eq!(
            authorities.authentic().len(),
            authorities.pool().certificates().len() + material.anchors.len()
        );
    }

    #[test]
    fn the_demonstration_never_calls_its_list_old() {
        let judge = new(TrustFiles::DEMO).unwrap();
        let shown = judge.policy("ru-qes").unwrap();
        let real = Policy::builtin("ru-qes").unwrap();
        assert_eq!(
            (shown.id.as_str(), shown.trust_list_age),
            ("ru-qes-demo", None)
        );
        assert!(real.trust_list_age.is_some());
        let named = Policy {
            id: real.id.clone(),
            trust_list_age: real.trust_list_age,
            ..shown
        };
        assert_eq!(named.text(), real.text(), "the same in everything else");
        for other in ["etsi-ades", "cms-basic"] {
            assert_eq!(judge.policy(other).unwrap().id, other);
        }
        let files = TrustFiles {
            policy: None,
            ..TrustFiles::DEMO
        };
        assert_eq!(new(files).unwrap().policy("ru-qes").unwrap().id, "ru-qes");
    }

    #[test]
    fn an_unreadable_crl_stops_the_start() {
        let mut crls = TrustFiles::DEMO.crls.to_vec();
        crls.extend_from_slice(b"-----BEGIN X509 CRL-----\nMAMCAQU=\n-----END X509 CRL-----\n");
        let files = TrustFiles {
            crls: &crls,
            ..TrustFiles::DEMO
        };
        let error = new(files).unwrap_err();
        assert!(
            matches!(error, TrustError::Material { what: "CRLs", .. }),
            "{error}"
        );
    }

    #[test]
    fn a_changed_list_stops_the_start() {
        let list = String::from_utf8(TrustFiles::DEMO.list.to_vec()).unwrap();
        let changed = list.replacen("Действует", "Прекращена", 1);
        assert_ne!(list, changed);
        let files = TrustFiles {
            list: changed.as_bytes(),
            ..TrustFiles::DEMO
        };
        let error = new(files).unwrap_err();
        assert!(matches!(error, TrustError::List { .. }), "{error}");
    }
}
