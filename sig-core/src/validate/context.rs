//! Validation context initialization: the signature policy that the signer names (EN 319 102-1 §5.2.4).
//!
//! The rules of a policy are for people: its document is found and shown to be the one that was signed, what it says
//! is not carried out.

use std::sync::Arc;

use crate::alg::identifier::resolve_digest;
use crate::alg::provider::Algorithms;
use crate::base::error::Error;
use crate::base::hex::hex;
use crate::base::limits::Budget;
use crate::cms::attribute::Single;
use crate::cms::attribute::signature_policy::{
    PolicyHash, PolicyQualifier, SignaturePolicy, SignaturePolicyId,
};
use crate::cms::attribute::signature_policy_document::{Asn1Policy, PolicyForm};
use crate::cms::attribute::signature_policy_store::{SignaturePolicyStore, StoredPolicy};
use crate::cms::signer_info::SignerInfo;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::code::policy as codes;
use crate::finding::step::{StepRow, Why, en319102_1_5_2_4 as steps, why};
use crate::finding::{Code, Finding, StepSubject, Subject};
use crate::report::{NotChecked, PolicyDigestReport, PolicyStatus, SignaturePolicyReport};

use super::crypto::Content;
use super::evidence::Material;
use super::ledger::Ledger;
use super::policy::Policy;

/// The document of a signature policy, of any format (EN 319 122-1 §5.2.9.1).
#[derive(Clone, Debug)]
pub struct SignaturePolicyDocument {
    /// The policy that the caller says it is; without a name it is found by its digest alone.
    pub id: Option<Oid>,
    /// Its octets.
    pub octets: Octets,
}

/// What a signature policy is looked for with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) signer: &'a SignerInfo,
    pub(super) material: &'a Material,
    pub(super) policy: &'a Policy,
    pub(super) algorithms: &'a Algorithms,
}

