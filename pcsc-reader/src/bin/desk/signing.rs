//! One signature at the desk: shown, agreed to by the PIN, made.

use std::io::{self, Write};

use pcsc_reader::{
    CardError, CardErrorKind, CardSession, Document, Language, LastTry, Pin, PinState, PinUse,
    Proposal, ReaderService, Shown, SigningError, system_fault,
};
use sig_core::cms::build::Message;

use crate::args::PinOptions;
use crate::card;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::person::{Person, Typed, pin_from_descriptor};
use crate::text::{indented, printable};
use crate::view::certificate::owner_name;

/// Shows what will be signed, asks for the PIN and signs. A wrong PIN is asked for again from a person only; nothing is
/// sent to the card twice.
pub(crate) fn sign(
    service: &mut dyn ReaderService,
    card: &CardSession,
    proposal: Proposal,
    options: &PinOptions,
    language: Language,
) -> Result<(Shown, Message), Failure> {
    let mut asked = Asked::new(options, language)?;
    let located = |kind| CardError::new(kind).with_reader(card.reader());
    let shown = proposal.show(|proposal| asked.show(&description(proposal, language)))?;
    let id = &shown.proposal().key().id;
    let certificates = &card.contents().certificates;
    let certificate = certificates.iter().find(|it| it.id == *id);
    let pin = certificate
        .and_then(|it| card.pin_of(it))
        .map(|pin| pin.state);
    let wants_pin = certificate
        .and_then(|it| it.key.as_ref())
        .is_some_and(|key| key.pin.is_some());
    if !wants_pin {
        asked.consent()?;
        let message = shown.sign(service, card, None)?;
        return Ok((shown, message));
    }
    let mut tries = match pin {
        Some(PinState::Blocked) => return Err(located(CardErrorKind::PinBlocked).into()),
        Some(PinState::Tries(left)) => Some(left),
        _ => None,
    };
    loop {
        let mut last_try = if tries == Some(1) {
            asked.last_try(&located(CardErrorKind::PinLastTry))?
        } else {
            asked.last_try
        };
        let pin = asked.pin(tries)?;
        loop {
            let in_use = PinUse {
                pin: &pin,
                last_try,
            };
            let error = match shown.sign(service, card, Some(in_use)) {
                Ok(message) => return Ok((shown, message)),
                Err(SigningError::Card(error)) => error,
                Err(error) => return Err(error.into()),
            };
            match error.kind {
                // The card was asked and nothing was sent: the same PIN may still be the right one.
                CardErrorKind::PinLastTry if last_try == LastTry::Refuse => {
                    last_try = asked.last_try(&error)?;
                }
                CardErrorKind::PinWrong { left } => {
                    asked.again(&error)?;
                    tries = left;
                    break;
                }
                CardErrorKind::PinRejected => {
                    asked.again(&error)?;
                    break;
                }
                _ => return Err(error.into()),
            }
        }
    }
}

/// Who is asked: a person at a terminal, or nobody.
struct Asked {
    person: Option<Person>,
    descriptor: Option<u32>,
    last_try: LastTry,
    language: Language,
}

impl Asked {
    fn new(options: &PinOptions, language: Language) -> Result<Self, Failure> {
        let person = match options.pin_fd {
            Some(_) => None,
            None => Some(Person::find().ok_or_else(nobody)?),
        };
        let last_try = if options.use_last_try {
            LastTry::Allow
        } else {
            LastTry::Refuse
        };
        Ok(Asked {
            person,
            descriptor: options.pin_fd,
            last_try,
            language,
        })
    }

