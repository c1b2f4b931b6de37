//! Extraction of proofs of existence from a time-stamp that is valid (EN 319 102-1 §5.6.2.3).

use crate::alg::digest::DigestId;
use crate::alg::strength::Moments;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::coverage::Coverage;
use crate::cms::signer_info::SignerInfo;
use crate::cms::signing_certificate::SigningCertificate;
use crate::finding::Subject;
use crate::path::validate::subject;
use crate::trust::poe::ProofsOfExistence;
use crate::x509::certificate::Certificate;

use super::policy::Policy;
use super::strength::Judge;

/// A time-stamp whose imprint is that of what it covers, and which is valid now or was in the past.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) policy: &'a Policy,
    pub(super) coverage: &'a Coverage,
    /// The token.
    pub(super) token: &'a Subject,
    /// The upper bound of its time: what it covers existed then.
    pub(super) time: UnixTime,
    /// The time of checking.
    pub(super) at: UnixTime,
}

/// Adds what the time-stamp proves. What it covers by a digest is proven if the algorithm was acceptable at a time at
/// which the digest is proven to have existed: later it could be made to fit another object.
pub(super) fn extract(inputs: Inputs<'_>, proofs: &mut ProofsOfExistence) {
    let Inputs {
        coverage,
        token,
        time,
        at,
        ..
    } = inputs;
    if time > at {
        return;
    }
    let of_index = coverage.index_digest;
    let index_was_strong =
        of_index.is_none_or(|digest| was_strong(inputs, digest, proofs.since(token, at)));
    for object in &coverage.proven {
        // The signature and the document stand in the imprint itself, not in the index.
        let is_direct = matches!(object, Subject::Signature(_) | Subject::Document);
        if is_direct || index_was_strong {
            proofs.add(object.clone(), time);
        }
    }
    for reference in &coverage.referenced {
        let known = proofs.since(&reference.subject, at);
        let digest = reference.digest;
        if index_was_strong && digest.is_some_and(|digest| was_strong(inputs, digest, known)) {
            proofs.add(reference.subject.clone(), time);
        }
    }
}

/// Whoever proves a signature proves the certificate that the signer refers to in what was signed, as long as the digest
/// in the reference was acceptable when the certificate is otherwise proven.
pub(super) fn extract_signer(
    signer: &SignerInfo,
    certificate: &Certificate,
    index: usize,
    inputs: (&Policy, UnixTime),
    proofs: &mut ProofsOfExistence,
    budget: &mut Budget,
) -> Result<(), Error> {
    let (policy, at) = inputs;
    let Some(existed) = proofs.earliest(&Subject::Signature(index)) else {
        return Ok(());
    };
    let Some(signed) = &signer.signed_attributes else {
        return Ok(());
    };
    let SigningCertificate::References(references) = signed.signing_certificate(budget)? else {
        return Ok(());
    };
    let about = subject(certificate);
    let known = proofs.since(&about, at);
    let mut digests = references.iter().filter_map(|it| it.algorithm.ok());
    if digests.any(|digest| is_acceptable(policy, digest, known, at)) {
        proofs.add(about, existed);
    }
    Ok(())
}

/// Whether what the signer signed names his certificate by a digest that can be relied upon: the certificate is then as
/// old as the signature.
pub(super) fn binds_certificate(
    signer: &SignerInfo,
    (policy, at): (&Policy, UnixTime),
    budget: &mut Budget,
) -> Result<bool, Error> {
    let Some(signed) = &signer.signed_attributes else {
        return Ok(false);
    };
    let SigningCertificate::References(references) = signed.signing_certificate(budget)? else {
        return Ok(false);
    };
    let mut digests = references.iter().filter_map(|it| it.algorithm.ok());
    Ok(digests.any(|digest| is_acceptable(policy, digest, at, at)))
}

fn was_strong(inputs: Inputs<'_>, digest: DigestId, known: UnixTime) -> bool {
    is_acceptable(inputs.policy, digest, known, inputs.at)
}

