//! The report in one paragraph a signature, for whoever was sent a signed document and knows nothing of signatures.

mod advice;
mod person;
mod uses;

use crate::base::time::UnixTime;
use crate::finding::code::{certificate as names, policy as policies, qualified as codes};
use crate::finding::{Code, Finding, Indication, Language, Level, Stage, Value, render, word};

use super::super::evidence_record::EvidenceRecordReport;
use super::super::model::{
    CertificateReport, Condition, ConditionStatus, DocumentReport, Integrity, Judged,
    QualifiedReport, QualifiedVerdict, Report, SignatureReport, TimeStampReport,
};

/// The report in short (63-FZ art. 11): who signed, whether the document is the same, when, what the law calls the
/// signature, and what to do.
#[must_use]
pub fn write(report: &Report, language: Language) -> String {
    let short = Short { language };
    let mut paragraphs = match &report.judged {
        Judged::Signatures {
            document,
            conclusion,
            signatures,
        } if signatures.is_empty() => vec![short.nothing(document, conclusion.indication)],
        Judged::Signatures {
            conclusion,
            signatures,
            ..
        } => short.signatures(signatures, conclusion.indication),
        Judged::Certificate(certificate) => vec![short.certificate(certificate)],
        Judged::TimeStamp { time_stamp, .. } => vec![short.time_stamp(time_stamp)],
        Judged::EvidenceRecord {
            evidence_record, ..
        } => vec![short.evidence_record(evidence_record)],
    };
    paragraphs.push(String::new());
    paragraphs.join("\n")
}

/// The codes that a reader must see whatever the verdict is.
const TOLD: [&Code; 6] = [
    &names::NAME_CONTRADICTORY,
    &names::NAME_DECEPTIVE,
    &names::NAME_MIXED_SCRIPTS,
    &policies::TESTING,
    &codes::LIST_STALE,
    &codes::VERSIONS_CONTRADICT,
];

#[derive(Clone, Copy)]
struct Short {
    language: Language,
}