    fn word(&self, ru: &'static str, en: &'static str) -> &'static str {
        match self.language {
            Language::Ru => ru,
            _ => en,
        }
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        match &mut self.person {
            Some(person) => person.show(text),
            None => io::stderr().write_all(text.as_bytes()),
        }
    }

    /// The person agrees to a signature that needs no PIN. A script agreed when it named the descriptor.
    fn consent(&mut self) -> Result<(), Failure> {
        let question = self.word("Подписать? [да/нет] ", "Sign? [yes/no] ");
        let Some(person) = &mut self.person else {
            return Ok(());
        };
        if person.agrees(question, &["да", "д", "yes", "y"])? {
            Ok(())
        } else {
            Err(given_up())
        }
    }

    /// Leave for the last try, from the person or from the command line.
    fn last_try(&mut self, refusal: &CardError) -> Result<LastTry, Failure> {
        if self.last_try == LastTry::Allow {
            return Ok(LastTry::Allow);
        }
        let text = format!("{}\n", printable(&refusal.render(self.language)));
        let question = self.word(
            "Использовать последнюю попытку? [да/нет] ",
            "Use the last try? [yes/no] ",
        );
        let Some(person) = &mut self.person else {
            return Err(refusal.clone().into());
        };
        person.show(&text)?;
        if person.agrees(question, &["да", "yes"])? {
            Ok(LastTry::Allow)
        } else {
            Err(refusal.clone().into())
        }
    }

    /// A wrong PIN: a person is told and asked again, a script has ended.
    fn again(&mut self, error: &CardError) -> Result<(), Failure> {
        let text = format!("{}\n", printable(&error.render(self.language)));
        match &mut self.person {
            Some(person) => Ok(person.show(&text)?),
            None => Err(error.clone().into()),
        }
    }

    fn pin(&mut self, tries: Option<u8>) -> Result<Pin, Failure> {
        let mut question = self.word("ПИН-код", "PIN").to_owned();
        if let Some(left) = tries {
            let label = self.word("осталось попыток", "tries left");
            question.push_str(&format!(" ({label}: {left})"));
        }
        question.push_str(": ");
        let unusable = Failure::from(CardError::new(CardErrorKind::PinRejected));
        match (&mut self.person, self.descriptor) {
            (Some(person), _) => loop {
                match person.pin(&question)? {
                    Typed::Pin(pin) => return Ok(pin),
                    Typed::Nothing => return Err(given_up()),
                    Typed::Signal(number) => return Err(Failure::Signal(number)),
                    Typed::Unusable => {
                        let error = CardError::new(CardErrorKind::PinRejected);
                        let text = format!("{}\n", error.render(self.language));
                        person.show(&text)?;
                    }
                }
            },
            (None, Some(number)) => match pin_from_descriptor(number) {
                Ok(pin) => pin.ok_or(unusable),
                Err(error) => Err(Failure::told(
                    Exit::Usage,
                    "desk.pin.descriptor",
                    [
                        format!(
                            "Дескриптор {number} не читается ({})",
                            system_fault(error.kind(), Language::Ru)
                        ),
                        format!(
                            "File descriptor {number} cannot be read ({})",
                            system_fault(error.kind(), Language::En)
                        ),
                    ],
                    [
                        "Откройте его для программы: --pin-fd 3 3<файл.",
                        "Open it for the program: --pin-fd 3 3<file.",
                    ],
                )),
            },
            (None, None) => Err(nobody()),
        }
    }
}

/// Everything that is signed and by whom, for a person.
pub(crate) fn description(proposal: &Proposal, language: Language) -> String {
    let word = |ru: &'static str, en: &'static str| match language {
        Language::Ru => ru,
        _ => en,
    };
    let mut text = format!("{}\n", word("Будет подписано:", "To be signed:"));
    let mut line = |label: &str, value: &str| {
        text.push_str(&format!("  {label}: {}\n", printable(value)));
    };
    match proposal.document() {
        Document::File {
            name,
            size,
            digest,
            is_attached,
        } => {
            line(word("файл", "file"), name);
            line(
                word("размер", "size"),
                &format!("{size} {}", word("байт", "bytes")),
            );
            let label = format!("{} {}", word("хеш", "digest"), digest.algorithm);
            line(&label, &digest.hex());
            let form = if *is_attached {
                word(
                    "CAdES-BES, документ внутри",
                    "CAdES-BES, the content inside",
                )
            } else {
                word(
                    "CAdES-BES, отдельно от документа",
                    "CAdES-BES, without the content",
                )
            };
            line(word("подпись", "signature"), form);
        }
        Document::Application {
            text: whole,
            digest,
        } => {
            let label = format!("{} {}", word("хеш", "digest"), digest.algorithm);
            line(
                word("заявление, весь текст", "application, the whole text"),
                "",
            );
            for part in indented(whole).lines() {
                text.push_str(&format!("    {}\n", printable(part)));
            }
            text.push_str(&format!("  {label}: {}\n", digest.hex()));
        }
        _ => {}
    }
    let key = proposal.key();
    let mut line = |label: &str, value: &str| {
        text.push_str(&format!("  {label}: {}\n", printable(value)));
    };
    line(
        word("время подписания", "signing time"),
        &proposal.signing_time().to_string(),
    );
    line(
        word("подписывает", "signer"),
        &owner_name(&key.certificate.subject),
    );
    let until = key.certificate.not_after.to_string();
    let mut certificate = format!(
        "{}, {} {until}",
        key.id,
        word("действует до", "valid until")
    );
    let now = card::now();
    if now > key.certificate.not_after || now < key.certificate.not_before {
        certificate.push_str(word(" (СЕЙЧАС НЕ ДЕЙСТВУЕТ)", " (NOT VALID NOW)"));
    }
    line(word("сертификат", "certificate"), &certificate);
    line(word("алгоритм", "algorithm"), &key.algorithm.to_string());
    text
}

fn nobody() -> Failure {
    Failure::told(
        Exit::Usage,
        "desk.pin.nobody",
        [
            "Нет терминала, чтобы показать документ и спросить ПИН-код".into(),
            "There is no terminal to show the content and ask for the PIN".into(),
        ],
        [
            "Запустите в терминале или дайте ПИН-код ключом --pin-fd.",
            "Run it in a terminal or give the PIN with --pin-fd.",
        ],
    )
}

fn given_up() -> Failure {
    Failure::told(
        Exit::Refused,
        "desk.sign.given_up",
        [
            "Подпись отменена".into(),
            "The signature was given up".into(),
        ],
        ["Ничего не подписано.", "Nothing was signed."],
    )
}
