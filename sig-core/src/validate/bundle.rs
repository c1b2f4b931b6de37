//! Evidence bundles of judgements, and the same judgement made again from one (EN 319 102-1 §5.1.4).
//!
//! A bundle is given out only after it was read back, judged, and gave the same octets of the report.

use std::fmt;
use std::sync::Arc;

use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::finding::Language;
use crate::report::bundle::{
    Bundle, BundleLimits, BundleRejected, Difference, Part, Role, differences,
};
use crate::report::text::Detail;
use crate::report::{Report, json};
use crate::x509::certificate::Certificate;

use super::Validator;
use super::evidence::{Evidence, Material};
use super::policy::Policy;
use crate::trust::snapshot::ListSignature;
pub use anchors::{GivenBy, NamedAnchor};
use crls::Kept;
use object::Object;
use trusted_lists::Lists;

mod anchors;
mod crls;
mod material;
mod object;
mod put;
mod take;
mod trust;
mod trusted_lists;

/// What becomes of a document that stands beside the signature (EN 319 102-1 §5.1.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeptDocument {
    /// Its size and digests are kept.
    Digests,
    /// It is kept whole.
    Whole,
}

/// What a bundle holds besides what was judged (EN 319 102-1 §5.1.4).
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// Of the document beside the signature.
    pub document: KeptDocument,
    /// Whether the report lists the steps.
    pub detail: Detail,
}

/// A certificate that was judged, and what was offered with it (RFC 5280 §6.1). The inputs of path processing stand in the
/// policy.
#[derive(Clone, Copy, Debug)]
pub struct JudgedCertificate<'a> {
    /// The target certificate.
    pub certificate: &'a Arc<Certificate>,
    /// Anchors, certificates, revocation lists, answers and trust.
    pub material: &'a Material,
}

/// Why there is no bundle of a judgement (EN 319 102-1 §5.1.4).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotBundled {
    /// The verdict rests on octets of the document, of which no digest is enough.
    DocumentNeeded,
    /// Too little was kept of a file that passed by and is no whole signature.
    FileNotKept,
    /// It was judged again from the bundle and gave another report.
    NotRepeated(Vec<Difference>),
    /// The bundle cannot be read back or judged.
    Rejected(BundleRejected),
}

/// A judgement made again (EN 319 102-1 §5.1.4).
#[derive(Clone, Debug)]
pub struct Replay {
    /// The report that was given now.
    pub report: Report,
    /// Where it differs from the one in the bundle, but for the names of engine and back end; empty when they are the
    /// same octet for octet.
    pub differences: Vec<Difference>,
    /// Who signed the lists of the trust snapshots, as far as the bundle itself shows it.
    pub list_signatures: Vec<ListSignature>,
    /// The trust anchors that the bundle names by itself.
    pub anchors: Vec<NamedAnchor>,
    /// Whether the engine and the back end are those that judged then.
    pub judge: Judge,
}

/// Who judged again (EN 319 102-1 §5.1.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Judge {
    /// The same version of the same back end.
    Same,
    /// Another: the report then names it in place of the first.
    Other,
}

/// Whose word on trust is taken.
#[derive(Clone, Copy)]
enum Trusting<'a> {
    /// That of the extract in the bundle.
    Extract,
    /// That of the lists, of which the extract must be a part.
    Lists(&'a [Octets]),
}

impl Bundle {
    /// The bundle of a judgement, as a file (EN 319 102-1 §5.1.4): `report` is what the validator says of the evidence.
    ///
    /// # Errors
    /// The judgement cannot be repeated from what may be kept.
    ///
    /// # Limits
    /// Two judgements more, rarely up to four; the standard limits of a bundle.
    pub fn of(
        validator: &Validator,
        evidence: &Evidence,
        report: &Report,
        keeping: Keeping,
    ) -> Result<Vec<u8>, NotBundled> {
        Self::of_object(validator, Object::Signature(evidence), report, keeping)
    }

    /// The bundle of a judgement of [`Validator::validate_certificate`], as a file (RFC 5280 §6.1, EN 319 102-1 §5.1.4).
    ///
    /// # Errors
    /// The judgement cannot be repeated from what is kept.
    ///
    /// # Limits
    /// As for [`Self::of`].
    pub fn of_certificate(
        validator: &Validator,
        judged: JudgedCertificate<'_>,
        report: &Report,
        detail: Detail,
    ) -> Result<Vec<u8>, NotBundled> {
        let keeping = Keeping {
            document: KeptDocument::Digests,
            detail,
        };
        Self::of_object(validator, Object::Certificate(judged), report, keeping)
    }

    fn of_object(
        validator: &Validator,
        object: Object<'_>,
        report: &Report,
        keeping: Keeping,
    ) -> Result<Vec<u8>, NotBundled> {
        let judged = put::Judged::new(validator, object, report, keeping)?;
        let limits = BundleLimits {
            judging: validator.limits,
            ..BundleLimits::STANDARD
        };
        let mut differences = Vec::new();
        // What was left out may matter in a way that names do not show.
        let attempts = [
            (judged.who_matters(), Lists::Extract),
            (Kept::All, Lists::Extract),
            (Kept::All, Lists::Whole),
        ];
        for (kept, lists) in attempts {
            let file = judged.bundle(&kept, lists)?.to_octets();
            let again = Self::read(&file, &limits)
                .and_then(|bundle| bundle.judge(validator.algorithms))
                .map_err(NotBundled::Rejected)?;
            if again.differences.is_empty() {
                return Ok(file);
            }
            differences = again.differences;
        }
        Err(match keeping.document {
            KeptDocument::Digests if object.has_document_at_hand() => NotBundled::DocumentNeeded,
            _ => NotBundled::NotRepeated(differences),
        })
    }

