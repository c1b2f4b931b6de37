//! Building blocks of EN 319 102-1.

use super::steps;

steps! {
    /// EN 319 102-1 §5.2.4.4: validation context initialization.
    en319102_1_5_2_4, "en319102-1.5.2.4", "EN 319 102-1 §5.2.4.4";
    STEP_1 = "step.1", "step 1", [
            code::policy::SIGNATURE_NOT_SINGLE, code::policy::SIGNATURE_MALFORMED,
        ],
        "правила подписи, которые назвал подписавший, прочитаны", "the signature policy that the signer names is read";
    STEP_2 = "step.2", "step 2", [code::policy::SIGNATURE_NOT_ALLOWED],
        "эти правила подписи разрешены политикой проверки", "that signature policy is allowed by the validation policy";
    STEP_3 = "step.3", "step 3", [
            code::policy::SIGNATURE_DOCUMENT_MISSING, code::policy::SIGNATURE_DIGEST_MISMATCH,
            code::policy::SIGNATURE_DIGEST_UNKNOWN, code::policy::SIGNATURE_IDENTIFIER_MISMATCH,
        ],
        "текст правил подписи есть, и это тот текст, который подписан",
        "the document of the signature policy is at hand and is the one that was signed";
}

steps! {
    /// EN 319 102-1 §5.2.5: revocation freshness checker.
    en319102_1_5_2_5, "en319102-1.5.2.5", "EN 319 102-1 §5.2.5";
    STEP_1 = "step.1", "step 1", [code::revocation::STALE, code::revocation::NO_NEXT_UPDATE],
        "данные об отзыве свежие", "the revocation data is fresh";
}

steps! {
    /// EN 319 102-1 §5.2.6.4: X.509 certificate validation.
    en319102_1_5_2_6_4, "en319102-1.5.2.6.4", "EN 319 102-1 §5.2.6.4";
    STEP_2 = "step.2", "step 2", [code::path::NO_CHAIN],
        "цепочка ведёт к доверенному корню", "a path leads to a trust anchor";
    STEP_3 = "step.3", "step 3", [code::path::ANCHOR_SUNSET],
        "корню доверяют и сейчас", "the anchor is trusted still";
    STEP_5 = "step.5", "step 5", [code::path::SIGNER_KEY_USAGE, code::path::SIGNER_EXTENDED_KEY_USAGE],
        "ключ предназначен для подписи документов", "the key is meant for signing documents";
    STEP_6 = "step.6", "step 6", [
            code::crypto::CHAIN_ALGORITHM_NOT_ACCEPTABLE, code::crypto::CHAIN_ALGORITHM_UNLISTED,
            code::crypto::CHAIN_TEST_PARAMETERS, code::crypto::CHAIN_PSS_SALT,
        ],
        "алгоритмы цепочки достаточно стойкие", "the algorithms of the path are strong enough";
    STEP_7 = "step.7", "step 7", [code::path::EXPIRED, code::path::EXPIRED_NOT_REVOKED, code::path::NOT_YET_VALID],
        "срок конечного сертификата включает время проверки", "the validity of the end entity includes the time of checking";
}

steps! {
    /// EN 319 102-1 §5.4.4: validation of time-stamps.
    en319102_1_5_4_4, "en319102-1.5.4.4", "EN 319 102-1 §5.4.4";
    STEP_1 = "step.1", "step 1", [
            code::time::TOKEN_MALFORMED, code::time::TOKEN_CONTENT, code::time::TOKEN_SIGNERS,
            code::time::CRITICAL_EXTENSION, code::time::AUTHORITY_PURPOSE, code::time::AUTHORITY_KEY_USAGE,
            code::time::AUTHORITY_NAME, code::time::MADE_OUTSIDE_VALIDITY,
        ],
        "штамп времени подписан службой штампов времени, и её подпись действительна",
        "the time-stamp is signed by a time-stamping authority, and its signature is valid";
}

steps! {
    /// EN 319 102-1 §5.5.4: validation of signatures with time.
    en319102_1_5_5_4, "en319102-1.5.5.4", "EN 319 102-1 §5.5.4";
    STEP_3 = "step.3", "step 3", [code::time::STAMP_NOT_USED, code::time::IMPRINT_MISMATCH],
        "штамп времени действителен и поставлен на эту подпись или её содержимое",
        "the time-stamp is valid and of this signature or its content";
    STEP_4 = "step.4", "step 4", [code::time::SIGNED_BEFORE_VALIDITY, code::time::ORDER],
        "доказанное время согласуется со сроком сертификата и с другими штампами",
        "the proven time fits the validity of the certificate and the other time-stamps";
}

steps! {
    /// EN 319 102-1 §5.6.2.1.4: past certificate validation.
    en319102_1_5_6_2_1, "en319102-1.5.6.2.1", "EN 319 102-1 §5.6.2.1.4";
    STEP_1 = "step.1", "step 1", [
            code::past::PATH_NOT_FOUND, code::past::PATH_WEAK, code::past::OBJECT_UNPROVEN,
            code::past::SIGNER_OUT_OF_BOUNDS,
        ],
        "цепочка была действительна в прошлом, и о каждом сертификате есть данные того времени",
        "the path was valid in the past, and there is data of that time about every certificate";
}

steps! {
    /// EN 319 102-1 §5.6.2.4.4: past signature validation.
    en319102_1_5_6_2_4, "en319102-1.5.6.2.4", "EN 319 102-1 §5.6.2.4.4";
    STEP_2 = "step.2", "step 2", [
            code::past::PATH_NOT_FOUND, code::past::PATH_WEAK, code::past::OBJECT_UNPROVEN,
            code::past::SIGNER_OUT_OF_BOUNDS,
        ],
        "есть время, на которое цепочка доказанно действительна", "there is a time at which the path is proven to be valid";
    STEP_3 = "step.3", "step 3", [code::past::PROVEN_LATE, code::time::SIGNED_BEFORE_VALIDITY],
        "подпись существовала к этому времени, пока действовал её сертификат",
        "the signature existed at that time, while its certificate was valid";
}

steps! {
    /// EN 319 102-1 §5.6.3.4: validation of signatures with archival data.
    en319102_1_5_6_3_4, "en319102-1.5.6.3.4", "EN 319 102-1 §5.6.3.4";
    STEP_5 = "step.5", "step 5", [code::time::STAMP_NOT_USED],
        "штамп времени действителен, сейчас или в прошлом, и доказывает, что он покрывает",
        "the time-stamp is valid, now or in the past, and proves what it covers";
    STEP_7 = "step.7", "step 7", [
            code::past::PATH_NOT_FOUND, code::past::PATH_WEAK, code::past::OBJECT_UNPROVEN,
            code::past::SIGNER_OUT_OF_BOUNDS, code::past::PROVEN_LATE,
        ],
        "замечания к подписи снимаются тем, что было верно в прошлом",
        "what is found about the signature is answered for by what was true in the past";
    STEP_9 = "step.9", "step 9", [
            code::crypto::ALGORITHM_NOT_ACCEPTABLE, code::crypto::REFERENCE_DIGEST_NOT_ACCEPTABLE,
        ],
        "атрибуты и алгоритмы годятся на доказанное время подписи",
        "the attributes and algorithms are acceptable at the proven time of the signature";
}
