//! The one catalogue of what a clerk reads when a card cannot be used.

use crate::error::CardErrorKind;
use crate::language::Text;

/// What happened and what to do about it, in words for the person at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Stable code, `area.object.condition`; never reused.
    pub code: &'static str,
    /// What happened; no full stop at the end.
    pub what: Text,
    /// What to do; whole sentences.
    pub advice: Text,
}

const fn row(code: &'static str, ru: [&'static str; 2], en: [&'static str; 2]) -> Diagnosis {
    Diagnosis {
        code,
        what: Text {
            ru: ru[0],
            en: en[0],
        },
        advice: Text {
            ru: ru[1],
            en: en[1],
        },
    }
}

impl Diagnosis {
    /// The catalogue row of `kind`.
    pub const fn of(kind: CardErrorKind) -> Self {
        use CardErrorKind as Kind;
        match kind {
            Kind::Busy => row(
                "card.reader.busy",
                [
                    "Считыватель занят: картой единолично пользуется другая программа",
                    "Закройте программу, которая работает с картой, и повторите.",
                ],
                [
                    "The reader is busy: another program holds the card for itself",
                    "Close the program that works with the card and try again.",
                ],
            ),
            Kind::Cancelled => row(
                "card.wait.cancelled",
                [
                    "Ожидание прервано",
                    "Повторите команду, когда будете готовы.",
                ],
                [
                    "Waiting was interrupted",
                    "Run the command again when you are ready.",
                ],
            ),
            Kind::Communication => row(
                "card.link.failed",
                [
                    "Сбой связи между считывателем и картой",
                    "Выньте карту, протрите контакты, вставьте снова и повторите.",
                ],
                [
                    "The link between the reader and the card failed",
                    "Take the card out, wipe its contacts, insert it again and try again.",
                ],
            ),
            Kind::Denied => row(
                "card.service.denied",
                [
                    "Служба смарт-карт не разрешает доступ этому пользователю",
                    "Попросите администратора разрешить вам доступ к службе pcscd (правила polkit).",
                ],
                [
                    "The smart-card service refuses access to this user",
                    "Ask the administrator to allow you to use the pcscd service (polkit rules).",
                ],
            ),
            Kind::Mute => row(
                "card.card.mute",
                [
                    "Карта вставлена, но не отвечает",
                    "Проверьте, что карта вставлена чипом вперёд и нужной стороной; если не помогло, попробуйте другой считыватель: карта может быть неисправна.",
                ],
                [
                    "A card is inserted but does not answer",
                    "Check that the chip goes in first and faces the right way; if that does not help, try another reader: the card may be broken.",
                ],
            ),
            Kind::Malformed => row(
                "card.content.malformed",
                [
                    "Содержимое карты записано не по правилам",
                    "Карта может быть повреждена или записана незнакомой программой; сообщите в поддержку её ATR.",
                ],
                [
                    "What the card holds is not written by the rules",
                    "The card may be damaged or written by an unknown program; tell support its ATR.",
                ],
            ),
            Kind::ModuleUnusable => row(
                "card.module.unusable",
                [
                    "Файл не загружается как модуль PKCS#11",
                    "Укажите путь к библиотеке изготовителя токена, собранной для этой системы (например, librtpkcs11ecp.so).",
                ],
                [
                    "The file cannot be loaded as a PKCS #11 module",
                    "Give the path of the library of the token's maker, built for this system (such as librtpkcs11ecp.so).",
                ],
            ),
            Kind::NoKey => row(
                "card.key.none",
                [
                    "На карте нет такого ключа подписи",
                    "Посмотрите, что есть на карте: desk show.",
                ],
                [
                    "The card has no such signing key",
                    "See what the card has: desk show.",
                ],
            ),
            Kind::PinBlocked => row(
                "card.pin.blocked",
                [
                    "ПИН-код заблокирован: попытки исчерпаны",
                    "Разблокируйте его программой изготовителя (нужен код PUK или администратора) или обратитесь к тому, кто выдал карту.",
                ],
                [
                    "The PIN is blocked: no tries are left",
                    "Unblock it with the program of the maker (it asks for the PUK or the administrator), or ask whoever issued the card.",
                ],
            ),
            Kind::PinLastTry => row(
                "card.pin.last_try",
                [
                    "Осталась последняя попытка: неверный ПИН-код заблокирует карту",
                    "Убедитесь, что помните ПИН-код, и подтвердите, что хотите использовать последнюю попытку.",
                ],
                [
                    "One try is left: a wrong PIN will block the card",
                    "Make sure that you remember the PIN, and confirm that you want to use the last try.",
                ],
            ),
            Kind::PinRejected => row(
                "card.pin.form",
                [
                    "Карта не принимает ПИН-код такого вида; он не отправлен, попытка не потрачена",
                    "Проверьте длину ПИН-кода и то, что в нём только допустимые знаки.",
                ],
                [
                    "The card does not take a PIN of this form; it was not sent and no try is spent",
                    "Check how long the PIN is and that it has only characters that the card takes.",
                ],
            ),
            Kind::PinRequired => row(
                "card.pin.required",
                [
                    "Карта открывает эти данные только после ПИН-кода",
                    "Для просмотра ПИН-код не нужен: эти данные останутся закрытыми. Для подписи запустите desk sign.",
                ],
                [
                    "The card opens this only after a PIN",
                    "No PIN is needed for a look: this stays closed. To sign, run desk sign.",
                ],
            ),
            Kind::PinWrong { .. } => row(
                "card.pin.wrong",
                [
                    "ПИН-код неверен",
                    "Проверьте раскладку и регистр и введите ПИН-код ещё раз; когда попытки кончатся, карта заблокируется.",
                ],
                [
                    "The PIN is wrong",
                    "Check the keyboard layout and case and enter the PIN again; the card blocks when no tries are left.",
                ],
            ),
            Kind::TerminalCredentialMissing => row(
                "card.terminal.no_credential",
                [
                    "Карта открывает эти данные только терминалу с действующим сертификатом",
                    "Такого сертификата у программы нет: личные данные карты останутся закрытыми.",
                ],
                [
                    "The card opens this only to a terminal with a certificate of its own",
                    "This program has no such certificate: the personal data of the card stays closed.",
                ],
            ),
            Kind::Unsupported => row(
                "card.command.unsupported",
                [
                    "Программа не умеет делать это с этой картой",
                    "Попробуйте модуль PKCS#11 изготовителя: ключ --module.",
                ],
                [
                    "This program does not know how to do this with this card",
                    "Try the PKCS #11 module of the maker: the option --module.",
                ],
            ),
            Kind::NoCard => row(
                "card.card.none",
                [
                    "В считывателе нет карты",
                    "Вставьте карту или подключите токен.",
                ],
                [
                    "There is no card in the reader",
                    "Insert a card or plug in a token.",
                ],
            ),
            Kind::NoReader => row(
                "card.reader.none",
                [
                    "Считыватель или токен не найден",
                    "Подключите считыватель или токен к USB; если он подключён, попробуйте другой порт.",
                ],
                [
                    "No reader or token was found",
                    "Plug a reader or a token into USB; if it is plugged in, try another port.",
                ],
            ),
            Kind::NoService => row(
                "card.service.not_running",
                [
                    "Служба смарт-карт не запущена",
                    "Запустите её: sudo systemctl start pcscd (если команды нет: sudo apt-get install pcscd).",
                ],
                [
                    "The smart-card service is not running",
                    "Start it: sudo systemctl start pcscd (if there is no such service: sudo apt-get install pcscd).",
                ],
            ),
            Kind::ProtocolMismatch => row(
                "card.card.protocol",
                [
                    "Считыватель не умеет говорить с этой картой",
                    "Попробуйте другой считыватель; если не помогло, карта не поддерживается.",
                ],
                [
                    "The reader cannot speak to this card",
                    "Try another reader; if that does not help, the card is not supported.",
                ],
            ),
            Kind::ReaderDetached => row(
                "card.reader.detached",
                [
                    "Считыватель отключён",
                    "Подключите считыватель снова и повторите.",
                ],
                [
                    "The reader was unplugged",
                    "Plug the reader in again and try again.",
                ],
            ),
            Kind::Refused => row(
                "card.command.refused",
                [
                    "Карта отклонила команду",
                    "Проверьте, та ли это карта; если та, сообщите в поддержку код ответа.",
                ],
                [
                    "The card refused the command",
                    "Check that it is the right card; if it is, tell support the status word.",
                ],
            ),
            Kind::Removed => row(
                "card.card.removed",
                [
                    "Карту вынули во время работы",
                    "Вставьте карту, не вынимайте до конца операции и повторите.",
                ],
                [
                    "The card was taken out during the exchange",
                    "Insert the card, leave it in until the end and try again.",
                ],
            ),
            Kind::Reset => row(
                "card.card.reset",
                [
                    "Другая программа сбросила карту",
                    "Закройте другие программы, работающие с картой, и повторите.",
                ],
                [
                    "Another program reset the card",
                    "Close other programs that use the card and try again.",
                ],
            ),
            Kind::ResponseTooLong => row(
                "card.response.too_long",
                [
                    "Ответ карты длиннее допустимого",
                    "Карта ведёт себя не по стандарту; сообщите в поддержку её ATR.",
                ],
                [
                    "The card's answer is longer than allowed",
                    "The card does not follow the standard; tell support its ATR.",
                ],
            ),
            Kind::SecureMessaging => row(
                "card.session.broken",
                [
                    "Защищённый обмен с картой нарушен",
                    "Выньте карту, вставьте снова и повторите; если повторится, не пользуйтесь этим считывателем.",
                ],
                [
                    "The protected exchange with the card broke",
                    "Take the card out, insert it again and try again; if it happens again, do not use this reader.",
                ],
            ),
            Kind::Service => row(
                "card.service.failed",
                [
                    "Внутренний сбой службы смарт-карт",
                    "Перезапустите её: sudo systemctl restart pcscd; если не помогло, сообщите в поддержку код.",
                ],
                [
                    "The smart-card service failed internally",
                    "Restart it: sudo systemctl restart pcscd; if that does not help, tell support the number.",
                ],
            ),
            Kind::ShortResponse => row(
                "card.response.short",
                [
                    "Карта ответила не полностью: выполнена ли команда, неизвестно",
                    "Проверьте, что карта вставлена до конца; прежде чем повторять, узнайте её состояние командой desk readers.",
                ],
                [
                    "The card's answer is incomplete: whether the command was executed is unknown",
                    "Check that the card is fully inserted; before you repeat, look at it with desk readers.",
                ],
            ),
            Kind::Timeout => row(
                "card.wait.timeout",
                [
                    "Карта или служба не ответила вовремя",
                    "Выньте карту, вставьте снова и повторите.",
                ],
                [
                    "The card or the service did not answer in time",
                    "Take the card out, insert it again and try again.",
                ],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const KINDS: [CardErrorKind; 28] = [
        CardErrorKind::Busy,
        CardErrorKind::Cancelled,
        CardErrorKind::Communication,
        CardErrorKind::Denied,
        CardErrorKind::Mute,
        CardErrorKind::Malformed,
        CardErrorKind::ModuleUnusable,
        CardErrorKind::NoKey,
        CardErrorKind::PinBlocked,
        CardErrorKind::PinLastTry,
        CardErrorKind::PinRejected,
        CardErrorKind::PinRequired,
        CardErrorKind::PinWrong { left: None },
        CardErrorKind::TerminalCredentialMissing,
        CardErrorKind::Unsupported,
        CardErrorKind::NoCard,
        CardErrorKind::NoReader,
        CardErrorKind::NoService,
        CardErrorKind::ProtocolMismatch,
        CardErrorKind::ReaderDetached,
        CardErrorKind::Refused,
        CardErrorKind::Removed,
        CardErrorKind::Reset,
        CardErrorKind::ResponseTooLong,
        CardErrorKind::SecureMessaging,
        CardErrorKind::Service,
        CardErrorKind::ShortResponse,
        CardErrorKind::Timeout,
    ];

    #[test]
    fn every_kind_has_its_own_code_and_both_languages() {
        let mut codes = HashSet::new();
        for kind in KINDS {
            let row = Diagnosis::of(kind);
            assert!(codes.insert(row.code), "{} is used twice", row.code);
            assert_eq!(row.code.split('.').count(), 3, "{}", row.code);
            for text in [row.what, row.advice] {
                assert!(
                    text.ru.chars().any(|c| ('а'..='я').contains(&c)),
                    "{}",
                    row.code
                );
                assert!(text.en.is_ascii() && !text.en.is_empty(), "{}", row.code);
            }
            for (what, advice) in [(row.what.ru, row.advice.ru), (row.what.en, row.advice.en)] {
                assert!(
                    !what.ends_with('.') && advice.ends_with('.'),
                    "{}",
                    row.code
                );
            }
        }
    }
}
