//! Sign-in by signature: which confirmed account a certificate belongs to.

use std::sync::Arc;

use super::{
    Context,
    change::{Event, EventAccount, EventKind, Receipt, sha256},
    confirm::verdict,
    judge::{check_format, check_size, judge},
    ports::{
        SignedContent, Verdict, VerifyRequest,
        challenges::{ChallengeUse, SignInStands, Spending},
    },
    refusal::Refusal,
    signatory::Signatory,
    tries::tried,
    uuid_field,
};
use crate::domain::{
    account::{Account, Status},
    application::{Decision, OutcomeReason},
    caller::Caller,
    claims::{FieldViolation, Rule},
    ids::ChallengeId,
    origin::Origin,
    reason::{Kind, Reason},
    sign_in::{Challenge, KeptChallenge, NewChallenge},
    time::UnixSeconds,
};

/// Seconds for which an expired challenge is still known as such.
const REMEMBERED: i64 = 3600;

/// Whose signature of a challenge it was, or why nobody is signed in.
pub struct SignIn {
    /// The account, or the reason.
    pub result: Result<Account, NotSignedIn>,
    /// The place of the event in the audit log.
    pub receipt: Receipt,
}

/// Why a judged signature signs nobody in.
pub struct NotSignedIn {
    /// The reason.
    pub reason: OutcomeReason,
    /// When trying again makes sense, if it does.
    pub retry_at: Option<UnixSeconds>,
    /// The validation report, JSON.
    pub report_json: String,
    /// Signatures that may still be tried on the challenge.
    pub tries_left: u32,
}

/// Issues a challenge for somebody at `origin`.
///
/// # Errors
/// Fields.
pub async fn create_challenge(context: &Context, origin: &str) -> Result<Challenge, Refusal> {
    let origin = parse_origin(origin)?;
    let now = context.clock.now();
    let challenge = NewChallenge {
        id: ChallengeId::new(context.ids.uuid(now)?),
        audience: &context.settings.audience,
        origin,
        random: context.ids.challenge()?,
        now,
    }
    .issue()?;
    let store = &context.store;
    store
        .keep_challenge(&challenge, now.plus(-REMEMBERED))
        .await?;
    Ok(challenge)
}

/// Judges a signed challenge.
///
/// # Errors
/// When the request cannot be accepted: fields, [`Reason::SignInChallengeUnknown`]
/// and what [`KeptChallenge::may_be_used`] refuses leave the challenge as it
/// is; a signature of other content or of not exactly one signer is a failed
/// try. A refusal by verdict or person is a [`NotSignedIn`].
pub async fn sign_in(
    context: &Context,
    caller: &Caller,
    challenge: &str,
    origin: &str,
    signature: Vec<u8>,
) -> Result<SignIn, Refusal> {
    let asked = request(challenge, origin)?;
    let own = context.clone();
    let work = async move { judge_use(&own, asked, signature).await };
    tried(context, caller, is_failed, work).await
}

/// That the daemon cannot judge now is nobody's failed try.
fn is_failed(signed: &SignIn) -> bool {
    let not = signed.result.as_ref().err();
    not.is_some_and(|not| not.reason.reason != Reason::SignInTryLater)
}

async fn judge_use(
    context: &Context,
    (id, origin): (ChallengeId, Origin),
    signature: Vec<u8>,
) -> Result<SignIn, Refusal> {
    context.log.may_go_on(&*context.store).await?;
    let now = context.clock.now();
    check_size(context, &signature)?;
    let signature = Arc::new(signature);
    check_format(context, &signature).await?;

    let kept = context.store.challenge(&id).await?;
    let kept = kept.ok_or(Reason::SignInChallengeUnknown)?;
    let audience = context.settings.audience.clone();
    kept.may_be_used(&audience, &origin, now)?;

    let content = kept.challenge.content;
    let request = VerifyRequest {
        signature: signature.as_ref().clone(),
        content: SignedContent::Octets(content.clone()),
        policy: context.settings.policy.clone(),
    };
    let verdict = judge(context, request, Some(now)).await?;
    let judged = signatory(&verdict, &content);
    let snils = judged.as_ref().ok().and_then(Signatory::snils);

    let attempt = Attempt {
        audience,
        origin,
        now,
        signature_sha256: sha256(&signature),
        judged: judged.clone(),
    };
    let decide =
        move |kept: &KeptChallenge, account: Option<&Account>| attempt.decide(kept, account);
    let store = &context.store;
    let stands = store
        .use_challenge(&id, snils.as_ref(), Arc::new(decide))
        .await?;
    answer(
        stands,
        judged,
        &verdict,
        now.plus(context.settings.pauses.first),
    )
}

