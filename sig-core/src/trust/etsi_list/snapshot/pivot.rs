//! Pivots: lists of lists of before, by which the signers of the newest one are found from those that were known first
//! (ETSI TS 119 615 §4.1). Each names, in its pointer to itself, who signs the next.

use std::fmt;

use crate::alg::provider::Algorithms;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::finding::Language;
use crate::x509::certificate::sha256_hex;

use super::super::super::mintsifry_list::{ListLimits, ListRejected};
use super::super::{EtsiList, ListKind, SignedEtsiList, stated_number};
use super::{EtsiEdition, Rejected};

/// How many are taken at most: there are a few between two publications of the signers.
const MOST: usize = 64;

/// Why pivots do not lead to the signers of the list of lists (ETSI TS 119 615 §4.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PivotRejected {
    /// There is no new list of lists that they lead to.
    NoListOfLists,
    /// There are too many.
    TooMany,
    /// One is no list of lists, or one of another territory.
    Other {
        /// Its number.
        number: u64,
    },
    /// One is signed by a certificate that the one before does not name.
    Signer {
        /// The number of the one before; none for the certificates of the caller.
        before: Option<u64>,
    },
    /// One does not say who signs the next: it has no pointer to itself, or several that differ.
    NoSigners {
        /// Its number.
        number: u64,
    },
    /// One has a number or a date that is not between those of its neighbours: it may have been brought back on purpose.
    Order {
        /// Its number.
        number: u64,
    },
    /// The list of lists names more of them.
    Missing {
        /// How many it names.
        named: u64,
        /// How many were given.
        given: u64,
    },
}

impl PivotRejected {
    /// What is wrong and what to do (ETSI TS 119 615 §4.1).
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (ru, en) = match self {
            Self::NoListOfLists => (
                "промежуточные списки ведут к списку списков, а его нет; назовите и его".to_owned(),
                "pivots lead to a list of lists, and none is given; name it, too".to_owned(),
            ),
            Self::TooMany => (
                format!("промежуточных списков больше {MOST}; оставьте те, что называет список списков"),
                format!("there are more than {MOST} pivots; keep those that the list of lists names"),
            ),
            Self::Other { number } => (
                format!("промежуточный список номер {number} — другого вида или другой территории; уберите его"),
                format!("pivot number {number} is no list of lists of this territory; leave it out"),
            ),
            Self::Signer { before: None } => (
                "первый промежуточный список подписан не тем, кто назван; назовите подписавших или более ранние списки".to_owned(),
                "the first pivot is signed by one that is not named; name its signers, or earlier pivots".to_owned(),
            ),
            Self::Signer {
                before: Some(number),
            } => (
                format!("список после промежуточного номер {number} подписан не тем, кого тот называет; возможно, одного не хватает"),
                format!("the list after pivot number {number} is signed by one that the pivot does not name; one may be missing"),
            ),
            Self::NoSigners { number } => (
                format!("промежуточный список номер {number} не говорит однозначно, кто подписывает следующий"),
                format!("pivot number {number} does not say without doubt who signs the next one"),
            ),
            Self::Order { number } => (
                format!("промежуточный список номер {number} не на своём месте: номер или дата не между соседними"),
                format!("pivot number {number} is out of order: its number or date is not between those of its neighbours"),
            ),
            Self::Missing { named, given } => (
                format!("список списков называет промежуточных {named}, а дано {given}; назовите все"),
                format!("the list of lists names {named} pivots, and {given} are given; name all of them"),
            ),
        };
        match language {
            Language::Ru => ru,
            Language::En => en,
        }
    }
}

impl fmt::Display for PivotRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

/// Pivots and where they start from.
pub(super) struct Pivots<'a> {
    /// XML, in any order.
    pub(super) lists: Vec<Octets>,
    /// Who may sign the first.
    pub(super) signers: Vec<Octets>,
    /// Whether the caller names these, rather than the snapshot of before.
    pub(super) is_first_known: bool,
    /// The list of lists of the snapshot of before: pivots that are older lead back.
    pub(super) known: Option<&'a EtsiEdition>,
    pub(super) taken_at: UnixTime,
}

