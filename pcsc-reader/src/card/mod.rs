//! Which card it is.

mod contents;
mod cryptopro_container;
mod digest_info;
mod iso7816;
mod jacarta;
mod piv;
mod pkcs15;
mod profile;
mod registry;
mod road;
mod rutoken;
mod setting;
pub mod uec;

pub use contents::{
    Application, CardCertificate, CardContents, CardFact, CardKey, CardNote, CardPin, CardRoad,
    Progress,
};
pub use cryptopro_container::{
    ContainerCertificate, ContainerHeader, ContainerKey, KeyBinding, container_name,
};
pub(crate) use digest_info::digest_info;
pub use iso7816::PinState;
pub use profile::{CardKind, CardProfile, Confidence, LocalText, ProfileError};
pub use registry::{CardIdentity, CardRegistry, Confirmation, identify};
