//! The conditions of a qualified signature under Regulation (EU) No 910/2014.

use super::rows;

rows! {
    IN_FORCE = "qualified_eu.service.in_force", Info, Qualified, None, "ETSI TS 119 615 §4.3",
        "услуга {authority} была в доверенном списке в день выдачи {issued}: статус {status} с {from}",
        "the service of {authority} was listed on the day of issue {issued}: status {status} since {from}";
    NOT_IN_FORCE = "qualified_eu.service.not_in_force", Warn, Qualified, None, "ETSI TS 119 615 §4.3",
        "в день выдачи {issued} услуга {authority} не была квалифицированной: статус {status} с {from}",
        "on the day of issue {issued} the service of {authority} was not a qualified one: status {status} since {from}";
    NOT_IN_FORCE_AT_SIGNING = "qualified_eu.service.not_in_force_at_signing", Warn, Qualified, None, "ETSI TS 119 615 §4.4",
        "на момент подписи {then} (без метки времени это момент проверки) услуга {authority} не была квалифицированной: статус {status} с {from}",
        "at the time of signing {then}, which without a time-stamp is the time of checking, the service of {authority} was not a qualified one: status {status} since {from}";
    NOT_IN_FORCE_NOW = "qualified_eu.service.not_in_force_now", Warn, Qualified, None, "ETSI TS 119 615 §4.4",
        "на момент проверки {then} услуга {authority} не квалифицированная: статус {status} с {from}",
        "at the time of checking {then} the service of {authority} is not a qualified one: status {status} since {from}";
    OTHER_SERVICE = "qualified_eu.service.other", Warn, Qualified, None, "ETSI TS 119 612 §5.5.1",
        "в день выдачи {issued} услуга {authority} не была выдачей квалифицированных сертификатов (статус {status} с {from})",
        "on the day of issue {issued} the service of {authority} did not issue qualified certificates, status {status} since {from}";
    NO_STATUS = "qualified_eu.service.no_status", Warn, Qualified, None, "ETSI TS 119 615 §4.3",
        "список не говорит, каким был статус услуги {authority} в день выдачи {issued}",
        "the list does not say what the status of the service of {authority} was on the day of issue {issued}";
    NOT_LISTED = "qualified_eu.service.not_listed", Warn, Qualified, None, "ETSI TS 119 615 §4.3",
        "ни одного удостоверяющего центра над сертификатом нет в доверенном списке",
        "no authority above the certificate is in the trusted list";
    ENTRY_UNKNOWN = "qualified_eu.service.extension_unknown", Warn, Qualified, None, "ETSI TS 119 612 §5.5.9",
        "в записи доверенного списка есть критичное расширение, смысл которого неизвестен",
        "the entry of the trusted list has a critical extension whose meaning is not known";
    STALE = "qualified_eu.list.stale", Warn, Qualified, None, "ETSI TS 119 612 §5.3.15",
        "доверенный список {territory} от {published} на {checked} устарел: что было с услугой после его выпуска, неизвестно",
        "the trusted list of {territory} published {published} is out of date on {checked}: what became of the service after it is not known";
    CANNOT_TELL = "qualified_eu.certificate.cannot_tell", Warn, Qualified, None, "ETSI TS 119 615 §4.4",
        "доверенный список или сертификат не говорит об этом однозначно",
        "the trusted list or the certificate does not say so without doubt";
    NOT_QUALIFIED_BY_LIST = "qualified_eu.certificate.not_qualified", Warn, Qualified, None, "ETSI TS 119 612 §5.5.9.2.3",
        "доверенный список объявляет такие сертификаты неквалифицированными",
        "the trusted list declares such certificates not qualified";
    NO_COMPLIANCE = "qualified_eu.certificate.no_statement", Warn, Qualified, None, "EN 319 412-5 §4.2.1",
        "ни сертификат, ни доверенный список не называет сертификат квалифицированным",
        "neither the certificate nor the trusted list calls the certificate a qualified one";
    NOT_FOR_SIGNATURES = "qualified_eu.certificate.other_purpose", Warn, Qualified, None, "EN 319 412-5 §4.2.3",
        "сертификат не для электронных подписей",
        "the certificate is not for electronic signatures";
    NO_PURPOSE = "qualified_eu.certificate.no_purpose", Warn, Qualified, None, "EN 319 412-5 §4.2.3",
        "сертификат не для того, для чего выдаёт сертификаты услуга доверенного списка: ни для подписей, ни для печатей, ни для сайтов",
        "what the certificate is for is not what the service of the trusted list issues certificates for: not signatures, seals or web sites";
    NO_DEVICE = "qualified_eu.device.none", Warn, Qualified, None, "EN 319 412-5 §4.2.2",
        "ключ не в квалифицированном устройстве создания подписи",
        "the key is not in a qualified signature creation device";
}
