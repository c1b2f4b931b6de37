//! The verification daemon and its command line.
//!
//! `main` hands over to [`cli`]; `serve` reads [`config`], builds [`app`] and
//! serves until it is told to stop.

pub mod domain;
