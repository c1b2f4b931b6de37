//! The four conditions of 63-FZ art. 11.

use super::rows;

rows! {
    ACCREDITED = "qualified.authority.accredited", Info, Qualified, None, "63-FZ art. 11 (1)",
        "аккредитация удостоверяющего центра {authority} действовала в день выдачи {issued} (статус с {from})",
        "the accreditation of {authority} was in force on the day of issue {issued}, status since {from}";
    NOT_ACCREDITED = "qualified.authority.not_accredited", Warn, Qualified, None, "63-FZ art. 11 (1)",
        "в день выдачи {issued} аккредитация удостоверяющего центра {authority} не действовала: статус «{status}» с {from}",
        "on the day of issue {issued} the accreditation of {authority} was not in force: status {status} since {from}";
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
    TOOL_CAVEAT = "qualified.tool.not_certified", Info, Qualified, None, "63-FZ art. 11 (3)",
        "закон требует проверки сертифицированным средством электронной подписи; эта программа таким средством не является",
        "the law asks for a check with a certified signature tool; this program is not one";
    RESTRICTION_UNKNOWN = "qualified.restriction.unknown", Warn, Qualified, None, "63-FZ art. 11 (4)",
        "в сертификате есть ограничение, смысл которого неизвестен: {restriction}",
        "the certificate holds a restriction whose meaning is not known: {restriction}";
}
