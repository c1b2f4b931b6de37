//! RFC 5280 §6.1, step by step, with the policy graph of RFC 9618.

mod basic;
mod inherited;
mod initialization;
mod keys;
mod outputs;
mod preparation;
mod wrap_up;
