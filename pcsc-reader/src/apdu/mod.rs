//! Commands, answers, status words and answers to reset: ISO/IEC 7816-3 and 7816-4.

mod aid;
mod atr;
mod command;
mod response;
mod status;

pub use aid::Aid;
pub use atr::{Atr, AtrError, AtrReason, CheckByte, Convention, InterfaceGroup};
pub use command::{ApduError, CommandApdu, SelectAnswer};
pub use response::Response;
pub use status::StatusWord;
