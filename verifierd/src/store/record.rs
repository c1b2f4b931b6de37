//! Stored columns: their shapes, sealed and plain, and domain values from rows.

use serde::{Deserialize, Serialize};
use sqlx::{Row as _, any::AnyRow};
use time::Date;
use zeroize::Zeroizing;

use super::{
    keys::Keys,
    seal::{Place, Sealed},
};
use crate::{
    domain::{
        account::{
            Account, Assurance, CheckState, Confirmation, ConfirmationCertificate, Level, Mismatch,
            Registration, Registry, RegistryAnswer, RegistryCheck, Status,
        },
        application::{Application, Channel, Decision, Outcome, OutcomeReason},
        attestation,
        claims::{Claims, FIELDS, RawClaims},
        email::one_form,
        ids::{AccountId, ApplicationId, CheckId, EvidenceId},
        names::PersonName,
        reason::Reason,
        time::UnixSeconds,
    },
    service::{
        change::{Evidence, Receipt, StoredOutcome},
        ports::{StoreError, bases::Bound},
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockRecord {
    by: String,
    at: i64,
}

/// What is sealed of an account.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonRecord {
    surname: String,
    given_name: String,
    phone: Option<String>,
    email: Option<String>,
    claims: Option<RawClaims>,
    block_reason: Option<String>,
    /// Of the confirmation: who has a copy of it, or a register of certificates, knows whose it is.
    certificate: Option<CertificateRecord>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckRecord {
    id: String,
    state: String,
    requested_at: i64,
    decided_at: Option<i64>,
    answers: Vec<AnswerRecord>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerRecord {
    registry: String,
    mismatches: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmationRecord {
    channel: String,
    at: i64,
    evidence_id: String,
    assurance: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateRecord {
    serial: String,
    issuer: String,
    not_after: i64,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonRecord {
    code: String,
    fields: Vec<String>,
}

/// A row that cannot be read is never guessed at.
pub(super) fn read<T>(what: &'static str, value: Option<T>) -> Result<T, StoreError> {
    value.ok_or(StoreError::Corrupt(what))
}

pub(super) fn column<'r, T>(row: &'r AnyRow, name: &'static str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    row.try_get(name).map_err(|_| StoreError::Corrupt(name))
}

pub(super) fn time_column(row: &AnyRow, name: &'static str) -> Result<UnixSeconds, StoreError> {
    column(row, name).map(UnixSeconds::new)
}

pub(super) fn optional_time(
    row: &AnyRow,
    name: &'static str,
) -> Result<Option<UnixSeconds>, StoreError> {
    Ok(column::<Option<i64>>(row, name)?.map(UnixSeconds::new))
}

fn json_column<T: for<'a> Deserialize<'a>>(
    row: &AnyRow,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    column::<Option<String>>(row, name)?
        .map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Corrupt(name)))
        .transpose()
}

fn json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt(what))
}

/// What keeps the digests of different identifiers apart.
pub(super) mod kind {
    pub(in crate::store) const PHONE: &str = "phone";
    pub(in crate::store) const EMAIL: &str = "email";
    pub(in crate::store) const SNILS: &str = "snils";
}

/// Where the sealed parts of a row belong.
pub(super) mod place {
    use super::Place;

    pub(in crate::store) fn account(key: &str) -> Place<'_> {
        let table = "account";
        Place { table, key }
    }

    pub(in crate::store) fn application(key: &str) -> Place<'_> {
        let table = "application";
        Place { table, key }
    }

    /// Signature, content and report of an evidence: three values of one row.
    pub(in crate::store) fn evidence(key: &str) -> [Place<'_>; 3] {
        ["evidence.signature", "evidence.content", "evidence.report"]
            .map(|table| Place { table, key })
    }
}

/// The sealed column `name` of a row, whose key id is in column `key_id`.
pub(super) fn sealed(row: &AnyRow, name: &'static str) -> Result<Sealed, StoreError> {
    Ok(Sealed {
        key_id: column(row, "key_id")?,
        octets: column(row, name)?,
    })
}

