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
        let issued = self.issued()?.applicant;
        let current = attestation::applicant(claims);
        let fields = FIELDS.into_iter();
        Ok(fields
            .filter(|field| issued.get(*field) != current.get(field))
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
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::claims::tests::claims;

    const NOW: i64 = 1_795_000_000;

    fn issue(claims: &Claims) -> Application {
        issue_of(claims, Channel::OwnSignature, None)
    }

    fn issue_of(claims: &Claims, channel: Channel, attesting: Option<&Attesting>) -> Application {
        Issue {
            id: ApplicationId::new(Uuid::from_u128(0x0192_f0c1_2345_7890_abcd_ef01_2345_6789)),
            account_id: &AccountId::parse("acc-1").unwrap(),
            claims,
            channel,
            attesting,
            audience: "test.instance",
            challenge: [0xfb; 32],
            issued_at: UnixSeconds::new(NOW),
            expires_at: UnixSeconds::new(NOW + 3600),
        }
        .application()
        .unwrap()
    }

    #[test]
    fn bytes_to_sign_are_canonical_json() {
        let expected = concat!(
            r#"{"account_id":"acc-1","applicant":{"birth_date":"1980-01-31","given_name":"Анна","#,
            r#""patronymic":"Петровна","snils":"11223344595","surname":"Семёнова"},"#,
            r#""application_id":"0192f0c1-2345-7890-abcd-ef0123456789","audience":"test.instance","#,
            r#""challenge":"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s","channel":"OWN_SIGNATURE","#,
            r#""expires_at":"2026-11-18T12:06:40Z","issued_at":"2026-11-18T11:06:40Z","#,
            r#""schema":"qes.application/1","statement":"Прошу подтвердить учётную запись acc-1"}"#
        );
        assert_eq!(
            String::from_utf8(issue(&claims()).content).unwrap(),
            expected
        );
    }

    fn attesting(channel: Channel) -> Attesting {
        use crate::domain::attestation::{DocumentSeen, RawAttesting, parse};
        let documents_seen = vec![Some(DocumentSeen::Snils), Some(DocumentSeen::RfPassport)];
        let raw = match channel {
            Channel::Bank => RawAttesting::Bank {
                ogrn: "1047702026701".into(),
                documents_seen,
            },
            _ => RawAttesting::ServiceCentre {
                centre: "mfc-1".into(),
                operator_snils: "08765430300".into(),
                documents_seen,
            },
        };
        parse(channel, Some(&raw)).ok().flatten().unwrap()
    }

    #[test]
    fn an_attestation_names_who_attests_and_what_was_seen() {
        for (channel, by, statement) in [
            (
                Channel::ServiceCentre,
                r#"{"centre":"mfc-1","operator_snils":"08765430300"}"#,
                "Заявитель явился лично и предъявил перечисленные документы. Прошу подтвердить учётную запись acc-1",
            ),
            (
                Channel::Bank,
                r#"{"bank_ogrn":"1047702026701"}"#,
                "Личность клиента установлена по перечисленным документам. Прошу подтвердить учётную запись acc-1",
            ),
        ] {
            let expected = concat!(
                r#"{"account_id":"acc-1","applicant":{"birth_date":"1980-01-31","given_name":"Анна","#,
                r#""patronymic":"Петровна","snils":"11223344595","surname":"Семёнова"},"#,
                r#""application_id":"0192f0c1-2345-7890-abcd-ef0123456789","attested_by":BY,"audience":"test.instance","#,
                r#""challenge":"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s","channel":"CHANNEL","#,
                r#""documents_seen":["RF_PASSPORT","SNILS"],"#,
                r#""expires_at":"2026-11-18T12:06:40Z","issued_at":"2026-11-18T11:06:40Z","#,
                r#""schema":"qes.attestation/1","statement":"STATEMENT"}"#
            );
            let expected = expected
                .replace("BY", by)
                .replace("CHANNEL", channel.code())
                .replace("STATEMENT", statement);
            let attesting = attesting(channel);
            let application = issue_of(&claims(), channel, Some(&attesting));
            assert!(application.attestor() == Ok(Some(attesting.attestor)));
            assert_eq!(String::from_utf8(application.content).unwrap(), expected);
        }
    }

    #[test]
    fn issued_bytes_are_read_back_or_refused() {
        let mut application = issue(&claims());
        assert!(application.attestor() == Ok(None));
        let mut other = claims();
        assert_eq!(application.differing(&other), Ok(Vec::new()));
        other.patronymic = None;
        other.birth_date = time::macros::date!(1980 - 02 - 01);
        assert_eq!(
            application.differing(&other),
            Ok(vec!["birth_date", "patronymic"])
        );
        let text = String::from_utf8(application.content).unwrap();
        application.content = text.replace("application/1", "attestation/1").into_bytes();
        assert!(application.attestor() == Err(Reason::Internal));
    }

    #[test]
    fn no_patronymic_no_member() {
        let mut claims = claims();
        claims.patronymic = None;
        let text = String::from_utf8(issue(&claims).content).unwrap();
        assert!(!text.contains("patronymic"));
    }

    #[test]
    fn the_writer_keeps_rfc_8785() {
        // RFC 8785 §3.2.3: members are sorted by UTF-16 code units.
        let value = serde_json::json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis"
        });
        let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
        assert_eq!(
            serde_json_canonicalizer::to_string(&value).unwrap(),
            expected
        );
    }

    #[test]
    fn state_follows_outcome_then_cancellation_then_time() {
        let mut application = issue(&claims());
        let at = |seconds| UnixSeconds::new(NOW + seconds);
        assert_eq!(application.state(None, at(3599)), State::Prepared);
        assert_eq!(application.state(None, at(3600)), State::Expired);
        let outcome = |decision| Outcome {
            decision,
            reasons: Vec::new(),
            evidence_id: EvidenceId::new(Uuid::nil()),
            signature_sha256: [0; 32],
            decided_at: at(0),
            retry_at: None,
        };
        for (decision, state) in [
            (Decision::Accepted, State::Accepted),
            (Decision::Rejected, State::Rejected),
            (Decision::Deferred, State::Deferred),
        ] {
            assert_eq!(application.state(Some(&outcome(decision)), at(9999)), state);
        }
        application.cancelled = Some(at(1));
        assert_eq!(application.state(None, at(9999)), State::Cancelled);
    }

    #[test]
    fn what_cannot_be_submitted() {
        let mut application = issue(&claims());
        let now = UnixSeconds::new(NOW);
        assert_eq!(application.may_be_submitted("test.instance", now), Ok(()));
        assert_eq!(
            application.may_be_submitted("other", now),
            Err(Reason::ApplicationOfAnotherInstance)
        );
        assert_eq!(
            application.may_be_submitted("test.instance", now.plus(3600)),
            Err(Reason::ApplicationExpired)
        );
        application.cancelled = Some(now);
        assert_eq!(
            application.may_be_submitted("test.instance", now),
            Err(Reason::ApplicationCancelled)
        );
    }
}
