//! Revocation (RFC 5280 §6.3, EN 319 102-1 §5.2.5).

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    REVOKED = "revocation.status.revoked", Fail, Chain, Some(Sub::RevokedNoPoe), "RFC 5280 §6.3.3",
        "сертификат отозван {revoked_at}, причина: {reason}; доказательства, что подпись сделана раньше, нет",
        "the certificate was revoked {revoked_at}, reason {reason}; nothing proves that the signature is older";
    CA_REVOKED = "revocation.status.ca_revoked", Fail, Chain, Some(Sub::RevokedCaNoPoe), "RFC 5280 §6.3.3",
        "сертификат удостоверяющего центра отозван {revoked_at}, причина: {reason}",
        "the authority's certificate was revoked {revoked_at}, reason {reason}";
    ON_HOLD = "revocation.status.on_hold", Fail, Chain, Some(Sub::TryLater), "RFC 5280 §5.3.1",
        "действие сертификата приостановлено {revoked_at}; повторите проверку позже",
        "the certificate was put on hold {revoked_at}; check again later";
    REVOKED_LATER = "revocation.status.revoked_later", Info, Chain, None, "RFC 5280 §6.3.3",
        "сертификат отозван {revoked_at}, позже времени проверки",
        "the certificate was revoked {revoked_at}, after the time of checking";
    MISSING = "revocation.data.missing", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "EN 319 102-1 §5.2.6.4",
        "нет данных об отзыве этого сертификата; приложите список отзыва его издателя или ответ OCSP",
        "there is no revocation data for the certificate; supply its issuer's CRL or an OCSP response";
    SIGNER_OUT_OF_BOUNDS = "revocation.data.signer_out_of_bounds", Fail, Chain, Some(Sub::RevocationOutOfBoundsNoPoe), "EN 319 102-1 §5.2.6.4 step 8",
        "данные об отзыве этого сертификата подписаны тем, чей сертификат уже истёк; приложите свежие данные",
        "the revocation data for the certificate is signed by one whose certificate has expired; supply fresh data";
    NOT_ESTABLISHED = "revocation.data.not_established", Info, Chain, None, "EN 319 102-1 §5.2.6.4 step 7",
        "сертификат вне срока действия, и данных о его отзыве нет",
        "the certificate is outside its validity and there is no revocation data for it";
    STALE = "revocation.data.stale", Fail, Chain, Some(Sub::TryLater), "EN 319 102-1 §5.2.5",
        "данные об отзыве от {this_update} устарели (должны были обновиться {next_update}); приложите свежие",
        "the revocation data of {this_update} is stale, an update was due {next_update}; supply a fresh one";
    NO_NEXT_UPDATE = "revocation.data.no_next_update", Fail, Chain, Some(Sub::TryLater), "EN 319 102-1 §5.2.5",
        "данные об отзыве от {this_update} не говорят, когда обновятся; их свежесть нельзя доказать",
        "the revocation data of {this_update} does not say when it is updated; its freshness is not provable";
    CRL_REJECTED = "revocation.crl.rejected", Info, Chain, None, "RFC 5280 §6.3.3",
        "список отзыва не принят: {reason}",
        "the CRL is not accepted: {reason}";
    REASONS_UNCOVERED = "revocation.crl.reasons_uncovered", Info, Chain, None, "RFC 5280 §6.3.3 (l)",
        "списки отзыва отвечают не за все причины; нет данных о причинах: {reasons}",
        "the CRLs do not answer for every reason; there is no data for {reasons}";
    NOT_REQUIRED = "revocation.data.not_checked", Info, Chain, None, "EN 319 102-1 §5.2.6.4",
        "отзыв этого сертификата не проверялся",
        "revocation of the certificate was not checked";
}
