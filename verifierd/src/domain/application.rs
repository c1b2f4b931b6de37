//! Applications to confirm an account: the bytes to sign and their states.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    account::codes,
    attestation::{self, AttestedBy, Attesting},
    claims::{Claims, FIELDS},
    enrolment::Attestor,
    ids::{AccountId, ApplicationId, EvidenceId},
    reason::Reason,
    time::{UnixSeconds, print_date},
};

codes!(
    /// How a person proves an identity.
    Channel {
        /// The applicant's own qualified signature.
        OwnSignature = "OWN_SIGNATURE",
        /// A signature from a universal electronic card.
        UecCard = "UEC_CARD",
        /// A service centre operator attests the person.
        ServiceCentre = "SERVICE_CENTRE",
        /// A bank attests its client.
        Bank = "BANK",
        /// A code sent by registered post.
        PostalCode = "POSTAL_CODE",
        /// No way to prove an identity: an organisation's signature, which
        /// links it to the account of its head.
        Organisation = "ORGANISATION",
    }
);

impl Channel {
    /// Whether whoever signs attests the personal data itself, so that no
    /// registry need have answered.
    pub fn attests_personal_data(self) -> bool {
        match self {
            Self::ServiceCentre | Self::Bank => true,
            Self::OwnSignature | Self::UecCard | Self::PostalCode | Self::Organisation => false,
        }
    }
}

codes!(
    /// State of an application.
    State {
        /// Issued, waiting for a signature.
        Prepared = "PREPARED",
        /// The account is confirmed by it.
        Accepted = "ACCEPTED",
        /// Refused for its reasons.
        Rejected = "REJECTED",
        /// The verdict can still change.
        Deferred = "DEFERRED",
        /// Not submitted in time.
        Expired = "EXPIRED",
        /// The personal data changed after it was issued.
        Cancelled = "CANCELLED",
    }
);

codes!(
    /// What was decided about a submitted application.
    Decision {
        /// Final: the account is confirmed.
        Accepted = "ACCEPTED",
        /// Final: refused.
        Rejected = "REJECTED",
        /// Not final: try later.
        Deferred = "DEFERRED",
    }
);

/// An issued application.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Application {
    pub id: ApplicationId,
    pub account_id: AccountId,
    pub channel: Channel,
    /// The installation that issued it.
    pub audience: String,
    pub issued_at: UnixSeconds,
    pub expires_at: UnixSeconds,
    pub cancelled: Option<UnixSeconds>,
    /// The exact bytes to sign.
    pub content: Vec<u8>,
}

/// The stored outcome of a submission.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Outcome {
    pub decision: Decision,
    /// Empty when accepted.
    pub reasons: Vec<OutcomeReason>,
    pub evidence_id: EvidenceId,
    pub signature_sha256: [u8; 32],
    pub decided_at: UnixSeconds,
    pub retry_at: Option<UnixSeconds>,
}

impl Outcome {
    /// Whether it answers a submission of the signature with this SHA-256: a
    /// deferred outcome gives way to that of another signature.
    ///
    /// # Errors
    /// [`Reason::ApplicationAlreadySubmitted`] when it is final and of
    /// another signature.
    pub fn stands_against(&self, signature_sha256: &[u8; 32]) -> Result<bool, Reason> {
        match self.decision {
            _ if self.signature_sha256 == *signature_sha256 => Ok(true),
            Decision::Deferred => Ok(false),
            Decision::Accepted | Decision::Rejected => Err(Reason::ApplicationAlreadySubmitted),
        }
    }
}

/// One reason of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OutcomeReason {
    pub reason: Reason,
    /// Names of the fields that differ, never their values.
    pub fields: Vec<&'static str>,
}

impl From<Reason> for OutcomeReason {
    /// A reason that no field is at fault for.
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            fields: Vec::new(),
        }
    }
}

/// What goes into a new application.
#[allow(missing_docs)]
pub struct Issue<'a> {
    pub id: ApplicationId,
    pub account_id: &'a AccountId,
    pub claims: &'a Claims,
    pub channel: Channel,
    /// Who attests, through a channel where somebody does.
    pub attesting: Option<&'a Attesting>,
    pub audience: &'a str,
    pub challenge: [u8; 32],
    pub issued_at: UnixSeconds,
    pub expires_at: UnixSeconds,
}

/// Value of `schema` of an application; no other signed object carries it.
pub const SCHEMA: &str = "qes.application/1";

#[derive(Serialize)]
struct Content<'a> {
    account_id: &'a str,
    applicant: BTreeMap<&'static str, String>,
    application_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    attested_by: Option<AttestedBy>,
    audience: &'a str,
    challenge: String,
    channel: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents_seen: Option<Vec<&'static str>>,
    expires_at: String,
    issued_at: String,
    schema: &'static str,
    statement: String,
}

