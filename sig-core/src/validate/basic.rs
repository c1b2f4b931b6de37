//! Validation of basic signatures (EN 319 102-1 §5.3).

use std::sync::Arc;

use crate::alg::digest::DigestsDisagree;
use crate::alg::identifier::resolve_digest;
use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::cades::Level;
use crate::cms::signed_data::{NotSignedData, SignedData};
use crate::cms::signer_info::SignerInfo;
use crate::cms::time_stamp::TstInfo;
use crate::cms::time_stamp_response::TimeStampResponse;
use crate::der::oids;
use crate::finding::code::{cms as codes, policy as policy_codes, time as time_codes};
use crate::finding::{Conclusion, Finding, Steps, SubIndication, Subject};
use crate::report::{
    AlgorithmNames, DocumentReport, Judged, NotChecked, Report, SignatureReport, SignerReport,
    TimeStampKind, Times,
};
use crate::x509::certificate::{Certificate, sha256_hex};

use super::chain::Chain;
use super::conclude::{conclude, fold};
use super::crypto::{self, Content};
use super::evidence::{Evidence, Material};
use super::ledger::{Ledger, SIGNATURE};
use super::{
    Validator, acceptance, chain, embedded, format, ocsp, qualified, signer, strength, summary,
    time_stamp, with_time,
};

pub(super) fn validate(
    validator: &Validator,
    evidence: Evidence,
    at: UnixTime,
) -> Result<Report, Error> {
    let Evidence {
        message,
        response,
        content,
        digests,
        material,
        mut budget,
    } = evidence;
    let trust = material
        .trust
        .as_ref()
        .map(|trust| super::trust_reference(trust));
    let judged = match message {
        Ok(message) if TstInfo::is_in(&message) => {
            let token = time_stamp::Inputs {
                validator,
                message: &message,
                kind: TimeStampKind::Document,
                stamped: &offered(content.as_ref(), &digests),
                material: &material,
                at,
            };
            time_stamp::judge_alone(token, &mut budget)?
        }
        // Whoever answers with a message of another content has stamped nothing.
        Ok(message) if response.is_some() => {
            let malformed = Malformed {
                structure: Structure::TimeStampResponse,
                offset: 0,
                reason: Reason::UnsupportedContent,
            };
            drop(message);
            no_signature(NotSignedData::Broken(malformed), response.as_ref())
        }
        Ok(message) => {
            let content = content_of(&message, content.as_ref(), &digests);
            let case = Case {
                validator,
                message: &message,
                content,
                at,
            };
            case.judge(material, &mut budget)?
        }
        Err(not_signed_data) => no_signature(not_signed_data, response.as_ref()),
    };
    Ok(Report {
        at,
        back_end: validator.algorithms.name,
        policy: validator.policy.reference(),
        trust,
        judged,
        work: budget.used(),
    })
}

/// Broken signed data is a failed signature; anything else is none.
fn no_signature(why: NotSignedData, response: Option<&TimeStampResponse>) -> Judged {
    let (conclusion, code, malformed) = match why {
        NotSignedData::Other(malformed) if malformed.reason == Reason::Empty => {
            (Conclusion::NO_SIGNATURE, &codes::EMPTY, malformed)
        }
        NotSignedData::Other(malformed) => {
            (Conclusion::NO_SIGNATURE, &codes::NOT_A_SIGNATURE, malformed)
        }
        NotSignedData::Broken(malformed) => {
            let code = match malformed.reason {
                Reason::Truncated => &codes::ENVELOPE_TRUNCATED,
                _ => &codes::ENVELOPE_MALFORMED,
            };
            (
                Conclusion::because(SubIndication::FormatFailure),
                code,
                malformed,
            )
        }
    };
    let finding = match response {
        Some(response) if response.token.is_none() => refused(response),
        _ => broken(code, malformed),
    };
    let findings = vec![finding];
    let document = DocumentReport {
        size: None,
        digest: None,
        detached: false,
        findings,
    };
    Judged::Signatures {
        document,
        conclusion,
        signatures: Vec::new(),
    }
}

fn broken(code: &'static crate::finding::Code, malformed: Malformed) -> Finding {
    Finding::new(code, Subject::Document)
        .with_count("offset", malformed.offset as u64)
        .with_word("structure", format!("{:?}", malformed.structure))
        .with_word("reason", format!("{:?}", malformed.reason))
}

/// What a time-stamping authority answered in place of a token.
fn refused(response: &TimeStampResponse) -> Finding {
    Finding::new(&time_codes::RESPONSE_REFUSED, Subject::Document)
        .with_word("status", response.status.name())
        .with_word("failures", response.failures.join(", "))
        .with_text("text", response.text.join(" "))
}

