//! Every rule of every profile: a certificate that keeps it, one that breaks it alone, and those it does not bind.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod bases;
mod cases;
mod draft;
mod identity;
mod report;
mod rows;
