//! A signature told from the first check to the verdict, for readers who know no codes.

use crate::finding::{Indication, Level, displayable, render};

use super::super::model::{
    DocumentReport, Integrity, PathElement, QualifiedVerdict, Report, RevocationStatus,
    SignatureReport,
};
use super::{Detail, Page};

impl Page {
    /// The signature in plain words, where an explanation is asked for.
    pub(super) fn story(
        &mut self,
        report: &Report,
        document: &DocumentReport,
        signature: &SignatureReport,
    ) {
        if self.detail == Detail::Normal {
            return;
        }
        let label = self.say("простыми словами", "in plain words");
        self.out.push_str(&format!("  {label}:\n"));
        let sentences = [
            self.about_document(document),
            self.about_integrity(signature),
            self.about_signer(signature),
            self.about_path(&signature.path),
            self.about_revocation(&signature.path),
            self.about_time(report, signature),
            self.about_law(signature),
            self.about_verdict(report, signature),
        ];
        let told = sentences
            .into_iter()
            .filter(|sentence| !sentence.is_empty());
        for (number, sentence) in told.enumerate() {
            self.out
                .push_str(&format!("    {}. {sentence}\n", number + 1));
        }
    }

    fn about_document(&self, document: &DocumentReport) -> String {
        let place = if document.detached {
            self.say(
                "Подпись отсоединённая: документ лежит отдельно.",
                "The signature is detached: the document stands apart.",
            )
        } else {
            self.say(
                "Документ лежит внутри подписи.",
                "The document is inside the signature.",
            )
        };
        let Some(digest) = &document.digest else {
            let absent = self.say("Самого документа нет.", "The document itself is absent.");
            return if document.detached && document.size.is_none() {
                format!("{place} {absent}")
            } else {
                place.to_owned()
            };
        };
        let digest = format!("{} {}", digest.algorithm, digest.hex());
        let label = self.say("Его хэш", "Its digest");
        match document.size {
            Some(size) => {
                let label_size = self.say("размер в байтах", "size in bytes");
                format!("{place} {label}: {digest}; {label_size}: {size}.")
            }
            None => format!("{place} {label}: {digest}."),
        }
    }

    fn about_integrity(&self, signature: &SignatureReport) -> String {
        let sentence = match signature.integrity {
            Integrity::Intact => self.say(
                "Документ не изменён с тех пор, как его подписали, и подписан он ключом из этого сертификата.",
                "The document has not changed since it was signed, and it was signed with the key of this certificate.",
            ),
            Integrity::Broken => self.say(
                "Документ и подпись не подходят друг к другу: документ изменён или подписан другим ключом.",
                "The document and the signature do not fit: the document was changed or signed with another key.",
            ),
            Integrity::NotKnown => self.say(
                "Изменён ли документ после подписания, установить нельзя.",
                "Whether the document was changed after signing cannot be told.",
            ),
        };
        sentence.to_owned()
    }

    fn about_signer(&self, signature: &SignatureReport) -> String {
        let Some(signer) = &signature.signer else {
            let sentence = self.say(
                "Сертификата подписанта нет, поэтому нельзя сказать, кто подписал.",
                "The signer's certificate is absent, so nobody can say who signed.",
            );
            return sentence.to_owned();
        };
        let certificate = &signer.certificate;
        let name = signer.subject.cn.as_ref().unwrap_or(&certificate.subject);
        let subject = displayable(name);
        let issuer = displayable(&certificate.issuer);
        let (not_before, not_after) = (certificate.not_before, certificate.not_after);
        match self.language {
            super::Language::Ru => format!(
                "Сертификат выдан на имя «{subject}»; издатель: {issuer}; срок с {not_before} по {not_after}."
            ),
            super::Language::En => format!(
                "The certificate names «{subject}»; its issuer is {issuer}; its validity is {not_before} to {not_after}."
            ),
        }
    }

    fn about_path(&self, path: &[PathElement]) -> String {
        match path {
            [] => String::new(),
            [.., anchor] if anchor.revocation.is_none() => {
                let anchor = displayable(&anchor.subject);
                let label = self.say(
                    "От него цепочка ведёт к корню, которому доверяет проверяющий",
                    "From it a path leads to an anchor that the verifier trusts",
                );
                format!("{label}: {anchor}.")
            }
            _ => self
                .say(
                    "Цепочки от него к доверенному корню не нашлось.",
                    "No path from it to a trusted anchor was found.",
                )
                .to_owned(),
        }
    }

