//! Enrolments and the acts on them, each against the digest that its leaf holds.

use std::collections::BTreeMap;

use sqlx::any::AnyRow;

use super::{Check, What, place};
use crate::{
    domain::{
        claims::Line,
        enrolment::{Act, Enrolment},
        ids::EnrolmentId,
    },
    service::ports::StoreError,
    store::{
        enrolment,
        record::{column, optional_time, read, time_column},
        unavailable,
    },
};

const ENROLMENTS: &str = "SELECT enrolment_id AS id, snils_digest FROM enrolment \
     WHERE enrolment_id > $1 ORDER BY enrolment_id LIMIT $2";

impl Check<'_> {
    /// Each enrolment is what its last act made it, and each act is what its leaf says.
    pub(super) async fn enrolments(&mut self) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let rows = self.after(ENROLMENTS, &after).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                after = column(row, "id")?;
                let acts = self.said.enrolments.remove(&after);
                match acts {
                    _ if self.said.unsure.contains(&after) => {}
                    None => self.walk.faults.add("enrolment", &after, What::NotInLog),
                    Some(acts) => {
                        let operator: Option<Vec<u8>> = column(row, "snils_digest")?;
                        self.enrolment((&after, operator), &acts).await?;
                    }
                }
            }
        }
        for (id, _) in std::mem::take(&mut self.said.enrolments) {
            if !self.said.unsure.contains(&id) {
                self.walk.faults.add("enrolment", id, What::Missing);
            }
        }
        self.acts_of_nothing().await
    }

    async fn enrolment(
        &mut self,
        (id, operator): (&str, Option<Vec<u8>>),
        said: &[(u64, Option<String>)],
    ) -> Result<(), StoreError> {
        let keys = &self.store.keys;
        let found = match EnrolmentId::parse(id) {
            None => Err(StoreError::Corrupt("enrolment")),
            Some(id) => enrolment::by_id(self.connection, keys, &id).await,
        };
        let found = match found {
            Ok(found) => found,
            Err(StoreError::Corrupt(_)) => None,
            Err(error) => return Err(error),
        };
        let rows = sqlx::query(
            "SELECT sequence, act, at, acted_by, until_at FROM enrolment_act \
             WHERE enrolment_id = $1 ORDER BY sequence",
        )
        .bind(id.to_owned())
        .fetch_all(&mut *self.connection)
        .await
        .map_err(unavailable)?;
        let mut rows: BTreeMap<u64, AnyRow> = rows
            .into_iter()
            .map(|row| Ok((place(&row)?, row)))
            .collect::<Result<_, StoreError>>()?;
        let mut whole = true;
        for (sequence, _) in said {
            if !rows.contains_key(sequence) {
                self.walk
                    .faults
                    .add("enrolment_act", sequence, What::Missing);
                whole = false;
            }
        }
        if !whole {
            return Ok(());
        }
        let digest = found.as_ref().map(|it| enrolment::row_digest(keys, it));
        let last = said.last().and_then(|(_, digest)| digest.clone());
        let as_found = |it: &Enrolment| enrolment::found_by(keys, it) == operator;
        let Some(found) = found.filter(as_found).filter(|_| digest == last) else {
            self.walk.faults.add("enrolment", id, What::NotItsLeaf);
            return Ok(());
        };
        for (sequence, digest) in said {
            let Some(row) = rows.remove(sequence) else {
                continue;
            };
            let then = after_act(&found, &row)?;
            let then = then.map(|it| enrolment::row_digest(keys, &it));
            if then != *digest {
                self.walk
                    .faults
                    .add("enrolment_act", sequence, What::NotItsLeaf);
            }
        }
        for sequence in rows.keys() {
            self.walk
                .faults
                .add("enrolment_act", sequence, What::NotInLog);
        }
        Ok(())
    }

    /// Acts of an enrolment that is not there.
    async fn acts_of_nothing(&mut self) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT sequence FROM enrolment_act a WHERE NOT EXISTS (SELECT 1 FROM enrolment e \
             WHERE e.enrolment_id = a.enrolment_id) ORDER BY sequence",
        )
        .fetch_all(&mut *self.connection)
        .await
        .map_err(unavailable)?;
        for row in &rows {
            let sequence = place(row)?;
            self.walk
                .faults
                .add("enrolment_act", sequence, What::NotInLog);
        }
        Ok(())
    }
}

/// The enrolment as it stood after this act; none when the act is none.
fn after_act(now: &Enrolment, row: &AnyRow) -> Result<Option<Enrolment>, StoreError> {
    let by: String = column(row, "acted_by")?;
    let act = Act {
        by: read("acted_by", Line::parse(&by))?,
        at: time_column(row, "at")?,
    };
    let until = optional_time(row, "until_at")?;
    let of = |made, ended| Enrolment {
        until,
        made,
        ended,
        ..now.clone()
    };
    Ok(match column::<String>(row, "act")?.as_str() {
        "ENROLLED" => Some(of(act, None)),
        "ENDED" => Some(of(now.made.clone(), Some(act))),
        _ => None,
    })
}
