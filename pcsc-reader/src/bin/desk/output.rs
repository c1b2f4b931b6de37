//! What `desk readers` prints: JSON documents and the same for people.

use std::io::{self, Write};

use pcsc_reader::{
    Atr, CardError, CardErrorKind, CardIdentity, CardKind, Confidence, Confirmation, Language,
    ReaderChange, ReaderEvent, ReaderStatus, Sharing, Slot, Text,
};
use serde::Serialize;

use crate::args::Format;
use crate::failure::Told;
use crate::json;
use crate::text::{BothLanguages, printable};

/// All readers at one moment: `desk.readers/1`.
pub(crate) struct ReadersView {
    pub(crate) readers: Vec<ReaderView>,
    pub(crate) diagnosis: Vec<DiagnosisView>,
}

/// One reader.
#[derive(Serialize)]
pub(crate) struct ReaderView {
    name: String,
    slot: &'static str,
    sharing: &'static str,
    card: Option<CardView>,
}

/// One card.
#[derive(Serialize)]
pub(crate) struct CardView {
    atr: String,
    protocols: Vec<String>,
    historical_bytes: Option<String>,
    identity: &'static str,
    id: Option<String>,
    kind: Option<&'static str>,
    name: BothLanguages,
    confidence: Option<&'static str>,
    proof: &'static str,
    note: Option<BothLanguages>,
    #[serde(skip)]
    proof_text: Option<Text>,
    #[serde(skip)]
    confidence_text: Option<Text>,
}

/// How the model of a card is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The model's application answered.
    Application,
    /// Nothing but the ATR can be asked.
    AtrOnly,
    /// The ATR is the model's, its application is missing.
    Contradicted,
    /// The card could not be asked now.
    NotTried,
}

/// One trouble and its remedy.
#[derive(Serialize)]
pub(crate) struct DiagnosisView {
    code: &'static str,
    reader: Option<String>,
    text: BothLanguages,
    advice: BothLanguages,
    /// Tries of the PIN, where they are what the trouble is about and the card told.
    tries_left: Option<u8>,
    #[serde(skip)]
    lines: BothLanguages,
}

/// One change: `desk.reader-event/1`.
#[derive(Serialize)]
pub(crate) struct EventView {
    schema: &'static str,
    event: &'static str,
    reader: String,
    card: Option<CardView>,
    diagnosis: Option<DiagnosisView>,
    #[serde(skip)]
    label: Text,
}

impl From<Confirmation> for Proof {
    fn from(confirmation: Confirmation) -> Self {
        match confirmation {
            Confirmation::Confirmed => Proof::Application,
            Confirmation::Contradicted => Proof::Contradicted,
            _ => Proof::AtrOnly,
        }
    }
}

impl From<&CardError> for DiagnosisView {
    fn from(error: &CardError) -> Self {
        let diagnosis = error.diagnosis();
        DiagnosisView {
            code: diagnosis.code,
            reader: error.reader.clone(),
            text: diagnosis.what.into(),
            advice: diagnosis.advice.into(),
            tries_left: match error.kind {
                CardErrorKind::PinWrong { left } => left,
                CardErrorKind::PinLastTry => Some(1),
                CardErrorKind::PinBlocked => Some(0),
                _ => None,
            },
            lines: BothLanguages {
                ru: error.render(Language::Ru),
                en: error.render(Language::En),
            },
        }
    }
}

impl DiagnosisView {
    /// A trouble of which one line says all.
    pub(crate) fn of(code: &'static str, lines: BothLanguages) -> Self {
        let nothing = BothLanguages {
            ru: String::new(),
            en: String::new(),
        };
        DiagnosisView {
            code,
            reader: None,
            text: lines.clone(),
            advice: nothing,
            tries_left: None,
            lines,
        }
    }

    /// A trouble with its own words.
    pub(crate) fn told(told: &Told) -> Self {
        let line = |what: &str, advice: &str| format!("{what}. {advice}");
        DiagnosisView {
            code: told.code,
            reader: None,
            text: told.what.clone(),
            advice: told.advice.clone(),
            tries_left: None,
            lines: BothLanguages {
                ru: line(&told.what.ru, &told.advice.ru),
                en: line(&told.what.en, &told.advice.en),
            },
        }
    }
}

impl ReaderView {
    pub(crate) fn new(status: &ReaderStatus, card: Option<CardView>) -> Self {
        ReaderView {
            name: status.name.clone(),
            slot: match status.slot {
                Slot::Card(_) => "card",
                Slot::Empty => "empty",
                Slot::Mute => "mute",
                _ => "unavailable",
            },
            sharing: match status.sharing {
                Sharing::Exclusive => "exclusive",
                Sharing::Free => "free",
                _ => "shared",
            },
            card,
        }
    }

