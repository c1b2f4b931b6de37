//! What changes at the readers.

use std::time::Duration;

use crate::card::{CardIdentity, CardRegistry};
use crate::error::CardError;
use crate::transport::{ReaderService, ReaderStatus, Sharing, Slot};

/// Watches all readers of a service and those that are plugged in later.
///
/// One thread runs it. [`Canceller`](crate::Canceller) ends its waits from another.
pub struct Monitor<'s> {
    service: &'s mut dyn ReaderService,
    registry: &'s CardRegistry,
    readers: Vec<ReaderStatus>,
}

/// A change, the reader as it is now, and the card that came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MonitorEvent {
    /// What changed where.
    pub event: ReaderEvent,
    /// The reader now; none when it has gone.
    pub status: Option<ReaderStatus>,
    /// For a card that was inserted: the model whose ATR it has.
    pub profile: Option<String>,
}

impl<'s> Monitor<'s> {
    /// Takes a first look.
    ///
    /// # Errors
    /// What keeps the service from telling.
    pub fn new(
        service: &'s mut dyn ReaderService,
        registry: &'s CardRegistry,
    ) -> Result<Self, CardError> {
        let readers = service.readers()?;
        Ok(Monitor {
            service,
            registry,
            readers,
        })
    }

    /// The readers as they were at the last look.
    pub fn readers(&self) -> &[ReaderStatus] {
        &self.readers
    }

    /// The service, to work with a card that came.
    pub fn service(&mut self) -> &mut dyn ReaderService {
        self.service
    }

    /// Waits for changes, at most for `limit`. A service that is restarted meanwhile is found again, and what is then
    /// different is told as changes.
    ///
    /// # Errors
    /// [`CardErrorKind::Cancelled`](crate::CardErrorKind::Cancelled) when somebody ended the wait,
    /// [`CardErrorKind::NoService`](crate::CardErrorKind::NoService) when the service does not come back.
    pub fn next(&mut self, limit: Duration) -> Result<Vec<MonitorEvent>, CardError> {
        let after = self.service.wait(limit)?;
        let events = changes(&self.readers, &after).into_iter().map(|event| {
            let status = after.iter().find(|reader| reader.name == event.reader);
            let atr = match (event.change, status.map(|status| &status.slot)) {
                (ReaderChange::CardInserted, Some(Slot::Card(atr))) => Some(atr),
                _ => None,
            };
            let profile = atr.and_then(|atr| match self.registry.identity(atr) {
                CardIdentity::Known(profile) => Some(profile.id.clone()),
                _ => None,
            });
            MonitorEvent {
                event,
                status: status.cloned(),
                profile,
            }
        });
        let events = events.collect();
        self.readers = after;
        Ok(events)
    }
}

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
