//! State identifiers with check digits: SNILS, INN, OGRN, OGRNIP.

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

/// Numbers up to this one were issued without check digits.
const SNILS_LAST_UNCHECKED: u32 = 1_001_998;

impl Snils {
    /// Reads 11 digits.
    ///
    /// # Errors
    /// [`Unacceptable::Format`] unless there are exactly 11 ASCII digits;
    /// [`Unacceptable::CheckDigits`] when the last two do not fit, for numbers
    /// above 001-001-998.
    pub fn parse(text: &str) -> Result<Self, Unacceptable> {
        let digits = digits::<11>(text)?;
        let number = digits[..9].iter().fold(0, |n, d| n * 10 + d);
        let weighted: u32 = (1..=9).rev().zip(&digits[..9]).map(|(w, d)| w * d).sum();
        let expected = weighted % 101 % 100;
        let stated = digits[9] * 10 + digits[10];
        if number > SNILS_LAST_UNCHECKED && expected != stated {
            return Err(Unacceptable::CheckDigits);
        }
        Ok(Self(text.to_owned()))
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
        let digits = digits::<12>(text)?;
        if digits[..2] == [0, 0] {
            return Err(Unacceptable::Format);
        }
        let fits = inn_digit(&digits, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[10]
            && inn_digit(&digits, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[11];
        fits.then(|| Self(text.to_owned()))
            .ok_or(Unacceptable::CheckDigits)
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
        let digits = digits::<10>(text)?;
        (inn_digit(&digits, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[9])
            .then(|| Self(text.to_owned()))
            .ok_or(Unacceptable::CheckDigits)
    }

    /// The 10 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn inn_digit(digits: &[u32], weights: &[u32]) -> u32 {
    weights.iter().zip(digits).map(|(w, d)| w * d).sum::<u32>() % 11 % 10
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
        let digits = digits::<13>(text)?;
        (registration_digit(&digits, 11) == digits[12])
            .then(|| Self(text.to_owned()))
            .ok_or(Unacceptable::CheckDigits)
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
        let digits = digits::<15>(text)?;
        (registration_digit(&digits, 13) == digits[14])
            .then(|| Self(text.to_owned()))
            .ok_or(Unacceptable::CheckDigits)
    }

    /// The 15 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// All digits but the last, modulo 11 or 13, then modulo 10.
fn registration_digit(digits: &[u32], modulus: u64) -> u32 {
    let body = &digits[..digits.len() - 1];
    let number = body.iter().fold(0_u64, |n, d| n * 10 + u64::from(*d));
    u32::try_from(number % modulus % 10).unwrap_or(0)
}

fn digits<const N: usize>(text: &str) -> Result<[u32; N], Unacceptable> {
    let mut digits = [0; N];
    if text.len() != N {
        return Err(Unacceptable::Format);
    }
    for (digit, c) in digits.iter_mut().zip(text.chars()) {
        *digit = c.to_digit(10).ok_or(Unacceptable::Format)?;
    }
    Ok(digits)
}

#[cfg(test)]
mod tests;
