//! Validation data and archive time-stamps inside a signature (RFC 5126 §6, EN 319 122-1 §5.5, annex A).

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    HASH_INDEX_MISMATCH = "archive.hash_index.mismatch", Fail, Format, Some(Sub::FormatFailure), "EN 319 122-1 §5.5.2",
        "перечень ats-hash-index архивного штампа называет объекты, которых в подписи нет: {count}; подпись меняли после штампа",
        "the ats-hash-index of the archive time-stamp lists {count} objects that are not in the signature: it was changed after the time-stamp";
    HASH_INDEX_NOT_SINGLE = "archive.hash_index.not_single", Fail, Format, Some(Sub::FormatFailure), "EN 319 122-1 §5.5.2",
        "в архивном штампе должен быть один перечень ats-hash-index",
        "the archive time-stamp must hold one ats-hash-index";
    HASH_INDEX_MALFORMED = "archive.hash_index.malformed", Fail, Format, Some(Sub::FormatFailure), "EN 319 122-1 §5.5.2",
        "перечень ats-hash-index архивного штампа повреждён (байт {offset}: {reason})",
        "the ats-hash-index of the archive time-stamp is malformed at byte {offset}: {reason}";
    OCTETS_NEEDED = "archive.content.octets_needed", Fail, Crypto, Some(Sub::SignedDataNotFound), "RFC 5126 §6.4.1",
        "архивный штамп версии 2 проверяется только по самому документу в памяти, хэша мало; приложите документ целиком",
        "an archive time-stamp of version 2 is verified over the document itself, held in memory, a digest is not enough; supply the whole document";
    HEADER_LEFT_OUT = "archive.stamp.header_left_out", Warn, Acceptance, None, "TS 101 733 V1.8.3 annex K",
        "архивный штамп поставлен на неподписанные атрибуты без их общих тега и длины, как в TS 101 733 до версии 1.8.3",
        "the archive time-stamp is of the unsigned attributes without their common tag and length, as TS 101 733 up to 1.8.3 has it";
    OMITS = "archive.stamp.omits", Info, Acceptance, None, "EN 319 102-1 §5.6.2.3",
        "архивный штамп не покрывает объектов подписи: {count}; они могли быть добавлены позже",
        "the archive time-stamp does not cover {count} objects of the signature: they may have been added later";
    REFERENCES_ABSENT = "archive.references.absent", Fail, Format, Some(Sub::FormatFailure), "RFC 5126 §6.3.6",
        "штамп поставлен на ссылки на доказательства, а их в подписи нет",
        "the time-stamp is of references to validation data, and the signature holds none";
    REFERENCES_NOT_SINGLE = "archive.references.not_single", Warn, Acceptance, None, "RFC 5126 §6.2",
        "атрибут {attribute} должен быть один и с одним значением; он не используется",
        "attribute {attribute} must occur once with one value; it is not used";
    REFERENCES_MALFORMED = "archive.references.malformed", Warn, Acceptance, None, "RFC 5126 §6.2",
        "атрибут {attribute} повреждён (байт {offset}: {reason}) и не используется",
        "attribute {attribute} is malformed at byte {offset}: {reason}, and is not used";
    REFERENCES_UNMATCHED = "archive.references.unmatched", Warn, Acceptance, None, "RFC 5126 §6.2",
        "из {references} ссылок атрибута {attribute} {count} не соответствует ни одному имеющемуся объекту",
        "{count} of the {references} references in {attribute} match no object at hand";
    VALUES_MALFORMED = "archive.values.malformed", Warn, Acceptance, None, "RFC 5126 §6.3.3, §6.3.4",
        "значение в атрибуте {attribute} повреждено (байт {offset}) и не используется",
        "a value in {attribute} is malformed at byte {offset} and is not used";
    VALUES_OTHER = "archive.values.other", Info, Acceptance, None, "RFC 5126 §6.3.4",
        "атрибут {attribute} содержит данные об отзыве неизвестного вида; они не используются",
        "{attribute} holds revocation data of a kind that is not known; it is not used";
    VALUES_UNREFERENCED = "archive.values.unreferenced", Info, Acceptance, None, "RFC 5126 §6.3.3, §6.3.4",
        "в подписи есть доказательства, на которые она не ссылается: {count}",
        "the signature holds {count} pieces of validation data that it does not refer to";
}
