//! RFC 5280 §6.3.3, step by step: each rule with a case that passes and one that fails for exactly that reason.

mod deltas;
mod entries;
mod reasons;
mod scope;
mod signers;
mod times;
