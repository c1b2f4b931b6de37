//! What an attestation adds to an application: who attests, and which
//! documents were seen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    account::codes,
    application::{self, Channel},
    claims::{Claims, DocumentKind, FieldViolation, Rule},
    enrolment::{Attestor, CentreId, centre_field, ogrn_field, snils_field},
    identifiers::{Ogrn, Snils},
};

/// Value of `schema` of an attestation; no other signed object carries it.
pub const SCHEMA: &str = "qes.attestation/1";

codes!(
    /// A document that the person showed.
    DocumentSeen {
        /// Taxpayer number.
        Inn = "INN",
        /// Any other identity document.
        OtherIdentityDocument = "OTHER_IDENTITY_DOCUMENT",
        /// Internal passport of the Russian Federation.
        RfPassport = "RF_PASSPORT",
        /// Insurance number.
        Snils = "SNILS",
    }
);

/// Codes that one attestation may list.
const DOCUMENTS: usize = 8;

/// Who attests, and what was seen.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Attesting {
    pub attestor: Attestor,
    /// In the order of their codes, each once.
    pub documents_seen: Vec<DocumentSeen>,
}

/// An attesting party as the caller wrote it; a document that is not named
/// stands as `None`.
#[derive(Clone)]
#[allow(missing_docs)]
pub enum RawAttesting {
    ServiceCentre {
        centre: String,
        operator_snils: String,
        documents_seen: Vec<Option<DocumentSeen>>,
    },
    Bank {
        ogrn: String,
        documents_seen: Vec<Option<DocumentSeen>>,
    },
}

/// Reads who attests, for `channel`; nobody does for the other channels.
///
/// # Errors
/// Every field that breaks its rule.
pub fn parse(
    channel: Channel,
    raw: Option<&RawAttesting>,
) -> Result<Option<Attesting>, Vec<FieldViolation>> {
    let (attestor, documents) = match (channel, raw) {
        (
            Channel::ServiceCentre,
            Some(RawAttesting::ServiceCentre {
                centre,
                operator_snils,
                documents_seen,
            }),
        ) => {
            let centre = centre_field("service_centre.centre_id", centre);
            let snils = snils_field("service_centre.operator_snils", operator_snils);
            let documents = documents("service_centre.documents_seen", documents_seen);
            match (centre, snils, documents) {
                (Ok(centre), Ok(snils), Ok(documents)) => {
                    (Attestor::Operator { centre, snils }, documents)
                }
                (centre, snils, documents) => {
                    let faults = centre.err().into_iter().chain(snils.err());
                    return Err(faults.chain(documents.err()).collect());
                }
            }
        }
        (
            Channel::Bank,
            Some(RawAttesting::Bank {
                ogrn,
                documents_seen,
            }),
        ) => {
            let ogrn = ogrn_field("bank.ogrn", ogrn);
            let documents = documents("bank.documents_seen", documents_seen);
            match (ogrn, documents) {
                (Ok(ogrn), Ok(documents)) => (Attestor::Bank { ogrn }, documents),
                (ogrn, documents) => {
                    return Err(ogrn.err().into_iter().chain(documents.err()).collect());
                }
            }
        }
        (
            Channel::OwnSignature | Channel::UecCard | Channel::PostalCode | Channel::Organisation,
            None,
        ) => return Ok(None),
        _ => {
            return Err(vec![FieldViolation {
                field: "attestor",
                rule: Rule::Attestor,
            }]);
        }
    };
    Ok(Some(Attesting {
        attestor,
        documents_seen: documents,
    }))
}

fn documents(
    field: &'static str,
    raw: &[Option<DocumentSeen>],
) -> Result<Vec<DocumentSeen>, FieldViolation> {
    let fault = FieldViolation {
        field,
        rule: Rule::DocumentsSeen,
    };
    if !(1..=DOCUMENTS).contains(&raw.len()) {
        return Err(fault);
    }
    let documents: Option<Vec<_>> = raw.iter().copied().collect();
    let mut documents = documents.ok_or(fault)?;
    documents.sort_unstable();
    documents.dedup();
    match documents.len() == raw.len() {
        true => Ok(documents),
        false => Err(fault),
    }
}

