//! Accounts: levels, registry checks and the transitions between them.

mod acts;
mod contact;

use super::{
    application::Channel,
    claims::{Claims, FIELDS, FieldViolation, Rule},
    ids::{AccountId, CheckId, EvidenceId},
    names::PersonName,
    reason::Reason,
    time::UnixSeconds,
};

pub use acts::{BlockOrder, RawBlockOrder};
pub use contact::Contact;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stored code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Finds a value by its stored code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}
pub(crate) use codes;

codes!(
    /// What an account rests on; a later level includes the earlier.
    Level {
        /// Surname, given name and a verified contact.
        Simplified = "SIMPLIFIED",
        /// Personal data checked against the state registries.
        Standard = "STANDARD",
        /// Identity proven through a channel.
        Confirmed = "CONFIRMED",
    }
);

codes!(
    /// How strong a confirmation is.
    Assurance {
        /// Postal code.
        Limited = "LIMITED",
        /// Every other channel.
        Full = "FULL",
    }
);

codes!(
    /// State of a registry check.
    CheckState {
        /// Not answered yet.
        Pending = "PENDING",
        /// Every registry confirmed.
        Passed = "PASSED",
        /// At least one registry did not confirm.
        Failed = "FAILED",
    }
);

codes!(
    /// The registries that are asked.
    Registry {
        /// SNILS, names, birth date, sex.
        PensionFund = "PENSION_FUND",
        /// Identity document.
        Passport = "PASSPORT",
    }
);

/// Whether an account may act.
#[derive(Clone, PartialEq, Eq)]
pub enum Status {
    /// It may.
    Active,
    /// Every application is refused.
    Blocked {
        /// Why, in the administrator's words.
        reason: String,
        /// Who blocked it.
        by: String,
        /// When.
        at: UnixSeconds,
    },
}

/// What an account was registered with.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Registration {
    pub surname: PersonName,
    pub given_name: PersonName,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// Registration fields as the caller wrote them.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct RawRegistration<'a> {
    pub surname: &'a str,
    pub given_name: &'a str,
    pub phone: &'a str,
    pub email: &'a str,
}

/// A check of personal data against the registries.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RegistryCheck {
    pub id: CheckId,
    pub state: CheckState,
    pub requested_at: UnixSeconds,
    pub decided_at: Option<UnixSeconds>,
    pub answers: Vec<RegistryAnswer>,
}

/// What one registry said: no mismatch means that it confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RegistryAnswer {
    pub registry: Registry,
    pub mismatches: Vec<Mismatch>,
}

/// A field that a registry did not confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Name of a personal data field.
    pub field: &'static str,
    /// The registry's word for it.
    pub code: String,
}

/// What proves the identity of a confirmed account.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Confirmation {
    pub channel: Channel,
    pub at: UnixSeconds,
    pub evidence_id: EvidenceId,
    pub assurance: Assurance,
    pub certificate: Option<ConfirmationCertificate>,
}

/// The certificate behind a confirmation.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ConfirmationCertificate {
    pub serial: String,
    pub issuer: String,
    pub not_after: UnixSeconds,
    pub sha256: [u8; 32],
}

/// An account of the portal.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Account {
    pub id: AccountId,
    pub registration: Registration,
    pub registered_at: UnixSeconds,
    pub level: Level,
    pub status: Status,
    pub claims: Option<Claims>,
    pub check: Option<RegistryCheck>,
    pub confirmation: Option<Confirmation>,
}

impl Registration {
    /// Reads the fields of a registration.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(raw: &RawRegistration<'_>) -> Result<Self, Vec<FieldViolation>> {
        let mut violations = Vec::new();
        let mut violate = |field, rule| violations.push(FieldViolation { field, rule });
        let surname = PersonName::parse(raw.surname);
        let given_name = PersonName::parse(raw.given_name);
        for (field, text, name) in [
            ("surname", raw.surname, &surname),
            ("given_name", raw.given_name, &given_name),
        ] {
            match name {
                Some(_) => {}
                None if text.is_empty() => violate(field, Rule::Required),
                None => violate(field, Rule::Name),
            }
        }
        let contact = Contact::parse(raw.phone, raw.email);
        match (surname, given_name, contact) {
            (Some(surname), Some(given_name), Ok(contact)) => Ok(Self {
                surname,
                given_name,
                phone: contact.phone,
                email: contact.email,
            }),
            (_, _, contact) => {
                violations.extend(contact.err().unwrap_or_default());
                Err(violations)
            }
        }
    }
}

/// What a registry's answer is made of, as the caller wrote it.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct RawAnswer {
    pub registry: Option<Registry>,
    /// `Some(true)` passed, `Some(false)` failed.
    pub passed: Option<bool>,
    /// Field and code.
    pub mismatches: Vec<(String, String)>,
}

