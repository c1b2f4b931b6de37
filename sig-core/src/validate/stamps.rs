//! The time-stamps in the attributes of a signer, judged (EN 319 102-1 §5.4, §5.6.2.3).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::cms::attribute::Attributes;
use crate::cms::coverage::{Coverage, NotCovered, Target, Token};
use crate::cms::references::{AtHand, resolve};
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::finding::code::{archive, cms, crypto, time as codes};
use crate::finding::{Finding, Subject};
use crate::report::{TimeStampKind, TimeStampReport};
use crate::trust::poe::ProofsOfExistence;

use super::crypto::Content;
use super::ledger::Ledger;
use super::with_time::Inputs;
use super::{references, time_stamp};

/// No signature is proven better by more of one kind.
const MOST_STAMPS: usize = 16;

/// A time-stamp of a signature, judged by itself at the time of checking (EN 319 102-1 §5.4).
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    /// The token and its place.
    pub(super) token: Token,
    /// What it covers, when that can be said; its imprint is judged in the report.
    pub(super) coverage: Option<Coverage>,
    pub(super) report: TimeStampReport,
}

/// The kinds and their attributes, in the order in which they are judged; the first is a signed attribute.
const KINDS: [(TimeStampKind, Oid); 6] = [
    (TimeStampKind::Content, oids::CONTENT_TIME_STAMP),
    (TimeStampKind::Signature, oids::SIGNATURE_TIME_STAMP),
    (
        TimeStampKind::SignatureAndReferences,
        oids::CADES_C_TIME_STAMP,
    ),
    (TimeStampKind::References, oids::REFERENCES_TIME_STAMP),
    (TimeStampKind::ArchiveV2, oids::ARCHIVE_TIME_STAMP_V2),
    (TimeStampKind::ArchiveV3, oids::ARCHIVE_TIME_STAMP_V3),
];

