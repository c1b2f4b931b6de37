//! Time-stamps for people.

use crate::finding::Indication;

use super::super::model::{DocumentReport, Integrity, Report, TimeStampKind, TimeStampReport};
use super::escape::foreign;
use super::{Judgement, Page};

impl Page {
    /// A token that stands alone.
    pub(super) fn time_stamp_alone(
        &mut self,
        report: &Report,
        document: &DocumentReport,
        stamp: &TimeStampReport,
    ) {
        let label = self.say("Итог", "Result");
        self.conclusion(label, Judgement::TimeStamp, stamp.conclusion);
        self.story_of_time_stamp(report, document, stamp);
        self.findings(&document.findings);
        self.time_stamp(stamp);
    }

    /// The time-stamps of a signature.
    pub(super) fn time_stamps(&mut self, stamps: &[TimeStampReport]) {
        for stamp in stamps {
            let label = match stamp.kind {
                TimeStampKind::Content => self.say("штамп на содержимом", "content time-stamp"),
                TimeStampKind::SignatureAndReferences => self.say(
                    "штамп на подписи и ссылках",
                    "time-stamp of signature and references",
                ),
                TimeStampKind::References => {
                    self.say("штамп на ссылках", "time-stamp of references")
                }
                TimeStampKind::ArchiveV2 | TimeStampKind::ArchiveV3 => {
                    self.say("архивный штамп", "archive time-stamp")
                }
                TimeStampKind::EvidenceRecord => {
                    self.say("штамп архивной записи", "time-stamp of the record")
                }
                TimeStampKind::Document | TimeStampKind::Signature => {
                    self.say("штамп на подписи", "signature time-stamp")
                }
            };
            self.under(|page| {
                page.conclusion(label, Judgement::TimeStamp, stamp.conclusion);
                page.time_stamp(stamp);
            });
        }
    }

    fn time_stamp(&mut self, stamp: &TimeStampReport) {
        if let Some(token) = &stamp.token {
            let label = self.say("время штампа", "time of the time-stamp");
            let span = format!(
                "{} ({} … {})",
                token.gen_time, token.not_earlier_than, token.not_later_than
            );
            self.line(2, label, &span);
            let label = self.say("хэш", "digest");
            self.line(2, label, &token.digest);
        }
        if stamp.conclusion.indication != Indication::TotalPassed {
            let label = self.say("подпись штампа", "its signature");
            let said = match stamp.integrity {
                Integrity::Intact => self.say("сходится", "verifies"),
                Integrity::Broken => self.say("не сходится", "does not verify"),
                Integrity::NotKnown => self.say("не проверена", "cannot be checked"),
            };
            self.line(2, label, said);
        }
        if let Some(authority) = &stamp.authority {
            let label = self.say("служба", "authority");
            self.line(
                2,
                label,
                &foreign(&authority.certificate.subject, self.language),
            );
        }
        self.path(&stamp.path);
        self.findings(&stamp.findings);
        self.steps(&stamp.steps, &stamp.path);
        self.not_checked(&stamp.not_checked);
    }
}
