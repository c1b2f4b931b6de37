//! Names of fields as people read them.

use sig_core::finding::Language;

/// Russian names; the English one is the field's own with spaces.
const RUSSIAN: &[(&str, &str)] = &[
    ("account", "запись"),
    ("account_id", "учётная запись"),
    ("active", "действует"),
    ("age_days", "возраст, дней"),
    ("answers", "ответ реестра"),
    ("application", "заявление"),
    ("application_id", "номер заявления"),
    ("assurance", "доверие"),
    ("at", "когда"),
    ("audit", "журнал"),
    ("authorities", "удостоверяющих центров"),
    ("block", "блокировка"),
    ("blocked_at", "когда"),
    ("blocked_by", "кем"),
    ("certificate", "сертификат"),
    ("challenge_id", "запрос на вход"),
    ("channel", "способ"),
    ("check_id", "номер проверки"),
    ("code", "код"),
    ("confirmation", "подтверждение"),
    ("confirmed_at", "когда"),
    ("content", "содержимое"),
    ("decided_at", "решено"),
    ("demonstration", "для показа"),
    ("digest", "дайджест"),
    ("en", "по-английски"),
    ("ended_at", "прекращена"),
    ("evidence_id", "доказательство"),
    ("expires_at", "действует до"),
    ("field", "поле"),
    ("fields", "поля"),
    ("id", "номер"),
    ("inn", "ИНН"),
    ("issued_at", "выдано"),
    ("issuer", "издатель"),
    ("kind", "вид"),
    ("leaf_hash", "хеш листа"),
    ("level", "уровень"),
    ("link_id", "связь"),
    ("linked_at", "связана"),
    ("links", "организации"),
    ("mismatches", "расхождение"),
    ("name", "название"),
    ("next_not_before", "новый код не раньше"),
    ("next_page_token", "следующая страница"),
    ("next_update", "следующее обновление"),
    ("not_after", "действует до"),
    ("not_before", "действует с"),
    ("object", "предмет"),
    ("ogrn", "ОГРН"),
    ("ogrnip", "ОГРНИП"),
    ("outcome", "результат"),
    ("reason", "причина"),
    ("reasons", "причина"),
    ("refused", "отказ"),
    ("registered_at", "зарегистрирована"),
    ("registry", "реестр"),
    ("registry_check", "проверка по реестрам"),
    ("requested_at", "запрошено"),
    ("retry_at", "повторить"),
    ("ru", "по-русски"),
    ("sequence", "место в журнале"),
    ("serial", "серийный номер"),
    ("sha256", "SHA-256"),
    ("signed_in", "вошёл"),
    ("state", "состояние"),
    ("status", "статус"),
    ("text", "текст"),
    ("tries_left", "осталось попыток"),
];

/// The name of a field in a language; its own name where there is no other.
pub(super) fn label(field: &str, language: Language) -> String {
    let russian = || {
        let row = RUSSIAN.iter().find(|(known, _)| *known == field);
        row.map(|(_, label)| (*label).to_owned())
    };
    match language {
        Language::Ru => russian().unwrap_or_else(|| field.to_owned()),
        Language::En => field.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_named_once() {
        assert!(RUSSIAN.is_sorted_by(|(a, _), (b, _)| a < b));
        assert_eq!(label("account_id", Language::Ru), "учётная запись");
        assert_eq!(label("account_id", Language::En), "account id");
        assert_eq!(label("other_field", Language::Ru), "other_field");
    }
}