/// Judges every time-stamp in the attributes of a signer.
pub(super) fn judge(
    inputs: Inputs<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<Vec<Stamp>, Error> {
    let tokens = read_all(inputs, about, ledger, budget)?;
    let resolved = resolve(
        &inputs.signer.unsigned_attributes,
        AtHand {
            certificates: [&inputs.material.certificates, &inputs.material.anchors],
            crls: &inputs.material.crls,
            ocsp: &inputs.material.ocsp,
        },
        inputs.validator.algorithms,
        budget,
    )?;
    references::check(inputs, &resolved, about, ledger, budget)?;
    let target = Target {
        message: inputs.message,
        signer: inputs.signer,
        index: inputs.index,
        content: inputs.content,
        tokens: &tokens,
        referenced: &resolved.referenced,
        algorithms: inputs.validator.algorithms,
    };
    let mut stamps = Vec::new();
    for (kind, id) in KINDS {
        for token in tokens.iter().filter(|token| token.attribute == id) {
            stamps.push(judge_one(inputs, &target, kind, token, budget)?);
        }
    }
    Ok(stamps)
}

/// Reads the time-stamps; one that cannot be read is told and left out.
fn read_all(
    inputs: Inputs<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<Vec<Token>, Error> {
    let mut tokens = Vec::new();
    let signed = inputs.signer.signed_attributes.as_ref();
    for (kind, id) in KINDS {
        let attributes = match kind {
            TimeStampKind::Content => signed.map(|signed| &signed.attributes),
            _ => Some(&inputs.signer.unsigned_attributes),
        };
        for (number, value) in values(attributes, id).enumerate() {
            if number == MOST_STAMPS {
                let finding = Finding::new(&codes::STAMPS_TOO_MANY, about.clone());
                ledger.add(finding.with_count("count", MOST_STAMPS as u64));
                break;
            }
            match Token::read(id, value, budget)? {
                Ok(token) => tokens.push(token),
                Err(malformed) => ledger.add(
                    Finding::new(&codes::STAMP_MALFORMED, about.clone())
                        .with_word("kind", kind.name())
                        .with_count("offset", malformed.offset as u64)
                        .with_word("reason", malformed.reason.word()),
                ),
            }
        }
    }
    let unsigned = Some(&inputs.signer.unsigned_attributes);
    for value in values(unsigned, oids::ARCHIVE_TIME_STAMP_V1).take(MOST_STAMPS) {
        // Not judged; their times say what later ones cover.
        let token = Token::read(oids::ARCHIVE_TIME_STAMP_V1, value, budget)?;
        tokens.extend(token.ok());
    }
    Ok(tokens)
}

fn values(attributes: Option<&Attributes>, id: Oid) -> impl Iterator<Item = &Octets> {
    let all = attributes
        .into_iter()
        .flat_map(|attributes| &attributes.all);
    all.filter(move |attribute| attribute.id == id)
        .flat_map(|attribute| &attribute.values)
}

fn judge_one(
    inputs: Inputs<'_>,
    target: &Target<'_>,
    kind: TimeStampKind,
    token: &Token,
    budget: &mut Budget,
) -> Result<Stamp, Error> {
    let covered = match kind {
        TimeStampKind::SignatureAndReferences => target.signature_and_references(token, budget)?,
        TimeStampKind::References => target.references(budget)?,
        TimeStampKind::ArchiveV2 | TimeStampKind::ArchiveV3 => {
            // The whole message is hashed for each.
            budget.spend_signature_check()?;
            match kind {
                TimeStampKind::ArchiveV2 => target.archive_v2(token, budget)?,
                _ => target.archive_v3(token, budget)?,
            }
        }
        TimeStampKind::Signature => Ok(target.signature_value()),
        TimeStampKind::Content | TimeStampKind::Document | TimeStampKind::EvidenceRecord => {
            Ok(Coverage {
                proven: vec![Subject::Document],
                ..Coverage::default()
            })
        }
    };
    let about = token.subject();
    let of_coverage = match &covered {
        Ok(coverage) => of_coverage(coverage, &about),
        Err(why) => vec![not_covered(*why, about)],
    };
    let pieces = match &covered {
        Ok(coverage) => Content::Pieces(&coverage.stamped),
        Err(_) => Content::Absent,
    };
    let report = time_stamp::judge(
        time_stamp::Inputs {
            validator: inputs.validator,
            message: &token.message,
            kind,
            stamped: match kind {
                TimeStampKind::Content => inputs.content,
                _ => &pieces,
            },
            of_coverage: &of_coverage,
            material: inputs.material,
            at: inputs.at,
        },
        budget,
    )?;
    Ok(Stamp {
        token: token.clone(),
        coverage: covered.ok(),
        report,
    })
}

/// Judges a time-stamp again, by what is proven to have existed when (EN 319 102-1 §5.6.3.4 step 5).
pub(super) fn judge_in_past(
    inputs: Inputs<'_>,
    stamp: &Stamp,
    proofs: &ProofsOfExistence,
    budget: &mut Budget,
) -> Result<TimeStampReport, Error> {
    let about = stamp.token.subject();
    let none = Coverage::default();
    let coverage = stamp.coverage.as_ref().unwrap_or(&none);
    let pieces = Content::Pieces(&coverage.stamped);
    let kind = stamp.report.kind;
    let again = time_stamp::Inputs {
        validator: inputs.validator,
        message: &stamp.token.message,
        kind,
        stamped: match kind {
            TimeStampKind::Content => inputs.content,
            _ => &pieces,
        },
        of_coverage: &of_coverage(coverage, &about),
        material: inputs.material,
        at: inputs.at,
    };
    time_stamp::judge_in_past(again, proofs, budget)
}

/// What is to be said of what a time-stamp covers.
fn of_coverage(coverage: &Coverage, about: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    if coverage.is_without_header {
        findings.push(Finding::new(&archive::HEADER_LEFT_OUT, about.clone()));
    }
    if !coverage.omitted.is_empty() {
        let finding = Finding::new(&archive::OMITS, about.clone());
        findings.push(finding.with_count("count", coverage.omitted.len() as u64));
    }
    findings
}

/// Why it cannot be said.
fn not_covered(why: NotCovered, about: Subject) -> Finding {
    match why {
        NotCovered::TokenUnreadable => Finding::new(&archive::HASH_INDEX_NOT_SINGLE, about),
        NotCovered::NoReferences => Finding::new(&archive::REFERENCES_ABSENT, about),
        NotCovered::ContentNeeded => Finding::new(&archive::OCTETS_NEEDED, about),
        NotCovered::DigestNeeded(id) => {
            Finding::new(&cms::DIGEST_NOT_GIVEN, about).with_word("digest", id.name())
        }
        NotCovered::DigestUnknown(oid) => {
            Finding::new(&crypto::DIGEST_UNKNOWN, about).with_oid("algorithm", oid)
        }
        NotCovered::HashIndexNotSingle => Finding::new(&archive::HASH_INDEX_NOT_SINGLE, about),
        NotCovered::HashIndexMalformed(malformed) => {
            let finding = Finding::new(&archive::HASH_INDEX_MALFORMED, about);
            finding
                .with_count("offset", malformed.offset as u64)
                .with_word("reason", malformed.reason.word())
        }
        NotCovered::HashIndexMismatch(count) => {
            Finding::new(&archive::HASH_INDEX_MISMATCH, about).with_count("count", count)
        }
    }
}
