//! The tools of the holder and of the authority (FSB order 795).

use super::ORDER_795;
use crate::der::oids;
use crate::profile::check::criticality;
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::View;
use crate::x509::extension::sign_tools::ToolName;

/// Sizes of the order, in characters: signTool and cATool, then signToolCert and cAToolCert.
const NAME_SIZE: usize = 200;
const DOCUMENT_SIZE: usize = 100;

rules! {
    "profile.subject_sign_tool.readable", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.subject_sign_tool.readable(),
        "название средства подписи владельца читается", "the name of the holder's tool can be read";
    "profile.subject_sign_tool.string_type", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.subject_sign_tool.check(|tool| Seen::pass_if(tool.is_utf8)),
        "название средства подписи записано как UTF8String", "the name of the holder's tool is a UTF8String";
    "profile.subject_sign_tool.not_empty", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.subject_sign_tool.check(|tool| Seen::pass_if(size(tool) > 0)),
        "название средства подписи не пусто", "the name of the holder's tool is not empty";
    "profile.subject_sign_tool.size", Info, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.subject_sign_tool.check(|tool| Seen::pass_if(size(tool) <= NAME_SIZE).count("characters", size(tool))),
        "название средства подписи не длиннее 200 знаков", "the name of the holder's tool has at most 200 characters";
    "profile.subject_sign_tool.not_critical", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| criticality(view, oids::SUBJECT_SIGN_TOOL, false),
        "расширение subjectSignTool не критично", "subjectSignTool is not critical";
    "profile.issuer_sign_tool.readable", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.issuer_sign_tool.readable(),
        "названия средств центра читаются", "the names of the authority's tools can be read";
    "profile.issuer_sign_tool.four", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.issuer_sign_tool.check(|tool| Seen::pass_if(tool.names.len() == 4).count("strings", tool.names.len())),
        "названы средство подписи, средство центра и заключения на оба", "signature tool, authority tool and the documents on both are named";
    "profile.issuer_sign_tool.string_type", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.issuer_sign_tool.check(|tool| Seen::pass_if(tool.names.iter().all(|name| name.is_utf8))),
        "названия средств центра записаны как UTF8String", "the names of the authority's tools are UTF8Strings";
    "profile.issuer_sign_tool.not_empty", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.issuer_sign_tool.check(|tool| {
            let empty = tool.names.iter().filter(|name| size(name) == 0).count();
            Seen::pass_if(empty == 0).count("empty", empty)
        }),
        "названия средств центра не пусты", "the names of the authority's tools are not empty";
    "profile.issuer_sign_tool.size", Info, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        issuer_sizes,
        "названия средств центра не длиннее 200 знаков, заключения — 100", "the names of the authority's tools have at most 200 characters, the documents 100";
    "profile.issuer_sign_tool.not_critical", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| criticality(view, oids::ISSUER_SIGN_TOOL, false),
        "расширение issuerSignTool не критично", "issuerSignTool is not critical";
}

fn size(name: &ToolName) -> usize {
    let text = name.text.as_deref().unwrap_or_default();
    text.trim().chars().count()
}

fn issuer_sizes(view: &View<'_>) -> Seen {
    view.issuer_sign_tool.check(|tool| {
        let bounds = [NAME_SIZE, NAME_SIZE, DOCUMENT_SIZE, DOCUMENT_SIZE];
        let mut sizes = tool.names.iter().map(size).zip(bounds);
        match sizes.find(|(size, bound)| size > bound) {
            None => Seen::pass(),
            Some((size, _)) => Seen::fail().count("characters", size),
        }
    })
}
