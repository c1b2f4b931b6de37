//! How the portal reaches the holder of an account.

use crate::domain::claims::{FieldViolation, Rule};

/// A phone, an e-mail address or both; the portal has verified them.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Contact {
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl Contact {
    /// Reads the fields `phone` and `email`; empty is not given.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(phone: &str, email: &str) -> Result<Self, Vec<FieldViolation>> {
        let mut violations = Vec::new();
        let mut violate = |field, rule| violations.push(FieldViolation { field, rule });
        if !phone.is_empty() && !is_phone(phone) {
            violate("phone", Rule::Phone);
        }
        let email = email.to_lowercase();
        if !email.is_empty() && !is_email(&email) {
            violate("email", Rule::Email);
        }
        if phone.is_empty() && email.is_empty() {
            violate("phone", Rule::PhoneOrEmail);
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        Ok(Self {
            phone: Some(phone.to_owned()).filter(|text| !text.is_empty()),
            email: Some(email).filter(|text| !text.is_empty()),
        })
    }
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

fn is_email(text: &str) -> bool {
    let printable = |part: &str| {
        !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control())
    };
    text.len() <= 254
        && text
            .split_once('@')
            .is_some_and(|(local, host)| printable(local) && printable(host) && !host.contains('@'))
}
