//! What every layer needs: instants, limits and the error that means "could not be judged".

pub(crate) mod choice;
pub mod error;
pub(crate) mod hex;
pub mod limits;
pub mod time;
