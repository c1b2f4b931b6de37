//! The table as data.

use std::{collections::HashMap, fmt};

const TEXT: &str = include_str!("../../../../docs/transitions.md");

/// Every event, by its heading.
pub const EVENTS: [&str; 15] = [
    "RegisterAccount",
    "RegisterAccount with other data",
    "SubmitPersonalData",
    "SubmitPersonalData with another document",
    "SubmitPersonalData of another person",
    "RecordRegistryResult passed",
    "RecordRegistryResult failed",
    "RecordRegistryResult of an earlier check",
    "Application by own signature",
    "Code of a letter",
    "Attestation of a bank",
    "ChangeContact",
    "BlockAccount",
    "BlockAccount by another order",
    "UnblockAccount",
];

const NO_ACCOUNT: &str = "no account";

const ACCOUNTS: [&str; 13] = [
    "SIMPLIFIED no data",
    "SIMPLIFIED PENDING",
    "SIMPLIFIED FAILED",
    "STANDARD PASSED",
    "STANDARD PENDING",
    "STANDARD FAILED",
    "CONFIRMED LIMITED PASSED",
    "CONFIRMED LIMITED PENDING",
    "CONFIRMED LIMITED FAILED",
    "CONFIRMED FULL PASSED",
    "CONFIRMED FULL PENDING",
    "CONFIRMED FULL FAILED",
    "CONFIRMED FULL ATTESTED",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub name: &'static str,
    pub is_blocked: bool,
}

impl State {
    pub fn named(name: &str) -> Self {
        let known = ACCOUNTS.iter().find(|known| **known == name);
        let name = known.unwrap_or_else(|| panic!("no state is {name:?}"));
        Self {
            name,
            is_blocked: false,
        }
    }

    pub const NONE: Self = Self {
        name: NO_ACCOUNT,
        is_blocked: false,
    };

    pub fn all() -> Vec<Self> {
        let accounts = ACCOUNTS
            .into_iter()
            .flat_map(|name| [false, true].map(|is_blocked| Self { name, is_blocked }));
        [Self::NONE].into_iter().chain(accounts).collect()
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocked = if self.is_blocked { ", blocked" } else { "" };
        write!(f, "{}{blocked}", self.name)
    }
}

/// What an event does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something is written; the account is in this state.
    Is(State),
    /// The answer, and nothing is written.
    Unchanged,
    /// This reason, and nothing is written.
    Refused(String),
}

impl Outcome {
    pub fn after(&self, before: State) -> State {
        match self {
            Self::Is(state) => *state,
            Self::Unchanged | Self::Refused(_) => before,
        }
    }

    pub fn writes(&self) -> bool {
        matches!(self, Self::Is(_))
    }

    fn parse(text: &str, from: State) -> Self {
        match text {
            "unchanged" => Self::Unchanged,
            "stays" => Self::Is(from),
            "blocked" | "active" => Self::Is(State {
                is_blocked: text == "blocked",
                ..from
            }),
            text if text.starts_with('`') => Self::Refused(text.trim_matches('`').to_owned()),
            text => Self::Is(State {
                is_blocked: from.is_blocked,
                ..State::named(text)
            }),
        }
    }
}

/// The states of a row's first cell.
fn states(cell: &str) -> Vec<State> {
    if cell == NO_ACCOUNT {
        return vec![State::NONE];
    }
    let (statuses, names): (&[bool], _) = match cell.split_once(": ") {
        Some(("active", names)) => (&[false], names),
        Some(("blocked", names)) => (&[true], names),
        Some(_) => panic!("{cell}"),
        None => (&[false, true], cell),
    };
    let names = match names {
        "any account" => ACCOUNTS.to_vec(),
        names => names
            .split(", ")
            .map(|name| State::named(name).name)
            .collect(),
    };
    let with = |name| statuses.iter().map(move |is| (name, *is));
    names
        .into_iter()
        .flat_map(with)
        .map(|(name, is_blocked)| State { name, is_blocked })
        .collect()
}

/// Reads the file; a state or event that is missing, unknown or there twice
/// fails.
pub fn read() -> HashMap<(State, &'static str), Outcome> {
    let mut table = HashMap::new();
    let mut event = None;
    for line in TEXT.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let known = EVENTS.into_iter().find(|known| *known == heading);
            event = Some(known.unwrap_or_else(|| panic!("no event is {heading:?}")));
        }
        let row = line.strip_prefix("| ").and_then(|l| l.strip_suffix(" |"));
        let Some((from, to)) = row.and_then(|row| row.split_once(" | ")) else {
            continue;
        };
        if from == "from" {
            continue;
        }
        let event = event.unwrap();
        for state in states(from) {
            let before = table.insert((state, event), Outcome::parse(to, state));
            assert!(before.is_none(), "{state}, {event}: twice");
        }
    }
    for state in State::all() {
        for event in EVENTS {
            assert!(table.contains_key(&(state, event)), "{state}, {event}");
        }
    }
    table
}
