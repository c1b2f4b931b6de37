//! Signed attributes for people.

use crate::cms::attribute::commitment_type::CommitmentType;
use crate::finding::displayable;

use super::super::attributes::{AttributesReport, PolicyStatus, SignaturePolicyReport};
use super::Page;
use super::escape::foreign;

impl Page {
    /// What the signer says of the document and of himself.
    pub(super) fn attributes(&mut self, attributes: &AttributesReport) {
        if let Some(hints) = &attributes.content_hints {
            let label = self.say("содержимое по словам подписанта", "content, as claimed");
            let description = hints.description.as_deref().map(displayable);
            let value = match description {
                Some(description) => format!("«{description}» ({})", hints.content_type),
                None => hints.content_type.clone(),
            };
            self.line(2, label, &value);
        }
        if let Some(mime_type) = &attributes.mime_type {
            let label = self.say("тип содержимого (MIME)", "media type");
            self.line(2, label, &displayable(mime_type));
        }
        if let Some(identifier) = &attributes.content_identifier {
            let label = self.say("идентификатор содержимого", "content identifier");
            self.line(2, label, identifier);
        }
        if let Some(reference) = &attributes.content_reference {
            let label = self.say("ответ на сообщение", "answer to the message");
            self.line(2, label, &reference.identifier);
        }
        for commitment in &attributes.commitments {
            let label = self.say("обязательство подписанта", "commitment");
            let language = self.language;
            let known = commitment.name;
            let meaning = known.and_then(|name| CommitmentType::meaning(name, language));
            self.line(2, label, meaning.unwrap_or(&commitment.id));
        }
        self.claims(attributes);
        if let Some(policy) = &attributes.signature_policy {
            self.signature_policy(policy);
        }
    }

    fn claims(&mut self, attributes: &AttributesReport) {
        if let Some(location) = &attributes.location {
            let label = self.say("место по словам подписанта", "place, as claimed");
            let parts = [&location.country, &location.locality];
            let parts = parts.into_iter().flatten().chain(&location.postal_address);
            let parts: Vec<String> = parts.map(|part| foreign(part, self.language)).collect();
            self.line(2, label, &parts.join(", "));
        }
        for claimed in &attributes.claimed {
            let label = self.say("роль по словам подписанта", "role, as claimed");
            let values = claimed.values.iter();
            let values: Vec<String> = values.map(|it| foreign(it, self.language)).collect();
            let value = format!("{} ({})", values.join(", "), claimed.id);
            self.line(2, label, &value);
        }
        for certified in &attributes.certified {
            let label = self.say(
                "роль, заверенная другими (не проверялась)",
                "role, certified by others (not checked)",
            );
            let value = format!("{} sha256:{}", certified.form, certified.sha256);
            self.line(2, label, &value);
        }
    }

    fn signature_policy(&mut self, policy: &SignaturePolicyReport) {
        let status = match policy.status {
            PolicyStatus::Implied => self.say("подразумевается", "implied"),
            PolicyStatus::Matched(_) => self.say("документ тот самый", "the document is the one"),
            PolicyStatus::Unbound => self.say(
                "документ дан проверяющим, подписант хэш не указал",
                "the verifier gave the document, the signer no digest",
            ),
            PolicyStatus::NotAvailable => self.say("документа нет", "no document"),
            PolicyStatus::NotProcessed => self.say("не обработана", "not processed"),
        };
        let label = self.say("политика подписи", "signature policy");
        let value = match &policy.id {
            Some(id) => format!("{id} — {status}"),
            None => status.to_owned(),
        };
        self.line(2, label, &value);
        for uri in &policy.uris {
            let label = self.say("адрес документа", "address of the document");
            self.line(4, label, &displayable(uri));
        }
        for notice in &policy.notices {
            let label = self.say("примечание", "notice");
            self.line(4, label, &format!("«{}»", displayable(notice)));
        }
    }
}
