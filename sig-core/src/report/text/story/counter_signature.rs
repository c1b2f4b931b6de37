//! Signatures over a signature, told (RFC 5652 §11.4).

use crate::finding::Indication;

use super::super::super::model::{Integrity, SignatureReport};
use super::super::Page;
use super::super::words::named;

impl Page {
    /// What a counter-signature is over.
    pub(super) fn about_parent(&self, parent: &str) -> String {
        let told = self.say(
            "Эта подпись заверяет подпись",
            "This signature countersigns signature",
        );
        let rest = self.say(
            "она поставлена на её значение, а не на сам документ",
            "it is over the value of that signature, not over the document itself",
        );
        format!("{told} {parent}: {rest}.")
    }

    /// Whether it is over the signature under which it stands.
    pub(super) fn about_integrity_of_parent(
        &self,
        parent: &str,
        signature: &SignatureReport,
    ) -> String {
        let label = self.say("Подпись", "Signature");
        let told = match signature.integrity {
            Integrity::Intact => self.say(
                "не изменена с тех пор, как её заверили, и заверена она ключом из этого сертификата",
                "has not changed since it was countersigned, and that was done with the key of this certificate",
            ),
            Integrity::Broken => self.say(
                "и эта подпись не подходят друг к другу: заверена другая подпись, или заверена она другим ключом",
                "and this one do not fit: another signature was countersigned, or it was done with another key",
            ),
            Integrity::NotKnown => self.say(
                "— та ли, которую заверяли: установить нельзя",
                "may or may not be the one that was countersigned: it cannot be told",
            ),
        };
        format!("{label} {parent} {told}.")
    }

    /// Who countersigned, with their verdicts.
    pub(super) fn about_counter_signatures(
        &self,
        number: &str,
        signature: &SignatureReport,
    ) -> String {
        let counter = &signature.counter_signatures;
        if counter.is_empty() {
            return String::new();
        }
        let named: Vec<String> = counter
            .iter()
            .enumerate()
            .map(|(index, counter)| {
                let who = self.who(counter);
                let verdict = match counter.conclusion.indication {
                    Indication::TotalPassed => self.say("действительна", "valid"),
                    Indication::TotalFailed => self.say("недействительна", "invalid"),
                    Indication::Indeterminate | Indication::NoSignature => self.say(
                        "её действительность не доказана и не опровергнута",
                        "neither proven valid nor proven invalid",
                    ),
                };
                let index = index.saturating_add(1);
                format!("{number}.{index} ({who}) — {verdict}")
            })
            .collect();
        let label = self.say("Эту подпись заверяют", "This signature is countersigned by");
        let rest = self.say(
            "Каждая заверяющая подпись судится отдельно, ниже, и на вывод об этой подписи не влияет.",
            "Each counter-signature is judged apart, below, and does not bear on the verdict about this one.",
        );
        format!("{label}: {}. {rest}", named.join("; "))
    }

    fn who(&self, signature: &SignatureReport) -> String {
        match &signature.signer {
            Some(signer) => named(&signer.certificate.subject),
            None => self
                .say("подписант не известен", "the signer is not known")
                .to_owned(),
        }
    }
}
