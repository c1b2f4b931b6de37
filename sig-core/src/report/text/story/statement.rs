//! What time-stamping authorities and archives state, told (RFC 3161, RFC 4998).

use crate::finding::Indication;

use super::super::super::evidence_record::EvidenceRecordReport;
use super::super::super::model::{
    DocumentReport, Report, SignatureReport, TimeStampKind, TimeStampReport,
};
use super::super::Page;
use super::super::words::{moment, named, subject};

impl Page {
    /// A token that stands alone, in plain words, where an explanation is asked for.
    pub(in super::super) fn story_of_time_stamp(
        &mut self,
        report: &Report,
        document: &DocumentReport,
        stamp: &TimeStampReport,
    ) {
        let what = self.say(
            "Файл — штамп времени: свидетельство службы о документе, а не подпись человека.",
            "The file is a time-stamp: a statement of an authority about a document, not the signature of a person.",
        );
        let verdict = match stamp.conclusion.indication {
            Indication::TotalPassed => self.say(
                "штамп действителен, к этому времени документ уже существовал",
                "the time-stamp is valid, the document existed by that time",
            ),
            Indication::TotalFailed => self.say(
                "штамп недействителен и ничего не доказывает",
                "the time-stamp is invalid and proves nothing",
            ),
            Indication::Indeterminate | Indication::NoSignature => self.say(
                "действительность штампа не доказана и не опровергнута",
                "the time-stamp is neither proven valid nor proven invalid",
            ),
        };
        let reason = self.reason(stamp.decided_by, &stamp.findings);
        let stated = stamp.token.as_ref().map(|token| {
            let label = self.say("Время по штампу", "The time it states");
            format!("{label}: {}.", moment(token.gen_time))
        });
        let sentences = [
            what.to_owned(),
            self.about_stamped(document),
            stated.unwrap_or_default(),
            self.about_signer(stamp.authority.as_ref()),
            self.about_path(&stamp.path),
            self.about_revocation(&stamp.path, &stamp.findings),
            self.verdict(report, verdict, reason),
        ];
        self.tell(&sentences);
    }

    /// An evidence record that stands alone, in plain words, where an explanation is asked for.
    pub(in super::super) fn story_of_evidence_record(
        &mut self,
        report: &Report,
        document: &DocumentReport,
        record: &EvidenceRecordReport,
    ) {
        let what = self.say(
            "Файл — архивная запись: доказательство того, что документ давно существует, а не подпись человека.",
            "The file is an evidence record: a proof that a document has existed for long, not the signature of a person.",
        );
        let label = self.say("Штампов времени в ней", "Time-stamps in it");
        let count = format!("{label}: {}.", record.time_stamps.len());
        let covers: Vec<String> = record
            .covers
            .iter()
            .map(|covered| subject(&covered.to_string(), self.language))
            .collect();
        let label = self.say("Охватывает она", "It covers");
        let covers = match covers.is_empty() {
            true => String::new(),
            false => format!("{label}: {}. ", covers.join(", ")),
        };
        let proven = record.proven_not_later_than.map(|time| {
            let label = self.say(
                "Запись доказывает, что документ уже существовал",
                "The record proves that the document existed already",
            );
            format!("{label} {}.", moment(time))
        });
        let verdict = match record.conclusion.indication {
            Indication::TotalPassed => self.say("запись действительна", "the record is valid"),
            Indication::TotalFailed => self.say(
                "запись недействительна и ничего не доказывает",
                "the record is invalid and proves nothing",
            ),
            Indication::Indeterminate | Indication::NoSignature => self.say(
                "действительность записи не доказана и не опровергнута",
                "the record is neither proven valid nor proven invalid",
            ),
        };
        let reason = self.reason_of_record(record);
        let sentences = [
            what.to_owned(),
            self.about_stamped(document),
            covers + &count,
            proven.unwrap_or_default(),
            self.verdict(report, verdict, reason),
        ];
        self.tell(&sentences);
    }

    fn about_stamped(&self, document: &DocumentReport) -> String {
        let Some(digest) = &document.digest else {
            let absent = self.say("Самого документа нет.", "The document itself is absent.");
            return absent.to_owned();
        };
        let label = self.say("Хэш документа", "The digest of the document");
        let size = document.size.map(|size| {
            let label = self.say("размер в байтах", "size in bytes");
            format!("; {label}: {size}")
        });
        let size = size.unwrap_or_default();
        format!("{label}: {} {}{size}.", digest.algorithm, digest.hex())
    }

