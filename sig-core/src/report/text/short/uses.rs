//! What a qualified certificate of a European list is for (Regulation (EU) No 910/2014 art. 3).

use crate::finding::Language;

use super::super::super::model::{ConditionStatus, QualifiedReport, QualifiedVerdict};

/// The purposes that are shown and whether the key is in a device; none where it is not a qualified one.
pub(super) fn of(qualified: &QualifiedReport, language: Language) -> Option<String> {
    if qualified.verdict != QualifiedVerdict::Qualified {
        return None;
    }
    let pick = |ru: &'static str, en: &'static str| match language {
        Language::Ru => ru,
        Language::En => en,
    };
    let status = |id: &str| {
        let mut conditions = qualified.conditions.iter();
        conditions.find(|it| it.id == id).map(|it| it.status)
    };
    let purposes = [
        ("eidas.3.14.purpose", pick("для подписей", "for signatures")),
        ("eidas.3.29.purpose", pick("для печатей", "for seals")),
        ("eidas.3.38.purpose", pick("для сайтов", "for web sites")),
    ];
    let met = purposes
        .into_iter()
        .filter(|(id, _)| status(id) == Some(ConditionStatus::Met));
    let mut said: Vec<&str> = met.map(|(_, words)| words).collect();
    said.extend(status("eidas.3.12.device").map(|device| match device {
        ConditionStatus::Met => pick(
            "ключ в квалифицированном устройстве",
            "its key in a qualified device",
        ),
        ConditionStatus::NotMet => pick(
            "ключ не в квалифицированном устройстве",
            "its key not in a qualified device",
        ),
        ConditionStatus::NotProvable => pick(
            "не доказано, что ключ в квалифицированном устройстве",
            "its key not shown to be in a qualified device",
        ),
    }));
    (!said.is_empty()).then(|| said.join(", "))
}
