//! The daemon over real gRPC on loopback, on SQLite and PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod acts;
mod at_rest;
mod attestation;
mod attestation_crossed;
mod attestation_refused;
mod audit;
mod audit_command;
mod bounds;
mod caller_tries;
mod callers;
mod channels_judged;
mod client;
mod client_letter;
mod client_signed;
mod concurrency;
mod deferral;
mod deferral_damaged;
mod enrolment;
mod events;
mod exports;
mod faults;
mod field_rules;
mod happy;
mod health;
mod keys;
mod limits;
mod lists;
mod log_head;
mod log_signed;
mod meanwhile;
mod organisation;
mod outcomes;
mod postal_code;
mod reader;
mod refusals;
mod replay;
mod request_ids;
mod sign_in;
mod store;
mod sweep;
mod tamper;
mod tamper_links;
mod tamper_state;
mod transitions;
mod trust;
mod uec;
mod verify_batch;
