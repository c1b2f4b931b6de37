//! Cryptographic verification (EN 319 102-1 §5.2.7).

use crate::alg::digest::{Digest, DigestAlgorithm, DigestsDisagree};
use crate::alg::identifier::{Unresolved, resolve_digest, resolve_signature};
use crate::alg::keyring::{Prepared, Verification};
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Message, SignatureId};
use crate::base::error::{Disagreement, Error};
use crate::base::limits::Budget;
use crate::cms::attribute::looks_like_signed_attributes;
use crate::cms::coverage::SignedContent;
use crate::cms::digest_input::{AttributesForm, AttributesInput};
use crate::cms::signer_info::SignerInfo;
use crate::cms::stream::content::StreamedContent;
use crate::der::octets::Octets;
use crate::finding::code::{cms as cms_codes, crypto as codes};
use crate::finding::{Finding, Subject};
use crate::x509::certificate::Certificate;

use super::ledger::{Ledger, Obligation};

/// The signed document as far as it is at hand (EN 319 102-1 §5.2.7).
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// Nothing.
    Absent,
    /// The octets.
    Octets(&'a Octets),
    /// The octets, and digests of them that were computed before.
    Hashed(&'a Octets, &'a [Digest]),
    /// The octets in pieces, one after the other: what a time-stamp of several fields covers.
    Pieces(&'a [Octets]),
    /// A document that passed by.
    Streamed(&'a StreamedContent),
    /// Digests of a document that is elsewhere.
    Digests(&'a [Digest]),
    /// One inside the signature and another beside it.
    Conflict,
}

/// What is verified and with what (EN 319 102-1 §5.2.7.2).
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The signer.
    pub signer: &'a SignerInfo,
    /// The document.
    pub content: &'a Content<'a>,
    /// The value of messageDigest, when it is there and single.
    pub message_digest: Option<&'a [u8]>,
    /// What computes.
    pub algorithms: &'a Algorithms,
}

impl Content<'_> {
    /// Its digest by an algorithm, computed or as given (EN 319 102-1 §5.2.7); none when it is not at hand.
    ///
    /// # Errors
    /// Two implementations disagree.
    pub fn digest(
        &self,
        algorithm: &dyn DigestAlgorithm,
    ) -> Result<Option<Digest>, DigestsDisagree> {
        Ok(match self {
            Self::Octets(octets) => Some(algorithm.digest(octets)?),
            Self::Hashed(octets, digests) => {
                match digests.iter().find(|it| it.algorithm == algorithm.id()) {
                    Some(digest) => Some(digest.clone()),
                    None => Some(algorithm.digest(octets)?),
                }
            }
            Self::Pieces(pieces) => {
                let mut context = algorithm.start();
                pieces.iter().for_each(|piece| context.update(piece));
                Some(context.finish()?)
            }
            Self::Streamed(content) => content.digest(algorithm.id()).cloned(),
            Self::Digests(digests) => {
                let mut digests = digests.iter();
                digests
                    .find(|digest| digest.algorithm == algorithm.id())
                    .cloned()
            }
            Self::Absent | Self::Conflict => None,
        })
    }

    /// How many octets the document has (EN 319 102-1 §5.2.7); none when that is not known.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Octets(octets) | Self::Hashed(octets, _) => Some(octets.len() as u64),
            Self::Streamed(content) => Some(content.size),
            _ => None,
        }
    }

    /// Whether the document reads as the `SET OF Attribute` of a signer, as far as that can be told (RFC 5652 §5.4).
    #[must_use]
    pub fn looks_like_signed_attributes(&self, budget: &Budget) -> bool {
        match self {
            Self::Octets(octets) | Self::Hashed(octets, _) => {
                looks_like_signed_attributes(octets, budget)
            }
            Self::Streamed(content) => content.may_be_signed_attributes(),
            _ => false,
        }
    }
}

impl SignedContent for Content<'_> {
    fn octets(&self) -> Option<&Octets> {
        match self {
            Self::Octets(octets) | Self::Hashed(octets, _) => Some(octets),
            _ => None,
        }
    }

    fn digest(&self, algorithm: &dyn DigestAlgorithm) -> Result<Option<Digest>, DigestsDisagree> {
        Content::digest(self, algorithm)
    }
}

