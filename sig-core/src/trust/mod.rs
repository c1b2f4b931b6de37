//! Evidence about the world: revocation, accredited authorities.

pub mod authorities;
pub mod c14n;
mod changed;
pub mod etsi_list;
pub mod mintsifry_list;
pub mod poe;
pub mod revocation;
pub mod service;
pub mod snapshot;
mod value;
pub mod xml;
pub mod xml_signature;