/// Reads the answers of all registries, in the order of [`Registry::ALL`].
///
/// # Errors
/// A registry missing, repeated or unnamed; a failure without a field or a
/// pass with one; an unknown field; a code that is no word.
pub fn parse_answers(raw: &[RawAnswer]) -> Result<Vec<RegistryAnswer>, Vec<FieldViolation>> {
    let violation = |field, rule| vec![FieldViolation { field, rule }];
    let mut answers = Vec::new();
    for registry in Registry::ALL {
        let mut of_registry = raw.iter().filter(|a| a.registry == Some(*registry));
        let (Some(answer), None) = (of_registry.next(), of_registry.next()) else {
            return Err(violation("answers", Rule::Registries));
        };
        let passed = answer
            .passed
            .ok_or_else(|| violation("answers.outcome", Rule::Required))?;
        let allowed = if passed { 0..=0 } else { 1..=16 };
        if !allowed.contains(&answer.mismatches.len()) {
            return Err(violation("answers.mismatches", Rule::Mismatches));
        }
        let mismatches = answer.mismatches.iter().map(|(field, code)| {
            let field = FIELDS
                .into_iter()
                .find(|known| known == field)
                .ok_or_else(|| violation("answers.mismatches.field", Rule::MismatchField))?;
            let word = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
            if !(1..=64).contains(&code.len()) || !code.bytes().all(word) {
                return Err(violation("answers.mismatches.code", Rule::MismatchCode));
            }
            let code = code.clone();
            Ok(Mismatch { field, code })
        });
        answers.push(RegistryAnswer {
            registry: *registry,
            mismatches: mismatches.collect::<Result<_, _>>()?,
        });
    }
    match raw.len() == answers.len() {
        true => Ok(answers),
        false => Err(violation("answers", Rule::Registries)),
    }
}

/// How new personal data differs from the old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataChange {
    /// The identity document only.
    Details,
    /// Who the person is, or there was no data.
    Person,
}

/// Level after new personal data, before the registries answer.
fn after_submission(level: Level, change: DataChange) -> Level {
    match (level, change) {
        (Level::Confirmed, DataChange::Details) => Level::Confirmed,
        (Level::Standard, DataChange::Details) => Level::Standard,
        (Level::Simplified, _) | (_, DataChange::Person) => Level::Simplified,
    }
}

/// Level after the registries answered.
fn after_check(level: Level, state: CheckState) -> Level {
    match (level, state) {
        (level, CheckState::Pending) => level,
        (Level::Simplified | Level::Standard, CheckState::Passed) => Level::Standard,
        (Level::Confirmed, CheckState::Passed) => Level::Confirmed,
        (Level::Simplified | Level::Standard, CheckState::Failed) => Level::Simplified,
        (Level::Confirmed, CheckState::Failed) => Level::Standard,
    }
}

/// Whether a transition changed the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is as it was: the request had been carried out before.
    Unchanged,
    /// It changed.
    Changed,
}

impl Account {
    /// A new account.
    pub fn register(id: AccountId, registration: Registration, now: UnixSeconds) -> Self {
        Self {
            id,
            registration,
            registered_at: now,
            level: Level::Simplified,
            status: Status::Active,
            claims: None,
            check: None,
            confirmation: None,
        }
    }

    /// Takes new personal data and opens check `check`.
    ///
    /// The data that is already there opens a new check only when the last one
    /// failed.
    pub fn submit_claims(&mut self, claims: Claims, check: CheckId, now: UnixSeconds) -> Effect {
        let failed = self
            .check
            .as_ref()
            .is_some_and(|check| check.state == CheckState::Failed);
        let change = match &self.claims {
            Some(old) if *old == claims && !failed => return Effect::Unchanged,
            Some(old) if old.names_the_same_person(&claims) => DataChange::Details,
            _ => DataChange::Person,
        };
        self.set_level(after_submission(self.level, change));
        self.claims = Some(claims);
        self.check = Some(RegistryCheck {
            id: check,
            state: CheckState::Pending,
            requested_at: now,
            decided_at: None,
            answers: Vec::new(),
        });
        Effect::Changed
    }

    /// Takes the registries' answers to check `id`.
    ///
    /// # Errors
    /// [`Reason::RegistryCheckNotCurrent`] when `id` is not the latest check;
    /// [`Reason::RegistryCheckDecided`] when it was answered differently.
    pub fn record_answers(
        &mut self,
        id: CheckId,
        answers: Vec<RegistryAnswer>,
        now: UnixSeconds,
    ) -> Result<Effect, Reason> {
        let check = self
            .check
            .as_mut()
            .filter(|check| check.id == id)
            .ok_or(Reason::RegistryCheckNotCurrent)?;
        if check.state != CheckState::Pending {
            return if check.answers == answers {
                Ok(Effect::Unchanged)
            } else {
                Err(Reason::RegistryCheckDecided)
            };
        }
        check.state = match answers.iter().all(|answer| answer.mismatches.is_empty()) {
            true => CheckState::Passed,
            false => CheckState::Failed,
        };
        check.answers = answers;
        check.decided_at = Some(now);
        let state = check.state;
        self.set_level(after_check(self.level, state));
        Ok(Effect::Changed)
    }

    /// The personal data of an account that may apply through `channel`.
    ///
    /// # Errors
    /// [`Reason::AccountBlocked`]; [`Reason::NotConfirmed`] where an
    /// organisation is linked; [`Reason::LevelTooLow`] below STANDARD.
    pub fn may_apply(&self, channel: Channel) -> Result<&Claims, Reason> {
        if self.status != Status::Active {
            return Err(Reason::AccountBlocked);
        }
        if channel == Channel::Organisation && self.level < Level::Confirmed {
            return Err(Reason::NotConfirmed);
        }
        match &self.claims {
            Some(claims) if self.level >= Level::Standard => Ok(claims),
            _ => Err(Reason::LevelTooLow),
        }
    }

    /// Makes the account CONFIRMED.
    ///
    /// A confirmation of lower assurance never replaces one of higher.
    pub fn confirm(&mut self, confirmation: Confirmation) {
        let stands = self
            .confirmation
            .as_ref()
            .is_some_and(|old| old.assurance > confirmation.assurance);
        if !stands {
            self.confirmation = Some(confirmation);
        }
        self.level = Level::Confirmed;
    }

    fn set_level(&mut self, level: Level) {
        self.level = level;
        if level < Level::Confirmed {
            self.confirmation = None;
        }
    }
}

#[cfg(test)]
mod tests;