impl Issue<'_> {
    /// The application with its bytes to sign: UTF-8 JSON, RFC 8785.
    ///
    /// # Errors
    /// [`Reason::Internal`] when the JSON writer fails.
    pub fn application(&self) -> Result<Application, Reason> {
        let (attested_by, documents_seen) = self.attesting.map(Attesting::members).unzip();
        let content = Content {
            account_id: self.account_id.as_str(),
            applicant: match self.attesting {
                None => applicant(self.claims),
                Some(_) => attestation::applicant(self.claims),
            },
            application_id: self.id.to_string(),
            attested_by,
            audience: self.audience,
            challenge: URL_SAFE_NO_PAD.encode(self.challenge),
            channel: self.channel.code(),
            documents_seen,
            expires_at: self.expires_at.rfc3339(),
            issued_at: self.issued_at.rfc3339(),
            schema: match self.attesting {
                None => SCHEMA,
                Some(_) => attestation::SCHEMA,
            },
            statement: format!("{} {}", self.statement(), self.account_id),
        };
        Ok(Application {
            id: self.id,
            account_id: self.account_id.clone(),
            channel: self.channel,
            audience: self.audience.to_owned(),
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            cancelled: None,
            content: serde_json_canonicalizer::to_vec(&content).map_err(|_| Reason::Internal)?,
        })
    }

    /// What the signer says, up to the account's id.
    fn statement(&self) -> &'static str {
        match self.attesting.map(|attesting| &attesting.attestor) {
            None => "Прошу подтвердить учётную запись",
            Some(Attestor::Operator { .. }) => {
                "Заявитель явился лично и предъявил перечисленные документы. Прошу подтвердить учётную запись"
            }
            Some(Attestor::Bank { .. }) => {
                "Личность клиента установлена по перечисленным документам. Прошу подтвердить учётную запись"
            }
        }
    }
}

/// What is read back from the bytes that were issued.
#[derive(Deserialize)]
struct Issued {
    applicant: BTreeMap<String, String>,
    attested_by: Option<AttestedBy>,
    schema: String,
}

pub(super) fn applicant(claims: &Claims) -> BTreeMap<&'static str, String> {
    let mut fields = BTreeMap::from([
        ("birth_date", print_date(claims.birth_date)),
        ("given_name", claims.given_name.as_str().to_owned()),
        ("snils", claims.snils.as_str().to_owned()),
        ("surname", claims.surname.as_str().to_owned()),
    ]);
    if let Some(patronymic) = &claims.patronymic {
        fields.insert("patronymic", patronymic.as_str().to_owned());
    }
    fields
}

impl Application {
    fn issued(&self) -> Result<Issued, Reason> {
        serde_json::from_slice(&self.content).map_err(|_| Reason::Internal)
    }

    /// Who attests, by the bytes that were issued; nobody for an application
    /// of the applicant.
    ///
    /// # Errors
    /// [`Reason::Internal`] when the bytes are none that are issued.
    pub fn attestor(&self) -> Result<Option<Attestor>, Reason> {
        let issued = self.issued()?;
        match (issued.schema.as_str(), issued.attested_by) {
            (SCHEMA, None) => Ok(None),
            (attestation::SCHEMA, Some(by)) => by.attestor().map(Some).ok_or(Reason::Internal),
            _ => Err(Reason::Internal),
        }
    }

    /// Fields of the person that the issued bytes give otherwise than `claims`.
    ///
    /// # Errors
    /// As for [`Application::attestor`].
    pub fn differing(&self, claims: &Claims) -> Result<Vec<&'static str>, Reason> {
        let issued = self.issued()?;
        let current = match issued.attested_by {
            None => applicant(claims),
            Some(_) => attestation::applicant(claims),
        };
        let fields = FIELDS.into_iter();
        Ok(fields
            .filter(|field| issued.applicant.get(*field) != current.get(field))
            .collect())
    }

    /// The state at `now`, given what was decided.
    pub fn state(&self, outcome: Option<&Outcome>, now: UnixSeconds) -> State {
        match outcome.map(|outcome| outcome.decision) {
            Some(Decision::Accepted) => State::Accepted,
            Some(Decision::Rejected) => State::Rejected,
            Some(Decision::Deferred) => State::Deferred,
            None if self.cancelled.is_some() => State::Cancelled,
            None if now >= self.expires_at => State::Expired,
            None => State::Prepared,
        }
    }

    /// Whether a signature for it can be judged now, by installation
    /// `audience`.
    ///
    /// # Errors
    /// [`Reason::ApplicationOfAnotherInstance`],
    /// [`Reason::ApplicationCancelled`], [`Reason::ApplicationExpired`].
    pub fn may_be_submitted(&self, audience: &str, now: UnixSeconds) -> Result<(), Reason> {
        if self.audience != audience {
            return Err(Reason::ApplicationOfAnotherInstance);
        }
        match self.state(None, now) {
            State::Cancelled => Err(Reason::ApplicationCancelled),
            State::Expired => Err(Reason::ApplicationExpired),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
