//! What is done to rows behind the daemon's back.

/// A table of the daemon.
pub struct Table {
    /// Its name, which begins the line of a fault in it.
    pub name: &'static str,
    /// Its primary key, or what stands for it.
    pub key: &'static str,
    /// A key that no row has, as it is written in a statement.
    pub free: &'static str,
}

/// What is done to a row of a table.
pub enum Change {
    /// Columns of the row with the first key are set.
    Edit(&'static str),
    /// The row with the first key is removed.
    Remove,
    /// The rows with the first and the last key exchange them.
    Swap,
    /// Anything else, in words, and the statements of both engines. `$EDIT(leaf)` stands for the leaf with another word in
    /// it.
    Run(&'static str, &'static [&'static str]),
}

impl Change {
    /// In words.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Edit(_) => "edited",
            Self::Remove => "removed",
            Self::Swap => "swapped",
            Self::Run(name, _) => name,
        }
    }
}

const fn table(name: &'static str, key: &'static str, free: &'static str) -> Table {
    Table { name, key, free }
}

const TEXT: &str = "'swapped'";
const NUMBER: &str = "1000000";

const LEAF: Table = table("audit_leaf", "sequence", NUMBER);
const NODE: Table = table("audit_node", "position", NUMBER);
const HEAD: Table = table("audit_head", "size", NUMBER);
const EVENT: Table = table("event", "sequence", NUMBER);
const OUTCOME: Table = table("outcome", "application_id", TEXT);
const EVIDENCE: Table = table("evidence", "evidence_id", TEXT);
const ACCOUNT: Table = table("account", "account_id", TEXT);
const APPLICATION: Table = table("application", "application_id", TEXT);
const ENROLMENT: Table = table("enrolment", "enrolment_id", TEXT);
const ACT: Table = table("enrolment_act", "sequence", NUMBER);
const LINK: Table = table("organisation_link", "application_id", TEXT);

/// Every change that must be found.
pub const CASES: &[(Table, Change)] = &[
    (
        LEAF,
        Change::Run(
            "edited",
            &["UPDATE audit_leaf SET leaf = $EDIT(leaf) WHERE sequence = 3"],
        ),
    ),
    (
        LEAF,
        Change::Run(
            "hash edited",
            &[
                "UPDATE audit_leaf SET hash = (SELECT hash FROM audit_leaf WHERE sequence = 1) WHERE sequence = 5",
            ],
        ),
    ),
    (LEAF, Change::Remove),
    (
        LEAF,
        Change::Run(
            "last removed",
            &["DELETE FROM audit_leaf WHERE sequence = (SELECT MAX(sequence) FROM audit_leaf)"],
        ),
    ),
    (LEAF, Change::Swap),
    (
        NODE,
        Change::Run(
            "edited",
            &[
                "UPDATE audit_node SET hash = (SELECT hash FROM audit_leaf WHERE sequence = 0) \
                    WHERE position = 1 AND level = (SELECT MIN(level) FROM audit_node)",
            ],
        ),
    ),
    (
        NODE,
        Change::Run(
            "removed",
            &[
                "DELETE FROM audit_node WHERE position = 1 AND level = (SELECT MIN(level) FROM audit_node)",
            ],
        ),
    ),
    (
        NODE,
        Change::Run(
            "swapped",
            &[
                "UPDATE audit_node SET position = 1000000 WHERE position = 0 AND level = (SELECT MIN(level) FROM audit_node)",
                "UPDATE audit_node SET position = 0 WHERE position = 1 AND level = (SELECT MIN(level) FROM audit_node)",
                "UPDATE audit_node SET position = 1 WHERE position = 1000000",
            ],
        ),
    ),
    (
        HEAD,
        Change::Run(
            "edited",
            &["UPDATE audit_head SET frontier = (SELECT hash FROM audit_leaf WHERE sequence = 0)"],
        ),
    ),
    (EVENT, Change::Edit("at = at + 1")),
    (EVENT, Change::Remove),
    (EVENT, Change::Swap),
    (OUTCOME, Change::Edit("decided_at = decided_at + 1")),
    (OUTCOME, Change::Remove),
    (OUTCOME, Change::Swap),
    (EVIDENCE, Change::Edit("policy_digest = 'x'")),
    (EVIDENCE, Change::Remove),
    (EVIDENCE, Change::Swap),
    (
        ACCOUNT,
        Change::Run(
            "edited",
            &[
                "UPDATE account SET level = 'STANDARD', confirmation = NULL WHERE account_id = \
                    (SELECT MIN(account_id) FROM account WHERE level = 'CONFIRMED')",
            ],
        ),
    ),
    (ACCOUNT, Change::Swap),
    (APPLICATION, Change::Edit("issued_at = issued_at + 1")),
    (APPLICATION, Change::Remove),
    (APPLICATION, Change::Swap),
    (ENROLMENT, Change::Edit("from_at = from_at - 1")),
    (ENROLMENT, Change::Remove),
    (ENROLMENT, Change::Swap),
    // Who acted last stands in the enrolment, too: that is what differs.
    (
        ENROLMENT,
        Change::Run(
            "with an edited act",
            &[
                "UPDATE enrolment_act SET acted_by = 'somebody' WHERE sequence = (SELECT MAX(sequence) FROM enrolment_act)",
            ],
        ),
    ),
    (
        ACT,
        Change::Run(
            "removed",
            &[
                "DELETE FROM enrolment_act WHERE sequence = (SELECT MAX(sequence) FROM enrolment_act)",
            ],
        ),
    ),
    (ACT, Change::Swap),
    (LINK, Change::Edit("linked_at = linked_at + 1")),
    (LINK, Change::Remove),
    (LINK, Change::Swap),
];
