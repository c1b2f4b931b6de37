//! What is wrong with a row.

use std::fmt;

macro_rules! whats {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $ru:literal;)*) => {
        /// What is wrong with a row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum What { $($(#[$doc])* $name,)* }

        impl What {
            /// In English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }

            /// In Russian.
            pub fn ru(self) -> &'static str {
                match self { $(Self::$name => $ru,)* }
            }
        }
    };
}

whats! {
    /// A row that the log needs is not there.
    Missing: "is missing", "отсутствует";
    /// The octets are not those of its hash, or no leaf.
    Edited: "was edited: its octets are not those of its hash", "изменена: её байты не соответствуют её хешу";
    /// The leaf of another place.
    Moved: "holds an entry of another place: rows were swapped", "содержит запись другого места: строки переставлены";
    /// Differs from its leaf.
    NotItsLeaf: "differs from its leaf in audit_leaf", "расходится со своей записью в audit_leaf";
    /// Its look-up digests are another person's, or its sealed data cannot be read.
    NotItsData: "does not fit its sealed data: a digest is another person's, or they do not open",
        "расходится со своими зашифрованными данными: дайджест чужой или данные не открываются";
    /// No leaf speaks of it.
    NotInLog: "is not in the log", "отсутствует в журнале";
    /// The stored root of a perfect subtree.
    NotItsLeaves: "is not the hash of the leaves given", "не является хешем указанных записей";
    /// The log is shorter than it was.
    Shorter: "the log has fewer entries than were signed: an older copy was put in its place",
        "в журнале меньше записей, чем было подписано: на его место положена старая копия";
    /// The log is not the one that was signed.
    Forked: "the entries are not those that were signed", "записи не те, что были подписаны";
}

/// A row that is not as the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The table, or the checkpoint.
    pub table: &'static str,
    /// Its key: a place in the log or an identifier.
    pub row: String,
    /// What is wrong with it.
    pub what: What,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (table, row, what) = (self.table, &self.row, self.what);
        write!(f, "{table} {row}: {} / {}", what.en(), what.ru())
    }
}

/// Faults that are named; of further ones only the number is kept.
pub(super) const NAMED: usize = 1000;

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults {
    /// The first of them, in the order in which they were found.
    pub named: Vec<Fault>,
    /// How many more there are.
    pub more: u64,
}

impl Faults {
    pub(super) fn add(&mut self, table: &'static str, row: impl ToString, what: What) {
        if self.named.len() == NAMED {
            self.more += 1;
            return;
        }
        let row = row.to_string();
        self.named.push(Fault { table, row, what });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}
