//! Commands, answers, status words and answers to reset: ISO/IEC 7816-3 and 7816-4.

mod aid;
mod atr;
mod channel;
mod command;
mod guard;
mod response;
mod status;
mod tlv;

pub use aid::Aid;
pub use atr::{Atr, AtrError, AtrReason, CheckByte, Convention, InterfaceGroup};
pub(crate) use channel::refused;
pub use channel::{Channel, Lengths};
pub use command::{ApduError, CommandApdu, SelectAnswer};
pub(crate) use guard::SAM_AID;
pub use response::Response;
pub use status::StatusWord;
pub use tlv::{MOST_DEPTH, MOST_OBJECTS, Tag, Tlv, TlvError, TlvReason};
