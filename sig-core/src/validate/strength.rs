//! Strength of what was used, in the words of findings.

use crate::alg::digest::DigestId;
use crate::alg::identifier::resolve_signature;
use crate::alg::signature::SignatureId;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::alg::strength::{STANDARD, Strength, describe_key, judge_digest, judge_key};
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::x509::certificate::Certificate;
use crate::x509::signed::Signed;

/// What is too weak in a signature by a key, if anything is: the key before the digest.
pub(super) fn weak_signature(
    id: SignatureId,
    key: &SubjectPublicKeyInfo,
    at: UnixTime,
) -> Option<String> {
    weak_key(key, at).or_else(|| weak_digest(id.digest, at))
}

pub(super) fn weak_digest(digest: DigestId, at: UnixTime) -> Option<String> {
    let acceptable = judge_digest(STANDARD, digest, at) == Strength::Acceptable;
    (!acceptable).then(|| digest.name().to_owned())
}

/// What is too weak in the signature of a certificate or in the key it certifies.
pub(super) fn weak_certificate(
    certificate: &Certificate,
    issuer: &Certificate,
    at: UnixTime,
) -> Option<String> {
    weak_signed(&certificate.signed, issuer, at).or_else(|| weak_key(&certificate.spki, at))
}

/// What is too weak in the signature of a certificate or CRL that verified with its issuer's key.
pub(super) fn weak_signed(signed: &Signed, issuer: &Certificate, at: UnixTime) -> Option<String> {
    match resolve_signature(&signed.algorithm, None, &issuer.spki.algorithm) {
        Ok(id) => weak_signature(id, &issuer.spki, at),
        // What verified was resolved, so this does not happen; if it did, it is weak.
        Err(_) => Some(oids::name(&signed.algorithm.algorithm)),
    }
}

pub(super) fn key_name(key: &SubjectPublicKeyInfo) -> String {
    describe_key(key).to_string()
}

/// Keys on the parameters of published examples are worthless: their private keys are known.
fn weak_key(key: &SubjectPublicKeyInfo, at: UnixTime) -> Option<String> {
    let description = describe_key(key);
    let acceptable =
        !description.test_only && judge_key(STANDARD, &description, at) == Strength::Acceptable;
    (!acceptable).then(|| description.to_string())
}
