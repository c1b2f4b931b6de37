//! Acts on an account that leave its level as it is: blocking, contacts.

use super::{Account, Contact, Effect, Status};
use crate::domain::{
    claims::{FieldViolation, Rule},
    ids::ActorId,
    reason::Reason,
    time::UnixSeconds,
};

/// Most characters of the reason of a block.
const REASON_CHARACTERS: usize = 500;

/// An administrator's order to block an account.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct BlockOrder {
    pub reason: String,
    pub by: ActorId,
}

/// An order as the caller wrote it.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct RawBlockOrder<'a> {
    pub reason: &'a str,
    pub acted_by: &'a str,
}

impl BlockOrder {
    /// Reads the fields of an order.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(raw: &RawBlockOrder<'_>) -> Result<Self, Vec<FieldViolation>> {
        let reason = raw.reason.trim();
        let wrong = match reason {
            "" => Some(Rule::Required),
            text if text.chars().count() > REASON_CHARACTERS || text.contains(char::is_control) => {
                Some(Rule::BlockReason)
            }
            _ => None,
        };
        let wrong = wrong.map(|rule| FieldViolation {
            field: "reason",
            rule,
        });
        match (wrong, ActorId::of_field(raw.acted_by)) {
            (None, Ok(by)) => Ok(Self {
                reason: reason.to_owned(),
                by,
            }),
            (wrong, by) => Err(wrong.into_iter().chain(by.err()).collect()),
        }
    }
}

impl Account {
    /// Blocks the account: from now on every application is refused. The
    /// order that blocked it may be repeated.
    ///
    /// # Errors
    /// [`Reason::AccountAlreadyBlocked`] by another order, which stands.
    pub fn block(&mut self, order: &BlockOrder, now: UnixSeconds) -> Result<Effect, Reason> {
        match &self.status {
            Status::Blocked { reason, by, .. }
                if *reason == order.reason && by == order.by.as_str() =>
            {
                Ok(Effect::Unchanged)
            }
            Status::Blocked { .. } => Err(Reason::AccountAlreadyBlocked),
            Status::Active => {
                self.status = Status::Blocked {
                    reason: order.reason.clone(),
                    by: order.by.as_str().to_owned(),
                    at: now,
                };
                Ok(Effect::Changed)
            }
        }
    }

    /// Lets the account act again.
    pub fn unblock(&mut self) -> Effect {
        match std::mem::replace(&mut self.status, Status::Active) {
            Status::Active => Effect::Unchanged,
            Status::Blocked { .. } => Effect::Changed,
        }
    }

    /// Takes another contact; the level does not rest on which it is.
    pub fn change_contact(&mut self, contact: Contact) -> Effect {
        let current = (&self.registration.phone, &self.registration.email);
        if current == (&contact.phone, &contact.email) {
            return Effect::Unchanged;
        }
        self.registration.phone = contact.phone;
        self.registration.email = contact.email;
        Effect::Changed
    }
}
