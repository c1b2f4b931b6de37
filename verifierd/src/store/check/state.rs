//! Accounts, applications and links, each against what the leaves said of it last.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::any::AnyRow;

use super::{
    Check, What,
    said::{Confirmed, OfLink},
};
use crate::{
    domain::{ids::ApplicationId, organisation::Organisation, time::UnixSeconds},
    service::ports::StoreError,
    store::{
        log::account_digest,
        organisation, read,
        record::{self, column},
        unavailable,
    },
};

const ACCOUNTS: &str = "SELECT account_id AS id, account_id, key_id, sealed, phone_digest, \
     email_digest, snils_digest, registered_at, level, blocked, registry_check, confirmation \
     FROM account WHERE account_id > $1 ORDER BY account_id LIMIT $2";
const APPLICATIONS: &str = "SELECT application_id AS id, account_id, issued_at, cancelled_at \
     FROM application WHERE application_id > $1 ORDER BY application_id LIMIT $2";
const LINKS: &str = "SELECT application_id AS id, account_id, organisation_digest, linked_at, \
     ended_at, evidence_id FROM organisation_link \
     WHERE application_id > $1 ORDER BY application_id LIMIT $2";

#[derive(Deserialize)]
struct Blocked {
    by: String,
    at: i64,
}

#[derive(Deserialize)]
struct Confirmation {
    channel: String,
    at: i64,
    evidence_id: String,
    assurance: String,
}

fn time(seconds: i64) -> String {
    UnixSeconds::new(seconds).rfc3339()
}

fn time_of(row: &AnyRow, name: &'static str) -> Result<Option<String>, StoreError> {
    Ok(column::<Option<i64>>(row, name)?.map(time))
}

/// A part that is absent, or else is to be read.
fn part<T: for<'a> Deserialize<'a>>(
    row: &AnyRow,
    name: &'static str,
) -> Result<Result<Option<T>, ()>, StoreError> {
    let text: Option<String> = column(row, name)?;
    Ok(text
        .map(|text| serde_json::from_str(&text).map_err(|_| ()))
        .transpose())
}

