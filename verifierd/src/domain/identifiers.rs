//! State identifiers with check digits: SNILS, INN, OGRN, OGRNIP.

use sig_core::profile::identifiers::{CheckDigits, Kind};

/// Why a text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unacceptable {
    /// Not the required number of digits.
    Format,
    /// The check digits do not fit the rest.
    CheckDigits,
}

/// Insurance number of a personal account, 11 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snils(String);

impl Snils {
    /// Reads 11 digits.
    ///
    /// # Errors
    /// [`Unacceptable::Format`] unless there are exactly 11 ASCII digits;
    /// [`Unacceptable::CheckDigits`] when the last two do not fit, for numbers
    /// above 001-001-998.
    pub fn parse(text: &str) -> Result<Self, Unacceptable> {
        accepted(Kind::Snils, text).map(Self)
    }

    /// Reads the digits of a text that may carry the printed separators
    /// (`112-233-445 95`).
    ///
    /// # Errors
    /// As [`Snils::parse`].
    pub fn parse_printed(text: &str) -> Result<Self, Unacceptable> {
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        Self::parse(&plain)
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Taxpayer number of a natural person, 12 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonInn(String);

impl PersonInn {
    /// Reads 12 digits.
    ///
    /// # Errors
    /// [`Unacceptable::Format`] unless there are exactly 12 ASCII digits that
    /// do not begin with `00` (an organisation's number in a field of 12);
    /// [`Unacceptable::CheckDigits`] when the last two do not fit.
    pub fn parse(text: &str) -> Result<Self, Unacceptable> {
        accepted(Kind::PersonInn, text).map(Self)
    }

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Taxpayer number of an organisation, 10 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationInn(String);

impl OrganisationInn {
    /// Reads 10 digits.
    ///
    /// # Errors
    /// [`Unacceptable::Format`] unless there are exactly 10 ASCII digits;
    /// [`Unacceptable::CheckDigits`] when the last does not fit.
    pub fn parse(text: &str) -> Result<Self, Unacceptable> {
        accepted(Kind::OrganisationInn, text).map(Self)
    }

    /// The 10 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// State registration number of a legal entity, 13 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ogrn(String);

impl Ogrn {
    /// Reads 13 digits.
    ///
    /// # Errors
    /// [`Unacceptable::Format`] unless there are exactly 13 ASCII digits;
    /// [`Unacceptable::CheckDigits`] when the last does not fit.
    pub fn parse(text: &str) -> Result<Self, Unacceptable> {
        accepted(Kind::Ogrn, text).map(Self)
    }

    /// The 13 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// State registration number of a sole trader, 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ogrnip(String);

impl Ogrnip {
    /// Reads 15 digits.
    ///
    /// # Errors
    /// [`Unacceptable::Format`] unless there are exactly 15 ASCII digits;
    /// [`Unacceptable::CheckDigits`] when the last does not fit.
    pub fn parse(text: &str) -> Result<Self, Unacceptable> {
        accepted(Kind::Ogrnip, text).map(Self)
    }

    /// The 15 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn accepted(kind: Kind, text: &str) -> Result<String, Unacceptable> {
    match kind.check(text) {
        CheckDigits::Fit | CheckDigits::NotChecked => Ok(text.to_owned()),
        CheckDigits::DoNotFit => Err(Unacceptable::CheckDigits),
        CheckDigits::OtherForm => Err(Unacceptable::Format),
    }
}

#[cfg(test)]
mod tests;
