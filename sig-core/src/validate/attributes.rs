//! Signed attributes that inform: what the signer says of the document and of himself (EN 319 102-1 §5.2.8.4).
//!
//! CMS itself knows none of them, so a value that cannot be read breaks no rule of the base format (§5.2.2); it is a
//! statement of the signer that cannot be processed, which fails the acceptance of a CAdES signature (§5.2.8).

use crate::base::error::Error;
use crate::base::hex::hex;
use crate::base::limits::Budget;
use crate::cms::attribute::Single;
use crate::cms::attribute::commitment_type::CommitmentType;
use crate::cms::attribute::content_hints::ContentHints;
use crate::cms::attribute::content_identifier::ContentIdentifier;
use crate::cms::attribute::content_reference::ContentReference;
use crate::cms::attribute::mime_type::MimeType;
use crate::cms::attribute::signer_attributes::{CertifiedAttributes, SignerAttributes};
use crate::cms::attribute::signer_location::SignerLocation;
use crate::cms::signer_info::SignerInfo;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::finding::code::attribute as codes;
use crate::finding::{Code, Finding, Subject};
use crate::report::{
    AttributesReport, CertifiedReport, ClaimedReport, CommitmentReport, ContentHintsReport,
    ContentReferenceReport, LocationReport,
};
use crate::x509::certificate::sha256_hex;

use super::ledger::Ledger;

