//! Enrolments in SQL.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, any::AnyRow};

use super::{
    Attempt, SqlStore,
    keys::Keys,
    log,
    record::{column, optional_time, read, time_column},
    seal::{Place, Sealed},
    unavailable,
};
use crate::{
    domain::{
        claims::Line,
        enrolment::{Act, Attestor, CentreId, Enrolled, Enrolment, EnrolmentKind},
        identifiers::{Ogrn, Snils},
        ids::EnrolmentId,
    },
    service::{
        change::{Event, sha256},
        ports::{
            StoreError, TransactError,
            enrolments::{
                DecideEnrolment, EnrolmentChange, EnrolmentQuery, EnrolmentSubject, Enrolments,
            },
        },
    },
};

const TABLE: &str = "enrolment";

/// Kind of the digest by which an operator is found.
const OPERATOR: &str = "operator-snils";

/// Enrolments that are read for one attestation, the latest first.
const ATTESTING: i64 = 1000;

/// The columns of an enrolment, with who made and who ended it.
const SELECT: &str = "SELECT enrolment_id, kind, centre_id, ogrn, name, key_id, sealed, from_at, \
     until_at, made_at, ended_at, \
     (SELECT a.acted_by FROM enrolment_act a WHERE a.enrolment_id = enrolment.enrolment_id \
     AND a.act = 'ENROLLED') AS made_by, \
     (SELECT a.acted_by FROM enrolment_act a WHERE a.enrolment_id = enrolment.enrolment_id \
     AND a.act = 'ENDED' ORDER BY a.sequence DESC LIMIT 1) AS ended_by FROM enrolment ";

/// What is sealed of an operator.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Personal {
    snils: String,
}

#[async_trait]
impl Enrolments for SqlStore {
    async fn enrolment(&self, id: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        by_id(&mut connection, &self.keys, id).await
    }

    async fn enrolments(&self, query: &EnrolmentQuery) -> Result<Vec<Enrolment>, StoreError> {
        let digest = query.operator.as_ref().map(|it| digest(&self.keys, it));
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{SELECT} WHERE enrolment_id > $1 AND kind = COALESCE($2, kind) \
             AND ($3 = '' OR centre_id = $3) AND ($4 = '' OR ogrn = $4) \
             AND ($5 = 0 OR snils_digest = $6) ORDER BY enrolment_id LIMIT $7"
        )))
        .bind(query.after.map_or(String::new(), |id| id.to_string()))
        .bind(query.kind.map(EnrolmentKind::code))
        .bind(query.centre.as_ref().map_or("", CentreId::as_str))
        .bind(query.ogrn.as_ref().map_or("", Ogrn::as_str))
        .bind(i64::from(digest.is_some()))
        .bind(digest.unwrap_or_default())
        .bind(query.limit)
        .fetch_all(&self.reader)
        .await
        .map_err(unavailable)?;
        rows.iter().map(|row| enrolment(&self.keys, row)).collect()
    }

    async fn attesting(&self, attestor: &Attestor) -> Result<Vec<Enrolment>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        attesting(&mut connection, &self.keys, attestor).await
    }

    async fn change_enrolment(
        &self,
        subject: &EnrolmentSubject,
        decide: DecideEnrolment,
    ) -> Result<Enrolment, TransactError> {
        let (subject, keys) = (subject.clone(), self.keys.clone());
        self.write(move |connection| {
            let (subject, keys, decide) = (subject.clone(), keys.clone(), decide.clone());
            Box::pin(async move {
                let found = match &subject {
                    EnrolmentSubject::Id(id) => {
                        let found = by_id(connection, &keys, id).await?;
                        found.into_iter().collect()
                    }
                    EnrolmentSubject::Open(enrolled) => open(connection, &keys, enrolled).await?,
                };
                let change = decide(&found).map_err(TransactError::Refused)?;
                write(connection, &keys, change).await
            })
        })
        .await
    }
}

/// The enrolments that decide whether `attestor` may attest.
pub(super) async fn attesting(
    connection: &mut AnyConnection,
    keys: &Keys,
    attestor: &Attestor,
) -> Result<Vec<Enrolment>, StoreError> {
    let rows = match attestor {
        Attestor::Operator { centre, snils } => {
            sqlx::query(sqlx::AssertSqlSafe(format!(
                "{SELECT} WHERE centre_id = $1 AND (kind = 'CENTRE' OR snils_digest = $2) \
                 ORDER BY enrolment_id DESC LIMIT $3"
            )))
            .bind(centre.as_str())
            .bind(digest(keys, snils))
            .bind(ATTESTING)
            .fetch_all(connection)
            .await
        }
        Attestor::Bank { ogrn } => {
            sqlx::query(sqlx::AssertSqlSafe(format!(
                "{SELECT} WHERE ogrn = $1 ORDER BY enrolment_id DESC LIMIT $2"
            )))
            .bind(ogrn.as_str())
            .bind(ATTESTING)
            .fetch_all(connection)
            .await
        }
    };
    let rows = rows.map_err(unavailable)?;
    rows.iter().map(|row| enrolment(keys, row)).collect()
}

