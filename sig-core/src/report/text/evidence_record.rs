//! Evidence records for people.

use super::super::evidence_record::{EvidenceRecordKind, EvidenceRecordReport};
use super::super::model::{DocumentReport, Report};
use super::words::subject;
use super::{Judgement, Page};

impl Page {
    /// A record that stands alone.
    pub(super) fn evidence_record_alone(
        &mut self,
        report: &Report,
        document: &DocumentReport,
        record: &EvidenceRecordReport,
    ) {
        let label = self.say("Итог", "Result");
        self.conclusion(label, Judgement::EvidenceRecord, record.conclusion);
        self.story_of_evidence_record(report, document, record);
        self.findings(&document.findings);
        self.evidence_record(record);
    }

    /// The records of a signature file.
    pub(super) fn evidence_records(&mut self, records: &[EvidenceRecordReport]) {
        for record in records {
            let label = match record.kind {
                EvidenceRecordKind::Document | EvidenceRecordKind::Beside => {
                    self.say("Архивная запись", "Evidence record")
                }
                EvidenceRecordKind::Internal => self.say(
                    "Архивная запись внутри подписи",
                    "Evidence record in the signature",
                ),
                EvidenceRecordKind::External => self.say(
                    "Архивная запись внутри подписи, с документом",
                    "Evidence record in the signature, with the document",
                ),
            };
            self.conclusion(label, Judgement::EvidenceRecord, record.conclusion);
            self.evidence_record(record);
        }
    }

    fn evidence_record(&mut self, record: &EvidenceRecordReport) {
        let label = self.say("доказано, что не позже", "proven not later than");
        let proven = match record.proven_not_later_than {
            Some(time) => time.to_string(),
            None => self.say("доказательства нет", "no proof").to_owned(),
        };
        self.line(2, label, &proven);
        let covers: Vec<String> = record
            .covers
            .iter()
            .map(|covered| subject(&covered.to_string(), self.language))
            .collect();
        if !covers.is_empty() {
            let label = self.say("охватывает", "covers");
            self.line(2, label, &covers.join(", "));
        }
        self.findings(&record.findings);
        self.time_stamps(&record.time_stamps);
        self.not_checked(&record.not_checked);
    }
}
