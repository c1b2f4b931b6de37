//! Strength of what was used, in the words of findings.

use crate::alg::digest::DigestId;
use crate::alg::signature::SignatureId;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::base::time::UnixTime;
use crate::x509::certificate::Certificate;

pub(super) fn weak_signature(
    _id: SignatureId,
    _key: &SubjectPublicKeyInfo,
    _at: UnixTime,
) -> Option<String> {
    None
}
pub(super) fn weak_digest(_digest: DigestId, _at: UnixTime) -> Option<String> {
    None
}
pub(super) fn weak_certificate(
    _certificate: &Certificate,
    _issuer: &Certificate,
    _at: UnixTime,
) -> Option<String> {
    None
}
pub(super) fn key_name(_spki: &SubjectPublicKeyInfo) -> String {
    "?".into()
}