    fn slot_text(&self) -> Text {
        match self.slot {
            "mute" => Text {
                ru: "карта не отвечает",
                en: "the card does not answer",
            },
            "unavailable" => Text {
                ru: "не отвечает",
                en: "does not answer",
            },
            _ => Text {
                ru: "карты нет",
                en: "no card",
            },
        }
    }

    fn sharing_text(&self) -> Option<Text> {
        match self.sharing {
            "exclusive" => Some(Text {
                ru: "занята: ею единолично пользуется другая программа",
                en: "busy: another program holds it for itself",
            }),
            "shared" => Some(Text {
                ru: "используется другой программой",
                en: "in use by another program",
            }),
            _ => None,
        }
    }
}

impl CardView {
    pub(crate) fn new(octets: &[u8], identity: &CardIdentity<'_>, proof: Proof) -> Self {
        let atr = Atr::from_bytes(octets).ok();
        let protocols = atr.as_ref().map(Atr::protocols).unwrap_or_default();
        let historical = atr
            .as_ref()
            .map(|atr| hex::encode_upper(atr.historical_bytes()));
        let mut view = CardView {
            atr: hex::encode_upper(octets),
            protocols: protocols
                .iter()
                .map(|protocol| format!("T={protocol}"))
                .collect(),
            historical_bytes: historical,
            identity: "unknown",
            id: None,
            kind: None,
            name: Text {
                ru: "неизвестная карта",
                en: "unknown card",
            }
            .into(),
            confidence: None,
            proof: proof_name(proof),
            note: None,
            proof_text: None,
            confidence_text: None,
        };
        match identity {
            // An ATR is no proof; an application that should be there and is not disproves it.
            CardIdentity::Known(profile) if proof == Proof::Contradicted => {
                let BothLanguages { ru, en } = (&profile.name).into();
                view.note = Some(BothLanguages {
                    ru: format!("ATR как у карты «{ru}», но её приложения на карте нет."),
                    en: format!("The ATR is that of {en}, but its application is not on the card."),
                });
            }
            CardIdentity::Known(profile) => {
                view.identity = "known";
                view.id = Some(profile.id.clone());
                view.kind = Some(kind_name(profile.kind));
                view.name = (&profile.name).into();
                view.confidence = Some(confidence_name(profile.confidence));
                view.confidence_text = Some(confidence_text(profile.confidence));
                view.note = profile.note.as_ref().map(BothLanguages::from);
                view.proof_text = Some(proof_text(proof));
            }
            CardIdentity::Unreadable(error) => {
                view.identity = "unreadable";
                view.note = Some(BothLanguages {
                    ru: format!("ATR карты нарушает стандарт (октет {})", error.offset),
                    en: error.to_string(),
                });
            }
            _ => {}
        }
        view
    }
}

impl EventView {
    pub(crate) fn new(
        event: &ReaderEvent,
        card: Option<CardView>,
        diagnosis: Option<DiagnosisView>,
    ) -> Self {
        let (name, ru, en) = match event.change {
            ReaderChange::CardBusy => ("card_busy", "карта занята", "card busy"),
            ReaderChange::CardFree => ("card_free", "карта свободна", "card free"),
            ReaderChange::CardInserted => ("card_inserted", "карта вставлена", "card inserted"),
            ReaderChange::CardMute => (
                "card_mute",
                "карта вставлена и не отвечает",
                "card inserted and does not answer",
            ),
            ReaderChange::CardRemoved => ("card_removed", "карта вынута", "card removed"),
            ReaderChange::ReaderAdded => {
                ("reader_added", "считыватель подключён", "reader plugged in")
            }
            ReaderChange::ReaderRemoved => {
                ("reader_removed", "считыватель отключён", "reader unplugged")
            }
            _ => (
                "reader_unavailable",
                "считыватель не отвечает",
                "reader does not answer",
            ),
        };
        EventView {
            schema: "desk.reader-event/1",
            event: name,
            reader: event.reader.clone(),
            card,
            diagnosis,
            label: Text { ru, en },
        }
    }
}

fn proof_name(proof: Proof) -> &'static str {
    match proof {
        Proof::Application => "application",
        Proof::AtrOnly => "atr_only",
        Proof::Contradicted => "contradicted",
        Proof::NotTried => "not_tried",
    }
}

