//! Words of the standards as people read them: ids stand in facts and JSON, these texts in what is shown.

use super::text::Language;

struct Row {
    id: &'static str,
    ru: &'static str,
    en: &'static str,
}

macro_rules! words {
    ($($id:literal, $ru:literal, $en:literal;)+) => {
        static ROWS: &[Row] = &[$(Row { id: $id, ru: $ru, en: $en }),+];
    };
}

words! {
    // What is wrong with an encoding.
    "truncated", "данные обрываются", "the data ends too early";
    "trailing-octets", "после объекта есть лишние байты", "octets follow the end of the object";
    "unexpected-tag", "на этом месте должен стоять другой элемент", "another element was required here";
    "invalid-length", "длина записана неверно", "the length is written wrongly";
    "invalid-value", "значение недопустимо для своего типа", "the value breaks the rules of its type";
    "not-der", "запись не DER, а здесь требуется DER", "the encoding is not DER, which is required here";
    "unsupported-version", "номер версии неизвестен или не подходит к содержимому", "the version number is unknown or does not fit the content";
    "missing", "нет обязательного поля", "a field that must be there is absent";
    "duplicate", "элемент повторяется, а должен быть один", "an element that may occur once occurs again";
    "unsupported-content", "тип содержимого здесь не читается", "the type of the content is not one that is read here";
    "empty", "ничего нет", "there is nothing";
    "invalid-text", "текстовая запись (PEM, base64, XML) повреждена", "the text encoding (PEM, base64, XML) is broken";
    "Pem", "PEM или base64", "PEM or base64";
    // Limits.
    "Bytes", "байтов во входных данных", "octets of one input";
    "Depth", "уровней вложенности ASN.1", "nesting of ASN.1 elements";
    "Nodes", "элементов ASN.1", "ASN.1 elements";
    "Signers", "подписей в одном сообщении", "signers of one message";
    "Certificates", "сертификатов в одном сообщении", "certificates of one message";
    "CrlEntries", "записей в одном списке отзыва", "entries of one CRL";
    "OcspBytes", "байтов в одном ответе OCSP", "octets of one OCSP response";
    "OcspSingleResponses", "сведений в одном ответе OCSP", "statements of one OCSP response";
    "SignatureChecks", "проверок подписей на один файл", "checks of signatures for one input";
    "PathCandidates", "попыток построить цепочку", "issuers tried for paths";
    "PathLength", "сертификатов в одной цепочке", "certificates of one path";
    "NameComparisons", "сравнений имён", "comparisons of names";
    "NameConstraintChecks", "проверок ограничений имён", "checks of name constraints";
    "PolicyNodes", "узлов дерева политик", "nodes of the policy graph";
    "XmlNodes", "узлов или атрибутов XML", "nodes or attributes of one XML document";
    // Levels of CAdES.
    "CMS", "без атрибутов CAdES", "without the attributes of CAdES";
    "BES", "CAdES-BES, без штампа времени", "CAdES-BES, without a time-stamp";
    "EPES", "CAdES-EPES, с политикой подписи", "CAdES-EPES, with a signature policy";
    "B-B", "базовый CAdES, только подпись", "baseline CAdES, the signature alone";
    "T", "CAdES-T, со штампом времени", "CAdES-T, with a time-stamp";
    "B-T", "базовый CAdES со штампом времени", "baseline CAdES with a time-stamp";
    "C", "CAdES-C, со ссылками на доказательства", "CAdES-C, with references to validation data";
    "X-1", "CAdES-X тип 1, без самих доказательств", "CAdES-X type 1, without the validation data itself";
    "X-2", "CAdES-X тип 2, без самих доказательств", "CAdES-X type 2, without the validation data itself";
    "X-L", "CAdES-X Long, с доказательствами", "CAdES-X Long, with validation data";
    "X-L-1", "CAdES-X Long тип 1, усовершенствованная подпись", "CAdES-X Long type 1";
    "X-L-2", "CAdES-X Long тип 2", "CAdES-X Long type 2";
    "LT", "CAdES с доказательствами", "CAdES with validation data";
    "A", "CAdES-A, с архивным штампом", "CAdES-A, with an archive time-stamp";
    "B-LT", "базовый CAdES с доказательствами", "baseline CAdES with validation data";
    "B-LTA", "базовый CAdES с доказательствами и архивным штампом", "baseline CAdES with validation data and an archive time-stamp";
    // What names a holder.
    "common-name", "общее имя (CN)", "common name (CN)";
    "surname", "фамилия", "surname";
    "given-name", "имя и отчество", "given name";
    "pseudonym", "псевдоним", "pseudonym";
    "organisation", "организация", "organisation";
    "snils", "страховой номер (СНИЛС)", "SNILS";
    "inn", "номер налогоплательщика (ИНН)", "INN";
    "organisation-inn", "ИНН организации", "INN of the organisation";
    "ogrn", "регистрационный номер (ОГРН)", "OGRN";
    "ogrnip", "регистрационный номер (ОГРНИП)", "OGRNIP";
    // Keys.
    "other-algorithm", "ключ другого алгоритма", "the key is one of another algorithm";
    "malformed-key", "запись ключа повреждена", "the encoding of the key is broken";
    "unknown-parameters", "параметры ключа не названы или неизвестны", "the parameters of the key are absent or unknown";
    "explicit-parameters", "параметры ключа выписаны явно, а должны быть названы", "the parameters of the key are written out instead of named";
    "parameters-mismatch", "параметры не подходят к размеру ключа", "the parameters do not fit the size of the key";
    "invalid-point", "точка открытого ключа не лежит на кривой или в нужной подгруппе", "the point is not on the curve or not in its subgroup";
    "key-out-of-bounds", "модуль или показатель ключа вне допустимых границ", "modulus or exponent of the key is out of bounds";
    "low-exponent", "открытый показатель ключа не больше 65536", "the public exponent of the key is not above 65536";
    "negative-modulus", "модуль ключа записан отрицательным числом", "the modulus of the key is written as a negative number";
    "no-digest-parameters", "внутри подписи нет обязательного NULL при названии хэша", "the identifier of the digest inside the signature lacks its NULL";
    "back-ends-disagree", "две реализации алгоритма не сошлись", "two implementations of the algorithm disagree";
    "algorithm-unknown", "алгоритм неизвестен", "the algorithm is unknown";
    "algorithms-contradict", "названия алгоритмов противоречат друг другу", "the names of the algorithms contradict each other";
    "algorithm-not-offered", "алгоритм здесь не вычисляется", "the algorithm is not offered here";
    // CRLs and OCSP responses.
    "bad signature", "подпись не сходится", "its signature does not verify";
    "no certificate of its signer", "нет сертификата того, кто его подписал", "no certificate of its signer is at hand";
    "no cRLSign", "ключ издателя не предназначен для списков отзыва", "the key of its issuer is not meant for CRLs";
    "signer without a path to the anchor", "от подписавшего его нет цепочки к доверенному корню", "no path leads from its signer to the anchor";
    "status of its signer unknown", "не известно, не отозван ли сертификат подписавшего его", "whether its signer is revoked is not known";
    "signer expired", "срок сертификата подписавшего его истёк", "the certificate of its signer has expired";
    "signer revoked", "сертификат подписавшего его отозван", "its signer is revoked";
    "signer on hold", "действие сертификата подписавшего его приостановлено", "its signer is on hold";
    "signature algorithms differ", "алгоритм внутри не тот, что снаружи", "the algorithm inside differs from the one outside";
    "unknown critical extension", "неизвестное критическое расширение", "an unknown critical extension";
    "malformed extension", "расширение повреждено", "a malformed extension";
    "malformed or duplicate extension", "расширение повреждено или повторяется", "a malformed or repeated extension";
    "malformed issuingDistributionPoint", "область действия списка записана неверно", "its scope is malformed";
    "delta CRL without its base", "к разностному списку нет полного", "a delta CRL without the complete one";
    "delta CRL without cRLNumber", "у разностного списка нет номера", "a delta CRL without a number";
    "cRLIssuer", "его издатель не отвечает за этот сертификат", "its issuer does not answer for the certificate";
    "distributionPoint", "точка распространения не та, что в сертификате", "its distribution point is none of the certificate's";
    "certificates of another kind", "он о сертификатах другого вида", "it is about certificates of another kind";
    "onlySomeReasons", "он не отвечает ни за одну из причин", "it answers for no reason";
    "thisUpdate < notBefore", "выпущен раньше сертификата", "issued before the certificate";
    "thisUpdate > notAfter", "выпущен после срока сертификата", "issued after the certificate expired";
    "thisUpdate in the future", "выпущен позже времени проверки", "issued after the time of checking";
    "malformed entry", "строка о сертификате повреждена", "the entry of the certificate is malformed";
    "responseType", "это не базовый ответ OCSP", "it is not a basic OCSP response";
    "certID.hashAlgorithm", "алгоритм хэша в запросе неизвестен", "the hash algorithm of the CertID is unknown";
    "certID.issuerNameHash", "ответ о сертификате другого издателя (имя)", "it is about another issuer (name)";
    "certID.issuerKeyHash", "ответ о сертификате другого издателя (ключ)", "it is about another issuer (key)";
    "responderID", "сертификата ответчика нет", "the responder's certificate is not at hand";
    "signatureAlgorithm", "алгоритм подписи ответа неизвестен", "the signature algorithm of the response is unknown";
    "responder: issuer", "ответчик уполномочен не тем издателем", "the responder is not authorised by the issuer";
    "responder: signature of the issuer", "сертификат ответчика подписан не издателем", "the responder's certificate is not signed by the issuer";
    "responder: no OCSPSigning", "сертификат ответчика не для ответов OCSP", "the responder's certificate is not for OCSP";
    "responder: no digitalSignature", "ключ ответчика не для подписи", "the responder's key is not for signing";
    "responder: validity at the time of checking", "срок сертификата ответчика истёк ко времени проверки", "the responder's certificate has expired by the time of checking";
    "responder: validity", "сертификат ответчика вне срока действия", "the responder's certificate is outside its validity";
    "responder: RFC 5280 §6.1", "цепочка ответчика недействительна", "the responder's path is not valid";
    "responder: revoked", "сертификат ответчика отозван", "the responder is revoked";
    "responder: on hold", "действие сертификата ответчика приостановлено", "the responder is on hold";
    "responder: no ocsp-nocheck, no CRL", "не известно, не отозван ли ответчик", "whether the responder is revoked is not known";
    "responder = certificate", "ответчик судит о самом себе", "the responder answers about itself";
    "certHash", "хэш сертификата в ответе другой", "the hash of the certificate differs";
    "thisUpdate > time of checking", "ответ выпущен позже времени проверки", "issued after the time of checking";
    "producedAt > time of checking", "ответ подписан позже времени проверки", "signed after the time of checking";
    "producedAt < thisUpdate", "ответ подписан раньше, чем действует", "signed before it holds";
    "nextUpdate < thisUpdate", "ответ кончается раньше, чем начинается", "it ends before it begins";
    "producedAt > notAfter, no archiveCutoff", "ответ дан после срока сертификата, архива у ответчика нет", "given after the certificate expired, without an archive cutoff";
    "unknown", "ответчик не знает этого сертификата", "the responder does not know the certificate";
    "never issued", "такой сертификат не выпускался", "no such certificate was issued";
    // Reasons of revocation.
    "unspecified", "причина не указана", "unspecified";
    "keyCompromise", "ключ скомпрометирован", "the key is compromised";
    "cACompromise", "ключ удостоверяющего центра скомпрометирован", "the authority's key is compromised";
    "affiliationChanged", "сведения о владельце изменились", "the affiliation changed";
    "superseded", "сертификат заменён", "superseded";
    "cessationOfOperation", "сертификат больше не нужен", "no longer needed";
    "certificateHold", "действие приостановлено", "on hold";
    "removeFromCRL", "исключён из списка", "removed from the list";
    "privilegeWithdrawn", "право отозвано", "privilege withdrawn";
    "aACompromise", "ключ центра атрибутов скомпрометирован", "the attribute authority's key is compromised";
    // Classes of signature tools.
    "KC1", "класс КС1", "class KC1";
    "KC2", "класс КС2", "class KC2";
    "KC3", "класс КС3", "class KC3";
    "KB1", "класс КВ1", "class KB1";
    "KB2", "класс КВ2", "class KB2";
    "KA1", "класс КА1", "class KA1";
    // Time-stamps.
    "time-stamp", "документа", "time-stamp";
    "content-time-stamp", "на содержимом", "content time-stamp";
    "signature-time-stamp", "на подписи", "signature time-stamp";
    "cades-c-time-stamp", "на подписи и ссылках", "time-stamp of signature and references";
    "references-time-stamp", "на ссылках", "time-stamp of references";
    "archive-time-stamp-v2", "архивный (версии 2)", "archive time-stamp (version 2)";
    "archive-time-stamp-v3", "архивный (версии 3)", "archive time-stamp (version 3)";
    "rejection", "отказ", "rejection";
    "waiting", "запрос ещё не выполнен", "waiting";
    "revocationWarning", "предупреждение об отзыве", "revocation warning";
    "revocationNotification", "сертификат службы отозван", "revocation notification";
    // What was not checked.
    "ocsp", "ответы OCSP", "OCSP responses";
    "none-offered", "их не приложили", "none was offered";
    "revocation-off", "политика отзыв не проверяет", "the policy does not check revocation";
    "certification-path", "цепочка сертификатов", "the certification path";
    "accredited-ca-list", "список аккредитованных удостоверяющих центров", "the list of accredited authorities";
    "list-version-with-this-key", "список, в котором есть этот ключ центра", "a list that has this key of the authority";
    "status-on-the-day-of-issue", "аккредитация центра в день выдачи сертификата", "the accreditation on the day of issue";
    "status-at-the-time-of-signing", "статус услуги в это время", "the status of the service at that time";
    "list-not-older-than-certificate", "список не старше сертификата", "a list that is not older than the certificate";
    "a-check-of-the-signature", "проверка самой подписи", "the check of the signature itself";
    "list-with-this-authority", "доверенный список, в котором есть этот удостоверяющий центр", "a trusted list that has this authority";
    "meaning-of-list-extension", "смысл критичного расширения в доверенном списке", "the meaning of a critical extension in the trusted list";
    "newer-list", "более новый доверенный список", "a newer trusted list";
    "list-qualifiers", "ясное указание в доверенном списке", "what the trusted list says of the certificate";
    "qc-statements", "ясное указание в сертификате", "what the certificate says of itself";
    "use-stated-in-the-list", "назначение сертификатов услуги в доверенном списке", "what the certificates of the service are for, in the trusted list";
    "no-signing-certificate", "нет сертификата подписанта", "the signer's certificate is absent";
    "needs-a-signature", "нужна подпись", "a signature is needed";
    "archive-time-stamp-v1", "архивный штамп версии 1", "archive time-stamp of version 1";
    "long-term-validation", "атрибут long-term-validation", "attribute long-term-validation";
    "attribute-certificate-references", "ссылки на атрибутные сертификаты", "references to attribute certificates";
    "attribute-revocation-references", "ссылки на данные об отзыве атрибутных сертификатов", "references to revocation data of attribute certificates";
    "certified-attributes", "роли, заверенные другими", "attributes certified by others";
    "crypto-infos", "поле cryptoInfos архивной записи", "the field cryptoInfos of the evidence record";
    "63fz.11.3", "условие 3 статьи 11 закона 63-ФЗ", "condition 3 of article 11 of law 63-FZ";
    "signature-policy", "политика подписи", "the signature policy";
    "signature-policy-rules", "правила политики подписи", "the rules of the signature policy";
    "implied", "подразумевается, документа не названо", "it is implied, no document is named";
    "no-document", "её документа нет", "its document is not at hand";
    "not-processed", "её документ не тот или не читается", "its document is another one or cannot be read";
    "not-supported", "не поддерживается", "not supported";
    // Sub-indications.
    "FORMAT_FAILURE", "структура подписи нарушена", "the structure of the signature is broken";
    "HASH_FAILURE", "данные изменены или это другие данные", "the data was changed or is other data";
    "SIG_CRYPTO_FAILURE", "значение подписи не сходится", "the signature value does not verify";
    "REVOKED", "подписано после отзыва сертификата", "signed after the certificate was revoked";
    "EXPIRED", "подписано после срока сертификата", "signed after the certificate expired";
    "NOT_YET_VALID", "подписано до начала срока сертификата", "signed before the certificate was valid";
    "SIG_CONSTRAINTS_FAILURE", "атрибуты подписи не отвечают требованиям", "the attributes do not meet the demands";
    "CHAIN_CONSTRAINTS_FAILURE", "сертификат не для такого применения", "the certificate is not for this use";
    "CERTIFICATE_CHAIN_GENERAL_FAILURE", "цепочка сертификатов не доказана", "the path is not proven valid";
    "CRYPTO_CONSTRAINTS_FAILURE", "алгоритм уже не был стойким", "the algorithm was no longer strong";
    "POLICY_PROCESSING_ERROR", "политика подписи не та или повреждена", "the signature policy differs or is broken";
    "SIGNATURE_POLICY_NOT_AVAILABLE", "нет документа политики подписи", "the signature policy is not at hand";
    "TIMESTAMP_ORDER_FAILURE", "штампы времени противоречат друг другу", "the time-stamps contradict each other";
    "NO_SIGNING_CERTIFICATE_FOUND", "нет сертификата подписанта", "the signer's certificate is not found";
    "NO_CERTIFICATE_CHAIN_FOUND", "нет цепочки к доверенному корню", "no path to a trust anchor";
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "доверие корню уже кончилось", "the trust in the anchor has ended";
    "REVOKED_NO_POE", "сертификат отозван, когда подписано — не доказано", "the certificate is revoked, when it signed is not proven";
    "REVOKED_CA_NO_POE", "сертификат центра отозван, когда подписано — не доказано", "an authority is revoked, when it was signed is not proven";
    "OUT_OF_BOUNDS_NOT_REVOKED", "срок сертификата кончился, когда подписано — не доказано", "the certificate is outside its validity, when it signed is not proven";
    "OUT_OF_BOUNDS_NO_POE", "срок сертификата кончился, об отзыве данных нет", "the certificate is outside its validity, its status is not known";
    "REVOCATION_OUT_OF_BOUNDS_NO_POE", "срок подписавшего данные об отзыве кончился", "the signer of the revocation data is outside its validity";
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "алгоритм нестойкий, когда подписано — не доказано", "the algorithm is weak, when it was used is not proven";
    "NO_POE", "нет доказательства, что данные существовали вовремя", "nothing proves that the data existed in time";
    "TRY_LATER", "повторите проверку с более свежими данными", "check again with fresher data";
    "SIGNED_DATA_NOT_FOUND", "нет подписанного документа", "the signed document is not at hand";
}

