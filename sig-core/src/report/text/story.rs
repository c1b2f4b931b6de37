//! A signature told from the first check to the verdict, for readers who know no codes.

use crate::finding::{Code, Conclusion, Finding, Indication, Level, SubIndication, render};

use super::super::model::{
    DocumentReport, Integrity, PathElement, QualifiedVerdict, Report, RevocationStatus,
    SignatureReport, SignerReport,
};
use super::words::{clause, moment, named};
use super::{Detail, Page};

mod counter_signature;
mod statement;

/// A certificate whose revocation nobody asked for.
const NOT_CHECKED: &str = "revocation.data.not_checked";
const DIGEST_MISMATCH: &str = "crypto.digest.mismatch";
const VALUE_INVALID: &str = "crypto.signature.invalid";

impl Page {
    /// The signature in plain words, where an explanation is asked for.
    pub(super) fn story(
        &mut self,
        number: &str,
        signature: &SignatureReport,
        report: &Report,
        document: &DocumentReport,
    ) {
        let parent = number.rsplit_once('.').map(|(parent, _)| parent);
        let (what, integrity) = match parent {
            Some(parent) => (
                self.about_parent(parent),
                self.about_integrity_of_parent(parent, signature),
            ),
            None => (
                self.about_document(document),
                self.about_integrity(signature),
            ),
        };
        let mut sentences = vec![
            what,
            self.about_signer(signature.signer.as_ref()),
            integrity,
            self.about_path(&signature.path),
            self.about_revocation(&signature.path, &signature.findings),
        ];
        sentences.extend(self.about_time(report, document, signature));
        sentences.extend([
            self.about_law(signature),
            self.about_counter_signatures(number, signature),
            self.about_verdict(
                report,
                signature.conclusion,
                self.reason(signature.decided_by, &signature.findings),
            ),
        ]);
        self.tell(&sentences);
    }

    /// A file in which nothing was judged.
    pub(super) fn story_of_nothing(&mut self, document: &DocumentReport, conclusion: Conclusion) {
        let mut findings = document.findings.iter();
        let worst = findings.find(|finding| finding.level == Level::Fail);
        let sentence = match (conclusion.indication, worst) {
            (Indication::NoSignature, _) if document.findings.is_empty() => self.say(
                "Это сообщение CMS, в котором нет ни одного подписанта: набор сертификатов и списков отзыва, а не подпись.",
                "This is a CMS message without any signer: a set of certificates and CRLs, not a signature.",
            ),
            (Indication::NoSignature, _) => self.say(
                "В файле нет электронной подписи, поэтому судить не о чем.",
                "The file holds no electronic signature, so there is nothing to judge.",
            ),
            _ => self.say(
                "Файл похож на подпись, но прочитать её нельзя, поэтому подпись не принимается.",
                "The file looks like a signature but cannot be read as one, so no signature is accepted.",
            ),
        };
        let why = worst.map(|finding| self.because(finding));
        self.tell(&[sentence.to_owned(), why.unwrap_or_default()]);
    }

    /// Sentences, numbered.
    fn tell(&mut self, sentences: &[String]) {
        if self.detail == Detail::Normal {
            return;
        }
        let label = self.say("простыми словами", "in plain words");
        self.put(2, &format!("{label}:"));
        let told = sentences.iter().filter(|sentence| !sentence.is_empty());
        for (number, sentence) in told.enumerate() {
            self.put(4, &format!("{}. {sentence}", number + 1));
        }
    }

    /// A sentence of one finding.
    fn because(&self, finding: &Finding) -> String {
        let label = self.say("Причина", "The reason");
        let cited = clause(finding.code.clause, self.language);
        format!("{label}: {} ({cited}).", render(finding, self.language))
    }

