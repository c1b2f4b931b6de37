//! Time-stamps, and what they prove (RFC 3161, EN 319 102-1 §5.4, §5.5).

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    RESPONSE_REFUSED = "time.response.refused", Warn, Format, None, "RFC 3161 §2.4.2",
        "служба штампов времени штампа не дала: {status} ({failures}) {text}; запросите штамп заново",
        "the time-stamping authority gave no time-stamp: {status} ({failures}) {text}; ask for one again";
    TOKEN_MALFORMED = "time.token.malformed", Fail, Format, Some(Sub::FormatFailure), "RFC 3161 §2.4.2",
        "содержимое штампа времени повреждено (байт {offset}: {reason})",
        "the content of the time-stamp is malformed at byte {offset}: {reason}";
    TOKEN_CONTENT = "time.token.content", Fail, Format, Some(Sub::FormatFailure), "RFC 3161 §2.4.2",
        "на месте штампа времени стоит сообщение с содержимым {content}",
        "a message with content {content} stands in the place of a time-stamp";
    TOKEN_SIGNERS = "time.token.signers", Fail, Format, Some(Sub::FormatFailure), "RFC 3161 §2.4.2",
        "штамп времени подписывает ровно одна служба, а здесь подписей {count}",
        "a time-stamp is signed by one authority, this one has {count} signatures";
    TOKEN_LENIENCY = "time.token.leniency", Info, Format, None, "X.690 §11, RFC 3161 §2.4.2",
        "штамп времени отступает от стандарта: {deviation}",
        "the time-stamp deviates from the standard: {deviation}";
    CRITICAL_EXTENSION = "time.token.critical_extension", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "RFC 3161 §2.4.2",
        "критическое расширение {extension} штампа времени не поддерживается",
        "critical extension {extension} of the time-stamp is not supported";
    IMPRINT_MISMATCH = "time.imprint.mismatch", Fail, Crypto, Some(Sub::HashFailure), "EN 319 102-1 §5.4.4",
        "штамп времени поставлен на другие данные: хэш {digest} не совпадает",
        "the time-stamp is of other data: its {digest} digest differs";
    AUTHORITY_PURPOSE = "time.authority.extended_key_usage", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 3161 §2.3",
        "сертификат службы штампов времени должен содержать критическое extKeyUsage с одной целью timeStamping",
        "the certificate of the time-stamping authority must have a critical extKeyUsage with the one purpose timeStamping";
    AUTHORITY_KEY_USAGE = "time.authority.key_usage", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 5280 §4.2.1.12, EN 319 422 §6",
        "ключ службы штампов времени не предназначен для подписи",
        "the key of the time-stamping authority is not meant for signing";
    AUTHORITY_NOT_ACCREDITED = "time.authority.not_accredited", Fail, Chain, Some(Sub::ChainConstraintsFailure), "63-FZ art. 11 (2)",
        "сертификат службы штампов времени выдан не тем удостоверяющим центром, чья аккредитация действовала в день его выдачи и во время штампа {gen_time}",
        "the certificate of the time-stamping authority is not of a CA whose accreditation was in force on its day of issue and at the time {gen_time} of the time-stamp";
    AUTHORITY_NOT_IN_FORCE = "time.authority.not_in_force", Fail, Chain, Some(Sub::ChainConstraintsFailure), "ETSI TS 119 615 §4.3",
        "по доверенному списку услуга штампов времени не действовала во время штампа {gen_time}",
        "by the trusted list the time-stamping service was not in force at the time {gen_time} of the time-stamp";
    AUTHORITY_NAME = "time.authority.name_mismatch", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "RFC 3161 §2.4.2",
        "имя службы в штампе времени не то, что в её сертификате",
        "the name of the authority in the time-stamp is none of those in its certificate";
    MADE_OUTSIDE_VALIDITY = "time.gen_time.outside_validity", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "RFC 3161 §2.3",
        "время штампа {gen_time} вне срока действия сертификата службы",
        "the time {gen_time} of the time-stamp is outside the validity of the authority's certificate";
    MADE_AFTER_CHECK = "time.gen_time.after_check", Warn, Acceptance, None, "EN 319 102-1 §5.5.4 step 3",
        "время штампа {gen_time} позже времени проверки",
        "the time {gen_time} of the time-stamp is later than the time of checking";
    STAMP_VALID = "time.stamp.valid", Info, Acceptance, None, "EN 319 102-1 §5.5.4 step 3",
        "штамп времени {kind} принят: {gen_time}",
        "{kind} accepted: {gen_time}";
    STAMP_NOT_USED = "time.stamp.not_used", Warn, Acceptance, None, "EN 319 102-1 §5.5.4 step 3",
        "штамп времени {kind} не принят: {reason}; он ничего не доказывает",
        "{kind} not accepted: {reason}; it proves nothing";
    STAMP_MALFORMED = "time.stamp.malformed", Warn, Acceptance, None, "RFC 3161 app. A",
        "значение атрибута {kind} — не штамп времени (байт {offset}: {reason})",
        "the value of attribute {kind} is not a time-stamp (byte {offset}: {reason})";
    STAMPS_TOO_MANY = "time.stamp.too_many", Warn, Acceptance, None, "EN 319 102-1 §5.5.4 step 1",
        "штампов времени больше {count}; остальные не проверялись",
        "there are more than {count} time-stamps; the others were not checked";
    STAMP_REQUIRED = "time.stamp.required", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 102-1 §5.5.4 step 3",
        "требуется действительный штамп времени на подписи, а его нет",
        "a valid time-stamp of the signature is required, and there is none";
    DELAY = "time.stamp.delay", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 102-1 §5.5.4 step 5",
        "подписант указал время {claimed}, а подпись доказана только на {proven}; допустимо {seconds} с",
        "the signer claims {claimed}, and the signature is proven only for {proven}; {seconds} s are allowed";
    DELAY_UNKNOWN = "time.stamp.delay_unknown", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 102-1 §5.5.4 step 5",
        "время подписания не указано, а между ним и штампом времени допустим ограниченный срок",
        "the signer claims no time, and the time between it and the time-stamp is limited";
    SETTLED = "time.proof.settles", Info, Chain, None, "EN 319 102-1 §5.5.4",
        "замечание {code} подписи не вредит: доказано, что она существовала {proven}",
        "finding {code} does not harm the signature: it is proven to have existed {proven}";
    SIGNED_BEFORE_VALIDITY = "time.proof.before_validity", Fail, Chain, Some(Sub::NotYetValid), "EN 319 102-1 §5.5.4 step 4",
        "подпись существовала {proven}, а сертификат действует только с {not_before}",
        "the signature existed {proven}, and the certificate is valid only from {not_before}";
    SIGNED_AFTER_REVOCATION = "time.proof.after_revocation", Fail, Chain, Some(Sub::Revoked), "EN 319 102-1 §5.3.4 step 4",
        "подпись сделана не раньше {proven}, а сертификат отозван {revoked_at}",
        "the signature was not made before {proven}, and the certificate was revoked {revoked_at}";
    SIGNED_AFTER_EXPIRY = "time.proof.after_expiry", Fail, Chain, Some(Sub::Expired), "EN 319 102-1 §5.3.4 step 4",
        "подпись сделана не раньше {proven}, а срок сертификата истёк {not_after}",
        "the signature was not made before {proven}, and the certificate expired {not_after}";
    SIGNED_WITH_WEAK = "time.proof.after_algorithm", Fail, Acceptance, Some(Sub::CryptoConstraintsFailure), "EN 319 102-1 §5.3.4 step 6",
        "подпись сделана не раньше {proven}, когда {algorithm} уже не считался стойким",
        "the signature was not made before {proven}, when {algorithm} was no longer considered strong";
    ORDER = "time.stamp.order", Fail, Acceptance, Some(Sub::TimestampOrderFailure), "EN 319 102-1 §5.5.4 step 4",
        "штамп на содержимом поставлен не раньше {content}, а штамп на подписи — не позже {signature}",
        "the time-stamp of the content was not made before {content}, that of the signature not after {signature}";
    CLAIMED_LATER = "time.signing_time.after_proof", Warn, Acceptance, None, "EN 319 102-1 §5.5.4 step 5",
        "подписант указал время {claimed}, а подпись существовала уже {proven}",
        "the signer claims {claimed}, and the signature existed {proven} already";
}
