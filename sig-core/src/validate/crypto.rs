//! Cryptographic verification (EN 319 102-1 §5.2.7).

use crate::alg::digest::{Digest, DigestAlgorithm, DigestsDisagree};
use crate::alg::identifier::{Unresolved, resolve_digest, resolve_signature};
use crate::alg::keyring::{Prepared, Verification};
use crate::alg::provider::Algorithms;
use crate::alg::signature::{Flaw, Message, NotVerified, SignatureId};
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
use crate::report::Integrity;
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
pub(super) fn verify(
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
    let Some(Ready { id, key, agrees }) =
        prepare_key((keys, inputs), digest, certificate, about, ledger)?
    else {
        return Ok(None);
    };
    budget.spend_signature_check()?;
    let signer = inputs.signer;
    let verify = |message: Message<'_>| {
        let result = signer
            .signature_algorithm
            .verify(key.key(), message, &signer.signature);
        match result {
            Err(NotVerified::Flawed(flaw)) => Ok(Equation::Flawed(flaw)),
            result => id.verified(result).map(|verified| match verified {
                true => Equation::Holds,
                false => Equation::Fails,
            }),
        }
    };
    if let Some(signed) = &inputs.signer.signed_attributes {
        let input = AttributesInput::of(signed, budget)?;
        let (form, equation) = verify_attributes(&input, verify, budget)?;
        if equation != Equation::Fails {
            report_form(form, &input, about, ledger);
        }
        tell((equation, agrees), about, ledger);
        if let (false, Equation::Holds | Equation::Flawed(_)) = (agrees, equation) {
            let finding = Finding::new(&codes::DIGESTS_DISAGREE, about.clone());
            let finding = finding.with_word("signature", id.digest.name());
            ledger.add(finding.with_word("digest", digest.id().name()));
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
        let equation = verify(message)?;
        tell((equation, agrees), about, ledger);
        if equation != Equation::Fails {
            ledger.show(Obligation::ContentDigest);
        }
    }
    if content_matches {
        ledger.show(Obligation::ContentDigest);
    }
    Ok(agrees.then_some(id))
}

/// Tells whether the digest and the equation hold for a certificate that is not known to be the signer's: that tells a
/// changed document from one whose signer is in doubt, and nothing else (EN 319 102-1 §5.2.7).
///
/// # Errors
/// As for [`verify_with`].
pub(super) fn try_equation(
    inputs: Inputs<'_>,
    certificate: &Certificate,
    about: &Subject,
    ledger: &mut Ledger<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    let mut aside = ledger.aside();
    let keys = Verification::from(inputs.algorithms);
    verify((keys, inputs), Some(certificate), about, &mut aside, budget)?;
    if aside.integrity() == Integrity::Intact {
        ledger.show(Obligation::ContentDigest);
        ledger.show(Obligation::SignatureEquation);
    }
    Ok(())
}

/// What the arithmetic says of a signature value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Equation {
    Holds,
    Flawed(Flaw),
    Fails,
}

/// Records what the arithmetic says. The value counts only without a flaw, and with algorithms that agree.
fn tell((equation, agrees): (Equation, bool), about: &Subject, ledger: &mut Ledger<'_>) {
    match equation {
        Equation::Holds if agrees => ledger.show(Obligation::SignatureValue),
        Equation::Holds => ledger.show(Obligation::SignatureEquation),
        Equation::Flawed(flaw) => {
            ledger.show(Obligation::SignatureEquation);
            let code = match flaw {
                Flaw::NoDigestParameters => &codes::DIGEST_INFO,
                Flaw::LowExponent | Flaw::NegativeModulus => &codes::KEY_FLAWED,
            };
            let finding = Finding::new(code, about.clone());
            ledger.add(finding.with_word("reason", flaw.word()));
        }
        Equation::Fails => ledger.add(Finding::new(&codes::SIGNATURE_INVALID, about.clone())),
    }
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

/// A key and the algorithm that it is prepared for.
struct Ready<'a> {
    id: SignatureId,
    key: Prepared<'a>,
    /// The digest of the signature is that of the document, as it must be.
    agrees: bool,
}

fn prepare_key<'a>(
    (keys, inputs): (Verification<'a>, Inputs<'_>),
    digest: &dyn DigestAlgorithm,
    certificate: &Certificate,
    about: &Subject,
    ledger: &mut Ledger<'_>,
) -> Result<Option<Ready<'a>>, Disagreement> {
    let signer = inputs.signer;
    let identifier = &signer.signature_algorithm;
    let unknown =
        |oid| Finding::new(&codes::SIGNATURE_UNKNOWN, about.clone()).with_oid("algorithm", oid);
    let key = &certificate.spki.algorithm;
    let mut agrees = true;
    let mut resolved = resolve_signature(identifier, Some(digest.id()), key);
    // What was signed are the attributes, by the digest that the signature names itself.
    if resolved == Err(Unresolved::DigestMismatch) && signer.signed_attributes.is_some() {
        let own = resolve_signature(identifier, None, key);
        agrees = own.is_err();
        resolved = own.or(resolved);
    }
    let id = match resolved {
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
        Ok(key) => Some(Ready { id, key, agrees }),
        Err(reason) => {
            let finding = Finding::new(&codes::KEY_REJECTED, about.clone());
            ledger.add(finding.with_word("reason", reason.word()));
            None
        }
    })
}

/// The form over which the equation of the signature holds: as sent first, sorted second, nothing else.
fn verify_attributes(
    input: &AttributesInput,
    verify: impl Fn(Message<'_>) -> Result<Equation, Disagreement>,
    budget: &mut Budget,
) -> Result<(AttributesForm, Equation), Error> {
    let as_sent = verify(Message::Octets(&input.as_sent))?;
    let Some(sorted) = input.sorted.as_ref().filter(|_| as_sent == Equation::Fails) else {
        return Ok((AttributesForm::AsSent, as_sent));
    };
    budget.spend_signature_check()?;
    Ok((AttributesForm::Sorted, verify(Message::Octets(sorted))?))
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