/// Those of the subject that nobody has ended, and of its centre.
async fn open(
    connection: &mut AnyConnection,
    keys: &Keys,
    enrolled: &Enrolled,
) -> Result<Vec<Enrolment>, StoreError> {
    let (centre, ogrn, digest) = match enrolled {
        Enrolled::Centre { centre, .. } => (centre.as_str(), "", Vec::new()),
        Enrolled::Operator { centre, snils } => (centre.as_str(), "", digest(keys, snils)),
        Enrolled::Bank { ogrn, .. } => ("", ogrn.as_str(), Vec::new()),
    };
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{SELECT} WHERE ended_at IS NULL AND (ogrn = $2 OR \
         (centre_id = $1 AND (kind = 'CENTRE' OR snils_digest = $3)))"
    )))
    .bind(centre)
    .bind(ogrn)
    .bind(digest)
    .fetch_all(connection)
    .await
    .map_err(unavailable)?;
    rows.iter().map(|row| enrolment(keys, row)).collect()
}

pub(super) async fn by_id(
    connection: &mut AnyConnection,
    keys: &Keys,
    id: &EnrolmentId,
) -> Result<Option<Enrolment>, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{SELECT} WHERE enrolment_id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    row.as_ref().map(|row| enrolment(keys, row)).transpose()
}

async fn write(
    connection: &mut AnyConnection,
    keys: &Keys,
    change: EnrolmentChange,
) -> Result<Enrolment, Attempt> {
    let (enrolment, event) = match change {
        EnrolmentChange::Keep(enrolment) => return Ok(enrolment),
        EnrolmentChange::Insert(enrolment, event) => {
            insert(connection, keys, &enrolment).await?;
            (enrolment, event)
        }
        EnrolmentChange::End(enrolment, event) => {
            sqlx::query(
                "UPDATE enrolment SET until_at = $2, ended_at = $3 WHERE enrolment_id = $1",
            )
            .bind(enrolment.id.to_string())
            .bind(enrolment.until.map(|until| until.seconds()))
            .bind(enrolment.ended.as_ref().map(|act| act.at.seconds()))
            .execute(&mut *connection)
            .await?;
            (enrolment, event)
        }
    };
    let event = Event {
        row: Some(row_digest(keys, &enrolment)),
        ..event
    };
    insert_act(connection, &enrolment, &event).await?;
    Ok(enrolment)
}

/// The digest by which an operator is found.
pub(super) fn found_by(keys: &Keys, enrolment: &Enrolment) -> Option<Vec<u8>> {
    match &enrolment.enrolled {
        Enrolled::Operator { snils, .. } => Some(digest(keys, snils)),
        Enrolled::Centre { .. } | Enrolled::Bank { .. } => None,
    }
}

/// SHA-256 of all that an enrolment is, in hexadecimal: its leaves hold it. The personal number counts by its keyed digest.
pub(super) fn row_digest(keys: &Keys, enrolment: &Enrolment) -> String {
    let (centre, ogrn, name) = match &enrolment.enrolled {
        Enrolled::Centre { centre, name } => (centre.as_str(), "", name.as_str()),
        Enrolled::Operator { centre, .. } => (centre.as_str(), "", ""),
        Enrolled::Bank { ogrn, name } => ("", ogrn.as_str(), name.as_str()),
    };
    let snils = found_by(keys, enrolment).unwrap_or_default();
    let ended = enrolment.ended.as_ref();
    let parts = [
        enrolment.id.to_string(),
        enrolment.enrolled.kind().code().to_owned(),
        centre.to_owned(),
        ogrn.to_owned(),
        name.to_owned(),
        hex::encode(snils),
        enrolment.from.rfc3339(),
        enrolment
            .until
            .map_or(String::new(), |until| until.rfc3339()),
        enrolment.made.by.as_str().to_owned(),
        enrolment.made.at.rfc3339(),
        ended.map_or(String::new(), |act| act.by.as_str().to_owned()),
        ended.map_or(String::new(), |act| act.at.rfc3339()),
    ];
    // Of the digest of each, so that none runs into the next.
    let parts = parts.map(|part| sha256(part.as_bytes()));
    hex::encode(sha256(&parts.concat()))
}