impl Attesting {
    /// Whether what was seen shows the person of `claims`: the account's kind
    /// of identity document and, at a service centre, the SNILS.
    ///
    /// # Errors
    /// The list of documents.
    pub fn check_documents(&self, claims: &Claims) -> Result<(), FieldViolation> {
        let identity = match claims.document.kind {
            DocumentKind::RfPassport => DocumentSeen::RfPassport,
            DocumentKind::Other => DocumentSeen::OtherIdentityDocument,
        };
        let saw = |document| self.documents_seen.contains(&document);
        let (field, enough) = match self.attestor {
            Attestor::Operator { .. } => (
                "service_centre.documents_seen",
                saw(identity) && saw(DocumentSeen::Snils),
            ),
            Attestor::Bank { .. } => ("bank.documents_seen", saw(identity)),
        };
        match enough {
            true => Ok(()),
            false => Err(FieldViolation {
                field,
                rule: Rule::DocumentsSeen,
            }),
        }
    }

    /// The members that an attestation adds.
    pub(super) fn members(&self) -> (AttestedBy, Vec<&'static str>) {
        let by = match &self.attestor {
            Attestor::Operator { centre, snils } => AttestedBy::Operator {
                centre: centre.to_string(),
                operator_snils: snils.as_str().to_owned(),
            },
            Attestor::Bank { ogrn } => AttestedBy::Bank {
                bank_ogrn: ogrn.as_str().to_owned(),
            },
        };
        let documents = self.documents_seen.iter();
        (by, documents.map(|document| document.code()).collect())
    }
}

/// Member `attested_by`.
#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(super) enum AttestedBy {
    Operator {
        centre: String,
        operator_snils: String,
    },
    Bank {
        bank_ogrn: String,
    },
}

impl AttestedBy {
    /// Whom the member names.
    pub(super) fn attestor(&self) -> Option<Attestor> {
        match self {
            Self::Operator {
                centre,
                operator_snils,
            } => Some(Attestor::Operator {
                centre: CentreId::parse(centre)?,
                snils: Snils::parse(operator_snils).ok()?,
            }),
            Self::Bank { bank_ogrn } => Some(Attestor::Bank {
                ogrn: Ogrn::parse(bank_ogrn).ok()?,
            }),
        }
    }
}

/// Names of the fields by which an attestor differs from its certificate.
pub const FIELDS: [&str; 2] = ["ogrn", "operator_snils"];

