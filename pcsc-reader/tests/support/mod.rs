//! A private card service, virtual cards and the `desk` program.

#![allow(dead_code, reason = "each test file uses a part")]

pub mod card;
pub mod desk;
pub mod emulated;
pub mod scripted;
pub mod service;
pub mod signing;
pub mod terminal;
pub mod uec;

use std::time::Duration;

/// Longest wait for anything that must happen; reached only when the test fails.
pub const DEADLINE: Duration = Duration::from_secs(30);
