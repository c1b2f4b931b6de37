//! The store: SQLite for one machine, PostgreSQL for more, one set of
//! statements for both.

pub mod check;
mod connect;
mod deadline;
mod deferral;
mod enrolment;
mod events;
mod evidence;
mod group;
pub mod keys;
mod lists;
mod log;
mod open;
mod organisation;
mod postal_code;
mod proofs;
mod read;
mod record;
mod reseal;
mod schema;
pub mod seal;
mod sign_in;
mod tail;
mod write;

use std::{fs::File, pin::Pin, sync::Arc};

use async_trait::async_trait;
use sqlx::{AnyConnection, AnyPool, error::ErrorKind};

use crate::{
    domain::{
        account::Account,
        ids::{AccountId, ApplicationId, EvidenceId},
        time::UnixSeconds,
    },
    service::{
        change::{Evidence, Filed, OpenApplications, Snapshot, Subject, TreeHead},
        ports::{Conflict, Decide, Store, StoreError, TransactError},
    },
};
use connect::unavailable;
use group::Queue;
pub use group::Written;
use keys::Keys;
pub use open::{Role, keys_beside, keys_given};
use read::snapshot;
pub use reseal::Resealed;

/// The store over SQL.
#[derive(Clone)]
pub struct SqlStore {
    reader: AnyPool,
    queue: Arc<Queue>,
    keys: Keys,
    /// Of an SQLite file, while a daemon works on it.
    lock: Option<Arc<File>>,
}

impl SqlStore {
    /// Writes what waits and closes every connection.
    pub async fn close(&self) {
        self.queue.close().await;
        self.reader.close().await;
        if let Some(lock) = &self.lock {
            // The lock ends with the program in any case.
            let _ = lock.unlock();
        }
    }

    /// What was written since the store was opened.
    pub fn written(&self) -> Written {
        self.queue.written()
    }

    /// What an outcome rests on.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn evidence(&self, id: &EvidenceId) -> Result<Option<Evidence>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        read::evidence(&mut connection, &self.keys, id).await
    }

    /// Runs `job` in a transaction, in which nobody else writes, and answers
    /// when what it wrote is on disk. The one way to write.
    ///
    /// `job` may be run again; an error of it leaves nothing written.
    async fn write<T: Send + 'static>(
        &self,
        job: impl for<'c> Fn(&'c mut AnyConnection) -> Unit<'c, T> + Send + Sync + 'static,
    ) -> Result<T, TransactError> {
        self.queue.write(job).await
    }
}

/// What a job of [`SqlStore::write`] does.
type Unit<'c, T> = Pin<Box<dyn Future<Output = Result<T, Attempt>> + Send + 'c>>;

/// Reads the subject, asks `decide`, writes what it answers.
async fn transact(
    connection: &mut AnyConnection,
    keys: &Keys,
    subject: &Subject,
    decide: &Decide,
) -> Result<Snapshot, Attempt> {
    let before = snapshot(connection, keys, subject).await?;
    let change = decide(&before).map_err(TransactError::Refused)?;
    if change.is_empty() {
        return Ok(before);
    }
    let after = write::apply(connection, keys, &before, &change).await?;
    match (change.open_applications, &subject.application) {
        // The subject's own application may be one of those cancelled.
        (OpenApplications::Cancel(_), Some(_)) => Ok(snapshot(connection, keys, subject).await?),
        _ => Ok(after),
    }
}

/// Why one attempt at a transaction wrote nothing.
enum Attempt {
    /// Another writer was faster; trying again is right.
    Raced,
    Ended(TransactError),
}

impl From<TransactError> for Attempt {
    fn from(error: TransactError) -> Self {
        Self::Ended(error)
    }
}

/// What is left of an error where nothing was decided.
fn store_error(error: TransactError) -> StoreError {
    match error {
        TransactError::Store(error) => error,
        TransactError::Refused(_) | TransactError::Conflict(_) => StoreError::Corrupt("row"),
    }
}

impl From<StoreError> for Attempt {
    fn from(error: StoreError) -> Self {
        Self::Ended(error.into())
    }
}

/// A serialization failure or a deadlock of PostgreSQL.
const RACES: [&str; 2] = ["40001", "40P01"];

impl From<sqlx::Error> for Attempt {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return unavailable(error).into();
        };
        if database.code().is_some_and(|code| RACES.contains(&&*code)) {
            return Self::Raced;
        }
        if database.kind() != ErrorKind::UniqueViolation {
            return unavailable(error).into();
        }
        let message = database.message();
        let names = |name: &str| message.contains(name);
        if names("account_snils") || names("account.snils_digest") {
            return TransactError::Conflict(Conflict::Snils).into();
        }
        let contacts = [
            "account_phone",
            "account.phone_digest",
            "account_email",
            "account.email_digest",
        ];
        if contacts.into_iter().any(names) {
            return TransactError::Conflict(Conflict::Contact).into();
        }
        Self::Raced
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        read::account(&mut connection, &self.keys, id).await
    }

    async fn application(&self, id: &ApplicationId) -> Result<Option<Filed>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        read::filed(&mut connection, &self.keys, id).await
    }

    async fn failed_tries(
        &self,
        account: &AccountId,
        since: UnixSeconds,
    ) -> Result<Vec<UnixSeconds>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        read::failed_tries(&mut connection, account, since).await
    }

    async fn decided_another(
        &self,
        account: &AccountId,
        application: &ApplicationId,
        signature_sha256: &[u8; 32],
    ) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT outcome.application_id FROM outcome \
             JOIN application ON application.application_id = outcome.application_id \
             WHERE application.account_id = $1 AND outcome.application_id <> $2 \
             AND outcome.signature_sha256 = $3",
        )
        .bind(account.as_str())
        .bind(application.to_string())
        .bind(signature_sha256.to_vec())
        .fetch_optional(&self.reader)
        .await
        .map_err(unavailable)?;
        Ok(found.is_some())
    }

    async fn transact(&self, subject: &Subject, decide: Decide) -> Result<Snapshot, TransactError> {
        let (keys, subject) = (self.keys.clone(), subject.clone());
        self.write(move |connection| {
            let (keys, subject, decide) = (keys.clone(), subject.clone(), Arc::clone(&decide));
            Box::pin(async move { transact(connection, &keys, &subject, &decide).await })
        })
        .await
    }

    async fn tree_head(&self) -> Result<TreeHead, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        let frontier = tail::read(&mut connection).await?;
        Ok(TreeHead {
            size: frontier.size(),
            root: frontier.root(),
        })
    }

    async fn instance(&self) -> Result<String, StoreError> {
        self.instance_id().await
    }
}
