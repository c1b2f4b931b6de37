//! What `verifierd evidence` prints: for people in Russian or English, and for programs.

use serde_json::{Value, json};
use sig_core::{
    Policy,
    finding::{Conclusion, Language, displayable as shown, has_deceptive_characters},
    report::{
        Judged, PolicyReference,
        bundle::{Bundle, BundleRejected},
        json::ENGINE,
    },
    validate::bundle::{Judge, Replay},
};

mod anchors;
mod lists;

use lists::ListsBy;

/// How it ended.
pub(super) enum Outcome {
    /// It was judged again.
    Judged {
        bundle: Box<Bundle>,
        replay: Box<Replay>,
        /// Whether the trust lists themselves were at hand.
        by_lists: bool,
    },
    /// The bundle is not as it was written, or cannot be judged.
    Rejected(BundleRejected),
}

/// Every text, in English and Russian.
struct Texts {
    same: &'static str,
    different: &'static str,
    rejected: &'static str,
    whole: &'static str,
    verdict: &'static str,
    at: &'static str,
    policy: &'static str,
    built_in: &'static str,
    not_built_in: &'static str,
    first: &'static str,
    now: &'static str,
    trust: &'static str,
    trusted_lists: &'static str,
    by_extract: &'static str,
    by_lists: &'static str,
}

const EN: Texts = Texts {
    same: "The same report",
    different: "Another report",
    rejected: "The bundle is refused",
    whole: "the whole report",
    verdict: "verdict",
    at: "judged at",
    policy: "policy",
    built_in: "built in",
    not_built_in: "not the built-in one of this id: it stands in the bundle",
    first: "judged first by",
    now: "judged now by",
    trust: "trust",
    trusted_lists: "trusted lists",
    by_extract: "by the extract, for which whoever kept the bundle vouches; the roots that vouch for the signer of the lists are what the bundle says; --list compares the extract with the lists",
    by_lists: "by the lists, of which the extract is a part; the roots that vouch for their signer are what the bundle says",
};

const RU: Texts = Texts {
    same: "Отчёт тот же",
    different: "Отчёт другой",
    rejected: "Пакет не принят",
    whole: "весь отчёт",
    verdict: "вывод",
    at: "время проверки",
    policy: "политика",
    built_in: "встроенная",
    not_built_in: "не встроенная с этим именем: она взята из пакета",
    first: "первая проверка",
    now: "эта проверка",
    trust: "доверие",
    trusted_lists: "европейские списки",
    by_extract: "по выписке, за которую отвечает хранитель пакета; какие корни ручаются за подписавшего списки, сказано в самом пакете; --list сверит выписку со списками",
    by_lists: "по самим спискам; выписка — их часть; какие корни ручаются за подписавшего списки, сказано в самом пакете",
};

impl Outcome {
    pub(super) fn of(
        bundle: Bundle,
        replay: Result<Replay, BundleRejected>,
        by_lists: bool,
    ) -> Self {
        match replay {
            Ok(replay) => Self::Judged {
                bundle: Box::new(bundle),
                replay: Box::new(replay),
                by_lists,
            },
            Err(why) => Self::Rejected(why),
        }
    }

    pub(super) fn text(&self, language: Language) -> String {
        let texts = match language {
            Language::En => &EN,
            Language::Ru => &RU,
        };
        let (bundle, replay, by_lists) = match self {
            Self::Judged {
                bundle,
                replay,
                by_lists,
            } => (bundle, replay, by_lists),
            Self::Rejected(why) => return format!("{}: {}\n", texts.rejected, why.text(language)),
        };
        let is_same = replay.differences.is_empty();
        let head = if is_same { texts.same } else { texts.different };
        let mut lines = vec![head.to_owned()];
        for difference in &replay.differences {
            let place = difference.pointer.as_str();
            let place = if place.is_empty() {
                texts.whole.to_owned()
            } else {
                shown(&cut(place))
            };
            lines.push(format!("  ≠ {place}"));
        }
        let mut line = |what: &str, value: &str| lines.push(format!("  {what}: {value}"));
        if let Some(conclusion) = conclusion(replay) {
            line(texts.verdict, &words(conclusion));
        }
        line(texts.at, &replay.report.at.to_string());
        let policy = &replay.report.policy;
        let whose = if is_built_in(policy) {
            texts.built_in
        } else {
            texts.not_built_in
        };
        let name = shown(&policy.id);
        line(
            texts.policy,
            &format!("{name}, SHA-256 {} ({whose})", policy.digest),
        );
        if replay.judge == Judge::Other {
            line(texts.first, &judge(bundle.engine(), bundle.back_end()));
            line(texts.now, &judge(ENGINE, replay.report.back_end));
        }
        if let Some(trust) = &replay.report.trust {
            let how = match by_lists {
                false => texts.by_extract,
                true => texts.by_lists,
            };
            line(texts.trust, &format!("{} ({how})", shown(&trust.id)));
        }
        if let Some(lists) = &replay.report.trusted_lists {
            let how = ListsBy::of(bundle, *by_lists).text(language);
            let value = format!("{} ({how})", shown(&lists.id));
            line(texts.trusted_lists, &value);
        }
        lines.extend(anchors::lines(&replay.anchors, language));
        lines.extend(lists::lines(replay, *by_lists, language));
        lines.push(String::new());
        lines.join("\n")
    }

