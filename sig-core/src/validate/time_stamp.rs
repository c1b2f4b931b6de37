//! Validation of time-stamps (EN 319 102-1 §5.4): a token is a signature of its own, made by an authority for that.

mod authority;

use std::sync::Arc;

use crate::alg::identifier::resolve_digest;
use crate::alg::strength::Moments;
use crate::base::error::{Error, Malformed};
use crate::base::hex::hex;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::signed_data::SignedData;
use crate::cms::signer_info::SignerInfo;
use crate::cms::time_stamp::{TstInfo, token_id};
use crate::der::oids;
use crate::finding::code::{
    cms as cms_codes, crypto as crypto_codes, policy as policy_codes, time as codes,
};
use crate::finding::step::en319102_1_5_4_4;
use crate::finding::{Code, Finding, StepSubject, Subject};
use crate::path::inputs::{ExplicitPolicyRule, PathInputs, PolicySet};
use crate::report::{
    AlgorithmNames, DocumentReport, Integrity, Judged, PathElement, SignerReport, TimeStampKind,
    TimeStampReport, TokenReport,
};
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::Certificate;

use authority::{check_accreditation, check_authority, check_statement};

use super::conclude::conclude;
use super::crypto::{self, Content};
use super::evidence::Material;
use super::ledger::{Ledger, Obligation, TIME_STAMP};
use super::policy::{AttributesRule, KeyRule, Policy, QualifiedRule, SigningTimeRule};
use super::recovery::Transition;
use super::strength::Judge;
use super::{
    Validator, acceptance, chain, embedded, format, listing, ocsp, past, revocation, signer,
    strength, summary,
};

/// A token and what it should be of (EN 319 102-1 §5.4.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) validator: &'a Validator,
    /// The token.
    pub(super) message: &'a SignedData,
    pub(super) kind: TimeStampKind,
    /// What was stamped, octet for octet.
    pub(super) stamped: &'a Content<'a>,
    /// Findings about what was stamped.
    pub(super) of_coverage: &'a [Finding],
    pub(super) material: &'a Material,
    pub(super) at: UnixTime,
}

/// The policy for the signature of an authority: the token must name its certificate (RFC 3161 §2.4.2), what the
/// caller asks of a signer's certificate is not asked of the authority, and §2.3 says what its key is for.
fn policy_of_authority(policy: &Policy) -> Policy {
    Policy {
        attributes: AttributesRule::Cades,
        signing_time: SigningTimeRule::Optional,
        key: KeyRule::Any,
        qualified: QualifiedRule::Skip,
        path: PathInputs {
            policies: PolicySet::Any,
            explicit_policy: ExplicitPolicyRule::WhenAsked,
            key_purpose: None,
            host: None,
            ..policy.path.clone()
        },
        ..policy.clone()
    }
}

/// Judges a token (EN 319 102-1 §5.4.4).
pub(super) fn judge(inputs: Inputs<'_>, budget: &mut Budget) -> Result<TimeStampReport, Error> {
    judge_by(inputs, None, budget)
}

/// Judges a token by what is proven to have existed when: where it does not pass, its past may answer for it
/// (EN 319 102-1 §5.6.3.4 step 5).
pub(super) fn judge_in_past(
    inputs: Inputs<'_>,
    proofs: &ProofsOfExistence,
    budget: &mut Budget,
) -> Result<TimeStampReport, Error> {
    judge_by(inputs, Some(proofs), budget)
}