/// Reads the informative attributes and states what is wrong with them.
pub(super) fn read(
    signer: &SignerInfo,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<AttributesReport, Error> {
    let mut reading = Reading {
        signer,
        about,
        ledger,
        budget,
    };
    let mut report = AttributesReport::default();
    // Most signers say nothing.
    if !reading.says_something() {
        return Ok(report);
    }
    let hints = reading.single(oids::CONTENT_HINTS, ContentHints::read)?;
    report.content_hints = hints.map(|hints| ContentHintsReport {
        description: hints.description,
        content_type: hints.content_type.to_string(),
    });
    let mime_type = reading.single(oids::MIME_TYPE, MimeType::read)?;
    report.mime_type = mime_type.map(|MimeType(text)| text);
    let identifier = reading.single(oids::CONTENT_IDENTIFIER, ContentIdentifier::read)?;
    report.content_identifier = identifier.map(|identifier| hex(&identifier.0));
    let reference = reading.single(oids::CONTENT_REFERENCE, ContentReference::read)?;
    report.content_reference = reference.map(|reference| ContentReferenceReport {
        content_type: reference.content_type.to_string(),
        identifier: hex(&reference.identifier),
        signature: sha256_hex(&reference.signature),
    });
    report.commitments = reading.commitments()?;
    let location = reading.single(oids::SIGNER_LOCATION, SignerLocation::read)?;
    report.location = location.map(|location| LocationReport {
        country: location.country,
        locality: location.locality,
        postal_address: location.postal_address,
    });
    let versions = [
        reading.single(oids::SIGNER_ATTRIBUTES, SignerAttributes::read)?,
        reading.single(oids::SIGNER_ATTRIBUTES_V2, SignerAttributes::read_v2)?,
    ];
    for attributes in versions.into_iter().flatten() {
        take_signer_attributes(attributes, &mut report, reading.budget)?;
    }
    Ok(report)
}

/// The attributes read here.
const INFORMATIVE: [Oid; 8] = [
    oids::CONTENT_HINTS,
    oids::MIME_TYPE,
    oids::CONTENT_IDENTIFIER,
    oids::CONTENT_REFERENCE,
    oids::COMMITMENT_TYPE,
    oids::SIGNER_LOCATION,
    oids::SIGNER_ATTRIBUTES,
    oids::SIGNER_ATTRIBUTES_V2,
];

struct Reading<'r, 'p> {
    signer: &'r SignerInfo,
    about: &'r Subject,
    ledger: &'r mut Ledger<'p>,
    budget: &'r mut Budget,
}

impl Reading<'_, '_> {
    fn says_something(&self) -> bool {
        let signed = self.signer.signed_attributes.iter();
        let mut all = signed.flat_map(|signed| &signed.attributes.all);
        all.any(|attribute| INFORMATIVE.contains(&attribute.id))
    }

    fn tell(&mut self, code: &'static Code, id: Oid) {
        let finding = Finding::new(code, self.about.clone());
        self.ledger.add(finding.with_oid("attribute", id));
    }

    /// The value of an attribute that must occur once with one value; nothing when it does not or cannot be read.
    fn single<T>(
        &mut self,
        id: Oid,
        read: fn(&Octets, &mut Budget) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match self.signer.single_signed(id) {
            Single::Absent => Ok(None),
            Single::NotSingle => {
                self.tell(&codes::INFORMATIVE_NOT_SINGLE, id);
                Ok(None)
            }
            Single::Value(value) => self.value(id, value, read),
        }
    }

    fn value<T>(
        &mut self,
        id: Oid,
        value: &Octets,
        read: fn(&Octets, &mut Budget) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match read(value, self.budget) {
            Ok(value) => Ok(Some(value)),
            Err(Error::Malformed(_)) => {
                self.tell(&codes::INFORMATIVE_MALFORMED, id);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// One attribute, whose values are as many commitments.
    fn commitments(&mut self) -> Result<Vec<CommitmentReport>, Error> {
        const ID: Oid = oids::COMMITMENT_TYPE;
        let signer = self.signer;
        let signed = signer.signed_attributes.iter();
        let mut found = signed
            .flat_map(|signed| &signed.attributes.all)
            .filter(|attribute| attribute.id == ID);
        let (first, second) = (found.next(), found.next());
        let Some(first) = first else {
            return Ok(Vec::new());
        };
        if second.is_some() || first.values.is_empty() {
            self.tell(&codes::INFORMATIVE_NOT_SINGLE, ID);
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for value in &first.values {
            let commitment = self.value(ID, value, CommitmentType::read)?;
            all.extend(commitment.map(|commitment| {
                CommitmentReport {
                    id: commitment.id.to_string(),
                    name: CommitmentType::name(commitment.id),
                    qualifiers: commitment
                        .qualifiers
                        .iter()
                        .map(|qualifier| qualifier.id.to_string())
                        .collect(),
                }
            }));
        }
        Ok(all)
    }
}

fn take_signer_attributes(
    attributes: SignerAttributes,
    report: &mut AttributesReport,
    budget: &mut Budget,
) -> Result<(), Error> {
    for claimed in attributes.claimed {
        let values = claimed.values.iter();
        let values = values.map(|value| shown(value, budget));
        report.claimed.push(ClaimedReport {
            id: claimed.id.to_string(),
            values: values.collect::<Result<_, _>>()?,
        });
    }
    let certified = attributes.certified.into_iter().map(|certified| {
        let (form, value) = match certified {
            CertifiedAttributes::AttributeCertificate(octets) => {
                ("attribute-certificate".to_owned(), Some(octets))
            }
            CertifiedAttributes::Other { id, value } => (id.to_string(), value),
        };
        certified_report(form, value)
    });
    report.certified.extend(certified);
    let assertions = attributes.assertions.into_iter();
    let assertions = assertions.map(|it| certified_report(it.id.to_string(), it.value));
    report.certified.extend(assertions);
    Ok(())
}

fn certified_report(form: String, value: Option<Octets>) -> CertifiedReport {
    CertifiedReport {
        form,
        sha256: sha256_hex(&value.unwrap_or_default()),
    }
}

/// A value of any type: its text, or the digest of what is not text.
fn shown(value: &Octets, budget: &mut Budget) -> Result<String, Error> {
    let mut reader = Reader::new(
        value,
        Encoding::Ber,
        crate::base::error::Structure::Attribute,
    );
    let text = reader.element(budget)?.text();
    Ok(text.unwrap_or_else(|| format!("sha256:{}", sha256_hex(value))))
}
