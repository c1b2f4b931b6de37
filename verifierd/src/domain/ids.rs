//! Identifiers of the portal's and the daemon's objects.

use std::fmt;

use uuid::Uuid;

use super::claims::{FieldViolation, Rule};

/// The portal's identifier of an account: 1 to 64 of `A-Z a-z 0-9 . _ : -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// Reads an identifier.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
        ((1..=64).contains(&text.len()) && text.chars().all(allowed)).then(|| Self(text.to_owned()))
    }

    /// The identifier as the portal wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who acted for the operator of the portal: 1 to 64 of `A-Z a-z 0-9 . _ : -`.
///
/// It stands in the audit log as it is: the id of a staff account, not a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId(AccountId);

impl ActorId {
    /// Reads request field `acted_by`.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn of_field(text: &str) -> Result<Self, FieldViolation> {
        AccountId::parse(text).map(Self).ok_or(FieldViolation {
            field: "acted_by",
            rule: match text.is_empty() {
                true => Rule::Required,
                false => Rule::AccountId,
            },
        })
    }

    /// The identifier as it was given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a fresh identifier.
            pub fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// Reads the hyphenated form in lower case, and no other.
            pub fn parse(text: &str) -> Option<Self> {
                let id = Uuid::try_parse(text).ok()?;
                (id.hyphenated().to_string() == text).then_some(Self(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

uuid_id!(
    /// An application, UUID version 7.
    ApplicationId
);
uuid_id!(
    /// A challenge of a sign-in, UUID version 7.
    ChallengeId
);
uuid_id!(
    /// A registry check of an account's personal data, UUID version 7.
    CheckId
);
uuid_id!(
    /// A stored evidence record, UUID version 7.
    EvidenceId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_are_bounded_and_printable() {
        assert!(AccountId::parse("acc-1:A_b.9").is_some());
        assert!(AccountId::parse(&"a".repeat(64)).is_some());
        for wrong in ["", "a b", "счёт", "a/b", &"a".repeat(65)] {
            assert!(AccountId::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn one_written_form_of_a_uuid() {
        let text = "0192f0c1-2345-7890-abcd-ef0123456789";
        assert_eq!(ApplicationId::parse(text).unwrap().to_string(), text);
        assert!(ApplicationId::parse(&text.to_uppercase()).is_none());
        assert!(ApplicationId::parse(&text.replace('-', "")).is_none());
    }
}
