//! What else a qualified certificate says (63-FZ art. 14(2), 17(1), 17(2)).

use super::{SINCE, SINCE_ORDER_31};
use crate::der::oids;
use crate::profile::check::{extension_present, has};
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;

rules! {
    "profile.issuer.name", Fail, Text, "63-FZ art. 14(2)", SINCE, Holder::SUBJECTS,
        |view| {
            let issuer = &view.certificate.issuer;
            Seen::present(has(issuer, oids::ORGANIZATION) || has(issuer, oids::COMMON_NAME))
        },
        "указано наименование удостоверяющего центра", "the name of the certification authority is stated";
    "profile.issuer.ogrn", Info, Measured, "63-FZ art. 17(1)", SINCE, Holder::SUBJECTS,
        |view| Seen::present(has(&view.certificate.issuer, oids::OGRN)),
        "указан ОГРН удостоверяющего центра", "the OGRN of the certification authority is stated";
    "profile.subject_sign_tool.present", Fail, Text, "63-FZ art. 14(2)", SINCE, Holder::SUBJECTS,
        |view| extension_present(view, oids::SUBJECT_SIGN_TOOL),
        "названо средство электронной подписи владельца", "the signature tool of the holder is named";
    "profile.issuer_sign_tool.present", Fail, Text, "63-FZ art. 17(1)", SINCE, Holder::SUBJECTS,
        |view| extension_present(view, oids::ISSUER_SIGN_TOOL),
        "названы средства удостоверяющего центра", "the tools of the certification authority are named";
    "profile.identification_kind.present", Warn, Assumed, "63-FZ art. 17(2) item 7", SINCE_ORDER_31, Holder::SIGNERS,
        |view| extension_present(view, oids::IDENTIFICATION_KIND),
        "указано, лично или удалённо установлена личность заявителя",
        "it is stated whether the applicant was identified in person or remotely";
}
