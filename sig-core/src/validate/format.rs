//! Format checking (EN 319 102-1 §5.2.2) and the attribute rules of RFC 5652 §11.

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::attribute::{
    AlgorithmProtection, Single, content_type, message_digest, signing_time,
};
use crate::cms::signed_data::SignedData;
use crate::cms::signer_info::SignerInfo;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::code::{attribute as attribute_codes, cms as codes};
use crate::finding::{Code, Finding, Subject};

use super::crypto::Content;
use super::ledger::{Ledger, Obligation};

/// What the signed attributes say, once their rules are checked (RFC 5652 §11).
#[derive(Clone, Debug, Default)]
pub struct SignedStatements {
    /// The digest of the content that was signed.
    pub message_digest: Option<Vec<u8>>,
    /// The time the signer claims.
    pub signing_time: Option<UnixTime>,
}

/// Findings about the message as a whole (RFC 5652 §5.1).
#[must_use]
pub fn check_message(message: &SignedData) -> Vec<Finding> {
    let mut findings = Vec::new();
    let about = || Subject::Document;
    if message.is_ber {
        findings.push(Finding::new(&codes::BER_ENVELOPE, about()));
    }
    if message.trailing > 0 {
        let code = if message.is_padded {
            &codes::PADDED
        } else {
            &codes::TRAILING_OCTETS
        };
        findings.push(Finding::new(code, about()).with_count("count", message.trailing));
    }
    if message.version != message.expected_version() {
        findings.push(
            Finding::new(&codes::SIGNED_DATA_VERSION, about())
                .with_count("found", u64::from(message.version))
                .with_count("expected", u64::from(message.expected_version())),
        );
    }
    findings
}

/// Checks the structure of one signer of a message (EN 319 102-1 §5.2.2), or, without one, of a counter-signature:
/// what it signs has no type, and no message lists its digest (RFC 5652 §11.4).
///
/// # Errors
/// A limit.
pub fn check_signer(
    message: Option<&SignedData>,
    signer: &SignerInfo,
    content: &Content<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<SignedStatements, Error> {
    let listed =
        |known: &&AlgorithmIdentifier| known.algorithm == signer.digest_algorithm.algorithm;
    if message.is_some_and(|message| message.digest_algorithms.iter().find(listed).is_none()) {
        let finding = Finding::new(&codes::DIGEST_NOT_LISTED, about.clone());
        ledger.add(finding.with_oid("digest", signer.digest_algorithm.algorithm));
    }
    let statements = match &signer.signed_attributes {
        Some(_) => Reading {
            signer,
            about,
            ledger,
            budget,
        }
        .check(message)?,
        None => {
            if content.looks_like_signed_attributes(budget) {
                ledger.add(Finding::new(&codes::ATTRIBUTES_AS_CONTENT, about.clone()));
            }
            SignedStatements::default()
        }
    };
    // What is wrong with the message as a whole is wrong with each of its signatures.
    ledger.show_unless_failed_since(0, Obligation::Format);
    Ok(statements)
}

/// Reads the signed attributes of one signer and states what is wrong with them.
struct Reading<'r, 'p> {
    signer: &'r SignerInfo,
    about: &'r Subject,
    ledger: &'r mut Ledger<'p>,
    budget: &'r mut Budget,
}

enum Found<T> {
    Absent,
    Value(T),
    /// A finding says what is wrong with it.
    Reported,
}

impl Reading<'_, '_> {
    fn add(&mut self, code: &'static Code) {
        self.ledger.add(Finding::new(code, self.about.clone()));
    }

    fn check(&mut self, message: Option<&SignedData>) -> Result<SignedStatements, Error> {
        let mut statements = SignedStatements::default();
        match message {
            Some(message) => self.check_content_type(message)?,
            None if matches!(
                self.signer.single_signed(oids::CONTENT_TYPE),
                Single::Absent
            ) => {}
            None => self.add(&attribute_codes::COUNTER_SIGNATURE_CONTENT_TYPE),
        }
        match self.single(oids::MESSAGE_DIGEST, message_digest)? {
            Found::Value(digest) => statements.message_digest = Some(digest),
            Found::Absent => self.add(&codes::MESSAGE_DIGEST_MISSING),
            Found::Reported => {}
        }
        if let Found::Value(time) = self.single(oids::SIGNING_TIME, signing_time)? {
            statements.signing_time = Some(time);
        }
        self.check_algorithm_protection()?;
        Ok(statements)
    }

    fn check_content_type(&mut self, message: &SignedData) -> Result<(), Error> {
        match self.single(oids::CONTENT_TYPE, content_type)? {
            Found::Value(attribute) if attribute != message.content_type => self.ledger.add(
                Finding::new(&codes::CONTENT_TYPE_MISMATCH, self.about.clone())
                    .with_oid("attribute", attribute)
                    .with_oid("content", message.content_type),
            ),
            Found::Absent => self.add(&codes::CONTENT_TYPE_MISSING),
            Found::Value(_) | Found::Reported => {}
        }
        Ok(())
    }

    /// RFC 6211 §2 compares the fields; absent and NULL parameters mean the same (RFC 5754 §2).
    fn check_algorithm_protection(&mut self) -> Result<(), Error> {
        let protection = self.single(oids::CMS_ALGORITHM_PROTECTION, AlgorithmProtection::read)?;
        if let Found::Value(protection) = protection {
            let digest = same_algorithm(&protection.digest, &self.signer.digest_algorithm);
            let signature = same_algorithm(&protection.signature, &self.signer.signature_algorithm);
            if !digest || !signature {
                self.add(&codes::ALGORITHM_PROTECTION_MISMATCH);
            }
        }
        Ok(())
    }

    fn single<T>(
        &mut self,
        id: Oid,
        read: fn(&Octets, &mut Budget) -> Result<T, Error>,
    ) -> Result<Found<T>, Error> {
        let (code, id) = match self.signer.single_signed(id) {
            Single::Absent => return Ok(Found::Absent),
            Single::NotSingle => (&codes::ATTRIBUTE_NOT_SINGLE, id),
            Single::Value(value) => match read(value, self.budget) {
                Ok(value) => return Ok(Found::Value(value)),
                Err(Error::Malformed(_)) => (&codes::ATTRIBUTE_MALFORMED, id),
                Err(other) => return Err(other),
            },
        };
        self.ledger
            .add(Finding::new(code, self.about.clone()).with_oid("attribute", id));
        Ok(Found::Reported)
    }
}

fn same_algorithm(left: &AlgorithmIdentifier, right: &AlgorithmIdentifier) -> bool {
    left.algorithm == right.algorithm
        && (left.parameters == right.parameters
            || (left.has_no_parameters() && right.has_no_parameters()))
}