    /// Judges again (EN 319 102-1 §5.1.4). Nothing but the bundle and the algorithms is used.
    ///
    /// # Errors
    /// A part cannot be used, a limit, or two implementations disagree.
    ///
    /// # Limits
    /// Those in the bundle, which [`Bundle::read`] bounds.
    pub fn judge(&self, algorithms: &'static Algorithms) -> Result<Replay, BundleRejected> {
        self.judge_by(Trusting::Extract, algorithms)
    }

    /// The same with the trust lists at hand, as XML, in place of the extract (63-FZ art. 8, ETSI TS 119 615 §4.1): they are
    /// those that the extract is of, each is signed, each holds every entry of the extract, and the report is to be the same.
    ///
    /// # Errors
    /// As for [`Self::judge`]; a list is missing, refused, or says something else than the extract.
    ///
    /// # Limits
    /// As for [`Self::judge`]; the standard limits of a list, for each.
    pub fn judge_with_lists(
        &self,
        lists: &[Octets],
        algorithms: &'static Algorithms,
    ) -> Result<Replay, BundleRejected> {
        self.judge_by(Trusting::Lists(lists), algorithms)
    }

    /// Whether a trust list stood behind the judgement (63-FZ art. 8).
    #[must_use]
    pub const fn has_trust(&self) -> bool {
        self.judgement().trust.is_some()
    }

    /// Whether European trusted lists stood behind the judgement (ETSI TS 119 615 §4.1).
    #[must_use]
    pub const fn has_trusted_lists(&self) -> bool {
        self.judgement().trusted_lists.is_some()
    }

    fn judge_by(
        &self,
        trusting: Trusting<'_>,
        algorithms: &'static Algorithms,
    ) -> Result<Replay, BundleRejected> {
        let unusable = |role: Role| BundleRejected::Unusable(role.word());
        let judgement = self.judgement();
        let at = time(&judgement.at).ok_or(BundleRejected::Manifest)?;
        let policy = self.policy().ok_or(unusable(Role::Policy))?;
        let before = self.one(Role::Report).ok_or(unusable(Role::Report))?;
        let validator = Validator {
            algorithms,
            policy,
            limits: judgement.limits.into(),
        };
        let (object, list_signatures) = take::object(self, trusting, &validator)?;
        let anchors = anchors::named(self, object.material(), &validator)?;
        let report = object.judge(&validator, at)?;
        let now = self.as_by_the_first(&json::write_in(&report, self.detail()), algorithms);
        let is_same = self.back_end() == algorithms.name && self.engine() == json::ENGINE;
        Ok(Replay {
            differences: differences(before, now.as_bytes()),
            judge: if is_same { Judge::Same } else { Judge::Other },
            report,
            list_signatures,
            anchors,
        })
    }

    /// The policy; only one that is written as its digest wants it.
    fn policy(&self) -> Option<Policy> {
        let text = str::from_utf8(self.one(Role::Policy)?).ok()?;
        let policy = Policy::read(text).ok()?;
        (policy.text() == text).then_some(policy)
    }

    /// Whether the report lists the steps (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn detail(&self) -> Detail {
        if self.judgement().steps {
            Detail::Explain
        } else {
            Detail::Normal
        }
    }

    /// A report as it would name who judged first.
    fn as_by_the_first(&self, report: &str, algorithms: &Algorithms) -> String {
        let judges = |engine: &str, back_end: &str| {
            format!("\"engine\":\"{engine}\",\"back_end\":\"{back_end}\",")
        };
        let now = judges(json::ENGINE, algorithms.name);
        report.replacen(&now, &judges(self.engine(), self.back_end()), 1)
    }
}

/// A time as it is written in a manifest.
fn time(text: &str) -> Option<UnixTime> {
    let time = UnixTime::parse_rfc3339(text)?;
    (time.to_string() == text).then_some(time)
}

impl NotBundled {
    /// Why, in a sentence without a full stop (EN 319 102-1 §5.1.4).
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let both = |en: &str, ru: &str| match language {
            Language::En => en.to_owned(),
            Language::Ru => ru.to_owned(),
        };
        match self {
            Self::DocumentNeeded => both(
                "no bundle: the verdict rests on the document itself, of which a bundle keeps digests; have it kept, too",
                "пакет не создан: вывод опирается на сам документ, а в пакете остаются только его хэши; разрешите сохранить документ",
            ),
            Self::FileNotKept => both(
                "no bundle: too little was kept of a large file that is no whole signature",
                "пакет не создан: от большого файла, который не является целой подписью, сохранено слишком мало",
            ),
            Self::NotRepeated(found) => {
                let places: Vec<&str> = found.iter().map(|it| it.pointer.as_str()).collect();
                let places = places.join(", ");
                both(
                    &format!("no bundle: judged again it gave another report at {places}"),
                    &format!("пакет не создан: повторная проверка дала другой отчёт в {places}"),
                )
            }
            Self::Rejected(rejected) => {
                let why = rejected.text(language);
                both(
                    &format!("no bundle: {why}"),
                    &format!("пакет не создан: {why}"),
                )
            }
        }
    }
}

impl fmt::Display for NotBundled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for NotBundled {}

impl From<Error> for NotBundled {
    fn from(error: Error) -> Self {
        Self::Rejected(BundleRejected::NotJudged(error))
    }
}

/// A part without an identifier.
fn part(role: Role, octets: impl Into<Octets>) -> Part {
    Part {
        role,
        id: None,
        octets: octets.into(),
    }
}