fn judge_by(
    inputs: Inputs<'_>,
    proofs: Option<&ProofsOfExistence>,
    budget: &mut Budget,
) -> Result<TimeStampReport, Error> {
    let validator = Validator {
        policy: policy_of_authority(&inputs.validator.policy),
        ..inputs.validator.clone()
    };
    let signer = match inputs.message.signers.as_slice() {
        [Ok(signer)] => Some(signer),
        _ => None,
    };
    let id = token_id(inputs.message);
    let about = Subject::TimeStamp(id.clone());
    let existed = proofs.map_or(inputs.at, |proofs| proofs.since(&about, inputs.at));
    let mut judging = Judging {
        inputs,
        validator: &validator,
        existed,
        about,
        integrity: Integrity::NotKnown,
        ledger: Ledger::new(&validator.policy),
    };
    if validator.policy.is_for_testing() {
        let finding = judging.finding(&policy_codes::TESTING);
        judging.ledger.add(finding);
    }
    inputs
        .of_coverage
        .iter()
        .cloned()
        .for_each(|finding| judging.ledger.add(finding));
    let info = judging.read(budget)?;
    let authority = match signer {
        Some(signer) => Some(judging.check_signature(signer, info.as_ref(), budget)?),
        None => {
            judging.without_signer();
            None
        }
    };
    let object = Arc::new(judging.about.clone());
    let step = &en319102_1_5_4_4::STEP_1;
    judging.ledger.took(step, StepSubject::object(object), 0);
    if let Some(info) = &info {
        judging.check_imprint(info)?;
    }
    if let (Some(proofs), Some(authority)) = (proofs, &authority) {
        judging.settle(authority, proofs, budget)?;
    }
    let decision = conclude(&judging.ledger, &TIME_STAMP);
    let integrity = judging.integrity;
    let (findings, steps) = judging.ledger.into_parts();
    let authority = authority.unwrap_or_default();
    Ok(TimeStampReport {
        id,
        kind: inputs.kind,
        conclusion: decision.conclusion,
        decided_by: decision.by,
        integrity,
        token: info.as_ref().map(token_report),
        algorithms: authority.algorithms,
        authority: authority.signer,
        path: authority.path,
        findings,
        steps,
        not_checked: ocsp::not_checked(validator.policy.revocation, inputs.material),
    })
}

/// A token that stands alone, over a document.
pub(super) fn judge_alone(inputs: Inputs<'_>, budget: &mut Budget) -> Result<Judged, Error> {
    let report = judge(inputs, budget)?;
    let algorithm = match TstInfo::of(inputs.message, budget)? {
        Some(Ok(info)) => resolve_digest(&info.imprint.algorithm).ok(),
        _ => None,
    };
    let algorithm = algorithm.and_then(|id| inputs.validator.algorithms.digest(id));
    let digest = match algorithm {
        Some(algorithm) => inputs.stamped.digest(algorithm)?,
        None => None,
    };
    Ok(Judged::TimeStamp {
        document: DocumentReport {
            size: inputs.stamped.size(),
            digest,
            detached: true,
            findings: Vec::new(),
            evidence_records: Vec::new(),
        },
        time_stamp: Box::new(report),
    })
}

/// What is known about who signed a token.
#[derive(Default)]
struct Authority {
    algorithms: AlgorithmNames,
    signer: Option<SignerReport>,
    path: Vec<PathElement>,
    /// Its certificate and what that was judged with.
    judged: Option<(Arc<Certificate>, Material)>,
    /// The certificates of the path that was judged.
    certificates: Vec<Arc<Certificate>>,
}

struct Judging<'a> {
    inputs: Inputs<'a>,
    validator: &'a Validator,
    /// The earliest time at which it is proven to exist.
    existed: UnixTime,
    about: Subject,
    /// Of the token itself, whatever it is of.
    integrity: Integrity,
    ledger: Ledger<'a>,
}

