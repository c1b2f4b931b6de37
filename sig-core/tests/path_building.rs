//! Building of paths (RFC 4158, EN 319 102-1 §5.2.6.4), over certificates whose signatures are a number.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests and their helpers"
)]

#[path = "path_building/budgets.rs"]
mod budgets;
#[path = "path_building/known.rs"]
mod known;
#[path = "path_building/order.rs"]
mod order;
#[path = "path_building/random.rs"]
mod random;
#[path = "path_building/rules.rs"]
mod rules;
#[path = "path_building/toy.rs"]
mod toy;
