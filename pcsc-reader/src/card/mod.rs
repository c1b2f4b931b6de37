//! Which card it is.

mod contents;
#[allow(dead_code, reason = "the roads use it")]
mod iso7816;
mod profile;
mod registry;
mod road;
pub mod uec;

pub use contents::{
    Application, CardCertificate, CardContents, CardFact, CardKey, CardNote, CardPin, CardRoad,
    Progress,
};
pub use iso7816::PinState;
pub use profile::{CardKind, CardProfile, Confidence, LocalText, ProfileError};
pub use registry::{CardIdentity, CardRegistry, Confirmation, identify};
