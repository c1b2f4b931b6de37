//! The four conditions of 63-FZ art. 11.

use super::rows;

rows! {
    ACCREDITED = "qualified.authority.accredited", Info, Qualified, None, "63-FZ art. 11 (1)",
        "аккредитация удостоверяющего центра {authority} действовала в день выдачи {issued} (статус с {from}, версия списка {version})",
        "the accreditation of {authority} was in force on the day of issue {issued}, status since {from}, by version {version} of the list";
    NOT_ACCREDITED = "qualified.authority.not_accredited", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "в день выдачи {issued} аккредитация удостоверяющего центра {authority} не действовала: статус {status} с {from} (версия списка {version})",
        "on the day of issue {issued} the accreditation of {authority} was not in force: status {status} since {from}, by version {version} of the list";
    STATUS_UNKNOWN = "qualified.authority.status_unknown", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "в день выдачи {issued} статус удостоверяющего центра {authority} — слово, смысл которого неизвестен: {status} с {from} (версия списка {version})",
        "on the day of issue {issued} the status of {authority} is a word whose meaning is not known: {status} since {from}, by version {version} of the list";
    AUTHORITIES_VALID = "qualified.authority.certificates_valid", Info, Qualified, None, "63-FZ art. 11 (1)",
        "в день выдачи {issued} действовали сертификаты всех удостоверяющих центров цепочки, числом {count}",
        "on the day of issue {issued} the certificates of all authorities of the path were valid, {count} of them";
    AUTHORITY_NOT_VALID = "qualified.authority.certificate_not_valid", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "сертификат удостоверяющего центра {authority} не действовал в день выдачи {issued}: его срок с {not_before} по {not_after}",
        "the certificate of authority {authority} was not valid on the day of issue {issued}: its validity is {not_before} to {not_after}";
    VERSIONS_CONTRADICT = "qualified.list.versions_contradict", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "версии списка расходятся о статусе удостоверяющего центра {authority} в день выдачи {issued}: версия {older} говорит {before}, версия {newer} — {after}; решает более новая",
        "versions of the list contradict each other about the status of {authority} on the day of issue {issued}: version {older} says {before}, version {newer} says {after}; the newer decides";
    LIST_STALE = "qualified.list.stale", Warn, Qualified, None, "63-FZ art. 8",
        "список аккредитованных удостоверяющих центров составлен {list}, это больше {days} дней до {at}; загрузите новый",
        "the accredited-CA list was made {list}, more than {days} days before {at}; import a newer one";
    LIST_OLDER_THAN_CERTIFICATE = "qualified.list.older_than_certificate", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "сертификат выдан {issued}, а список составлен раньше, {list}: был ли удостоверяющий центр {authority} аккредитован в день выдачи, такой список не говорит",
        "the certificate was issued {issued} and the list was made before, {list}: such a list does not say whether {authority} was accredited on the day of issue";
    NOT_LISTED = "qualified.authority.not_listed", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "ключа удостоверяющего центра, выдавшего сертификат, нет в списке аккредитованных",
        "the key of the issuing authority is not in the accredited-CA list";
    NO_STATUS = "qualified.authority.no_status", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "список не говорит, каким был статус удостоверяющего центра {authority} в день выдачи {issued}",
        "the list does not say what the status of {authority} was on the day of issue {issued}";
    NO_LIST = "qualified.authority.no_list", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "нет списка аккредитованных удостоверяющих центров; приложите его",
        "there is no accredited-CA list; supply it";
    NO_TRUSTED_TIME = "qualified.time.day_of_check", Info, Qualified, None, "63-FZ art. 11 (2)",
        "достоверного времени подписания нет: действительность сертификата проверена на {at}",
        "there is no trusted signing time: the certificate was checked at {at}";
    TRUSTED_TIME = "qualified.time.proven", Info, Qualified, None, "63-FZ art. 11 (2)",
        "достоверное время подписания есть: подпись существовала {at}",
        "there is a trusted signing time: the signature existed {at}";
    TIME_MARK_ORDER = "qualified.time.order_not_in_force", Info, Qualified, None, "order 580",
        "порядок меток доверенного времени (приказ 580) в день {at} не действует; проверьте, какой действует",
        "the order on trusted time marks (order 580) is not in force on {at}; see which one is";
    CEASED = "qualified.transition.ceased", Warn, Qualified, None, "476-FZ",
        "сертификат выдан центром, аккредитованным по прежним правилам; такие сертификаты, как принято политикой, перестали действовать {end}, проверено на {at}",
        "the certificate is one of an authority accredited under the former rules; as the policy takes it, such certificates ceased {end}, checked at {at}";
    FORMAT_SIGNER_IDENTIFIER = "qualified.format.signer_identifier", Warn, Qualified, None, "order 472 §5.6.1",
        "подписант назван идентификатором ключа, а обязательный формат требует издателя и номер сертификата",
        "the signer is named by a key identifier; the mandatory format asks for issuer and serial number";
    FORMAT_ALGORITHM = "qualified.format.algorithm", Warn, Qualified, None, "order 472",
        "ключ подписи {algorithm}, а обязательный формат требует ГОСТ Р 34.10-2012",
        "the key of the signature is {algorithm}; the mandatory format asks for GOST R 34.10-2012";
    TOOL_CAVEAT = "qualified.tool.not_certified", Info, Qualified, None, "63-FZ art. 11 (3)",
        "закон требует проверки сертифицированным средством электронной подписи; эта программа таким средством не является",
        "the law asks for a check with a certified signature tool; this program is not one";
    RESTRICTION_UNKNOWN = "qualified.restriction.unknown", Warn, Qualified, None, "63-FZ art. 11 (4)",
        "в сертификате есть ограничение, смысл которого неизвестен: {restriction}",
        "the certificate holds a restriction whose meaning is not known: {restriction}";
    RESTRICTION_STATED = "qualified.restriction.stated", Warn, Qualified, None, "63-FZ art. 11 (4)",
        "в сертификате словами названо ограничение (политика {policy}): {text}; соблюдено ли оно, должен решить человек",
        "the certificate states a restriction in words (policy {policy}): {text}; whether it is observed, a person must decide";
    NOTICE_UNREADABLE = "qualified.restriction.unreadable", Warn, Qualified, None, "63-FZ art. 11 (4)",
        "сертификат ссылается на текст, которого здесь нет или который не читается (политика {policy})",
        "the certificate refers to a text that is not here or cannot be read (policy {policy})";
    NOTICE_STATED = "qualified.notice.stated", Info, Qualified, None, "RFC 5280 §4.2.1.4",
        "в сертификате есть пояснение (политика {policy}): {text}",
        "the certificate holds a note (policy {policy}): {text}";
    TOOL_CLASS = "qualified.tool.class", Info, Qualified, None, "FSB order 795",
        "средство электронной подписи: {class}",
        "signature tool: {class}";
    PURPOSE_UNKNOWN = "qualified.purpose.unknown", Info, Qualified, None, "RFC 5280 §4.2.1.12",
        "назначение ключа {purpose} здесь неизвестно; оно относится к какой-то информационной системе и ничего не ограничивает",
        "key purpose {purpose} is not known here; it is one of some information system and restricts nothing";
    KEY_USABLE_FROM = "qualified.key.usable_from", Info, Qualified, None, "RFC 3280 §4.2.1.4",
        "ключом можно подписывать с {from}",
        "the key may sign from {from}";
    KEY_USABLE_UNTIL = "qualified.key.usable_until", Info, Qualified, None, "RFC 3280 §4.2.1.4",
        "ключом можно подписывать до {until}",
        "the key may sign until {until}";
}