fn proof_text(proof: Proof) -> Text {
    match proof {
        Proof::Application => Text {
            ru: "узнана по ATR и подтверждена своим приложением",
            en: "recognised by its ATR and confirmed by its application",
        },
        Proof::AtrOnly | Proof::Contradicted => Text {
            ru: "узнана по ATR",
            en: "recognised by its ATR",
        },
        Proof::NotTried => Text {
            ru: "узнана по ATR, спросить карту не удалось",
            en: "recognised by its ATR, the card could not be asked",
        },
    }
}

fn kind_name(kind: CardKind) -> &'static str {
    match kind {
        CardKind::CitizenCard => "citizen_card",
        _ => "token",
    }
}

fn confidence_name(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Measured => "measured",
        Confidence::Documented => "documented",
        _ => "assumed",
    }
}

fn confidence_text(confidence: Confidence) -> Text {
    match confidence {
        Confidence::Measured => Text {
            ru: "описание модели проверено на картах",
            en: "what is known of the model was seen on cards",
        },
        Confidence::Documented => Text {
            ru: "описание модели опубликовано",
            en: "what is known of the model is published",
        },
        _ => Text {
            ru: "описание модели предположительное",
            en: "what is known of the model is assumed",
        },
    }
}

/// Where the output goes and how it looks.
pub(crate) struct Screen<O, E> {
    pub(crate) format: Format,
    pub(crate) language: Language,
    /// Results.
    pub(crate) out: O,
    /// Troubles, when the results are text.
    pub(crate) err: E,
}

impl<O: Write, E: Write> Screen<O, E> {
    pub(crate) fn readers(&mut self, view: &ReadersView) -> io::Result<()> {
        if self.format == Format::Json {
            #[derive(Serialize)]
            struct Document<'a> {
                schema: &'static str,
                readers: &'a [ReaderView],
                diagnosis: &'a [DiagnosisView],
            }
            return self.json(&Document {
                schema: "desk.readers/1",
                readers: &view.readers,
                diagnosis: &view.diagnosis,
            });
        }
        for reader in &view.readers {
            writeln!(self.out, "{}", printable(&reader.name))?;
            match &reader.card {
                None => writeln!(
                    self.out,
                    "  {}",
                    reader.slot_text().in_language(self.language)
                )?,
                Some(card) => self.card(card)?,
            }
            if let Some(text) = reader.sharing_text() {
                writeln!(self.out, "  {}", text.in_language(self.language))?;
            }
        }
        self.out.flush()?;
        for diagnosis in &view.diagnosis {
            self.diagnosis(diagnosis)?;
        }
        Ok(())
    }

    pub(crate) fn event(&mut self, event: &EventView) -> io::Result<()> {
        if self.format == Format::Json {
            return self.json(event);
        }
        let label = event.label.in_language(self.language);
        writeln!(self.out, "{}: {label}", printable(&event.reader))?;
        if let Some(card) = &event.card {
            self.card(card)?;
        }
        self.out.flush()?;
        match &event.diagnosis {
            Some(diagnosis) => self.diagnosis(diagnosis),
            None => Ok(()),
        }
    }

    pub(crate) fn card(&mut self, card: &CardView) -> io::Result<()> {
        let language = self.language;
        let label = Text {
            ru: "карта",
            en: "card",
        }
        .in_language(language);
        write!(
            self.out,
            "  {label}: {}",
            printable(card.name.in_language(language))
        )?;
        let known = [card.proof_text, card.confidence_text];
        let known = known.into_iter().flatten();
        let known: Vec<_> = known.map(|text| text.in_language(language)).collect();
        match known.as_slice() {
            [] => writeln!(self.out)?,
            known => writeln!(self.out, " ({})", known.join("; "))?,
        }
        writeln!(self.out, "  ATR: {}", card.atr)?;
        if !card.protocols.is_empty() {
            let label = Text {
                ru: "протоколы",
                en: "protocols",
            }
            .in_language(language);
            writeln!(self.out, "  {label}: {}", card.protocols.join(", "))?;
        }
        if let Some(note) = &card.note {
            writeln!(self.out, "  {}", printable(note.in_language(language)))?;
        }
        Ok(())
    }

    pub(crate) fn diagnosis(&mut self, diagnosis: &DiagnosisView) -> io::Result<()> {
        let line = diagnosis.lines.in_language(self.language);
        writeln!(self.err, "{}", printable(line))?;
        self.err.flush()
    }

    pub(crate) fn json(&mut self, document: &impl Serialize) -> io::Result<()> {
        json::write_line(&mut self.out, document)?;
        self.out.flush()
    }
}