/// The columns of an account that are made from it.
pub(super) struct AccountColumns {
    pub(super) person: Sealed,
    pub(super) phone: Option<Vec<u8>>,
    pub(super) email: Option<Vec<u8>>,
    pub(super) snils: Option<Vec<u8>>,
    pub(super) blocked: Option<String>,
    pub(super) check: Option<String>,
    pub(super) confirmation: Option<String>,
}

pub(super) fn account_columns(
    keys: &Keys,
    account: &Account,
) -> Result<AccountColumns, StoreError> {
    let (blocked, block_reason) = match &account.status {
        Status::Active => (None, None),
        Status::Blocked { reason, by, at } => (
            Some(BlockRecord {
                by: by.clone(),
                at: at.seconds(),
            }),
            Some(reason.clone()),
        ),
    };
    let registration = &account.registration;
    let person = PersonRecord {
        surname: registration.surname.as_str().to_owned(),
        given_name: registration.given_name.as_str().to_owned(),
        phone: registration.phone.clone(),
        email: registration.email.clone(),
        claims: account.claims.as_ref().map(Claims::to_raw),
        block_reason,
        certificate: certificate_record(account),
    };
    let person = Zeroizing::new(json("account", &person)?);
    let digest = |kind, value: &str| keys.digest(kind, value).to_vec();
    let claims = account.claims.as_ref();
    let check = account.check.as_ref().map(|check| CheckRecord {
        id: check.id.to_string(),
        state: check.state.code().to_owned(),
        requested_at: check.requested_at.seconds(),
        decided_at: check.decided_at.map(UnixSeconds::seconds),
        answers: check.answers.iter().map(answer_record).collect(),
    });
    let confirmation = account.confirmation.as_ref().map(confirmation_record);
    Ok(AccountColumns {
        person: keys.seal(&place::account(account.id.as_str()), person.as_bytes())?,
        phone: registration
            .phone
            .as_ref()
            .map(|it| digest(kind::PHONE, it)),
        email: registration
            .email
            .as_ref()
            .map(|it| digest(kind::EMAIL, &one_form(it))),
        snils: claims.map(|claims| digest(kind::SNILS, claims.snils.as_str())),
        blocked: blocked.map(|b| json("blocked", &b)).transpose()?,
        check: check.map(|c| json("registry_check", &c)).transpose()?,
        confirmation: confirmation.map(|c| json("confirmation", &c)).transpose()?,
    })
}

fn answer_record(answer: &RegistryAnswer) -> AnswerRecord {
    let mismatches = answer.mismatches.iter();
    AnswerRecord {
        registry: answer.registry.code().to_owned(),
        mismatches: mismatches
            .map(|mismatch| (mismatch.field.to_owned(), mismatch.code.clone()))
            .collect(),
    }
}

fn confirmation_record(confirmation: &Confirmation) -> ConfirmationRecord {
    ConfirmationRecord {
        channel: confirmation.channel.code().to_owned(),
        at: confirmation.at.seconds(),
        evidence_id: confirmation.evidence_id.to_string(),
        assurance: confirmation.assurance.code().to_owned(),
    }
}

fn certificate_record(account: &Account) -> Option<CertificateRecord> {
    let confirmation = account.confirmation.as_ref()?;
    let certificate = confirmation.certificate.as_ref()?;
    Some(CertificateRecord {
        serial: certificate.serial.clone(),
        issuer: certificate.issuer.clone(),
        not_after: certificate.not_after.seconds(),
        sha256: hex::encode(certificate.sha256),
    })
}