    /// What the signer claims, what each time-stamp states, and what is proven.
    pub(super) fn about_time(
        &self,
        report: &Report,
        document: &DocumentReport,
        signature: &SignatureReport,
    ) -> Vec<String> {
        let mut told = Vec::new();
        if let Some(time) = signature.times.claimed {
            let label = self.say("Подписант указал время", "The signer states the time");
            let proves = self.say("это лишь его слова", "which is only what he says");
            told.push(format!("{label} {}, {proves}.", moment(time)));
        }
        let stamps = signature.time_stamps.iter();
        told.extend(stamps.map(|stamp| self.about_time_stamp(stamp)));
        let records = document.evidence_records.iter();
        told.extend(records.map(|record| self.about_evidence_record(record)));
        let stamps = &signature.time_stamps;
        let has_passed = stamps
            .iter()
            .any(|stamp| stamp.conclusion.indication == Indication::TotalPassed);
        told.push(match signature.times.proven_not_later_than {
            Some(time) => {
                let label = if has_passed {
                    self.say(
                        "Штампы времени доказывают, что подпись уже существовала",
                        "Time-stamps prove that the signature existed already",
                    )
                } else {
                    self.say(
                        "Доказано, что подпись уже существовала",
                        "It is proven that the signature existed already",
                    )
                };
                format!("{label} {}.", moment(time))
            }
            None => {
                let label = self.say(
                    "Годного штампа времени на подписи нет, поэтому всё судится на время проверки",
                    "There is no valid time-stamp of the signature, so everything is judged at the time of checking",
                );
                format!("{label}, {}.", moment(report.at))
            }
        });
        told
    }

    fn about_evidence_record(&self, record: &EvidenceRecordReport) -> String {
        let label = self.say("Архивная запись", "The evidence record");
        let verdict = match record.conclusion.indication {
            Indication::TotalPassed => self.say("действительна", "valid"),
            Indication::TotalFailed => self.say("недействительна", "invalid"),
            Indication::Indeterminate | Indication::NoSignature => {
                self.say("не доказана", "not proven")
            }
        };
        let because = self.say("потому что", "because");
        let reason = self.reason_of_record(record);
        let reason = reason.map(|reason| format!(", {because}: {reason}"));
        format!("{label}: {verdict}{}.", reason.unwrap_or_default())
    }

    /// The finding that decided, of the record or of one of its time-stamps.
    fn reason_of_record(&self, record: &EvidenceRecordReport) -> Option<String> {
        let own = self.reason(record.decided_by, &record.findings);
        own.or_else(|| {
            let mut stamps = record.time_stamps.iter();
            stamps.find_map(|stamp| self.reason(record.decided_by, &stamp.findings))
        })
    }

    fn about_time_stamp(&self, stamp: &TimeStampReport) -> String {
        let what = match stamp.kind {
            TimeStampKind::Content => self.say("Штамп на содержимом", "The content time-stamp"),
            TimeStampKind::SignatureAndReferences => self.say(
                "Штамп на подписи и ссылках",
                "The time-stamp of signature and references",
            ),
            TimeStampKind::References => {
                self.say("Штамп на ссылках", "The time-stamp of references")
            }
            TimeStampKind::ArchiveV2 | TimeStampKind::ArchiveV3 => {
                self.say("Архивный штамп", "The archive time-stamp")
            }
            TimeStampKind::EvidenceRecord => self.say(
                "Штамп архивной записи",
                "The time-stamp of the evidence record",
            ),
            TimeStampKind::Document | TimeStampKind::Signature => {
                self.say("Штамп на подписи", "The signature time-stamp")
            }
        };
        let by = stamp.authority.as_ref().map(|authority| {
            let label = self.say("служба", "authority");
            format!(", {label} {}", named(&authority.certificate.subject))
        });
        let at = stamp
            .token
            .as_ref()
            .map(|token| format!(", {}", moment(token.gen_time)));
        let verdict = match stamp.conclusion.indication {
            Indication::TotalPassed => self.say("действителен", "valid"),
            Indication::TotalFailed => self.say("недействителен", "invalid"),
            Indication::Indeterminate | Indication::NoSignature => {
                self.say("не доказан", "not proven")
            }
        };
        let reason = self.reason(stamp.decided_by, &stamp.findings);
        let because = self.say("потому что", "because");
        let reason = reason.map(|reason| format!(", {because}: {reason}"));
        let [at, by, reason] = [at, by, reason].map(Option::unwrap_or_default);
        format!("{what}{at}{by}: {verdict}{reason}.")
    }
}