fn request(challenge: &str, origin: &str) -> Result<(ChallengeId, Origin), Refusal> {
    let challenge = uuid_field("challenge_id", challenge, ChallengeId::parse);
    match (challenge, parse_origin(origin)) {
        (Ok(challenge), Ok(origin)) => Ok((challenge, origin)),
        (challenge, origin) => Err(Refusal::fields(
            challenge.err().into_iter().chain(origin.err()).collect(),
        )),
    }
}

fn parse_origin(text: &str) -> Result<Origin, FieldViolation> {
    Origin::parse(text).ok_or(FieldViolation {
        field: "origin",
        rule: match text.is_empty() {
            true => Rule::Required,
            false => Rule::Origin,
        },
    })
}

/// What the verdict alone says: who signed, or why it does not count.
type Judged = Result<Signatory, Reason>;

fn signatory(verdict: &Verdict, content: &[u8]) -> Judged {
    let accepted = verdict::check_content(verdict, content);
    accepted
        .and_then(|()| verdict::check_signers(&verdict.report))
        .map_err(|refusal| refusal.reason)?;
    let signature = verdict::one_signature(&verdict.report).ok_or(Reason::SignatureFailed)?;
    verdict::check_verdict(&verdict.report, signature).map_err(|decided| match decided {
        // Nobody waits for the outcome of a sign-in.
        (Decision::Deferred, _) => Reason::SignInTryLater,
        (_, reason) => reason,
    })?;
    let signer = signature.signer.as_ref();
    signer
        .map(Signatory::of)
        .ok_or(Reason::SigningCertificateMissing)
}

/// A judged signature of a challenge.
struct Attempt {
    audience: String,
    origin: Origin,
    now: UnixSeconds,
    signature_sha256: [u8; 32],
    judged: Judged,
}

impl Attempt {
    /// The challenge and the account may have changed while the signature was
    /// judged.
    fn decide(
        &self,
        kept: &KeptChallenge,
        account: Option<&Account>,
    ) -> Result<ChallengeUse, Refusal> {
        kept.may_be_used(&self.audience, &self.origin, self.now)?;
        let (spending, event) = match &self.judged {
            Err(reason) => (Spending::Try, self.refused(*reason)),
            Ok(signatory) => match person(account, signatory) {
                Ok(account) => (
                    Spending::Whole(Some(account.id.clone())),
                    self.event(EventKind::SignedIn, Some(account)),
                ),
                Err(reason) => (Spending::Whole(None), self.refused(reason.reason)),
            },
        };
        Ok(ChallengeUse {
            spending,
            event: Event {
                object: Some(kept.challenge.id.to_string()),
                ..event
            },
        })
    }

    fn refused(&self, reason: Reason) -> Event {
        Event {
            reasons: vec![reason],
            ..self.event(EventKind::SignInRefused, None)
        }
    }

    fn event(&self, kind: EventKind, account: Option<&Account>) -> Event {
        Event {
            account: account.map(|account| EventAccount {
                id: account.id.clone(),
                level: account.level,
            }),
            signature_sha256: Some(self.signature_sha256),
            ..Event::of_nobody(kind, self.now)
        }
    }
}

/// The account of whoever signed. That it is blocked is told to nobody but its
/// person.
fn person<'a>(
    account: Option<&'a Account>,
    signatory: &Signatory,
) -> Result<&'a Account, OutcomeReason> {
    if !signatory.states_snils() {
        return Err(because(Reason::CertificateWithoutSnils, &["snils"]));
    }
    let found = account.and_then(|account| Some((account, account.claims.as_ref()?)));
    let (account, claims) = found.ok_or_else(|| because(Reason::NoConfirmedAccount, &[]))?;
    signatory.check(claims)?;
    match account.status {
        Status::Active => Ok(account),
        Status::Blocked { .. } => Err(because(Reason::AccountBlocked, &[])),
    }
}

fn because(reason: Reason, fields: &[&'static str]) -> OutcomeReason {
    OutcomeReason {
        reason,
        fields: fields.to_vec(),
    }
}

/// What was written, for the caller.
fn answer(
    stands: SignInStands,
    judged: Judged,
    verdict: &Verdict,
    retry_at: UnixSeconds,
) -> Result<SignIn, Refusal> {
    let tries_left = stands.challenge.tries_left();
    let refused = match &judged {
        Err(reason) if reason.kind() == Kind::InvalidArgument => {
            return Err(Refusal::from(*reason).with_fact("tries_left", tries_left));
        }
        Err(reason) => Some(because(*reason, &[])),
        Ok(signatory) => person(stands.account.as_ref(), signatory).err(),
    };
    let result = match (refused, stands.account) {
        (None, Some(account)) => Ok(account),
        (None, None) => return Err(Reason::Internal.into()),
        (Some(reason), _) => Err(NotSignedIn {
            retry_at: (reason.reason == Reason::SignInTryLater).then_some(retry_at),
            reason,
            report_json: sig_core::report::json::write(&verdict.report),
            tries_left,
        }),
    };
    Ok(SignIn {
        result,
        receipt: stands.receipt,
    })
}
