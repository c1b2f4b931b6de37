//! The report for people, in Russian or English.

use std::fmt::Write as _;

use crate::base::limits::Work;
use crate::finding::{
    Conclusion, Finding, Indication, Language, Level, StepOutcome, Steps, render, step_text, word,
};

use super::model::{
    CertificateReport, DocumentReport, Judged, NotChecked, PathElement, Report, RevocationStatus,
    SignatureReport, SubjectReport,
};

mod attributes;
pub mod escape;
mod evidence_record;
mod limits;
mod profile;
mod qualified;
pub mod short;
mod story;
mod time_stamp;
mod words;

use escape::foreign;

/// How much is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Detail {
    /// Findings that matter.
    Normal,
    /// Every finding with its clause, every step that was taken, and the work it took.
    Explain,
}

/// The report as text.
#[must_use]
pub fn write(report: &Report, language: Language, detail: Detail) -> String {
    let mut page = Page {
        out: String::new(),
        language,
        detail,
        inset: 0,
    };
    page.header(report);
    match &report.judged {
        Judged::Signatures {
            document,
            conclusion,
            signatures,
        } => {
            let label = page.say("Итог", "Result");
            page.conclusion(label, Judgement::Signature, *conclusion);
            if signatures.is_empty() {
                page.story_of_nothing(document, *conclusion);
            }
            page.findings(&document.findings);
            page.evidence_records(&document.evidence_records);
            for (index, signature) in signatures.iter().enumerate() {
                page.signature(&(index + 1).to_string(), signature, report, document);
            }
        }
        Judged::Certificate(certificate) => page.certificate(certificate),
        Judged::TimeStamp {
            document,
            time_stamp,
        } => {
            page.time_stamp_alone(report, document, time_stamp);
        }
        Judged::EvidenceRecord {
            document,
            evidence_record,
        } => {
            page.evidence_record_alone(report, document, evidence_record);
        }
    }
    if detail == Detail::Explain {
        page.work(&report.work);
    }
    page.out
}

struct Page {
    out: String,
    language: Language,
    detail: Detail,
    /// How far everything stands to the right: what belongs to a time-stamp stands under it.
    inset: usize,
}

/// What a conclusion is about.
#[derive(Clone, Copy)]
enum Judgement {
    Signature,
    TimeStamp,
    EvidenceRecord,
}

