//! Keeping who may attest.

use std::sync::Arc;

use async_trait::async_trait;

use super::{StoreError, TransactError};
use crate::{
    domain::{
        enrolment::{Attestor, CentreId, Enrolled, Enrolment, EnrolmentKind},
        identifiers::{Ogrn, Snils},
        ids::EnrolmentId,
    },
    service::{change::Event, refusal::Refusal},
};

/// Keeps enrolments and every act upon them.
#[async_trait]
pub trait Enrolments: Send + Sync {
    /// One enrolment.
    async fn enrolment(&self, id: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// Enrolments in the order of their ids.
    async fn enrolments(&self, query: &EnrolmentQuery) -> Result<Vec<Enrolment>, StoreError>;

    /// The enrolments that decide whether `attestor` may attest.
    async fn attesting(&self, attestor: &Attestor) -> Result<Vec<Enrolment>, StoreError>;

    /// Reads what `subject` names for change, asks `decide`, and writes what
    /// it answers in one transaction, or nothing.
    async fn change_enrolment(
        &self,
        subject: &EnrolmentSubject,
        decide: DecideEnrolment,
    ) -> Result<Enrolment, TransactError>;
}

/// What a change of enrolments is about.
#[derive(Clone)]
pub enum EnrolmentSubject {
    /// The enrolment of this id, if there is one.
    Id(EnrolmentId),
    /// Those of this centre, operator or bank that nobody has ended; for an
    /// operator those of the centre, too.
    Open(Enrolled),
}

/// Which enrolments to list; what is absent does not restrict.
#[derive(Clone, Default)]
#[allow(missing_docs)]
pub struct EnrolmentQuery {
    pub kind: Option<EnrolmentKind>,
    pub centre: Option<CentreId>,
    pub operator: Option<Snils>,
    pub ogrn: Option<Ogrn>,
    /// Only those after it.
    pub after: Option<EnrolmentId>,
    /// At most so many.
    pub limit: i64,
}

/// Answers the enrolments of a subject with what shall become of them. Pure:
/// it may be asked again when another writer was faster.
pub type DecideEnrolment =
    Arc<dyn Fn(&[Enrolment]) -> Result<EnrolmentChange, Refusal> + Send + Sync>;

/// What is written of one enrolment.
#[derive(Clone)]
pub enum EnrolmentChange {
    /// Nothing: it stands as it was asked for.
    Keep(Enrolment),
    /// A new one.
    Insert(Enrolment, Event),
    /// Its end.
    End(Enrolment, Event),
}
