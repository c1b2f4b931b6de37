//! What belongs into a bundle.

use crate::alg::digest::{Digest, DigestId};
use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::cms::stream::content::{ContentDigests, StreamedContent};
use crate::der::octets::Octets;
use crate::report::bundle::{
    Bundle, ContentForm, DigestForm, HoleForm, Judgement, Part, Role, SignatureForm,
};
use crate::report::text::Detail;
use crate::report::{Report, json};

use super::super::Validator;
use super::super::evidence::{Document, Evidence, Source};
use super::crls::Kept;
use super::object::Object;
use super::trust::Extracts;
use super::trusted_lists::{self, Lists};
use super::{Keeping, KeptDocument, NotBundled, material, part, trust};

/// A judgement, and what of the trust snapshot was met in it.
pub(super) struct Judged<'a> {
    validator: &'a Validator,
    object: Object<'a>,
    report: &'a Report,
    keeping: Keeping,
    extracts: Extracts,
}

impl<'a> Judged<'a> {
    pub(super) fn new(
        validator: &'a Validator,
        object: Object<'a>,
        report: &'a Report,
        keeping: Keeping,
    ) -> Result<Self, NotBundled> {
        let extracts = trust::extracts(validator, object, report.at)?;
        Ok(Self {
            validator,
            object,
            report,
            keeping,
            extracts,
        })
    }

    /// Whose revocation lists matter.
    pub(super) fn who_matters(&self) -> Kept {
        Kept::of(self.object, &self.extracts, self.validator.limits)
    }

    pub(super) fn bundle(&self, kept: &Kept, lists: Lists) -> Result<Bundle, NotBundled> {
        let (validator, keeping) = (self.validator, self.keeping);
        let limits = validator.limits;
        let report = json::write_in(self.report, keeping.detail);
        let mut parts = vec![
            part(Role::Policy, validator.policy.text().into_bytes()),
            part(Role::Report, report.into_bytes()),
        ];
        let mut forms_of = (None, None, Vec::new());
        match self.object {
            Object::Signature(evidence) => {
                let signature = signature(evidence, &mut parts)?;
                let document = document(evidence, keeping, validator.algorithms, &mut parts)?;
                forms_of = (signature, document, forms(&evidence.digests));
            }
            Object::Certificate(judged) => {
                let octets = judged.certificate.octets.clone();
                parts.push(part(Role::TargetCertificate, octets));
            }
        }
        let (signature, document, digests) = forms_of;
        let offered = self.object.material();
        material::put(offered, kept, limits, &mut parts);
        let trust = offered.trust.as_ref().zip(self.extracts.trust.as_ref());
        let trust =
            trust.map(|(whole, extract)| trust::put(whole, extract, kept, limits, &mut parts));
        let extract = self.extracts.lists.as_ref();
        let trusted_lists = offered.trusted_lists.as_ref();
        let trusted_lists =
            trusted_lists.map(|whole| trusted_lists::put(whole, extract, lists, &mut parts));
        let judgement = Judgement {
            at: self.report.at.to_string(),
            engine: json::ENGINE.to_owned(),
            back_end: validator.algorithms.name.to_owned(),
            steps: keeping.detail == Detail::Explain,
            signature,
            document,
            digests,
            sunsets: material::sunsets(offered),
            is_of_run: material::is_of_run(offered),
            trust,
            trusted_lists,
            limits: limits.into(),
        };
        Ok(Bundle::new(judgement, parts))
    }
}

/// The file, and the records beside it.
fn signature(
    evidence: &Evidence,
    parts: &mut Vec<Part>,
) -> Result<Option<SignatureForm>, NotBundled> {
    let beside = evidence.records.beside.iter();
    parts.extend(beside.map(|record| part(Role::EvidenceRecord, record.clone())));
    let (object, content, size) = match &evidence.source {
        Source::File(file) => {
            parts.push(part(Role::Signature, file.clone()));
            return Ok(None);
        }
        Source::Stream {
            object: Ok(object),
            content,
            size,
        } => (object, content.as_ref(), *size),
        Source::Stream { object: Err(_), .. } => return Err(NotBundled::FileNotKept),
    };
    let hole = match object.holed() {
        None => {
            parts.push(part(Role::SignatureObject, object.clone()));
            None
        }
        Some(holed) => {
            let hole = &holed.hole;
            if hole.walk.is_err() || hole.join.is_err() || hole.place.end > holed.size {
                return Err(NotBundled::FileNotKept);
            }
            parts.push(part(Role::SignatureHead, holed.head.as_slice()));
            parts.push(part(Role::SignatureTail, holed.tail.as_slice()));
            Some(HoleForm {
                start: hole.place.start as u64,
                end: hole.place.end as u64,
                size: holed.size as u64,
                walked: hole.walked,
                joined: hole.joined,
            })
        }
    };
    if let Some(whole) = content.and_then(|content| content.whole.as_ref()) {
        parts.push(part(Role::SignatureContent, whole.clone()));
    }
    Ok(Some(SignatureForm {
        size,
        hole,
        content: content.map(content_form),
    }))
}

/// The document beside the signature, and those of its group.
fn document(
    evidence: &Evidence,
    keeping: Keeping,
    algorithms: &Algorithms,
    parts: &mut Vec<Part>,
) -> Result<Option<ContentForm>, NotBundled> {
    let is_whole = keeping.document == KeptDocument::Whole;
    let group = &evidence.records.group;
    if !group.is_empty() && !is_whole {
        return Err(NotBundled::DocumentNeeded);
    }
    parts.extend(group.iter().map(|it| part(Role::GroupDocument, it.clone())));
    Ok(match &evidence.content {
        None => None,
        Some(Document::Octets(octets)) if is_whole => {
            parts.push(part(Role::Document, octets.clone()));
            None
        }
        Some(Document::Octets(octets)) => {
            let passed = passed(evidence, octets, algorithms)?;
            Some(content_form(&passed))
        }
        Some(Document::Streamed(content)) => Some(content_form(content)),
    })
}

/// A document at hand, as if it had passed by.
fn passed(
    evidence: &Evidence,
    octets: &Octets,
    algorithms: &Algorithms,
) -> Result<StreamedContent, Error> {
    let wanted = evidence.wanted_digests()?;
    let given = evidence.digests.iter().map(|digest| digest.algorithm);
    // A document has one digest at least, so that it is one.
    let always = std::iter::once(DigestId::Sha256);
    let all = wanted.into_iter().chain(given).chain(always);
    let mut digests = ContentDigests::new(algorithms, all).keeping(0);
    digests.update(octets);
    Ok(digests.finish()?)
}

fn content_form(content: &StreamedContent) -> ContentForm {
    ContentForm {
        size: content.size,
        digests: forms(&content.digests),
        is_set: content.may_be_signed_attributes(),
    }
}

fn forms(digests: &[Digest]) -> Vec<DigestForm> {
    digests.iter().map(DigestForm::of).collect()
}

impl Evidence {
    /// Whether a document beside the signature is at hand, so that it could be kept.
    pub(super) const fn has_document_at_hand(&self) -> bool {
        matches!(self.content, Some(Document::Octets(_)))
    }
}
