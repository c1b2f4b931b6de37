//! Ids and citations as people read them.

use crate::base::limits::Work;
use crate::base::time::UnixTime;
use crate::finding::{Language, displayable};

use super::super::work;

/// What a citation says in words, and how a Russian reader writes it.
const CITED: [(&str, &str); 10] = [
    (" step ", " шаг "),
    (" steps ", " шаги "),
    (" app. ", " прил. "),
    (" annex ", " прил. "),
    (" and ", " и "),
    ("63-FZ", "63-ФЗ"),
    ("476-FZ", "476-ФЗ"),
    (" art. ", " ст. "),
    ("FSB order ", "приказ ФСБ "),
    ("order ", "приказ "),
];

/// The clause that a finding or a step comes from.
pub(super) fn clause(clause: &str, language: Language) -> String {
    match language {
        Language::En => clause.to_owned(),
        Language::Ru => CITED.iter().fold(clause.to_owned(), |text, (en, ru)| {
            if text.contains(en) {
                text.replace(en, ru)
            } else {
                text
            }
        }),
    }
}

/// What a finding is about: `certificate:<sha256>` is a certificate; signatures are counted as they are shown.
pub(super) fn subject(id: &str, language: Language) -> String {
    let (kind, rest) = id.split_once(':').unwrap_or((id, ""));
    let (ru, en) = match kind {
        "document" => ("документ", "document"),
        "signature" => ("подпись", "signature"),
        "counter-signature" => ("заверяющая подпись", "counter-signature"),
        "certificate" => ("сертификат", "certificate"),
        "crl" => ("список отзыва", "CRL"),
        "ocsp" => ("ответ OCSP", "OCSP response"),
        "time-stamp" => ("штамп времени", "time-stamp"),
        "evidence-record" => ("архивная запись", "evidence record"),
        "trust-list" | "trust" => ("список доверия", "trust list"),
        "list-version" => ("версия списка", "list version"),
        "registry-number" => ("реестровый номер", "registry number"),
        "key-identifier" => ("идентификатор ключа", "key identifier"),
        "class" => ("класс средства", "tool class"),
        _ => return id.to_owned(),
    };
    let name = match language {
        Language::Ru => ru,
        Language::En => en,
    };
    let counted = rest.parse::<usize>().ok().filter(|_| kind == "signature");
    match counted {
        _ if rest.is_empty() => name.to_owned(),
        Some(index) => format!("{name} {}", index.saturating_add(1)),
        // A number in a register is text of the list.
        None => format!("{name} {}", displayable(rest)),
    }
}

/// Whom a name of RFC 4514 names, in quotes: the common name if there is one, else the whole name.
pub(super) fn named(name: &str) -> String {
    let mut parts = vec![String::new()];
    let mut is_escaped = false;
    for character in name.chars() {
        let part = parts.last_mut();
        match (character, part) {
            ('\\', _) if !is_escaped => {
                is_escaped = true;
                continue;
            }
            (',' | '+', _) if !is_escaped => parts.push(String::new()),
            (other, Some(part)) => part.push(other),
            _ => {}
        }
        is_escaped = false;
    }
    let mut common = parts.iter().filter_map(|part| part.strip_prefix("CN="));
    let only = common.next().filter(|_| common.next().is_none());
    format!("«{}»", displayable(only.unwrap_or(name)))
}

/// A moment in a sentence.
pub(super) fn moment(at: UnixTime) -> String {
    let text = at.to_string();
    match text.strip_suffix('Z').and_then(|text| text.split_once('T')) {
        Some((date, time)) => format!("{date} {time} UTC"),
        None => text,
    }
}

/// What the judging took.
pub(super) fn counters(work: &Work, language: Language) -> String {
    let first = [
        ("bytes", work.bytes),
        ("nodes", work.nodes),
        ("signature_checks", work.signature_checks),
    ];
    let rest = work::rest(work);
    let all = first.iter().chain(&rest);
    let named: Vec<String> = all
        .map(|(name, count)| format!("{} {count}", counter(name, language)))
        .collect();
    named.join(", ")
}

fn counter(name: &'static str, language: Language) -> &'static str {
    let (ru, en) = match name {
        "bytes" => ("байтов", "bytes"),
        "nodes" => ("элементов ASN.1", "ASN.1 elements"),
        "signature_checks" => ("проверок подписи", "signature checks"),
        "path_candidates" => ("возможных издателей", "issuer candidates"),
        "name_comparisons" => ("сравнений имён", "name comparisons"),
        "name_constraint_checks" => ("проверок ограничений имён", "name constraint checks"),
        "policy_nodes" => ("узлов графа политик", "nodes of the policy graph"),
        other => (other, other),
    };
    match language {
        Language::Ru => ru,
        Language::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::code;

    /// Latin words of a Russian text, names of standards apart.
    fn foreign(text: &str) -> Vec<&str> {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
        let is_word =
            |word: &&str| word.len() > 2 && word.chars().all(|letter| letter.is_ascii_lowercase());
        words.filter(is_word).collect()
    }

    #[test]
    fn citations_have_no_english_in_russian() {
        // The name of a draft is no word.
        let named = |text: &str| text.contains("draft-");
        for code in code::all().filter(|code| !named(code.clause)) {
            let said = clause(code.clause, Language::Ru);
            assert_eq!(foreign(&said), [""; 0], "{said}");
            assert_eq!(clause(code.clause, Language::En), code.clause);
        }
        let said = clause("EN 319 102-1 §5.5.4 step 3", Language::Ru);
        assert_eq!(said, "EN 319 102-1 §5.5.4 шаг 3");
        assert_eq!(
            clause("63-FZ art. 11 (2)", Language::Ru),
            "63-ФЗ ст. 11 (2)"
        );
    }

    #[test]
    fn subjects_are_named_and_signatures_counted_from_one() {
        assert_eq!(subject("signature:0", Language::Ru), "подпись 1");
        assert_eq!(
            subject("certificate:0a1b", Language::En),
            "certificate 0a1b"
        );
        assert_eq!(subject("crl:12", Language::Ru), "список отзыва 12");
        assert_eq!(subject("document", Language::Ru), "документ");
        assert_eq!(subject("2.999", Language::Ru), "2.999");
    }

    #[test]
    fn a_name_is_short_unless_it_is_ambiguous() {
        assert_eq!(named("CN=Test CA,O=Test"), "«Test CA»");
        assert_eq!(named(r"O=Test\, CN=Bank,CN=Smith\, John"), "«Smith, John»");
        assert_eq!(named("OU=Unit+CN=Test CA"), "«Test CA»");
        assert_eq!(named("CN=One,CN=Two"), "«CN=One,CN=Two»");
        assert_eq!(named("O=Test"), "«O=Test»");
    }

    #[test]
    fn a_moment_is_date_and_time() {
        let at = UnixTime::from_seconds(1_795_262_400);
        assert_eq!(moment(at), "2026-11-21 12:00:00 UTC");
    }
}
