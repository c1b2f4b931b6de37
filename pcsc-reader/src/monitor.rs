//! What changed at the readers between two looks.

use crate::transport::{ReaderStatus, Sharing, Slot};

/// One change at one reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderEvent {
    /// Name of the reader.
    pub reader: String,
    /// What happened.
    pub change: ReaderChange,
}

/// What happened at a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReaderChange {
    /// A program took the card for itself alone.
    CardBusy,
    /// The card is no longer held by one program alone.
    CardFree,
    /// A card was inserted and answers.
    CardInserted,
    /// A card was inserted and does not answer.
    CardMute,
    /// The card was taken out.
    CardRemoved,
    /// The reader was plugged in.
    ReaderAdded,
    /// The reader was unplugged.
    ReaderRemoved,
    /// The reader stopped answering.
    ReaderUnavailable,
}

/// The changes that lead from `before` to `after`: readers gone, then the others in the order of
/// `after`. A card swapped between the looks is a removal and an insertion.
pub fn changes(before: &[ReaderStatus], after: &[ReaderStatus]) -> Vec<ReaderEvent> {
    let mut events = Vec::new();
    for old in before {
        if !after.iter().any(|new| new.name == old.name) {
            if holds_card(&old.slot) {
                push(&mut events, &old.name, ReaderChange::CardRemoved);
            }
            push(&mut events, &old.name, ReaderChange::ReaderRemoved);
        }
    }
    for new in after {
        let old = before.iter().find(|old| old.name == new.name);
        if old.is_none() {
            push(&mut events, &new.name, ReaderChange::ReaderAdded);
        }
        slot_changes(old, new, &mut events);
    }
    events
}

fn slot_changes(old: Option<&ReaderStatus>, new: &ReaderStatus, events: &mut Vec<ReaderEvent>) {
    let old_slot = old.map_or(&Slot::Empty, |old| &old.slot);
    let swapped = old.is_some_and(|old| old.insertions != new.insertions);
    let same_card = *old_slot == new.slot && !(swapped && holds_card(&new.slot));
    if !same_card {
        if holds_card(old_slot) {
            push(events, &new.name, ReaderChange::CardRemoved);
        }
        match new.slot {
            Slot::Card(_) => push(events, &new.name, ReaderChange::CardInserted),
            Slot::Mute => push(events, &new.name, ReaderChange::CardMute),
            Slot::Unavailable => push(events, &new.name, ReaderChange::ReaderUnavailable),
            Slot::Empty => {}
        }
    }
    let was_exclusive = same_card && old.is_some_and(|old| old.sharing == Sharing::Exclusive);
    let is_exclusive = new.sharing == Sharing::Exclusive;
    match (was_exclusive, is_exclusive) {
        (false, true) => push(events, &new.name, ReaderChange::CardBusy),
        (true, false) => push(events, &new.name, ReaderChange::CardFree),
        _ => {}
    }
}

fn holds_card(slot: &Slot) -> bool {
    matches!(slot, Slot::Card(_) | Slot::Mute)
}

fn push(events: &mut Vec<ReaderEvent>, reader: &str, change: ReaderChange) {
    events.push(ReaderEvent {
        reader: reader.to_owned(),
        change,
    });
}

#[cfg(test)]
mod tests {
    use super::ReaderChange as Change;
    use super::*;

    fn reader(slot: Slot, insertions: u16) -> ReaderStatus {
        ReaderStatus {
            name: "R".into(),
            slot,
            sharing: Sharing::Free,
            insertions,
        }
    }

    fn card(insertions: u16) -> ReaderStatus {
        reader(Slot::Card(vec![0x3B, 0]), insertions)
    }

    fn empty(insertions: u16) -> ReaderStatus {
        reader(Slot::Empty, insertions)
    }

    fn check(before: &[ReaderStatus], after: &[ReaderStatus], expected: &[Change]) {
        let found: Vec<Change> = changes(before, after)
            .into_iter()
            .map(|event| event.change)
            .collect();
        assert_eq!(found, expected, "{before:?} -> {after:?}");
    }

    #[test]
    fn cards_come_and_go() {
        check(&[empty(0)], &[card(1)], &[Change::CardInserted]);
        check(&[card(1)], &[empty(2)], &[Change::CardRemoved]);
        check(&[empty(0)], &[reader(Slot::Mute, 1)], &[Change::CardMute]);
        check(
            &[reader(Slot::Mute, 1)],
            &[empty(2)],
            &[Change::CardRemoved],
        );
        check(&[card(1)], &[card(1)], &[]);
        check(&[empty(0)], &[empty(2)], &[]);
    }

    #[test]
    fn a_swap_between_two_looks_is_seen() {
        check(
            &[card(1)],
            &[card(3)],
            &[Change::CardRemoved, Change::CardInserted],
        );
        let other = reader(Slot::Card(vec![0x3F, 0]), 1);
        check(
            &[card(1)],
            &[other],
            &[Change::CardRemoved, Change::CardInserted],
        );
    }

    #[test]
    fn readers_come_and_go_with_their_cards() {
        check(&[], &[empty(0)], &[Change::ReaderAdded]);
        check(
            &[],
            &[card(1)],
            &[Change::ReaderAdded, Change::CardInserted],
        );
        check(&[empty(0)], &[], &[Change::ReaderRemoved]);
        check(
            &[card(1)],
            &[],
            &[Change::CardRemoved, Change::ReaderRemoved],
        );
        check(
            &[empty(0)],
            &[reader(Slot::Unavailable, 0)],
            &[Change::ReaderUnavailable],
        );
    }

    #[test]
    fn exclusive_use_is_told_shared_use_is_not() {
        let with = |sharing| ReaderStatus { sharing, ..card(1) };
        check(&[card(1)], &[with(Sharing::Exclusive)], &[Change::CardBusy]);
        check(&[with(Sharing::Exclusive)], &[card(1)], &[Change::CardFree]);
        check(&[card(1)], &[with(Sharing::Shared)], &[]);
        check(
            &[with(Sharing::Exclusive)],
            &[empty(2)],
            &[Change::CardRemoved],
        );
    }
}
