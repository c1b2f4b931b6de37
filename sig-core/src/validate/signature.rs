//! One signature, judged (EN 319 102-1 §5.3, §5.5): of the content, or of another signature.

use std::sync::Arc;

use crate::base::error::{Error, Malformed};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::cades::Level;
use crate::cms::signed_data::SignedData;
use crate::cms::signer_info::SignerInfo;
use crate::der::oids;
use crate::finding::code::{cms as codes, policy as policy_codes};
use crate::finding::{Conclusion, Finding, Steps, SubIndication, Subject};
use crate::report::{
    AlgorithmNames, AttributesReport, Integrity, NotChecked, SignatureReport, Times,
};
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::{Certificate, sha256_hex};

use super::chain::Chain;
use super::conclude::conclude;
use super::crypto::{self, Content};
use super::evidence::Material;
use super::ledger::{Ledger, SIGNATURE};
use super::{
    Validator, acceptance, attributes, chain, context, format, long_term, names, ocsp,
    poe_extraction, qualified, qualified_eu, revocation, signer, strength, summary, with_time,
};

/// One signature and what it is judged with (EN 319 102-1 §5.3.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) validator: &'a Validator,
    /// The message that the signer stands in.
    pub(super) message: &'a SignedData,
    pub(super) signer: &'a SignerInfo,
    /// Its place in the message; for a counter-signature that of the signer below it.
    pub(super) index: usize,
    /// The id of the signature that this one countersigns.
    pub(super) parent: Option<&'a str>,
    /// What it signs.
    pub(super) content: &'a Content<'a>,
    pub(super) material: &'a Material,
    /// What was found about the message as a whole.
    pub(super) of_message: &'a [Finding],
    /// What evidence records prove.
    pub(super) proofs: &'a ProofsOfExistence,
    pub(super) at: UnixTime,
}

/// A signer that cannot be read.
pub(super) fn malformed(index: usize, malformed: Malformed, at: UnixTime) -> SignatureReport {
    let finding = Finding::new(&codes::SIGNER_MALFORMED, Subject::Signature(index))
        .with_count("offset", malformed.offset as u64);
    SignatureReport {
        id: format!("signature:{index}"),
        parent: None,
        conclusion: Conclusion::because(SubIndication::FormatFailure),
        decided_by: Some(&codes::SIGNER_MALFORMED),
        integrity: Integrity::NotKnown,
        level: Level::Cms,
        algorithms: AlgorithmNames::default(),
        signer: None,
        times: times(None, at),
        path: Vec::new(),
        qualified: None,
        findings: vec![finding],
        steps: Steps::default(),
        not_checked: Vec::new(),
        time_stamps: Vec::new(),
        attributes: AttributesReport::default(),
        counter_signatures: Vec::new(),
    }
}

const fn times(claimed: Option<UnixTime>, at: UnixTime) -> Times {
    Times {
        claimed,
        proven_not_later_than: None,
        checked_at: at,
    }
}

impl<'a> Inputs<'a> {
    /// What findings about the signature are about.
    pub(super) fn about(&self) -> Subject {
        match self.parent {
            None => Subject::Signature(self.index),
            Some(_) => Subject::CounterSignature(sha256_hex(&self.signer.signature)),
        }
    }

    /// A key without parameters has those of the keys above it: its chain comes before its signature
    /// (EN 319 102-1 §5.3.4 step 4).
    fn with_working_key(
        &self,
        certificate: Option<Arc<Certificate>>,
        material: &Material,
        budget: &mut Budget,
    ) -> Result<(Option<Arc<Certificate>>, Option<Chain<'a>>), Error> {
        let Some(own) = certificate
            .as_ref()
            .filter(|own| own.spki.inherits_parameters())
        else {
            return Ok((certificate, None));
        };
        let chain = chain::validate(self.validator, own, material, self.at, budget)?;
        let path = chain.path.as_ref();
        let working = path.and_then(|path| path.certificates.first()).cloned();
        Ok((working.or(certificate), Some(chain)))
    }
}