    fn about_revocation(&self, path: &[PathElement]) -> String {
        let judged = || {
            path.iter()
                .filter_map(|element| element.revocation.as_ref().map(|it| (element, it)))
        };
        let with = |status| judged().filter(move |(_, revocation)| revocation.status == status);
        let mut sentences = Vec::new();
        for (element, _) in with(RevocationStatus::Revoked) {
            let label = self.say(
                "Отозван или приостановлен сертификат",
                "Revoked or on hold is the certificate of",
            );
            sentences.push(format!("{label}: {}.", displayable(&element.subject)));
        }
        // Without a path nobody was asked.
        let is_led = path.last().is_some_and(|last| last.revocation.is_none());
        for (element, _) in with(RevocationStatus::Unknown).filter(|_| is_led) {
            let label = self.say(
                "Не доказано, что не отозван сертификат",
                "Not proven to be unrevoked is the certificate of",
            );
            sentences.push(format!("{label}: {}.", displayable(&element.subject)));
        }
        let oldest =
            with(RevocationStatus::Good).filter_map(|(_, revocation)| revocation.this_update);
        if let Some(oldest) = oldest.min() {
            let label = if sentences.is_empty() {
                self.say(
                    "Ни один из сертификатов цепочки не отозван, по данным не старее",
                    "None of the certificates of the path is revoked, by data not older than",
                )
            } else {
                self.say(
                    "Остальные не отозваны, по данным не старее",
                    "The others are not revoked, by data not older than",
                )
            };
            sentences.push(format!("{label} {oldest}."));
        }
        sentences.join(" ")
    }

    fn about_time(&self, report: &Report, signature: &SignatureReport) -> String {
        let claimed = signature.times.claimed.map(|time| {
            let label = self.say("Подписант указал время", "The signer states the time");
            let proves = self.say("это лишь его слова", "which is only what he says");
            format!("{label} {time}, {proves}. ")
        });
        let proven = match signature.times.proven_not_later_than {
            Some(time) => {
                let label = self.say(
                    "Штампы времени доказывают, что подпись уже существовала",
                    "Time-stamps prove that the signature existed already",
                );
                format!("{label} {time}.")
            }
            None => {
                let label = self.say(
                    "Годного штампа времени нет, поэтому всё судится на время проверки",
                    "There is no valid time-stamp, so everything is judged at the time of checking",
                );
                format!("{label}, {}.", report.at)
            }
        };
        claimed.unwrap_or_default() + &proven
    }

    fn about_law(&self, signature: &SignatureReport) -> String {
        let Some(qualified) = &signature.qualified else {
            return String::new();
        };
        let sentence = match qualified.verdict {
            QualifiedVerdict::Qualified => self.say(
                "Все четыре условия статьи 11 закона 63-ФЗ выполнены: подпись квалифицированная.",
                "All four conditions of article 11 of law 63-FZ are met: the signature is a qualified one.",
            ),
            QualifiedVerdict::NotQualified => self.say(
                "Условия статьи 11 закона 63-ФЗ не выполнены: подпись не признаётся квалифицированной.",
                "Conditions of article 11 of law 63-FZ are not met: the signature is not a qualified one.",
            ),
            QualifiedVerdict::NotProvable => self.say(
                "Доказать все условия статьи 11 закона 63-ФЗ нечем: подпись не признаётся квалифицированной, пока нет недостающих данных.",
                "Not all conditions of article 11 of law 63-FZ can be proven: the signature is not a qualified one until the missing data is supplied.",
            ),
        };
        sentence.to_owned()
    }

    fn about_verdict(&self, report: &Report, signature: &SignatureReport) -> String {
        let verdict = match signature.conclusion.indication {
            Indication::TotalPassed => self.say("подпись действительна", "the signature is valid"),
            Indication::TotalFailed => {
                self.say("подпись недействительна", "the signature is invalid")
            }
            Indication::Indeterminate | Indication::NoSignature => self.say(
                "действительность подписи не доказана и не опровергнута",
                "the signature is neither proven valid nor proven invalid",
            ),
        };
        let label = self.say(
            "Вывод по правилам политики",
            "Verdict by the rules of policy",
        );
        let mut told = format!("{label} {}: {verdict}", report.policy.id);
        let decided = signature.decided_by.and_then(|code| {
            let mut findings = signature.findings.iter();
            findings
                .find(|finding| std::ptr::eq(finding.code, code) && finding.level == Level::Fail)
        });
        if let Some(finding) = decided {
            let because = self.say("потому что", "because");
            let reason = render(finding, self.language);
            told.push_str(&format!(", {because}: {reason} ({})", finding.code.clause));
        }
        told + "."
    }
}
