//! Keeping the codes of letters.

use std::sync::Arc;

use async_trait::async_trait;

use super::{StoreError, TransactError};
use crate::{
    domain::{
        ids::{AccountId, ApplicationId},
        postal_code::{CodeHash, KeptCode},
    },
    service::{
        change::{Change, Snapshot},
        refusal::Refusal,
    },
};

/// Keeps the letters of accounts.
#[async_trait]
pub trait PostalCodes: Send + Sync {
    /// An account with its latest letter and that letter's application.
    async fn letter(&self, account: &AccountId) -> Result<LetterStands, StoreError>;

    /// Reads the same for change, asks `decide`, and writes what it answers in
    /// one transaction, or nothing.
    async fn change_letter(
        &self,
        account: &AccountId,
        decide: DecideLetter,
    ) -> Result<LetterStands, TransactError>;
}

/// An account with its latest letter.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct LetterStands {
    /// The account and the letter's application.
    pub snapshot: Snapshot,
    pub code: Option<KeptCode>,
}

/// Answers an account and its latest letter with the change to write. Pure: it
/// may be asked again when another writer was faster.
pub type DecideLetter = Arc<dyn Fn(&LetterStands) -> Result<LetterChange, Refusal> + Send + Sync>;

/// What is written of a letter beside the change of its account.
#[derive(Clone)]
pub enum CodeChange {
    /// Nothing.
    Keep,
    /// A letter was issued; the one before counts no more.
    Issue {
        /// The application of the new letter.
        application_id: ApplicationId,
        /// What is kept of its code.
        hash: CodeHash,
    },
    /// A wrong code was tried.
    WrongTry,
}

/// Everything that one transaction writes.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct LetterChange {
    pub change: Change,
    pub code: CodeChange,
}