impl Page {
    fn say<'a>(&self, ru: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru,
            Language::En => en,
        }
    }

    fn line(&mut self, indent: usize, label: &str, value: &str) {
        self.put(indent, &format!("{label}: {value}"));
    }

    fn put(&mut self, indent: usize, text: &str) {
        let indent = indent.saturating_add(self.inset);
        let _ = writeln!(self.out, "{:indent$}{text}", "");
    }

    /// What belongs to a thing, under it.
    fn under(&mut self, write: impl FnOnce(&mut Self)) {
        let inset = self.inset;
        self.inset = inset.saturating_add(2);
        write(self);
        self.inset = inset;
    }

    fn header(&mut self, report: &Report) {
        let label = self.say("Проверено на", "Checked at");
        self.line(0, label, &report.at.to_string());
        let label = self.say("Политика", "Policy");
        self.line(0, label, &report.policy.id);
        if let Some(trust) = &report.trust {
            let label = self.say("Список доверия", "Trust");
            self.line(0, label, &trust.id);
        }
        if let Some(lists) = &report.trusted_lists {
            let label = self.say("Европейские списки", "Trusted lists");
            self.line(0, label, &lists.id);
        }
        if self.detail == Detail::Explain {
            let label = self.say("Реализация алгоритмов", "Algorithms by");
            self.line(0, label, report.back_end);
        }
    }

    fn conclusion(&mut self, label: &str, about: Judgement, conclusion: Conclusion) {
        let meaning = match conclusion.indication {
            Indication::TotalPassed => match about {
                Judgement::Signature => self.say("подпись верна", "the signature is valid"),
                Judgement::TimeStamp => self.say("штамп верен", "the time-stamp is valid"),
                Judgement::EvidenceRecord => self.say("запись верна", "the record is valid"),
            },
            Indication::TotalFailed => match about {
                Judgement::Signature => self.say("подпись неверна", "the signature is invalid"),
                Judgement::TimeStamp => self.say("штамп неверен", "the time-stamp is invalid"),
                Judgement::EvidenceRecord => self.say("запись неверна", "the record is invalid"),
            },
            Indication::Indeterminate => {
                self.say("действительность не доказана", "validity is not proven")
            }
            Indication::NoSignature => {
                self.say("подписи в файле нет", "there is no signature in the file")
            }
        };
        let mut value = format!("{} ({meaning})", conclusion.indication);
        if let Some(sub) = conclusion.sub_indication {
            let meaning = word::said(sub.name(), self.language).unwrap_or_default();
            let _ = write!(value, " — {sub}: {meaning}");
        }
        self.line(0, label, &value);
    }

    /// A signature, then those over it: `1`, `1.1`, `1.1.1`.
    fn signature(
        &mut self,
        number: &str,
        signature: &SignatureReport,
        report: &Report,
        document: &DocumentReport,
    ) {
        self.out.push('\n');
        let what = match &signature.parent {
            None => self.say("Подпись", "Signature"),
            Some(_) => self.say("Заверяющая подпись", "Counter-signature"),
        };
        let label = format!("{what} {number}");
        self.conclusion(&label, Judgement::Signature, signature.conclusion);
        self.story(number, signature, report, document);
        let label = self.say("уровень", "level");
        let name = signature.level.name();
        let meaning = word::said(name, self.language).unwrap_or_default();
        self.line(2, label, &format!("{name} ({meaning})"));
        if let Some(name) = &signature.algorithms.signature {
            let key = signature.algorithms.key.as_deref().unwrap_or("?");
            let label = self.say("алгоритм", "algorithm");
            self.line(2, label, &format!("{name}, {key}"));
        }
        if let Some(signer) = &signature.signer {
            self.subject(&signer.subject);
            let certificate = &signer.certificate;
            let label = self.say("сертификат", "certificate");
            let span = format!(
                "{} ({} … {})",
                certificate.serial, certificate.not_before, certificate.not_after
            );
            self.line(2, label, &span);
            let label = self.say("выдан", "issued by");
            self.line(2, label, &foreign(&certificate.issuer, self.language));
            self.identity(signer.holder.identity());
            self.profile(signer.holder.profile());
        }
        let label = self.say("время по словам подписанта", "time claimed by the signer");
        if let Some(claimed) = signature.times.claimed {
            self.line(2, label, &claimed.to_string());
        }
        let label = self.say("доказано, что не позже", "proven not later than");
        let proven = match signature.times.proven_not_later_than {
            Some(time) => time.to_string(),
            None if signature.time_stamps.is_empty() => {
                self.say("нет штампа времени", "no time-stamp").to_owned()
            }
            None => self
                .say("нет годного штампа времени", "no valid time-stamp")
                .to_owned(),
        };
        self.line(2, label, &proven);
        self.attributes(&signature.attributes);
        self.time_stamps(&signature.time_stamps);
        self.path(&signature.path);
        if let Some(qualified) = &signature.qualified {
            let label = if qualified.is_eidas() {
                self.say(
                    "подпись по Регламенту (ЕС) № 910/2014",
                    "signature under Regulation (EU) No 910/2014",
                )
            } else {
                self.say("подпись по 63-ФЗ, ст. 11", "signature under 63-FZ art. 11")
            };
            let words = [
                self.say("квалифицированная", "qualified"),
                self.say("не квалифицированная", "not qualified"),
            ];
            self.qualified(label, words, qualified, &signature.findings);
        }
        self.findings(&signature.findings);
        self.steps(&signature.steps, &signature.path);
        self.not_checked(&signature.not_checked);
        for (index, counter) in signature.counter_signatures.iter().enumerate() {
            self.signature(
                &format!("{number}.{}", index + 1),
                counter,
                report,
                document,
            );
        }
    }

    fn subject(&mut self, subject: &SubjectReport) {
        let rows = [
            ("CN", &subject.cn),
            (self.say("фамилия", "surname"), &subject.surname),
            (self.say("имя", "given name"), &subject.given_name),
            (self.say("СНИЛС", "SNILS"), &subject.snils),
            (self.say("ИНН", "INN"), &subject.inn),
            (self.say("ОГРН", "OGRN"), &subject.ogrn),
        ];
        for (label, value) in rows {
            if let Some(value) = value {
                self.line(2, label, &foreign(value, self.language));
            }
        }
        for repeated in &subject.repeated {
            let attribute = repeated.attribute;
            let label = word::said(attribute, self.language).unwrap_or(attribute);
            for value in &repeated.values {
                self.line(2, label, &foreign(value, self.language));
            }
        }
    }

    fn path(&mut self, path: &[PathElement]) {
        for (index, element) in path.iter().enumerate() {
            let status = match &element.revocation {
                None => self.say("доверенный корень", "trust anchor").to_owned(),
                Some(revocation) => {
                    let status = match revocation.status {
                        RevocationStatus::Good => self.say("не отозван", "not revoked"),
                        RevocationStatus::Revoked => self.say("отозван", "revoked"),
                        RevocationStatus::Unknown => {
                            self.say("отзыв не известен", "revocation unknown")
                        }
                    };
                    match revocation.this_update {
                        Some(time) => format!("{status}, {time}"),
                        None => status.to_owned(),
                    }
                }
            };
            let label = format!("{} {index}", self.say("цепочка", "path"));
            self.line(
                2,
                &label,
                &format!("{} [{status}]", foreign(&element.subject, self.language)),
            );
        }
    }

    fn findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            if finding.level == Level::Info && self.detail == Detail::Normal {
                continue;
            }
            let mark = match finding.level {
                Level::Fail => "✗",
                Level::Warn => "!",
                Level::Info => "·",
            };
            let text = render(finding, self.language);
            self.put(2, &format!("{mark} {}: {text}", finding.code.id));
            if self.detail == Detail::Explain {
                let clause = words::clause(finding.code.clause, self.language);
                let subject = words::subject(&finding.subject.to_string(), self.language);
                self.put(6, &format!("{clause} — {subject}"));
            }
        }
    }

    fn steps(&mut self, steps: &Steps, path: &[PathElement]) {
        if self.detail == Detail::Normal || steps.as_slice().is_empty() {
            return;
        }
        let label = self.say("проверки по порядку", "checks in order");
        self.put(2, &format!("{label}:"));
        let mut place = None;
        for (index, step) in steps.as_slice().iter().enumerate() {
            if index == 0 || step.subject.place != place {
                place = step.subject.place;
                self.step_place(place, path);
            }
            let mark = match step.outcome {
                StepOutcome::Passed => "✓",
                StepOutcome::Failed(_) => "✗",
                StepOutcome::NotApplicable(_) => "–",
            };
            let mut line = step_text(step, self.language);
            if let StepOutcome::Failed(codes) = &step.outcome {
                let codes: Vec<&str> = codes.iter().map(|code| code.id).collect();
                let _ = write!(line, ": {}", codes.join(", "));
            }
            if let Some(object) = &step.subject.object {
                let object = words::subject(&object.to_string(), self.language);
                let _ = write!(line, " [{object}]");
            }
            let clause = words::clause(step.row.clause, self.language);
            self.put(6, &format!("{mark} {clause}: {line}"));
        }
    }

    fn step_place(&mut self, place: Option<usize>, path: &[PathElement]) {
        let name = match place.and_then(|place| path.get(place)) {
            Some(element) => foreign(&element.subject, self.language),
            None => self.say("вся цепочка", "the whole path").to_owned(),
        };
        let label = match place {
            Some(place) => format!("{} {place}: ", self.say("цепочка", "path")),
            None => String::new(),
        };
        self.put(4, &format!("{label}{name}"));
    }

    fn work(&mut self, work: &Work) {
        let label = self.say("Работа", "Work");
        self.line(0, label, &words::counters(work, self.language));
    }

    fn not_checked(&mut self, items: &[NotChecked]) {
        for item in items {
            let label = self.say("не проверялось", "not checked");
            let [what, why] =
                [item.what, item.why].map(|id| word::said(id, self.language).unwrap_or(id));
            self.line(2, label, &format!("{what} ({why})"));
        }
    }

    fn certificate(&mut self, report: &CertificateReport) {
        let mut value = report.conclusion.indication.to_string();
        if let Some(sub) = report.conclusion.sub_indication {
            let _ = write!(value, " — {sub}");
        }
        let label = self.say("Итог", "Result");
        self.line(0, label, &value);
        let label = self.say("владелец", "subject");
        self.line(
            2,
            label,
            &foreign(&report.certificate.subject, self.language),
        );
        let label = self.say("выдан", "issued by");
        self.line(
            2,
            label,
            &foreign(&report.certificate.issuer, self.language),
        );
        let label = self.say("номер", "serial");
        self.line(2, label, &report.certificate.serial);
        let label = self.say("ключ", "key");
        self.line(2, label, &report.key);
        let span = format!(
            "{} … {}",
            report.certificate.not_before, report.certificate.not_after
        );
        let label = self.say("срок", "validity");
        self.line(2, label, &span);
        self.identity(&report.identity);
        self.path(&report.path);
        if let Some(qualified) = &report.qualified {
            let label = if qualified.is_eidas() {
                self.say(
                    "сертификат по Регламенту (ЕС) № 910/2014",
                    "certificate under Regulation (EU) No 910/2014",
                )
            } else {
                self.say(
                    "сертификат по 63-ФЗ, ст. 11",
                    "certificate under 63-FZ art. 11",
                )
            };
            let words = [
                self.say("квалифицированный", "qualified"),
                self.say("не квалифицированный", "not qualified"),
            ];
            self.qualified(label, words, qualified, &report.findings);
        }
        self.findings(&report.findings);
        self.profile(&report.profile);
        self.profile_counts(&report.profile);
        self.steps(&report.steps, &report.path);
        self.not_checked(&report.not_checked);
    }
}
