//! What the trust lists say: accredited authorities, their keys and the history of their status.

pub mod c14n;
pub mod mintsifry_list;
pub mod service;
pub mod xml;
pub mod xml_signature;