/// Judges the signature policy, when the signer names one (EN 319 102-1 §5.2.4.4).
pub(super) fn check(
    inputs: Inputs<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<Option<SignaturePolicyReport>, Error> {
    let mut context = Context {
        inputs,
        about,
        ledger,
        budget,
    };
    let mark = context.ledger.mark();
    let policy = match inputs.signer.single_signed(oids::SIGNATURE_POLICY) {
        Single::Absent => {
            context.skip(&steps::STEP_1, &why::NOT_NAMED);
            return Ok(None);
        }
        Single::NotSingle => {
            context.tell(&codes::SIGNATURE_NOT_SINGLE);
            None
        }
        Single::Value(value) => match SignaturePolicy::read(value, context.budget) {
            Ok(policy) => Some(policy),
            Err(Error::Malformed(_)) => {
                context.tell(&codes::SIGNATURE_MALFORMED);
                None
            }
            Err(other) => return Err(other),
        },
    };
    context.took(&steps::STEP_1, mark);
    let Some(policy) = policy else {
        return Ok(Some(report(None, PolicyStatus::NotProcessed)));
    };
    Ok(Some(match policy {
        SignaturePolicy::Implied => {
            context.tell(&codes::SIGNATURE_IMPLIED);
            context.skip(&steps::STEP_2, &why::NO_DATA);
            context.skip(&steps::STEP_3, &why::NO_DATA);
            report(None, PolicyStatus::Implied)
        }
        SignaturePolicy::Named(named) => {
            let status = context.named(&named)?;
            report(Some(&named), status)
        }
    }))
}

/// What a reader might think was checked and was not.
pub(super) fn not_checked(policy: Option<&SignaturePolicyReport>) -> Option<NotChecked> {
    let (what, why) = match policy?.status {
        PolicyStatus::Matched(_) | PolicyStatus::Unbound => {
            ("signature-policy-rules", "not-supported")
        }
        PolicyStatus::Implied => ("signature-policy", "implied"),
        PolicyStatus::NotAvailable => ("signature-policy", "no-document"),
        PolicyStatus::NotProcessed => ("signature-policy", "not-processed"),
    };
    Some(NotChecked { what, why })
}

/// A document that may be the policy's.
struct Candidate {
    id: Option<Oid>,
    octets: Octets,
    /// It stands beside the signature.
    is_stored: bool,
}

struct Context<'r, 'p> {
    inputs: Inputs<'r>,
    about: &'r Subject,
    ledger: &'r mut Ledger<'p>,
    budget: &'r mut Budget,
}

impl Context<'_, '_> {
    fn tell(&mut self, code: &'static Code) {
        self.add(Finding::new(code, self.about.clone()));
    }

    fn tell_of(&mut self, code: &'static Code, id: Oid) {
        self.add(Finding::new(code, self.about.clone()).with_oid("id", id));
    }

    fn add(&mut self, finding: Finding) {
        self.ledger.add(finding);
    }

    fn named(&mut self, named: &SignaturePolicyId) -> Result<PolicyStatus, Error> {
        let allowed = &self.inputs.policy.allowed_signature_policies;
        if allowed.is_empty() {
            self.skip(&steps::STEP_2, &why::NOT_LIMITED);
        } else {
            let mark = self.ledger.mark();
            let is_allowed = allowed.contains(&named.id);
            if !is_allowed {
                self.tell_of(&codes::SIGNATURE_NOT_ALLOWED, named.id);
            }
            self.took(&steps::STEP_2, mark);
            if !is_allowed {
                self.skip(&steps::STEP_3, &why::NOT_REACHED);
                return Ok(PolicyStatus::NotProcessed);
            }
        }
        let mark = self.ledger.mark();
        let candidates = self.candidates()?;
        let status = match &named.hash {
            Some(hash) if !hash.is_zero() => self.by_digest(named.id, hash, &candidates)?,
            _ => self.by_name(named.id, &candidates),
        };
        self.took(&steps::STEP_3, mark);
        Ok(status)
    }

    fn here(&self) -> StepSubject {
        StepSubject::object(Arc::new(self.about.clone()))
    }

    fn took(&mut self, step: &'static StepRow, mark: usize) {
        let here = self.here();
        self.ledger.took(step, here, mark);
    }

    fn skip(&mut self, step: &'static StepRow, why: &'static Why) {
        let here = self.here();
        self.ledger.steps().skipped(step, here, why);
    }

    /// The documents of the caller, then those beside the signature.
    fn candidates(&mut self) -> Result<Vec<Candidate>, Error> {
        let given = self.inputs.material.signature_policies.iter();
        let mut all: Vec<Candidate> = given
            .map(|document| Candidate {
                id: document.id,
                octets: document.octets.clone(),
                is_stored: false,
            })
            .collect();
        let attributes = &self.inputs.signer.unsigned_attributes;
        match attributes.single(oids::SIGNATURE_POLICY_STORE) {
            Single::Absent => {}
            Single::NotSingle => self.tell(&codes::STORE_MALFORMED),
            Single::Value(value) => match SignaturePolicyStore::read(value, self.budget) {
                Ok(store) => {
                    if let StoredPolicy::Encoded(octets) = store.document {
                        all.push(Candidate {
                            id: None,
                            octets,
                            is_stored: true,
                        });
                    }
                }
                Err(Error::Malformed(_)) => self.tell(&codes::STORE_MALFORMED),
                Err(other) => return Err(other),
            },
        }
        Ok(all)
    }

    /// Without a digest only the caller can say which document it is.
    fn by_name(&mut self, id: Oid, candidates: &[Candidate]) -> PolicyStatus {
        self.tell_of(&codes::SIGNATURE_UNBOUND, id);
        if candidates.iter().any(|candidate| candidate.id == Some(id)) {
            PolicyStatus::Unbound
        } else {
            self.tell_of(&codes::SIGNATURE_DOCUMENT_MISSING, id);
            PolicyStatus::NotAvailable
        }
    }

    fn by_digest(
        &mut self,
        id: Oid,
        hash: &PolicyHash,
        candidates: &[Candidate],
    ) -> Result<PolicyStatus, Error> {
        let known = resolve_digest(&hash.algorithm).ok();
        let Some(algorithm) = known.and_then(|known| self.inputs.algorithms.digest(known)) else {
            let finding = Finding::new(&codes::SIGNATURE_DIGEST_UNKNOWN, self.about.clone());
            self.add(finding.with_oid("algorithm", hash.algorithm.algorithm));
            return Ok(PolicyStatus::NotProcessed);
        };
        let mut is_other = false;
        for candidate in candidates {
            let policy = Asn1Policy::of(&candidate.octets, self.budget)?;
            let own = policy.as_ref().map(|policy| policy.id);
            let whole = [(
                PolicyForm::Document,
                std::slice::from_ref(&candidate.octets),
            )];
            let pieces = policy.iter().flat_map(Asn1Policy::pieces);
            for (form, pieces) in whole.into_iter().chain(pieces) {
                let digest = Content::Pieces(pieces).digest(algorithm)?;
                if digest.is_some_and(|digest| *digest.value == *hash.value) {
                    let stated = [candidate.id, own];
                    return Ok(self.matched(id, stated, form));
                }
            }
            if candidate.is_stored {
                self.tell(&codes::STORE_MISMATCH);
            } else if candidate.id.or(own) == Some(id) {
                is_other = true;
            }
        }
        if is_other {
            self.tell_of(&codes::SIGNATURE_DIGEST_MISMATCH, id);
            return Ok(PolicyStatus::NotProcessed);
        }
        self.tell_of(&codes::SIGNATURE_DOCUMENT_MISSING, id);
        Ok(PolicyStatus::NotAvailable)
    }

    /// The caller may say which policy a document is, and a document in ASN.1 says so itself.
    fn matched(&mut self, id: Oid, stated: [Option<Oid>; 2], form: PolicyForm) -> PolicyStatus {
        if let Some(other) = stated.into_iter().flatten().find(|stated| *stated != id) {
            let code = &codes::SIGNATURE_IDENTIFIER_MISMATCH;
            let finding = Finding::new(code, self.about.clone()).with_oid("found", other);
            self.add(finding.with_oid("id", id));
            return PolicyStatus::NotProcessed;
        }
        let finding = Finding::new(&codes::SIGNATURE_MATCHED, self.about.clone());
        let finding = finding.with_oid("id", id);
        self.add(finding.with_word("form", form.name()));
        PolicyStatus::Matched(form.name())
    }
}

fn report(named: Option<&SignaturePolicyId>, status: PolicyStatus) -> SignaturePolicyReport {
    let mut report = SignaturePolicyReport {
        id: named.map(|named| named.id.to_string()),
        digest: None,
        uris: Vec::new(),
        notices: Vec::new(),
        status,
    };
    let Some(named) = named else {
        return report;
    };
    report.digest = named.hash.as_ref().map(|hash| PolicyDigestReport {
        algorithm: match resolve_digest(&hash.algorithm) {
            Ok(id) => id.name().to_owned(),
            Err(_) => hash.algorithm.algorithm.to_string(),
        },
        hex: hex(&hash.value),
    });
    for qualifier in &named.qualifiers {
        match qualifier {
            PolicyQualifier::Uri(uri) => report.uris.push(uri.clone()),
            PolicyQualifier::UserNotice { organization, text } => {
                let parts = organization.iter().chain(text);
                let parts: Vec<&str> = parts.map(String::as_str).collect();
                report.notices.push(parts.join(": "));
            }
            PolicyQualifier::Specification(_) | PolicyQualifier::Other(_) => {}
        }
    }
    report
}
