//! Pointers to other lists (ETSI TS 119 612 §5.3.13).

use crate::der::octets::Octets;
use crate::finding::Language;

use super::{EtsiList, ListKind};

/// A pointer to another list (ETSI TS 119 612 §5.3.13).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pointer {
    /// Where it is published.
    pub location: String,
    /// Whose list it is, if the pointer says so.
    pub territory: Option<String>,
    /// Its type, if the pointer says so.
    pub kind: Option<ListKind>,
    /// The media type, if the pointer says so: lists are published for people, too.
    pub media_type: Option<String>,
    /// DER of the certificates that may sign it.
    pub signers: Vec<Octets>,
}

/// Why pointers do not say who signs a list (ETSI TS 119 612 §5.3.13).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PointerRejected {
    /// None is of the territory.
    NotNamed,
    /// None of the territory says that it is of a list for programs.
    OtherMediaType,
    /// None of these is of a list of this type.
    OtherType,
    /// Several of these name different signers.
    Ambiguous,
    /// It names nobody.
    NoSigners,
}

impl PointerRejected {
    /// What is wrong (ETSI TS 119 612 §5.3.13).
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        let (ru, en) = match self {
            Self::NotNamed => (
                "на эту территорию в списке списков нет указателя",
                "the list of lists has no pointer to this territory",
            ),
            Self::OtherMediaType => (
                "указатель списка списков — не на список в виде XML",
                "the pointer of the list of lists is not to a list as XML",
            ),
            Self::OtherType => (
                "указатель списка списков — на список другого типа",
                "the pointer of the list of lists is to a list of another type",
            ),
            Self::Ambiguous => (
                "указатели списка списков называют разных подписавших",
                "the pointers of the list of lists name different signers",
            ),
            Self::NoSigners => (
                "указатель списка списков не называет подписавших",
                "the pointer of the list of lists names no signer",
            ),
        };
        match language {
            Language::Ru => ru,
            Language::En => en,
        }
    }
}

impl Pointer {
    /// The media type of lists that programs read (ETSI TS 119 612 §5.3.13).
    pub const XML: &'static str = "application/vnd.etsi.tsl+xml";

    fn is_for_programs(&self) -> bool {
        let stated = self.media_type.as_deref();
        stated.is_some_and(|it| it.eq_ignore_ascii_case(Self::XML))
    }

    /// Its signers, each once, in an order of their own.
    fn distinct_signers(&self) -> Vec<&Octets> {
        let mut signers: Vec<_> = self.signers.iter().collect();
        signers.sort_by(|left, right| left.as_ref().cmp(right.as_ref()));
        signers.dedup();
        signers
    }
}

/// What a pointer must be, and what it is told where none is.
type Rule<'a> = (&'a dyn Fn(&Pointer) -> bool, PointerRejected);

impl EtsiList {
    /// The certificates that may sign the list of a territory and type, by the pointers of this one to lists for programs
    /// (ETSI TS 119 612 §5.3.13). The name of the scheme operator is not compared: it stands in several languages.
    ///
    /// # Errors
    /// No pointer is to such a list, it names nobody, or several name different signers.
    pub fn signers_of(
        &self,
        territory: &str,
        kind: &ListKind,
    ) -> Result<Vec<Octets>, PointerRejected> {
        let mut pointers: Vec<&Pointer> = self.pointers.iter().collect();
        let rules: [Rule<'_>; 3] = [
            (
                &|it| it.territory.as_deref() == Some(territory),
                PointerRejected::NotNamed,
            ),
            (&Pointer::is_for_programs, PointerRejected::OtherMediaType),
            (
                &|it| it.kind.as_ref() == Some(kind),
                PointerRejected::OtherType,
            ),
        ];
        for (holds, otherwise) in rules {
            pointers.retain(|pointer| holds(pointer));
            if pointers.is_empty() {
                return Err(otherwise);
            }
        }
        let mut sets = pointers.iter().map(|it| it.distinct_signers());
        let first = sets.next().filter(|signers| !signers.is_empty());
        let signers = first.ok_or(PointerRejected::NoSigners)?;
        if sets.any(|other| other != signers) {
            return Err(PointerRejected::Ambiguous);
        }
        Ok(signers.into_iter().cloned().collect())
    }
}
