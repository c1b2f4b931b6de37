//! What to do next, by the finding that stands in the way: rows of data.

use crate::finding::{Indication, Language};

use super::super::super::model::{QualifiedReport, QualifiedVerdict};

/// The beginning of a code, and what to do about it.
struct Row {
    code: &'static str,
    ru: &'static str,
    en: &'static str,
}

/// The first row whose beginning fits decides.
const ROWS: [Row; 13] = [
    Row {
        code: "cms.content.",
        ru: "Приложите сам документ и проверьте ещё раз.",
        en: "Supply the document itself and check again.",
    },
    Row {
        code: "crypto.digest.",
        ru: "Не принимайте этот документ: попросите тот, который был подписан.",
        en: "Do not accept this document: ask for the one that was signed.",
    },
    Row {
        code: "crypto.signature.",
        ru: "Не принимайте документ: попросите подписать его заново.",
        en: "Do not accept the document: ask for it to be signed again.",
    },
    Row {
        code: "path.build.",
        ru: "Попросите подписать документ сертификатом аккредитованного удостоверяющего центра.",
        en: "Ask for a signature with a certificate of an accredited authority.",
    },
    Row {
        code: "path.validity.",
        ru: "Попросите подписать документ заново действующим сертификатом.",
        en: "Ask for a new signature with a certificate that is valid.",
    },
    Row {
        code: "revocation.status.",
        ru: "Попросите подписать документ заново действующим сертификатом.",
        en: "Ask for a new signature with a certificate that is valid.",
    },
    Row {
        code: "revocation.",
        ru: "Повторите проверку, когда будут свежие сведения об отзыве.",
        en: "Check again when fresh revocation data is at hand.",
    },
    Row {
        code: "path.signer.",
        ru: "Попросите подписать документ сертификатом, который для этого выдан.",
        en: "Ask for a signature with a certificate that is meant for it.",
    },
    Row {
        code: "qualified.authority.no_list",
        ru: "Загрузите список аккредитованных удостоверяющих центров и проверьте ещё раз.",
        en: "Import the list of accredited authorities and check again.",
    },
    Row {
        code: "qualified.list.",
        ru: "Загрузите свежий список аккредитованных удостоверяющих центров и проверьте ещё раз.",
        en: "Import a newer list of accredited authorities and check again.",
    },
    Row {
        code: "qualified.authority.",
        ru: "Где закон требует квалифицированной подписи, попросите подписать документ сертификатом аккредитованного удостоверяющего центра.",
        en: "Where the law asks for a qualified signature, ask for one with a certificate of an accredited authority.",
    },
    Row {
        code: "qualified.restriction.",
        ru: "Прочтите ограничение и решите, годится ли подпись для этого документа.",
        en: "Read the restriction and decide whether the signature will do for this document.",
    },
    Row {
        code: "qualified.transition.",
        ru: "Попросите подписать документ заново действующим сертификатом.",
        en: "Ask for a new signature with a certificate that is valid.",
    },
];

/// The sentence for a verdict and the codes that led to it.
pub(super) fn of(
    indication: Indication,
    qualified: Option<&QualifiedReport>,
    codes: &[&str],
    language: Language,
) -> String {
    let pick = |ru: &'static str, en: &'static str| match language {
        Language::Ru => ru,
        Language::En => en,
    };
    let passed = indication == Indication::TotalPassed;
    let verdict = qualified.map(|it| it.verdict);
    if passed && verdict == Some(QualifiedVerdict::Qualified) {
        if qualified.is_some_and(QualifiedReport::is_eidas) {
            return pick("Документ можно принимать.", "The document may be accepted.").to_owned();
        }
        return pick(
            "Документ можно принимать; закон требует ещё проверки сертифицированным средством электронной подписи, а эта программа им не является.",
            "The document may be accepted; the law also asks for a check with a certified signature tool, which this program is not.",
        )
        .to_owned();
    }
    if passed && qualified.is_none() {
        return String::new();
    }
    let row = codes
        .iter()
        .find_map(|code| ROWS.iter().find(|row| code.starts_with(row.code)));
    let sentence = match (row, indication) {
        (Some(row), _) => pick(row.ru, row.en),
        (None, Indication::TotalFailed) => pick(
            "Не принимайте документ: попросите подписать его заново.",
            "Do not accept the document: ask for it to be signed again.",
        ),
        (None, _) => pick(
            "Пока не принимайте документ: попросите того, кто его подписал, прислать недостающее или подписать заново.",
            "Do not accept the document yet: ask who signed it for what is missing, or for a new signature.",
        ),
    };
    sentence.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::code;

    #[test]
    fn each_row_is_about_a_code() {
        for row in ROWS {
            let mut codes = code::all();
            assert!(
                codes.any(|code| code.id.starts_with(row.code)),
                "{}",
                row.code
            );
        }
    }

    #[test]
    fn whatever_does_not_pass_is_not_to_be_accepted() {
        for indication in [Indication::TotalFailed, Indication::Indeterminate] {
            for language in [Language::Ru, Language::En] {
                assert!(!of(indication, None, &["archive.something.else"], language).is_empty());
                let qualified = QualifiedReport {
                    verdict: QualifiedVerdict::Qualified,
                    conditions: Vec::new(),
                };
                let said = of(indication, Some(&qualified), &[], language);
                assert!(
                    said.contains("не принимайте")
                        || said.contains("Не принимайте")
                        || said.contains("Do not accept")
                );
            }
        }
    }
}
