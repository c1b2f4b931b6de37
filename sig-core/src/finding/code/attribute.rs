//! Signed attributes that inform, and counter-signatures.

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    INFORMATIVE_MALFORMED = "attribute.informative.malformed", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 102-1 §5.2.8.4, EN 319 122-1 §5.2",
        "значение подписанного атрибута {attribute} не читается: неизвестно, что утверждал подписант",
        "the value of signed attribute {attribute} cannot be read: what the signer stated is not known";
    INFORMATIVE_NOT_SINGLE = "attribute.informative.not_single", Fail, Acceptance, Some(Sub::SigConstraintsFailure), "EN 319 102-1 §5.2.8.4, EN 319 122-1 §5.2",
        "подписанный атрибут {attribute} должен быть один и с одним значением",
        "signed attribute {attribute} must occur once with one value";
    COUNTER_SIGNATURE_MALFORMED = "attribute.counter_signature.malformed", Warn, Format, None, "RFC 5652 §11.4",
        "заверяющая подпись повреждена (байт {offset}: {reason}) и не проверялась",
        "a counter-signature is malformed at byte {offset} ({reason}) and was not judged";
    COUNTER_SIGNATURE_EMPTY = "attribute.counter_signature.empty", Warn, Format, None, "RFC 5652 §11.4",
        "атрибут заверяющей подписи пуст",
        "the attribute for counter-signatures holds none";
    COUNTER_SIGNATURE_CONTENT_TYPE = "attribute.counter_signature.content_type", Fail, Format, Some(Sub::FormatFailure), "RFC 5652 §11.4",
        "у заверяющей подписи не может быть атрибута contentType",
        "a counter-signature must not have the attribute contentType";
    COUNTER_SIGNATURES_TOO_MANY = "attribute.counter_signature.too_many", Warn, Format, None, "RFC 5652 §11.4",
        "заверяющих подписей больше {count} или они вложены глубже {depth}; остальные не проверялись",
        "there are more than {count} counter-signatures, or they are nested deeper than {depth}; the others were not judged";
    COUNTER_SIGNATURES_LIMIT = "attribute.counter_signature.limit", Warn, Format, None, "RFC 5652 §11.4",
        "на заверяющие подписи не хватило предела {limit}; остальные не проверялись",
        "the limit {limit} ended while counter-signatures were judged; the others were not";
}