    /// `qes.evidence-check/1`, one line.
    pub(super) fn json(&self) -> String {
        const SCHEMA: &str = "qes.evidence-check/1";
        let value = match self {
            Self::Rejected(why) => json!({
                "schema": SCHEMA,
                "outcome": "rejected",
                "reason": why.word(),
                "part": why.part(),
                "text": {"ru": why.text(Language::Ru), "en": why.text(Language::En)},
            }),
            Self::Judged {
                bundle,
                replay,
                by_lists,
            } => {
                let differences = replay.differences.iter();
                let differences: Vec<String> = differences.map(|it| cut(&it.pointer)).collect();
                let outcome = if differences.is_empty() {
                    "same"
                } else {
                    "different"
                };
                let trust = replay.report.trust.as_ref().map(|trust| {
                    let by = match by_lists {
                        false => "extract",
                        true => "lists",
                    };
                    json!({"id": trust.id, "digest": trust.digest, "by": by})
                });
                let trusted_lists = replay.report.trusted_lists.as_ref();
                let trusted_lists = trusted_lists
                    .map(|it| json!({"id": it.id, "digest": it.digest, "by": ListsBy::of(bundle, *by_lists).word()}));
                json!({
                    "schema": SCHEMA,
                    "outcome": outcome,
                    "differences": differences,
                    "at": replay.report.at.to_string(),
                    "conclusion": conclusion(replay).map(|it| json!({
                        "indication": it.indication.name(),
                        "sub_indication": it.sub_indication.map(|sub| sub.name()),
                    })),
                    "first": by(bundle.engine(), bundle.back_end()),
                    "now": by(ENGINE, replay.report.back_end),
                    "policy": {
                        "id": replay.report.policy.id,
                        "digest": replay.report.policy.digest,
                        "built_in": is_built_in(&replay.report.policy),
                    },
                    "trust": trust,
                    "lists": lists::json(replay, *by_lists),
                    "trusted_lists": trusted_lists,
                    "anchors": anchors::json(&replay.anchors),
                })
            }
        };
        format!("{}\n", escaped(&value.to_string()))
    }
}

/// The beginning of a text that anybody may have written.
fn cut(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// JSON in which what cannot be seen, or changes what is seen, is escaped as in a report. It stands inside strings only.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if has_deceptive_characters(character.encode_utf8(&mut [0; 4])) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether it is what this program has under its id.
fn is_built_in(policy: &PolicyReference) -> bool {
    Policy::builtin(&policy.id).is_ok_and(|own| own.digest() == policy.digest)
}

fn by(engine: &str, back_end: &str) -> Value {
    json!({"engine": engine, "back_end": back_end})
}

fn judge(engine: &str, back_end: &str) -> String {
    shown(&format!("{engine}, {back_end}"))
}

fn conclusion(replay: &Replay) -> Option<Conclusion> {
    match &replay.report.judged {
        Judged::Signatures { conclusion, .. } => Some(*conclusion),
        Judged::TimeStamp { time_stamp, .. } => Some(time_stamp.conclusion),
        Judged::EvidenceRecord {
            evidence_record, ..
        } => Some(evidence_record.conclusion),
        Judged::Certificate(certificate) => Some(certificate.conclusion),
    }
}

fn words(conclusion: Conclusion) -> String {
    let sub = conclusion.sub_indication.map(|sub| format!(" ({sub})"));
    format!("{}{}", conclusion.indication, sub.unwrap_or_default())
}
