//! RFC 6960: which answers of OCSP responders count. For each rule one answer that counts, and one that does not
//! for exactly that reason.

mod acceptance;
mod extensions;
mod openssl;
mod pki;
mod responders;
mod statuses;
mod steps;

use std::sync::Arc;

use sig_core::trust::revocation::{Determination, Status};
use sig_core::x509::ocsp::OcspResponse;

use pki::{Response, World};

/// The reasons against what was offered.
fn reasons(determined: &Determination) -> Vec<&'static str> {
    determined.rejected.iter().map(|it| it.reason).collect()
}

#[track_caller]
fn assert_good(world: &World, response: &Response) {
    let determined = world.ask(&[response.make()]);
    assert_eq!(reasons(&determined), Vec::<&str>::new());
    let answer = determined.answer.expect("an answer");
    assert_eq!(answer.status, Status::Good);
}

#[track_caller]
fn assert_refused(world: &World, response: &Response, reason: &str) {
    assert_refused_all(world, &[response.make()], reason);
}

#[track_caller]
fn assert_refused_all(world: &World, responses: &[Arc<OcspResponse>], reason: &str) {
    let determined = world.ask(responses);
    assert_eq!(reasons(&determined), [reason]);
    assert!(determined.answer.is_none());
}