pub(super) fn account(keys: &Keys, row: &AnyRow) -> Result<Account, StoreError> {
    let id = account_id(row)?;
    let person = keys.open(&place::account(id.as_str()), &sealed(row, "sealed")?)?;
    let person: PersonRecord =
        serde_json::from_slice(&person).map_err(|_| StoreError::Corrupt("account"))?;
    let blocked: Option<BlockRecord> = json_column(row, "blocked")?;
    let check: Option<CheckRecord> = json_column(row, "registry_check")?;
    let confirmation: Option<ConfirmationRecord> = json_column(row, "confirmation")?;
    let status = match (blocked, person.block_reason) {
        (None, None) => Status::Active,
        (Some(block), reason) => Status::Blocked {
            reason: reason.unwrap_or_default(),
            by: block.by,
            at: UnixSeconds::new(block.at),
        },
        // Somebody took the block away, and not through the daemon.
        (None, Some(_)) => return Err(StoreError::Corrupt("blocked")),
    };
    Ok(Account {
        id,
        registration: Registration {
            surname: read("surname", PersonName::parse(&person.surname))?,
            given_name: read("given_name", PersonName::parse(&person.given_name))?,
            phone: person.phone,
            email: person.email,
        },
        registered_at: time_column(row, "registered_at")?,
        level: read("level", Level::from_code(&column::<String>(row, "level")?))?,
        status,
        claims: person
            .claims
            .map(|raw| Claims::parse(&raw, Date::MAX).map_err(|_| StoreError::Corrupt("claims")))
            .transpose()?,
        check: check
            .map(|record| read("registry_check", registry_check(&record)))
            .transpose()?,
        confirmation: match (confirmation, person.certificate) {
            (None, None) => None,
            (Some(record), certificate) => {
                let confirmation = confirmation_from(&record, certificate.as_ref());
                Some(read("confirmation", confirmation)?)
            }
            // Somebody took the confirmation away, and not through the daemon.
            (None, Some(_)) => return Err(StoreError::Corrupt("confirmation")),
        },
    })
}

