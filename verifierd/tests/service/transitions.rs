//! `docs/transitions.md`, walked in full: every state by every event.

mod drive;
mod table;

use crate::{
    on_both_databases,
    support::{Daemon, database::Database},
};
use drive::Walk;
use table::{EVENTS, State, read};

on_both_databases! {
    every_state_by_every_event
}

#[test]
fn every_state_has_one_outcome_for_every_event() {
    let table = read();
    assert_eq!(table.len(), State::all().len() * EVENTS.len());
}

async fn every_state_by_every_event(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.enrol_everybody().await;
    let mut walk = Walk::new(&daemon);
    let table = read();
    for state in State::all() {
        // What writes nothing leaves the account for the next event.
        let mut kept = None;
        for event in EVENTS {
            let expected = &table[&(state, event)];
            let mut subject = match kept.take() {
                Some(subject) => subject,
                None => walk.bring_to(state).await,
            };
            let size = walk.size().await;
            let became = walk.act(&mut subject, event).await;
            assert_eq!(&became, expected, "{state}, {event}");
            let after = walk.state(&subject).await;
            assert_eq!(after, expected.after(state), "{state}, {event}");
            let written = walk.size().await > size;
            assert_eq!(written, expected.writes(), "{state}, {event}");
            if !written {
                kept = Some(subject);
            }
        }
    }
    daemon.stop().await;
}
