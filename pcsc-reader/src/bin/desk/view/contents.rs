//! One card: `desk.show/1`.

use std::io::{self, Write};

use pcsc_reader::{
    CardContents, CardError, CardNote, CardSession, CertificateCache, Language, PinState, uec,
};
use serde::Serialize;
use sig_core::base::time::UnixTime;

use super::certificate::CertificateView;
use crate::output::{CardView, DiagnosisView, Screen};
use crate::text::{BothLanguages, printable};

/// A card and what was read from it.
#[derive(Serialize)]
pub(crate) struct ContentsView {
    reader: String,
    card: Option<CardView>,
    serial: Option<String>,
    label: Option<String>,
    applications: Vec<ApplicationView>,
    pub(crate) certificates: Vec<CertificateView>,
    pins: Vec<PinView>,
    facts: Vec<FactView>,
    notes: Vec<NoteView>,
    diagnosis: Vec<DiagnosisView>,
}

#[derive(Serialize)]
struct ApplicationView {
    road: &'static str,
    name: String,
    place: String,
}

#[derive(Serialize)]
struct PinView {
    id: String,
    label: String,
    state: &'static str,
    tries_left: Option<u8>,
}

#[derive(Serialize)]
struct FactView {
    key: &'static str,
    name: BothLanguages,
    value: String,
    assumed: bool,
}

#[derive(Serialize)]
struct NoteView {
    code: &'static str,
    about: Option<String>,
    text: BothLanguages,
}

impl ContentsView {
    pub(crate) fn new(
        session: &CardSession,
        card: Option<CardView>,
        cache: &mut CertificateCache,
        now: UnixTime,
    ) -> Self {
        let contents = session.contents();
        let certificates = contents.certificates.iter();
        ContentsView {
            reader: session.reader().to_owned(),
            card,
            serial: contents.serial.as_ref().map(hex::encode_upper),
            label: contents.label.clone(),
            applications: applications(contents),
            certificates: certificates
                .map(|file| {
                    let decoded = cache.certificate(session, &file.octets);
                    CertificateView::new(file, decoded.as_deref(), now)
                })
                .collect(),
            pins: pins(contents),
            facts: contents
                .facts
                .iter()
                .map(|fact| FactView {
                    key: fact.key,
                    name: fact.name.into(),
                    value: fact.value.clone(),
                    assumed: fact.is_assumed,
                })
                .collect(),
            notes: (contents.notes.iter())
                .chain(&expired(contents, now))
                .map(|note| NoteView {
                    code: note.code,
                    about: note.about.clone(),
                    text: note.text.into(),
                })
                .collect(),
            diagnosis: session.problems().iter().map(DiagnosisView::from).collect(),
        }
    }
}

/// That a universal electronic card is past its last day.
fn expired(contents: &CardContents, now: UnixTime) -> Option<CardNote> {
    let today = now.to_civil();
    let year = u16::try_from(today.year).ok()?;
    uec::expiry_note(contents, uec::CardDate::new(year, today.month, today.day)?)
}

impl ContentsView {
    /// A card that could not be read: what it is, and why.
    pub(crate) fn unread(reader: &str, card: Option<CardView>, error: &CardError) -> Self {
        ContentsView {
            reader: reader.to_owned(),
            card,
            serial: None,
            label: None,
            applications: Vec::new(),
            certificates: Vec::new(),
            pins: Vec::new(),
            facts: Vec::new(),
            notes: Vec::new(),
            diagnosis: vec![DiagnosisView::from(error)],
        }
    }
}

fn applications(contents: &CardContents) -> Vec<ApplicationView> {
    let applications = contents.applications.iter();
    applications
        .map(|application| ApplicationView {
            road: application.road,
            name: application.name.clone(),
            place: hex::encode_upper(&application.place),
        })
        .collect()
}

fn pins(contents: &CardContents) -> Vec<PinView> {
    let pins = contents.pins.iter();
    pins.map(|pin| {
        let (state, tries_left) = match pin.state {
            PinState::Tries(left) => ("tries", Some(left)),
            PinState::Blocked => ("blocked", Some(0)),
            PinState::Verified => ("verified", None),
            _ => ("unknown", None),
        };
        PinView {
            id: pin.id.clone(),
            label: pin.label.clone(),
            state,
            tries_left,
        }
    })
    .collect()
}

impl PinView {
    fn state_text(&self, language: Language) -> String {
        let ru = language == Language::Ru;
        match (self.state, self.tries_left) {
            ("tries", Some(left)) if ru => format!("осталось попыток: {left}"),
            ("tries", Some(left)) => format!("tries left: {left}"),
            ("blocked", _) if ru => "заблокирован".into(),
            ("verified", _) if ru => "введён".into(),
            ("unknown", _) if ru => "карта не сообщает, сколько попыток осталось".into(),
            ("unknown", _) => "the card does not tell how many tries are left".into(),
            (state, _) => state.into(),
        }
    }
}

impl<O: Write, E: Write> Screen<O, E> {
    /// A card and what was read from it, as lines for people.
    pub(crate) fn contents(&mut self, view: &ContentsView) -> io::Result<()> {
        let language = self.language;
        let word = |ru: &'static str, en: &'static str| match language {
            Language::Ru => ru,
            _ => en,
        };
        writeln!(self.out, "{}", printable(&view.reader))?;
        if let Some(card) = &view.card {
            self.card(card)?;
        }
        let named = [
            (word("метка", "label"), &view.label),
            (word("номер", "serial number"), &view.serial),
        ];
        for (label, value) in named {
            if let Some(value) = value {
                writeln!(self.out, "  {label}: {}", printable(value))?;
            }
        }
        for application in &view.applications {
            let label = word("приложение", "application");
            let name = printable(&application.name);
            let place = match application.place.as_str() {
                "" => String::new(),
                place => format!(", {place}"),
            };
            writeln!(self.out, "  {label}: {name} ({}{place})", application.road)?;
        }
        for fact in &view.facts {
            let assumed = if fact.assumed {
                word(
                    " (не с карты: принято по описанию)",
                    " (not from the card: assumed)",
                )
            } else {
                ""
            };
            let name = fact.name.in_language(language);
            let value = uec::value_in_language(fact.key, &fact.value, language);
            writeln!(self.out, "  {name}: {}{assumed}", printable(value))?;
        }
        for pin in &view.pins {
            let label = printable(&pin.label);
            writeln!(
                self.out,
                "  {} «{label}»: {}",
                word("ПИН-код", "PIN"),
                pin.state_text(language)
            )?;
        }
        for certificate in &view.certificates {
            certificate.write(&mut self.out, language)?;
        }
        if view.certificates.is_empty() {
            writeln!(
                self.out,
                "  {}",
                word("сертификатов не видно", "no certificates are visible")
            )?;
        }
        for note in &view.notes {
            let text = printable(note.text.in_language(language));
            match &note.about {
                Some(about) => writeln!(self.out, "  ! {}: {text}", printable(about))?,
                None => writeln!(self.out, "  ! {text}")?,
            }
        }
        self.out.flush()?;
        for diagnosis in &view.diagnosis {
            self.diagnosis(diagnosis)?;
        }
        Ok(())
    }
}