/// The text of a word, when it has one of its own.
#[must_use]
pub fn said(id: &str, language: Language) -> Option<&'static str> {
    let row = ROWS.iter().find(|row| row.id == id)?;
    Some(match language {
        Language::Ru => row.ru,
        Language::En => row.en,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::error::{Limit, Reason};
    use crate::finding::SubIndication;

    #[test]
    fn each_word_stands_once_and_in_both_languages() {
        let mut seen = BTreeSet::new();
        for row in ROWS {
            assert!(seen.insert(row.id), "{} twice", row.id);
            assert!(!row.ru.is_empty() && !row.en.is_empty(), "{}", row.id);
            assert!(
                row.ru.chars().any(|it| ('а'..='я').contains(&it)),
                "{}",
                row.id
            );
        }
    }

    /// What a condition may lack, as the sources name it; else it is the code of a finding.
    #[test]
    fn everything_that_a_condition_may_lack_is_said() {
        let sources = [
            include_str!("../validate/qualified.rs"),
            include_str!("../validate/qualified/accredited.rs"),
            include_str!("../validate/qualified/belongs.rs"),
            include_str!("../validate/qualified/limits.rs"),
            include_str!("../validate/qualified/valid.rs"),
            include_str!("../validate/qualified_eu.rs"),
            include_str!("../validate/qualified_eu/alone.rs"),
            include_str!("../validate/qualified_eu/purpose.rs"),
        ];
        let starts = [
            "let missing = [\"",
            ".lacks(\"",
            "missing.push(\"",
            "Answer::Open(\"",
        ];
        let mut seen = BTreeSet::new();
        for (source, start) in sources
            .iter()
            .flat_map(|it| starts.map(|start| (it, start)))
        {
            let ids = source.split(start).skip(1);
            seen.extend(ids.filter_map(|rest| rest.split('"').next()));
        }
        assert!(seen.contains("newer-list") && seen.len() > 10, "{seen:?}");
        for id in seen {
            for language in [Language::Ru, Language::En] {
                assert!(said(id, language).is_some(), "{id}");
            }
        }
    }

    #[test]
    fn every_reason_is_said() {
        let reasons = Reason::ALL.iter().map(|reason| reason.word());
        let subs = SubIndication::ALL.iter().map(|sub| sub.name());
        for id in reasons.chain(subs) {
            assert!(said(id, Language::Ru).is_some(), "{id}");
        }
        for limit in Limit::ALL {
            let id = format!("{limit:?}");
            assert!(said(&id, Language::Ru).is_some(), "{id}");
        }
        assert_eq!(said("sha256", Language::Ru), None);
    }
}