/// Whether an account opens and its look-up digests are those of what is sealed.
///
/// # Errors
/// When the database fails.
pub(super) fn has_its_digests(keys: &Keys, row: &AnyRow) -> Result<bool, StoreError> {
    let made = account(keys, row).and_then(|account| account_columns(keys, &account));
    match made {
        Ok(made) => Ok(
            column::<Option<Vec<u8>>>(row, "phone_digest")? == made.phone
                && column::<Option<Vec<u8>>>(row, "email_digest")? == made.email
                && column::<Option<Vec<u8>>>(row, "snils_digest")? == made.snils,
        ),
        Err(StoreError::Corrupt(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn account_id(row: &AnyRow) -> Result<AccountId, StoreError> {
    let text: String = column(row, "account_id")?;
    read("account_id", AccountId::parse(&text))
}

fn field(name: &str) -> Option<&'static str> {
    FIELDS.into_iter().find(|known| *known == name)
}

fn outcome_field(name: &str) -> Option<&'static str> {
    let mut of_attestors = attestation::FIELDS.into_iter();
    field(name).or_else(|| of_attestors.find(|known| *known == name))
}

fn registry_check(record: &CheckRecord) -> Option<RegistryCheck> {
    let answer = |answer: &AnswerRecord| {
        let mismatches = answer.mismatches.iter().map(|(name, code)| {
            Some(Mismatch {
                field: field(name)?,
                code: code.clone(),
            })
        });
        Some(RegistryAnswer {
            registry: Registry::from_code(&answer.registry)?,
            mismatches: mismatches.collect::<Option<_>>()?,
        })
    };
    Some(RegistryCheck {
        id: CheckId::parse(&record.id)?,
        state: CheckState::from_code(&record.state)?,
        requested_at: UnixSeconds::new(record.requested_at),
        decided_at: record.decided_at.map(UnixSeconds::new),
        answers: record.answers.iter().map(answer).collect::<Option<_>>()?,
    })
}

fn confirmation_from(
    record: &ConfirmationRecord,
    certificate: Option<&CertificateRecord>,
) -> Option<Confirmation> {
    let certificate = match certificate {
        None => None,
        Some(certificate) => Some(ConfirmationCertificate {
            serial: certificate.serial.clone(),
            issuer: certificate.issuer.clone(),
            not_after: UnixSeconds::new(certificate.not_after),
            sha256: hex::decode(&certificate.sha256).ok()?.try_into().ok()?,
        }),
    };
    Some(Confirmation {
        channel: Channel::from_code(&record.channel)?,
        at: UnixSeconds::new(record.at),
        evidence_id: EvidenceId::parse(&record.evidence_id)?,
        assurance: Assurance::from_code(&record.assurance)?,
        certificate,
    })
}

pub(super) fn application(keys: &Keys, row: &AnyRow) -> Result<Application, StoreError> {
    let text = |name| column::<String>(row, name);
    let id = text("application_id")?;
    let content = keys.open(&place::application(&id), &sealed(row, "sealed")?)?;
    Ok(Application {
        id: read("application_id", ApplicationId::parse(&id))?,
        account_id: account_id(row)?,
        channel: read("channel", Channel::from_code(&text("channel")?))?,
        audience: text("audience")?,
        issued_at: time_column(row, "issued_at")?,
        expires_at: time_column(row, "expires_at")?,
        cancelled: optional_time(row, "cancelled_at")?,
        content: content.to_vec(),
    })
}

pub(super) fn reasons_json(reasons: &[OutcomeReason]) -> Result<String, StoreError> {
    let record = |reason: &OutcomeReason| ReasonRecord {
        code: reason.reason.code().to_owned(),
        fields: reason.fields.iter().map(|f| (*f).to_owned()).collect(),
    };
    json("reasons", &reasons.iter().map(record).collect::<Vec<_>>())
}

pub(super) fn outcome(keys: &Keys, row: &AnyRow) -> Result<StoredOutcome, StoreError> {
    let reasons: Vec<ReasonRecord> = json_column(row, "reasons")?.unwrap_or_default();
    let reason = |record: &ReasonRecord| {
        let fields = record.fields.iter().map(|name| outcome_field(name));
        Some(OutcomeReason {
            reason: Reason::from_code(&record.code)?,
            fields: fields.collect::<Option<_>>()?,
        })
    };
    let reasons: Option<Vec<_>> = reasons.iter().map(reason).collect();
    let decision: String = column(row, "decision")?;
    let evidence_id: String = column(row, "evidence_id")?;
    let sequence: i64 = column(row, "audit_sequence")?;
    let [_, _, place] = place::evidence(&evidence_id);
    let report = keys.open(&place, &sealed(row, "sealed_report")?)?;
    let report_json = String::from_utf8(report.to_vec());
    Ok(StoredOutcome {
        outcome: Outcome {
            decision: read("decision", Decision::from_code(&decision))?,
            reasons: read("reasons", reasons)?,
            evidence_id: read("evidence_id", EvidenceId::parse(&evidence_id))?,
            signature_sha256: hash(row, "signature_sha256")?,
            decided_at: time_column(row, "decided_at")?,
            retry_at: optional_time(row, "retry_at")?,
        },
        report_json: read("report", report_json.ok())?,
        receipt: Receipt {
            sequence: read("audit_sequence", u64::try_from(sequence).ok())?,
            leaf_hash: hash(row, "hash")?,
        },
    })
}

/// An evidence as it was judged.
pub(super) fn evidence(keys: &Keys, row: &AnyRow) -> Result<Evidence, StoreError> {
    let text = |name| column::<String>(row, name);
    let id = text("evidence_id")?;
    let [signature, content, report] = place::evidence(&id);
    let open = |place, name| -> Result<Vec<u8>, StoreError> {
        Ok(keys.open(&place, &sealed(row, name)?)?.to_vec())
    };
    let report = String::from_utf8(open(report, "sealed_report")?).ok();
    Ok(Evidence {
        application_id: read(
            "application_id",
            ApplicationId::parse(&text("application_id")?),
        )?,
        at: time_column(row, "at")?,
        signature: open(signature, "sealed_signature")?,
        content: open(content, "sealed_content")?,
        report_json: read("report", report)?,
        policy_digest: text("policy_digest")?,
        trust_digest: text("trust_digest")?,
        basis: column::<Option<Vec<u8>>>(row, "basis")?
            .map(|octets| read("basis", octets.try_into().ok()))
            .transpose()?,
        id: read("evidence_id", EvidenceId::parse(&id))?,
    })
}

/// An evidence with its leaf.
pub(super) fn bound(keys: &Keys, row: &AnyRow) -> Result<Bound, StoreError> {
    let sequence: i64 = column(row, "sequence")?;
    Ok(Bound {
        evidence: evidence(keys, row)?,
        digest: hash(row, "digest")?,
        receipt: Receipt {
            sequence: read("sequence", u64::try_from(sequence).ok())?,
            leaf_hash: hash(row, "hash")?,
        },
        leaf: column(row, "leaf")?,
    })
}

fn hash(row: &AnyRow, name: &'static str) -> Result<[u8; 32], StoreError> {
    let octets: Vec<u8> = column(row, name)?;
    read(name, octets.try_into().ok())
}