impl Check<'_> {
    /// Level, block and confirmation of each account are those of its last entries.
    pub(super) async fn accounts(&mut self) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let rows = self.after(ACCOUNTS, &after).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                after = column(row, "id")?;
                if let Some(what) = self.account(row, &account_digest(&after))? {
                    self.walk.faults.add("account", &after, what);
                }
            }
        }
        let mut gone: Vec<_> = self.said.accounts.drain().map(|(id, _)| id).collect();
        gone.sort();
        for digest in gone {
            let row = format!("sha256:{digest}");
            self.walk.faults.add("account", row, What::Missing);
        }
        Ok(())
    }

    fn account(&mut self, row: &AnyRow, digest: &str) -> Result<Option<What>, StoreError> {
        let said = self.said.accounts.remove(digest);
        if self.said.unsure.contains(digest) {
            return Ok(None);
        }
        let Some(said) = said else {
            return Ok(Some(What::NotInLog));
        };
        let blocked = part::<Blocked>(row, "blocked")?;
        let blocked = blocked.map(|it| it.map(|it| (Some(it.by), time(it.at))));
        let confirmed = part::<Confirmation>(row, "confirmation")?;
        let confirmed = confirmed.map(|it| {
            it.map(|it| Confirmed {
                evidence: it.evidence_id,
                channel: it.channel,
                assurance: it.assurance,
                at: time(it.at),
            })
        });
        // The level says whether there is a confirmation; an earlier one may have ended.
        let confirmation = match confirmed {
            Ok(None) => said.level != "CONFIRMED",
            Ok(confirmed) => confirmed == said.confirmed,
            Err(()) => false,
        };
        let same = column::<String>(row, "level")? == said.level
            && blocked == Ok(said.blocked)
            && confirmation;
        Ok(match same {
            false => Some(What::NotItsLeaf),
            true => (!record::has_its_digests(&self.store.keys, row)?).then_some(What::NotItsData),
        })
    }

    /// Each application was issued and cancelled as the log says.
    pub(super) async fn applications(&mut self) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let rows = self.after(APPLICATIONS, &after).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                after = column(row, "id")?;
                if let Some(what) = self.application(row, &after)? {
                    self.walk.faults.add("application", &after, what);
                }
            }
        }
        let mut gone: Vec<_> = self.said.applications.drain().map(|(id, _)| id).collect();
        gone.sort();
        for id in gone {
            self.walk.faults.add("application", id, What::Missing);
        }
        Ok(())
    }

    fn application(&mut self, row: &AnyRow, id: &str) -> Result<Option<What>, StoreError> {
        let said = self.said.applications.remove(id);
        if self.said.unsure.contains(id) {
            return Ok(None);
        }
        let Some(said) = said else {
            return Ok(Some(What::NotInLog));
        };
        let account: String = column(row, "account_id")?;
        let cancelled = time_of(row, "cancelled_at")?;
        let same = Some(account_digest(&account)) == said.account
            && time_of(row, "issued_at")? == Some(said.issued)
            && (cancelled == said.cancelled || said.cancelled.is_none() && said.deferred);
        Ok((!same).then_some(What::NotItsLeaf))
    }

    /// Each link rests on its application and evidence, and began and ended as the log says.
    pub(super) async fn links(&mut self) -> Result<(), StoreError> {
        let mut after = String::new();
        let mut with_row = BTreeMap::new();
        loop {
            let rows = self.after(LINKS, &after).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                after = column(row, "id")?;
                let said = self.said.links.remove(&after);
                if let Some(what) = self.link(row, &after, said.as_ref()).await? {
                    self.walk.faults.add("organisation_link", &after, what);
                }
                with_row.extend(said.map(|said| (after.clone(), said.places)));
            }
        }
        for (id, said) in std::mem::take(&mut self.said.links) {
            if !self.said.unsure.contains(&id)
                && !self.was_linked_before(&id, &said, &with_row).await?
            {
                self.walk.faults.add("organisation_link", id, What::Missing);
            }
        }
        Ok(())
    }

    async fn link(
        &mut self,
        row: &AnyRow,
        id: &str,
        said: Option<&OfLink>,
    ) -> Result<Option<What>, StoreError> {
        if self.said.unsure.contains(id) {
            return Ok(None);
        }
        let Some(said) = said else {
            return Ok(Some(What::NotInLog));
        };
        let account: String = column(row, "account_id")?;
        let digest: Vec<u8> = column(row, "organisation_digest")?;
        let same = Some(account_digest(&account)) == said.account
            && time_of(row, "linked_at")?.as_ref() == Some(&said.linked)
            && time_of(row, "ended_at")? == said.ended
            && Some(column::<String>(row, "evidence_id")?) == said.evidence
            && self.organisation(id).await? == Some(digest);
        Ok((!same).then_some(What::NotItsLeaf))
    }

    /// The digest of the organisation in the sealed bytes of an application.
    async fn organisation(&mut self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(id) = ApplicationId::parse(id) else {
            return Ok(None);
        };
        let content = match read::content(self.connection, &self.store.keys, &id).await {
            Ok(content) => content,
            // What is sealed does not open: the row is not what it was.
            Err(StoreError::Corrupt(_)) => None,
            Err(error) => return Err(error),
        };
        let organisation = content.and_then(|content| Organisation::of_content(&content));
        Ok(organisation.map(|it| organisation::digest(&self.store.keys, &it)))
    }

    /// An organisation that is linked by another application already stays so, and has no second row.
    async fn was_linked_before(
        &mut self,
        id: &str,
        said: &OfLink,
        with_row: &BTreeMap<String, (u64, Option<u64>)>,
    ) -> Result<bool, StoreError> {
        let Some(digest) = self.organisation(id).await? else {
            return Ok(false);
        };
        let rows = sqlx::query(
            "SELECT application_id AS id, account_id FROM organisation_link \
             WHERE organisation_digest = $1",
        )
        .bind(digest)
        .fetch_all(&mut *self.connection)
        .await
        .map_err(unavailable)?;
        let place = said.places.0;
        for row in &rows {
            let other: String = column(row, "id")?;
            let account: String = column(row, "account_id")?;
            if Some(account_digest(&account)) != said.account {
                continue;
            }
            // Of a broken entry nothing is known, and it is named.
            let stood = self.said.unsure.contains(&other)
                || with_row.get(&other).is_some_and(|(linked, ended)| {
                    *linked < place && ended.is_none_or(|ended| ended > place)
                });
            if stood {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
