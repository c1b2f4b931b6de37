//! The daemon over real gRPC on loopback, on SQLite and PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod attestation;
mod attestation_refused;
mod concurrency;
mod enrolment;
mod happy;
mod outcomes;
mod refusals;
mod store;
mod uec;
