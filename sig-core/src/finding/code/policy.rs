//! The policy itself.

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    TESTING = "policy.parameters.testing", Warn, Context, None, "EN 319 102-1 §5.1.4",
        "проверено по политике для испытаний: она принимает ключи, известные всем, и этот вывод ничего не доказывает",
        "judged by a policy for tests: it takes keys that anybody may know, and this verdict proves nothing";
    SIGNATURE_MALFORMED = "policy.signature.malformed", Fail, Context, Some(Sub::PolicyProcessingError), "EN 319 102-1 §5.2.4.4, EN 319 122-1 §5.2.9.1",
        "атрибут с политикой подписи не читается: неизвестно, по каким правилам она поставлена",
        "the attribute for the signature policy cannot be read: by what rules it was signed is not known";
    SIGNATURE_NOT_SINGLE = "policy.signature.not_single", Fail, Context, Some(Sub::PolicyProcessingError), "EN 319 102-1 §5.2.4.4, EN 319 122-1 §5.2.9.1",
        "политика подписи должна быть указана один раз",
        "the signature policy must be named once";
    SIGNATURE_NOT_ALLOWED = "policy.signature.not_allowed", Fail, Context, Some(Sub::PolicyProcessingError), "EN 319 102-1 §5.2.4.4",
        "политика подписи {id} не из тех, что допускает политика проверки",
        "signature policy {id} is none of those that the policy of validation allows";
    SIGNATURE_DOCUMENT_MISSING = "policy.signature.document_missing", Fail, Context, Some(Sub::SignaturePolicyNotAvailable), "EN 319 102-1 §5.2.4.4",
        "документа политики подписи {id} нет; приложите его",
        "the document of signature policy {id} is not at hand; supply it";
    SIGNATURE_DIGEST_MISMATCH = "policy.signature.digest_mismatch", Fail, Context, Some(Sub::PolicyProcessingError), "EN 319 102-1 §5.2.4.4, EN 319 122-1 §5.2.9.1",
        "документ политики подписи {id} не тот, хэш которого подписан",
        "the document of signature policy {id} is not the one whose digest was signed";
    SIGNATURE_DIGEST_UNKNOWN = "policy.signature.digest_unknown", Fail, Context, Some(Sub::PolicyProcessingError), "EN 319 102-1 §5.2.4.4",
        "хэш документа политики подписи сделан неизвестным алгоритмом {algorithm}",
        "the digest of the signature policy's document is by the unknown algorithm {algorithm}";
    SIGNATURE_IDENTIFIER_MISMATCH = "policy.signature.identifier_mismatch", Fail, Context, Some(Sub::PolicyProcessingError), "EN 319 102-1 §5.2.4.4, RFC 3125 §3.1",
        "документ с подписанным хэшем — это политика {found}, а подписант назвал {id}",
        "the document with the signed digest is policy {found}, the signer named {id}";
    SIGNATURE_UNBOUND = "policy.signature.zero_hash", Warn, Context, None, "EN 319 122-1 §5.2.9.1",
        "подписант не указал хэш политики подписи {id}: её документ подписью не защищён",
        "the signer gave no digest of signature policy {id}: the signature does not protect its document";
    SIGNATURE_IMPLIED = "policy.signature.implied", Warn, Context, None, "EN 319 102-1 §5.2.4.4, RFC 5126 §5.8.1",
        "политика подписи подразумевается, но не названа; проверено по политике проверки",
        "the signature policy is implied and not named; judged by the policy of validation";
    SIGNATURE_MATCHED = "policy.signature.matched", Info, Context, None, "EN 319 102-1 §5.2.4.4",
        "документ политики подписи {id} — тот, хэш которого подписан ({form})",
        "the document of signature policy {id} is the one whose digest was signed ({form})";
    STORE_MISMATCH = "policy.store.digest_mismatch", Warn, Context, None, "EN 319 122-1 §5.2.10",
        "документ политики, приложенный к подписи, не тот, хэш которого подписан; он не используется",
        "the policy's document beside the signature is not the one whose digest was signed; it is not used";
    STORE_MALFORMED = "policy.store.malformed", Warn, Context, None, "EN 319 122-1 §5.2.10",
        "приложенный к подписи документ политики не читается и не используется",
        "the policy's document beside the signature cannot be read and is not used";
}
