//! Time-stamps in `qes.report/1`.

use super::super::model::{TimeStampReport, TokenReport};
use super::super::text::Detail;
use super::{
    array, conclusion_value, finding, not_checked, null, object, path_element, profile, steps,
};

pub(super) fn value(stamp: &TimeStampReport, detail: Detail) -> String {
    object(|o| {
        o.text("id", &stamp.id);
        o.text("kind", stamp.kind.name());
        o.raw("conclusion", &conclusion_value(stamp.conclusion));
        // Not "integrity", which of a signature says that the document is the one that was signed.
        o.text("token_integrity", stamp.integrity.name());
        o.raw("token", &stamp.token.as_ref().map_or_else(null, token));
        o.raw(
            "algorithms",
            &object(|o| {
                o.optional("digest", stamp.algorithms.digest.as_deref());
                o.optional("signature", stamp.algorithms.signature.as_deref());
                o.optional("key", stamp.algorithms.key.as_deref());
            }),
        );
        let authority = stamp.authority.as_ref().map(profile::signer);
        o.raw("authority", &authority.unwrap_or_else(null));
        o.raw("path", &array(stamp.path.iter().map(path_element)));
        o.raw("findings", &array(stamp.findings.iter().map(finding)));
        if detail == Detail::Explain {
            o.raw("steps", &steps(&stamp.steps, &stamp.path));
        }
        o.raw(
            "not_checked",
            &array(stamp.not_checked.iter().map(not_checked)),
        );
    })
}

fn token(token: &TokenReport) -> String {
    object(|o| {
        o.time("gen_time", token.gen_time);
        o.time("not_earlier_than", token.not_earlier_than);
        o.time("not_later_than", token.not_later_than);
        o.raw("ordering", if token.ordering { "true" } else { "false" });
        o.text("serial", &token.serial);
        o.text("policy", &token.policy);
        o.text("digest", &token.digest);
    })
}
