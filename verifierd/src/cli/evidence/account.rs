//! `verifierd evidence account`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use sig_core::{
    finding::{Language, displayable},
    report::bundle::{Bundle, BundleLimits, BundleRejected},
};

use super::{
    super::{
        Exit,
        material::{Format, Lang, Stopped, format_of},
        output::tell,
    },
    binding::{Binding, Bound, Unbound},
    read_within,
};
use crate::back_end::BackEnd;

/// Show offline why an account is confirmed
///
/// Judges the bundle again, compares it with the binding that was exported with it, and with the leaf of the audit log
/// there. That the leaf stands in the log a receipt shows. Exit: 0 everything fits and the report is the same, 1 something
/// does not, 64 usage, 65 not a bundle.
///
/// Показать без связи с сервисом, почему учётная запись подтверждена.
#[derive(Args)]
pub(super) struct Account {
    /// The binding, EVIDENCE.json / файл привязки
    #[arg(value_name = "BINDING")]
    binding: PathBuf,
    /// The bundle, EVIDENCE.zip / пакет
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Form of the answer (default: text on a terminal, else json) / вид ответа
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Language of the text / язык текста
    #[arg(long, value_enum, default_value = "ru")]
    lang: Lang,
}

/// Octets of a binding.
const BINDING_OCTETS: u64 = 64 << 10;

enum Fault {
    Bundle(BundleRejected),
    Binding(Unbound),
    Different,
}

impl Account {
    pub(super) fn run(&self) -> Exit {
        let shown = match self.check() {
            Ok(shown) => shown,
            Err(stopped) => return stopped.tell(),
        };
        let is_text = matches!(format_of(self.format), Format::Text);
        let language = self.lang.language();
        tell(&match (&shown, is_text) {
            (Ok(bound), true) => text(bound, language),
            (Ok(bound), false) => json_of(bound),
            (Err(fault), true) => format!("{}\n", fault.text(language)),
            (Err(fault), false) => format!(
                "{}\n",
                json!({
                    "schema": SCHEMA,
                    "outcome": "rejected",
                    "text": {"ru": fault.text(Language::Ru), "en": fault.text(Language::En)},
                })
            ),
        });
        match shown {
            Ok(_) => Exit::Done,
            Err(Fault::Bundle(BundleRejected::NotABundle | BundleRejected::OtherVersion(_))) => {
                Exit::NoSignature
            }
            Err(_) => Exit::Failed,
        }
    }

    fn check(&self) -> Result<Result<Bound, Fault>, Stopped> {
        let limits = BundleLimits::STANDARD;
        let binding = read_within(&self.binding, BINDING_OCTETS)?;
        let file = read_within(&self.bundle, limits.octets)?;
        Ok(checked(&binding, &file, &limits))
    }
}

fn checked(binding: &[u8], file: &[u8], limits: &BundleLimits) -> Result<Bound, Fault> {
    let binding = Binding::read(binding).map_err(Fault::Binding)?;
    let bundle = Bundle::read(file, limits).map_err(Fault::Bundle)?;
    let bound = binding.check(file, &bundle).map_err(Fault::Binding)?;
    let back_end = BackEnd::of_name(bundle.back_end());
    let back_end = back_end.ok_or(Fault::Bundle(BundleRejected::Manifest))?;
    let replay = bundle.judge(back_end.algorithms()).map_err(Fault::Bundle)?;
    match replay.differences.is_empty() {
        true => Ok(bound),
        false => Err(Fault::Different),
    }
}

impl Fault {
    fn text(&self, language: Language) -> String {
        let (en, ru) = match self {
            Self::Bundle(why) => return why.text(language),
            Self::Binding(why) => why.texts(),
            Self::Different => (
                "judged again it gives another report; see `verifierd evidence verify`".to_owned(),
                "повторная проверка даёт другой отчёт; подробности — `verifierd evidence verify`"
                    .to_owned(),
            ),
        };
        match language {
            Language::En => en,
            Language::Ru => ru,
        }
    }
}

const SCHEMA: &str = "qes.evidence-account/1";

fn json_of(bound: &Bound) -> String {
    let value = json!({
        "schema": SCHEMA,
        "outcome": "same",
        "account_id": bound.account,
        "application_id": bound.application,
        "event": bound.event,
        "level": bound.level,
        "channel": bound.channel,
        "judged_at": bound.judged_at,
        "leaf": {"sequence": bound.sequence, "hash": bound.leaf_hash},
    });
    format!("{value}\n")
}

fn text(bound: &Bound, language: Language) -> String {
    let names = match language {
        Language::En => [
            "The evidence holds",
            "account",
            "application",
            "event",
            "level after it",
            "channel",
            "judged at",
            "leaf of the audit log",
        ],
        Language::Ru => [
            "Доказательство верно",
            "учётная запись",
            "заявление",
            "событие",
            "уровень после него",
            "способ",
            "время проверки",
            "запись журнала",
        ],
    };
    let leaf = format!("{}, {}", bound.sequence, bound.leaf_hash);
    let values = [
        "",
        &bound.account,
        &bound.application,
        &bound.event,
        &bound.level,
        &bound.channel,
        &bound.judged_at,
        &leaf,
    ];
    let lines = names.iter().zip(values).map(|(name, value)| match value {
        "" => format!("{name}\n"),
        value => format!("  {name}: {}\n", displayable(value)),
    });
    lines.collect()
}
