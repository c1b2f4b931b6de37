//! Evidence records (RFC 4998).

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    MALFORMED = "evidence.record.malformed", Warn, Format, None, "RFC 4998 §3.1",
        "архивная запись (evidence record) повреждена (байт {offset}: {reason}) и не используется",
        "the evidence record is malformed (byte {offset}: {reason}) and is not used";
    BROKEN = "evidence.record.broken", Fail, Format, Some(Sub::FormatFailure), "RFC 4998 §3.1",
        "архивная запись (evidence record) повреждена (байт {offset}: {reason}); получите её заново",
        "the evidence record is malformed (byte {offset}: {reason}); get it again";
    ENCRYPTED = "evidence.record.encrypted", Fail, Format, Some(Sub::FormatFailure), "RFC 4998 §6",
        "архивная запись сделана над зашифрованными данными; такие записи не проверяются",
        "the evidence record is of encrypted data; such records are not verified";
    TOO_MANY = "evidence.record.too_many", Warn, Format, None, "RFC 4998 app. A",
        "архивных записей больше {count}; остальные не проверялись",
        "there are more than {count} evidence records; the others were not checked";
    DIGEST_NOT_LISTED = "evidence.digest_algorithms.missing", Warn, Format, None, "RFC 4998 §3.1",
        "алгоритм хэширования {digest} не указан в digestAlgorithms архивной записи",
        "digest algorithm {digest} is not listed in digestAlgorithms of the evidence record";
    STAMP_MALFORMED = "evidence.stamp.malformed", Fail, Format, Some(Sub::FormatFailure), "RFC 4998 §4.1",
        "штамп времени {number} архивной записи повреждён",
        "time-stamp {number} of the evidence record is malformed";
    STAMP_DIGEST = "evidence.stamp.other_digest", Fail, Format, Some(Sub::FormatFailure), "RFC 4998 §4.3 step 4",
        "штамп времени {number} сделан по хэшу {found}, а хэш-дерево под ним — по {expected}",
        "time-stamp {number} is of a digest by {found}, the hash tree under it is by {expected}";
    CHAIN_DIGEST = "evidence.chain.other_digest", Fail, Format, Some(Sub::FormatFailure), "RFC 4998 §5.1",
        "в цепочке штампов алгоритм хэширования меняется: {found} после {expected}",
        "the digest algorithm changes within a chain of time-stamps: {found} after {expected}";
    TREE_MALSIZED = "evidence.tree.value_length", Fail, Format, Some(Sub::FormatFailure), "RFC 4998 §4.2",
        "в хэш-дереве штампа времени {number} есть значение не той длины, что у {digest}",
        "the hash tree of time-stamp {number} has a value whose length is not that of {digest}";
    OBJECT_NOT_COVERED = "evidence.object.not_covered", Fail, Crypto, Some(Sub::HashFailure), "RFC 4998 §5.3 steps 1, 3",
        "архивная запись сделана не над этим объектом: его хэша {digest} нет в хэш-дереве штампа времени {number}",
        "the evidence record is not of this object: its {digest} digest is not in the hash tree of time-stamp {number}";
    RENEWAL_NOT_COVERED = "evidence.renewal.not_covered", Fail, Crypto, Some(Sub::HashFailure), "RFC 4998 §5.3 step 2",
        "штамп времени {number} не продлевает предыдущий: его хэша {digest} нет в хэш-дереве",
        "time-stamp {number} does not renew the one before it: its {digest} digest is not in the hash tree";
    ORDER = "evidence.stamp.order", Fail, Acceptance, Some(Sub::TimestampOrderFailure), "RFC 4998 §5.1",
        "штамп времени {number} ({gen_time}) раньше того, который он продлевает ({before})",
        "time-stamp {number} ({gen_time}) is earlier than the one it renews ({before})";
    OBJECT_IN_DER = "evidence.object.in_der", Info, Crypto, None, "TS 119 122-3 §5.3",
        "архивная запись сделана над подписью, перекодированной в DER",
        "the evidence record is of the signature as encoded in DER";
    STAMP_NOT_VALID = "evidence.stamp.not_valid", Warn, Acceptance, None, "RFC 4998 §5.3",
        "штамп времени {number} архивной записи не принят: {reason}",
        "time-stamp {number} of the evidence record is not accepted: {reason}";
    VALID = "evidence.record.valid", Info, Acceptance, None, "EN 319 102-1 §5.6.3.4 step 1",
        "архивная запись принята: всё, над чем она сделана, существовало {proven}",
        "evidence record accepted: all it is of existed {proven}";
    NOT_USED = "evidence.record.not_used", Warn, Acceptance, None, "EN 319 102-1 §5.6.3.4 step 1",
        "архивная запись не принята: {reason}; она ничего не доказывает",
        "evidence record not accepted: {reason}; it proves nothing";
}