/// Checks the digest of the document and the signature value: two obligations, each shown by itself
/// (EN 319 102-1 §5.2.7). Keys may have been prepared before, such as that of a signer seen again.
///
/// # Errors
/// A limit; two implementations disagree.
pub(super) fn verify_with(
    (keys, inputs): (Verification<'_>, Inputs<'_>),
    certificate: Option<&Certificate>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<Option<SignatureId>, Error> {
    let Some(digest) = find_digest(inputs, about, ledger) else {
        return Ok(None);
    };
    let content = inputs.content.digest(digest)?.map(|digest| digest.value);
    let content_matches = check_content(inputs, digest, content.as_deref(), about, ledger);
    let Some(certificate) = certificate else {
        return Ok(None);
    };
    let Some((id, key)) = prepare_key((keys, inputs), digest, certificate, about, ledger)? else {
        return Ok(None);
    };
    budget.spend_signature_check()?;
    let signer = inputs.signer;
    let verify = |message: Message<'_>| {
        let result = signer
            .signature_algorithm
            .verify(key.key(), message, &signer.signature);
        id.verified(result)
    };
    if let Some(signed) = &inputs.signer.signed_attributes {
        let input = AttributesInput::of(signed, budget)?;
        match verify_attributes(&input, verify, budget)? {
            Some(form) => {
                report_form(form, &input, about, ledger);
                ledger.show(Obligation::SignatureValue);
            }
            None => ledger.add(Finding::new(&codes::SIGNATURE_INVALID, about.clone())),
        }
    } else if let Some(content) = &content {
        // Without signed attributes one equation covers both the document and the value.
        let message = match inputs.content {
            Content::Octets(octets) | Content::Hashed(octets, _) => Message::Octets(octets),
            // By a digest alone nobody can tell whether the document is a set of attributes that was signed once.
            content if matches!(content, Content::Digests(_)) || !id.scheme.verifies_digests() => {
                let finding = Finding::new(&cms_codes::CONTENT_OCTETS_NEEDED, about.clone());
                ledger.add(finding.with_word("algorithm", id.scheme.name()));
                return Ok(Some(id));
            }
            _ => Message::Digest(content),
        };
        if verify(message)? {
            ledger.show(Obligation::SignatureValue);
            ledger.show(Obligation::ContentDigest);
        } else {
            ledger.add(Finding::new(&codes::SIGNATURE_INVALID, about.clone()));
        }
    }
    if content_matches {
        ledger.show(Obligation::ContentDigest);
    }
    Ok(Some(id))
}

fn find_digest(
    inputs: Inputs<'_>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) -> Option<&'static dyn DigestAlgorithm> {
    let identifier = &inputs.signer.digest_algorithm;
    let found = resolve_digest(identifier)
        .ok()
        .and_then(|id| inputs.algorithms.digest(id));
    if found.is_none() {
        let finding = Finding::new(&codes::DIGEST_UNKNOWN, about.clone());
        ledger.add(finding.with_oid("algorithm", identifier.algorithm));
    }
    found
}

/// Whether the document has the digest that the signer stated.
fn check_content(
    inputs: Inputs<'_>,
    digest: &dyn DigestAlgorithm,
    computed: Option<&[u8]>,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) -> bool {
    let name = digest.id().name();
    match (inputs.content, computed) {
        (Content::Conflict, _) => {
            ledger.add(Finding::new(&cms_codes::CONTENT_DIFFERS, about.clone()));
        }
        (Content::Absent, _) => {
            ledger.add(Finding::new(&cms_codes::CONTENT_MISSING, about.clone()));
        }
        (Content::Digests(_) | Content::Streamed(_), None) => {
            let finding = Finding::new(&cms_codes::DIGEST_NOT_GIVEN, about.clone());
            ledger.add(finding.with_word("digest", name));
        }
        (_, Some(computed)) if inputs.signer.signed_attributes.is_some() => {
            if inputs.message_digest == Some(computed) {
                return true;
            }
            // A missing messageDigest has a finding of its own.
            if inputs.message_digest.is_some() {
                let finding = Finding::new(&codes::DIGEST_MISMATCH, about.clone());
                ledger.add(finding.with_word("digest", name));
            }
        }
        _ => {}
    }
    false
}

fn prepare_key<'a>(
    (keys, inputs): (Verification<'a>, Inputs<'_>),
    digest: &dyn DigestAlgorithm,
    certificate: &Certificate,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) -> Result<Option<(SignatureId, Prepared<'a>)>, Disagreement> {
    let identifier = &inputs.signer.signature_algorithm;
    let unknown =
        |oid| Finding::new(&codes::SIGNATURE_UNKNOWN, about.clone()).with_oid("algorithm", oid);
    let id = match resolve_signature(identifier, Some(digest.id()), &certificate.spki.algorithm) {
        Ok(id) => id,
        Err(Unresolved::Unknown(oid)) => {
            ledger.add(unknown(oid));
            return Ok(None);
        }
        Err(_) => {
            ledger.add(Finding::new(&codes::ALGORITHMS_DISAGREE, about.clone()));
            return Ok(None);
        }
    };
    let Some(prepared) = keys.key(id, &certificate.spki) else {
        ledger.add(unknown(identifier.algorithm));
        return Ok(None);
    };
    Ok(match id.prepared(prepared)? {
        Ok(key) => Some((id, key)),
        Err(reason) => {
            let finding = Finding::new(&codes::KEY_REJECTED, about.clone());
            ledger.add(finding.with_word("reason", reason.word()));
            None
        }
    })
}

/// The form over which the signature verifies: as sent first, sorted second, nothing else.
fn verify_attributes(
    input: &AttributesInput,
    verify: impl Fn(Message<'_>) -> Result<bool, Disagreement>,
    budget: &mut Budget,
) -> Result<Option<AttributesForm>, Error> {
    if verify(Message::Octets(&input.as_sent))? {
        return Ok(Some(AttributesForm::AsSent));
    }
    let Some(sorted) = &input.sorted else {
        return Ok(None);
    };
    budget.spend_signature_check()?;
    let verified = verify(Message::Octets(sorted))?;
    Ok(verified.then_some(AttributesForm::Sorted))
}

fn report_form(
    form: AttributesForm,
    input: &AttributesInput,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) {
    match form {
        AttributesForm::Sorted => {
            ledger.add(Finding::new(
                &cms_codes::ATTRIBUTES_SIGNED_SORTED,
                about.clone(),
            ));
        }
        AttributesForm::AsSent if input.sorted.is_some() => {
            ledger.add(Finding::new(&cms_codes::ATTRIBUTES_UNSORTED, about.clone()));
        }
        AttributesForm::AsSent => {}
    }
}
