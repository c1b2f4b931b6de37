//! Why an extract is not shown to be a part of lists.

use crate::finding::{Language, displayable};
use crate::trust::etsi_list::{EtsiSnapshotRejected, Header};

/// Why an extract of trusted lists is not shown to be a part of lists (ETSI TS 119 615 §4.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EtsiExtractRefused {
    /// None of the lists has the digest of this one.
    ListMissing {
        /// Whose list it is.
        territory: String,
        /// Its number.
        number: u64,
    },
    /// A list is refused.
    List(EtsiSnapshotRejected),
    /// This list says something else.
    Differs {
        /// Whose list it is.
        territory: String,
        /// Its number.
        number: u64,
    },
}

impl EtsiExtractRefused {
    pub(super) fn missing(header: &Header) -> Self {
        Self::ListMissing {
            territory: header.territory.clone(),
            number: header.sequence_number,
        }
    }

    pub(super) fn differs(header: &Header) -> Self {
        Self::Differs {
            territory: header.territory.clone(),
            number: header.sequence_number,
        }
    }

    /// Why, in a sentence without a full stop (ETSI TS 119 615 §4.1).
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::ListMissing { territory, number } => {
                let territory = displayable(territory);
                match language {
                    Language::En => format!(
                        "none of the lists is the one of {territory} with the number {number} that the extract is of"
                    ),
                    Language::Ru => format!(
                        "среди списков нет списка {territory} с номером {number}, из которого сделана выписка"
                    ),
                }
            }
            Self::List(why) => why.text(language),
            Self::Differs { territory, number } => {
                let territory = displayable(territory);
                match language {
                    Language::En => format!(
                        "the extract says something else than the list of {territory} with the number {number}"
                    ),
                    Language::Ru => format!(
                        "в выписке сказано не то, что в списке {territory} с номером {number}"
                    ),
                }
            }
        }
    }
}