/// What an attestor vouches for: beside the person the document that was seen
/// and the INN, since no registry is asked about them afterwards.
pub(super) fn applicant(claims: &Claims) -> BTreeMap<&'static str, String> {
    let mut fields = application::applicant(claims);
    let document = claims.document.to_raw();
    fields.insert("document.kind", document.kind);
    fields.insert("document.series", document.series);
    fields.insert("document.number", document.number);
    if let Some(inn) = &claims.inn {
        fields.insert("inn", inn.as_str().to_owned());
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::tests::claims;

    fn centre(documents: &[Option<DocumentSeen>]) -> RawAttesting {
        RawAttesting::ServiceCentre {
            centre: "mfc-1".into(),
            operator_snils: "08765430300".into(),
            documents_seen: documents.to_vec(),
        }
    }

    fn bank(ogrn: &str) -> RawAttesting {
        RawAttesting::Bank {
            ogrn: ogrn.into(),
            documents_seen: vec![Some(DocumentSeen::RfPassport)],
        }
    }

    const SEEN: [Option<DocumentSeen>; 2] =
        [Some(DocumentSeen::Snils), Some(DocumentSeen::RfPassport)];

    fn faults(channel: Channel, raw: Option<&RawAttesting>) -> Vec<(&'static str, Rule)> {
        match parse(channel, raw) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(|it| (it.field, it.rule)).collect(),
        }
    }

    #[test]
    fn each_channel_has_its_own_attestor() {
        let (centre, bank) = (centre(&SEEN), bank("1047702026701"));
        let attestor = vec![("attestor", Rule::Attestor)];
        for (channel, of_centre, of_bank, of_nobody) in [
            (Channel::ServiceCentre, false, true, true),
            (Channel::Bank, true, false, true),
            (Channel::OwnSignature, true, true, false),
            (Channel::UecCard, true, true, false),
            (Channel::PostalCode, true, true, false),
        ] {
            for (raw, refused) in [
                (Some(&centre), of_centre),
                (Some(&bank), of_bank),
                (None, of_nobody),
            ] {
                let expected = if refused {
                    attestor.clone()
                } else {
                    Vec::new()
                };
                assert_eq!(faults(channel, raw), expected, "{channel:?}");
            }
        }
    }

    #[test]
    fn fields_are_read_or_named() {
        let read = parse(Channel::ServiceCentre, Some(&centre(&SEEN)));
        let read = read.ok().flatten().unwrap();
        let sorted = [DocumentSeen::RfPassport, DocumentSeen::Snils];
        assert_eq!(read.documents_seen, sorted);
        let wrong = RawAttesting::ServiceCentre {
            centre: String::new(),
            operator_snils: "11223344594".into(),
            documents_seen: Vec::new(),
        };
        assert_eq!(
            faults(Channel::ServiceCentre, Some(&wrong)),
            [
                ("service_centre.centre_id", Rule::Required),
                ("service_centre.operator_snils", Rule::CheckDigits),
                ("service_centre.documents_seen", Rule::DocumentsSeen),
            ]
        );
        let ogrn = |text| faults(Channel::Bank, Some(&bank(text)));
        assert_eq!(ogrn("1047702026702"), [("bank.ogrn", Rule::CheckDigits)]);
        assert_eq!(ogrn("104770202670"), [("bank.ogrn", Rule::Ogrn)]);
        assert_eq!(ogrn("1047702026701"), []);
    }

    #[test]
    fn documents_are_known_and_listed_once() {
        let rule = [("service_centre.documents_seen", Rule::DocumentsSeen)];
        let seen = |documents: &[_]| faults(Channel::ServiceCentre, Some(&centre(documents)));
        assert_eq!(seen(&[SEEN[0], SEEN[0]]), rule);
        assert_eq!(seen(&[SEEN[0], None]), rule);
        assert_eq!(seen(&[SEEN[0]; 9]), rule);
        assert_eq!(seen(&SEEN), []);
    }

    #[test]
    fn what_was_seen_shows_the_person() {
        let attesting = |raw: &RawAttesting| {
            let channel = match raw {
                RawAttesting::ServiceCentre { .. } => Channel::ServiceCentre,
                RawAttesting::Bank { .. } => Channel::Bank,
            };
            parse(channel, Some(raw)).ok().flatten().unwrap()
        };
        let mut claims = claims();
        let both = attesting(&centre(&SEEN));
        let passport = attesting(&centre(&SEEN[1..]));
        let of_bank = attesting(&bank("1047702026701"));
        assert_eq!(both.check_documents(&claims), Ok(()));
        assert!(passport.check_documents(&claims).is_err());
        assert_eq!(of_bank.check_documents(&claims), Ok(()));
        claims.document.kind = DocumentKind::Other;
        assert!(both.check_documents(&claims).is_err());
        assert!(of_bank.check_documents(&claims).is_err());
    }

    #[test]
    fn the_member_names_its_attestor() {
        for (channel, raw) in [
            (Channel::ServiceCentre, centre(&SEEN)),
            (Channel::Bank, bank("1047702026701")),
        ] {
            let attesting = parse(channel, Some(&raw)).ok().flatten().unwrap();
            let json = serde_json::to_string(&attesting.members().0).unwrap();
            let read: AttestedBy = serde_json::from_str(&json).unwrap();
            assert!(read.attestor() == Some(attesting.attestor));
        }
        let both = r#"{"bank_ogrn":"1047702026701","centre":"a","operator_snils":"08765430300"}"#;
        assert!(serde_json::from_str::<AttestedBy>(both).is_err());
    }
}