impl Short {
    const fn say<'a>(self, ru: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru,
            Language::En => en,
        }
    }

    /// A day and a time as people in Russia say them.
    fn moment(self, at: UnixTime) -> String {
        let civil = at.plus_seconds(3 * 3_600).to_civil();
        let zone = self.say("по Москве", "Moscow time");
        let (day, month, year) = (civil.day, civil.month, civil.year);
        let (hour, minute, second) = (civil.hour, civil.minute, civil.second);
        let time = format!("{hour:02}:{minute:02}:{second:02}");
        match self.language {
            Language::Ru => format!("{day:02}.{month:02}.{year} {time} {zone}"),
            Language::En => format!("{year}-{month:02}-{day:02} {time} {zone}"),
        }
    }

    /// The text of a finding, its times as people say them.
    fn render(self, finding: &Finding) -> String {
        let mut text = render(finding, self.language);
        for fact in &finding.facts {
            if let Value::Time(time) = fact.value {
                text = text.replace(&time.to_string(), &self.moment(time));
            }
        }
        text
    }

    /// A paragraph a signature. What to do with a document of several is said once, at the end.
    fn signatures(self, signatures: &[SignatureReport], document: Indication) -> Vec<String> {
        if let [signature] = signatures {
            let passes = document == Indication::TotalPassed
                || signature.conclusion.indication != Indication::TotalPassed;
            let advice = match passes {
                true => self.advice(signature),
                false => self.closing(signatures, document),
            };
            let said = [self.signature(signature), advice];
            return vec![said.join(" ").trim_end().to_owned()];
        }
        let label = self.say("Подпись", "Signature");
        let of = self.say("из", "of");
        let numbered = signatures.iter().enumerate().map(|(index, signature)| {
            let number = format!("{label} {} {of} {}.", index + 1, signatures.len());
            format!("{number} {}", self.signature(signature))
        });
        let mut paragraphs: Vec<String> = numbered.collect();
        paragraphs.push(self.closing(signatures, document));
        paragraphs
    }

    /// What to do with a document of several signatures.
    fn closing(self, signatures: &[SignatureReport], document: Indication) -> String {
        let all = |verdict: Option<QualifiedVerdict>| {
            signatures.iter().all(|signature| {
                signature.conclusion.indication == Indication::TotalPassed
                    && signature.qualified.as_ref().map(|it| it.verdict) == verdict
            })
        };
        let passed = document == Indication::TotalPassed;
        let sentence = if passed && all(Some(QualifiedVerdict::Qualified)) {
            self.say(
                "Все подписи верны и являются квалифицированными: документ можно принимать.",
                "All signatures are valid and qualified ones: the document may be accepted.",
            )
        } else if passed && all(None) {
            self.say("Все подписи верны.", "All signatures are valid.")
        } else if document == Indication::TotalFailed {
            self.say(
                "Не принимайте документ: не все его подписи верны.",
                "Do not accept the document: not all of its signatures are valid.",
            )
        } else {
            self.say(
                "Пока не принимайте документ: не о всех его подписях доказано, что они верны и являются квалифицированными.",
                "Do not accept the document yet: not all of its signatures are proven to be valid and qualified ones.",
            )
        };
        sentence.to_owned()
    }

    fn advice(self, signature: &SignatureReport) -> String {
        let qualified = signature.qualified.as_ref();
        advice::of(
            signature.conclusion.indication,
            qualified,
            &ids(signature.decided_by, qualified, &signature.findings),
            self.language,
        )
    }

    /// Signatures over this one that are not shown to be valid.
    fn counter_signatures(self, signature: &SignatureReport) -> String {
        let counter = &signature.counter_signatures;
        let fails = |it: &&SignatureReport| it.conclusion.indication != Indication::TotalPassed;
        let failed = counter.iter().filter(fails).count();
        if failed == 0 {
            return String::new();
        }
        let label = self.say(
            "Заверяющих подписей, о которых не доказано, что они верны",
            "Counter-signatures that are not proven to be valid",
        );
        let of = self.say("из", "of");
        format!("{label}: {failed} {of} {}.", counter.len())
    }

    fn signature(self, signature: &SignatureReport) -> String {
        let qualified = signature.qualified.as_ref();
        let reason = self
            .decided(signature.decided_by, &signature.findings)
            .or_else(|| self.law_reason(qualified, &signature.findings));
        let mut sentences = vec![
            self.who(signature),
            self.integrity(signature),
            self.when(signature),
            self.verdict(signature.conclusion.indication, qualified, reason),
        ];
        sentences.extend(self.told(&signature.findings));
        sentences.push(self.counter_signatures(signature));
        sentences.retain(|sentence| !sentence.is_empty());
        sentences.join(" ")
    }

    fn who(self, signature: &SignatureReport) -> String {
        let Some(signer) = &signature.signer else {
            return self
                .say(
                    "Кто подписал, неизвестно: сертификата подписавшего нет.",
                    "Who signed is not known: the signer's certificate is absent.",
                )
                .to_owned();
        };
        let person = person::named(signer.holder.identity(), &signer.subject, self.language);
        let label = match signature.conclusion.indication {
            Indication::TotalPassed => self.say("Подписал", "Signed by"),
            // Anybody can make a certificate with any name, and use a key that was stolen.
            _ => self.say(
                "В сертификате, который приложен к подписи, назван",
                "The certificate that comes with the signature names",
            ),
        };
        format!("{label}: {person}.")
    }

    fn integrity(self, signature: &SignatureReport) -> String {
        let sentence = match signature.integrity {
            Integrity::Intact if signature.conclusion.indication == Indication::TotalFailed => "",
            Integrity::Intact => self.say(
                "Документ после подписания не изменён.",
                "The document has not been changed since it was signed.",
            ),
            Integrity::Broken => self.say(
                "К этому документу подпись не подходит.",
                "The signature does not fit this document.",
            ),
            Integrity::NotKnown => self.say(
                "Изменён ли документ, установить нельзя.",
                "Whether the document was changed cannot be told.",
            ),
        };
        sentence.to_owned()
    }

    fn when(self, signature: &SignatureReport) -> String {
        // What does not fit the document says nothing of when it was signed.
        if signature.integrity == Integrity::Broken {
            return String::new();
        }
        let times = signature.times;
        match (times.proven_not_later_than, times.claimed) {
            (Some(proven), _) => {
                let at = self.moment(proven);
                match self.language {
                    Language::Ru => format!("Подпись уже существовала {at}: это доказано."),
                    Language::En => format!("The signature existed by {at}: that is proven."),
                }
            }
            (None, Some(claimed)) => {
                let at = self.moment(claimed);
                match self.language {
                    Language::Ru => format!(
                        "Время подписания со слов подписавшего — {at}; доказательства времени нет."
                    ),
                    Language::En => format!(
                        "The time of signing, as the signer claims it, is {at}; nothing proves it."
                    ),
                }
            }
            (None, None) => self
                .say(
                    "Когда подписано, неизвестно.",
                    "When it was signed is not known.",
                )
                .to_owned(),
        }
    }

    fn verdict(
        self,
        indication: Indication,
        qualified: Option<&QualifiedReport>,
        reason: Option<String>,
    ) -> String {
        let is_eidas = qualified.is_some_and(QualifiedReport::is_eidas);
        let sentence = match (indication, qualified.map(|it| it.verdict)) {
            (Indication::TotalPassed, Some(QualifiedVerdict::Qualified)) if is_eidas => {
                return self
                    .say(
                        "Подпись верна и является квалифицированной по регламенту eIDAS (ЕС № 910/2014).",
                        "The signature is valid and is a qualified one under eIDAS (Regulation (EU) No 910/2014).",
                    )
                    .to_owned();
            }
            (Indication::TotalPassed, Some(QualifiedVerdict::Qualified)) => {
                return self
                    .say(
                        "Подпись верна и является усиленной квалифицированной: все условия статьи 11 закона 63-ФЗ выполнены.",
                        "The signature is valid and is a qualified one: all conditions of article 11 of law 63-FZ are met.",
                    )
                    .to_owned();
            }
            (Indication::TotalPassed, None) => {
                return self
                    .say("Подпись верна.", "The signature is valid.")
                    .to_owned();
            }
            (Indication::TotalPassed, Some(QualifiedVerdict::NotQualified)) => self.say(
                "Подпись верна, но квалифицированной не является",
                "The signature is valid but not a qualified one",
            ),
            (Indication::TotalPassed, Some(QualifiedVerdict::NotProvable)) => self.say(
                "Подпись верна, но доказать, что она квалифицированная, нельзя",
                "The signature is valid, but that it is a qualified one cannot be proven",
            ),
            (Indication::TotalFailed, _) => self.say("Подпись неверна", "The signature is invalid"),
            (Indication::Indeterminate | Indication::NoSignature, _) => self.say(
                "Не доказано, что подпись верна",
                "That the signature is valid is not proven",
            ),
        };
        match reason {
            Some(reason) => format!("{sentence}: {reason}."),
            None => format!("{sentence}."),
        }
    }

    /// The finding that decided.
    fn decided(self, by: Option<&'static Code>, findings: &[Finding]) -> Option<String> {
        let mut failed = findings.iter().filter(|it| it.level == Level::Fail);
        let finding = failed.find(|finding| Some(finding.code) == by)?;
        Some(self.render(finding))
    }

    /// Why the conditions of the law are not met, or what is missing to show them.
    fn law_reason(
        self,
        qualified: Option<&QualifiedReport>,
        findings: &[Finding],
    ) -> Option<String> {
        if let Some(finding) = of_the_law(qualified, findings) {
            return Some(self.render(finding));
        }
        let missing = deciding(qualified?)?.missing.first()?;
        let label = self.say("не хватает", "missing");
        let said = word::said(missing, self.language).unwrap_or(missing);
        Some(format!("{label}: {said}"))
    }

    fn told(self, findings: &[Finding]) -> Vec<String> {
        let label = self.say("Обратите внимание", "Note");
        let told = findings.iter().filter(|it| TOLD.contains(&it.code));
        told.map(|finding| format!("{label}: {}.", self.render(finding)))
            .collect()
    }

    fn nothing(self, document: &DocumentReport, indication: Indication) -> String {
        if indication == Indication::NoSignature {
            return self
                .say(
                    "В файле нет электронной подписи. Проверьте, тот ли файл выбран: подпись может лежать в отдельном файле рядом с документом.",
                    "The file holds no electronic signature. See whether it is the right file: the signature may be in a file of its own beside the document.",
                )
                .to_owned();
        }
        let mut findings = document.findings.iter();
        let reason = findings.find(|finding| finding.level == Level::Fail);
        let reason = reason.map(|finding| format!(": {}", self.render(finding)));
        let [what, next] = [
            self.say(
                "Файл похож на электронную подпись, но не читается",
                "The file looks like an electronic signature and cannot be read",
            ),
            self.say(
                "Попросите прислать его ещё раз.",
                "Ask for it to be sent again.",
            ),
        ];
        format!("{what}{}. {next}", reason.unwrap_or_default())
    }

    fn certificate(self, report: &CertificateReport) -> String {
        let whose = person::named(&report.identity, &report.subject, self.language);
        let qualified = report.qualified.as_ref();
        let reason = self
            .decided(report.decided_by, &report.findings)
            .or_else(|| self.law_reason(qualified, &report.findings));
        let label = self.say("Сертификат выдан на имя", "The certificate names");
        let passed = report.conclusion.indication == Indication::TotalPassed;
        let of_lists = qualified.filter(|it| passed && it.is_eidas());
        let verdict = match (passed, qualified.map(|it| it.verdict)) {
            (true, Some(QualifiedVerdict::Qualified)) if of_lists.is_some() => self.say(
                "Сертификат действителен и является квалифицированным по регламенту eIDAS (ЕС № 910/2014)",
                "The certificate is valid and a qualified one under eIDAS (Regulation (EU) No 910/2014)",
            ),
            (true, None) => self.say("Сертификат действителен", "The certificate is valid"),
            (true, Some(QualifiedVerdict::Qualified)) => self.say(
                "Сертификат действителен и является квалифицированным",
                "The certificate is valid and a qualified one",
            ),
            (true, Some(_)) => self.say(
                "Сертификат действителен, но что он квалифицированный, не доказано",
                "The certificate is valid, but that it is a qualified one is not shown",
            ),
            (false, _) => self.say(
                "Действительность сертификата не подтверждена",
                "The certificate is not shown to be valid",
            ),
        };
        let uses = of_lists.and_then(|it| uses::of(it, self.language));
        let reason = uses.or(reason).map(|reason| format!(": {reason}"));
        let until = self.moment(report.certificate.not_after);
        let span = self.say("Срок действия — до", "Its validity ends");
        let mut sentences = vec![
            format!("{label}: {whose}."),
            format!("{verdict}{}.", reason.unwrap_or_default()),
            format!("{span} {until}."),
        ];
        sentences.extend(self.told(&report.findings));
        sentences.join(" ")
    }

    fn time_stamp(self, stamp: &TimeStampReport) -> String {
        let what = self.say(
            "Это не подпись человека, а штамп времени.",
            "This is not the signature of a person but a time-stamp.",
        );
        let time = stamp
            .token
            .as_ref()
            .map(|it| self.moment(it.not_later_than));
        let verdict = match (stamp.conclusion.indication, time, self.language) {
            (Indication::TotalPassed, Some(time), Language::Ru) => {
                format!("Штамп верен: документ уже существовал {time}.")
            }
            (Indication::TotalPassed, Some(time), Language::En) => {
                format!("The time-stamp is valid: the document existed by {time}.")
            }
            _ => self.unproven(stamp.decided_by, &stamp.findings),
        };
        format!("{what} {verdict}")
    }

    fn evidence_record(self, record: &EvidenceRecordReport) -> String {
        let what = self.say(
            "Это не подпись человека, а архивная запись о документе.",
            "This is not the signature of a person but an evidence record of a document.",
        );
        let verdict = match record.conclusion.indication {
            Indication::TotalPassed => self.say("Запись верна.", "The record is valid.").to_owned(),
            _ => self.unproven(record.decided_by, &record.findings),
        };
        format!("{what} {verdict}")
    }

    fn unproven(self, by: Option<&'static Code>, findings: &[Finding]) -> String {
        let label = self.say("Доказательством он не служит", "It proves nothing");
        match self.decided(by, findings) {
            Some(reason) => format!("{label}: {reason}."),
            None => format!("{label}."),
        }
    }
}