/// Where pivots lead.
pub(super) struct Led {
    /// Who may sign the list of lists.
    pub(super) signers: Vec<Octets>,
    last: SignedEtsiList,
    is_first_known: bool,
    count: u64,
}

impl Pivots<'_> {
    /// Verifies each under the signers that the one before names.
    pub(super) fn follow(
        self,
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Led, Rejected> {
        let count = self.lists.len();
        if count > MOST {
            return Err(PivotRejected::TooMany.into());
        }
        let mut signers = self.signers;
        // Which comes when is only stated until the signature of each is verified in that place.
        let numbered = self.lists.into_iter().map(|xml| {
            let number = stated_number(&xml, limits).map_err(Rejected::List)?;
            Ok((number, xml))
        });
        let mut ordered = numbered.collect::<Result<Vec<_>, Rejected>>()?;
        ordered.sort_by_key(|(number, _)| *number);
        let mut last: Option<SignedEtsiList> = None;
        for (_, xml) in ordered {
            let before = last.as_ref().map(|it| it.list.header.sequence_number);
            let pivot = SignedEtsiList::read(&xml, &signers, algorithms, limits);
            let pivot = pivot.map_err(|why| explain(Rejected::List(why), before))?;
            // A list of lists that was taken in may turn out to be a pivot.
            let known = self.known.filter(|it| it.digest() != sha256_hex(&xml));
            let neighbours = [
                last.as_ref().map(|it| &it.list),
                known.map(EtsiEdition::list),
            ];
            check(&pivot.list, neighbours)?;
            let header = &pivot.list.header;
            let number = header.sequence_number;
            if header.issued_at > self.taken_at {
                return Err(PivotRejected::Order { number }.into());
            }
            let named = pivot
                .list
                .signers_of(&header.territory, &ListKind::ListOfLists);
            signers = named.map_err(|_| PivotRejected::NoSigners { number })?;
            last = Some(pivot);
        }
        let last = last.ok_or(PivotRejected::NoListOfLists)?;
        Ok(Led {
            signers,
            last,
            is_first_known: self.is_first_known,
            count: count as u64,
        })
    }
}

/// A pivot stands behind the one before it, and behind the list of lists that is known.
fn check(pivot: &EtsiList, neighbours: [Option<&EtsiList>; 2]) -> Result<(), PivotRejected> {
    let header = &pivot.header;
    let number = header.sequence_number;
    let mut neighbours = neighbours.iter().flatten().map(|it| &it.header);
    if header.kind != ListKind::ListOfLists
        || neighbours
            .clone()
            .any(|it| it.territory != header.territory)
    {
        return Err(PivotRejected::Other { number });
    }
    let is_behind =
        neighbours.all(|it| it.sequence_number < number && it.issued_at <= header.issued_at);
    if is_behind {
        Ok(())
    } else {
        Err(PivotRejected::Order { number })
    }
}

/// That a signer is not named is told with who did not name it.
fn explain(why: Rejected, before: Option<u64>) -> Rejected {
    match why {
        Rejected::List(ListRejected::SignerNotNamed) => PivotRejected::Signer { before }.into(),
        other => other,
    }
}

impl Led {
    fn last_number(&self) -> u64 {
        self.last.list.header.sequence_number
    }

    /// Why the list of lists itself is not taken.
    pub(super) fn explain(&self, why: Rejected) -> Rejected {
        explain(why, Some(self.last_number()))
    }

    /// The list of lists stands behind the last pivot, and names no more of them than were given.
    pub(super) fn check(&self, list: &EtsiList) -> Result<(), PivotRejected> {
        check(list, [Some(&self.last.list), None]).map_err(|why| match why {
            PivotRejected::Other { .. } => PivotRejected::Other {
                number: self.last_number(),
            },
            _ => PivotRejected::Order {
                number: self.last_number(),
            },
        })?;
        let named = list.header.pivots.len() as u64;
        if self.is_first_known && named > self.count {
            let given = self.count;
            return Err(PivotRejected::Missing { named, given });
        }
        Ok(())
    }
}

impl From<PivotRejected> for Rejected {
    fn from(why: PivotRejected) -> Self {
        Self::Pivot(why)
    }
}
