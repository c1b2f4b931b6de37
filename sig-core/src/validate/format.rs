//! Format checking (EN 319 102-1 §5.2.2) and the attribute rules of RFC 5652 §11.

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::cms::attribute::{
    AlgorithmProtection, Single, content_type, looks_like_signed_attributes, message_digest,
    signing_time,
};
use crate::cms::signed_data::SignedData;
use crate::cms::signer_info::SignerInfo;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::code::cms as codes;
use crate::finding::{Finding, Subject};

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
        findings.push(
            Finding::new(&codes::TRAILING_OCTETS, about()).with_count("count", message.trailing),
        );
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

/// Checks the structure of one signer (EN 319 102-1 §5.2.2).
///
/// # Errors
/// A limit.
pub fn check_signer(
    message: &SignedData,
    signer: &SignerInfo,
    content: Option<&Octets>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<SignedStatements, Error> {
    let mark = ledger.mark();
    let listed = |known: &&crate::alg::identifier::AlgorithmIdentifier| {
        known.algorithm == signer.digest_algorithm.algorithm
    };
    if message.digest_algorithms.iter().find(listed).is_none() {
        let finding = Finding::new(&codes::DIGEST_NOT_LISTED, about.clone());
        ledger.add(finding.with_oid("digest", signer.digest_algorithm.algorithm));
    }
    let statements = match &signer.signed_attributes {
        Some(_) => check_signed_attributes(message, signer, about, ledger, budget)?,
        None => {
            if content.is_some_and(|content| looks_like_signed_attributes(content, budget)) {
                ledger.add(Finding::new(&codes::ATTRIBUTES_AS_CONTENT, about.clone()));
            }
            SignedStatements::default()
        }
    };
    ledger.show_unless_failed_since(mark, Obligation::Format);
    Ok(statements)
}

fn check_signed_attributes(
    message: &SignedData,
    signer: &SignerInfo,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<SignedStatements, Error> {
    let mut statements = SignedStatements::default();
    let content = read_single(
        oids::CONTENT_TYPE,
        content_type,
        signer,
        about,
        ledger,
        budget,
    )?;
    match content {
        Found::Value(attribute) if attribute != message.content_type => ledger.add(
            Finding::new(&codes::CONTENT_TYPE_MISMATCH, about.clone())
                .with_oid("attribute", attribute)
                .with_oid("content", message.content_type),
        ),
        Found::Absent => ledger.add(Finding::new(&codes::CONTENT_TYPE_MISSING, about.clone())),
        Found::Value(_) | Found::Reported => {}
    }
    match read_single(
        oids::MESSAGE_DIGEST,
        message_digest,
        signer,
        about,
        ledger,
        budget,
    )? {
        Found::Value(digest) => statements.message_digest = Some(digest),
        Found::Absent => ledger.add(Finding::new(&codes::MESSAGE_DIGEST_MISSING, about.clone())),
        Found::Reported => {}
    }
    match read_single(
        oids::SIGNING_TIME,
        signing_time,
        signer,
        about,
        ledger,
        budget,
    )? {
        Found::Value(time) => statements.signing_time = Some(time),
        Found::Absent => ledger.add(Finding::new(&codes::SIGNING_TIME_ABSENT, about.clone())),
        Found::Reported => {}
    }
    let protection = oids::CMS_ALGORITHM_PROTECTION;
    let protection = read_single(
        protection,
        AlgorithmProtection::read,
        signer,
        about,
        ledger,
        budget,
    )?;
    if let Found::Value(protection) = protection {
        // RFC 6211 §2 compares the fields; absent and NULL parameters mean the same (RFC 5754 §2).
        let digest = same_algorithm(&protection.digest, &signer.digest_algorithm);
        let signature = same_algorithm(&protection.signature, &signer.signature_algorithm);
        if !digest || !signature {
            ledger.add(Finding::new(
                &codes::ALGORITHM_PROTECTION_MISMATCH,
                about.clone(),
            ));
        }
    }
    Ok(statements)
}

fn same_algorithm(
    left: &crate::alg::identifier::AlgorithmIdentifier,
    right: &crate::alg::identifier::AlgorithmIdentifier,
) -> bool {
    left.algorithm == right.algorithm
        && (left.parameters == right.parameters
            || (left.has_no_parameters() && right.has_no_parameters()))
}

enum Found<T> {
    Absent,
    Value(T),
    /// A finding says what is wrong with it.
    Reported,
}

fn read_single<T>(
    id: Oid,
    read: fn(&Octets, &mut Budget) -> Result<T, Error>,
    signer: &SignerInfo,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<Found<T>, Error> {
    let Some(signed) = &signer.signed_attributes else {
        return Ok(Found::Absent);
    };
    let value = match signed.attributes.single(id) {
        Single::Absent => return Ok(Found::Absent),
        Single::NotSingle => {
            let finding = Finding::new(&codes::ATTRIBUTE_NOT_SINGLE, about.clone());
            ledger.add(finding.with_oid("attribute", id));
            return Ok(Found::Reported);
        }
        Single::Value(value) => value,
    };
    match read(value, budget) {
        Ok(value) => Ok(Found::Value(value)),
        Err(Error::Malformed(_)) => {
            let finding = Finding::new(&codes::ATTRIBUTE_MALFORMED, about.clone());
            ledger.add(finding.with_oid("attribute", id));
            Ok(Found::Reported)
        }
        Err(other) => Err(other),
    }
}