    /// The finding that decided, with its clause.
    fn reason(&self, decided_by: Option<&'static Code>, findings: &[Finding]) -> Option<String> {
        let code = decided_by?;
        let finding = findings
            .iter()
            .find(|finding| std::ptr::eq(finding.code, code) && finding.level == Level::Fail)?;
        let cited = clause(finding.code.clause, self.language);
        Some(format!("{} ({cited})", render(finding, self.language)))
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
        let has = |id| {
            signature
                .findings
                .iter()
                .any(|finding| finding.code.id == id)
        };
        let is_misshapen =
            signature.conclusion.sub_indication == Some(SubIndication::FormatFailure);
        let sentence = match signature.integrity {
            // What was signed may be another thing than what is shown.
            Integrity::Intact if is_misshapen => self.say(
                "Хэш и значение подписи сходятся, но построена подпись не по правилам: то, что подписан именно этот документ, этим не доказано.",
                "Digest and signature value fit, but the signature is not built by the rules: that this very document was signed is not proven by that.",
            ),
            Integrity::Intact => self.say(
                "Документ не изменён с тех пор, как его подписали, и подписан он ключом из этого сертификата.",
                "The document has not changed since it was signed, and it was signed with the key of this certificate.",
            ),
            Integrity::Broken if has(DIGEST_MISMATCH) => self.say(
                "Подписан не этот документ: он изменён после подписания или это другой документ.",
                "This is not the document that was signed: it was changed after signing or is another one.",
            ),
            Integrity::Broken if has(VALUE_INVALID) => self.say(
                "Сама подпись не подходит к ключу из этого сертификата: она изменена или сделана другим ключом.",
                "The signature itself does not fit the key of this certificate: it was changed or made with another key.",
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

    fn about_signer(&self, signer: Option<&SignerReport>) -> String {
        let Some(signer) = signer else {
            let sentence = self.say(
                "Сертификата подписанта нет, поэтому нельзя сказать, кто подписал.",
                "The signer's certificate is absent, so nobody can say who signed.",
            );
            return sentence.to_owned();
        };
        let certificate = &signer.certificate;
        let subject = named(&certificate.subject);
        let issuer = named(&certificate.issuer);
        let [not_before, not_after] = [certificate.not_before, certificate.not_after].map(moment);
        match self.language {
            super::Language::Ru => format!(
                "Сертификат выдан на имя {subject}; издатель: {issuer}; срок с {not_before} по {not_after}."
            ),
            super::Language::En => format!(
                "The certificate names {subject}; its issuer is {issuer}; its validity is {not_before} to {not_after}."
            ),
        }
    }

    fn about_path(&self, path: &[PathElement]) -> String {
        match path {
            [] => String::new(),
            [.., anchor] if anchor.revocation.is_none() => {
                let anchor = named(&anchor.subject);
                let label = self.say(
                    "От этого сертификата цепочка ведёт к корню, которому доверяет проверяющий",
                    "From this certificate a path leads to an anchor that the verifier trusts",
                );
                format!("{label}: {anchor}.")
            }
            _ => self
                .say(
                    "Цепочки от этого сертификата к доверенному корню не нашлось.",
                    "No path from this certificate to a trusted anchor was found.",
                )
                .to_owned(),
        }
    }

    fn about_revocation(&self, path: &[PathElement], findings: &[Finding]) -> String {
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
            sentences.push(format!("{label}: {}.", named(&element.subject)));
        }
        // Without a path nobody was asked.
        let is_led = path.last().is_some_and(|last| last.revocation.is_none());
        let unasked: Vec<String> = findings
            .iter()
            .filter(|finding| finding.code.id == NOT_CHECKED)
            .map(|finding| finding.subject.to_string())
            .collect();
        for (element, _) in with(RevocationStatus::Unknown).filter(|_| is_led) {
            let subject = format!("certificate:{}", element.sha256);
            let label = if unasked.contains(&subject) {
                self.say(
                    "Не проверялось, потому что этого не требовали, не отозван ли сертификат",
                    "Not checked for revocation, because nobody asked for it, is the certificate of",
                )
            } else {
                self.say(
                    "Не доказано, что не отозван сертификат",
                    "Not proven to be unrevoked is the certificate of",
                )
            };
            sentences.push(format!("{label}: {}.", named(&element.subject)));
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
            sentences.push(format!("{label} {}.", moment(oldest)));
        }
        sentences.join(" ")
    }

    fn about_law(&self, signature: &SignatureReport) -> String {
        let Some(qualified) = &signature.qualified else {
            return String::new();
        };
        let sentence = match qualified.verdict {
            QualifiedVerdict::Qualified if qualified.is_eidas() => self.say(
                "Все условия Регламента (ЕС) № 910/2014 выполнены: подпись квалифицированная.",
                "All conditions of Regulation (EU) No 910/2014 are met: the signature is a qualified one.",
            ),
            QualifiedVerdict::NotQualified if qualified.is_eidas() => self.say(
                "Условия Регламента (ЕС) № 910/2014 не выполнены: подпись не признаётся квалифицированной.",
                "Conditions of Regulation (EU) No 910/2014 are not met: the signature is not a qualified one.",
            ),
            QualifiedVerdict::NotProvable if qualified.is_eidas() => self.say(
                "Доказать все условия Регламента (ЕС) № 910/2014 нечем: подпись не признаётся квалифицированной, пока нет недостающих данных.",
                "Not all conditions of Regulation (EU) No 910/2014 can be proven: the signature is not a qualified one until the missing data is supplied.",
            ),
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

    fn about_verdict(
        &self,
        report: &Report,
        conclusion: Conclusion,
        reason: Option<String>,
    ) -> String {
        let verdict = match conclusion.indication {
            Indication::TotalPassed => self.say("подпись действительна", "the signature is valid"),
            Indication::TotalFailed => {
                self.say("подпись недействительна", "the signature is invalid")
            }
            Indication::Indeterminate | Indication::NoSignature => self.say(
                "действительность подписи не доказана и не опровергнута",
                "the signature is neither proven valid nor proven invalid",
            ),
        };
        self.verdict(report, verdict, reason)
    }

    fn verdict(&self, report: &Report, verdict: &str, reason: Option<String>) -> String {
        let label = self.say(
            "Вывод по правилам политики",
            "Verdict by the rules of policy",
        );
        let because = self.say("потому что", "because");
        let reason = reason.map(|reason| format!(", {because}: {reason}"));
        format!(
            "{label} {}: {verdict}{}.",
            report.policy.id,
            reason.unwrap_or_default()
        )
    }
}
