//! What the trust lists in a bundle show, and what they do not.

use serde_json::{Value, json};
use sig_core::{
    der::oid::Oid,
    finding::{Language, displayable as shown},
    report::bundle::{Bundle, Role},
    trust::snapshot::ListSignature,
    validate::bundle::Replay,
};

/// commonName (X.520 §6.2.2).
const COMMON_NAME: Oid = Oid::new(&[2, 5, 4, 3]);

/// Whose word on European lists is taken.
#[derive(Clone, Copy)]
pub(super) enum ListsBy {
    /// That of the lists in the bundle.
    Bundle,
    /// That of the extract.
    Extract,
    /// That of the lists that were given.
    Lists,
}

impl ListsBy {
    pub(super) fn of(bundle: &Bundle, by_lists: bool) -> Self {
        if by_lists {
            Self::Lists
        } else if bundle.one(Role::TrustedLists).is_some() {
            Self::Bundle
        } else {
            Self::Extract
        }
    }

    /// The word for programs.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Extract => "extract",
            Self::Lists => "lists",
        }
    }

    pub(super) const fn text(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Bundle, Language::En) => {
                "by the lists in the bundle; their signatures were verified, and who may sign them is what the bundle says"
            }
            (Self::Bundle, Language::Ru) => {
                "по спискам из пакета: подписи проверены, а кто вправе подписывать списки, сказано в самом пакете"
            }
            (Self::Extract, Language::En) => {
                "by the extract, for which whoever kept the bundle vouches; who may sign the lists is what the bundle says; --list compares the extract with the lists"
            }
            (Self::Extract, Language::Ru) => {
                "по выписке, за которую отвечает хранитель пакета; кто вправе подписывать списки, сказано в самом пакете; --list сверит выписку со списками"
            }
            (Self::Lists, Language::En) => {
                "by the lists, of which the extract is a part; who may sign them is what the bundle says"
            }
            (Self::Lists, Language::Ru) => {
                "по самим спискам; выписка — их часть; кто вправе подписывать списки, сказано в самом пакете"
            }
        }
    }
}

/// A line for each list, and what no signature shows.
pub(super) fn lines(replay: &Replay, by_lists: bool, language: Language) -> Vec<String> {
    let mut lines: Vec<String> = replay
        .list_signatures
        .iter()
        .map(|list| line(list, by_lists, language))
        .collect();
    if !lines.is_empty() && !by_lists {
        lines.push(match language {
            Language::En => "  not shown without the lists: that these are their numbers and dates, that they say of these keys what the extract says, and nothing of the others that were asked about (--list)",
            Language::Ru => "  без самих списков не показано: что номера и даты у них именно такие, что об этих ключах в них сказано то же, что в выписке, а о других запрошенных ключах — ничего (--list)",
        }.to_owned());
    }
    lines
}

fn line(list: &ListSignature, by_lists: bool, language: Language) -> String {
    let number = list.number;
    let name = match (&list.territory, language) {
        (Some(territory), _) => format!("{} {number}", shown(territory)),
        (None, Language::En) => format!("version {number}"),
        (None, Language::Ru) => format!("версии {number}"),
    };
    // The number stands in the list, which the signature covers as a whole.
    let name = match (by_lists, &list.territory, language) {
        (true, _, _) => format!(" {name}"),
        (false, _, Language::En) => format!(" that the bundle calls {name}"),
        (false, Some(_), Language::Ru) => format!(", который пакет называет {name}"),
        (false, None, Language::Ru) => format!(", по словам пакета {name}"),
    };
    let subject = &list.signer.subject;
    let signer = subject.text_of(COMMON_NAME).unwrap_or_default();
    let signer = format!("«{}» (SHA-256 {})", shown(signer), list.signer.sha256());
    let (list_of, sha256) = (&name, &list.sha256);
    match (&list.signed, language) {
        (Some(signed), Language::En) => format!(
            "  list{list_of}: the canonical list with the digest {} {} was signed by {signer}; SHA-256 of its file, as the bundle says, {sha256}",
            signed.digest.algorithm.name(),
            hex::encode(&signed.digest.value),
        ),
        (Some(signed), Language::Ru) => format!(
            "  список{list_of}: канонический список с хэшем {} {} подписал {signer}; SHA-256 файла, по словам пакета, {sha256}",
            signed.digest.algorithm.name(),
            hex::encode(&signed.digest.value),
        ),
        (None, Language::En) => format!(
            "  list{list_of}: its signature was not kept; SHA-256 of its file, as the bundle says, {sha256}"
        ),
        (None, Language::Ru) => format!(
            "  список{list_of}: его подпись не сохранена; SHA-256 файла, по словам пакета, {sha256}"
        ),
    }
}

/// For programs.
pub(super) fn json(replay: &Replay, by_lists: bool) -> Value {
    let lists = replay.list_signatures.iter().map(|list| {
        let digest = list.signed.as_ref().map(|signed| {
            json!({
                "alg": signed.digest.algorithm.name(),
                "hex": hex::encode(&signed.digest.value),
            })
        });
        // What no signature shows without the list.
        let stated: &[&str] = match (by_lists, &list.signed) {
            (true, _) => &[],
            (false, Some(_)) => &["territory", "number", "sha256"],
            (false, None) => &["territory", "number", "sha256", "signer"],
        };
        json!({
            "stated": stated,
            "territory": list.territory,
            "number": list.number,
            "sha256": list.sha256,
            "signed_digest": digest,
            "signer": list.signer.sha256(),
        })
    });
    Value::Array(lists.collect())
}
