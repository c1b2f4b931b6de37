//! Clause by clause: a case that passes, and one that fails for exactly that reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests and their helpers"
)]

mod certificates;
mod lists;
mod rfc5280_6_1;
mod rfc5280_6_3_3;
mod rfc6960;
mod steps;