/// The first condition that is not met, else the first that is not provable.
fn deciding(qualified: &QualifiedReport) -> Option<&Condition> {
    let with = |status| {
        qualified
            .conditions
            .iter()
            .find(move |it| it.status == status)
    };
    with(ConditionStatus::NotMet).or_else(|| with(ConditionStatus::NotProvable))
}

/// The finding about the law that stands in the way.
fn of_the_law<'a>(
    qualified: Option<&QualifiedReport>,
    findings: &'a [Finding],
) -> Option<&'a Finding> {
    let condition = deciding(qualified?)?;
    let is_named = |finding: &&Finding| {
        let id = finding.code.id;
        let mut named = condition.evidence.iter().chain(&condition.missing);
        named.any(|it| it == id)
    };
    let aside = [
        &codes::LIST_STALE,
        &codes::VERSIONS_CONTRADICT,
        &codes::FORMAT_ALGORITHM,
        &codes::FORMAT_SIGNER_IDENTIFIER,
    ];
    let mut of_law = findings.iter().filter(|finding| {
        finding.code.stage == Stage::Qualified
            && finding.level >= Level::Warn
            && !aside.contains(&finding.code)
    });
    findings.iter().find(is_named).or_else(|| of_law.next())
}

/// Codes that say what to do next, the deciding one first.
fn ids(
    by: Option<&'static Code>,
    qualified: Option<&QualifiedReport>,
    findings: &[Finding],
) -> Vec<&'static str> {
    let decided = by.map(|code| code.id);
    let of_law = of_the_law(qualified, findings).map(|finding| finding.code.id);
    decided.into_iter().chain(of_law).collect()
}
