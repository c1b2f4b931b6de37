//! The accredited-CA list.

use super::rows;

rows! {
    LIST_REJECTED = "trust.list.rejected", Warn, Context, None, "63-FZ art. 15, XMLDSig",
        "список аккредитованных УЦ не принят: {reason}",
        "the accredited-CA list is not accepted: {reason}";
}
