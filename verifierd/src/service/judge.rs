//! Judging one signature file on the worker pool.

use std::{collections::BTreeSet, sync::Arc};

use sig_core::alg::digest::{Digest, DigestId};

use super::{
    Context,
    ports::{NotJudged, SignedContent, Verdict, VerifyRequest},
    refusal::Refusal,
};
use crate::domain::{
    claims::{FieldViolation, Rule},
    reason::Reason,
    time::UnixSeconds,
};

/// Digest algorithms that a caller may name.
const DIGESTS: [DigestId; 5] = [
    DigestId::Sha256,
    DigestId::Sha384,
    DigestId::Sha512,
    DigestId::Streebog256,
    DigestId::Streebog512,
];

/// The policy of a request that names none.
pub(super) const DEFAULT_POLICY: &str = "ru-qes";

/// Refuses what cannot be one signature by its size.
///
/// # Errors
/// [`Reason::SignatureEmpty`], [`Reason::SignatureTooLarge`].
pub fn check_size(context: &Context, signature: &[u8]) -> Result<(), Refusal> {
    let bound = context.settings.signature_octets;
    match signature.len() {
        0 => Err(Reason::SignatureEmpty.into()),
        size if size > bound => Err(Refusal::from(Reason::SignatureTooLarge)
            .with_fact("limit", bound)
            .with_fact("size", size)),
        _ => Ok(()),
    }
}

/// Reads the outermost structure of a signature.
///
/// # Errors
/// Why the octets are no signature; [`Reason::Busy`].
pub async fn check_format(context: &Context, signature: &Arc<Vec<u8>>) -> Result<(), Refusal> {
    let verify = context.verify.clone();
    let signature = signature.clone();
    let read = context
        .workers
        .run(move || verify.check_format(&signature))
        .await?;
    read.map_err(Refusal::from)
}

/// Judges a file at `at`.
///
/// # Errors
/// Fields; why the octets could not be judged; [`Reason::Busy`].
pub async fn judge(
    context: &Context,
    request: VerifyRequest,
    at: Option<UnixSeconds>,
) -> Result<Verdict, Refusal> {
    let job = job(context, request, at)?;
    context.workers.run(job).await?.map_err(Refusal::from)
}

/// Judges a file of a stream that was admitted, when its turn comes.
///
/// # Errors
/// Fields; why the octets could not be judged.
pub async fn judge_in_turn(
    context: &Context,
    request: VerifyRequest,
    at: Option<UnixSeconds>,
) -> Result<Verdict, Refusal> {
    let job = job(context, request, at)?;
    context.workers.in_turn(job).await?.map_err(Refusal::from)
}

fn job(
    context: &Context,
    mut request: VerifyRequest,
    at: Option<UnixSeconds>,
) -> Result<impl FnOnce() -> Result<Verdict, NotJudged> + Send + 'static, Refusal> {
    check_size(context, &request.signature)?;
    if request.policy.is_empty() {
        DEFAULT_POLICY.clone_into(&mut request.policy);
    }
    let at = at.unwrap_or_else(|| context.clock.now());
    let verify = context.verify.clone();
    Ok(move || verify.verify(request, at))
}

/// Reads digests of content: algorithm name and value.
///
/// # Errors
/// None or more than eight, an algorithm that is unknown or repeated, a value
/// of another length than the algorithm's.
pub fn content_digests(raw: Vec<(String, Vec<u8>)>) -> Result<SignedContent, FieldViolation> {
    let digest = |(name, value): (String, Vec<u8>)| {
        let known = DIGESTS.into_iter().find(|id| id.name() == name)?;
        let algorithm = Some(known).filter(|id| id.size() == value.len())?;
        Some(Digest { algorithm, value })
    };
    let count = raw.len();
    let digests: Option<Vec<_>> = raw.into_iter().map(digest).collect();
    let mut distinct = BTreeSet::new();
    digests
        .filter(|digests| {
            let once = digests
                .iter()
                .all(|digest| distinct.insert(digest.algorithm));
            (1..=8).contains(&count) && once
        })
        .map(SignedContent::Digests)
        .ok_or(FieldViolation {
            field: "content_digests",
            rule: Rule::ContentDigests,
        })
}

impl From<NotJudged> for Refusal {
    fn from(error: NotJudged) -> Self {
        match error {
            NotJudged::NotASignature => Reason::NotASignature.into(),
            NotJudged::Truncated { offset } => {
                Self::from(Reason::SignatureTruncated).with_fact("offset", offset)
            }
            NotJudged::Malformed { structure, offset } => Self::from(Reason::SignatureMalformed)
                .with_fact("structure", structure)
                .with_fact("offset", offset),
            NotJudged::Limit { which, bound } => Self::from(Reason::SignatureLimit)
                .with_fact("limit", which)
                .with_fact("bound", bound),
            NotJudged::BackEndsDisagree { algorithm } => {
                Self::from(Reason::BackEndsDisagree).with_fact("algorithm", algorithm)
            }
            NotJudged::UnknownPolicy => FieldViolation {
                field: "policy_id",
                rule: Rule::Policy,
            }
            .into(),
            NotJudged::Unavailable => Self::from(Reason::JudgeUnavailable).with_retry_after(60),
        }
    }
}