fn is_acceptable(policy: &Policy, digest: DigestId, created: UnixTime, checked: UnixTime) -> bool {
    let when = Moments { created, checked };
    Judge { policy, when }.digest(digest).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::references::Referenced;
    use crate::der::oids;

    fn time(text: &str) -> UnixTime {
        UnixTime::parse_rfc3339(text).unwrap()
    }

    fn crl(name: &str) -> Subject {
        Subject::Crl(name.to_owned())
    }

    fn extracted(coverage: &Coverage, known: &[(Subject, UnixTime)]) -> ProofsOfExistence {
        let policy = Policy::builtin("etsi-ades").unwrap();
        let mut proofs = ProofsOfExistence::default();
        for (object, time) in known {
            proofs.add(object.clone(), *time);
        }
        let inputs = Inputs {
            policy: &policy,
            coverage,
            token: &Subject::TimeStamp("token".to_owned()),
            time: time("2011-01-01T00:00:00Z"),
            at: time("2026-01-01T00:00:00Z"),
        };
        extract(inputs, &mut proofs);
        proofs
    }

    #[test]
    fn what_is_covered_is_proven_and_nothing_else() {
        let coverage = Coverage {
            proven: vec![crl("covered"), Subject::Signature(0)],
            omitted: vec![crl("omitted")],
            ..Coverage::default()
        };
        let proofs = extracted(&coverage, &[]);
        let made = Some(time("2011-01-01T00:00:00Z"));
        assert_eq!(proofs.earliest(&crl("covered")), made);
        assert_eq!(proofs.earliest(&Subject::Signature(0)), made);
        assert_eq!(proofs.earliest(&crl("omitted")), None);
        assert_eq!(proofs.earliest(&Subject::Signature(1)), None);
    }

    #[test]
    fn an_earlier_proof_stays() {
        let coverage = Coverage {
            proven: vec![crl("covered")],
            ..Coverage::default()
        };
        let earlier = time("2010-01-01T00:00:00Z");
        let proofs = extracted(&coverage, &[(crl("covered"), earlier)]);
        assert_eq!(proofs.earliest(&crl("covered")), Some(earlier));
    }

    /// SHA-1 ended in August 2012.
    #[test]
    fn a_reference_by_a_digest_that_ended_proves_what_is_otherwise_older_than_its_end() {
        let reference = |name: &str, digest| Referenced {
            attribute: oids::REVOCATION_REFERENCES,
            subject: crl(name),
            digest: Some(digest),
        };
        let coverage = Coverage {
            referenced: vec![
                reference("strong", DigestId::Sha256),
                reference("late", DigestId::Sha1),
                reference("in-time", DigestId::Sha1),
                Referenced {
                    digest: None,
                    ..reference("named", DigestId::Sha256)
                },
            ],
            ..Coverage::default()
        };
        let known = [
            (crl("late"), time("2012-08-01T00:00:00Z")),
            (crl("in-time"), time("2012-07-31T00:00:00Z")),
        ];
        let proofs = extracted(&coverage, &known);
        let made = time("2011-01-01T00:00:00Z");
        assert_eq!(proofs.earliest(&crl("strong")), Some(made));
        assert_eq!(proofs.earliest(&crl("late")), Some(known[0].1));
        assert_eq!(proofs.earliest(&crl("in-time")), Some(made));
        assert_eq!(proofs.earliest(&crl("named")), None);
    }

    #[test]
    fn an_index_by_a_digest_that_ended_proves_what_stands_in_the_imprint_alone() {
        let coverage = Coverage {
            proven: vec![crl("listed"), Subject::Signature(0)],
            index_digest: Some(DigestId::Sha1),
            ..Coverage::default()
        };
        let proofs = extracted(&coverage, &[]);
        assert_eq!(proofs.earliest(&crl("listed")), None);
        assert!(proofs.earliest(&Subject::Signature(0)).is_some());
        let token = Subject::TimeStamp("token".to_owned());
        let proofs = extracted(&coverage, &[(token, time("2012-01-01T00:00:00Z"))]);
        assert!(proofs.earliest(&crl("listed")).is_some());
    }

    #[test]
    fn a_time_stamp_of_the_future_proves_nothing() {
        let policy = Policy::builtin("etsi-ades").unwrap();
        let coverage = Coverage {
            proven: vec![crl("covered")],
            ..Coverage::default()
        };
        let mut proofs = ProofsOfExistence::default();
        let inputs = Inputs {
            policy: &policy,
            coverage: &coverage,
            token: &Subject::TimeStamp("token".to_owned()),
            time: time("2026-01-01T00:00:01Z"),
            at: time("2026-01-01T00:00:00Z"),
        };
        extract(inputs, &mut proofs);
        assert!(proofs.is_empty());
    }
}
