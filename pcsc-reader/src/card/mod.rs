//! Which card it is.

mod profile;
mod registry;

pub use profile::{CardKind, CardProfile, Confidence, LocalText, ProfileError};
pub use registry::{CardIdentity, CardRegistry, Confirmation, identify};
