//! The daemon over real gRPC on loopback, on SQLite and PostgreSQL.

#[path = "../support/mod.rs"]
mod support;

mod happy;
