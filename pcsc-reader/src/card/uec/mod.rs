//! The universal electronic card (УЭК), which was abolished from 2017-01-01: what it leaves open, and the protocol
//! by which it opens the rest to a terminal that has the keys.
//!
//! The vendor's library for terminals is the only public source of what such a card says; what of it is assumed stands
//! in `profiles/uec.toml`. A PIN is sent only inside a [`Session`], which only terminal authentication makes.

mod application;
mod block;
mod cvc;
mod exchange;
mod facts;
mod field;
mod files;
mod messaging;
mod road;
mod sam;
mod sectors;
mod session;
mod settings;
mod terminal;

pub use application::{Application, Block, FormatError, Sector, UecVersion, Usage};
pub use cvc::{CardVerifiableCertificate, PublicKey, Role};
pub use facts::{expiry_note, value_in_language};
pub use field::CardDate;
pub use road::{Photo, UecRoad};
pub use sam::Sam;
pub use session::Session;
pub use settings::{Suite, UecSettings};
pub use terminal::{Proof, UecTerminal};
