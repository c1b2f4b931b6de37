//! The gRPC face: one file a service. Only `convert`, `report` and `status`
//! see both messages and domain values.

pub mod accounts;
pub mod audit;
mod batch;
pub mod bounds;
pub mod confirmation;
mod convert;
pub mod enrolment;
pub mod events;
mod evidence;
pub mod identity;
pub mod limits;
pub mod organisations;
pub mod permissions;
mod report;
pub mod request_id;
pub mod sign_in;
mod status;
pub mod trust;
pub mod verification;

pub use status::DOMAIN;