async fn insert(
    connection: &mut AnyConnection,
    keys: &Keys,
    enrolment: &Enrolment,
) -> Result<(), Attempt> {
    let id = enrolment.id.to_string();
    let (centre, ogrn, name, snils) = match &enrolment.enrolled {
        Enrolled::Centre { centre, name } => (Some(centre), None, Some(name), None),
        Enrolled::Operator { centre, snils } => (Some(centre), None, None, Some(snils)),
        Enrolled::Bank { ogrn, name } => (None, Some(ogrn), Some(name), None),
    };
    let sealed = snils.map(|snils| seal(keys, &id, snils)).transpose()?;
    let (key_id, octets) = sealed.map(|it| (it.key_id, it.octets)).unzip();
    sqlx::query(
        "INSERT INTO enrolment (enrolment_id, kind, centre_id, ogrn, name, key_id, sealed, \
         snils_digest, from_at, until_at, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id)
    .bind(enrolment.enrolled.kind().code())
    .bind(centre.map(CentreId::as_str))
    .bind(ogrn.map(Ogrn::as_str))
    .bind(name.map(Line::as_str))
    .bind(key_id)
    .bind(octets)
    .bind(snils.map(|snils| digest(keys, snils)))
    .bind(enrolment.from.seconds())
    .bind(enrolment.until.map(|until| until.seconds()))
    .bind(enrolment.made.at.seconds())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_act(
    connection: &mut AnyConnection,
    enrolment: &Enrolment,
    event: &Event,
) -> Result<(), Attempt> {
    let sequence = log::append(connection, event).await?;
    let (code, act) = match &enrolment.ended {
        None => ("ENROLLED", &enrolment.made),
        Some(ended) => ("ENDED", ended),
    };
    sqlx::query(
        "INSERT INTO enrolment_act (sequence, enrolment_id, act, at, acted_by, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(sequence)
    .bind(enrolment.id.to_string())
    .bind(code)
    .bind(act.at.seconds())
    .bind(act.by.as_str())
    .bind(enrolment.until.map(|until| until.seconds()))
    .execute(connection)
    .await?;
    Ok(())
}

fn digest(keys: &Keys, snils: &Snils) -> Vec<u8> {
    keys.digest(OPERATOR, snils.as_str()).to_vec()
}

fn seal(keys: &Keys, id: &str, snils: &Snils) -> Result<Sealed, StoreError> {
    let personal = Personal {
        snils: snils.as_str().to_owned(),
    };
    let clear = serde_json::to_vec(&personal).map_err(|_| StoreError::Corrupt(TABLE))?;
    let place = Place {
        table: TABLE,
        key: id,
    };
    Ok(keys.seal(&place, &clear)?)
}

fn enrolment(keys: &Keys, row: &AnyRow) -> Result<Enrolment, StoreError> {
    let text = |name| column::<Option<String>>(row, name);
    let id = read(TABLE, text("enrolment_id")?)?;
    let kind = text("kind")?.and_then(|code| EnrolmentKind::from_code(&code));
    let centre = text("centre_id")?.and_then(|id| CentreId::parse(&id));
    let name = text("name")?.and_then(|name| Line::parse(&name));
    let by = |name| -> Result<Option<Line>, StoreError> {
        Ok(text(name)?.and_then(|by| Line::parse(&by)))
    };
    let enrolled = match read(TABLE, kind)? {
        EnrolmentKind::Centre => centre
            .zip(name)
            .map(|(centre, name)| Enrolled::Centre { centre, name }),
        EnrolmentKind::Operator => {
            let snils = open_snils(keys, &id, row)?;
            centre.map(|centre| Enrolled::Operator { centre, snils })
        }
        EnrolmentKind::Bank => {
            let ogrn = text("ogrn")?.and_then(|ogrn| Ogrn::parse(&ogrn).ok());
            ogrn.zip(name)
                .map(|(ogrn, name)| Enrolled::Bank { ogrn, name })
        }
    };
    let ended_at = optional_time(row, "ended_at")?;
    Ok(Enrolment {
        id: read(TABLE, EnrolmentId::parse(&id))?,
        enrolled: read(TABLE, enrolled)?,
        from: time_column(row, "from_at")?,
        until: optional_time(row, "until_at")?,
        made: Act {
            by: read(TABLE, by("made_by")?)?,
            at: time_column(row, "made_at")?,
        },
        ended: match ended_at {
            None => None,
            Some(at) => Some(Act {
                by: read(TABLE, by("ended_by")?)?,
                at,
            }),
        },
    })
}

fn open_snils(keys: &Keys, id: &str, row: &AnyRow) -> Result<Snils, StoreError> {
    let sealed = Sealed {
        key_id: read(TABLE, column::<Option<String>>(row, "key_id")?)?,
        octets: read(TABLE, column::<Option<Vec<u8>>>(row, "sealed")?)?,
    };
    let place = Place {
        table: TABLE,
        key: id,
    };
    let clear = keys.open(&place, &sealed)?;
    let personal: Personal =
        serde_json::from_slice(&clear).map_err(|_| StoreError::Corrupt(TABLE))?;
    read(TABLE, Snils::parse(&personal.snils).ok())
}
