//! The verification daemon and its command line.
//!
//! `main` hands over to [`cli`]; `serve` reads [`config`], builds [`app`] and
//! serves until it is told to stop.

pub mod api;
pub mod app;
pub mod back_end;
pub mod cli;
pub mod config;
pub mod domain;
pub mod last_head;
pub mod listen;
pub mod log_key;
pub mod mapped;
pub mod observe;
pub mod service;
pub mod shown;
pub mod store;
pub mod trust_store;
