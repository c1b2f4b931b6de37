//! What a certificate may be used for, as a reader is told it (63-FZ art. 11 (4)).

use crate::finding::word;

use super::super::model::Condition;
use super::Page;

impl Page {
    /// The class of the signature tool, where a condition rests on one.
    pub(super) fn tool_class(&mut self, condition: &Condition) {
        let mut evidence = condition.evidence.iter();
        let Some(class) = evidence.find_map(|id| id.strip_prefix("class:")) else {
            return;
        };
        let said = word::said(class, self.language).unwrap_or(class);
        let label = self.say("средство электронной подписи", "signature tool");
        self.line(6, label, said);
    }
}
