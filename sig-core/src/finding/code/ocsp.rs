//! OCSP responses (RFC 6960).

use super::rows;

rows! {
    REJECTED = "revocation.ocsp.rejected", Info, Chain, None, "RFC 6960 §3.2",
        "ответ OCSP не принят: {reason}",
        "the OCSP response is not accepted: {reason}";
    UNKNOWN = "revocation.ocsp.unknown", Warn, Chain, None, "RFC 6960 §2.2",
        "служба OCSP издателя не знает этого сертификата",
        "the issuer's OCSP responder does not know the certificate";
    NEVER_ISSUED = "revocation.ocsp.never_issued", Warn, Chain, None, "RFC 6960 §4.4.8",
        "служба OCSP издателя отвечает, что такой сертификат не выпускался",
        "the issuer's OCSP responder says that the certificate was never issued";
    LENIENCY = "revocation.ocsp.leniency", Info, Chain, None, "X.690 §11",
        "ответ OCSP отступает от стандарта: {deviation} (байт {offset})",
        "the OCSP response deviates from the standard: {deviation} at byte {offset}";
    OFFERED_MALFORMED = "cms.ocsp.malformed", Warn, Format, None, "RFC 5940 §2",
        "ответ OCSP внутри подписи повреждён (байт {offset}) и не используется",
        "an OCSP response inside the signature is malformed at byte {offset} and is not used";
}