impl Judging<'_> {
    fn finding(&self, code: &'static Code) -> Finding {
        Finding::new(code, self.about.clone())
    }

    /// The content of the token: a `TSTInfo` in DER, whose critical extensions are known.
    fn read(&mut self, budget: &mut Budget) -> Result<Option<TstInfo>, Error> {
        let message = self.inputs.message;
        for mut finding in format::check_message(message) {
            finding.subject = self.about.clone();
            self.ledger.add(finding);
        }
        let info = match TstInfo::of(message, budget)? {
            None => {
                let finding = self.finding(&codes::TOKEN_CONTENT);
                let content = message.content_type;
                self.ledger.add(finding.with_oid("content", content));
                return Ok(None);
            }
            Some(Err(Malformed { offset, reason, .. })) => {
                let finding = self.finding(&codes::TOKEN_MALFORMED);
                let finding = finding.with_count("offset", offset as u64);
                self.ledger.add(finding.with_word("reason", reason.word()));
                return Ok(None);
            }
            Some(Ok(info)) => info,
        };
        for deviation in &info.deviations {
            let finding = self.finding(&codes::TOKEN_LENIENCY);
            self.ledger
                .add(finding.with_word("deviation", deviation.word()));
        }
        for extension in info.extensions.all.iter().filter(|it| it.critical) {
            let finding = self.finding(&codes::CRITICAL_EXTENSION);
            self.ledger.add(finding.with_oid("extension", extension.id));
        }
        if info.gen_time.seconds > self.inputs.at {
            let finding = self.finding(&codes::MADE_AFTER_CHECK);
            let time = info.gen_time.seconds;
            self.ledger.add(finding.with_time("gen_time", time));
        }
        Ok(Some(info))
    }

    /// A token has one signer, and that one can be read (RFC 3161 §2.4.2).
    fn without_signer(&mut self) {
        let finding = match self.inputs.message.signers.as_slice() {
            [Err(malformed)] => {
                let finding = self.finding(&cms_codes::SIGNER_MALFORMED);
                finding.with_count("offset", malformed.offset as u64)
            }
            signers => {
                let finding = self.finding(&codes::TOKEN_SIGNERS);
                finding.with_count("count", signers.len() as u64)
            }
        };
        self.ledger.add(finding);
    }

    /// The basic process over the token's own signature (EN 319 102-1 §5.3).
    fn check_signature(
        &mut self,
        signer: &SignerInfo,
        info: Option<&TstInfo>,
        budget: &mut Budget,
    ) -> Result<Authority, Error> {
        let when = self.moments();
        let Self {
            inputs,
            validator,
            about,
            ledger,
            integrity,
            ..
        } = self;
        let validator = *validator;
        let message = inputs.message;
        let mut material = inputs.material.clone();
        let mut findings = Vec::new();
        embedded::take(message, about, &mut material, &mut findings, budget)?;
        findings.into_iter().for_each(|finding| ledger.add(finding));
        let content = message.content.octets();
        let content = content.map_or(Content::Absent, Content::Octets);
        let statements =
            format::check_signer(Some(message), signer, &content, about, ledger, budget)?;
        let candidates = signer::candidates(&signer.identifier, &material);
        let algorithms = validator.algorithms;
        let certificate = signer::identify(signer, &candidates, algorithms, about, ledger, budget)?;
        let verification = crypto::Inputs {
            signer,
            content: &content,
            message_digest: statements.message_digest.as_deref(),
            algorithms,
        };
        let id = crypto::verify(
            (revocation::verification(validator, &material), verification),
            certificate.as_deref(),
            about,
            ledger,
            budget,
        )?;
        if certificate.is_none()
            && let Some(named) = signer::named_alone(&signer.identifier, &candidates, budget)?
        {
            crypto::try_equation(verification, &named, about, ledger, budget)?;
        }
        *integrity = ledger.integrity();
        let mut path = Vec::new();
        let mut certificates: Vec<_> = certificate.iter().cloned().collect();
        if let Some(certificate) = &certificate {
            let chain = chain::validate(validator, certificate, &material, inputs.at, budget)?;
            ledger.append(chain.ledger);
            path = chain.elements;
            let of_path = chain.path.iter().flat_map(|path| &path.certificates);
            certificates.extend(of_path.cloned());
            check_authority(certificate, ledger);
            if let (Some(info), Some(path)) = (info, &chain.path) {
                check_accreditation(info, path, certificate, *inputs, ledger);
                listing::check_authority(info, path, &material, ledger);
            }
            if let Some(info) = info {
                check_statement(info, certificate, about, ledger, budget)?;
            }
            let acceptance = acceptance::Inputs {
                signer,
                certificate,
                signature: id,
                claimed: statements.signing_time,
                when,
            };
            acceptance::check(acceptance, &validator.policy, about, ledger, budget)?;
        }
        Ok(Authority {
            algorithms: AlgorithmNames {
                digest: Some(oids::name(&signer.digest_algorithm.algorithm)),
                signature: Some(match id {
                    Some(id) => id.to_string(),
                    None => oids::name(&signer.signature_algorithm.algorithm),
                }),
                key: certificate.as_ref().map(|it| strength::key_name(&it.spki)),
            },
            signer: certificate
                .as_ref()
                .map(|it| summary::signer(it, &validator.policy)),
            path,
            judged: certificate.map(|certificate| (certificate, material)),
            certificates,
        })
    }

    /// The times at which its own algorithms are judged.
    const fn moments(&self) -> Moments {
        Moments {
            created: self.existed,
            checked: self.inputs.at,
        }
    }

    /// What was true in the past answers for what fails now, when all of it is of that kind.
    fn settle(
        &mut self,
        authority: &Authority,
        proofs: &ProofsOfExistence,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let Some((certificate, material)) = &authority.judged else {
            return Ok(());
        };
        let transition = Transition::TimeStampInPast;
        let expired = past::Expired {
            certificates: &authority.certificates,
            at: self.inputs.at,
        };
        if !past::may_help(&self.ledger, transition, expired) {
            return Ok(());
        }
        let inputs = past::Inputs {
            validator: self.validator,
            certificate,
            material,
            proofs,
            existed: self.existed,
            at: self.inputs.at,
            transition,
        };
        past::settle(inputs, expired, &mut self.ledger, budget)?;
        Ok(())
    }

    /// The imprint is the digest of exactly what was stamped, by an acceptable algorithm (EN 319 102-1 §5.4.4).
    fn check_imprint(&mut self, info: &TstInfo) -> Result<(), Error> {
        let identifier = &info.imprint.algorithm;
        let digest = resolve_digest(identifier).ok();
        let Some(digest) = digest.and_then(|id| self.validator.algorithms.digest(id)) else {
            let finding = self.finding(&crypto_codes::DIGEST_UNKNOWN);
            self.ledger
                .add(finding.with_oid("algorithm", identifier.algorithm));
            return Ok(());
        };
        let name = digest.id().name();
        let mark = self.ledger.mark();
        let computed = self.inputs.stamped.digest(digest)?.map(|it| it.value);
        match (computed, self.inputs.stamped) {
            (Some(computed), _) if computed == *info.imprint.digest => {}
            (Some(_), _) => {
                let finding = self.finding(&codes::IMPRINT_MISMATCH);
                self.ledger.add(finding.with_word("digest", name));
            }
            (None, Content::Digests(_) | Content::Streamed(_)) => {
                let finding = self.finding(&cms_codes::DIGEST_NOT_GIVEN);
                self.ledger.add(finding.with_word("digest", name));
            }
            (None, Content::Conflict) => {
                let finding = self.finding(&cms_codes::CONTENT_DIFFERS);
                self.ledger.add(finding);
            }
            // Why it is not known what was stamped was told.
            (None, Content::Absent) if !self.inputs.of_coverage.is_empty() => return Ok(()),
            (None, _) => {
                let finding = self.finding(&cms_codes::CONTENT_MISSING);
                self.ledger.add(finding);
            }
        }
        let judge = Judge {
            policy: &self.validator.policy,
            when: self.moments(),
        };
        if let Some(weak) = judge.digest(digest.id()) {
            let weak = weak.of_signature(self.about.clone(), self.existed);
            self.ledger.add(weak);
        }
        self.ledger
            .show_unless_failed_since(mark, Obligation::Imprint);
        Ok(())
    }
}

fn token_report(info: &TstInfo) -> TokenReport {
    let algorithm = &info.imprint.algorithm;
    TokenReport {
        gen_time: info.gen_time.seconds,
        not_earlier_than: info.earliest(),
        not_later_than: info.latest(),
        ordering: info.ordering,
        serial: hex(&info.serial),
        policy: info.policy.to_string(),
        digest: resolve_digest(algorithm).map_or_else(
            |_| oids::name(&algorithm.algorithm),
            |id| id.name().to_owned(),
        ),
    }
}