/// The document beside a token.
fn offered<'a>(
    content: Option<&'a crate::der::octets::Octets>,
    digests: &'a [crate::alg::digest::Digest],
) -> Content<'a> {
    match content {
        Some(content) => Content::Octets(content),
        None if digests.is_empty() => Content::Absent,
        None => Content::Digests(digests),
    }
}

fn content_of<'a>(
    message: &'a SignedData,
    offered: Option<&'a crate::der::octets::Octets>,
    digests: &'a [crate::alg::digest::Digest],
) -> Content<'a> {
    match (&message.content, offered) {
        (Some(inside), Some(offered)) if inside != offered => Content::Conflict,
        (Some(inside), _) => Content::Octets(inside),
        (None, beside) => self::offered(beside, digests),
    }
}

struct Case<'a> {
    validator: &'a Validator,
    message: &'a SignedData,
    content: Content<'a>,
    at: UnixTime,
}

impl Case<'_> {
    fn judge(&self, mut material: Material, budget: &mut Budget) -> Result<Judged, Error> {
        let mut findings = format::check_message(self.message);
        let about = Subject::Document;
        embedded::take(self.message, &about, &mut material, &mut findings, budget)?;
        let mut signatures = Vec::new();
        for (index, signer) in self.message.signers.iter().enumerate() {
            signatures.push(match signer {
                Ok(signer) => self.judge_signer(index, signer, &material, &findings, budget)?,
                Err(malformed) => self.malformed_signer(index, *malformed),
            });
        }
        let conclusion = fold(signatures.iter().map(|signature| signature.conclusion));
        let document = self.document(findings)?;
        Ok(Judged::Signatures {
            document,
            conclusion,
            signatures,
        })
    }

    fn document(&self, findings: Vec<Finding>) -> Result<DocumentReport, DigestsDisagree> {
        let octets = match &self.content {
            Content::Octets(octets) => Some(*octets),
            _ => None,
        };
        let first = self.message.signers.iter().flatten().next();
        let id = first.and_then(|signer| resolve_digest(&signer.digest_algorithm).ok());
        let digest = match (id, &self.content) {
            (Some(id), Content::Octets(octets)) => {
                let algorithm = self.validator.algorithms.digest(id);
                algorithm.map(|it| it.digest(octets)).transpose()?
            }
            (Some(id), Content::Digests(digests)) => {
                digests.iter().find(|d| d.algorithm == id).cloned()
            }
            _ => None,
        };
        Ok(DocumentReport {
            size: octets.map(|octets| octets.len() as u64),
            digest,
            detached: self.message.content.is_none(),
            findings,
        })
    }

    fn malformed_signer(&self, index: usize, malformed: Malformed) -> SignatureReport {
        let finding = Finding::new(&codes::SIGNER_MALFORMED, Subject::Signature(index))
            .with_count("offset", malformed.offset as u64);
        SignatureReport {
            id: format!("signature:{index}"),
            parent: None,
            conclusion: Conclusion::because(SubIndication::FormatFailure),
            decided_by: Some(&codes::SIGNER_MALFORMED),
            level: Level::Cms,
            algorithms: AlgorithmNames::default(),
            signer: None,
            times: self.times(None),
            path: Vec::new(),
            qualified: None,
            findings: vec![finding],
            steps: Steps::default(),
            not_checked: Vec::new(),
            time_stamps: Vec::new(),
        }
    }

    const fn times(&self, claimed: Option<UnixTime>) -> Times {
        Times {
            claimed,
            proven_not_later_than: None,
            checked_at: self.at,
        }
    }

    /// A key without parameters has those of the keys above it: its chain comes before its signature
    /// (EN 319 102-1 §5.3.4 step 4).
    fn with_working_key(
        &self,
        certificate: Option<Arc<Certificate>>,
        material: &Material,
        budget: &mut Budget,
    ) -> Result<(Option<Arc<Certificate>>, Option<Chain<'_>>), Error> {
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

    fn judge_signer(
        &self,
        index: usize,
        signer: &SignerInfo,
        material: &Material,
        of_message: &[Finding],
        budget: &mut Budget,
    ) -> Result<SignatureReport, Error> {
        let validator = self.validator;
        let algorithms = validator.algorithms;
        let about = Subject::Signature(index);
        let mut ledger = Ledger::new(&validator.policy);
        of_message
            .iter()
            .cloned()
            .for_each(|finding| ledger.add(finding));
        if validator.policy.is_for_testing() {
            ledger.add(Finding::new(&policy_codes::TESTING, about.clone()));
        }

        let octets = match &self.content {
            Content::Octets(octets) => Some(*octets),
            _ => None,
        };
        let statements =
            format::check_signer(self.message, signer, octets, &about, &mut ledger, budget)?;
        let candidates = signer::candidates(&signer.identifier, material);
        let certificate =
            signer::identify(signer, &candidates, algorithms, &about, &mut ledger, budget)?;
        let (certificate, mut early) = self.with_working_key(certificate, material, budget)?;
        let inputs = crypto::Inputs {
            signer,
            content: &self.content,
            message_digest: statements.message_digest.as_deref(),
            algorithms,
        };
        let id = crypto::verify(inputs, certificate.as_deref(), &about, &mut ledger, budget)?;
        let mut path = Vec::new();
        let mut found = None;
        let inputs = with_time::Inputs {
            validator,
            signer,
            content: &self.content,
            material,
            at: self.at,
        };
        let proofs = with_time::collect(inputs, &about, &mut ledger, budget)?;
        if let Some(certificate) = &certificate {
            let chain = match early.take() {
                Some(chain) => chain,
                None => chain::validate(validator, certificate, material, self.at, budget)?,
            };
            let mark = ledger.mark();
            ledger.append(chain.ledger);
            path = chain.elements;
            found = chain.path;
            let of_path = with_time::Path {
                certificate,
                mark,
                is_found: found.is_some(),
            };
            with_time::settle_path(&proofs, of_path, &mut ledger);
            let inputs = acceptance::Inputs {
                signer,
                certificate,
                signature: id,
                claimed: statements.signing_time,
                when: proofs.moments(self.at),
            };
            acceptance::check(inputs, &validator.policy, &about, &mut ledger, budget)?;
            with_time::refute_strength(&proofs, inputs, &validator.policy, &about, &mut ledger);
            with_time::check_times(&proofs, statements.signing_time, &about, &mut ledger);
        }
        let ocsp = ocsp::not_checked(validator.policy.revocation, material);
        let decision = conclude(&ledger, &SIGNATURE);
        let qualified = match &certificate {
            Some(certificate) if validator.policy.judges_qualified() => {
                let inputs = qualified::Inputs {
                    certificate,
                    path: found.as_ref(),
                    trust: material.trust.as_deref(),
                    at: self.at,
                    proven: proofs.existed,
                    conclusion: decision.conclusion,
                };
                Some(qualified::judge(inputs, &about, &mut ledger))
            }
            _ => None,
        };
        let (findings, steps) = ledger.into_parts();
        Ok(SignatureReport {
            id: sha256_hex(&signer.signature),
            parent: None,
            conclusion: decision.conclusion,
            decided_by: decision.by,
            level: Level::of(signer),
            algorithms: AlgorithmNames {
                digest: Some(oids::name(&signer.digest_algorithm.algorithm)),
                signature: Some(match id {
                    Some(id) => id.to_string(),
                    None => oids::name(&signer.signature_algorithm.algorithm),
                }),
                key: certificate.as_ref().map(|c| strength::key_name(&c.spki)),
            },
            signer: certificate.as_ref().map(|certificate| SignerReport {
                subject: summary::subject(&certificate.subject),
                certificate: summary::certificate(certificate),
            }),
            times: Times {
                proven_not_later_than: proofs.existed,
                ..self.times(statements.signing_time)
            },
            path,
            qualified,
            not_checked: not_checked(signer, certificate.is_some().then_some(ocsp)),
            findings,
            steps,
            time_stamps: proofs.reports,
        })
    }
}

/// What a reader might think was checked and was not.
fn not_checked(signer: &SignerInfo, of_path: Option<Vec<NotChecked>>) -> Vec<NotChecked> {
    let mut items = Vec::new();
    let archive = [
        oids::ARCHIVE_TIME_STAMP_V2,
        oids::ARCHIVE_TIME_STAMP_V3,
        oids::CADES_C_TIME_STAMP,
    ];
    if archive
        .iter()
        .any(|id| signer.unsigned_attributes.contains(*id))
    {
        items.push(NotChecked {
            what: "archive-time-stamp",
            why: "not-supported",
        });
    }
    if signer.unsigned_attributes.contains(oids::COUNTER_SIGNATURE) {
        items.push(NotChecked {
            what: "counter-signature",
            why: "not-supported",
        });
    }
    let policy = signer.signed_attributes.as_ref();
    if policy.is_some_and(|signed| signed.attributes.contains(oids::SIGNATURE_POLICY)) {
        items.push(NotChecked {
            what: "signature-policy",
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
