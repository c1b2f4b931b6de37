//! The envelope and its attributes.

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    NOT_A_SIGNATURE = "cms.envelope.not_a_signature", Warn, Format, None, "RFC 5652 §3",
        "в файле нет электронной подписи CMS ({structure}, байт {offset}: {reason}); приложите файл подписи",
        "the file holds no CMS signature ({structure}, byte {offset}: {reason}); supply the signature file";
    EMPTY = "cms.envelope.empty", Warn, Format, None, "RFC 5652 §3",
        "файл пуст; приложите файл подписи",
        "the file is empty; supply the signature file";
    ENVELOPE_TRUNCATED = "cms.envelope.truncated", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §5.1",
        "подпись обрезана ({structure}, байт {offset}); получите файл подписи заново, целиком",
        "the signature is cut off ({structure}, byte {offset}); get the whole signature file again";
    ENVELOPE_MALFORMED = "cms.envelope.malformed", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §5.1",
        "подпись повреждена ({structure}, байт {offset}: {reason}); получите файл подписи заново",
        "the signature is damaged ({structure}, byte {offset}: {reason}); get the signature file again";
    BER_ENVELOPE = "cms.envelope.ber", Info, Format, None, "RFC 5652 §2",
        "конверт закодирован по BER, а не по DER",
        "the envelope is encoded in BER, not DER";
    TRAILING_OCTETS = "cms.envelope.trailing_octets", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §3",
        "лишних байтов после конца подписи: {count}; подпись принимается только целым файлом",
        "{count} octets follow the end of the signature; a signature is accepted only as a whole file";
    PADDED = "cms.envelope.padded", Info, Format, None, "RFC 5652 §3",
        "нулевых байтов после конца подписи: {count}",
        "{count} zero octets follow the end of the signature";
    SIGNED_DATA_VERSION = "cms.signed_data.version", Warn, Format, None, "RFC 5652 §5.1",
        "версия SignedData {found}, по содержимому должна быть {expected}",
        "SignedData version is {found}, its content asks for {expected}";
    DIGEST_NOT_LISTED = "cms.digest_algorithms.signer_digest_missing", Warn, Format, None, "RFC 5652 §5.1",
        "алгоритм хэширования подписанта {digest} не указан в digestAlgorithms",
        "the signer's digest algorithm {digest} is not listed in digestAlgorithms";
    SIGNER_MALFORMED = "cms.signer_info.malformed", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §5.3",
        "SignerInfo повреждён (байт {offset}); получите подпись заново",
        "the SignerInfo is malformed at byte {offset}; ask for a new signature";
    ATTRIBUTE_NOT_SINGLE = "cms.attribute.not_single", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §11",
        "атрибут {attribute} должен быть один и с одним значением",
        "attribute {attribute} must occur once with one value";
    ATTRIBUTE_MALFORMED = "cms.attribute.malformed", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §11",
        "значение атрибута {attribute} повреждено",
        "the value of attribute {attribute} is malformed";
    CONTENT_TYPE_MISSING = "cms.content_type.missing", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §11.1",
        "нет обязательного подписанного атрибута contentType",
        "the mandatory signed attribute contentType is absent";
    CONTENT_TYPE_MISMATCH = "cms.content_type.mismatch", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §11.1",
        "тип содержимого в атрибуте {attribute} не равен eContentType {content}",
        "content type {attribute} of the attribute differs from eContentType {content}";
    MESSAGE_DIGEST_MISSING = "cms.message_digest.missing", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §11.2",
        "нет обязательного подписанного атрибута messageDigest",
        "the mandatory signed attribute messageDigest is absent";
    ATTRIBUTES_AS_CONTENT = "cms.signed_attributes.stripped", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §5.4, draft-ietf-lamps-cms-euf-cma-signeddata",
        "подписанных атрибутов нет, а содержимое само выглядит как набор атрибутов: возможна подмена документа",
        "there are no signed attributes and the content reads as a set of attributes: the document may have been replaced";
    ALGORITHM_PROTECTION_MISMATCH = "cms.algorithm_protection.mismatch", Fail, Format, Some(Sub::FormatFailure), "RFC 6211 §2",
        "алгоритмы подписи не совпадают с защищёнными атрибутом CMSAlgorithmProtection",
        "the algorithms differ from those protected by CMSAlgorithmProtection";
    ATTRIBUTES_UNSORTED = "cms.signed_attributes.unsorted", Warn, Format, None, "RFC 5652 §5.4",
        "подписанные атрибуты не в порядке DER; подпись сделана над ними в том порядке, как они присланы",
        "the signed attributes are not in DER order; the signature is over them as they were sent";
    ATTRIBUTES_SIGNED_SORTED = "cms.signed_attributes.signed_sorted", Warn, Format, None, "RFC 5652 §5.4",
        "подписанные атрибуты присланы не в порядке DER; подпись сделана над упорядоченным набором",
        "the signed attributes were sent out of DER order; the signature is over the ordered set";
    ATTRIBUTES_ABSENT = "cms.signed_attributes.absent", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 122-1 §5.1",
        "подписанных атрибутов нет: это не CAdES; нужна подпись формата CAdES-BES",
        "there are no signed attributes: this is not CAdES; a CAdES-BES signature is needed";
    SIGNING_CERTIFICATE_ABSENT = "cms.signing_certificate.absent", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 122-1 §5.2.2",
        "нет атрибута signing-certificate: подпись не привязана к сертификату; нужна подпись формата CAdES-BES",
        "the signing-certificate attribute is absent: the signature is not bound to a certificate; a CAdES-BES signature is needed";
    SIGNING_CERTIFICATE_NOT_SINGLE = "cms.signing_certificate.not_single", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 122-1 §5.2.2",
        "атрибут signing-certificate должен быть один и с одним значением",
        "the signing-certificate attribute must occur once with one value";
    SIGNING_CERTIFICATE_MALFORMED = "cms.signing_certificate.malformed", Fail, Format, Some(Sub::FormatFailure), "RFC 5035 §3",
        "атрибут signing-certificate повреждён",
        "the signing-certificate attribute is malformed";
    SIGNING_CERTIFICATE_MISMATCH = "cms.signing_certificate.mismatch", Fail, Signer, Some(Sub::NoSigningCertificateFound), "EN 319 102-1 §5.2.3.4",
        "сертификат не тот, на который ссылается атрибут signing-certificate",
        "the certificate is not the one the signing-certificate attribute refers to";
    SIGNING_CERTIFICATE_UNKNOWN_DIGEST = "cms.signing_certificate.unknown_digest", Fail, Signer, Some(Sub::NoSigningCertificateFound), "RFC 5035 §3",
        "ссылка на сертификат сделана неизвестным алгоритмом {algorithm}",
        "the certificate reference uses the unknown algorithm {algorithm}";
    ISSUER_SERIAL_MISMATCH = "cms.signing_certificate.issuer_serial_mismatch", Fail, Signer, Some(Sub::NoSigningCertificateFound), "EN 319 102-1 §5.2.3.4",
        "издатель или номер в атрибуте signing-certificate не те, что в сертификате",
        "issuer or serial number in the signing-certificate attribute differ from the certificate";
    SIGNER_NOT_FOUND = "cms.signer.not_found", Fail, Signer, Some(Sub::NoSigningCertificateFound), "EN 319 102-1 §5.2.3",
        "сертификат подписанта не найден ни в подписи, ни среди данных; приложите его",
        "the signer's certificate is neither in the signature nor among the material given; supply it";
    SIGNER_AMBIGUOUS = "cms.signer.ambiguous", Fail, Signer, Some(Sub::NoSigningCertificateFound), "EN 319 102-1 §5.2.3",
        "подписанту подходят {count} разных сертификатов и ничто не указывает на один из них",
        "{count} different certificates fit the signer and nothing points to one of them";
    CONTENT_MISSING = "cms.content.missing", Fail, Crypto, Some(Sub::SignedDataNotFound), "EN 319 102-1 §5.2.7",
        "документ лежит отдельно, и его здесь нет; приложите документ",
        "the document stands apart and is absent; supply it";
    CONTENT_DIFFERS = "cms.content.differs", Fail, Crypto, Some(Sub::HashFailure), "RFC 5652 §5.2",
        "приложенный документ не равен тому, что внутри подписи",
        "the document given differs from the one inside the signature";
    CONTENT_EMPTY_INSIDE = "cms.content.empty_inside", Fail, Crypto, Some(Sub::HashFailure), beside_arithmetic, "RFC 5652 §5.2",
        "внутри подписи стоит пустой документ, а подписан тот, что рядом: внутри не должно стоять ничего",
        "an empty document stands inside the signature, and the one beside it is what was signed: nothing may stand inside";
    DIGEST_NOT_GIVEN = "cms.content.digest_missing", Fail, Crypto, Some(Sub::SignedDataNotFound), "EN 319 102-1 §5.2.7",
        "среди хэшей документа нет вычисленного алгоритмом {digest}; приложите документ или этот хэш",
        "no digest by {digest} is among those given for the document; supply it or the document";
    CONTENT_OCTETS_NEEDED = "cms.content.octets_needed", Fail, Crypto, Some(Sub::SignedDataNotFound), "RFC 8419 §3.2, draft-ietf-lamps-cms-euf-cma-signeddata",
        "подпись {algorithm} без подписанных атрибутов проверяется только по самому документу, хэша мало; приложите документ",
        "a signature by {algorithm} without signed attributes is verified over the document itself, a digest is not enough; supply the document";
    SIGNING_TIME_REQUIRED = "cms.signing_time.required", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 122-1 §6.3",
        "подписант не указал время подписания, а для CAdES-B оно обязательно",
        "the signer claims no signing time, which CAdES-B requires";
    SIGNING_TIME_OUTSIDE_VALIDITY = "cms.signing_time.outside_validity", Warn, Acceptance, None, "EN 319 102-1 §5.2.8",
        "указанное подписантом время {claimed} вне срока действия его сертификата",
        "the signing time {claimed} that the signer claims is outside the validity of the certificate";
    SIGNING_TIME_ABSENT = "cms.signing_time.absent", Info, Acceptance, None, "RFC 5652 §11.3",
        "подписант не указал время подписания",
        "the signer claims no signing time";
    OFFERED_CERTIFICATE_MALFORMED = "cms.certificates.malformed", Warn, Format, None, "RFC 5652 §10.2.2",
        "сертификат внутри подписи повреждён (байт {offset}) и не используется",
        "a certificate inside the signature is malformed at byte {offset} and is not used";
    OFFERED_CRL_MALFORMED = "cms.crls.malformed", Warn, Format, None, "RFC 5652 §10.2.1",
        "список отзыва внутри подписи повреждён (байт {offset}) и не используется",
        "a CRL inside the signature is malformed at byte {offset} and is not used";
}
