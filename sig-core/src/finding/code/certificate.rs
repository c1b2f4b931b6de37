//! Certificates on their own.

use super::rows;

rows! {
    LENIENCY = "certificate.encoding.leniency", Info, Chain, None, "X.690 §11",
        "сертификат отступает от DER: {deviation} (байт {offset})",
        "the certificate deviates from DER: {deviation} at byte {offset}";
}
