//! Why a command ended before its time, and what the person at the desk reads then.

use std::io::{self, Write};
use std::path::Path;

use pcsc_reader::{CardError, Language, ProfileError, SigningError, system_fault};
use serde::Serialize;
use signal_hook::low_level;

use crate::args::{Format, OutputOptions};
use crate::exit::Exit;
use crate::output::DiagnosisView;
use crate::text::{BothLanguages, printable};

/// Why a command ended before its time.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A card, a reader or the card service.
    Card(CardError),
    /// No signature was made.
    Signing(SigningError),
    /// The output has nobody who reads it, or no room.
    Output(io::Error),
    /// A signal that ends the program.
    Signal(i32),
    /// Anything else, with its own words.
    Told(Told),
}

/// A trouble with its code, words and exit code.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) exit: Exit,
    pub(crate) code: &'static str,
    pub(crate) what: BothLanguages,
    pub(crate) advice: BothLanguages,
}

impl Failure {
    /// A failure with its own words: what happened (no full stop), and what to do (whole sentences).
    pub(crate) fn told(
        exit: Exit,
        code: &'static str,
        [what_ru, what_en]: [String; 2],
        [advice_ru, advice_en]: [&str; 2],
    ) -> Self {
        Failure::Told(Told {
            exit,
            code,
            what: BothLanguages {
                ru: what_ru,
                en: what_en,
            },
            advice: BothLanguages {
                ru: advice_ru.to_owned(),
                en: advice_en.to_owned(),
            },
        })
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let name = path.display();
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Failure::told(
                Exit::Usage,
                "desk.file.exists",
                [
                    format!("Файл {name} уже есть, он не заменён"),
                    format!("The file {name} exists and was not replaced"),
                ],
                ["Укажите другое имя.", "Give another name."],
            );
        }
        Failure::told(
            Exit::Usage,
            "desk.file.failed",
            [
                format!("Файл {name}: {}", system_fault(error.kind(), Language::Ru)),
                format!("File {name}: {}", system_fault(error.kind(), Language::En)),
            ],
            [
                "Проверьте имя, права доступа и свободное место.",
                "Check the name, the access rights and the free space.",
            ],
        )
    }

    /// A fault of the program.
    pub(crate) fn internal([ru, en]: [&str; 2]) -> Self {
        Failure::told(
            Exit::Internal,
            "desk.program.fault",
            [
                format!("Внутренняя ошибка: {ru}"),
                format!("Internal fault: {en}"),
            ],
            ["Сообщите в поддержку.", "Tell support."],
        )
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Card(error) => Exit::of(error),
            Failure::Signing(error) => match error {
                SigningError::Card(error) => Exit::of(error),
                SigningError::Content(_)
                | SigningError::NoSuchCertificate { .. }
                | SigningError::SeveralCertificates { .. } => Exit::Usage,
                _ => Exit::Refused,
            },
            // Whoever reads the output went away: `desk show | head` is no fault.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Failure::Output(_) => Exit::Internal,
            Failure::Signal(_) => Exit::Refused,
            Failure::Told(told) => told.exit,
        }
    }

    fn line(&self, language: Language) -> String {
        match self {
            Failure::Card(error) => error.render(language),
            Failure::Signing(error) => error.render(language),
            Failure::Output(error) => {
                let fault = system_fault(error.kind(), language);
                match language {
                    Language::Ru => format!("Вывод не записан: {fault}. Проверьте, куда он идёт."),
                    _ => format!("The output was not written: {fault}. Check where it goes."),
                }
            }
            Failure::Signal(number) => match language {
                Language::Ru => format!("сигнал {number}"),
                _ => format!("signal {number}"),
            },
            Failure::Told(told) => {
                let what = told.what.in_language(language);
                format!("{what}. {}", told.advice.in_language(language))
            }
        }
    }

    fn view(&self) -> DiagnosisView {
        let lines = BothLanguages {
            ru: self.line(Language::Ru),
            en: self.line(Language::En),
        };
        match self {
            Failure::Card(error) | Failure::Signing(SigningError::Card(error)) => {
                DiagnosisView::from(error)
            }
            Failure::Signing(error) => DiagnosisView::of(error.code(), lines),
            Failure::Output(_) => DiagnosisView::of("desk.output.failed", lines),
            Failure::Signal(_) => DiagnosisView::of("desk.signal.came", lines),
            Failure::Told(told) => DiagnosisView::told(told),
        }
    }

    /// Says what happened: a document on standard output for programs, a line on standard error for people.
    pub(crate) fn conclude(&self, schema: &'static str, options: OutputOptions) -> Exit {
        #[derive(Serialize)]
        struct Document {
            schema: &'static str,
            diagnosis: [DiagnosisView; 1],
        }
        if matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return Exit::Done;
        }
        if let Failure::Signal(number) = self {
            // Everything is put in order: what the signal does, it may do now.
            let _ = low_level::emulate_default_handler(*number);
            return self.exit();
        }
        if options.format() == Format::Json {
            let diagnosis = [self.view()];
            let document = Document { schema, diagnosis };
            let mut out = io::stdout().lock();
            // Nobody is left to tell when this fails; the exit code says it.
            let _ = serde_json::to_writer(&mut out, &document);
            let _ = writeln!(out);
        }
        let line = self.line(options.lang.into());
        let _ = writeln!(io::stderr(), "{}", printable(&line));
        self.exit()
    }
}

impl From<CardError> for Failure {
    fn from(error: CardError) -> Self {
        Failure::Card(error)
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        Failure::Signing(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        Failure::told(
            Exit::Usage,
            "desk.profile.refused",
            [
                format!("Профиль карты не принят: {}", error.render(Language::Ru)),
                format!("A card profile was refused: {}", error.render(Language::En)),
            ],
            [
                "Исправьте файл или уберите его из папки.",
                "Mend the file or take it out of the folder.",
            ],
        )
    }
}
