//! The trust that new requests are judged by.

use std::sync::Arc;

use sig_core::trust::{etsi_list::EtsiSnapshot, snapshot::TrustSnapshot};

/// The active snapshots.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Of accredited authorities.
    pub accredited: Option<Arc<TrustSnapshot>>,
    /// Of European lists.
    pub lists: Option<Arc<EtsiSnapshot>>,
    /// What the trust is for.
    pub purpose: Purpose,
}

/// What trust is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// To judge.
    #[default]
    Judging,
    /// To show the program: its keys are public.
    Demonstration,
}

/// Holds trust.
pub trait Trust: Send + Sync {
    /// What is held at this moment.
    fn held(&self) -> Held;
}
