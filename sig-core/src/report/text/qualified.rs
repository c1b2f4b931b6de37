//! Whether a signature is a qualified one, condition by condition (63-FZ art. 11, eIDAS art. 3).

use std::fmt::Write as _;

use crate::finding::{Finding, Language, render, word};

use super::super::model::{ConditionStatus, QualifiedReport, QualifiedVerdict};
use super::{Detail, Page, words};

impl Page {
    pub(super) fn qualified(
        &mut self,
        label: &str,
        words: [&str; 2],
        qualified: &QualifiedReport,
        findings: &[Finding],
    ) {
        let [qualified_word, not_word] = words;
        let verdict = match qualified.verdict {
            QualifiedVerdict::Qualified => qualified_word,
            QualifiedVerdict::NotQualified => not_word,
            QualifiedVerdict::NotProvable => self.say("не доказано", "not provable"),
        };
        self.line(2, label, verdict);
        for condition in &qualified.conditions {
            let status = match condition.status {
                ConditionStatus::Met => self.say("выполнено", "met"),
                ConditionStatus::NotMet => self.say("не выполнено", "not met"),
                ConditionStatus::NotProvable => self.say("не доказано", "not provable"),
            };
            let mut value = format!("{} — {status}", self.condition_name(condition.id));
            if !condition.missing.is_empty() {
                let missing: Vec<String> = condition
                    .missing
                    .iter()
                    .map(|id| self.missing(id, findings))
                    .collect();
                let _ = write!(value, " ({})", missing.join("; "));
            }
            self.line(4, condition.id, &value);
            self.tool_class(condition);
            if self.detail == Detail::Explain && !condition.evidence.is_empty() {
                let label = self.say("основания", "evidence");
                let evidence: Vec<String> = condition
                    .evidence
                    .iter()
                    .map(|id| words::subject(id, self.language))
                    .collect();
                self.line(6, label, &evidence.join(", "));
            }
        }
    }

    /// What a condition lacks, or the finding that stands in its way.
    fn missing(&self, id: &str, findings: &[Finding]) -> String {
        match findings.iter().find(|finding| finding.code.id == id) {
            Some(finding) => render(finding, self.language),
            None => {
                let label = self.say("не хватает", "missing");
                let said = word::said(id, self.language).unwrap_or(id);
                format!("{label}: {said}")
            }
        }
    }

    fn condition_name(&self, id: &str) -> &'static str {
        let pick = |ru, en| match self.language {
            Language::Ru => ru,
            Language::En => en,
        };
        match id {
            "63fz.11.1" => pick(
                "сертификат выдан аккредитованным центром",
                "certificate issued by an accredited authority",
            ),
            "63fz.11.2" => pick(
                "сертификат действителен",
                "certificate valid when it mattered",
            ),
            "63fz.11.3" => pick(
                "подпись принадлежит владельцу, документ не изменён",
                "signature belongs to the owner, document unchanged",
            ),
            "eidas.3.15.issuer" => pick(
                "сертификат выдан квалифицированным поставщиком из доверенного списка",
                "certificate issued by a qualified provider of the trusted list",
            ),
            "eidas.3.15.certificate" => {
                pick("сертификат квалифицированный", "qualified certificate")
            }
            "eidas.3.14.purpose" => pick(
                "сертификат для электронных подписей",
                "certificate for electronic signatures",
            ),
            "eidas.3.29.purpose" => pick(
                "сертификат для электронных печатей",
                "certificate for electronic seals",
            ),
            "eidas.3.38.purpose" => pick(
                "сертификат для проверки подлинности сайтов",
                "certificate for website authentication",
            ),
            "eidas.3.12.device" => pick(
                "ключ в квалифицированном устройстве создания подписи",
                "key in a qualified signature creation device",
            ),
            _ => pick(
                "ограничения сертификата соблюдены",
                "used within the certificate's limits",
            ),
        }
    }
}
