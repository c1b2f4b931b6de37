//! The trust anchors that a bundle names by itself: the verdict may rest on any of them, whatever lists stand beside.

use serde_json::{Value, json};
use sig_core::{
    finding::{Language, displayable as shown},
    validate::bundle::{GivenBy, NamedAnchor},
};

use super::cut;

/// How many there are, and a line for each; those that nothing else of the bundle gives come first.
pub(super) fn lines(anchors: &[NamedAnchor], language: Language) -> Vec<String> {
    let count = anchors.len();
    let mut lines = vec![match language {
        Language::En => format!(
            "  trust anchors: {count} (those in the bundle, for which whoever kept it vouches)"
        ),
        Language::Ru => {
            format!("  корни доверия: {count} (взяты из пакета, за них отвечает его хранитель)")
        }
    }];
    let mut sorted: Vec<&NamedAnchor> = anchors.iter().collect();
    sorted.sort_by_key(|anchor| anchor.given_by != GivenBy::Nothing);
    lines.extend(sorted.into_iter().map(|anchor| line(anchor, language)));
    lines
}

fn line(anchor: &NamedAnchor, language: Language) -> String {
    let whose = match (anchor.given_by, language) {
        (GivenBy::Nothing, Language::En) => {
            "the word of whoever made the bundle alone: check that you trust it"
        }
        (GivenBy::Nothing, Language::Ru) => {
            "назван только тем, кто создал пакет: убедитесь, что вы ему доверяете"
        }
        (GivenBy::ListSigner, Language::En) => {
            "the root that vouches for who signed the list of accredited authorities"
        }
        (GivenBy::ListSigner, Language::Ru) => {
            "корень, который ручается за подписавшего список аккредитованных центров"
        }
        (GivenBy::TrustedLists, Language::En) => "the European lists have it",
        (GivenBy::TrustedLists, Language::Ru) => "есть в европейских списках",
    };
    let subject = shown(&cut(&anchor.certificate.subject.to_string()));
    let sha256 = anchor.certificate.sha256();
    format!("    «{subject}» (SHA-256 {sha256}): {whose}")
}

/// For programs.
pub(super) fn json(anchors: &[NamedAnchor]) -> Value {
    let named = anchors.iter().map(|anchor| {
        json!({
            "subject": cut(&anchor.certificate.subject.to_string()),
            "sha256": anchor.certificate.sha256(),
            "given_by": anchor.given_by.word(),
        })
    });
    let named: Vec<Value> = named.collect();
    json!({"count": anchors.len(), "by": "bundle", "certificates": named})
}