/// Judges one signature: the basic process, and what its time-stamps prove (EN 319 102-1 §5.3, §5.5).
pub(super) fn judge(inputs: Inputs<'_>, budget: &mut Budget) -> Result<SignatureReport, Error> {
    let Inputs {
        validator,
        signer,
        material,
        at,
        ..
    } = inputs;
    let algorithms = validator.algorithms;
    let about = inputs.about();
    let mut ledger = Ledger::new(&validator.policy);
    inputs
        .of_message
        .iter()
        .cloned()
        .for_each(|finding| ledger.add(finding));
    if validator.policy.is_for_testing() {
        ledger.add(Finding::new(&policy_codes::TESTING, about.clone()));
    }

    let message = inputs.parent.is_none().then_some(inputs.message);
    let statements =
        format::check_signer(message, signer, inputs.content, &about, &mut ledger, budget)?;
    let context = context::Inputs {
        signer,
        material,
        policy: &validator.policy,
        algorithms,
    };
    let signature_policy = context::check(context, &about, &mut ledger, budget)?;
    let attributes = AttributesReport {
        signature_policy,
        ..attributes::read(signer, &about, &mut ledger, budget)?
    };
    let candidates = signer::candidates(&signer.identifier, material);
    let certificate =
        signer::identify(signer, &candidates, algorithms, &about, &mut ledger, budget)?;
    let (certificate, mut early) = inputs.with_working_key(certificate, material, budget)?;
    let verification = crypto::Inputs {
        signer,
        content: inputs.content,
        message_digest: statements.message_digest.as_deref(),
        algorithms,
    };
    let id = crypto::verify(
        (revocation::verification(validator, material), verification),
        certificate.as_deref(),
        &about,
        &mut ledger,
        budget,
    )?;
    let mut path = Vec::new();
    let mut found = None;
    let stamps = with_time::Inputs {
        validator,
        message: inputs.message,
        signer,
        index: inputs.index,
        content: inputs.content,
        material,
        existed: inputs.proofs.earliest(&about),
        at,
    };
    let mut proofs = with_time::collect(stamps, &about, &mut ledger, budget)?;
    if let Some(certificate) = &certificate {
        names::check(certificate, &mut ledger);
        let chain = match early.take() {
            Some(chain) => chain,
            None => chain::validate(validator, certificate, material, at, budget)?,
        };
        let mark = ledger.mark();
        ledger.append(chain.ledger);
        path = chain.elements;
        found = chain.path;
        let of_path = with_time::Path {
            certificate,
            mark,
            is_found: found.is_some(),
            is_bound: poe_extraction::binds_certificate(signer, (&validator.policy, at), budget)?,
        };
        with_time::settle_path(&proofs, of_path, &mut ledger);
        let accepted = acceptance::Inputs {
            signer,
            certificate,
            signature: id,
            claimed: statements.signing_time,
            when: proofs.moments(at),
        };
        acceptance::check(accepted, &validator.policy, &about, &mut ledger, budget)?;
        with_time::refute_strength(&proofs, accepted, &validator.policy, &about, &mut ledger);
        let claimed = statements.signing_time;
        with_time::check_times(&proofs, certificate, claimed, &about, &mut ledger);
        with_time::check_demands(&proofs, accepted, &validator.policy, &about, &mut ledger);
        let mut known = vec![Arc::clone(certificate)];
        known.extend(found.iter().flat_map(|path| path.certificates.clone()));
        let long_term = long_term::Inputs {
            with_time: stamps,
            certificate,
            path: &known,
            acceptance: accepted,
            records: inputs.proofs,
            about: &about,
        };
        long_term::judge(long_term, &mut proofs, &mut ledger, budget)?;
    }
    let ocsp = ocsp::not_checked(validator.policy.revocation, material);
    let decision = conclude(&ledger, &SIGNATURE);
    let qualified = match &certificate {
        Some(certificate) if validator.policy.judges_qualified() => {
            let proven_by = proofs.proven_by();
            let conditions = qualified::Inputs {
                policy: &validator.policy,
                certificate,
                path: found.as_ref(),
                elements: &path,
                trust: material.trust.as_deref(),
                at,
                proven: proofs.existed,
                proven_by: &proven_by,
                conclusion: decision.conclusion,
            };
            let signed = qualified::Signed {
                about: &about,
                signer,
                claimed: statements.signing_time,
            };
            Some(qualified::judge(conditions, signed, &mut ledger))
        }
        Some(certificate) if validator.policy.judges_eidas() => {
            material.trusted_lists.as_deref().map(|trust| {
                let conditions = qualified_eu::Inputs {
                    certificate,
                    path: found.as_ref(),
                    trust,
                    at,
                    proven: proofs.existed,
                    conclusion: decision.conclusion,
                };
                qualified_eu::judge(conditions, &mut ledger)
            })
        }
        _ => None,
    };
    let integrity = ledger.integrity();
    let (findings, steps) = ledger.into_parts();
    Ok(SignatureReport {
        id: sha256_hex(&signer.signature),
        parent: inputs.parent.map(str::to_owned),
        conclusion: decision.conclusion,
        decided_by: decision.by,
        integrity,
        level: Level::of(inputs.message, signer, certificate.as_deref(), budget)?,
        algorithms: AlgorithmNames {
            digest: Some(oids::name(&signer.digest_algorithm.algorithm)),
            signature: Some(match id {
                Some(id) => id.to_string(),
                None => oids::name(&signer.signature_algorithm.algorithm),
            }),
            key: certificate.as_ref().map(|c| strength::key_name(&c.spki)),
        },
        signer: certificate
            .as_ref()
            .map(|it| summary::signer(it, &validator.policy)),
        times: Times {
            proven_not_later_than: proofs.existed,
            ..times(statements.signing_time, at)
        },
        path,
        qualified,
        not_checked: not_checked(signer, &attributes, certificate.is_some().then_some(ocsp)),
        findings,
        steps,
        time_stamps: proofs
            .stamps
            .into_iter()
            .map(|stamp| stamp.report)
            .collect(),
        attributes,
        counter_signatures: Vec::new(),
    })
}

/// What a reader might think was checked and was not.
fn not_checked(
    signer: &SignerInfo,
    attributes: &AttributesReport,
    of_path: Option<Vec<NotChecked>>,
) -> Vec<NotChecked> {
    let mut items = Vec::new();
    for (id, what) in [
        (oids::ARCHIVE_TIME_STAMP_V1, "archive-time-stamp-v1"),
        (oids::LONG_TERM_VALIDATION, "long-term-validation"),
        (
            oids::ATTRIBUTE_CERTIFICATE_REFERENCES,
            "attribute-certificate-references",
        ),
        (
            oids::ATTRIBUTE_REVOCATION_REFERENCES,
            "attribute-revocation-references",
        ),
    ] {
        if signer.unsigned_attributes.contains(id) {
            items.push(NotChecked {
                what,
                why: "not-supported",
            });
        }
    }
    items.extend(context::not_checked(attributes.signature_policy.as_ref()));
    if !attributes.certified.is_empty() {
        items.push(NotChecked {
            what: "certified-attributes",
            why: "not-supported",
        });
    }
    if let Some(of_path) = of_path {
        items.extend(of_path);
    } else {
        items.push(NotChecked {
            what: "certification-path",
            why: "no-signing-certificate",
        });
    }
    items
}
