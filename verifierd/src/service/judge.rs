//! Judging one signature file on the worker pool.

use std::sync::Arc;

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

/// Digest algorithms that a caller may name, with their length in octets.
const DIGESTS: [(&str, usize); 5] = [
    ("sha256", 32),
    ("sha384", 48),
    ("sha512", 64),
    ("streebog256", 32),
    ("streebog512", 64),
];

/// The policy of a request that names none.
const DEFAULT_POLICY: &str = "ru-qes";

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
    mut request: VerifyRequest,
    at: Option<UnixSeconds>,
) -> Result<Verdict, Refusal> {
    check_size(context, &request.signature)?;
    if let SignedContent::Digests(digests) = &request.content {
        check_digests(digests)?;
    }
    if request.policy.is_empty() {
        DEFAULT_POLICY.clone_into(&mut request.policy);
    }
    let at = at.unwrap_or_else(|| context.clock.now());
    let verify = context.verify.clone();
    let verdict = context
        .workers
        .run(move || verify.verify(request, at))
        .await?;
    verdict.map_err(Refusal::from)
}

fn check_digests(digests: &[(String, Vec<u8>)]) -> Result<(), FieldViolation> {
    let known = |(name, value): &(String, Vec<u8>)| {
        DIGESTS
            .iter()
            .any(|(known, length)| name == known && value.len() == *length)
    };
    let repeated = digests
        .iter()
        .enumerate()
        .any(|(at, (name, _))| digests[..at].iter().any(|(earlier, _)| earlier == name));
    if (1..=8).contains(&digests.len()) && digests.iter().all(known) && !repeated {
        return Ok(());
    }
    Err(FieldViolation {
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
            NotJudged::UnknownPolicy => FieldViolation {
                field: "policy_id",
                rule: Rule::Policy,
            }
            .into(),
            NotJudged::Unavailable => Self::from(Reason::JudgeUnavailable).with_retry_after(60),
        }
    }
}
