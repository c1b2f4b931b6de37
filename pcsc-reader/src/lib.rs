//! Smart-card readers, cards and tokens.
//!
//! Layers, each using only those to its left: `transport` (how a command reaches a card),
//! `apdu` (what commands, answers and ATRs mean), `card` (which card it is and what it holds),
//! `monitor` (what changed at the readers). Only `transport::pcsc` knows the PC/SC service.
//!
//! ```no_run
//! use pcsc_reader::{Atr, CardRegistry, PcscService, ReaderService, Slot};
//!
//! let registry = CardRegistry::builtin()?;
//! let mut service = PcscService::establish()?;
//! for reader in service.readers()? {
//!     if let Slot::Card(atr) = &reader.slot {
//!         let profile = Atr::from_bytes(atr).ok().and_then(|atr| registry.recognise(&atr));
//!         println!("{}: {}", reader.name, profile.map_or("unknown card", |p| &p.name.en));
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

mod apdu;
mod card;
mod diagnosis;
mod error;
mod language;
mod monitor;
mod pkcs11;
mod secret;
mod session;
mod signer;
mod system_fault;
mod transport;

pub use apdu::{
    Aid, ApduError, Atr, AtrError, AtrReason, Channel, CheckByte, CommandApdu, Convention,
    InterfaceGroup, Lengths, MOST_DEPTH, MOST_OBJECTS, Response, SelectAnswer, StatusWord, Tag,
    Tlv, TlvError, TlvReason,
};
pub use card::{
    Application, CardCertificate, CardContents, CardFact, CardIdentity, CardKey, CardKind,
    CardNote, CardPin, CardProfile, CardRegistry, CardRoad, Confidence, Confirmation,
    ContainerCertificate, ContainerHeader, ContainerKey, KeyBinding, LocalText, PinState,
    ProfileError, Progress, container_name, identify, uec,
};
pub use diagnosis::Diagnosis;
pub use error::{CardError, CardErrorKind};
pub use language::{Language, Text};
pub use monitor::{Monitor, MonitorEvent, ReaderChange, ReaderEvent, changes};
pub use pkcs11::{Pkcs11Module, Pkcs11Token};
pub use secret::{LastTry, Pin, PinEncoding, PinRejected, PinUse};
pub use session::{CardSession, CertificateCache};
pub use signer::{Document, Proposal, Shown, SigningError, SigningKey};
pub use system_fault::system_fault;
pub use transport::{
    Answer, Canceller, PcscService, Protocol, ReaderService, ReaderStatus, Recorder, Sharing, Slot,
    Steps, Transcript, TranscriptError, Transport,
};
