//! Keeping the challenges of sign-ins.

use std::sync::Arc;

use async_trait::async_trait;

use super::{StoreError, TransactError};
use crate::{
    domain::{
        account::Account,
        identifiers::Snils,
        ids::{AccountId, ChallengeId},
        sign_in::{Challenge, KeptChallenge},
        time::UnixSeconds,
    },
    service::{
        change::{Event, Receipt},
        refusal::Refusal,
    },
};

/// Keeps challenges until they are of no use to anybody.
#[async_trait]
pub trait Challenges: Send + Sync {
    /// Keeps a new challenge, and forgets some that expired before `forgotten`.
    async fn keep_challenge(
        &self,
        challenge: &Challenge,
        forgotten: UnixSeconds,
    ) -> Result<(), StoreError>;

    /// A challenge as it stands.
    async fn challenge(&self, id: &ChallengeId) -> Result<Option<KeptChallenge>, StoreError>;

    /// Reads a challenge and the CONFIRMED account of `snils` for change, asks
    /// `decide`, and writes what it answers in one transaction, or nothing.
    async fn use_challenge(
        &self,
        id: &ChallengeId,
        snils: Option<&Snils>,
        decide: DecideSignIn,
    ) -> Result<SignInStands, TransactError>;
}

/// Answers a challenge and the account of the signer with the use to write.
/// Pure: it may be asked again when another writer was faster.
pub type DecideSignIn =
    Arc<dyn Fn(&KeptChallenge, Option<&Account>) -> Result<ChallengeUse, Refusal> + Send + Sync>;

/// What a judged signature does to its challenge.
#[derive(Clone)]
pub struct ChallengeUse {
    /// How the challenge is used.
    pub spending: Spending,
    /// The sign-in or its refusal.
    pub event: Event,
}

/// How a challenge is used.
#[derive(Clone)]
pub enum Spending {
    /// One of its tries failed.
    Try,
    /// A good signature spent it: of this account, or of nobody's.
    Whole(Option<AccountId>),
}

/// A sign-in or its refusal as it was written.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct SignInStands {
    pub challenge: KeptChallenge,
    /// The account that `decide` was shown.
    pub account: Option<Account>,
    pub receipt: Receipt,
}
