//! Time-stamps in `qes.report/1`.

use super::super::model::{TimeStampReport, TokenReport};
use super::super::text::Detail;
use super::{Object, algorithms, conclusion, finding, not_checked, path_element, profile, steps};

pub(super) fn write(o: &mut Object<'_>, stamp: &TimeStampReport, detail: Detail) {
    o.text("id", &stamp.id);
    o.text("kind", stamp.kind.name());
    o.object("conclusion", |o| conclusion(o, stamp.conclusion));
    // Not "integrity", which of a signature says that the document is the one that was signed.
    o.text("token_integrity", stamp.integrity.name());
    o.optional_object("token", stamp.token.as_ref(), token);
    o.object("algorithms", |o| algorithms(o, &stamp.algorithms));
    o.optional_object("authority", stamp.authority.as_ref(), profile::signer);
    o.objects("path", &stamp.path, path_element);
    o.objects("findings", &stamp.findings, finding);
    if detail == Detail::Explain {
        steps(o, &stamp.steps, &stamp.path);
    }
    o.objects("not_checked", &stamp.not_checked, not_checked);
}

fn token(o: &mut Object<'_>, token: &TokenReport) {
    o.time("gen_time", token.gen_time);
    o.time("not_earlier_than", token.not_earlier_than);
    o.time("not_later_than", token.not_later_than);
    o.flag("ordering", token.ordering);
    o.text("serial", &token.serial);
    o.text("policy", &token.policy);
    o.text("digest", &token.digest);
}
